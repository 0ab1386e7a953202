//! Sections 7.4 and 7.5: climatological statistics and anomalies.

use super::{dates, example, methods};

fn climatology(
    units: &str,
    times: &str,
    bounds: &str,
    steps: &str,
    n: usize,
) -> graticule::Dataset {
    let zeros = vec!["1"; n].join(", ");
    example(&format!(
        r#"dimensions: time = {n} ; nv = 2 ;
           variables: float t(time) ; t:long_name = "statistic" ; t:units = "K" ; t:cell_methods = "{steps}" ;
             double time(time) ; time:climatology = "climatology_bounds" ; time:units = "{units}" ;
             time:calendar = "standard" ; time:standard_name = "time" ;
             double climatology_bounds(time, nv) ;
           data: t = {zeros} ; time = {times} ; climatology_bounds = {bounds} ;"#
    ))
}

/// 7.9: seasons of thirty years.
#[test]
fn climatological_seasons() {
    let steps = "time: minimum within years time: mean over years";
    let ds = climatology(
        "days since 1960-01-01",
        "106, 197, 289, 381",
        "60, 11109, 152, 11201, 244, 11292, 335, 11382",
        steps,
        4,
    );
    let bounds = ds.cf().bounds("time").unwrap();
    assert_eq!(bounds.name(), Some("climatology_bounds"));
    assert_eq!(dates(&bounds)[6..], ["1960-12-01T00", "1991-03-01T00"]);
    assert_eq!(methods(&ds, "t").to_string(), steps);
    assert!(ds.cf().time_audit().unwrap().is_regular());
}

/// 7.10: January of three decades.
#[test]
fn decadal_averages_for_january() {
    let ds = climatology(
        "days since 1961-01-01",
        "1475, 5128, 8780",
        "0, 3318, 3652, 6970, 7305, 10623",
        "time: sum within years time: mean over years",
        3,
    );
    assert_eq!(dates(&ds["climatology_bounds"])[..2], ["1961-01-01T00", "1970-02-01T00"]);
}

/// 7.11 and 7.13: hours of an average day, of one month and of thirty Aprils.
#[test]
fn hours_of_an_average_day() {
    let ds = climatology(
        "hours since 1997-04-01",
        "0.5, 1.5",
        "0, 697, 1, 698",
        "time: mean within days time: mean over days",
        2,
    );
    assert_eq!(dates(&ds["climatology_bounds"])[..2], ["1997-04-01T00", "1997-04-30T01"]);
    let steps = "time: mean within days time: mean over days time: mean over years";
    let ds = climatology("hours since 1961-04-01", "0.5, 1.5", "0, 254905, 1, 254906", steps, 2);
    assert_eq!(dates(&ds["climatology_bounds"])[1], "1990-04-30T01");
    assert_eq!(methods(&ds, "t").iter().count(), 3);
}

/// 7.12: spells of frost, 7.14: the wettest day of each month; both of days that begin at six.
#[test]
fn extremes_within_days() {
    for steps in [
        "time: minimum within days time: sum over days",
        "time: minimum within days time: maximum over days",
        "time: sum within days time: maximum over days",
    ] {
        let ds = climatology("hours since 2007-12-01", "1110", "6, 2190", steps, 1);
        assert_eq!(dates(&ds["climatology_bounds"]), ["2007-12-01T06", "2008-03-01T06"]);
        assert_eq!(methods(&ds, "t").to_string(), steps);
    }
    let ds = example(
        r#"variables: float n1 ; n1:coordinates = "threshold" ; n1:units = "1" ;
             n1:standard_name = "number_of_days_with_air_temperature_below_threshold" ;
             float threshold ; threshold:standard_name = "air_temperature" ; threshold:units = "degC" ;
           data: n1 = 3 ; threshold = 0. ;"#,
    );
    assert_eq!(ds["n1"]["threshold"].item::<f32>().unwrap(), 0.0);
}

