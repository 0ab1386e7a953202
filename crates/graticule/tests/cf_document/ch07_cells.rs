//! Chapter 7: data representative of cells, but for climatologies and anomalies.

use super::{dates, example, methods, values};

/// 7.1: cells on a time axis; the instants are their ends.
#[test]
fn cells_on_a_time_axis() {
    let ds = example(
        r#"dimensions: time = 3 ; nv = 2 ;
           variables: float total(time) ; total:units = "mm" ; total:long_name = "rain" ;
             total:cell_methods = "time: sum" ;
             double time(time) ; time:long_name = "time" ; time:units = "hours since 1998-04-19" ;
             time:calendar = "standard" ; time:bounds = "time_bnds" ;
             double time_bnds(time, nv) ;
           data: time = 6, 12, 18 ; time_bnds = 0, 6, 6, 12, 12, 18 ; total = 1, 2, 3 ;"#,
    );
    assert_eq!(dates(&ds.cf().bounds("time").unwrap())[..2], ["1998-04-19T00", "1998-04-19T06"]);
    let day = ds.sum("time");
    assert_eq!(dates(&day["time_bnds"]), ["1998-04-19T00", "1998-04-19T18"]);
}

/// 7.2: quadrangles, and the vertices that neighbours share.
#[test]
fn cells_of_four_corners() {
    let ds = example(
        r#"dimensions: imax = 2 ; jmax = 2 ; nv = 4 ;
           variables: float lat(jmax, imax) ; lat:long_name = "latitude" ; lat:units = "degrees_north" ;
             lat:bounds = "lat_bnds" ;
             float lon(jmax, imax) ; lon:long_name = "longitude" ; lon:units = "degrees_east" ;
             lon:bounds = "lon_bnds" ;
             float lat_bnds(jmax, imax, nv) ; float lon_bnds(jmax, imax, nv) ;
           data: lat = 0, 0, 1, 1 ; lon = 0, 1, 0, 1 ;
             lon_bnds = -.5, .5, .5, -.5, .5, 1.5, 1.5, .5, -.5, .5, .5, -.5, .5, 1.5, 1.5, .5 ;
             lat_bnds = -.5, -.5, .5, .5, -.5, -.5, .5, .5, .5, .5, 1.5, 1.5, .5, .5, 1.5, 1.5 ;"#,
    );
    assert_eq!(ds.cf().bounds("longitude").unwrap().shape(), [2, 2, 4]);
    let corners = ds.cf().vertices("longitude").unwrap();
    assert_eq!(corners.shape(), [3, 3]);
    assert_eq!(corners.astype("float64").values::<f64>().unwrap()[..3], [-0.5, 0.5, 1.5]);
}

/// 7.3: a parametric coordinate whose bounds have formula terms of their own.
#[test]
fn formula_terms_of_bounds() {
    let ds = example(
        r#"dimensions: eta = 1 ; lat = 1 ; bnds = 2 ;
           variables: float eta(eta) ; eta:long_name = "eta at full levels" ; eta:positive = "down" ;
             eta:standard_name = "atmosphere_hybrid_sigma_pressure_coordinate" ; eta:units = "1" ;
             eta:formula_terms = "a: A b: B ps: PS p0: P0" ; eta:bounds = "eta_bnds" ;
             float eta_bnds(eta, bnds) ; eta_bnds:formula_terms = "a: A_bnds b: B_bnds ps: PS p0: P0" ;
             float A(eta) ; A:long_name = "a" ; A:bounds = "A_bnds" ; A:units = "1" ;
             float B(eta) ; B:long_name = "b" ; B:bounds = "B_bnds" ; B:units = "1" ;
             float A_bnds(eta, bnds) ; float B_bnds(eta, bnds) ;
             float PS(lat) ; PS:units = "Pa" ; PS:long_name = "ps" ;
             float P0 ; P0:units = "Pa" ; P0:long_name = "p0" ;
             float temp(eta, lat) ; temp:standard_name = "air_temperature" ; temp:units = "K" ;
             float lat(lat) ; lat:units = "degrees_north" ;
           data: eta = 0.5 ; eta_bnds = 0.25, 0.75 ; A = 0 ; B = 0.5 ; A_bnds = 0, 0 ;
             B_bnds = 0.25, 0.75 ; PS = 100000 ; P0 = 100000 ; temp = 280 ; lat = 0 ;"#,
    );
    assert_eq!(ds.cf().vertical("eta").astype("float64").values::<f64>().unwrap(), [50_000.0]);
    let edges = ds.cf().vertical_bounds("eta").astype("float64").values::<f64>().unwrap();
    assert_eq!(edges, [25_000.0, 75_000.0]);
}

