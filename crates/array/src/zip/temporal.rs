//! Arithmetic and comparisons of times and durations.

use super::compare::holds;
use super::{Operand, ZipOp, pairs};
use crate::array::Array;
use crate::cast::{finer, flat, nanos, promote};
use crate::dtype::{DType, MISSING_TICK, TimeType};
use crate::error::{Error, Result};
use graticule_cftime::TimeUnit;

/// The type of the result, where at least one side is a time or a duration.
pub(super) fn result(op: ZipOp, a: &DType, b: &DType) -> Result<DType> {
    use ZipOp::{Add, Div, FloorDiv, Max, Min, Mul, Rem, Sub};
    Ok(match (op, a, b) {
        (op, DType::Time(_), DType::Time(_)) | (op, DType::Duration(_), DType::Duration(_))
            if op.is_comparison() =>
        {
            promote(a, b)?;
            DType::Bool
        }
        (Min | Max, DType::Time(_), DType::Time(_)) => promote(a, b)?,
        (Sub, DType::Time(x), DType::Time(y)) => {
            promote(a, b)?;
            DType::Duration(finer(x.unit, y.unit))
        }
        (Add | Sub, DType::Time(t), DType::Duration(u))
        | (Add, DType::Duration(u), DType::Time(t)) => {
            DType::Time(TimeType { unit: finer(t.unit, *u), calendar: t.calendar })
        }
        (Add | Sub | Min | Max | Rem, DType::Duration(_), DType::Duration(_)) => promote(a, b)?,
        (Div, DType::Duration(_), DType::Duration(_)) => DType::F64,
        (FloorDiv, DType::Duration(_), DType::Duration(_)) => DType::I64,
        (Mul | Div | FloorDiv, DType::Duration(u), n) if n.is_real() => DType::Duration(*u),
        (Mul, n, DType::Duration(u)) if n.is_real() => DType::Duration(*u),
        _ => {
            let hint = match (a, b) {
                (DType::Time(_), DType::Time(_)) => "subtract times to get durations",
                _ => "give the number as a duration, or cast to int64 ticks first",
            };
            return Err(op.undefined(a, b).hint(hint));
        }
    })
}

pub(super) fn apply(op: ZipOp, a: &Operand, b: &Operand) -> Result<Array> {
    let to = result(op, a.dtype(), b.dtype())?;
    match (a.dtype().clone(), b.dtype().clone()) {
        (DType::Duration(unit), n) if n.is_real() => scaled(op, a, b, unit),
        (n, DType::Duration(unit)) if n.is_real() => scaled(op, b, a, unit),
        (x, y) if op.is_comparison() => {
            check_calendars(a, b)?;
            let scale = |d: &DType| i128::from(unit_of(d).map_or(1, nanos));
            let (m, n) = (scale(&x), scale(&y));
            pairs(a, b, |s: &i64, t: &i64| {
                let there = *s != MISSING_TICK && *t != MISSING_TICK;
                holds(op, there.then(|| (i128::from(*s) * m).cmp(&(i128::from(*t) * n))))
            })
        }
        (x, y) => {
            check_calendars(a, b)?;
            let unit = unit_of(&x)
                .zip(unit_of(&y))
                .map(|(x, y)| finer(x, y))
                .ok_or_else(|| op.undefined(&x, &y))?;
            let (a, b) = (a.map(|v| in_unit(v, unit))?, b.map(|v| in_unit(v, unit))?);
            ticks(op, &a, &b, &to)
        }
    }
}

fn unit_of(dtype: &DType) -> Option<TimeUnit> {
    match dtype {
        DType::Time(t) => Some(t.unit),
        DType::Duration(unit) => Some(*unit),
        _ => None,
    }
}

fn in_unit(array: &Array, unit: TimeUnit) -> Result<Array> {
    array.cast(&match array.dtype() {
        DType::Time(t) => DType::Time(TimeType { unit, ..*t }),
        _ => DType::Duration(unit),
    })
}

/// Times in the mixed and the proleptic calendar meet in the latter, if they are late enough.
fn check_calendars(a: &Operand, b: &Operand) -> Result<()> {
    if let (DType::Time(x), DType::Time(y)) = (a.dtype(), b.dtype())
        && x.calendar != y.calendar
    {
        for (side, unit) in [(a, x.unit), (b, y.unit)] {
            crate::cast::check_after_reform(&flat::<i64>(side.array())?, unit)?;
        }
    }
    Ok(())
}

