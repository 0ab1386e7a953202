//! Combining against a brute-force oracle: aligning, reindexing, concatenating and merging give
//! the values that looking up every label by hand gives, for any chunks, without reading early.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)] // a test may panic

mod axis;
mod compared;
mod joins;
mod lazily;
mod losses;
mod stacks;

use std::collections::BTreeMap;
use std::sync::Arc;

use graticule::lazy::LazyArray;
use graticule::storage::{CountingSource, MemorySource};
use graticule::{Array, ChunkGrid, DataArray, Dataset};
use proptest::prelude::ProptestConfig;

/// So many cases; a failure prints its seed and writes no file.
fn cases(n: u32) -> ProptestConfig {
    ProptestConfig { cases: n, failure_persistence: None, ..ProptestConfig::default() }
}

/// Values by the labels of x and y.
type Cells = BTreeMap<(i32, i32), f64>;

/// The values of a variable over labelled x and y, in any order of the dimensions.
fn cells(set: &Dataset, name: &str) -> Cells {
    let array = set.var(name);
    let (x, y) = (array["x"].values::<i32>().unwrap(), array["y"].values::<i32>().unwrap());
    let values = array.transpose(["x", "y"]).astype("float64").values::<f64>().unwrap();
    let places = x.iter().flat_map(|x| y.iter().map(move |y| (*x, *y)));
    places.zip(values).filter(|(_, v)| !v.is_nan()).collect()
}

/// Values in chunks that count how they are read.
fn counted(values: Array, chunks: &[usize]) -> (LazyArray, CountingSource) {
    let grid = ChunkGrid::even(values.shape(), chunks);
    let source = CountingSource::new(Arc::new(MemorySource::with_grid(values, grid)));
    (LazyArray::read(Arc::new(source.clone())), source)
}

/// The same dataset whose data variables are read lazily, in chunks of this size.
fn lazily(set: &Dataset, chunk: usize) -> (Dataset, Vec<CountingSource>) {
    let mut made = set.clone();
    let mut sources = Vec::new();
    for (name, var) in set.data_vars() {
        let values = var.in_memory().unwrap().clone();
        let chunks: Vec<usize> = var.shape().iter().map(|n| chunk.min(*n).max(1)).collect();
        let (data, source) = counted(values, &chunks);
        sources.push(source);
        made = made.with_variable(name, var.clone().with_data(data).unwrap());
    }
    (made, sources)
}

/// Two values at two labels.
fn pair(x: [i32; 2], v: [f32; 2]) -> Dataset {
    Dataset::new().with_coord("x", "x", x.to_vec()).with_var("v", "x", v.to_vec())
}

fn flat(array: &DataArray) -> Vec<f64> {
    array.astype("float64").values::<f64>().unwrap()
}
