//! The common type of two: NumPy's table.

use crate::dtype::{DType, TimeType};
use crate::error::{Error, Result};
use graticule_cftime::{Calendar, TimeUnit};

/// The type that holds the values of both: NumPy's `result_type`, with calendars.
///
/// Times take the finer unit; their calendars must agree, where `standard` and
/// `proleptic_gregorian` do (both to `proleptic_gregorian`; instants before 1582-10-15 are
/// then an error of the cast).
///
/// ```
/// use graticule_array::{DType, promote};
/// assert_eq!(promote(&DType::I16, &DType::U16)?, DType::I32);
/// assert_eq!(promote(&DType::I32, &DType::F32)?, DType::F64);
/// # Ok::<(), graticule_array::Error>(())
/// ```
///
/// # Errors
/// If no type holds both.
pub fn promote(a: &DType, b: &DType) -> Result<DType> {
    if a == b {
        return Ok(a.clone());
    }
    let none = || {
        Error::mismatch(format!("no element type holds both {a} and {b}"))
            .hint("cast one of them first")
    };
    Ok(match (a, b) {
        (DType::Time(a), DType::Time(b)) => DType::Time(TimeType {
            unit: finer(a.unit, b.unit),
            calendar: common_calendar(a.calendar, b.calendar).ok_or_else(|| {
                Error::mismatch(format!(
                    "times in the calendars {:?} and {:?} do not combine",
                    a.calendar, b.calendar
                ))
                .hint("convert one of them to the other's calendar first")
            })?,
        }),
        (DType::Duration(a), DType::Duration(b)) => DType::Duration(finer(*a, *b)),
        (DType::Bytes(n), DType::Bytes(m)) => DType::Bytes(*n.max(m)),
        (DType::Char, DType::Bytes(n)) | (DType::Bytes(n), DType::Char) => DType::Bytes(*n.max(&1)),
        (DType::Str, DType::Char | DType::Bytes(_))
        | (DType::Char | DType::Bytes(_), DType::Str) => DType::Str,
        _ => numbers(a, b).ok_or_else(none)?,
    })
}

/// The finer of two units.
pub(crate) fn finer(a: TimeUnit, b: TimeUnit) -> TimeUnit {
    a.max(b)
}

fn common_calendar(a: Calendar, b: Calendar) -> Option<Calendar> {
    use Calendar::{ProlepticGregorian, Standard};
    match (a, b) {
        (a, b) if a == b => Some(a),
        (Standard, ProlepticGregorian) | (ProlepticGregorian, Standard) => Some(ProlepticGregorian),
        _ => None,
    }
}

fn numbers(a: &DType, b: &DType) -> Option<DType> {
    if !is_number(a) || !is_number(b) {
        return None;
    }
    if a.is_complex() || b.is_complex() {
        let wide = float_bits(a)?.max(float_bits(b)?) > 32;
        return Some(if wide { DType::C128 } else { DType::C64 });
    }
    if a.is_float() || b.is_float() {
        return float_of(float_bits(a)?.max(float_bits(b)?));
    }
    if *a == DType::Bool {
        return Some(b.clone());
    }
    if *b == DType::Bool {
        return Some(a.clone());
    }
    let (m, n) = (int_bits(a)?, int_bits(b)?);
    match (a.is_signed_integer(), b.is_signed_integer()) {
        (true, true) => signed_of(m.max(n)),
        (false, false) => unsigned_of(m.max(n)),
        (true, false) => signed_of(m.max(2 * n)),
        (false, true) => signed_of(n.max(2 * m)),
    }
}

fn is_number(d: &DType) -> bool {
    d.is_real() || d.is_complex()
}

fn int_bits(d: &DType) -> Option<usize> {
    d.size().map(|n| 8 * n)
}

/// Bits of the float that holds the values of a real type, or of each part of a complex one.
fn float_bits(d: &DType) -> Option<usize> {
    let bits = int_bits(d)?;
    Some(match d {
        DType::Bool => 0,
        d if d.is_complex() => bits / 2,
        d if d.is_float() => bits,
        _ => (2 * bits).min(64),
    })
}

fn float_of(bits: usize) -> Option<DType> {
    Some(match bits {
        0..=16 => DType::F16,
        17..=32 => DType::F32,
        _ => DType::F64,
    })
}

/// 128 bits stand for an unsigned integer of 64 bits together with a signed one.
fn signed_of(bits: usize) -> Option<DType> {
    Some(match bits {
        8 => DType::I8,
        16 => DType::I16,
        32 => DType::I32,
        64 => DType::I64,
        _ => DType::F64,
    })
}

fn unsigned_of(bits: usize) -> Option<DType> {
    Some(match bits {
        8 => DType::U8,
        16 => DType::U16,
        32 => DType::U32,
        _ => DType::U64,
    })
}

impl DType {
    /// The float type in which functions such as `sqrt` compute on this type: floats and complex
    /// stay, integers take the smallest float that holds them.
    pub(crate) fn as_float(&self) -> Option<Self> {
        if self.is_float() || self.is_complex() {
            return Some(self.clone());
        }
        if self.is_real() { float_of(float_bits(self)?) } else { None }
    }
}
