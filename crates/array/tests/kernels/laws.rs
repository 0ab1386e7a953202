//! Laws that hold for any input.

use graticule_array::{Array, Cells, DType, MapOp, ReduceParams, Rows, Scalar, State, reduction};
use proptest::prelude::*;

fn floats() -> impl Strategy<Value = Vec<f64>> {
    let value = prop_oneof![
        4 => -1e6..1e6f64,
        1 => Just(f64::NAN),
        1 => prop_oneof![Just(0.0), Just(-0.0), Just(1e8), Just(-1.0)],
    ];
    proptest::collection::vec(value, 0..120)
}

fn numbers(dtype: &DType, values: &[f64]) -> Array {
    let whole: Vec<f64> = if dtype.is_integer() {
        values.iter().map(|v| if v.is_nan() { 0.0 } else { v % 100.0 }).collect()
    } else {
        values.to_vec()
    };
    Array::from_vec(vec![whole.len()], whole).unwrap().cast(dtype).unwrap()
}

fn close(name: &str, a: &Array, b: &Array, scale: f64) -> bool {
    let (x, y) = (a.cast(&DType::F64).unwrap(), b.cast(&DType::F64).unwrap());
    let (x, y) = (x.to_flat::<f64>().unwrap(), y.to_flat::<f64>().unwrap());
    let float = a.dtype().is_float() && !["min", "max", "first", "last"].contains(&name);
    let epsilon = if *a.dtype() == DType::F32 { 1.2e-7 } else { 1e-12 };
    x.iter().zip(&y).all(|(x, y)| {
        x == y || (x.is_nan() && y.is_nan()) || (float && (x - y).abs() <= epsilon * scale)
    })
}

