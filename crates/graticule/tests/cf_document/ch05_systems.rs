//! Chapter 5: coordinate systems and domains.

use graticule::{Axis, Severity};

use super::{dates, example, tolerated, values};

/// 5.1: four independent axes.
#[test]
fn independent_coordinates() {
    let ds = example(
        r#"dimensions: lat = 2 ; lon = 2 ; pres = 2 ; time = 1 ;
           variables: float xwind(time, pres, lat, lon) ; xwind:long_name = "zonal wind" ;
             xwind:units = "m/s" ;
             float lon(lon) ; lon:long_name = "longitude" ; lon:units = "degrees_east" ;
             float lat(lat) ; lat:long_name = "latitude" ; lat:units = "degrees_north" ;
             float pres(pres) ; pres:long_name = "pressure" ; pres:units = "hPa" ;
             double time(time) ; time:long_name = "time" ; time:units = "days since 1990-01-01" ;
             time:calendar = "standard" ;
           data: xwind = 1, 2, 3, 4, 5, 6, 7, 8 ; lon = 0, 1 ; lat = 0, 1 ; pres = 1000, 500 ; time = 0 ;"#,
    );
    let cf = ds.cf();
    let names = Axis::ALL.map(|a| cf.axis(a).unwrap().to_string());
    assert_eq!(names, ["time", "pres", "lat", "lon"]);
    assert_eq!(
        cf.sel("vertical", 500.0).var("xwind").values::<f32>().unwrap(),
        [5.0, 6.0, 7.0, 8.0]
    );
}

/// 5.2: latitude and longitude of two dimensions.
#[test]
fn two_dimensional_coordinates() {
    let ds = example(
        r#"dimensions: xc = 2 ; yc = 2 ; lev = 1 ;
           variables: float T(lev, yc, xc) ; T:long_name = "temperature" ; T:units = "K" ;
             T:coordinates = "lon lat" ;
             float xc(xc) ; xc:axis = "X" ; xc:long_name = "x" ; xc:units = "m" ;
             float yc(yc) ; yc:axis = "Y" ; yc:long_name = "y" ; yc:units = "m" ;
             float lev(lev) ; lev:long_name = "pressure level" ; lev:units = "hPa" ;
             float lon(yc, xc) ; lon:long_name = "longitude" ; lon:units = "degrees_east" ;
             float lat(yc, xc) ; lat:long_name = "latitude" ; lat:units = "degrees_north" ;
           data: T = 1, 2, 3, 4 ; xc = 0, 1 ; yc = 0, 1 ; lev = 1000 ; lon = 0, 1, 0, 1 ; lat = 5, 5, 6, 6 ;"#,
    );
    assert!(ds.is_coord("lon") && ds["T"].coords().has("lat"));
    assert_eq!(
        (ds.cf().name("X").unwrap().as_str(), ds.cf().name("longitude").unwrap().as_str()),
        ("xc", "lon")
    );
}

/// 5.3: a reduced grid is a list of points.
#[test]
fn a_reduced_grid() {
    let ds = example(
        r#"dimensions: londim = 2 ; latdim = 2 ; rgrid = 3 ;
           variables: float PS(rgrid) ; PS:long_name = "surface pressure" ; PS:units = "Pa" ;
             PS:coordinates = "lon lat" ;
             float lon(rgrid) ; lon:long_name = "longitude" ; lon:units = "degrees_east" ;
             float lat(rgrid) ; lat:long_name = "latitude" ; lat:units = "degrees_north" ;
             int rgrid(rgrid) ; rgrid:compress = "latdim londim" ;
           data: PS = 1, 2, 3 ; lon = 0, 180, 0 ; lat = -45, -45, 45 ; rgrid = 0, 1, 2 ;"#,
    );
    let full = ds.uncompress_to([("latdim", 2), ("londim", 2)]).unwrap();
    assert_eq!(full["PS"].dims().to_string(), "latdim, londim");
    let cells = values(&full, "PS");
    assert_eq!(cells[..3], [1.0, 2.0, 3.0]);
    assert!(cells[3].is_nan());
}

/// 5.6: a rotated pole.
#[test]
fn a_rotated_pole() {
    let ds = example(ROTATED);
    let crs = ds.cf().crs("T").unwrap();
    assert_eq!(crs.grid_mapping_name(), "rotated_latitude_longitude");
    let text = crs.to_proj().unwrap();
    assert!(text.contains("+proj=ob_tran") && text.contains("+o_lat_p=32.5"), "{text}");
    let again = graticule::Crs::from_proj(&text).unwrap();
    assert_eq!(again.number("grid_north_pole_longitude"), Some(170.0));
}

