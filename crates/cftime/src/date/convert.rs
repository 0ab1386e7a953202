//! The same dates in another calendar.

use super::DateTime;
use crate::{Calendar, MISSING, TimeUnit};

/// Ticks of the same dates and times of day in another calendar; [`MISSING`] where the date does
/// not exist there or its tick overflows.
///
/// ```
/// use graticule_cftime::{Calendar, DateTime, MISSING, TimeUnit, convert_ticks};
/// let leap_day = DateTime::day(2000, 2, 29).to_ticks(TimeUnit::Second, Calendar::Standard)?;
/// let ticks = convert_ticks(&[leap_day], TimeUnit::Second, Calendar::Standard, Calendar::NoLeap);
/// assert_eq!(ticks, [MISSING]);
/// # Ok::<(), graticule_cftime::Error>(())
/// ```
pub fn convert_ticks(ticks: &[i64], unit: TimeUnit, from: Calendar, to: Calendar) -> Vec<i64> {
    if from == to {
        return ticks.to_vec();
    }
    let convert = |&tick: &i64| {
        let date = DateTime::from_ticks(tick, unit, from)?;
        date.to_ticks(unit, to).ok()
    };
    ticks.iter().map(|tick| convert(tick).unwrap_or(MISSING)).collect()
}
