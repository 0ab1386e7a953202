//! Elementwise mathematical functions.

use graticule_array::{MapOp, MathFn};

use crate::data_array::DataArray;
use crate::dataset::Dataset;

macro_rules! functions {
    ($($(#[$doc:meta])* $name:ident, $op:expr;)*) => {
        impl DataArray {$(
            $(#[$doc])*
            #[track_caller]
            pub fn $name(&self) -> Self {
                self.verb(|| concat!(stringify!($name), "()").into(), |set| set.try_map(&$op))
            }
        )*}

        impl Dataset {$(
            $(#[$doc])*
            #[track_caller]
            pub fn $name(&self) -> Self {
                self.verb(|| concat!(stringify!($name), "()").into(), |set| set.try_map(&$op))
            }
        )*}
    };
}

functions! {
    /// Absolute values.
    abs, MapOp::Abs;
    /// Square roots.
    sqrt, MapOp::Math(MathFn::Sqrt);
    /// Cube roots.
    cbrt, MapOp::Math(MathFn::Cbrt);
    /// Squares.
    square, MapOp::Math(MathFn::Square);
    /// Reciprocals.
    reciprocal, MapOp::Math(MathFn::Reciprocal);
    /// e to the power of each element.
    exp, MapOp::Math(MathFn::Exp);
    /// 2 to the power of each element.
    exp2, MapOp::Math(MathFn::Exp2);
    /// `exp(x) - 1`, exact near 0.
    expm1, MapOp::Math(MathFn::Expm1);
    /// Natural logarithms.
    ln, MapOp::Math(MathFn::Ln);
    /// Logarithms to base 2.
    log2, MapOp::Math(MathFn::Log2);
    /// Logarithms to base 10.
    log10, MapOp::Math(MathFn::Log10);
    /// `ln(1 + x)`, exact near 0.
    log1p, MapOp::Math(MathFn::Log1p);
    /// Sines of radians.
    sin, MapOp::Math(MathFn::Sin);
    /// Cosines of radians.
    cos, MapOp::Math(MathFn::Cos);
    /// Tangents of radians.
    tan, MapOp::Math(MathFn::Tan);
    /// Inverse sines, in radians.
    asin, MapOp::Math(MathFn::Asin);
    /// Inverse cosines, in radians.
    acos, MapOp::Math(MathFn::Acos);
    /// Inverse tangents, in radians.
    atan, MapOp::Math(MathFn::Atan);
    /// Hyperbolic sines.
    sinh, MapOp::Math(MathFn::Sinh);
    /// Hyperbolic cosines.
    cosh, MapOp::Math(MathFn::Cosh);
    /// Hyperbolic tangents.
    tanh, MapOp::Math(MathFn::Tanh);
    /// Inverse hyperbolic sines.
    asinh, MapOp::Math(MathFn::Asinh);
    /// Inverse hyperbolic cosines.
    acosh, MapOp::Math(MathFn::Acosh);
    /// Inverse hyperbolic tangents.
    atanh, MapOp::Math(MathFn::Atanh);
    /// The next lower whole numbers.
    floor, MapOp::Math(MathFn::Floor);
    /// The next higher whole numbers.
    ceil, MapOp::Math(MathFn::Ceil);
    /// Whole numbers, cut towards 0.
    trunc, MapOp::Math(MathFn::Trunc);
    /// -1, 0 or 1.
    sign, MapOp::Math(MathFn::Sign);
    /// Radians as degrees.
    degrees, MapOp::Math(MathFn::Degrees);
    /// Degrees as radians.
    radians, MapOp::Math(MathFn::Radians);
    /// Absolute values as floats, also of integers.
    fabs, MapOp::Math(MathFn::Fabs);
    /// The nearest whole numbers, halves to even; integers become floats.
    rint, MapOp::Math(MathFn::Round);
    /// Where the sign is minus, of -0 too.
    signbit, MapOp::Math(MathFn::SignBit);
    /// Distances to the next float away from 0.
    spacing, MapOp::Math(MathFn::Spacing);
    /// How many bits of the magnitude of integers are set.
    bitwise_count, MapOp::Math(MathFn::BitCount);
    /// Real parts.
    real, MapOp::Math(MathFn::Real);
    /// Imaginary parts.
    imag, MapOp::Math(MathFn::Imag);
    /// Complex conjugates.
    conj, MapOp::Math(MathFn::Conj);
    /// Angles in the complex plane, in radians.
    angle, MapOp::Math(MathFn::Angle);
    /// Where elements are NaN, or missing times.
    isnan, MapOp::Math(MathFn::IsNan);
    /// Where elements are finite.
    isfinite, MapOp::Math(MathFn::IsFinite);
    /// Where elements are infinite.
    isinf, MapOp::Math(MathFn::IsInf);
    /// Where elements are missing.
    isnull, MapOp::IsMissing;
    /// Where elements are not missing.
    notnull, MapOp::NotMissing;
}

impl DataArray {
    /// Rounds to a number of decimals (negative: to tens, hundreds ...), halves to even.
    #[track_caller]
    pub fn round(&self, decimals: i32) -> Self {
        self.verb(|| format!("round({decimals})"), |set| set.try_map(&MapOp::RoundTo(decimals)))
    }
}

impl Dataset {
    /// Rounds to a number of decimals (negative: to tens, hundreds ...), halves to even.
    #[track_caller]
    pub fn round(&self, decimals: i32) -> Self {
        self.verb(|| format!("round({decimals})"), |set| set.try_map(&MapOp::RoundTo(decimals)))
    }
}
