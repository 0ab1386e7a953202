//! What operations read: calls to the byte source, and bytes.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use graticule::storage::{CountingBytes, MemoryBytes};
use graticule::{
    ByteSource, Compression, DataArray, Dataset, Encoding, Location, OpenOptions, WriteOptions,
    open_source_with, session,
};

use crate::new;

const TIMES: usize = 10;
const CELLS: usize = 40 * 50;

/// Ten times of 40 x 50 numbers of two bytes, each time a chunk or a record; and one variable
/// more that nobody asks for.
fn file(path: &Path, format: &str) -> CountingBytes {
    let values: Vec<i16> = (0..TIMES * CELLS).map(|i| (i % 3001) as i16).collect();
    let t = DataArray::new("t", ["time", "y", "x"], (values, [TIMES, 40, 50]));
    let options = WriteOptions::new()
        .format(format)
        .unlimited(["time"])
        .compression(Compression::None)
        .encoding("t", Encoding { chunks: Some(vec![1, 40, 50]), ..Encoding::default() });
    new()
        .with_coord("time", "time", (0..TIMES as i32).collect::<Vec<_>>())
        .with_coord("x", "x", (0..50).map(f64::from).collect::<Vec<_>>())
        .with_variable("t", t.variable())
        .with_variable("other", t.variable())
        .write_with(path, &options)
        .unwrap();
    CountingBytes::new(Arc::new(MemoryBytes::new("counted.nc", fs::read(path).unwrap())))
}

fn open(bytes: &CountingBytes) -> Dataset {
    open_source_with(Arc::new(bytes.clone()), &OpenOptions::new(), &session()).unwrap()
}

/// The reads and bytes of an operation.
fn cost(bytes: &CountingBytes, operation: impl FnOnce()) -> (u64, u64) {
    bytes.reset();
    operation();
    (bytes.reads(), bytes.bytes())
}

#[test]
fn operations_read_what_they_need_and_no_more() {
    let folder = tempfile::tempdir().unwrap();
    let record = 2 * CELLS as u64;
    // Reads and bytes at most: to open, and beside the data of a variable and of a slice.
    // Reading over another variable's part of a record costs less than a call for each.
    for (format, opening, beside, gaps) in [
        ("NETCDF3_CLASSIC", (14, 9_000), (0, 0), 37_000),
        ("NETCDF4", (12, 40_000), (4, 33_000), 0),
    ] {
        let bytes = file(&folder.path().join("a.nc"), format);
        let set = open(&bytes);
        let (reads, read) = (bytes.reads(), bytes.bytes());
        eprintln!("{format}: open {reads} reads, {read} bytes");
        assert!(reads <= opening.0 && read <= opening.1, "{format}: open {reads} {read}");

        let display = cost(&bytes, || {
            let _ = (set.to_string(), set.to_html(), set["t"].to_string());
            let _ = set["t"].isel("time", 3).mean("x");
        });
        assert_eq!(display, (0, 0), "{format}: display and verbs");

        let coords = cost(&bytes, || drop(set["time"].values::<i32>().unwrap()));
        assert_eq!(coords, (0, 0), "{format}: a coordinate");

        let (reads, read) = cost(&bytes, || drop(set["t"].values::<i16>().unwrap()));
        eprintln!("{format}: one variable {reads} reads, {read} bytes");
        let all = TIMES as u64 * record;
        assert!(read >= all && read <= all + gaps + beside.1, "{format}: variable {read}");
        assert!(reads <= TIMES as u64 + beside.0, "{format}: variable {reads} reads");

        let (reads, read) =
            cost(&bytes, || drop(set["t"].isel("time", 3).values::<i16>().unwrap()));
        eprintln!("{format}: one time {reads} reads, {read} bytes");
        assert!(read <= record + beside.1 && reads <= 1 + beside.0, "{format}: {reads} {read}");

        let (reads, read) = cost(&bytes, || {
            drop(set["t"].isel("time", 3).isel("y", 7).values::<i16>().unwrap());
        });
        eprintln!("{format}: one row {reads} reads, {read} bytes");
        // Rows of what is not compressed lie bare in the file.
        assert!(read <= 100 + beside.1 && reads <= 1 + beside.0, "{format}: {reads} {read}");
    }
}

/// Bytes behind a network: each read is a round trip.
#[derive(Debug)]
struct Far(CountingBytes);

impl ByteSource for Far {
    fn len(&self) -> u64 {
        self.0.len()
    }

