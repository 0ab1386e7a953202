//! Attributes: what the reference lists must be there with the same type and value.

use graticule::array::{Array, DType};
use serde_json::Value;

use super::number::Number;
use super::text::{bytes_of, texts};
use super::{Differences, dtype, hash};

/// Attributes that serve the format; references neither list nor count them.
const INTERNAL: [&str; 9] = [
    "_NCProperties",
    "CLASS",
    "NAME",
    "DIMENSION_LIST",
    "REFERENCE_LIST",
    "_Netcdf4Dimid",
    "_Netcdf4Coordinates",
    "_nc3_strict",
    "_ARRAY_DIMENSIONS",
];

/// Compares one way: the reference may list fewer.
pub(crate) fn compare(
    expected: &Value,
    found: &[(&str, &Array)],
    variable: &str,
    out: &mut Differences,
) {
    for (name, value) in expected["attrs"].as_object().into_iter().flatten() {
        let what = format!("attribute {name}");
        match found.iter().find(|(n, _)| n == name) {
            None => out.add(variable, &what, value, "no such attribute"),
            Some((_, array)) => {
                out.demand(agrees(value, array), variable, &what, value, show(array));
            }
        }
    }
    if let Some(n) = expected["n_attrs"].as_u64() {
        let counted = found.iter().filter(|(name, _)| !INTERNAL.contains(name)).count();
        out.demand(n == counted as u64, variable, "number of attributes", n, counted);
    }
}

/// A value in a message.
pub(crate) fn show(array: &Array) -> String {
    const SHOWN: usize = 9;
    let n = array.len();
    let flat = array.reshape(&[n]).ok();
    let items = (0..n.min(SHOWN)).filter_map(|i| flat.as_ref()?.get(&[i]).ok());
    let items: Vec<String> = items.map(|s| format!("{s:?}")).collect();
    format!("{} {:?} {}", array.dtype(), array.shape(), items.join(" "))
}

fn agrees(expected: &Value, found: &Array) -> bool {
    match expected {
        Value::String(text) => one_text(found).is_some_and(|t| t == text.as_bytes()),
        Value::Object(o) if o.contains_key("err") => true,
        Value::Object(o) => one_text(found).is_some_and(|t| {
            let same = |t: &[u8]| {
                o.get("n").and_then(Value::as_u64) == Some(t.len() as u64)
                    && o.get("s").and_then(Value::as_str) == Some(&hash::sha16(t))
            };
            // Some reference readers replace what is not UTF-8 before they hash.
            same(&t) || same(String::from_utf8_lossy(&t).as_bytes())
        }),
        Value::Array(pair) => match pair.as_slice() {
            [Value::String(kind), _] if kind == "compound" => true,
            // Lists of compound items likewise.
            [Value::String(_), Value::Array(list)] if list.iter().any(|v| v[0] == "compound") => {
                true
            }
            [Value::String(kind), values] if kind == "str" => texts_agree(values, found),
            [Value::String(kind), values] => numbers_agree(kind, values, found),
            _ => false,
        },
        _ => false,
    }
}

/// The bytes of a single text.
fn one_text(found: &Array) -> Option<Vec<u8>> {
    if let Some((bytes, _)) = bytes_of(found) {
        return Some(bytes);
    }
    match texts(found)?.as_slice() {
        [one] => Some(one.clone().unwrap_or_default().into_bytes()),
        _ => None,
    }
}

fn texts_agree(expected: &Value, found: &Array) -> bool {
    let Some(found) = texts(found) else { return false };
    let found: Vec<&str> = found.iter().map(|t| t.as_deref().unwrap_or_default()).collect();
    match expected {
        Value::Object(o) => {
            o.get("n").and_then(Value::as_u64) == Some(found.len() as u64)
                && o.get("sha").and_then(Value::as_str)
                    == Some(&hash::sha16(found.join("\0").as_bytes()))
        }
        Value::Array(list) => list.iter().map(|v| v.as_str().unwrap_or_default()).eq(found),
        Value::String(one) => found == [one],
        _ => false,
    }
}

fn numbers_agree(kind: &str, expected: &Value, found: &Array) -> bool {
    // An enumeration's base integer stands for it.
    if !dtype::agrees(kind, found.dtype()) && *found.dtype() != DType::Bool {
        return false;
    }
    if let Value::Object(o) = expected {
        return o.get("n").and_then(Value::as_u64) == Some(found.len() as u64)
            && o.get("sha").and_then(Value::as_str) == hash::values(found, kind).as_deref();
    }
    let one = [expected.clone()];
    let expected = expected.as_array().map_or(one.as_slice(), Vec::as_slice);
    let Ok(flat) = found.reshape(&[found.len()]) else { return false };
    expected.len() == flat.len()
        && expected.iter().enumerate().all(|(i, value)| {
            let found = flat.get(&[i]).ok().and_then(|s| Number::of_scalar(&s));
            found.is_some() && found == Number::of_json(value, kind)
        })
}

#[cfg(test)]
mod tests {
    use super::*;
    use graticule::array::Text;
    use serde_json::json;

    #[test]
    fn types_and_values_count() {
        let three = Array::from_vec([3], vec![1i16, 2, 3]).unwrap();
        assert!(agrees(&json!(["int16", [1, 2, 3]]), &three));
        assert!(!agrees(&json!(["int32", [1, 2, 3]]), &three));
        assert!(!agrees(&json!(["int16", [1, 2, 4]]), &three));
        assert!(!agrees(&json!(["int16", 1]), &three));
        let gap = Array::scalar(f32::NAN);
        assert!(agrees(&json!(["float32", null]), &gap));
        let text = Array::scalar(Text::from("degC"));
        assert!(agrees(&json!("degC"), &text) && !agrees(&json!("K"), &text));
        let long = json!({"s": hash::sha16(b"degC"), "n": 4});
        assert!(agrees(&long, &text));
        assert!(agrees(&json!(["compound", "?"]), &text));
    }

    #[test]
    fn counts_leave_out_what_serves_the_format() {
        let value = Array::scalar(1i32);
        let mut out = Differences::default();
        let found = [("a", &value), ("DIMENSION_LIST", &value)];
        compare(&json!({"attrs": {"a": ["int32", 1]}, "n_attrs": 1}), &found, "v", &mut out);
        assert!(out.0.is_empty());
        compare(&json!({"attrs": {"b": ["int32", 1]}, "n_attrs": 2}), &found, "v", &mut out);
        assert_eq!(out.0.len(), 2);
    }
}
