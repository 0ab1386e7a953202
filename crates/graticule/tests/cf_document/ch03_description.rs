//! Chapter 3: description of the data.

use super::{example, values};

/// 3.1: a temperature and a difference of temperatures in the same units.
#[test]
fn temperatures_and_their_differences() {
    let ds = example(
        r#"variables: float on_scale ; on_scale:standard_name = "surface_temperature" ;
             on_scale:units = "degC" ; on_scale:units_metadata = "temperature: on_scale" ;
             on_scale:cell_methods = "area: mean" ;
             float change ; change:standard_name = "surface_temperature" ; change:units = "degC" ;
             change:units_metadata = "temperature: difference" ; change:cell_methods = "area: mean" ;
           data: on_scale = 14.5 ; change = 1.5 ;"#,
    );
    let kelvin = |name: &str| ds[name].convert_units("K").item::<f64>().unwrap();
    assert!((kelvin("on_scale") - 287.65).abs() < 1e-3, "{}", kelvin("on_scale"));
    assert!((kelvin("change") - 1.5).abs() < 1e-6);
}

/// 3.2: found by what it is; 3.1.1: units without a dimension.
#[test]
fn standard_names() {
    let ds = example(
        r#"dimensions: lat = 2 ; lon = 2 ;
           variables: float psl(lat, lon) ; psl:long_name = "mean sea level pressure" ;
             psl:units = "hPa" ; psl:standard_name = "air_pressure_at_sea_level" ;
             float hur(lat, lon) ; hur:standard_name = "relative_humidity" ; hur:units = "%" ;
             float lat(lat) ; lat:units = "degrees_north" ; float lon(lon) ; lon:units = "degrees_east" ;
           data: psl = 1000, 1010, 1020, 1030 ; hur = 50, 60, 70, 80 ; lat = 0, 1 ; lon = 0, 1 ;"#,
    );
    // The name is an alias of the one that the table has today.
    assert_eq!(ds.cf().name("air_pressure_at_mean_sea_level").unwrap(), "psl");
    assert_eq!(ds["hur"].convert_units("1").isel("lat", 0).values::<f32>().unwrap(), [0.5, 0.6]);
}

/// 3.3: a measurement with its error and its limit.
#[test]
fn ancillary_instrument_data() {
    let ds = example(
        r#"dimensions: time = 2 ;
           variables: float q(time) ; q:standard_name = "specific_humidity" ; q:units = "g/g" ;
             q:ancillary_variables = "q_error_limit q_detection_limit" ;
             float q_error_limit(time) ; q_error_limit:units = "g/g" ;
             q_error_limit:standard_name = "specific_humidity standard_error" ;
             float q_detection_limit(time) ; q_detection_limit:units = "g/g" ;
             q_detection_limit:standard_name = "specific_humidity detection_minimum" ;
           data: q = 0.01, 0.02 ; q_error_limit = 0.001, 0.001 ; q_detection_limit = 0.0001, 0.0001 ;"#,
    );
    assert_eq!(ds.cf().name("specific_humidity").unwrap(), "q");
    assert_eq!(ds.cf().ancillary("q").unwrap().len(), 2);
}

/// 3.4: a measurement with its quality.
#[test]
fn ancillary_quality() {
    let ds = example(
        r#"dimensions: time = 3 ;
           variables: float salinity(time) ; salinity:units = "1" ;
             salinity:standard_name = "sea_water_practical_salinity" ;
             salinity:ancillary_variables = "salinity_qc" ;
             byte salinity_qc(time) ; salinity_qc:long_name = "salinity quality" ;
             salinity_qc:standard_name = "quality_flag" ; salinity_qc:flag_values = 1b, 2b, 4b ;
             salinity_qc:flag_meanings = "good suspicious bad" ;
           data: salinity = 35, 36, 99 ; salinity_qc = 1, 2, 4 ;"#,
    );
    let quality = ds.cf().ancillary("salinity").unwrap().remove(0);
    let good = ds["salinity"].where_(quality.flags().is_in(["good", "suspicious"]));
    assert_eq!(good.count(..).item::<i64>().unwrap(), 2);
}

/// 3.5: one value each.
#[test]
fn flag_values() {
    let ds = example(
        r#"dimensions: time = 4 ;
           variables: byte qc(time) ; qc:long_name = "quality" ; qc:_FillValue = -128b ;
             qc:valid_range = 0b, 3b ; qc:flag_values = 0b, 1b, 2b, 3b ;
             qc:flag_meanings = "quality_good sensor_nonfunctional outside_valid_range not_checked" ;
           data: qc = 0, 1, 1, 3 ;"#,
    );
    assert_eq!(ds["qc"].flags().count(..).values::<i64>().unwrap(), [1, 2, 0, 1]);
}

/// 3.6: one bit each.
#[test]
fn flag_masks() {
    let ds = example(
        r#"dimensions: time = 3 ;
           variables: byte status(time) ; status:long_name = "sensor" ; status:_FillValue = 0b ;
             status:valid_range = 1b, 63b ; status:flag_masks = 1b, 2b, 4b, 8b, 16b, 32b ;
             status:flag_meanings = "low_battery processor_fault memory_fault disk_fault software_fault maintenance_required" ;
           data: status = 1, 3, 33 ;"#,
    );
    let flags = ds["status"].flags();
    assert_eq!(flags.eq("low_battery").values::<bool>().unwrap(), [true; 3]);
    assert_eq!(flags.eq("maintenance_required").values::<bool>().unwrap(), [false, false, true]);
}

/// 3.7: regions as flags.
#[test]
fn regions() {
    let ds = example(
        r#"dimensions: lat = 2 ; lon = 2 ;
           variables: int basin(lat, lon) ; basin:standard_name = "region" ;
             basin:flag_values = 1, 2, 3 ;
             basin:flag_meanings = "atlantic_arctic_ocean indo_pacific_ocean global_ocean" ;
           data: basin = 1, 1, 2, 3 ;"#,
    );
    let names = ds["basin"].flags().labels().texts().unwrap();
    assert_eq!(names[2].as_deref(), Some("indo_pacific_ocean"));
}

/// 3.8: bits and values in one variable.
#[test]
fn flag_masks_and_values() {
    let ds = example(
        r#"dimensions: time = 4 ;
           variables: byte status(time) ; status:long_name = "sensor" ; status:_FillValue = 0b ;
             status:valid_range = 1b, 15b ; status:flag_masks = 1b, 2b, 12b, 12b, 12b ;
             status:flag_values = 1b, 2b, 4b, 8b, 12b ;
             status:flag_meanings = "low_battery hardware_fault offline_mode calibration_mode maintenance_mode" ;
           data: status = 1, 5, 12, 14 ;"#,
    );
    let flags = ds["status"].flags();
    assert_eq!(flags.eq("maintenance_mode").values::<bool>().unwrap(), [false, false, true, true]);
    assert_eq!(flags.eq("offline_mode").values::<bool>().unwrap(), [false, true, false, false]);
    assert_eq!(values(&ds, "status").len(), 4);
}
