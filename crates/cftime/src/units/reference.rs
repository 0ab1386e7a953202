//! The reference date of time units, in the many forms that files hold.

use super::MINUTE;
use crate::Calendar;
use crate::date::DateTime;

/// A reference date as written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Reference {
    pub(super) local: DateTime,
    /// Minutes by which the local time is ahead of UTC.
    pub(super) zone_minutes: i32,
    /// Hours and minutes of an offset from UTC without a sign.
    pub(super) unsigned_zone: Option<(u8, u8)>,
    /// pandas reads this form too.
    pub(super) plain: bool,
}

type Parsed<T> = std::result::Result<T, String>;

impl Reference {
    pub(super) fn parse(text: &str) -> Parsed<Self> {
        let mut at = Cursor(text.trim().as_bytes());
        let ((year, month, day), compact) = date(&mut at)?;
        let mut plain = (1..=9999).contains(&year);
        let clock = match after_date(&mut at, &mut plain) {
            true => clock(&mut at, compact)?,
            false => None,
        };
        let has_clock = clock.is_some();
        let (hour, minute, second, nanosecond) = clock.unwrap_or_default();
        at.skip_blanks();
        let zone = zone(&mut at, has_clock)?;
        at.skip_blanks();
        plain &= at.0.is_empty() && (has_clock || zone == Zone::Absent);
        let (zone_minutes, unsigned_zone) = match zone {
            Zone::Absent => (0, None),
            Zone::Signed(minutes) => (minutes, None),
            Zone::Unsigned(h, m) => (i32::from(h) * 60 + i32::from(m), Some((h, m))),
        };
        let local = DateTime { year, month, day, hour, minute, second, nanosecond };
        Ok(Self { local, zone_minutes, unsigned_zone, plain })
    }

    /// Where xarray sees the reference, if elsewhere: its date parser takes an unsigned offset for
    /// a second clock time that replaces the first, cftime (other calendars) ignores it.
    pub(super) fn misread_clock(&self, local_nanos: i128, calendar: Calendar) -> Option<i128> {
        const DAY: i128 = 1440 * MINUTE;
        let (hour, minute) = self.unsigned_zone?;
        let by_pandas = matches!(calendar, Calendar::Standard | Calendar::ProlepticGregorian);
        Some(if by_pandas {
            let clock = (i128::from(hour) * 60 + i128::from(minute)) * MINUTE;
            local_nanos.div_euclid(DAY) * DAY + clock
        } else {
            local_nanos
        })
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Zone {
    Absent,
    Signed(i32),
    Unsigned(u8, u8),
}

/// Bytes still to be read.
struct Cursor<'a>(&'a [u8]);

impl<'a> Cursor<'a> {
    fn peek(&self) -> Option<u8> {
        self.0.first().copied()
    }

    fn peek_at(&self, n: usize) -> Option<u8> {
        self.0.get(n).copied()
    }

    fn skip(&mut self, n: usize) {
        self.0 = self.0.get(n..).unwrap_or_default();
    }

    fn skip_blanks(&mut self) {
        while self.peek().is_some_and(|b| b.is_ascii_whitespace()) {
            self.skip(1);
        }
    }

    /// Takes one byte if it is one of `set`.
    fn take(&mut self, set: &[u8]) -> Option<u8> {
        let byte = self.peek().filter(|b| set.contains(b))?;
        self.skip(1);
        Some(byte)
    }

    fn while_is(&mut self, wanted: impl Fn(&u8) -> bool) -> &'a [u8] {
        let n = self.0.iter().take_while(|b| wanted(b)).count();
        let (taken, rest) = self.0.split_at_checked(n).unwrap_or_default();
        self.0 = rest;
        taken
    }

    fn digits(&mut self) -> &'a [u8] {
        self.while_is(u8::is_ascii_digit)
    }

    fn letters(&mut self) -> &'a [u8] {
        self.while_is(u8::is_ascii_alphabetic)
    }

    fn count_digits(&self) -> usize {
        self.0.iter().take_while(|b| b.is_ascii_digit()).count()
    }
}

/// The number in a run of at most 12 digits.
fn number(digits: &[u8]) -> Parsed<i64> {
    if digits.is_empty() || digits.len() > 12 {
        let shown = String::from_utf8_lossy(digits.get(..20).unwrap_or(digits)).into_owned();
        return Err(format!("expected a number in the date, found {shown:?}"));
    }
    Ok(digits.iter().fold(0, |n, d| n * 10 + i64::from(d.wrapping_sub(b'0'))))
}

/// A field of one or two digits.
fn field(digits: &[u8], name: &str, last: u8) -> Parsed<u8> {
    match number(digits)? {
        n if n <= i64::from(last) && digits.len() <= 2 => Ok(n as u8),
        n => Err(format!("{n} is no {name}")),
    }
}

