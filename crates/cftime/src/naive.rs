//! To and from chrono, for the calendar that it knows.

use chrono::NaiveDateTime;

use crate::error::{Error, Result};
use crate::{Calendar, MISSING, REFORM_DAY, TimeUnit};

/// The chrono time of a tick; `None` for [`MISSING`].
///
/// # Errors
/// If the calendar is not `proleptic_gregorian`, nor `standard` from 1582-10-15 on, or the time
/// lies beyond chrono's years.
///
/// ```
/// use graticule_cftime::{Calendar, TimeUnit, to_chrono};
/// let time = to_chrono(86_400, TimeUnit::Second, Calendar::Standard)?.unwrap();
/// assert_eq!(time.to_string(), "1970-01-02 00:00:00");
/// # Ok::<(), graticule_cftime::Error>(())
/// ```
pub fn to_chrono(tick: i64, unit: TimeUnit, calendar: Calendar) -> Result<Option<NaiveDateTime>> {
    if tick == MISSING {
        return Ok(None);
    }
    let seconds = tick.div_euclid(unit.per_second());
    let nanos = tick.rem_euclid(unit.per_second()) * unit.nanos();
    check(seconds, calendar)?;
    let time = chrono::DateTime::from_timestamp(seconds, nanos as u32);
    match time {
        Some(time) => Ok(Some(time.naive_utc())),
        None => Err(Error::overflow(&"a time for chrono", unit)),
    }
}

/// The tick of a chrono time.
///
/// # Errors
/// If the calendar is not `proleptic_gregorian`, nor `standard` from 1582-10-15 on, or the tick
/// is too coarse or overflows.
pub fn from_chrono(time: NaiveDateTime, unit: TimeUnit, calendar: Calendar) -> Result<i64> {
    let time = time.and_utc();
    let seconds = time.timestamp();
    check(seconds, calendar)?;
    let nanos = i64::from(time.timestamp_subsec_nanos());
    if nanos % unit.nanos() != 0 {
        return Err(Error::precision(&time.naive_utc(), unit));
    }
    seconds
        .checked_mul(unit.per_second())
        .and_then(|t| t.checked_add(nanos / unit.nanos()))
        .ok_or_else(|| Error::overflow(&time.naive_utc(), unit))
}

fn check(seconds: i64, calendar: Calendar) -> Result<()> {
    let refused = |why| {
        let date = format!("with {seconds} s since 1970");
        Err(Error::date(&date, calendar, why))
    };
    match calendar {
        Calendar::ProlepticGregorian => Ok(()),
        Calendar::Standard if seconds >= REFORM_DAY * 86_400 => Ok(()),
        Calendar::Standard => refused("chrono knows no Julian dates"),
        _ => refused("chrono knows the Gregorian calendar only"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::DateTime;

    #[test]
    fn dates_round_trip() {
        for (year, month, day) in [(1582, 10, 15), (1969, 12, 31), (2262, 4, 11), (9999, 2, 28)] {
            for calendar in [Calendar::Standard, Calendar::ProlepticGregorian] {
                let date = DateTime::new(year, month, day, 1, 2, 3);
                let tick = date.to_ticks(TimeUnit::Millisecond, calendar).unwrap() + 5;
                let time = to_chrono(tick, TimeUnit::Millisecond, calendar).unwrap().unwrap();
                let text = time.format("%Y-%m-%dT%H:%M:%S%.3f").to_string();
                assert_eq!(text, format!("{}.005", date.short()));
                assert_eq!(from_chrono(time, TimeUnit::Millisecond, calendar).unwrap(), tick);
                let error = from_chrono(time, TimeUnit::Second, calendar).unwrap_err();
                assert!(error.is_precision());
            }
        }
    }

    #[test]
    fn other_calendars_are_refused() {
        let second = TimeUnit::Second;
        assert_eq!(to_chrono(MISSING, second, Calendar::Day360).unwrap(), None);
        assert!(to_chrono(0, second, Calendar::Day360).unwrap_err().is_invalid_date());
        let before = REFORM_DAY * 86_400 - 1;
        assert!(to_chrono(before, second, Calendar::Standard).is_err());
        assert!(to_chrono(before, second, Calendar::ProlepticGregorian).is_ok());
        let far = to_chrono(i64::MAX, second, Calendar::ProlepticGregorian);
        assert!(far.unwrap_err().is_overflow());
        let leap_second = chrono::NaiveDate::from_ymd_opt(2016, 12, 31)
            .and_then(|d| d.and_hms_nano_opt(23, 59, 59, 1_500_000_000))
            .unwrap();
        assert!(from_chrono(leap_second, second, Calendar::Standard).is_err());
    }
}
