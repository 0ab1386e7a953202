//! The compliance report and the time audit.

use std::sync::Arc;

use graticule_array::{Array, DType, Scalar, TimeType};
use graticule_cftime::{Calendar, DateTime, TimeUnit};
use graticule_dataset::{Attrs, Dataset, Dims, Encoding, Severity, Variable};
use graticule_lazy::LazyArray;
use graticule_storage::{CountingSource, MemorySource};

fn line(dim: &str, values: Vec<f64>, pairs: &[(&str, &str)]) -> Variable {
    Variable::new(dim, values).unwrap().with_attrs(pairs.iter().copied().collect())
}

fn field(pairs: &[(&str, &str)]) -> Variable {
    Variable::new(["lat", "lon"], (vec![280.0; 6], [2, 3]))
        .unwrap()
        .with_attrs(pairs.iter().copied().collect())
}

/// A dataset that violates nothing.
fn good() -> Dataset {
    let name = "standard_name";
    Dataset::new()
        .with_attr("Conventions", "CF-1.11")
        .with_attr("title", "an example")
        .with_attr("history", "made")
        .with_coord_variable(
            "lat",
            line(
                "lat",
                vec![10.0, 20.0],
                &[(name, "latitude"), ("units", "degrees_north"), ("bounds", "lat_bnds")],
            ),
        )
        .with_coord_variable(
            "lon",
            line(
                "lon",
                vec![0.0, 1.0, 2.0],
                &[(name, "longitude"), ("units", "degrees_east"), ("axis", "X")],
            ),
        )
        .with_var("lat_bnds", ["lat", "nv"], (vec![5.0, 15.0, 15.0, 25.0], [2, 2]))
        .with_variable("areacella", field(&[(name, "cell_area"), ("units", "m2")]))
        .with_variable(
            "crs",
            Variable::new(Dims::none(), 0)
                .unwrap()
                .with_attrs(Attrs::new().with("grid_mapping_name", "latitude_longitude")),
        )
        .with_variable(
            "tas",
            field(&[
                (name, "air_temperature"),
                ("units", "K"),
                ("cell_measures", "area: areacella"),
                ("cell_methods", "area: time: mean (interval: 1 hr)"),
                ("grid_mapping", "crs"),
            ]),
        )
}

/// The findings about a variable and an attribute, as section and severity.
fn found(ds: &Dataset, variable: &str, attribute: &str) -> Vec<(&'static str, Severity)> {
    let report = ds.cf().report().unwrap();
    report
        .findings()
        .iter()
        .filter(|f| f.variable.as_deref().unwrap_or("") == variable)
        .filter(|f| attribute.is_empty() || f.attribute.as_deref() == Some(attribute))
        .map(|f| (f.section, f.severity))
        .collect()
}

#[test]
fn what_complies_is_left_in_peace() {
    let report = good().cf().report().unwrap();
    assert!(report.findings().is_empty(), "{report}");
    assert!(report.is_compliant());
    assert!(Dataset::new().cf().report().unwrap().findings().len() > 1);
    assert!(Dataset::new().isel("x", 0).cf().report().is_err());
}

#[test]
fn seeded_violations_are_found() {
    let set = |name: &str, attr: &str, value: &str| {
        let ds = good();
        let var = ds.variable(name).unwrap().clone();
        let attrs = var.attrs().clone().with(attr, value);
        let coord = ds.is_coord(name);
        let var = var.with_attrs(attrs);
        if coord { ds.with_coord_variable(name, var) } else { ds.with_variable(name, var) }
    };
    // Variable, attribute, value, section.
    let seeds = [
        ("tas", "units", "Kelvni", "3.1"),
        ("tas", "units", "m s-1", "3.3"),
        ("tas", "units", "1000 K", "3.1"),
        ("tas", "standard_name", "air temperature now", "3.3"),
        ("tas", "standard_name", "air_temperature upside_down", "3.3"),
        ("tas", "ancillary_variables", "tas_err", "3.4"),
        ("tas", "flag_meanings", "a b", "3.5"),
        ("lon", "axis", "W", "4"),
        ("lat", "units", "m", "4.1"),
        ("tas", "positive", "sideways", "4.3"),
        ("lat", "formula_terms", "sigma: lat", "4.3.3"),
        ("tas", "coordinates", "lat2", "5"),
        ("tas", "grid_mapping", "crs: lat lom", "5.6"),
        ("crs", "grid_mapping_name", "mercater", "5.6"),
        ("lat", "bounds", "lat_bnd", "7.1"),
        ("lat", "bounds", "areacella", "7.1"),
        ("tas", "cell_measures", "area: areacello", "7.2"),
        ("areacella", "units", "m", "7.2"),
        ("tas", "cell_methods", "time mean", "7.3"),
        ("tas", "cell_methods", "time: average", "7.3"),
        ("tas", "geometry", "shapes", "7.5"),
        ("lon", "sample_dimension", "obs", "9.3.3"),
        ("tas", "cf_role", "station_id", "9.5"),
    ];
    for (name, attr, value, section) in seeds {
        let all = found(&set(name, attr, value), name, "");
        assert!(
            all.contains(&(section, Severity::Error)),
            "{name}:{attr} = {value} is not found in {section}: {all:?}"
        );
    }
    let wrong = good().with_attr("Conventions", "COARDS").with_attr("featureType", "blob");
    assert_eq!(found(&wrong, "", "Conventions"), [("2.6.1", Severity::Error)]);
    assert_eq!(found(&wrong, "", "featureType"), [("9.4", Severity::Error)]);
}

