//! Discrete sampling geometries in every representation of CF chapter 9 and Appendix H.

use graticule_dataset::{Attrs, Dataset, FeatureType, Representation, Variable};

const NAN: f64 = f64::NAN;

fn var<D: Into<graticule_dataset::Data>>(
    dims: &[&str],
    data: D,
    attrs: &[(&str, &str)],
) -> Variable {
    let dims: graticule_dataset::Dims = dims.iter().copied().collect();
    let attrs: Attrs = attrs.iter().copied().collect();
    Variable::new(dims, data).unwrap().with_attrs(attrs)
}

fn values(ds: &Dataset, name: &str) -> Vec<f64> {
    ds.var(name).values::<f64>().unwrap_or_else(|e| panic!("{name}: {e}"))
}

/// Three stations with 2, 0 and 3 elements.
fn stations(kind: &str) -> Dataset {
    Dataset::new()
        .with_attr("featureType", kind)
        .with_coord_variable("lat", var(&["station"], vec![10.0, 20.0, 30.0], &[]))
        .with_variable(
            "station_name",
            var(&["station"], vec!["Rome", "Oslo", "Lima"], &[("cf_role", "timeseries_id")]),
        )
}

#[test]
fn contiguous_ragged_arrays() {
    let ds = stations("timeSeries")
        .with_variable("row_size", var(&["station"], vec![2, 0, 3], &[("sample_dimension", "obs")]))
        .with_coord_variable("time", var(&["obs"], vec![1.0, 2.0, 1.0, 2.0, 3.0], &[]))
        .with_variable("humidity", var(&["obs"], vec![0.1, 0.2, 0.3, 0.4, 0.5], &[]));
    let features = ds.cf().features().unwrap();
    assert_eq!(features.feature_type(), FeatureType::TimeSeries);
    assert_eq!(features.representation(), Representation::Contiguous);
    assert_eq!((features.len(), features.count(2)), (3, Some(3)));
    let lima = features.get(features.find("Lima").unwrap()).unwrap();
    assert_eq!(values(&lima, "humidity"), [0.3, 0.4, 0.5]);
    assert_eq!(values(&lima, "lat"), [30.0]);
    assert!(!lima.has("row_size"));
    assert_eq!(values(&features.get(1).unwrap(), "humidity"), [0.0f64; 0]);
    assert!(features.find("Paris").unwrap_err().to_string().contains("Rome"));
    assert!(features.get(3).is_err());
    assert_eq!(features.iter().count(), 3);

    let padded = features.to_padded("element").unwrap();
    assert_eq!(padded["humidity"].dims().to_string(), "station, element");
    let cells = values(&padded, "humidity");
    let expected = [0.1, 0.2, NAN, NAN, NAN, NAN, 0.3, 0.4, 0.5];
    assert!(cells.iter().zip(expected).all(|(a, b)| a.total_cmp(&b).is_eq()), "{cells:?}");
    assert!(features.to_padded("lat").is_err());
}

#[test]
fn indexed_ragged_arrays() {
    let index =
        var(&["obs"], vec![2.0, 0.0, 2.0, NAN, 0.0, 2.0], &[("instance_dimension", "station")]);
    let ds = stations("timeSeries")
        .with_variable("station_index", index)
        .with_variable("humidity", var(&["obs"], vec![1.0, 2.0, 3.0, 4.0, 5.0, 6.0], &[]));
    let features = ds.cf().features().unwrap();
    assert_eq!(features.representation(), Representation::Indexed);
    assert_eq!(values(&features.get(0).unwrap(), "humidity"), [2.0, 5.0]);
    assert_eq!(values(&features.get(2).unwrap(), "humidity"), [1.0, 3.0, 6.0]);
    let padded = features.to_padded("o").unwrap();
    assert_eq!(padded["humidity"].shape(), [3, 3]);
    assert_eq!(values(&padded.isel("station", 2), "humidity"), [1.0, 3.0, 6.0]);
}

