//! Grid mappings; the examples of CF 5.6.

use graticule_dataset::{Attrs, Crs, Dataset, Variable};

fn holder(attrs: Attrs) -> Variable {
    Variable::new(graticule_dataset::Dims::none(), 0i32).unwrap().with_attrs(attrs)
}

fn field(mapping: &str) -> Variable {
    Variable::new(["y", "x"], (vec![0.0; 4], [2, 2]))
        .unwrap()
        .with_attrs(Attrs::new().with("grid_mapping", mapping))
}

#[test]
fn a_rotated_pole() {
    let pole = Attrs::new()
        .with("grid_mapping_name", "rotated_latitude_longitude")
        .with("grid_north_pole_latitude", 32.5)
        .with("grid_north_pole_longitude", 170.0);
    let ds = Dataset::new()
        .with_variable("temp", field("rotated_pole"))
        .with_variable("rotated_pole", holder(pole));
    let crs = ds.cf().crs("temp").unwrap();
    let proj = "+proj=ob_tran +o_proj=longlat +o_lat_p=32.5 +o_lon_p=0 +lon_0=350";
    assert_eq!(crs.to_proj().unwrap(), proj);
    let back = Crs::from_proj(proj).unwrap();
    assert_eq!(back.number("grid_north_pole_longitude"), Some(170.0));
}

#[test]
fn a_lambert_cone_and_an_earth() {
    let cone = Attrs::new()
        .with("grid_mapping_name", "lambert_conformal_conic")
        .with("standard_parallel", 25.0)
        .with("longitude_of_central_meridian", 265.0)
        .with("latitude_of_projection_origin", 25.0);
    let crs = Crs::from_attrs(&cone).unwrap();
    assert_eq!(crs.to_proj().unwrap(), "+proj=lcc +lat_1=25 +lat_0=25 +lon_0=265 +units=m");
    let earth = Attrs::new()
        .with("grid_mapping_name", "latitude_longitude")
        .with("longitude_of_prime_meridian", 0.0)
        .with("semi_major_axis", 6_378_137.0)
        .with("inverse_flattening", 298.257_223_563);
    let crs = Crs::from_attrs(&earth).unwrap();
    assert_eq!(crs.to_proj().unwrap(), "+proj=longlat +a=6378137 +rf=298.257223563");
    let (_, minor) = crs.ellipsoid().unwrap();
    assert!((minor - 6_356_752.314_245_18).abs() < 1e-6);
}

#[test]
fn the_extended_form_names_coordinates() {
    let osgb = Attrs::new()
        .with("grid_mapping_name", "transverse_mercator")
        .with("semi_major_axis", 6_377_563.396)
        .with("semi_minor_axis", 6_356_256.910)
        .with("latitude_of_projection_origin", 49.0)
        .with("longitude_of_central_meridian", -2.0)
        .with("scale_factor_at_central_meridian", 0.999_601_271_7)
        .with("false_easting", 400_000.0)
        .with("false_northing", -100_000.0);
    let wgs = Attrs::new().with("grid_mapping_name", "latitude_longitude").with(
        "crs_wkt",
        "GEOGCRS[\"WGS 84\",ELLIPSOID[\"WGS 84\",6378137,298.25,ID[\"EPSG\",7030]],ID[\"EPSG\",4326]]",
    );
    let ds = Dataset::new()
        .with_variable("temp", field("crsOSGB: x y crsWGS84: lat lon"))
        .with_variable("crsOSGB", holder(osgb))
        .with_variable("crsWGS84", holder(wgs));
    let all = ds.cf().grid_mappings("temp").unwrap();
    assert_eq!(all.len(), 2);
    assert_eq!(all[0].coordinates, ["x", "y"]);
    assert_eq!(all[1].name, "crsWGS84");
    assert_eq!(all[1].crs.epsg(), Some(4326));
    assert!(all[0].crs.to_proj().unwrap().starts_with("+proj=tmerc +lat_0=49 +lon_0=-2 +k_0="));
}

#[test]
fn codes_are_found_where_files_put_them() {
    let base = Attrs::new().with("grid_mapping_name", "latitude_longitude");
    let epsg = |attrs: Attrs| Crs::from_attrs(&attrs).unwrap().epsg();
    assert_eq!(epsg(base.clone().with("epsg_code", "EPSG:4326")), Some(4326));
    assert_eq!(epsg(base.clone().with("spatial_epsg", 3857i32)), Some(3857));
    let old = "GEOGCS[\"WGS 84\",AUTHORITY[\"EPSG\",\"4326\"]]";
    assert_eq!(epsg(Attrs::new().with("spatial_ref", old)), Some(4326));
    let part = "PROJCRS[\"x\",BASEGEOGCRS[\"y\",ID[\"EPSG\",4326]],CS[Cartesian,2]]";
    assert_eq!(epsg(base.clone().with("crs_wkt", part)), None, "the code of a part is not its own");
    assert_eq!(epsg(base.with("crs_wkt", "\"EPSG\"")), None);
}

#[test]
fn what_is_wrong_is_told() {
    let ds = Dataset::new().with_variable("temp", field("nothing"));
    assert!(ds.cf().crs("temp").unwrap_err().to_string().contains("\"nothing\""));
    let ds = ds.with_variable("nothing", holder(Attrs::new()));
    assert!(ds.cf().crs("temp").unwrap_err().to_string().contains("grid_mapping_name"));
    let odd = Attrs::new().with("grid_mapping_name", "mercater");
    let e = Crs::from_attrs(&odd).unwrap().to_proj().unwrap_err().to_string();
    assert!(e.contains("did you mean \"mercator\"?"), "{e}");
}
