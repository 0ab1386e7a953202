//! Fixes that bring the dialects of models together.

mod models;

use std::sync::Arc;

use graticule_array::Array;
use graticule_dataset::{Dataset, Fix, Fixes, Vocabulary, Word};
use graticule_lazy::LazyArray;
use graticule_storage::{CountingSource, MemorySource};
use models::{LAT, LON, all, anonymous, var};

fn nominal() -> Fixes {
    Fixes::cmip().then(Fix::NominalXy)
}

#[test]
fn six_dialects_become_one_schema_with_the_same_values() {
    let mut models = all().into_iter().map(|(name, ds)| {
        let (fixed, log) = nominal().apply(&ds).unwrap_or_else(|e| panic!("{name}: {e}"));
        (name, fixed, log)
    });
    let (_, first, _) = models.next().unwrap();
    assert_eq!(first["thetao"].dims().to_string(), "time, lev, y, x");
    assert_eq!(first["x"].values::<f64>().unwrap(), LON);
    assert_eq!(first["y"].values::<f64>().unwrap(), LAT);
    assert_eq!(first["lon"].dims().to_string(), "y, x");
    let corners = first["lon_verticies"].isel("y", 0).isel("x", 1).values::<f64>().unwrap();
    assert_eq!(corners, [90.0, 180.0, 180.0, 90.0]);
    let corners = first["lat_verticies"].isel("y", 0).isel("x", 1).values::<f64>().unwrap();
    assert_eq!(corners, [-90.0, -90.0, -30.0, -30.0]);
    let bounds = first.cf().bounds("lon").unwrap();
    assert_eq!(bounds.name(), Some("lon_verticies"));
    let wanted = anonymous(&first);
    for (name, fixed, log) in models {
        let fixed = anonymous(&fixed);
        let differences = wanted.schema().differences(&fixed.schema());
        assert!(differences.is_empty(), "{name}: {differences}\n{log}");
        for (var, _) in wanted.variables() {
            let (a, b) = (&wanted[var.as_str()], &fixed[var.as_str()]);
            assert!(a.equals(b).unwrap(), "{name}: {var}\n{a:?}\n{b:?}\n{log}");
        }
    }
}

#[test]
fn what_was_done_is_on_record() {
    for (name, ds) in all() {
        let (fixed, log) = nominal().with_stamp("2026-01-01").apply(&ds).unwrap();
        let history = fixed.attrs().text("history").unwrap();
        for applied in log.iter().filter(|a| !a.changes().is_empty()) {
            let line = format!(
                "2026-01-01 graticule: {}: {}",
                applied.fix(),
                applied.changes().join("; ")
            );
            assert!(history.lines().any(|l| l == line), "{name}: {line}\n{history}");
        }
        assert!(history.contains("graticule: rename: "), "{name}");
        assert!(fixed.attrs().has("source_id"), "{name}");
    }
    let (_, ds) = all().into_iter().find(|(n, _)| *n == "shifted").unwrap();
    let (fixed, log) = Fixes::cmip().apply(&ds).unwrap();
    assert!(fixed.attrs().text("history").unwrap().starts_with("2001-01-01 made\ngraticule: "));
    let text = log.to_string();
    for part in [
        "rename: dimension t to time with its labels; dimension zlev to lev with its labels; \
         dimension yh to y; dimension xh to x; dimension nv to bnds; ",
        "geolon to lon",
        "promote_empty_dims: y from 0 to 2; x from 0 to 3",
        "parse_bounds: lat_bounds over (y, x, bnds); lon_bounds over (y, x, bnds)",
        "bounds_to_vertices: lon_verticies and lat_verticies of rectangles",
    ] {
        assert!(text.contains(part), "{part}\n{text}");
    }
    let methods = all().into_iter().find(|(n, _)| *n == "numbered").unwrap().1.fix(&Fixes::cmip());
    assert_eq!(methods["thetao"].attrs().text("cell_methods"), Some("time: mean x: y: mean"));
    assert_eq!(methods["thetao"].attrs().text("coordinates"), Some("lat lon"));
}

