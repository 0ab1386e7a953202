//! Finding variables in datasets made like those of cf-xarray's documentation.

use graticule_array::Array;
use graticule_dataset::{Attrs, Axis, Dataset, Kind, Variable};

fn var(dims: &[&str], attrs: &[(&str, &str)]) -> Variable {
    let shape = vec![2; dims.len()];
    let n = shape.iter().product::<usize>();
    let values: Vec<f64> = (0..n).map(|i| i as f64).collect();
    let dims: graticule_dataset::Dims = dims.iter().copied().collect();
    let attrs: Attrs = attrs.iter().copied().collect();
    Variable::new(dims, Array::from_vec(shape, values).unwrap()).unwrap().with_attrs(attrs)
}

/// Air temperatures on a regular grid, with the areas of its cells.
fn air() -> Dataset {
    let lat = [("standard_name", "latitude"), ("units", "degrees_north"), ("axis", "Y")];
    let lon = [("standard_name", "longitude"), ("units", "degrees_east"), ("axis", "X")];
    let air = [("standard_name", "air_temperature"), ("cell_measures", "area: cell_area")];
    Dataset::new()
        .with_coord_variable("lat", var(&["lat"], &lat))
        .with_coord_variable("lon", var(&["lon"], &lon))
        .with_coord_variable("time", var(&["time"], &[("standard_name", "time")]))
        .with_coord_variable("cell_area", var(&["lat", "lon"], &[("standard_name", "cell_area")]))
        .with_variable("air", var(&["time", "lat", "lon"], &air))
}

/// The staggered grid of POP: two longitudes, and variables that say which is theirs.
fn pop() -> Dataset {
    let at = |at: &'static str, name: &'static str| {
        var(&["nlat", "nlon"], &[("coordinates", at), ("standard_name", name)])
    };
    let (east, north) = ([("units", "degrees_east")], [("units", "degrees_north")]);
    Dataset::new()
        .with_coord_variable("nlon", var(&["nlon"], &[("axis", "X")]))
        .with_coord_variable("nlat", var(&["nlat"], &[("axis", "Y")]))
        .with_coord_variable("TLONG", var(&["nlat", "nlon"], &east))
        .with_coord_variable("TLAT", var(&["nlat", "nlon"], &north))
        .with_coord_variable("ULONG", var(&["nlat", "nlon"], &east))
        .with_coord_variable("ULAT", var(&["nlat", "nlon"], &north))
        .with_variable("TEMP", at("TLONG TLAT", "sea_water_potential_temperature"))
        .with_variable("UVEL", at("ULONG ULAT", "sea_water_x_velocity"))
}

#[test]
fn a_regular_grid() {
    let ds = air();
    let cf = ds.cf();
    let axes: Vec<_> = cf.axes().into_iter().map(|(a, n)| (a, n[0].to_string())).collect();
    let expected = [(Axis::T, "time"), (Axis::Y, "lat"), (Axis::X, "lon")];
    assert_eq!(axes, expected.map(|(a, n)| (a, n.to_owned())));
    for (key, name) in [
        ("longitude", "lon"),
        ("X", "lon"),
        ("latitude", "lat"),
        ("time", "time"),
        ("T", "time"),
        ("air_temperature", "air"),
        ("area", "cell_area"),
        ("cell_area", "cell_area"),
        ("lon", "lon"),
    ] {
        assert_eq!(cf.name(key).unwrap(), name, "{key}");
    }
    assert!(cf.name("Z").is_err() && cf.name("vertical").is_err());
    assert_eq!(cf.dims(["X", "Y"]).unwrap().to_string(), "lon, lat");
    // Reductions and selections by role.
    let mean = ds["air"].mean(cf.dims(["latitude", "longitude"]).unwrap());
    assert_eq!(mean.values::<f64>().unwrap(), [1.5, 5.5]);
    assert_eq!(cf.sel("longitude", 1.0).size_of("lon"), None);
    assert_eq!(cf.isel("T", ..1).size_of("time"), Some(1));
    let names = cf.standard_names();
    assert_eq!(names["air_temperature"], ["air"]);
}

#[test]
fn a_staggered_grid() {
    let ds = pop();
    assert_eq!(ds.cf().name("X").unwrap(), "nlon");
    assert_eq!(ds.cf().names("longitude"), ["TLONG", "ULONG"]);
    let e = ds.cf().name("longitude").unwrap_err().to_string();
    assert!(e.contains("several variables are \"longitude\": TLONG, ULONG"), "{e}");
    // Of a variable it is the one it names.
    assert_eq!(ds["TEMP"].cf().name("longitude").unwrap(), "TLONG");
    assert_eq!(ds["UVEL"].cf().name("latitude").unwrap(), "ULAT");
    assert_eq!(ds.cf().get("sea_water_x_velocity").name(), Some("UVEL"));
}

