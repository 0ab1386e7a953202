//! Mistakes in selecting: all are caught before anything is read, and say what to do.

use std::sync::Arc;

use graticule_array::{Array, DType, TimeType};
use graticule_cftime::{Calendar, TimeUnit};
use graticule_dataset::{
    DataArray, Dataset, Indexer, MissingDims, MultiIndex, PeriodicIndex, PointIndex, RangeIndex,
    contains, near, step,
};
use graticule_lazy::LazyArray;
use graticule_storage::{CountingSource, MemorySource};

fn weather() -> (Dataset, CountingSource) {
    let data = Array::from_vec(vec![4, 3, 3], (0..36).collect::<Vec<i32>>()).unwrap();
    let source = CountingSource::new(Arc::new(MemorySource::new(data)));
    let of = TimeType { unit: TimeUnit::Second, calendar: Calendar::Standard };
    let days = Array::from_vec([4], (0..4).map(|d| d * 86_400).collect::<Vec<i64>>()).unwrap();
    let big = LazyArray::read(Arc::new(source.clone()));
    let ds = Dataset::new()
        .with_coord("time", "time", days.with_dtype(DType::Time(of)).unwrap())
        .with_coord("lat", "lat", vec![60.0, 50.0, 40.0])
        .with_coord("station", "x", vec!["Halifax", "Iqaluit", "Québec"])
        .with_coord("zone", "x", vec![1, 1, 2])
        .with_coord("lon", ["lat", "x"], (vec![0.0; 9], [3, 3]))
        .with_coord("run", (), 7)
        .with_var("t", ["time", "lat", "x"], big);
    (ds, source)
}

