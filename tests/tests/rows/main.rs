//! The acceptance checks of the data model that no other suite holds, row by row.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)] // a test may panic

mod cf;
mod maths;
mod model;
mod selection;

use std::sync::Arc;

use graticule::lazy::LazyArray;
use graticule::storage::{CountingSource, MemorySource};
use graticule::{Array, ChunkGrid};

/// Values in chunks that count how they are read.
fn counted(values: Array, chunks: &[usize]) -> (LazyArray, CountingSource) {
    let grid = ChunkGrid::even(values.shape(), chunks);
    let source = CountingSource::new(Arc::new(MemorySource::with_grid(values, grid)));
    (LazyArray::read(Arc::new(source.clone())), source)
}
