//! Arithmetic on two operands of one type.

use num_complex::{Complex32, Complex64};

use super::{Operand, ZipOp, pairs, wide_pairs};
use crate::array::Array;
use crate::cast::flat;
use crate::dispatch::dispatch;
use crate::element::Element;
use crate::error::{Error, Result};
use crate::number::{Float, Number, Real};

/// Both operands have the type that [`ZipOp::operands`] says.
pub(super) fn apply(op: ZipOp, a: &Operand, b: &Operand) -> Result<Array> {
    let to = a.dtype();
    let by = to.computed();
    if by != *to {
        return apply(op, &a.cast(&by)?, &b.cast(&by)?)?.cast(to);
    }
    dispatch!(computed_floats to, T => floats::<T>(op, a, b), else
        dispatch!(computed_integers to, T => integers::<T>(op, a, b), else
            dispatch!(complex to, T => complex::<T>(op, a, b), else
                Err(op.undefined(to, b.dtype())))))
}

fn floats<T: Float>(op: ZipOp, a: &Operand, b: &Operand) -> Result<Array> {
    match op {
        ZipOp::Add => wide_pairs(a, b, |x: &T, y: &T| x.plus(*y)),
        ZipOp::Sub => wide_pairs(a, b, |x: &T, y: &T| x.minus(*y)),
        ZipOp::Mul => wide_pairs(a, b, |x: &T, y: &T| x.times(*y)),
        ZipOp::Div => wide_pairs(a, b, |x: &T, y: &T| x.divided(*y)),
        ZipOp::Atan2 => pairs(a, b, |x: &T, y: &T| x.atan2(*y)),
        ZipOp::Hypot => pairs(a, b, |x: &T, y: &T| x.hypot(*y)),
        _ => reals::<T>(op, a, b),
    }
}

fn integers<T: Real + Default>(op: ZipOp, a: &Operand, b: &Operand) -> Result<Array> {
    if op == ZipOp::Pow && flat::<T>(b.array())?.iter().any(|e| *e < T::default()) {
        return Err(Error::invalid(format!(
            "{} elements cannot be raised to negative powers",
            a.dtype()
        ))
        .hint("cast to a float type first"));
    }
    match op {
        ZipOp::Add => pairs(a, b, |x: &T, y: &T| x.plus(*y)),
        ZipOp::Sub => pairs(a, b, |x: &T, y: &T| x.minus(*y)),
        ZipOp::Mul => pairs(a, b, |x: &T, y: &T| x.times(*y)),
        _ => reals::<T>(op, a, b),
    }
}

fn reals<T: Real>(op: ZipOp, a: &Operand, b: &Operand) -> Result<Array> {
    match op {
        ZipOp::FloorDiv => pairs(a, b, |x: &T, y: &T| x.floor_div(*y)),
        ZipOp::Rem => pairs(a, b, |x: &T, y: &T| x.remainder(*y)),
        ZipOp::Pow => pairs(a, b, |x: &T, y: &T| x.power(*y)),
        ZipOp::Min => pairs(a, b, |x: &T, y: &T| x.lesser(*y)),
        ZipOp::Max => pairs(a, b, |x: &T, y: &T| x.greater(*y)),
        _ => Err(op.undefined(a.dtype(), b.dtype())),
    }
}

trait Complex: Number {
    fn divided(self, other: Self) -> Self;
    fn power(self, other: Self) -> Self;
}

macro_rules! complex {
    ($($type:ty)*) => {$(
        impl Complex for $type {
            fn divided(self, other: Self) -> Self {
                self / other
            }
            fn power(self, other: Self) -> Self {
                self.powc(other)
            }
        }
    )*};
}

complex! { Complex32 Complex64 }

fn complex<T: Complex + Element>(op: ZipOp, a: &Operand, b: &Operand) -> Result<Array> {
    match op {
        ZipOp::Add => pairs(a, b, |x: &T, y: &T| x.plus(*y)),
        ZipOp::Sub => pairs(a, b, |x: &T, y: &T| x.minus(*y)),
        ZipOp::Mul => pairs(a, b, |x: &T, y: &T| x.times(*y)),
        ZipOp::Div => pairs(a, b, |x: &T, y: &T| x.divided(*y)),
        ZipOp::Pow => pairs(a, b, |x: &T, y: &T| x.power(*y)),
        _ => Err(op.undefined(a.dtype(), b.dtype())),
    }
}
