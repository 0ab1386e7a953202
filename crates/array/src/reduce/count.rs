//! How many elements are there.

use std::ops::Range;

use super::cells::Cells;
use super::fold::tally;
use super::{ReduceParams, Reduction, State};
use crate::array::Array;
use crate::cast::flat;
use crate::dtype::{DType, MISSING_TICK};
use crate::error::Result;
use crate::text::Text;

/// The number of elements that are not missing, as `int64`; defined for every type.
#[derive(Debug)]
pub(super) struct Count {
    pub(super) params: ReduceParams,
}

impl Reduction for Count {
    fn name(&self) -> &'static str {
        "count"
    }

    fn params(&self) -> &ReduceParams {
        &self.params
    }

    fn result(&self, _: &DType) -> Result<DType> {
        Ok(DType::I64)
    }

    fn start(&self, _: &DType, cells: usize) -> Result<State> {
        Ok(State::new(vec![Array::zeros(&DType::U32, &[cells])?]))
    }

    fn restart(&self, state: State, input: &DType) -> Result<State> {
        let cells = state.cells();
        state.again(&[0.0]).map_or_else(|| self.start(input, cells), Ok)
    }

    fn update(&self, state: &mut State, tile: &Array, cells: Cells<'_>, _: u64) -> Result<()> {
        cells.check(tile.len(), state.cells())?;
        count_present(state, 0, tile, cells)
    }

    fn merge(&self, into: &mut State, at: usize, from: &State, range: Range<usize>) -> Result<()> {
        into.check_merge(at, from, &range)?;
        into.join_counts(0, at, from, range)
    }

    fn finish(&self, state: State, _: &DType) -> Result<Array> {
        Array::from_vec([state.cells()], state.counts(0)?)?.cast(&DType::I64)
    }

    fn bytes_per_cell(&self, _: &DType) -> usize {
        4
    }
}

/// Counts the elements of a tile that are not missing.
pub(super) fn count_present(
    state: &mut State,
    part: usize,
    tile: &Array,
    cells: Cells<'_>,
) -> Result<()> {
    let (n, most) = (tile.len(), cells.most(tile.len()));
    match tile.dtype() {
        DType::Time(_) | DType::Duration(_) => {
            let ticks = flat::<i64>(tile)?;
            state.count(part, most, |c| tally(c, &ticks, cells, |t: i64| t != MISSING_TICK))
        }
        DType::Str => {
            let there: Vec<bool> = flat::<Text>(tile)?.iter().map(|t| !t.is_missing()).collect();
            state.count(part, most, |c| tally(c, &there, cells, |t: bool| t))
        }
        dtype => {
            // NaN is looked for in the type itself where that pays.
            macro_rules! numbers {
                ($type:ty) => {{
                    let values = flat::<$type>(tile)?;
                    state.count(part, most, |c| tally(c, &values, cells, |x: $type| !x.is_nan()))
                }};
            }
            match dtype {
                DType::F32 => return numbers!(f32),
                DType::F64 => return numbers!(f64),
                d if d.is_float() || d.is_complex() => {
                    let gone = tile.is_missing()?;
                    let gone = flat::<bool>(&gone)?;
                    return state.count(part, most, |c| tally(c, &gone, cells, |g: bool| !g));
                }
                _ => {}
            }
            count_all(state, part, n, cells)
        }
    }
}

/// Counts `n` elements, missing or not.
pub(super) fn count_all(state: &mut State, part: usize, n: usize, cells: Cells<'_>) -> Result<()> {
    state.count(part, cells.most(n), |c| match cells {
        Cells::One(cell) => {
            if let Some(c) = c.get_mut(cell) {
                *c = c.wrapping_add(n as u32);
            }
        }
        Cells::Run(start) => {
            let cells = c.get_mut(start..start + n).unwrap_or_default();
            cells.iter_mut().for_each(|c| *c = c.wrapping_add(1));
        }
        Cells::Each(codes) => tally(c, codes, cells, |_| true),
    })
}
