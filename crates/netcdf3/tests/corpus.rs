//! Structure, attributes and raw values of every classic file of the corpus.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)] // a test may fail by panic

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use graticule_array::{Array, DType, Region};
use graticule_netcdf3::Netcdf3Backend;
use graticule_storage::{Backend, FileBytes, HandlePool, Location, OpenOptions, RawAttr, RawGroup};
use serde_json::Value;
use sha2::{Digest, Sha256};

fn corpus() -> Option<PathBuf> {
    let given = std::env::var_os("GRATICULE_CORPUS").map(PathBuf::from);
    let near = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data");
    given.into_iter().chain([near]).find(|p| p.join("MANIFEST.csv").exists())
}

fn sha16(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().take(8).fold(String::new(), |mut s, b| {
        let _ = write!(s, "{b:02x}");
        s
    })
}

fn packed(data: &Array) -> Vec<u8> {
    match data.dtype() {
        DType::F32 => data
            .to_flat::<f32>()
            .unwrap()
            .iter()
            .flat_map(|v| if v.is_nan() { f32::from_bits(0x7fc0_0000) } else { *v }.to_le_bytes())
            .collect(),
        DType::F64 => data
            .to_flat::<f64>()
            .unwrap()
            .iter()
            .flat_map(|v| if v.is_nan() { f64::from_bits(0x7ff8 << 48) } else { *v }.to_le_bytes())
            .collect(),
        _ => data.to_packed().unwrap(),
    }
}

fn name_of(dtype: &DType) -> String {
    if *dtype == DType::Char { "S1".into() } else { dtype.to_string() }
}

fn attr_agrees(attr: &RawAttr, expected: &Value) -> bool {
    let text = match attr.value.dtype() {
        DType::Str => attr
            .value
            .to_flat::<graticule_array::Text>()
            .unwrap()
            .first()
            .map(|t| t.as_str().unwrap_or("").as_bytes().to_vec()),
        DType::Bytes(_) => Some(attr.value.to_flat::<u8>().unwrap()),
        _ => None,
    };
    match (expected, text) {
        (Value::String(s), Some(t)) => s.as_bytes() == t,
        (Value::Object(o), Some(t)) => o["s"] == sha16(&t) && o["n"] == t.len(),
        (Value::Array(a), None) => {
            let [dtype, value] = a.as_slice() else { return false };
            if *dtype != name_of(attr.value.dtype()) {
                return false;
            }
            let items = match value {
                Value::Object(o) => {
                    return o["n"] == attr.value.len() && o["sha"] == sha16(&packed(&attr.value));
                }
                Value::Array(items) => items.clone(),
                one => vec![one.clone()],
            };
            let found = attr.value.reshape(&[attr.value.len()]).unwrap();
            items.len() == found.len()
                && items.iter().enumerate().all(|(i, item)| {
                    let found = found.get(&[i]).unwrap().as_f64().unwrap();
                    let found = if *dtype == "float32" {
                        format!("{}", found as f32).parse().unwrap()
                    } else {
                        found
                    };
                    match item {
                        Value::Null => found.is_nan(),
                        Value::String(s) => s.parse::<f64>().unwrap() == found,
                        other => {
                            other.as_f64().map(|v| {
                                if *dtype == "float32" {
                                    format!("{}", v as f32).parse().unwrap()
                                } else {
                                    v
                                }
                            }) == Some(found)
                        }
                    }
                })
        }
        _ => false,
    }
}

fn attrs_differ(found: &[RawAttr], expected: &Value, at: &str, out: &mut Vec<String>) {
    for (name, value) in expected.as_object().into_iter().flatten() {
        match found.iter().find(|a| a.name == *name) {
            Some(attr) if attr_agrees(attr, value) => {}
            other => out.push(format!(
                "{at}@{name}: expected {value}, found {:?}",
                other.map(|a| &a.value)
            )),
        }
    }
}

