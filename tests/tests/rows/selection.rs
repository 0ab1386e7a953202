//! Selection by position and by label.

use graticule::{Array, DType, DataArray, Indexer, date_range, near, step};

use crate::counted;

/// Positions as Python's slices take them.
fn sliced(n: i64, start: Option<i64>, stop: Option<i64>, by: i64) -> Vec<i32> {
    let place = |v: i64, low: i64, high: i64| (if v < 0 { v + n } else { v }).clamp(low, high);
    let (mut at, end) = if by > 0 {
        (start.map_or(0, |v| place(v, 0, n)), stop.map_or(n, |v| place(v, 0, n)))
    } else {
        (start.map_or(n - 1, |v| place(v, -1, n - 1)), stop.map_or(-1, |v| place(v, -1, n - 1)))
    };
    let mut out = Vec::new();
    while (by > 0 && at < end) || (by < 0 && at > end) {
        out.push(at as i32);
        at += by;
    }
    out
}

#[test]
fn c1_slices_are_those_of_python() {
    let n = 7i32;
    let ends = [None, Some(0), Some(2), Some(6), Some(7), Some(99), Some(-1), Some(-3), Some(-99)];
    let (data, source) = counted(Array::from_vec([7], (0..n).collect()).unwrap(), &[2]);
    let x = DataArray::new("x", "x", data);
    let mut cases = 0;
    for start in ends {
        for stop in ends {
            for by in [1i64, 2, 3, 99, -1, -2, -99] {
                let made = x.isel("x", Indexer::Range { start, stop, step: by });
                let expected = sliced(7, start, stop, by);
                assert_eq!(made.values::<i32>().unwrap(), expected, "{start:?}:{stop:?}:{by}");
                cases += 1;
            }
        }
    }
    assert!(cases >= 40);
    assert_eq!(x.isel("x", [3, -1, 3]).values::<i32>().unwrap(), [3, 6, 3]);
    assert_eq!(x.isel("x", Vec::<i64>::new()).len(), 0);
    assert!(x.isel("x", step(.., 0)).check().is_err());
    for wrong in [7, -8, i64::MAX, i64::MIN] {
        assert!(x.isel("x", wrong).check().unwrap_err().to_string().contains("out of range"));
    }
    source.reset();
    assert_eq!(x.isel("x", step(.., 3)).values::<i32>().unwrap(), [0, 3, 6]);
    assert_eq!(source.elements(), 3, "only what is asked for is read");
}

#[test]
fn c4_what_is_near() {
    let x = |labels: Vec<f64>| {
        let n = labels.len() as i32;
        DataArray::new("x", "x", (0..n).collect::<Vec<_>>()).with_coord("x", "x", labels)
    };
    let at = |a: &DataArray, by: graticule::Near| a.sel("x", by).item::<i32>();
    let (up, down, mixed) =
        (x(vec![1.0, 2.0, 4.0]), x(vec![4.0, 2.0, 1.0]), x(vec![2.0, 4.0, 1.0]));
    for (array, tie, pad, back) in [(&up, 2, 1, 2), (&down, 0, 1, 0), (&mixed, 1, 0, 1)] {
        assert_eq!(at(array, near(3.0)).unwrap(), tie, "a tie goes to the larger label");
        assert_eq!(
            at(array, near(2.9).within(1.0)).unwrap(),
            if tie == 2 { 1 } else { at(array, near(2.0)).unwrap() }
        );
        if array.index("x").unwrap().describe().contains("ascending") {
            assert_eq!(at(array, near(3.0).pad()).unwrap(), pad);
            assert_eq!(at(array, near(3.0).backfill()).unwrap(), back);
        }
        let text = at(array, near(3.4).within(0.5)).unwrap_err().to_string();
        assert!(text.contains("within 0.5") && text.contains("nearest labels are"), "{text}");
    }
    let each = up.sel("x", near(vec![1.1, 3.9]).within_each(vec![0.2, 0.2]));
    assert_eq!(each.values::<i32>().unwrap(), [0, 2]);
    assert!(up.sel("x", near(vec![1.1, 3.9]).within_each(vec![0.2, 0.05])).check().is_err());
    assert!(at(&up, near(f64::NAN)).is_err());
    let time = date_range("2000-01-01").periods(3).freq("D");
    let t = DataArray::new("t", "time", vec![0, 1, 2]).with_coord("time", "time", time);
    assert_eq!(t.sel("time", near("2000-01-02T13")).item::<i32>().unwrap(), 2);
    assert!(t.sel("time", near("NaT")).check().is_err());
}

#[test]
fn c6_parts_of_dates_are_periods() {
    let time = date_range("1999-01-01").periods(730).freq("D").calendar("noleap");
    let t = DataArray::new("t", "time", vec![0; 730]).with_coord("time", "time", time);
    assert_eq!(t.sel("time", "1999-12".."2000-02").len(), 90);
    assert_eq!(t.sel("time", "2000-02".."1999-12").len(), 90, "in either order");
    assert_eq!(t.sel("time", "2000").len(), 365);
    assert_eq!(t.sel("time", "2000-02-28").ndim(), 0);
    assert!(t.sel("time", "2000-02-29").check().is_err(), "there is no such day");
    let days = date_range("2000-01-01").periods(360).freq("D").calendar("360_day");
    let d = DataArray::new("d", "time", vec![0; 360]).with_coord("time", "time", days);
    assert_eq!(d.sel("time", "2000-02-30").ndim(), 0);
}

