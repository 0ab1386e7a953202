//! Examples of the CF document that no other file of this suite holds, by their numbers.

use graticule_array::{Array, DType, TimeType};
use graticule_cftime::{Calendar, DateTime, TimeUnit};
use graticule_dataset::{Attrs, CellMethods, Crs, Data, Dataset, Dims, Variable};

fn var<D: Into<Data>>(dims: &[&str], data: D, attrs: &[(&str, &str)]) -> Variable {
    let dims: Dims = dims.iter().copied().collect();
    Variable::new(dims, data).unwrap().with_attrs(attrs.iter().copied().collect())
}

fn instants(dates: &[DateTime], shape: &[usize]) -> Array {
    let calendar = Calendar::Standard;
    let ticks = dates.iter().map(|d| d.to_ticks(TimeUnit::Second, calendar).unwrap()).collect();
    let time = TimeType { unit: TimeUnit::Second, calendar };
    Array::from_vec(shape.to_vec(), ticks).unwrap().cast(&DType::Time(time)).unwrap()
}

/// 3.3: a measurement, its error and its limit share a standard name.
#[test]
fn ancillary_instrument_data() {
    let ds = Dataset::new()
        .with_variable(
            "q",
            var(
                &["time"],
                vec![0.001],
                &[
                    ("standard_name", "specific_humidity"),
                    ("units", "g/g"),
                    ("ancillary_variables", "q_error_limit q_detection_limit"),
                ],
            ),
        )
        .with_variable(
            "q_error_limit",
            var(
                &["time"],
                vec![0.0],
                &[("standard_name", "specific_humidity standard_error"), ("units", "g/g")],
            ),
        )
        .with_variable(
            "q_detection_limit",
            var(
                &["time"],
                vec![0.0],
                &[("standard_name", "specific_humidity detection_minimum"), ("units", "g/g")],
            ),
        );
    assert_eq!(ds.cf().name("specific_humidity").unwrap(), "q");
    assert_eq!(ds.cf().ancillary("q").unwrap().len(), 2);
    assert!(ds["q"].units().unwrap().is_one());
}

/// 3.7: regions as flags.
#[test]
fn regions() {
    let basin = Dataset::new().with_variable(
        "basin",
        var(
            &["lat", "lon"],
            (vec![1, 1, 2, 3], [2, 2]),
            &[
                ("standard_name", "region"),
                ("flag_meanings", "atlantic_arctic_ocean indo_pacific_ocean global_ocean"),
            ],
        ),
    );
    let basin = basin["basin"].clone().with_attr("flag_values", vec![1, 2, 3]);
    let names = basin.flags().labels().texts().unwrap();
    assert_eq!(names[2].as_deref(), Some("indo_pacific_ocean"));
    assert_eq!(basin.flags().count(..).values::<i64>().unwrap(), [2, 1, 1]);
}

/// 5.2 and 5.6: two-dimensional latitudes and longitudes beside the axes of a rotated grid.
#[test]
fn a_rotated_grid() {
    let rotated = |n: &str, values: Vec<f64>| {
        var(
            &[n],
            values,
            &[
                ("standard_name", if n == "rlon" { "grid_longitude" } else { "grid_latitude" }),
                ("units", "degrees"),
            ],
        )
    };
    let place = |name: &str, units: &str| {
        var(&["rlat", "rlon"], (vec![0.0; 4], [2, 2]), &[("long_name", name), ("units", units)])
    };
    let ds = Dataset::new()
        .with_coord_variable("rlon", rotated("rlon", vec![0.0, 1.0]))
        .with_coord_variable("rlat", rotated("rlat", vec![0.0, 1.0]))
        .with_coord_variable("lon", place("longitude", "degrees_east"))
        .with_coord_variable("lat", place("latitude", "degrees_north"))
        .with_variable(
            "T",
            var(&["rlat", "rlon"], (vec![0.0f32; 4], [2, 2]), &[("grid_mapping", "rotated_pole")]),
        );
    let crs = Crs::from_proj("+proj=ob_tran +o_proj=longlat +o_lat_p=32.5 +o_lon_p=0 +lon_0=350")
        .unwrap();
    let ds = ds.with_crs("rotated_pole", &crs, "T");
    let cf = ds.cf();
    assert_eq!(cf.name("X").unwrap(), "rlon");
    assert_eq!(cf.name("longitude").unwrap(), "lon");
    assert_eq!(cf.crs("T").unwrap().number("grid_north_pole_latitude"), Some(32.5));
    let found = cf.report().unwrap();
    assert!(found.findings().iter().all(|f| f.section != "5.6"), "{found}");
}