fn month_of_name(letters: &[u8]) -> Option<u8> {
    const NAMES: [&str; 12] = [
        "january",
        "february",
        "march",
        "april",
        "may",
        "june",
        "july",
        "august",
        "september",
        "october",
        "november",
        "december",
    ];
    let name = std::str::from_utf8(letters).ok()?.to_ascii_lowercase();
    if name.len() < 3 {
        return None;
    }
    (1..)
        .zip(NAMES)
        .find(|(_, full)| full.starts_with(&name) || name == "sept" && full.starts_with("sept"))
        .map(|(n, _)| n)
}

type Day = (i64, u8, u8);

/// Year, month and day, and whether they were written without separators.
fn date(at: &mut Cursor<'_>) -> Parsed<(Day, bool)> {
    if at.peek().is_some_and(|b| b.is_ascii_alphabetic()) {
        return Ok((date_from_month_name(at)?, false));
    }
    let sign = at.take(b"+-");
    let before = at.0;
    let first = at.digits();
    let year_first = |digits: &[u8]| -> Parsed<i64> {
        Ok(if sign == Some(b'-') { -number(digits)? } else { number(digits)? })
    };
    let part = |from: usize, to: usize| first.get(from..to).unwrap_or_default();
    // A blank parts date and clock, except before the name of a month ("5 March 2000").
    let separator = match at.peek() {
        Some(b'-' | b'/' | b'.') if at.peek_at(1).is_some_and(|b| b.is_ascii_alphanumeric()) => {
            at.take(b"-/.")
        }
        Some(b' ') if at.peek_at(1).is_some_and(|b| b.is_ascii_alphabetic()) => {
            let mut ahead = Cursor(at.0.get(1..).unwrap_or_default());
            month_of_name(ahead.letters()).and_then(|_| at.take(b" "))
        }
        _ => None,
    };
    let Some(separator) = separator else {
        return match first.len() {
            8 => {
                let day = field(part(6, 8), "day", 31)?;
                Ok(((year_first(part(0, 4))?, field(part(4, 6), "month", 12)?, day), true))
            }
            // Date and clock in one run: give the clock back.
            12 | 14 => {
                let day = field(part(6, 8), "day", 31)?;
                let year = year_first(part(0, 4))?;
                let month = field(part(4, 6), "month", 12)?;
                at.0 = before.get(8..).unwrap_or_default();
                Ok(((year, month, day), true))
            }
            1..=5 => Ok(((year_first(first)?, 1, 1), false)),
            _ => Err("expected a date like 2000-01-31".into()),
        };
    };
    if at.peek().is_some_and(|b| b.is_ascii_alphabetic()) {
        let name = at.letters();
        let month = month_of_name(name)
            .ok_or_else(|| format!("{:?} is no month", String::from_utf8_lossy(name)))?;
        at.take(b"-/. ");
        let last = at.digits();
        if first.len() >= 3 || sign.is_some() {
            return Ok(((year_first(first)?, month, field(last, "day", 31)?), false));
        }
        if last.len() < 3 {
            return Err("write the year with four digits".into());
        }
        return Ok(((number(last)?, month, field(first, "day", 31)?), false));
    }
    let second = at.digits();
    let third = match at.peek_at(1) {
        Some(b) if b.is_ascii_digit() && at.take(&[separator]).is_some() => at.digits(),
        _ => &[],
    };
    if third.is_empty() {
        // A date without a day.
        return Ok(((year_first(first)?, field(second, "month", 12)?, 1), false));
    }
    if sign.is_none() && first.len() <= 2 && third.len() >= 3 {
        // Month first, as in the United States, unless that is impossible.
        let (a, b) = (field(first, "day or month", 31)?, field(second, "day or month", 31)?);
        let (month, day) = if a > 12 { (b, a) } else { (a, b) };
        return Ok(((number(third)?, month, day), false));
    }
    let day = field(third, "day", 31)?;
    Ok(((year_first(first)?, field(second, "month", 12)?, day), false))
}

/// "Jan 1, 2000".
fn date_from_month_name(at: &mut Cursor<'_>) -> Parsed<Day> {
    let name = at.letters();
    let month = month_of_name(name)
        .ok_or_else(|| format!("{:?} is no month", String::from_utf8_lossy(name)))?;
    at.take(b".");
    at.while_is(|b| matches!(b, b' ' | b'-'));
    let day = field(at.digits(), "day", 31)?;
    at.while_is(|b| matches!(b, b' ' | b',' | b'-'));
    let year = at.digits();
    if year.len() < 3 {
        return Err("write the year with four digits".into());
    }
    Ok((number(year)?, month, day))
}

