//! Variance and standard deviation.
#![allow(clippy::indexing_slicing)] // lanes are indexed by constants, columns are cut to one length

use std::ops::Range;

use super::cells::Cells;
use super::fold::{LANES, PIECE, STACK, in_lanes, in_stacks, joined, runs};
use super::total::as_rows;
use super::{ReduceParams, Reduction, Rows, State, undefined};
use crate::array::Array;
use crate::cast::flat;
use crate::dtype::DType;
use crate::error::{Error, Result};
use crate::number::Real;
use crate::wide::widest;

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
        // What is not there is NaN or ought to spread: as a shift it is not chosen yet.
        let shift = if self.shift.is_nan() { x } else { *self.shift };
        let d = x - shift;
        let d = if there { d } else { 0.0 };
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

widest! {
    /// Count, sum and sum of squares of the differences to `shift`, in lanes.
    fn deviations<[T: Real]>(
        row: &[T],
        shift: f64,
        there: impl Fn(T) -> bool + Copy,
    ) -> (u32, f64, f64) {
        let (mut counts, mut sums, mut squares) = ([0u32; LANES], [0.0; LANES], [0.0; LANES]);
        in_lanes!(row, rows => for i in 0..LANES {
            let (mut count, mut sum, mut square) = (counts[i], sums[i], squares[i]);
            for row in rows {
                let there = there(row[i]);
                let d = row[i].as_f64() - shift;
                let d = if there { d } else { 0.0 };
                count += u32::from(there);
                sum += d;
                square += d * d;
            }
            (counts[i], sums[i], squares[i]) = (count, sum, square);
        }, i, x => {
            let d = if there(x) { x.as_f64() - shift } else { 0.0 };
            counts[i] += u32::from(there(x));
            sums[i] += d;
            squares[i] += d * d;
        });
        let add = |a: f64, b: f64| a + b;
        (counts.iter().sum(), joined(sums, add), joined(squares, add))
    }
}

/// Where to count the differences of a cell from: about the mean of its first row.
fn first_shift<T: Real>(row: &[T], there: impl Fn(T) -> bool + Copy) -> f64 {
    let Some(first) = row.iter().find(|x| there(**x)).map(|x| x.as_f64()) else { return f64::NAN };
    // Differences from an element: the mean of large numbers keeps all its digits.
    let (n, sum, _) = deviations(row, first, there);
    let mean = first + sum / f64::from(n);
    if mean.is_finite() { mean } else { first }
}

/// The state of some cells.
struct Parts<'a> {
    counts: &'a mut [u32],
    shifts: &'a mut [f64],
    sums: &'a mut [f64],
    squares: &'a mut [f64],
}

impl Parts<'_> {
    /// Some of the cells. They have been checked.
    fn some(&mut self, range: Range<usize>) -> Parts<'_> {
        Parts {
            counts: self.counts.get_mut(range.clone()).unwrap_or_default(),
            shifts: self.shifts.get_mut(range.clone()).unwrap_or_default(),
            sums: self.sums.get_mut(range.clone()).unwrap_or_default(),
            squares: self.squares.get_mut(range).unwrap_or_default(),
        }
    }

    /// A row that goes to one cell.
    fn add_row<T: Real>(self, row: &[T], there: impl Fn(T) -> bool + Copy) {
        let ([count], [shift], [sum], [squares]) =
            (self.counts, self.shifts, self.sums, self.squares)
        else {
            return;
        };
        for piece in row.chunks(PIECE) {
            if shift.is_nan() {
                *shift = first_shift(piece, there);
            }
            let (n, more, more_squares) = deviations(piece, *shift, there);
            if n > 0 {
                *count = count.wrapping_add(n);
                *sum += more;
                *squares += more_squares;
            }
        }
    }

    /// Elements that go to one cell, in order.
    fn add_each<T: Real>(self, elements: &[T], there: impl Fn(T) -> bool) {
        if let ([count], [shift], [sum], [squares]) =
            (self.counts, self.shifts, self.sums, self.squares)
        {
            for x in elements {
                let there = there(*x);
                let (shift, sum, squares) = (&mut *shift, &mut *sum, &mut *squares);
                Sums { shift, sum, squares }.add(x.as_f64(), there);
                *count = count.wrapping_add(there.into());
            }
        }
    }

    /// Rows of which each element goes to the next cell.
    fn add_stack<T: Real>(self, stack: &[&[T]], there: impl Fn(T) -> bool + Copy) {
        let Parts { counts, shifts, sums, squares } = self;
        in_stacks!(stack, rows => along(counts, shifts, sums, squares, rows, there));
    }
}

