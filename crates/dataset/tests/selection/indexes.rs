//! Indexes of other kinds than plain labels.

use graticule_array::{Array, DType, TimeType};
use graticule_cftime::{Calendar, DateTime, TimeUnit};
use graticule_dataset::{
    Closed, DataArray, Dataset, IntervalIndex, Join, Label, Longitudes, PeriodicIndex, PointIndex,
    RangeIndex, Selector, between, contains, index_laws, inside, near, overlaps, touches,
};
use proptest::prelude::*;

fn points(lat: Vec<f64>, lon: Vec<f64>) -> DataArray {
    let n = lat.len() as i32;
    DataArray::new("t", "n", (0..n).collect::<Vec<i32>>())
        .with_coord("lat", "n", lat)
        .with_coord("lon", "n", lon)
}

fn at(t: &DataArray, lat: f64, lon: f64) -> i32 {
    let found = t.sel_many([("lat", near(lat).into()), ("lon", near(lon).into())]);
    found.item::<i32>().unwrap()
}

#[test]
fn points_on_the_globe() {
    let t = points(vec![0.0, 0.0, 89.9, 89.0, f64::NAN], vec![-0.1, 179.9, 0.0, 180.0, 5.0])
        .set_xindex(["lat", "lon"], PointIndex::great_circle());
    assert_eq!(at(&t, 0.0, 359.9), 0, "whole turns do not matter");
    assert_eq!(at(&t, 0.0, -179.8), 1, "the antimeridian is no border");
    assert_eq!(at(&t, 89.95, 180.0), 2, "over the pole");
    assert_eq!(at(&t, 60.0, 5.0), 2, "points with a missing coordinate are not found");
    let far = t.sel_many([("lat", near(0.0).within(10_000.0).into()), ("lon", near(1.0).into())]);
    let e = far.check().unwrap_err().to_string();
    assert!(e.contains("no point within 10000 m of lat 0, lon 1; the nearest is 122"), "{e}");
    let (lat, lon) =
        (DataArray::new("", "p", vec![0.0, 0.0]), DataArray::new("", "p", vec![0.0, 90.0]));
    let by: [(&str, Selector); 2] =
        [("lat", near(&lat).within(50_000.0).into()), ("lon", near(&lon).into())];
    let some = t.sel_many(by).values::<f64>().unwrap();
    assert!(some[0] == 0.0 && some[1].is_nan(), "beyond the tolerance is missing");
    // Metres along the surface: a degree of latitude is 111,195 m.
    let north = t.sel_nearest(["lat", "lon"], &[1.0, -0.1], 1, "k");
    assert!((north["distance"].values::<f64>().unwrap()[0] - 111_195.08).abs() < 0.1);
    let within = t.sel_within(["lat", "lon"], &[90.0, 0.0], 120_000.0, "k");
    assert_eq!(within.values::<i32>().unwrap(), [2, 3]);
}

#[test]
fn the_coordinates_may_come_in_either_order() {
    let ds = Dataset::new()
        .with_coord("a", "n", vec![10.0, 170.0])
        .with_coord("b", "n", vec![50.0, 60.0])
        .with_var("t", "n", vec![1, 2]);
    let lon = ds.variable("a").unwrap().clone();
    let lon = lon.with_attrs(graticule_dataset::Attrs::new().with("units", "degrees_east"));
    let ds = ds.with_coord_variable("a", lon).set_xindex(["a", "b"], PointIndex::great_circle());
    let one = ds.sel_many([("a", near(169.0).into()), ("b", near(59.0).into())]);
    assert_eq!(one["t"].item::<i32>().unwrap(), 2);
}

#[test]
fn a_curvilinear_grid_keeps_its_index_through_slices() {
    let n = 12;
    let cell = |i: usize| ((i / n) as f64, (i % n) as f64);
    let lat: Vec<f64> = (0..n * n).map(|i| cell(i).0 + 0.1 * cell(i).1).collect();
    let lon: Vec<f64> = (0..n * n).map(|i| cell(i).1 - 0.2 * cell(i).0).collect();
    let t = DataArray::new("t", ["y", "x"], ((0..n as i32 * n as i32).collect::<Vec<_>>(), [n, n]))
        .with_coord("lat", ["y", "x"], (lat, [n, n]))
        .with_coord("lon", ["y", "x"], (lon, [n, n]))
        .set_xindex(["lat", "lon"], PointIndex::euclidean());
    assert_eq!(at(&t, 3.4, 3.4), 3 * 12 + 4);
    assert_eq!(at(&t.isel("y", 2..8), 3.4, 3.4), 3 * 12 + 4);
    assert_eq!(at(&t.isel("x", 4), 3.4, 3.4), 3 * 12 + 4, "one dimension is left");
    assert!(t.isel("x", 4).isel("y", 0).index("lat").is_none());
}

