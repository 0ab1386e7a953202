//! The same range of times in another calendar.

use super::infer::by_months;
use super::{Frequency, Period, date_range};
use crate::error::{Error, Kind, Result};
use crate::{Calendar, DateTime, TimeUnit};

/// Regular times in another calendar: with the frequency of `ticks`, from their first date to
/// their last. A last date that does not exist there is the nearest day before; one that was the
/// last of its month stays so, unless the frequency is finer than days.
///
/// ```
/// use graticule_cftime::{Calendar, DateTime, TimeUnit, date_range_like};
/// let (unit, noleap) = (TimeUnit::Second, Calendar::NoLeap);
/// let months = |c| (1..=4).map(move |m| DateTime::day(2000, m, 1).to_ticks(unit, c));
/// let from: Vec<i64> = months(Calendar::Standard).collect::<Result<_, _>>()?;
/// let to: Vec<i64> = months(noleap).collect::<Result<_, _>>()?;
/// assert_eq!(date_range_like(&from, unit, Calendar::Standard, noleap)?, to);
/// # Ok::<(), graticule_cftime::Error>(())
/// ```
///
/// # Errors
/// If the ticks are not regular, or the range does not fit into ticks.
pub fn date_range_like(
    ticks: &[i64],
    unit: TimeUnit,
    from: Calendar,
    to: Calendar,
) -> Result<Vec<i64>> {
    let irregular =
        || Error::from(Kind::Range("the times have no regular distance to go on with".into()));
    // Months that are all as long as each other are so many days, but not in other calendars.
    let by_months = if ticks.len() < 3 { None } else { by_months(ticks, unit, from) };
    let frequency = by_months.or_else(|| Frequency::infer(ticks, unit, from));
    let frequency = frequency.ok_or_else(irregular)?;
    let date = |tick: &i64| DateTime::from_ticks(*tick, unit, from).ok_or_else(irregular);
    let first = date(ticks.first().ok_or_else(irregular)?)?;
    let last = date(ticks.last().ok_or_else(irregular)?)?;
    let (first, mut end) = (existing(first, to), existing(last, to));
    let by_days = matches!(
        frequency.period(),
        Period::Day | Period::MonthEnd | Period::QuarterEnd(_) | Period::YearEnd(_)
    );
    if by_days && last.day == from.days_in_month(last.year, last.month) {
        end.day = to.days_in_month(end.year, end.month);
    }
    date_range(first.to_ticks(unit, to)?, end.to_ticks(unit, to)?, frequency, unit, to)
}

/// The date, or the last day of its month that exists in a calendar.
fn existing(date: DateTime, calendar: Calendar) -> DateTime {
    let last = calendar.days_in_month(date.year, date.month);
    DateTime { day: date.day.min(last), ..date }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::date_range_from;

    fn like(start: DateTime, n: usize, freq: &str, from: Calendar, to: Calendar) -> Vec<String> {
        let (unit, every) = (TimeUnit::Second, Frequency::parse(freq).unwrap());
        let start = start.to_ticks(unit, from).unwrap();
        let ticks = date_range_from(start, n, every, unit, from).unwrap();
        let made = date_range_like(&ticks, unit, from, to).unwrap();
        made.iter()
            .map(|t| DateTime::from_ticks(*t, unit, to).unwrap().iso()[..13].into())
            .collect()
    }

    // Expected values are those of xarray 2026.9.
    #[test]
    fn ranges_are_those_of_xarray() {
        let (standard, noleap, even) = (Calendar::Standard, Calendar::NoLeap, Calendar::Day360);
        let days = like(DateTime::day(2000, 2, 27), 4, "D", standard, noleap);
        assert_eq!(days, ["2000-02-27T00", "2000-02-28T00", "2000-03-01T00"]);
        let to_end = like(DateTime::day(2001, 1, 1), 31, "D", noleap, even);
        assert_eq!((to_end.len(), &*to_end[29]), (30, "2001-01-30T00"));
        let back = like(DateTime::day(2001, 1, 1), 30, "D", even, noleap);
        assert_eq!((back.len(), &*back[30]), (31, "2001-01-31T00"));
        let ends = like(DateTime::day(2001, 1, 31), 3, "ME", noleap, even);
        assert_eq!(ends, ["2001-01-30T00", "2001-02-30T00", "2001-03-30T00"]);
        let months = like(DateTime::day(2001, 1, 1), 3, "MS", even, noleap);
        assert_eq!(months, ["2001-01-01T00", "2001-02-01T00", "2001-03-01T00"]);
        let hours = like(DateTime::new(2000, 2, 29, 18, 0, 0), 3, "6h", standard, noleap);
        assert_eq!(hours, ["2000-02-28T18", "2000-03-01T00", "2000-03-01T06"]);
        let uneven = date_range_like(&[0, 1, 5], TimeUnit::Second, standard, noleap);
        assert!(uneven.is_err() && date_range_like(&[], TimeUnit::Second, standard, even).is_err());
    }
}
