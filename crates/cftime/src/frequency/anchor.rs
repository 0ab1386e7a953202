//! The days that a period without a fixed length falls on, numbered in order.

use super::Period;
use crate::Calendar;

impl Period {
    /// The number of the last such day on or before `day`.
    pub(super) fn floor_index(self, day: i64, calendar: Calendar) -> i64 {
        match self {
            Self::Week(weekday) => (day - week_shift(weekday, calendar)).div_euclid(7),
            Self::BusinessDay => {
                let from_monday = day + i64::from(calendar.day_of_week(0));
                from_monday.div_euclid(7) * 5 + from_monday.rem_euclid(7).min(4)
            }
            _ => {
                let date = calendar.date_unchecked(day);
                let month = calendar.astronomical(date.year) * 12 + i64::from(date.month) - 1;
                let at_end = date.day == calendar.days_in_month(date.year, date.month);
                let reached = if self.falls_on_last_day() && !at_end { month - 1 } else { month };
                let (length, phase) = self.months();
                (reached - phase).div_euclid(length)
            }
        }
    }

    /// The day of that number.
    pub(super) fn day_of(self, index: i64, calendar: Calendar) -> i64 {
        match self {
            Self::Week(weekday) => index * 7 + week_shift(weekday, calendar),
            Self::BusinessDay => {
                let from_monday = index.div_euclid(5) * 7 + index.rem_euclid(5);
                from_monday - i64::from(calendar.day_of_week(0))
            }
            _ => {
                let (length, phase) = self.months();
                let month = index * length + phase;
                let year = calendar.historical(month.div_euclid(12));
                let of_year = (month.rem_euclid(12) + 1) as u8;
                let last = self.falls_on_last_day();
                let day = if last { calendar.days_in_month(year, of_year) } else { 1 };
                calendar.days_unchecked(year, of_year, day)
            }
        }
    }

    /// The number that `steps` periods from `day` lead to. As in pandas, the first step from a
    /// day between two such days only reaches the next one.
    pub(super) fn step_index(self, day: i64, steps: i64, calendar: Calendar) -> i64 {
        let floor = self.floor_index(day, calendar);
        let between = self.day_of(floor, calendar) != day;
        if steps > 0 || !between { floor + steps } else { floor + steps + 1 }
    }

    /// Whether the days are the last ones of months.
    pub(super) fn falls_on_last_day(self) -> bool {
        matches!(self, Self::YearEnd(_) | Self::QuarterEnd(_) | Self::MonthEnd)
    }

    /// Months per period, and the first of them counted from January.
    fn months(self) -> (i64, i64) {
        match self {
            Self::YearStart(m) | Self::YearEnd(m) => (12, i64::from(m) - 1),
            Self::QuarterStart(m) | Self::QuarterEnd(m) => (3, (i64::from(m) - 1) % 3),
            _ => (1, 0),
        }
    }
}

/// The day of the week's first occurrence, counted from 1970-01-01.
fn week_shift(weekday: u8, calendar: Calendar) -> i64 {
    i64::from(weekday) - i64::from(calendar.day_of_week(0))
}
