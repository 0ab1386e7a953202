use proptest::prelude::*;

use super::*;
use crate::TimeUnit::{Microsecond, Millisecond, Nanosecond, Second};

const STANDARD: Calendar = Calendar::Standard;

fn field_by_hand(field: Field, t: &DateTime, calendar: Calendar) -> i64 {
    match field {
        Field::Year => t.year,
        Field::Month => t.month.into(),
        Field::Day => t.day.into(),
        Field::Hour => t.hour.into(),
        Field::Minute => t.minute.into(),
        Field::Second => t.second.into(),
        Field::Microsecond => (t.nanosecond / 1000).into(),
        Field::Nanosecond => (t.nanosecond % 1000).into(),
        Field::DayOfYear => calendar.day_of_year(t.year, t.month, t.day).into(),
        Field::DayOfWeek => {
            calendar.day_of_week(calendar.days(t.year, t.month, t.day).unwrap()).into()
        }
        Field::Season => [1, 1, 2, 2, 2, 3, 3, 3, 4, 4, 4, 1][usize::from(t.month) - 1],
        Field::Quarter => [1, 1, 1, 2, 2, 2, 3, 3, 3, 4, 4, 4][usize::from(t.month) - 1],
        Field::DaysInMonth => calendar.days_in_month(t.year, t.month).into(),
        Field::DaysInYear => calendar.days_in_year(t.year).into(),
        Field::Decade => (t.year as f64 / 10.0).floor() as i64 * 10,
        Field::MonthDay => i64::from(t.month) * 100 + i64::from(t.day),
        Field::Week => unreachable!(),
    }
}

#[test]
fn iso_weeks_agree_with_pandas() {
    for ((year, month, day), week) in [
        ((2000, 1, 1), 52),
        ((2004, 12, 31), 53),
        ((2005, 1, 1), 53),
        ((2008, 12, 29), 1),
        ((2010, 1, 3), 53),
        ((2010, 1, 4), 1),
        ((2024, 2, 29), 9),
    ] {
        let tick = DateTime::day(year, month, day).to_ticks(Second, STANDARD).unwrap();
        assert_eq!(Field::Week.of(tick, Second, STANDARD), week, "{year}-{month}-{day}");
    }
}

#[test]
fn field_names_round_trip() {
    for field in Field::ALL {
        assert_eq!(Field::parse(field.name()), Some(field));
    }
    assert_eq!(Field::parse("weekday"), Some(Field::DayOfWeek));
    assert_eq!(Field::parse("fortnight"), None);
    assert_eq!((1..=4).filter_map(season_name).collect::<Vec<_>>(), ["DJF", "MAM", "JJA", "SON"]);
    assert_eq!(season_name(0), None);
}

#[test]
fn missing_stays_missing() {
    for field in Field::ALL {
        let values = field.of_all(&[MISSING, 0], Second, STANDARD);
        assert_eq!(values[0], MISSING, "{field}");
        assert_ne!(values[1], MISSING, "{field}");
    }
    assert_eq!(format_iso(MISSING, Second, STANDARD), "NaT");
    assert_eq!(DateTime::from_ticks(MISSING, Second, STANDARD), None);
}

#[test]
fn text_forms() {
    let t = DateTime { nanosecond: 123_456_789, ..DateTime::new(-44, 3, 15, 12, 0, 7) };
    assert_eq!(t.iso(), "-0044-03-15T12:00:07.123456");
    assert_eq!(t.short(), "-0044-03-15T12:00:07.123456789");
    assert_eq!(format!("{:>12}|", DateTime::day(2000, 1, 1)), "  2000-01-01|");
    let t = DateTime { nanosecond: 120_000_000, ..DateTime::day(12_000, 1, 1) };
    assert_eq!(t.short(), "12000-01-01T00:00:00.120");
    assert_eq!(format_short(-1, Microsecond, STANDARD), "1969-12-31T23:59:59.999999");
}

#[test]
fn ticks_refuse_what_they_cannot_hold() {
    let t = DateTime { nanosecond: 500_000_000, ..DateTime::day(2000, 1, 1) };
    assert!(t.to_ticks(Second, STANDARD).unwrap_err().is_precision());
    assert_eq!(t.to_ticks(Millisecond, STANDARD).unwrap(), 946_684_800_500);
    assert!(DateTime::day(3000, 1, 1).to_ticks(Nanosecond, STANDARD).unwrap_err().is_overflow());
    assert!(DateTime::new(2000, 1, 1, 24, 0, 0).to_ticks(Second, STANDARD).is_err());
}

#[test]
fn dates_move_between_calendars() {
    let ticks = |c: Calendar, m, d| DateTime::day(2001, m, d).to_ticks(Second, c).unwrap();
    let from = [ticks(Calendar::Day360, 2, 28), ticks(Calendar::Day360, 2, 29), MISSING];
    let to = convert_ticks(&from, Second, Calendar::Day360, Calendar::NoLeap);
    assert_eq!(to, [ticks(Calendar::NoLeap, 2, 28), MISSING, MISSING]);
}

proptest! {
    #[test]
    fn ticks_round_trip(tick: i64, unit in 0..4_usize, calendar in 0..7_usize) {
        let (unit, calendar) = (TimeUnit::ALL[unit], Calendar::ALL[calendar]);
        let tick = tick.max(-i64::MAX);
        let date = DateTime::from_ticks(tick, unit, calendar).unwrap();
        prop_assert_eq!(date.to_ticks(unit, calendar).unwrap(), tick);
    }

    #[test]
    fn fields_agree_with_dates(
        ticks in prop::collection::vec(-(1_i64 << 60)..(1_i64 << 60), 1..20),
        near in prop::collection::vec(-15_000_000_000_i64..-12_000_000_000, 1..20),
        unit in 0..4_usize,
        calendar in 0..7_usize,
    ) {
        let (unit, calendar) = (TimeUnit::ALL[unit], Calendar::ALL[calendar]);
        // Some around the reform of 1582, where runs of days break off.
        let ticks: Vec<i64> = match unit {
            Second => ticks.iter().map(|t| t / 1000).chain(near).collect(),
            _ => ticks,
        };
        for field in Field::ALL.into_iter().filter(|f| *f != Field::Week) {
            let values = field.of_all(&ticks, unit, calendar);
            for (&tick, value) in ticks.iter().zip(values) {
                let date = DateTime::from_ticks(tick, unit, calendar).unwrap();
                prop_assert_eq!(value, field_by_hand(field, &date, calendar), "{} {}", field, date);
            }
        }
        for week in Field::Week.of_all(&ticks, unit, calendar) {
            prop_assert!((1..=53).contains(&week));
        }
    }
}