/// What we make ourselves has the form of 7.9 and 7.11.
#[test]
fn groups_write_a_climatology() {
    let ds = example(
        r#"dimensions: time = 4 ; nv = 2 ;
           variables: float t(time) ; t:standard_name = "air_temperature" ; t:units = "K" ;
             double time(time) ; time:units = "days since 2001-01-01" ; time:bounds = "time_bnds" ;
             time:standard_name = "time" ; time:calendar = "360_day" ; double time_bnds(time, nv) ;
           data: t = 1, 2, 3, 4 ; time = 15, 45, 375, 405 ; time_bnds = 0, 30, 30, 60, 360, 390, 390, 420 ;"#,
    );
    let made = ds.groupby("time.month").max("time").swap_dims([("month", "time")]);
    let file =
        std::env::temp_dir().join(format!("graticule-climatology-{}.nc", std::process::id()));
    made.write(&file).unwrap();
    let back = graticule::open_dataset(file.as_path()).unwrap();
    std::fs::remove_file(&file).unwrap();
    assert_eq!(
        back["time"]
            .attrs()
            .text("climatology")
            .map(str::to_owned)
            .or_else(|| back
                .variable("time")
                .unwrap()
                .encoding()
                .extra
                .text("climatology")
                .map(str::to_owned))
            .as_deref(),
        Some("climatology_bounds")
    );
    assert_eq!(dates(&back["climatology_bounds"])[..2], ["2001-01-01T00", "2002-02-01T00"]);
    assert_eq!(
        methods(&back, "t").to_string(),
        "time: maximum within years time: maximum over years"
    );
    assert_eq!(back["t"].values::<f32>().unwrap(), [3.0, 4.0]);
    let report = back.with_attr("Conventions", "CF-1.12").cf().report().unwrap();
    assert!(report.is_compliant(), "{report}");
}

fn anomaly(norm: &str, steps: &str) -> graticule::Dataset {
    example(&format!(
        r#"dimensions: time = 2 ; two = 2 ;
           variables: float delta(time) ; delta:standard_name = "air_temperature" ; delta:units = "degC" ;
             delta:units_metadata = "temperature: difference" ;
             delta:cell_methods = "time: maximum time: anomaly_wrt norm" ;
             delta:coordinates = "climatological_time" ; delta:ancillary_variables = "norm" ;
             {norm} norm:cell_methods = "{steps}" ; norm:coordinates = "climatological_time" ;
             double time(time) ; time:standard_name = "time" ; time:units = "days since 2023-07-16" ;
             time:bounds = "time_bounds" ; time:calendar = "standard" ; double time_bounds(time, two) ;
             double climatological_time ; climatological_time:standard_name = "time" ;
             climatological_time:units = "days since 1990-01-01" ; climatological_time:calendar = "standard" ;
             climatological_time:bounds = "climatological_time_bounds" ;
             double climatological_time_bounds(two) ;
           data: delta = 1, -1 ; norm = 1 ; time = 0.5, 1.5 ; time_bounds = 0, 1, 1, 2 ;
             climatological_time = 5000 ; climatological_time_bounds = 0, 10957 ;"#
    ))
}

/// 7.15, 7.16: an anomaly, and the norm that it is told against: with data, or metadata only.
#[test]
fn anomalies_and_their_norms() {
    let with_data = r#"float norm ; norm:standard_name = "air_temperature" ; norm:units = "degC" ;
        norm:units_metadata = "temperature: on_scale" ;"#;
    let metadata_only = r#"int norm ; norm:_FillValue = -999 ; norm:long_name = "norm" ;"#;
    for (norm, steps) in [
        (with_data, "climatological_time: mean"),
        (
            metadata_only,
            "climatological_time: mean within years climatological_time: mean over years",
        ),
    ] {
        let ds = anomaly(norm, steps);
        let all = methods(&ds, "delta");
        let last = all.iter().last().unwrap();
        assert_eq!((last.method.as_str(), last.norm.as_deref()), ("anomaly_wrt", Some("norm")));
        assert_eq!(ds.cf().ancillary("delta").unwrap()[0].name(), Some("norm"));
        assert_eq!(ds["delta"].convert_units("K").values::<f32>().unwrap(), [1.0, -1.0]);
        let edges = ds.cf().bounds("climatological_time").unwrap();
        assert_eq!(dates(&edges), ["1990-01-01T00", "2020-01-01T00"]);
    }
}

