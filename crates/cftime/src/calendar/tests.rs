use Calendar::*;
use proptest::prelude::*;

use super::*;

/// Calendar, year, month, day; days since 1970-01-01, day of year, day of week, as cftime 1.6.6
/// has them.
#[rustfmt::skip]
const DATES: &[(Calendar, i64, u8, u8, i64, u16, u8)] = &[
    (Standard, 1970, 1, 1, 0, 1, 3),
    (Standard, 1582, 10, 4, -141428, 277, 3),
    (Standard, 1582, 10, 15, -141427, 288, 4),
    (Standard, 1, 1, 1, -719164, 1, 5),
    (Standard, 2000, 12, 30, 11321, 365, 5),
    (Standard, -1, 12, 30, -719166, 365, 3),
    (Standard, -5, 2, 29, -720932, 60, 1),
    (Standard, 1900, 3, 1, -25508, 60, 3),
    (Standard, 2100, 2, 28, 47540, 59, 6),
    (Standard, -102, 10, 18, -756130, 291, 6),
    (Standard, -1864, 6, 20, -1399820, 171, 1),
    (Standard, 3766, 11, 19, 656298, 323, 2),
    (Standard, -2927, 10, 1, -1787978, 274, 0),
    (Standard, 3687, 5, 18, 627259, 138, 6),
    (Standard, -161, 4, 23, -777857, 114, 0),
    (ProlepticGregorian, 1970, 1, 1, 0, 1, 3),
    (ProlepticGregorian, 1582, 10, 4, -141438, 277, 0),
    (ProlepticGregorian, 1582, 10, 15, -141427, 288, 4),
    (ProlepticGregorian, 1, 1, 1, -719162, 1, 0),
    (ProlepticGregorian, 2000, 12, 30, 11321, 365, 5),
    (ProlepticGregorian, 0, 2, 28, -719470, 59, 0),
    (ProlepticGregorian, 1900, 3, 1, -25508, 60, 3),
    (ProlepticGregorian, 2100, 2, 28, 47540, 59, 6),
    (ProlepticGregorian, 3704, 9, 27, 633600, 271, 5),
    (ProlepticGregorian, 5005, 8, 13, 1108735, 225, 1),
    (ProlepticGregorian, 6470, 3, 8, 1643658, 67, 5),
    (ProlepticGregorian, 6401, 3, 28, 1618476, 87, 2),
    (ProlepticGregorian, 4571, 7, 24, 950200, 205, 2),
    (ProlepticGregorian, -3752, 11, 25, -2089589, 330, 5),
    (NoLeap, 1970, 1, 1, 0, 1, 3),
    (NoLeap, 1582, 10, 4, -141344, 277, 3),
    (NoLeap, 1582, 10, 15, -141333, 288, 0),
    (NoLeap, 1, 1, 1, -718685, 1, 1),
    (NoLeap, 2000, 12, 30, 11313, 364, 4),
    (NoLeap, 0, 2, 28, -718992, 59, 2),
    (NoLeap, 1900, 3, 1, -25491, 60, 6),
    (NoLeap, 2100, 2, 28, 47508, 59, 2),
    (NoLeap, -2951, 3, 25, -1796082, 84, 2),
    (NoLeap, 5684, 1, 10, 1355619, 10, 2),
    (NoLeap, 8780, 1, 27, 2485676, 27, 0),
    (NoLeap, 414, 8, 20, -567709, 232, 1),
    (NoLeap, 7777, 7, 23, 2119758, 204, 0),
    (NoLeap, 8912, 7, 13, 2534023, 194, 5),
    (AllLeap, 1970, 1, 1, 0, 1, 6),
    (AllLeap, 1582, 10, 4, -141731, 278, 4),
    (AllLeap, 1582, 10, 15, -141720, 289, 1),
    (AllLeap, 1, 1, 1, -720654, 1, 2),
    (AllLeap, 2000, 12, 30, 11344, 365, 3),
    (AllLeap, 0, 2, 28, -720962, 59, 2),
    (AllLeap, 1900, 3, 1, -25560, 61, 3),
    (AllLeap, 2100, 2, 28, 47638, 59, 2),
    (AllLeap, 7929, 10, 15, 2181282, 289, 4),
    (AllLeap, -1803, 6, 4, -1380763, 156, 0),
    (AllLeap, -3413, 3, 16, -1970103, 76, 4),
    (AllLeap, -445, 5, 22, -883748, 143, 1),
    (AllLeap, 3146, 11, 28, 430748, 333, 2),
    (AllLeap, 932, 7, 17, -379710, 199, 4),
    (Day360, 1970, 1, 1, 0, 1, 2),
    (Day360, 1582, 10, 4, -139407, 274, 0),
    (Day360, 1582, 10, 15, -139396, 285, 4),
    (Day360, 1, 1, 1, -708840, 1, 3),
    (Day360, 2000, 12, 30, 11159, 360, 3),
    (Day360, 0, 2, 28, -709143, 58, 1),
    (Day360, 1900, 3, 1, -25140, 61, 6),
    (Day360, 2100, 2, 28, 46857, 58, 1),
    (Day360, 2322, 10, 12, 127001, 282, 2),
    (Day360, 4750, 10, 14, 1001083, 284, 1),
    (Day360, 5572, 4, 11, 1296820, 101, 2),
    (Day360, 7173, 1, 28, 1873107, 28, 0),
    (Day360, 582, 10, 22, -499389, 292, 0),
    (Day360, 7396, 3, 23, 1953442, 83, 3),
    (Julian, 1970, 1, 1, 0, 1, 2),
    (Julian, 1582, 10, 4, -141441, 277, 3),
    (Julian, 1582, 10, 15, -141430, 288, 0),
    (Julian, 1, 1, 1, -719177, 1, 5),
    (Julian, 2000, 12, 30, 11321, 365, 4),
    (Julian, -1, 12, 30, -719179, 365, 3),
    (Julian, -5, 2, 29, -720945, 60, 1),
    (Julian, 1900, 3, 1, -25508, 61, 2),
    (Julian, 2100, 2, 28, 47540, 59, 5),
    (Julian, 1347, 9, 19, -227290, 262, 2),
    (Julian, 5324, 2, 23, 1225101, 54, 5),
    (Julian, 6739, 4, 21, 1741987, 111, 4),
    (Julian, 5396, 5, 10, 1251476, 131, 4),
    (Julian, -1962, 2, 16, -1435752, 47, 6),
    (Julian, 6465, 8, 3, 1642013, 215, 4),
];

