use graticule_array::{Array, DType, Pick, Scalar, TimeType, ndarray};
use graticule_cftime::{Calendar, DateTime, TimeUnit};
use proptest::prelude::*;

use super::*;
use crate::select::{Selector, near};

fn index<T: graticule_array::Element>(labels: Vec<T>) -> LabelIndex {
    LabelIndex::new(&Array::new(ndarray::Array1::from_vec(labels).into_dyn())).unwrap()
}

fn daily(from: (i64, u8, u8), n: usize, calendar: Calendar) -> LabelIndex {
    let unit = TimeUnit::Second;
    let start = DateTime::day(from.0, from.1, from.2).to_ticks(unit, calendar).unwrap();
    let ticks: Vec<i64> = (0..n as i64).map(|d| start + d * 86_400).collect();
    let times = Array::new(ndarray::Array1::from_vec(ticks).into_dyn());
    LabelIndex::new(&times.with_dtype(DType::Time(TimeType { unit, calendar })).unwrap()).unwrap()
}

fn positions(pick: &Pick) -> Vec<usize> {
    (0..pick.len()).filter_map(|k| pick.get(k)).collect()
}

fn sel(index: &LabelIndex, by: impl Into<Selector>) -> Result<Pick> {
    index.pick("x", &by.into())
}

#[test]
fn ranges_take_their_ends_in_either_order() {
    let lat = index((0..721).map(|i| 90.0 - 0.25 * f64::from(i)).collect());
    assert_eq!(sel(&lat, 20.0..=60.0).unwrap(), Pick::span(120, 161));
    assert_eq!(sel(&lat, 60.0..=20.0).unwrap(), Pick::span(120, 161));
    assert_eq!(sel(&lat, 60.0..20.0).unwrap(), Pick::span(120, 160), "the end is left out");
    assert_eq!(sel(&lat, 20.0..60.0).unwrap(), Pick::span(121, 160));
    assert_eq!(sel(&lat, 89.6..).unwrap(), Pick::span(2, 719), "as xarray: in coordinate order");
    assert_eq!(sel(&lat, 91.0..=95.0).unwrap().len(), 0);
    assert_eq!(sel(&lat, ..).unwrap(), Pick::all(721));
}

#[test]
fn labels_of_f32_are_found_by_their_decimal_text() {
    let x = index(vec![0.1f32, 0.2, 0.3]);
    assert_eq!(sel(&x, 0.2).unwrap(), Pick::At(1));
    assert_eq!(sel(&x, 0.1..=0.3).unwrap(), Pick::span(0, 3));
    let n = index(vec![1i32, 3, 5]);
    assert_eq!(sel(&n, 3.0).unwrap(), Pick::At(1));
    assert_eq!(sel(&n, 1.5..=5.0).unwrap(), Pick::span(1, 2));
    assert!(sel(&n, 3.5).is_err());
}

#[test]
fn missing_labels_name_their_neighbours() {
    let e = sel(&index(vec![10.0, 20.0, 30.0, 40.0]), 21.0).unwrap_err();
    assert!(e.is_not_found());
    assert_eq!(e.to_string(), "no label 21.0 in \"x\"; the nearest labels are 20.0, 30.0, 10.0");
    let e = sel(&index(vec![Text::from("Halifax"), Text::from("Iqaluit")]), "Halifx").unwrap_err();
    assert!(e.to_string().ends_with("the nearest labels are \"Halifax\""), "{e}");
    let e = sel(&index(vec![1.0]), "one").unwrap_err();
    assert!(e.is_mismatch() && e.to_string().contains("expected a number"), "{e}");
}

