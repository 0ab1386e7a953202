//! Fields of dates (year, month, season, ...), for many ticks at once.

use std::fmt;

use crate::{Calendar, MISSING, TimeUnit};

/// A number that a date-time has: what `.dt` accessors and `groupby("time.month")` name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[cfg_attr(feature = "wire", derive(serde::Serialize, serde::Deserialize))]
pub enum Field {
    /// Year, in the calendar's own numbering.
    Year,
    /// Month, 1-12.
    Month,
    /// Day of the month, 1-31.
    Day,
    /// Hour, 0-23.
    Hour,
    /// Minute, 0-59.
    Minute,
    /// Second, 0-59.
    Second,
    /// Microsecond of the second, 0-999,999.
    Microsecond,
    /// Nanosecond of the microsecond, 0-999.
    Nanosecond,
    /// Day of the year, 1-366.
    DayOfYear,
    /// Day of the week, Monday = 0.
    DayOfWeek,
    /// Season, 1-4 for DJF, MAM, JJA, SON; see [`season_name`].
    Season,
    /// Quarter, 1-4.
    Quarter,
    /// ISO week, 1-53.
    Week,
    /// Number of the month's last day.
    DaysInMonth,
    /// Number of the year's last day.
    DaysInYear,
    /// First year of the decade: 1990 for 1990-1999.
    Decade,
    /// Month and day as month × 100 + day: 301 for 1 March of any year.
    MonthDay,
}

/// The name of a season number: 1 "DJF", 2 "MAM", 3 "JJA", 4 "SON".
pub const fn season_name(season: i64) -> Option<&'static str> {
    match season {
        1 => Some("DJF"),
        2 => Some("MAM"),
        3 => Some("JJA"),
        4 => Some("SON"),
        _ => None,
    }
}

impl Field {
    /// All fields.
    pub const ALL: [Field; 17] = [
        Self::Year,
        Self::Month,
        Self::Day,
        Self::Hour,
        Self::Minute,
        Self::Second,
        Self::Microsecond,
        Self::Nanosecond,
        Self::DayOfYear,
        Self::DayOfWeek,
        Self::Season,
        Self::Quarter,
        Self::Week,
        Self::DaysInMonth,
        Self::DaysInYear,
        Self::Decade,
        Self::MonthDay,
    ];

    /// The name, as in xarray where it has one: "month", "dayofyear", "days_in_month".
    pub const fn name(self) -> &'static str {
        match self {
            Self::Year => "year",
            Self::Month => "month",
            Self::Day => "day",
            Self::Hour => "hour",
            Self::Minute => "minute",
            Self::Second => "second",
            Self::Microsecond => "microsecond",
            Self::Nanosecond => "nanosecond",
            Self::DayOfYear => "dayofyear",
            Self::DayOfWeek => "dayofweek",
            Self::Season => "season",
            Self::Quarter => "quarter",
            Self::Week => "week",
            Self::DaysInMonth => "days_in_month",
            Self::DaysInYear => "days_in_year",
            Self::Decade => "decade",
            Self::MonthDay => "monthday",
        }
    }

    /// The field of that name; pandas' other names ("weekday", "daysinmonth", ...) are known.
    pub fn parse(name: &str) -> Option<Self> {
        let known = Self::ALL.into_iter().find(|f| f.name() == name);
        known.or(match name {
            "day_of_year" => Some(Self::DayOfYear),
            "day_of_week" | "weekday" => Some(Self::DayOfWeek),
            "weekofyear" | "isoweek" => Some(Self::Week),
            "daysinmonth" => Some(Self::DaysInMonth),
            "month_day" | "month-day" => Some(Self::MonthDay),
            _ => None,
        })
    }

    /// This field of one tick; [`MISSING`] for a missing one.
    pub fn of(self, tick: i64, unit: TimeUnit, calendar: Calendar) -> i64 {
        let mut value = [MISSING];
        self.of_all_into(&[tick], unit, calendar, &mut value);
        let [value] = value;
        value
    }

    /// This field of each tick; [`MISSING`] for missing ones.
    ///
    /// ```
    /// use graticule_cftime::{Calendar, Field, TimeUnit};
    /// let ticks = [0, 31 * 86_400];
    /// let months = Field::Month.of_all(&ticks, TimeUnit::Second, Calendar::NoLeap);
    /// assert_eq!(months, [1, 2]);
    /// ```
    pub fn of_all(self, ticks: &[i64], unit: TimeUnit, calendar: Calendar) -> Vec<i64> {
        let mut values = vec![MISSING; ticks.len()];
        self.of_all_into(ticks, unit, calendar, &mut values);
        values
    }

    /// [`of_all`](Self::of_all) into the caller's buffer, as far as both reach.
    pub fn of_all_into(self, ticks: &[i64], unit: TimeUnit, calendar: Calendar, out: &mut [i64]) {
        // The divisors have to be constants: division by a variable costs several times more.
        match unit {
            TimeUnit::Second => self.fill::<1>(ticks, calendar, out),
            TimeUnit::Millisecond => self.fill::<1_000>(ticks, calendar, out),
            TimeUnit::Microsecond => self.fill::<1_000_000>(ticks, calendar, out),
            TimeUnit::Nanosecond => self.fill::<1_000_000_000>(ticks, calendar, out),
        }
    }

    fn fill<const SECOND: i64>(self, ticks: &[i64], calendar: Calendar, out: &mut [i64]) {
        let clock = |out: &mut [i64], value: fn(i64) -> i64| map(ticks, out, value);
        match self {
            Self::Hour => clock(out, |t| t.div_euclid(3600 * SECOND).rem_euclid(24)),
            Self::Minute => clock(out, |t| t.div_euclid(60 * SECOND).rem_euclid(60)),
            Self::Second => clock(out, |t| t.div_euclid(SECOND).rem_euclid(60)),
            Self::Microsecond => {
                // At most one of the factors is not 1.
                clock(out, |t| match SECOND {
                    1_000_000_000 => t.rem_euclid(SECOND) / 1000,
                    _ => t.rem_euclid(SECOND) * (1_000_000 / SECOND.min(1_000_000)),
                });
            }
            Self::Nanosecond if SECOND == 1_000_000_000 => clock(out, |t| t.rem_euclid(1000)),
            Self::Nanosecond => clock(out, |_| 0),
            Self::Year => by_month::<SECOND>(ticks, calendar, out, |m, _| m.year),
            Self::Month => by_month::<SECOND>(ticks, calendar, out, |m, _| m.month),
            Self::Day => by_month::<SECOND>(ticks, calendar, out, Month::day),
            Self::DayOfYear => by_month::<SECOND>(ticks, calendar, out, Month::day_of_year),
            Self::DayOfWeek => {
                by_month::<SECOND>(ticks, calendar, out, Month::day_of_week);
            }
            Self::Season => by_month::<SECOND>(ticks, calendar, out, |m, _| m.month % 12 / 3 + 1),
            Self::Quarter => by_month::<SECOND>(ticks, calendar, out, |m, _| (m.month + 2) / 3),
            Self::Week => by_month::<SECOND>(ticks, calendar, out, Month::iso_week),
            Self::DaysInMonth => by_month::<SECOND>(ticks, calendar, out, |m, _| m.days_in_month),
            Self::DaysInYear => by_month::<SECOND>(ticks, calendar, out, |m, _| {
                m.calendar.days_in_year(m.year).into()
            }),
            Self::Decade => {
                by_month::<SECOND>(ticks, calendar, out, |m, _| m.year.div_euclid(10) * 10);
            }
            Self::MonthDay => {
                by_month::<SECOND>(ticks, calendar, out, |m, day| m.month * 100 + m.day(day));
            }
        }
    }
}

