//! Arithmetic operators: arrays, datasets and numbers in all combinations, owned or borrowed.
//!
//! Operands are broadcast by the names of their dimensions (the left one's come first) and must
//! agree exactly on the labels they share. Attributes of both are kept except those that differ.
//! Element types follow numpy: `/` of integers gives `f64`, and a number does not widen an
//! array (`f32 * 2.0` stays `f32`). `&`, `|`, `^` and `!` are logic on truth values and work bit
//! by bit on integers.

use std::ops::{Add, BitAnd, BitOr, BitXor, Div, Mul, Neg, Not, Rem, Shl, Shr, Sub};
use std::panic::Location;

use graticule_array::{MapOp, Result, Scalar, ZipOp};

use super::operand::{ArrayOperand, Operand};
use crate::data_array::DataArray;
use crate::dataset::Dataset;
use crate::units::{Side, UnitMode, combined, of_number};
use crate::variable::Variable;

/// `var op value`, or `value op var`.
fn with_value(
    mode: UnitMode,
    var: &Variable,
    op: ZipOp,
    value: &Scalar,
    side: Side,
) -> Result<Variable> {
    let made = var.mapped(MapOp::with(op, value.clone(), side == Side::Left, var.dtype())?)?;
    Ok(match of_number(mode, op, var, value, side) {
        Some(attrs) => made.with_attrs(attrs),
        None => made,
    })
}

impl Dataset {
    #[track_caller]
    pub(crate) fn zip(&self, op: ZipOp, sign: &str, other: &Operand) -> Self {
        let place = Location::caller();
        let step = || format!("{sign} {}", other.text());
        match (self.fault(), other.fault()) {
            (None, Some(fault)) => self.carrying(fault),
            (Some(_), _) => self.clone(),
            (None, None) => self.settle(step(), self.try_zip(op, other), place),
        }
    }

    pub(crate) fn try_zip(&self, op: ZipOp, other: &Operand) -> Result<Self> {
        let mode = self.0.units.max(other.unit_mode());
        self.pair(
            other,
            |v, s| with_value(mode, v, op, s, Side::Right),
            |a, b| combined(mode, op, a, b),
        )
    }

    fn zip_after(&self, op: ZipOp, value: &Scalar) -> Result<Self> {
        self.map_data(|var| with_value(self.0.units, var, op, value, Side::Left))
    }
}

impl DataArray {
    #[track_caller]
    pub(crate) fn zip(&self, op: ZipOp, sign: &str, other: &Operand) -> Self {
        if let (None, Some(fault)) = (self.fault(), other.fault()) {
            return Self { set: self.set.carrying(fault), name: self.name.clone() };
        }
        self.array_verb(
            || format!("{sign} {}", other.text()),
            |array| {
                let mode = array.unit_mode().max(other.unit_mode());
                array.pair(
                    other,
                    |v, s| with_value(mode, v, op, s, Side::Right),
                    |a, b| combined(mode, op, a, b),
                )
            },
        )
    }
}

impl DataArray {
    /// This array on the left of every data variable of a dataset.
    #[track_caller]
    fn zip_before(&self, op: ZipOp, sign: &str, set: &Dataset) -> Dataset {
        if let (Some(fault), None) = (self.fault(), set.fault()) {
            return set.carrying(fault);
        }
        set.verb(
            || format!("{} {sign}", self.name().unwrap_or("..")),
            |set| self.pair_before(set, |a, b| a.zipped(op, b)),
        )
    }
}

