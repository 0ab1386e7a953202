//! Logic on truth values and on the bits of integers.

use std::ops::{BitAnd, BitOr, BitXor};

use super::{Operand, ZipOp, pairs};
use crate::array::Array;
use crate::dispatch::dispatch;
use crate::dtype::DType;
use crate::element::Element;
use crate::error::Result;

/// `And`, `Or`, `Xor` on integers or truth values.
pub(super) fn apply(op: ZipOp, a: &Operand, b: &Operand) -> Result<Array> {
    let to = a.dtype();
    if *to == DType::Bool {
        return bits::<bool>(op, a, b);
    }
    let by = to.computed();
    if by != *to {
        return apply(op, &a.cast(&by)?, &b.cast(&by)?)?.cast(to);
    }
    dispatch!(computed_integers to, T => bits::<T>(op, a, b), else Err(op.undefined(to, b.dtype())))
}

/// What arithmetic means for truth values: `+` and the maximum are or, `*` and the minimum and.
pub(super) fn arithmetic(op: ZipOp, a: &Operand, b: &Operand) -> Result<Array> {
    match op {
        ZipOp::Add | ZipOp::Max | ZipOp::FMax => bits::<bool>(ZipOp::Or, a, b),
        ZipOp::Mul | ZipOp::Min | ZipOp::FMin => bits::<bool>(ZipOp::And, a, b),
        _ => Err(op.undefined(a.dtype(), b.dtype())),
    }
}

fn bits<T>(op: ZipOp, a: &Operand, b: &Operand) -> Result<Array>
where
    T: Element + Copy + BitAnd<Output = T> + BitOr<Output = T> + BitXor<Output = T>,
{
    match op {
        ZipOp::And => pairs(a, b, |x: &T, y: &T| *x & *y),
        ZipOp::Or => pairs(a, b, |x: &T, y: &T| *x | *y),
        ZipOp::Xor => pairs(a, b, |x: &T, y: &T| *x ^ *y),
        _ => Err(op.undefined(a.dtype(), b.dtype())),
    }
}