impl fmt::Display for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

fn map(ticks: &[i64], out: &mut [i64], value: impl Fn(i64) -> i64) {
    for (out, &tick) in out.iter_mut().zip(ticks) {
        *out = if tick == MISSING { MISSING } else { value(tick) };
    }
}

/// Values that follow from the month and the day. Times mostly come in order, so the month of
/// the last tick is kept.
#[inline(always)]
fn by_month<const SECOND: i64>(
    ticks: &[i64],
    calendar: Calendar,
    out: &mut [i64],
    value: impl Fn(&Month, i64) -> i64,
) {
    let mut month = Month::containing(0, calendar);
    for (out, &tick) in out.iter_mut().zip(ticks) {
        if tick == MISSING {
            *out = MISSING;
            continue;
        }
        let day = tick.div_euclid(86_400 * SECOND);
        if day < month.first || day > month.last {
            month = Month::containing(day, calendar);
        }
        *out = value(&month, day);
    }
}

/// A run of days with consecutive numbers in one month.
struct Month {
    calendar: Calendar,
    year: i64,
    month: i64,
    days_in_month: i64,
    /// First and last day of the run, since 1970-01-01.
    first: i64,
    last: i64,
    /// The day that would be number 0 of the month.
    zero: i64,
    /// Day-of-year of that day.
    before: i64,
}

impl Month {
    fn containing(day: i64, calendar: Calendar) -> Self {
        let date = calendar.date_unchecked(day);
        let zero = day - i64::from(date.day);
        let days_in_month = i64::from(calendar.days_in_month(date.year, date.month));
        let (mut first, mut last) = (zero + 1, zero + days_in_month);
        if calendar == Calendar::Standard && (date.year, date.month) == (1582, 10) {
            if day >= crate::REFORM_DAY {
                first = crate::REFORM_DAY;
            } else {
                last = crate::REFORM_DAY - 1;
            }
        }
        let before = i64::from(calendar.day_of_year(date.year, date.month, 0));
        let (year, month) = (date.year, i64::from(date.month));
        Self { calendar, year, month, days_in_month, first, last, zero, before }
    }

    fn day(&self, day: i64) -> i64 {
        day - self.zero
    }

    fn day_of_year(&self, day: i64) -> i64 {
        self.before + day - self.zero
    }

    fn day_of_week(&self, day: i64) -> i64 {
        self.calendar.day_of_week(day).into()
    }

    /// The week of the Thursday of a day's week, counted from the Thursday's year.
    fn iso_week(&self, day: i64) -> i64 {
        let thursday = day - self.day_of_week(day) + 3;
        let date = self.calendar.date_unchecked(thursday);
        i64::from(self.calendar.day_of_year(date.year, date.month, date.day) - 1) / 7 + 1
    }
}
