//! Numbers between units, exact as long as they can be.

use std::cmp::Ordering;

/// `num / den × 10^ten × π^pi × loose`: a fraction, a power of ten, a power of pi, and whatever
/// could not be held exactly (1 almost always).
#[derive(Clone, Copy, Debug)]
pub(crate) struct Factor {
    num: i128,
    den: i128,
    ten: i32,
    pi: i32,
    loose: f64,
}

/// Numbers that `f64` holds exactly lie below this.
const EXACT: i128 = 1 << 53;

/// Powers of ten beyond this leave the range of `f64` whatever they multiply.
const MAX_TEN: i32 = 2000;

impl Factor {
    pub(crate) const ONE: Self = Self { num: 1, den: 1, ten: 0, pi: 0, loose: 1.0 };
    pub(crate) const ZERO: Self = Self { num: 0, ..Self::ONE };
    pub(crate) const PI: Self = Self { pi: 1, ..Self::ONE };

    fn loose(value: f64) -> Self {
        Self { loose: value, ..Self::ONE }
    }

    /// Reads a decimal number: `12`, `-1.5`, `.5`, `1e-3`. The text has been checked for its form.
    pub(crate) fn decimal(text: &str) -> Option<Self> {
        let (mantissa, exponent) = match text.split_once(['e', 'E']) {
            Some((m, e)) => (m, e.strip_prefix('+').unwrap_or(e).parse::<i32>().ok()?),
            None => (text, 0),
        };
        let (whole, part) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let digits = format!("{whole}{part}");
        let places = i32::try_from(part.len()).ok()?;
        let digits = digits.strip_prefix('+').unwrap_or(&digits);
        let value: f64 = text.parse().ok()?;
        if !value.is_finite() {
            return None;
        }
        Some(match (digits.parse::<i128>(), exponent.checked_sub(places)) {
            (Ok(num), Some(ten)) if digits.len() <= 30 && ten.abs() <= MAX_TEN => {
                Self { num, ten, ..Self::ONE }.reduced()
            }
            _ => Self::loose(value),
        })
    }

    fn reduced(mut self) -> Self {
        if self.num == 0 {
            return Self { loose: self.loose, ..Self::ZERO };
        }
        let common = gcd(self.num.unsigned_abs(), self.den.unsigned_abs());
        if let Ok(common) = i128::try_from(common) {
            self.num /= common.max(1);
            self.den /= common.max(1);
        }
        while self.num % 10 == 0 {
            self.num /= 10;
            self.ten += 1;
        }
        while self.den % 10 == 0 {
            self.den /= 10;
            self.ten -= 1;
        }
        self
    }

    pub(crate) fn times(self, other: Self) -> Self {
        self.checked_times(other).unwrap_or_else(|| Self::loose(self.value() * other.value()))
    }

    fn checked_times(self, other: Self) -> Option<Self> {
        // Crosswise first, so that fractions that cancel do not overflow on the way.
        let a = Self { den: other.den, ..self }.reduced();
        let b = Self { den: self.den, ..other }.reduced();
        let ten = a.ten.checked_add(b.ten).filter(|t| t.abs() <= MAX_TEN)?;
        let made = Self {
            num: a.num.checked_mul(b.num)?,
            den: a.den.checked_mul(b.den)?,
            ten,
            pi: self.pi.checked_add(other.pi)?,
            loose: self.loose * other.loose,
        };
        Some(made.reduced())
    }

    /// One over this; `None` for zero.
    pub(crate) fn inverse(self) -> Option<Self> {
        if self.num == 0 || self.loose == 0.0 {
            return None;
        }
        let sign = self.num.signum();
        Some(Self {
            num: self.den.checked_mul(sign)?,
            den: self.num.checked_abs()?,
            ten: -self.ten,
            pi: -self.pi,
            loose: 1.0 / self.loose,
        })
    }

    /// A power; `None` for a negative power of zero or what no `f64` holds.
    pub(crate) fn raised(self, power: i16) -> Option<Self> {
        let base = if power < 0 { self.inverse()? } else { self };
        let mut made = Self::ONE;
        for _ in 0..power.unsigned_abs() {
            made = made.times(base);
        }
        let value = made.value();
        (value.is_finite() && (value != 0.0 || base.is_zero())).then_some(made)
    }

    /// The `root`-th root of a positive number.
    pub(crate) fn root(self, root: i16) -> Option<Self> {
        if self.is_one() {
            return Some(Self::ONE);
        }
        let value = self.value();
        if value <= 0.0 || root <= 0 {
            return None;
        }
        let made = if root == 2 { value.sqrt() } else { value.powf(1.0 / f64::from(root)) };
        // Roots of the powers of ten that units are made of are short numbers again.
        Some(Self::decimal(&format!("{made:e}")).unwrap_or(Self::loose(made)))
    }