#[test]
fn every_mistake_says_what_was_expected_and_what_to_do() {
    let (ds, source) = weather();
    let t = ds.var("t");
    let z = ds.stack("z", ["lat", "time"]);
    let points = ds
        .drop_vars("lon")
        .with_coord("y2", ["lat", "x"], (vec![1.0; 9], [3, 3]))
        .with_coord("x2", ["lat", "x"], (vec![1.0; 9], [3, 3]));
    let indexed = points.set_xindex(["y2", "x2"], PointIndex::great_circle());
    let mask = DataArray::new("", "x", vec![true, false]);
    let along = |dim: &str, at: Vec<f64>| DataArray::new("at", dim, at);
    let lazy = t.isel("time", 0).isel("lat", 0);
    let raise = MissingDims::Raise;
    let cases: Vec<(&str, Dataset, &[&str])> = vec![
        ("dimension", ds.isel("tiem", 0), &["no dimension \"tiem\"", "did you mean \"time\"?"]),
        ("coordinate", ds.sel("lta", 50.0), &["no coordinate \"lta\"", "did you mean \"lat\"?"]),
        ("variable", ds.sel("t", 1), &["\"t\" is a data variable", "set_coords"]),
        ("no labels", ds.sel("x", 1), &["dimension \"x\" has no coordinate", "isel"]),
        ("scalar", ds.sel("run", 7), &["\"run\" is a single value"]),
        ("two dimensions", ds.sel("lon", 0.0), &["dimensions (lat, x)", "PointIndex"]),
        ("label", ds.sel("lat", 51.0), &["no label 51.0 in \"lat\"", "50.0, 60.0, 40.0"]),
        ("text label", ds.sel("station", "Halifacs"), &["nearest labels are \"Halifax\""]),
        ("type of label", ds.sel("lat", "north"), &["type str", "expected a number"]),
        ("number for text", ds.sel("station", 3), &["expected a text"]),
        ("number for time", ds.sel("time", 3), &["expected a time", "2001-03"]),
        ("no date", ds.sel("time", "1970-13"), &["\"1970-13\" for \"time\" is no date"]),
        ("date", ds.sel("time", "1980"), &["no label \"1980\"", "nearest labels are 1970-01-04"]),
        ("tolerance", ds.sel("lat", near(54.0).within(1.0)), &["within 1.0 of 54.0", "50.0"]),
        ("no tolerance", ds.sel("lat", near(54.0).within(-1.0)), &["the tolerance -1.0"]),
        (
            "tolerances",
            ds.sel("lat", near([54.0]).within_each([1.0, 2.0])),
            &["2 tolerances for 1"],
        ),
        ("text tolerance", ds.sel("lat", near(54.0).within("wide")), &["the tolerance \"wide\""]),
        ("near texts", ds.sel("station", near("H")), &["text labels have no distance"]),
        ("unsorted range", ds.sel("zone", 1..=2).isel("x", 0..1).sel("zone", 5), &["no label 5"]),
        ("position", ds.isel("lat", 3), &["position 3 is out of range", "\"lat\" of length 3"]),
        ("positions", ds.isel("lat", [0, -4]), &["position -4 is out of range"]),
        ("step", ds.isel("lat", step(.., 0)), &["step along dimension \"lat\" must not be zero"]),
        ("mask", ds.isel("lat", [true, false]), &["a mask of 2", "\"lat\" of length 3"]),
        ("mask array", ds.sel("station", &mask), &["mask over (x) of shape [2]", "(x: 3)"]),
        ("mask elsewhere", ds.isel("lat", &mask), &["mask has the dimensions (x); expected (lat)"]),
        (
            "real positions",
            ds.isel("lat", along("p", vec![0.0])),
            &["type float64; expected integers"],
        ),
        ("lazy positions", ds.isel("lat", &lazy), &["not in memory", "compute() it first"]),
        ("lazy labels", ds.sel("lat", near(&lazy)), &["not in memory"]),
        ("twice", ds.isel_many([("lat", 0.into()), ("lat", 1.into())], raise), &["given twice"]),
        (
            "lengths of points",
            ds.isel_many(
                [
                    ("lat", Indexer::from(DataArray::new("", "p", vec![0, 1]))),
                    ("x", DataArray::new("", "p", vec![0]).into()),
                ],
                raise,
            ),
            &["the lengths 2 and 1 along \"p\""],
        ),
        ("level", z.sel("lat", 41.0), &["no label 41.0 in \"lat\""]),
        ("no row", z.sel_many([("lat", 50.0.into()), ("time", "1970-02".into())]), &["1970-02"]),
        ("stack name", ds.stack("lat", ["time", "x"]), &["the name \"lat\" is taken"]),
        ("stack dimension", ds.stack("z", ["time", "y"]), &["no dimension \"y\""]),
        ("unstack", ds.unstack("time"), &["\"time\" has no multi-index", "set_index"]),
        ("set_index", ds.set_index("x", "lat"), &["\"lat\" has the dimensions (lat)"]),
        ("reorder", z.reorder_levels("z", ["lat"]), &["(lat) is not an order of them"]),
        ("multi", ds.set_xindex(["lat", "time"], MultiIndex::recipe()), &["share one dimension"]),
        (
            "periodic text",
            ds.set_xindex("station", PeriodicIndex::every(1.0)),
            &["expected numbers"],
        ),
        ("period", ds.set_xindex("lat", PeriodicIndex::every(0.0)), &["0 is not a period"]),
        (
            "points",
            ds.set_xindex(["station", "zone"], PointIndex::euclidean()),
            &["expected numbers"],
        ),
        ("globe", ds.set_xindex("lat", PointIndex::great_circle()), &["latitude and longitude"]),
        ("one of two", indexed.sel("y2", near(1.0)), &["together with y2, x2", "sel_many"]),
        (
            "exact points",
            indexed.sel_many([("y2", 1.0.into()), ("x2", 1.0.into())]),
            &["found by distance", "near(..)"],
        ),
        (
            "lists of points",
            indexed.sel_many([("y2", near([1.0]).into()), ("x2", near([1.0]).into())]),
            &["which of them belong together", "DataArray::new"],
        ),
        ("no point index", points.sel_nearest(["y2", "x2"], &[1.0, 1.0], 1, "k"), &["set_xindex"]),
        (
            "place",
            indexed.sel_nearest(["y2", "x2"], &[1.0], 1, "k"),
            &["1 numbers", "2 coordinates"],
        ),
        ("intervals", ds.sel("lat", contains(1.0)), &["asks for intervals", "IntervalIndex"]),
        ("dropped label", ds.drop_sel("lat", 51.0), &["no label 51.0"]),
        ("dropped position", ds.drop_isel("lat", 9), &["position 9 is out of range"]),
        ("squeeze", ds.squeeze("lat"), &["\"lat\" has the length 3"]),
        ("box", ds.drop_vars("lon").sel_box(0.0..=1.0, 0.0..=1.0), &["no coordinate of longitude"]),
        (
            "range",
            ds.with_range("lat", RangeIndex::new(0.0, 1.0, 5).unwrap()),
            &["conflicting sizes", "\"lat\""],
        ),
    ];
    for (what, made, words) in &cases {
        let Some(fault) = made.fault() else { panic!("{what}: no fault") };
        let text = fault.to_string();
        for word in *words {
            assert!(text.contains(word), "{what}: {text}\nlacks {word}");
        }
    }
    let arrays: Vec<(&str, DataArray, &[&str])> = vec![
        ("region", t.with_region([("lat", 51.0.into())], 0), &["no label 51.0", "variable \"t\""]),
        ("region twice", t.with_iregion([("x", 0.into()), ("x", 1.into())], 0), &["given twice"]),
        (
            "values of a region",
            t.with_iregion([("x", (0..2).into())], DataArray::new("v", "x", vec![1, 2, 3])),
            &["lengths are 2 and 3"],
        ),
        (
            "dimension of values",
            t.with_iregion([("x", 0.into())], DataArray::new("v", "x", vec![1])),
            &["the dimension \"x\", the region has (time, lat)"],
        ),
        ("isin", t.isin(["a"]), &["type str", "type int32"]),
        ("polygon", ds.polygon_mask(&[(0.0, 0.0)]), &["three corners"]),
    ];
    for (what, made, words) in &arrays {
        let Some(fault) = made.fault() else { panic!("{what}: no fault") };
        let text = fault.to_string();
        for word in *words {
            assert!(text.contains(word), "{what}: {text}\nlacks {word}");
        }
    }
    assert!(cases.len() + arrays.len() >= 55);
    assert_eq!(source.reads(), 0, "no mistake costs a read");
}

