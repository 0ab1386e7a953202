//! What CF attributes say survives files, and verbs between two files.

// A test may fail by panic.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]

use graticule::{Attrs, Crs, Dataset, OpenOptions, Variable, open_dataset_with, session};

fn attrs(pairs: &[(&str, &str)]) -> Attrs {
    pairs.iter().copied().collect()
}

#[test]
fn bounds_methods_and_mappings_survive_files() {
    let folder = std::env::temp_dir().join(format!("graticule-cf-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let (first, second) = (folder.join("a.nc"), folder.join("b.nc"));
    let time = Variable::new("time", vec![15.0, 45.0]).unwrap().with_attrs(attrs(&[
        ("units", "days since 2001-01-01"),
        ("bounds", "time_bnds"),
        ("axis", "T"),
    ]));
    let t = Variable::new(["time", "x"], (vec![1.0f32, 2.0, 3.0, 4.0], [2, 2]))
        .unwrap()
        .with_attrs(attrs(&[("units", "degC"), ("cell_methods", "time: mean")]));
    Dataset::new()
        .with_session(&session())
        .with_attr("Conventions", "CF-1.11")
        .with_coord_variable("time", time)
        .with_var("time_bnds", ["time", "nv"], (vec![0.0, 31.0, 31.0, 59.0], [2, 2]))
        .with_variable("t", t)
        .with_crs("crs", &Crs::from_proj("+proj=longlat +R=6371229").unwrap(), "t")
        .write(&first)
        .unwrap();

    let all = OpenOptions::new().decode_coords(graticule::dataset::CoordNames::All);
    let ds = open_dataset_with(first.as_path(), &all, &session()).unwrap();
    assert!(ds.is_coord("time_bnds") && ds.is_coord("crs"));
    assert_eq!(ds.cf().crs("t").unwrap().number("earth_radius"), Some(6_371_229.0));
    let made = ds.var("t").convert_units("K").mean("time");
    made.to_dataset().with_attr("Conventions", "CF-1.11").write(&second).unwrap();

    let back = open_dataset_with(second.as_path(), &all, &session()).unwrap();
    let found = back.variable("t").unwrap().attrs().clone();
    assert_eq!(found.text("cell_methods"), Some("time: mean time: mean"));
    assert_eq!(found.text("units"), Some("K"));
    assert_eq!(back["t"].values::<f32>().unwrap(), [275.15, 276.15]);
    let edges = back["time_bnds"].to_array().unwrap();
    assert_eq!(edges.shape(), [2]);
    let shown = graticule::AttrValue::new(edges).to_string();
    assert!(shown.contains("2001-01-01") && shown.contains("2001-03-01"), "{shown}");
    assert_eq!(back.cf().crs("t").unwrap().grid_mapping_name(), "latitude_longitude");
    assert!(back.cf().report().unwrap().is_compliant(), "{}", back.cf().report().unwrap());
    std::fs::remove_dir_all(&folder).unwrap();
}
