//! The result of an analysis program against its reference.

use std::collections::{BTreeMap, BTreeSet};

use graticule::array::{Array, DType};
use serde_json::Value;

use super::number::{Number, Summary, floats, sums_agree};
use super::{Differences, dtype, hash, text, time};

/// A variable or coordinate of a result, computed.
#[derive(Clone, Debug)]
pub(crate) struct Item {
    pub(crate) dims: Vec<String>,
    pub(crate) data: Array,
}

/// A result, computed.
#[derive(Clone, Debug, Default)]
pub(crate) struct Found {
    pub(crate) coords: BTreeMap<String, Item>,
    pub(crate) vars: BTreeMap<String, Item>,
}

/// How far floats may lie from the reference.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Tolerance {
    pub(crate) relative: f64,
    pub(crate) absolute: f64,
}

impl Tolerance {
    const EXACT: Self = Self { relative: 0.0, absolute: 0.0 };

    fn allows(self, expected: f64, found: f64) -> bool {
        expected == found
            || (expected.is_nan() && found.is_nan())
            || (expected - found).abs() <= self.relative * expected.abs() + self.absolute
    }
}

/// Compares names, dims, dtypes and values.
pub(crate) fn compare(
    expected: &Value,
    found: &Found,
    tolerance: Tolerance,
    out: &mut Differences,
) {
    let sizes: BTreeMap<&str, u64> = found
        .coords
        .values()
        .chain(found.vars.values())
        .flat_map(|i| i.dims.iter().map(String::as_str).zip(i.data.shape().iter().copied()))
        .map(|(name, len)| (name, len as u64))
        .collect();
    let wanted: BTreeMap<&str, u64> = expected["dims"]
        .as_object()
        .into_iter()
        .flatten()
        .filter_map(|(name, len)| Some((name.as_str(), len.as_u64()?)))
        .collect();
    let what = "dimensions";
    out.demand(sizes == wanted, "", what, format!("{wanted:?}"), format!("{sizes:?}"));
    for (part, items) in [("coords", &found.coords), ("vars", &found.vars)] {
        let wanted: BTreeSet<&str> =
            expected[part].as_object().into_iter().flatten().map(|(n, _)| n.as_str()).collect();
        let names: BTreeSet<&str> = items.keys().map(String::as_str).collect();
        out.demand(names == wanted, "", part, format!("{wanted:?}"), format!("{names:?}"));
        for (name, item) in items {
            let reference = &expected[part][name];
            if reference.is_null() {
                continue;
            }
            let indexed = item.dims.as_slice() == [name.as_str()];
            let allowed = if part == "vars" {
                tolerance
            } else if indexed {
                Tolerance::EXACT
            } else {
                Tolerance { absolute: 0.0, ..tolerance }
            };
            compare_item(reference, item, allowed, name, out);
        }
    }
}

fn compare_item(
    expected: &Value,
    item: &Item,
    tolerance: Tolerance,
    name: &str,
    out: &mut Differences,
) {
    let dims = expected["dims"].as_array().into_iter().flatten().filter_map(Value::as_str);
    let same = dims.eq(item.dims.iter().map(String::as_str));
    out.demand(same, name, "dims", &expected["dims"], format!("{:?}", item.dims));
    let shape = expected["shape"].as_array().into_iter().flatten().filter_map(Value::as_u64);
    let same = shape.eq(item.data.shape().iter().map(|n| *n as u64));
    out.demand(same, name, "shape", &expected["shape"], format!("{:?}", item.data.shape()));
    let kind = expected["dtype"].as_str().unwrap_or_default();
    if !dtype::agrees(kind, item.data.dtype()) {
        out.add(name, "dtype", kind, item.data.dtype());
        return;
    }
    if matches!(item.data.dtype(), DType::Time(_)) {
        let agree = time::calendars_agree(kind, item.data.dtype());
        out.demand(agree, name, "calendar", kind, item.data.dtype());
    }
    if !same {
        return;
    }
    let floating = item.data.dtype().is_float() || matches!(item.data.dtype(), DType::Duration(_));
    match (floats(&item.data).or_else(|| time::seconds(&item.data)), words(&item.data)) {
        (Some(values), _) => {
            let exact = if floating { tolerance } else { Tolerance::EXACT };
            compare_numbers(expected, kind, &item.data, &values, exact, name, out);
        }
        (None, Some(words)) => compare_words(expected, &words, name, out),
        (None, None) => out.add(name, "values", kind, "values that cannot be compared"),
    }
}

/// Times and text as text.
fn words(data: &Array) -> Option<Vec<Option<String>>> {
    time::iso(data).or_else(|| text::texts(data))
}

