use proptest::prelude::*;

use super::*;

fn epoch(units: &str, calendar: &str) -> String {
    TimeUnits::parse(units, Some(calendar)).unwrap().epoch().short()
}

#[test]
fn reference_forms_are_read() {
    for (text, expected) in [
        ("2000-01-31", "2000-01-31"),
        ("2000", "2000-01-01"),
        ("2000-03", "2000-03-01"),
        ("20000305", "2000-03-05"),
        ("20000305T1230", "2000-03-05T12:30:00"),
        ("20000305 123015.5", "2000-03-05T12:30:15.500"),
        ("20000305123015", "2000-03-05T12:30:15"),
        ("2000-3-5 1:2:3.1234567891", "2000-03-05T01:02:03.123456789"),
        ("2000-03-05T12", "2000-03-05T12:00:00"),
        ("2000-03-05 12:30:15,5", "2000-03-05T12:30:15.500"),
        ("2000-03-05_12:30:15", "2000-03-05T12:30:15"),
        ("2000-03-05-06:00:00", "2000-03-05T06:00:00"),
        ("2000- 1- 1", "2000-01-01"),
        ("2000/3/5", "2000-03-05"),
        ("1/2/1900", "1900-01-02"),
        ("13-2-1900", "1900-02-13"),
        ("1-1-1970", "1970-01-01"),
        ("1-1-1 00:00:0.0", "0001-01-01"),
        ("99-1-1", "0099-01-01"),
        ("-0004-02-28", "-0004-02-28"),
        ("12000-01-01", "12000-01-01"),
        ("01-JAN-1900 00:00:00", "1900-01-01"),
        ("2000-MAR-05", "2000-03-05"),
        ("5 March 2000", "2000-03-05"),
        ("Jan 1, 2000", "2000-01-01"),
        ("March 5, 2000 3 PM", "2000-03-05T15:00:00"),
        ("2000-03-05 12:00 am", "2000-03-05"),
    ] {
        assert_eq!(epoch(&format!("days since {text}"), "standard"), expected, "{text}");
    }
}

#[test]
fn time_zones_are_subtracted() {
    for (zone, expected) in [
        ("Z", "2020-02-05T10:08:25"),
        (" UTC", "2020-02-05T10:08:25"),
        (" GMT", "2020-02-05T10:08:25"),
        ("+00:00", "2020-02-05T10:08:25"),
        (" -0600", "2020-02-05T16:08:25"),
        (" -6:00", "2020-02-05T16:08:25"),
        (" -6", "2020-02-05T16:08:25"),
        (" +05:30", "2020-02-05T04:38:25"),
        ("+05", "2020-02-05T05:08:25"),
        (" +1:00", "2020-02-05T09:08:25"),
        (" UTC+1", "2020-02-05T09:08:25"),
        (" 0:00", "2020-02-05T10:08:25"),
        (" 1:00", "2020-02-05T09:08:25"),
        (" U C", "2020-02-05T10:08:25"),
        (" (local)", "2020-02-05T10:08:25"),
    ] {
        for calendar in ["standard", "360_day"] {
            let text = format!("seconds since 2020-02-05T10:08:25{zone}");
            assert_eq!(epoch(&text, calendar), expected, "{text}");
        }
    }
    assert_eq!(epoch("days since 2000-01-01 +02:00", "noleap"), "1999-12-31T22:00:00");
}

#[test]
fn xarray_takes_an_unsigned_offset_for_the_clock() {
    let units = TimeUnits::parse("seconds since 2020-02-05 10:08:25 0:00", None).unwrap();
    assert_eq!(units.as_read_by_xarray().epoch().short(), "2020-02-05");
    let units = TimeUnits::parse("seconds since 2020-02-05 10:08:25 +0:00", None).unwrap();
    assert_eq!(units.as_read_by_xarray(), units);
}