#[test]
fn nearest_follows_pandas() {
    let up = index(vec![1.0, 2.0, 3.0]);
    let down = index(vec![3.0, 2.0, 1.0]);
    let mixed = index(vec![2.0, 3.0, 1.0]);
    assert_eq!(sel(&up, near(2.5)).unwrap(), Pick::At(2));
    assert_eq!(sel(&down, near(2.5)).unwrap(), Pick::At(0));
    assert_eq!(sel(&mixed, near(2.5)).unwrap(), Pick::At(1));
    assert_eq!(sel(&up, near(2.5).pad()).unwrap(), Pick::At(1));
    assert_eq!(sel(&up, near(2.5).backfill()).unwrap(), Pick::At(2));
    // In the order of the coordinate, as pandas has it.
    assert_eq!(sel(&down, near(2.5).pad()).unwrap(), Pick::At(0));
    assert_eq!(sel(&down, near(2.5).backfill()).unwrap(), Pick::At(1));
    assert!(sel(&up, near(0.5).pad()).is_err());
    assert!(sel(&up, near(2.4).within(0.3)).is_err());
    assert_eq!(sel(&up, near(2.4).within(0.4001)).unwrap(), Pick::At(1));
    assert!(sel(&up, near(f64::NAN)).is_err());
    let whole = index(vec![10i64, 20, 30]);
    assert_eq!(sel(&whole, near(14.9)).unwrap(), Pick::At(0));
    assert_eq!(sel(&whole, near(15.0)).unwrap(), Pick::At(1));
    assert_eq!(sel(&whole, near(19.5).pad()).unwrap(), Pick::At(0));
    assert_eq!(sel(&whole, near(20.5).pad()).unwrap(), Pick::At(1));
    assert_eq!(sel(&whole, near(20.5).backfill()).unwrap(), Pick::At(2));
}

#[test]
fn repeated_and_unsorted_labels() {
    let x = index(vec![3i64, 1, 3, 2]);
    assert!(!x.is_monotonic() && !x.is_unique());
    assert_eq!(positions(&sel(&x, 3).unwrap()), [0, 2]);
    assert_eq!(sel(&x, 1).unwrap(), Pick::At(1));
    assert_eq!(positions(&sel(&x, [2, 3]).unwrap()), [3, 0, 2]);
    assert!(sel(&x, 1..=2).unwrap_err().to_string().contains("not sorted"));
    let y = index(vec![1i64, 1, 2, 2, 2]);
    assert!(y.is_monotonic());
    assert_eq!(sel(&y, 2).unwrap(), Pick::span(2, 3));
    let gap = index(vec![1.0, f64::NAN, 2.0]);
    assert!(!gap.is_monotonic());
    assert_eq!(sel(&gap, 2.0).unwrap(), Pick::At(2));
}

#[test]
fn dates_as_text_select_periods_in_every_calendar() {
    let noleap = daily((1999, 1, 1), 800, Calendar::NoLeap);
    assert_eq!(sel(&noleap, "1999-12"..="2000-02").unwrap(), Pick::span(334, 90));
    assert_eq!(sel(&noleap, "1999-12".."2000-02").unwrap(), Pick::span(334, 90));
    assert_eq!(sel(&noleap, "2000-02").unwrap(), Pick::span(396, 28));
    assert_eq!(sel(&noleap, "1999-03-01").unwrap(), Pick::At(59));
    assert_eq!(sel(&noleap, "1999"..="1999").unwrap(), Pick::span(0, 365));
    assert!(sel(&noleap, "1999-02-29").is_err(), "no such day");
    assert!(sel(&noleap, "1970").unwrap_err().is_not_found());
    assert!(sel(&noleap, "soon").unwrap_err().to_string().contains("is no date"));
    assert!(sel(&noleap, 5).unwrap_err().to_string().contains("expected a time"));
    let d360 = daily((2000, 1, 1), 360, Calendar::Day360);
    assert_eq!(sel(&d360, "2000-02-30").unwrap(), Pick::At(59));
    assert_eq!(sel(&d360, "2000-02").unwrap(), Pick::span(30, 30));
    assert_eq!(sel(&d360, "2000-03"..="2000-02").unwrap(), Pick::span(30, 60));
    assert_eq!(positions(&sel(&d360, ["2000-01-02", "2000-01-01"]).unwrap()), [1, 0]);
    assert_eq!(sel(&d360, near("2000-01-02T13")).unwrap(), Pick::At(2));
    assert!(sel(&d360, near("2000-01-02T13").within(3600)).is_err());
}

