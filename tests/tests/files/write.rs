use graticule::{
    Array, Calendar, Compression, DType, DataArray, Encoding, Scalar, TimeType, TimeUnit,
    WriteOptions, open_dataset,
};

use crate::{day_file, new};

#[test]
fn what_is_written_opens_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let ticks = Array::from_vec([3], vec![0i64, 3600, i64::MIN]).unwrap();
    let time = TimeType { unit: TimeUnit::Second, calendar: Calendar::Day360 };
    let ds = new()
        .with_coord("x", "x", vec![1.5, 2.5, 3.5])
        .with_coord("label", "x", vec!["one", "two", "drei"])
        .with_var("when", "x", ticks.with_dtype(DType::Time(time)).unwrap())
        .with_var("flag", "x", vec![true, false, true])
        .with_var("gap", ["y", "x"], (vec![1.0f32, f32::NAN, 3.0, 4.0, 5.0, 6.0], [2, 3]))
        .with_var("count", "x", vec![1i64, 2, 3])
        .with_var("level", (), 7i16)
        .with_attr("title", "round trip");
    let path = folder.path().join("a.nc");
    ds.write(&path).unwrap();
    let back = open_dataset(&path).unwrap();
    assert_eq!(back.attrs(), ds.attrs());
    assert!(back.is_coord("label") && !back.is_coord("gap"));
    for (name, var) in ds.variables() {
        let (a, b) = (ds.var(name).compute().unwrap(), back.var(name).compute().unwrap());
        assert_eq!(b.dims(), a.dims(), "{name}");
        assert_eq!(&b.dtype(), var.dtype(), "{name}");
        assert_eq!(format!("{:?}", b.variable()), format!("{:?}", a.variable()), "{name}");
    }
}

#[test]
fn times_keep_their_units_and_bounds_share_them() {
    let folder = tempfile::tempdir().unwrap();
    let time = DataArray::new("time", "time", vec![0.5, 1.5])
        .with_attr("units", "days since 1850-01-01")
        .with_attr("bounds", "time_bnds");
    let ds = new().with_coord_variable("time", time.variable()).with_var(
        "time_bnds",
        ["time", "nv"],
        (vec![0.0, 1.0, 1.0, 2.0], [2, 2]),
    );
    let (a, b) = (folder.path().join("a.nc"), folder.path().join("b.nc"));
    ds.write(&a).unwrap();
    let decoded = open_dataset(&a).unwrap();
    assert!(matches!(decoded["time_bnds"].dtype(), DType::Time(_)));
    decoded.write(&b).unwrap();
    let plain = graticule::OpenOptions::undecoded();
    let raw = graticule::open_dataset_with(&b, &plain, &graticule::session()).unwrap();
    assert_eq!(raw["time"].values::<f64>().unwrap(), [0.5, 1.5]);
    assert_eq!(raw["time_bnds"].values::<f64>().unwrap(), [0.0, 1.0, 1.0, 2.0]);
    let attrs = |n: &str| raw.variable(n).unwrap().attrs().clone();
    assert_eq!(attrs("time").text("units"), Some("days since 1850-01-01"));
    assert!(!attrs("time_bnds").has("units"));
}

#[test]
fn packing_is_kept_while_it_fits_and_dropped_after_a_change() {
    let folder = tempfile::tempdir().unwrap();
    let packed = Encoding {
        dtype: Some(DType::I16),
        scale: Some(Scalar::F64(0.01)),
        offset: Some(Scalar::F64(273.0)),
        fill: Some(Scalar::I16(-32768)),
        ..Encoding::default()
    };
    let ds = new().with_var("t", "x", vec![273.0, 280.5, f64::NAN]);
    let at = |n: &str| folder.path().join(n);
    ds.write_with(at("a.nc"), &WriteOptions::new().encoding("t", packed.clone())).unwrap();
    let a = open_dataset(at("a.nc")).unwrap();
    assert_eq!(a.variable("t").unwrap().encoding().dtype, Some(DType::I16));
    a.write(at("b.nc")).unwrap();
    let b = open_dataset(at("b.nc")).unwrap();
    assert_eq!(b.variable("t").unwrap().encoding().dtype, Some(DType::I16));
    assert_eq!(format!("{:?}", b["t"].values::<f64>()), format!("{:?}", a["t"].values::<f64>()));
    let changed = a["t"].clone() + 1e6;
    new().with_variable("t", changed.variable()).write(at("c.nc")).unwrap();
    let c = open_dataset(at("c.nc")).unwrap();
    assert_eq!(c.variable("t").unwrap().encoding().dtype, Some(DType::F64));

    let options = WriteOptions::new().encoding("t", packed);
    let hot = new().with_var("t", "x", vec![1e6]);
    let error = hot.write_with(at("d.nc"), &options).unwrap_err();
    assert!(error.to_string().contains("\"t\""), "{error}");
    assert!(!at("d.nc").exists(), "a failed write leaves nothing");
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 3);
}

#[test]
fn storage_follows_the_options() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.nc");
    let ds = new().with_var("v", ["t", "x"], (vec![1.0f32; 4000], [40, 100]));
    let options = WriteOptions::new()
        .compression(Compression::Deflate(4))
        .encoding("v", Encoding { chunks: Some(vec![10, 100]), ..Encoding::default() })
        .unlimited(["t"]);
    ds.write_with(&path, &options).unwrap();
    let back = open_dataset(&path).unwrap();
    let encoding = back.variable("v").unwrap().encoding().clone();
    assert_eq!(encoding.chunks, Some(vec![10, 100]));
    assert_eq!(encoding.unlimited, ["t"]);
    let names: Vec<&str> = encoding.filters.iter().map(|f| f.name.as_str()).collect();
    assert_eq!(names, ["shuffle", "deflate"]);
}

#[test]
fn wrong_targets_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.nc");
    day_file(&path, 0, "2001-01-01");
    let ds = open_dataset(&path).unwrap();
    let own = ds.write(&path).unwrap_err();
    assert!(own.to_string().contains("load()"), "{own}");
    let odd = ds.write(folder.path().join("a.xyz")).unwrap_err();
    assert!(odd.to_string().contains("can be written are"), "{odd}");
    let bare = ds.write(folder.path().join("a")).unwrap_err();
    assert!(bare.to_string().contains("extension"), "{bare}");
    let faulted = ds.isel("tme", 0).write(folder.path().join("b.nc")).unwrap_err();
    assert!(faulted.to_string().contains("did you mean \"time\""), "{faulted}");
    let unknown = WriteOptions::new().encoding("tt", Encoding::default());
    assert!(ds.write_with(folder.path().join("b.nc"), &unknown).unwrap_err().is_not_found());
}
