//! The arithmetic of each element type, with NumPy's rules where Rust's differ.

use half::f16;
use num_complex::{Complex32, Complex64};

use crate::element::Element;

/// Types with `+`, `-`, `*`: integers wrap.
pub(crate) trait Number: Element + Copy + PartialEq {
    fn plus(self, other: Self) -> Self;
    fn minus(self, other: Self) -> Self;
    fn times(self, other: Self) -> Self;
    /// Zero minus the number.
    fn negative(self) -> Self;
    /// Whether it is NaN, or has a part that is.
    fn is_nan(self) -> bool;
}

/// Integers and floats.
pub(crate) trait Real: Number + PartialOrd {
    /// Whether the type is an integer.
    const INTEGER: bool;
    /// Rounds towards minus infinity; integers: 0 when dividing by 0.
    fn floor_div(self, other: Self) -> Self;
    /// Has the sign of the divisor; integers: 0 when dividing by 0.
    fn remainder(self, other: Self) -> Self;
    /// Has the sign of the dividend; integers: 0 when dividing by 0.
    fn cut_remainder(self, other: Self) -> Self;
    /// Integers: the exponent is not negative.
    fn power(self, other: Self) -> Self;
    fn magnitude(self) -> Self;
    /// -1, 0, 1, or NaN.
    fn sign(self) -> Self;
    fn as_f64(self) -> f64;
    /// Rounds floats; integers truncate and saturate.
    fn from_f64(v: f64) -> Self;

    /// The smaller one; NaN if any is NaN.
    #[inline(always)]
    fn lesser(self, other: Self) -> Self {
        if self < other || self.is_nan() { self } else { other }
    }

    /// The larger one; NaN if any is NaN.
    #[inline(always)]
    fn greater(self, other: Self) -> Self {
        if self > other || self.is_nan() { self } else { other }
    }
}

macro_rules! integers {
    ($($type:ty, $abs:ident, $sign:ident;)*) => {$(
        impl Number for $type {
            #[inline(always)]
            fn plus(self, other: Self) -> Self {
                self.wrapping_add(other)
            }
            #[inline(always)]
            fn minus(self, other: Self) -> Self {
                self.wrapping_sub(other)
            }
            #[inline(always)]
            fn times(self, other: Self) -> Self {
                self.wrapping_mul(other)
            }
            #[inline(always)]
            fn negative(self) -> Self {
                self.wrapping_neg()
            }
            #[inline(always)]
            fn is_nan(self) -> bool {
                false
            }
        }
        impl Real for $type {
            const INTEGER: bool = true;
            #[inline(always)]
            fn floor_div(self, other: Self) -> Self {
                if other == 0 {
                    return 0;
                }
                let (quotient, rest) = (self.wrapping_div(other), self.wrapping_rem(other));
                #[allow(unused_comparisons)]
                if rest != 0 && (rest < 0) != (other < 0) { quotient - 1 } else { quotient }
            }
            #[inline(always)]
            fn remainder(self, other: Self) -> Self {
                if other == 0 {
                    return 0;
                }
                let rest = self.wrapping_rem(other);
                #[allow(unused_comparisons)]
                if rest != 0 && (rest < 0) != (other < 0) { rest + other } else { rest }
            }
            #[inline(always)]
            fn cut_remainder(self, other: Self) -> Self {
                if other == 0 { 0 } else { self.wrapping_rem(other) }
            }
            #[inline(always)]
            fn power(self, other: Self) -> Self {
                let (mut base, mut left, mut result) = (self, other, 1 as $type);
                while left > 0 {
                    if left & 1 == 1 {
                        result = result.wrapping_mul(base);
                    }
                    base = base.wrapping_mul(base);
                    left >>= 1;
                }
                result
            }
            #[inline(always)]
            fn magnitude(self) -> Self {
                $abs!(self)
            }
            #[inline(always)]
            fn sign(self) -> Self {
                $sign!(self)
            }
            #[inline(always)]
            fn as_f64(self) -> f64 {
                self as f64
            }
            #[inline(always)]
            fn from_f64(v: f64) -> Self {
                v as $type
            }
        }
    )*};
}

macro_rules! abs {
    ($v:expr) => {
        $v.wrapping_abs()
    };
}
macro_rules! same {
    ($v:expr) => {
        $v
    };
}
macro_rules! signum {
    ($v:expr) => {
        $v.signum()
    };
}
macro_rules! is_some {
    ($v:expr) => {
        $v.min(1)
    };
}

integers! {
    i8, abs, signum; i16, abs, signum; i32, abs, signum; i64, abs, signum;
    u8, same, is_some; u16, same, is_some; u32, same, is_some; u64, same, is_some;
}

