//! What several files make together.

use std::collections::{BTreeMap, BTreeSet};

use graticule::Dataset;
use graticule::array::Array;
use serde_json::Value;

use super::library;
use crate::compare::number::{Summary, floats, sums_agree};
use crate::compare::{Differences, time};
use crate::corpus::Corpus;
use crate::outcome::Outcome;

/// The references list at most this many variables.
const LISTED: usize = 40;

pub(crate) fn check(corpus: &Corpus, key: &str) -> Result<Outcome, String> {
    let bad = || format!("no set of files is called {key}");
    let (name, way) = key.rsplit_once(" (").ok_or_else(bad)?;
    let way = way.trim_end_matches(')');
    let sets = corpus.sets()?;
    let set = sets.iter().find(|s| s["set"] == name).ok_or_else(bad)?;
    let files: Vec<String> = set["files"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|f| f.as_str().map(String::from))
        .collect();
    let expected = &set[way];
    let opened = library::open_many(corpus, &files, &library::combining(&expected["kw"]));
    if !expected["error"].is_null() {
        return Ok(match opened {
            Err(_) => Outcome::Passed,
            Ok(whole) => nothing_lost(corpus, &files, &whole).unwrap_or_else(|e| {
                Outcome::failed("comparing with the single files", e.to_string())
            }),
        });
    }
    let whole = match opened {
        Ok(whole) => whole,
        Err(e) => return Ok(Outcome::failed("opening", e.to_string())),
    };
    let mut out = Differences::default();
    compare_structure(expected, &whole, &mut out);
    compare_time(&expected["time"], &whole, &mut out);
    compare_check(&expected["check"], &whole, &mut out);
    Ok(Outcome::of(out.0))
}

fn compare_structure(expected: &Value, whole: &Dataset, out: &mut Differences) {
    let found: BTreeMap<&str, u64> =
        whole.sizes().map(|(name, len)| (name.as_str(), len as u64)).collect();
    let wanted: BTreeMap<&str, u64> = expected["dims"]
        .as_object()
        .into_iter()
        .flatten()
        .filter_map(|(name, len)| Some((name.as_str(), len.as_u64()?)))
        .collect();
    let what = "dimensions";
    out.demand(wanted == found, "", what, format!("{wanted:?}"), format!("{found:?}"));
    let vars = expected["vars"].as_array().into_iter().flatten();
    let wanted: BTreeSet<&str> = vars.filter_map(Value::as_str).collect();
    let found: BTreeSet<&str> = whole.data_vars().map(|(name, _)| name.as_str()).collect();
    let same = if wanted.len() < LISTED { wanted == found } else { wanted.is_subset(&found) };
    out.demand(same, "", "data variables", format!("{wanted:?}"), format!("{found:?}"));
}

fn values(whole: &Dataset, name: &str) -> graticule::Result<Option<Array>> {
    let Some(var) = whole.variable(name) else { return Ok(None) };
    Ok(whole.session().compute(&[var.data().clone()])?.pop())
}

/// ISO text with six decimals, however many the reference has.
fn normal(text: &str) -> String {
    match text.split_once('.') {
        Some((whole, digits)) => format!("{whole}.{digits:0<6.6}"),
        None => format!("{text}.000000"),
    }
}

fn compare_time(expected: &Value, whole: &Dataset, out: &mut Differences) {
    let Some(ends) = expected.as_array() else { return };
    let data = match values(whole, "time") {
        Ok(Some(data)) => data,
        Ok(None) => return out.add("time", "variable", "a variable", "none"),
        Err(e) => return out.add("time", "reading", "values", e),
    };
    let kind = ends.get(2).and_then(Value::as_str).unwrap_or_default();
    let (first, last) = (ends.first().unwrap_or(&Value::Null), ends.get(1).unwrap_or(&Value::Null));
    if let Some(times) = time::iso(&data) {
        let agree = time::calendars_agree(kind, data.dtype());
        out.demand(agree, "time", "calendar", kind, data.dtype());
        for (what, want, found) in
            [("first time", first, times.first()), ("last time", last, times.last())]
        {
            let want = want.as_str().map(normal);
            let found = found.cloned().flatten();
            out.demand(want == found, "time", what, format!("{want:?}"), format!("{found:?}"));
        }
    } else if let Some(numbers) = floats(&data) {
        for (what, want, found) in
            [("first time", first, numbers.first()), ("last time", last, numbers.last())]
        {
            let same = want.as_f64().is_some_and(|w| found == Some(&w));
            out.demand(same, "time", what, want, format!("{found:?}"));
        }
    } else {
        out.add("time", "dtype", kind, data.dtype());
    }
}

fn compare_check(expected: &Value, whole: &Dataset, out: &mut Differences) {
    let Some(name) = expected["var"].as_str() else { return };
    let data = match values(whole, name) {
        Ok(Some(data)) => data,
        Ok(None) => return out.add(name, "variable", "a variable", "none"),
        Err(e) => return out.add(name, "reading", "values", e),
    };
    let Some(numbers) = floats(&data) else {
        return out.add(name, "dtype", "numbers", data.dtype());
    };
    let found = Summary::of(&numbers);
    let n = expected["n"].as_u64().unwrap_or_default();
    out.demand(n == found.n as u64, name, "number of values", n, found.n);
    let sum = expected["sum"].as_f64().unwrap_or(f64::NAN);
    let scale = if sum == 0.0 { n as f64 } else { sum.abs() };
    out.demand(sums_agree(sum, found.sum, scale, 1e-6), name, "sum", sum, found.sum);
}

/// How many values are not missing.
fn count(data: &Array) -> usize {
    floats(data).map_or_else(|| data.len(), |numbers| Summary::of(&numbers).n)
}

/// Where xarray refuses, a dataset is good if every data variable of every file is in it with
/// all its values.
fn nothing_lost(corpus: &Corpus, files: &[String], whole: &Dataset) -> graticule::Result<Outcome> {
    let mut held: BTreeMap<String, Vec<Array>> = BTreeMap::new();
    for file in files {
        let single = library::open_one(corpus, file)?;
        for (name, _) in single.data_vars() {
            if let Some(data) = values(&single, name)? {
                held.entry(name.as_str().to_owned()).or_default().push(data);
            }
        }
    }
    let mut out = Differences::default();
    for (name, parts) in &held {
        let Some(data) = values(whole, name)? else {
            out.add(name, "variable", "a variable", "none");
            continue;
        };
        // Equal in every file: once is enough.
        let mut rest = parts.iter().skip(1);
        let equal = rest.all(|p| parts.first().and_then(Array::to_packed) == p.to_packed());
        let wanted: usize = parts.iter().take(if equal { 1 } else { parts.len() }).map(count).sum();
        let found = count(&data);
        out.demand(found >= wanted, name, "number of values", wanted, found);
    }
    Ok(Outcome::of(out.0))
}

#[cfg(test)]
mod tests {
    use super::normal;

    #[test]
    fn times_have_six_decimals() {
        assert_eq!(normal("2000-01-01T00:00:00"), "2000-01-01T00:00:00.000000");
        assert_eq!(normal("2000-01-01T00:00:00.5"), "2000-01-01T00:00:00.500000");
        assert_eq!(normal("2000-01-01T00:00:00.123456789"), "2000-01-01T00:00:00.123456");
    }
}
