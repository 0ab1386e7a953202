//! The frequency of times that are there.

use super::{Frequency, Period};
use crate::{Calendar, DateTime, MISSING, TimeUnit};

impl Frequency {
    /// The frequency of ascending times: of equal steps up to weeks, or of the first or last days
    /// of months, quarters and years at one time of day. `None` for fewer than three times, and
    /// where one is missing or out of step.
    ///
    /// ```
    /// use graticule_cftime::{Calendar, DateTime, Frequency, TimeUnit};
    /// let calendar = Calendar::Day360;
    /// let tick = |m| DateTime::day(2000, m, 30).to_ticks(TimeUnit::Second, calendar);
    /// let found = Frequency::infer(&[tick(1)?, tick(2)?, tick(3)?], TimeUnit::Second, calendar);
    /// assert_eq!(found, Some(Frequency::parse("30D")?));
    /// let found = Frequency::infer(&[tick(1)?, tick(4)?, tick(7)?], TimeUnit::Second, calendar);
    /// assert_eq!(found, Some(Frequency::parse("90D")?));
    /// # Ok::<(), graticule_cftime::Error>(())
    /// ```
    #[must_use]
    pub fn infer(ticks: &[i64], unit: TimeUnit, calendar: Calendar) -> Option<Self> {
        if ticks.len() < 3 || ticks.contains(&MISSING) {
            return None;
        }
        even(ticks, unit).or_else(|| by_months(ticks, unit, calendar))
    }
}

/// The step between neighbours, if it is the same and positive everywhere.
fn common(mut steps: impl Iterator<Item = Option<i64>>) -> Option<i64> {
    let first = steps.next()??;
    (first > 0 && steps.all(|s| s == Some(first))).then_some(first)
}

fn even(ticks: &[i64], unit: TimeUnit) -> Option<Frequency> {
    let pairs = ticks.iter().zip(ticks.iter().skip(1));
    let step = i128::from(common(pairs.map(|(a, b)| b.checked_sub(*a)))?);
    let nanos = step * i128::from(unit.nanos());
    let periods = [
        Period::Day,
        Period::Hour,
        Period::Minute,
        Period::Second,
        Period::Millisecond,
        Period::Microsecond,
        Period::Nanosecond,
    ];
    periods.into_iter().find_map(|period| {
        let one = i128::from(Frequency { multiple: 1, period }.nanos()?);
        let multiple = u32::try_from(nanos / one).ok().filter(|_| nanos % one == 0)?;
        Frequency::new(multiple, period).ok()
    })
}

/// The frequency by months, of times on the first or last days of months.
pub(super) fn by_months(ticks: &[i64], unit: TimeUnit, calendar: Calendar) -> Option<Frequency> {
    let dates: Option<Vec<DateTime>> =
        ticks.iter().map(|t| DateTime::from_ticks(*t, unit, calendar)).collect();
    let dates = dates?;
    let first = dates.first()?;
    let time = |d: &DateTime| (d.hour, d.minute, d.second, d.nanosecond);
    if dates.iter().any(|d| time(d) != time(first)) {
        return None;
    }
    let month = |d: &DateTime| calendar.astronomical(d.year) * 12 + i64::from(d.month);
    let pairs = dates.iter().zip(dates.iter().skip(1));
    let step = u32::try_from(common(pairs.map(|(a, b)| Some(month(b) - month(a))))?).ok()?;
    let starts = dates.iter().all(|d| d.day == 1);
    let ends = dates.iter().all(|d| d.day == calendar.days_in_month(d.year, d.month));
    let (multiple, period) = match (step % 12, step % 3, starts, ends) {
        (0, _, true, _) => (step / 12, Period::YearStart(first.month)),
        (0, _, _, true) => (step / 12, Period::YearEnd(first.month)),
        (_, 0, true, _) => (step / 3, Period::QuarterStart(first.month)),
        (_, 0, _, true) => (step / 3, Period::QuarterEnd(first.month)),
        (_, _, true, _) => (step, Period::MonthStart),
        (_, _, _, true) => (step, Period::MonthEnd),
        _ => return None,
    };
    Frequency::new(multiple, period).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::date_range_from;

    #[test]
    fn what_a_range_was_made_with_is_found() {
        let start = DateTime::new(2001, 3, 1, 6, 0, 0);
        for calendar in Calendar::ALL {
            let from = start.to_ticks(TimeUnit::Nanosecond, calendar).unwrap();
            for text in ["YS-MAR", "2YE-MAR", "QS-MAR", "QE-MAR", "MS", "5ME", "2MS"] {
                // In calendars whose months or years are all alike, these are so many days.
                let same = calendar == Calendar::Day360
                    || (text.contains('Y')
                        && matches!(calendar, Calendar::NoLeap | Calendar::AllLeap));
                let made = Frequency::parse(text).unwrap();
                let ticks = date_range_from(from, 7, made, TimeUnit::Nanosecond, calendar).unwrap();
                let found = Frequency::infer(&ticks, TimeUnit::Nanosecond, calendar).unwrap();
                if same {
                    assert_eq!(found.period(), Period::Day, "{text} {calendar:?}");
                } else {
                    assert_eq!(found.to_string(), text, "{calendar:?}");
                }
            }
            for text in ["D", "7D", "3h", "90min", "45s", "5ms", "1500us", "3ns"] {
                let made = Frequency::parse(text).unwrap();
                let ticks = date_range_from(from, 4, made, TimeUnit::Nanosecond, calendar).unwrap();
                let found = Frequency::infer(&ticks, TimeUnit::Nanosecond, calendar).unwrap();
                assert_eq!(found.nanos(), made.nanos());
            }
        }
        let uneven = [0, 1, 3];
        assert_eq!(Frequency::infer(&uneven, TimeUnit::Second, Calendar::Standard), None);
        assert_eq!(Frequency::infer(&[0, 1], TimeUnit::Second, Calendar::Standard), None);
        assert_eq!(Frequency::infer(&[2, 1, 0], TimeUnit::Second, Calendar::Standard), None);
        assert_eq!(Frequency::infer(&[0, MISSING, 2], TimeUnit::Second, Calendar::Standard), None);
    }
}
