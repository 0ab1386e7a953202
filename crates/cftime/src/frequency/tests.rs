use proptest::prelude::*;

use super::*;
use crate::{Calendar, DateTime, MISSING, PartialDate, TimeUnit, format_short};

const SECOND: TimeUnit = TimeUnit::Second;

fn tick(text: &str, calendar: Calendar) -> i64 {
    PartialDate::parse(text).unwrap().interval(SECOND, calendar).unwrap().0
}

fn frequency(text: &str) -> Frequency {
    Frequency::parse(text).unwrap()
}

fn texts(ticks: &[i64], calendar: Calendar) -> Vec<String> {
    ticks.iter().map(|&t| format_short(t, SECOND, calendar)).collect()
}

const ALIASES: [&str; 22] = [
    "YS-JAN", "2YS-JUL", "YE-DEC", "YE-FEB", "QS-JAN", "QS-DEC", "QE-MAR", "3QE-NOV", "MS", "5MS",
    "ME", "W-SUN", "2W-WED", "B", "D", "10D", "h", "90min", "7200s", "ms", "us", "ns",
];

#[test]
fn aliases_round_trip() {
    for text in ALIASES {
        assert_eq!(frequency(text).to_string(), text);
    }
    for (text, full) in [("YS", "YS-JAN"), ("QE", "QE-DEC"), ("W", "W-SUN"), ("1h", "h")] {
        assert_eq!(frequency(text).to_string(), full);
    }
}

#[test]
fn what_is_no_alias_is_refused() {
    for (text, why) in [
        ("M", "now called \"ME\""),
        ("H", "now called \"h\""),
        ("AS-JAN", "now called \"YS\""),
        ("QS-FOO", "is none of JAN, FEB"),
        ("W-JAN", "is none of MON, TUE"),
        ("MS-JAN", "takes no month"),
        ("0D", "must not be zero"),
        ("99999999999D", "too large"),
        ("-1D", "expected a multiple"),
        ("", "expected a multiple"),
        ("fortnight", "expected a multiple"),
    ] {
        let error = Frequency::parse(text).unwrap_err();
        assert!(error.is_syntax() && error.to_string().contains(why), "{text}: {error}");
    }
    assert!(Frequency::new(1, Period::YearStart(13)).is_err());
    assert!(Frequency::new(1, Period::Week(7)).is_err());
}

/// As pandas 3.1 and xarray 2026.9 have them.
#[test]
fn ranges_agree_with_pandas_and_xarray() {
    use Calendar::{Day360, NoLeap, ProlepticGregorian, Standard};
    for (start, end, text, calendar, expected) in [
        (
            "2000-01-15T06",
            "2000-04-30",
            "MS",
            NoLeap,
            "2000-02-01T06:00:00 2000-03-01T06:00:00 2000-04-01T06:00:00",
        ),
        ("2000-01-15", "2000-04-30", "ME", NoLeap, "2000-01-31 2000-02-28 2000-03-31 2000-04-30"),
        ("2000-01-15", "2000-04-30", "ME", Day360, "2000-01-30 2000-02-30 2000-03-30 2000-04-30"),
        ("1582-08-15", "1582-12-01", "ME", Standard, "1582-08-31 1582-09-30 1582-10-31 1582-11-30"),
        ("1582-10-03", "1582-10-16", "D", Standard, "1582-10-03 1582-10-04 1582-10-15 1582-10-16"),
        (
            "2000-01-01",
            "2003-01-01",
            "2QS-DEC",
            Standard,
            "2000-03-01 2000-09-01 2001-03-01 2001-09-01 2002-03-01 2002-09-01",
        ),
        ("2000-01-01", "2000-01-20", "W", Standard, "2000-01-02 2000-01-09 2000-01-16"),
        ("2000-01-07", "2000-01-11", "B", ProlepticGregorian, "2000-01-07 2000-01-10 2000-01-11"),
        ("-0002-06-01", "0002-06-01", "YS", Standard, "-0001-01-01 0001-01-01 0002-01-01"),
        ("2000-01-02", "2000-01-01", "h", Standard, ""),
    ] {
        let (first, last) = (tick(start, calendar), tick(end, calendar));
        let ticks = date_range(first, last, frequency(text), SECOND, calendar).unwrap();
        assert_eq!(texts(&ticks, calendar).join(" "), expected, "{text}");
    }
    let start = tick("2000-01-31", NoLeap);
    let months = date_range_from(start, 3, frequency("ME"), SECOND, NoLeap).unwrap();
    assert_eq!(texts(&months, NoLeap), ["2000-01-31", "2000-02-28", "2000-03-31"]);
    let end = tick("2000-03-30", NoLeap);
    let months = date_range_until(end, 2, frequency("ME"), SECOND, NoLeap).unwrap();
    assert_eq!(texts(&months, NoLeap), ["2000-01-31", "2000-02-28"]);
}