/// 5.3: a reduced grid, whose dimensions no variable has.
#[test]
fn a_reduced_grid() {
    let list = var(&["rgrid"], vec![0, 3], &[("compress", "latdim londim")]);
    let ds = Dataset::new()
        .with_coord_variable("rgrid", list)
        .with_variable("PS", var(&["rgrid"], vec![1000.0, 900.0], &[("units", "Pa")]));
    assert!(ds.uncompress().unwrap_err().to_string().contains("uncompress_to"));
    let full = ds.uncompress_to([("latdim", 2), ("londim", 2)]).unwrap();
    let cells = full["PS"].values::<f64>().unwrap();
    assert_eq!((cells[0], cells[3], full["PS"].ndim()), (1000.0, 900.0, 2));
    assert!(cells[1].is_nan());
    assert!(ds.uncompress_to([("latdim", usize::MAX), ("londim", 2)]).is_err());
}

/// 5.11: a comma between the names of the extended form.
#[test]
fn a_comma_in_a_grid_mapping() {
    let wkt = Attrs::new()
        .with("grid_mapping_name", "latitude_longitude")
        .with("crs_wkt", "GEODCRS[\"WGS 84\",ID[\"EPSG\",4326]]");
    let ds = Dataset::new()
        .with_variable(
            "data",
            var(&["x"], vec![0.0], &[("grid_mapping", "crs: latitude, longitude")]),
        )
        .with_variable("crs", Variable::new(Dims::none(), 0).unwrap().with_attrs(wkt));
    let mapping = ds.cf().grid_mappings("data").unwrap().remove(0);
    assert_eq!(mapping.coordinates, ["latitude", "longitude"]);
    assert_eq!(mapping.crs.epsg(), Some(4326));
}

/// 7.4: hexagons with their areas.
#[test]
fn a_geodesic_grid() {
    let ds = Dataset::new()
        .with_variable(
            "PS",
            var(
                &["cell"],
                vec![1000.0; 2],
                &[("units", "Pa"), ("cell_measures", "area: cell_area")],
            ),
        )
        .with_coord_variable(
            "lon",
            var(
                &["cell"],
                vec![0.0, 10.0],
                &[("units", "degrees_east"), ("bounds", "lon_vertices")],
            ),
        )
        .with_var("lon_vertices", ["cell", "nv"], (vec![0.0; 12], [2, 6]))
        .with_variable(
            "cell_area",
            var(&["cell"], vec![1.0; 2], &[("units", "m2"), ("standard_name", "cell_area")]),
        );
    assert_eq!(ds.cf().cell_measure("PS", "area").unwrap().name(), Some("cell_area"));
    assert_eq!(ds.cf().bounds("longitude").unwrap().shape(), [2, 6]);
}

