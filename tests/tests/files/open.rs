use std::fs;

use graticule::{OpenOptions, open_dataset, open_dataset_with, open_groups, session};

use crate::day_file;

#[test]
fn coordinates_are_in_memory_and_data_is_not() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.nc");
    day_file(&path, 0, "2001-01-01");
    let ds = open_dataset(&path).unwrap();
    assert!(ds.variable("lat").unwrap().in_memory().is_some());
    assert!(ds.variable("t").unwrap().in_memory().is_none());
    assert_eq!(ds["t"].values::<f32>().unwrap(), [0.0, 1.0, 2.0, 3.0]);
    assert_eq!(ds["t"].sel("time", "2001-01-01T12:00").values::<f32>().unwrap(), [2.0, 3.0]);
    assert_eq!(ds.attrs().text("title"), Some("two days"));
    assert_eq!(ds.encoding().origin.as_ref().unwrap().path(), path);
    let plain = open_dataset_with(&path, &OpenOptions::undecoded(), &session()).unwrap();
    assert_eq!(plain["time"].values::<f64>().unwrap(), [0.0, 0.5]);
    assert_eq!(plain.variable("time").unwrap().attrs().text("calendar"), Some("noleap"));
    assert_eq!(open_groups(&path).unwrap().len(), 1);
}

#[test]
fn what_cannot_be_opened_is_said() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str, bytes: &[u8]| {
        let path = folder.path().join(name);
        fs::write(&path, bytes).unwrap();
        open_dataset(&path).unwrap_err()
    };
    let missing = open_dataset(folder.path().join("none.nc")).unwrap_err();
    assert!(missing.is_not_found() && missing.to_string().contains("none.nc"), "{missing}");
    let directory = open_dataset(folder.path()).unwrap_err();
    assert!(directory.to_string().contains("directory"), "{directory}");
    let empty = at("empty.nc", b"");
    assert!(empty.is_corrupt() && empty.to_string().contains("the file is empty"), "{empty}");
    let page = at("page.nc", b"<!DOCTYPE html><html>404</html>");
    assert!(page.to_string().contains("web page"), "{page}");
    assert!(page.to_string().contains("this build reads"), "{page}");
    let zipped = at("z.nc.gz", b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00");
    assert!(zipped.to_string().contains("gzip"), "{zipped}");
    let odd = at("odd.nc", b"hello");
    assert!(odd.is_unsupported() && odd.to_string().contains("\"hello\""), "{odd}");
    let url = open_dataset("https://example.org/a.nc").unwrap_err();
    assert!(url.is_unsupported(), "{url}");

    let path = folder.path().join("whole.nc");
    day_file(&path, 0, "2001-01-01");
    let bytes = fs::read(&path).unwrap();
    // Formats with their metadata in front may open; the lost data is missed when it is read.
    let cut = folder.path().join("cut.nc");
    fs::write(&cut, bytes.get(..bytes.len() / 3).unwrap()).unwrap();
    let cut = open_dataset(&cut).and_then(graticule::Dataset::load).unwrap_err();
    assert!(cut.to_string().contains("cut.nc"), "{cut}");

    let group = OpenOptions::new().group("forecast");
    let error = open_dataset_with(&path, &group, &session()).unwrap_err();
    assert!(error.to_string().contains("no group \"forecast\""), "{error}");
}

/// Characters over a dimension that numbers use too are no text, and stay so where the dimension
/// is repeated and goes under another name.
#[test]
fn a_repeated_dimension_of_numbers_is_no_width_of_text() {
    use graticule::storage::{RawDim, RawSchema, RawVarSchema, Storage};
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("square.nc");
    let var = |name: &str, dims: &[&str], dtype| RawVarSchema {
        name: name.into(),
        dims: dims.iter().map(|d| (*d).to_owned()).collect(),
        dtype,
        attrs: Vec::new(),
        fill: None,
        storage: Storage::default(),
    };
    let schema = RawSchema {
        dims: vec![RawDim { name: "x".into(), len: 2, unlimited: false }],
        attrs: Vec::new(),
        vars: vec![
            var("letters", &["x", "x"], graticule::DType::Char),
            var("numbers", &["x"], graticule::DType::I32),
        ],
    };
    let backends = graticule::backends();
    let hdf5 = backends.iter().find(|b| b.name() == "hdf5").unwrap();
    hdf5.create(&graticule::Location::new(&path), &schema).unwrap().finish().unwrap();
    let ds = graticule::open_dataset(&path).unwrap();
    assert_eq!(ds["letters"].shape(), [2, 2]);
}
