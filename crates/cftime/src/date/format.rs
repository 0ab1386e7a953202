//! Dates as text.

use std::fmt;

use super::DateTime;
use crate::{Calendar, TimeUnit};

impl DateTime {
    /// "YYYY-MM-DDTHH:MM:SS.ffffff": always six decimals, finer digits cut off.
    pub fn iso(&self) -> String {
        let micros = self.nanosecond / 1000;
        format!("{}T{}.{micros:06}", DayText(self), ClockText(self))
    }

    /// The date alone at midnight, else date and time with as many decimals as needed.
    ///
    /// ```
    /// use graticule_cftime::DateTime;
    /// assert_eq!(DateTime::day(2000, 1, 31).short(), "2000-01-31");
    /// assert_eq!(DateTime::new(2000, 1, 31, 6, 0, 0).short(), "2000-01-31T06:00:00");
    /// ```
    pub fn short(&self) -> String {
        if self.is_midnight() { DayText(self).to_string() } else { self.joined('T') }
    }

    /// Date and time parted by a blank, as written in `units` attributes.
    pub(crate) fn spaced(&self) -> String {
        self.joined(' ')
    }

    fn joined(&self, separator: char) -> String {
        let (day, clock) = (DayText(self), ClockText(self));
        match self.nanosecond {
            0 => format!("{day}{separator}{clock}"),
            n if n % 1_000_000 == 0 => format!("{day}{separator}{clock}.{:03}", n / 1_000_000),
            n if n % 1_000 == 0 => format!("{day}{separator}{clock}.{:06}", n / 1_000),
            n => format!("{day}{separator}{clock}.{n:09}"),
        }
    }
}

impl fmt::Display for DateTime {
    /// The [`short`](DateTime::short) form.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.short())
    }
}

struct DayText<'a>(&'a DateTime);

impl fmt::Display for DayText<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let DateTime { year, month, day, .. } = self.0;
        let sign = if *year < 0 { "-" } else { "" };
        write!(f, "{sign}{:04}-{month:02}-{day:02}", year.unsigned_abs())
    }
}

struct ClockText<'a>(&'a DateTime);

impl fmt::Display for ClockText<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let DateTime { hour, minute, second, .. } = self.0;
        write!(f, "{hour:02}:{minute:02}:{second:02}")
    }
}

/// [`DateTime::iso`] of a tick, "NaT" for a missing one.
pub fn format_iso(ticks: i64, unit: TimeUnit, calendar: Calendar) -> String {
    DateTime::from_ticks(ticks, unit, calendar).map_or_else(|| "NaT".into(), |t| t.iso())
}

/// [`DateTime::short`] of a tick, "NaT" for a missing one.
pub fn format_short(ticks: i64, unit: TimeUnit, calendar: Calendar) -> String {
    DateTime::from_ticks(ticks, unit, calendar).map_or_else(|| "NaT".into(), |t| t.short())
}