#[test]
fn c10_round_the_globe() {
    let lon: Vec<f64> = (0..360).map(f64::from).collect();
    let (data, source) = counted(Array::zeros(&DType::F32, &[3, 360]).unwrap(), &[1, 90]);
    let t = DataArray::new("t", ["lat", "lon"], data)
        .with_coord("lat", "lat", vec![-1.0, 0.0, 1.0])
        .with_coord("lon", "lon", lon);
    let part = t.sel_box(350.0..=10.0, -1.0..=1.0);
    let labels = part["lon"].values::<f64>().unwrap();
    assert_eq!((labels.len(), part.size_of("lon")), (21, Some(21)));
    assert!(labels.windows(2).all(|w| w[1] - w[0] == 1.0), "{labels:?}");
    assert_eq!((labels[0], labels[20]), (-10.0, 10.0));
    assert_eq!(source.reads(), 0);
    let _ = part.load().unwrap();
    assert_eq!(source.elements(), 3 * 21);
}

#[test]
fn c11_a_box_on_a_curvilinear_grid_reads_little_more_than_itself() {
    let n = 200;
    let place = |i: usize| {
        let (y, x) = ((i / n) as f64 * 0.1 - 10.0, (i % n) as f64 * 0.1 - 10.0);
        (y + 0.05 * x, x - 0.05 * y)
    };
    let (lat, lon): (Vec<f64>, Vec<f64>) = (0..n * n).map(place).unzip();
    let values: Vec<f32> = (0..n * n).map(|i| i as f32).collect();
    let (data, source) = counted(Array::from_vec([n, n], values).unwrap(), &[1, 10]);
    let t = DataArray::new("t", ["y", "x"], data)
        .with_coord("lat", ["y", "x"], (lat.clone(), [n, n]))
        .with_coord("lon", ["y", "x"], (lon.clone(), [n, n]));
    let part = t.sel_box(-4.003..=4.003, -4.003..=4.003);
    assert_eq!(source.reads(), 0);
    let kept = part.values::<f32>().unwrap().iter().filter(|v| !v.is_nan()).count();
    let inside = lat.iter().zip(&lon).filter(|(a, b)| a.abs() <= 4.003 && b.abs() <= 4.003).count();
    assert_eq!(kept, inside);
    assert!(source.elements() as f64 <= 1.3 * inside as f64, "{} of {inside}", source.elements());
}

#[test]
fn k4_sorting_looks_at_labels_only() {
    let (data, source) = counted(Array::from_vec([5], vec![0, 1, 2, 3, 4]).unwrap(), &[1]);
    let t = DataArray::new("t", "x", data)
        .with_coord("x", "x", vec![2.0, f64::NAN, 1.0, 3.0, 1.0])
        .with_coord("y", "x", vec!["b", "a", "d", "c", "a"]);
    let (up, down, both) = (t.sortby("x"), t.sortby_descending("x"), t.sortby(["x", "y"]));
    let sorted = t.isel("x", [2, 0]).sortby("x");
    assert_eq!(source.reads(), 0);
    assert_eq!(up.values::<i32>().unwrap(), [2, 4, 0, 3, 1], "stable, missing ones last");
    assert_eq!(down.values::<i32>().unwrap(), [3, 0, 2, 4, 1], "last in both directions");
    assert_eq!(both.values::<i32>().unwrap(), [4, 2, 0, 3, 1]);
    // What is in order stays as it is.
    let again = sorted.sortby("x");
    assert_eq!(again.variable().data().id(), sorted.variable().data().id());
}

#[test]
fn k1_orders_that_name_what_is_not_there() {
    use graticule::{Dataset, MissingDims};
    let (data, source) = counted(Array::from_vec([2, 3], vec![1, 2, 3, 4, 5, 6]).unwrap(), &[1, 3]);
    let t = DataArray::new("t", ["y", "x"], data);
    let text = t.transpose(["x", "tiem", "y"]).check().unwrap_err().to_string();
    assert!(text.contains("no dimension \"tiem\""), "{text}");
    let quiet = t.transpose_with(["x", "time", "y"], MissingDims::Ignore);
    assert_eq!(quiet.dims().to_string(), "x, y");
    let ds: Dataset = t.to_dataset();
    let noted = ds.transpose_with(["lev", "x", "..."], MissingDims::Warn);
    assert_eq!(noted["t"].dims().to_string(), "x, y");
    assert!(noted.notes()[0].text().contains("lev"), "{:?}", noted.notes());
    assert!(ds.transpose_with(["lev"], MissingDims::Raise).fault().is_some());
    assert_eq!(source.reads(), 0);
    assert_eq!(quiet.values::<i32>().unwrap(), [1, 4, 2, 5, 3, 6]);
}