#[test]
fn days_agree_with_cftime() {
    for &(calendar, year, month, day, days, day_of_year, day_of_week) in DATES {
        let what = format!("{calendar} {year}-{month}-{day}");
        assert_eq!(calendar.days(year, month, day).unwrap(), days, "{what}");
        assert_eq!(calendar.date(days).unwrap(), Date { year, month, day }, "{what}");
        assert_eq!(calendar.day_of_year(year, month, day), day_of_year, "{what}");
        assert_eq!(calendar.day_of_week(days), day_of_week, "{what}");
    }
}

#[test]
fn dates_follow_each_other_without_gap_or_overlap() {
    for calendar in Calendar::ALL {
        // From before the year 1 to after the leap rules' whole cycle.
        for days in -730_000..-700_000 {
            check_next(calendar, days);
        }
        for days in -150_000..160_000 {
            check_next(calendar, days);
        }
    }
}

fn check_next(calendar: Calendar, days: i64) {
    let (today, tomorrow) = (calendar.date(days).unwrap(), calendar.date(days + 1).unwrap());
    let last = calendar.days_in_month(today.year, today.month);
    let expected = if calendar == Standard && days == REFORM_DAY - 1 {
        Date { day: 15, ..today }
    } else if today.day < last {
        Date { day: today.day + 1, ..today }
    } else if today.month < 12 {
        Date { month: today.month + 1, day: 1, ..today }
    } else {
        Date { year: calendar.next_year(today.year), month: 1, day: 1 }
    };
    assert_eq!(tomorrow, expected, "{calendar}");
    assert_eq!(calendar.days(today.year, today.month, today.day).unwrap(), days, "{calendar}");
}

#[test]
fn dates_that_do_not_exist_are_refused() {
    let refused = [
        (Standard, 1582, 10, 5),
        (Standard, 1582, 10, 14),
        (Standard, 0, 1, 1),
        (Julian, 0, 1, 1),
        (Standard, 1900, 2, 29),
        (NoLeap, 2000, 2, 29),
        (Day360, 2000, 1, 31),
        (AllLeap, 2000, 2, 30),
        (ProlepticGregorian, 2000, 13, 1),
        (ProlepticGregorian, 2000, 0, 1),
        (ProlepticGregorian, 2000, 1, 0),
        (ProlepticGregorian, i64::MAX, 1, 1),
        (Julian, i64::MIN, 1, 1),
    ];
    for (calendar, year, month, day) in refused {
        let error = calendar.days(year, month, day).unwrap_err();
        assert!(error.is_invalid_date(), "{calendar} {year}-{month}-{day}: {error}");
    }
    for (calendar, year, month, day) in [
        (Standard, 1500, 2, 29),
        (Julian, 1900, 2, 29),
        (Standard, -1, 2, 29),
        (ProlepticGregorian, 0, 2, 29),
        (Day360, 2001, 2, 30),
        (AllLeap, 2001, 2, 29),
        (None, 2000, 2, 29),
    ] {
        assert!(calendar.days(year, month, day).is_ok(), "{calendar} {year}-{month}-{day}");
    }
}

#[test]
fn names_round_trip_and_synonyms_are_known() {
    for calendar in Calendar::ALL {
        assert_eq!(Calendar::parse(calendar.name()).unwrap(), calendar);
        assert_eq!(Calendar::parse(&calendar.name().to_uppercase()).unwrap(), calendar);
    }
    for (text, calendar) in [
        ("Gregorian", Standard),
        ("365_day", NoLeap),
        ("366_day", AllLeap),
        (" noleap ", NoLeap),
        ("tai", ProlepticGregorian),
    ] {
        assert_eq!(Calendar::parse(text).unwrap(), calendar);
    }
    let error = Calendar::parse("mayan").unwrap_err().to_string();
    assert_eq!(
        error,
        "unknown calendar \"mayan\"; expected standard, proleptic_gregorian, noleap, all_leap, \
         360_day, julian or none"
    );
    assert!(Calendar::parse("utc").unwrap_err().to_string().contains("leap seconds"));
}

#[test]
fn days_out_of_reach_are_none() {
    for calendar in Calendar::ALL {
        assert_eq!(calendar.date(i64::MAX), Option::None);
        assert_eq!(calendar.date(i64::MIN), Option::None);
    }
}

proptest! {
    #[test]
    fn days_round_trip(calendar in 0..7_usize, days in -(1_i64 << 48)..(1_i64 << 48)) {
        let calendar = Calendar::ALL[calendar];
        let date = calendar.date(days).unwrap();
        prop_assert_eq!(calendar.days_unchecked(date.year, date.month, date.day), days);
    }
}
