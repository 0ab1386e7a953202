//! What is missing, weak scalars, bounds and reinterpretation.

use graticule_array::{Array, DType, MapOp, MathFn, Scalar, ZipOp};

fn floats(values: &[f32]) -> Array {
    Array::from_vec(vec![values.len()], values.to_vec()).unwrap()
}

fn with(op: ZipOp, scalar: Scalar, array: &DType) -> graticule_array::Result<DType> {
    MapOp::with(op, scalar, false, array)?.result(array)
}

#[test]
fn scalars_take_the_type_of_the_array() {
    use ZipOp::{Add, Lt, Mul, Pow};
    assert_eq!(with(Mul, Scalar::F64(2.0), &DType::F32).unwrap(), DType::F32);
    assert_eq!(with(Mul, Scalar::F64(2.0), &DType::I16).unwrap(), DType::F64);
    assert_eq!(with(Mul, Scalar::F32(2.0), &DType::I16).unwrap(), DType::F64);
    assert_eq!(with(Add, Scalar::I32(1), &DType::U8).unwrap(), DType::U8);
    assert_eq!(with(Add, Scalar::I64(1), &DType::F16).unwrap(), DType::F16);
    assert_eq!(with(Add, Scalar::I32(1), &DType::Bool).unwrap(), DType::I64);
    assert_eq!(with(Pow, Scalar::I32(2), &DType::F32).unwrap(), DType::F32);
    assert!(with(Add, Scalar::I32(300), &DType::U8).unwrap_err().is_invalid());
    assert_eq!(with(Lt, Scalar::I32(300), &DType::U8).unwrap(), DType::Bool);
    let below = MapOp::with(Lt, Scalar::I32(-1), true, &DType::U64).unwrap();
    let x = Array::from_vec(vec![2], vec![0u64, u64::MAX]).unwrap();
    assert_eq!(below.apply(&x).unwrap().to_flat::<bool>().unwrap(), [true, true]);
}

#[test]
fn values_that_mean_missing_match_exactly() {
    let raw = Array::from_vec(vec![4], vec![-99i16, 0, 7, -1]).unwrap();
    let mask = |values: Vec<Scalar>| {
        let op = MapOp::Mask { values: values.into(), to: DType::F32 };
        op.apply(&raw).unwrap().is_missing().unwrap().to_flat::<bool>().unwrap()
    };
    assert_eq!(mask(vec![Scalar::I16(-99)]), [true, false, false, false]);
    assert_eq!(mask(vec![Scalar::F64(-99.0), Scalar::U64(7)]), [true, false, true, false]);
    // None of these is an int16.
    let strangers = vec![Scalar::F64(0.5), Scalar::F32(f32::NAN), Scalar::I32(65535)];
    assert_eq!(mask(strangers), [false; 4]);
    assert_eq!(
        mask(vec![Scalar::I16(7), Scalar::I16(0), Scalar::I16(-1)]),
        [false, true, true, true]
    );
}

#[test]
fn floats_that_mean_missing_round_to_the_stored_type() {
    let raw = floats(&[1e20, f32::NAN, 1.0, -0.0]);
    let op = MapOp::Decode {
        values: [Scalar::F64(1e20), Scalar::F32(f32::NAN)].into(),
        to: DType::F64,
        scale: None,
        offset: None,
    };
    let out = op.apply(&raw).unwrap().to_flat::<f64>().unwrap();
    assert!(out[0].is_nan() && out[1].is_nan());
    assert!(out[3].is_sign_negative());
    let e = MapOp::Mask { values: [].into(), to: DType::I16 }.result(&DType::I8).unwrap_err();
    assert!(e.to_string().contains("float32"), "{e}");
}