    fn read_at(&self, at: u64, out: &mut [u8]) -> graticule::Result<()> {
        self.0.read_at(at, out)
    }

    fn location(&self) -> &Location {
        self.0.location()
    }
}

#[test]
fn hdf5_far_away_is_read_by_few_large_reads() {
    few_large_reads("NETCDF4");
}

#[test]
fn classic_files_far_away_are_read_by_few_large_reads() {
    few_large_reads("NETCDF3_64BIT");
}

fn few_large_reads(format: &str) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("far.nc");
    // Two variables of 40 chunks of about 90 kB each, and 30 small ones.
    let mut n = 1u32;
    let mut noise = || {
        n = n.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (n >> 20) as i16
    };
    let values: Vec<i16> = (0..40 * 60_000).map(|_| noise()).collect();
    let t = DataArray::new("t", ["time", "y", "x"], (values.clone(), [40, 200, 300]));
    let chunks = || Encoding { chunks: Some(vec![1, 200, 300]), ..Encoding::default() };
    let options = WriteOptions::new()
        .format(format)
        .unlimited(["time"])
        .compression(if format == "NETCDF4" { Compression::Deflate(1) } else { Compression::None })
        .encoding("t", chunks())
        .encoding("u", chunks());
    let mut set = new()
        .with_coord("time", "time", (0..40).collect::<Vec<i32>>())
        .with_variable("t", t.variable())
        .with_variable("u", t.variable());
    for n in 0..30 {
        let small = DataArray::new("s", "time", vec![n; 40]).with_attr("long_name", "a small one");
        set = set.with_variable(format!("small{n}"), small.variable());
    }
    set.write_with(&path, &options).unwrap();
    let bytes = fs::read(&path).unwrap();
    let size = bytes.len() as u64;
    assert!(size > 6_000_000, "{size}");
    let counted = CountingBytes::new(Arc::new(MemoryBytes::new("far.nc", bytes)));
    // A session of its own: its blocks are those of this file only.
    let session = graticule::Session::builder().backends(graticule::backends()).build();
    let open = || {
        let far = Arc::new(Far(counted.clone()));
        open_source_with(far, &OpenOptions::new(), &session).unwrap()
    };
    let (reads, read) = cost(&counted, || drop(open()));
    eprintln!("{format}: open: {reads} reads, {read} bytes of {size}");
    // The times of a classic file lie in its records, which are nearer to each other than a round
    // trip is long.
    let most = if format == "NETCDF4" { 1 << 20 } else { size };
    assert!(reads <= 4 && read <= most, "open: {reads} reads, {read} bytes");

    let set = open();
    let (reads, read) = cost(&counted, || {
        assert_eq!(set["t"].isel("time", 0..20).values::<i16>().unwrap(), values[..20 * 60_000]);
    });
    eprintln!("{format}: 20 chunks: {reads} reads, {read} bytes");
    // Blocks of a few chunks are computed at a time.
    assert!(reads <= 12 && read <= 8 << 20, "20 chunks: {reads} reads, {read} bytes");

    let (reads, read) = cost(&counted, || {
        assert_eq!(
            set["u"].isel("time", 30).values::<i16>().unwrap(),
            values[30 * 60_000..][..60_000]
        );
    });
    eprintln!("{format}: one chunk: {reads} reads, {read} bytes");
    assert!(reads <= 2 && read <= 1 << 20, "one chunk: {reads} reads, {read} bytes");

    let (reads, _) = cost(&counted, || {
        for n in 0..30 {
            assert_eq!(set[format!("small{n}").as_str()].values::<i32>().unwrap(), [n; 40]);
        }
    });
    eprintln!("{format}: 30 small variables: {reads} reads");
    let most = if format == "NETCDF4" { 4 } else { 3 * 30 };
    assert!(reads <= most, "small ones: {reads} reads");

    let far = Arc::new(Far(counted.clone()));
    let raw = graticule::dataset::open_raw_source(far, &session, &Default::default()).unwrap();
    let source = &raw.vars.iter().find(|v| v.name == "u").unwrap().source;
    let all = graticule::Region::whole(&source.info().shape);
    let (reads, read) = cost(&counted, || {
        assert_eq!(source.read(&all).unwrap().to_flat::<i16>().unwrap(), values);
    });
    eprintln!("{format}: 40 chunks at once: {reads} reads, {read} bytes");
    assert!(reads <= 5 && read <= 16 << 20, "40 chunks at once: {reads} reads, {read} bytes");
}
