//! Multi-indexes: stacking, levels, unstacking.

use graticule_array::Array;
use graticule_dataset::{DataArray, Dataset, Selector, step};
use proptest::prelude::*;

fn grid() -> DataArray {
    let data = Array::from_vec([2, 3], (0..6).collect::<Vec<i32>>()).unwrap();
    DataArray::new("t", ["y", "x"], super::tiles::lazy(data))
        .with_coord("y", "y", vec!["a", "b"])
        .with_coord("x", "x", vec![30, 20, 10])
        .with_coord("area", "x", vec![1.0, 2.0, 3.0])
}

#[test]
fn stack_and_back() {
    let z = grid().stack("z", ["y", "x"]);
    assert_eq!((z.dims().to_string(), z.len()), ("z".into(), 6));
    assert_eq!(z["x"].values::<i32>().unwrap(), [30, 20, 10, 30, 20, 10]);
    assert_eq!(z["area"].values::<f64>().unwrap(), [1.0, 2.0, 3.0, 1.0, 2.0, 3.0]);
    let back = z.unstack("z");
    assert_eq!(back.dims().to_string(), "y, x");
    assert_eq!(back.values::<i32>().unwrap(), (0..6).collect::<Vec<_>>());
    assert!(back["x"].index("x").is_some());
    let part = z.isel("z", [5, 0, 1]).unstack("z");
    assert_eq!(part.shape(), [2, 3]);
    let values = part.values::<f64>().unwrap();
    assert_eq!(values[..2], [0.0, 1.0]);
    assert!(values[2].is_nan() && values[3].is_nan() && values[5] == 5.0);
    let filled = z.isel("z", [5, 0]).unstack_with("z", -1);
    assert_eq!(filled.values::<i32>().unwrap(), [0, -1, -1, 5]);
    let e = z.isel("z", [1, 1]).unstack("z").check().unwrap_err().to_string();
    assert!(e.contains("occur in rows 0 and 1"), "{e}");
    assert!(grid().unstack("y").fault().unwrap().to_string().contains("set_index"));
}

#[test]
fn levels_are_selected_like_labels() {
    let z = grid().stack("z", ["y", "x"]);
    let b = z.sel("y", "b");
    assert_eq!((b.dims().to_string(), b.values::<i32>().unwrap()), ("x".into(), vec![3, 4, 5]));
    assert_eq!(b.sel("x", 20).item::<i32>().unwrap(), 4, "the last level labels the dimension");
    let one = z.sel_many([("x", 10.into()), ("y", "a".into())]);
    assert_eq!((one.ndim(), one.item::<i32>().unwrap()), (0, 2));
    assert_eq!(one["x"].item::<i32>().unwrap(), 10);
    let wide = z.sel("x", 15..=30);
    assert_eq!(wide.values::<i32>().unwrap(), [0, 1, 3, 4]);
    assert_eq!(wide.unstack("z").shape(), [2, 2]);
    assert_eq!(z.drop_sel("x", 20).values::<i32>().unwrap(), [0, 2, 3, 5]);
    let list = z.sel_many([("x", [10, 20].into()), ("y", "a".into())]);
    assert_eq!(list.values::<i32>().unwrap(), [1, 2]);
    assert!(z.sel("x", 11).fault().unwrap().error().is_not_found());
    let points = |y: Vec<&str>, x: Vec<i32>| {
        let (y, x) = (DataArray::new("", "p", y), DataArray::new("", "p", x));
        z.sel_many([("y", Selector::from(&y)), ("x", Selector::from(&x))])
    };
    let at = points(vec!["b", "a"], vec![30, 10]);
    assert_eq!((at.dims().to_string(), at.values::<i32>().unwrap()), ("p".into(), vec![3, 2]));
}

#[test]
fn set_reset_append_reorder() {
    let ds = Dataset::new()
        .with_coord("run", "n", vec![1, 1, 2])
        .with_coord("step", "n", vec![10, 20, 10])
        .with_var("t", "n", vec![1.0, 2.0, 3.0]);
    let multi = ds.set_index("n", ["run", "step"]);
    assert_eq!(multi.sel("run", 1)["t"].dims().to_string(), "step");
    assert!(format!("{multi}").contains("* run") && format!("{multi}").contains("multi-index"));
    let other = multi.reorder_levels("n", ["step", "run"]);
    assert_eq!(other.unstack("n")["t"].dims().to_string(), "step, run");
    assert!(multi.reorder_levels("n", ["run"]).fault().is_some());
    let plain = multi.reset_index("n");
    assert!(plain.index("run").is_none() && plain.is_coord("run"));
    assert!(multi.reset_index("step").index("run").is_none(), "one level is no multi-index");
    let swapped = ds.set_index("n", "step");
    assert_eq!(swapped["n"].values::<i32>().unwrap(), [10, 20, 10]);
    let grown = swapped.append_index("n", "run");
    assert_eq!(grown.unstack("n")["t"].dims().to_string(), "n_level_0, run");
    assert!(ds.set_index("n", "nothing").fault().unwrap().error().is_not_found());
    assert!(ds.set_index("m", "run").fault().unwrap().error().is_not_found());
}