#[test]
fn times_of_other_units_and_calendars() {
    let t = daily((2000, 1, 1), 10, Calendar::Standard);
    let day = |unit: TimeUnit, calendar| {
        let tick = DateTime::day(2000, 1, 3).to_ticks(unit, calendar).unwrap();
        Selector::from(Scalar::Time(tick, TimeType { unit, calendar }))
    };
    assert_eq!(sel(&t, day(TimeUnit::Nanosecond, Calendar::Standard)).unwrap(), Pick::At(2));
    let e = sel(&t, day(TimeUnit::Second, Calendar::NoLeap)).unwrap_err();
    assert!(e.to_string().contains("whose calendar is standard"), "{e}");
}

#[test]
fn differences_say_where_and_how_much() {
    let a = index((0..10).map(|i| f64::from(i) * 0.1).collect::<Vec<_>>());
    let b = index((0..10).map(|i| i as f32 * 0.1).collect::<Vec<_>>());
    let text = a.difference(&b).unwrap();
    assert!(text.contains("first differ at position 1: 0.1 and 0.1"), "{text}");
    assert!(text.contains("nearly equal"), "{text}");
    assert_eq!(index(vec![1i32, 2]).difference(&index(vec![1.0, 2.0])), None);
    let text = index(vec![1, 2, 3]).difference(&index(vec![1, 2])).unwrap();
    assert_eq!(text, "lengths are 3 and 2");
    let (x, y) =
        (daily((2000, 1, 1), 3, Calendar::Standard), daily((2000, 1, 1), 3, Calendar::NoLeap));
    assert!(x.difference(&y).unwrap().contains("calendars"));
}

#[test]
fn groups_come_in_the_order_of_their_labels() {
    let labels = Array::from_vec([5], vec![2.0, f64::NAN, 1.0, 2.0, -0.0]).unwrap();
    let (codes, firsts) = factorize(&labels).unwrap();
    assert_eq!(codes, [2, u32::MAX, 1, 2, 0]);
    assert_eq!(firsts, [4, 2, 0]);
}

proptest! {
    /// Every lookup agrees with a scan of the labels.
    #[test]
    fn lookups_agree_with_a_scan(
        mut labels in prop::collection::vec(-20i64..20, 0..30),
        order in 0..3,
        a in -25i64..25,
        b in -25i64..25,
        inclusive: bool,
    ) {
        match order {
            0 => labels.sort_unstable(),
            1 => { labels.sort_unstable(); labels.reverse(); }
            _ => {}
        }
        let idx = index(labels.clone());
        let all: Vec<usize> = (0..labels.len()).filter(|i| labels[*i] == a).collect();
        match sel(&idx, a) {
            Ok(pick) => prop_assert_eq!(positions(&pick), all),
            Err(e) => { prop_assert!(all.is_empty() && e.is_not_found()); }
        }
        let (lo, hi) = (a.min(b), a.max(b));
        let inside: Vec<usize> = (0..labels.len())
            .filter(|i| (lo..=hi).contains(&labels[*i]) && (inclusive || labels[*i] != b))
            .collect();
        let range = if inclusive { sel(&idx, a..=b) } else { sel(&idx, a..b) };
        match range {
            Ok(pick) => prop_assert_eq!(positions(&pick), inside),
            Err(_) => prop_assert!(!idx.is_monotonic()),
        }
        if let Ok(pick) = sel(&idx, near(a)) {
            let best = labels.iter().map(|l| (l - a).abs()).min().unwrap();
            let got = labels[pick.get(0).unwrap()];
            prop_assert_eq!((got - a).abs(), best);
            prop_assert!(got >= a || !labels.contains(&(a + best)));
        } else {
            prop_assert!(labels.is_empty());
        }
    }
}
