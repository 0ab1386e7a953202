//! The arithmetic mean.

use std::ops::Range;

use num_complex::Complex64;

use super::cells::Cells;
use super::count::{count_all, count_present};
use super::fold::accumulate;
use super::total::{add_complex, add_reals, add_rows, as_rows};
use super::{ReduceParams, Reduction, Rows, State, undefined};
use crate::array::Array;
use crate::cast::flat;
use crate::dtype::{DType, MISSING_TICK};
use crate::error::Result;

/// The mean: the sum in `float64` over the count; NaN of no elements. Times have a mean too,
/// exact and rounded down to a tick; it leaves missing ones out unless told otherwise.
#[derive(Debug)]
pub(super) struct Mean {
    pub(super) params: ReduceParams,
}

/// Times are summed in two halves, so that no sum of 2^31 of them overflows or rounds.
const HALF: u32 = 32;
const LOW: i64 = (1 << HALF) - 1;

impl Mean {
    fn skips(&self, input: &DType) -> bool {
        if input.is_temporal() {
            self.params.skipna.unwrap_or(true)
        } else {
            self.params.skips(input)
        }
    }
}

impl Reduction for Mean {
    fn name(&self) -> &'static str {
        "mean"
    }

    fn params(&self) -> &ReduceParams {
        &self.params
    }

    fn result(&self, input: &DType) -> Result<DType> {
        match input {
            d if d.is_float() || d.is_complex() || d.is_temporal() => Ok(d.clone()),
            d if d.is_real() => Ok(DType::F64),
            d => Err(undefined("mean", d)),
        }
    }

    fn start(&self, input: &DType, cells: usize) -> Result<State> {
        self.result(input)?;
        let counts = Array::zeros(&DType::U32, &[cells])?;
        let sum = |dtype| Array::zeros(&dtype, &[cells]);
        // A missing time that is not left out makes the low half the reserved tick.
        Ok(State::new(match input {
            d if d.is_temporal() => vec![sum(DType::I64)?, counts, sum(DType::I64)?],
            d if d.is_complex() => vec![sum(DType::C128)?, counts],
            _ => vec![sum(DType::F64)?, counts],
        }))
    }

    fn restart(&self, state: State, input: &DType) -> Result<State> {
        let cells = state.cells();
        state.again(&[0.0, 0.0]).map_or_else(|| self.start(input, cells), Ok)
    }

    fn update(&self, state: &mut State, tile: &Array, cells: Cells<'_>, _: u64) -> Result<()> {
        cells.check(tile.len(), state.cells())?;
        let (dtype, skip) = (tile.dtype(), self.skips(tile.dtype()));
        if skip && as_rows(tile, cells, |rows| add_rows(state, rows, true, true))? {
            return Ok(());
        }
        if skip {
            count_present(state, 1, tile, cells)?;
        } else {
            count_all(state, 1, tile.len(), cells)?;
        }
        match dtype {
            d if d.is_temporal() => add_times(state, tile, cells, skip),
            d if d.is_complex() => add_complex(state, tile, cells, skip),
            _ => add_reals(state, tile, cells, skip),
        }
    }

    fn update_rows(&self, state: &mut State, rows: &Rows<'_>) -> Result<()> {
        let skip = rows.tiles.first().is_some_and(|t| self.skips(t.dtype()));
        if skip && add_rows(state, rows, true, true)? {
            return Ok(());
        }
        rows.each(|tile, cells, position| self.update(state, tile, cells, position))
    }

    fn merge(&self, into: &mut State, at: usize, from: &State, range: Range<usize>) -> Result<()> {
        into.check_merge(at, from, &range)?;
        into.join_counts(1, at, from, range.clone())?;
        match into.dtype(0)? {
            DType::C128 => into.join::<Complex64>(0, at, from, range, |a, b| a + b),
            DType::F64 => into.join::<f64>(0, at, from, range, |a, b| a + b),
            _ => {
                into.join::<i64>(0, at, from, range.clone(), |a, b| a.wrapping_add(*b))?;
                into.join::<i64>(2, at, from, range, |a, b| add_low(*a, *b))
            }
        }
    }

    fn finish(&self, mut state: State, input: &DType) -> Result<Array> {
        let to = self.result(input)?;
        if let (Ok((sums, counts)), DType::F32) = (state.pair::<f64, u32>(0), &to) {
            let pairs = sums.iter().zip(counts.iter());
            let means: Vec<f32> = pairs.map(|(s, n)| (s / f64::from(*n)) as f32).collect();
            return Array::from_vec([means.len()], means);
        }
        let counts = state.counts(1)?;
        let sum = state.take(0)?;
        let cells = [counts.len()];
        if to.is_temporal() {
            let (high, low) = (sum.into_flat::<i64>()?, state.take(2)?.into_flat::<i64>()?);
            let mean = |((high, low), n): ((i64, i64), u64)| {
                if n == 0 || low == MISSING_TICK {
                    return MISSING_TICK;
                }
                let total = (i128::from(high) << HALF) + i128::from(low);
                total.div_euclid(i128::from(n)) as i64
            };
            let ticks: Vec<i64> = high.into_iter().zip(low).zip(counts).map(mean).collect();
            return Array::from_vec(cells, ticks)?.with_dtype(to);
        }
        if to.is_complex() {
            let sums = sum.into_flat::<Complex64>()?;
            let means: Vec<Complex64> =
                sums.iter().zip(counts).map(|(s, n)| s / n as f64).collect();
            return Array::from_vec(cells, means)?.cast(&to);
        }
        let sums = sum.into_flat::<f64>()?;
        let means: Vec<f64> = sums.iter().zip(counts).map(|(s, n)| s / n as f64).collect();
        Array::from_vec(cells, means)?.cast(&to)
    }

    fn bytes_per_cell(&self, input: &DType) -> usize {
        if input.is_temporal() || input.is_complex() { 20 } else { 12 }
    }
}

fn add_low(a: i64, b: i64) -> i64 {
    if a == MISSING_TICK || b == MISSING_TICK { MISSING_TICK } else { a.wrapping_add(b) }
}

fn add_times(state: &mut State, tile: &Array, cells: Cells<'_>, skip: bool) -> Result<()> {
    let ticks = flat::<i64>(tile)?;
    let high = |t: i64| if t == MISSING_TICK { 0 } else { t >> HALF };
    let low = move |t: i64| match t {
        MISSING_TICK if skip => 0,
        MISSING_TICK => MISSING_TICK,
        t => t & LOW,
    };
    accumulate(state.part::<i64>(0)?, &ticks, cells, 0, high, i64::wrapping_add);
    accumulate(state.part::<i64>(2)?, &ticks, cells, 0, low, add_low);
    Ok(())
}