#[test]
fn roles_measures_and_directions() {
    let ds = Dataset::new()
        .with_coord_variable(
            "s_rho",
            var(&["s_rho"], &[("standard_name", "ocean_s_coordinate_g2"), ("positive", "up")]),
        )
        .with_coord_variable("z", var(&["k"], &[("positive", "down"), ("units", "m")]))
        .with_coord_variable("station", var(&["station"], &[("cf_role", "timeseries_id")]))
        .with_variable("salt", var(&["k"], &[("units", "1e-3")]))
        .with_variable(
            "rho",
            var(&["k"], &[("units", "kg m-3"), ("ancillary_variables", "rho_err")]),
        )
        .with_variable("rho_err", var(&["k"], &[("units", "g L-1")]));
    let cf = ds.cf();
    assert_eq!(cf.name("timeseries_id").unwrap(), "station");
    assert_eq!(
        (cf.by_positive("up"), cf.by_positive("DOWN")),
        (vec!["s_rho".into()], vec!["z".into()])
    );
    assert_eq!(cf.by_units("kg/m^3").unwrap(), ["rho", "rho_err"]);
    assert_eq!(cf.name("vertical").unwrap(), "s_rho");
    assert_eq!(cf.ancillary("rho").unwrap()[0].name(), Some("rho_err"));
}

#[test]
fn attributes_come_before_standard_names_units_and_names() {
    // Each says it is X, by less and less; every tier hides those behind it.
    let tiers: [&[(&str, &str)]; 3] =
        [&[("axis", "X")], &[("standard_name", "projection_x_coordinate")], &[]];
    let mut ds = Dataset::new().with_coord_variable("x", var(&["x"], tiers[2]));
    assert_eq!(ds.cf().name("X").unwrap(), "x");
    ds = ds.with_coord_variable("b", var(&["b"], tiers[1]));
    assert_eq!(ds.cf().name("X").unwrap(), "b");
    ds = ds.with_coord_variable("c", var(&["c"], tiers[0]));
    assert_eq!(ds.cf().name("X").unwrap(), "c");
    let ds = Dataset::new()
        .with_coord_variable("lat", var(&["a"], &[]))
        .with_coord_variable("b", var(&["b"], &[("units", "degree_north")]));
    assert_eq!(ds.cf().name("latitude").unwrap(), "b");
    let ds = ds.with_coord_variable("c", var(&["c"], &[("standard_name", "latitude")]));
    assert_eq!(ds.cf().name("latitude").unwrap(), "c");
}

#[test]
fn criteria_of_ones_own() {
    let ds = pop();
    let cf = ds.cf().with_criterion("velocity", |name, _| name.ends_with("VEL"));
    assert_eq!(cf.get("velocity").name(), Some("UVEL"));
    let cf = cf.with_criterion("longitude", |name, _| name == "TLONG");
    assert_eq!(cf.name("longitude").unwrap(), "TLONG");
    assert_eq!(cf.isel("X", 0).size_of("nlon"), None);
    let e = cf.name("velocty").unwrap_err().to_string();
    assert!(e.contains("did you mean \"velocity\"?"), "{e}");
    assert!(format!("{cf:?}").contains("velocity"));
}

#[test]
fn axes_are_guessed_on_request() {
    // Names of cf-xarray's documentation, each on a dimension of its own.
    let guesses = [
        (Kind::Time, "time t time1 hour month"),
        (
            Kind::Vertical,
            "z level lev5 nav_lev gdept lv_1 olev sigma height hght altitude depth isobaric pres isotherm bottom_top",
        ),
        (Kind::Latitude, "lat latitude nav_lat gphit lat_rho ylat latc"),
        (Kind::Longitude, "lon longitude nav_lon glamt lon_rho xlon lonc"),
    ];
    for (kind, names) in guesses {
        for name in names.split(' ') {
            let ds = Dataset::new().with_coord_variable(name, var(&[name], &[]));
            let ds = ds.guess_coord_axis();
            assert_eq!(ds[name].attrs().text("axis"), Some(kind.axis().letter()), "{name}");
            assert_eq!(ds.cf().name(kind.word()).unwrap(), name);
            let units = ds[name].attrs().has("units");
            assert_eq!(units, matches!(kind, Kind::Latitude | Kind::Longitude), "{name}");
        }
    }
    for (axis, names) in [(Axis::X, "x i nlon rlon ni"), (Axis::Y, "y j nlat rlat nj")] {
        for name in names.split(' ') {
            let ds = Dataset::new().with_coord_variable(name, var(&[name], &[])).guess_coord_axis();
            assert_eq!(ds.cf().axis(axis).unwrap(), name);
            assert!(!ds[name].attrs().has("units"));
        }
    }
    // What is said stays, bounds and data are left in peace.
    let ds = Dataset::new()
        .with_coord_variable("lat", var(&["lat"], &[("axis", "X"), ("bounds", "lat_bnds")]))
        .with_coord_variable("lat_bnds", var(&["lat", "nv"], &[]))
        .with_variable("latent", var(&["lat"], &[]));
    let guessed = ds.guess_coord_axis();
    assert!(guessed.identical(&ds).unwrap());
    assert!(guessed.guess_coord_axis().identical(&guessed).unwrap());
}