#[test]
fn the_index_follows_other_verbs() {
    let gaps =
        DataArray::new("t", ["y", "x"], (vec![1.0, f64::NAN, 3.0, 4.0, 5.0, f64::NAN], [2, 3]))
            .with_coord("y", "y", vec![2, 1])
            .with_coord("x", "x", vec![10, 20, 30]);
    let z = gaps.stack("z", ["y", "x"]);
    let back = z.dropna("z").unwrap().unstack("z");
    assert_eq!(back.dims().to_string(), "y, x");
    let (old, new) = (gaps.values::<f64>().unwrap(), back.values::<f64>().unwrap());
    assert!(old.iter().zip(&new).all(|(a, b)| a == b || (a.is_nan() && b.is_nan())));
    assert_eq!(back["y"].values::<i32>().unwrap(), [2, 1]);
    let computed = (&z * 2.0).compute().unwrap();
    assert_eq!(computed.sel("y", 1).sel("x", 20).item::<f64>().unwrap(), 10.0);
    let swapped = z.swap_dims([("z", "cell")]);
    assert_eq!(swapped.sel("x", 10).dims().to_string(), "y");
    let renamed = z.rename([("x", "lon"), ("z", "cell")]);
    assert_eq!(renamed.sel("lon", 10).values::<f64>().unwrap(), [1.0, 4.0]);
    assert_eq!(renamed.unstack("cell").dims().to_string(), "y, lon");
    let kept = z
        .isel("z", step(.., -1))
        .head("z", 4)
        .where_(z.isel("z", step(.., -1)).head("z", 4).gt(2.0));
    assert_eq!(kept.sel("y", 2).values::<f64>().unwrap(), [3.0]);
    let turned = z.expand_dims("k").transpose(["z", "k"]).sel("y", 1);
    assert_eq!(turned.dims().to_string(), "x, k");
}

#[test]
fn rows_are_concatenated_with_their_labels() {
    let z = grid().stack("z", ["y", "x"]);
    let (low, high) = (z.isel("z", ..2), z.isel("z", 2..));
    let whole = graticule_dataset::concat(&[low, high], "z").unwrap();
    assert!(whole.index("z").unwrap().equals(&**z.index("z").unwrap()));
    // As in pandas, the labels of levels that are made anew are in rising order.
    assert_eq!(whole.unstack("z").values::<i32>().unwrap(), [2, 1, 0, 5, 4, 3]);
    let turned = z.reorder_levels("z", ["x", "y"]).unstack("z");
    assert_eq!(turned["x"].values::<i32>().unwrap(), [30, 20, 10], "these are not");
}

#[test]
fn arithmetic_needs_the_same_rows() {
    let z = grid().stack("z", ["y", "x"]);
    assert_eq!((&z + &z).unstack("z").values::<i32>().unwrap()[5], 10);
    let turned = z.isel("z", [1, 0, 2, 3, 4, 5]);
    let e = (&z + &turned).check().unwrap_err().to_string();
    assert!(
        e.contains("do not align along \"z\"") && e.contains("level 1: labels first differ"),
        "{e}"
    );
}

#[test]
fn a_hundred_million_cells_are_stacked_without_labels() {
    let zero = graticule_lazy::LazyArray::constant(graticule_array::Array::scalar(0.0f32));
    let data = zero.broadcast(&[None, None], &[10_000, 10_000]).unwrap();
    let big = DataArray::new("t", ["y", "x"], data)
        .with_coord("y", "y", (0..10_000).collect::<Vec<i32>>())
        .with_coord("x", "x", (0..10_000).collect::<Vec<i32>>());
    let z = big.stack("z", ["y", "x"]);
    assert_eq!(z.len(), 100_000_000);
    let row = z.isel("z", 123_456_780..123_456_789);
    assert_eq!(row.len(), 0);
    let some = z.isel("z", 34_567_890..34_567_893);
    assert_eq!(some["x"].values::<i32>().unwrap(), [7890, 7891, 7892]);
    assert_eq!(some["y"].values::<i32>().unwrap(), [3456; 3]);
    assert_eq!(z.unstack("z").shape(), [10_000, 10_000]);
}

proptest! {
    #![proptest_config(super::cases(200))]

    /// A range of one level is what looking at every row gives.
    #[test]
    fn level_ranges_are_brute_force(
        rows in prop::collection::vec((0i32..5, -4i32..4), 1..12),
        low in -5i32..5,
        len in 0i32..5,
        first in prop::option::of(0i32..5),
    ) {
        let (a, b): (Vec<i32>, Vec<i32>) = rows.iter().copied().unzip();
        let n = rows.len() as i32;
        let ds = Dataset::new()
            .with_coord("a", "n", a)
            .with_coord("b", "n", b)
            .with_var("row", "n", (0..n).collect::<Vec<i32>>())
            .set_index("n", ["a", "b"]);
        let mut by: Vec<(&str, Selector)> = vec![("b", (low..=low + len).into())];
        by.extend(first.map(|f| ("a", [f].into())));
        let known = first.is_none_or(|f| rows.iter().any(|r| r.0 == f));
        let got = ds.sel_many(by);
        if !known {
            prop_assert!(got.fault().unwrap().error().is_not_found());
            return Ok(());
        }
        let wanted: Vec<i32> = rows.iter().zip(0..n)
            .filter(|(r, _)| (low..=low + len).contains(&r.1) && first.is_none_or(|f| r.0 == f))
            .map(|(_, i)| i)
            .collect();
        prop_assert_eq!(got["row"].values::<i32>().unwrap(), wanted);
    }

    /// Stacking in any order and unstacking gives the array back.
    #[test]
    fn unstack_undoes_stack(order in Just(vec!["x", "y", "z"]).prop_shuffle(), n in 1usize..4) {
        let shape = [n, 2, 3];
        let data: Vec<i32> = (0..(n * 6) as i32).collect();
        let lazy = super::tiles::lazy(Array::from_vec(shape, data.clone()).unwrap());
        let array = DataArray::new("t", ["x", "y", "z"], lazy);
        for count in 1..=3 {
            let back = array.stack("all", &order[..count]).unstack("all").transpose(["x", "y", "z"]);
            prop_assert_eq!(back.values::<i32>().unwrap(), data.clone());
        }
    }
}