macro_rules! floats {
    ($($type:ty;)*) => {$(
        impl Number for $type {
            #[inline(always)]
            fn plus(self, other: Self) -> Self {
                self + other
            }
            #[inline(always)]
            fn minus(self, other: Self) -> Self {
                self - other
            }
            #[inline(always)]
            fn times(self, other: Self) -> Self {
                self * other
            }
            #[inline(always)]
            fn negative(self) -> Self {
                -self
            }
            #[inline(always)]
            fn is_nan(self) -> bool {
                self != self
            }
        }
        impl Real for $type {
            const INTEGER: bool = false;
            #[inline(always)]
            fn floor_div(self, other: Self) -> Self {
                if other == 0.0 {
                    return self / other;
                }
                let rest = self % other;
                let mut quotient = (self - rest) / other;
                if rest != 0.0 && (other < 0.0) != (rest < 0.0) {
                    quotient -= 1.0;
                }
                if quotient == 0.0 {
                    return (0.0 as $type).copysign(self / other);
                }
                let floor = quotient.floor();
                if quotient - floor > 0.5 { floor + 1.0 } else { floor }
            }
            #[inline(always)]
            fn remainder(self, other: Self) -> Self {
                let rest = self % other;
                if rest == 0.0 {
                    (0.0 as $type).copysign(other)
                } else if other != 0.0 && (other < 0.0) != (rest < 0.0) {
                    rest + other
                } else {
                    rest
                }
            }
            #[inline(always)]
            fn cut_remainder(self, other: Self) -> Self {
                self % other
            }
            #[inline(always)]
            fn power(self, other: Self) -> Self {
                self.powf(other)
            }
            #[inline(always)]
            fn magnitude(self) -> Self {
                self.abs()
            }
            #[inline(always)]
            fn sign(self) -> Self {
                if self > 0.0 {
                    1.0
                } else if self < 0.0 {
                    -1.0
                } else if self == 0.0 {
                    0.0
                } else {
                    self
                }
            }
            #[inline(always)]
            fn as_f64(self) -> f64 {
                f64::from(self)
            }
            #[inline(always)]
            fn from_f64(v: f64) -> Self {
                v as $type
            }
        }
    )*};
}

floats! { f32; f64; }

/// Half precision computes in single precision and rounds each result.
impl Number for f16 {
    #[inline(always)]
    fn plus(self, other: Self) -> Self {
        Self::from_f32(self.to_f32() + other.to_f32())
    }
    #[inline(always)]
    fn minus(self, other: Self) -> Self {
        Self::from_f32(self.to_f32() - other.to_f32())
    }
    #[inline(always)]
    fn times(self, other: Self) -> Self {
        Self::from_f32(self.to_f32() * other.to_f32())
    }
    #[inline(always)]
    fn negative(self) -> Self {
        Self::from_bits(self.to_bits() ^ 0x8000)
    }
    #[inline(always)]
    fn is_nan(self) -> bool {
        f16::is_nan(self)
    }
}

impl Real for f16 {
    const INTEGER: bool = false;
    fn floor_div(self, other: Self) -> Self {
        Self::from_f32(self.to_f32().floor_div(other.to_f32()))
    }
    fn remainder(self, other: Self) -> Self {
        Self::from_f32(self.to_f32().remainder(other.to_f32()))
    }
    fn cut_remainder(self, other: Self) -> Self {
        Self::from_f32(self.to_f32() % other.to_f32())
    }
    fn power(self, other: Self) -> Self {
        Self::from_f32(self.to_f32().powf(other.to_f32()))
    }
    #[inline(always)]
    fn magnitude(self) -> Self {
        Self::from_bits(self.to_bits() & 0x7fff)
    }
    fn sign(self) -> Self {
        Self::from_f32(self.to_f32().sign())
    }
    #[inline(always)]
    fn as_f64(self) -> f64 {
        self.to_f64()
    }
    #[inline(always)]
    fn from_f64(v: f64) -> Self {
        Self::from_f64(v)
    }
}

macro_rules! complex {
    ($($type:ty)*) => {$(
        impl Number for $type {
            #[inline(always)]
            fn plus(self, other: Self) -> Self {
                self + other
            }
            #[inline(always)]
            fn minus(self, other: Self) -> Self {
                self - other
            }
            #[inline(always)]
            fn times(self, other: Self) -> Self {
                self * other
            }
            #[inline(always)]
            fn negative(self) -> Self {
                -self
            }
            #[inline(always)]
            fn is_nan(self) -> bool {
                self.re.is_nan() || self.im.is_nan()
            }
        }
    )*};
}

complex! { Complex32 Complex64 }

