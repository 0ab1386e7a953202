//! The sum; 0 of no elements.

use std::ops::Range;

use super::cells::Cells;
use super::{ReduceParams, Reduction, Rows, State, total};
use crate::array::Array;
use crate::dtype::DType;
use crate::error::Result;

/// The sum; 0 of no elements.
#[derive(Debug)]
pub(super) struct Sum {
    pub(super) params: ReduceParams,
}

impl Reduction for Sum {
    fn name(&self) -> &'static str {
        "sum"
    }

    fn params(&self) -> &ReduceParams {
        &self.params
    }

    fn result(&self, input: &DType) -> Result<DType> {
        total::result("sum", input)
    }

    fn start(&self, input: &DType, cells: usize) -> Result<State> {
        total::start("sum", &self.params, input, cells)
    }

    fn restart(&self, state: State, input: &DType) -> Result<State> {
        let cells = state.cells();
        let parts: &[f64] = if state.has(1) { &[0.0, 0.0] } else { &[0.0] };
        state.again(parts).map_or_else(|| self.start(input, cells), Ok)
    }

    fn update(&self, state: &mut State, tile: &Array, cells: Cells<'_>, _: u64) -> Result<()> {
        total::add(state, &self.params, tile, cells)
    }

    fn update_rows(&self, state: &mut State, rows: &Rows<'_>) -> Result<()> {
        let skip = rows.tiles.first().is_some_and(|t| self.params.skips(t.dtype()));
        if !state.has(1) && total::add_rows(state, rows, skip, false)? {
            return Ok(());
        }
        rows.each(|tile, cells, position| self.update(state, tile, cells, position))
    }

    fn merge(&self, into: &mut State, at: usize, from: &State, range: Range<usize>) -> Result<()> {
        total::merge(into, at, from, range, &self.params, false)
    }

    fn finish(&self, state: State, input: &DType) -> Result<Array> {
        total::finish(state, "sum", &self.params, input)
    }

    fn bytes_per_cell(&self, input: &DType) -> usize {
        total::bytes_per_cell(&self.params, input)
    }
}
