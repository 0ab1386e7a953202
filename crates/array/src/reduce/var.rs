//! Variance and standard deviation.

use std::ops::Range;

use super::cells::Cells;
use super::count::{count_all, count_present};
use super::fold::{lanes, runs};
use super::{ReduceParams, Reduction, State, undefined};
use crate::array::Array;
use crate::cast::flat;
use crate::dtype::DType;
use crate::error::Result;
use crate::number::Real;
use crate::wide::wide;

/// Variance or its square root, in `float64`.
///
/// A cell keeps its count and the sums of `x - shift` and `(x - shift)²`. The shift is its first
/// element (or the mean of its first tile), so at most a factor of the count is lost of the 16
/// digits, and mostly none: the squared distance of one element from the mean is at most the
/// count times the variance. Unlike Welford's update this divides nothing per element, and the
/// running mean of large numbers is not rounded at each step.
#[derive(Debug)]
pub(super) struct Var {
    pub(super) params: ReduceParams,
    pub(super) root: bool,
}

/// Parts of the state.
const COUNT: usize = 0;
const SHIFT: usize = 1;
const SUM: usize = 2;
const SQUARES: usize = 3;

/// Shift, sum and sum of squares of one cell. A shift that is NaN is not chosen yet.
struct Sums<'a> {
    shift: &'a mut f64,
    sum: &'a mut f64,
    squares: &'a mut f64,
}

/// Squares of numbers that overflow are infinite, as NumPy has them, though their differences
/// are undefined; those of NaN and of infinities stay undefined.
fn too_large(squares: f64, of_numbers: bool) -> f64 {
    if squares.is_nan() && of_numbers { f64::INFINITY } else { squares }
}

impl Sums<'_> {
    /// One more element, if it is `there`; free of branches.
    #[inline(always)]
    fn add(self, x: f64, there: bool) {
        let shift = if self.shift.is_nan() && there { x } else { *self.shift };
        let d = if there { x - shift } else { 0.0 };
        *self.shift = shift;
        *self.sum += d;
        *self.squares += d * d;
    }

    /// `n` more elements with these sums about their own shift.
    fn merge(self, n: f64, shift: f64, sum: f64, squares: f64) {
        if n == 0.0 {
            return;
        }
        if self.shift.is_nan() {
            *self.shift = shift;
        }
        let d = shift - *self.shift;
        *self.sum += sum + n * d;
        let defined = !self.squares.is_nan() && !squares.is_nan();
        let all = *self.squares + (squares + 2.0 * d * sum + n * d * d);
        *self.squares = too_large(all, defined && d.is_finite() && sum.is_finite());
    }
}

/// Count, mean, deviations from it (it was rounded) and their squares, of a tile: some passes
/// over what the cache holds. `there` tells which elements count.
fn moments<T: Real>(tile: &[T], there: impl Fn(T) -> bool + Copy) -> (f64, f64, f64, f64) {
    let add = |a: f64, b: f64| a + b;
    let n = lanes(tile, 0.0f64, move |x| if there(x) { 1.0 } else { 0.0 }, add);
    // Deviations from an element first: the mean of large numbers keeps all its digits.
    let Some(first) = tile.iter().find(|x| there(**x)).map(|x| x.as_f64()) else {
        return (0.0, 0.0, 0.0, 0.0);
    };
    let from = |m: f64| move |x: T| if there(x) { x.as_f64() - m } else { 0.0 };
    let mean = first + lanes(tile, 0.0f64, from(first), add) / n;
    let off = from(mean);
    let squares = lanes(tile, 0.0f64, move |x| off(x) * off(x), add);
    (n, mean, lanes(tile, 0.0f64, off, add), squares)
}

/// One more element for each cell of a run. The slices are parameters of a function so that the
/// compiler knows that they do not overlap.
#[inline(always)]
fn along<T: Real>(
    shifts: &mut [f64],
    sums: &mut [f64],
    squares: &mut [f64],
    tile: &[T],
    there: impl Fn(T) -> bool,
) {
    let places = shifts.iter_mut().zip(sums).zip(squares);
    places.zip(tile).for_each(|(((shift, sum), squares), x)| {
        Sums { shift, sum, squares }.add(x.as_f64(), there(*x));
    });
}

fn fold<T: Real>(state: &mut State, tile: &Array, cells: Cells<'_>, skip: bool) -> Result<()> {
    let tile = flat::<T>(tile)?;
    if skip {
        fold_those(state, &tile, cells, |x: T| !x.is_nan())
    } else {
        fold_those(state, &tile, cells, |_| true)
    }
}

