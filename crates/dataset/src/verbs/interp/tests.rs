//! Expected values are those of xarray 2026.9.

use graticule_array::{Array, DType, Interpolation, TimeType};
use graticule_cftime::{Calendar, TimeUnit};

use super::InterpOptions;
use crate::{DataArray, Dataset};

const NAN: f64 = f64::NAN;

fn line() -> DataArray {
    DataArray::new("v", "x", vec![3i16, 1, 4, 1, 5, 9])
        .with_coord("x", "x", vec![0.0, 1.0, 2.0, 4.0, 8.0, 9.0])
        .with_coord("k", "x", (0..6).map(f64::from).collect::<Vec<_>>())
        .with_coord("s", "x", vec!["a", "b", "c", "d", "e", "f"])
        .with_coord("h", (), 7)
}

fn same(x: &DataArray, expected: &[f64]) {
    let found = x.astype("float64").values::<f64>().unwrap();
    let near = |(a, b): (&f64, &f64)| (a.is_nan() && b.is_nan()) || (a - b).abs() < 1e-12;
    assert!(
        found.len() == expected.len() && found.iter().zip(expected).all(near),
        "{found:?} is not {expected:?}"
    );
}

#[test]
fn labels_between_and_beyond() {
    let y = line();
    let at = vec![0.0, 0.5, 1.5, 3.0, 8.5, 9.0, 10.0, -1.0];
    let made = y.interp("x", at.clone());
    same(&made, &[3.0, 2.0, 2.5, 2.5, 7.0, 9.0, NAN, NAN]);
    same(&made.coord("k"), &[0.0, 0.5, 1.5, 2.5, 4.5, 5.0, NAN, NAN]);
    assert_eq!(made.coord("s").texts().unwrap()[1].as_deref(), Some("a"));
    assert_eq!(made.coord("h").item::<i32>().unwrap(), 7);
    same(
        &y.interp_with("x", at.clone(), Interpolation::Nearest),
        &[3.0, 3.0, 1.0, 4.0, 5.0, 9.0, NAN, NAN],
    );
    let cubic = y.interp_with("x", at, Interpolation::Spline(3));
    same(&cubic.isel("x", 1..3), &[0.689_027_777_777_777_9, 2.560_972_222_222_222]);
    same(&y.interp_with("x", vec![-1.0, 10.0], InterpOptions::new().extrapolate()), &[5.0, 13.0]);
    same(&y.interp_with("x", vec![-1.0, 10.0], InterpOptions::new().fill_value(5.0)), &[5.0, 5.0]);
    let one = y.interp("x", 0.5);
    assert_eq!((one.ndim(), one.coord("x").item::<f64>().unwrap()), (0, 0.5));
    same(&y.isel("x", crate::step(.., -1)).interp("x", vec![0.5, 6.0]), &[2.0, 3.0]);
    same(&y.isel("x", [3, 0, 5, 1, 4, 2]).interp("x", vec![0.5, 6.0]), &[2.0, 3.0]);
}

#[test]
fn types_are_those_of_scipy() {
    let make = |dtype: &str, x: &str| {
        DataArray::new("v", "x", vec![3, 1])
            .astype(dtype)
            .with_coord_variable("x", DataArray::new("x", "x", vec![0, 1]).astype(x).variable())
    };
    let of = |d: &DataArray| d.interp("x", vec![0.5f32]).dtype();
    assert_eq!(of(&make("float32", "float32").compute().unwrap()), DType::F32);
    assert_eq!(of(&make("float32", "float64").compute().unwrap()), DType::F64);
    assert_eq!(of(&make("int16", "float32").compute().unwrap()), DType::F64);
}

#[test]
fn missing_values_spread_to_both_sides() {
    let y = DataArray::new("v", "x", vec![3.0f32, 1.0, f32::NAN, 1.0]).with_coord(
        "x",
        "x",
        vec![0.0, 1.0, 2.0, 4.0],
    );
    same(&y.interp("x", vec![0.5, 1.0, 1.5, 2.0, 3.0, 4.0]), &[2.0, 1.0, NAN, NAN, NAN, NAN]);
}