/// 7.4: areas of hexagons as weights.
#[test]
fn cell_measures() {
    let ds = example(
        r#"dimensions: cell = 2 ; nv = 6 ;
           variables: float PS(cell) ; PS:units = "Pa" ; PS:standard_name = "surface_air_pressure" ;
             PS:coordinates = "lon lat" ; PS:cell_measures = "area: cell_area" ;
             float lon(cell) ; lon:long_name = "longitude" ; lon:units = "degrees_east" ;
             lon:bounds = "lon_vertices" ;
             float lat(cell) ; lat:long_name = "latitude" ; lat:units = "degrees_north" ;
             lat:bounds = "lat_vertices" ;
             float cell_area(cell) ; cell_area:standard_name = "cell_area" ; cell_area:units = "m2" ;
             float lon_vertices(cell, nv) ; float lat_vertices(cell, nv) ;
           data: PS = 100000, 90000 ; lon = 0, 2 ; lat = 0, 0 ; cell_area = 3, 1 ;
             lon_vertices = -1, -.5, .5, 1, .5, -.5, 1, 1.5, 2.5, 3, 2.5, 1.5 ;
             lat_vertices = 0, -1, -1, 0, 1, 1, 0, -1, -1, 0, 1, 1 ;"#,
    );
    let area = ds.cf().cell_measure("PS", "area").unwrap();
    assert_eq!(ds["PS"].weighted(&area).mean("cell").item::<f32>().unwrap(), 97_500.0);
}

/// 7.5: three methods over the same times.
#[test]
fn methods_of_a_time_series() {
    let ds = example(
        r#"dimensions: time = 3 ; nv = 2 ;
           variables: double time(time) ; time:long_name = "time" ;
             time:units = "h since 1998-04-19 06:00" ; time:calendar = "standard" ; time:bounds = "time_bnds" ;
             float pressure(time) ; pressure:long_name = "pressure" ; pressure:units = "kPa" ;
             pressure:cell_methods = "time: point" ;
             float maxtemp(time) ; maxtemp:long_name = "temperature" ; maxtemp:units = "K" ;
             maxtemp:cell_methods = "time: maximum" ;
             float ppn(time) ; ppn:long_name = "depth of water-equivalent precipitation" ; ppn:units = "mm" ;
             ppn:cell_methods = "time: sum" ;
             double time_bnds(time, nv) ;
           data: time = 0, 12, 24 ; time_bnds = -12, 0, 0, 12, 12, 24 ; pressure = 100, 101, 102 ;
             maxtemp = 280, 290, 285 ; ppn = 1, 2, 3 ;"#,
    );
    assert_eq!(methods(&ds, "maxtemp").iter().next().unwrap().method, "maximum");
    let made = ds.max("time");
    assert_eq!(methods(&made, "maxtemp").to_string(), "time: maximum time: maximum");
    assert_eq!(dates(&made["time_bnds"]), ["1998-04-18T18", "1998-04-20T06"]);
    let audit = ds.cf().time_audit().unwrap();
    assert!(audit.is_regular(), "{audit}");
}

/// 7.6: how the original values were spaced.
#[test]
fn spacing_of_the_original_data() {
    let ds = example(
        r#"dimensions: lat = 1 ; lon = 1 ; time = 1 ; nv = 2 ;
           variables: float TS_var(time, lat, lon) ; TS_var:long_name = "variance" ; TS_var:units = "K2" ;
             TS_var:cell_methods = "time: variance (interval: 1 hr comment: sampled instantaneously)" ;
             float time(time) ; time:units = "days since 1990-01-01" ; time:bounds = "time_bnds" ;
             time:calendar = "standard" ; time:standard_name = "time" ; float time_bnds(time, nv) ;
             float lat(lat) ; lat:units = "degrees_north" ; float lon(lon) ; lon:units = "degrees_east" ;
           data: time = 0.5 ; time_bnds = 0, 1 ; TS_var = 2 ; lat = 0 ; lon = 0 ;"#,
    );
    let all = methods(&ds, "TS_var");
    let step = all.iter().next().unwrap();
    assert_eq!((step.intervals[0].value, step.intervals[0].units.as_str()), (1.0, "hr"));
    assert_eq!(step.comment.as_deref(), Some("sampled instantaneously"));
}