fn compare_words(expected: &Value, found: &[Option<String>], name: &str, out: &mut Differences) {
    let differs = |list: &[Value], found: &[Option<String>]| {
        let pairs = list.iter().zip(found).enumerate();
        let wrong = pairs.into_iter().find(|(_, (v, f))| v.as_str() != f.as_deref());
        wrong.map(|(i, (v, f))| (i, v.clone(), f.clone()))
    };
    let wrong = expected["values"].as_array().and_then(|list| differs(list, found));
    if let Some((i, want, is)) = wrong {
        out.add(name, &format!("value {i}"), want, is.unwrap_or_else(|| "null".into()));
    }
    if let Some(sha) = expected["sha"].as_str() {
        let lines: Vec<&str> = found.iter().map(|t| t.as_deref().unwrap_or("NaT")).collect();
        let hash = hash::sha16(lines.join("\n").as_bytes());
        out.demand(hash == sha, name, "hash of the values", sha, &hash);
    }
}

fn compare_numbers(
    expected: &Value,
    kind: &str,
    data: &Array,
    found: &[f64],
    tolerance: Tolerance,
    name: &str,
    out: &mut Differences,
) {
    let number = |v: &Value| Number::of_json(v, kind).map(Number::as_f64);
    let mut check = |what: String, want: &Value, is: Option<f64>| {
        let agree = number(want).zip(is).is_some_and(|(want, is)| tolerance.allows(want, is));
        let is = is.map_or_else(|| "nothing".to_owned(), |v| v.to_string());
        out.demand(agree, name, &what, want, is);
        agree
    };
    let lists = [("values", 0), ("first", 0), ("last", usize::MAX)];
    for (key, place) in lists {
        let list = expected[key].as_array().map(Vec::as_slice).unwrap_or_default();
        let start = found.len().saturating_sub(list.len()).min(place);
        for (i, want) in list.iter().enumerate() {
            // One value tells enough.
            if !check(format!("value {}", start + i), want, found.get(start + i).copied()) {
                break;
            }
        }
    }
    for pair in expected["sample"].as_array().into_iter().flatten() {
        let at = pair[0].as_u64().unwrap_or(u64::MAX) as usize;
        if !check(format!("value {at}"), &pair[1], found.get(at).copied()) {
            break;
        }
    }
    let summary = Summary::of(found);
    for (key, is) in [("min", summary.min), ("max", summary.max)] {
        if !expected[key].is_null() {
            check(key.to_owned(), &expected[key], Some(is));
        }
    }
    if let Some(n) = expected["n"].as_u64() {
        out.demand(n == summary.n as u64, name, "number of values", n, summary.n);
    }
    let largest = summary.min.abs().max(summary.max.abs());
    let allowed = tolerance.relative.max(1e-12) * largest + tolerance.absolute;
    let sums =
        [("mean", summary.mean(), allowed), ("sum", summary.sum, allowed * summary.n as f64)];
    for (key, is, allowed) in sums {
        if let Some(want) = expected[key].as_f64() {
            out.demand(sums_agree(want, is, allowed, 1.0), name, key, want, is);
        }
    }
    if let Some(sha) = expected["sha"].as_str() {
        let hash = hash::values(data, kind).unwrap_or_default();
        out.demand(hash == sha, name, "hash of the values", sha, &hash);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn item(dims: &[&str], data: Array) -> Item {
        Item { dims: dims.iter().map(|d| (*d).to_owned()).collect(), data }
    }

    fn failures(expected: &Value, found: &Found) -> Vec<String> {
        let mut out = Differences::default();
        let tolerance = Tolerance { relative: 2e-6, absolute: 1e-6 };
        compare(expected, found, tolerance, &mut out);
        out.0.into_iter().map(|f| format!("{}: {}", f.variable, f.what)).collect()
    }

    #[test]
    fn values_are_allowed_their_tolerance_and_coordinates_are_not() {
        let x = item(&["x"], Array::from_vec([2], vec![1.0f64, 2.0]).unwrap());
        let v = item(&["x"], Array::from_vec([2], vec![10.000_001f32, f32::NAN]).unwrap());
        let found =
            Found { coords: [("x".to_owned(), x)].into(), vars: [("v".to_owned(), v)].into() };
        let reference = |x: f64, v: f64| {
            json!({
                "dims": {"x": 2},
                "coords": {"x": {"dims": ["x"], "shape": [2], "dtype": "float64", "values": [x, 2.0]}},
                "vars": {"v": {"dims": ["x"], "shape": [2], "dtype": "float32", "values": [v, null]}},
            })
        };
        assert_eq!(failures(&reference(1.0, 10.0), &found), [""; 0]);
        assert_eq!(failures(&reference(1.000_000_1, 10.0), &found), ["x: value 0"]);
        assert_eq!(failures(&reference(1.0, 10.1), &found), ["v: value 0"]);
        let mut other = reference(1.0, 10.0);
        other["coords"]["month"] =
            json!({"dims": [], "shape": [], "dtype": "int64", "values": [1]});
        assert_eq!(failures(&other, &found), [": coords"]);
    }
}
