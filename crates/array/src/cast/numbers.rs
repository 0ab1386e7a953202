//! Conversions between numbers, as NumPy's `astype` on values that fit.

use half::f16;
use num_complex::{Complex32, Complex64};

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
