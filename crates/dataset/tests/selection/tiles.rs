//! Data that is read in chunks.

use std::sync::Arc;

use graticule_array::{Array, ArrayMut, ChunkGrid, DimChunks, Region, Result};
use graticule_lazy::LazyArray;
use graticule_storage::{ChunkSource, MemorySource, SourceInfo};

/// An array in chunks.
#[derive(Debug)]
pub(crate) struct Tiles {
    inner: MemorySource,
    info: SourceInfo,
}

impl Tiles {
    pub(crate) fn new(data: Array, chunk: &[usize]) -> Self {
        let dims = data.shape().iter().zip(chunk).map(|(n, c)| DimChunks::even(*c, *n));
        let grid = ChunkGrid::new(dims.collect::<Vec<_>>());
        let inner = MemorySource::new(data);
        let info = SourceInfo { grid, whole_chunks: true, ..inner.info().clone() };
        Self { inner, info }
    }
}

impl ChunkSource for Tiles {
    fn info(&self) -> &SourceInfo {
        &self.info
    }
    fn read_into(&self, region: &Region, out: ArrayMut<'_>) -> Result<()> {
        self.inner.read_into(region, out)
    }
}

/// The array read lazily in chunks of two along each axis.
pub(crate) fn lazy(data: Array) -> LazyArray {
    let chunk = vec![2; data.ndim()];
    LazyArray::read(Arc::new(Tiles::new(data, &chunk)))
}
