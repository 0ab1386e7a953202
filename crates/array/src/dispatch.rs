//! From the dtype, a value, to the Rust type that kernels are written for: the only place that
//! lists the types.
//!
//! Most kernels are compiled for the `computed` types only, because each type costs compile time:
//! smaller ones are widened first and narrowed after (see [`DType::computed`]), which gives the
//! same bits.

use crate::dtype::DType;

impl DType {
    /// The type in which kernels compute on this one. Every sum, difference, product, bit
    /// operation and comparison there, narrowed again, is the one of the type itself: integers
    /// wrap alike, and half precision is defined as single precision rounded.
    pub(crate) fn computed(&self) -> Self {
        match self {
            Self::I8 | Self::I16 | Self::U8 | Self::U16 | Self::Bool => Self::I32,
            Self::U32 => Self::I64,
            Self::F16 => Self::F32,
            other => other.clone(),
        }
    }
}

/// `dispatch!(family dtype, T => body, else other)` runs `body` with the alias `T` for the Rust
/// type of `dtype`, or `other` if the dtype is not of the family.
macro_rules! dispatch {
    (@ $dtype:expr, $T:ident => $body:expr, else $other:expr; $($variant:ident $type:ty),*) => {
        match $dtype {
            $($crate::dtype::DType::$variant => { type $T = $type; $body })*
            _ => $other,
        }
    };
    (computed $dtype:expr, $T:ident => $body:expr, else $other:expr) => {
        $crate::dispatch::dispatch!(@ $dtype, $T => $body, else $other;
            I32 i32, I64 i64, U64 u64, F32 f32, F64 f64)
    };
    (computed_integers $dtype:expr, $T:ident => $body:expr, else $other:expr) => {
        $crate::dispatch::dispatch!(@ $dtype, $T => $body, else $other;
            I32 i32, I64 i64, U64 u64)
    };
    (computed_floats $dtype:expr, $T:ident => $body:expr, else $other:expr) => {
        $crate::dispatch::dispatch!(@ $dtype, $T => $body, else $other; F32 f32, F64 f64)
    };
    (integers $dtype:expr, $T:ident => $body:expr, else $other:expr) => {
        $crate::dispatch::dispatch!(@ $dtype, $T => $body, else $other;
            I8 i8, I16 i16, I32 i32, I64 i64, U8 u8, U16 u16, U32 u32, U64 u64)
    };
    (primitive $dtype:expr, $T:ident => $body:expr, else $other:expr) => {
        $crate::dispatch::dispatch!(@ $dtype, $T => $body, else $other;
            I8 i8, I16 i16, I32 i32, I64 i64, U8 u8, U16 u16, U32 u32, U64 u64,
            F32 f32, F64 f64)
    };
    (floats $dtype:expr, $T:ident => $body:expr, else $other:expr) => {
        $crate::dispatch::dispatch!(@ $dtype, $T => $body, else $other;
            F16 ::half::f16, F32 f32, F64 f64)
    };
    (reals $dtype:expr, $T:ident => $body:expr, else $other:expr) => {
        $crate::dispatch::dispatch!(@ $dtype, $T => $body, else $other;
            I8 i8, I16 i16, I32 i32, I64 i64, U8 u8, U16 u16, U32 u32, U64 u64,
            F16 ::half::f16, F32 f32, F64 f64)
    };
    (complex $dtype:expr, $T:ident => $body:expr, else $other:expr) => {
        $crate::dispatch::dispatch!(@ $dtype, $T => $body, else $other;
            C64 ::num_complex::Complex32, C128 ::num_complex::Complex64)
    };
    (numbers $dtype:expr, $T:ident => $body:expr, else $other:expr) => {
        $crate::dispatch::dispatch!(@ $dtype, $T => $body, else $other;
            Bool bool,
            I8 i8, I16 i16, I32 i32, I64 i64, U8 u8, U16 u16, U32 u32, U64 u64,
            F16 ::half::f16, F32 f32, F64 f64,
            C64 ::num_complex::Complex32, C128 ::num_complex::Complex64)
    };
}

pub(crate) use dispatch;
