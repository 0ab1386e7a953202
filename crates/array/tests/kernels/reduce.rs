//! Reductions: merging, missing values, empty cells.

use graticule_array::{Array, Cells, DType, ReduceParams, Reduction, State, reduction};

fn make(name: &str, skipna: Option<bool>) -> std::sync::Arc<dyn Reduction> {
    reduction(name, &ReduceParams { skipna, ..ReduceParams::default() }).unwrap()
}

fn one(name: &str, x: &Array) -> graticule_array::Result<Array> {
    let r = make(name, None);
    let mut s = r.start(x.dtype(), 1)?;
    r.update(&mut s, x, Cells::One(0), 0)?;
    r.finish(s, x.dtype())
}

#[test]
fn nothing_reduces_to_what_numpy_says() {
    let none = Array::from_vec(vec![0], Vec::<f32>::new()).unwrap();
    let value = |name| one(name, &none).unwrap().to_vec::<f64>().unwrap()[0];
    assert_eq!((value("sum"), value("prod")), (0.0, 1.0));
    for name in ["mean", "min", "max", "var", "std", "first", "last"] {
        assert!(value(name).is_nan(), "{name}");
    }
    let none = Array::from_vec(vec![0], Vec::<i16>::new()).unwrap();
    for name in ["min", "max", "argmin", "argmax", "first", "last"] {
        let e = one(name, &none).unwrap_err();
        assert!(e.is_invalid() && e.to_string().contains(name), "{e}");
    }
    assert_eq!(one("count", &none).unwrap().to_flat::<i64>().unwrap(), [0]);
}

#[test]
fn too_few_elements_leave_a_sum_missing() {
    let params = ReduceParams { min_count: Some(2), ..ReduceParams::default() };
    let r = reduction("sum", &params).unwrap();
    let x = Array::from_vec(vec![4], vec![1.0f32, f32::NAN, 2.0, 3.0]).unwrap();
    let mut s = r.start(x.dtype(), 2).unwrap();
    r.update(&mut s, &x, Cells::Each(&[0, 0, 1, 1]), 0).unwrap();
    let got = r.finish(s, x.dtype()).unwrap().to_flat::<f32>().unwrap();
    assert!(got[0].is_nan());
    assert_eq!(got[1], 5.0);
}

