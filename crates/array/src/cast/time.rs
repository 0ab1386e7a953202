//! Times and durations: exact changes of unit, and ticks as numbers.

use crate::array::Array;
use crate::cast::flat;
use crate::dtype::{DType, MISSING_TICK};
use crate::error::{Error, Result};
use graticule_cftime::{REFORM_DAY, TimeUnit};

/// Nanoseconds of one tick.
pub(crate) fn nanos(unit: TimeUnit) -> i64 {
    unit.nanos()
}

/// Changes the unit of ticks, exactly or not at all.
pub(crate) fn change_unit(ticks: &[i64], from: TimeUnit, to: TimeUnit) -> Result<Vec<i64>> {
    let (from_nanos, to_nanos) = (nanos(from), nanos(to));
    let names = || (DType::Duration(from), DType::Duration(to));
    if from_nanos >= to_nanos {
        let factor = from_nanos / to_nanos;
        return ticks
            .iter()
            .map(|t| match t.checked_mul(factor) {
                _ if *t == MISSING_TICK => Ok(MISSING_TICK),
                Some(out) if out != MISSING_TICK => Ok(out),
                _ => {
                    let (from, to) = names();
                    Err(Error::invalid(format!("{t} ticks of {from} overflow {to}"))
                        .hint("keep the coarser unit"))
                }
            })
            .collect();
    }
    let factor = to_nanos / from_nanos;
    ticks
        .iter()
        .map(|t| match t % factor {
            _ if *t == MISSING_TICK => Ok(MISSING_TICK),
            0 => Ok(t / factor),
            _ => {
                let (from, to) = names();
                Err(Error::invalid(format!("{t} ticks of {from} are not whole ticks of {to}"))
                    .hint("keep the finer unit"))
            }
        })
        .collect()
}

/// Checks that instants mean the same in the mixed and the proleptic Gregorian calendar.
pub(crate) fn check_after_reform(ticks: &[i64], unit: TimeUnit) -> Result<()> {
    let reform = i128::from(REFORM_DAY) * 86_400_000_000_000 / i128::from(nanos(unit));
    if ticks.iter().any(|t| *t != MISSING_TICK && i128::from(*t) < reform) {
        return Err(Error::mismatch(
            "instants before 1582-10-15 differ between the calendars standard and \
             proleptic_gregorian",
        )
        .hint("convert the calendar of one of them first"));
    }
    Ok(())
}

/// From a time or a duration to anything it converts to.
pub(super) fn from_ticks(array: &Array, to: &DType) -> Result<Array> {
    let ticks = flat::<i64>(array)?;
    match (array.dtype(), to) {
        (DType::Time(a), DType::Time(b)) => {
            if a.calendar != b.calendar {
                check_after_reform(&ticks, a.unit)?;
            }
            let out = change_unit(&ticks, a.unit, b.unit)?;
            Array::from_vec(array.shape(), out)?.with_dtype(to.clone())
        }
        (DType::Duration(a), DType::Duration(b)) => {
            let out = change_unit(&ticks, *a, *b)?;
            Array::from_vec(array.shape(), out)?.with_dtype(to.clone())
        }
        (_, DType::F64) => {
            let real = |t: &i64| if *t == MISSING_TICK { f64::NAN } else { *t as f64 };
            Array::from_vec(array.shape(), ticks.iter().map(real).collect::<Vec<_>>())
        }
        _ => array.clone().with_dtype(to.clone()),
    }
}

/// From `i64` to the ticks of a time or a duration.
pub(super) fn to_ticks(array: &Array, to: &DType) -> Result<Array> {
    array.clone().with_dtype(to.clone())
}
