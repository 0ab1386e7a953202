//! Regular times in every calendar.

use graticule_array::{Array, DType, Error, Result, TimeType};
use graticule_cftime::{
    Calendar, Frequency, PartialDate, TimeUnit, date_range as range, date_range_from,
    date_range_until,
};

use crate::data::Data;

/// Which ends of a range belong to it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Inclusive {
    /// The start and the end.
    #[default]
    Both,
    /// Only the start.
    Left,
    /// Only the end.
    Right,
    /// Neither.
    Neither,
}

/// Regular times, built from three of: a start, an end, a number of times, a frequency. Becomes
/// the data of a coordinate.
///
/// ```
/// use graticule_dataset::{DataArray, Inclusive, date_range};
/// let months = date_range("1850-01").periods(360).freq("MS").calendar("noleap");
/// let time = DataArray::new("time", "time", months);
/// assert_eq!(time.dtype().to_string(), "time[s, NoLeap]");
/// assert_eq!(time.size_of("time"), Some(360));
///
/// let days = date_range("2000-02-27").end("2000-03-01").inclusive(Inclusive::Left);
/// assert_eq!(DataArray::new("time", "time", days).len(), 3);
///
/// let wrong = date_range("2000-13-01").periods(3);
/// assert!(DataArray::new("time", "time", wrong).check().is_err());
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
#[must_use]
pub struct DateRange {
    start: Option<String>,
    end: Option<String>,
    periods: Option<usize>,
    freq: Option<String>,
    calendar: Option<String>,
    unit: Option<TimeUnit>,
    inclusive: Inclusive,
}

/// Times from a start on ("2000-01-01", "2000-01-01T12:30", "2000"): give it an
/// [`end`](DateRange::end) or a number of [`periods`](DateRange::periods).
pub fn date_range(start: &str) -> DateRange {
    DateRange { start: Some(start.to_owned()), ..DateRange::default() }
}

impl DateRange {
    /// Times until an end; give it a number of periods.
    pub fn until(end: &str) -> Self {
        Self { end: Some(end.to_owned()), ..Self::default() }
    }

    /// The last time, if the frequency meets it.
    pub fn end(mut self, end: &str) -> Self {
        self.end = Some(end.to_owned());
        self
    }

    /// The number of times.
    pub fn periods(mut self, count: usize) -> Self {
        self.periods = Some(count);
        self
    }

    /// The distance: `"D"` (the default), `"6h"`, `"MS"`, `"QE-NOV"`, `"YS"` ... as in pandas.
    /// With a start, an end and a number of periods there is none: the times are evenly spaced.
    pub fn freq(mut self, freq: &str) -> Self {
        self.freq = Some(freq.to_owned());
        self
    }

    /// The calendar by its CF name; `"standard"` by default.
    pub fn calendar(mut self, calendar: &str) -> Self {
        self.calendar = Some(calendar.to_owned());
        self
    }

    /// The unit of the ticks; by default the coarsest that holds the times.
    pub fn unit(mut self, unit: TimeUnit) -> Self {
        self.unit = Some(unit);
        self
    }

    /// Which ends belong to it; both by default.
    pub fn inclusive(mut self, inclusive: Inclusive) -> Self {
        self.inclusive = inclusive;
        self
    }

