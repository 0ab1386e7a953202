//! Partial dates ("2001", "2001-03") as half-open intervals.

#[cfg(test)]
mod tests;

use crate::date::DateTime;
use crate::error::{Error, Result};
use crate::{Calendar, MISSING, TimeUnit};

/// The finest field that a partial date gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Resolution {
    /// "2001".
    Year,
    /// "2001-03".
    Month,
    /// "2001-03-05".
    Day,
    /// "2001-03-05T12".
    Hour,
    /// "2001-03-05T12:30".
    Minute,
    /// "2001-03-05T12:30:15".
    Second,
    /// One to three decimals of a second.
    Millisecond,
    /// Four to six decimals.
    Microsecond,
    /// Seven to nine decimals.
    Nanosecond,
}

/// A date of which only the leading fields are given: the time from the first instant that it
/// fits to the last.
///
/// ```
/// use graticule_cftime::{Calendar, DateTime, PartialDate, TimeUnit};
/// let february = PartialDate::parse("2001-02")?;
/// let (start, end) = february.interval(TimeUnit::Second, Calendar::NoLeap)?;
/// assert_eq!((end - start) / 86_400, 28);
/// # Ok::<(), graticule_cftime::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct PartialDate {
    start: DateTime,
    resolution: Resolution,
}

impl PartialDate {
    /// Reads ISO 8601 in the extended ("2001-03-05T12:30:15.5", also with a blank for the `T`) or
    /// the basic form ("20010305T123015"), cut off after any field. Years have four digits or
    /// more, and may have a sign. A `Z` at the end is allowed: times are UTC.
    ///
    /// # Errors
    /// If the text has another form or a field is out of range in every calendar.
    pub fn parse(text: &str) -> Result<Self> {
        let fail = |why: &str| Error::partial(text, why);
        const FORM: &str = "expected YYYY[-MM[-DD[THH[:MM[:SS[.f]]]]]] or YYYYMMDD[THHMMSS]";
        let trimmed = text.trim();
        let (negative, unsigned) = match trimmed.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, trimmed.strip_prefix('+').unwrap_or(trimmed)),
        };
        let unsigned = match unsigned.strip_suffix(['Z', 'z']) {
            Some(rest) if rest.contains(['T', 't', ' ']) => rest,
            _ => unsigned,
        };
        let (date, clock) = match unsigned.split_once(['T', 't', ' ']) {
            Some((date, clock)) => (date, Some(clock)),
            None => (unsigned, None),
        };
        let (year, month, day) = date_fields(date).ok_or_else(|| fail(FORM))?;
        let year: i64 = year.parse().map_err(|_| fail(FORM))?;
        let mut start = DateTime::day(if negative { -year } else { year }, 1, 1);
        let mut resolution = Resolution::Year;
        let mut set = |value: Option<&str>, to: Resolution, last: u8, into: &mut u8| {
            let Some(value) = value else { return Ok(()) };
            let number = two_digits(value).ok_or_else(|| fail(FORM))?;
            if number > last {
                return Err(fail("a field is out of range"));
            }
            (*into, resolution) = (number, to);
            Ok(())
        };
        set(month, Resolution::Month, 12, &mut start.month)?;
        set(day, Resolution::Day, 31, &mut start.day)?;
        if start.month == 0 || start.day == 0 {
            return Err(fail("months and days count from 1"));
        }
        if let Some(clock) = clock {
            if day.is_none() {
                return Err(fail("a time of day needs a day"));
            }
            let (whole, decimals) = match clock.split_once(['.', ',']) {
                Some((whole, decimals)) => (whole, Some(decimals)),
                None => (clock, None),
            };
            let [hour, minute, second] = clock_fields(whole).ok_or_else(|| fail(FORM))?;
            set(hour, Resolution::Hour, 23, &mut start.hour)?;
            set(minute, Resolution::Minute, 59, &mut start.minute)?;
            set(second, Resolution::Second, 59, &mut start.second)?;
            if let Some(decimals) = decimals {
                if second.is_none() {
                    return Err(fail("only seconds may have decimals"));
                }
                (start.nanosecond, resolution) = fraction(decimals).ok_or_else(|| fail(FORM))?;
            }
        }
        Ok(Self { start, resolution })
    }

    /// The first instant: missing fields at their lowest.
    pub fn start(&self) -> DateTime {
        self.start
    }

    /// The finest field given.
    pub fn resolution(&self) -> Resolution {
        self.resolution
    }

    /// The ticks `start..end` of all instants that the date fits, in a calendar. Empty where the
    /// date is finer than the ticks and falls between two of them.
    ///
    /// # Errors
    /// If the date does not exist in the calendar, or the interval does not fit into the ticks.
    pub fn interval(&self, unit: TimeUnit, calendar: Calendar) -> Result<(i64, i64)> {
        let start = self.start.nanos_since_epoch(calendar)?;
        let end = match self.resolution {
            Resolution::Year => {
                let next = calendar.next_year(self.start.year);
                DateTime::day(next, 1, 1).nanos_since_epoch(calendar)?
            }
            Resolution::Month if self.start.month == 12 => {
                let next = calendar.next_year(self.start.year);
                DateTime::day(next, 1, 1).nanos_since_epoch(calendar)?
            }
            Resolution::Month => DateTime::day(self.start.year, self.start.month + 1, 1)
                .nanos_since_epoch(calendar)?,
            Resolution::Day => start + 86_400_000_000_000,
            Resolution::Hour => start + 3_600_000_000_000,
            Resolution::Minute => start + 60_000_000_000,
            Resolution::Second => start + 1_000_000_000,
            Resolution::Millisecond => start + 1_000_000,
            Resolution::Microsecond => start + 1_000,
            Resolution::Nanosecond => start + 1,
        };
        let first_tick_from = |nanos: i128| {
            let tick = -(-nanos).div_euclid(i128::from(unit.nanos()));
            i64::try_from(tick)
                .ok()
                .filter(|&t| t != MISSING)
                .ok_or_else(|| Error::overflow(&self.start.short(), unit))
        };
        Ok((first_tick_from(start)?, first_tick_from(end)?))
    }
}

