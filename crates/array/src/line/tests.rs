use super::*;
use crate::f16;

#[test]
fn cumulative_sums_and_products() {
    let sum = |skip_missing| LineOp::CumSum { skip_missing };
    let a = Array::from_vec([2, 2, 2], (1..=8i32).collect()).unwrap();
    let along = |axis| sum(true).apply(&a, axis).unwrap().to_flat::<i64>().unwrap();
    assert_eq!(along(0), [1, 2, 3, 4, 6, 8, 10, 12]);
    assert_eq!(along(1), [1, 2, 4, 6, 5, 6, 12, 14]);
    assert_eq!(along(2), [1, 3, 3, 7, 5, 11, 7, 15]);
    let x = Array::from_vec([4], vec![1.0f32, f32::NAN, 2.0, 3.0]).unwrap();
    assert_eq!(sum(true).apply(&x, 0).unwrap().to_flat::<f32>().unwrap(), [1.0, 1.0, 3.0, 6.0]);
    let spread = sum(false).apply(&x, 0).unwrap().to_flat::<f32>().unwrap();
    assert!(spread[0] == 1.0 && spread[1..].iter().all(|v| v.is_nan()));
    let product = LineOp::CumProd { skip_missing: true };
    assert_eq!(product.apply(&x, 0).unwrap().to_flat::<f32>().unwrap(), [1.0, 1.0, 2.0, 6.0]);
    let tiny = Array::from_vec([3], vec![f16::from_f32(1.0); 3]).unwrap();
    assert_eq!(sum(true).apply(&tiny, 0).unwrap().dtype(), &DType::F16);
    let flags = Array::from_vec([3], vec![true, false, true]).unwrap();
    assert_eq!(sum(true).apply(&flags, 0).unwrap().to_flat::<i64>().unwrap(), [1, 1, 2]);
    let text = Array::from_vec([1], vec![crate::Text::from("x")]).unwrap();
    assert!(sum(true).apply(&text, 0).unwrap_err().is_unsupported());
    assert!(sum(true).apply(&a, 3).is_err());
}

#[test]
fn single_precision_is_added_in_double() {
    let x =
        Array::from_vec([10_001], vec![[16_777_216.0f32, 1.0]; 5001].concat()[..10_001].to_vec());
    let sums = LineOp::CumSum { skip_missing: true }.apply(&x.unwrap(), 0).unwrap();
    let exact: f64 = 5001.0 * 16_777_216.0 + 5000.0;
    assert_eq!(sums.to_flat::<f32>().unwrap()[10_000], exact as f32);
}

#[test]
fn parts_are_the_whole() {
    let x = Array::from_vec([3, 7], (0..21).map(f64::from).collect::<Vec<_>>()).unwrap();
    for op in [LineOp::CumSum { skip_missing: true }, LineOp::CumProd { skip_missing: false }] {
        let whole = op.apply(&x, 1).unwrap();
        for (start, end) in [(0, 7), (0, 1), (2, 5), (6, 7), (3, 3)] {
            let needs = op.needs(start..end, 7);
            let span =
                |r: &Range<usize>| Selection::all(&[3, 7]).with(1, Pick::span(r.start, r.len()));
            let part = x.select(&span(&needs)).unwrap();
            let found = op.apply_part(&part, 1, start..end, 7).unwrap();
            assert_eq!(found, whole.select(&span(&(start..end))).unwrap(), "{op} {start}..{end}");
        }
    }
    let op = LineOp::CumSum { skip_missing: true };
    assert!(op.is_whole_line(7));
    assert!(op.apply_part(&x, 1, 0..3, 7).unwrap_err().is_mismatch());
}

#[test]
fn lines_are_given_whole() {
    let x = Array::from_vec([2, 3, 20], (0..120i32).collect()).unwrap();
    for axis in 0..3 {
        let n = x.shape()[axis];
        let made = lines::by_line::<i32, i64>(&x, axis, 2, |line, out| {
            assert_eq!(line.len(), n);
            out[0] = line.iter().map(|v| i64::from(*v)).sum();
            out[1] = i64::from(line[n - 1]);
            Ok(())
        });
        let made = made.unwrap();
        let sums = LineOp::CumSum { skip_missing: true }.apply(&x, axis).unwrap();
        let last = |a: &Array, i| {
            a.select(&Selection::all(a.shape()).with(axis, Pick::At(i))).unwrap().cast(&DType::I64)
        };
        assert_eq!(last(&made, 0).unwrap(), last(&sums, n - 1).unwrap());
        assert_eq!(last(&made, 1).unwrap(), last(&x, n - 1).unwrap());
    }
}

/// A part of a larger array is not one piece of memory.
#[test]
fn parts_of_arrays_give_what_copies_of_them_give() {
    use crate::{Region, Window, WindowStat};
    let shape = [23usize, 9, 101];
    let values: Vec<f32> = (0..shape.iter().product())
        .map(|i| if i % 13 == 5 { f32::NAN } else { ((i * 7919) % 509) as f32 })
        .collect();
    let whole = Array::from_vec(shape, values).unwrap();
    let mut ops: Vec<LineOp> = [WindowStat::Mean, WindowStat::Max, WindowStat::Std { ddof: 0.0 }]
        .into_iter()
        .map(|stat| LineOp::Window(Window { len: 4, before: 1, least: 2, stat }))
        .collect();
    ops.push(LineOp::Quantile(Quantiles {
        q: [0.3].into(),
        method: QuantileMethod::Linear,
        skip_missing: true,
        keep_floats: false,
        groups: None,
    }));
    for (start, len) in
        [([2, 3, 0], [20, 4, 101]), ([0, 1, 5], [23, 8, 70]), ([1, 1, 1], [9, 5, 9])]
    {
        let part = whole.region(&Region::new(start, len)).unwrap();
        let copy = Array::from_vec(len, part.to_flat::<f32>().unwrap()).unwrap();
        for turned in [[0, 1, 2], [2, 0, 1], [1, 2, 0]] {
            let (part, copy) = (part.permute(&turned).unwrap(), copy.permute(&turned).unwrap());
            let shape = copy.shape().to_vec();
            let copy = Array::from_vec(shape, copy.to_flat::<f32>().unwrap()).unwrap();
            for (op, axis) in ops.iter().flat_map(|op| (0..3).map(move |a| (op, a))) {
                let (a, b) = (op.apply(&part, axis).unwrap(), op.apply(&copy, axis).unwrap());
                assert_eq!(a.to_packed(), b.to_packed(), "{op} along {axis}");
            }
        }
    }
}