#[test]
fn variance_of_large_numbers_keeps_its_digits() {
    // Mean 1e8, variance 1: the nine digits that a sum of squares would lose.
    let n = 1_000_000u64;
    let noise = |i: u64| {
        let h = (i + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(29) as u32;
        (f64::from(h) / f64::from(u32::MAX) - 0.5) * 12f64.sqrt()
    };
    let small: Vec<f64> = (0..n).map(noise).collect();
    let mean = small.iter().sum::<f64>() / n as f64;
    let exact: f64 = small.iter().map(|x| (x - mean) * (x - mean)).sum::<f64>() / n as f64;
    let large: Vec<f64> = small.iter().map(|x| x + 1e8).collect();
    let kept: Vec<f64> = large.iter().map(|x| x - 1e8).collect();
    let m = kept.iter().sum::<f64>() / n as f64;
    let exact_large: f64 = kept.iter().map(|x| (x - m) * (x - m)).sum::<f64>() / n as f64;
    assert!((exact - 1.0).abs() < 0.1);
    let r = make("var", None);
    for along in [false, true] {
        let mut s = r.start(&DType::F64, if along { 1000 } else { 1 }).unwrap();
        for (i, tile) in large.chunks(1000).enumerate() {
            let tile = Array::from_vec(vec![tile.len()], tile.to_vec()).unwrap();
            let cells = if along { Cells::Run(0) } else { Cells::One(0) };
            r.update(&mut s, &tile, cells, i as u64).unwrap();
        }
        if along {
            // All cells of a run into one.
            let mut whole = r.start(&DType::F64, 1).unwrap();
            for cell in 0..1000 {
                r.merge(&mut whole, 0, &s, cell..cell + 1).unwrap();
            }
            s = whole;
        }
        let var = r.finish(s, &DType::F64).unwrap().to_flat::<f64>().unwrap()[0];
        assert!((var - exact_large).abs() < 1e-9 * exact_large, "{var} {exact_large} {along}");
    }
}

#[test]
fn means_of_many_f32_are_exact() {
    // numpy#29772: along the first axis a float32 accumulator is off by percents.
    let r = make("mean", None);
    let mut s = r.start(&DType::F32, 3).unwrap();
    let tile = Array::from_vec(vec![3], vec![1.0f32, 0.1, 16_777_217.0]).unwrap();
    for _ in 0..100_000 {
        r.update(&mut s, &tile, Cells::Run(0), 0).unwrap();
    }
    let got = r.finish(s, &DType::F32).unwrap().to_flat::<f32>().unwrap();
    assert_eq!(got, [1.0, 0.1, 16_777_217.0]);
}

#[test]
fn ties_go_to_the_first_position_across_blocks() {
    let x = [3.0f32, 1.0, 1.0, 9.0, 1.0, 9.0];
    for (name, wanted) in [("argmin", 1), ("argmax", 3)] {
        for split in 0..=x.len() {
            let r = make(name, None);
            let states: Vec<State> = [(0, &x[..split]), (split, &x[split..])]
                .into_iter()
                .map(|(at, part)| {
                    let mut s = r.start(&DType::F32, 1).unwrap();
                    let tile = Array::from_vec(vec![part.len()], part.to_vec()).unwrap();
                    r.update(&mut s, &tile, Cells::One(0), at as u64).unwrap();
                    s
                })
                .collect();
            let mut all = r.start(&DType::F32, 1).unwrap();
            r.merge(&mut all, 0, &states[0], 0..1).unwrap();
            r.merge(&mut all, 0, &states[1], 0..1).unwrap();
            let got = r.finish(all, &DType::F32).unwrap().to_flat::<i64>().unwrap();
            assert_eq!(got, [wanted], "{name} split at {split}");
        }
    }
}

#[test]
fn groups_take_their_elements_and_leave_others() {
    let x = Array::from_vec(vec![6], vec![5i32, 7, 1, 2, 8, 4]).unwrap();
    let codes = [1, 0, u32::MAX, 1, 0, 1];
    for (name, wanted) in [
        ("sum", [15, 11]),
        ("count", [2, 3]),
        ("min", [7, 2]),
        ("max", [8, 5]),
        ("first", [7, 5]),
        ("last", [8, 4]),
        ("argmax", [4, 0]),
        ("prod", [56, 40]),
    ] {
        let r = make(name, None);
        let mut s = r.start(x.dtype(), 2).unwrap();
        r.update(&mut s, &x, Cells::Each(&codes), 0).unwrap();
        let got = r.finish(s, x.dtype()).unwrap().cast(&DType::I64).unwrap();
        assert_eq!(got.to_flat::<i64>().unwrap(), wanted, "{name}");
    }
}

#[test]
fn cells_that_do_not_exist_are_an_error() {
    let x = Array::from_vec(vec![3], vec![1.0f32, 2.0, 3.0]).unwrap();
    for name in graticule_array::reduction_names() {
        let r = make(name, None);
        let mut s = r.start(x.dtype(), 2).unwrap();
        for cells in [Cells::One(2), Cells::Run(0), Cells::Each(&[0, 1, 2]), Cells::Each(&[0])] {
            assert!(r.update(&mut s, &x, cells, 0).is_err(), "{name} {cells:?}");
        }
        let other = r.start(x.dtype(), 2).unwrap();
        assert!(r.merge(&mut s, 1, &other, 0..2).is_err(), "{name}");
        assert!(r.merge(&mut s, 0, &other, 1..3).is_err(), "{name}");
        assert!(r.bytes_per_cell(x.dtype()) > 0);
    }
    let e = reduction("maen", &ReduceParams::default()).unwrap_err();
    assert!(e.to_string().contains("did you mean \"mean\""), "{e}");
}

#[test]
fn missing_elements_win_unless_left_out() {
    let x = Array::from_vec(vec![3], vec![2.0f64, f64::NAN, 1.0]).unwrap();
    for name in ["sum", "mean", "min", "max", "var", "prod"] {
        let r = make(name, Some(false));
        for cells in [Cells::One(0), Cells::Each(&[0, 0, 0])] {
            let mut s = r.start(x.dtype(), 1).unwrap();
            r.update(&mut s, &x, cells, 0).unwrap();
            let got = r.finish(s, x.dtype()).unwrap().to_flat::<f64>().unwrap();
            assert!(got[0].is_nan(), "{name}");
        }
    }
    let r = make("argmax", Some(false));
    let mut s = r.start(x.dtype(), 1).unwrap();
    r.update(&mut s, &x, Cells::One(0), 10).unwrap();
    assert_eq!(r.finish(s, x.dtype()).unwrap().to_flat::<i64>().unwrap(), [11]);
}

#[test]
fn squares_too_large_are_infinite_and_those_of_infinities_undefined() {
    for (values, check) in [
        (vec![1e200, -1e200, 3e200, 5.0], f64::is_infinite as fn(f64) -> bool),
        (vec![1.0, f64::INFINITY, 2.0, 3.0], f64::is_nan),
    ] {
        let r = make("std", None);
        let x = Array::from_vec(vec![4], values).unwrap();
        for cells in [Cells::One(0), Cells::Each(&[0, 0, 0, 0])] {
            let (mut whole, mut half) =
                (r.start(x.dtype(), 1).unwrap(), r.start(x.dtype(), 1).unwrap());
            r.update(&mut whole, &x, cells, 0).unwrap();
            r.update(&mut half, &x, cells, 4).unwrap();
            r.merge(&mut whole, 0, &half, 0..1).unwrap();
            let got = r.finish(whole, x.dtype()).unwrap().to_flat::<f64>().unwrap();
            assert!(check(got[0]), "{got:?}");
        }
    }
}