/// Integers: divisors and bits.
pub(crate) trait Integer: Real {
    /// The greatest common divisor of the magnitudes; 0 with 0 gives 0.
    fn common_divisor(self, other: Self) -> Self;
    /// The least common multiple of the magnitudes; wraps.
    fn common_multiple(self, other: Self) -> Self;
    /// Bits moved up; all leave if the distance is negative or too large.
    fn moved_up(self, by: Self) -> Self;
    /// Bits moved down; only the sign stays if the distance is negative or too large.
    fn moved_down(self, by: Self) -> Self;
    /// How many bits of the magnitude are set.
    fn ones_of_magnitude(self) -> u8;
}

macro_rules! integer_bits {
    ($($type:ty, $unsigned:ty, $magnitude:ident;)*) => {$(
        impl Integer for $type {
            fn common_divisor(self, other: Self) -> Self {
                let (mut a, mut b) = ($magnitude!(self), $magnitude!(other));
                while b != 0 {
                    (a, b) = (b, a % b);
                }
                a as $type
            }
            fn common_multiple(self, other: Self) -> Self {
                let (a, b) = ($magnitude!(self), $magnitude!(other));
                let divisor = self.common_divisor(other) as $unsigned;
                a.checked_div(divisor).map_or(0, |part| part.wrapping_mul(b)) as $type
            }
            fn moved_up(self, by: Self) -> Self {
                u32::try_from(by).ok().and_then(|by| self.checked_shl(by)).unwrap_or(0)
            }
            fn moved_down(self, by: Self) -> Self {
                let moved = u32::try_from(by).ok().and_then(|by| self.checked_shr(by));
                // By one less than the number of bits, nothing but the sign is left.
                moved.unwrap_or((self >> (<$type>::BITS - 1)) >> 1)
            }
            fn ones_of_magnitude(self) -> u8 {
                $magnitude!(self).count_ones() as u8
            }
        }
    )*};
}

macro_rules! unsigned_abs {
    ($v:expr) => {
        $v.unsigned_abs()
    };
}

integer_bits! { i32, u32, unsigned_abs; i64, u64, unsigned_abs; u64, u64, same; }

/// Floats: division and functions of one or two numbers.
pub(crate) trait Float: Real {
    /// Not a number.
    const NAN: Self;
    fn divided(self, other: Self) -> Self;
    fn atan2(self, other: Self) -> Self;
    fn hypot(self, other: Self) -> Self;
    /// Applies a function of single or double precision, whichever fits the type.
    fn through(self, single: fn(f32) -> f32, double: fn(f64) -> f64) -> Self;
    fn is_finite(self) -> bool;
    fn is_infinite(self) -> bool;
    /// Rounds to the nearest integer, halves to even.
    fn round_even(self) -> Self;
    /// The magnitude of this with the sign of the other.
    fn with_sign_of(self, other: Self) -> Self;
    /// Whether the sign is minus, of -0 and NaN too.
    fn has_minus(self) -> bool;
    /// The next float in the direction of the other; itself if they are equal.
    fn next_towards(self, other: Self) -> Self;
    /// The distance to the next float away from zero, with the sign of this.
    fn spacing(self) -> Self;
    /// The logarithm of the sum of the exponentials.
    fn log_add_exp(self, other: Self) -> Self;
    /// The logarithm to base 2 of the sum of the powers of 2.
    fn log_add_exp2(self, other: Self) -> Self;
    /// 0 below zero, 1 above, the other at zero.
    fn heaviside(self, other: Self) -> Self;
    /// This times 2 to the power of the other, which is whole.
    fn times_power_of_two(self, other: Self) -> Self;
}