/// Both sides in one unit. An overflow cannot hide: no exact sum is the reserved tick by chance.
fn ticks(op: ZipOp, a: &Operand, b: &Operand, to: &DType) -> Result<Array> {
    let exact = |f: fn(i64, i64) -> Option<i64>| -> Result<Array> {
        let overflow = std::cell::Cell::new(false);
        let out = pairs(a, b, |x: &i64, y: &i64| {
            if *x == MISSING_TICK || *y == MISSING_TICK {
                return MISSING_TICK;
            }
            let tick = f(*x, *y).unwrap_or(MISSING_TICK);
            overflow.set(overflow.get() | (tick == MISSING_TICK));
            tick
        })?;
        if overflow.get() {
            return Err(Error::invalid(format!(
                "\"{}\" of {} and {} overflows {to}",
                op.symbol(),
                a.dtype(),
                b.dtype()
            ))
            .hint("cast to a coarser unit first"));
        }
        out.with_dtype(to.clone())
    };
    match op {
        ZipOp::Add => exact(i64::checked_add),
        ZipOp::Sub => exact(i64::checked_sub),
        ZipOp::Min => exact(|x, y| Some(x.min(y))),
        ZipOp::Max => exact(|x, y| Some(x.max(y))),
        ZipOp::Rem => pairs(a, b, |x: &i64, y: &i64| floor(*x, *y).map_or(MISSING_TICK, |v| v.1))?
            .with_dtype(to.clone()),
        ZipOp::FloorDiv => pairs(a, b, |x: &i64, y: &i64| floor(*x, *y).map_or(0, |v| v.0)),
        ZipOp::Div => pairs(a, b, |x: &i64, y: &i64| {
            if *x == MISSING_TICK || *y == MISSING_TICK { f64::NAN } else { *x as f64 / *y as f64 }
        }),
        _ => Err(op.undefined(a.dtype(), b.dtype())),
    }
}

/// Quotient and rest, rounded towards minus infinity; `None` if something is missing or zero.
fn floor(x: i64, y: i64) -> Option<(i64, i64)> {
    use crate::number::Real;
    (x != MISSING_TICK && y != MISSING_TICK && y != 0).then(|| (x.floor_div(y), x.remainder(y)))
}

/// A duration with a number. Integers multiply exactly; the rest is cut off towards zero as
/// NumPy does.
fn scaled(op: ZipOp, duration: &Operand, number: &Operand, unit: TimeUnit) -> Result<Array> {
    let to = DType::Duration(unit);
    if number.dtype().is_float() || op == ZipOp::Div {
        let (x, y) = (duration.cast(&DType::F64)?, number.cast(&DType::F64)?);
        return pairs(&x, &y, |x: &f64, y: &f64| {
            let out = match op {
                ZipOp::Mul => x * y,
                ZipOp::Div => x / y,
                _ => (x / y).floor(),
            };
            if out.is_finite() && out.abs() < 9_223_372_036_854_775_807.0 {
                out as i64
            } else {
                MISSING_TICK
            }
        })?
        .with_dtype(to);
    }
    if *number.dtype() == DType::U64
        && flat::<u64>(number.array())?.iter().any(|n| i64::try_from(*n).is_err())
    {
        return Err(Error::invalid(format!(
            "\"{}\" of {to} and a number beyond int64 overflows",
            op.symbol()
        )));
    }
    let duration = duration.map(|a| a.clone().with_dtype(DType::I64))?;
    let number = number.cast(&DType::I64)?;
    match op {
        ZipOp::Mul => {
            let exact = ticks_times(&duration, &number)?;
            exact.with_dtype(to)
        }
        _ => pairs(&duration, &number, |x: &i64, y: &i64| {
            floor(*x, *y).map_or(MISSING_TICK, |v| v.0)
        })?
        .with_dtype(to),
    }
}

fn ticks_times(a: &Operand, b: &Operand) -> Result<Array> {
    let overflow = std::cell::Cell::new(false);
    let out = pairs(a, b, |x: &i64, y: &i64| {
        if *x == MISSING_TICK {
            return MISSING_TICK;
        }
        let tick = x.checked_mul(*y).unwrap_or(MISSING_TICK);
        overflow.set(overflow.get() | (tick == MISSING_TICK));
        tick
    })?;
    if overflow.get() {
        return Err(Error::invalid("\"*\" of a duration and a number overflows")
            .hint("cast the duration to a coarser unit first"));
    }
    Ok(out)
}
