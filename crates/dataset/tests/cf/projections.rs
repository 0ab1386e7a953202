//! Coordinates of grid mappings: against PROJ 9.5, against the examples of EPSG's guidance note
//! 7-2, and back.

use graticule_dataset::{Attrs, Crs, Dataset, Projection, Variable};

/// A projection, a longitude and latitude, and the place that PROJ gives.
const PLACES: [(&str, [f64; 2], [f64; 2]); 26] = [
    (LCC, [-96.0, 28.5], [893676.5799804516, 4077650.9425389296]),
    (LCC, [-110.25, 45.125], [-320275.66463605175, 5986397.860937163]),
    (LCC_SPHERE, [-100.5, 40.25], [-484508.58138240495, 1726704.8921806796]),
    (LCC_SPHERE, [-60.75, 12.5], [3765282.230636489, -922713.9760408705]),
    (LCC_SOUTH, [145.5, -37.25], [2544353.184619986, 2472142.6516564144]),
    (LCC_SOUTH, [120.125, -10.5], [-473047.59723340627, 5145501.3188489415]),
    (NORTH, [-30.5, 72.25], [485175.48553049425, -1876034.4032246151]),
    (NORTH, [168.35, 33.92], [-3623946.8544239355, 5506453.982455541]),
    (SOUTH, [120.0, -75.0], [7255380.793258387, 7053389.560610154]),
    (SOUTH, [-39.36, -41.45], [714396.8026040215, 4142791.9302362856]),
    (UPS, [44.0, 73.0], [3320416.747359853, 632668.4312721284]),
    (UPS, [-120.5, 88.75], [1880418.7523346054, 2070438.7379946522]),
    (NORTH_SPHERE, [44.0, 73.0], [993576.3546736815, -1473037.5226763713]),
    (NORTH_SPHERE, [-170.0, 20.0], [0.0, 8324680.012997379]),
    (ROTATED, [10.5, 50.25], [-4.787726488339995, -0.2572720250284282]),
    (ROTATED, [-20.25, 70.5], [-12.990167607291916, 23.16695704344304]),
    (TURNED, [-3.5, 55.25], [13.702032853448152, -2.0728182054780984]),
    (TURNED, [20.125, 30.5], [37.5632923613014, -20.844825561403663]),
    (MERC, [120.0, -3.0], [5009726.583278828, 569150.8186138709]),
    (MERC, [100.5, 60.25], [2845759.745885113, 9292358.39476961]),
    (MERC_SPHERE, [120.0, -3.0], [1044923.3218276, -313620.33062959544]),
    (MERC_SPHERE, [-100.5, 60.25], [15621603.661322633, 7937031.685969053]),
    (OSGB, [0.5, 50.5], [577274.9838134756, 69740.4922666242]),
    (OSGB, [-7.25, 58.5], [94238.64620566496, 968787.2248925881]),
    (UTM, [18.5, 60.25], [693685.9363325969, 6684392.130964548]),
    (UTM, [9.5, -3.125], [-112049.70935309085, -347015.0163755785]),
];

const LCC: &str = "+proj=lcc +lat_1=28.3833333333333 +lat_2=30.2833333333333 \
    +lat_0=27.8333333333333 +lon_0=-99 +x_0=600000 +y_0=4000000 +a=6378206.4 +rf=294.9786982";
const LCC_SPHERE: &str = "+proj=lcc +lat_1=25 +lat_0=25 +lon_0=265 +R=6371229";
const LCC_SOUTH: &str = "+proj=lcc +lat_1=-36 +lat_2=-38 +lat_0=-37 +lon_0=145 +x_0=2500000 \
    +y_0=2500000 +a=6378137 +rf=298.257222101";
const NORTH: &str = "+proj=stere +lat_0=90 +lat_ts=70 +lon_0=-45 +a=6378273 +rf=298.279411123064";
const SOUTH: &str = "+proj=stere +lat_0=-90 +lat_ts=-71 +lon_0=70 +x_0=6000000 +y_0=6000000 \
    +a=6378137 +rf=298.257223563";
