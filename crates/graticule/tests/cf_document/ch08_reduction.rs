//! Chapter 8: reduction of dataset size.

use graticule::Severity;

use super::{example, values};

/// 8.1 (section): packed data of several types.
#[test]
fn packed_data() {
    let ds = example(
        r#"dimensions: x = 3 ;
           variables: short a(x) ; a:scale_factor = 0.1f ; a:add_offset = 10.f ; a:_FillValue = -1s ;
             a:long_name = "a" ; byte b(x) ; b:scale_factor = 2. ; b:long_name = "b" ; b:_FillValue = -1b ;
           data: a = 0, 1, _ ; b = 1, 2, _ ;"#,
    );
    assert_eq!(values(&ds, "b")[..2], [2.0, 4.0]);
    assert_eq!(ds["a"].count(..).item::<i64>().unwrap(), 2);
}

/// 8.1, 8.2: points of two and of three dimensions, gathered and back.
#[test]
fn compression_by_gathering() {
    let ds = example(
        r#"dimensions: lat = 2 ; lon = 3 ; landpoint = 3 ; depth = 2 ;
           variables: int landpoint(landpoint) ; landpoint:compress = "lat lon" ;
             float soil(depth, landpoint) ; soil:long_name = "soil temperature" ; soil:units = "K" ;
             float depth(depth) ; depth:units = "m" ; depth:positive = "down" ;
             float lat(lat) ; lat:units = "degrees_north" ; float lon(lon) ; lon:units = "degrees_east" ;
           data: landpoint = 1, 4, 5 ; soil = 1, 2, 3, 4, 5, 6 ; depth = 0, 1 ; lat = 0, 1 ; lon = 0, 1, 2 ;"#,
    );
    let full = ds.uncompress().unwrap();
    assert_eq!(full["soil"].dims().to_string(), "depth, lat, lon");
    assert_eq!(full["soil"].count(..).item::<i64>().unwrap(), 6);
    let mask = full["soil"].isel("depth", 0).notnull();
    let back = full.compress("landpoint", ["lat", "lon"], &mask).unwrap();
    assert_eq!(values(&back, "soil"), values(&ds, "soil"));
    let ds = example(
        r#"dimensions: time = 1 ; oceanpoint = 2 ; depth = 2 ; lat = 1 ; lon = 2 ;
           variables: float salinity(time, oceanpoint) ; salinity:units = "1" ;
             salinity:standard_name = "sea_water_practical_salinity" ;
             int oceanpoint(oceanpoint) ; oceanpoint:compress = "depth lat lon" ;
             float depth(depth) ; depth:units = "m" ; depth:positive = "down" ;
             float lat(lat) ; lat:units = "degrees_north" ; float lon(lon) ; lon:units = "degrees_east" ;
             double time(time) ; time:units = "days since 2000-01-01" ; time:standard_name = "time" ;
           data: salinity = 34, 35 ; oceanpoint = 0, 3 ; depth = 0, 10 ; lat = 0 ; lon = 0, 1 ; time = 0 ;"#,
    );
    let full = ds.uncompress().unwrap();
    assert_eq!(full["salinity"].shape(), [1, 2, 1, 2]);
    assert_eq!(full["salinity"].isel("depth", 1).isel("lon", 1).values::<f32>().unwrap(), [35.0]);
}

/// 8.3 to 8.7: coordinates at tie points are kept and not taken for those of the data; the report
/// says so.
#[test]
fn subsampled_coordinates_are_kept_and_reported() {
    for (mapping, bounds) in
        [("bi_linear", ""), ("linear", "lat:bounds_tie_points = \"lat_bounds\" ;")]
    {
        let ds = example(&format!(
            r#"dimensions: xc = 5 ; yc = 3 ; tp_xc = 2 ; tp_yc = 2 ;
               variables: float Temperature(yc, xc) ; Temperature:standard_name = "air_temperature" ;
                 Temperature:units = "K" ; Temperature:coordinate_interpolation = "lat: lon: how" ;
                 char how ; how:interpolation_name = "{mapping}" ;
                 how:tie_point_mapping = "xc: x_indices tp_xc yc: y_indices tp_yc" ;
                 how:computational_precision = "64" ;
                 double lat(tp_yc, tp_xc) ; lat:units = "degrees_north" ; lat:standard_name = "latitude" ; {bounds}
                 double lon(tp_yc, tp_xc) ; lon:units = "degrees_east" ; lon:standard_name = "longitude" ;
                 double lat_bounds(tp_yc, tp_xc) ; int x_indices(tp_xc) ; int y_indices(tp_yc) ;
               data: Temperature = 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15 ;
                 lat = 0, 0, 1, 1 ; lon = 0, 4, 0, 4 ; lat_bounds = 0, 0, 1, 1 ; x_indices = 0, 4 ; y_indices = 0, 2 ;"#
        ));
        assert!(!ds["Temperature"].coords().has("lat"));
        let report = ds.cf().report().unwrap();
        let found = report.findings().iter().find(|f| f.section == "8.3").unwrap();
        assert_eq!(found.severity, Severity::Warning, "{found}");
    }
}

/// 8.8, 8.9: quantised values are values; what was done to them travels along.
#[test]
fn quantisation() {
    let ds = example(
        r#"dimensions: time = 2 ;
           variables: char quantization_info ; quantization_info:algorithm = "bitround" ;
             quantization_info:implementation = "libnetcdf version 4.9.2" ;
             float ps(time) ; ps:_QuantizeBitRoundNumberOfSignificantBits = 9 ;
             ps:quantization = "quantization_info" ; ps:quantization_nsb = 9 ;
             ps:standard_name = "surface_air_pressure" ; ps:units = "Pa" ;
             float ts(time) ; ts:standard_name = "surface_temperature" ; ts:units = "K" ;
             ts:quantization = "quantization_info" ; ts:quantization_nsd = 3 ;
           data: ps = 100000, 99000 ; ts = 280, 281 ;"#,
    );
    assert_eq!(ds["ps"].attrs().text("quantization"), Some("quantization_info"));
    assert_eq!(ds["quantization_info"].attrs().text("algorithm"), Some("bitround"));
}
