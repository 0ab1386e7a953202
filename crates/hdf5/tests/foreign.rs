//! Files that other software writes (`foreign/make.py`, with h5py), read by us and compared
//! with what h5py reads: virtual datasets, shared messages, rare types, all indices of chunks,
//! links. Says loudly what it had to skip.
#![allow(clippy::unwrap_used, clippy::panic)] // a test

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;

use graticule_array::{Array, DType, Region, Scalar};
use graticule_hdf5::{Hdf5Backend, Object, ObjectKind, list};
use graticule_storage::{
    Backend, ByteSource, ChunkSource, FileBytes, HandlePool, Location, OpenOptions, RawGroup,
};
use serde_json::{Value, json};

fn bytes(path: &Path) -> Arc<dyn ByteSource> {
    let pool = Arc::new(HandlePool::new(4));
    Arc::new(FileBytes::open(&Location::new(path), &pool).unwrap())
}

fn scalar(value: &Scalar) -> Value {
    match value {
        Scalar::Str(text) => json!(text.as_str().unwrap_or_default()),
        Scalar::Bytes(b, _) => {
            let end = b.iter().rposition(|b| *b != 0).map_or(0, |last| last + 1);
            json!(String::from_utf8_lossy(b.get(..end).unwrap()))
        }
        Scalar::Bool(b) => json!(u8::from(*b)),
        other => match other.as_i64() {
            Some(n) => json!(n),
            None => other.as_f64().map_or(Value::Null, |n| json!(n)),
        },
    }
}

/// Whether two values are the same number or text; infinities are not JSON.
fn same(expected: &Value, found: &Value) -> bool {
    let infinite = expected.is_null() || expected.as_f64().is_some_and(f64::is_infinite);
    match (expected.as_f64(), found.as_f64()) {
        (Some(a), Some(b)) => a == b,
        _ => expected == found || (infinite && found.is_null()),
    }
}

fn compare(expected: &Value, data: &Array, at: &str) {
    let shape: Vec<u64> = data.shape().iter().map(|n| *n as u64).collect();
    assert_eq!(expected[0], json!(shape), "shape of {at}");
    let flat = data.reshape(&[data.len()]).unwrap();
    let values = expected[1].as_array().unwrap();
    for (i, value) in values.iter().enumerate() {
        let found = scalar(&flat.get(&[i]).unwrap());
        assert!(same(value, &found), "{at}: element {i} is {found}, not {value}");
    }
}

/// Every box of a small array, read by itself, must be the same part of the whole.
fn boxes_agree(source: &dyn ChunkSource, whole: &Array, at: &str) {
    let shape = whole.shape();
    if shape.is_empty() || whole.is_empty() {
        return;
    }
    for number in 0..12usize {
        let mut region = Region { start: Vec::new(), len: Vec::new() };
        for (axis, n) in shape.iter().enumerate() {
            let start = (number * 7 + axis * 3) % n;
            region.start.push(start);
            region.len.push(1 + (number * 5 + axis) % (n - start));
        }
        let part = source.read(&region).unwrap();
        let again = whole.region(&region).unwrap();
        for place in [vec![0; shape.len()], region.len.iter().map(|n| n - 1).collect()] {
            let (a, b) = (part.get(&place).unwrap(), again.get(&place).unwrap());
            assert_eq!(format!("{a:?}"), format!("{b:?}"), "{at}: {region:?}");
        }
        if *whole.dtype() == DType::I32 {
            assert_eq!(part.to_flat::<i32>().unwrap(), again.to_flat::<i32>().unwrap(), "{at}");
        }
    }
}

fn collect(group: &RawGroup, path: &str, out: &mut BTreeMap<String, Arc<dyn ChunkSource>>) {
    for var in &group.vars {
        out.insert(format!("{path}{}", var.name), var.source.clone());
    }
    for child in &group.groups {
        collect(child, &format!("{path}{}/", child.name), out);
    }
    assert!(group.problems.iter().all(|(p, _)| p.contains("dangling")), "{:?}", group.problems);
}

/// Lets a script write into a folder; whether its Python has the package that it needs.
fn run(script: &str, package: &str, folder: &Path) -> bool {
    let python = std::env::var("GRATICULE_PYTHON").unwrap_or_else(|_| "python3".into());
    let script = format!("{}/tests/foreign/{script}", env!("CARGO_MANIFEST_DIR"));
    let has = Command::new(&python).args(["-c", &format!("import {package}")]).output();
    if !has.is_ok_and(|out| out.status.success()) {
        eprintln!("SKIPPED: {python} has no {package}, so {script} wrote nothing");
        return false;
    }
    let done = Command::new(&python).args([&script, folder.to_str().unwrap()]).output().unwrap();
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    true
}

/// The files, or `None` where there is no h5py.
fn make(folder: &Path) -> Option<Value> {
    if !run("make.py", "h5py", folder) {
        return None;
    }
    let text = std::fs::read_to_string(folder.join("expected.json")).unwrap();
    Some(
        serde_json::from_str(&text.replace("-Infinity", "null").replace("Infinity", "null"))
            .unwrap(),
    )
}

