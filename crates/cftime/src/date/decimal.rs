//! Times as years and parts of years.

use super::{DateTime, Field};
use crate::{Calendar, MISSING, TimeUnit};

/// Each time as its year plus the part of that year which has passed: 2 July, noon, of a year of
/// 365 days is half a year. NaN for missing times; years before 1 are counted with a year 0.
///
/// ```
/// use graticule_cftime::{Calendar, DateTime, TimeUnit, decimal_years};
/// let july = DateTime::day(2001, 7, 1).to_ticks(TimeUnit::Second, Calendar::Day360)?;
/// assert_eq!(decimal_years(&[july], TimeUnit::Second, Calendar::Day360), [2001.5]);
/// # Ok::<(), graticule_cftime::Error>(())
/// ```
pub fn decimal_years(ticks: &[i64], unit: TimeUnit, calendar: Calendar) -> Vec<f64> {
    let years = Field::Year.of_all(ticks, unit, calendar);
    // Times mostly come in order: the last year's start and length are kept.
    let mut last: Option<(i64, i128, f64)> = None;
    let mut decimal = |(tick, year): (&i64, &i64)| -> Option<f64> {
        if *tick == MISSING {
            return None;
        }
        let (start, length) = match last {
            Some((of, start, length)) if of == *year => (start, length),
            _ => {
                let first = |year| DateTime::day(year, 1, 1).nanos_since_epoch(calendar).ok();
                let start = first(*year)? / i128::from(unit.nanos());
                // The year of the reform has ten days less than its last day's number says.
                let end = first(calendar.next_year(*year))? / i128::from(unit.nanos());
                let length = (end - start) as f64;
                last = Some((*year, start, length));
                (start, length)
            }
        };
        let within = (i128::from(*tick) - start) as f64;
        Some(calendar.astronomical(*year) as f64 + within / length)
    };
    ticks.iter().zip(&years).map(|pair| decimal(pair).unwrap_or(f64::NAN)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn years_run_from_their_first_day_to_the_next() {
        for calendar in Calendar::ALL {
            for year in [-5, 1, 1581, 1582, 1583, 1999, 2000] {
                let unit = TimeUnit::Millisecond;
                let first = DateTime::day(year, 1, 1).to_ticks(unit, calendar).unwrap();
                let next = DateTime::day(calendar.next_year(year), 1, 1);
                let next = next.to_ticks(unit, calendar).unwrap();
                let found = decimal_years(&[first, next, MISSING], unit, calendar);
                let year = calendar.astronomical(year) as f64;
                assert_eq!(found[..2], [year, year + 1.0], "{calendar:?}");
                assert!(found[2].is_nan());
                let half = decimal_years(&[first + (next - first) / 2], unit, calendar)[0];
                assert!((half - year - 0.5).abs() < 1e-9, "{calendar:?} {year} {half}");
            }
        }
        assert!(
            decimal_years(&[i64::MAX, i64::MIN + 1], TimeUnit::Second, Calendar::Standard)[0]
                > 2e11
        );
    }
}