fn two_digits(text: &str) -> Option<u8> {
    match text.as_bytes() {
        [a @ b'0'..=b'9', b @ b'0'..=b'9'] => Some((a - b'0') * 10 + (b - b'0')),
        _ => None,
    }
}

type DateFields<'a> = (&'a str, Option<&'a str>, Option<&'a str>);

fn date_fields(text: &str) -> Option<DateFields<'_>> {
    let is_year =
        |year: &str| (4..=9).contains(&year.len()) && year.bytes().all(|b| b.is_ascii_digit());
    let mut parts = text.split('-');
    let (first, month, day) = (parts.next()?, parts.next(), parts.next());
    if parts.next().is_some() {
        return None;
    }
    if month.is_none() && first.len() > 5 && first.is_ascii() {
        // Basic form: a year of four digits.
        let (year, rest) = first.split_at_checked(4)?;
        let (month, day) = rest.split_at_checked(2)?;
        let day = (!day.is_empty()).then_some(day);
        return is_year(year).then_some((year, Some(month), day));
    }
    is_year(first).then_some((first, month, day))
}

fn clock_fields(text: &str) -> Option<[Option<&str>; 3]> {
    if text.contains(':') || text.len() <= 2 {
        let mut parts = text.split(':');
        let fields = [parts.next(), parts.next(), parts.next()];
        return parts.next().is_none().then_some(fields);
    }
    let (hour, rest) = text.split_at_checked(2)?;
    let (minute, second) = rest.split_at_checked(2)?;
    Some([Some(hour), Some(minute), (!second.is_empty()).then_some(second)])
}

/// Nanoseconds of one to nine decimals of a second.
fn fraction(text: &str) -> Option<(u32, Resolution)> {
    if !text.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let resolution = match text.len() {
        1..=3 => Resolution::Millisecond,
        4..=6 => Resolution::Microsecond,
        7..=9 => Resolution::Nanosecond,
        _ => return None,
    };
    let digits = text.bytes().map(|b| u32::from(b - b'0')).chain(std::iter::repeat(0));
    Some((digits.take(9).fold(0, |n, d| n * 10 + d), resolution))
}