#[test]
fn grids_and_points() {
    let values: Vec<f64> = (0..12).map(|i| f64::from(i * i)).collect();
    let g = DataArray::new("g", ["a", "b"], (values, [3, 4]))
        .with_coord("a", "a", vec![0, 1, 2])
        .with_coord("b", "b", vec![0, 1, 2, 3]);
    let made = g.interp("a", vec![0.5, 1.5]).interp("b", vec![0.25, 2.5]);
    same(&made, &[9.25, 24.5, 43.25, 76.5]);
    let a = DataArray::new("a", "p", vec![0.5, 1.5, 9.0]).with_coord("p", "p", vec![10, 20, 30]);
    let b = DataArray::new("b", "p", vec![0.25, 2.5, 0.0]);
    let made = g.interp_points([("a", &a), ("b", &b)]);
    same(&made, &[9.25, 76.5, NAN]);
    assert_eq!(made.coord("p").values::<i32>().unwrap(), [10, 20, 30]);
    same(&made.coord("a"), &[0.5, 1.5, 9.0]);
    let stack = g.expand_dims_with("t", vec![1, 2]);
    assert_eq!(stack.interp_points([("a", &a), ("b", &b)]).dims().to_string(), "t, p");
    let like = DataArray::new("o", "a", vec![0, 0]).with_coord("a", "a", vec![0.5, 1.5]);
    same(&g.interp_like(&like, InterpOptions::new()).isel("b", 0), &[8.0, 40.0]);
}

#[test]
fn times_are_labels_too() {
    let kind = TimeType { unit: TimeUnit::Second, calendar: Calendar::Standard };
    let times = Array::from_vec([3], vec![0i64, 86_400, 172_800]).unwrap();
    let times = times.with_dtype(DType::Time(kind)).unwrap();
    let t = DataArray::new("t", "time", vec![1.0, 2.0, 4.0]).with_coord("time", "time", times);
    same(&t.interp("time", vec!["1970-01-01T12", "1970-01-02T06"]), &[1.5, 2.5]);
    let fine = TimeType { unit: TimeUnit::Nanosecond, ..kind };
    let at = Array::from_vec([1], vec![64_800_000_000_000i64]).unwrap();
    same(&t.interp("time", at.with_dtype(DType::Time(fine)).unwrap()), &[1.75]);
}

#[test]
fn times_are_values_too() {
    let kind = TimeType { unit: TimeUnit::Second, calendar: Calendar::NoLeap };
    let missing = graticule_array::MISSING_TICK;
    let times = Array::from_vec([4], vec![0i64, 100, missing, 400]).unwrap();
    let y = DataArray::new("v", "x", vec![0.0, 1.0, 2.0, 3.0])
        .with_coord("x", "x", vec![0, 1, 2, 3])
        .with_coord("t", "x", times.with_dtype(DType::Time(kind)).unwrap());
    let made = y.interp("x", vec![0.25, 1.0, 1.5, 3.5]).coord("t").compute().unwrap();
    let ticks = made.variable().in_memory().unwrap().to_flat::<i64>().unwrap();
    assert_eq!(ticks, [25, 100, missing, missing]);
}

#[test]
fn mistakes_are_named_at_once() {
    let y = line();
    let fails = |d: DataArray| d.check().unwrap_err().to_string();
    assert!(fails(y.interp("z", 1.0)).contains("no dimension \"z\""));
    assert!(fails(y.interp("x", "a")).contains("labels of type str"));
    assert!(fails(y.isel("x", [0, 0, 1]).interp("x", 0.5)).contains("occur twice"));
    assert!(fails(y.isel("x", ..1).interp("x", 0.0)).contains("two labels"));
    let e = fails(y.isel("x", ..2).interp_with("x", 0.5, Interpolation::Spline(3)));
    assert!(e.contains("needs 4 elements"), "{e}");
    let text = DataArray::new("v", "x", vec!["a", "b"]).with_coord("x", "x", vec![0, 1]);
    assert_eq!(text.interp("x", 0.9).texts().unwrap()[0].as_deref(), Some("b"));
    let set = Dataset::new().with_coord("x", "x", vec![0, 1]).with_var("a", "x", vec![1.0, 2.0]);
    assert_eq!(set.interp("x", 0.5)["a"].item::<f64>().unwrap(), 1.5);
}
