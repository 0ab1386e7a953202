use graticule::{Array, Compression, DataArray, Dataset, Scalar, WriteOptions, open_dataset};

use crate::{assert_same, empty, folder, raw};

/// Every type that a file can hold, 2-D coordinates, scalars, attributes of all types.
fn all_sorts() -> Dataset {
    let lon2d = DataArray::new("lon2d", ["y", "x"], (vec![1., 2., 3., 4., 5., 6.], [2, 3]))
        .with_attr("units", "degrees_east");
    let t2m = DataArray::new(
        "t2m",
        ["time", "y", "x"],
        ((0..24).map(|i| if i == 7 { f32::NAN } else { i as f32 }).collect::<Vec<_>>(), [4, 2, 3]),
    )
    .with_attr("units", "K")
    .with_attr("zeta", 1i16)
    .with_attr("alpha", vec![1.5f64, 2.5])
    .with_attr("flags", vec![1i8, -2, 4])
    .with_attr("big", 1u64 << 60)
    .with_attr("valid_max", 330.0f32)
    .with_attr("empty", "")
    .with_attr("umlauts", "Größe ≥ 0 °C");
    empty()
        .with_attr("title", "round trip")
        .with_attr("history", "made\nof lines")
        .with_attr("answer", 42i32)
        .with_coord("time", "time", vec![1i32, 2, 4, 8])
        .with_coord("name", "x", vec!["a", "", "Ångström"])
        .with_coord_variable("lon2d", lon2d.variable())
        .with_coord("height", (), 2.0f32)
        .with_variable("t2m", t2m.variable())
        .with_var("i8", "x", vec![-128i8, 0, 127])
        .with_var("u8", "x", vec![0u8, 1, 255])
        .with_var("i16", "x", vec![i16::MIN, 0, i16::MAX])
        .with_var("u16", "x", vec![0u16, 1, u16::MAX])
        .with_var("i32", "x", vec![i32::MIN, 0, i32::MAX])
        .with_var("u32", "x", vec![0u32, 1, u32::MAX])
        .with_var("i64", "x", vec![i64::MIN, 0, i64::MAX])
        .with_var("u64", "x", vec![0u64, 1, u64::MAX])
        .with_var("f32", "x", vec![f32::MIN_POSITIVE / 2.0, -0.0, f32::INFINITY])
        .with_var("f64", "x", vec![f64::NAN, 1.0 / 3.0, f64::MAX])
        .with_var("truth", ["y", "x"], (vec![true, false, true, true, false, false], [2, 3]))
        .with_var("text", (), "one text")
        .with_var("number", (), 7i16)
}

#[test]
fn everything_comes_back() {
    let folder = folder();
    let path = folder.path().join("a.nc");
    let set = all_sorts();
    set.write(&path).unwrap();
    assert_same(&open_dataset(&path).unwrap(), &set);
}

#[test]
fn however_it_is_stored() {
    let folder = folder();
    let path = folder.path().join("a.nc");
    let set = all_sorts();
    for how in [Compression::None, Compression::Deflate(1), Compression::Deflate(9)] {
        for unlimited in [vec![], vec!["time"], vec!["time", "x"]] {
            let options = WriteOptions::new().compression(how).unlimited(unlimited.clone());
            set.write_with(&path, &options).unwrap();
            let back = open_dataset(&path).unwrap();
            assert_same(&back, &set);
            assert_eq!(back.encoding().unlimited, unlimited, "{how:?}");
        }
    }
}

#[test]
fn a_copy_of_a_copy_is_stored_alike() {
    let folder = folder();
    let (first, second) = (folder.path().join("a.nc"), folder.path().join("b.nc"));
    all_sorts().write_with(&first, &WriteOptions::new().unlimited(["time"])).unwrap();
    open_dataset(&first).unwrap().write(&second).unwrap();
    assert_same(&raw(&second), &raw(&first));
    for (name, var) in raw(&first).variables() {
        let again = raw(&second).variable(name).unwrap().encoding().clone();
        let wanted = var.encoding();
        assert_eq!(again.dtype, wanted.dtype, "{name}");
        assert_eq!(again.chunks, wanted.chunks, "{name}");
        assert_eq!(again.filters, wanted.filters, "{name}");
        assert_eq!(again.unlimited, wanted.unlimited, "{name}");
    }
}

#[test]
fn nothing_is_written_too() {
    let folder = folder();
    let path = folder.path().join("a.nc");
    let none = empty()
        .with_attr("title", "no rows")
        .with_coord("time", "time", Vec::<f64>::new())
        .with_var("x", ["time", "lat"], Array::from_vec([0, 3], Vec::<f32>::new()));
    for unlimited in [vec![], vec!["time"]] {
        none.write_with(&path, &WriteOptions::new().unlimited(unlimited)).unwrap();
        assert_same(&open_dataset(&path).unwrap(), &none);
    }
    empty().write(&path).unwrap();
    assert_same(&open_dataset(&path).unwrap(), &empty());
}

#[test]
fn a_computed_array_comes_back_with_its_labels() {
    let folder = folder();
    let path = folder.path().join("a.nc");
    let set = all_sorts();
    let mean = (&set["t2m"] - 273.15).mean("time").with_name("celsius").to_dataset();
    mean.write(&path).unwrap();
    let back = open_dataset(&path).unwrap();
    assert_same(&back, &mean);
    assert!(back.is_coord("lon2d") && back.is_coord("height") && back.is_coord("name"));
    assert_eq!(back["height"].scalar().unwrap(), Scalar::F32(2.0));
}
