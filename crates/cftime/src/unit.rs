//! The tick of a time axis.

use std::fmt;
use std::str::FromStr;

use crate::error::{Kind, Result, shorten};
use crate::{Error, MISSING};

/// The length of one tick of a time or a duration, coarsest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[cfg_attr(feature = "wire", derive(serde::Serialize, serde::Deserialize))]
pub enum TimeUnit {
    /// 1 s.
    Second,
    /// 1 ms.
    Millisecond,
    /// 1 µs.
    Microsecond,
    /// 1 ns.
    Nanosecond,
}

impl TimeUnit {
    /// All units, coarsest first.
    pub const ALL: [TimeUnit; 4] =
        [Self::Second, Self::Millisecond, Self::Microsecond, Self::Nanosecond];

    /// Ticks in a second.
    pub const fn per_second(self) -> i64 {
        match self {
            Self::Second => 1,
            Self::Millisecond => 1_000,
            Self::Microsecond => 1_000_000,
            Self::Nanosecond => 1_000_000_000,
        }
    }

    /// Ticks in a day of 86,400 s.
    pub const fn per_day(self) -> i64 {
        86_400 * self.per_second()
    }

    /// Nanoseconds in a tick.
    pub const fn nanos(self) -> i64 {
        1_000_000_000 / self.per_second()
    }

    /// The short name: "s", "ms", "us" or "ns".
    pub const fn name(self) -> &'static str {
        match self {
            Self::Second => "s",
            Self::Millisecond => "ms",
            Self::Microsecond => "us",
            Self::Nanosecond => "ns",
        }
    }

    /// The finer of two units: the one that holds the ticks of both.
    pub fn finer(self, other: Self) -> Self {
        self.max(other)
    }

    /// Expresses `ticks` of this unit in another one, exactly; [`MISSING`] stays missing.
    ///
    /// # Errors
    /// If the result overflows, or is not a whole number of ticks of `to`.
    ///
    /// ```
    /// use graticule_cftime::TimeUnit::{Millisecond, Second};
    /// assert_eq!(Second.convert(3, Millisecond).unwrap(), 3000);
    /// assert!(Millisecond.convert(1500, Second).unwrap_err().is_precision());
    /// ```
    pub fn convert(self, ticks: i64, to: Self) -> Result<i64> {
        if ticks == MISSING || self == to {
            return Ok(ticks);
        }
        if self < to {
            let factor = self.nanos() / to.nanos();
            return ticks
                .checked_mul(factor)
                .filter(|&t| t != MISSING)
                .ok_or_else(|| Error::overflow(&format!("{ticks} {self}"), to));
        }
        let factor = to.nanos() / self.nanos();
        if ticks % factor != 0 {
            return Err(Error::precision(&format!("{ticks} {self}"), to));
        }
        Ok(ticks / factor)
    }

    /// [`convert`](Self::convert) for many ticks.
    ///
    /// # Errors
    /// As for one tick; the first offending one is named.
    pub fn convert_all(self, ticks: &[i64], to: Self) -> Result<Vec<i64>> {
        ticks.iter().map(|&t| self.convert(t, to)).collect()
    }

    /// The coarsest unit that holds all `ticks` of this unit exactly.
    pub fn coarsest(self, ticks: &[i64]) -> Self {
        let mut unit = Self::Second;
        for &tick in ticks {
            while unit < self && tick != MISSING && tick % (unit.nanos() / self.nanos()) != 0 {
                unit = unit.next_finer();
            }
            if unit == self {
                break;
            }
        }
        unit.min(self)
    }

    fn next_finer(self) -> Self {
        match self {
            Self::Second => Self::Millisecond,
            Self::Millisecond => Self::Microsecond,
            Self::Microsecond | Self::Nanosecond => Self::Nanosecond,
        }
    }

    /// The coarsest unit of which `nanos` nanoseconds are a whole number of ticks.
    pub(crate) fn holding(nanos: i128) -> Self {
        let fits = |u: &Self| nanos % i128::from(u.nanos()) == 0;
        Self::ALL.into_iter().find(fits).unwrap_or(Self::Nanosecond)
    }
}

impl fmt::Display for TimeUnit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for TimeUnit {
    type Err = Error;

    /// Reads "s", "ms", "us" or "ns".
    fn from_str(text: &str) -> Result<Self> {
        let named = |u: &Self| u.name() == text.trim();
        Self::ALL.into_iter().find(named).ok_or_else(|| Kind::Tick(shorten(text)).into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_round_trip() {
        for unit in TimeUnit::ALL {
            assert_eq!(unit.to_string().parse::<TimeUnit>().unwrap(), unit);
        }
        assert!("m".parse::<TimeUnit>().unwrap_err().is_syntax());
    }

    #[test]
    fn conversions_are_exact_or_errors() {
        use TimeUnit::{Microsecond, Nanosecond, Second};
        assert_eq!(Nanosecond.convert(-5_000_000_000, Second).unwrap(), -5);
        assert!(Nanosecond.convert(1, Second).unwrap_err().is_precision());
        assert!(Second.convert(i64::MAX, Nanosecond).unwrap_err().is_overflow());
        assert_eq!(Second.convert(MISSING, Nanosecond).unwrap(), MISSING);
        assert_eq!(Nanosecond.coarsest(&[2_000_000, MISSING, 3_000]), Microsecond);
        assert_eq!(Nanosecond.coarsest(&[]), Second);
        assert_eq!(Microsecond.coarsest(&[1]), Microsecond);
        assert_eq!(Second.coarsest(&[1]), Second);
    }
}
