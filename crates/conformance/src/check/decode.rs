//! Decoded values, coordinates and the attributes that decoding takes away.

use std::collections::BTreeSet;

use graticule::{Dataset, Variable};
use serde_json::Value;

use super::library;
use crate::compare::{Differences, decoded};
use crate::corpus::Corpus;
use crate::outcome::Outcome;

pub(crate) fn check(corpus: &Corpus, key: &str) -> Result<Outcome, String> {
    let reference = corpus.reference(key)?;
    let session = library::session();
    let options = library::decoding(&reference);
    let groups = match graticule::dataset::open_groups(corpus.path(key), &options, &session) {
        Ok(groups) => groups,
        Err(e) => return Ok(Outcome::failed("opening", e.to_string())),
    };
    let mut out = Differences::default();
    for expected in reference["groups"].as_array().into_iter().flatten() {
        let path = expected["path"].as_str().unwrap_or("/");
        match groups.iter().find(|(p, _)| p == path) {
            Some((_, group)) => compare_group(expected, group, path, &mut out),
            None => out.add(path, "group", "a group", "none"),
        }
    }
    Ok(Outcome::of(out.0))
}

fn compare_group(expected: &Value, group: &Dataset, path: &str, out: &mut Differences) {
    let listed = expected["vars"].as_object();
    if let Some(coords) = expected["coords"].as_array() {
        // In a shortened list of variables only those that are there can be judged.
        let judged = |name: &str| {
            expected["trunc"].is_null() || listed.is_some_and(|vars| vars.contains_key(name))
        };
        let wanted: BTreeSet<&str> =
            coords.iter().filter_map(Value::as_str).filter(|name| judged(name)).collect();
        let found: BTreeSet<&str> =
            group.coord_vars().map(|(name, _)| name.as_str()).filter(|name| judged(name)).collect();
        out.demand(wanted == found, path, "coords", format!("{wanted:?}"), format!("{found:?}"));
    }
    for (name, expected) in listed.into_iter().flatten() {
        if expected["dec"].is_null() {
            continue;
        }
        let at = format!("{}/{name}", path.trim_end_matches('/'));
        match group.variable(name) {
            Some(var) => compare_var(expected, group, var, &at, out),
            None => out.add(&at, "variable", "a variable", "none"),
        }
    }
}

fn compare_var(expected: &Value, group: &Dataset, var: &Variable, at: &str, out: &mut Differences) {
    let removed = expected["removed"].as_array().into_iter().flatten().filter_map(Value::as_str);
    // Where the reference failed, so may we: the attributes then stay.
    let failed = !expected["dec"]["err"].is_null();
    for name in removed.filter(|name| !failed && var.attrs().has(name)) {
        out.add(at, "attributes", format!("{name} moved to the encoding"), "it is still there");
    }
    let shape = if expected["dec_shape"].is_null() { "shape" } else { "dec_shape" };
    let wanted = expected[shape].as_array().into_iter().flatten().map(Value::as_u64);
    let same = wanted.eq(var.shape().iter().map(|n| Some(*n as u64)));
    out.demand(same, at, "shape", &expected[shape], format!("{:?}", var.shape()));
    let computed = group.session().compute(&[var.data().clone()]);
    match computed.map(|mut arrays| arrays.pop()) {
        // The reference reader failed as well, or stopped for size.
        _ if failed => {}
        Err(e) => out.add(at, "reading", "values", e),
        Ok(None) => out.add(at, "reading", "values", "nothing"),
        Ok(Some(data)) => decoded::compare(expected, &data, at, out),
    }
}
