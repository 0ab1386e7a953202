//! Chapter 2: netCDF files and components.

use graticule::Severity;

use super::{example, texts, tolerated};

/// 2.1: characters and strings are the same text.
#[test]
fn strings_of_both_types() {
    let ds = example(
        r#"dimensions: strings = 2 ; strlen = 6 ;
           variables: char by_char(strings, strlen) ; by_char:long_name = "of type char" ;
             string by_string(strings) ; by_string:long_name = "of type string" ;
           data: by_char = "ab", "cdefgh" ; by_string = "ab", "cdefgh" ;"#,
    );
    assert_eq!(ds["by_char"].texts().unwrap(), ds["by_string"].texts().unwrap());
    assert_eq!(ds["by_char"].dims().to_string(), "strings");
}

/// 2.2, 2.3: fragments in other files. They are not followed: what stands here is kept, and the
/// report says what is missing.
#[test]
fn aggregation_is_kept_and_reported() {
    let ds = tolerated(
        r#"dimensions: level = 2 ; lat = 3 ; f_level = 1 ; f_lat = 2 ; j = 2 ; i = 2 ;
           variables: double temperature ;
             temperature:standard_name = "air_temperature" ; temperature:units = "K" ;
             temperature:aggregated_dimensions = "level lat" ;
             temperature:aggregated_data = "map: fragment_map uris: fragment_uris identifiers: fragment_ids" ;
             double level(level) ; level:standard_name = "air_pressure" ; level:units = "hPa" ;
             double lat(lat) ; lat:standard_name = "latitude" ; lat:units = "degrees_north" ;
             int fragment_map(j, i) ; string fragment_uris(f_level, f_lat) ; string fragment_ids ;
           data: level = 1000., 850. ; lat = 0., 1., 2. ; fragment_map = 2, _, 2, 1 ;
             fragment_uris = "a.nc", "b.nc" ; fragment_ids = "tmp" ;"#,
        &[],
    );
    assert_eq!(ds["temperature"].ndim(), 0);
    assert_eq!(texts(&ds["fragment_uris"]).len(), 2);
    let report = ds.cf().report().unwrap();
    let found = report.findings().iter().find(|f| f.section == "2.8").unwrap();
    assert_eq!(found.severity, Severity::Warning);
    assert_eq!(found.variable.as_deref(), Some("temperature"));
}

/// 2.5.1: missing and valid data, each of its kind.
#[test]
fn missing_data_and_valid_ranges() {
    let body = r#"dimensions: x = 5 ;
           variables: short t(x) ; t:_FillValue = -1s ; t:missing_value = -1s ;
             t:valid_range = 0s, 30000s ; t:scale_factor = 0.5f ; t:long_name = "a" ;
             t:actual_range = 0.5f, 10.f ;
           data: t = 1, _, 20, 31000, -1 ;"#;
    let ds = example(body);
    let found = ds["t"].values::<f32>().unwrap();
    assert_eq!((found[0], found[2], found[3]), (0.5, 10.0, 15500.0));
    assert!(found[1].is_nan() && found[4].is_nan());
}

/// 2.6: conventions and descriptions of the file; 2.6.3: a measure in another file.
#[test]
fn the_file_describes_itself() {
    let ds = example(
        r#"dimensions: cell = 2 ;
           variables: float ps(cell) ; ps:units = "Pa" ; ps:standard_name = "surface_air_pressure" ;
             ps:cell_measures = "area: areacella" ;
           :title = "pressure" ; :institution = "none" ; :source = "numbers" ; :history = "made" ;
           :references = "here" ; :comment = "short" ; :external_variables = "areacella" ;
           data: ps = 100000, 99000 ;"#,
    );
    assert_eq!(ds.attrs().text("external_variables"), Some("areacella"));
    assert!(ds.cf().cell_measure("ps", "area").unwrap_err().to_string().contains("areacella"));
}
