//! Each rule: before and after, as text.

use std::sync::Arc;

use graticule_array::{
    Array, ChunkGrid, DType, LineOp, MapOp, Pick, ReduceParams, Scalar, Selection, ZipOp, reduction,
};
use graticule_storage::MemorySource;

use super::optimize;
use crate::expr::LazyArray;

fn source(shape: &[usize]) -> LazyArray {
    let data = Array::zeros(&DType::I16, shape).unwrap();
    let grid = ChunkGrid::even(shape, &vec![2; shape.len()]);
    LazyArray::read(Arc::new(MemorySource::with_grid(data, grid)))
}

/// `outer(inner(..))`, inputs in order.
fn text(node: &LazyArray) -> String {
    node.to_string()
}

/// The expression after all rules, and which fired.
fn after(node: &LazyArray) -> (String, String) {
    let (out, rules) = optimize(std::slice::from_ref(node)).unwrap();
    (text(&out[0]), rules.join(" "))
}

fn pick(picks: &[Pick]) -> Selection {
    Selection::new(picks.to_vec())
}

#[test]
fn push_select_through_elementwise_steps() {
    let (a, b) = (source(&[4, 6]), source(&[4, 6]));
    let x = a.zip(ZipOp::Add, &b).unwrap().map(MapOp::Neg).unwrap();
    let y = x.select(&pick(&[Pick::At(1), Pick::span(0, 2)])).unwrap();
    let name = (MapOp::Neg.to_string(), ZipOp::Add.to_string());
    let read = "select [1, 0..2](read int16 [4, 6])";
    let expected = format!("{}({}({read}; {read}))", name.0, name.1);
    assert_eq!(after(&y), (expected, "push_select".into()));
}

#[test]
fn push_select_through_axes() {
    let x = source(&[4, 6]).permute(&[1, 0]).unwrap();
    let x = x.broadcast(&[Some(0), None, Some(1)], &[6, 3, 4]).unwrap();
    let y = x.select(&pick(&[Pick::span(2, 2), Pick::At(0), Pick::span(1, 1)])).unwrap();
    assert_eq!(after(&y).0, "permute [1, 0](select [1..2, 2..4](read int16 [4, 6]))");
    let y = x.select(&pick(&[Pick::At(2), Pick::all(3), Pick::all(4)])).unwrap();
    assert_eq!(after(&y).0, "broadcast ×3 0(select [0..4, 2](read int16 [4, 6]))");
}

#[test]
fn push_select_drops_pieces() {
    let parts: Vec<_> = (0..5).map(|_| source(&[4])).collect();
    let x = LazyArray::concat(&parts, 0).unwrap();
    assert_eq!(
        after(&x.select(&pick(&[Pick::span(7, 2)])).unwrap()).0,
        "concat 2 along 0(select [3..4](read int16 [4]); select [0..1](read int16 [4]))"
    );
    let one = x.select(&pick(&[Pick::At(9)])).unwrap();
    assert_eq!(after(&one).0, "select [1](read int16 [4])");
    let none = x.select(&pick(&[Pick::span(3, 0)])).unwrap();
    assert_eq!(after(&none).0, "select [0..0](read int16 [4])");
}

/// A mean over time; a climatology; what is stored decoded: each before and after a selection.
#[test]
fn push_select_through_decoding_into_the_read() {
    let decode = MapOp::Decode {
        values: [Scalar::I16(-9)].into(),
        to: DType::F32,
        scale: Some(Scalar::F32(0.5)),
        offset: Some(Scalar::F32(270.0)),
    };
    let files: Vec<_> = (0..3).map(|_| source(&[4, 6]).map(decode.clone()).unwrap()).collect();
    let x = LazyArray::concat(&files, 0).unwrap();
    let y = x.select(&pick(&[Pick::span(5, 2), Pick::At(2)])).unwrap();
    let d = "decode to float32, missing -9, scale 0.5, offset 270";
    let read = "read int16 [4, 6]";
    assert_eq!(
        text(&y),
        format!("select [5..7, 2](concat 3 along 0({d}({read}); {d}({read}); {d}({read})))")
    );
    assert_eq!(after(&y), (format!("{d}(select [1..3, 2]({read}))"), "push_select".into()));
}

