use proptest::prelude::*;

use super::*;

fn bounds(text: &str, unit: TimeUnit, calendar: Calendar) -> (String, String) {
    let (start, end) = PartialDate::parse(text).unwrap().interval(unit, calendar).unwrap();
    (crate::format_short(start, unit, calendar), crate::format_short(end, unit, calendar))
}

#[test]
fn intervals_reach_to_the_next_period() {
    use Calendar::{Day360, NoLeap, Standard};
    for (text, calendar, start, end) in [
        ("2001", Standard, "2001-01-01", "2002-01-01"),
        ("-0001", Standard, "-0001-01-01", "0001-01-01"),
        ("2001-12", Standard, "2001-12-01", "2002-01-01"),
        ("1582-10", Standard, "1582-10-01", "1582-11-01"),
        ("1582-10-04", Standard, "1582-10-04", "1582-10-15"),
        ("2000-02", NoLeap, "2000-02-01", "2000-03-01"),
        ("2000-02-28", NoLeap, "2000-02-28", "2000-03-01"),
        ("2000-02-30", Day360, "2000-02-30", "2000-03-01"),
        ("20010305", Standard, "2001-03-05", "2001-03-06"),
        ("200103", Standard, "2001-03-01", "2001-04-01"),
        ("2001-03-05T12", Standard, "2001-03-05T12:00:00", "2001-03-05T13:00:00"),
        ("2001-03-05 12:30", Standard, "2001-03-05T12:30:00", "2001-03-05T12:31:00"),
        ("20010305T1230", Standard, "2001-03-05T12:30:00", "2001-03-05T12:31:00"),
        ("2001-03-05T12:30:15Z", Standard, "2001-03-05T12:30:15", "2001-03-05T12:30:16"),
    ] {
        let expected = (start.to_owned(), end.to_owned());
        assert_eq!(bounds(text, TimeUnit::Second, calendar), expected, "{text}");
    }
    let (start, end) = bounds("2001-03-05T12:30:15.5", TimeUnit::Millisecond, Standard);
    assert_eq!(start, "2001-03-05T12:30:15.500");
    assert_eq!(end, "2001-03-05T12:30:15.501");
}

#[test]
fn between_two_ticks_lies_nothing() {
    let date = PartialDate::parse("2001-03-05T12:30:15.5").unwrap();
    let (start, end) = date.interval(TimeUnit::Second, Calendar::Standard).unwrap();
    assert_eq!(start, end);
    assert_eq!(date.resolution(), Resolution::Millisecond);
}

#[test]
fn other_text_is_refused() {
    for text in [
        "",
        "-",
        "1",
        "01-02",
        "2001-1",
        "2001-13",
        "2001-00",
        "2001-01-32",
        "2001-01-01T",
        "2001-01-01T24",
        "2001-01T12",
        "2001-01-01T12:60",
        "2001-01-01T12:30.5",
        "2001-01-01T1",
        "2001-01-01T12:30:15.",
        "2001-01-01T12:30:15.1234567890",
        "today",
        "2001-01-01-01",
        "20010",
        "２００１",
    ] {
        let parsed = PartialDate::parse(text);
        if text == "20010" {
            assert_eq!(parsed.unwrap().start().year, 20_010);
        } else {
            assert!(parsed.unwrap_err().is_syntax(), "{text}");
        }
    }
    let leap_day = PartialDate::parse("2001-02-29").unwrap();
    let error = leap_day.interval(TimeUnit::Second, Calendar::NoLeap).unwrap_err();
    assert!(error.is_invalid_date());
    let far = PartialDate::parse("9999").unwrap();
    assert!(far.interval(TimeUnit::Nanosecond, Calendar::NoLeap).unwrap_err().is_overflow());
}

proptest! {
    #[test]
    fn no_text_panics(text in "[-+0-9TZ:. ]{0,24}", any in ".{0,20}", calendar in 0..7_usize) {
        for text in [text, any] {
            if let Ok(date) = PartialDate::parse(&text) {
                for unit in TimeUnit::ALL {
                    if let Ok((start, end)) = date.interval(unit, Calendar::ALL[calendar]) {
                        prop_assert!(start <= end);
                    }
                }
            }
        }
    }
}