proptest! {
    #![proptest_config(super::cases(64))]

    /// The nearest point on the globe is what comparing all distances gives.
    #[test]
    fn nearest_is_brute_force(
        places in prop::collection::vec((-90.0f64..90.0, -180.0f64..360.0), 1..60),
        (lat, lon) in (-90.0f64..90.0, -400.0f64..400.0),
    ) {
        let (lats, lons): (Vec<f64>, Vec<f64>) = places.iter().copied().unzip();
        let t = points(lats, lons).set_xindex(["lat", "lon"], PointIndex::great_circle());
        let far = |a: f64, b: f64| {
            let (p, q, d) = (a.to_radians(), lat.to_radians(), (b - lon).to_radians());
            (p.sin() * q.sin() + p.cos() * q.cos() * d.cos()).clamp(-1.0, 1.0).acos()
        };
        let found = at(&t, lat, lon) as usize;
        let best = places.iter().map(|(a, b)| far(*a, *b)).fold(f64::INFINITY, f64::min);
        prop_assert!(far(places[found].0, places[found].1) - best < 1e-7);
    }

    /// A wrapped range of longitudes holds what lies between, in order, without a jump.
    #[test]
    fn ranges_round_the_globe(west in -180i32..360, width in 0i32..360, signed: bool, step in 1usize..20) {
        let start = if signed { -180 } else { 0 };
        let labels: Vec<f64> = (0..360).step_by(step).map(|i| f64::from(i + start)).collect();
        let n = labels.len() as i32;
        let t = DataArray::new("t", "lon", (0..n).collect::<Vec<i32>>())
            .with_coord("lon", "lon", labels.clone())
            .set_xindex("lon", PeriodicIndex::longitude());
        let east = (west + width + 180).rem_euclid(360) - 180;
        let part = t.sel("lon", f64::from(west)..=f64::from(east));
        let lon = part["lon"].values::<f64>().unwrap();
        prop_assert!(lon.windows(2).all(|w| w[0] < w[1]));
        prop_assert!(lon.iter().all(|v| (v - f64::from(west)).rem_euclid(360.0) <= f64::from(width)));
        let inside = |v: &&f64| (**v - f64::from(west)).rem_euclid(360.0) <= f64::from((east - west).rem_euclid(360));
        prop_assert_eq!(lon.len(), labels.iter().filter(inside).count());
        for (value, lon) in part.values::<i32>().unwrap().iter().zip(lon) {
            prop_assert_eq!((labels[*value as usize] - lon).rem_euclid(360.0), 0.0);
        }
    }

    /// An interval is found by looking at every one.
    #[test]
    fn intervals_are_brute_force(
        ends in prop::collection::vec((-5i32..5, 0i32..4), 1..10),
        value in -6i32..7,
        len in 0i32..4,
        closed in prop::sample::select(vec![Closed::Left, Closed::Right, Closed::Both, Closed::Neither]),
    ) {
        let n = ends.len();
        let flat: Vec<f64> = ends.iter().flat_map(|(a, w)| [f64::from(*a), f64::from(a + w)]).collect();
        let ds = Dataset::new()
            .with_coord("z", "z", (0..n as i32).map(f64::from).collect::<Vec<_>>())
            .with_coord("z_bnds", ["z", "nv"], (flat, [n, 2]))
            .with_var("row", "z", (0..n as i32).collect::<Vec<_>>())
            .set_xindex(["z", "z_bnds"], IntervalIndex::closed(closed));
        let rows = |by: Selector| {
            let found = ds.sel("z", by);
            match found.fault() {
                Some(_) => Vec::new(),
                None => found["row"].values::<i32>().unwrap(),
            }
        };
        let brute = |test: &dyn Fn(i32, i32) -> bool| -> Vec<i32> {
            let all = ends.iter().zip(0..).filter(|((a, w), _)| test(*a, a + w));
            all.map(|(_, i)| i).collect()
        };
        let (v, w) = (f64::from(value), f64::from(value + len));
        prop_assert_eq!(rows(contains(v)), brute(&|a, b| match closed {
            Closed::Left => a <= value && value < b,
            Closed::Right => a < value && value <= b,
            Closed::Both => a <= value && value <= b,
            Closed::Neither => a < value && value < b,
        }));
        let to = value + len;
        prop_assert_eq!(rows(overlaps(v, w)), brute(&|a, b| a < to && b > value));
        prop_assert_eq!(rows(touches(v, w)), brute(&|a, b| a <= to && b >= value));
        prop_assert_eq!(rows(inside(v, w)), brute(&|a, b| a >= value && b <= to));
    }

    /// A range index gives what an index of the same labels gives.
    #[test]
    fn a_range_is_its_labels(
        start in -10i32..10, step in prop::sample::select(vec![-2.0, -0.5, 0.1, 0.25, 3.0]),
        len in 2usize..30, a in -40i32..40, b in -40i32..40, slack in 0u8..3,
    ) {
        let range = RangeIndex::new(f64::from(start), step, len).unwrap();
        let labels: Vec<f64> = (0..len).map(|i| range.label(i)).collect();
        let data: Vec<i32> = (0..len as i32).collect();
        let ranged = DataArray::new("x", "t", data.clone()).with_range("t", range);
        let plain = DataArray::new("x", "t", data).with_coord("t", "t", labels.clone());
        let same = |by: Selector| {
            let one = |x: &DataArray| x.sel("t", by.clone()).values::<i32>().ok();
            (one(&ranged), one(&plain))
        };
        let (a, b) = (f64::from(a) * 0.25 + 0.01, f64::from(b) * 0.25 + 0.01);
        for by in [
            Selector::from(a..=b),
            (a..b).into(),
            (a..).into(),
            (..b).into(),
            near(a).into(),
            near(a).pad().into(),
            near(a).backfill().into(),
            near(b).within(f64::from(slack) * 0.3).into(),
            labels[0].into(),
            labels[len / 2].into(),
            (labels[len / 2]..=labels[len - 1]).into(),
        ] {
            let (r, p) = same(by.clone());
            prop_assert_eq!(r, p, "{}", by);
        }
    }
}

