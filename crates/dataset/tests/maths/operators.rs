//! Operators and functions of two operands on labelled arrays and datasets.

use graticule_array::DType;
use graticule_dataset::{DataArray, Dataset};

fn flat(array: &DataArray) -> Vec<f64> {
    array.astype(DType::F64).values::<f64>().unwrap()
}

fn flags(array: &DataArray) -> Vec<bool> {
    array.values::<bool>().unwrap()
}

#[test]
fn logic_in_all_ownership_forms() {
    let x = DataArray::new("x", "t", vec![1.0, 2.0, 3.0, f64::NAN]);
    let (low, high) = (x.ge(2.0), x.le(2.0));
    assert_eq!(flags(&(&low & &high)), [false, true, false, false]);
    assert_eq!(flags(&(low.clone() | high.clone())), [true, true, true, false]);
    assert_eq!(flags(&(&low ^ high.clone())), [true, false, true, false]);
    assert_eq!(flags(&!low.clone()), [true, false, false, true]);
    assert_eq!(flags(&(!&low & true)), [true, false, false, true]);
    assert_eq!(flags(&x.logical_and(2)), [true; 4], "NaN is not 0");
    let n = DataArray::new("n", "t", vec![0i16, 1, 2, 3]);
    assert_eq!(flags(&n.logical_and(true)), [false, true, true, true]);
    assert_eq!(flags(&n.logical_or(&low)), [false, true, true, true]);
    assert_eq!(flags(&n.logical_xor(1)), [true, false, false, false]);
    assert_eq!(flags(&n.logical_not()), [true, false, false, false]);
    assert_eq!(flat(&(&n & 2)), [0.0, 0.0, 2.0, 2.0]);
    assert_eq!(flat(&((&n << 3) >> 1)), [0.0, 4.0, 8.0, 12.0]);
    assert_eq!((&n << 3).dtype(), DType::I16);
    assert!((&x & 1).check().unwrap_err().is_unsupported());
}

#[test]
fn functions_of_two() {
    let x = DataArray::new("x", "t", vec![1.0, f64::NAN, -3.0]);
    let y = DataArray::new("y", "t", vec![2.0, 5.0, -4.0]);
    assert_eq!(flat(&x.fmin(&y)), [1.0, 5.0, -4.0]);
    assert_eq!(flat(&x.fmax(&y)), [2.0, 5.0, -3.0]);
    assert_eq!(flat(&x.copysign(-1.0).fillna(0))[..1], [-1.0]);
    assert_eq!(flat(&y.fmod(3)), [2.0, 2.0, -1.0]);
    assert_eq!(flat(&(&y % 3)), [2.0, 2.0, 2.0]);
    assert_eq!(flat(&y.heaviside(0.5)), [1.0, 1.0, 0.0]);
    assert_eq!(flat(&y.ldexp(2)), [8.0, 20.0, -16.0]);
    let n = DataArray::new("n", "t", vec![12i32, -18, 7]);
    assert_eq!(flat(&n.gcd(6)), [6.0, 6.0, 1.0]);
    assert_eq!(flat(&n.lcm(8)), [24.0, 72.0, 56.0]);
    assert_eq!(flat(&n.float_power(-1))[0], 1.0 / 12.0);
    assert!(n.pow(-1).compute().is_err());
    assert_eq!(flat(&n.bitwise_count()), [2.0, 2.0, 3.0]);
    assert_eq!(flags(&(-&y).signbit()), [true, true, false]);
    assert_eq!(n.fabs().dtype(), DType::F64);
    assert_eq!(flags(&x.isnan()), [false, true, false]);
}

#[test]
fn closeness_is_that_of_numpy() {
    let inf = f64::INFINITY;
    let a = DataArray::new("a", "t", vec![1.0, 1.0, inf, inf, f64::NAN, 1.0]);
    let b = DataArray::new("b", "t", vec![1.0 + 1e-9, 1.1, inf, 1.0, f64::NAN, inf]);
    assert_eq!(flags(&a.isclose(&b, 1e-5, 1e-8)), [true, false, true, false, false, false]);
    let n = DataArray::new("n", "t", vec![100i16]);
    assert_eq!(flags(&n.isclose(101, 0.01, 0.0)), [true]);
}

#[test]
fn datasets_and_arrays_combine_variable_by_variable() {
    let ds = Dataset::new()
        .with_coord("t", "t", vec![1, 2])
        .with_var("a", "t", vec![1.0f32, 2.0])
        .with_var("n", "t", vec![1i16, 2]);
    let row = DataArray::new("row", "t", vec![10.0f32, 20.0]).with_coord("t", "t", vec![1, 2]);
    let sum = &ds + &row;
    assert_eq!((flat(&sum["a"]), sum["n"].dtype()), (vec![11.0, 22.0], DType::F32));
    assert_eq!(flat(&(2 * &ds)["n"]), [2.0, 4.0]);
    assert_eq!((2 * &ds)["n"].dtype(), DType::I16);
    assert_eq!((&ds * 2.5)["a"].dtype(), DType::F32);
    assert_eq!((&ds / 2)["n"].dtype(), DType::F64);
    assert_eq!(flags(&(ds.gt(1) & ds.le(2))["n"]), [false, true]);
    assert_eq!(flags(&(!ds.gt(1))["a"]), [true, false]);
    assert_eq!(flat(&(&ds - &ds)["a"]), [0.0, 0.0]);
    assert_eq!(flat(&(-&ds)["n"]), [-1.0, -2.0]);
    assert_eq!(flat(&ds.maximum(&row)["n"]), [10.0, 20.0]);
}

#[test]
fn integers_that_do_not_fit_are_refused_when_written() {
    let n = DataArray::new("n", "t", vec![1u8]);
    let e = (&n + 300).check().unwrap_err();
    assert!(e.to_string().contains("does not fit into uint8"), "{e}");
    let e = (&n + -1).check().unwrap_err();
    assert!(e.to_string().contains("does not fit into uint8"), "{e}");
    assert_eq!((&n + 255).values::<u8>().unwrap(), [0], "sums wrap");
    let e = n.any_bits(0x1ff).check().unwrap_err();
    assert!(e.to_string().contains("no bits of 0x1ff"), "{e}");
}
