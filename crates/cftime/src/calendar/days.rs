//! Days since 1970-01-01 ↔ year, month, day, in each calendar.

use super::Calendar;
use crate::Error;
use crate::error::Result;

/// The day of 1582-10-15, the first Gregorian one: from here on `standard` and
/// `proleptic_gregorian` agree, ticks included.
pub const REFORM_DAY: i64 = -141_427;

/// Beyond this a year cannot be reached by 64-bit ticks of a second.
const LAST_YEAR: i64 = 1 << 40;
const LAST_DAY: i64 = 1 << 49;

/// A day of a calendar.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Date {
    /// Year, in the calendar's own numbering.
    pub year: i64,
    /// Month, 1-12.
    pub month: u8,
    /// Day of the month, 1-31.
    pub day: u8,
}

impl Calendar {
    /// Days from 1970-01-01 of this calendar to a date.
    ///
    /// # Errors
    /// If the date does not exist: month or day out of range, a year zero where there is none,
    /// a day skipped in October 1582, or a year beyond ±2^40.
    ///
    /// ```
    /// use graticule_cftime::Calendar::{Day360, Standard};
    /// assert_eq!(Day360.days(1971, 1, 1).unwrap(), 360);
    /// assert!(Standard.days(1582, 10, 10).is_err());
    /// ```
    pub fn days(self, year: i64, month: u8, day: u8) -> Result<i64> {
        let invalid = |why: String| {
            Err(Error::date(&format_args!("{year:04}-{month:02}-{day:02}"), self, why))
        };
        if !(-LAST_YEAR..=LAST_YEAR).contains(&year) {
            return invalid("the year is out of range".into());
        }
        if year == 0 && !self.has_year_zero() {
            return invalid("there is no year zero, 1 follows -1".into());
        }
        if !(1..=12).contains(&month) {
            return invalid("months are 1 to 12".into());
        }
        let last = self.days_in_month(year, month);
        if !(1..=last).contains(&day) {
            return invalid(format!("the days of that month are 1 to {last}"));
        }
        if self == Self::Standard && (year, month) == (1582, 10) && (5..15).contains(&day) {
            return invalid("1582-10-15 follows 1582-10-04".into());
        }
        Ok(self.days_unchecked(year, month, day))
    }

    /// The date of a day counted from 1970-01-01 of this calendar, `None` beyond ±2^49 days
    /// (further than any tick reaches).
    ///
    /// ```
    /// use graticule_cftime::{Calendar, Date};
    /// let day = Calendar::NoLeap.date(59).unwrap();
    /// assert_eq!(day, Date { year: 1970, month: 3, day: 1 });
    /// ```
    pub fn date(self, days: i64) -> Option<Date> {
        (-LAST_DAY..=LAST_DAY).contains(&days).then(|| self.date_unchecked(days))
    }

    /// Day of the week of a day count, Monday = 0, as pandas and cftime have it.
    pub fn day_of_week(self, days: i64) -> u8 {
        let of_first = match self {
            Self::Standard | Self::ProlepticGregorian | Self::NoLeap | Self::None => 3,
            Self::Day360 | Self::Julian => 2,
            Self::AllLeap => 6,
        };
        ((days.rem_euclid(7) + of_first) % 7) as u8
    }

    /// `days` for a date known to exist.
    pub(crate) const fn days_unchecked(self, year: i64, month: u8, day: u8) -> i64 {
        let y = self.astronomical(year);
        let (m, d) = (month as i64, day as i64);
        match self {
            Self::ProlepticGregorian | Self::None => gregorian_days(y, m, d),
            Self::Julian => julian_days(y, m, d),
            Self::Standard => {
                let gregorian = y > 1582 || (y == 1582 && (m > 10 || (m == 10 && d >= 15)));
                if gregorian { gregorian_days(y, m, d) } else { julian_days(y, m, d) + 13 }
            }
            Self::NoLeap => (y - 1970) * 365 + self.day_of_year(year, month, day) as i64 - 1,
            Self::AllLeap => (y - 1970) * 366 + self.day_of_year(year, month, day) as i64 - 1,
            Self::Day360 => (y - 1970) * 360 + (m - 1) * 30 + d - 1,
        }
    }

    /// `date` for a day that a tick can reach.
    pub(crate) const fn date_unchecked(self, days: i64) -> Date {
        match self {
            Self::ProlepticGregorian | Self::None => gregorian_date(days),
            Self::Standard if days >= REFORM_DAY => gregorian_date(days),
            Self::Standard => historical(self, julian_date(days - 13)),
            Self::Julian => historical(self, julian_date(days)),
            Self::NoLeap => even_year(days, 365),
            Self::AllLeap => even_year(days, 366),
            Self::Day360 => {
                let rest = days.rem_euclid(360);
                Date {
                    year: days.div_euclid(360) + 1970,
                    month: (rest / 30 + 1) as u8,
                    day: (rest % 30 + 1) as u8,
                }
            }
        }
    }
}

const fn historical(calendar: Calendar, date: Date) -> Date {
    Date { year: calendar.historical(date.year), month: date.month, day: date.day }
}

// Years are counted from 1 March here, so that the leap day comes last.

/// Days from 1 March to a month's first, months counted from March = 0.
const fn days_before_month(from_march: i64) -> i64 {
    (153 * from_march + 2) / 5
}

const fn gregorian_days(year: i64, month: i64, day: i64) -> i64 {
    let (y, m) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    y * 365 + y.div_euclid(4) - y.div_euclid(100) + y.div_euclid(400) + days_before_month(m) + day
        - 1
        - 719_468
}

const fn julian_days(year: i64, month: i64, day: i64) -> i64 {
    let (y, m) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    y * 365 + y.div_euclid(4) + days_before_month(m) + day - 1 - 719_483
}

const fn gregorian_date(days: i64) -> Date {
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let of_era = shifted.rem_euclid(146_097);
    let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    from_march(era * 400 + year_of_era, of_year)
}

const fn julian_date(days: i64) -> Date {
    let shifted = days + 719_483;
    let era = shifted.div_euclid(1_461);
    let of_era = shifted.rem_euclid(1_461);
    let year_of_era = (of_era - of_era / 1_460) / 365;
    from_march(era * 4 + year_of_era, of_era - 365 * year_of_era)
}

const fn even_year(days: i64, length: i64) -> Date {
    let of_year = days.rem_euclid(length);
    let year = days.div_euclid(length) + 1970;
    let since_march = (of_year + 306) % length;
    let date = from_march(0, since_march);
    Date { year, month: date.month, day: date.day }
}

const fn from_march(year: i64, of_year: i64) -> Date {
    let m = (5 * of_year + 2) / 153;
    let day = (of_year - days_before_month(m) + 1) as u8;
    if m < 10 {
        Date { year, month: (m + 3) as u8, day }
    } else {
        Date { year: year + 1, month: (m - 9) as u8, day }
    }
}