/// 7.17, 7.18: against a zonal mean, and against the lowest point of an area.
#[test]
fn anomalies_in_space() {
    let ds = example(
        r#"dimensions: latitude = 1 ; longitude = 2 ; zmlongitude = 1 ; two = 2 ;
           variables: float rtoa(latitude, longitude, zmlongitude) ; rtoa:units = "W m-2" ;
             rtoa:standard_name = "toa_net_downward_radiative_flux" ;
             rtoa:cell_methods = "latitude: mean longitude: anomaly_wrt zm" ; rtoa:ancillary_variables = "zm" ;
             float latitude(latitude) ; latitude:units = "degrees_north" ;
             float longitude(longitude) ; longitude:standard_name = "longitude" ; longitude:units = "degrees_E" ;
             int zm(zmlongitude) ; zm:cell_methods = "zmlongitude: mean" ; zm:_FillValue = -999 ; zm:long_name = "n" ;
             float zmlongitude(zmlongitude) ; zmlongitude:standard_name = "longitude" ;
             zmlongitude:units = "degrees_E" ; zmlongitude:bounds = "zmbounds" ; float zmbounds(zmlongitude, two) ;
           data: rtoa = 1, 2 ; latitude = 0 ; longitude = 0, 1 ; zmlongitude = -165 ; zmbounds = -240, -90 ; zm = -999 ;"#,
    );
    assert!(methods(&ds, "rtoa").to_string().ends_with("longitude: anomaly_wrt zm"));
    assert!(ds["zm"].isnull().all(..).item::<bool>().unwrap());
    let ds = example(
        r#"dimensions: y = 1 ; x = 2 ; two = 2 ;
           variables: float topography(y, x) ; topography:standard_name = "surface_altitude" ;
             topography:units = "m" ; topography:cell_methods = "area: anomaly_wrt areamin" ;
             topography:coordinates = "xrange" ; topography:ancillary_variables = "areamin" ;
             float areamin ; areamin:coordinates = "xrange" ; areamin:cell_methods = "area: minimum" ; areamin:long_name = "m" ;
             float xrange ; xrange:standard_name = "projection_x_coordinate" ; xrange:units = "km" ;
             xrange:bounds = "xbounds" ; float xbounds(two) ;
           data: topography = 1, 2 ; areamin = 5 ; xrange = 1 ; xbounds = 0, 2 ;"#,
    );
    assert_eq!(methods(&ds, "topography").iter().next().unwrap().names, ["area"]);
}

/// 7.19: a norm of twelve months, one chosen for each time.
#[test]
fn a_norm_with_many_times() {
    let ds = example(
        r#"dimensions: time = 3 ; climatological_time = 2 ; two = 2 ;
           variables: float delta(time) ; delta:standard_name = "air_temperature" ; delta:units = "K" ;
             delta:units_metadata = "temperature: difference" ; delta:ancillary_variables = "norm" ;
             delta:cell_methods = "time: maximum time: anomaly_wrt norm" ;
             int norm(time) ; norm:coordinates = "month_indices" ; norm:long_name = "norm" ;
             norm:cell_methods = "climatological_time: mean within years climatological_time: mean over years" ;
             int month_indices(time) ; month_indices:select = "climatological_time" ; month_indices:long_name = "m" ;
             double time(time) ; time:standard_name = "time" ; time:units = "days since 2023-06-01" ;
             double climatological_time(climatological_time) ; climatological_time:standard_name = "time" ;
             climatological_time:units = "days since 1990-01-01" ;
             climatological_time:climatology = "climatological_time_bounds" ;
             double climatological_time_bounds(climatological_time, two) ;
           data: delta = 1, 2, 3 ; norm = 0, 0, 0 ; month_indices = 0, 1, 0 ; time = 15, 45, 381 ;
             climatological_time = 166, 196 ; climatological_time_bounds = 151, 10773, 181, 10804 ;"#,
    );
    let months = ds.var("climatological_time").dt("month");
    let chosen = months.isel("climatological_time", [0usize, 1, 0]).values::<i64>().unwrap();
    assert_eq!(chosen, [6, 7, 6]);
}

/// 7.20, 7.21: the reference epoch of an anomaly's standard name.
#[test]
fn a_reference_epoch() {
    let ds = example(
        r#"dimensions: time = 1 ; two = 2 ;
           variables: float delta(time) ; delta:standard_name = "air_temperature_anomaly" ; delta:units = "degC" ;
             delta:units_metadata = "temperature: difference" ; delta:coordinates = "reference_epoch" ;
             delta:cell_methods = "time: maximum" ;
             double time(time) ; time:standard_name = "time" ; time:units = "days since 2023-07-16" ;
             time:bounds = "time_bounds" ; double time_bounds(time, two) ;
             double reference_epoch ; reference_epoch:standard_name = "reference_epoch" ;
             reference_epoch:units = "days since 1990-01-01" ; reference_epoch:bounds = "reference_epoch_bounds" ;
             double reference_epoch_bounds(two) ;
           data: delta = 1 ; time = 0.5 ; time_bounds = 0, 1 ; reference_epoch = 5000 ;
             reference_epoch_bounds = 0, 10957 ;"#,
    );
    assert!(ds["delta"].coords().has("reference_epoch"));
    assert_eq!(dates(&ds["reference_epoch_bounds"]), ["1990-01-01T00", "2020-01-01T00"]);
}
