//! The examples of the CF document, by their numbers, with small data of our own: one file for
//! each chapter. Each is opened from CDL, must comply, and must survive being written as CDL and
//! as netCDF-4; then it is asked what it means.

// A test may fail by panic.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]

mod ch02_components;
mod ch03_description;
mod ch04_coordinates;
mod ch05_systems;
mod ch06_labels;
mod ch07_cells;
mod ch07_climatology;
mod ch08_reduction;
mod ch09_sampling;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use graticule::dataset::CoordNames;
use graticule::storage::MemoryBytes;
use graticule::{
    DataArray, Dataset, OpenOptions, Severity, open_dataset_with, open_source_with, session, to_cdl,
};

fn options() -> OpenOptions {
    OpenOptions::new().decode_coords(CoordNames::All)
}

fn parsed(text: &str) -> Dataset {
    let bytes = MemoryBytes::new("example.cdl", text.as_bytes().to_vec());
    open_source_with(Arc::new(bytes), &options(), &session()).unwrap()
}

/// The elements of a variable as text, so that missing ones and times compare too.
fn texts(x: &DataArray) -> Vec<String> {
    let array = x.to_array().unwrap();
    let flat = array.reshape(&[array.len()]).unwrap();
    (0..flat.len()).map(|i| format!("{:?}", flat.get(&[i]).unwrap())).collect()
}

/// That two datasets hold and say the same.
fn assert_same(one: &Dataset, two: &Dataset, by: &str) {
    let names = |ds: &Dataset| {
        let mut all: Vec<String> =
            ds.variables().map(|(n, v)| format!("{n}({}) {}", v.dims(), v.dtype())).collect();
        all.sort();
        all
    };
    assert_eq!(names(one), names(two), "{by}");
    for (name, var) in one.variables() {
        let other = two.variable(name).unwrap();
        assert_eq!(var.attrs(), other.attrs(), "{name} by {by}");
        assert_eq!(one.is_coord(name), two.is_coord(name), "{name} by {by}");
        assert_eq!(texts(&one.var(name)), texts(&two.var(name)), "{name} by {by}");
    }
    assert_eq!(one.attrs(), two.attrs(), "{by}");
}

/// An example that says nothing wrong: dimensions, variables and data in CDL.
fn example(body: &str) -> Dataset {
    tolerated(body, &[])
}

/// An example with errors that the document itself has, in these sections.
fn tolerated(body: &str, sections: &[&str]) -> Dataset {
    static COUNT: AtomicUsize = AtomicUsize::new(0);
    let ds = parsed(&format!("netcdf example {{ {body} }}"));
    let text = to_cdl(&ds).unwrap();
    assert_same(&ds, &parsed(&text), "CDL");
    let number = COUNT.fetch_add(1, Ordering::Relaxed);
    let file = std::env::temp_dir()
        .join(format!("graticule-cf-document-{}-{number}.nc", std::process::id()));
    ds.write(&file).unwrap();
    let back = open_dataset_with(file.as_path(), &options(), &session()).unwrap();
    assert_same(&ds, &back, "netCDF-4");
    std::fs::remove_file(&file).unwrap();
    let ds = ds.with_attr("Conventions", "CF-1.12");
    let report = ds.cf().report().unwrap();
    let wrong =
        |f: &&graticule::Finding| f.severity == Severity::Error && !sections.contains(&f.section);
    assert_eq!(report.findings().iter().find(wrong), None, "{body}");
    ds
}

fn values(ds: &Dataset, name: &str) -> Vec<f64> {
    ds[name].astype("float64").values::<f64>().unwrap()
}

fn methods(ds: &Dataset, name: &str) -> graticule::CellMethods {
    ds[name].attrs().text("cell_methods").unwrap().parse().unwrap()
}

/// Dates as text, down to the hour.
fn dates(x: &DataArray) -> Vec<String> {
    let fields = ["year", "month", "day", "hour"].map(|f| x.dt(f).values::<i64>().unwrap());
    let text = |i: usize| {
        format!("{}-{:02}-{:02}T{:02}", fields[0][i], fields[1][i], fields[2][i], fields[3][i])
    };
    (0..fields[0].len()).map(text).collect()
}