#[test]
fn impossible_ranges_are_errors() {
    let standard = Calendar::Standard;
    let far = date_range(-i64::MAX, i64::MAX, frequency("s"), SECOND, standard);
    assert!(far.unwrap_err().to_string().contains("too many"));
    let far = date_range_from(0, usize::MAX, frequency("YS"), SECOND, standard);
    assert!(far.unwrap_err().to_string().contains("too many"));
    let far = date_range_from(i64::MAX - 5, 10, frequency("YS"), SECOND, standard);
    assert!(far.unwrap_err().is_overflow());
    let fine = date_range(0, 1, frequency("ms"), SECOND, standard);
    assert!(fine.unwrap_err().is_precision());
    assert!(date_range(MISSING, 0, frequency("D"), SECOND, standard).is_err());
}

fn counted(bins: &Bins, ticks: &[i64], calendar: Calendar) -> Vec<String> {
    let indices = bins.indices_of(ticks);
    let count = |bin| indices.iter().filter(|i| **i == Some(bin)).count();
    let labels = texts(bins.labels(), calendar).into_iter().enumerate();
    labels.map(|(bin, label)| format!("{label}={}", count(bin))).collect()
}

/// As pandas 3.1 has them.
#[test]
fn bins_agree_with_pandas() {
    let standard = Calendar::Standard;
    let ticks: Vec<i64> = ["2000-01-01T12", "2000-01-31T12", "2000-02-01", "2000-04-30T23:59:59"]
        .map(|t| tick(t, standard))
        .to_vec();
    let count = |resample: Resample| {
        let bins = resample.bins(&ticks, SECOND, standard).unwrap();
        counted(&bins, &ticks, standard).join(" ")
    };
    let every = |text: &str| Resample::new(frequency(text));
    assert_eq!(count(every("MS")), "2000-01-01=2 2000-02-01=1 2000-03-01=0 2000-04-01=1");
    assert_eq!(count(every("ME")), "2000-01-31=2 2000-02-29=1 2000-03-31=0 2000-04-30=1");
    assert_eq!(
        count(every("ME").closed(Side::Left)),
        "2000-01-31=1 2000-02-29=2 2000-03-31=0 2000-04-30=0 2000-05-31=1"
    );
    assert_eq!(count(every("2MS")), "2000-01-01=3 2000-03-01=1");
    assert_eq!(count(every("YE-MAR")), "2000-03-31=3 2001-03-31=1");
    assert_eq!(count(every("60D")), "2000-01-01=3 2000-03-01=0 2000-04-30=1");
}

#[test]
fn the_example_of_81_minutes() {
    // Half-open on the left, labelled on the right, from three minutes past midnight.
    let standard = Calendar::Standard;
    let ticks: Vec<i64> = (0..6).map(|i| tick("2000-01-01", standard) + i * 3600).collect();
    let resample = Resample::new(frequency("81min"))
        .closed(Side::Right)
        .label(Side::Right)
        .offset(frequency("3min").nanos().unwrap());
    let bins = resample.bins(&ticks, SECOND, standard).unwrap();
    assert_eq!(
        counted(&bins, &ticks, standard),
        [
            "2000-01-01T00:03:00=1",
            "2000-01-01T01:24:00=1",
            "2000-01-01T02:45:00=1",
            "2000-01-01T04:06:00=2",
            "2000-01-01T05:27:00=1",
        ]
    );
    assert!(!resample.ignores_origin());
    assert!(Resample::new(frequency("MS")).origin(Origin::End).ignores_origin());
}

#[test]
fn no_times_no_bins() {
    let resample = Resample::new(frequency("D"));
    for ticks in [&[][..], &[MISSING]] {
        let bins = resample.bins(ticks, SECOND, Calendar::NoLeap).unwrap();
        assert!(bins.is_empty() && bins.index_of(0).is_none());
    }
    let wide = [-i64::MAX, i64::MAX];
    assert!(resample.bins(&wide, SECOND, Calendar::NoLeap).is_err());
    assert!(resample.origin(Origin::At(MISSING)).bins(&[0], SECOND, Calendar::NoLeap).is_err());
}

