//! Offset aliases of pandas and xarray: "MS", "QS-DEC", "3h".

mod anchor;
mod floor;
mod infer;
mod like;
mod range;
mod resample;
#[cfg(test)]
mod tests;

use std::fmt;
use std::str::FromStr;

use crate::error::{Error, Kind, Result, shorten};

pub use like::date_range_like;
pub use range::{date_range, date_range_from, date_range_until};
pub use resample::{Bins, Origin, Resample, Side};

/// What a frequency counts. Months are 1-12, days of the week 0-6 from Monday.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Period {
    /// First days of years that start with this month (`YS-JAN`).
    YearStart(u8),
    /// Last days of years that end with this month (`YE-DEC`).
    YearEnd(u8),
    /// First days of quarters, one of which starts with this month (`QS-JAN`).
    QuarterStart(u8),
    /// Last days of quarters, one of which ends with this month (`QE-DEC`).
    QuarterEnd(u8),
    /// First days of months (`MS`).
    MonthStart,
    /// Last days of months (`ME`).
    MonthEnd,
    /// This day of each week, the week's last (`W-SUN`).
    Week(u8),
    /// Mondays to Fridays (`B`).
    BusinessDay,
    /// Days of 24 h (`D`).
    Day,
    /// Hours (`h`).
    Hour,
    /// Minutes (`min`).
    Minute,
    /// Seconds (`s`).
    Second,
    /// Milliseconds (`ms`).
    Millisecond,
    /// Microseconds (`us`).
    Microsecond,
    /// Nanoseconds (`ns`).
    Nanosecond,
}

/// A number of periods: the spacing of a time axis, or the width of bins to resample to.
///
/// ```
/// use graticule_cftime::{Frequency, Period};
/// let seasons = Frequency::parse("QS-DEC")?;
/// assert_eq!(seasons.period(), Period::QuarterStart(12));
/// assert_eq!(Frequency::parse("90min")?.to_string(), "90min");
/// # Ok::<(), graticule_cftime::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Frequency {
    multiple: u32,
    period: Period,
}

const MONTHS: [&str; 12] =
    ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"];
const WEEKDAYS: [&str; 7] = ["MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN"];

impl Frequency {
    /// So many periods.
    ///
    /// # Errors
    /// If the multiple is zero, or the period names a month or weekday that does not exist.
    pub fn new(multiple: u32, period: Period) -> Result<Self> {
        let anchor_exists = match period {
            Period::YearStart(m)
            | Period::YearEnd(m)
            | Period::QuarterStart(m)
            | Period::QuarterEnd(m) => (1..=12).contains(&m),
            Period::Week(day) => day < 7,
            _ => true,
        };
        let text = || format!("{multiple} × {period:?}");
        if !anchor_exists {
            return Err(unreadable(&text(), "no such month or weekday"));
        }
        if multiple == 0 {
            return Err(unreadable(&text(), "the multiple must not be zero"));
        }
        Ok(Self { multiple, period })
    }

    /// Reads an offset alias: an optional multiple, then one of `YS`, `YE`, `QS`, `QE` (each with
    /// an optional `-MON`), `MS`, `ME`, `W` (optional `-SUN`), `B`, `D`, `h`, `min`, `s`, `ms`,
    /// `us`, `ns`.
    ///
    /// # Errors
    /// If the text is none of these; for an old alias the error names the new one.
    pub fn parse(text: &str) -> Result<Self> {
        let trimmed = text.trim();
        let digits = trimmed.bytes().take_while(u8::is_ascii_digit).count();
        let (multiple, alias) = trimmed.split_at_checked(digits).unwrap_or(("", trimmed));
        let multiple = match multiple {
            "" => 1,
            digits => digits.parse().map_err(|_| unreadable(text, "the multiple is too large"))?,
        };
        if multiple == 0 {
            return Err(unreadable(text, "the multiple must not be zero"));
        }
        let period = period_of(alias).map_err(|why| unreadable(text, why))?;
        Self::new(multiple, period)
    }

    /// How many periods.
    pub fn multiple(&self) -> u32 {
        self.multiple
    }

    /// The period counted.
    pub fn period(&self) -> Period {
        self.period
    }