widest! {
    /// Rows that are added column by column, row after row.
    fn along<[T: Real, const K: usize]>(
        counts: &mut [u32],
        shifts: &mut [f64],
        sums: &mut [f64],
        squares: &mut [f64],
        rows: [&[T]; K],
        there: impl Fn(T) -> bool + Copy,
    ) {
        let n = sums.len();
        let (counts, shifts, squares) = (&mut counts[..n], &mut shifts[..n], &mut squares[..n]);
        let rows = rows.map(|r| &r[..n]);
        for j in 0..n {
            let mut count = counts[j];
            let (mut shift, mut sum, mut square) = (shifts[j], sums[j], squares[j]);
            for row in &rows {
                let there = there(row[j]);
                let place = Sums { shift: &mut shift, sum: &mut sum, squares: &mut square };
                place.add(row[j].as_f64(), there);
                count = count.wrapping_add(u32::from(there));
            }
            (counts[j], shifts[j], sums[j], squares[j]) = (count, shift, sum, square);
        }
    }
}

fn fold_rows<T: Real>(
    state: &mut State,
    rows: &Rows<'_>,
    there: impl Fn(T) -> bool + Copy,
) -> Result<()> {
    rows.check(state.cells())?;
    let mut done = Ok(());
    state.count_beside(rows.most(), |counts, shifts, sums, squares| {
        let mut parts = Parts { counts, shifts, sums, squares };
        done = rows.stacks::<T, STACK>(|stack, cell| {
            let mut parts = parts.some(cell..cell + if rows.spread { rows.len } else { 1 });
            if rows.spread {
                return parts.add_stack(stack, there);
            }
            for row in stack {
                parts.some(0..1).add_row(row, there);
            }
        });
    })?;
    done
}

fn fold_each<T: Real>(
    state: &mut State,
    tile: &[T],
    codes: &[u32],
    there: impl Fn(T) -> bool + Copy,
) -> Result<()> {
    state.count_beside(tile.len() as u64, |counts, shifts, sums, squares| {
        let mut parts = Parts { counts, shifts, sums, squares };
        for (cell, part) in runs(codes, tile) {
            // In order, whoever the neighbours are: see `accumulate`.
            if cell != u32::MAX as usize {
                parts.some(cell..cell + 1).add_each(part, there);
            }
        }
    })
}

/// Folds rows of any real type in `f64`, of `f32` and `f64` as they are.
fn fold_any(state: &mut State, rows: &Rows<'_>, skip: bool) -> Result<()> {
    let dtype = rows.tiles.first().map_or(DType::F64, |t| t.dtype().clone());
    match (dtype, skip) {
        (DType::F32, true) => fold_rows(state, rows, |x: f32| !x.is_nan()),
        (DType::F32, false) => fold_rows(state, rows, |_: f32| true),
        (DType::F64, true) => fold_rows(state, rows, |x: f64| !x.is_nan()),
        (DType::F64, false) => fold_rows(state, rows, |_: f64| true),
        _ => {
            let cast = rows.tiles.iter().map(|t| t.cast(&DType::F64));
            let tiles = cast.collect::<Result<Vec<_>>>()?;
            fold_any(state, &Rows { tiles: &tiles, ..*rows }, skip)
        }
    }
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

    fn restart(&self, state: State, input: &DType) -> Result<State> {
        let cells = state.cells();
        state.again(&[0.0, f64::NAN, 0.0, 0.0]).map_or_else(|| self.start(input, cells), Ok)
    }

    fn update(&self, state: &mut State, tile: &Array, cells: Cells<'_>, _: u64) -> Result<()> {
        cells.check(tile.len(), state.cells())?;
        let skip = self.params.skips(tile.dtype());
        if let Cells::Each(codes) = cells {
            return match tile.dtype() {
                DType::F32 => {
                    fold_each(state, &flat::<f32>(tile)?, codes, |x| !(skip && x.is_nan()))
                }
                _ => {
                    let tile = tile.cast(&DType::F64)?;
                    fold_each(state, &flat::<f64>(&tile)?, codes, |x| !(skip && x.is_nan()))
                }
            };
        }
        let folded = |rows: &Rows<'_>| fold_any(state, rows, skip).map(|()| true);
        if tile.is_empty() || as_rows(tile, cells, folded)? {
            return Ok(());
        }
        Err(Error::unsupported(format!("{} over more than 2^32 cells", self.name())))
    }

    fn update_rows(&self, state: &mut State, rows: &Rows<'_>) -> Result<()> {
        let skip = rows.tiles.first().is_some_and(|t| self.params.skips(t.dtype()));
        fold_any(state, rows, skip)
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