// The right side is generic over what an operand can be made of, so that the result of
// `&x - 273.15` is known to be an array before the type of the number is. On the left only two
// types of numbers are allowed, for the same reason.
macro_rules! operators {
    ($($trait:ident $method:ident $op:ident $sign:literal;)*) => {$(
        operators!(@noun $trait $method $op $sign, DataArray, ArrayOperand);
        operators!(@noun $trait $method $op $sign, Dataset, Into<Operand>);
        operators!(@set $trait $method $op $sign);
        operators!(@left $trait $method $op $sign, DataArray, i64);
        operators!(@left $trait $method $op $sign, DataArray, f64);
        operators!(@left $trait $method $op $sign, Dataset, i64);
        operators!(@left $trait $method $op $sign, Dataset, f64);
    )*};
    (@right $($trait:ident $method:ident $op:ident $sign:literal;)*) => {$(
        operators!(@noun $trait $method $op $sign, DataArray, ArrayOperand);
        operators!(@noun $trait $method $op $sign, Dataset, Into<Operand>);
        operators!(@set $trait $method $op $sign);
    )*};
    (@noun $trait:ident $method:ident $op:ident $sign:literal, $noun:ty, $($side:tt)*) => {
        impl<R: $($side)*> $trait<R> for &$noun {
            type Output = $noun;

            #[track_caller]
            fn $method(self, other: R) -> $noun {
                self.zip(ZipOp::$op, $sign, &other.into())
            }
        }

        impl<R: $($side)*> $trait<R> for $noun {
            type Output = $noun;

            #[track_caller]
            fn $method(self, other: R) -> $noun {
                self.zip(ZipOp::$op, $sign, &other.into())
            }
        }
    };
    (@set $trait:ident $method:ident $op:ident $sign:literal) => {
        operators!(@array $trait $method $op $sign, &DataArray, &Dataset);
        operators!(@array $trait $method $op $sign, &DataArray, Dataset);
        operators!(@array $trait $method $op $sign, DataArray, &Dataset);
        operators!(@array $trait $method $op $sign, DataArray, Dataset);
    };
    (@array $trait:ident $method:ident $op:ident $sign:literal, $array:ty, $set:ty) => {
        impl $trait<$set> for $array {
            type Output = Dataset;

            #[track_caller]
            fn $method(self, other: $set) -> Dataset {
                DataArray::zip_before(&self, ZipOp::$op, $sign, &other)
            }
        }
    };
    (@left $trait:ident $method:ident $op:ident $sign:literal, $noun:ty, $left:ty) => {
        impl $trait<&$noun> for $left {
            type Output = $noun;

            #[track_caller]
            fn $method(self, other: &$noun) -> $noun {
                other.verb(
                    || format!("{self} {}", $sign),
                    |set| set.zip_after(ZipOp::$op, &Scalar::from(self)),
                )
            }
        }

        impl $trait<$noun> for $left {
            type Output = $noun;

            #[track_caller]
            fn $method(self, other: $noun) -> $noun {
                self.$method(&other)
            }
        }
    };
}

operators! {
    Add add Add "+";
    Sub sub Sub "-";
    Mul mul Mul "*";
    Div div Div "/";
    Rem rem Rem "%";
}

// Numbers on the left of these are rare, and floats have no bits.
operators! {
    @right
    BitAnd bitand And "&";
    BitOr bitor Or "|";
    BitXor bitxor Xor "^";
    Shl shl LeftShift "<<";
    Shr shr RightShift ">>";
}

macro_rules! negation {
    ($($noun:ty)*) => {$(
        impl Neg for &$noun {
            type Output = $noun;

            #[track_caller]
            fn neg(self) -> $noun {
                self.verb(|| "neg".into(), |set| set.try_map(&MapOp::Neg))
            }
        }

        impl Neg for $noun {
            type Output = $noun;

            #[track_caller]
            fn neg(self) -> $noun {
                -&self
            }
        }

        impl Not for &$noun {
            type Output = $noun;

            #[track_caller]
            fn not(self) -> $noun {
                self.verb(|| "not".into(), |set| set.try_map(&MapOp::Not))
            }
        }

        impl Not for $noun {
            type Output = $noun;

            #[track_caller]
            fn not(self) -> $noun {
                !&self
            }
        }
    )*};
}

negation!(DataArray Dataset);
