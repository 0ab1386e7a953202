//! Whether any or all elements are true.

use std::ops::Range;

use super::cells::Cells;
use super::fold::accumulate;
use super::{ReduceParams, Reduction, State, undefined};
use crate::array::Array;
use crate::cast::flat;
use crate::dtype::DType;
use crate::error::Result;

/// `any` and `all`. Numbers are true unless 0; NaN is true.
#[derive(Debug)]
pub(super) struct Quantifier {
    pub(super) params: ReduceParams,
    pub(super) all: bool,
}

impl Reduction for Quantifier {
    fn name(&self) -> &'static str {
        if self.all { "all" } else { "any" }
    }

    fn params(&self) -> &ReduceParams {
        &self.params
    }

    fn result(&self, input: &DType) -> Result<DType> {
        if input.is_real() || input.is_complex() {
            Ok(DType::Bool)
        } else {
            Err(undefined(self.name(), input).hint("compare first, to get truth values"))
        }
    }

    fn start(&self, input: &DType, cells: usize) -> Result<State> {
        self.result(input)?;
        Ok(State::new(vec![crate::Scalar::Bool(self.all).fill(&[cells])?]))
    }

    fn update(&self, state: &mut State, tile: &Array, cells: Cells<'_>, _: u64) -> Result<()> {
        cells.check(tile.len(), state.cells())?;
        let truth = tile.cast(&DType::Bool)?;
        let (acc, tile) = (state.part::<bool>(0)?, flat::<bool>(&truth)?);
        if self.all {
            accumulate(acc, &tile, cells, true, |x: bool| x, |a, b| a & b);
        } else {
            accumulate(acc, &tile, cells, false, |x: bool| x, |a, b| a | b);
        }
        Ok(())
    }

    fn merge(&self, into: &mut State, at: usize, from: &State, range: Range<usize>) -> Result<()> {
        into.check_merge(at, from, &range)?;
        let all = self.all;
        into.join::<bool>(0, at, from, range, |a, b| if all { a & b } else { a | b })
    }

    fn finish(&self, mut state: State, _: &DType) -> Result<Array> {
        state.take(0)
    }

    fn bytes_per_cell(&self, _: &DType) -> usize {
        1
    }
}
