//! Times and durations.

use std::sync::Arc;

use graticule_array::{
    Array, Cells, DType, MISSING_TICK, MapOp, ReduceParams, Scalar, TimeType, ZipOp, reduction,
};
use graticule_cftime::{Calendar, Field, TimeUnit, TimeUnits};

fn time(unit: TimeUnit, calendar: Calendar) -> DType {
    DType::Time(TimeType { unit, calendar })
}

fn ticks(dtype: DType, values: &[i64]) -> Array {
    Array::from_vec(vec![values.len()], values.to_vec()).unwrap().with_dtype(dtype).unwrap()
}

fn seconds(values: &[i64]) -> Array {
    ticks(time(TimeUnit::Second, Calendar::Standard), values)
}

const MS: TimeUnit = TimeUnit::Millisecond;
const S: TimeUnit = TimeUnit::Second;

#[test]
fn differences_and_sums_take_the_finer_unit() {
    let (a, b) = (seconds(&[10, MISSING_TICK]), ticks(time(MS, Calendar::Standard), &[1500, 1]));
    let d = ZipOp::Sub.apply(&a, &b).unwrap();
    assert_eq!(d, ticks(DType::Duration(MS), &[8500, MISSING_TICK]));
    assert_eq!(ZipOp::Add.apply(&b, &d).unwrap().dtype(), b.dtype());
    let later = ZipOp::Add.apply(&d, &a).unwrap();
    assert_eq!(later, ticks(time(MS, Calendar::Standard), &[18_500, MISSING_TICK]));
    assert!(ZipOp::Add.apply(&a, &b).unwrap_err().to_string().contains("subtract"));
    let far = seconds(&[i64::MAX - 1]);
    let e = ZipOp::Add.apply(&far, &ticks(DType::Duration(S), &[5])).unwrap_err();
    assert!(e.to_string().contains("overflow"), "{e}");
}

#[test]
fn comparisons_are_exact_across_units() {
    let a = seconds(&[1, 2, MISSING_TICK, i64::MAX]);
    let b = ticks(time(TimeUnit::Nanosecond, Calendar::Standard), &[1_000_000_000, 2, 5, i64::MAX]);
    let flat = |op: ZipOp| op.apply(&a, &b).unwrap().to_flat::<bool>().unwrap();
    assert_eq!(flat(ZipOp::Eq), [true, false, false, false]);
    assert_eq!(flat(ZipOp::Ne), [false, true, true, true]);
    assert_eq!(flat(ZipOp::Gt), [false, true, false, true]);
    assert_eq!(flat(ZipOp::Le), [true, false, false, false]);
}

#[test]
fn calendars_agree_or_refuse() {
    let other = ticks(time(S, Calendar::NoLeap), &[1]);
    let e = ZipOp::Lt.apply(&seconds(&[1]), &other).unwrap_err();
    assert!(e.is_mismatch() && e.to_string().contains("calendar"), "{e}");
    let proleptic = |t| ticks(time(S, Calendar::ProlepticGregorian), &[t]);
    let d = ZipOp::Sub.apply(&seconds(&[5]), &proleptic(3)).unwrap();
    assert_eq!(d, ticks(DType::Duration(S), &[2]));
    let before = -13_000_000_000;
    assert!(ZipOp::Sub.apply(&seconds(&[before]), &proleptic(3)).unwrap_err().is_mismatch());
    assert!(ZipOp::Sub.apply(&seconds(&[5]), &proleptic(before)).unwrap_err().is_mismatch());
}

#[test]
fn durations_scale_and_divide() {
    let d = ticks(DType::Duration(S), &[7, -7, MISSING_TICK]);
    let with = |op, s: Scalar| MapOp::with(op, s, false, d.dtype()).unwrap().apply(&d).unwrap();
    let of = |v: &[i64]| ticks(DType::Duration(S), v);
    assert_eq!(with(ZipOp::Mul, Scalar::I32(2)), of(&[14, -14, MISSING_TICK]));
    assert_eq!(with(ZipOp::Mul, Scalar::F64(0.5)), of(&[3, -3, MISSING_TICK]));
    assert_eq!(with(ZipOp::FloorDiv, Scalar::I32(2)), of(&[3, -4, MISSING_TICK]));
    let two = Scalar::Duration(2000, MS);
    let ratio = with(ZipOp::Div, two.clone()).to_flat::<f64>().unwrap();
    assert_eq!(ratio[..2], [3.5, -3.5]);
    assert!(ratio[2].is_nan());
    let rest = with(ZipOp::Rem, two);
    assert_eq!(rest, ticks(DType::Duration(MS), &[1000, 1000, MISSING_TICK]));
}

