//! Dates as text.

use std::fmt;

use super::DateTime;
use crate::{Calendar, TimeUnit};

/// The longest text there is, of a year of any length: more than this never needs to be kept free.
const LONG: usize = 40;

impl DateTime {
    /// "YYYY-MM-DDTHH:MM:SS.ffffff": always six decimals, finer digits cut off.
    pub fn iso(&self) -> String {
        let mut out = String::with_capacity(LONG);
        self.push_day(&mut out);
        out.push('T');
        self.push_clock(&mut out);
        out.push('.');
        push_digits(&mut out, self.nanosecond / 1000, 6);
        out
    }

    /// The date alone at midnight, else date and time with as many decimals as needed.
    ///
    /// ```
    /// use graticule_cftime::DateTime;
    /// assert_eq!(DateTime::day(2000, 1, 31).short(), "2000-01-31");
    /// assert_eq!(DateTime::new(2000, 1, 31, 6, 0, 0).short(), "2000-01-31T06:00:00");
    /// ```
    pub fn short(&self) -> String {
        if self.is_midnight() {
            let mut out = String::with_capacity(LONG);
            self.push_day(&mut out);
            return out;
        }
        self.joined('T')
    }

    /// Date and time parted by a blank, as written in `units` attributes.
    pub(crate) fn spaced(&self) -> String {
        self.joined(' ')
    }

    fn joined(&self, separator: char) -> String {
        let mut out = String::with_capacity(LONG);
        self.push_day(&mut out);
        out.push(separator);
        self.push_clock(&mut out);
        let (part, width) = match self.nanosecond {
            0 => return out,
            n if n % 1_000_000 == 0 => (n / 1_000_000, 3),
            n if n % 1_000 == 0 => (n / 1_000, 6),
            n => (n, 9),
        };
        out.push('.');
        push_digits(&mut out, part, width);
        out
    }

    fn push_day(&self, out: &mut String) {
        if self.year < 0 {
            out.push('-');
        }
        match u32::try_from(self.year.unsigned_abs()) {
            Ok(year) if year < 10_000 => push_digits(out, year, 4),
            _ => out.push_str(&self.year.unsigned_abs().to_string()),
        }
        out.push('-');
        push_digits(out, self.month.into(), 2);
        out.push('-');
        push_digits(out, self.day.into(), 2);
    }

    fn push_clock(&self, out: &mut String) {
        push_digits(out, self.hour.into(), 2);
        out.push(':');
        push_digits(out, self.minute.into(), 2);
        out.push(':');
        push_digits(out, self.second.into(), 2);
    }
}

/// The last digits of a number, with zeros before it: several times faster than the formatter of
/// the standard library, which a million dates feel.
fn push_digits(out: &mut String, value: u32, width: u32) {
    let digit = |v: u32| char::from(b'0' + (v % 10) as u8);
    if width > 2 {
        push_digits(out, value / 100, width - 2);
    }
    if width > 1 {
        out.push(digit(value / 10));
    }
    out.push(digit(value));
}

impl fmt::Display for DateTime {
    /// The [`short`](DateTime::short) form.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.short())
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
