//! Conversions between element types.

mod complex;
mod lossless;
mod numbers;
mod promote;
mod text;
mod time;

use std::borrow::Cow;

use crate::array::Array;
use crate::dispatch::dispatch;
use crate::dtype::{DType, MISSING_TICK};
use crate::element::Element;
use crate::error::{Error, Result};
use crate::number::Number;
use crate::scalar::Scalar;
use crate::text::Text;

pub(crate) use numbers::To;
pub(crate) use promote::finer;
pub use promote::promote;
pub(crate) use text::items;
pub(crate) use time::{check_after_reform, nanos};

/// Elements in row-major order, borrowed where they lie so.
pub(crate) fn flat<T: Element>(array: &Array) -> Result<Cow<'_, [T]>> {
    Ok(match array.as_slice::<T>() {
        Some(slice) => Cow::Borrowed(slice),
        None => Cow::Owned(array.to_flat::<T>()?),
    })
}

impl Array {
    /// The elements converted to another type, as NumPy's `astype`: floats are cut off towards
    /// zero when they become integers, integers wrap. Times change unit exactly or not at all. Records of
    /// two floats and complex numbers are each other's bits.
    ///
    /// ```
    /// use graticule_array::{Array, DType};
    /// let a = Array::from_vec(vec![2], vec![1.7f64, -1.7])?.cast(&DType::I16)?;
    /// assert_eq!(a.to_flat::<i16>()?, [1, -1]);
    /// # Ok::<(), graticule_array::Error>(())
    /// ```
    ///
    /// # Errors
    /// If there is no conversion between the types, or a time does not fit.
    pub fn cast(&self, to: &DType) -> Result<Self> {
        castable(self.dtype(), to)?;
        if self.dtype() == to {
            return Ok(self.clone());
        }
        if let Some(out) = numbers::cast(self, to)? {
            return Ok(out);
        }
        match (self.dtype(), to) {
            (from, to) if complex::alike(from, to) => complex::cast(self, to),
            (from, _) if from.is_temporal() => time::from_ticks(self, to),
            (_, to) if to.is_temporal() => time::to_ticks(self, to),
            _ => text::convert(self, to),
        }
    }

    /// An array of missing values: NaN, the missing text or the reserved tick.
    ///
    /// # Errors
    /// If the type has no missing value, or the array would be too large.
    pub fn missing(dtype: &DType, shape: &[usize]) -> Result<Self> {
        missing_scalar(dtype)?.fill(shape)
    }

    /// Where elements are missing (NaN, missing text, the reserved tick), as truth values.
    ///
    /// # Errors
    /// Never for arrays that hold what their dtype says.
    pub fn is_missing(&self) -> Result<Self> {
        let n = self.len();
        let missing: Vec<bool> = match self.dtype() {
            DType::Str => flat::<Text>(self)?.iter().map(Text::is_missing).collect(),
            DType::Time(_) | DType::Duration(_) => {
                let ticks = flat::<i64>(self)?;
                ticks.iter().map(|t| *t == MISSING_TICK).collect()
            }
            dtype if dtype.is_float() || dtype.is_complex() => {
                dispatch!(floats dtype, T => nans::<T>(self)?, else
                    dispatch!(complex dtype, T => nans::<T>(self)?, else vec![false; n]))
            }
            _ => vec![false; n],
        };
        Self::from_vec(self.shape(), missing)
    }
}

fn nans<T: Number>(array: &Array) -> Result<Vec<bool>> {
    let values = flat::<T>(array)?;
    Ok(values.iter().map(|v| v.is_nan()).collect())
}

/// The missing value of a type.
pub(crate) fn missing_scalar(dtype: &DType) -> Result<Scalar> {
    Ok(match dtype {
        DType::F16 => Scalar::F16(half::f16::NAN),
        DType::F32 => Scalar::F32(f32::NAN),
        DType::F64 => Scalar::F64(f64::NAN),
        DType::C64 => Scalar::C64(num_complex::Complex32::new(f32::NAN, f32::NAN)),
        DType::C128 => Scalar::C128(num_complex::Complex64::new(f64::NAN, f64::NAN)),
        DType::Time(t) => Scalar::Time(MISSING_TICK, *t),
        DType::Duration(u) => Scalar::Duration(MISSING_TICK, *u),
        DType::Str => Scalar::Str(Text::missing()),
        other => {
            let error = Error::unsupported(format!("{other} has no missing value"));
            return Err(match other.with_missing() {
                wider if wider != *other => error.hint(format!("cast to {wider} first")),
                _ => error,
            });
        }
    })
}

/// Checks that there is a conversion; values may still not fit.
pub(crate) fn castable(from: &DType, to: &DType) -> Result<()> {
    let number = |d: &DType| d.is_real() || d.is_complex();
    let possible = match (from, to) {
        (a, b) if a == b || complex::alike(a, b) => true,
        (a, b) if number(a) && number(b) => true,
        (DType::Time(a), DType::Time(b)) => promote(&DType::Time(*a), &DType::Time(*b)).is_ok(),
        (DType::Duration(_), DType::Duration(_)) => true,
        (DType::Time(_) | DType::Duration(_), DType::I64 | DType::F64) => true,
        (DType::I64, DType::Time(_) | DType::Duration(_)) => true,
        (DType::Str | DType::Char | DType::Bytes(_), DType::Str | DType::Bytes(_)) => true,
        (DType::Bytes(1), DType::Char) => true,
        _ => false,
    };
    if possible {
        return Ok(());
    }
    let error = Error::unsupported(format!("there is no conversion from {from} to {to}"));
    Err(match (from, to) {
        (DType::Time(_), DType::Time(_)) => error.hint("convert the calendar first"),
        (a, b) if a.is_temporal() && number(b) => error.hint("cast to int64 ticks first"),
        (a, b) if number(a) && b.is_temporal() => error.hint("cast to int64 ticks first"),
        _ => error,
    })
}
