//! Mathematical functions.

use std::fmt;

use num_complex::{Complex32, Complex64};

use super::arithmetic::{each, in_computed, wide_each};
use crate::array::Array;
use crate::dispatch::dispatch;
use crate::dtype::DType;
use crate::error::{Error, Result};
use crate::number::{Float, Integer, Number, Real};

macro_rules! functions {
    ($($(#[$doc:meta])* $variant:ident $name:literal;)*) => {
        /// A function of one number. Integers compute in the smallest float that holds them
        /// (`int8` in `float16`, `int16` in `float32`), as in NumPy.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[cfg_attr(feature = "wire", derive(serde::Serialize, serde::Deserialize))]
        #[non_exhaustive]
        pub enum MathFn {
            $($(#[$doc])* $variant,)*
        }

        impl MathFn {
            /// All functions.
            pub const ALL: &[Self] = &[$(Self::$variant),*];

            /// NumPy's name.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self {
                    $(Self::$variant => $name,)*
                }
            }
        }
    };
}

functions! {
    /// The square root.
    Sqrt "sqrt";
    /// The cube root.
    Cbrt "cbrt";
    /// The square; integers stay.
    Square "square";
    /// One over the number.
    Reciprocal "reciprocal";
    /// e to the power.
    Exp "exp";
    /// 2 to the power.
    Exp2 "exp2";
    /// e to the power, minus 1.
    Expm1 "expm1";
    /// The natural logarithm.
    Ln "log";
    /// The logarithm to base 2.
    Log2 "log2";
    /// The logarithm to base 10.
    Log10 "log10";
    /// The natural logarithm of 1 plus the number.
    Log1p "log1p";
    /// The sine of an angle in radians.
    Sin "sin";
    /// The cosine of an angle in radians.
    Cos "cos";
    /// The tangent of an angle in radians.
    Tan "tan";
    /// The angle of a sine.
    Asin "arcsin";
    /// The angle of a cosine.
    Acos "arccos";
    /// The angle of a tangent.
    Atan "arctan";
    /// The hyperbolic sine.
    Sinh "sinh";
    /// The hyperbolic cosine.
    Cosh "cosh";
    /// The hyperbolic tangent.
    Tanh "tanh";
    /// The inverse of the hyperbolic sine.
    Asinh "arcsinh";
    /// The inverse of the hyperbolic cosine.
    Acosh "arccosh";
    /// The inverse of the hyperbolic tangent.
    Atanh "arctanh";
    /// Rounds down; integers stay.
    Floor "floor";
    /// Rounds up; integers stay.
    Ceil "ceil";
    /// Rounds to the nearest integer, halves to even; integers become floats, as in NumPy.
    Round "rint";
    /// Rounds towards zero; integers stay.
    Trunc "trunc";
    /// -1, 0 or 1 (NaN for NaN); integers stay.
    Sign "sign";
    /// The magnitude, as a float.
    Fabs "fabs";
    /// Whether the sign is minus.
    SignBit "signbit";
    /// The distance to the next float away from zero.
    Spacing "spacing";
    /// How many bits of the magnitude of an integer are set.
    BitCount "bitwise_count";
    /// Radians to degrees.
    Degrees "degrees";
    /// Degrees to radians.
    Radians "radians";
    /// Whether the number is neither NaN nor infinite.
    IsFinite "isfinite";
    /// Whether the number is infinite.
    IsInf "isinf";
    /// Whether the number is NaN.
    IsNan "isnan";
    /// The real part.
    Real "real";
    /// The imaginary part.
    Imag "imag";
    /// The conjugate.
    Conj "conj";
    /// The angle in the complex plane, in radians.
    Angle "angle";
}

impl fmt::Display for MathFn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl MathFn {
    /// The function of that name, in NumPy's or Rust's spelling ("log" and "ln").
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        let name = match name {
            "ln" => "log",
            "asin" => "arcsin",
            "acos" => "arccos",
            "atan" => "arctan",
            "asinh" => "arcsinh",
            "acosh" => "arccosh",
            "atanh" => "arctanh",
            other => other,
        };
        Self::ALL.iter().copied().find(|f| f.name() == name)
    }

    fn keeps_integers(self) -> bool {
        use MathFn::{Ceil, Conj, Floor, Imag, Real, Sign, Square, Trunc};
        matches!(self, Floor | Ceil | Trunc | Sign | Square | Conj | Real | Imag)
    }

    fn is_test(self) -> bool {
        matches!(self, Self::IsFinite | Self::IsInf | Self::IsNan)
    }

    fn undefined(self, input: &DType) -> Error {
        let error = Error::unsupported(format!("\"{self}\" is not defined for {input}"));
        match self {
            Self::BitCount => error.hint("cast to an integer first"),
            _ => error.hint("cast to float64 first"),
        }
    }

    /// The type of the result.
    ///
    /// # Errors
    /// If the function is not defined for the type.
    pub fn result(self, input: &DType) -> Result<DType> {
        use MathFn::{Angle, Cbrt, Ceil, Degrees, Exp2, Expm1, Floor, Imag, Log1p, Real, Trunc};
        if self.is_test() && (input.is_real() || input.is_complex() || input.is_temporal()) {
            return Ok(DType::Bool);
        }
        if self == Self::BitCount {
            let counts = input.is_integer() || *input == DType::Bool;
            return if counts { Ok(DType::U8) } else { Err(self.undefined(input)) };
        }
        let float = input.as_float().ok_or_else(|| self.undefined(input))?;
        if self == Self::SignBit && !input.is_complex() {
            return Ok(DType::Bool);
        }
        Ok(match (self, input) {
            (Real | Imag | Angle, DType::C64) => DType::F32,
            (Real | Imag | Angle, DType::C128) => DType::F64,
            (
                Floor
                | Ceil
                | Trunc
                | Self::Round
                | Cbrt
                | Exp2
                | Expm1
                | Log1p
                | Degrees
                | Self::Radians
                | Self::Fabs
                | Self::SignBit
                | Self::Spacing
                | Self::Sign,
                DType::C64 | DType::C128,
            ) => return Err(self.undefined(input).hint("take the real or imag part first")),
            (f, input) if f.keeps_integers() && input.is_integer() => input.clone(),
            _ => float,
        })
    }

    /// The function of each element.
    pub(crate) fn apply(self, input: &Array) -> Result<Array> {
        let result = self.result(input.dtype())?;
        if self == Self::BitCount {
            return bit_counts(input);
        }
        match input.dtype() {
            DType::C64 => return single(self, input),
            DType::C128 => return double(self, input),
            dtype if dtype.is_temporal() => return temporal(self, input),
            dtype if self.is_test() && !dtype.is_float() => {
                return crate::Scalar::Bool(self == Self::IsFinite).fill(input.shape());
            }
            dtype if dtype.is_integer() && result == *dtype => {
                return in_computed(input, |input| {
                    dispatch!(computed_integers input.dtype(), T => integers::<T>(self, input),
                        else Err(self.undefined(input.dtype())))
                });
            }
            _ => {}
        }
        match self {
            Self::SignBit => {
                let float =
                    input.dtype().as_float().ok_or_else(|| self.undefined(input.dtype()))?;
                return dispatch!(floats float, T => each(&input.cast(&float)?, |x: &T| x.has_minus()),
                    else Err(self.undefined(input.dtype())));
            }
            Self::Spacing => {
                return dispatch!(floats result, T => each(&input.cast(&result)?, |x: &T| x.spacing()),
                    else Err(self.undefined(input.dtype())));
            }
            _ => {}
        }
        if self.is_test() {
            return dispatch!(floats input.dtype(), T => match self {
                Self::IsFinite => each(input, |x: &T| Float::is_finite(*x)),
                Self::IsInf => each(input, |x: &T| Float::is_infinite(*x)),
                _ => each(input, |x: &T| Number::is_nan(*x)),
            }, else Err(self.undefined(input.dtype())));
        }
        in_computed(&input.cast(&result)?, |input| {
            dispatch!(computed_floats input.dtype(), T => floats::<T>(self, input),
                else Err(self.undefined(&result)))
        })
    }
}

fn bit_counts(input: &Array) -> Result<Array> {
    let by = input.dtype().computed();
    dispatch!(computed_integers by, T => each(&input.cast(&by)?, |x: &T| x.ones_of_magnitude()),
        else Err(MathFn::BitCount.undefined(input.dtype())))
}

fn temporal(function: MathFn, input: &Array) -> Result<Array> {
    match function {
        MathFn::IsNan => input.is_missing(),
        MathFn::IsFinite => super::logic::not(&input.is_missing()?),
        _ => crate::Scalar::Bool(false).fill(input.shape()),
    }
}

fn integers<T: Real + Default>(function: MathFn, input: &Array) -> Result<Array> {
    match function {
        MathFn::Sign => each(input, |x: &T| x.sign()),
        MathFn::Square => each(input, |x: &T| x.times(*x)),
        MathFn::Imag => each(input, |_: &T| T::default()),
        _ => Ok(input.clone()),
    }
}

fn floats<T: Float>(function: MathFn, input: &Array) -> Result<Array> {
    // Worth wide vectors: the machine has instructions for these.
    macro_rules! quick {
        ($x:ident => $body:expr) => {
            wide_each(input, |v: &T| v.through(|$x: f32| $body, |$x: f64| $body))
        };
    }
    macro_rules! float {
        ($x:ident => $body:expr) => {
            each(input, |v: &T| v.through(|$x: f32| $body, |$x: f64| $body))
        };
    }
    // Where the system's own function for single precision is two units off.
    macro_rules! widened {
        ($x:ident => $body:expr) => {
            each(input, |v: &T| {
                v.through(
                    |single: f32| {
                        let $x = f64::from(single);
                        $body as f32
                    },
                    |$x: f64| $body,
                )
            })
        };
    }
    match function {
        MathFn::Sqrt => quick!(x => x.sqrt()),
        MathFn::Cbrt => float!(x => x.cbrt()),
        MathFn::Square => each(input, |x: &T| x.times(*x)),
        MathFn::Reciprocal => float!(x => 1.0 / x),
        MathFn::Exp => float!(x => x.exp()),
        MathFn::Exp2 => float!(x => x.exp2()),
        MathFn::Expm1 => float!(x => x.exp_m1()),
        MathFn::Ln => float!(x => x.ln()),
        MathFn::Log2 => float!(x => x.log2()),
        MathFn::Log10 => widened!(x => x.log10()),
        MathFn::Log1p => float!(x => x.ln_1p()),
        MathFn::Sin => float!(x => x.sin()),
        MathFn::Cos => float!(x => x.cos()),
        MathFn::Tan => float!(x => x.tan()),
        MathFn::Asin => float!(x => x.asin()),
        MathFn::Acos => float!(x => x.acos()),
        MathFn::Atan => float!(x => x.atan()),
        MathFn::Sinh => widened!(x => x.sinh()),
        MathFn::Cosh => float!(x => x.cosh()),
        MathFn::Tanh => widened!(x => x.tanh()),
        MathFn::Asinh => widened!(x => libm::asinh(x)),
        MathFn::Acosh => widened!(x => libm::acosh(x)),
        MathFn::Atanh => widened!(x => libm::atanh(x)),
        MathFn::Floor => quick!(x => x.floor()),
        MathFn::Ceil => quick!(x => x.ceil()),
        MathFn::Round => wide_each(input, |x: &T| x.round_even()),
        MathFn::Trunc => quick!(x => x.trunc()),
        MathFn::Sign => each(input, |x: &T| x.sign()),
        MathFn::Degrees => float!(x => x.to_degrees()),
        MathFn::Radians => float!(x => x.to_radians()),
        MathFn::Angle => {
            each(input, |v: &T| v.through(|x: f32| 0f32.atan2(x), |x: f64| 0f64.atan2(x)))
        }
        MathFn::Imag => each(input, |_: &T| T::default()),
        MathFn::Fabs => wide_each(input, |x: &T| x.magnitude()),
        MathFn::Real | MathFn::Conj => Ok(input.clone()),
        MathFn::IsFinite
        | MathFn::IsInf
        | MathFn::IsNan
        | MathFn::SignBit
        | MathFn::Spacing
        | MathFn::BitCount => Err(function.undefined(input.dtype())),
    }
}

macro_rules! complex {
    ($($run:ident $type:ty;)*) => {$(
        fn $run(function: MathFn, input: &Array) -> Result<Array> {
            match function {
                MathFn::Sqrt => each(input, |x: &$type| x.sqrt()),
                MathFn::Square => each(input, |x: &$type| x * x),
                MathFn::Reciprocal => each(input, |x: &$type| x.inv()),
                MathFn::Exp => each(input, |x: &$type| x.exp()),
                MathFn::Ln => each(input, |x: &$type| x.ln()),
                MathFn::Log2 => each(input, |x: &$type| x.log2()),
                MathFn::Log10 => each(input, |x: &$type| x.log10()),
                MathFn::Sin => each(input, |x: &$type| x.sin()),
                MathFn::Cos => each(input, |x: &$type| x.cos()),
                MathFn::Tan => each(input, |x: &$type| x.tan()),
                MathFn::Asin => each(input, |x: &$type| x.asin()),
                MathFn::Acos => each(input, |x: &$type| x.acos()),
                MathFn::Atan => each(input, |x: &$type| x.atan()),
                MathFn::Sinh => each(input, |x: &$type| x.sinh()),
                MathFn::Cosh => each(input, |x: &$type| x.cosh()),
                MathFn::Tanh => each(input, |x: &$type| x.tanh()),
                MathFn::Asinh => each(input, |x: &$type| x.asinh()),
                MathFn::Acosh => each(input, |x: &$type| x.acosh()),
                MathFn::Atanh => each(input, |x: &$type| x.atanh()),
                MathFn::Real => each(input, |x: &$type| x.re),
                MathFn::Imag => each(input, |x: &$type| x.im),
                MathFn::Conj => each(input, |x: &$type| x.conj()),
                MathFn::Angle => each(input, |x: &$type| x.arg()),
                MathFn::IsFinite => each(input, |x: &$type| x.re.is_finite() && x.im.is_finite()),
                MathFn::IsInf => each(input, |x: &$type| x.re.is_infinite() || x.im.is_infinite()),
                MathFn::IsNan => each(input, |x: &$type| x.re.is_nan() || x.im.is_nan()),
                _ => Err(function.undefined(input.dtype())),
            }
        }
    )*};
}

complex! { single Complex32; double Complex64; }