const UPS: &str =
    "+proj=stere +lat_0=90 +k_0=0.994 +lon_0=0 +x_0=2000000 +y_0=2000000 +ellps=WGS84";
const NORTH_SPHERE: &str = "+proj=stere +lat_0=90 +lat_ts=60 +lon_0=10 +R=6371229";
const ROTATED: &str =
    "+proj=ob_tran +o_proj=longlat +o_lat_p=39.25 +o_lon_p=0 +lon_0=18 +R=6371229";
const TURNED: &str =
    "+proj=ob_tran +o_proj=longlat +o_lat_p=32.5 +o_lon_p=10 +lon_0=350 +R=6371229";
const MERC: &str = "+proj=merc +lon_0=110 +k_0=0.997 +x_0=3900000 +y_0=900000 +a=6377397.155 \
    +rf=299.1528128";
const MERC_SPHERE: &str = "+proj=merc +lon_0=110 +lat_ts=20 +R=6371200";
const OSGB: &str = "+proj=tmerc +lat_0=49 +lon_0=-2 +k_0=0.9996012717 +x_0=400000 +y_0=-100000 \
    +a=6377563.396 +rf=299.3249646";
const UTM: &str = "+proj=utm +zone=33 +ellps=WGS84";

fn projection(text: &str) -> Projection {
    Crs::from_proj(text).and_then(|crs| crs.projection()).unwrap_or_else(|e| panic!("{text}: {e}"))
}

/// The difference of two longitudes in degrees.
fn apart(a: f64, b: f64) -> f64 {
    let d = (a - b).rem_euclid(360.0);
    d.min(360.0 - d)
}

#[test]
fn places_are_those_of_proj() {
    for (text, [lon, lat], [x, y]) in PLACES {
        let p = projection(text);
        let [found_x, found_y] = p.forward(lon, lat);
        // A micrometre, or a billionth of a degree.
        let near = if p.is_angular() { 1e-9 } else { 1e-6 };
        let far = (found_x - x).abs().max((found_y - y).abs());
        assert!(far < near, "{text} at {lon}, {lat}: {found_x} {found_y}, not {x} {y}");
        let [found_lon, found_lat] = p.inverse(x, y);
        let far = apart(found_lon, lon).max((found_lat - lat).abs());
        assert!(far < 1e-9, "{text} at {x}, {y}: {found_lon} {found_lat}, not {lon} {lat}");
    }
}

#[test]
fn the_examples_of_epsg() {
    // Jamaica: one parallel, which is no parameter of its own; two decimals are given.
    let jamaica = "+proj=lcc +lat_1=18 +lat_0=18 +lon_0=-77 +x_0=250000 +y_0=150000 \
        +a=6378206.4 +rf=294.9786982";
    let [x, y] = projection(jamaica)
        .forward(-(76.0 + 56.0 / 60.0 + 37.26 / 3600.0), 17.0 + 55.0 / 60.0 + 55.80 / 3600.0);
    assert!((x - 255966.58).abs() < 0.01 && (y - 142493.51).abs() < 0.01, "{x} {y}");
    let [x, y] = projection(SOUTH).forward(120.0, -75.0);
    assert!((x - 7255380.79).abs() < 0.01 && (y - 7053389.56).abs() < 0.01, "{x} {y}");
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig { cases: 400, ..Default::default() })]

    /// Back to a billionth of a degree, wherever the projection is not torn apart.
    #[test]
    fn back_is_the_inverse_of_forth(which in 0usize..26, lon in -180.0f64..180.0, lat in -89.9f64..89.9) {
        let (text, ..) = PLACES[which];
        let p = projection(text);
        let [lon, lat] = match text {
            // What a series about a meridian is good for.
            OSGB | UTM => [lon / 6.0, lat],
            // Not about the opposite pole, where a degree is the longest way.
            NORTH | UPS | NORTH_SPHERE | LCC | LCC_SPHERE => [lon, lat.max(-80.0)],
            SOUTH | LCC_SOUTH => [lon, lat.min(80.0)],
            _ => [lon, lat],
        };
        let [x, y] = p.forward(lon, lat);
        let [found_lon, found_lat] = p.inverse(x, y);
        // Near a pole longitudes lie close together.
        let far = (apart(found_lon, lon) * lat.to_radians().cos()).max((found_lat - lat).abs());
        proptest::prop_assert!(far < 1e-9, "{text} at {lon}, {lat}: {found_lon} {found_lat}");
    }
}

