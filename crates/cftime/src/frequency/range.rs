//! Regular times: start, end, spacing.

use super::Frequency;
use crate::error::{Error, Kind, Result};
use crate::{Calendar, MISSING, TimeUnit};

/// No range longer than this is made: 256 MiB of ticks.
pub(super) const LONGEST: i128 = 1 << 25;

const DAY_NANOS: i128 = 86_400_000_000_000;

/// Times from `start` to `end`, both included if the frequency meets them.
///
/// As in pandas, a frequency of months and the like begins with the first of its days from the
/// start on, and keeps the start's time of day.
///
/// # Errors
/// If a tick is missing or too coarse for the frequency, or the range would have more than 2^25
/// times.
///
/// ```
/// use graticule_cftime::{Calendar, DateTime, Frequency, TimeUnit, date_range, format_short};
/// let tick = |m, d| DateTime::day(2001, m, d).to_ticks(TimeUnit::Second, Calendar::NoLeap);
/// let ends = Frequency::parse("ME")?;
/// let ticks = date_range(tick(1, 15)?, tick(3, 30)?, ends, TimeUnit::Second, Calendar::NoLeap)?;
/// let text = ticks.iter().map(|&t| format_short(t, TimeUnit::Second, Calendar::NoLeap));
/// assert_eq!(text.collect::<Vec<_>>(), ["2001-01-31", "2001-02-28"]);
/// # Ok::<(), graticule_cftime::Error>(())
/// ```
pub fn date_range(
    start: i64,
    end: i64,
    frequency: Frequency,
    unit: TimeUnit,
    calendar: Calendar,
) -> Result<Vec<i64>> {
    let (start, end) = (nanos(start, unit)?, nanos(end, unit)?);
    let times = Times::from(start, frequency, calendar);
    times.ticks(0, times.count_until(end), unit)
}

/// `periods` times from `start` on; see [`date_range`].
///
/// # Errors
/// As for [`date_range`].
pub fn date_range_from(
    start: i64,
    periods: usize,
    frequency: Frequency,
    unit: TimeUnit,
    calendar: Calendar,
) -> Result<Vec<i64>> {
    let times = Times::from(nanos(start, unit)?, frequency, calendar);
    times.ticks(0, i128::try_from(periods).unwrap_or(i128::MAX), unit)
}

/// `periods` times of which the last is `end` or the frequency's last before it; see
/// [`date_range`].
///
/// # Errors
/// As for [`date_range`].
pub fn date_range_until(
    end: i64,
    periods: usize,
    frequency: Frequency,
    unit: TimeUnit,
    calendar: Calendar,
) -> Result<Vec<i64>> {
    let times = Times::until(nanos(end, unit)?, frequency, calendar);
    let periods = i128::try_from(periods).unwrap_or(i128::MAX);
    times.ticks(1 - periods, periods, unit)
}

/// Evenly numbered times of a frequency.
#[derive(Clone, Copy)]
pub(super) enum Times {
    Fixed { first: i128, step: i128 },
    Anchored { first: i64, time_of_day: i128, frequency: Frequency, calendar: Calendar },
}

impl Times {
    /// Time 0 is the first at or after `start`.
    pub(super) fn from(start: i128, frequency: Frequency, calendar: Calendar) -> Self {
        Self::with(start, frequency, calendar, |period, day| {
            let floor = period.floor_index(day, calendar);
            floor + i64::from(period.day_of(floor, calendar) != day)
        })
    }

    /// Time 0 is the last at or before `end`.
    fn until(end: i128, frequency: Frequency, calendar: Calendar) -> Self {
        Self::with(end, frequency, calendar, |period, day| period.floor_index(day, calendar))
    }

    fn with(
        at: i128,
        frequency: Frequency,
        calendar: Calendar,
        first: impl Fn(super::Period, i64) -> i64,
    ) -> Self {
        if let Some(step) = frequency.nanos() {
            return Self::Fixed { first: at, step: step.into() };
        }
        let (day, time_of_day) = (at.div_euclid(DAY_NANOS) as i64, at.rem_euclid(DAY_NANOS));
        let first = first(frequency.period(), day);
        Self::Anchored { first, time_of_day, frequency, calendar }
    }

    /// Nanoseconds of time `n`.
    fn get(&self, n: i128) -> Option<i128> {
        match *self {
            Self::Fixed { first, step } => n.checked_mul(step)?.checked_add(first),
            Self::Anchored { first, time_of_day, frequency, calendar } => {
                let steps = n.checked_mul(frequency.multiple().into())?;
                let index = steps.checked_add(first.into())?;
                // Beyond this no date can be reached by ticks.
                let index = i64::try_from(index).ok().filter(|i| i.abs() < 1 << 48)?;
                let day = frequency.period().day_of(index, calendar);
                Some(i128::from(day) * DAY_NANOS + time_of_day)
            }
        }
    }

    /// How many times there are from 0 to the last at or before `end`.
    pub(super) fn count_until(&self, end: i128) -> i128 {
        match *self {
            Self::Fixed { first, step } => ((end - first).div_euclid(step) + 1).max(0),
            Self::Anchored { first, time_of_day, frequency, calendar } => {
                let day = (end - time_of_day).div_euclid(DAY_NANOS) as i64;
                let last = frequency.period().floor_index(day, calendar);
                let steps = (last - first).div_euclid(frequency.multiple().into());
                i128::from(steps + 1).max(0)
            }
        }
    }

    /// Nanoseconds of `count` times from number `from` on.
    pub(super) fn nanos(&self, from: i128, count: i128) -> Result<Vec<i128>> {
        if count > LONGEST {
            return Err(Kind::Range(format!("{count} times are too many")).into());
        }
        let out_of_range = || Error::from(Kind::Range("a time is out of range".into()));
        (from..from + count).map(|n| self.get(n).ok_or_else(out_of_range)).collect()
    }

    fn ticks(&self, from: i128, count: i128, unit: TimeUnit) -> Result<Vec<i64>> {
        self.nanos(from, count)?.into_iter().map(|n| tick(n, unit)).collect()
    }
}

pub(super) fn nanos(tick: i64, unit: TimeUnit) -> Result<i128> {
    if tick == MISSING {
        return Err(Kind::Range("its start or end is missing".into()).into());
    }
    Ok(i128::from(tick) * i128::from(unit.nanos()))
}

pub(super) fn tick(nanos: i128, unit: TimeUnit) -> Result<i64> {
    let per_tick = i128::from(unit.nanos());
    if nanos % per_tick != 0 {
        return Err(Error::precision(&"a time of this frequency", unit));
    }
    i64::try_from(nanos / per_tick)
        .ok()
        .filter(|&t| t != MISSING)
        .ok_or_else(|| Error::overflow(&"a time of this frequency", unit))
}