#[test]
fn missing_elements_are_found_and_filled() {
    let x = floats(&[1.0, f32::NAN]);
    assert_eq!(MapOp::IsMissing.apply(&x).unwrap().to_flat::<bool>().unwrap(), [false, true]);
    assert_eq!(MapOp::NotMissing.apply(&x).unwrap().to_flat::<bool>().unwrap(), [true, false]);
    let filled = MapOp::FillMissing(Scalar::F64(5.0)).apply(&x).unwrap();
    assert_eq!(filled, floats(&[1.0, 5.0]));
    for dtype in [DType::F16, DType::F64, DType::C64, DType::Str] {
        let gone = Array::missing(&dtype, &[2]).unwrap();
        assert_eq!(gone.is_missing().unwrap().to_flat::<bool>().unwrap(), [true, true]);
    }
    assert!(Array::missing(&DType::I64, &[2]).unwrap_err().to_string().contains("float64"));
}

#[test]
fn clipping_keeps_nan() {
    let x = floats(&[-1.0, 0.5, 9.0, f32::NAN]);
    let op = MapOp::Clip { min: Some(Scalar::F64(0.0)), max: Some(Scalar::I32(1)) };
    let out = op.apply(&x).unwrap().to_flat::<f32>().unwrap();
    assert_eq!(out[..3], [0.0, 0.5, 1.0]);
    assert!(out[3].is_nan());
}

#[test]
fn signs_can_be_read_otherwise() {
    let x = Array::from_vec(vec![2], vec![-1i8, 5]).unwrap();
    let unsigned = MapOp::Unsigned(true).apply(&x).unwrap();
    assert_eq!(unsigned.to_flat::<u8>().unwrap(), [255, 5]);
    assert_eq!(MapOp::Unsigned(false).apply(&unsigned).unwrap(), x);
}

#[test]
fn values_outside_the_stored_type_are_errors() {
    let encode = |to: DType, fill: Option<Scalar>| MapOp::Encode {
        scale: Some(Scalar::F64(0.01)),
        offset: None,
        fill,
        to,
        name: "t2m".into(),
    };
    let e = encode(DType::I16, None).apply(&floats(&[400.0])).unwrap_err();
    assert!(e.to_string().contains("t2m") && e.to_string().contains("int16"), "{e}");
    let e = encode(DType::I16, None).apply(&floats(&[f32::NAN])).unwrap_err();
    assert!(e.to_string().contains("_FillValue"), "{e}");
    let plain = |to| MapOp::Encode { scale: None, offset: None, fill: None, to, name: "n".into() };
    let big = Array::from_vec(vec![2], vec![1u64 << 63, 1]).unwrap();
    assert!(plain(DType::I64).apply(&big).is_err());
    assert_eq!(plain(DType::U64).apply(&big).unwrap(), big);
    let edge = Array::from_vec(vec![1], vec![9_223_372_036_854_775_808f64]).unwrap();
    assert!(plain(DType::I64).apply(&edge).is_err());
    assert!(plain(DType::U64).apply(&edge).is_ok());
}

#[test]
fn every_operation_takes_empty_arrays() {
    let none = Array::from_vec(vec![0, 3], Vec::<f32>::new()).unwrap();
    for function in MathFn::ALL.iter().filter(|f| **f != MathFn::BitCount) {
        let out = MapOp::Math(*function).apply(&none).unwrap();
        assert_eq!(out.shape(), [0, 3], "{function}");
    }
    let sum = ZipOp::Add.apply(&none, &none).unwrap();
    assert_eq!(sum.shape(), [0, 3]);
    assert_eq!(none.cast(&DType::I8).unwrap().shape(), [0, 3]);
    assert!(none.to_vec::<f64>().unwrap().is_empty());
}

#[test]
fn errors_name_the_operation_and_the_types() {
    let e = ZipOp::And.result(&DType::F32, &DType::I16).unwrap_err().to_string();
    assert!(e.contains("\"&\"") && e.contains("float32") && e.contains("cast"), "{e}");
    let e = MapOp::Neg.result(&DType::Bool).unwrap_err().to_string();
    assert!(e.contains("negative") && e.contains("bool"), "{e}");
    let e = MapOp::Math(MathFn::Sqrt).result(&DType::Str).unwrap_err().to_string();
    assert!(e.contains("sqrt") && e.contains("str"), "{e}");
}
