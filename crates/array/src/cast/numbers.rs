//! Conversions between numbers, as NumPy's `astype` on values that fit.

use half::f16;
use num_complex::{Complex32, Complex64};

use crate::array::Array;
use crate::cast::flat;
use crate::dispatch::dispatch;
use crate::dtype::DType;
use crate::element::Element;
use crate::error::Result;
use crate::wide::wide;

/// A number array in another type; `None` if one of the types is not of numbers. Complex numbers
/// are reached through the floats of their parts, so that fewer pairs have to be compiled.
pub(super) fn cast(array: &Array, to: &DType) -> Result<Option<Array>> {
    let part = |complex: &DType| if *complex == DType::C64 { DType::F32 } else { DType::F64 };
    Ok(match (array.dtype(), to) {
        (from, to) if from == to => Some(array.clone()),
        (DType::C64, DType::C128) => Some(convert::<Complex32, Complex64>(array)?),
        (DType::C128, DType::C64) => Some(convert::<Complex64, Complex32>(array)?),
        (DType::C64, DType::Bool) => Some(convert::<Complex32, bool>(array)?),
        (DType::C128, DType::Bool) => Some(convert::<Complex64, bool>(array)?),
        (DType::C64, DType::F32) => Some(convert::<Complex32, f32>(array)?),
        (DType::C128, DType::F64) => Some(convert::<Complex64, f64>(array)?),
        (DType::F32, DType::C64) => Some(convert::<f32, Complex32>(array)?),
        (DType::F64, DType::C128) => Some(convert::<f64, Complex64>(array)?),
        (from, to) if from.is_complex() || to.is_complex() => {
            through(array, &if from.is_complex() { part(from) } else { part(to) }, to)?
        }
        (DType::Bool, to) => {
            let ones = convert::<bool, u8>(array)?;
            if *to == DType::U8 { Some(ones) } else { cast(&ones, to)? }
        }
        // Half precision goes through wider floats, which hold it exactly.
        (DType::F16, DType::F32) => Some(convert::<f16, f32>(array)?),
        (DType::F32, DType::F16) => Some(convert::<f32, f16>(array)?),
        (DType::F64, DType::F16) => Some(convert::<f64, f16>(array)?),
        (DType::F16, to) => through(array, &DType::F32, to)?,
        (_, DType::F16) => through(array, &DType::F64, to)?,
        (from, DType::Bool) => dispatch!(primitive from, S => Some(convert::<S, bool>(array)?),
            else None),
        (from, DType::F32) => dispatch!(primitive from, S => Some(wide_convert::<S, f32>(array)?),
            else None),
        (from, DType::F64) => dispatch!(primitive from, S => Some(wide_convert::<S, f64>(array)?),
            else None),
        (from, to) => dispatch!(primitive from, S =>
            dispatch!(integers to, T => Some(convert::<S, T>(array)?), else None), else None),
    })
}

fn through(array: &Array, by: &DType, to: &DType) -> Result<Option<Array>> {
    match cast(array, by)? {
        Some(between) => cast(&between, to),
        None => Ok(None),
    }
}

fn convert<S: Element + Copy + To<T>, T: Element>(array: &Array) -> Result<Array> {
    let values = flat::<S>(array)?;
    Array::from_vec(array.shape(), values.iter().map(|v| v.to()).collect::<Vec<T>>())
}

/// To floats, as decoding does.
fn wide_convert<S: Element + Copy + To<T>, T: Element>(array: &Array) -> Result<Array> {
    let values = flat::<S>(array)?;
    Array::from_vec(array.shape(), wide(|| values.iter().map(|v| v.to()).collect::<Vec<T>>()))
}

/// A number that converts to `T`. Integers wrap; floats are cut off towards zero and saturate
/// when the target is an integer; the imaginary part is dropped when the target has none.
pub(crate) trait To<T> {
    fn to(self) -> T;
}

macro_rules! primitives {
    ($($from:ty)*; $to:tt) => { $( primitives!(@ $from; $to); )* };
    (@ $from:ty; [$($to:ty)*]) => {
        $(impl To<$to> for $from {
            #[inline(always)]
            fn to(self) -> $to {
                self as $to
            }
        })*
        impl To<bool> for $from {
            #[inline(always)]
            fn to(self) -> bool {
                self != (0 as $from)
            }
        }
        impl To<$from> for bool {
            #[inline(always)]
            fn to(self) -> $from {
                u8::from(self) as $from
            }
        }
        impl To<f16> for $from {
            #[inline(always)]
            fn to(self) -> f16 {
                f16::from_f64(self as f64)
            }
        }
        impl To<$from> for f16 {
            #[inline(always)]
            fn to(self) -> $from {
                self.to_f64() as $from
            }
        }
        complex!($from: Complex32 Complex64);
    };
}

macro_rules! complex {
    ($from:ty: $($complex:ident)*) => {$(
        impl To<$complex> for $from {
            #[inline(always)]
            fn to(self) -> $complex {
                <$complex>::new(self.to(), 0.0)
            }
        }
        impl To<$from> for $complex {
            #[inline(always)]
            fn to(self) -> $from {
                self.re.to()
            }
        }
    )*};
}

primitives!(i8 i16 i32 i64 u8 u16 u32 u64 f32 f64; [i8 i16 i32 i64 u8 u16 u32 u64 f32 f64]);
complex!(f16: Complex32 Complex64);

impl To<bool> for bool {
    fn to(self) -> bool {
        self
    }
}
impl To<f16> for bool {
    fn to(self) -> f16 {
        f16::from_f32(self.to())
    }
}
impl To<bool> for f16 {
    fn to(self) -> bool {
        self.to_f32() != 0.0
    }
}
impl To<f16> for f16 {
    fn to(self) -> f16 {
        self
    }
}

macro_rules! complex_pairs {
    ($($from:ty, $to:ident;)*) => {$(
        impl To<$to> for $from {
            #[inline(always)]
            fn to(self) -> $to {
                <$to>::new(self.re.to(), self.im.to())
            }
        }
    )*};
}

complex_pairs! {
    Complex32, Complex32; Complex32, Complex64; Complex64, Complex32; Complex64, Complex64;
}

macro_rules! complex_bool {
    ($($complex:ident)*) => {$(
        impl To<bool> for $complex {
            fn to(self) -> bool {
                self.re != 0.0 || self.im != 0.0
            }
        }
        impl To<$complex> for bool {
            fn to(self) -> $complex {
                <$complex>::new(self.to(), 0.0)
            }
        }
    )*};
}

complex_bool! { Complex32 Complex64 }
