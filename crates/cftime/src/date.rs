//! A date-time in a calendar, its fields and its text.

mod convert;
mod decimal;
mod field;
mod format;
#[cfg(test)]
mod tests;

use crate::error::{Error, Result};
use crate::{Calendar, MISSING, TimeUnit};

pub use convert::{AlignOn, convert_ticks};
pub use decimal::decimal_years;
pub use field::{Field, season_name};
pub use format::{format_iso, format_short};

/// A date and a time of day, in a calendar that goes along with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct DateTime {
    /// Year, in the calendar's own numbering.
    pub year: i64,
    /// Month, 1-12.
    pub month: u8,
    /// Day of the month, 1-31.
    pub day: u8,
    /// Hour, 0-23.
    pub hour: u8,
    /// Minute, 0-59.
    pub minute: u8,
    /// Second, 0-59.
    pub second: u8,
    /// Nanosecond of the second.
    pub nanosecond: u32,
}

const DAY_NANOS: i128 = 86_400_000_000_000;

impl DateTime {
    /// Midnight at the start of a day.
    pub const fn day(year: i64, month: u8, day: u8) -> Self {
        Self { year, month, day, hour: 0, minute: 0, second: 0, nanosecond: 0 }
    }

    /// A date and a time of day in whole seconds.
    pub const fn new(year: i64, month: u8, day: u8, hour: u8, minute: u8, second: u8) -> Self {
        Self { year, month, day, hour, minute, second, nanosecond: 0 }
    }

    /// The date-time of a tick; `None` for [`MISSING`].
    ///
    /// ```
    /// use graticule_cftime::{Calendar, DateTime, TimeUnit};
    /// let t = DateTime::from_ticks(-1, TimeUnit::Second, Calendar::Day360).unwrap();
    /// assert_eq!(t, DateTime::new(1969, 12, 30, 23, 59, 59));
    /// ```
    pub fn from_ticks(ticks: i64, unit: TimeUnit, calendar: Calendar) -> Option<Self> {
        (ticks != MISSING).then(|| {
            let days = ticks.div_euclid(unit.per_day());
            let rest = ticks.rem_euclid(unit.per_day());
            let (seconds, part) = (rest / unit.per_second(), rest % unit.per_second());
            Self::from_parts(days, seconds, (part * unit.nanos()) as u32, calendar)
        })
    }

    /// Ticks since 1970-01-01T00:00 of the calendar.
    ///
    /// # Errors
    /// If the date does not exist, overflows, or needs a finer tick.
    ///
    /// ```
    /// use graticule_cftime::{Calendar, DateTime, TimeUnit};
    /// let t = DateTime::day(1970, 2, 1);
    /// assert_eq!(t.to_ticks(TimeUnit::Second, Calendar::Day360).unwrap(), 30 * 86_400);
    /// ```
    pub fn to_ticks(&self, unit: TimeUnit, calendar: Calendar) -> Result<i64> {
        let nanos = self.nanos_since_epoch(calendar)?;
        if nanos % i128::from(unit.nanos()) != 0 {
            return Err(Error::precision(&self.short(), unit));
        }
        i64::try_from(nanos / i128::from(unit.nanos()))
            .ok()
            .filter(|&t| t != MISSING)
            .ok_or_else(|| Error::overflow(&self.short(), unit))
    }

    /// Whether the time of day is 00:00.
    pub const fn is_midnight(&self) -> bool {
        self.hour == 0 && self.minute == 0 && self.second == 0 && self.nanosecond == 0
    }

    /// Nanoseconds since 1970-01-01T00:00 of the calendar.
    pub(crate) fn nanos_since_epoch(&self, calendar: Calendar) -> Result<i128> {
        let days = calendar.days(self.year, self.month, self.day)?;
        if self.hour > 23 || self.minute > 59 || self.second > 59 || self.nanosecond > 999_999_999 {
            return Err(Error::date(&self.iso(), calendar, "the time of day is out of range"));
        }
        let seconds =
            i64::from(self.hour) * 3600 + i64::from(self.minute) * 60 + i64::from(self.second);
        Ok(i128::from(days) * DAY_NANOS
            + i128::from(seconds) * 1_000_000_000
            + i128::from(self.nanosecond))
    }

    /// The inverse of [`nanos_since_epoch`](Self::nanos_since_epoch), for instants near enough
    /// to have come from a date.
    pub(crate) fn from_nanos(nanos: i128, calendar: Calendar) -> Self {
        let days = nanos.div_euclid(DAY_NANOS) as i64;
        let rest = nanos.rem_euclid(DAY_NANOS) as i64;
        Self::from_parts(days, rest / 1_000_000_000, (rest % 1_000_000_000) as u32, calendar)
    }

    fn from_parts(days: i64, second_of_day: i64, nanosecond: u32, calendar: Calendar) -> Self {
        let date = calendar.date_unchecked(days);
        Self {
            year: date.year,
            month: date.month,
            day: date.day,
            hour: (second_of_day / 3600) as u8,
            minute: (second_of_day / 60 % 60) as u8,
            second: (second_of_day % 60) as u8,
            nanosecond,
        }
    }
}
