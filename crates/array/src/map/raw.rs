//! Integers whose sign bit is to be read otherwise.

use crate::array::Array;
use crate::dtype::DType;
use crate::error::Result;

/// The type after reinterpretation; others stay.
pub(super) fn reinterpreted(input: &DType, unsigned: bool) -> DType {
    match (input, unsigned) {
        (DType::I8, true) => DType::U8,
        (DType::I16, true) => DType::U16,
        (DType::I32, true) => DType::U32,
        (DType::I64, true) => DType::U64,
        (DType::U8, false) => DType::I8,
        (DType::U16, false) => DType::I16,
        (DType::U32, false) => DType::I32,
        (DType::U64, false) => DType::I64,
        (other, _) => other.clone(),
    }
}

/// The same bits; integers of one size wrap into each other.
pub(super) fn reinterpret(input: &Array, unsigned: bool) -> Result<Array> {
    input.cast(&reinterpreted(input.dtype(), unsigned))
}