#[test]
fn poles_and_origins() {
    let [x, y] = projection(UPS).forward(12.0, 90.0);
    assert!((x - 2e6).abs() < 1e-6 && (y - 2e6).abs() < 1e-6);
    assert_eq!(projection(UPS).inverse(2e6, 2e6)[1], 90.0);
    let [lon, lat] = projection(ROTATED).inverse(0.0, 90.0);
    assert!((lat - 39.25).abs() < 1e-12 && apart(lon, 198.0) < 1e-12, "{lon} {lat}");
    let [_, lat] = projection(ROTATED).forward(198.0, 39.25);
    assert!((lat - 90.0).abs() < 1e-9);
    assert_eq!(projection("+proj=longlat").forward(3.0, 4.0), [3.0, 4.0]);
    assert!(projection(LCC).forward(f64::NAN, 1.0)[0].is_nan());
    assert!(projection(LCC).inverse(f64::INFINITY, 1.0)[1].is_finite());
}

#[test]
fn what_is_missing_or_impossible_is_told() {
    let wrong =
        |attrs: Attrs| Crs::from_attrs(&attrs).unwrap().projection().unwrap_err().to_string();
    let named = |name: &str| Attrs::new().with("grid_mapping_name", name);
    assert!(wrong(named("rotated_latitude_longitude")).contains("grid_north_pole_latitude"));
    assert!(wrong(named("polar_stereographic")).contains("longitude_of_projection_origin"));
    let cone = named("lambert_conformal_conic").with("longitude_of_central_meridian", 0.0);
    assert!(wrong(cone.clone()).contains("standard_parallel"));
    assert!(wrong(cone.clone().with("standard_parallel", vec![30.0, -30.0])).contains("no cone"));
    assert!(wrong(cone.clone().with("standard_parallel", 90.0)).contains("no cone"));
    assert!(
        wrong(cone.with("standard_parallel", 30.0).with("earth_radius", -1.0)).contains("axes")
    );
    assert!(wrong(named("sinusoidal")).contains("not computed"));
}

#[test]
fn a_grid_gets_longitudes_and_latitudes() {
    let axis = |name: &str, km: Vec<f64>| {
        let attrs = [("standard_name", name), ("units", "km")];
        let dim = if name.contains("_x_") { "x" } else { "y" };
        Variable::new(dim, km).unwrap().with_attrs(attrs.iter().copied().collect())
    };
    let crs = Crs::from_proj(NORTH).unwrap();
    let ds = Dataset::new()
        .with_coord_variable(
            "x",
            axis("projection_x_coordinate", vec![485.175_485_530_494_25, 0.0]),
        )
        .with_coord_variable(
            "y",
            axis("projection_y_coordinate", vec![0.0, -1000.0, -1_876.034_403_224_615]),
        )
        .with_var("ice", ["y", "x"], (vec![0.5; 6], [3, 2]))
        .with_crs("polar", &crs, "ice")
        .add_lon_lat("ice");
    assert_eq!(ds.cf().name("longitude").unwrap(), "lon");
    assert!(ds.variable("lon").unwrap().in_memory().is_none(), "computed when it is needed");
    let at = |name: &str| ds[name].isel("y", 2).isel("x", 0).item::<f64>().unwrap();
    assert!((at("lon") + 30.5).abs() < 1e-9 && (at("lat") - 72.25).abs() < 1e-9);
    let pole = ds["lat"].isel("y", 0).isel("x", 1).item::<f64>().unwrap();
    assert_eq!(pole, 90.0);
    let e = ds.add_lon_lat("ice").check().unwrap_err().to_string();
    assert!(e.contains("\"lon\" already"), "{e}");
    assert!(ds.add_lon_lat("snow").check().is_err());
}