#[test]
fn units_change_exactly_or_not_at_all() {
    let a = seconds(&[3, MISSING_TICK]);
    let fine = a.cast(&time(MS, Calendar::Standard)).unwrap();
    assert_eq!(fine, ticks(time(MS, Calendar::Standard), &[3000, MISSING_TICK]));
    assert_eq!(fine.cast(a.dtype()).unwrap(), a);
    let odd = ticks(time(MS, Calendar::Standard), &[1500]);
    assert!(odd.cast(a.dtype()).unwrap_err().is_invalid());
    assert!(seconds(&[i64::MAX]).cast(&time(MS, Calendar::Standard)).is_err());
    assert!(a.cast(&DType::I16).unwrap_err().to_string().contains("int64"));
}

#[test]
fn numbers_become_times_and_back() {
    let units = Arc::new(TimeUnits::parse("days since 2000-01-01", Some("noleap")).unwrap());
    let decoder = units.decoder_for_floats(&[0.5, 59.0]).unwrap();
    let decode = MapOp::DecodeTime { units: units.clone(), decoder };
    let stored = Array::from_vec(vec![3], vec![0.5f32, 59.0, f32::NAN]).unwrap();
    let times = decode.apply(&stored).unwrap();
    assert_eq!(times.dtype(), &decode.result(&DType::F32).unwrap());
    let month = MapOp::TimeFieldOrNan(Field::Month).apply(&times).unwrap();
    assert_eq!(month.to_flat::<f64>().unwrap()[..2], [1.0, 3.0]);
    assert!(MapOp::TimeField(Field::Month).apply(&times).is_err());
    let encode = MapOp::EncodeTime { units, to: DType::F64 };
    let back = encode.apply(&times).unwrap().to_flat::<f64>().unwrap();
    assert_eq!(back[..2], [0.5, 59.0]);
    assert!(back[2].is_nan());
    assert!(decode.to_string().contains("days since 2000-01-01"), "{decode}");
}

#[test]
fn numbers_become_durations_and_back() {
    let hour = 3_600_000_000_000;
    let stored = Array::from_vec(vec![2], vec![36i32, -2]).unwrap();
    let decode = MapOp::DecodeDuration { nanos_per_step: hour, to: S };
    let d = decode.apply(&stored).unwrap();
    assert_eq!(d, ticks(DType::Duration(S), &[129_600, -7200]));
    let encode = MapOp::EncodeDuration { nanos_per_step: hour, to: DType::I64 };
    assert_eq!(encode.apply(&d).unwrap().to_flat::<i64>().unwrap(), [36, -2]);
    let half = Array::from_vec(vec![1], vec![0.1234f64]).unwrap();
    assert!(decode.apply(&half).unwrap_err().is_invalid());
    let huge = Array::from_vec(vec![1], vec![i64::MAX]).unwrap();
    assert!(decode.apply(&huge).is_err());
}

#[test]
fn times_have_a_mean_and_bounds() {
    let x = seconds(&[4_000_000_000_000, 4_000_000_000_003, MISSING_TICK]);
    let run = |name: &str| {
        let r =
            reduction(name, &ReduceParams { skipna: Some(true), ..Default::default() }).unwrap();
        let mut s = r.start(x.dtype(), 1).unwrap();
        r.update(&mut s, &x, Cells::One(0), 0).unwrap();
        r.finish(s, x.dtype()).unwrap()
    };
    assert_eq!(run("mean"), seconds(&[4_000_000_000_001]));
    assert_eq!(run("max"), seconds(&[4_000_000_000_003]));
    assert_eq!(run("min"), seconds(&[4_000_000_000_000]));
    assert_eq!(run("last"), seconds(&[4_000_000_000_003]));
    assert_eq!(run("count").to_flat::<i64>().unwrap(), [2]);
    let sum = reduction("sum", &ReduceParams::default()).unwrap();
    assert!(sum.result(x.dtype()).unwrap_err().to_string().contains("\"sum\""));
    assert!(sum.result(&DType::Duration(S)).is_ok());
}
