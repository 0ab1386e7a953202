use proptest::prelude::*;

use crate::{DataArray, Dataset, Indexer, step};

fn ten() -> DataArray {
    DataArray::new("x", "t", (0..10).collect::<Vec<i32>>()).with_coord(
        "t",
        "t",
        (0..10).map(|i| f64::from(i) * 0.5).collect::<Vec<f64>>(),
    )
}

fn got(by: impl Into<Indexer>) -> Vec<i32> {
    let picked = ten().isel("t", by);
    let labels = picked["t"].values::<f64>().unwrap();
    let values = picked.values::<i32>().unwrap();
    assert_eq!(labels, values.iter().map(|v| f64::from(*v) * 0.5).collect::<Vec<_>>());
    values
}

#[test]
fn positions_ranges_steps_and_lists() {
    assert_eq!(got(3), [3]);
    assert_eq!(got(-1), [9]);
    assert_eq!(got(2..5), [2, 3, 4]);
    assert_eq!(got(2..=5), [2, 3, 4, 5]);
    assert_eq!(got(-3..), [7, 8, 9]);
    assert_eq!(got(..-7), [0, 1, 2]);
    assert_eq!(got(..=-8), [0, 1, 2]);
    assert_eq!(got(..=-1).len(), 10);
    assert_eq!(got(8..99), [8, 9]);
    assert_eq!(got(-99..2), [0, 1]);
    let backwards = Indexer::Range { start: Some(5), stop: Some(2), step: 1 };
    assert_eq!(got(backwards), [0i32; 0]);
    assert_eq!(got(..).len(), 10);
    assert_eq!(got([1, 1, -1]), [1, 1, 9]);
    assert_eq!(got(Vec::<i64>::new()), [0i32; 0]);
    assert_eq!(got(step(.., 4)), [0, 4, 8]);
    assert_eq!(got(step(.., -4)), [9, 5, 1]);
    assert_eq!(got(step(2..9, -3)), [8, 5, 2]);
    assert_eq!(got(step(..=4, -2)), [4, 2, 0]);
    assert_eq!(got(step(0..0, -1)), [0i32; 0]);
    assert_eq!(got(step(.., i64::MAX)), [0]);
    assert_eq!(got(step(.., i64::MIN)), [9]);
}

#[test]
fn impossible_positions_are_faults() {
    for (by, word) in [
        (Indexer::At(10), "out of range"),
        (Indexer::At(-11), "out of range"),
        (Indexer::At(i64::MIN), "out of range"),
        (Indexer::List(vec![0, 10]), "out of range"),
        (step(.., 0), "must not be zero"),
    ] {
        let e = ten().isel("t", by).check().unwrap_err();
        assert!(e.to_string().contains(word), "{e}");
    }
    let e = ten().isel("tt", 0).check().unwrap_err();
    assert!(e.to_string().contains("no dimension \"tt\" (t: 10); did you mean \"t\"?"), "{e}");
}

fn grid() -> Dataset {
    Dataset::new()
        .with_coord("lat", "lat", vec![60.0, 40.0, 20.0])
        .with_coord("lon", "lon", vec![0, 90, 180, 270])
        .with_coord("height", (), 2.0)
        .with_coord("area", ["lat", "lon"], ((0..12).collect::<Vec<i32>>(), [3, 4]))
        .with_var("t", ["lat", "lon"], ((0..12).map(f64::from).collect::<Vec<_>>(), [3, 4]))
        .with_var("p", "lon", vec![1, 2, 3, 4])
}

#[test]
fn scalars_and_other_coordinates_stay() {
    let ds = grid().sel("lat", 40.0);
    assert_eq!(ds.dims().to_string(), "lon");
    assert!(ds.is_coord("lat") && ds.index("lat").is_none());
    assert_eq!(ds["lat"].item::<f64>().unwrap(), 40.0);
    assert_eq!(ds["area"].dims().to_string(), "lon");
    assert_eq!(ds["t"].values::<f64>().unwrap(), [4.0, 5.0, 6.0, 7.0]);
    assert_eq!(ds["t"].coords().names().collect::<Vec<_>>(), ["lat", "lon", "height", "area"]);
    assert!(ds.index("lon").is_some());
}

