//! What sums and products share: a total per cell and, if asked for, a count.

use std::ops::Range;

use num_complex::Complex64;

use super::cells::Cells;
use super::count::count_present;
use super::fold::{PIECE, STACK, accumulate, add_stack, lanes, sum_and_count, sum_stack};
use super::{ReduceParams, Rows, State, undefined};
use crate::array::Array;
use crate::cast::flat;
use crate::dtype::{DType, MISSING_TICK};
use crate::error::Result;
use crate::number::Real;
use crate::scalar::Scalar;

/// The type that totals are held in: floats in `float64`, integers in 64 bits, wrapping.
fn held(input: &DType) -> Option<DType> {
    Some(match input {
        d if d.is_float() => DType::F64,
        d if d.is_complex() => DType::C128,
        d if d.is_unsigned_integer() => DType::U64,
        d if d.is_real() => DType::I64,
        DType::Duration(_) => input.clone(),
        _ => return None,
    })
}

/// The type of a total: floats and complex numbers stay, integers and bool have 64 bits.
pub(super) fn result(name: &str, input: &DType) -> Result<DType> {
    match input {
        d if d.is_float() || d.is_complex() => Ok(d.clone()),
        DType::Duration(_) if name == "sum" => Ok(input.clone()),
        DType::Duration(_) => Err(undefined(name, input)),
        d => held(d).ok_or_else(|| undefined(name, input)),
    }
}

/// Whether elements are counted because too few of them leave the total missing.
fn counts(params: &ReduceParams, input: &DType) -> bool {
    let can_miss = input.is_float() || input.is_complex() || input.is_temporal();
    can_miss && params.min_count.is_some_and(|n| n > 0)
}

pub(super) fn start(
    name: &str,
    params: &ReduceParams,
    input: &DType,
    cells: usize,
) -> Result<State> {
    result(name, input)?;
    let held = held(input).ok_or_else(|| undefined(name, input))?;
    let unit = Scalar::I64(i64::from(name == "prod"));
    let mut parts = vec![super::super::map::convert(&unit, &held)?.fill(&[cells])?];
    if counts(params, input) {
        parts.push(Array::zeros(&DType::U32, &[cells])?);
    }
    Ok(State::new(parts))
}

pub(super) fn bytes_per_cell(params: &ReduceParams, input: &DType) -> usize {
    let total = if input.is_complex() { 16 } else { 8 };
    total + if counts(params, input) { 4 } else { 0 }
}

/// Adds up a tile: the sum of each cell.
pub(super) fn add(
    state: &mut State,
    params: &ReduceParams,
    tile: &Array,
    cells: Cells<'_>,
) -> Result<()> {
    cells.check(tile.len(), state.cells())?;
    if state.has(1) {
        count_present(state, 1, tile, cells)?;
    }
    let (dtype, skip) = (tile.dtype(), params.skips(tile.dtype()));
    match state.dtype(0)? {
        DType::F64 => add_reals(state, tile, cells, skip),
        DType::C128 => add_complex(state, tile, cells, skip),
        DType::Duration(_) if skip => {
            let of = |t: i64| if t == MISSING_TICK { 0 } else { t };
            words(state, tile, cells, of, i64::wrapping_add, 0)
        }
        DType::Duration(_) => words(state, tile, cells, |t: i64| t, add_ticks, 0),
        DType::I64 => {
            let tile = tile.cast(&DType::I64)?;
            words(state, &tile, cells, |x: i64| x, i64::wrapping_add, 0)
        }
        DType::U64 => {
            let tile = tile.cast(&DType::U64)?;
            words(state, &tile, cells, |x: u64| x, u64::wrapping_add, 0)
        }
        _ => Err(undefined("sum", dtype)),
    }
}

/// A missing duration makes the sum missing.
fn add_ticks(a: i64, b: i64) -> i64 {
    if a == MISSING_TICK || b == MISSING_TICK { MISSING_TICK } else { a.wrapping_add(b) }
}