    /// The length in nanoseconds, if it is the same anywhere in any calendar: for days and
    /// shorter periods.
    pub fn nanos(&self) -> Option<i64> {
        let one: i64 = match self.period {
            Period::Day => 86_400_000_000_000,
            Period::Hour => 3_600_000_000_000,
            Period::Minute => 60_000_000_000,
            Period::Second => 1_000_000_000,
            Period::Millisecond => 1_000_000,
            Period::Microsecond => 1_000,
            Period::Nanosecond => 1,
            _ => return None,
        };
        // Saturates at 292 years' worth, beyond which nothing fits anyway.
        Some(one.saturating_mul(self.multiple.into()))
    }

    /// Whether bins of this frequency are closed and labelled on the right by default.
    pub fn is_end(&self) -> bool {
        use Period::{MonthEnd, QuarterEnd, Week, YearEnd};
        matches!(self.period, YearEnd(_) | QuarterEnd(_) | MonthEnd | Week(_))
    }
}

fn unreadable(text: &str, why: impl Into<String>) -> Error {
    Kind::Frequency { text: shorten(text), why: why.into() }.into()
}

fn period_of(alias: &str) -> std::result::Result<Period, String> {
    let (name, anchor) = match alias.split_once('-') {
        Some((name, anchor)) => (name, Some(anchor)),
        None => (alias, None),
    };
    let find = |names: &[&str], default: u8| match anchor {
        None => Ok(default),
        Some(anchor) => (0..)
            .zip(names)
            .find(|(_, n)| n.eq_ignore_ascii_case(anchor))
            .map(|(i, _)| i)
            .ok_or_else(|| format!("{:?} is none of {}", shorten(anchor), names.join(", "))),
    };
    let month = |default| find(&MONTHS, default).map(|m| m + 1);
    let period = match name {
        "YS" => return month(0).map(Period::YearStart),
        "YE" => return month(11).map(Period::YearEnd),
        "QS" => return month(0).map(Period::QuarterStart),
        "QE" => return month(11).map(Period::QuarterEnd),
        "W" => return find(&WEEKDAYS, 6).map(Period::Week),
        "MS" => Period::MonthStart,
        "ME" => Period::MonthEnd,
        "B" => Period::BusinessDay,
        "D" => Period::Day,
        "h" => Period::Hour,
        "min" => Period::Minute,
        "s" => Period::Second,
        "ms" => Period::Millisecond,
        "us" => Period::Microsecond,
        "ns" => Period::Nanosecond,
        _ => {
            return Err(match successor(name) {
                Some(new) => format!("{name:?} is now called {new:?}"),
                None => "expected a multiple and one of YS, YE, QS, QE, MS, ME, W, B, D, h, min, \
                         s, ms, us, ns, as in \"3h\" or \"QS-DEC\""
                    .into(),
            });
        }
    };
    match anchor {
        None => Ok(period),
        Some(_) => Err(format!("{name} takes no month or weekday")),
    }
}

/// The alias that has replaced an old one.
fn successor(name: &str) -> Option<&'static str> {
    Some(match name {
        "A" | "Y" => "YE",
        "AS" => "YS",
        "Q" => "QE",
        "M" => "ME",
        "d" => "D",
        "H" => "h",
        "T" | "m" => "min",
        "S" => "s",
        "L" => "ms",
        "U" => "us",
        "N" => "ns",
        _ => return None,
    })
}

impl fmt::Display for Frequency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.multiple != 1 {
            write!(f, "{}", self.multiple)?;
        }
        let month = |m: u8| MONTHS.get(usize::from(m).wrapping_sub(1)).copied().unwrap_or("?");
        match self.period {
            Period::YearStart(m) => write!(f, "YS-{}", month(m)),
            Period::YearEnd(m) => write!(f, "YE-{}", month(m)),
            Period::QuarterStart(m) => write!(f, "QS-{}", month(m)),
            Period::QuarterEnd(m) => write!(f, "QE-{}", month(m)),
            Period::MonthStart => f.write_str("MS"),
            Period::MonthEnd => f.write_str("ME"),
            Period::Week(day) => {
                write!(f, "W-{}", WEEKDAYS.get(usize::from(day)).copied().unwrap_or("?"))
            }
            Period::BusinessDay => f.write_str("B"),
            Period::Day => f.write_str("D"),
            Period::Hour => f.write_str("h"),
            Period::Minute => f.write_str("min"),
            Period::Second => f.write_str("s"),
            Period::Millisecond => f.write_str("ms"),
            Period::Microsecond => f.write_str("us"),
            Period::Nanosecond => f.write_str("ns"),
        }
    }
}

impl FromStr for Frequency {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        Self::parse(text)
    }
}
