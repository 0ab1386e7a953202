//! Expected values are those of xarray 2026.9.

use graticule_array::{DType, QuantileMethod};

use crate::{DataArray, std, sum};

const NAN: f64 = f64::NAN;

fn same(x: &DataArray, expected: &[f64]) {
    let found = x.astype("float64").values::<f64>().unwrap();
    let near = |(a, b): (&f64, &f64)| (a.is_nan() && b.is_nan()) || (a - b).abs() < 1e-6;
    assert!(
        found.len() == expected.len() && found.iter().zip(expected).all(near),
        "{found:?} is not {expected:?}"
    );
}

fn gap() -> DataArray {
    DataArray::new("v", "x", vec![3.0f32, 1.0, f32::NAN, 1.0, 5.0, 9.0])
        .with_coord("x", "x", (0..6).map(f64::from).collect::<Vec<_>>())
        .with_attr("units", "K")
}

fn whole() -> DataArray {
    DataArray::new("v", "x", vec![3, 1, 4, 1, 5, 9])
}

#[test]
fn windows_that_end_at_their_element() {
    let three = gap().rolling("x", 3);
    same(&three.mean(), &[NAN, NAN, NAN, NAN, NAN, 5.0]);
    let some = three.clone().min_periods(1);
    same(&some.mean(), &[3.0, 2.0, 2.0, 1.0, 3.0, 5.0]);
    same(&some.sum(), &[3.0, 4.0, 4.0, 2.0, 6.0, 15.0]);
    same(&some.count(), &[1.0, 2.0, 2.0, 2.0, 2.0, 3.0]);
    same(&some.std(), &[0.0, 1.0, 1.0, 0.0, 2.0, 3.265_986_323_710_904]);
    same(&some.median(), &[3.0, 2.0, 2.0, 1.0, 3.0, 5.0]);
    same(&some.argmax(), &[2.0, 1.0, 0.0, 0.0, 2.0, 2.0]);
    same(&some.argmin(), &[2.0, 2.0, 1.0, 0.0, 1.0, 0.0]);
    same(&three.reduce(std().ddof(1.0)), &[NAN, NAN, NAN, NAN, NAN, 4.0]);
    assert_eq!(some.mean().dtype(), DType::F32);
    assert_eq!(some.count().dtype(), DType::F64);
    assert_eq!(some.mean().attrs().text("units"), Some("K"));
    let ints = whole().rolling("x", 3);
    same(&ints.max(), &[NAN, NAN, 4.0, 4.0, 5.0, 9.0]);
    same(&ints.reduce(sum().skipna(false)), &[NAN, NAN, 8.0, 6.0, 10.0, 15.0]);
    assert_eq!(ints.sum().dtype(), DType::F64);
    same(&ints.quantile(0.5, QuantileMethod::Linear), &[NAN, NAN, 3.0, 1.0, 4.0, 5.0]);
}

#[test]
fn windows_around_their_element() {
    let four = whole().rolling("x", 4).center(true);
    same(&four.mean(), &[NAN, NAN, 2.25, 2.75, 4.75, NAN]);
    same(&four.clone().min_periods(2).sum(), &[4.0, 8.0, 9.0, 11.0, 19.0, 15.0]);
}

#[test]
fn all_up_to_each_element() {
    same(&gap().cumulative("x").mean(), &[3.0, 2.0, 2.0, 5.0 / 3.0, 2.5, 3.8]);
    same(&gap().cumulative("x").max(), &[3.0, 3.0, 3.0, 3.0, 5.0, 9.0]);
}

#[test]
fn windows_can_be_laid_out() {
    let made = gap().rolling("x", 3).construct("w");
    assert_eq!(made.dims().to_string(), "x, w");
    let expected = [NAN, NAN, 3.0, NAN, 3.0, 1.0, 3.0, 1.0, NAN, 1.0, NAN, 1.0];
    same(&made.isel("x", ..4), &expected);
    let made = whole().rolling("x", 3).center(true).construct_with("w", 2, Some(&0.into()));
    assert_eq!(made.dtype(), DType::I32);
    same(&made, &[0.0, 3.0, 1.0, 1.0, 4.0, 1.0, 1.0, 5.0, 9.0]);
}

#[test]
fn windows_of_several_dimensions() {
    let values = (0..20).map(|i| if i == 7 { NAN } else { f64::from(i) });
    let z = DataArray::new("z", ["a", "b"], (values.collect::<Vec<_>>(), [4, 5]));
    let by = z.rolling_over([("a", 2), ("b", 3)]);
    same(&by.mean().isel("a", 3), &[NAN, NAN, 13.5, 14.5, 15.5]);
    same(&by.mean().isel("a", 2), &[NAN; 5]);
    let around = by.clone().min_periods(1).center(true);
    same(&around.sum().isel("a", ..2), &[1.0, 3.0, 6.0, 9.0, 7.0, 12.0, 14.0, 20.0, 26.0, 24.0]);
    let mixed = by.center_along("a", true).min_periods(2).std();
    same(&mixed.isel("a", 1), &[2.5, 2.549_509_76, 2.315_167_38, 2.607_680_96, 2.785_677_66]);
}

#[test]
fn mistakes_are_named_at_once() {
    let x = whole();
    let fails = |d: DataArray| d.check().unwrap_err().to_string();
    assert!(fails(x.rolling("y", 3).mean()).contains("no dimension \"y\""));
    assert!(fails(x.rolling("x", 0).mean()).contains("no elements"));
    assert!(fails(x.rolling("x", 2).construct("x")).contains("already"));
    assert!(fails(x.rolling("x", 2).construct(["a", "b"])).contains("2 dimensions"));
    assert!(fails(x.rolling("x", 2).reduce(crate::first())).contains("no first()"));
    let text = DataArray::new("t", "x", vec!["a", "b"]);
    assert!(fails(text.rolling("x", 2).mean()).contains("moving windows of str"));
}
