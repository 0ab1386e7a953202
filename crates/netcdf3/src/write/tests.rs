//! Written files read back, in every version.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)] // a test may fail by panic

use std::path::Path;
use std::sync::Arc;

use graticule_array::{Array, ChunkGrid, DType, Region, Scalar, Text};
use graticule_storage::{
    Backend, ByteSource, FileBytes, Location, OpenOptions, RawAttr, RawDim, RawGroup, RawSchema,
    RawVarSchema, Storage,
};

use crate::Netcdf3Backend;

fn dim(name: &str, len: usize, unlimited: bool) -> RawDim {
    RawDim { name: name.into(), len, unlimited }
}

fn var(name: &str, dims: &[&str], dtype: DType) -> RawVarSchema {
    RawVarSchema {
        name: name.into(),
        dims: dims.iter().map(|d| (*d).to_owned()).collect(),
        dtype,
        attrs: vec![],
        fill: None,
        storage: Storage::default(),
    }
}

fn attr(name: &str, value: Array) -> RawAttr {
    RawAttr { name: name.into(), value }
}

/// Values that differ from their neighbours, in any type.
fn values(dtype: &DType, shape: &[usize], salt: usize) -> Array {
    let n: usize = shape.iter().product();
    let numbers = (0..n).map(|i| ((i * 7 + salt) % 120) as f64).collect::<Vec<_>>();
    let array = Array::from_vec(shape, numbers).unwrap();
    if *dtype == DType::Char {
        return array.cast(&DType::U8).unwrap().with_dtype(DType::Char).unwrap();
    }
    array.cast(dtype).unwrap()
}

fn read(path: &Path) -> (RawGroup, u8) {
    let bytes = FileBytes::open(&Location::new(path), &Arc::default()).unwrap();
    let version = bytes.read_vec(3, 1).unwrap()[0];
    (Netcdf3Backend.open(Arc::new(bytes), &OpenOptions::default()).unwrap(), version)
}

/// Writes all variables, block by block and backwards.
fn write(path: &Path, schema: &RawSchema, format: Option<&str>) -> graticule_array::Result<()> {
    let mut file = Netcdf3Backend.create_as(&Location::new(path), schema, format)?;
    for (salt, var) in schema.vars.iter().enumerate() {
        let sink = file.sink(&var.name)?;
        let info = sink.info().clone();
        let all = values(&info.dtype, &info.shape, salt);
        let indices: Vec<_> = info.grid.covering(&Region::whole(&info.shape)).iter().collect();
        for index in indices.into_iter().rev() {
            let region = info.grid.region(&index);
            sink.write(&region, &all.region(&region)?)?;
        }
    }
    file.finish()
}

fn compare(path: &Path, schema: &RawSchema) {
    let (group, _) = read(path);
    assert_eq!(group.dims, schema.dims);
    assert_eq!(group.vars.len(), schema.vars.len());
    for (salt, (read, given)) in group.vars.iter().zip(&schema.vars).enumerate() {
        assert_eq!((&read.name, &read.dims), (&given.name, &given.dims));
        let info = read.source.info();
        assert_eq!(info.dtype, given.dtype, "{}", given.name);
        let all = read.source.read(&Region::whole(&info.shape)).unwrap();
        assert!(all == values(&info.dtype, &info.shape, salt), "{}", given.name);
    }
}

fn sample(types: &[DType]) -> RawSchema {
    let mut vars = vec![var("x", &["x"], DType::F64), var("crs", &[], DType::I32)];
    for (i, dtype) in types.iter().enumerate() {
        vars.push(var(&format!("fixed{i}"), &["y", "x"], dtype.clone()));
        vars.push(var(&format!("record{i}"), &["time", "x"], dtype.clone()));
        vars.push(var(&format!("series{i}"), &["time"], dtype.clone()));
    }
    RawSchema {
        dims: vec![dim("time", 3, true), dim("y", 2, false), dim("x", 5, false)],
        attrs: vec![attr("title", Array::scalar(Text::from("hällo")))],
        vars,
    }
}

#[test]
fn every_type_in_every_version_reads_back() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.nc");
    let old = [DType::I8, DType::Char, DType::I16, DType::I32, DType::F32, DType::F64];
    let new = [DType::U8, DType::U16, DType::U32, DType::I64, DType::U64];
    for (format, version) in
        [("NETCDF3_CLASSIC", 1), ("NETCDF3_64BIT", 2), ("NETCDF3_64BIT_DATA", 5), ("NETCDF3", 1)]
    {
        let schema = sample(&old);
        write(&path, &schema, Some(format)).unwrap();
        assert_eq!(read(&path).1, version);
        compare(&path, &schema);
    }
    let schema = sample(&new);
    write(&path, &schema, None).unwrap();
    assert_eq!(read(&path).1, 5, "the smallest version that holds the types");
    compare(&path, &schema);
    let error = write(&path, &schema, Some("NETCDF3_64BIT")).unwrap_err();
    assert!(error.is_unsupported() && error.to_string().contains("fixed0"), "{error}");
}

#[test]
fn a_single_record_variable_is_not_padded() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.nc");
    for vars in [1, 2] {
        let schema = RawSchema {
            dims: vec![dim("time", 5, true), dim("x", 3, false)],
            attrs: vec![],
            vars: (0..vars).map(|i| var(&format!("b{i}"), &["time", "x"], DType::I8)).collect(),
        };
        write(&path, &schema, None).unwrap();
        compare(&path, &schema);
        let file = std::fs::read(&path).unwrap();
        let first = file.windows(3).position(|w| w == [0, 7, 14]).unwrap();
        // Three bytes a record alone, four beside another.
        let second = if vars == 1 { first + 3 } else { first + 8 };
        assert_eq!(file[second..second + 3], [21, 28, 35]);
    }
}

