//! Trends and departures, and the small verbs of dimensions and attributes.

use graticule_array::DType;
use graticule_dataset::{DataArray, TrendOptions, date_range};

use crate::inputs::Inputs;

/// Slope, value at the first label, standard error and p-value by scipy's linregress.
const TRENDS: [[f64; 4]; 4] = [
    [-0.03, 1.33333333333333, 0.04800793585192, 0.56591735720499],
    [-0.01730769230769, 1.30769230769231, 0.07015937056521, 0.82815788643593],
    [0.00142857142857, 0.21428571428571, 0.03849198167231, 0.97217287397723],
    [0.025, 0.375, 0.06149186938124, 0.72371051800223],
];

#[test]
fn trends_are_those_of_scipy_for_any_chunks() {
    for chunks in [None, Some([4, 3]), Some([1, 1])] {
        let from = Inputs::new(chunks);
        let trend = from.a(DType::F64).linear_trend("t");
        assert_eq!(from.reads(), 0);
        let trend = trend.compute().unwrap();
        for (i, name) in ["slope", "intercept", "standard_error", "p_value"].iter().enumerate() {
            let found = trend[*name].values::<f64>().unwrap();
            assert_eq!(trend[*name].dims().to_string(), "y");
            for (y, value) in found.iter().enumerate() {
                let wanted = TRENDS[y][i];
                assert!(
                    (value - wanted).abs() < 1e-10 * wanted.abs().max(1.0),
                    "{name} {y} {value}"
                );
            }
        }
        let rest = from.a(DType::F32).detrend("t");
        assert_eq!((rest.dtype(), rest.dims().to_string().as_str()), (DType::F32, "t, y"));
        assert_eq!(rest["t"].len(), 6);
        let left = rest.astype("float64").linear_trend("t").compute().unwrap();
        assert!(left["slope"].values::<f64>().unwrap().iter().all(|s| s.abs() < 1e-7));
        assert_eq!(
            rest.count("t").values::<i64>().unwrap(),
            from.a(DType::F32).count("t").values::<i64>().unwrap()
        );
    }
}

#[test]
fn trends_per_year_follow_the_calendar() {
    for (calendar, days) in [("360_day", 360.0), ("noleap", 365.0), ("standard", 365.2425)] {
        let time = date_range("2000-01-01").periods(50).calendar(calendar);
        let t = DataArray::new("t", "time", (0..50).map(f64::from).collect::<Vec<_>>())
            .with_coord("time", "time", time);
        let slope =
            |o: TrendOptions| t.linear_trend_with("time", o)["slope"].item::<f64>().unwrap();
        assert!((slope(TrendOptions::per_day()) - 1.0).abs() < 1e-12);
        assert!((slope(TrendOptions::per_year()) - days).abs() < 1e-9);
        assert!((slope(TrendOptions::per_decade()) - 10.0 * days).abs() < 1e-8);
    }
    let x = DataArray::new("x", "n", vec![1.0, 2.0]);
    let e = x.linear_trend_with("n", TrendOptions::per_year()).check().unwrap_err().to_string();
    assert!(e.contains("a trend per year needs times"), "{e}");
    assert_eq!(x.linear_trend("n")["slope"].item::<f64>().unwrap(), 1.0);
    assert!(x.linear_trend("m").check().unwrap_err().is_not_found());
}

#[test]
fn departures_from_the_mean() {
    let from = Inputs::new(Some([4, 3]));
    let x = from.a(DType::F64);
    let (anomaly, standard) = (x.anomaly("t"), x.standardise("t"));
    assert_eq!(from.reads(), 0);
    assert!(anomaly.mean("t").values::<f64>().unwrap().iter().all(|m| m.abs() < 1e-12));
    let spread = standard.std("t").values::<f64>().unwrap();
    assert!(spread.iter().all(|s| (s - 1.0).abs() < 1e-12));
    assert_eq!(x.to_dataset().anomaly("t")["a"].dims(), x.dims());
}

#[test]
fn dimensions_are_swapped_with_their_labels() {
    let x = DataArray::new("x", ["n", "y"], (vec![1, 2, 3, 4], [2, 2]))
        .with_coord("n", "n", vec![0, 1])
        .with_coord("depth", "n", vec![10.0, 20.0]);
    let swapped = x.swap_dims([("n", "depth")]);
    assert_eq!(swapped.dims().to_string(), "depth, y");
    assert_eq!(swapped.sel("depth", 20.0).values::<i32>().unwrap(), [3, 4]);
    assert!(swapped.coords().has("n"));
    let back = swapped.swap_dims([("depth", "n")]);
    assert_eq!(back.sel("n", 1).values::<i32>().unwrap(), [3, 4]);
    assert_eq!(x.swap_dims([("y", "z")]).dims().to_string(), "n, z");
    let fails = |pairs: [(&str, &str); 1]| x.swap_dims(pairs).check().unwrap_err().to_string();
    assert!(fails([("m", "depth")]).contains("no dimension \"m\""));
    assert!(fails([("y", "depth")]).contains("it has the dimensions (n)"));
    assert!(fails([("n", "y")]).contains("there is a dimension \"y\" already"));
}

#[test]
fn ellipsis_stands_for_the_rest() {
    let x = DataArray::new("x", ["a", "b", "c", "d"], (vec![0; 24], [1, 2, 3, 4]));
    for (dims, wanted) in [
        (vec!["...", "a"], "b, c, d, a"),
        (vec!["d", "...", "a"], "d, b, c, a"),
        (vec!["c", "..."], "c, a, b, d"),
        (vec!["c"], "c, a, b, d"),
    ] {
        assert_eq!(x.transpose(dims).dims().to_string(), wanted);
    }
    let e = x.transpose(["...", "a", "..."]).check().unwrap_err();
    assert!(e.to_string().contains("listed twice"), "{e}");
    let ds = x.to_dataset().with_var("z", ["d", "a"], (vec![0; 4], [4, 1]));
    assert_eq!(ds.transpose(["a", "..."])["z"].dims().to_string(), "a, d");
}

#[test]
fn attributes_come_and_go() {
    let x = DataArray::new("x", "t", vec![1.0]).with_coord("t", "t", vec![1]);
    let named = x.assign_attrs([("units", "K"), ("long_name", "temperature")]);
    assert_eq!(named.attrs().len(), 2);
    assert!(named.drop_attrs().attrs().is_empty());
    let ds = named.to_dataset().assign_attrs([("title", "test")]);
    assert_eq!(ds.drop_attrs()["x"].attrs().len(), 0);
    assert_eq!(ds["x"].attrs().text("units"), Some("K"));
}