/// The same, history aside, whatever the order of the variables.
fn same(a: &Dataset, b: &Dataset) -> Result<(), String> {
    let (a, b) = (a.clone().with_attr("history", ""), b.clone().with_attr("history", ""));
    let differences = a.schema().differences(&b.schema());
    if !differences.is_empty() {
        return Err(differences.to_string());
    }
    for (name, _) in a.variables() {
        if !a[name.as_str()].identical(&b[name.as_str()]).unwrap() {
            return Err(name.to_string());
        }
    }
    Ok(())
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig { cases: 60, ..Default::default() })]

    /// Some of the fixes, in their order: a second time changes nothing and says nothing.
    #[test]
    fn a_second_time_changes_nothing(
        model in 0usize..6,
        chosen in proptest::collection::vec(proptest::prelude::any::<bool>(), 15),
    ) {
        let mut fixes = nominal();
        // Nominal labels need to know which dimensions are meant.
        let names: Vec<String> = fixes.steps().map(|f| f.name().to_owned()).collect();
        for (name, keep) in names.iter().zip(&chosen) {
            if !keep && name != "rename" {
                fixes = fixes.without(name);
            }
        }
        let (name, ds) = &all()[model];
        let (once, _) = fixes.apply(ds).unwrap();
        let (twice, log) = fixes.apply(&once).unwrap();
        proptest::prop_assert!(log.is_empty(), "{}: {}", name, log);
        proptest::prop_assert_eq!(same(&once, &twice), Ok(()));
        proptest::prop_assert_eq!(once.attrs(), twice.attrs());
    }
}

#[test]
fn fixes_of_different_things_commute() {
    let pairs = [
        [Fix::CorrectUnits, Fix::CorrectLon],
        [Fix::CorrectUnits, Fix::PromoteEmptyDims],
        [Fix::CorrectUnits, Fix::SortVertexOrder],
        [Fix::CorrectUnits, Fix::BroadcastLonLat],
        [Fix::CorrectCoordinates, Fix::CorrectLon],
        [Fix::CorrectCoordinates, Fix::ParseBounds],
        [Fix::PromoteEmptyDims, Fix::SortVertexOrder],
        [Fix::PromoteEmptyDims, Fix::OrderDims],
        [Fix::WidenCoords, Fix::BroadcastLonLat],
        [Fix::WidenCoords, Fix::CorrectLon],
        [Fix::WidenCoords, Fix::SortVertexOrder],
    ];
    for (name, ds) in all() {
        let renamed = ds.fix(&Fixes::new([Fix::Rename]));
        for [a, b] in &pairs {
            let one = renamed.fix(&Fixes::new([a.clone(), b.clone()])).check().unwrap();
            let other = renamed.fix(&Fixes::new([b.clone(), a.clone()])).check().unwrap();
            assert_eq!(same(&one, &other), Ok(()), "{name}: {a:?} and {b:?}");
        }
    }
}

fn counted(shape: &[usize], value: impl Fn(usize) -> f64) -> (CountingSource, LazyArray) {
    let n = shape.iter().product();
    let data = Array::from_vec(shape.to_vec(), (0..n).map(value).collect::<Vec<f64>>()).unwrap();
    let source = CountingSource::new(Arc::new(MemorySource::new(data)));
    (source.clone(), LazyArray::read(Arc::new(source)))
}

#[test]
fn nothing_is_read_but_one_row_of_corners_and_what_they_follow() {
    let (field, thetao) = counted(&[2, 6, 8], |i| i as f64);
    let (lons, lon) = counted(&[6, 8], |i| (i % 8) as f64 * 45.0 - 180.0);
    let (lats, lat) = counted(&[6, 8], |i| (i / 8) as f64 * 30.0 - 75.0);
    let ring = [(22.5, 15.0), (22.5, -15.0), (-22.5, -15.0), (-22.5, 15.0)];
    let (lon_ends, lon_v) =
        counted(&[6, 8, 4], |i| (i / 4 % 8) as f64 * 45.0 - 180.0 + ring[i % 4].0);
    let (lat_ends, lat_v) = counted(&[6, 8, 4], |i| (i / 32) as f64 * 30.0 - 75.0 + ring[i % 4].1);
    let ds = Dataset::new()
        .with_var("longitude", ["j", "i"], lon)
        .with_var("latitude", ["j", "i"], lat)
        .with_var("vertices_longitude", ["j", "i", "vertices"], lon_v)
        .with_var("vertices_latitude", ["j", "i", "vertices"], lat_v)
        .with_var("thetao", ["time", "j", "i"], thetao);
    let without = ds.fix(&Fixes::cmip().without("sort_vertex_order")).check().unwrap();
    let reads = || [&field, &lons, &lats, &lon_ends, &lat_ends].map(CountingSource::reads);
    assert_eq!(reads(), [0; 5]);
    assert_eq!(without["lon_verticies"].dims().to_string(), "y, x, vertex");
    let (fixed, log) = Fixes::cmip().apply(&ds).unwrap();
    assert_eq!(reads(), [0, 1, 0, 1, 1]);
    assert_eq!(lon_ends.regions()[0].len[..1], [1]);
    assert!(log.to_string().contains("in the order 2 1 0 3"), "{log}");
    assert!(log.to_string().contains("lon counted from 0 to 360 (unseen)"), "{log}");
    // What could not be looked at is done again, but told once.
    let again = fixed.fix(&Fixes::cmip()).check().unwrap();
    assert_eq!(again.attrs().text("history"), fixed.attrs().text("history"));
    let lon = fixed["lon"].isel("y", 0).values::<f64>().unwrap();
    assert_eq!(lon, [180.0, 225.0, 270.0, 315.0, 0.0, 45.0, 90.0, 135.0]);
    assert!(again["lon_verticies"].equals(&fixed["lon_verticies"]).unwrap());
    let first = fixed["lon_verticies"].isel("y", 0).isel("x", 4).values::<f64>().unwrap();
    assert_eq!(first, [-22.5, 22.5, 22.5, -22.5]);
    assert_eq!(field.reads(), 0);
}

