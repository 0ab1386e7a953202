//! Chapter 4: coordinate types.

use graticule::{Axis, Calendar, DType};

use super::{dates, example, values};

/// 4.1, 4.2: latitude and longitude.
#[test]
fn latitude_and_longitude() {
    let ds = example(
        r#"dimensions: lat = 2 ; lon = 3 ;
           variables: float lat(lat) ; lat:long_name = "latitude" ; lat:units = "degrees_north" ;
             lat:standard_name = "latitude" ;
             float lon(lon) ; lon:long_name = "longitude" ; lon:units = "degrees_east" ;
             lon:standard_name = "longitude" ;
           data: lat = -10, 10 ; lon = 0, 120, 240 ;"#,
    );
    assert_eq!(ds.cf().axis(Axis::Y).unwrap(), "lat");
    assert_eq!(ds.cf().name("longitude").unwrap(), "lon");
}

/// 4.3: a sigma coordinate.
#[test]
fn atmosphere_sigma() {
    let ds = example(
        r#"dimensions: lev = 2 ; lat = 1 ;
           variables: double lev(lev) ; lev:long_name = "sigma at layer midpoints" ;
             lev:positive = "down" ; lev:standard_name = "atmosphere_sigma_coordinate" ;
             lev:formula_terms = "sigma: lev ps: PS ptop: PTOP" ;
             double PS(lat) ; PS:units = "Pa" ; PS:long_name = "surface pressure" ;
             double PTOP ; PTOP:units = "Pa" ; PTOP:long_name = "top" ;
             float lat(lat) ; lat:units = "degrees_north" ;
           data: lev = 0.25, 0.75 ; PS = 100000 ; PTOP = 1000 ; lat = 0 ;"#,
    );
    assert_eq!(ds.cf().axis(Axis::Z).unwrap(), "lev");
    let pressure = ds.cf().vertical("lev");
    assert_eq!(pressure.values::<f64>().unwrap(), [25750.0, 75250.0]);
}

/// 4.4: a time axis in the standard calendar.
#[test]
fn time() {
    let ds = example(
        r#"dimensions: time = 2 ;
           variables: double time(time) ; time:axis = "T" ; time:standard_name = "time" ;
             time:calendar = "standard" ; time:units = "days since 1990-01-01" ;
           data: time = 0, 59.5 ;"#,
    );
    assert_eq!(dates(&ds["time"]), ["1990-01-01T00", "1990-03-01T12"]);
}

/// 4.4.1: every calendar by its name, and what comes after 28 February.
#[test]
fn calendars() {
    for (name, after) in [
        ("standard", "2000-02-29T00"),
        ("gregorian", "2000-02-29T00"),
        ("proleptic_gregorian", "2000-02-29T00"),
        ("julian", "2000-02-29T00"),
        ("noleap", "2000-03-01T00"),
        ("365_day", "2000-03-01T00"),
        ("all_leap", "2000-02-29T00"),
        ("366_day", "2000-02-29T00"),
        ("360_day", "2000-02-29T00"),
    ] {
        let ds = example(&format!(
            r#"dimensions: time = 1 ;
               variables: int time(time) ; time:standard_name = "time" ; time:calendar = "{name}" ;
                 time:units = "days since 2000-02-28" ;
               data: time = 1 ;"#
        ));
        assert_eq!(dates(&ds["time"]), [after], "{name}");
    }
}

/// 4.5: a perpetual July has no dates but distances.
#[test]
fn a_perpetual_time_axis() {
    let ds = example(
        r#"dimensions: time = 3 ;
           variables: double time(time) ; time:long_name = "time" ; time:calendar = "none" ;
             time:units = "days since 0001-07-15" ;
           data: time = 0, 1, 2 ;"#,
    );
    match ds["time"].dtype() {
        DType::Time(kind) => assert_eq!(kind.calendar, Calendar::None),
        other => assert!(other.is_real(), "{other}"),
    }
    assert_eq!(ds["time"].len(), 3);
}

/// 4.6: a calendar of explicit months stays numbers.
#[test]
fn a_paleoclimate_calendar() {
    let ds = example(
        r#"dimensions: time = 2 ;
           variables: double time(time) ; time:long_name = "time" ;
             time:units = "days since 0001-01-01" ; time:calendar = "126 kyr B.P." ;
             time:month_lengths = 34, 31, 32, 30, 29, 27, 28, 28, 28, 32, 32, 34 ;
           data: time = 0, 34 ;"#,
    );
    assert_eq!(values(&ds, "time"), [0.0, 34.0]);
    assert_eq!(ds["time"].attrs().text("units"), Some("days since 0001-01-01"));
}

/// 4.5 (section): a discrete axis without coordinates.
#[test]
fn a_discrete_axis() {
    let ds = example(
        r#"dimensions: model = 2 ;
           variables: float t(model) ; t:units = "K" ; t:long_name = "t" ;
           data: t = 1, 2 ;"#,
    );
    assert_eq!(ds["t"].size_of("model"), Some(2));
}