#[test]
fn floors_are_first_ticks_of_periods() {
    let floor = |text: &str, date: &str| {
        let tick = tick(date, Calendar::Standard);
        let start = frequency(text).floor(tick, SECOND, Calendar::Standard).unwrap();
        format_short(start, SECOND, Calendar::Standard)
    };
    assert_eq!(floor("MS", "2000-02-29T12"), "2000-02-01");
    assert_eq!(floor("ME", "2000-02-29T12"), "2000-02-01");
    assert_eq!(floor("ME", "2000-02-01"), "2000-02-01");
    assert_eq!(floor("YE", "2000-12-31"), "2000-01-01");
    assert_eq!(floor("YE-NOV", "2000-12-31"), "2000-12-01");
    assert_eq!(floor("QS-DEC", "2000-02-29"), "1999-12-01");
    assert_eq!(floor("W", "2000-01-05"), "2000-01-03");
    assert_eq!(floor("MS", "1582-10-20"), "1582-10-01");
    assert_eq!(floor("6h", "1969-12-31T23"), "1969-12-31T18:00:00");
    assert!(frequency("2MS").floor(0, SECOND, Calendar::Standard).is_err());
    assert!(frequency("ms").floor(0, SECOND, Calendar::Standard).unwrap_err().is_precision());
    assert!(frequency("D").floor(-i64::MAX, SECOND, Calendar::Standard).is_err());
    let floored = frequency("D").floor_all(&[MISSING, 86_401], SECOND, Calendar::None).unwrap();
    assert_eq!(floored, [MISSING, 86_400]);
}

proptest! {
    #[test]
    fn every_time_falls_into_one_bin(
        ticks in prop::collection::vec(-20_000_000_000_i64..20_000_000_000, 1..20),
        alias in 0..19_usize,
        calendar in 0..7_usize,
        closed in any::<bool>(),
        origin in 0..6_usize,
    ) {
        let (frequency, calendar) = (frequency(ALIASES[alias]), Calendar::ALL[calendar]);
        // Bins of minutes over a thousand years are too many for a test.
        let base = ticks[0];
        let near = frequency.nanos().is_some_and(|n| n < 86_400_000_000_000);
        let scale = if near { 100_000 } else { 1 };
        let ticks: Vec<i64> = ticks.iter().map(|t| base + t / scale).collect();
        let origins =
            [Origin::StartDay, Origin::Start, Origin::Epoch, Origin::End, Origin::EndDay, Origin::At(base + 7)];
        let side = if closed { Side::Right } else { Side::Left };
        let resample = Resample::new(frequency).closed(side).origin(origins[origin]);
        let bins = resample.bins(&ticks, SECOND, calendar).unwrap();
        prop_assert_eq!(bins.edges().len(), bins.len() + 1);
        prop_assert!(bins.edges().is_sorted_by(|a, b| a < b));
        for (&tick, index) in ticks.iter().zip(bins.indices_of(&ticks)) {
            let index = index.unwrap();
            prop_assert_eq!(bins.index_of(tick), Some(index));
            prop_assert!(bins.edges()[index] <= tick && tick < bins.edges()[index + 1]);
        }
    }

    #[test]
    fn floors_are_starts(tick in -20_000_000_000_i64..20_000_000_000, calendar in 0..7_usize) {
        let calendar = Calendar::ALL[calendar];
        for alias in ["YS-MAR", "YE-MAR", "QS-FEB", "QE-FEB", "MS", "ME", "W-TUE", "D", "h"] {
            let frequency = frequency(alias);
            let start = frequency.floor(tick, SECOND, calendar).unwrap();
            prop_assert!(start <= tick);
            prop_assert_eq!(frequency.floor(start, SECOND, calendar).unwrap(), start);
            let before = frequency.floor(start - 1, SECOND, calendar).unwrap();
            prop_assert!(before < start);
            let date = DateTime::from_ticks(start, SECOND, calendar).unwrap();
            prop_assert!(alias == "h" || date.is_midnight());
        }
    }

    #[test]
    fn no_text_panics(text in "[0-9]{0,3}[A-Za-z]{0,3}(-[A-Za-z]{0,4})?", any in ".{0,10}") {
        let _ = (Frequency::parse(&text), Frequency::parse(&any));
    }
}