#[test]
fn marks_of_missing_positions_go_and_labels_bridge_them() {
    let nan = 1e20;
    let lon = vec![350.0, nan, 30.0, 50.0, 350.0, nan, 30.0, 50.0];
    let lat = vec![-1.0, -1.0, -1.0, nan, 1.0, 1.0, 1.0, 1.0];
    let ds = Dataset::new()
        .with_variable("lon", var(&["y", "x"], &[2, 4], lon, &[]))
        .with_variable("lat", var(&["y", "x"], &[2, 4], lat, &[]))
        .with_var("v", ["y", "x"], (vec![0, 1, 2, 3, 4, 5, 6, 7], [2, 4]));
    let fixed = ds.fix(&nominal()).check().unwrap();
    assert_eq!(fixed["x"].values::<f64>().unwrap(), [10.0, 30.0, 50.0, 350.0]);
    assert_eq!(fixed["v"].isel("y", 0).values::<i32>().unwrap(), [1, 2, 3, 0]);
    assert!(fixed["lon"].isel("x", 0).values::<f64>().unwrap().iter().all(|v| v.is_nan()));
    assert_eq!(fixed.sel("x", 50.0).sel("y", 1.0).var("v").item::<i32>().unwrap(), 7);
}

#[test]
fn what_a_file_is_about_stays_its_data() {
    let area = var(&["lat", "lon"], &[1, 2], vec![1.0, 2.0], &[("standard_name", "cell_area")]);
    let areas = Dataset::new()
        .with_variable("areacello", area)
        .with_attr("variable_id", "areacello")
        .fix(&Fixes::cmip());
    assert!(!areas.is_coord("areacello"));
    let (_, ds) = all().into_iter().next().unwrap();
    let area = var(&["lat", "lon"], &[3, 4], vec![1.0; 12], &[("units", "m2")]);
    let thetao = ds.variable("thetao").unwrap().clone();
    let attrs = thetao.attrs().clone().with("cell_measures", "area: areacello");
    let ds = ds
        .with_variable("areacello", area)
        .with_variable("thetao", thetao.with_attrs(attrs))
        .fix(&Fixes::cmip());
    assert!(ds.is_coord("areacello"));
    assert_eq!(ds.data_vars().map(|(n, _)| n.as_str()).collect::<Vec<_>>(), ["thetao"]);
}

#[test]
fn pressures_keep_their_name_and_unknown_units_are_told() {
    let plev = var(&["level"], &[2], vec![1000.0, 850.0], &[("units", "hPa")]);
    let ds = Dataset::new()
        .with_coord_variable("level", plev)
        .with_var("ta", "level", vec![1.0, 2.0])
        .fix(&Fixes::cmip());
    assert_eq!(ds["plev"].values::<f64>().unwrap(), [100_000.0, 85_000.0]);
    assert_eq!(ds["plev"].attrs().text("positive"), Some("down"));
    let lev = var(&["lev"], &[2], vec![1.0, 2.0], &[("units", "furlonks"), ("axis", "Z")]);
    let ds = Dataset::new().with_coord_variable("lev", lev);
    let (_, log) = Fixes::new([Fix::CorrectUnits]).apply(&ds).unwrap();
    assert!(log.is_empty());
    assert_eq!(
        log.to_string(),
        "correct_units: (left: lev is in \"furlonks\", which are no units)\n"
    );
}

