//! Arithmetic on two operands of one type.

use num_complex::{Complex32, Complex64};

use super::{Operand, ZipOp, pairs, wide_pairs};
use crate::array::Array;
use crate::cast::flat;
use crate::dispatch::dispatch;
use crate::element::Element;
use crate::error::{Error, Result};
use crate::number::{Float, Integer, Number, Real};

/// Both operands have the type that [`ZipOp::operands`] says.
pub(super) fn apply(op: ZipOp, a: &Operand, b: &Operand) -> Result<Array> {
    let to = a.dtype();
    if op == ZipOp::NextAfter {
        // The spacing of floats is that of their own type.
        return dispatch!(floats to, T => pairs(a, b, |x: &T, y: &T| x.next_towards(*y)),
            else Err(op.undefined(to, b.dtype())));
    }
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
        ZipOp::CopySign => pairs(a, b, |x: &T, y: &T| x.with_sign_of(*y)),
        ZipOp::LogAddExp => pairs(a, b, |x: &T, y: &T| x.log_add_exp(*y)),
        ZipOp::LogAddExp2 => pairs(a, b, |x: &T, y: &T| x.log_add_exp2(*y)),
        ZipOp::Heaviside => pairs(a, b, |x: &T, y: &T| x.heaviside(*y)),
        ZipOp::Ldexp => pairs(a, b, |x: &T, y: &T| x.times_power_of_two(*y)),
        _ => reals::<T>(op, a, b),
    }
}

fn integers<T: Integer + Default>(op: ZipOp, a: &Operand, b: &Operand) -> Result<Array> {
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
        ZipOp::Gcd => pairs(a, b, |x: &T, y: &T| x.common_divisor(*y)),
        ZipOp::Lcm => pairs(a, b, |x: &T, y: &T| x.common_multiple(*y)),
        ZipOp::LeftShift => pairs(a, b, |x: &T, y: &T| x.moved_up(*y)),
        ZipOp::RightShift => pairs(a, b, |x: &T, y: &T| x.moved_down(*y)),
        _ => reals::<T>(op, a, b),
    }
}

fn reals<T: Real>(op: ZipOp, a: &Operand, b: &Operand) -> Result<Array> {
    match op {
        ZipOp::FloorDiv => pairs(a, b, |x: &T, y: &T| x.floor_div(*y)),
        ZipOp::Rem => pairs(a, b, |x: &T, y: &T| x.remainder(*y)),
        ZipOp::Pow | ZipOp::FloatPow => pairs(a, b, |x: &T, y: &T| x.power(*y)),
        ZipOp::FMod => pairs(a, b, |x: &T, y: &T| x.cut_remainder(*y)),
        ZipOp::FMin => pairs(a, b, |x: &T, y: &T| if *x <= *y || y.is_nan() { *x } else { *y }),
        ZipOp::FMax => pairs(a, b, |x: &T, y: &T| if *x >= *y || y.is_nan() { *x } else { *y }),
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
        ZipOp::Pow | ZipOp::FloatPow => pairs(a, b, |x: &T, y: &T| x.power(*y)),
        _ => Err(op.undefined(a.dtype(), b.dtype())),
    }
}
