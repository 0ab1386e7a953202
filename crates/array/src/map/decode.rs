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

/// Missing where the element as stored equals one of `values`.
pub(super) fn mask(input: &Array, values: &[Scalar], to: &DType) -> Result<Array> {
    let dtype = input.dtype();
    if dtype.is_real() && *dtype != DType::Bool && to.is_float() {
        return decode(input, values, to, None, None);
    }
    let out = input.cast(to)?;
    let mut gone = vec![false; input.len()];
    let raw = |v: &Scalar| convert(v, dtype).ok();
    for value in values {
        if dtype.is_text() || dtype.is_temporal() {
            let Some(value) = raw(value) else { continue };
            let op = crate::zip::ZipOp::Eq;
            let found = op.apply_scalar(input, &value, false)?;
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
    let wide_steps = [scale, offset].into_iter().flatten().any(|s| !fits(s, to));
    if *input.dtype() == DType::Bool {
        return decode(&input.cast(&DType::U8)?, values, to, scale, offset);
    }
    dispatch!(reals input.dtype(), S => match to {
        DType::F16 => steps::<S, half::f16>(input, values, scale, offset, wide_steps),
        DType::F32 => steps::<S, f32>(input, values, scale, offset, wide_steps),
        _ => steps::<S, f64>(input, values, scale, offset, false),
    }, else Err(crate::Error::bug(format!("{} passed as real", input.dtype()))))
}

/// Whether the type of the result holds the scalar, so that each step can compute there.
fn fits(scalar: &Scalar, to: &DType) -> bool {
    let exact = |v: f64| match to {
        DType::F16 => f64::from(half::f16::from_f64(v)) == v || v.is_nan(),
        DType::F32 => f64::from(v as f32) == v || v.is_nan(),
        _ => true,
    };
    // Integers are weak, as they are in NumPy when they come as attributes without a fraction.
    !matches!(scalar, Scalar::F64(_)) || scalar.as_f64().is_none_or(exact)
}

fn steps<S, T>(
    input: &Array,
    values: &[Scalar],
    scale: Option<&Scalar>,
    offset: Option<&Scalar>,
    wide_steps: bool,
) -> Result<Array>
where
    S: Stored + To<T> + Number,
    T: Float,
{
    let raw = flat::<S>(input)?;
    // NaN among the values needs no test: NaN stays NaN.
    let fills: Vec<S> =
        values.iter().filter_map(S::stored).filter(|v| !Number::is_nan(*v)).collect();
    if wide_steps {
        let step = |x: f64| T::from_f64(x);
        let out = with_fills(&raw, &fills, |x: S| {
            let mut v: T = x.to();
            if let Some(s) = scale.and_then(Scalar::as_f64) {
                v = step(v.as_f64() * s);
            }
            if let Some(o) = offset.and_then(Scalar::as_f64) {
                v = step(v.as_f64() + o);
            }
            v
        });
        return Array::from_vec(input.shape(), out);
    }
    let in_to = |s: Option<&Scalar>| s.and_then(Scalar::as_f64).map(T::from_f64);
    let out = match (in_to(scale), in_to(offset)) {
        (None, None) => with_fills(&raw, &fills, |x: S| x.to()),
        (Some(s), None) => with_fills(&raw, &fills, |x: S| x.to().times(s)),
        (None, Some(o)) => with_fills(&raw, &fills, |x: S| x.to().plus(o)),
        (Some(s), Some(o)) => with_fills(&raw, &fills, |x: S| x.to().times(s).plus(o)),
    };
    Array::from_vec(input.shape(), out)
}

/// `decode` of each element, NaN where it is one of `fills`.
#[inline(always)]
fn with_fills<S, T>(raw: &[S], fills: &[S], decode: impl Fn(S) -> T) -> Vec<T>
where
    S: Number,
    T: Float,
{
    match *fills {
        [] => wide(|| raw.iter().map(|x| decode(*x)).collect()),
        [a] => wide(|| raw.iter().map(|x| if *x == a { T::NAN } else { decode(*x) }).collect()),
        [a, b] => wide(|| {
            raw.iter().map(|x| if *x == a || *x == b { T::NAN } else { decode(*x) }).collect()
        }),
        _ => wide(|| {
            raw.iter().map(|x| if fills.contains(x) { T::NAN } else { decode(*x) }).collect()
        }),
    }
}
