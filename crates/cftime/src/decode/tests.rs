use proptest::prelude::*;

use super::*;
use crate::format_iso;

/// Units, calendar, number, and the time xarray 2026.9 (with cftime 1.6.6) makes of it.
#[rustfmt::skip]
const FLOATS: &[(&str, &str, f64, &str)] = &[
    ("days since 1850-01-01", "standard", 0.3333333333333333, "1850-01-01T08:00:00.000000"),
    ("days since 1850-01-01", "noleap", 0.3333333333333333, "1850-01-01T08:00:00.000000"),
    ("hours since 1900-1-1 6:0", "standard", 876543.1, "1999-12-30T21:06:00.000000"),
    ("hours since 1900-1-1 6:0", "julian", 876543.1, "1999-12-29T21:06:00.000000"),
    ("days since 0001-01-01", "standard", 735234.123456789, "2013-12-31T02:57:46.666565"),
    ("days since 0001-01-01", "360_day", 0.1, "0001-01-01T02:24:00.000000"),
    ("seconds since 2000-01-01", "standard", 0.1234567891, "2000-01-01T00:00:00.123456"),
    ("seconds since 2000-01-01", "noleap", 0.1234567891, "2000-01-01T00:00:00.123457"),
    ("sec since 2000-01-01", "standard", 0.1234567891, "2000-01-01T00:00:00.123457"),
    ("days since 1582-10-04", "standard", 0.9999999999999, "1582-10-15T00:00:00.000000"),
    ("days since 1582-10-04", "standard", 1.25, "1582-10-15T06:00:00.000000"),
    ("minutes since 1582-10-15", "standard", -0.5, "1582-10-04T23:59:30.000000"),
    ("days since 1950-01-01", "proleptic_gregorian", -100000.1, "1676-03-16T21:36:00.000000"),
    ("days since 1950-01-01", "noleap", -100000.1, "1676-01-10T21:36:00.000000"),
    ("milliseconds since 1970-01-01", "360_day", 1000000000000.3, "2002-02-25T01:46:40.000300"),
    ("common_years since 2000-01-01", "noleap", 2.5, "2002-07-02T12:00:00.000000"),
    ("months since 2000-01-01", "360_day", 13.7, "2001-02-22T00:00:00.000000"),
    ("days since 3000-12-30", "standard", 0.7, "3000-12-30T16:48:00.000000"),
    ("days since 2000-01-01", "all_leap", 59.9999999, "2000-02-29T23:59:59.991360"),
    ("hours since 2000-01-01", "noleap", 1.0000000003, "2000-01-01T01:00:00.000001"),
    ("hours since 1850-01-01", "all_leap", 238257.7, "1877-02-15T09:42:00.000000"),
    ("hours since 2000-03-01 12:00", "all_leap", 223660.2, "2025-08-17T16:12:00.000000"),
    ("seconds since 0850-01-01", "standard", -73317.138619, "0849-12-31T03:38:02.861381"),
    ("seconds since 2000-03-01 12:00", "360_day", -158429.1, "2000-02-29T15:59:30.900000"),
    ("hours since 1850-01-01", "standard", -235128.4, "1823-03-06T23:36:00.000000"),
    ("days since 2000-03-01 12:00", "noleap", 66280.274, "2181-10-02T18:34:33.600000"),
    ("seconds since 1850-01-01", "noleap", -111701.688, "1849-12-30T16:58:18.312000"),
    ("hours since 2000-03-01 12:00", "all_leap", 221934.91244348726, "2025-06-06T18:54:44.796554"),
    ("seconds since 0850-01-01", "julian", 35556.637209, "0850-01-01T09:52:36.637209"),
    ("hours since 0850-01-01", "julian", 129372.830261, "0864-10-04T12:49:48.939600"),
    ("hours since 2000-03-01 12:00", "360_day", -118204.11735, "1986-06-26T07:52:57.540000"),
    ("days since 2000-03-01 12:00", "360_day", -111074.1644201299, "1691-08-17T08:03:14.100776"),
    ("seconds since 0850-01-01", "julian", -220038.950175, "0849-12-29T10:52:41.049825"),
    ("hours since 2000-03-01 12:00", "julian", 250403.158453, "2028-09-23T23:09:30.430800"),
];

fn decode(units: &str, calendar: &str, value: f64) -> String {
    let units = TimeUnits::parse(units, Some(calendar)).unwrap();
    let decoder = units.decoder_for_floats(&[value]).unwrap();
    let ticks = decoder.decode_f64(&[value]).unwrap();
    format_iso(ticks[0], decoder.unit(), decoder.calendar())
}

#[test]
fn floats_round_as_in_xarray() {
    for &(units, calendar, value, iso) in FLOATS {
        assert_eq!(decode(units, calendar, value), iso, "{value} {units}, {calendar}");
    }
}

#[test]
fn one_time_far_away_moves_all_to_microseconds() {
    // As xarray: pandas cannot hold the second value, so cftime decodes both.
    let units = TimeUnits::parse("days since 2000-01-01", None).unwrap();
    let values = [1.0 / 7.0, 200_000.3];
    let decoder = units.decoder_for_floats(&values).unwrap();
    assert_eq!(decoder.unit(), TimeUnit::Microsecond);
    let ticks = decoder.decode_f64(&values).unwrap();
    let iso = |i: usize| format_iso(ticks[i], decoder.unit(), decoder.calendar());
    assert_eq!(iso(0), "2000-01-01T03:25:42.857143");
    assert_eq!(iso(1), "2547-08-01T07:11:59.999999");
}