/// Skips what parts date and clock; whether a clock follows.
fn after_date(at: &mut Cursor<'_>, plain: &mut bool) -> bool {
    let digit = |b: Option<u8>| b.is_some_and(|b| b.is_ascii_digit());
    match at.peek() {
        Some(b) if b.is_ascii_digit() => true,
        Some(b'T' | b't') if digit(at.peek_at(1)) => {
            at.skip(1);
            true
        }
        Some(b'_' | b':' | b',' | b';') => {
            at.skip(1);
            at.skip_blanks();
            *plain = false;
            digit(at.peek())
        }
        // "2000-01-01-06:00:00": a clock, for no offset has seconds.
        Some(b'-') if at.0.iter().take(10).filter(|b| **b == b':').count() == 2 => {
            at.skip(1);
            *plain = false;
            digit(at.peek())
        }
        _ => {
            at.skip_blanks();
            digit(at.peek())
        }
    }
}

type Clock = (u8, u8, u8, u32);

fn clock(at: &mut Cursor<'_>, compact_date: bool) -> Parsed<Option<Clock>> {
    let first = at.digits();
    let part = |from: usize, to: usize| first.get(from..to).unwrap_or_default();
    let (mut minute, mut second, mut nanosecond) = (0, 0, 0);
    let mut hour;
    if matches!(first.len(), 4 | 6) {
        hour = field(part(0, 2), "hour", 23)?;
        minute = field(part(2, 4), "minute", 59)?;
        if first.len() == 6 {
            second = field(part(4, 6), "second", 59)?;
            nanosecond = fraction(at);
        }
    } else {
        if compact_date && first.is_empty() {
            return Ok(None);
        }
        hour = field(first, "hour", 23)?;
        if at.peek() == Some(b':') && at.peek_at(1).is_some_and(|b| b.is_ascii_digit()) {
            at.skip(1);
            minute = field(at.digits(), "minute", 59)?;
            if at.peek() == Some(b':') && at.peek_at(1).is_some_and(|b| b.is_ascii_digit()) {
                at.skip(1);
                second = field(at.digits(), "second", 59)?;
                nanosecond = fraction(at);
            }
        }
    }
    let mut ahead = Cursor(at.0);
    ahead.skip_blanks();
    let noon = ahead.letters().to_ascii_lowercase();
    if matches!(noon.as_slice(), b"am" | b"pm") && (1..=12).contains(&hour) {
        hour = hour % 12 + if noon == b"pm" { 12 } else { 0 };
        at.0 = ahead.0;
    }
    Ok(Some((hour, minute, second, nanosecond)))
}

/// A decimal fraction of a second in nanoseconds, finer digits cut off.
fn fraction(at: &mut Cursor<'_>) -> u32 {
    let comma = at.peek() == Some(b',') && at.peek_at(1).is_some_and(|b| b.is_ascii_digit());
    if at.take(b".").is_none() && !(comma && at.take(b",").is_some()) {
        return 0;
    }
    let digits = at.digits().iter().map(|d| u32::from(d.wrapping_sub(b'0')));
    digits.chain(std::iter::repeat(0)).take(9).fold(0, |n, d| n * 10 + d)
}

fn zone(at: &mut Cursor<'_>, after_clock: bool) -> Parsed<Zone> {
    let mut found = Zone::Absent;
    let mut ahead = Cursor(at.0);
    let name = ahead.letters().to_ascii_lowercase();
    if matches!(name.as_slice(), b"z" | b"utc" | b"gmt" | b"ut") {
        at.0 = ahead.0;
        found = Zone::Signed(0);
    }
    let sign = match at.peek() {
        Some(s @ (b'+' | b'-')) if at.peek_at(1).is_some_and(|b| b.is_ascii_digit()) => Some(s),
        Some(b) if b.is_ascii_digit() && after_clock && found == Zone::Absent => None,
        _ => return Ok(found),
    };
    if sign.is_some() {
        at.skip(1);
    } else {
        // Only H:MM counts as an offset without a sign; anything else is noise.
        let n = at.count_digits();
        if n > 2 || at.peek_at(n) != Some(b':') {
            return Ok(found);
        }
    }
    let digits = at.digits();
    let (hours, minutes) = match digits {
        [_] | [_, _] if at.peek() == Some(b':') => {
            at.skip(1);
            (digits, at.digits())
        }
        [_] | [_, _] => (digits, &b"0"[..]),
        [_, _, _] | [_, _, _, _] => digits.split_at_checked(digits.len() - 2).unwrap_or_default(),
        _ => return Err("the time zone is no offset like +01:00".into()),
    };
    let (h, m) = (field(hours, "hour of a time zone", 23)?, field(minutes, "minute", 59)?);
    let offset = i32::from(h) * 60 + i32::from(m);
    Ok(match sign {
        Some(b'-') => Zone::Signed(-offset),
        Some(_) => Zone::Signed(offset),
        None => Zone::Unsigned(h, m),
    })
}
