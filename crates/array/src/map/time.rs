//! Times, durations and numbers.

use super::arithmetic::each;
use crate::array::Array;
use crate::cast::{flat, nanos};
use crate::dtype::{DType, MISSING_TICK, TimeType};
use crate::error::{Error, Result};
use graticule_cftime::{Decoder, Encoded, Field, TimeUnit, TimeUnits};

/// Checks that times and durations can be stored as this type.
pub(super) fn stored(to: &DType) -> Result<()> {
    if matches!(to, DType::I64 | DType::F32 | DType::F64) {
        return Ok(());
    }
    Err(Error::unsupported(format!("times are not encoded as {to}"))
        .hint("encode as int64 or float64, then as the smaller type"))
}

pub(super) fn decode_duration(input: &Array, step: i64, to: TimeUnit) -> Result<Array> {
    let (unit, tick) = (DType::Duration(to), i128::from(nanos(to)));
    let inexact = |v: &str| {
        Error::invalid(format!("{v} times {step} ns is not a whole number of ticks of {unit}"))
            .hint("decode to a finer unit, or as numbers (decode_timedelta=false)")
    };
    let ticks: Vec<i64> = if input.dtype().is_float() {
        let values = input.cast(&DType::F64)?;
        let values = flat::<f64>(&values)?;
        let decode = |v: &f64| {
            if !v.is_finite() {
                return Ok(MISSING_TICK);
            }
            // A whole number of steps that is a whole number of ticks stays exact.
            let ticks = if i128::from(step) % tick == 0 {
                v * (i128::from(step) / tick) as f64
            } else {
                v * step as f64 / tick as f64
            };
            if to != TimeUnit::Nanosecond && ticks.trunc() != ticks {
                return Err(inexact(&v.to_string()));
            }
            if ticks.abs() < 9_223_372_036_854_775_807.0 {
                Ok(ticks as i64)
            } else {
                Err(Error::invalid(format!("{v} times {step} ns overflows {unit}")))
            }
        };
        values.iter().map(decode).collect::<Result<_>>()?
    } else {
        let values = whole_numbers(input)?;
        let decode = |v: &i64| {
            if *v == MISSING_TICK {
                return Ok(MISSING_TICK);
            }
            let nanos = i128::from(*v) * i128::from(step);
            if nanos % tick != 0 {
                return Err(inexact(&v.to_string()));
            }
            i64::try_from(nanos / tick)
                .ok()
                .filter(|t| *t != MISSING_TICK)
                .ok_or_else(|| Error::invalid(format!("{v} times {step} ns overflows {unit}")))
        };
        flat::<i64>(&values)?.iter().map(decode).collect::<Result<_>>()?
    };
    Array::from_vec(input.shape(), ticks)?.with_dtype(unit)
}

/// Integers and truth values as `int64`, or an error for those that do not fit.
pub(super) fn whole_numbers(input: &Array) -> Result<Array> {
    if *input.dtype() == DType::U64
        && let Some(v) = flat::<u64>(input)?.iter().find(|v| i64::try_from(**v).is_err())
    {
        return Err(Error::invalid(format!("{v} is too large for a time")));
    }
    input.cast(&DType::I64)
}

pub(super) fn encode_duration(input: &Array, step: i64, to: &DType) -> Result<Array> {
    let DType::Duration(unit) = input.dtype() else {
        return Err(Error::bug(format!("{} passed as a duration", input.dtype())));
    };
    if step <= 0 {
        return Err(Error::invalid(format!("a step of {step} ns has no length")));
    }
    let tick = i128::from(nanos(*unit));
    if *to == DType::I64 {
        let encode = |t: &i64| {
            if *t == MISSING_TICK {
                return Ok(MISSING_TICK);
            }
            let nanos = i128::from(*t) * tick;
            match (nanos % i128::from(step), i64::try_from(nanos / i128::from(step))) {
                (0, Ok(v)) => Ok(v),
                _ => Err(Error::invalid(format!(
                    "{t} ticks of {} are not a whole number of steps of {step} ns",
                    input.dtype()
                ))
                .hint("encode in a finer unit, or as float64")),
            }
        };
        let out: Vec<i64> = flat::<i64>(input)?.iter().map(encode).collect::<Result<_>>()?;
        return Array::from_vec(input.shape(), out);
    }
    let numbers = each(input, |t: &i64| {
        if *t == MISSING_TICK {
            return f64::NAN;
        }
        let nanos = i128::from(*t) * tick;
        let (whole, rest) = (nanos / i128::from(step), nanos % i128::from(step));
        whole as f64 + rest as f64 / step as f64
    })?;
    numbers.cast(to)
}

fn ticks_of(input: &Array) -> Result<(std::borrow::Cow<'_, [i64]>, TimeType)> {
    match input.dtype() {
        DType::Time(time) => Ok((flat::<i64>(input)?, *time)),
        other => Err(Error::bug(format!("{other} passed as a time"))),
    }
}

pub(super) fn decode(input: &Array, decoder: &Decoder) -> Result<Array> {
    let ticks = if input.dtype().is_float() {
        decoder.decode_f64(&flat::<f64>(&input.cast(&DType::F64)?)?)?
    } else {
        decoder.decode_i64(&flat::<i64>(&whole_numbers(input)?)?)?
    };
    let to = TimeType { unit: decoder.unit(), calendar: decoder.calendar() };
    Array::from_vec(input.shape(), ticks)?.with_dtype(DType::Time(to))
}

pub(super) fn encode(input: &Array, units: &TimeUnits, to: &DType) -> Result<Array> {
    let (ticks, time) = ticks_of(input)?;
    if units.calendar() != time.calendar {
        // Those that combine encode alike; others do not.
        let as_units = TimeType { unit: time.unit, calendar: units.calendar() };
        let moved = input
            .cast(&DType::Time(as_units))
            .map_err(|e| e.hint(format!("encode in the calendar {}", time.calendar)))?;
        return encode(&moved, units, to);
    }
    if to.is_float() {
        let numbers = units.encode_as_floats(&ticks, time.unit);
        return Array::from_vec(input.shape(), numbers)?.cast(to);
    }
    match units.encode(&ticks, time.unit)? {
        Encoded::Ints(numbers) => Array::from_vec(input.shape(), numbers),
        Encoded::Floats(_) => {
            Err(Error::invalid(format!("the times are not whole numbers of \"{units}\""))
                .hint("encode as float64, or in units with a shorter step"))
        }
    }
}

pub(super) fn field(input: &Array, field: Field) -> Result<Array> {
    let (ticks, time) = ticks_of(input)?;
    if ticks.contains(&MISSING_TICK) {
        return Err(Error::invalid(format!("a missing time has no {field}"))
            .hint("drop missing times first"));
    }
    Array::from_vec(input.shape(), field.of_all(&ticks, time.unit, time.calendar))
}

pub(super) fn field_or_nan(input: &Array, field: Field) -> Result<Array> {
    let (ticks, time) = ticks_of(input)?;
    let values = field.of_all(&ticks, time.unit, time.calendar);
    let real = |v: i64| if v == MISSING_TICK { f64::NAN } else { v as f64 };
    Array::from_vec(input.shape(), values.into_iter().map(real).collect::<Vec<_>>())
}
