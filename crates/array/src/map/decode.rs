//! Stored numbers to values: what is missing, scale and offset, in one pass.

use num_complex::{Complex32, Complex64};

use super::scalar::convert;
use crate::array::Array;
use crate::cast::{To, flat, missing_scalar};
use crate::dispatch::dispatch;
use crate::dtype::DType;
use crate::element::Element;
use crate::error::Result;
use crate::number::{Float, Number, Real};
use crate::scalar::Scalar;
use crate::wide::wide;
use crate::zip::ZipOp;

/// Missing where the element as stored equals one of `values`.
pub(super) fn mask(input: &Array, values: &[Scalar], to: &DType) -> Result<Array> {
    let dtype = input.dtype();
    if dtype.is_real() && *dtype != DType::Bool && matches!(to, DType::F32 | DType::F64) {
        return decode(input, values, to, None, None);
    }
    let out = input.cast(to)?;
    let mut gone = vec![false; input.len()];
    let raw = |v: &Scalar| convert(v, dtype).ok();
    for value in values {
        if dtype.is_text() || dtype.is_temporal() {
            let Some(value) = raw(value) else { continue };
            let found = ZipOp::Eq.apply_scalar(input, &value, false)?;
            for (gone, found) in gone.iter_mut().zip(flat::<bool>(&found)?.iter()) {
                *gone |= *found;
            }
        } else {
            dispatch!(numbers dtype, T => mark::<T>(input, value, &mut gone)?, else ());
        }
    }
    if !gone.contains(&true) {
        return Ok(out);
    }
    let gone = Array::from_vec(input.shape(), gone)?;
    crate::zip::choose(&gone, &gap(to)?.fill(input.shape())?, &out)
}

/// Missing where the element as stored equals one of `values` or lies outside of bounds.
pub(super) fn mask_outside(
    input: &Array,
    values: &[Scalar],
    min: Option<&Scalar>,
    max: Option<&Scalar>,
    to: &DType,
) -> Result<Array> {
    let out = mask(input, values, to)?;
    let mut gone = vec![false; input.len()];
    for (op, bound) in [(ZipOp::Lt, min), (ZipOp::Gt, max)] {
        let Some(bound) = bound else { continue };
        let found = op.apply_scalar(input, bound, false)?;
        for (gone, found) in gone.iter_mut().zip(flat::<bool>(&found)?.iter()) {
            *gone |= *found;
        }
    }
    if !gone.contains(&true) {
        return Ok(out);
    }
    let gone = Array::from_vec(input.shape(), gone)?;
    crate::zip::choose(&gone, &gap(to)?.fill(input.shape())?, &out)
}

/// What a masked element becomes: the missing value; in stored times the reserved tick.
pub(super) fn gap(to: &DType) -> Result<Scalar> {
    if *to == DType::I64 { Ok(Scalar::I64(crate::dtype::MISSING_TICK)) } else { missing_scalar(to) }
}

fn mark<T: Stored>(input: &Array, value: &Scalar, gone: &mut [bool]) -> Result<()> {
    if let Some(value) = T::stored(value) {
        for (gone, x) in gone.iter_mut().zip(flat::<T>(input)?.iter()) {
            *gone |= *x == value || (T::is_nan(value) && T::is_nan(*x));
        }
    }
    Ok(())
}

/// A type that values which stand for missing ones are compared in.
trait Stored: Element + Copy + PartialEq {
    fn is_nan(self) -> bool;
    /// The scalar in this type: rounded for floats; `None` if an integer cannot equal it.
    fn stored(value: &Scalar) -> Option<Self>;
}

macro_rules! stored {
    ($($type:ident)*) => {$(
        impl Stored for $type {
            fn is_nan(self) -> bool {
                Number::is_nan(self)
            }
            fn stored(value: &Scalar) -> Option<Self> {
                if let Scalar::U64(v) = value {
                    return Self::try_from(*v).ok();
                }
                if let Some(v) = value.as_i64() {
                    return Self::try_from(v).ok();
                }
                let v = value.as_f64()?;
                let out = v as $type;
                // The bound excludes what saturates to the largest 64-bit integers.
                (out as f64 == v && v.abs() < 1.8e19 && (out as f64 as $type) == out
                    && (v < 9.2e18 || out < $type::MAX)).then_some(out)
            }
        }
    )*};
}

stored! { i8 i16 i32 i64 u8 u16 u32 u64 }

