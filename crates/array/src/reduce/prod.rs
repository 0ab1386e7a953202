//! The product; 1 of no elements.

use std::ops::Range;

use super::cells::Cells;
use super::{ReduceParams, Reduction, State, total};
use crate::array::Array;
use crate::dtype::DType;
use crate::error::Result;

/// The product; 1 of no elements.
#[derive(Debug)]
pub(super) struct Prod {
    pub(super) params: ReduceParams,
}

impl Reduction for Prod {
    fn name(&self) -> &'static str {
        "prod"
    }

    fn params(&self) -> &ReduceParams {
        &self.params
    }

    fn result(&self, input: &DType) -> Result<DType> {
        total::result("prod", input)
    }

    fn start(&self, input: &DType, cells: usize) -> Result<State> {
        total::start("prod", &self.params, input, cells)
    }

    fn update(&self, state: &mut State, tile: &Array, cells: Cells<'_>, _: u64) -> Result<()> {
        total::multiply(state, &self.params, tile, cells)
    }

    fn merge(&self, into: &mut State, at: usize, from: &State, range: Range<usize>) -> Result<()> {
        total::merge(into, at, from, range, &self.params, true)
    }

    fn finish(&self, state: State, input: &DType) -> Result<Array> {
        total::finish(state, "prod", &self.params, input)
    }

    fn bytes_per_cell(&self, input: &DType) -> usize {
        total::bytes_per_cell(&self.params, input)
    }
}