#[test]
fn ranges_take_no_memory() {
    let range = RangeIndex::new(0.0, 0.5, 1_000_000_000).unwrap();
    assert!(size_of_val(&range) < 100);
    let zero = graticule_lazy::LazyArray::constant(Array::scalar(0.0f32));
    let t = DataArray::new("t", "x", zero.broadcast(&[None], &[1_000_000_000]).unwrap())
        .with_range("x", range);
    let part = t.sel("x", 1000.0..=100_000_000.0).isel("x", graticule_dataset::step(.., 4));
    assert_eq!(part.index("x").unwrap().describe(), "range (49999501 from 1000 by 2)");
    assert_eq!(part.sel("x", 2000.0)["x"].item::<f64>().unwrap(), 2000.0);
    // The labels of a part are those of the whole, bit for bit: the step is kept, not rounded anew.
    let tenths = RangeIndex::new(0.05, 0.1, 10_000).unwrap();
    let t = DataArray::new("t", "x", vec![0u8; 10_000]).with_range("x", tenths);
    let part = t.isel("x", 17..9_000).isel("x", graticule_dataset::step(.., -7)).isel("x", 3..);
    let index: &dyn std::any::Any = part.index("x").unwrap().as_ref();
    let index = index.downcast_ref::<RangeIndex>().unwrap();
    let labels = part["x"].values::<f64>().unwrap();
    for (i, label) in labels.iter().enumerate() {
        assert_eq!(index.label(i).to_bits(), label.to_bits());
    }
    let listed = DataArray::new("x", "n", vec![1, 2, 3]).with_coord("n", "n", vec![0.0, 0.1, 0.2]);
    let made = DataArray::new("x", "n", vec![1, 2, 3])
        .with_range("n", RangeIndex::new(0.0, 0.1, 3).unwrap());
    assert_eq!((&listed + &made).values::<i32>().unwrap(), [2, 4, 6]);
    assert_eq!((&made + &listed).values::<i32>().unwrap(), [2, 4, 6]);
    let tenths = Array::from_vec([5], vec![0.0, 0.1, 0.2, 0.30000000000000004, 0.4]).unwrap();
    assert_eq!(RangeIndex::detect(&tenths).unwrap().step(), 0.1);
    let gap = Array::from_vec([3], vec![0.0, 0.1, 0.21]).unwrap();
    assert!(RangeIndex::detect(&gap).is_none());
}

