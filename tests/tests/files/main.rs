//! Files on disk, through the public interface: opened, combined, written, opened again.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)] // helpers of tests

mod backend;
mod bytes;
mod costs;
mod dummy;
mod index;
mod many;
mod names;
mod open;
mod recipes;
mod unindexed;
mod write;

use std::path::Path;

use graticule::{DataArray, Dataset};

/// An empty dataset whose session knows the formats of this build.
fn new() -> Dataset {
    Dataset::new().with_session(&graticule::session())
}

/// Writes a NetCDF-4 file of two times from `day` on: packed temperatures over two latitudes.
fn day_file(path: &Path, day: i32, origin: &str) {
    let v = day as f32;
    let time = DataArray::new("time", "time", vec![f64::from(day), f64::from(day) + 0.5])
        .with_attr("units", format!("days since {origin}"))
        .with_attr("calendar", "noleap");
    let t = DataArray::new("t", ["time", "lat"], (vec![v, v + 1.0, v + 2.0, v + 3.0], [2, 2]))
        .with_attr("units", "K");
    new()
        .with_coord_variable("time", time.variable())
        .with_coord("lat", "lat", vec![10.0, 20.0])
        .with_variable("t", t.variable())
        .with_attr("title", "two days")
        .write(path)
        .unwrap();
}
