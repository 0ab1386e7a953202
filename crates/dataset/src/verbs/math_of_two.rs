//! Elementwise functions of two operands.

use graticule_array::{DType, MapOp, Result, Scalar, ZipOp};

use super::operand::Operand;
use crate::data_array::DataArray;
use crate::dataset::Dataset;
use crate::variable::Variable;

functions_of_two! {
    /// Raises each element to a power.
    pow, Pow;
    /// Raises each element to a power in double precision, also integers to negative powers.
    float_power, FloatPow;
    /// Divides and rounds down.
    floor_div, FloorDiv;
    /// What remains of a division rounded towards 0; has the sign of the dividend (`%` has that
    /// of the divisor).
    fmod, FMod;
    /// The smaller of each pair of elements; missing if one of them is.
    minimum, Min;
    /// The larger of each pair of elements; missing if one of them is.
    maximum, Max;
    /// The smaller of each pair of elements; where one is missing, the other.
    fmin, FMin;
    /// The larger of each pair of elements; where one is missing, the other.
    fmax, FMax;
    /// The angle of the point (`other`, this), in radians.
    atan2, Atan2;
    /// The length of the hypotenuse over two sides.
    hypot, Hypot;
    /// The magnitude of this with the sign of `other`.
    copysign, CopySign;
    /// The next float towards `other`.
    nextafter, NextAfter;
    /// The logarithm of the sum of the exponentials, without overflow.
    logaddexp, LogAddExp;
    /// The logarithm to base 2 of the sum of the powers of 2, without overflow.
    logaddexp2, LogAddExp2;
    /// 0 where elements are negative, 1 where they are positive, `other` where they are 0.
    heaviside, Heaviside;
    /// Times 2 to the power of an integer.
    ldexp, Ldexp;
    /// The greatest common divisor of integers.
    gcd, Gcd;
    /// The least common multiple of integers.
    lcm, Lcm;
}

fn truth(var: &Variable) -> Result<Variable> {
    if *var.dtype() == DType::Bool { Ok(var.clone()) } else { var.mapped(MapOp::Cast(DType::Bool)) }
}

fn truth_of(value: &Scalar) -> Result<Variable> {
    truth(&Variable::new((), value.clone())?)
}

macro_rules! logic {
    ($($(#[$doc:meta])* $name:ident, $op:ident;)*) => {
        logic!(@noun DataArray $($(#[$doc])* $name, $op;)*);
        logic!(@noun Dataset $($(#[$doc])* $name, $op;)*);
    };
    (@noun $noun:ident $($(#[$doc:meta])* $name:ident, $op:ident;)*) => {
        impl $noun {$(
            $(#[$doc])*
            #[track_caller]
            pub fn $name(&self, other: impl Into<Operand>) -> Self {
                self.paired(stringify!($name), &other.into(), &|a, b| {
                    truth(a)?.zipped(ZipOp::$op, &truth(b)?)
                }, &truth_of)
            }
        )*}
    };
}

logic! {
    /// Where both are true; numbers are true unless they are 0.
    logical_and, And;
    /// Where one or both are true; numbers are true unless they are 0.
    logical_or, Or;
    /// Where exactly one is true; numbers are true unless they are 0.
    logical_xor, Xor;
}

/// `|a - b| <= atol + rtol * |b|`, and equal infinities.
fn close(a: &Variable, b: &Variable, [rtol, atol]: [f64; 2]) -> Result<Variable> {
    let with = |v: &Variable, op, value: f64| {
        let op = MapOp::with(op, Scalar::F64(value), false, v.dtype())?;
        v.mapped(op)
    };
    let float = |v: &Variable| match v.dtype() {
        d if d.is_float() || d.is_complex() => Ok(v.clone()),
        _ => v.mapped(MapOp::Cast(DType::F64)),
    };
    let (a, b) = (float(a)?, float(b)?);
    let apart = a.zipped(ZipOp::Sub, &b)?.mapped(MapOp::Abs)?;
    let allowed = with(&with(&b.mapped(MapOp::Abs)?, ZipOp::Mul, rtol)?, ZipOp::Add, atol)?;
    let finite = b.mapped(MapOp::Math(graticule_array::MathFn::IsFinite))?;
    let near = apart.zipped(ZipOp::Le, &allowed)?.zipped(ZipOp::And, &finite)?;
    near.zipped(ZipOp::Or, &a.zipped(ZipOp::Eq, &b)?)
}

macro_rules! closeness {
    ($($noun:ident)*) => {$(
        impl $noun {
            /// Where elements are close to those of `other`: no further apart than
            /// `atol + rtol * |other|`. A missing one is close to nothing; numpy's tolerances are
            /// `1e-5` and `1e-8`.
            #[track_caller]
            pub fn isclose(&self, other: impl Into<Operand>, rtol: f64, atol: f64) -> Self {
                let fixed = |v: &Scalar| Variable::new((), v.clone());
                self.paired(
                    "isclose",
                    &other.into(),
                    &|a, b| close(a, b, [rtol, atol]),
                    &fixed,
                )
            }

            /// Where elements are false or 0, numbers included.
            #[track_caller]
            pub fn logical_not(&self) -> Self {
                self.verb(
                    || "logical_not()".into(),
                    |set| set.map_data(|var| truth(var)?.mapped(MapOp::Not)),
                )
            }
        }
    )*};
}

closeness!(DataArray Dataset);

type OfTwo<'a> = &'a dyn Fn(&Variable, &Variable) -> Result<Variable>;
type OfValue<'a> = &'a dyn Fn(&Scalar) -> Result<Variable>;

impl Dataset {
    #[track_caller]
    pub(super) fn paired(
        &self,
        name: &str,
        other: &Operand,
        of_two: OfTwo<'_>,
        of_value: OfValue<'_>,
    ) -> Self {
        if let (None, Some(fault)) = (self.fault(), other.fault()) {
            return self.carrying(fault);
        }
        self.verb(
            || format!("{name}({})", other.text()),
            |set| set.pair(other, |v, s| of_two(v, &of_value(s)?), of_two),
        )
    }
}

impl DataArray {
    #[track_caller]
    pub(super) fn paired(
        &self,
        name: &str,
        other: &Operand,
        of_two: OfTwo<'_>,
        of_value: OfValue<'_>,
    ) -> Self {
        if let (None, Some(fault)) = (self.fault(), other.fault()) {
            return Self { set: self.set.carrying(fault), name: self.name.clone() };
        }
        self.array_verb(
            || format!("{name}({})", other.text()),
            |array| array.pair(other, |v, s| of_two(v, &of_value(s)?), of_two),
        )
    }
}