fn fold_those<T: Real>(
    state: &mut State,
    tile: &[T],
    cells: Cells<'_>,
    there: impl Fn(T) -> bool + Copy,
) -> Result<()> {
    let (shifts, sums, squares) = state.triple::<f64>(SHIFT)?;
    match cells {
        Cells::One(cell) => {
            let (n, mean, rest, m2) = moments(tile, there);
            let place = (shifts.get_mut(cell), sums.get_mut(cell), squares.get_mut(cell));
            if let (Some(shift), Some(sum), Some(squares)) = place {
                Sums { shift, sum, squares }.merge(n, mean, rest, m2);
            }
        }
        Cells::Run(start) => {
            let n = tile.len();
            let shifts = shifts.get_mut(start..start + n).unwrap_or_default();
            let sums = sums.get_mut(start..start + n).unwrap_or_default();
            let squares = squares.get_mut(start..start + n).unwrap_or_default();
            wide(move || along(shifts, sums, squares, tile, there));
        }
        Cells::Each(codes) => {
            for (cell, part) in runs(codes, tile) {
                let place = (shifts.get_mut(cell), sums.get_mut(cell), squares.get_mut(cell));
                let (Some(shift), Some(sum), Some(squares)) = place else { continue };
                // In order, whoever the neighbours are: see `accumulate`.
                for x in part {
                    let (shift, sum, squares) = (&mut *shift, &mut *sum, &mut *squares);
                    Sums { shift, sum, squares }.add(x.as_f64(), there(*x));
                }
            }
        }
    }
    Ok(())
}

impl Reduction for Var {
    fn name(&self) -> &'static str {
        if self.root { "std" } else { "var" }
    }

    fn params(&self) -> &ReduceParams {
        &self.params
    }

    fn result(&self, input: &DType) -> Result<DType> {
        match input {
            d if d.is_float() => Ok(d.clone()),
            d if d.is_real() => Ok(DType::F64),
            d => Err(undefined(self.name(), d)),
        }
    }

    fn start(&self, input: &DType, cells: usize) -> Result<State> {
        self.result(input)?;
        let zeros = |dtype| Array::zeros(&dtype, &[cells]);
        let shift = Array::missing(&DType::F64, &[cells])?;
        Ok(State::new(vec![zeros(DType::U32)?, shift, zeros(DType::F64)?, zeros(DType::F64)?]))
    }

    fn update(&self, state: &mut State, tile: &Array, cells: Cells<'_>, _: u64) -> Result<()> {
        cells.check(tile.len(), state.cells())?;
        let skip = self.params.skips(tile.dtype());
        if skip {
            count_present(state, COUNT, tile, cells)?;
        } else {
            count_all(state, COUNT, tile.len(), cells)?;
        }
        match tile.dtype() {
            DType::F32 => fold::<f32>(state, tile, cells, skip),
            DType::F64 => fold::<f64>(state, tile, cells, skip),
            _ => fold::<f64>(state, &tile.cast(&DType::F64)?, cells, skip),
        }
    }

    fn merge(&self, into: &mut State, at: usize, from: &State, range: Range<usize>) -> Result<()> {
        into.check_merge(at, from, &range)?;
        let counts = from.counts_of(COUNT, range.clone())?;
        let read = |part| from.read::<f64>(part, range.clone());
        let others = read(SHIFT)?.iter().zip(read(SUM)?).zip(read(SQUARES)?).zip(counts);
        let (shifts, sums, squares) = into.triple::<f64>(SHIFT)?;
        let places = shifts.iter_mut().zip(sums).zip(squares).skip(at);
        for (((shift, sum), squares), (((shift2, sum2), squares2), n)) in places.zip(others) {
            Sums { shift, sum, squares }.merge(n as f64, *shift2, *sum2, *squares2);
        }
        into.join_counts(COUNT, at, from, range)
    }

    fn finish(&self, mut state: State, input: &DType) -> Result<Array> {
        let counts = state.counts(COUNT)?;
        let sums = state.take(SUM)?.into_flat::<f64>()?;
        let squares = state.take(SQUARES)?.into_flat::<f64>()?;
        let value = |((sum, squares), n): ((f64, f64), u64)| {
            let n = n as f64;
            let m2 =
                too_large(squares - sum * (sum / n), squares == f64::INFINITY && sum.is_finite());
            // Rounding may leave less than nothing.
            let m2 = if m2 < 0.0 { 0.0 } else { m2 };
            // As NumPy: no degrees of freedom, no variance.
            let degrees = n - self.params.ddof;
            let var = if degrees > 0.0 { m2 / degrees } else { f64::NAN };
            if self.root { var.sqrt() } else { var }
        };
        let out: Vec<f64> = sums.into_iter().zip(squares).zip(counts).map(value).collect();
        Array::from_vec([out.len()], out)?.cast(&self.result(input)?)
    }

    fn bytes_per_cell(&self, _: &DType) -> usize {
        28
    }
}
