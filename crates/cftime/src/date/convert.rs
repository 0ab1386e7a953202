//! The same dates in another calendar.

use super::{DateTime, Field};
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

/// What stays where it was when times go to another calendar.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum AlignOn {
    /// Year, month, day and time of day. Dates that do not exist in the other calendar go.
    #[default]
    Date,
    /// The relative place in the year: of years of 365 days going to 360, some days fall together.
    Year,
    /// The number of the day in the year, less five days of a year of 365 which are drawn by
    /// chance, one of each 72 (Pierce et al., 2014); the number seeds the draw.
    Random(u64),
}

impl AlignOn {
    /// Ticks in another calendar; [`MISSING`] where there is none. With anything but
    /// [`Date`](Self::Date), days may occur twice.
    ///
    /// ```
    /// use graticule_cftime::{AlignOn, Calendar, DateTime, TimeUnit};
    /// let last = DateTime::day(2001, 12, 30).to_ticks(TimeUnit::Second, Calendar::Day360)?;
    /// let ticks = AlignOn::Year.convert(&[last], TimeUnit::Second, Calendar::Day360, Calendar::NoLeap);
    /// let date = DateTime::from_ticks(ticks[0], TimeUnit::Second, Calendar::NoLeap);
    /// assert_eq!(date, Some(DateTime::day(2001, 12, 31)));
    /// # Ok::<(), graticule_cftime::Error>(())
    /// ```
    #[must_use]
    pub fn convert(self, ticks: &[i64], unit: TimeUnit, from: Calendar, to: Calendar) -> Vec<i64> {
        if self == Self::Date || from == to {
            return convert_ticks(ticks, unit, from, to);
        }
        let mut drawn: Option<(i64, Vec<i64>)> = None;
        let mut convert = |&tick: &i64| {
            let date = DateTime::from_ticks(tick, unit, from)?;
            let of_year = Field::DayOfYear.of(tick, unit, from);
            let new = match self {
                Self::Random(seed) => {
                    let table = match &drawn {
                        Some((year, table)) if *year == date.year => table,
                        _ => &drawn.insert((date.year, draw(seed, date.year, from, to))).1,
                    };
                    let at = usize::try_from(of_year - 1).ok()?;
                    *table.get(at).filter(|day| **day > 0)?
                }
                _ => {
                    let (old, new) = (from.days_in_year(date.year), to.days_in_year(date.year));
                    round_half_even(i64::from(new) * of_year, i64::from(old))
                }
            };
            let first = DateTime::day(date.year, 1, 1).to_ticks(unit, to).ok()?;
            let of_day = tick.rem_euclid(unit.per_day());
            let days = (new - 1).checked_mul(unit.per_day())?;
            first.checked_add(days)?.checked_add(of_day).filter(|t| *t != MISSING)
        };
        ticks.iter().map(|tick| convert(tick).unwrap_or(MISSING)).collect()
    }
}

/// `a / b` rounded to the nearest integer, ties to the even one; both positive.
fn round_half_even(a: i64, b: i64) -> i64 {
    let (whole, twice) = (a / b, 2 * (a % b));
    let up = twice > b || (twice == b && whole % 2 == 1);
    whole + i64::from(up)
}

/// The new number of each day of a year; 0 for days that go.
fn draw(seed: u64, year: i64, from: Calendar, to: Calendar) -> Vec<i64> {
    let mut state = seed ^ year.cast_unsigned().wrapping_mul(0x9E37_79B9_7F4A_7C15);
    let mut next = || {
        state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let z = (state ^ (state >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (z ^ (z >> 31)) % 72
    };
    let left_out: Vec<i64> = (0..5).map(|i| 72 * i + (next() as i64) + i + 1).collect();
    let (old, new) = (i64::from(from.days_in_year(year)), i64::from(to.days_in_year(year)));
    // In the long year, the days left out and the leap day (the sixtieth) have no partner.
    let long = old.max(new);
    let leap = long == 366;
    let mut count = 0;
    let mut partner = Vec::new();
    for day in 1..=long {
        let of_365 = if leap && day > 60 { day - 1 } else { day };
        let alone = (leap && day == 60) || left_out.contains(&of_365);
        count += i64::from(!alone);
        partner.push(if alone { 0 } else { count });
    }
    if old == long {
        return partner;
    }
    (1..=old).map(|d| partner.iter().position(|p| *p == d).map_or(0, |i| i as i64 + 1)).collect()
}
