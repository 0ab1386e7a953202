//! Files as bytes in memory, compressed as a whole, and in the classic formats.

use std::fs;
use std::io::Write;
use std::path::Path;

use flate2::{Compression, write::GzEncoder};
use graticule::{
    DType, Dataset, OpenOptions, WriteOptions, open_bytes, open_dataset, open_dataset_with, session,
};

use crate::{day_file, new};

/// The file of the helper in another format.
fn as_format(path: &Path, format: &str) {
    let other = path.with_extension("nc4");
    day_file(&other, 3, "2001-01-01");
    let options = WriteOptions::new().format(format).unlimited(["time"]);
    open_dataset(&other).unwrap().write_with(path, &options).unwrap();
    fs::remove_file(other).unwrap();
}

fn zipped(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn same(a: &Dataset, b: &Dataset) {
    assert_eq!(a.attrs(), b.attrs());
    let names = |set: &Dataset| set.variables().map(|(n, _)| n.to_string()).collect::<Vec<_>>();
    assert_eq!(names(a), names(b));
    for (name, _) in a.variables() {
        let (x, y) = (a.var(name).compute().unwrap(), b.var(name).compute().unwrap());
        assert_eq!(format!("{:?}", x.variable()), format!("{:?}", y.variable()));
    }
}

#[test]
fn bytes_and_compressed_files_open_as_the_file_does() {
    let folder = tempfile::tempdir().unwrap();
    for format in ["NETCDF4", "NETCDF3_CLASSIC", "NETCDF3_64BIT", "NETCDF3_64BIT_DATA"] {
        let path = folder.path().join("a.nc");
        as_format(&path, format);
        let plain = open_dataset(&path).unwrap();
        let bytes = fs::read(&path).unwrap();
        same(&plain, &open_bytes(bytes.clone()).unwrap());
        same(&plain, &open_bytes(zipped(&bytes)).unwrap());
        let packed = folder.path().join("a.nc.gz");
        fs::write(&packed, zipped(&bytes)).unwrap();
        let opened = open_dataset(&packed).unwrap();
        same(&plain, &opened);
        assert_eq!(opened.encoding().origin.as_ref().unwrap().path(), packed);
        let few = OpenOptions::new().unpacked(100);
        let error = open_dataset_with(&packed, &few, &session()).unwrap_err();
        assert!(error.to_string().contains("more than 100 bytes"), "{error}");
        assert!(error.to_string().contains("a.nc.gz"), "{error}");
    }
}

#[test]
fn bytes_that_are_no_file_are_refused() {
    let error = open_bytes(b"hello".to_vec()).unwrap_err();
    assert!(error.is_unsupported() && error.to_string().contains("bytes in memory"), "{error}");
}

#[test]
fn classic_files_take_what_they_can_hold() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.nc");
    let set = new()
        .with_coord("x", "x", vec![1i64, 2, 3])
        .with_var("name", "x", vec!["one", "two", "drei"])
        .with_var("flag", "x", vec![true, false, true])
        .with_var("bytes", "x", vec![1u8, 200, 3]);
    let write = |format| set.write_with(&path, &WriteOptions::new().format(format));
    let dtype = |name: &str| open_dataset(&path).unwrap().variable(name).unwrap().dtype().clone();
    write("NETCDF3_CLASSIC").unwrap();
    assert_eq!((dtype("x"), dtype("bytes")), (DType::I32, DType::I16));
    assert_eq!((dtype("name"), dtype("flag")), (DType::Str, DType::Bool));
    assert_eq!(open_dataset(&path).unwrap()["bytes"].values::<i16>().unwrap(), [1, 200, 3]);
    write("NETCDF3_64BIT_DATA").unwrap();
    assert_eq!((dtype("x"), dtype("bytes")), (DType::I64, DType::U8));
    set.write(path.with_extension("nc3")).unwrap();
    let error = write("NETCDF3_CLASIC").unwrap_err();
    assert!(error.is_not_found() && error.to_string().contains("NETCDF3_CLASSIC"), "{error}");
}