macro_rules! stored_floats {
    ($($type:ty)*) => {$(
        impl Stored for $type {
            fn is_nan(self) -> bool {
                Number::is_nan(self)
            }
            fn stored(value: &Scalar) -> Option<Self> {
                if value.dtype() == <$type as Element>::dtype() {
                    let same = value.fill(&[1]).ok()?.to_flat::<$type>().ok()?;
                    return same.first().copied();
                }
                value.as_f64().map(<$type as Real>::from_f64)
            }
        }
    )*};
}

stored_floats! { half::f16 f32 f64 }

macro_rules! stored_complex {
    ($($type:ident)*) => {$(
        impl Stored for $type {
            fn is_nan(self) -> bool {
                Number::is_nan(self)
            }
            fn stored(value: &Scalar) -> Option<Self> {
                convert(value, &<$type as Element>::dtype()).ok()?.fill(&[1]).ok()?
                    .to_flat::<$type>().ok()?.first().copied()
            }
        }
    )*};
}

stored_complex! { Complex32 Complex64 }

impl Stored for bool {
    fn is_nan(self) -> bool {
        false
    }
    fn stored(value: &Scalar) -> Option<Self> {
        match value.as_f64() {
            Some(0.0) => Some(false),
            Some(1.0) => Some(true),
            _ => None,
        }
    }
}

/// Mask, scale and offset.
pub(super) fn decode(
    input: &Array,
    values: &[Scalar],
    to: &DType,
    scale: Option<&Scalar>,
    offset: Option<&Scalar>,
) -> Result<Array> {
    if *input.dtype() == DType::Bool {
        return decode(&input.cast(&DType::U8)?, values, to, scale, offset);
    }
    if *to == DType::F16 || ![scale, offset].into_iter().flatten().all(|s| fits(s, to)) {
        return in_wide_steps(input, values, to, scale, offset);
    }
    // The identities of both steps, to the bit: x + -0.0 keeps the sign of zero.
    let scale = scale.and_then(Scalar::as_f64).unwrap_or(1.0);
    let offset = offset.and_then(Scalar::as_f64).unwrap_or(-0.0);
    dispatch!(reals input.dtype(), S => match to {
        DType::F32 => steps::<S, f32>(input, values, scale, offset),
        _ => steps::<S, f64>(input, values, scale, offset),
    }, else Err(crate::Error::bug(format!("{} passed as real", input.dtype()))))
}

/// Whether the type of the result holds the scalar, so that each step can compute there.
/// Scalars of other types than `f64` are weak.
fn fits(scalar: &Scalar, to: &DType) -> bool {
    let Scalar::F64(v) = scalar else { return true };
    match to {
        DType::F32 => f64::from(*v as f32) == *v || v.is_nan(),
        _ => true,
    }
}

/// Each step in `f64`, rounded to `to` after it; the way of half precision, too.
fn in_wide_steps(
    input: &Array,
    values: &[Scalar],
    to: &DType,
    scale: Option<&Scalar>,
    offset: Option<&Scalar>,
) -> Result<Array> {
    let mut out = mask(input, values, to)?;
    for (op, scalar) in [(ZipOp::Mul, scale), (ZipOp::Add, offset)] {
        if let Some(scalar) = scalar {
            let scalar = convert(scalar, &DType::F64)?;
            out = op.apply_scalar(&out.cast(&DType::F64)?, &scalar, false)?.cast(to)?;
        }
    }
    Ok(out)
}

fn steps<S, T>(input: &Array, values: &[Scalar], scale: f64, offset: f64) -> Result<Array>
where
    S: Stored + To<T> + Number,
    T: Float,
{
    let raw = flat::<S>(input)?;
    let (scale, offset) = (T::from_f64(scale), T::from_f64(offset));
    // NaN among the values needs no test: NaN stays NaN.
    let mut fills: Vec<S> =
        values.iter().filter_map(S::stored).filter(|v| !Number::is_nan(*v)).collect();
    // _FillValue and missing_value mostly agree.
    fills.dedup();
    // Closures own what they use: through references the loops would not vectorise.
    let step = move |x: S| x.to().times(scale).plus(offset);
    let raw = &*raw;
    let out: Vec<T> = match *fills {
        [] => wide(move || raw.iter().map(move |x| step(*x)).collect()),
        [a] => {
            wide(move || raw.iter().map(move |x| if *x == a { T::NAN } else { step(*x) }).collect())
        }
        [a, b] => wide(move || {
            let gone = move |x: S| (x == a) | (x == b);
            raw.iter().map(move |x| if gone(*x) { T::NAN } else { step(*x) }).collect()
        }),
        _ => raw.iter().map(|x| if fills.contains(x) { T::NAN } else { step(*x) }).collect(),
    };
    Array::from_vec(input.shape(), out)
}