#[test]
fn push_select_through_operations_on_boxes() {
    let x = source(&[4, 6]);
    let sums = x.along(LineOp::CumSum { skip_missing: true }, 1).unwrap();
    let y = sums.select(&pick(&[Pick::At(2), Pick::span(1, 3)])).unwrap();
    assert_eq!(text(&y), "select [2, 1..4](cumsum along 1(read int16 [4, 6]))");
    let expected = "select [0, 1..4](cumsum along 1(select [2..3, 0..6](read int16 [4, 6])))";
    assert_eq!(after(&y), (expected.into(), "push_select".into()));
    let y = x.merge_axes(0, 2).unwrap().select(&pick(&[Pick::At(13)])).unwrap();
    assert_eq!(after(&y).0, "select [2, 1](read int16 [4, 6])");
    let y = x.split_axis(1, &[2, 3]).unwrap();
    let y = y.select(&pick(&[Pick::all(4), Pick::At(1), Pick::all(3)])).unwrap();
    assert_eq!(after(&y).0, "select [0..4, 3..6](read int16 [4, 6])");
    let y = x.gather(&[0, 1], &[vec![3, 0, 1], vec![5, 1, 2]]).unwrap();
    let y = y.select(&pick(&[Pick::At(2)])).unwrap();
    assert_eq!(after(&y).0, "select [1, 2](read int16 [4, 6])");
    let y = x.rechunk(ChunkGrid::even(&[4, 6], &[4, 1])).unwrap();
    let y = y.select(&pick(&[Pick::At(0), Pick::span(2, 3)])).unwrap();
    assert_eq!(after(&y).0, "rechunk [1](select [0, 2..5](read int16 [4, 6]))");
}

#[test]
fn push_select_along_kept_axes_of_reductions() {
    let mean = reduction("mean", &ReduceParams::default()).unwrap();
    let x = source(&[4, 6, 8]);
    let y = x.reduce(mean.clone(), &[1]).unwrap();
    let y = y.select(&pick(&[Pick::At(3), Pick::span(0, 2)])).unwrap();
    let read = "select [3, 0..6, 0..2](read int16 [4, 6, 8])";
    assert_eq!(after(&y).0, format!("mean over axes [0]({read})"));
    let codes: Arc<[u32]> = [0, 1, 2, 0, 1, 2].into();
    let y = x.reduce_grouped(mean, 1, codes, 3, &[0]).unwrap();
    let y = y.select(&pick(&[Pick::At(2), Pick::span(0, 2)])).unwrap();
    let read = "select [0..4, 0..6, 0..2](read int16 [4, 6, 8])";
    let expected = format!("select [0, 0..2](mean over axes [0] by 1 groups of axis 1({read}))");
    assert_eq!(after(&y).0, expected);
}

#[test]
fn shared_reductions_are_not_computed_twice() {
    let mean = reduction("mean", &ReduceParams::default()).unwrap();
    let y = source(&[4, 6]).reduce(mean, &[0]).unwrap();
    let point = y.select(&pick(&[Pick::At(3)])).unwrap();
    let (out, _) = optimize(&[y.clone(), point]).unwrap();
    assert_eq!(out[1].inputs()[0].id(), out[0].id());
}

#[test]
fn fuse_decode_keeps_each_rounding() {
    let mask = MapOp::Mask { values: [Scalar::I16(-9)].into(), to: DType::F32 };
    let x = source(&[4]).map(mask).unwrap();
    let with = |op, v: f32| MapOp::with(op, Scalar::F32(v), false, &DType::F32).unwrap();
    let x = x.map(with(ZipOp::Mul, 0.5)).unwrap().map(with(ZipOp::Add, 270.0)).unwrap();
    let (out, rules) = optimize(std::slice::from_ref(&x)).unwrap();
    assert_eq!(rules, ["fuse_decode"]);
    assert_eq!(text(out[0].input().unwrap()), "read int16 [4]");
    // The other order rounds differently and stays.
    let y = source(&[4]).map(MapOp::Cast(DType::F32)).unwrap();
    let y = y.map(with(ZipOp::Add, 1.0)).unwrap().map(with(ZipOp::Mul, 2.0)).unwrap();
    assert_eq!(after(&y).1, "");
}

#[test]
fn lift_map_over_pieces() {
    let parts: Vec<_> = (0..3).map(|_| source(&[4]).map(MapOp::Neg).unwrap()).collect();
    let x = LazyArray::concat(&parts, 0).unwrap();
    let read = "read int16 [4]";
    let expected = format!("{}(concat 3 along 0({read}; {read}; {read}))", MapOp::Neg);
    assert_eq!(after(&x), (expected, "lift_map".into()));
    let mixed = [parts[0].clone(), source(&[4])];
    let x = LazyArray::concat(&mixed, 0).unwrap();
    assert_eq!(after(&x).1, "");
}

#[test]
fn share_makes_equal_expressions_one() {
    let x = source(&[4]);
    let (a, b) = (x.map(MapOp::Neg).unwrap(), x.map(MapOp::Neg).unwrap());
    let (out, rules) = optimize(&[a.zip(ZipOp::Add, &b).unwrap()]).unwrap();
    assert_eq!(rules, ["share"]);
    assert_eq!(out[0].inputs()[0].address(), out[0].inputs()[1].address());
}