#[test]
fn months_and_longitudes_go_round() {
    let t = DataArray::new("t", "month", (1..=12).collect::<Vec<i32>>())
        .with_coord("month", "month", (1..=12).collect::<Vec<i32>>())
        .set_xindex("month", PeriodicIndex::every(12.0));
    assert_eq!(t.sel("month", between(11, 2)).values::<i32>().unwrap(), [11, 12, 1, 2]);
    assert_eq!(t.sel("month", 14).item::<i32>().unwrap(), 2);
    assert_eq!(t.sel("month", near(12.6)).item::<i32>().unwrap(), 1);
    let lon: Vec<f64> = (0..360).map(f64::from).collect();
    let globe =
        DataArray::new("t", "lon", (0..360).collect::<Vec<i32>>()).with_coord("lon", "lon", lon);
    let signed = globe.convert_lon("lon", Longitudes::Signed);
    assert_eq!(signed["lon"].values::<f64>().unwrap()[..2], [-180.0, -179.0]);
    assert_eq!(signed.values::<i32>().unwrap()[..2], [180, 181]);
    let back = signed.convert_lon("lon", Longitudes::Positive);
    assert_eq!(back.values::<i32>().unwrap(), (0..360).collect::<Vec<_>>());
    let e = globe.convert_lon("lno", Longitudes::Signed).check().unwrap_err().to_string();
    assert!(e.contains("did you mean \"lon\"?"), "{e}");
}

#[test]
fn boxes_on_a_curvilinear_grid() {
    let n = 20;
    let turned = |i: usize| {
        let (y, x) = ((i / n) as f64 - 10.0, (i % n) as f64 - 10.0);
        (y * 0.9 + x * 0.3, (x * 0.9 - y * 0.3).rem_euclid(360.0))
    };
    let (lat, lon): (Vec<f64>, Vec<f64>) = (0..n * n).map(turned).unzip();
    let t = DataArray::new("t", ["y", "x"], ((0..400).collect::<Vec<i32>>(), [n, n]))
        .with_coord("nav_lat", ["y", "x"], (lat.clone(), [n, n]))
        .with_coord("nav_lon", ["y", "x"], (lon.clone(), [n, n]));
    let part = t.sel_box(-2.0..=3.0, 0.0..=4.0);
    let inside: Vec<usize> = (0..n * n)
        .filter(|i| (0.0..=4.0).contains(&lat[*i]) && (lon[*i] + 2.0).rem_euclid(360.0) <= 5.0)
        .collect();
    let rows =
        inside.iter().map(|i| i / n).max().unwrap() - inside.iter().map(|i| i / n).min().unwrap();
    assert_eq!(part.size_of("y"), Some(rows + 1));
    let kept: Vec<usize> =
        part.values::<f64>().unwrap().iter().filter(|v| !v.is_nan()).map(|v| *v as usize).collect();
    assert_eq!(kept, inside);
    assert_eq!(t.sel_box(100.0..=110.0, 0.0..=4.0).len(), 0);
}

#[test]
fn soil_layers_and_months_by_their_bounds() {
    let of = TimeType { unit: TimeUnit::Second, calendar: Calendar::NoLeap };
    let day = |m: u8| DateTime::day(2000, m, 1).to_ticks(of.unit, of.calendar).unwrap();
    let times = |ticks: Vec<i64>, shape: &[usize]| {
        Array::from_vec(shape, ticks).unwrap().with_dtype(DType::Time(of)).unwrap()
    };
    let middle: Vec<i64> = (1..6).map(|m| (day(m) + day(m + 1)) / 2).collect();
    let ends: Vec<i64> = (1..6).flat_map(|m| [day(m), day(m + 1)]).collect();
    let ds = Dataset::new()
        .with_coord("time", "time", times(middle, &[5]))
        .with_coord("time_bnds", ["time", "nv"], times(ends, &[5, 2]))
        .with_var("t", "time", vec![1, 2, 3, 4, 5])
        .set_xindex(["time", "time_bnds"], IntervalIndex::closed(Closed::Left));
    assert_eq!(ds.sel("time", contains("2000-02-01"))["t"].item::<i32>().unwrap(), 2);
    assert_eq!(ds.sel("time", "2000-02-28T23")["t"].item::<i32>().unwrap(), 2);
    assert_eq!(ds.sel("time", "2000-02".."2000-04")["t"].values::<i32>().unwrap(), [2, 3, 4]);
    let t = ds.var("t");
    assert_eq!(t.sel("time", contains("2000-02-01")).item::<i32>().unwrap(), 2, "without bounds");
    let plain = DataArray::new("t", "time", vec![1; 5])
        .with_coord_variable("time", ds.variable("time").unwrap().clone());
    assert_eq!((&t + &plain).values::<i32>().unwrap(), [2, 3, 4, 5, 6]);
    let later = ds.isel("time", 2..);
    assert_eq!(later.sel("time", contains("2000-04-30"))["t"].item::<i32>().unwrap(), 4);
    assert!(later.sel("time", contains("2000-01-30")).fault().unwrap().error().is_not_found());
}

