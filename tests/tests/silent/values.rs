//! Sums in single precision (7), nearest neighbours far away (8), assignment to a selection of a
//! selection (9), slices of levels (10), blocks that share a chunk (11), slices against the order
//! of the labels (12).

use graticule::{DataArray, MissingDims, PointIndex, WriteOptions, near, open_dataset};

use crate::new;

/// numpy adds float32 along the first axis one by one: the mean of 2^20 tenths is off by 0.1 %.
#[test]
fn means_of_single_precision_are_exact() {
    let n = 1 << 20;
    let x = DataArray::new("x", ["t", "x"], (vec![0.1f32; 2 * n], [n, 2]));
    assert_eq!(x.mean("t").values::<f32>().unwrap(), [0.1, 0.1]);
    let big = DataArray::new("x", "t", vec![1.0f32; (1 << 24) + 8]);
    assert_eq!(big.sum("t").item::<f32>().unwrap(), 16_777_224.0);
}

/// The nearest of points is that on the globe, and one beyond the tolerance is none.
#[test]
fn neighbours_are_near_on_the_globe() {
    let grid = DataArray::new("t", "n", vec![1, 2])
        .with_coord("lat", "n", vec![80.0, 70.0])
        .with_coord("lon", "n", vec![100.0, 0.0])
        .set_xindex(["lat", "lon"], PointIndex::great_circle());
    let at = |tolerance: Option<f64>| {
        let wanted = |v: f64| match tolerance {
            Some(metres) => near(v).within(metres),
            None => near(v),
        };
        grid.sel_many([("lat", wanted(88.0).into()), ("lon", wanted(0.0).into())])
    };
    // By degrees the second is nearer (18 against 100); over the pole it is the first.
    assert_eq!(at(None).item::<i32>().unwrap(), 1);
    assert!(at(Some(1000.0)).compute().is_err());
}

#[test]
fn a_part_is_changed_in_a_copy_and_nowhere_else() {
    let x = DataArray::new("v", "x", vec![1, 2, 3]).with_coord("x", "x", vec![10, 20, 30]);
    let changed = x.sel("x", vec![10, 20]).with_region([("x", 10.into())], 99);
    assert_eq!(changed.values::<i32>().unwrap(), [99, 2]);
    assert_eq!(x.values::<i32>().unwrap(), [1, 2, 3]);
}

/// A slice of an inner level picks all that lie in it, under every outer label.
#[test]
fn slices_of_levels_are_those_of_the_labels() {
    let t = DataArray::new("t", ["y", "x"], (vec![1, 2, 3, 4, 5, 6], [2, 3]))
        .with_coord("y", "y", vec!["a", "b"])
        .with_coord("x", "x", vec![10, 20, 30])
        .stack("z", ["y", "x"]);
    assert_eq!(t.sel("x", 20..=30).values::<i32>().unwrap(), [2, 3, 5, 6]);
    let shuffled = t.isel("z", [5, 0, 3, 1, 4, 2]);
    assert_eq!(shuffled.sel("x", 20..=30).values::<i32>().unwrap(), [6, 2, 5, 3]);
}

/// Blocks of computation that end inside a chunk of the file must not overwrite each other's half.
#[test]
fn chunks_written_by_several_blocks_are_whole() {
    let folder = tempfile::tempdir().unwrap();
    let paths: Vec<_> = (0..8)
        .map(|day| {
            let path = folder.path().join(format!("{day}.nc"));
            let values: Vec<i32> = (0..3 * 50).map(|i| day * 1000 + i).collect();
            let times: Vec<i32> = (0..3).map(|i| day * 3 + i).collect();
            new()
                .with_coord("t", "t", times)
                .with_var("v", ["t", "x"], (values, [3, 50]))
                .write(&path)
                .unwrap();
            path
        })
        .collect();
    let all = graticule::open_mfdataset(paths).unwrap();
    let expected = all["v"].values::<i32>().unwrap();
    let out = folder.path().join("all.nc");
    // Pieces of 3 times go into chunks of 7.
    let mut encoding = all.variable("v").unwrap().encoding().clone();
    encoding.chunks = Some(vec![7, 20]);
    let options = WriteOptions::default().encoding("v", encoding);
    all.write_with(&out, &options).unwrap();
    assert_eq!(open_dataset(&out).unwrap()["v"].values::<i32>().unwrap(), expected);
}

#[test]
fn slices_against_the_order_of_labels_are_not_empty() {
    let x = DataArray::new("x", "lat", vec![1, 2, 3]).with_coord("lat", "lat", vec![60, 40, 20]);
    assert_eq!(x.sel("lat", 20..=40).values::<i32>().unwrap(), [2, 3]);
    let both = x.isel_many([("lat", [0, 1].into())], MissingDims::Raise);
    assert_eq!(both.sel("lat", 30..=70).values::<i32>().unwrap(), [1, 2]);
}