/// 7.7: separately over land and sea, named by a coordinate; 7.8: within a part of a part.
#[test]
fn portions_of_cells() {
    let ds = example(
        r#"dimensions: lat = 1 ; lon = 1 ; maxlen = 5 ; ls = 2 ;
           variables: float sensible(ls, lat, lon) ; sensible:units = "W m-2" ;
             sensible:standard_name = "surface_upward_sensible_heat_flux" ;
             sensible:coordinates = "land_sea" ; sensible:cell_methods = "area: mean where land_sea" ;
             char land_sea(ls, maxlen) ; land_sea:standard_name = "area_type" ;
             float sithick(lat, lon) ; sithick:standard_name = "sea_ice_thickness" ; sithick:units = "m" ;
             sithick:cell_methods = "area: mean where sea_ice over sea" ;
             float lat(lat) ; lat:units = "degrees_north" ; float lon(lon) ; lon:units = "degrees_east" ;
           data: sensible = 10, 20 ; land_sea = "land", "sea" ; sithick = 1 ; lat = 0 ; lon = 0 ;"#,
    );
    assert!(ds["sensible"].coords().has("land_sea"));
    let of = |name: &str| methods(&ds, name).iter().next().unwrap().clone();
    assert_eq!(of("sensible").portion.as_deref(), Some("land_sea"));
    let ice = of("sithick");
    assert_eq!(
        (ice.portion.as_deref(), ice.relative_to.as_deref()),
        (Some("sea_ice"), Some("sea"))
    );
}

/// 7.22: lines with a time series each.
#[test]
fn time_series_with_geometry() {
    let ds = example(
        r#"dimensions: instance = 2 ; node = 5 ; time = 2 ;
           variables: int time(time) ; time:units = "days since 2000-01-01" ; time:standard_name = "time" ;
             double lat(instance) ; lat:units = "degrees_north" ; lat:standard_name = "latitude" ; lat:nodes = "y" ;
             double lon(instance) ; lon:units = "degrees_east" ; lon:standard_name = "longitude" ; lon:nodes = "x" ;
             int datum ; datum:grid_mapping_name = "latitude_longitude" ;
             datum:semi_major_axis = 6378137.0 ; datum:inverse_flattening = 298.257223563 ;
             int geometry_container ; geometry_container:geometry_type = "line" ;
             geometry_container:node_count = "node_count" ; geometry_container:node_coordinates = "x y" ;
             int node_count(instance) ;
             double x(node) ; x:units = "degrees_east" ; x:standard_name = "longitude" ; x:axis = "X" ;
             double y(node) ; y:units = "degrees_north" ; y:standard_name = "latitude" ; y:axis = "Y" ;
             double someData(instance, time) ; someData:coordinates = "time lat lon" ;
             someData:grid_mapping = "datum" ; someData:geometry = "geometry_container" ;
             someData:long_name = "data" ; someData:units = "1" ;
           :featureType = "timeSeries" ;
           data: time = 1, 2 ; lat = 30, 50 ; lon = 10, 60 ; someData = 1, 2, 3, 4 ;
             node_count = 3, 2 ; x = 30, 10, 40, 50, 50 ; y = 10, 30, 40, 60, 50 ;"#,
    );
    let lines = ds.cf().geometries("someData").unwrap();
    assert_eq!(lines.wkt(0).as_deref(), Some("LINESTRING (30 10, 10 30, 40 40)"));
    assert_eq!(ds.cf().crs("someData").unwrap().grid_mapping_name(), "latitude_longitude");
}

/// 7.23: polygons of parts and holes.
#[test]
fn polygons_with_holes() {
    let ds = example(
        r#"dimensions: node = 12 ; instance = 2 ; part = 4 ;
           variables: double x(node) ; x:units = "degrees_east" ; x:standard_name = "longitude" ; x:axis = "X" ;
             double y(node) ; y:units = "degrees_north" ; y:standard_name = "latitude" ; y:axis = "Y" ;
             float geometry_container ; geometry_container:geometry_type = "polygon" ;
             geometry_container:node_count = "node_count" ; geometry_container:node_coordinates = "x y" ;
             geometry_container:part_node_count = "part_node_count" ;
             geometry_container:interior_ring = "interior_ring" ;
             int node_count(instance) ; int part_node_count(part) ; int interior_ring(part) ;
             double someData(instance) ; someData:geometry = "geometry_container" ;
             someData:long_name = "data" ; someData:units = "1" ;
           data: x = 20, 10, 0, 5, 10, 15, 20, 10, 0, 50, 40, 30 ; y = 0, 15, 0, 5, 10, 5, 20, 35, 20, 0, 15, 0 ;
             node_count = 9, 3 ; part_node_count = 3, 3, 3, 3 ; interior_ring = 0, 1, 0, 0 ; someData = 1, 2 ;"#,
    );
    let shapes = ds.cf().geometries("someData").unwrap();
    let text = shapes.wkt(0).unwrap();
    assert!(text.starts_with("MULTIPOLYGON (((20 0, 10 15, 0 0"), "{text}");
    assert!(shapes.wkt(1).unwrap().starts_with("POLYGON (("));
    assert_eq!(values(&ds, "someData"), [1.0, 2.0]);
}
