//! What operations read: calls to the byte source, and bytes.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use graticule::storage::{CountingBytes, MemoryBytes};
use graticule::{
    Compression, DataArray, Dataset, Encoding, OpenOptions, WriteOptions, open_source_with, session,
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
