//! Opening without reading labels, and writing what was made from nothing.

use std::sync::Arc;

use graticule::storage::{CountingBytes, MemoryBytes};
use graticule::{
    CombineOptions, DataArray, Dataset, ManyOptions, OpenOptions, Session, ToNetcdf, WriteOptions,
    open_dataset, open_dataset_with, open_mfdataset_with, open_source_with, session,
};

use crate::day_file;

#[test]
fn labels_stay_unread_where_no_index_is_wanted() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.nc");
    day_file(&path, 0, "2001-01-01");
    let options = OpenOptions::new().default_indexes(false);
    let bytes = MemoryBytes::new("a.nc", std::fs::read(&path).unwrap());
    let open = |options: &OpenOptions| {
        let counted = CountingBytes::new(Arc::new(bytes.clone()));
        let ds = open_source_with(Arc::new(counted.clone()), options, &session()).unwrap();
        (ds, counted)
    };
    let ((with, all), (ds, few)) = (open(&OpenOptions::new()), open(&options));
    assert!(few.reads() < all.reads(), "{} and {}", few.reads(), all.reads());
    assert!(with.index("lat").is_some() && with.index("time").is_some());
    assert!(ds.indexes().next().is_none());
    assert!(ds.is_coord("lat") && ds.variable("lat").unwrap().in_memory().is_none());
    // Labels are looked up when they are asked for, and are the same.
    assert_eq!(ds["t"].sel("lat", 20.0).values::<f32>().unwrap(), [1.0, 3.0]);
    assert_eq!(ds["t"].sel("time", "2001-01-01T12:00").values::<f32>().unwrap(), [2.0, 3.0]);
    assert!(ds.identical(&with).is_ok());
    assert!(ds.equals(&with).unwrap());
    let loaded = ds.load_vars("lat").unwrap();
    assert!(loaded.index("lat").is_some(), "what is in memory is indexed again");
}

#[test]
fn files_go_together_without_indexes() {
    let folder = tempfile::tempdir().unwrap();
    for day in 0..3 {
        day_file(&folder.path().join(format!("{day}.nc")), day, "2001-01-01");
    }
    let open = OpenOptions::new().default_indexes(false);
    let options = ManyOptions::new().open(open).combine(CombineOptions::nested("time"));
    let pattern = folder.path().join("*.nc").to_string_lossy().into_owned();
    let ds = open_mfdataset_with(pattern.as_str(), &options, &session()).unwrap();
    assert_eq!(ds.size_of("time"), Some(6));
    assert!(ds.variable("lat").unwrap().in_memory().is_none());
    assert_eq!(ds["t"].isel("time", 4).values::<f32>().unwrap(), [2.0, 3.0]);
}

#[test]
fn what_was_made_from_nothing_is_written() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    let ds = Dataset::new()
        .with_coord("x", "x", vec![1, 2])
        .with_var("t", "x", vec![0.5, f64::NAN])
        .with_attr("title", "made");
    for name in ["a.nc", "b.nc3", "c.cdl", "no-extension", "d.strange"] {
        ds.to_netcdf(at(name)).unwrap();
        let back = open_dataset(at(name)).unwrap();
        assert!(back.equals(&ds).unwrap(), "{name}");
    }
    let is_hdf5 = |name: &str| std::fs::read(at(name)).unwrap().starts_with(b"\x89HDF");
    assert!(is_hdf5("no-extension") && is_hdf5("d.strange") && !is_hdf5("b.nc3"));
    ds.to_netcdf_with(at("e.nc"), &WriteOptions::new().format("NETCDF3_CLASSIC")).unwrap();
    assert!(std::fs::read(at("e.nc")).unwrap().starts_with(b"CDF\x01"));
    DataArray::new("t", "x", vec![1, 2]).to_netcdf(at("array.nc")).unwrap();
    assert_eq!(open_dataset(at("array.nc")).unwrap()["t"].sum(..).item::<i64>().unwrap(), 3);
    let unnamed = DataArray::new("", "x", vec![1]).to_netcdf(at("f.nc")).unwrap_err();
    assert!(unnamed.to_string().contains("with_name"), "{unnamed}");
    // A session of one's own that knows no formats is no obstacle; what came of files keeps its own.
    let own = Session::builder().threads(1).build();
    ds.clone().with_session(&own).to_netcdf(at("g.nc")).unwrap();
    (&open_dataset(at("a.nc")).unwrap() * 2.0).to_netcdf(at("h.nc")).unwrap();
    let faulted = ds.mean("y").to_netcdf(at("i.nc")).unwrap_err();
    assert!(
        faulted.to_string().contains("no dimension \"y\"") && !at("i.nc").exists(),
        "{faulted}"
    );
    let error = ds.write(at("j.nc")).unwrap_err().to_string();
    assert!(error.contains("to_netcdf"), "{error}");
    let _ = open_dataset_with(at("a.nc"), &OpenOptions::new(), &session()).unwrap();
}

/// What one file holds is known to be equal to itself, however often it is opened; two files have
/// to be looked at.
#[test]
fn a_file_opened_twice_is_one_file() {
    use graticule::merge;
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    let large = |v: f64| {
        Dataset::new().with_var("v", "x", vec![v; 20_000]).with_var("crs", (), 1).with_coord(
            "t",
            (),
            0.0,
        )
    };
    for name in ["a.nc", "a.nc3", "copy.nc"] {
        large(1.0).to_netcdf(at(name)).unwrap();
    }
    for name in ["a.nc", "a.nc3"] {
        let (one, two) = (open_dataset(at(name)).unwrap(), open_dataset(at(name)).unwrap());
        let both = merge(&[one.clone(), two.rename([("v", "w")]), two.clone()]).unwrap();
        assert_eq!(both["v"].mean("x").item::<f64>().unwrap(), 1.0);
        let double = &one["v"] + &two["v"];
        assert_eq!(double.max("x").item::<f64>().unwrap(), 2.0);
        let other = open_dataset(at("copy.nc")).unwrap();
        let error = merge(&[one, other]).unwrap_err().to_string();
        assert!(error.contains("only reading could tell") && error.contains("v"), "{error}");
        assert!(!error.contains("crs"), "small ones are compared when they are read: {error}");
    }
    // Changed, it is another file.
    let before = open_dataset(at("a.nc")).unwrap();
    std::thread::sleep(std::time::Duration::from_millis(20));
    large(2.0).to_netcdf(at("a.nc")).unwrap();
    let after = open_dataset(at("a.nc")).unwrap();
    assert!(merge(&[before, after]).is_err());
}