macro_rules! float_functions {
    ($($type:ty, |$single:ident, $double:ident| $own:ident;)*) => {$(
        impl Float for $type {
            const NAN: Self = <$type>::NAN;
            #[inline(always)]
            fn divided(self, other: Self) -> Self {
                self / other
            }
            fn atan2(self, other: Self) -> Self {
                <$type>::atan2(self, other)
            }
            fn hypot(self, other: Self) -> Self {
                <$type>::hypot(self, other)
            }
            #[inline(always)]
            fn through(self, $single: fn(f32) -> f32, $double: fn(f64) -> f64) -> Self {
                $own(self)
            }
            #[inline(always)]
            fn is_finite(self) -> bool {
                <$type>::is_finite(self)
            }
            #[inline(always)]
            fn is_infinite(self) -> bool {
                <$type>::is_infinite(self)
            }
            #[inline(always)]
            fn round_even(self) -> Self {
                self.round_ties_even()
            }
            #[inline(always)]
            fn with_sign_of(self, other: Self) -> Self {
                self.copysign(other)
            }
            #[inline(always)]
            fn has_minus(self) -> bool {
                self.is_sign_negative()
            }
            fn next_towards(self, other: Self) -> Self {
                if self < other {
                    self.next_up()
                } else if self > other {
                    self.next_down()
                } else if self == other {
                    other
                } else {
                    self + other
                }
            }
            fn spacing(self) -> Self {
                if self.is_infinite() {
                    return <$type>::NAN;
                }
                let next = if self < 0.0 { self.next_down() } else { self.next_up() };
                next - self
            }
            fn log_add_exp(self, other: Self) -> Self {
                if self == other {
                    return self + (2.0 as $type).ln();
                }
                let apart = self - other;
                if apart > 0.0 {
                    self + (-apart).exp().ln_1p()
                } else if apart <= 0.0 {
                    other + apart.exp().ln_1p()
                } else {
                    apart
                }
            }
            fn log_add_exp2(self, other: Self) -> Self {
                if self == other {
                    return self + 1.0;
                }
                let apart = self - other;
                let log2_1p = |x: $type| x.ln_1p() / (2.0 as $type).ln();
                if apart > 0.0 {
                    self + log2_1p((-apart).exp2())
                } else if apart <= 0.0 {
                    other + log2_1p(apart.exp2())
                } else {
                    apart
                }
            }
            fn heaviside(self, other: Self) -> Self {
                if self > 0.0 {
                    1.0
                } else if self < 0.0 {
                    0.0
                } else if self == 0.0 {
                    other
                } else {
                    self
                }
            }
            fn times_power_of_two(self, other: Self) -> Self {
                // In steps, so that no factor overflows where the product does not.
                let mut left = other.clamp(-6000.0, 6000.0) as i32;
                let mut product = self;
                while left != 0 {
                    let step = left.clamp(-100, 100);
                    product *= (2.0 as $type).powi(step);
                    left -= step;
                }
                product
            }
        }
    )*};
}

float_functions! { f32, |single, _double| single; f64, |_single, double| double; }

impl Float for f16 {
    const NAN: Self = f16::NAN;
    #[inline(always)]
    fn divided(self, other: Self) -> Self {
        Self::from_f32(self.to_f32() / other.to_f32())
    }
    fn atan2(self, other: Self) -> Self {
        Self::from_f32(self.to_f32().atan2(other.to_f32()))
    }
    fn hypot(self, other: Self) -> Self {
        Self::from_f32(self.to_f32().hypot(other.to_f32()))
    }
    #[inline(always)]
    fn through(self, single: fn(f32) -> f32, _: fn(f64) -> f64) -> Self {
        Self::from_f32(single(self.to_f32()))
    }
    fn is_finite(self) -> bool {
        f16::is_finite(self)
    }
    fn is_infinite(self) -> bool {
        f16::is_infinite(self)
    }
    fn round_even(self) -> Self {
        Self::from_f32(self.to_f32().round_ties_even())
    }
    fn with_sign_of(self, other: Self) -> Self {
        Self::from_bits((self.to_bits() & 0x7fff) | (other.to_bits() & 0x8000))
    }
    fn has_minus(self) -> bool {
        self.to_bits() & 0x8000 != 0
    }
    fn next_towards(self, other: Self) -> Self {
        if Number::is_nan(self) || Number::is_nan(other) {
            return Self::NAN;
        }
        if self == other {
            return other;
        }
        let bits = self.to_bits();
        // Zero has two patterns; from each other one, the magnitude is an integer.
        if bits & 0x7fff == 0 {
            return Self::from_bits(1 | (u16::from(other < self) << 15));
        }
        let away = (self < other) != (bits & 0x8000 != 0);
        Self::from_bits(if away { bits + 1 } else { bits - 1 })
    }
    fn spacing(self) -> Self {
        if Float::is_infinite(self) || Number::is_nan(self) {
            return Self::NAN;
        }
        let bits = self.to_bits();
        if bits & 0x7fff == 0 {
            return Self::from_bits(1);
        }
        Self::from_bits(bits + 1).minus(self)
    }
    fn log_add_exp(self, other: Self) -> Self {
        Self::from_f32(self.to_f32().log_add_exp(other.to_f32()))
    }
    fn log_add_exp2(self, other: Self) -> Self {
        Self::from_f32(self.to_f32().log_add_exp2(other.to_f32()))
    }
    fn heaviside(self, other: Self) -> Self {
        Self::from_f32(self.to_f32().heaviside(other.to_f32()))
    }
    fn times_power_of_two(self, other: Self) -> Self {
        Self::from_f32(self.to_f32().times_power_of_two(other.to_f32()))
    }
}
