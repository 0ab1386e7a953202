//! A source and a sink in memory.

use std::sync::{Mutex, PoisonError};

use graticule_array::{Array, ArrayMut, ChunkGrid, DType, Error, Region, Result};

use crate::sink::{ChunkSink, SinkInfo};
use crate::source::{ChunkSource, Makeup, SourceInfo};

/// An array read as if it were a file.
#[derive(Clone, Debug)]
pub struct MemorySource {
    data: Array,
    info: SourceInfo,
}

impl MemorySource {
    /// Reads `data` as one chunk.
    #[must_use]
    pub fn new(data: Array) -> Self {
        let grid = ChunkGrid::whole(data.shape());
        Self::with_grid(data, grid)
    }

    /// Reads `data` cut like `grid`.
    #[must_use]
    pub fn with_grid(data: Array, grid: ChunkGrid) -> Self {
        let info = SourceInfo {
            dtype: data.dtype().clone(),
            shape: data.shape().to_vec(),
            grid,
            whole_chunks: false,
            fill: None,
        };
        Self { data, info }
    }
}

impl ChunkSource for MemorySource {
    fn info(&self) -> &SourceInfo {
        &self.info
    }

    fn read_into(&self, region: &Region, mut out: ArrayMut<'_>) -> Result<()> {
        out.assign(&self.data.region(region)?)
    }

    fn makeup(&self) -> Makeup {
        Makeup::Array(self.data.clone())
    }
}

/// Collects written blocks in one array.
#[derive(Debug)]
pub struct MemorySink {
    data: Mutex<Array>,
    info: SinkInfo,
}

impl MemorySink {
    /// Takes blocks of this dtype along this grid; what is never written stays zero.
    ///
    /// # Errors
    /// If the array does not fit into memory addresses.
    pub fn new(dtype: &DType, grid: ChunkGrid) -> Result<Self> {
        let shape = grid.shape();
        let data = Mutex::new(Array::zeros(dtype, &shape)?);
        Ok(Self { data, info: SinkInfo { dtype: dtype.clone(), shape, grid } })
    }

    /// What was written so far, and gives the memory away.
    #[must_use]
    pub fn take(&self) -> Array {
        std::mem::take(&mut *self.data.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl ChunkSink for MemorySink {
    fn info(&self) -> &SinkInfo {
        &self.info
    }

    fn write(&self, region: &Region, block: &Array) -> Result<()> {
        let mut data = self.data.lock().map_err(|_| Error::bug("a writer panicked"))?;
        data.view_mut().region(region)?.assign(block)
    }
}
