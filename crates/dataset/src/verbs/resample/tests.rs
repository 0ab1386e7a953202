//! Expected values are those of xarray 2026.9.

use graticule_array::{Array, DType, TimeType};
use graticule_cftime::{Calendar, DateTime, TimeUnit};

use crate::{DataArray, Origin, Side, every};

/// Days from 2000-01-01 on, with their place in the list as values.
fn days(days: &[i64], calendar: Calendar) -> DataArray {
    let start = DateTime::day(2000, 1, 1).to_ticks(TimeUnit::Second, calendar).unwrap();
    let ticks: Vec<i64> = days.iter().map(|d| start + d * 86_400).collect();
    let kind = TimeType { unit: TimeUnit::Second, calendar };
    let times =
        Array::from_vec([ticks.len()], ticks).unwrap().with_dtype(DType::Time(kind)).unwrap();
    let values: Vec<i32> = (0..days.len() as i32).collect();
    DataArray::new("v", "time", values.clone())
        .with_coord("time", "time", times)
        .with_coord("aux", "time", values)
        .with_coord("h", (), 2.0)
}

fn texts(times: &DataArray) -> Vec<String> {
    let shown = times.coord("time").compute().unwrap().variable();
    let array = shown.in_memory().unwrap();
    (0..array.len()).map(|i| crate::show::values::element_text(array, &[i])).collect()
}

fn flat(x: &DataArray) -> Vec<f64> {
    x.astype("float64").values::<f64>().unwrap()
}

fn same(x: &DataArray, expected: &[f64]) {
    let found = flat(x);
    let equal = |(a, b): (&f64, &f64)| a == b || (a.is_nan() && b.is_nan());
    assert!(
        found.len() == expected.len() && found.iter().zip(expected).all(equal),
        "{found:?} is not {expected:?}"
    );
}

const NAN: f64 = f64::NAN;
const GAP: [i64; 7] = [0, 1, 2, 3, 9, 10, 11];

#[test]
fn bins_without_times_are_missing() {
    let x = days(&GAP, Calendar::Standard);
    let two = x.resample("time", "2D");
    same(&two.mean(), &[0.5, 2.5, NAN, NAN, 4.0, 5.5]);
    same(&two.sum(), &[1.0, 5.0, NAN, NAN, 4.0, 11.0]);
    same(&two.prod(), &[0.0, 6.0, NAN, NAN, 4.0, 30.0]);
    same(&two.min(), &[0.0, 2.0, NAN, NAN, 4.0, 5.0]);
    same(&two.last(), &[1.0, 3.0, NAN, NAN, 4.0, 6.0]);
    same(&two.std(), &[0.5, 0.5, NAN, NAN, 0.0, 0.5]);
    same(&two.asfreq(), &[0.5, 2.5, NAN, NAN, 4.0, 5.5]);
    same(&two.count(), &[2.0, 2.0, 0.0, 0.0, 1.0, 2.0]);
    assert_eq!(two.count().dtype(), DType::I64);
    assert_eq!(two.max().dtype(), DType::F64);
    assert_eq!(x.astype("float32").resample("time", "2D").mean().dtype(), DType::F32);
    assert_eq!(x.isel("time", ..4).resample("time", "2D").max().dtype(), DType::I32);
    assert_eq!(two.mean().coords().names().collect::<Vec<_>>(), ["h", "time"]);
}

#[test]
fn upsampling_takes_the_values_at_the_labels() {
    let x = days(&GAP, Calendar::Standard);
    let half = x.resample("time", "12h");
    let head = |y: DataArray| y.isel("time", ..8);
    same(&head(half.ffill()), &[0.0, 0.0, 1.0, 1.0, 2.0, 2.0, 3.0, 3.0]);
    same(&head(half.bfill()), &[0.0, 1.0, 1.0, 2.0, 2.0, 3.0, 3.0, 4.0]);
    same(&head(half.nearest()), &[0.0, 1.0, 1.0, 2.0, 2.0, 3.0, 3.0, 3.0]);
    same(&head(half.nearest_within(3600)), &[0.0, NAN, 1.0, NAN, 2.0, NAN, 3.0, NAN]);
    let between = head(half.interpolate(crate::InterpOptions::new()));
    same(&between.isel("time", ..7), &[0.0, 0.5, 1.0, 1.5, 2.0, 2.5, 3.0]);
    assert!((flat(&between)[7] - 3.083_333_333_333_333_5).abs() < 1e-12);
    assert_eq!((half.ffill().dtype(), half.ffill().len()), (DType::I32, 23));
    assert!(!half.ffill().coords().has("aux"));
}

#[test]
fn every_calendar_has_its_own_months() {
    for (calendar, lens) in [
        (Calendar::Day360, [30.0, 30.0, 30.0]),
        (Calendar::NoLeap, [31.0, 28.0, 31.0]),
        (Calendar::Julian, [31.0, 29.0, 31.0]),
        (Calendar::Standard, [31.0, 29.0, 31.0]),
    ] {
        let x = days(&(0..90).collect::<Vec<_>>(), calendar);
        let made = x.resample("time", "MS").count();
        assert_eq!(flat(&made)[..2], lens[..2], "{calendar:?}");
        assert_eq!(texts(&made)[1].get(..10), Some("2000-02-01"));
    }
}

#[test]
fn options_move_and_label_the_bins() {
    let x = days(&(0..60).collect::<Vec<_>>(), Calendar::Standard);
    let made = x.resample("time", every("MS").label(Side::Right)).first();
    assert_eq!(texts(&made)[0].get(..10), Some("2000-02-01"));
    let made = x.resample("time", "QS-DEC").count();
    same(&made, &[60.0]);
    assert_eq!(texts(&made)[0].get(..10), Some("1999-12-01"));
    let made = x.resample("time", every("10D").origin(Origin::Epoch)).count();
    assert_eq!(flat(&made).iter().sum::<f64>(), 60.0);
    let at = x.resample("time", every("10D").origin_at("1999-12-30")).count();
    same(&at, &[8.0, 10.0, 10.0, 10.0, 10.0, 10.0, 2.0]);
    let moved = x.resample("time", every("10D").offset("-2D")).count();
    same(&moved, &[8.0, 10.0, 10.0, 10.0, 10.0, 10.0, 2.0]);
}

#[test]
fn mistakes_are_named_at_once() {
    let x = days(&GAP, Calendar::Standard);
    let fails = |d: DataArray| d.check().unwrap_err().to_string();
    assert!(fails(x.resample("tme", "MS").mean()).contains("did you mean \"time\"?"));
    assert!(fails(x.resample("time", "M").mean()).contains("is now called \"ME\""));
    let e = fails(x.resample("time", every("MS").offset("1D")).mean());
    assert!(e.contains("follow the calendar"), "{e}");
    assert!(fails(x.drop_vars("time").resample("time", "MS").ffill()).contains("no times"));
    let y = DataArray::new("v", "t", vec![1, 2]).with_coord("t", "t", vec![1, 2]);
    assert!(fails(y.resample("t", "MS").mean()).contains("needs times"));
}
