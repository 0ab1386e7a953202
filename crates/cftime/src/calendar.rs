//! The calendars of the CF conventions.

mod days;
#[cfg(test)]
mod tests;

use std::fmt;
use std::str::FromStr;

use crate::error::{Kind, Result, shorten};
use crate::{Error, MISSING, TimeUnit};

pub use days::{Date, REFORM_DAY};

/// A calendar of the CF conventions (section 4.4.1).
///
/// Years are numbered as cftime does: `standard` and `julian` have no year zero (-1 is followed
/// by 1), all others have one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[cfg_attr(feature = "wire", derive(serde::Serialize, serde::Deserialize))]
pub enum Calendar {
    /// Mixed Julian/Gregorian with the gap of October 1582 (`standard`, `gregorian`).
    Standard,
    /// Gregorian rules extended to all years (`proleptic_gregorian`, also `tai`).
    ProlepticGregorian,
    /// Every year has 365 days (`noleap`, `365_day`).
    NoLeap,
    /// Every year has 366 days (`all_leap`, `366_day`).
    AllLeap,
    /// Twelve months of 30 days (`360_day`).
    Day360,
    /// A leap year every fourth year (`julian`).
    Julian,
    /// No calendar: perpetual or climatological time (`none`). Days have 86,400 s, and dates are
    /// written by the rules of `proleptic_gregorian`, in which every date of a reference exists.
    None,
}

impl Calendar {
    /// All calendars.
    pub const ALL: [Calendar; 7] = [
        Self::Standard,
        Self::ProlepticGregorian,
        Self::NoLeap,
        Self::AllLeap,
        Self::Day360,
        Self::Julian,
        Self::None,
    ];

    /// Reads the text of a `calendar` attribute, in any case, with CF's synonyms.
    ///
    /// # Errors
    /// If the text names none of the calendars. `utc` is refused: its days have leap seconds.
    ///
    /// ```
    /// use graticule_cftime::Calendar;
    /// assert_eq!(Calendar::parse("GREGORIAN").unwrap(), Calendar::Standard);
    /// assert_eq!(Calendar::parse("365_day").unwrap(), Calendar::NoLeap);
    /// ```
    pub fn parse(text: &str) -> Result<Self> {
        Ok(match text.trim().to_ascii_lowercase().as_str() {
            "standard" | "gregorian" => Self::Standard,
            "proleptic_gregorian" | "tai" => Self::ProlepticGregorian,
            "noleap" | "no_leap" | "365_day" => Self::NoLeap,
            "all_leap" | "allleap" | "366_day" => Self::AllLeap,
            "360_day" => Self::Day360,
            "julian" => Self::Julian,
            "none" => Self::None,
            "utc" => {
                let why = "times with leap seconds are not supported";
                return Err(Kind::Calendar(shorten(text), why).into());
            }
            _ => {
                let why = "expected standard, proleptic_gregorian, noleap, all_leap, 360_day, \
                           julian or none";
                return Err(Kind::Calendar(shorten(text), why).into());
            }
        })
    }

    /// The name of the CF conventions: `standard`, `noleap`, `360_day`, ...
    pub const fn name(self) -> &'static str {
        match self {
            Self::Standard => "standard",
            Self::ProlepticGregorian => "proleptic_gregorian",
            Self::NoLeap => "noleap",
            Self::AllLeap => "all_leap",
            Self::Day360 => "360_day",
            Self::Julian => "julian",
            Self::None => "none",
        }
    }

    /// Whether there is a year 0 between -1 and 1.
    pub const fn has_year_zero(self) -> bool {
        !matches!(self, Self::Standard | Self::Julian)
    }

    /// Whether `year` has a 29 February (in `360_day`: false, as in cftime).
    pub const fn is_leap(self, year: i64) -> bool {
        match self {
            Self::NoLeap | Self::Day360 => false,
            Self::AllLeap => true,
            Self::Julian => self.astronomical(year) % 4 == 0,
            Self::Standard if year < 1582 => self.astronomical(year) % 4 == 0,
            Self::Standard | Self::ProlepticGregorian | Self::None => {
                year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
            }
        }
    }

    /// The number of the last day of a month (1-12), 0 for another month.
    ///
    /// October 1582 of `standard` gives 31, although ten of its days do not exist.
    pub const fn days_in_month(self, year: i64, month: u8) -> u8 {
        match (self, month) {
            (Self::Day360, 1..=12) => 30,
            (_, 2) => 28 + self.is_leap(year) as u8,
            (_, 4 | 6 | 9 | 11) => 30,
            (_, 1..=12) => 31,
            _ => 0,
        }
    }

    /// The day-of-year number of the last day of a year (for 1582 as in
    /// [`days_in_month`](Self::days_in_month)).
    pub const fn days_in_year(self, year: i64) -> u16 {
        match self {
            Self::Day360 => 360,
            _ => 365 + self.is_leap(year) as u16,
        }
    }

    /// Day of the year (1-366) of a date. The ten days missing in 1582 are counted, as in cftime.
    pub const fn day_of_year(self, year: i64, month: u8, day: u8) -> u16 {
        let before = match self {
            Self::Day360 => 30 * (month as u16).saturating_sub(1),
            _ => {
                let common = match month {
                    0 | 1 => 0,
                    2 => 31,
                    3 => 59,
                    4 => 90,
                    5 => 120,
                    6 => 151,
                    7 => 181,
                    8 => 212,
                    9 => 243,
                    10 => 273,
                    11 => 304,
                    _ => 334,
                };
                common + (month > 2 && self.is_leap(year)) as u16
            }
        };
        before + day as u16
    }

    /// Whether these ticks stand for the same dates in another calendar: in the same one, and
    /// after the reform of 1582 in `standard` and `proleptic_gregorian`.
    ///
    /// ```
    /// use graticule_cftime::{Calendar::*, TimeUnit::Second};
    /// assert!(Standard.agrees_with(ProlepticGregorian, &[0], Second));
    /// assert!(!Standard.agrees_with(ProlepticGregorian, &[-13_000_000_000], Second));
    /// assert!(!Standard.agrees_with(NoLeap, &[0], Second));
    /// ```
    pub fn agrees_with(self, other: Self, ticks: &[i64], unit: TimeUnit) -> bool {
        let gregorian = |c| matches!(c, Self::Standard | Self::ProlepticGregorian);
        let first = REFORM_DAY.saturating_mul(unit.per_day());
        let after_reform = || ticks.iter().all(|&t| t >= first || t == MISSING);
        self == other || (gregorian(self) && gregorian(other) && after_reform())
    }

    /// The year after `year`, over a missing year zero.
    pub const fn next_year(self, year: i64) -> i64 {
        self.historical(self.astronomical(year).saturating_add(1))
    }

    /// Year with a year zero from the calendar's own numbering.
    pub(crate) const fn astronomical(self, year: i64) -> i64 {
        if year < 0 && !self.has_year_zero() { year + 1 } else { year }
    }

    /// The calendar's own numbering of a year counted with a year zero.
    pub(crate) const fn historical(self, year: i64) -> i64 {
        if year <= 0 && !self.has_year_zero() { year.saturating_sub(1) } else { year }
    }
}

impl fmt::Display for Calendar {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for Calendar {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        Self::parse(text)
    }
}
