//! Chapter 9 and Appendix H: discrete sampling geometries, an example of each representation.

use graticule::{Dataset, FeatureType, Representation};

use super::{example, values};

/// A dataset of a feature type: `place` are the dimensions of time, latitude and longitude, `rest`
/// further declarations, `data` their values.
fn sampled(kind: &str, dims: &str, place: [&str; 3], rest: &str, data: &str) -> Dataset {
    let [time, lat, lon] = place;
    example(&format!(
        r#"dimensions: {dims} ;
           variables: double time{time} ; time:standard_name = "time" ; time:long_name = "time" ;
             time:units = "days since 1970-01-01 00:00:00" ; time:calendar = "proleptic_gregorian" ;
             float lat{lat} ; lat:standard_name = "latitude" ; lat:units = "degrees_north" ;
             float lon{lon} ; lon:standard_name = "longitude" ; lon:units = "degrees_east" ;
             {rest}
           :featureType = "{kind}" ;
           data: {data}"#
    ))
}

/// A variable on some dimensions that belongs to the features.
fn t(dims: &str) -> String {
    format!(
        r#"float t({dims}) ; t:standard_name = "air_temperature" ; t:units = "Celsius" ;
           t:coordinates = "time lat lon" ;"#
    )
}

fn height(name: &str, dims: &str) -> String {
    format!(
        r#"float {name}{dims} ; {name}:standard_name = "altitude" ; {name}:units = "km" ;
           {name}:positive = "up" ; {name}:axis = "Z" ;"#
    )
}

