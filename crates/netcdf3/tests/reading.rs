//! Files made byte by byte: what is read from them, and what is refused.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)] // a test may fail by panic

#[allow(unreachable_pub)]
mod support;

use std::sync::Arc;

use graticule_array::{Array, Error, Region, Scalar};
use graticule_netcdf3::Netcdf3Backend;
use graticule_storage::testing::source_suite;
use graticule_storage::{
    Backend, ByteSource, CountingBytes, Location, MemoryBytes, OpenOptions, RawGroup,
};
use support::{File, Var, Version, sample};

fn open(bytes: Vec<u8>) -> Result<RawGroup, Error> {
    Netcdf3Backend.open(Arc::new(MemoryBytes::new("made.nc", bytes)), &OpenOptions::default())
}

fn read(group: &RawGroup, name: &str) -> Result<Array, Error> {
    let var = group.vars.iter().find(|v| v.name == name).unwrap();
    var.source.read(&Region::whole(&var.source.info().shape))
}

#[test]
fn all_versions_read_the_same() {
    for version in [Version::Cdf1, Version::Cdf2, Version::Cdf5] {
        let group = open(sample(version).bytes()).unwrap();
        let dims: Vec<_> =
            group.dims.iter().map(|d| (d.name.as_str(), d.len, d.unlimited)).collect();
        assert_eq!(dims, [("time", 3, true), ("y", 2, false), ("x", 5, false)]);
        let short = read(&group, "short").unwrap();
        assert_eq!(short.shape(), [3, 2, 5]);
        assert_eq!(short.to_flat::<i16>().unwrap(), (0..30).collect::<Vec<_>>());
        assert_eq!(
            read(&group, "byte").unwrap().to_flat::<i8>().unwrap(),
            (0..15).collect::<Vec<_>>()
        );
        assert_eq!(read(&group, "time").unwrap().to_flat::<f64>().unwrap(), [0., 1., 2.]);
        assert_eq!(read(&group, "crs").unwrap().item().unwrap(), Scalar::I32(5));
        assert_eq!(read(&group, "letters").unwrap().to_flat::<u8>().unwrap(), b"abcdefghij");
        let short = group.vars.iter().find(|v| v.name == "short").unwrap();
        assert_eq!(short.source.info().fill, Some(Scalar::I16(-9)));
        assert_eq!(short.source.info().grid.counts(), [3, 1, 1]);
        assert_eq!(short.dims, ["time", "y", "x"]);
    }
}

#[test]
fn attributes_keep_their_types() {
    let group = open(sample(Version::Cdf1).bytes()).unwrap();
    let item = |name: &str| group.attrs.iter().find(|a| a.name == name).unwrap().value.clone();
    assert_eq!(item("title").item().unwrap(), Scalar::from("hello"));
    assert_eq!(item("latin").item().unwrap(), Scalar::from("\u{fffd}t\u{fffd}"));
    assert_eq!(item("ends_with_nul").item().unwrap(), Scalar::from("ab"));
    assert_eq!(item("nothing").item().unwrap(), Scalar::from(""));
    assert_eq!(item("one"), Array::scalar(7i32));
    assert_eq!(item("three"), Array::from_vec([3], vec![1i16, 2, 3]).unwrap());
}

#[test]
fn sources_keep_their_promises() {
    for version in [Version::Cdf1, Version::Cdf5] {
        let group = open(sample(version).bytes()).unwrap();
        for var in &group.vars {
            let whole = read(&group, &var.name).unwrap();
            source_suite(var.source.as_ref(), &whole).unwrap();
            let path = var.source.descriptor().unwrap().path;
            assert_eq!(path, var.name);
        }
    }
}

#[test]
fn close_rows_are_fetched_together_and_whole_rows_at_once() {
    let bytes = CountingBytes::new(Arc::new(MemoryBytes::new("m", sample(Version::Cdf1).bytes())));
    let group = Netcdf3Backend.open(Arc::new(bytes.clone()), &OpenOptions::default()).unwrap();
    assert_eq!(bytes.reads(), 1, "the header takes one read");
    let find = |name: &str| group.vars.iter().find(|v| v.name == name).unwrap().source.clone();
    bytes.reset();
    find("letters").read(&Region::whole(&[2, 5])).unwrap();
    assert_eq!((bytes.reads(), bytes.bytes()), (1, 10));
    bytes.reset();
    // One record holds 20 bytes of "short", 8 of "byte" (padded) and 8 of "time".
    find("time").read(&Region::whole(&[3])).unwrap();
    assert_eq!((bytes.reads(), bytes.bytes()), (1, 8 + 2 * 36));
    bytes.reset();
    find("short").read(&Region::new([1, 0, 0], [1, 2, 5])).unwrap();
    assert_eq!((bytes.reads(), bytes.bytes()), (1, 20));
}

fn only_record_variable(kind: u32, per_record: usize, size: usize) -> File {
    let data = (0..4u8).map(|r| vec![r; per_record * size]).collect();
    File {
        version: Version::Cdf2,
        records: 4,
        dims: vec![("t", 0), ("n", per_record as u64)],
        attrs: vec![],
        vars: vec![Var { name: "v", dims: vec![0, 1], attrs: vec![], kind, data }],
    }
}

