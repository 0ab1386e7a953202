//! Structure and stored values of a file, group by group.

use std::collections::{BTreeMap, BTreeSet};

use graticule::array::{Array, Region};
use graticule_storage::{RawAttr, RawDim, RawGroup, RawVar};
use serde_json::Value;

use super::{objects, open, storage};
use crate::compare::dims::{Axes, Phony, compare_axes, compare_sizes};
use crate::compare::{Differences, attrs, dtype, hash};
use crate::corpus::Corpus;
use crate::outcome::Outcome;

pub(crate) fn check(corpus: &Corpus, key: &str) -> Result<Outcome, String> {
    let reference = corpus.reference(key)?;
    let root = match open::raw(&corpus.path(key)) {
        Ok(root) => root,
        Err(e) => return Ok(Outcome::failed("opening", e.to_string())),
    };
    let mut out = Differences::default();
    let mut phony = Phony::default();
    for expected in reference["groups"].as_array().into_iter().flatten() {
        let path = expected["path"].as_str().unwrap_or("/");
        match open::group(&root, path) {
            Some(group) => compare_group(expected, &root, group, path, &mut phony, &mut out),
            None => out.add(path, "group", "a group", "none"),
        }
    }
    objects::compare(&corpus.path(key), &reference["h5"], &mut out);
    Ok(Outcome::of(out.0))
}

fn pairs(attrs: &[RawAttr]) -> Vec<(&str, &Array)> {
    attrs.iter().map(|a| (a.name.as_str(), &a.value)).collect()
}

/// The groups that hold the group at `path`, from the root down.
fn ancestors<'a>(root: &'a RawGroup, path: &str) -> Vec<&'a RawGroup> {
    let ends = path.match_indices('/').map(|(at, _)| path.get(..at).unwrap_or("/"));
    let ends = ends.filter(|end| path.trim_end_matches('/') != *end);
    ends.filter_map(|end| open::group(root, end)).collect()
}

fn compare_group(
    expected: &Value,
    root: &RawGroup,
    group: &RawGroup,
    path: &str,
    phony: &mut Phony,
    out: &mut Differences,
) {
    attrs::compare(expected, &pairs(&group.attrs), path, out);
    let mut used = BTreeMap::new();
    // What the reference reader could not show (opaque items) has left no dimensions either.
    let listed = expected["vars"].as_object().filter(|_| expected["trunc"].is_null());
    let shown = |var: &&RawVar| listed.is_none_or(|vars| vars.contains_key(&var.name));
    for var in group.vars.iter().filter(shown) {
        let axes = var.dims.iter().zip(&var.source.info().shape);
        used.extend(axes.map(|(name, len)| (name.clone(), *len)));
    }
    // The reference lists those that the group itself declares.
    let inherited = |dim: &RawDim| ancestors(root, path).iter().any(|g| g.dims.contains(dim));
    let own = group.dims.iter().filter(|d| d.unlimited && !inherited(d));
    let unlimited: BTreeSet<String> = own.map(|d| d.name.clone()).collect();
    compare_sizes(expected, &used, &unlimited, path, out);
    let at = |name: &str| format!("{}/{name}", path.trim_end_matches('/'));
    let find = |name: &str| group.vars.iter().find(|v| v.name == name);
    // Some references list names only.
    for name in expected["vars"].as_array().into_iter().flatten().filter_map(Value::as_str) {
        out.demand(find(name).is_some(), &at(name), "variable", "a variable", "none");
    }
    for (name, expected) in expected["vars"].as_object().into_iter().flatten() {
        match find(name) {
            Some(var) => compare_var(expected, var, &at(name), phony, out),
            None => {
                let problem = group.problems.iter().find(|(p, _)| p.ends_with(name.as_str()));
                let why = problem.map_or_else(|| "none".to_owned(), |(_, e)| e.to_string());
                out.add(&at(name), "variable", "a variable", why);
            }
        }
    }
}

fn compare_var(expected: &Value, var: &RawVar, at: &str, phony: &mut Phony, out: &mut Differences) {
    let info = var.source.info();
    let names = var.dims.iter().map(String::as_str).collect();
    compare_axes(expected, &Axes { names, shape: &info.shape }, phony, at, out);
    attrs::compare(expected, &pairs(&var.attrs), at, out);
    storage::compare(&expected["enc"], &var.storage, at, out);
    let raw = &expected["raw"];
    let wanted = raw["dtype"].as_str().or_else(|| expected["dtype"].as_str());
    if let Some(wanted) = wanted {
        let same = dtype::agrees(wanted, &info.dtype);
        out.demand(same, at, "dtype", wanted, &info.dtype);
    }
    if raw.is_null() || !expected["skip"].is_null() {
        return;
    }
    let data = var.source.read(&Region::whole(&info.shape));
    let wanted = raw["sha"].as_str().filter(|_| dtype::has_values(&info.dtype));
    match (data, wanted) {
        // The reference reader failed as well.
        (_, None) if !raw["err"].is_null() => {}
        (Err(e), _) => out.add(at, "reading", "values", e),
        (Ok(_), None) => {}
        (Ok(data), Some(wanted)) => {
            let found = hash::values(&data, raw["dtype"].as_str().unwrap_or_default());
            if found.as_deref() != Some(wanted) {
                out.add(at, "values", wanted, attrs::show(&data));
            }
        }
    }
}