fn id(name: &str, dims: &str, role: &str) -> String {
    format!(r#"string {name}{dims} ; {name}:cf_role = "{role}" ; {name}:long_name = "{name}" ;"#)
}

/// What a dataset holds: its kind, how it is laid out, and the values of each feature.
fn held(ds: &Dataset) -> (FeatureType, Representation, Vec<Vec<f64>>) {
    let features = ds.cf().features().unwrap();
    let each = features.iter().map(|f| values(&f.unwrap(), "t")).collect();
    (features.feature_type(), features.representation(), each)
}

/// H.1: points that have nothing to do with each other.
#[test]
fn h1_points() {
    let ds = sampled(
        "point",
        "obs = 3",
        ["(obs)", "(obs)", "(obs)"],
        &t("obs"),
        "time = 0, 1, 2 ; lat = 0, 1, 2 ; lon = 5, 6, 7 ; t = 10, 20, 30 ;",
    );
    let features = ds.cf().features().unwrap();
    assert_eq!(features.feature_type(), FeatureType::Point);
    let near = ds.var("t").where_(ds["lat"].gt(0.5));
    assert_eq!(near.count(..).item::<i64>().unwrap(), 2);
}

/// H.2: stations that share their times; H.3: stations with times of their own, padded.
#[test]
fn h2_h3_time_series_in_rectangles() {
    let station = id("station_name", "(station)", "timeseries_id");
    let ds = sampled(
        "timeSeries",
        "station = 2 ; time = 3",
        ["(time)", "(station)", "(station)"],
        &(station.clone() + &t("station, time")),
        r#"time = 0, 1, 2 ; lat = 0, 1 ; lon = 5, 6 ; station_name = "a", "b" ; t = 1, 2, 3, 4, 5, 6 ;"#,
    );
    let (kind, how, each) = held(&ds);
    assert_eq!((kind, how), (FeatureType::TimeSeries, Representation::Orthogonal));
    assert_eq!(each, [[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]);
    let ds = sampled(
        "timeSeries",
        "station = 2 ; obs = 3",
        ["(station, obs)", "(station)", "(station)"],
        &("time:_FillValue = -999. ;".to_owned()
            + &station
            + &t("station, obs")
            + "t:_FillValue = -999.f ;"),
        r#"time = 0, 1, 2, 0, _, _ ; lat = 0, 1 ; lon = 5, 6 ; station_name = "a", "b" ; t = 1, 2, 3, 4, _, _ ;"#,
    );
    let (_, how, each) = held(&ds);
    assert_eq!((how, each), (Representation::Incomplete, vec![vec![1.0, 2.0, 3.0], vec![4.0]]));
}

/// H.4: one time series; H.5: one whose place wanders about its nominal place.
#[test]
fn h4_h5_one_time_series() {
    for (place, at) in [
        (["(time)", "", ""], "lat = 1 ; lon = 5"),
        (["(time)", "(time)", "(time)"], "lat = 1, 1.1 ; lon = 5, 5"),
    ] {
        let ds = sampled(
            "timeSeries",
            "time = 2",
            place,
            &(id("station_name", "", "timeseries_id") + &t("time")),
            &format!(r#"time = 0, 1 ; {at} ; station_name = "a" ; t = 1, 2 ;"#),
        );
        let (kind, how, each) = held(&ds);
        assert_eq!((kind, how), (FeatureType::TimeSeries, Representation::Single));
        assert_eq!(each, [[1.0, 2.0]]);
    }
}

/// H.6 and H.7: stations in one row after the other, and in any order.
#[test]
fn h6_h7_ragged_time_series() {
    let station = id("station_name", "(station)", "timeseries_id");
    let rows =
        r#"int row_size(station) ; row_size:sample_dimension = "obs" ; row_size:long_name = "n" ;"#;
    let index =
        r#"int which(obs) ; which:instance_dimension = "station" ; which:long_name = "i" ;"#;
    for (extra, fill, how) in [
        (rows, "row_size = 3, 1", Representation::Contiguous),
        (index, "which = 0, 0, 0, 1", Representation::Indexed),
    ] {
        let ds = sampled(
            "timeSeries",
            "station = 2 ; obs = 4",
            ["(obs)", "(station)", "(station)"],
            &(station.clone() + extra + &t("obs")),
            &format!(
                r#"time = 0, 1, 2, 0 ; lat = 0, 1 ; lon = 5, 6 ; station_name = "a", "b" ; t = 1, 2, 3, 4 ; {fill} ;"#
            ),
        );
        let features = ds.cf().features().unwrap();
        assert_eq!(held(&ds), (FeatureType::TimeSeries, how, vec![vec![1.0, 2.0, 3.0], vec![4.0]]));
        assert_eq!(features.find("b").unwrap(), 1);
        let padded = features.to_padded("element").unwrap();
        assert_eq!(padded["t"].shape(), [2, 3]);
        assert_eq!(padded["t"].count(..).item::<i64>().unwrap(), 4);
    }
}

/// H.8: profiles on common heights; H.9: one profile.
#[test]
fn h8_h9_profiles_in_rectangles() {
    let ds = sampled(
        "profile",
        "profile = 2 ; z = 2",
        ["(profile)", "(profile)", "(profile)"],
        &(r#"int profile(profile) ; profile:cf_role = "profile_id" ; profile:long_name = "p" ;"#
            .to_owned()
            + &height("z", "(z)")
            + &t("profile, z")),
        "profile = 1, 2 ; time = 0, 1 ; lat = 0, 1 ; lon = 5, 6 ; z = 0.1, 1 ; t = 1, 2, 3, 4 ;",
    );
    let (kind, how, each) = held(&ds);
    assert_eq!((kind, how), (FeatureType::Profile, Representation::Orthogonal));
    assert_eq!(each, [[1.0, 2.0], [3.0, 4.0]]);
    let ds = sampled(
        "profile",
        "z = 2",
        ["", "", ""],
        &(r#"int profile ; profile:cf_role = "profile_id" ; profile:long_name = "p" ;"#.to_owned()
            + &height("z", "(z)")
            + &t("z")),
        "profile = 1 ; time = 0 ; lat = 0 ; lon = 5 ; z = 0.1, 1 ; t = 1, 2 ;",
    );
    assert_eq!(held(&ds), (FeatureType::Profile, Representation::Single, vec![vec![1.0, 2.0]]));
}

/// H.10 and H.11: ragged profiles.
#[test]
fn h10_h11_ragged_profiles() {
    for (extra, fill, how) in [
        (
            r#"int rowSize(profile) ; rowSize:sample_dimension = "obs" ; rowSize:long_name = "n" ;"#,
            "rowSize = 1, 2",
            Representation::Contiguous,
        ),
        (
            r#"int parentIndex(obs) ; parentIndex:instance_dimension = "profile" ; parentIndex:long_name = "i" ;"#,
            "parentIndex = 1, 0, 1",
            Representation::Indexed,
        ),
    ] {
        let ds = sampled(
            "profile",
            "obs = 3 ; profile = 2",
            ["(profile)", "(profile)", "(profile)"],
            &(r#"int profile(profile) ; profile:cf_role = "profile_id" ; profile:long_name = "p" ;"#
                .to_owned()
                + extra
                + &height("z", "(obs)") + &t("obs")),
            &format!(
                "profile = 1, 2 ; time = 0, 1 ; lat = 0, 1 ; lon = 5, 6 ; z = 0.1, 0.2, 1 ; t = 1, 2, 3 ; {fill} ;"
            ),
        );
        let (kind, found, each) = held(&ds);
        assert_eq!((kind, found), (FeatureType::Profile, how));
        match how {
            Representation::Contiguous => assert_eq!(each, [vec![1.0], vec![2.0, 3.0]]),
            _ => assert_eq!(each, [vec![2.0], vec![1.0, 3.0]]),
        }
    }
}

/// H.12: trajectories in a padded rectangle; H.13: one trajectory.
#[test]
fn h12_h13_trajectories_in_rectangles() {
    let ds = sampled(
        "trajectory",
        "obs = 3 ; trajectory = 2",
        ["(trajectory, obs)", "(trajectory, obs)", "(trajectory, obs)"],
        &("time:_FillValue = -1. ; lat:_FillValue = -999.f ; lon:_FillValue = -999.f ;".to_owned()
            + &id("trajectory", "(trajectory)", "trajectory_id")
            + &height("z", "(trajectory, obs)")
            + "z:_FillValue = -999.f ;"
            + &t("trajectory, obs")
            + "t:_FillValue = -999.f ;"),
        r#"trajectory = "a", "b" ; time = 0, 1, 2, 0, 1, _ ; lat = 0, 1, 2, 3, 4, _ ; lon = 0, 1, 2, 3, 4, _ ;
           z = 1, 1, 1, 2, 2, _ ; t = 1, 2, 3, 4, 5, _ ;"#,
    );
    let (kind, how, each) = held(&ds);
    assert_eq!((kind, how), (FeatureType::Trajectory, Representation::Incomplete));
    assert_eq!(each, [vec![1.0, 2.0, 3.0], vec![4.0, 5.0]]);
    let ds = sampled(
        "trajectory",
        "time = 2 ; strlen = 3",
        ["(time)", "(time)", "(time)"],
        &(r#"char trajectory(strlen) ; trajectory:cf_role = "trajectory_id" ; trajectory:long_name = "n" ;"#.to_owned()
            + &height("z", "(time)") + &t("time")),
        r#"trajectory = "one" ; time = 0, 1 ; lat = 0, 1 ; lon = 0, 1 ; z = 1, 2 ; t = 1, 2 ;"#,
    );
    assert_eq!(held(&ds), (FeatureType::Trajectory, Representation::Single, vec![vec![1.0, 2.0]]));
}

/// H.14 and H.15: ragged trajectories.
#[test]
fn h14_h15_ragged_trajectories() {
    for (extra, fill, how) in [
        (
            r#"int rowSize(trajectory) ; rowSize:sample_dimension = "obs" ; rowSize:long_name = "n" ;"#,
            "rowSize = 2, 1",
            Representation::Contiguous,
        ),
        (
            r#"int index(obs) ; index:instance_dimension = "trajectory" ; index:long_name = "i" ;"#,
            "index = 0, 0, 1",
            Representation::Indexed,
        ),
    ] {
        let ds = sampled(
            "trajectory",
            "obs = 3 ; trajectory = 2",
            ["(obs)", "(obs)", "(obs)"],
            &(id("trajectory", "(trajectory)", "trajectory_id")
                + extra
                + &height("z", "(obs)")
                + &t("obs")),
            &format!(
                r#"trajectory = "a", "b" ; time = 0, 1, 0 ; lat = 0, 1, 2 ; lon = 0, 1, 2 ; z = 1, 1, 1 ; t = 1, 2, 3 ; {fill} ;"#
            ),
        );
        assert_eq!(held(&ds), (FeatureType::Trajectory, how, vec![vec![1.0, 2.0], vec![3.0]]));
    }
}

/// H.16 to H.18: profiles at stations, in rectangles.
#[test]
fn h16_h17_h18_profiles_of_stations() {
    let station = id("station_name", "(station)", "timeseries_id");
    let ds = sampled(
        "timeSeriesProfile",
        "station = 2 ; profile = 2 ; z = 1",
        ["(station, profile)", "(station)", "(station)"],
        &(station.clone() + &height("alt", "(station, profile, z)") + &t("station, profile, z")),
        r#"time = 0, 1, 2, 3 ; lat = 0, 1 ; lon = 5, 6 ; station_name = "a", "b" ; alt = 1, 1, 2, 2 ; t = 1, 2, 3, 4 ;"#,
    );
    let (kind, _, each) = held(&ds);
    assert_eq!(kind, FeatureType::TimeSeriesProfile);
    assert_eq!(each, [[1.0, 2.0], [3.0, 4.0]]);
    let ds = sampled(
        "timeSeriesProfile",
        "station = 2 ; time = 2 ; z = 2",
        ["(time)", "(station)", "(station)"],
        &(station + &height("z", "(z)") + &t("time, station, z")),
        r#"time = 0, 1 ; lat = 0, 1 ; lon = 5, 6 ; station_name = "a", "b" ; z = 0.1, 1 ; t = 1, 2, 3, 4, 5, 6, 7, 8 ;"#,
    );
    let features = ds.cf().features().unwrap();
    assert_eq!(features.representation(), Representation::Orthogonal);
    assert_eq!(values(&features.get(1).unwrap(), "t"), [3.0, 4.0, 7.0, 8.0]);
    let ds = sampled(
        "timeSeriesProfile",
        "profile = 2 ; z = 1",
        ["(profile)", "", ""],
        &(id("station_name", "", "timeseries_id")
            + &height("alt", "(profile, z)")
            + &t("profile, z")),
        r#"time = 0, 1 ; lat = 0 ; lon = 5 ; station_name = "a" ; alt = 1, 2 ; t = 1, 2 ;"#,
    );
    let (kind, _, each) = held(&ds);
    assert_eq!((kind, each), (FeatureType::TimeSeriesProfile, vec![vec![1.0, 2.0]]));
}

/// H.19: profiles of stations, H.22: profiles along trajectories; ragged twice.
#[test]
fn h19_h22_profiles_ragged_twice() {
    for (kind, role, feature, place) in [
        ("timeSeriesProfile", "timeseries_id", FeatureType::TimeSeriesProfile, "(outer)"),
        ("trajectoryProfile", "trajectory_id", FeatureType::TrajectoryProfile, "(profile)"),
    ] {
        let at = if place == "(outer)" {
            "lat = 0, 1 ; lon = 5, 6"
        } else {
            "lat = 0, 1, 2 ; lon = 5, 6, 7"
        };
        let ds = sampled(
            kind,
            "obs = 5 ; profile = 3 ; outer = 2",
            ["(profile)", place, place],
            &(id("name", "(outer)", role)
                + r#"int profile(profile) ; profile:cf_role = "profile_id" ; profile:long_name = "p" ;
                   int outer_index(profile) ; outer_index:instance_dimension = "outer" ; outer_index:long_name = "i" ;
                   int row_size(profile) ; row_size:sample_dimension = "obs" ; row_size:long_name = "n" ;"#
                + &height("z", "(obs)")
                + &t("obs")),
            &format!(
                r#"name = "a", "b" ; profile = 1, 2, 3 ; time = 0, 1, 2 ; {at} ; outer_index = 0, 1, 0 ;
                row_size = 2, 1, 2 ; z = 0, 1, 0, 0, 1 ; t = 1, 2, 3, 4, 5 ;"#
            ),
        );
        let (found, how, each) = held(&ds);
        assert_eq!((found, how), (feature, Representation::IndexedProfiles));
        assert_eq!(each, [vec![1.0, 2.0, 4.0, 5.0], vec![3.0]]);
        let first = ds.cf().features().unwrap().get(0).unwrap();
        assert_eq!(first.cf().features().unwrap().len(), 2);
    }
}

/// H.20: profiles along trajectories in a rectangle; H.21: along one.
#[test]
fn h20_h21_profiles_along_trajectories() {
    let ds = sampled(
        "trajectoryProfile",
        "trajectory = 2 ; profile = 2 ; z = 1",
        ["(trajectory, profile)", "(trajectory, profile)", "(trajectory, profile)"],
        &(id("trajectory", "(trajectory)", "trajectory_id")
            + &height("alt", "(trajectory, profile, z)")
            + &t("trajectory, profile, z")),
        r#"trajectory = "a", "b" ; time = 0, 1, 2, 3 ; lat = 0, 1, 2, 3 ; lon = 5, 6, 7, 8 ; alt = 1, 1, 2, 2 ; t = 1, 2, 3, 4 ;"#,
    );
    let (kind, _, each) = held(&ds);
    assert_eq!(
        (kind, each),
        (FeatureType::TrajectoryProfile, vec![vec![1.0, 2.0], vec![3.0, 4.0]])
    );
    let ds = sampled(
        "trajectoryProfile",
        "profile = 2 ; z = 2",
        ["(profile)", "(profile)", "(profile)"],
        &(id("trajectory", "", "trajectory_id") + &height("z", "(z)") + &t("profile, z")),
        r#"trajectory = "a" ; time = 0, 1 ; lat = 0, 1 ; lon = 5, 6 ; z = 0.1, 1 ; t = 1, 2, 3, 4 ;"#,
    );
    let (kind, _, each) = held(&ds);
    assert_eq!((kind, each), (FeatureType::TrajectoryProfile, vec![vec![1.0, 2.0, 3.0, 4.0]]));
}