    /// The times, an array of one axis.
    ///
    /// # Errors
    /// If a date, the frequency or the calendar cannot be read, not exactly three of the four
    /// parts are given, or there would be too many times.
    pub fn build(&self) -> Result<Array> {
        let calendar = match &self.calendar {
            Some(name) => Calendar::parse(name)?,
            None => Calendar::Standard,
        };
        let date = |text: &Option<String>| -> Result<Option<i64>> {
            let Some(text) = text else { return Ok(None) };
            let at = PartialDate::parse(text)?.start();
            Ok(Some(at.to_ticks(TimeUnit::Nanosecond, calendar).or_else(|_| {
                // Too far away for nanoseconds; the units below are coarser then.
                at.to_ticks(TimeUnit::Second, calendar).map(|_| i64::MIN)
            })?))
        };
        let far = |ticks: Option<i64>| ticks == Some(i64::MIN);
        let (first, last) = (date(&self.start)?, date(&self.end)?);
        let unit = match self.unit {
            Some(unit) => unit,
            None if far(first) || far(last) => TimeUnit::Second,
            None => self.coarsest(first, last)?,
        };
        let ticks_of = |text: &Option<String>| -> Result<Option<i64>> {
            let Some(text) = text else { return Ok(None) };
            Ok(Some(PartialDate::parse(text)?.start().to_ticks(unit, calendar)?))
        };
        let (start, end) = (ticks_of(&self.start)?, ticks_of(&self.end)?);
        let freq = self.freq.as_deref().unwrap_or("D");
        let mut ticks = match (start, end, self.periods) {
            (Some(start), Some(end), Some(count)) if self.freq.is_none() => {
                evenly(start, end, count)?
            }
            (Some(start), Some(end), None) => {
                range(start, end, Frequency::parse(freq)?, unit, calendar)?
            }
            (Some(start), None, Some(count)) => {
                date_range_from(start, count, Frequency::parse(freq)?, unit, calendar)?
            }
            (None, Some(end), Some(count)) => {
                date_range_until(end, count, Frequency::parse(freq)?, unit, calendar)?
            }
            _ => {
                return Err(Error::invalid(
                    "a range of dates needs exactly three of: start, end, periods, freq",
                )
                .hint("date_range(\"2000-01-01\").periods(12).freq(\"MS\")"));
            }
        };
        let open_left = matches!(self.inclusive, Inclusive::Right | Inclusive::Neither);
        if open_left && start.is_some() && ticks.first().copied() == start {
            ticks.remove(0);
        }
        let open_right = matches!(self.inclusive, Inclusive::Left | Inclusive::Neither);
        if open_right && end.is_some() && ticks.last().copied() == end {
            ticks.pop();
        }
        Array::from_vec([ticks.len()], ticks)?.with_dtype(DType::Time(TimeType { unit, calendar }))
    }

    /// The coarsest unit that holds the ends, given in nanoseconds, and the frequency.
    fn coarsest(&self, first: Option<i64>, last: Option<i64>) -> Result<TimeUnit> {
        let mut nanos = vec![first.unwrap_or(0), last.unwrap_or(0)];
        match (self.freq.as_deref(), self.periods, first, last) {
            (None, Some(count), Some(first), Some(last)) if count > 1 => {
                let steps = i64::try_from(count - 1).unwrap_or(i64::MAX);
                let span = last.saturating_sub(first);
                let exact = span % steps == 0;
                nanos.push(if exact { span / steps } else { 1 });
            }
            (freq, ..) => nanos.extend(Frequency::parse(freq.unwrap_or("D"))?.nanos()),
        }
        let whole = |unit: i64| nanos.iter().all(|n| n % unit == 0);
        Ok(match () {
            () if whole(1_000_000_000) => TimeUnit::Second,
            () if whole(1_000_000) => TimeUnit::Millisecond,
            () if whole(1_000) => TimeUnit::Microsecond,
            () => TimeUnit::Nanosecond,
        })
    }
}

/// `count` ticks from one to another, both included.
fn evenly(start: i64, end: i64, count: usize) -> Result<Vec<i64>> {
    if count > 1 << 25 {
        return Err(Error::over_budget(format!("{count} times are too many")));
    }
    let steps = count.saturating_sub(1).max(1) as i128;
    let span = i128::from(end) - i128::from(start);
    let tick = |i: usize| {
        let offset = (span * i as i128).div_euclid(steps);
        i64::try_from(i128::from(start) + offset).map_err(|_| Error::bug("a tick left its range"))
    };
    (0..count).map(tick).collect()
}

impl From<DateRange> for Data {
    fn from(range: DateRange) -> Self {
        Self::from(range.build())
    }
}

impl From<&DateRange> for Data {
    fn from(range: &DateRange) -> Self {
        Self::from(range.build())
    }
}