#[test]
fn repeated_labels_give_all_their_positions() {
    let x =
        DataArray::new("x", "t", vec![0, 1, 2, 3]).with_coord("t", "t", vec!["b", "a", "b", "c"]);
    assert_eq!(x.sel("t", "b").values::<i32>().unwrap(), [0, 2]);
    assert_eq!(x.sel("t", ["c", "b"]).values::<i32>().unwrap(), [3, 0, 2]);
    assert_eq!(x.sel("t", "a").ndim(), 0);
    let wanted = DataArray::new("", "p", vec!["b"]);
    let e = x.sel("t", &wanted).check().unwrap_err().to_string();
    assert!(e.contains("occur more than once"), "{e}");
}

#[test]
fn missing_labels_are_never_found() {
    let of = TimeType { unit: TimeUnit::Second, calendar: Calendar::Standard };
    let missing = graticule_array::MISSING_TICK;
    let time = Array::from_vec([3], vec![20, missing, 10]).unwrap();
    let x = DataArray::new("x", "time", vec![1, 2, 3]).with_coord(
        "time",
        "time",
        time.with_dtype(DType::Time(of)).unwrap(),
    );
    let nat = || Label::time(missing, of);
    assert!(x.sel("time", Selector::from(nat())).fault().unwrap().error().is_not_found());
    let nats = Array::from_vec([1], vec![missing]).unwrap().with_dtype(DType::Time(of)).unwrap();
    assert!(x.sel("time", near(nats)).fault().unwrap().error().is_not_found());
    let at =
        |tick: i64| Array::from_vec([1], vec![tick]).unwrap().with_dtype(DType::Time(of)).unwrap();
    assert_eq!(x.sel("time", near(at(11))).values::<i32>().unwrap(), [3], "of labels in no order");
    let real = DataArray::new("x", "t", vec![1, 2]).with_coord("t", "t", vec![f64::NAN, 1.0]);
    assert!(real.sel("t", f64::NAN).fault().unwrap().error().is_not_found());
    assert!(real.sel("t", near(f64::NAN)).fault().unwrap().error().is_not_found());
    assert_eq!(real.sel("t", near(9.0)).item::<i32>().unwrap(), 2);
}

#[test]
fn parts_of_dates_in_every_calendar() {
    for (calendar, days) in [
        (Calendar::Standard, 91),
        (Calendar::ProlepticGregorian, 91),
        (Calendar::NoLeap, 90),
        (Calendar::AllLeap, 91),
        (Calendar::Day360, 90),
        (Calendar::Julian, 91),
    ] {
        let of = TimeType { unit: TimeUnit::Second, calendar };
        let start = DateTime::day(1999, 1, 1).to_ticks(of.unit, calendar).unwrap();
        let ticks: Vec<i64> = (0..800).map(|d| start + d * 86_400).collect();
        let time = Array::from_vec([800], ticks).unwrap().with_dtype(DType::Time(of)).unwrap();
        let x = DataArray::new("x", "time", (0..800).collect::<Vec<i32>>())
            .with_coord("time", "time", time);
        let name = calendar.name();
        assert_eq!(x.sel("time", "1999-12".."2000-02").len(), days, "{name}");
        assert_eq!(x.sel("time", "1999-12-05").ndim(), 0, "{name}");
        let last = x.sel("time", near("2000-02-30"));
        assert_eq!(last.fault().is_none(), calendar == Calendar::Day360, "{name}");
    }
}