#[test]
fn twelve_violations_at_once_are_found_before_anything_is_read_or_written() {
    let field = |source: &CountingSource, attrs: &[(&str, &str)]| {
        let data = LazyArray::read(Arc::new(source.clone()));
        Variable::new(["lat", "lon"], data).unwrap().with_attrs(attrs.iter().copied().collect())
    };
    let values = Array::from_vec([2, 3], vec![1.0; 6]).unwrap();
    let source = CountingSource::new(Arc::new(MemorySource::new(values)));
    let ds = good()
        .with_attr("Conventions", "COARDS")
        .with_attr("featureType", "blob")
        .with_variable("a", field(&source, &[("units", "Kelvni")]))
        .with_variable("b", field(&source, &[("standard_name", "air temperature now")]))
        .with_variable("c", field(&source, &[("ancillary_variables", "c_err")]))
        .with_variable("d", field(&source, &[("flag_meanings", "good bad")]))
        .with_variable("e", field(&source, &[("positive", "sideways")]))
        .with_variable("f", field(&source, &[("coordinates", "lat2 lon2")]))
        .with_variable("g", field(&source, &[("grid_mapping", "nothing")]))
        .with_variable("h", field(&source, &[("cell_measures", "area: nothing")]))
        .with_variable("i", field(&source, &[("cell_methods", "time mean")]))
        .with_variable("j", field(&source, &[("cf_role", "station_id")]));
    // On what was opened or made as on what verbs made of it.
    let derived = (&ds * 2.0).isel("lat", 0..1).with_attrs(ds.attrs().clone());
    for ds in [&ds, &derived, &ds.sel("lon", 1.0)] {
        let sections = [
            ("", "Conventions", "2.6.1"),
            ("", "featureType", "9.4"),
            ("a", "units", "3.1"),
            ("b", "standard_name", "3.3"),
            ("c", "ancillary_variables", "3.4"),
            ("d", "flag_meanings", "3.5"),
            ("e", "positive", "4.3"),
            ("f", "coordinates", "5"),
            ("g", "grid_mapping", "5.6"),
            ("h", "cell_measures", "7.2"),
            ("i", "cell_methods", "7.3"),
            ("j", "cf_role", "9.5"),
        ];
        for (variable, attribute, section) in sections {
            let all = found(ds, variable, attribute);
            assert!(all.contains(&(section, Severity::Error)), "{variable}:{attribute} {all:?}");
        }
        assert!(!ds.cf().report().unwrap().is_compliant());
    }
    assert_eq!(source.reads(), 0);
}

#[test]
fn standard_names_are_looked_up_in_the_table() {
    let named = |name: &str, units: &str| {
        let ds = good();
        let var = ds.variable("tas").unwrap().clone();
        let attrs = var.attrs().clone().with("standard_name", name).with("units", units);
        ds.with_variable("tas", var.with_attrs(attrs))
    };
    let of = |name: &str, units: &str| found(&named(name, units), "tas", "standard_name");
    assert_eq!(of("air_temprature", "K"), [("3.3", Severity::Error)]);
    let report = named("air_temprature", "K").cf().report().unwrap().to_string();
    assert!(report.contains("did you mean \"air_temperature\"?"), "{report}");
    assert_eq!(of("greenness_of_the_house_next_door", "1"), [("3.3", Severity::Warning)]);
    let report = named("sea_surface_elevation", "m").cf().report().unwrap().to_string();
    assert!(report.contains("\"sea_surface_height_above_geoid\" now"), "{report}");
    assert_eq!(of("sea_surface_elevation", "m"), [("3.3", Severity::Advice)]);
    let wrong = named("sea_surface_elevation", "K");
    assert_eq!(found(&wrong, "tas", "units"), [("3.3", Severity::Error)]);
    // A name and its aliases find each other.
    let ds = named("sea_surface_elevation", "m");
    assert_eq!(ds.cf().name("sea_surface_height_above_geoid").unwrap(), "tas");
    let ds = named("sea_surface_height_above_geoid", "m");
    assert_eq!(ds.cf().name("sea_surface_elevation").unwrap(), "tas");
    assert!(ds.cf().name("sea_surface_temperature").is_err());
}