#[test]
fn attributes_and_fill_values_read_back() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.nc");
    let mut t = var("t", &["x"], DType::I16);
    t.fill = Some(Scalar::I16(-9));
    t.attrs = vec![
        attr("units", Array::scalar(Text::from("K"))),
        attr("valid_range", Array::from_vec([2], vec![-5i16, 500]).unwrap()),
        attr("count", Array::scalar(70_000i64)),
        attr("flags", Array::from_vec([2], vec![1u8, 200]).unwrap()),
        attr("none", Array::from_vec([0], Vec::<f32>::new()).unwrap()),
    ];
    let schema = RawSchema { dims: vec![dim("x", 4, false)], attrs: vec![], vars: vec![t.clone()] };
    let mut file = Netcdf3Backend.create(&Location::new(&path), &schema).unwrap();
    assert!(file.sink("tt").unwrap_err().to_string().contains("\"t\""));
    file.finish().unwrap();
    let (group, _) = read(&path);
    let read = &group.vars[0];
    let find = |name: &str| &read.attrs.iter().find(|a| a.name == name).unwrap().value;
    assert_eq!(*find("units"), Array::scalar(Text::from("K")));
    assert_eq!(*find("valid_range"), t.attrs[1].value);
    assert_eq!(*find("count"), Array::scalar(70_000i32));
    assert_eq!(*find("flags"), Array::from_vec([2], vec![1i16, 200]).unwrap());
    assert_eq!(find("none").len(), 0);
    assert_eq!(*find("_FillValue"), Array::scalar(-9i16));
    let data = read.source.read(&Region::whole(&[4])).unwrap();
    assert_eq!(data.to_flat::<i16>().unwrap(), [-9; 4], "never written");
}

#[test]
fn what_the_formats_cannot_hold_is_refused_with_advice() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.nc");
    let refused = |schema: &RawSchema, format| {
        let error = write(&path, schema, format).unwrap_err();
        assert!(!path.exists() && std::fs::read_dir(folder.path()).unwrap().next().is_none());
        error.to_string()
    };
    let two =
        RawSchema { dims: vec![dim("a", 1, true), dim("b", 1, true)], ..RawSchema::default() };
    assert!(refused(&two, None).contains("\"a\" and \"b\""));
    let second = RawSchema {
        dims: vec![dim("t", 2, true), dim("x", 2, false)],
        vars: vec![var("v", &["x", "t"], DType::I8)],
        ..RawSchema::default()
    };
    let text = refused(&second, None);
    assert!(text.contains("\"t\" first") && text.contains("\"v\""), "{text}");
    let mut words = sample(&[]);
    let list = Array::from_vec([2], vec![Text::from("a"), Text::from("b")]).unwrap();
    words.attrs = vec![attr("list", list)];
    assert!(refused(&words, None).contains("\"list\""));
    words.attrs = vec![attr("large", Array::scalar(1i64 << 40))];
    assert!(refused(&words, Some("NETCDF3_CLASSIC")).contains("CDF-5"));
    words.attrs = vec![attr("a/b", Array::scalar(1i32)), attr("", Array::scalar(1i32))];
    assert!(refused(&words, None).contains("is empty"));
    assert!(refused(&sample(&[DType::Str]), None).contains("str"));
    assert!(refused(&sample(&[]), Some("NETCDF3_128BIT")).contains("NETCDF3_64BIT"));
    let huge = RawSchema {
        dims: vec![dim("x", 5 << 30, false)],
        vars: vec![var("a", &["x"], DType::I8), var("b", &["x"], DType::I8)],
        ..RawSchema::default()
    };
    assert!(refused(&huge, Some("NETCDF3_64BIT")).contains("2^31 - 1"));
}

#[test]
fn data_beyond_4_gib_reads_back() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.nc");
    let mut schema = RawSchema {
        dims: vec![dim("time", 3, true), dim("large", 1 << 31, false), dim("x", 2, false)],
        attrs: vec![],
        vars: vec![
            var("hole", &["large"], DType::I8),
            var("holes", &["time", "large"], DType::I8),
            var("x", &["time", "x"], DType::I32),
        ],
    };
    schema.dims[1].len -= 1;
    // Nothing is written of these, and the file has holes there.
    schema.vars[0].fill = Some(Scalar::I8(0));
    schema.vars[1].fill = Some(Scalar::I8(0));
    for (format, version) in [("NETCDF3", 2), ("NETCDF3_64BIT_DATA", 5)] {
        let mut file =
            Netcdf3Backend.create_as(&Location::new(&path), &schema, Some(format)).unwrap();
        let sink = file.sink("x").unwrap();
        assert_eq!(sink.info().grid, ChunkGrid::even(&[3, 2], &[3, 2]));
        let block = Array::from_vec([3, 2], vec![1i32, 2, 3, 4, 5, 6]).unwrap();
        sink.write(&Region::whole(&[3, 2]), &block).unwrap();
        drop(sink);
        file.finish().unwrap();
        assert!(path.metadata().unwrap().len() > 8 << 30);
        let (group, found) = read(&path);
        assert_eq!(found, version);
        let read = group.vars[2].source.read(&Region::new([1, 0], [2, 2])).unwrap();
        assert_eq!(read.to_flat::<i32>().unwrap(), [3, 4, 5, 6]);
        let hole = &group.vars[1].source;
        let read = hole.read(&Region::new([2, (1 << 31) - 4], [1, 3])).unwrap();
        assert_eq!(read.to_flat::<i8>().unwrap(), [0, 0, 0]);
    }
    let error = write(&path, &schema, Some("NETCDF3_CLASSIC")).unwrap_err().to_string();
    assert!(error.contains("NETCDF3_64BIT"), "{error}");
}