#[test]
fn every_index_keeps_the_laws() {
    let ds = Dataset::new()
        .with_coord("x", "x", vec![30.0, 10.0, 20.0])
        .with_coord("y", "y", vec!["b", "a", "b", "c"])
        .with_coord("lon", "lon", vec![0.0, 90.0, 180.0])
        .with_coord("lat2", ["y", "x"], ((0..12).map(f64::from).collect::<Vec<_>>(), [4, 3]))
        .with_coord("lon2", ["y", "x"], ((0..12).map(f64::from).collect::<Vec<_>>(), [4, 3]))
        .with_coord("x_bnds", ["x", "nv"], (vec![25.0, 35.0, 5.0, 15.0, 15.0, 25.0], [3, 2]))
        .with_range("n", RangeIndex::new(0.0, 0.1, 7).unwrap())
        .set_xindex("lon", PeriodicIndex::longitude())
        .set_xindex(["lat2", "lon2"], PointIndex::great_circle())
        .set_xindex(["x", "x_bnds"], IntervalIndex::closed(Closed::Both))
        .check()
        .unwrap();
    for coord in ["x", "y", "lon", "lat2", "n"] {
        index_laws(ds.index(coord).unwrap()).unwrap();
    }
    let stacked = DataArray::new("t", ["a", "b"], (vec![0; 6], [2, 3])).stack("z", ["b", "a"]);
    index_laws(stacked.index("z").unwrap()).unwrap();
    index_laws(stacked.isel("z", [0, 3, 5]).index("a").unwrap()).unwrap();
}

#[test]
fn labels_are_joined_as_asked() {
    let index = |labels: Vec<i32>| {
        let x = DataArray::new("x", "t", labels.clone()).with_coord("t", "t", labels);
        x.index("t").unwrap().clone()
    };
    let (a, b) = (index(vec![3, 1, 2]), index(vec![2, 5, 3]));
    let labels = |how: Join| {
        let made = a.join(&*b, how).unwrap();
        let labels = made.index.unwrap().labels().unwrap().to_flat::<i32>().unwrap();
        (labels, made.left.unwrap(), made.right.unwrap())
    };
    assert_eq!(labels(Join::Inner), (vec![3, 2], vec![Some(0), Some(2)], vec![Some(2), Some(0)]));
    let (outer, left, right) = labels(Join::Outer);
    assert_eq!(outer, [3, 1, 2, 5]);
    assert_eq!((left[3], right[3], right[1]), (None, Some(1), None));
    assert_eq!(labels(Join::Left).0, [3, 1, 2]);
    assert_eq!(labels(Join::Right).1, [Some(2), None, Some(0)]);
    assert!(a.join(&*b, Join::Exact).unwrap_err().to_string().contains("position 0: 3 and 2"));
    assert_eq!(b.reindex_like(&*a).unwrap(), [Some(2), None, Some(0)]);
    let joined = a.concat(std::slice::from_ref(&b), 0).unwrap();
    assert_eq!(joined.len(), 6);
    assert!(joined.reindex_like(&*a).is_err(), "labels that occur twice");
}

#[test]
fn nothing_near_is_an_empty_result() {
    let t =
        points(vec![0.0, 1.0], vec![0.0, 0.0]).set_xindex(["lat", "lon"], PointIndex::euclidean());
    let lazy = super::tiles::lazy(Array::from_vec([2], vec![5, 6]).unwrap());
    let t = t.with_name("u") + DataArray::new("u", "n", lazy);
    assert_eq!(t.sel_nearest(["lat", "lon"], &[0.2, 0.0], 5, "k").values::<i32>().unwrap(), [5, 7]);
    assert_eq!(
        t.sel_nearest(["lat", "lon"], &[0.0, 0.0], 0, "k").values::<i32>().unwrap(),
        [0i32; 0]
    );
    assert_eq!(t.sel_within(["lat", "lon"], &[9.0, 9.0], 1.0, "k").len(), 0);
    assert!(t.sel_nearest(["lat", "lon"], &[f64::NAN, 0.0], 1, "k").fault().is_some());
    assert_eq!(t.drop_isel("n", 0..1).values::<i32>().unwrap(), [7]);
    assert_eq!(t.drop_isel("n", 1..).values::<i32>().unwrap(), [5]);
    assert_eq!(t.drop_isel("n", 1..1).len(), 2);
}