const ROTATED: &str = r#"dimensions: rlon = 2 ; rlat = 1 ; lev = 1 ;
    variables: float T(lev, rlat, rlon) ; T:long_name = "temperature" ; T:units = "K" ;
      T:coordinates = "lon lat" ; T:grid_mapping = "rotated_pole" ;
      char rotated_pole ; rotated_pole:grid_mapping_name = "rotated_latitude_longitude" ;
      rotated_pole:grid_north_pole_latitude = 32.5 ; rotated_pole:grid_north_pole_longitude = 170. ;
      float rlon(rlon) ; rlon:long_name = "longitude in rotated pole grid" ;
      rlon:units = "degrees" ; rlon:standard_name = "grid_longitude" ;
      float rlat(rlat) ; rlat:long_name = "latitude in rotated pole grid" ;
      rlat:units = "degrees" ; rlat:standard_name = "grid_latitude" ;
      float lev(lev) ; lev:long_name = "pressure level" ; lev:units = "hPa" ;
      float lon(rlat, rlon) ; lon:long_name = "longitude" ; lon:units = "degrees_east" ;
      float lat(rlat, rlon) ; lat:long_name = "latitude" ; lat:units = "degrees_north" ;
    data: T = 280, 281 ; rlon = 0, 1 ; rlat = 0 ; lev = 1000 ; lon = 0, 1 ; lat = 50, 51 ;"#;

/// 5.7: a Lambert conformal projection.
#[test]
fn a_lambert_conformal_projection() {
    let ds = example(
        r#"dimensions: y = 1 ; x = 2 ; time = 1 ;
           variables: int Lambert_Conformal ;
             Lambert_Conformal:grid_mapping_name = "lambert_conformal_conic" ;
             Lambert_Conformal:standard_parallel = 25.0 ;
             Lambert_Conformal:longitude_of_central_meridian = 265.0 ;
             Lambert_Conformal:latitude_of_projection_origin = 25.0 ;
             double y(y) ; y:units = "km" ; y:standard_name = "projection_y_coordinate" ;
             double x(x) ; x:units = "km" ; x:standard_name = "projection_x_coordinate" ;
             double lat(y, x) ; lat:units = "degrees_north" ; lat:standard_name = "latitude" ;
             double lon(y, x) ; lon:units = "degrees_east" ; lon:standard_name = "longitude" ;
             int time(time) ; time:units = "hours since 2004-11-23" ; time:standard_name = "time" ;
             float T(time, y, x) ; T:units = "K" ; T:standard_name = "air_temperature" ;
             T:coordinates = "lat lon" ; T:grid_mapping = "Lambert_Conformal" ;
           data: y = 0 ; x = 0, 12 ; lat = 25, 25 ; lon = 265, 265.1 ; time = 6 ; T = 1, 2 ;"#,
    );
    let crs = ds.cf().crs("T").unwrap();
    assert_eq!(crs.numbers("standard_parallel"), [25.0]);
    let text = crs.to_proj().unwrap();
    assert!(text.contains("+proj=lcc") && text.contains("+lat_1=25"), "{text}");
    assert_eq!(ds.cf().name("X").unwrap(), "x");
}