#[test]
fn a_single_record_variable_is_not_padded() {
    for (kind, size) in [(1, 1), (2, 1), (3, 2)] {
        let group = open(only_record_variable(kind, 3, size).bytes()).unwrap();
        let found = read(&group, "v").unwrap().to_packed().unwrap();
        let expected: Vec<u8> = (0..4u8).flat_map(|r| vec![r; 3 * size]).collect();
        assert_eq!(found, expected, "type {kind}");
    }
}

#[test]
fn streamed_files_count_their_records_by_size() {
    for version in [Version::Cdf1, Version::Cdf5] {
        let mut file = sample(version);
        file.records = u64::MAX;
        let mut bytes = file.bytes();
        // Part of a fourth record is not a record.
        bytes.extend([0; 7]);
        let group = open(bytes).unwrap();
        assert_eq!(group.dims[0].len, 3);
        assert_eq!(read(&group, "time").unwrap().to_flat::<f64>().unwrap(), [0., 1., 2.]);
    }
}

#[test]
fn truncated_variables_fail_when_read_and_say_so() {
    let bytes = sample(Version::Cdf1).bytes();
    let group = open(bytes[..bytes.len() - 1].to_vec()).unwrap();
    let error = read(&group, "time").unwrap_err();
    assert!(error.is_corrupt());
    assert_eq!(error.variable(), Some("time"));
    assert!(
        error.to_string().starts_with("made.nc: variable \"time\": the data lies at"),
        "{error}"
    );
    let time = group.vars.iter().find(|v| v.name == "time").unwrap();
    assert!(time.source.read(&Region::new([0], [2])).is_ok());
    assert!(read(&group, "short").is_ok());
}

#[test]
fn counts_beyond_the_file_are_refused_at_once() {
    // The number of dimensions, of attributes and the length of the first name.
    for at in [12, 16] {
        let mut bytes = sample(Version::Cdf1).bytes();
        bytes[at..at + 4].copy_from_slice(&[0xff; 4]);
        assert!(open(bytes).unwrap_err().is_corrupt());
    }
    assert!(open(b"CDF\x03".to_vec()).unwrap_err().is_corrupt());
    assert!(open(b"CD".to_vec()).unwrap_err().is_corrupt());
}

#[test]
fn a_claimed_terabyte_takes_no_memory() {
    let mut file = only_record_variable(6, 1, 8);
    file.records = 1 << 31;
    file.dims[1].1 = 1 << 20;
    let group = open(file.bytes()).unwrap();
    assert!(read(&group, "v").unwrap_err().is_corrupt());
}

#[test]
fn misplaced_and_unknown_dimensions_are_refused() {
    let mut file = sample(Version::Cdf1);
    file.vars[1].dims = vec![1, 0, 2];
    let error = open(file.bytes()).unwrap_err();
    assert_eq!(error.variable(), Some("short"));
    let mut file = sample(Version::Cdf1);
    file.vars[5].dims = vec![1, 7];
    let error = open(file.bytes()).unwrap_err();
    assert!(error.to_string().contains("dimension number 7"), "{error}");
}

/// Bytes that are zero except for the header, as large as asked for.
#[derive(Debug)]
struct Sparse {
    header: Vec<u8>,
    len: u64,
    location: Location,
}

impl ByteSource for Sparse {
    fn len(&self) -> u64 {
        self.len
    }
    fn read_at(&self, at: u64, out: &mut [u8]) -> Result<(), Error> {
        assert!(at + out.len() as u64 <= self.len);
        for (i, b) in out.iter_mut().enumerate() {
            *b = self.header.get(at as usize + i).copied().unwrap_or((at >> 30) as u8);
        }
        Ok(())
    }
    fn location(&self) -> &Location {
        &self.location
    }
}

#[test]
fn variables_behind_four_gibibytes_are_found() {
    let file = File {
        version: Version::Cdf2,
        records: 0,
        dims: vec![("y", 3), ("x", 1 << 31)],
        attrs: vec![],
        vars: vec![Var { name: "big", dims: vec![0, 1], attrs: vec![], kind: 1, data: vec![] }],
    };
    let header = file.bytes();
    let len = header.len() as u64 + (3 << 31);
    let group = Netcdf3Backend
        .open(
            Arc::new(Sparse { header, len, location: Location::new("big.nc") }),
            &OpenOptions::default(),
        )
        .unwrap();
    let big = &group.vars[0].source;
    assert_eq!(big.info().shape, [3, 1 << 31]);
    let found = big.read(&Region::new([2, (1 << 31) - 1], [1, 1])).unwrap();
    assert_eq!(found.item().unwrap(), Scalar::I8(6));
}

#[test]
fn twice_the_same_name_is_a_problem_not_a_failure() {
    let mut file = sample(Version::Cdf1);
    file.vars[4].name = "x";
    let group = open(file.bytes()).unwrap();
    assert_eq!(group.vars.iter().filter(|v| v.name == "x").count(), 1);
    assert_eq!(group.problems.len(), 1);
}
