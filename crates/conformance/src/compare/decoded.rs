//! Decoded values of one variable against its `dec`.

use graticule::array::{Array, DType};
use serde_json::Value;

use super::number::{Number, Summary, floats, sums_agree};
use super::{Differences, attrs, dtype, hash, text, time};

/// How far a mean may lie from the reference, in parts of the largest magnitude.
const MEAN: f64 = 1e-9;

/// The name and hash that `dec` demands; where it says `=raw` they are those of `raw`.
fn wanted(expected: &Value) -> (&str, Option<&str>) {
    let (raw, dec) = (&expected["raw"], &expected["dec"]);
    match dec["dtype"].as_str() {
        Some("=raw") => (raw["dtype"].as_str().unwrap_or_default(), raw["sha"].as_str()),
        name => (name.unwrap_or_default(), dec["sha"].as_str()),
    }
}

/// Compares dtype, values and what is counted over them.
pub(crate) fn compare(expected: &Value, data: &Array, at: &str, out: &mut Differences) {
    let (name, sha) = wanted(expected);
    if !dtype::agrees(name, data.dtype()) {
        out.add(at, "decoded dtype", name, data.dtype());
        return;
    }
    let compared = dtype::has_values(data.dtype()) && !dtype::is_record(name);
    if !compared || !expected["skip"].is_null() {
        return;
    }
    match data.dtype() {
        DType::Time(_) => compare_times(expected, sha, data, at, out),
        DType::Duration(_) => compare_durations(&expected["dec"], data, at, out),
        found if found.is_text() => compare_texts(expected, name, sha, data, at, out),
        _ => compare_numbers(&expected["dec"], name, sha, data, at, out),
    }
}

/// Compares `first` and `last`, given how an element equals its reference.
fn compare_ends<T>(
    dec: &Value,
    elements: &[T],
    same: impl Fn(&Value, &T) -> bool,
    show: impl Fn(&T) -> String,
    at: &str,
    out: &mut Differences,
) {
    for (key, from_end) in [("first", false), ("last", true)] {
        let Some(list) = dec[key].as_array() else { continue };
        let skip = if from_end { elements.len().saturating_sub(list.len()) } else { 0 };
        let part: Vec<&T> = elements.iter().skip(skip).take(list.len()).collect();
        let agree = part.len() == list.len() && list.iter().zip(&part).all(|(v, e)| same(v, e));
        let found: Vec<String> = part.iter().map(|e| show(e)).collect();
        out.demand(agree, at, key, &dec[key], found.join(", "));
    }
}

fn compare_count(dec: &Value, found: usize, at: &str, out: &mut Differences) {
    if let Some(n) = dec["n"].as_u64() {
        out.demand(n == found as u64, at, "number of values", n, found);
    }
}

fn same_text(value: &Value, found: &Option<String>) -> bool {
    match (value.as_str(), found) {
        (Some(want), Some(found)) => text::shortened(want) == text::shortened(found),
        (None, None) => value.is_null(),
        _ => false,
    }
}

fn show_text(found: &Option<String>) -> String {
    found.as_ref().map_or_else(|| "null".into(), |t| format!("{:?}", text::shortened(t)))
}

fn compare_times(
    expected: &Value,
    sha: Option<&str>,
    data: &Array,
    at: &str,
    out: &mut Differences,
) {
    let dec = &expected["dec"];
    let calendar = dec["cal"].as_str().or_else(|| {
        let name = dec["dtype"].as_str();
        name.filter(|n| n.starts_with("cftime"))
    });
    if let Some(calendar) = calendar {
        let agree = time::calendars_agree(calendar, data.dtype());
        out.demand(agree, at, "calendar", calendar, data.dtype());
    }
    let Some(times) = time::iso(data) else { return };
    compare_count(dec, times.iter().flatten().count(), at, out);
    compare_ends(dec, &times, same_text, show_text, at, out);
    if let Some(sha) = sha {
        let lines: Vec<&str> = times.iter().map(|t| t.as_deref().unwrap_or("NaT")).collect();
        let found = hash::sha16(lines.join("\n").as_bytes());
        out.demand(found == sha, at, "times", sha, attrs::show(data));
    }
}