    /// The sum, exact if both are fractions.
    pub(crate) fn plus(self, other: Self) -> Self {
        self.checked_plus(other).unwrap_or_else(|| Self::loose(self.value() + other.value()))
    }

    fn checked_plus(self, other: Self) -> Option<Self> {
        if self.is_zero() {
            return Some(other);
        }
        if other.is_zero() {
            return Some(self);
        }
        let plain = |f: &Self| f.pi == 0 && (f.loose - 1.0).abs() == 0.0;
        if !plain(&self) || !plain(&other) {
            return None;
        }
        let ten = self.ten.min(other.ten);
        let lift = |f: &Self| f.num.checked_mul(power_of_ten(f.ten.checked_sub(ten)?)?);
        let (a, b) = (lift(&self)?, lift(&other)?);
        let num = a.checked_mul(other.den)?.checked_add(b.checked_mul(self.den)?)?;
        Some(Self { num, den: self.den.checked_mul(other.den)?, ten, ..Self::ONE }.reduced())
    }

    pub(crate) fn negated(self) -> Self {
        match self.num.checked_neg() {
            Some(num) => Self { num, ..self },
            None => Self::loose(-self.value()),
        }
    }

    pub(crate) fn is_zero(self) -> bool {
        self.num == 0 || self.loose == 0.0
    }

    pub(crate) fn is_one(self) -> bool {
        self.same(Self::ONE)
    }

    pub(crate) fn same(self, other: Self) -> bool {
        let exactly = (self.num, self.den, self.ten, self.pi)
            == (other.num, other.den, other.ten, other.pi)
            && self.loose.total_cmp(&other.loose) == Ordering::Equal;
        let (a, b) = (self.value(), other.value());
        exactly || (a - b).abs() <= 4.0 * f64::EPSILON * a.abs().min(b.abs())
    }

    /// Multiplier and divisor whose use rounds least: `x * mul / div`.
    pub(crate) fn as_ratio(self) -> (f64, f64) {
        if self.pi == 0 && self.loose.total_cmp(&1.0) == Ordering::Equal {
            let tens = power_of_ten(self.ten.abs());
            let (num, den) = match tens {
                Some(t) if self.ten >= 0 => (self.num.checked_mul(t), Some(self.den)),
                Some(t) => (Some(self.num), self.den.checked_mul(t)),
                None => (None, None),
            };
            if let (Some(num), Some(den)) = (num, den)
                && num.abs() <= EXACT
                && den <= EXACT
            {
                #[allow(clippy::cast_precision_loss)] // exact below 2^53
                return (num as f64, den as f64);
            }
        }
        (self.value(), 1.0)
    }

    /// The nearest number (for plain decimals; else within a few roundings).
    pub(crate) fn value(self) -> f64 {
        let exact = if self.den == 1 {
            format!("{}e{}", self.num, self.ten).parse().unwrap_or(f64::NAN)
        } else {
            #[allow(clippy::cast_precision_loss)] // the nearest is what is wanted
            let (num, den) = (self.num as f64, self.den as f64);
            let tens = |t: i32| format!("1e{t}").parse::<f64>().unwrap_or(f64::NAN);
            if self.ten >= 0 { num * tens(self.ten) / den } else { num / (den * tens(-self.ten)) }
        };
        exact * std::f64::consts::PI.powi(self.pi) * self.loose
    }
}

fn gcd(mut a: u128, mut b: u128) -> u128 {
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a
}

fn power_of_ten(power: i32) -> Option<i128> {
    10i128.checked_pow(u32::try_from(power).ok()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dec(text: &str) -> Factor {
        Factor::decimal(text).unwrap()
    }

    #[test]
    fn decimals_round_once() {
        for text in ["0.1", "1e-3", "273.15", "86400", "-1.5e3", "6.02214179e23", "1e-24"] {
            assert_eq!(dec(text).value(), text.parse::<f64>().unwrap(), "{text}");
        }
        assert!(Factor::decimal("1e999").is_none());
    }

    #[test]
    fn fractions_stay_exact() {
        let third = dec("1").times(dec("3").inverse().unwrap());
        assert!(third.times(dec("3")).is_one());
        assert_eq!(dec("0.3").plus(dec("-0.1")).value(), 0.2);
        assert_eq!(dec("60").inverse().unwrap().as_ratio(), (1.0, 60.0));
        assert_eq!(dec("1e-3").as_ratio(), (1.0, 1000.0));
        assert!(dec("0").inverse().is_none());
        assert!(dec("1e300").raised(9).is_none());
    }
}