fn reduce(
    name: &str,
    parts: &[Array],
    width: usize,
    by_merge: bool,
) -> graticule_array::Result<Array> {
    let r = reduction(name, &ReduceParams::default())?;
    let dtype = parts[0].dtype().clone();
    let codes: Vec<u32> = (0..200).map(|i| (i % width) as u32).collect();
    let mut state = r.start(&dtype, width)?;
    let mut at = 0;
    for part in parts {
        let n = part.len();
        let codes: Vec<u32> = (at..at + n).map(|i| codes[i % 200]).collect();
        let cells = if width == 1 { Cells::One(0) } else { Cells::Each(&codes) };
        if by_merge {
            let mut own: State = r.start(&dtype, width)?;
            r.update(&mut own, part, cells, at as u64)?;
            r.merge(&mut state, 0, &own, 0..width)?;
        } else {
            r.update(&mut state, part, cells, at as u64)?;
        }
        at += n;
    }
    r.finish(state, &dtype)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn splits_do_not_matter(values in floats(), cut in 0..120usize, again in 0..120usize) {
        let names: Vec<&str> = graticule_array::reduction_names().collect();
        for dtype in [DType::F64, DType::F32, DType::I16, DType::U32] {
            let x = numbers(&dtype, &values);
            let n = x.len();
            let (a, b) = (cut.min(again).min(n), cut.max(again).min(n));
            let parts: Vec<Array> =
                [0..a, a..b, b..n].into_iter().map(|r| x.flat(r).unwrap()).collect();
            let scale: f64 = 1.0 + values.iter().filter(|v| !v.is_nan()).map(|v| v * v).sum::<f64>();
            for name in &names {
                for width in [1, 3] {
                    let whole = reduce(name, std::slice::from_ref(&x), width, false);
                    for by_merge in [false, true] {
                        let split = reduce(name, &parts, width, by_merge);
                        match (&whole, &split) {
                            (Ok(a), Ok(b)) if *name == "prod" && a.dtype().is_float() => {
                                prop_assert_eq!(a.len(), b.len());
                            }
                            (Ok(a), Ok(b)) => prop_assert!(
                                close(name, a, b, scale), "{} {} {:?} {:?}", name, dtype, a, b
                            ),
                            (Err(a), Err(b)) => prop_assert_eq!(a.to_string(), b.to_string()),
                            (a, b) => prop_assert!(false, "{} {:?} {:?}", name, a, b),
                        }
                    }
                }
            }
        }
    }

    #[test]
    fn an_empty_state_changes_nothing(values in floats()) {
        let x = numbers(&DType::F64, &values);
        for name in graticule_array::reduction_names() {
            let r = reduction(name, &ReduceParams::default()).unwrap();
            let mut plain = r.start(&DType::F64, 1).unwrap();
            r.update(&mut plain, &x, Cells::One(0), 0).unwrap();
            let empty = r.start(&DType::F64, 1).unwrap();
            let mut left = r.start(&DType::F64, 1).unwrap();
            r.merge(&mut left, 0, &plain, 0..1).unwrap();
            r.merge(&mut left, 0, &empty, 0..1).unwrap();
            let bits = |s| r.finish(s, &DType::F64).map(|a| format!("{a:?}")).map_err(|e| e.to_string());
            prop_assert_eq!(bits(plain), bits(left), "{}", name);
        }
    }

    #[test]
    fn runs_and_groups_agree(values in floats(), rows in 1..5usize) {
        let width = values.len() / rows;
        for name in graticule_array::reduction_names() {
            let r = reduction(name, &ReduceParams::default()).unwrap();
            let mut run = r.start(&DType::F64, width).unwrap();
            let mut each = r.start(&DType::F64, width).unwrap();
            let codes: Vec<u32> = (0..width as u32).collect();
            for row in 0..rows {
                let tile = numbers(&DType::F64, &values[row * width..(row + 1) * width]);
                r.update(&mut run, &tile, Cells::Run(0), row as u64).unwrap();
                if !name.starts_with("arg") {
                    r.update(&mut each, &tile, Cells::Each(&codes), row as u64).unwrap();
                }
            }
            if !name.starts_with("arg") {
                let bits = |s| r.finish(s, &DType::F64).map(|a| format!("{a:?}")).map_err(|e| e.to_string());
                prop_assert_eq!(bits(run), bits(each), "{}", name);
            }
        }
    }

    #[test]
    fn rows_at_once_are_rows_one_by_one(
        values in floats(),
        len in 1..9usize,
        codes in proptest::collection::vec(prop_oneof![Just(u32::MAX), 0..3u32], 120),
        cut in 0..120usize,
        spread: bool,
    ) {
        let rows = values.len() / len;
        let (codes, cut) = (&codes[..rows], cut.min(rows));
        let width = if spread { len } else { 1 };
        // Rows of the same cells follow each other, as along an axis.
        let cells: Vec<u32> = (0..rows).map(|r| codes[r / 3 * 3]).collect();
        let positions: Vec<u64> = (0..rows as u64).map(|r| r * 10).collect();
        for dtype in [DType::F64, DType::F32, DType::I16] {
            let x = numbers(&dtype, &values);
            let tiles = [x.flat(0..cut * len).unwrap(), x.flat(cut * len..rows * len).unwrap()];
            for name in graticule_array::reduction_names() {
                let r = reduction(name, &ReduceParams::default()).unwrap();
                let mut one = r.start(&dtype, 3 + width).unwrap();
                let mut all = r.start(&dtype, 3 + width).unwrap();
                for (i, cell) in cells.iter().enumerate().filter(|(_, c)| **c != u32::MAX) {
                    let row = x.flat(i * len..(i + 1) * len).unwrap();
                    let cell = *cell as usize;
                    let to = if spread { Cells::Run(cell) } else { Cells::One(cell) };
                    r.update(&mut one, &row, to, positions[i]).unwrap();
                }
                let rows =
                    Rows { tiles: &tiles, len, cells: &cells, positions: &positions, spread };
                r.update_rows(&mut all, &rows).unwrap();
                let bits = |s| r.finish(s, &dtype).map(|a| format!("{a:?}")).map_err(|e| e.to_string());
                prop_assert_eq!(bits(one), bits(all), "{} {}", name, dtype);
            }
        }
    }

    #[test]
    fn packed_values_survive_the_way_there_and_back(
        stored in proptest::collection::vec(-32767i16.., 0..50),
        scale in prop_oneof![Just(0.01), Just(0.1), Just(1.7e-3), Just(2.0)],
        offset in prop_oneof![Just(0.0), Just(273.15), Just(-5.0)],
        single in any::<bool>(),
    ) {
        let to = if single { DType::F32 } else { DType::F64 };
        let fill = Scalar::I16(-32767);
        let number = |v: f64| if single { Scalar::F32(v as f32) } else { Scalar::F64(v) };
        let raw = Array::from_vec(vec![stored.len()], stored).unwrap();
        let decode = MapOp::Decode {
            values: [fill.clone()].into(),
            to,
            scale: Some(number(scale)),
            offset: Some(number(offset)),
        };
        let encode = MapOp::Encode {
            scale: Some(number(scale)),
            offset: Some(number(offset)),
            fill: Some(fill),
            to: DType::I16,
            name: "x".into(),
        };
        prop_assert_eq!(&encode.apply(&decode.apply(&raw).unwrap()).unwrap(), &raw);
    }

    #[test]
    fn lossless_reads_keep_every_value(values in proptest::collection::vec(any::<i64>(), 0..20)) {
        let x = Array::from_vec(vec![values.len()], values.clone()).unwrap();
        if let Ok(floats) = x.to_vec::<f64>() {
            for (i, f) in values.iter().zip(floats) {
                prop_assert_eq!(i128::from(*i), f as i128);
            }
        } else {
            prop_assert!(values.iter().any(|v| i128::from(*v) != (*v as f64) as i128));
        }
        match x.to_vec::<u8>() {
            Ok(bytes) => prop_assert!(values.iter().zip(bytes).all(|(v, b)| *v == i64::from(b))),
            Err(_) => prop_assert!(values.iter().any(|v| u8::try_from(*v).is_err())),
        }
    }
}
