//! The contract of writing: whole blocks of one variable, from many threads.

use std::fmt::Debug;

use graticule_array::{Array, ChunkGrid, DType, Error, Region, Result, Shape};

use crate::form::{ChunkForm, PackedChunk};
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

impl SinkInfo {
    /// Checks that `region` consists of whole blocks of the write grid, and that `block` fits it:
    /// what every [`ChunkSink::write`] does first.
    ///
    /// # Errors
    /// If one of it does not.
    pub fn check_write(&self, region: &Region, block: &Array) -> Result<()> {
        region.check_within(&self.shape)?;
        if block.dtype() != &self.dtype || block.shape() != region.len {
            return Err(Error::mismatch(format!(
                "expected a block of {} {:?}, found {} {:?}",
                self.dtype,
                region.len,
                block.dtype(),
                block.shape()
            )));
        }
        for (axis, (dim, (start, len))) in self.grid.dims().iter().zip(region.axes()).enumerate() {
            let stop = start + len;
            let cut = |p: usize| p == dim.len() || dim.chunk(dim.find(p)).0 == p;
            if len > 0 && !(cut(start) && cut(stop)) {
                return Err(Error::invalid(format!(
                    "the indices {start}..{stop} along axis {axis} are not whole blocks of {}",
                    dim.longest()
                )));
            }
        }
        Ok(())
    }
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

    /// The form in which [`write_packed`](Self::write_packed) takes chunks; `None` if it takes none.
    fn form(&self) -> Option<&ChunkForm> {
        None
    }

    /// Stores a chunk of this sink's [`form`](Self::form) as it is; `region` is one block of the
    /// write grid.
    ///
    /// # Errors
    /// As [`write`](Self::write), and if this sink takes no such chunks.
    fn write_packed(&self, region: &Region, _chunk: &PackedChunk) -> Result<()> {
        Err(Error::bug(format!("a packed chunk at {:?} for a sink that takes none", region.start)))
    }

    /// What the scheduler must respect.
    fn limits(&self) -> Limits {
        Limits::default()
    }
}