#[test]
fn arrays_with_a_dimension_of_features() {
    let shared = stations("timeSeries").with_coord("time", "time", vec![1.0, 2.0]).with_variable(
        "t",
        var(&["station", "time"], (vec![1.0, 2.0, 3.0, 4.0, 5.0, 6.0], [3, 2]), &[]),
    );
    let features = shared.cf().features().unwrap();
    assert_eq!(features.representation(), Representation::Orthogonal);
    assert_eq!(values(&features.get(1).unwrap(), "t"), [3.0, 4.0]);

    let times = vec![1.0, 2.0, 3.0, 1.0, NAN, NAN, NAN, NAN, NAN];
    let padded = stations("timeSeries")
        .with_coord_variable("time", var(&["station", "o"], (times.clone(), [3, 3]), &[]))
        .with_variable("t", var(&["station", "o"], (times, [3, 3]), &[]));
    let features = padded.cf().features().unwrap();
    assert_eq!(features.representation(), Representation::Incomplete);
    assert_eq!(values(&features.get(0).unwrap(), "t"), [1.0, 2.0, 3.0]);
    assert_eq!(values(&features.get(1).unwrap(), "t"), [1.0]);
    assert_eq!(features.get(2).unwrap().size_of("o"), Some(0));
}

#[test]
fn one_feature_needs_no_dimension() {
    let ds = Dataset::new()
        .with_coord("z", "z", vec![1.0, 2.0])
        .with_variable("profile", var(&[], 7, &[("cf_role", "profile_id")]))
        .with_var("t", "z", vec![5.0, 6.0]);
    let features = ds.cf().features().unwrap();
    assert_eq!(features.feature_type(), FeatureType::Profile);
    assert_eq!((features.representation(), features.len()), (Representation::Single, 1));
    assert_eq!(values(&features.get(0).unwrap(), "t"), [5.0, 6.0]);
}

/// Profiles from two stations, arriving in any order (Example H.19).
#[test]
fn profiles_of_stations() {
    let ds = stations("timeSeriesProfile")
        .with_variable("profile", var(&["profile"], vec![0, 1, 2], &[("cf_role", "profile_id")]))
        .with_variable(
            "which",
            var(&["profile"], vec![2, 0, 2], &[("instance_dimension", "station")]),
        )
        .with_variable("n", var(&["profile"], vec![2, 1, 3], &[("sample_dimension", "obs")]))
        .with_variable("t", var(&["obs"], vec![1.0, 2.0, 3.0, 4.0, 5.0, 6.0], &[]));
    let features = ds.cf().features().unwrap();
    assert_eq!(features.representation(), Representation::IndexedProfiles);
    let lima = features.get(2).unwrap();
    assert_eq!(values(&lima, "t"), [1.0, 2.0, 4.0, 5.0, 6.0]);
    let profiles = lima.cf().features().unwrap();
    assert_eq!((profiles.len(), profiles.feature_type()), (2, FeatureType::Profile));
    assert_eq!(values(&profiles.get(1).unwrap(), "t"), [4.0, 5.0, 6.0]);
}

#[test]
fn damaged_layouts_are_refused() {
    let many = stations("timeSeries")
        .with_variable("n", var(&["station"], vec![2, 0, 9], &[("sample_dimension", "obs")]))
        .with_var("t", "obs", vec![1.0, 2.0]);
    assert!(many.cf().features().unwrap_err().to_string().contains("\"n\""));
    let huge = stations("timeSeries")
        .with_variable("n", var(&["station"], vec![i64::MAX; 3], &[("sample_dimension", "obs")]))
        .with_var("t", "obs", vec![1.0, 2.0]);
    assert!(huge.cf().features().is_err());
    let beyond = stations("timeSeries")
        .with_variable("i", var(&["obs"], vec![0, 7], &[("instance_dimension", "station")]));
    assert!(beyond.cf().features().unwrap_err().to_string().contains("feature 7"));
    assert!(stations("bundle").cf().features().unwrap_err().to_string().contains("trajectory"));
    let none = Dataset::new().with_var("t", "x", vec![1.0]);
    assert!(none.cf().features().unwrap_err().is_not_found());
}

