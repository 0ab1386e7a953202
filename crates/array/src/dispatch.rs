//! From the dtype, a value, to the Rust type that kernels are written for: the only place that
//! lists the types.

/// `dispatch!(family dtype, T => body, else other)` runs `body` with the alias `T` for the Rust
/// type of `dtype`, or `other` if the dtype is not of the family.
macro_rules! dispatch {
    (@ $dtype:expr, $T:ident => $body:expr, else $other:expr; $($variant:ident $type:ty),*) => {
        match $dtype {
            $($crate::dtype::DType::$variant => { type $T = $type; $body })*
            _ => $other,
        }
    };
    (signed $dtype:expr, $T:ident => $body:expr, else $other:expr) => {
        $crate::dispatch::dispatch!(@ $dtype, $T => $body, else $other;
            I8 i8, I16 i16, I32 i32, I64 i64)
    };
    (integers $dtype:expr, $T:ident => $body:expr, else $other:expr) => {
        $crate::dispatch::dispatch!(@ $dtype, $T => $body, else $other;
            I8 i8, I16 i16, I32 i32, I64 i64, U8 u8, U16 u16, U32 u32, U64 u64)
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
    (numeric $dtype:expr, $T:ident => $body:expr, else $other:expr) => {
        $crate::dispatch::dispatch!(@ $dtype, $T => $body, else $other;
            I8 i8, I16 i16, I32 i32, I64 i64, U8 u8, U16 u16, U32 u32, U64 u64,
            F16 ::half::f16, F32 f32, F64 f64,
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