#[test]
fn steps_and_since_are_read_in_any_case() {
    for (text, step) in [
        ("Days Since 2000-01-01", Step::Day),
        ("d since 2000-01-01", Step::Day),
        ("  hrs   since\t2000-01-01 ", Step::Hour),
        ("H SINCE 2000-01-01", Step::Hour),
        ("minute since 2000-01-01", Step::Minute),
        ("sec since 2000-01-01", Step::Second),
        ("msec since 2000-01-01", Step::Millisecond),
        ("µs since 2000-01-01", Step::Microsecond),
        ("microsecs since 2000-01-01", Step::Microsecond),
        ("ns since 2000-01-01", Step::Nanosecond),
        ("weeks since 2000-01-01", Step::Week),
        ("common_year since 2000-01-01", Step::CommonYear),
    ] {
        let units = TimeUnits::parse(text, None).unwrap();
        assert_eq!(units.step(), step, "{text}");
        assert_eq!(units.epoch(), DateTime::day(2000, 1, 1));
        assert_eq!((units.to_string().as_str(), units.calendar()), (text, Calendar::Standard));
    }
}

#[test]
fn months_and_years_need_a_fixed_length() {
    let day = 86_400_000_000_000;
    for (step, calendar, days) in [
        ("months", "360_day", 30),
        ("years", "360_day", 360),
        ("year", "365_day", 365),
        ("years", "366_day", 366),
        ("common_years", "standard", 365),
    ] {
        let units = TimeUnits::parse(&format!("{step} since 1-1-1"), Some(calendar)).unwrap();
        assert_eq!(units.step_nanos(), days * day);
    }
    for (step, calendar) in [("months", "standard"), ("months", "noleap"), ("years", "julian")] {
        let text = format!("{step} since 2000-01-01");
        let error = TimeUnits::parse(&text, Some(calendar)).unwrap_err();
        assert!(error.to_string().contains("not a fixed length"), "{error}");
    }
}

#[test]
fn what_is_no_time_is_refused() {
    for text in [
        "",
        "since",
        "days",
        "days since",
        "since 2000-01-01",
        "metres since 2000-01-01",
        "days after 2000-01-01",
        "days since yesterday",
        "days since 2000-13-01",
        "days since 2000-02-30",
        "days since 2000-00-00",
        "days since 0000-01-01",
        "days since 1582-10-10",
        "days since 200003",
        "days since 2000-060",
        "days since 1-1-99999999999999999999",
        "days since 9999999999999-01-01",
        "days since 2000-01-01 24:00:00",
        "days since 2000-01-01 10:00:60",
        "days since 2000-01-01 00:00:00 +99:00",
        "days since Foo 1, 2000",
        "days since 01-JAN-99",
        "days since \u{0664}",
    ] {
        let error = TimeUnits::parse(text, None).unwrap_err();
        assert!(error.is_syntax() || error.is_invalid_date(), "{text:?}: {error}");
    }
    assert!(TimeUnits::parse("days since 2000-02-30", Some("360_day")).is_ok());
    assert!(TimeUnits::parse("days since 2000-01-01", Some("lunar")).unwrap_err().is_syntax());
}

#[test]
fn new_units_print_and_read_back() {
    let reference = DateTime::new(1999, 2, 30, 6, 0, 0);
    let units = TimeUnits::new(Step::Minute, reference, Calendar::Day360).unwrap();
    assert_eq!(units.text(), "minutes since 1999-02-30 06:00:00");
    assert_eq!(TimeUnits::parse(units.text(), units.calendar_text()).unwrap(), units);
    assert!(TimeUnits::new(Step::Month, reference, Calendar::Julian).is_err());
}

proptest! {
    #[test]
    fn no_text_panics(text in ".{0,40}", date in "[-+0-9TZ:./, ]{0,30}", calendar in 0..7_usize) {
        let calendar = Some(Calendar::ALL[calendar].name());
        let _ = TimeUnits::parse(&text, calendar);
        let _ = TimeUnits::parse(&format!("days since {text}"), calendar);
        if let Ok(units) = TimeUnits::parse(&format!("days since {date}"), calendar) {
            let _ = (units.epoch(), units.natural_unit(), units.as_read_by_xarray());
        }
    }
}