#[test]
fn absent_dimensions_may_be_left_out() {
    let (ds, _) = weather();
    let by = || [("lat", Indexer::from(0)), ("depth", 0.into())];
    assert!(ds.isel_many(by(), MissingDims::Raise).fault().is_some());
    let quiet = ds.isel_many(by(), MissingDims::Ignore);
    assert!(quiet.size_of("lat").is_none() && quiet.notes().is_empty());
    let noted = ds.isel_many(by(), MissingDims::Warn);
    assert!(noted.notes()[0].text().contains("depth"));
}

#[test]
fn regions_are_assigned_as_by_loops() {
    let values: Vec<i32> = (0..60).collect();
    let lazy = super::tiles::lazy(Array::from_vec([3, 4, 5], values.clone()).unwrap());
    let t = DataArray::new("t", ["z", "y", "x"], lazy);
    let new = DataArray::new("", ["x", "z"], ((100..106).collect::<Vec<i32>>(), [3, 2]));
    let made =
        t.with_iregion([("z", [2, 0].into()), ("y", 1.into()), ("x", [4, 0, 4].into())], &new);
    let mut wanted = values;
    let (zs, xs) = ([2usize, 0], [4usize, 0, 4]);
    for (i, x) in xs.iter().enumerate() {
        for (j, z) in zs.iter().enumerate() {
            wanted[z * 20 + 5 + x] = 100 + (i * 2 + j) as i32;
        }
    }
    assert_eq!(made.values::<i32>().unwrap(), wanted);
    assert_eq!(made.dims().to_string(), "z, y, x");
    assert_eq!(t.with_iregion([("y", (0..0).into())], 9).values::<i32>().unwrap()[..3], [0, 1, 2]);
    assert_eq!(t.with_iregion([("y", 0.into())], 0.5).dtype(), DType::F64);
}