#[test]
fn gathered_points_return_to_their_places() {
    let list = Variable::new("landpoint", vec![1, 4, 5])
        .unwrap()
        .with_attrs(Attrs::new().with("compress", "lat lon"));
    let ds = Dataset::new()
        .with_coord("lat", "lat", vec![10.0, 20.0])
        .with_coord("lon", "lon", vec![1.0, 2.0, 3.0])
        .with_coord_variable("landpoint", list)
        .with_variable(
            "soil",
            var(&["depth", "landpoint"], (vec![1.0, 2.0, 3.0, 4.0, 5.0, 6.0], [2, 3]), &[]),
        );
    let full = ds.uncompress().unwrap();
    assert_eq!(full["soil"].dims().to_string(), "depth, lat, lon");
    let cells = values(&full, "soil");
    let expected = [NAN, 1.0, NAN, NAN, 2.0, 3.0, NAN, 4.0, NAN, NAN, 5.0, 6.0];
    assert!(cells.iter().zip(expected).all(|(a, b)| a.total_cmp(&b).is_eq()), "{cells:?}");
    assert!(!full.has("landpoint"));

    let mask = full["soil"].isel("depth", 0).notnull();
    let back = full.compress("landpoint", ["lat", "lon"], &mask).unwrap();
    assert_eq!(values(&back, "soil"), values(&ds, "soil"));
    assert_eq!(values(&back, "landpoint"), [1.0, 4.0, 5.0]);
    assert_eq!(back.variable("landpoint").unwrap().attrs().text("compress"), Some("lat lon"));
    for points in [vec![1, 1], vec![1, 6]] {
        let list = Variable::new("p", points)
            .unwrap()
            .with_attrs(Attrs::new().with("compress", "lat lon"));
        let bad = full.clone().with_coord_variable("p", list);
        assert!(bad.uncompress().is_err());
    }
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig { cases: 60, ..Default::default() })]

    /// Gathering and spreading are inverse wherever there is something.
    #[test]
    fn gathering_is_undone_by_spreading(
        there in proptest::collection::vec(proptest::prelude::any::<bool>(), 12),
        depth in 1usize..4,
    ) {
        let numbers: Vec<f64> = (0..depth * 12)
            .map(|i| if there[i % 12] { i as f64 } else { NAN })
            .collect();
        let ds = Dataset::new()
            .with_coord("lat", "lat", vec![10.0, 20.0, 30.0])
            .with_coord("lon", "lon", vec![1.0, 2.0, 3.0, 4.0])
            .with_var("v", ["z", "lat", "lon"], (numbers.clone(), [depth, 3, 4]));
        let mask = ds["v"].isel("z", 0).notnull();
        proptest::prop_assume!(there.contains(&true));
        let list = ds.compress("point", ["lat", "lon"], &mask).unwrap();
        proptest::prop_assert_eq!(list["v"].shape(), [depth, there.iter().filter(|t| **t).count()]);
        let back = values(&list.uncompress().unwrap(), "v");
        let same = back.iter().zip(&numbers).all(|(a, b)| a.total_cmp(b).is_eq());
        proptest::prop_assert!(same && back.len() == numbers.len(), "{back:?}");
    }

    /// Each element of ragged arrays belongs to one feature, in the order of the elements.
    #[test]
    fn ragged_arrays_are_taken_apart_and_lost_nothing(
        which in proptest::collection::vec(0usize..3, 0..20),
    ) {
        let n = which.len();
        let numbers: Vec<f64> = (0..n).map(|i| i as f64).collect();
        let index: Vec<i32> = which.iter().map(|w| *w as i32).collect();
        let indexed = stations("timeSeries")
            .with_variable("i", var(&["obs"], index, &[("instance_dimension", "station")]))
            .with_variable("t", var(&["obs"], numbers.clone(), &[]));
        let mut sorted: Vec<usize> = (0..n).collect();
        sorted.sort_by_key(|i| which[*i]);
        let counts: Vec<i32> =
            (0..3).map(|s| which.iter().filter(|w| **w == s).count() as i32).collect();
        let ordered: Vec<f64> = sorted.iter().map(|i| *i as f64).collect();
        let contiguous = stations("timeSeries")
            .with_variable("n", var(&["station"], counts, &[("sample_dimension", "obs")]))
            .with_variable("t", var(&["obs"], ordered.clone(), &[]));
        for ds in [indexed, contiguous] {
            let features = ds.cf().features().unwrap();
            let all: Vec<f64> =
                features.iter().flat_map(|f| values(&f.unwrap(), "t")).collect();
            proptest::prop_assert_eq!(&all, &ordered);
            let padded = features.to_padded("element").unwrap();
            let kept: Vec<f64> =
                values(&padded, "t").into_iter().filter(|v| !v.is_nan()).collect();
            proptest::prop_assert_eq!(&kept, &ordered);
        }
    }
}
