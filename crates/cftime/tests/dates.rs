//! A million random dates per calendar are those that cftime gives, text for text, and back.
#![allow(clippy::unwrap_used)]

use std::fmt::Write;

use graticule_cftime::{Calendar, DateTime, Field, TimeUnit};
use proptest::prelude::*;
use sha2::{Digest, Sha256};

const COUNT: u64 = 1_000_000;
const DAY: i64 = 86_400_000_000;
const FIRST: i64 = -700_000;
const LAST: i64 = 2_880_000;

/// Microseconds since 1970-01-01, by SplitMix64, as `dates.py` makes them.
fn numbers(seed: u64) -> impl Iterator<Item = i64> {
    let span = ((LAST - FIRST) * DAY) as u64;
    (1..=COUNT).map(move |i| {
        let state = seed.wrapping_add(0x9E37_79B9_7F4A_7C15_u64.wrapping_mul(i));
        let z = (state ^ (state >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((z ^ (z >> 31)) % span) as i64 + FIRST * DAY
    })
}

/// The lines of `dates.txt`: calendars and sums.
fn sums() -> Vec<(&'static str, &'static str)> {
    let lines = include_str!("dates.txt").lines().filter(|l| !l.starts_with('#'));
    lines.filter_map(|l| l.split_once(' ')).collect()
}

#[test]
fn a_million_dates_per_calendar_are_those_of_cftime() {
    assert_eq!(sums().len(), 6);
    for (seed, (name, expected)) in sums().into_iter().enumerate() {
        let calendar = Calendar::parse(name).unwrap();
        let mut total = Sha256::new();
        let mut text = String::new();
        for ticks in numbers(seed as u64) {
            let date = DateTime::from_ticks(ticks, TimeUnit::Microsecond, calendar).unwrap();
            let day = Field::DayOfYear.of(ticks, TimeUnit::Microsecond, calendar);
            writeln!(text, "{} {day}", date.iso()).unwrap();
            if text.len() > 1 << 16 {
                total.update(&text);
                text.clear();
            }
            assert_eq!(date.to_ticks(TimeUnit::Microsecond, calendar).unwrap(), ticks);
        }
        total.update(&text);
        let found: String = total.finalize().iter().fold(String::new(), |mut s, b| {
            write!(s, "{b:02x}").unwrap();
            s
        });
        assert_eq!(found, expected, "calendar {name}");
    }
}

/// Days since the year 1 began, by the rule of the calendar, written out.
fn closed_form(calendar: Calendar, year: i64, month: i64, day: i64) -> i64 {
    let before = |feb: i64| {
        let lengths = [31, feb, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
        lengths.iter().take(usize::try_from(month - 1).unwrap()).sum::<i64>()
    };
    let y = year - 1;
    match calendar {
        Calendar::Day360 => 360 * y + 30 * (month - 1) + day - 1,
        Calendar::NoLeap => 365 * y + before(28) + day - 1,
        Calendar::AllLeap => 366 * y + before(29) + day - 1,
        Calendar::Julian => {
            365 * y + y.div_euclid(4) + before(if year % 4 == 0 { 29 } else { 28 }) + day - 1
        }
        _ => {
            let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
            let leaps = y.div_euclid(4) - y.div_euclid(100) + y.div_euclid(400);
            365 * y + leaps + before(if leap { 29 } else { 28 }) + day - 1
        }
    }
}

proptest! {
    #[test]
    fn days_follow_the_closed_forms(year in 1i64..=9999, month in 1u8..=12, day in 1u8..=28) {
        for calendar in [
            Calendar::Day360, Calendar::NoLeap, Calendar::AllLeap, Calendar::Julian,
            Calendar::ProlepticGregorian,
        ] {
            let epoch = closed_form(calendar, 1970, 1, 1);
            let expected = closed_form(calendar, year, i64::from(month), i64::from(day)) - epoch;
            prop_assert_eq!(calendar.days(year, month, day).unwrap(), expected);
        }
        // The standard calendar is the Gregorian one from 1582-10-15 on, the Julian one before.
        let (y, m, d) = (year, i64::from(month), i64::from(day));
        let rule = if (y, m, d) >= (1582, 10, 15) {
            Calendar::ProlepticGregorian
        } else {
            prop_assume!((y, m, d) < (1582, 10, 5));
            Calendar::Julian
        };
        // 1970-01-01 is 719,162 days after 0001-01-01 of the Gregorian calendar, which is the
        // third of January there in the Julian one.
        let shift = if rule == Calendar::Julian { 2 } else { 0 };
        let expected = closed_form(rule, y, m, d) - 719_162 - shift;
        prop_assert_eq!(Calendar::Standard.days(year, month, day).unwrap(), expected);
    }
}

#[test]
fn the_reform_leaves_ten_days_out() {
    let last = Calendar::Standard.days(1582, 10, 4).unwrap();
    assert_eq!(Calendar::Standard.days(1582, 10, 15).unwrap(), last + 1);
    assert!(Calendar::Standard.days(1582, 10, 10).is_err());
}