#[test]
fn ticks_are_the_coarsest_that_hold_the_values() {
    let unit = |units: &str, values: &[f64]| {
        TimeUnits::parse(units, None).unwrap().decoder_for_floats(values).unwrap().unit()
    };
    assert_eq!(unit("days since 2000-01-01", &[1.0, 2.0]), TimeUnit::Second);
    assert_eq!(unit("days since 2000-01-01", &[0.5]), TimeUnit::Second);
    assert_eq!(unit("days since 2000-01-01", &[]), TimeUnit::Second);
    assert_eq!(unit("days since 2000-01-01 00:00:00.5", &[1.0]), TimeUnit::Millisecond);
    assert_eq!(unit("seconds since 2000-01-01", &[0.25, f64::NAN]), TimeUnit::Millisecond);
    assert_eq!(unit("microseconds since 2000-01-01", &[1.0]), TimeUnit::Microsecond);
    assert_eq!(unit("nanoseconds since 2000-01-01", &[1.0]), TimeUnit::Nanosecond);
}

#[test]
fn integers_are_exact_and_overflow_is_an_error() {
    let units = TimeUnits::parse("milliseconds since 1970-01-01", None).unwrap();
    let decoder = units.decoder_for_ints().unwrap();
    assert_eq!(decoder.unit(), TimeUnit::Millisecond);
    let values = [0, -1, i64::MAX, MISSING];
    assert_eq!(decoder.decode_i64(&values).unwrap(), values);

    let units = TimeUnits::parse("days since 1970-01-01", Some("360_day")).unwrap();
    let decoder = units.decoder_for_ints().unwrap();
    assert!(decoder.decode_i64(&[i64::MAX]).unwrap_err().is_overflow());
    let finer = decoder.with_unit(TimeUnit::Nanosecond);
    assert!(finer.decode_i64(&[200_000]).unwrap_err().is_overflow());
    assert_eq!(finer.decode_i64(&[1]).unwrap(), [86_400_000_000_000]);

    let units = TimeUnits::parse("nanoseconds since 0001-01-01", None).unwrap();
    assert!(units.decoder_for_ints().unwrap_err().is_overflow());
}

#[test]
fn fills_left_in_floats_are_missing_or_an_error() {
    let units = TimeUnits::parse("days since 1970-01-01", None).unwrap();
    let decoder = units.decoder_for_floats(&[0.5]).unwrap();
    let ticks = decoder.decode_f64(&[f64::NAN, f64::INFINITY, 0.5]).unwrap();
    assert_eq!(ticks, [MISSING, MISSING, 43_200]);
    for fill in [9.969_209_968_386_869e36, 1e20, -1e300] {
        assert!(units.decoder_for_floats(&[0.5, fill]).unwrap_err().is_overflow(), "{fill}");
        assert!(units.decoder_for_floats(&[fill]).and_then(|d| d.decode_f64(&[fill])).is_err());
    }
}

#[test]
fn unseen_floats_get_the_finest_tick_that_can_occur() {
    let unseen = |units: &str, calendar: &str| {
        let units = TimeUnits::parse(units, Some(calendar)).unwrap();
        units.decoder_for_unseen_floats().unwrap().unit()
    };
    assert_eq!(unseen("days since 2000-01-01", "standard"), TimeUnit::Nanosecond);
    assert_eq!(unseen("days since 0001-01-01", "standard"), TimeUnit::Microsecond);
    assert_eq!(unseen("days since 2000-01-01", "noleap"), TimeUnit::Microsecond);
}

proptest! {
    #[test]
    fn whole_floats_decode_as_integers(
        value in -1_000_000_000_i64..1_000_000_000,
        calendar in 0..7_usize,
    ) {
        let calendar = crate::Calendar::ALL[calendar].name();
        for units in ["days since 1850-01-01", "seconds since 2000-01-01 00:00:00.125"] {
            let units = TimeUnits::parse(units, Some(calendar)).unwrap();
            let ints = units.decoder_for_ints().unwrap();
            let floats = units.decoder_for_floats(&[value as f64]).unwrap();
            prop_assert_eq!(ints, floats);
            prop_assert_eq!(
                ints.decode_i64(&[value]).unwrap(),
                floats.decode_f64(&[value as f64]).unwrap()
            );
        }
    }

    #[test]
    fn no_number_panics(bits: u64, value: i64, step in 0..7_usize, calendar in 0..7_usize) {
        let step = ["ns", "us", "msec", "s", "hours", "days", "common_years"][step];
        let calendar = crate::Calendar::ALL[calendar].name();
        let text = format!("{step} since 1999-12-30 23:59:59.999999999 -11:30");
        let units = TimeUnits::parse(&text, Some(calendar)).unwrap();
        let float = f64::from_bits(bits);
        let _ = units.decoder_for_floats(&[0.1, float]).and_then(|d| d.decode_f64(&[float]));
        let _ = units.decoder_for_unseen_floats().and_then(|d| d.decode_f64(&[float]));
        let _ = units.decoder_for_ints().and_then(|d| d.decode_i64(&[value]));
    }
}
