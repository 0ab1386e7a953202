use proptest::prelude::*;

use super::*;

fn units(text: &str) -> TimeUnits {
    TimeUnits::parse(text, Some("noleap")).unwrap()
}

#[test]
fn whole_steps_are_integers_and_others_floats() {
    let days = units("days since 1970-01-01 00:00:00 +6:00");
    assert_eq!(days.encode(&[64_800], TimeUnit::Second).unwrap(), Encoded::Ints(vec![1]));
    let halves = days.encode(&[21_600, 64_800], TimeUnit::Second).unwrap();
    assert_eq!(halves, Encoded::Floats(vec![0.5, 1.0]));
    let missing = days.encode(&[64_800, MISSING], TimeUnit::Second).unwrap();
    assert_eq!(missing, Encoded::Ints(vec![1, MISSING]));
    let missing = days.encode_as_floats(&[64_800, MISSING], TimeUnit::Second);
    assert!(missing[0] == 1.0 && missing[1].is_nan());
    assert_eq!(days.encode(&[], TimeUnit::Second).unwrap(), Encoded::Ints(vec![]));
}

#[test]
fn what_floats_lose_goes_to_a_shorter_step() {
    // Three nanoseconds are no fraction of a day that a float can hold beside a million days.
    let ticks = [86_400_000_000_000 * 30_000 + 3];
    let (to, encoded) =
        units("days since 1970-01-01").encode_lossless(&ticks, TimeUnit::Nanosecond).unwrap();
    assert_eq!(to.text(), "nanoseconds since 1970-01-01 00:00:00");
    assert_eq!(encoded, Encoded::Ints(ticks.to_vec()));

    let hourly: Vec<i64> = (0..48).map(|h| h * 3600).collect();
    let (to, encoded) =
        units("days since 1970-01-01").encode_lossless(&hourly, TimeUnit::Second).unwrap();
    let back = match &encoded {
        Encoded::Ints(n) => to.decoder_for_ints().unwrap().decode_i64(n).unwrap(),
        Encoded::Floats(n) => to.decoder_for_floats(n).unwrap().decode_f64(n).unwrap(),
    };
    assert_eq!(back, hourly);
}

#[test]
fn inferred_units_divide_all_distances() {
    let infer = |ticks: &[i64], unit| {
        TimeUnits::infer(ticks, unit, Calendar::Day360).unwrap().text().to_owned()
    };
    assert_eq!(infer(&[], TimeUnit::Second), "days since 1970-01-01 00:00:00");
    assert_eq!(infer(&[MISSING, 0, 86_400], TimeUnit::Second), "days since 1970-01-01 00:00:00");
    assert_eq!(infer(&[0, 86_400, 60], TimeUnit::Second), "minutes since 1970-01-01 00:00:00");
    assert_eq!(
        infer(&[1, 2], TimeUnit::Nanosecond),
        "nanoseconds since 1970-01-01 00:00:00.000000001"
    );
    assert!(TimeUnits::of_durations(Step::Month).is_err());
}

proptest! {
    #[test]
    fn lossless_is_lossless(
        ticks in prop::collection::vec(-(1_i64 << 58)..(1_i64 << 58), 0..8),
        grain in 0..8_usize,
        step in 0..7_usize,
        unit in 1..4_usize,
        calendar in 0..7_usize,
    ) {
        let (unit, calendar) = (TimeUnit::ALL[unit], Calendar::ALL[calendar]);
        let grain = [1, 7, 1000, 1_000_000, 3_600_000, 86_400_000, 86_400_000_000, 1 << 40][grain];
        let ticks: Vec<i64> = ticks.iter().map(|t| t / grain * grain).collect();
        let units = TimeUnits::new(STEPS[step], DateTime::day(1900, 3, 1), calendar).unwrap();
        let (to, encoded) = match units.encode_lossless(&ticks, unit) {
            Ok(encoded) => encoded,
            Err(error) => {
                // Only where the step is shorter than the tick.
                prop_assert!(error.is_overflow() && units.natural_unit() > unit, "{}", error);
                return Ok(());
            }
        };
        let (decoder, back) = match &encoded {
            Encoded::Ints(n) => {
                let decoder = to.decoder_for_ints().unwrap();
                (decoder, decoder.with_unit(unit).decode_i64(n).unwrap())
            }
            Encoded::Floats(n) => {
                let decoder = to.decoder_for_floats(n).unwrap();
                (decoder, decoder.with_unit(unit).decode_f64(n).unwrap())
            }
        };
        prop_assert_eq!(back, ticks, "{} {:?}", to, decoder);
    }
}
