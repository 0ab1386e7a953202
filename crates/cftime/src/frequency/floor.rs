//! The start of the period that a time falls into.

use super::Frequency;
use crate::error::{Error, Result};
use crate::{Calendar, MISSING, TimeUnit};

impl Frequency {
    /// The first tick of the period that a tick falls into: multiples of a fixed length since
    /// 1970-01-01, else the first day of the year, quarter, month or week (also for the
    /// frequencies named after the last day). [`MISSING`] stays missing.
    ///
    /// # Errors
    /// If a period longer than a day has a multiple, for it is not said where to count from; if
    /// the ticks are too coarse for the frequency, or the result overflows.
    ///
    /// ```
    /// use graticule_cftime::{Calendar, Frequency, TimeUnit};
    /// let month = Frequency::parse("MS")?;
    /// let start = month.floor(40 * 86_400, TimeUnit::Second, Calendar::NoLeap)?;
    /// assert_eq!(start, 31 * 86_400);
    /// # Ok::<(), graticule_cftime::Error>(())
    /// ```
    pub fn floor(&self, tick: i64, unit: TimeUnit, calendar: Calendar) -> Result<i64> {
        if tick == MISSING {
            return Ok(MISSING);
        }
        let overflow = || Error::overflow(&"the start of a period", unit);
        if let Some(nanos) = self.nanos() {
            if nanos % unit.nanos() != 0 {
                return Err(Error::precision(&format!("the frequency {self}"), unit));
            }
            let down = tick.rem_euclid(nanos / unit.nanos());
            return tick.checked_sub(down).filter(|&t| t != MISSING).ok_or_else(overflow);
        }
        if self.multiple() != 1 {
            let why = "only one period has a start, several have to be counted from somewhere";
            return Err(super::unreadable(&self.to_string(), why));
        }
        let day = tick.div_euclid(unit.per_day());
        // The day after the last one of the period before is this period's first.
        let later = i64::from(self.is_end());
        let index = self.period().floor_index(day - later, calendar);
        let first = self.period().day_of(index, calendar) + later;
        first.checked_mul(unit.per_day()).filter(|&t| t != MISSING).ok_or_else(overflow)
    }

    /// [`floor`](Self::floor) of many ticks.
    ///
    /// # Errors
    /// As for one tick.
    pub fn floor_all(&self, ticks: &[i64], unit: TimeUnit, calendar: Calendar) -> Result<Vec<i64>> {
        ticks.iter().map(|&t| self.floor(t, unit, calendar)).collect()
    }
}
