//! A file as HDF5 sees it, object by object.

use std::path::Path;

use graticule::array::{DType, Region};
use graticule_hdf5::{DatasetFacts, Object, ObjectKind, list};
use graticule_storage::OpenOptions;
use serde_json::Value;

use super::open;
use crate::compare::number::Number;
use crate::compare::text::bytes_of;
use crate::compare::{Differences, attrs, dtype, hash};

/// Classes whose dtype is text of another language: compound, opaque, complex; and reference,
/// variable length and array, which have no one dtype.
const BY_CLASS: [u8; 6] = [5, 6, 7, 9, 10, 11];

/// Compares what the reference lists; it may list fewer.
pub(crate) fn compare(path: &Path, reference: &Value, out: &mut Differences) {
    let Some(expected) = reference["objs"].as_array().filter(|objects| !objects.is_empty()) else {
        return;
    };
    let listed = open::bytes(path).and_then(|bytes| list(&bytes, &OpenOptions::default()));
    let objects = match listed {
        Ok(objects) => objects,
        Err(e) => return out.add("", "HDF5 objects", "a listing", e),
    };
    if let (Some(n), Some(root)) = (reference["a"].as_u64(), objects.first()) {
        out.demand(n == root.attributes as u64, "/", "HDF5 attributes", n, root.attributes);
    }
    for object in expected {
        let path = object["p"].as_str().unwrap_or_default();
        match objects.iter().find(|found| is_at(object, path, found)) {
            Some(found) => compare_object(object, found, path, out),
            None => out.add(path, "HDF5 object", "an object", "none"),
        }
    }
}

/// Long paths are cut in the reference, which then gives their true length.
fn is_at(object: &Value, path: &str, found: &Object) -> bool {
    match object["n_p"].as_u64() {
        None => found.path == path,
        Some(n) => {
            found.path.len() as u64 == n && found.path.starts_with(path.trim_end_matches("..."))
        }
    }
}

fn compare_object(expected: &Value, found: &Object, path: &str, out: &mut Differences) {
    // The reference reader failed as well.
    if !expected["err"].is_null() {
        return;
    }
    let has = |key: &str| !expected[key].is_null();
    let same = match &found.kind {
        ObjectKind::Group => has("g"),
        ObjectKind::NamedType => has("t"),
        ObjectKind::SoftLink(to) => expected["soft"].as_str() == Some(to),
        ObjectKind::ExternalLink { file, path } => {
            expected["ext"][0].as_str() == Some(file) && expected["ext"][1].as_str() == Some(path)
        }
        ObjectKind::UserLink(kind) => expected["userlink"].as_u64() == Some(u64::from(*kind)),
        ObjectKind::Dataset(facts) if has("class") => {
            compare_facts(expected, facts, path, out);
            true
        }
        _ => false,
    };
    out.demand(same, path, "HDF5 object", expected, format!("{:?}", found.kind));
    if let Some(n) = expected["a"].as_u64() {
        out.demand(n == found.attributes as u64, path, "HDF5 attributes", n, found.attributes);
    }
}

fn compare_facts(expected: &Value, facts: &DatasetFacts, path: &str, out: &mut Differences) {
    let info = facts.source.info();
    let mut demand = |key: &str, found: Value| {
        let same = expected[key] == found;
        out.demand(same, path, &format!("HDF5 {key}"), &expected[key], &found);
    };
    demand("class", facts.class.into());
    demand("shape", facts.shape.clone().into());
    demand("lay", facts.layout.into());
    if !expected["max"].is_null() {
        demand("max", facts.max.clone().into());
    }
    if !expected["chunks"].is_null() {
        demand("chunks", facts.chunks.clone().into());
    }
    let names = expected["filters"].as_array().into_iter().flatten();
    let same_filter = |(name, filter): (&Value, &graticule_storage::FilterSpec)| {
        name.as_str() == Some(&filter.name) || name.as_u64() == filter.id.map(u64::from)
    };
    let same =
        names.clone().count() == facts.filters.len() && names.zip(&facts.filters).all(same_filter);
    let found: Vec<&str> = facts.filters.iter().map(|f| f.name.as_str()).collect();
    out.demand(same, path, "HDF5 filters", &expected["filters"], format!("{found:?}"));
    let name = expected["dtype"].as_str().unwrap_or_default();
    let by_name = !BY_CLASS.contains(&facts.class) && !name.starts_with('?');
    if by_name && !dtype::agrees(name, &info.dtype) {
        out.add(path, "HDF5 dtype", name, &info.dtype);
        return;
    }
    if facts.class < 2 {
        let big = expected["be"] == 1;
        out.demand(big == facts.big_endian, path, "HDF5 byte order", big, facts.big_endian);
    }
    compare_fill(&expected["fill"], name, facts, path, out);
    if let Some(sha) = expected["sha"].as_str().filter(|_| expected["skip"].is_null()) {
        compare_values(sha, name, facts, path, out);
    }
}

fn compare_fill(
    expected: &Value,
    name: &str,
    facts: &DatasetFacts,
    path: &str,
    out: &mut Differences,
) {
    if expected.is_null() {
        return;
    }
    let fill = facts.source.info().fill.clone();
    let one = fill.as_ref().and_then(|f| f.fill(&[]).ok());
    let same = match expected.as_str() {
        Some(text) => one
            .as_ref()
            .and_then(crate::compare::text::texts)
            .is_some_and(|t| t.first().cloned().flatten().as_deref() == Some(text)),
        None => {
            let number = fill.as_ref().and_then(Number::of_scalar);
            number.is_some() && number == Number::of_json(expected, name)
        }
    };
    out.demand(same, path, "HDF5 fill", expected, format!("{fill:?}"));
}

fn compare_values(sha: &str, name: &str, facts: &DatasetFacts, path: &str, out: &mut Differences) {
    let info = facts.source.info();
    if matches!(info.dtype, DType::Record(_) | DType::List(_)) {
        return;
    }
    match facts.source.read(&Region::whole(&info.shape)) {
        Err(e) => out.add(path, "reading", "values", e),
        Ok(data) => {
            let found = hash::values(&data, name);
            // NumPy's scalars lose the NULs at their end.
            let cut = bytes_of(&data).filter(|_| data.ndim() == 0).map(|(bytes, _)| {
                let end = bytes.iter().rposition(|b| *b != 0).map_or(0, |last| last + 1);
                hash::sha16(bytes.get(..end).unwrap_or(&bytes))
            });
            let same = found.as_deref() == Some(sha) || cut.as_deref() == Some(sha);
            out.demand(same, path, "HDF5 values", sha, attrs::show(&data));
        }
    }
}
