//! The shared storage behind an array: one variant per way of holding elements.

use half::f16;
use ndarray::ArcArray;
use ndarray::IxDyn;
use num_complex::{Complex32, Complex64};

use crate::array::Array;
use crate::text::Text;

/// Shared, copy-on-write N-d storage.
pub(crate) type Shared<T> = ArcArray<T, IxDyn>;

/// Times and durations are `I64`, characters `U8`; byte strings, opaque items and records are
/// `Raw`, whose last axis runs over the bytes of an item.
#[derive(Clone)]
pub(crate) enum Buffer {
    Bool(Shared<bool>),
    I8(Shared<i8>),
    I16(Shared<i16>),
    I32(Shared<i32>),
    I64(Shared<i64>),
    U8(Shared<u8>),
    U16(Shared<u16>),
    U32(Shared<u32>),
    U64(Shared<u64>),
    F16(Shared<f16>),
    F32(Shared<f32>),
    F64(Shared<f64>),
    C64(Shared<Complex32>),
    C128(Shared<Complex64>),
    Text(Shared<Text>),
    Raw(Shared<u8>),
    List(Shared<Array>),
}

/// Runs `$body` with `$data` bound to the typed storage, whatever the variant.
macro_rules! each_buffer {
    ($buffer:expr, $data:ident => $body:expr) => {
        match $buffer {
            Buffer::Bool($data) => $body,
            Buffer::I8($data) => $body,
            Buffer::I16($data) => $body,
            Buffer::I32($data) => $body,
            Buffer::I64($data) => $body,
            Buffer::U8($data) => $body,
            Buffer::U16($data) => $body,
            Buffer::U32($data) => $body,
            Buffer::U64($data) => $body,
            Buffer::F16($data) => $body,
            Buffer::F32($data) => $body,
            Buffer::F64($data) => $body,
            Buffer::C64($data) => $body,
            Buffer::C128($data) => $body,
            Buffer::Text($data) => $body,
            Buffer::Raw($data) => $body,
            Buffer::List($data) => $body,
        }
    };
}

/// Like [`each_buffer`], and wraps the result in the same variant.
macro_rules! map_buffer {
    ($buffer:expr, $data:ident => $body:expr) => {
        match $buffer {
            Buffer::Bool($data) => Buffer::Bool($body),
            Buffer::I8($data) => Buffer::I8($body),
            Buffer::I16($data) => Buffer::I16($body),
            Buffer::I32($data) => Buffer::I32($body),
            Buffer::I64($data) => Buffer::I64($body),
            Buffer::U8($data) => Buffer::U8($body),
            Buffer::U16($data) => Buffer::U16($body),
            Buffer::U32($data) => Buffer::U32($body),
            Buffer::U64($data) => Buffer::U64($body),
            Buffer::F16($data) => Buffer::F16($body),
            Buffer::F32($data) => Buffer::F32($body),
            Buffer::F64($data) => Buffer::F64($body),
            Buffer::C64($data) => Buffer::C64($body),
            Buffer::C128($data) => Buffer::C128($body),
            Buffer::Text($data) => Buffer::Text($body),
            Buffer::Raw($data) => Buffer::Raw($body),
            Buffer::List($data) => Buffer::List($body),
        }
    };
}

pub(crate) use {each_buffer, map_buffer};
