//! The unit counted by time units.

use std::fmt;

use crate::Calendar;
use crate::error::{Kind, Result};

/// A length of time that numbers count.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Step {
    /// 1 ns.
    Nanosecond,
    /// 1 µs.
    Microsecond,
    /// 1 ms.
    Millisecond,
    /// 1 s.
    Second,
    /// 60 s.
    Minute,
    /// 3,600 s.
    Hour,
    /// 86,400 s.
    Day,
    /// 7 days.
    Week,
    /// A month: 30 days in `360_day`, refused elsewhere.
    Month,
    /// A year: 360, 365 or 366 days in `360_day`, `noleap` or `all_leap`, refused elsewhere.
    Year,
    /// UDUNITS' `common_year` of 365 days.
    CommonYear,
}

impl Step {
    /// Reads a unit of time in any spelling of UDUNITS, singular or plural, in any case.
    ///
    /// ```
    /// use graticule_cftime::Step;
    /// assert_eq!(Step::parse("msec"), Some(Step::Millisecond));
    /// assert_eq!(Step::parse("metre"), None);
    /// ```
    pub fn parse(text: &str) -> Option<Self> {
        // µ is written with either of two characters, of which one is lower-cased to the other.
        let text = text.trim();
        if text.len() > 16 {
            return None;
        }
        Some(match text.to_lowercase().as_str() {
            "ns" | "nsec" | "nsecs" | "nanosec" | "nanosecs" | "nanosecond" | "nanoseconds" => {
                Self::Nanosecond
            }
            "us" | "µs" | "μs" | "usec" | "usecs" | "microsec" | "microsecs" | "microsecond"
            | "microseconds" => Self::Microsecond,
            "ms" | "msec" | "msecs" | "millisec" | "millisecs" | "millisecond" | "milliseconds" => {
                Self::Millisecond
            }
            "s" | "sec" | "secs" | "second" | "seconds" => Self::Second,
            "min" | "mins" | "minute" | "minutes" => Self::Minute,
            "h" | "hr" | "hrs" | "hour" | "hours" => Self::Hour,
            "d" | "day" | "days" => Self::Day,
            "week" | "weeks" => Self::Week,
            "month" | "months" | "mon" | "mons" => Self::Month,
            "year" | "years" | "yr" | "yrs" => Self::Year,
            "common_year" | "common_years" => Self::CommonYear,
            _ => return None,
        })
    }

    /// The plural name: "hours".
    pub const fn name(self) -> &'static str {
        match self {
            Self::Nanosecond => "nanoseconds",
            Self::Microsecond => "microseconds",
            Self::Millisecond => "milliseconds",
            Self::Second => "seconds",
            Self::Minute => "minutes",
            Self::Hour => "hours",
            Self::Day => "days",
            Self::Week => "weeks",
            Self::Month => "months",
            Self::Year => "years",
            Self::CommonYear => "common_years",
        }
    }

    /// Its length in nanoseconds.
    ///
    /// # Errors
    /// For months and years in a calendar where they vary.
    pub fn nanos_in(self, calendar: Calendar) -> Result<i64> {
        const DAY: i64 = 86_400_000_000_000;
        let inexact = |why| {
            let step = self.name().to_owned();
            Err(Kind::Inexact { step, calendar, why }.into())
        };
        Ok(match self {
            Self::Nanosecond => 1,
            Self::Microsecond => 1_000,
            Self::Millisecond => 1_000_000,
            Self::Second => 1_000_000_000,
            Self::Minute => 60_000_000_000,
            Self::Hour => 3_600_000_000_000,
            Self::Day => DAY,
            Self::Week => 7 * DAY,
            Self::CommonYear => 365 * DAY,
            Self::Month if calendar == Calendar::Day360 => 30 * DAY,
            Self::Month => return inexact("only the months of 360_day are"),
            Self::Year => match calendar {
                Calendar::Day360 => 360 * DAY,
                Calendar::NoLeap => 365 * DAY,
                Calendar::AllLeap => 366 * DAY,
                _ => return inexact("only the years of 360_day, noleap and all_leap are"),
            },
        })
    }
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// Whether a unit is spelled out in full, singular or plural.
pub(super) fn is_full_name(text: &str) -> bool {
    const NAMES: [&str; 7] =
        ["nanosecond", "microsecond", "millisecond", "second", "minute", "hour", "day"];
    let text = text.trim().to_ascii_lowercase();
    NAMES.contains(&text.strip_suffix('s').unwrap_or(&text))
}
