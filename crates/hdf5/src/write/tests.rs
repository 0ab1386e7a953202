use std::path::Path;

use graticule_array::{Array, DType, Region, Scalar, Text};
use graticule_storage::{FilterSpec, Location, RawAttr, RawDim, RawSchema, RawVarSchema, Storage};

use super::create;

fn dim(name: &str, len: usize) -> RawDim {
    RawDim { name: name.into(), len, unlimited: false }
}

fn var(name: &str, dims: &[&str], dtype: DType) -> RawVarSchema {
    RawVarSchema {
        name: name.into(),
        dims: dims.iter().map(|d| (*d).to_owned()).collect(),
        dtype,
        attrs: Vec::new(),
        fill: None,
        storage: Storage::default(),
    }
}

fn attr(name: &str, value: Array) -> RawAttr {
    RawAttr { name: name.into(), value }
}

fn schema(dims: Vec<RawDim>, vars: Vec<RawVarSchema>) -> RawSchema {
    RawSchema { dims, attrs: Vec::new(), vars }
}

fn refusal(schema: &RawSchema) -> graticule_array::Error {
    let folder = tempfile::tempdir().unwrap();
    let at = Location::new(folder.path().join("refused.nc"));
    let error = create(&at, schema).map(drop).unwrap_err();
    assert_eq!(files(folder.path()), 0, "{error}");
    assert!(error.to_string().contains("refused.nc"), "{error}");
    error
}

fn files(folder: &Path) -> usize {
    std::fs::read_dir(folder).unwrap().count()
}

#[test]
fn schemas_that_contradict_themselves_are_refused() {
    let x = || vec![dim("lat", 3)];
    let twice = schema(x(), vec![var("v", &[], DType::F32), var("v", &[], DType::F32)]);
    assert!(refusal(&twice).is_invalid());
    let same = schema(vec![dim("x", 1), dim("x", 2)], vec![]);
    assert!(refusal(&same).is_invalid());
    for name in ["", "a/b", "a\nb", ".", &"n".repeat(300)] {
        assert!(refusal(&schema(x(), vec![var(name, &[], DType::F32)])).is_invalid());
        assert!(refusal(&schema(vec![dim(name, 1)], vec![])).is_invalid());
    }
    let missing = refusal(&schema(x(), vec![var("v", &["lta"], DType::F32)]));
    assert!(missing.is_not_found() && missing.to_string().contains("lat"), "{missing}");
    assert_eq!(missing.variable(), Some("v"));
    let deep = schema(x(), vec![var("v", &["lat"; 33], DType::I8)]);
    assert!(refusal(&deep).to_string().contains("33 dimensions"));
    let vast = schema(vec![dim("x", usize::MAX)], vec![var("v", &["x", "x"], DType::F64)]);
    assert!(refusal(&vast).is_invalid());
}

#[test]
fn storage_that_cannot_be_is_refused() {
    let with = |change: &dyn Fn(&mut RawVarSchema)| {
        let mut v = var("v", &["x"], DType::F32);
        change(&mut v);
        refusal(&schema(vec![dim("x", 3)], vec![v]))
    };
    assert!(with(&|v| v.storage.chunks = Some(vec![1, 1])).is_mismatch());
    assert!(with(&|v| v.storage.chunks = Some(vec![0])).is_mismatch());
    assert!(with(&|v| v.fill = Some(Scalar::F64(0.0))).is_mismatch());
    let zstd = FilterSpec { name: "zstd".into(), id: Some(32015), params: vec![] };
    assert!(with(&|v| v.storage.filters = vec![zstd.clone()]).is_unsupported());
    assert!(with(&|v| v.dtype = DType::F16).is_unsupported());
    assert!(with(&|v| v.dtype = DType::List(DType::Str.into())).is_unsupported());
    assert!(with(&|v| v.dtype = DType::Bytes(0)).is_invalid());
    assert!(with(&|v| v.storage.enumeration = vec![("a".into(), 1)]).is_invalid());
    let huge = Array::from_vec([3_000_000], vec![0.0f64; 3_000_000]).unwrap();
    assert!(with(&|v| v.attrs = vec![attr("huge", huge.clone())]).is_unsupported());
    let table = Array::from_vec([2, 2], vec![0i32; 4]).unwrap();
    assert!(with(&|v| v.attrs = vec![attr("table", table.clone())]).is_unsupported());
    assert!(with(&|v| v.attrs = vec![attr("CLASS", Array::scalar(1i32))]).is_invalid());
}