fn differences(group: &RawGroup, expected: &Value) -> Vec<String> {
    let mut out = Vec::new();
    attrs_differ(&group.attrs, &expected["attrs"], "", &mut out);
    for (name, len) in expected["dims"].as_object().into_iter().flatten() {
        if group.dims.iter().find(|d| d.name == *name).is_none_or(|d| *len != d.len) {
            out.push(format!("dimension {name}: expected {len}, found {:?}", group.dims));
        }
    }
    let unlimited: BTreeSet<_> = expected["unlimited"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .filter(|n| !expected["dims"][n].is_null())
        .collect();
    let found: BTreeSet<_> = group
        .dims
        .iter()
        .filter(|d| d.unlimited)
        .map(|d| d.name.as_str())
        .filter(|n| !expected["dims"][n].is_null())
        .collect();
    if unlimited != found {
        out.push(format!("unlimited: expected {unlimited:?}, found {found:?}"));
    }
    for (name, expected) in expected["vars"].as_object().into_iter().flatten() {
        let Some(var) = group.vars.iter().find(|v| v.name == *name) else {
            out.push(format!("variable {name} is missing"));
            continue;
        };
        attrs_differ(&var.attrs, &expected["attrs"], name, &mut out);
        let info = var.source.info();
        if expected["dims"] != serde_json::json!(var.dims)
            || expected["shape"] != serde_json::json!(info.shape)
        {
            out.push(format!("{name}: found {:?} {:?}", var.dims, info.shape));
        }
        let raw = &expected["raw"];
        if !raw["dtype"].is_null() && raw["dtype"] != name_of(&info.dtype) {
            out.push(format!("{name}: expected {}, found {}", raw["dtype"], info.dtype));
        }
        match var.source.read(&Region::whole(&info.shape)) {
            Ok(data) if raw["sha"].is_null() || raw["sha"] == sha16(&packed(&data)) => {}
            Ok(_) => out.push(format!("{name}: other values")),
            // The C library reads zeros behind the end of a file; we refuse to invent data.
            Err(e) if e.is_corrupt() && e.to_string().contains("truncated") => {
                eprintln!("accepted: {e}");
            }
            Err(e) => out.push(e.to_string()),
        }
    }
    out
}

#[test]
fn every_classic_file_equals_its_reference() {
    let Some(dir) = corpus() else {
        eprintln!("SKIPPED: no corpus beside the workspace, and GRATICULE_CORPUS is not set");
        return;
    };
    let pool = Arc::new(HandlePool::default());
    let manifest = std::fs::read_to_string(dir.join("MANIFEST.csv")).unwrap();
    let (mut passed, mut failed) = (0, Vec::new());
    for line in manifest.lines().filter(|l| l.contains(",netCDF-3")) {
        let path = line.split(',').next().unwrap();
        let text =
            std::fs::read_to_string(dir.join("reference").join(format!("{path}.json"))).unwrap();
        let expected: Value = serde_json::from_str(&text).unwrap();
        let file = FileBytes::open(&Location::new(dir.join(path)), &pool).unwrap();
        let opened = Netcdf3Backend.open(Arc::new(file), &OpenOptions::default());
        // A file that the C library does not open is there to be survived.
        if expected["open"]["engine"] != "netcdf4" {
            for var in opened.into_iter().flat_map(|g| g.vars) {
                let _ = var.source.read(&Region::whole(&var.source.info().shape));
            }
            passed += 1;
            continue;
        }
        let wrong = match opened {
            Ok(group) => differences(&group, &expected["groups"][0]),
            Err(e) => vec![e.to_string()],
        };
        if wrong.is_empty() {
            passed += 1;
        } else {
            failed.push(format!("{path}: {}", wrong.join("\n    ")));
        }
    }
    eprintln!("{passed} classic files equal their references");
    assert!(failed.is_empty(), "{} differ:\n  {}", failed.len(), failed.join("\n  "));
    assert!(passed > 0, "the corpus holds no classic file");
}