/// The sum in `f64`, of anything real: `f32` and `f64` as they are, other types converted first.
pub(super) fn add_reals(
    state: &mut State,
    tile: &Array,
    cells: Cells<'_>,
    skip: bool,
) -> Result<()> {
    match tile.dtype() {
        DType::F32 => add_floats::<f32>(state, tile, cells, skip),
        DType::F64 => add_floats::<f64>(state, tile, cells, skip),
        _ => add_floats::<f64>(state, &tile.cast(&DType::F64)?, cells, skip),
    }
}

/// The sums of many rows of floats, and the counts in the part behind them if they are
/// `counted`. Whether it was done: other types, and counts of 64 bits, need another way.
pub(super) fn add_rows(
    state: &mut State,
    rows: &Rows<'_>,
    skip: bool,
    counted: bool,
) -> Result<bool> {
    let Some(dtype) = rows.tiles.first().map(Array::dtype) else { return Ok(true) };
    if !matches!(dtype, DType::F32 | DType::F64)
        || (counted && !(skip && state.narrow(1, rows.most())?))
    {
        return Ok(false);
    }
    rows.check(state.cells())?;
    match dtype {
        DType::F32 => add_rows_of::<f32>(state, rows, skip, counted)?,
        _ => add_rows_of::<f64>(state, rows, skip, counted)?,
    }
    Ok(true)
}

fn add_rows_of<T: Real>(
    state: &mut State,
    rows: &Rows<'_>,
    skip: bool,
    counted: bool,
) -> Result<()> {
    if counted {
        let (sums, counts) = state.pair::<f64, u32>(0)?;
        return rows.stacks::<T, STACK>(|stack, cell| {
            let end = cell + if rows.spread { rows.len } else { 1 };
            let (Some(sums), Some(counts)) = (sums.get_mut(cell..end), counts.get_mut(cell..end))
            else {
                return;
            };
            if rows.spread {
                return add_stack(sums, counts, stack);
            }
            if let ([sum], [count]) = (sums, counts) {
                for piece in stack.iter().flat_map(|row| row.chunks(PIECE)) {
                    let (more, n) = sum_and_count(piece);
                    *sum += more;
                    *count += n;
                }
            }
        });
    }
    let sums = state.part::<f64>(0)?;
    let of = |x: T| if skip && x.is_nan() { 0.0 } else { x.as_f64() };
    rows.stacks::<T, STACK>(|stack, cell| {
        let end = cell + if rows.spread { rows.len } else { 1 };
        let Some(sums) = sums.get_mut(cell..end) else { return };
        if rows.spread {
            return sum_stack(sums, stack, of);
        }
        if let [sum] = sums {
            for piece in stack.iter().flat_map(|row| row.chunks(PIECE)) {
                *sum += lanes(piece, 0.0, of, |a: f64, b| a + b);
            }
        }
    })
}