#[test]
fn violations_in_storage_and_values_are_found() {
    let encoding = Encoding {
        dtype: Some(DType::I16),
        fill: Some(Scalar::F32(-999.0)),
        scale: Some(Scalar::F32(0.1)),
        offset: Some(Scalar::F64(1.0)),
        ..Encoding::default()
    };
    let ds = good();
    let packed = ds.variable("tas").unwrap().clone().with_encoding(encoding);
    let ds = ds.with_variable("tas", packed);
    let all = found(&ds, "tas", "");
    assert!(all.contains(&("2.5.1", Severity::Error)) && all.contains(&("8.1", Severity::Error)));
    let zigzag = good().isel("lon", [0, 2, 1]);
    assert_eq!(found(&zigzag, "lon", ""), [("5", Severity::Error)]);
    let outside =
        good().with_var("lat_bnds", ["lat", "nv"], (vec![15.0, 16.0, 15.0, 25.0], [2, 2]));
    assert_eq!(found(&outside, "lat", ""), [("7.1", Severity::Advice)]);
    let turned = good().transpose(["lon", "lat", "nv"]);
    assert!(found(&turned, "tas", "").contains(&("2.4", Severity::Advice)));
}

fn instants(dates: &[DateTime], calendar: Calendar) -> Array {
    let ticks = dates.iter().map(|d| d.to_ticks(TimeUnit::Second, calendar).unwrap()).collect();
    let time = TimeType { unit: TimeUnit::Second, calendar };
    Array::from_vec([dates.len()], ticks).unwrap().cast(&DType::Time(time)).unwrap()
}

fn months(calendar: Calendar, list: &[(i64, u8)]) -> Dataset {
    let dates: Vec<DateTime> = list.iter().map(|(y, m)| DateTime::day(*y, *m, 15)).collect();
    Dataset::new().with_coord("time", "time", instants(&dates, calendar))
}

#[test]
fn months_are_a_step_in_every_calendar() {
    for calendar in [Calendar::Standard, Calendar::NoLeap, Calendar::Day360, Calendar::Julian] {
        let list: Vec<(i64, u8)> = (0..30).map(|i| (2000 + i / 12, (i % 12) as u8 + 1)).collect();
        let audit = months(calendar, &list).cf().time_audit().unwrap();
        assert!(audit.is_regular(), "{audit}");
        let short: Vec<_> =
            list.iter().copied().filter(|d| *d != (2001, 2) && *d != (2001, 3)).collect();
        let audit = months(calendar, &short).cf().time_audit().unwrap();
        assert_eq!(audit.gaps.len(), 1, "{audit}");
        assert_eq!(audit.gaps[0].absent, 2);
        if calendar != Calendar::Day360 {
            assert_eq!(audit.step.as_deref(), Some("1 month"));
        }
    }
}

#[test]
fn audits_find_duplicates_disorder_and_bounds() {
    let day = |d: u8| DateTime::day(2000, 1, d);
    let dates = [1, 2, 3, 3, 4, 6, 5].map(day);
    let ds = Dataset::new().with_coord("time", "time", instants(&dates, Calendar::Standard));
    let audit = ds.cf().time_audit().unwrap();
    assert_eq!((audit.duplicates.count, audit.backward.count, audit.gaps.len()), (1, 1, 1));
    assert_eq!(audit.frequency, None);
    assert!(audit.to_string().contains("mostly every 1 day"), "{audit}");

    let noon = DateTime::new(2000, 1, 9, 12, 0, 0);
    let dates = [day(1), day(2), day(3), day(4), noon];
    let ds = Dataset::new().with_coord("time", "time", instants(&dates, Calendar::Standard));
    assert_eq!(ds.cf().time_audit().unwrap().irregular.count, 1);

    let days = [day(1), day(2), day(3)];
    let edges = [day(1), day(2), day(2), day(3), day(4), day(5)];
    let time = Variable::new("time", instants(&days, Calendar::Standard))
        .unwrap()
        .with_attrs(Attrs::new().with("bounds", "time_bnds"));
    let bounds = instants(&edges, Calendar::Standard).reshape(&[3, 2]).unwrap();
    let ds = Dataset::new().with_coord_variable("time", time).with_var(
        "time_bnds",
        ["time", "nv"],
        bounds,
    );
    let audit = ds.cf().time_audit().unwrap();
    assert_eq!(audit.bounds.count, 1);
    assert!(audit.to_string().contains("2000-01-03 lies outside its bounds"), "{audit}");

    let numbers = Dataset::new().with_coord("time", "time", vec![1.0, 2.0]);
    assert!(numbers.cf().time_audit().unwrap_err().to_string().contains("decoded"));
    assert!(Dataset::new().cf().time_audit().is_err());
    let one = Dataset::new().with_coord("time", "time", instants(&days[..1], Calendar::Standard));
    assert!(one.cf().time_audit().unwrap().is_regular());
}