#[test]
fn labels_must_be_there_and_in_memory() {
    let fails = |ds: Dataset| ds.check().unwrap_err().to_string();
    assert!(fails(grid().sel("lta", 40.0)).contains("did you mean \"lat\"?"));
    assert!(fails(grid().sel("p", 1)).contains("set_coords"));
    assert!(fails(grid().sel("area", 1)).contains("one dimension"));
    assert!(fails(grid().sel("height", 2.0)).contains("single value"));
    let bare = Dataset::new().with_var("a", "x", vec![1, 2]);
    assert!(fails(bare.sel("x", 0)).contains("has no coordinate; select by position: isel"));
}

#[test]
fn text_labels_and_lists() {
    let ds = Dataset::new()
        .with_coord("station", "station", vec!["Halifax", "Montréal", "Iqaluit"])
        .with_coord("code", "station", vec![7, 8, 9])
        .with_var("t", "station", vec![1.0, 2.0, 3.0]);
    assert_eq!(ds.sel("station", "Montréal")["t"].item::<f64>().unwrap(), 2.0);
    assert_eq!(ds.sel("station", ["Iqaluit", "Halifax"])["t"].values::<f64>().unwrap(), [3.0, 1.0]);
    assert_eq!(ds.sel("code", 9)["t"].item::<f64>().unwrap(), 3.0, "labels beside the dimension's");
    assert_eq!(ds.sel("station", [true, false, true])["t"].values::<f64>().unwrap(), [1.0, 3.0]);
    assert_eq!(ds.drop_sel("station", "Halifax")["t"].values::<f64>().unwrap(), [2.0, 3.0]);
}

#[test]
fn head_tail_thin_squeeze() {
    let x = ten();
    assert_eq!(x.head("t", 3).values::<i32>().unwrap(), [0, 1, 2]);
    assert_eq!(x.tail("t", 2).values::<i32>().unwrap(), [8, 9]);
    assert_eq!(x.tail("t", 0).len(), 0);
    assert_eq!(x.thin("t", 4).values::<i32>().unwrap(), [0, 4, 8]);
    assert!(x.thin("t", 0).fault().is_some());
    let one = x.isel("t", 2..3).squeeze(..);
    assert_eq!((one.ndim(), one["t"].item::<f64>().unwrap()), (0, 1.0));
    assert!(x.squeeze("t").fault().is_some());
}

/// Python's rules for a slice, spelled out.
fn python(start: Option<i64>, stop: Option<i64>, step: i64, n: i64) -> Vec<i32> {
    let place = |v: i64, low: i64, high: i64| (if v < 0 { v + n } else { v }).clamp(low, high);
    let (mut i, end) = if step > 0 {
        (start.map_or(0, |v| place(v, 0, n)), stop.map_or(n, |v| place(v, 0, n)))
    } else {
        (start.map_or(n - 1, |v| place(v, -1, n - 1)), stop.map_or(-1, |v| place(v, -1, n - 1)))
    };
    let mut out = Vec::new();
    while if step > 0 { i < end } else { i > end } {
        out.push(i as i32);
        i += step;
    }
    out
}

proptest! {
    #[test]
    fn slices_are_pythons(
        start in prop::option::of(-15i64..15),
        stop in prop::option::of(-15i64..15),
        step in (-12i64..12).prop_filter("not zero", |s| *s != 0),
    ) {
        prop_assert_eq!(got(Indexer::Range { start, stop, step }), python(start, stop, step, 10));
    }

    /// Selections one after the other are the selection of the selected positions.
    #[test]
    fn selections_compose(
        first in prop::collection::vec(-10i64..10, 1..8),
        start in -8i64..8,
        step in (-3i64..4).prop_filter("not zero", |s| *s != 0),
    ) {
        let once = ten().isel("t", first.clone());
        let both = once.isel("t", Indexer::Range { start: Some(start), stop: None, step });
        let n = first.len() as i64;
        let expected: Vec<i32> = python(Some(start), None, step, n)
            .into_iter()
            .map(|k| first[k as usize].rem_euclid(10) as i32)
            .collect();
        prop_assert_eq!(both.values::<i32>().unwrap(), expected);
    }
}