/// 7.5: three methods over the same intervals, whose ends are the instants.
#[test]
fn methods_of_a_time_series() {
    let date = |day: u8, hour: u8| DateTime::new(1998, 4, day, hour, 0, 0);
    let at = [date(19, 6), date(19, 18), date(20, 6), date(20, 18), date(21, 6)];
    let edges: Vec<DateTime> = [date(18, 18)].into_iter().chain(at).collect();
    let pairs: Vec<DateTime> = edges.windows(2).flat_map(|w| [w[0], w[1]]).collect();
    let series = |methods: &str, units: &str| {
        var(
            &["time"],
            vec![1.0, 2.0, 3.0, 4.0, 5.0],
            &[("units", units), ("cell_methods", methods)],
        )
    };
    let ds = Dataset::new()
        .with_coord_variable(
            "time",
            var(&["time"], instants(&at, &[5]), &[("bounds", "time_bnds")]),
        )
        .with_coord("time_bnds", ["time", "nv"], instants(&pairs, &[5, 2]))
        .with_variable("maxtemp", series("time: maximum", "K"))
        .with_variable("ppn", series("time: sum", "mm"));
    let audit = ds.cf().time_audit().unwrap();
    assert!(audit.is_regular() && audit.step.as_deref() == Some("12 hours"), "{audit}");
    let total = ds["ppn"].sum("time");
    assert_eq!(total.attrs().text("cell_methods"), Some("time: sum time: sum"));
    let whole = total["time_bnds"].to_array().unwrap();
    assert_eq!(whole, instants(&[date(18, 18), date(21, 6)], &[2]));
}

/// 7.7, 7.8, 7.12, 7.13, 7.14: cell methods of climatologies and portions of cells.
#[test]
fn cell_methods_of_the_document() {
    for text in [
        "area: mean where land_sea",
        "area: mean where sea_ice over sea",
        "time: minimum within days time: sum over days",
        "time: minimum within days time: maximum over days",
        "time: mean within days time: mean over days time: mean over years",
        "time: sum within days time: maximum over days",
    ] {
        let methods: CellMethods = text.parse().unwrap();
        assert_eq!(methods.to_string(), text);
    }
}

/// 7.9: seasons, whose bounds span the years.
#[test]
fn climatological_seasons() {
    let day = DateTime::day;
    let at = [day(1960, 4, 16), day(1960, 7, 16), day(1960, 10, 16), day(1961, 1, 16)];
    let edges = [
        day(1960, 3, 1),
        day(1990, 6, 1),
        day(1960, 6, 1),
        day(1990, 9, 1),
        day(1960, 9, 1),
        day(1990, 12, 1),
        day(1960, 12, 1),
        day(1991, 3, 1),
    ];
    let ds = Dataset::new()
        .with_coord_variable(
            "time",
            var(&["time"], instants(&at, &[4]), &[("climatology", "climatology_bounds")]),
        )
        .with_var("climatology_bounds", ["time", "nv"], instants(&edges, &[4, 2]));
    assert_eq!(ds.cf().bounds("time").unwrap().name(), Some("climatology_bounds"));
    let audit = ds.cf().time_audit().unwrap();
    assert!(audit.is_regular() && audit.step.as_deref() == Some("3 months"), "{audit}");
}

#[test]
fn guessed_bounds_of_instants_and_falling_levels() {
    let day = DateTime::day;
    let ds = Dataset::new()
        .with_coord("time", "time", instants(&[day(2000, 1, 2), day(2000, 1, 4)], &[2]))
        .with_coord("lev", "lev", vec![1000.0f32, 500.0, 250.0])
        .add_bounds("T")
        .add_bounds("lev");
    let edges = [day(2000, 1, 1), day(2000, 1, 3), day(2000, 1, 3), day(2000, 1, 5)];
    assert_eq!(ds["time_bnds"].to_array().unwrap(), instants(&edges, &[2, 2]));
    assert_eq!(
        ds["lev_bnds"].values::<f32>().unwrap(),
        [1250.0, 750.0, 750.0, 375.0, 375.0, 125.0]
    );
    assert!(ds.add_bounds("lev").check().unwrap_err().to_string().contains("already"));
    assert!(ds.isel("lev", ..1).drop_vars("lev_bnds").add_bounds("lev").check().is_err());
}