fn compare_durations(dec: &Value, data: &Array, at: &str, out: &mut Differences) {
    let Some(seconds) = time::seconds(data) else { return };
    compare_count(dec, seconds.iter().filter(|s| !s.is_nan()).count(), at, out);
    let same =
        |v: &Value, s: &f64| Number::of_json(v, "float64").is_some_and(|n| n == Number::Float(*s));
    compare_ends(dec, &seconds, same, f64::to_string, at, out);
}

fn compare_texts(
    expected: &Value,
    name: &str,
    sha: Option<&str>,
    data: &Array,
    at: &str,
    out: &mut Differences,
) {
    let dec = &expected["dec"];
    let Some(texts) = text::texts(data) else { return };
    compare_count(dec, texts.iter().flatten().count(), at, out);
    if let Some(sha) = sha {
        let found = hash::values(data, name);
        // The hash tells all; the ends only help to see what is wrong.
        if found.as_deref() != Some(sha) {
            out.add(at, "text", sha, attrs::show(data));
            compare_ends(dec, &texts, same_text, show_text, at, out);
        }
    } else {
        compare_ends(dec, &texts, same_text, show_text, at, out);
    }
}

fn compare_numbers(
    dec: &Value,
    name: &str,
    sha: Option<&str>,
    data: &Array,
    at: &str,
    out: &mut Differences,
) {
    if let Some(sha) = sha {
        let found = hash::values(data, name);
        out.demand(found.as_deref() == Some(sha), at, "decoded values", sha, attrs::show(data));
    }
    let Some(values) = floats(data) else { return };
    let same = |v: &Value, f: &f64| {
        Number::of_json(v, name).is_some_and(|n| Number::Float(n.as_f64()) == Number::Float(*f))
    };
    compare_ends(dec, &values, same, f64::to_string, at, out);
    let found = Summary::of(&values);
    compare_count(dec, found.n, at, out);
    if found.n == 0 {
        return;
    }
    let number = |key: &str, dtype: &str| {
        Number::of_json(&dec[key], dtype).filter(|_| !dec[key].is_null()).map(Number::as_f64)
    };
    for (key, value) in [("min", found.min), ("max", found.max)] {
        if let Some(want) = number(key, name) {
            out.demand(want == value, at, key, want, value);
        }
    }
    let scale = found.min.abs().max(found.max.abs());
    let sums = [("mean", found.mean(), scale), ("sum", found.sum, scale * found.n as f64)];
    for (key, value, scale) in sums {
        if let Some(want) = number(key, "float64") {
            out.demand(sums_agree(want, value, scale, MEAN), at, key, want, value);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn failures(expected: &Value, data: &Array) -> Vec<String> {
        let mut out = Differences::default();
        compare(expected, data, "v", &mut out);
        out.0.into_iter().map(|f| f.what).collect()
    }

    #[test]
    fn numbers_are_compared_by_hash_and_by_what_is_counted() {
        let data = Array::from_vec([4], vec![0.5f32, f32::NAN, 2.5, 0.1]).unwrap();
        let sha = hash::values(&data, "float32").unwrap();
        let good = json!({"dec": {
            "dtype": "float32", "sha": sha, "n": 3, "min": 0.1, "max": 2.5,
            "mean": 1.033_333_333_830_038_7, "sum": 3.100_000_001_490_116,
            "first": [0.5, null, 2.5], "last": [null, 2.5, 0.1],
        }});
        assert_eq!(failures(&good, &data), [""; 0]);
        let mut bad = good.clone();
        bad["dec"]["n"] = json!(4);
        bad["dec"]["sum"] = json!(3.2);
        assert_eq!(failures(&bad, &data), ["number of values", "sum"]);
        let other = Array::from_vec([4], vec![0.5f64, 0.0, 2.5, 0.1]).unwrap();
        assert_eq!(failures(&good, &other), ["decoded dtype"]);
    }

    #[test]
    fn text_under_another_name_is_the_raw_one() {
        let data = Array::from_vec([2], vec![b'a', b'b']).unwrap().with_dtype(DType::Char).unwrap();
        let sha = hash::sha16(b"ab");
        let good = json!({"raw": {"dtype": "S1", "sha": sha},
            "dec": {"dtype": "=raw", "first": ["a", "b"]}});
        assert_eq!(failures(&good, &data), [""; 0]);
    }
}