/// A whole tile as rows, unless each element has a cell of its own.
pub(super) fn as_rows(
    tile: &Array,
    cells: Cells<'_>,
    take: impl FnOnce(&Rows<'_>) -> Result<bool>,
) -> Result<bool> {
    let (cell, spread) = match cells {
        Cells::One(cell) => (cell, false),
        Cells::Run(cell) => (cell, true),
        Cells::Each(_) => return Ok(false),
    };
    match u32::try_from(cell) {
        Ok(cell) if cell != u32::MAX && !tile.is_empty() => take(&Rows {
            tiles: std::slice::from_ref(tile),
            len: tile.len(),
            cells: &[cell],
            positions: &[0],
            spread,
        }),
        _ => Ok(false),
    }
}

fn add_floats<T: Real>(
    state: &mut State,
    tile: &Array,
    cells: Cells<'_>,
    skip: bool,
) -> Result<()> {
    let (values, sums) = (flat::<T>(tile)?, state.part::<f64>(0)?);
    let join = |a: f64, b: f64| a + b;
    if skip {
        let of = |x: T| if x.is_nan() { 0.0 } else { x.as_f64() };
        accumulate(sums, &values, cells, 0.0, of, join);
    } else {
        accumulate(sums, &values, cells, 0.0, |x: T| x.as_f64(), join);
    }
    Ok(())
}

pub(super) fn add_complex(
    state: &mut State,
    tile: &Array,
    cells: Cells<'_>,
    skip: bool,
) -> Result<()> {
    let tile = tile.cast(&DType::C128)?;
    let zero = Complex64::new(0.0, 0.0);
    let of = move |x: Complex64| if skip && x.is_nan() { zero } else { x };
    words(state, &tile, cells, of, |a, b| a + b, zero)
}

fn words<T: crate::Element + Copy, A: crate::Element + Copy>(
    state: &mut State,
    tile: &Array,
    cells: Cells<'_>,
    of: impl Fn(T) -> A + Copy,
    join: impl Fn(A, A) -> A + Copy,
    unit: A,
) -> Result<()> {
    let values = flat::<T>(tile)?;
    accumulate(state.part::<A>(0)?, &values, cells, unit, of, join);
    Ok(())
}

/// Multiplies a tile up: the product of each cell.
pub(super) fn multiply(
    state: &mut State,
    params: &ReduceParams,
    tile: &Array,
    cells: Cells<'_>,
) -> Result<()> {
    cells.check(tile.len(), state.cells())?;
    if state.has(1) {
        count_present(state, 1, tile, cells)?;
    }
    let skip = params.skips(tile.dtype());
    let held = state.dtype(0)?;
    let tile = tile.cast(&held)?;
    match held {
        DType::F64 => {
            let of = move |x: f64| if skip && x.is_nan() { 1.0 } else { x };
            words(state, &tile, cells, of, |a, b| a * b, 1.0)
        }
        DType::C128 => {
            let one = Complex64::new(1.0, 0.0);
            let of = move |x: Complex64| if skip && x.is_nan() { one } else { x };
            words(state, &tile, cells, of, |a, b| a * b, one)
        }
        DType::I64 => words(state, &tile, cells, |x: i64| x, i64::wrapping_mul, 1),
        DType::U64 => words(state, &tile, cells, |x: u64| x, u64::wrapping_mul, 1),
        other => Err(undefined("prod", &other)),
    }
}

/// Merges totals by `+` or `*`, and counts.
pub(super) fn merge(
    into: &mut State,
    at: usize,
    from: &State,
    range: Range<usize>,
    params: &ReduceParams,
    product: bool,
) -> Result<()> {
    into.check_merge(at, from, &range)?;
    if into.has(1) {
        into.join_counts(1, at, from, range.clone())?;
    }
    macro_rules! joined {
        ($type:ty, $add:expr, $mul:expr) => {
            if into.part::<$type>(0).is_ok() {
                return match product {
                    true => into.join::<$type>(0, at, from, range, $mul),
                    false => into.join::<$type>(0, at, from, range, $add),
                };
            }
        };
    }
    joined!(f64, |a, b| a + b, |a, b| a * b);
    joined!(Complex64, |a, b| a + b, |a, b| a * b);
    joined!(u64, |a, b| a.wrapping_add(*b), |a, b| a.wrapping_mul(*b));
    // Plain integers cannot meet the reserved tick but by wrapping to it, so the type decides.
    let ticks = into.dtype(0)?.is_temporal();
    let skip = params.skipna == Some(true);
    joined!(
        i64,
        |a, b| if ticks && !skip { add_ticks(*a, *b) } else { a.wrapping_add(*b) },
        |a, b| a.wrapping_mul(*b)
    );
    Ok(())
}

pub(super) fn finish(
    mut state: State,
    name: &str,
    params: &ReduceParams,
    input: &DType,
) -> Result<Array> {
    let to = result(name, input)?;
    let total = state.take(0)?;
    let total = total.cast(&to)?;
    let Some(least) = params.min_count.filter(|_| state.has(1)) else { return Ok(total) };
    let enough: Vec<bool> = state.counts(1)?.iter().map(|n| *n >= least as u64).collect();
    let cells = [total.len()];
    crate::zip::choose(&Array::from_vec(cells, enough)?, &total, &Array::missing(&to, &cells)?)
}