#[test]
fn nothing_appears_before_the_end_or_after_giving_up() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.nc");
    let plan = schema(vec![dim("x", 3)], vec![var("v", &["x"], DType::F32)]);
    let mut writer = create(&Location::new(&path), &plan).unwrap();
    let sink = writer.sink("v").unwrap();
    assert!(!path.exists());
    assert!(writer.sink("w").unwrap_err().is_not_found());
    drop(writer);
    assert_eq!(files(folder.path()), 0);
    let block = Array::from_vec([3], vec![1.0f32; 3]).unwrap();
    assert!(sink.write(&Region::whole(&[3]), &block).is_err());
    assert_eq!(files(folder.path()), 0);

    std::fs::write(&path, b"old").unwrap();
    let writer = create(&Location::new(&path), &plan).unwrap();
    assert_eq!(std::fs::read(&path).unwrap(), b"old");
    writer.finish().unwrap();
    let bytes = std::fs::read(&path).unwrap();
    assert!(bytes.starts_with(b"\x89HDF\r\n\x1a\n"));
    let end: [u8; 8] = bytes[28..36].try_into().unwrap();
    assert_eq!(u64::from_le_bytes(end), bytes.len() as u64);
    assert_eq!(files(folder.path()), 1);
}

#[test]
fn places_that_cannot_be_written_are_named() {
    let folder = tempfile::tempdir().unwrap();
    let plan = RawSchema::default();
    let error = create(&Location::new(folder.path()), &plan).map(drop).unwrap_err();
    assert!(error.is_io() && error.to_string().contains("directory"), "{error}");
    let nowhere = folder.path().join("no/such/a.nc");
    let error = create(&Location::new(&nowhere), &plan).map(drop).unwrap_err();
    assert!(error.is_io() && error.to_string().contains("no/such"), "{error}");
    assert!(create(&Location::new("/"), &plan).is_err());
}

#[test]
fn blocks_must_follow_the_write_grid() {
    let folder = tempfile::tempdir().unwrap();
    let mut v = var("v", &["y", "x"], DType::I16);
    v.storage.chunks = Some(vec![2, 3]);
    let plan = schema(vec![dim("y", 5), dim("x", 7)], vec![v]);
    let at = Location::new(folder.path().join("a.nc"));
    let sink = create(&at, &plan).unwrap().sink("v").unwrap();
    // The writer is gone, so writes that pass all checks fail at the file.
    let write = |start: [usize; 2], len: [usize; 2]| {
        let block = Array::zeros(&DType::I16, &len).unwrap();
        sink.write(&Region::new(start, len), &block).unwrap_err().to_string()
    };
    for (start, len) in [([0, 0], [2, 3]), ([2, 3], [3, 4]), ([4, 6], [1, 1]), ([0, 0], [5, 7])] {
        assert!(write(start, len).contains("given up"), "{start:?} {len:?}");
    }
    for (start, len) in [([1, 0], [1, 3]), ([0, 0], [1, 3]), ([0, 2], [2, 1]), ([4, 6], [1, 2])] {
        let error = write(start, len);
        assert!(error.contains("whole blocks") || error.contains("does not fit"), "{error}");
    }
    let wrong = Array::zeros(&DType::I32, &[2, 3]).unwrap();
    assert!(sink.write(&Region::new([0, 0], [2, 3]), &wrong).unwrap_err().is_mismatch());
}

#[test]
fn long_texts_and_many_attributes_have_a_place() {
    let folder = tempfile::tempdir().unwrap();
    let at = Location::new(folder.path().join("a.nc"));
    let mut plan = RawSchema::default();
    plan.attrs.push(attr("long", Array::scalar(Text::from("x".repeat(1_000_000)))));
    plan.attrs.extend((0..2000).map(|i| attr(&format!("a{i}"), Array::scalar(i))));
    create(&at, &plan).unwrap().finish().unwrap();
}
