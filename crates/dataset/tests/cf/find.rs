//! Finding variables by role.

use graticule_dataset::{Attrs, Axis, Dataset, Kind, Variable};

fn attrs(pairs: &[(&str, &str)]) -> Attrs {
    pairs.iter().copied().collect()
}

fn line(dim: &str, n: usize, pairs: &[(&str, &str)]) -> Variable {
    let values: Vec<f64> = (0..n).map(|i| i as f64).collect();
    Variable::new(dim, values).unwrap().with_attrs(attrs(pairs))
}

fn plane(pairs: &[(&str, &str)]) -> Variable {
    Variable::new(["y", "x"], (vec![0.0; 6], [2, 3])).unwrap().with_attrs(attrs(pairs))
}

/// An ocean grid: curvilinear positions, plain axes, a depth and a time.
fn ocean() -> Dataset {
    Dataset::new()
        .with_coord_variable("x", line("x", 3, &[("axis", "X")]))
        .with_coord_variable("y", line("y", 2, &[("standard_name", "projection_y_coordinate")]))
        .with_coord_variable("lev", line("lev", 4, &[("positive", "down"), ("units", "m")]))
        .with_coord_variable("time", line("time", 5, &[("units", "days since 2000-01-01")]))
        .with_coord_variable("nav_lat", plane(&[("units", "degrees_north")]))
        .with_coord_variable("nav_lon", plane(&[("units", "degreeE")]))
        .with_variable(
            "thetao",
            plane(&[
                ("standard_name", "sea_water_potential_temperature"),
                ("cell_measures", "area: areacello volume: volcello"),
                ("ancillary_variables", "quality missing"),
            ]),
        )
        .with_variable("areacello", plane(&[("units", "m2")]))
        .with_variable("quality", plane(&[]))
}

#[test]
fn axes_and_kinds_are_found_by_what_says_so_most_clearly() {
    let cf = ocean().cf();
    let name = |key: &str| cf.name(key).unwrap();
    assert_eq!([name("X"), name("Y"), name("Z"), name("T")], ["x", "y", "lev", "time"]);
    assert_eq!(
        [name("longitude"), name("latitude"), name("vertical"), name("time")],
        ["nav_lon", "nav_lat", "lev", "time"]
    );
    assert_eq!(cf.axes().keys().copied().collect::<Vec<_>>(), Axis::ALL);
    assert_eq!(cf.coordinates().keys().copied().collect::<Vec<_>>(), Kind::ALL);
    assert_eq!(cf.dims(["X", "latitude"]).unwrap().to_string(), "x, y");
    assert_eq!(cf.by_positive("down"), ["lev"]);
    assert_eq!(cf.by_units("km2").unwrap(), ["areacello"]);
}

#[test]
fn names_measures_and_ancillaries_are_found() {
    let ds = ocean();
    let cf = ds.cf();
    assert_eq!(cf.name("sea_water_potential_temperature").unwrap(), "thetao");
    assert_eq!(cf.get("area").name(), Some("areacello"));
    assert_eq!(cf.cell_measure("thetao", "area").unwrap().name(), Some("areacello"));
    assert!(cf.cell_measure("thetao", "volume").unwrap_err().to_string().contains("volcello"));
    assert!(cf.cell_measure("thetao", "mass").unwrap_err().to_string().contains("area, volume"));
    let extra = cf.ancillary("thetao").unwrap();
    assert_eq!(extra.iter().map(|a| a.name().unwrap()).collect::<Vec<_>>(), ["quality"]);
    assert_eq!(ds["thetao"].cf().name("latitude").unwrap(), "nav_lat");
}

#[test]
fn what_is_absent_or_ambiguous_is_told() {
    let cf = ocean().cf();
    let e = cf.name("lattitude").unwrap_err();
    assert!(e.is_not_found() && e.to_string().contains("did you mean \"latitude\"?"), "{e}");
    assert!(cf.get("air_pressure").check().is_err());
    let two = ocean().with_coord_variable("lat2", plane(&[("units", "degree_N")]));
    let e = two.cf().name("latitude").unwrap_err().to_string();
    assert!(e.contains("nav_lat, lat2"), "{e}");
    assert!(two.cf().sel("latitude", 3.0).check().is_err());
    assert!(two.cf().isel("latitude", 0).check().is_err());
}

#[test]
fn a_plain_grid_has_axes_too() {
    let ds = Dataset::new()
        .with_coord_variable("lat", line("lat", 3, &[]))
        .with_coord_variable("lon", line("lon", 3, &[("standard_name", "longitude")]))
        .with_coord_variable("lon_bnds", line("lon", 3, &[("standard_name", "longitude")]));
    let lon = ds.variable("lon").unwrap().clone();
    let lon = lon.clone().with_attrs(lon.attrs().clone().with("bounds", "lon_bnds"));
    let ds = ds.with_coord_variable("lon", lon);
    assert_eq!(ds.cf().axis(Axis::Y).unwrap(), "lat");
    assert_eq!(ds.cf().axis(Axis::X).unwrap(), "lon");
    assert_eq!(ds.cf().bounds("longitude").unwrap().name(), Some("lon_bnds"));
    assert_eq!(ds.cf().isel("X", 1..).size_of("lon"), Some(2));
}
