//! Operations on two arrays of one shape, element by element.

mod arithmetic;
mod choose;
mod compare;
mod logic;
mod operand;
mod plain;
mod temporal;

use std::fmt;

use crate::array::Array;
use crate::cast::promote;
use crate::dtype::DType;
use crate::error::{Error, Result};
use crate::scalar::Scalar;

pub use choose::{choose, choose_type};
use operand::{Operand, pairs, wide_pairs};
pub(crate) use plain::over_scalar;

/// An operation on two elements. NumPy's rules: types promote, integers wrap, `Div` is true
/// division, the sign of `Rem` is the divisor's, comparisons with NaN are false but for `Ne`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
#[cfg_attr(feature = "wire", derive(serde::Serialize, serde::Deserialize))]
pub enum ZipOp {
    /// `a + b`.
    Add,
    /// `a - b`.
    Sub,
    /// `a * b`.
    Mul,
    /// `a / b`, a float also for integers.
    Div,
    /// `a / b` rounded towards minus infinity.
    FloorDiv,
    /// What `FloorDiv` leaves; has the sign of `b`.
    Rem,
    /// `a` to the power of `b`.
    Pow,
    /// The smaller one; NaN if any is.
    Min,
    /// The larger one; NaN if any is.
    Max,
    /// The smaller one; the one that is there if the other is NaN.
    FMin,
    /// The larger one; the one that is there if the other is NaN.
    FMax,
    /// The remainder of `a / b` rounded towards zero; has the sign of `a`.
    FMod,
    /// `a` to the power of `b` in double precision, also for integers.
    FloatPow,
    /// `a` with the sign of `b`.
    CopySign,
    /// The next float after `a` towards `b`.
    NextAfter,
    /// The logarithm of `exp(a) + exp(b)`, without overflow.
    LogAddExp,
    /// The logarithm to base 2 of `2**a + 2**b`, without overflow.
    LogAddExp2,
    /// 0 where `a` is negative, 1 where it is positive, `b` where it is 0.
    Heaviside,
    /// `a` times 2 to the power of the integer `b`.
    Ldexp,
    /// The greatest common divisor of integers.
    Gcd,
    /// The least common multiple of integers.
    Lcm,
    /// The bits of `a` moved `b` places up; zeros come in.
    LeftShift,
    /// The bits of `a` moved `b` places down; the sign stays.
    RightShift,
    /// The angle of the point (b, a), in radians.
    Atan2,
    /// The length of the hypotenuse.
    Hypot,
    /// `a == b`.
    Eq,
    /// `a != b`.
    Ne,
    /// `a < b`.
    Lt,
    /// `a <= b`.
    Le,
    /// `a > b`.
    Gt,
    /// `a >= b`.
    Ge,
    /// Both, bit by bit for integers.
    And,
    /// Any, bit by bit for integers.
    Or,
    /// One but not both, bit by bit for integers.
    Xor,
}

