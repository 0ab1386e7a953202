//! The contract of writing: whole blocks of one variable, from many threads.

use std::fmt::Debug;

use graticule_array::{Array, ChunkGrid, DType, Region, Result, Shape};

use crate::source::Limits;

/// What a sink takes.
#[derive(Clone, Debug)]
pub struct SinkInfo {
    /// The type of the elements.
    pub dtype: DType,
    /// The lengths of the axes.
    pub shape: Shape,
    /// The write grid: every written region is a union of whole blocks of it.
    pub grid: ChunkGrid,
}

/// Where one variable's data goes, block by block, from many threads at once.
pub trait ChunkSink: Send + Sync + Debug {
    /// What it takes.
    fn info(&self) -> &SinkInfo;

    /// Writes a region that is a union of whole blocks of the write grid. Writing the same
    /// region twice is allowed and leaves the last values.
    ///
    /// # Errors
    /// If the region is not aligned, the block does not match, or the device refuses.
    fn write(&self, region: &Region, block: &Array) -> Result<()>;

    /// What the scheduler must respect.
    fn limits(&self) -> Limits {
        Limits::default()
    }
}