/// 5.8, 5.9: on a sphere, and on the ellipsoid of WGS 1984.
#[test]
fn figures_of_the_earth() {
    let of = |figure: &str| {
        example(&format!(
            r#"dimensions: lat = 1 ; lon = 1 ;
               variables: double lat(lat) ; lat:units = "degrees_north" ; lat:standard_name = "latitude" ;
                 double lon(lon) ; lon:units = "degrees_east" ; lon:standard_name = "longitude" ;
                 float temp(lat, lon) ; temp:long_name = "temperature" ; temp:units = "K" ;
                 temp:grid_mapping = "crs" ;
                 int crs ; crs:grid_mapping_name = "latitude_longitude" ; {figure}
               data: lat = 0 ; lon = 0 ; temp = 280 ;"#
        ))
    };
    let sphere = of("crs:semi_major_axis = 6371000.0 ; crs:inverse_flattening = 0. ;")
        .cf()
        .crs("temp")
        .unwrap();
    assert_eq!(sphere.ellipsoid(), Some((6_371_000.0, 6_371_000.0)));
    let wgs = of("crs:longitude_of_prime_meridian = 0.0 ; crs:semi_major_axis = 6378137.0 ;
         crs:inverse_flattening = 298.257223563 ;");
    let (major, minor) = wgs.cf().crs("temp").unwrap().ellipsoid().unwrap();
    assert!((major - minor - 21_384.685_754_8).abs() < 1e-3);
}

/// 5.10, 5.13: projection and positions, each with its own mapping.
#[test]
fn the_british_national_grid() {
    let ds = example(
        r#"dimensions: z = 1 ; y = 1 ; x = 1 ;
           variables: double x(x) ; x:standard_name = "projection_x_coordinate" ; x:units = "m" ;
             double y(y) ; y:standard_name = "projection_y_coordinate" ; y:units = "m" ;
             double z(z) ; z:standard_name = "height_above_reference_ellipsoid" ; z:units = "m" ;
             double lat(y, x) ; lat:standard_name = "latitude" ; lat:units = "degrees_north" ;
             double lon(y, x) ; lon:standard_name = "longitude" ; lon:units = "degrees_east" ;
             float temp(z, y, x) ; temp:standard_name = "air_temperature" ; temp:units = "K" ;
             temp:coordinates = "lat lon" ; temp:grid_mapping = "crsOSGB: x y crsWGS84: lat lon" ;
             int crsOSGB ; crsOSGB:grid_mapping_name = "transverse_mercator" ;
             crsOSGB:semi_major_axis = 6377563.396 ; crsOSGB:inverse_flattening = 299.3249646 ;
             crsOSGB:longitude_of_prime_meridian = 0.0 ; crsOSGB:latitude_of_projection_origin = 49.0 ;
             crsOSGB:longitude_of_central_meridian = -2.0 ;
             crsOSGB:scale_factor_at_central_meridian = 0.9996012717 ;
             crsOSGB:false_easting = 400000.0 ; crsOSGB:false_northing = -100000.0 ;
             int crsWGS84 ; crsWGS84:grid_mapping_name = "latitude_longitude" ;
             crsWGS84:longitude_of_prime_meridian = 0.0 ; crsWGS84:semi_major_axis = 6378137.0 ;
             crsWGS84:inverse_flattening = 298.257223563 ;
           data: x = 400000 ; y = 0 ; z = 10 ; lat = 50 ; lon = -2 ; temp = 280 ;"#,
    );
    let mappings = ds.cf().grid_mappings("temp").unwrap();
    assert_eq!(mappings[0].coordinates, ["x", "y"]);
    assert_eq!(mappings[1].coordinates, ["lat", "lon"]);
    assert_eq!(mappings[0].crs.number("false_northing"), Some(-100_000.0));
    assert!(mappings[0].crs.to_proj().unwrap().contains("+proj=tmerc"));
}

/// 5.11, 5.12: well-known text beside the parameters, handed on as it is.
#[test]
fn well_known_text() {
    let ds = example(
        r#"dimensions: latitude = 1 ; longitude = 1 ;
           variables: float values(latitude, longitude) ; values:units = "1" ; values:long_name = "values" ;
             values:grid_mapping = "crs: latitude, longitude" ;
             float latitude(latitude) ; latitude:units = "degrees_north" ;
             float longitude(longitude) ; longitude:units = "degrees_east" ;
             int crs ; crs:grid_mapping_name = "latitude_longitude" ;
             crs:longitude_of_prime_meridian = 0.0 ; crs:semi_major_axis = 6378137.0 ;
             crs:inverse_flattening = 298.257223563 ;
             crs:crs_wkt = "GEODCRS[\"WGS 84\", ID[\"EPSG\",4326]]" ;
           data: values = 1 ; latitude = 0 ; longitude = 0 ;"#,
    );
    let mapping = ds.cf().grid_mappings("values").unwrap().remove(0);
    assert_eq!(mapping.coordinates, ["latitude", "longitude"]);
    assert_eq!(mapping.crs.epsg(), Some(4326));
    assert!(mapping.crs.wkt().unwrap().starts_with("GEODCRS"));
}

/// 5.14: coordinates without a dimension.
#[test]
fn scalar_coordinates() {
    let ds = example(
        r#"dimensions: lat = 1 ; lon = 1 ; time = UNLIMITED ;
           variables: double atime ; atime:standard_name = "forecast_reference_time" ;
             atime:units = "hours since 1999-01-01 00:00:00" ; atime:calendar = "standard" ;
             double time(time) ; time:standard_name = "time" ;
             time:units = "hours since 1999-01-01 00:00:00" ; time:calendar = "standard" ;
             double lon(lon) ; lon:long_name = "station longitude" ; lon:units = "degrees_east" ;
             double lat(lat) ; lat:long_name = "station latitude" ; lat:units = "degrees_north" ;
             double p500 ; p500:long_name = "pressure" ; p500:units = "hPa" ; p500:positive = "down" ;
             float height(time, lat, lon) ; height:long_name = "geopotential height" ;
             height:standard_name = "geopotential_height" ; height:units = "m" ;
             height:coordinates = "atime p500" ;
           data: time = 6, 12 ; atime = 0 ; p500 = 500 ; lon = 0 ; lat = 0 ; height = 1, 2 ;"#,
    );
    let height = &ds["height"];
    assert_eq!(height["p500"].item::<f64>().unwrap(), 500.0);
    assert_eq!(dates(&ds["time"]), ["1999-01-01T06", "1999-01-01T12"]);
    assert_eq!(ds.cf().name("vertical").unwrap(), "p500");
}

/// 5.15 to 5.20: domains hold no data. They are kept, with the coordinates that they name.
#[test]
fn domains() {
    let independent = example(
        r#"dimensions: lat = 1 ; lon = 2 ;
           variables: char domain ; domain:dimensions = "lat lon" ;
             domain:long_name = "Domain with independent coordinate variables" ;
             float lon(lon) ; lon:long_name = "longitude" ; lon:units = "degrees_east" ;
             float lat(lat) ; lat:long_name = "latitude" ; lat:units = "degrees_north" ;
           data: lon = 0, 1 ; lat = 0 ;"#,
    );
    assert_eq!(independent["domain"].attrs().text("dimensions"), Some("lat lon"));
    let rotated = ROTATED.replace(
        "data:",
        "char domain ; domain:dimensions = \"lev rlat rlon\" ;
        domain:coordinates = \"lon lat\" ; domain:grid_mapping = \"rotated_pole\" ;
        domain:long_name = \"Domain with a grid mapping\" ; data:",
    );
    let rotated = example(&rotated);
    let crs = rotated.cf().crs("domain").unwrap();
    assert_eq!(crs.grid_mapping_name(), "rotated_latitude_longitude");
    let cells = example(
        r#"dimensions: cell = 2 ; nv = 3 ;
           variables: char domain ; domain:dimensions = "cell" ; domain:coordinates = "lon lat" ;
             domain:cell_measures = "area: cell_area" ; domain:long_name = "cells" ;
             float lon(cell) ; lon:long_name = "longitude" ; lon:units = "degrees_east" ;
             lon:bounds = "lon_vertices" ;
             float lat(cell) ; lat:long_name = "latitude" ; lat:units = "degrees_north" ;
             float cell_area(cell) ; cell_area:standard_name = "cell_area" ; cell_area:units = "m2" ;
             float lon_vertices(cell, nv) ;
           data: lon = 1, 2 ; lat = 1, 1 ; cell_area = 5, 6 ; lon_vertices = 0, 1, 2, 1, 2, 3 ;"#,
    );
    assert_eq!(cells.cf().cell_measure("domain", "area").unwrap().name(), Some("cell_area"));
    let instant = example(
        r#"dimensions: unused = 1 ;
           variables: char domain ; domain:dimensions = "" ; domain:coordinates = "t" ;
             domain:long_name = "Domain with no explicit dimensions" ;
             double t ; t:standard_name = "time" ; t:units = "days since 2021-01-01" ;
             t:calendar = "standard" ; float x(unused) ; x:long_name = "x" ;
           data: t = 1 ; x = 1 ;"#,
    );
    assert_eq!(instant["domain"].attrs().text("dimensions"), Some(""));
    assert!(instant.is_coord("t"));
    let lines = example(
        r#"dimensions: instance = 2 ; node = 5 ;
           variables: char domain ; domain:dimensions = "instance" ; domain:coordinates = "lat lon" ;
             domain:geometry = "geometry_container" ; domain:long_name = "lines" ;
             double lat(instance) ; lat:units = "degrees_north" ; lat:standard_name = "latitude" ;
             lat:nodes = "y" ;
             double lon(instance) ; lon:units = "degrees_east" ; lon:standard_name = "longitude" ;
             lon:nodes = "x" ;
             int geometry_container ; geometry_container:geometry_type = "line" ;
             geometry_container:node_count = "node_count" ; geometry_container:node_coordinates = "x y" ;
             int node_count(instance) ;
             double x(node) ; x:units = "degrees_east" ; x:standard_name = "longitude" ; x:axis = "X" ;
             double y(node) ; y:units = "degrees_north" ; y:standard_name = "latitude" ; y:axis = "Y" ;
           data: lat = 30, 50 ; lon = 10, 60 ; node_count = 3, 2 ; x = 30, 10, 40, 50, 50 ;
             y = 10, 30, 40, 60, 50 ;"#,
    );
    assert_eq!(
        lines.cf().geometries("domain").unwrap().wkt(1).as_deref(),
        Some("LINESTRING (50 60, 50 50)")
    );
    let stations = example(
        r#"dimensions: station = 2 ; obs = 3 ; strlen = 4 ;
           variables: char domain ; domain:dimensions = "obs" ; domain:long_name = "stations" ;
             domain:coordinates = "time lat lon station_name" ;
             float lon(station) ; lon:standard_name = "longitude" ; lon:units = "degrees_east" ;
             float lat(station) ; lat:standard_name = "latitude" ; lat:units = "degrees_north" ;
             char station_name(station, strlen) ; station_name:long_name = "name" ;
             station_name:cf_role = "timeseries_id" ;
             int stationIndex(obs) ; stationIndex:long_name = "which" ;
             stationIndex:instance_dimension = "station" ;
             double time(obs) ; time:standard_name = "time" ; time:units = "days since 1970-01-01" ;
           :featureType = "timeSeries" ;
           data: lon = 0, 1 ; lat = 0, 1 ; station_name = "one", "two" ; stationIndex = 0, 1, 0 ;
             time = 0, 1, 2 ;"#,
    );
    assert_eq!(stations.cf().features().unwrap().count(0), Some(2));
}

/// 5.21: a mesh (UGRID). It is kept; the report says that its topology is not computed with.
#[test]
fn a_mesh_is_kept_and_reported() {
    let ds = tolerated(
        r#"dimensions: node = 5 ; edge = 6 ; face = 2 ; two = 2 ; four = 4 ; time = 1 ;
           variables: int mesh ; mesh:cf_role = "mesh_topology" ; mesh:topology_dimension = 2 ;
             mesh:long_name = "Topology of a 2-d unstructured mesh" ;
             mesh:node_coordinates = "mesh_node_x mesh_node_y" ;
             mesh:edge_node_connectivity = "mesh_edge_nodes" ;
             mesh:face_node_connectivity = "mesh_face_nodes" ;
             double mesh_node_x(node) ; mesh_node_x:standard_name = "longitude" ; mesh_node_x:units = "degrees_east" ;
             double mesh_node_y(node) ; mesh_node_y:standard_name = "latitude" ; mesh_node_y:units = "degrees_north" ;
             int mesh_face_nodes(face, four) ; mesh_face_nodes:long_name = "nodes of faces" ;
             mesh_face_nodes:_FillValue = -1 ;
             int mesh_edge_nodes(edge, two) ; mesh_edge_nodes:long_name = "nodes of edges" ;
             float time(time) ; time:standard_name = "time" ; time:units = "days since 2004-06-01" ;
             double density(time, face) ; density:standard_name = "air_density" ;
             density:units = "kg m-3" ; density:mesh = "mesh" ; density:location = "face" ;
           data: mesh_node_x = 0, 1, 1, 0, 2 ; mesh_node_y = 0, 0, 1, 1, 0.5 ;
             mesh_face_nodes = 0, 1, 2, 3, 1, 4, 2, _ ;
             mesh_edge_nodes = 0, 1, 1, 2, 2, 3, 3, 0, 1, 4, 4, 2 ; time = 0 ; density = 1, 1.2 ;"#,
        &[],
    );
    assert_eq!(ds["density"].attrs().text("location"), Some("face"));
    let report = ds.cf().report().unwrap();
    let found = report.findings().iter().find(|f| f.section == "5.9").unwrap();
    assert_eq!((found.severity, found.variable.as_deref()), (Severity::Advice, Some("density")));
}