#[test]
fn words_are_chosen_where_attributes_do_not_tell() {
    let two = |a: &str, b: &str| {
        let lon = |name: &str| var(&["y", "x"], &[1, 2], vec![1.0, 2.0], &[("units", name)]);
        Dataset::new()
            .with_coord_variable(a, lon("degrees_east"))
            .with_coord_variable(b, lon("degrees_east"))
    };
    let rename = Fixes::new([Fix::Rename]);
    assert!(two("TLONG", "ULONG").fix(&rename).has("lon"));
    let e = two("lon_u", "lon_v").fix(&rename).check().unwrap_err().to_string();
    assert!(e.contains("several variables are a longitude: lon_u, lon_v"), "{e}");
    assert!(e.contains("in fix rename") && e.contains("also(Word::Lon"), "{e}");
    let words = Vocabulary::cmip().also(Word::Lon, ["lon_v"]);
    let ds = two("lon_u", "lon_v").fix(&rename.clone().with_vocabulary(words));
    assert!(ds.has("lon") && ds.has("lon_u"));
    let taken = two("TLONG", "ULONG").with_var("lon", "n", vec![1]).fix(&rename);
    assert!(taken.check().unwrap_err().to_string().contains("that name is taken"));
    let points = Dataset::new()
        .with_coord_variable("lon", var(&["cell"], &[2], vec![1.0, 2.0], &[]))
        .with_coord_variable("lat", var(&["cell"], &[2], vec![1.0, 2.0], &[]));
    let (same, log) = rename.apply(&points).unwrap();
    assert!(log.is_empty() && same["lon"].dims().to_string() == "cell");
    assert!(log.to_string().contains("no x and y"), "{log}");
}

#[test]
fn a_second_time_of_what_is_odd_changes_nothing() {
    let on = |dims: &[&str]| {
        let shape = vec![2; dims.len()];
        var(dims, &shape, vec![10.0; 1 << dims.len()], &[])
    };
    let wide = Dataset::new()
        .with_coord("lat", "lat", (0..120).map(f64::from).collect::<Vec<f64>>())
        .with_coord("lon", "lon", (0..200).map(f64::from).collect::<Vec<f64>>())
        .with_var("t", ["lat", "lon"], (vec![0.0f32; 24_000], [120, 200]));
    let odd = [
        // Dimensions that are only named like something.
        Dataset::new().with_variable("area", on(&["longitude", "latitude"])),
        Dataset::new().with_variable("v", on(&["time", "X", "Y"])),
        Dataset::new().with_variable("v", on(&["zc1", "level"])),
        // A swath along time, a mesh, and positions too many to be kept twice.
        Dataset::new()
            .with_coord_variable("time", var(&["time"], &[2], vec![0.0, 1.0], &[("axis", "T")]))
            .with_variable("lat", on(&["time", "scan"]))
            .with_variable("lon", on(&["time", "scan"])),
        Dataset::new()
            .with_variable(
                "node_lon",
                var(&["node"], &[2], vec![0.0, 1.0], &[("units", "degrees_east")]),
            )
            .with_variable(
                "face_lon",
                var(&["face"], &[2], vec![0.0, 1.0], &[("units", "degrees_east")]),
            ),
        wide,
    ];
    for ds in odd {
        let (once, log) = Fixes::cmip().apply(&ds).unwrap();
        let (twice, again) = Fixes::cmip().apply(&once).unwrap();
        assert!(again.is_empty(), "{log}--\n{again}");
        assert_eq!(same(&once, &twice), Ok(()), "{log}");
    }
}

#[test]
fn functions_of_ones_own_are_fixes() {
    let twice = Fix::custom("twice", |ds| ds * 2.0);
    let ds = Dataset::new().with_var("v", "x", vec![1.0]);
    let (made, log) = Fixes::new([twice]).apply(&ds).unwrap();
    assert_eq!(
        (made["v"].item::<f64>().unwrap(), log.to_string()),
        (2.0, "twice: applied\n".into())
    );
    let nothing = Fixes::new([Fix::custom("nothing", Dataset::clone)]);
    assert!(nothing.apply(&ds).unwrap().1.is_empty());
    let wrong = Fixes::new([Fix::custom("wrong", |ds| ds.isel("z", 0))]);
    let e = wrong.apply(&ds).unwrap_err().to_string();
    assert!(e.contains("in fix wrong") && e.contains("no dimension \"z\""), "{e}");
}
