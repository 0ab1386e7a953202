//! Written, then opened again: everything that a dataset holds comes back.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)] // a test may panic

mod calendars;
mod combined;
mod copied;
mod corpus;
mod dataset;
mod kinds;
mod packed;

use std::path::Path;

use graticule::{AttrValue, Attrs, DataArray, Dataset, OpenOptions, open_dataset_with, session};
use tempfile::TempDir;

fn folder() -> TempDir {
    tempfile::tempdir().unwrap()
}

/// An empty dataset whose session knows the formats of this build.
fn empty() -> Dataset {
    Dataset::new().with_session(&session())
}

/// Values and missing ones, exactly: bits of numbers, or texts.
fn exact(array: &DataArray) -> Result<Vec<u8>, Vec<Option<String>>> {
    let values = array.to_array().unwrap();
    values.to_packed().ok_or_else(|| array.texts().unwrap())
}

/// What a file holds as stored.
fn raw(path: &Path) -> Dataset {
    open_dataset_with(path, &OpenOptions::undecoded(), &session()).unwrap()
}

fn listed(attrs: &Attrs) -> Vec<(String, AttrValue)> {
    attrs.iter().map(|(n, v)| (n.to_string(), v.clone())).collect()
}

fn sorted(attrs: &Attrs) -> Vec<(String, AttrValue)> {
    let mut all = listed(attrs);
    all.sort_by(|a, b| a.0.cmp(&b.0));
    all
}

/// The same variables in the same order, with the same roles, labels, types, values and
/// attributes, these in the same order, too.
#[track_caller]
fn assert_same(found: &Dataset, expected: &Dataset) {
    assert_alike(found, expected);
    assert_eq!(listed(found.attrs()), listed(expected.attrs()));
    for (name, var) in expected.variables() {
        let again = found.variable(name).unwrap();
        assert_eq!(listed(again.attrs()), listed(var.attrs()), "{name}");
    }
}

/// The same, but for the order of attributes: decoding takes some out, and encoding puts them at
/// the end.
#[track_caller]
fn assert_alike(found: &Dataset, expected: &Dataset) {
    let names = |ds: &Dataset| ds.variables().map(|(n, _)| n.to_string()).collect::<Vec<_>>();
    assert_eq!(names(found), names(expected));
    let sizes = |ds: &Dataset| ds.sizes().map(|(d, n)| (d.to_string(), n)).collect::<Vec<_>>();
    assert_eq!(sizes(found), sizes(expected));
    assert_eq!(sorted(found.attrs()), sorted(expected.attrs()));
    for name in names(expected) {
        let (f, e) = (found.var(&name), expected.var(&name));
        assert_eq!(found.is_coord(&name), expected.is_coord(&name), "{name} is a coordinate");
        assert_eq!(found.index(&name).is_some(), expected.index(&name).is_some(), "{name}");
        assert_eq!(f.dims(), e.dims(), "{name}");
        assert_eq!(f.dtype(), e.dtype(), "{name}");
        assert_eq!(f.shape(), e.shape(), "{name}");
        assert_eq!(exact(&f), exact(&e), "{name}: {:?} is not {:?}", f.compute(), e.compute());
        assert_eq!(sorted(&f.attrs()), sorted(&e.attrs()), "{name}");
    }
}