impl ZipOp {
    /// The symbol or the name, as it is printed.
    #[must_use]
    pub fn symbol(self) -> &'static str {
        match self {
            Self::Add => "+",
            Self::Sub => "-",
            Self::Mul => "*",
            Self::Div => "/",
            Self::FloorDiv => "//",
            Self::Rem => "%",
            Self::Pow => "**",
            Self::Min => "minimum",
            Self::Max => "maximum",
            Self::FMin => "fmin",
            Self::FMax => "fmax",
            Self::FMod => "fmod",
            Self::FloatPow => "float_power",
            Self::CopySign => "copysign",
            Self::NextAfter => "nextafter",
            Self::LogAddExp => "logaddexp",
            Self::LogAddExp2 => "logaddexp2",
            Self::Heaviside => "heaviside",
            Self::Ldexp => "ldexp",
            Self::Gcd => "gcd",
            Self::Lcm => "lcm",
            Self::LeftShift => "<<",
            Self::RightShift => ">>",
            Self::Atan2 => "arctan2",
            Self::Hypot => "hypot",
            Self::Eq => "==",
            Self::Ne => "!=",
            Self::Lt => "<",
            Self::Le => "<=",
            Self::Gt => ">",
            Self::Ge => ">=",
            Self::And => "&",
            Self::Or => "|",
            Self::Xor => "^",
        }
    }

    /// Whether the result is a truth value whatever the operands.
    #[must_use]
    pub fn is_comparison(self) -> bool {
        matches!(self, Self::Eq | Self::Ne | Self::Lt | Self::Le | Self::Gt | Self::Ge)
    }

    /// Whether it orders its operands: any of `<`, `<=`, `>`, `>=`, and the smaller or larger.
    fn is_order(self) -> bool {
        matches!(
            self,
            Self::Lt
                | Self::Le
                | Self::Gt
                | Self::Ge
                | Self::Min
                | Self::Max
                | Self::FMin
                | Self::FMax
        )
    }

    /// Whether it computes in floats, whatever the operands.
    fn is_float_only(self) -> bool {
        matches!(
            self,
            Self::Atan2
                | Self::Hypot
                | Self::CopySign
                | Self::NextAfter
                | Self::LogAddExp
                | Self::LogAddExp2
                | Self::Heaviside
        )
    }

    fn undefined(self, a: &DType, b: &DType) -> Error {
        let error =
            Error::unsupported(format!("\"{}\" is not defined for {a} and {b}", self.symbol()));
        match (a, b) {
            (DType::Bool, DType::Bool) => error.hint("cast to int64 first, or use ^ or !"),
            _ if a.is_float() || b.is_float() => error.hint("cast to an integer or bool first"),
            _ => error.hint("cast one of them first"),
        }
    }

    /// The common type that both operands are cast to.
    ///
    /// # Errors
    /// If the operation is not defined for these types, or not on a common one (a time and a
    /// duration).
    pub fn operands(self, a: &DType, b: &DType) -> Result<DType> {
        let undefined = || self.undefined(a, b);
        if a.is_temporal() || b.is_temporal() {
            temporal::result(self, a, b)?;
            return promote(a, b).map_err(|_| undefined());
        }
        if self == Self::Ldexp {
            let whole = b.is_integer() && *b != DType::U64 || *b == DType::Bool;
            return a.as_float().filter(|d| whole && d.is_float()).ok_or_else(undefined);
        }
        let common = promote(a, b)?;
        let number = common.is_real() || common.is_complex();
        let works = match self {
            Self::Eq | Self::Ne => {
                number || common.is_text() || matches!(common, DType::Opaque(_) | DType::Record(_))
            }
            op if op.is_order() => common.is_real() || (op.is_comparison() && common.is_text()),
            Self::And | Self::Or | Self::Xor => common.is_integer() || common == DType::Bool,
            Self::Sub => number && common != DType::Bool,
            Self::Add | Self::Mul | Self::Div | Self::Pow | Self::FloatPow => number,
            Self::Gcd | Self::Lcm => common.is_integer(),
            Self::LeftShift | Self::RightShift => common.is_integer() || common == DType::Bool,
            _ => common.is_real(),
        };
        if !works {
            return Err(undefined());
        }
        Ok(match self {
            Self::Div if !common.is_float() && !common.is_complex() => DType::F64,
            Self::FloatPow if common.is_complex() => DType::C128,
            Self::FloatPow => DType::F64,
            op if op.is_float_only() => {
                let float = |d: &DType| d.as_float().ok_or_else(undefined);
                promote(&float(a)?, &float(b)?)?
            }
            Self::FloorDiv | Self::Rem | Self::FMod | Self::Pow if common == DType::Bool => {
                DType::I8
            }
            Self::LeftShift | Self::RightShift if common == DType::Bool => DType::I8,
            _ => common,
        })
    }

    /// The type of the result.
    ///
    /// # Errors
    /// If the operation is not defined for these types.
    pub fn result(self, a: &DType, b: &DType) -> Result<DType> {
        if a.is_temporal() || b.is_temporal() {
            return temporal::result(self, a, b);
        }
        let common = self.operands(a, b)?;
        Ok(if self.is_comparison() { DType::Bool } else { common })
    }

    /// The operation on each pair of elements.
    ///
    /// ```
    /// use graticule_array::{Array, ZipOp};
    /// let a = Array::from_vec(vec![2], vec![7i16, -7])?;
    /// let b = Array::from_vec(vec![2], vec![2i16, 2])?;
    /// assert_eq!(ZipOp::FloorDiv.apply(&a, &b)?.to_flat::<i16>()?, [3, -4]);
    /// assert_eq!(ZipOp::Div.apply(&a, &b)?.to_flat::<f64>()?, [3.5, -3.5]);
    /// # Ok::<(), graticule_array::Error>(())
    /// ```
    ///
    /// # Errors
    /// If the shapes differ, the operation is not defined for the types, or a time overflows.
    pub fn apply(self, a: &Array, b: &Array) -> Result<Array> {
        if a.shape() != b.shape() {
            return Err(Error::mismatch(format!(
                "\"{}\" on arrays of the shapes {:?} and {:?}",
                self.symbol(),
                a.shape(),
                b.shape()
            )));
        }
        self.run(&Operand::Many(a.clone()), &Operand::Many(b.clone()))
    }

    /// The operation with one scalar for all elements.
    pub(crate) fn apply_scalar(self, a: &Array, scalar: &Scalar, first: bool) -> Result<Array> {
        if let Some(made) = plain::with_scalar(self, a, scalar, first)? {
            return Ok(made);
        }
        let scalar = Operand::One(scalar.fill(&[1])?);
        let array = Operand::Many(a.clone());
        if first { self.run(&scalar, &array) } else { self.run(&array, &scalar) }
    }

    fn run(self, a: &Operand, b: &Operand) -> Result<Array> {
        let (left, right) = (a.dtype(), b.dtype());
        if left.is_temporal() || right.is_temporal() {
            return temporal::apply(self, a, b);
        }
        let common = self.operands(left, right)?;
        if self.is_comparison() {
            if let Some(out) = compare::mixed_words(self, a, b)? {
                return Ok(out);
            }
            return compare::apply(self, &a.cast(&common)?, &b.cast(&common)?);
        }
        let (a, b) = (a.cast(&common)?, b.cast(&common)?);
        match self {
            Self::And | Self::Or | Self::Xor => logic::apply(self, &a, &b),
            _ if common == DType::Bool => logic::arithmetic(self, &a, &b),
            _ => arithmetic::apply(self, &a, &b),
        }
    }
}

impl fmt::Display for ZipOp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.symbol())
    }
}