/// The words for types as they are stored.
const STORED: [(&str, &str); 12] = [
    ("kinds.h5/wide", "long double (80 bits in 16 bytes)"),
    ("kinds.h5/half", "float16"),
    ("kinds.h5/odd", "int16"),
    ("kinds.h5/offset", "uint16 of which 11 bits count"),
    ("kinds.h5/truth", "enumeration of int8"),
    ("kinds.h5/complex", "{r: float32, i: float32}"),
    ("kinds.h5/text", "text"),
    ("kinds.h5/fixed", "text of 3 bytes"),
    ("references.h5/objects", "reference to an object"),
    ("references.h5/regions", "reference to a part of a dataset"),
    ("references.h5/lists", "sequence of reference to an object"),
    ("indices.h5/single", "int64"),
];

fn stored_types(listed: &[Object]) -> BTreeMap<&str, String> {
    let datasets = listed.iter().filter_map(|object| match &object.kind {
        ObjectKind::Dataset(facts) => Some((object.path.as_str(), facts.stored_type.clone())),
        _ => None,
    });
    datasets.collect()
}

#[test]
fn what_h5py_writes_is_read_as_h5py_reads_it() {
    let folder = tempfile::tempdir().unwrap();
    let Some(expected) = make(folder.path()) else { return };
    for (name, datasets) in expected.as_object().unwrap() {
        let bytes = bytes(&folder.path().join(name));
        let listed = list(&bytes, &OpenOptions::default()).unwrap();
        let mut sources: BTreeMap<String, Arc<dyn ChunkSource>> = BTreeMap::new();
        for object in &listed {
            match &object.kind {
                ObjectKind::Dataset(facts) => {
                    sources.insert(object.path.clone(), facts.source.clone());
                }
                ObjectKind::Broken(e) => panic!("{name} {}: {e}", object.path),
                _ => {}
            }
        }
        let root = Hdf5Backend::new().open(bytes, &OpenOptions::default()).unwrap();
        let mut variables = BTreeMap::new();
        collect(&root, "/", &mut variables);
        for (path, expected) in datasets.as_object().unwrap() {
            let path = format!("/{path}");
            let at = format!("{name}{path}");
            for view in [&sources, &variables] {
                let source = view.get(&path).unwrap_or_else(|| panic!("no {at}"));
                let whole = Region::whole(&source.info().shape);
                let data = source.read(&whole).unwrap_or_else(|e| panic!("{at}: {e}"));
                compare(expected, &data, &at);
                boxes_agree(&**source, &data, &at);
            }
        }
        let kinds = stored_types(&listed);
        for (path, expected) in STORED.iter().filter(|(path, _)| path.starts_with(name)) {
            let path = path.strip_prefix(name.as_str()).unwrap();
            assert_eq!(kinds.get(path).map(String::as_str), Some(*expected), "{name}{path}");
        }
        if name == "virtual_new.h5" {
            // Cut between sources, unless these take turns.
            for (path, counts) in [
                ("/rows", [5, 1]),
                ("/growing", [1, 2]),
                ("/numbered", [4, 1]),
                ("/in_turn", [1, 1]),
                ("/woven", [1, 1]),
                ("/strided", [1, 3]),
            ] {
                let grid = &variables.get(path).unwrap().info().grid;
                assert_eq!(grid.counts(), counts, "{path}");
            }
        }
        if name == "references.h5" {
            let see = &root.groups.iter().flat_map(|g| &g.vars).find(|v| v.name == "x").unwrap();
            assert_eq!(see.attrs[0].value.get(&[]).unwrap(), Scalar::Str("/data".into()));
            let lists = variables.get("/lists").unwrap().read(&Region::whole(&[2])).unwrap();
            let Scalar::List(first) = lists.get(&[0]).unwrap() else { panic!("not a list") };
            assert_eq!(first.get(&[1]).unwrap(), Scalar::Str("/data".into()));
        }
        if name == "links.h5" {
            let grid = variables.get("/outside").unwrap();
            assert_eq!(grid.info().shape, [4, 6]);
            let wide = variables.get("/outside_group/wide").unwrap();
            let wide = wide.read(&Region::whole(&[6])).unwrap();
            assert_eq!(wide.to_flat::<f64>().unwrap(), [1.5, 2.5, 3.5, 4.5, 5.5, 6.5]);
        }
    }
}

#[test]
fn what_plugins_pack_is_unpacked_as_they_do() {
    let folder = tempfile::tempdir().unwrap();
    if !run("plugins.py", "hdf5plugin", folder.path()) {
        return;
    }
    let read = |name: &str| {
        let bytes = bytes(&folder.path().join(name));
        Hdf5Backend::new().open(bytes, &OpenOptions::default()).unwrap()
    };
    let (packed, plain) = (read("packed.h5"), read("plain.h5"));
    assert_eq!(packed.vars.len(), plain.vars.len());
    let mut wrong = Vec::new();
    for (packed, plain) in packed.vars.iter().zip(&plain.vars) {
        assert_eq!(packed.name, plain.name);
        let whole = Region::whole(&plain.source.info().shape);
        let expected = plain.source.read(&whole).unwrap();
        match packed.source.read(&whole) {
            Err(e) => wrong.push(format!("{}: {e}", packed.name)),
            Ok(found) => {
                let (a, b) =
                    (found.cast(&DType::F64).unwrap(), expected.cast(&DType::F64).unwrap());
                let bits = |a: &Array| -> Vec<u64> {
                    a.to_flat::<f64>().unwrap().iter().map(|n| n.to_bits()).collect()
                };
                if bits(&a) != bits(&b) {
                    wrong.push(format!("{}: other values", packed.name));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}
