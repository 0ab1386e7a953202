//! Packing of the first file used for all (1), files packed differently read as one (2), packing
//! twice on appending (13).

use std::path::Path;

use graticule::{
    DType, Dataset, Encoding, Scalar, WriteOptions, concat, open_dataset, open_mfdataset,
};

use crate::new;

/// Two values of a day, packed into 16 bits by this scale and offset.
fn packed(path: &Path, day: i32, values: [f64; 2], scale: f64, offset: f64) {
    let encoding = Encoding {
        dtype: Some(DType::I16),
        scale: Some(Scalar::F64(scale)),
        offset: Some(Scalar::F64(offset)),
        fill: Some(Scalar::I16(-32768)),
        ..Encoding::default()
    };
    new()
        .with_coord("t", "t", vec![2 * day, 2 * day + 1])
        .with_var("v", "t", values.to_vec())
        .write_with(path, &WriteOptions::new().encoding("v", encoding))
        .unwrap();
}

fn values(set: &Dataset) -> Vec<f64> {
    set["v"].values::<f64>().unwrap()
}

/// Three files: each its own range, that of none holds the others.
fn archive(folder: &Path) -> String {
    packed(&folder.join("a.nc"), 0, [0.0, 1.0], 0.001, 0.0);
    packed(&folder.join("b.nc"), 1, [1000.0, 1001.0], 0.5, 0.0);
    packed(&folder.join("c.nc"), 2, [-70_000.0, 70_000.0], 10.0, 100.0);
    folder.join("*.nc").to_str().unwrap().to_owned()
}

const WHOLE: [f64; 6] = [0.0, 1.0, 1000.0, 1001.0, -70_000.0, 70_000.0];

#[test]
fn each_file_is_decoded_by_its_own_packing() {
    let folder = tempfile::tempdir().unwrap();
    let ds = open_mfdataset(archive(folder.path())).unwrap();
    assert_eq!(values(&ds), WHOLE);
}

#[test]
fn the_packing_of_one_file_is_not_written_for_all() {
    let folder = tempfile::tempdir().unwrap();
    let ds = open_mfdataset(archive(folder.path())).unwrap();
    let encoding = ds.variable("v").unwrap().encoding();
    assert_eq!((&encoding.scale, &encoding.offset, &encoding.dtype), (&None, &None, &None));
    let out = tempfile::tempdir().unwrap();
    let path = out.path().join("all.nc");
    ds.write(&path).unwrap();
    assert_eq!(values(&open_dataset(&path).unwrap()), WHOLE);
    // By hand as by pattern.
    let parts: Vec<_> =
        ["a.nc", "b.nc", "c.nc"].map(|n| open_dataset(folder.path().join(n)).unwrap()).into();
    let joined = concat(&parts, "t").unwrap();
    assert_eq!(values(&joined), WHOLE);
    joined.write(out.path().join("joined.nc")).unwrap();
    assert_eq!(values(&open_dataset(out.path().join("joined.nc")).unwrap()), WHOLE);
}

#[test]
fn values_that_have_changed_are_not_packed_as_before() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.nc");
    packed(&path, 0, [0.0, 1.0], 0.001, 0.0);
    let ds = open_dataset(&path).unwrap();
    let far = &ds + 1e6;
    let out = folder.path().join("far.nc");
    far.write(&out).unwrap();
    assert_eq!(values(&open_dataset(&out).unwrap()), [1e6, 1e6 + 1.0]);
}

#[test]
fn packed_files_written_again_are_not_packed_twice() {
    let folder = tempfile::tempdir().unwrap();
    let first = folder.path().join("a.nc");
    packed(&first, 0, [0.25, -7.5], 0.25, 100.0);
    let mut from = first;
    for round in 0..3 {
        let ds = open_dataset(&from).unwrap();
        assert_eq!(values(&ds), [0.25, -7.5], "round {round}");
        let longer = concat(&[ds.isel("t", 0..1), ds.isel("t", 1..2)], "t").unwrap();
        from = folder.path().join(format!("round{round}.nc"));
        longer.write(&from).unwrap();
    }
    assert_eq!(values(&open_dataset(&from).unwrap()), [0.25, -7.5]);
}
