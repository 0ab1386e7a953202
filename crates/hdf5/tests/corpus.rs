//! Reads every HDF5 and netCDF-4 file of the corpus and compares it with its reference:
//! structure, dtypes and hashes of the raw values. Skips, loudly, where there is no corpus.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use graticule_array::{Array, DType, Region, Text};
use graticule_hdf5::{DatasetFacts, Hdf5Backend, Object, ObjectKind, list};
use graticule_storage::{
    Backend, ByteSource, FileBytes, HandlePool, Location, OpenOptions, RawGroup, RawVar,
};
use serde_json::Value;
use sha2::{Digest, Sha256};

/// The share of files that must agree.
const LEAST: f64 = 0.99;
/// Larger variables are read in boxes only to see that they can be.
const MOST_VALUES: usize = 6_000_000;

fn corpus() -> Option<PathBuf> {
    let named = std::env::var_os("GRATICULE_CORPUS").map(PathBuf::from);
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data");
    named.into_iter().chain([beside]).find(|p| p.join("MANIFEST.csv").is_file())
}

/// The rows of the manifest that this backend reads: path and whether they are malformed.
fn rows(root: &Path) -> Vec<(String, bool)> {
    let text = std::fs::read_to_string(root.join("MANIFEST.csv")).unwrap();
    let mut out = Vec::new();
    for line in text.lines().skip(1) {
        if line.contains(",HDF5,") || line.contains(",netCDF-4,") {
            let path = match line.strip_prefix('"') {
                Some(rest) => rest.split('"').next().unwrap(),
                None => line.split(',').next().unwrap(),
            };
            out.push((path.to_owned(), line.contains("malformed:")));
        }
    }
    out
}

fn open(path: &Path, pool: &Arc<HandlePool>) -> graticule_array::Result<RawGroup> {
    let bytes = FileBytes::open(&Location::new(path), pool)?;
    Hdf5Backend::new().open(Arc::new(bytes), &OpenOptions::default())
}

fn objects(path: &Path, pool: &Arc<HandlePool>) -> graticule_array::Result<Vec<Object>> {
    let bytes: Arc<dyn ByteSource> = Arc::new(FileBytes::open(&Location::new(path), pool)?);
    list(&bytes, &OpenOptions::default())
}

/// Reads a variable box by box, so that no file decides how much memory is taken.
fn read_all(var: &RawVar) -> graticule_array::Result<()> {
    let info = var.source.info();
    let n = info.shape.iter().try_fold(1usize, |n, l| n.checked_mul(*l));
    let size = info.dtype.planned_size().max(1);
    if n.and_then(|n| n.checked_mul(size)).is_some_and(|n| n <= 32 << 20) {
        return var.source.read(&Region::whole(&info.shape)).map(|_| ());
    }
    let mut len = info.shape.clone();
    for axis in 0..len.len() {
        let rest: usize = len.iter().fold(size, |n, l| n.saturating_mul(*l));
        if rest <= 8 << 20 {
            break;
        }
        let others = (rest / len[axis].max(1)).max(1);
        len[axis] = ((8 << 20) / others).clamp(1, len[axis]);
    }
    var.source.read(&Region::new(vec![0; len.len()], len)).map(|_| ())
}

fn groups<'a>(group: &'a RawGroup, path: String, out: &mut BTreeMap<String, &'a RawGroup>) {
    for child in &group.groups {
        groups(child, format!("{}/{}", path.trim_end_matches('/'), child.name), out);
    }
    out.insert(path, group);
}

fn canonical(array: &Array) -> Option<Vec<u8>> {
    if let Ok(v) = array.to_flat::<f32>() {
        let fix = |v: f32| if v.is_nan() { 0x7fc0_0000 } else { v.to_bits() };
        return Some(v.into_iter().flat_map(|v| fix(v).to_le_bytes()).collect());
    }
    if let Ok(v) = array.to_flat::<f64>() {
        let fix = |v: f64| if v.is_nan() { 0x7ff8_0000_0000_0000 } else { v.to_bits() };
        return Some(v.into_iter().flat_map(|v| fix(v).to_le_bytes()).collect());
    }
    if let Ok(v) = array.to_flat::<Text>() {
        let all: Vec<&str> = v.iter().map(|t| t.as_str().unwrap_or("")).collect();
        return Some(all.join("\0").into_bytes());
    }
    if matches!(array.dtype(), DType::Char | DType::Bytes(_) | DType::Opaque(_)) {
        return array.to_flat::<u8>().ok();
    }
    array.to_packed()
}

fn dtype_name(dtype: &DType) -> String {
    match dtype {
        DType::Str => "str".into(),
        DType::Char => "S".into(),
        DType::Bytes(_) => "S".into(),
        other => other.to_string(),
    }
}

fn kind_of(reference: &str) -> &str {
    match reference {
        "object" | "str" | "str/object" => "str",
        s if s.starts_with("<U") || s.starts_with('U') => "str",
        s if s.starts_with("|S") || s.starts_with('S') => "S",
        s => s,
    }
}

/// What differs between a file and its reference.
fn compare(root: &RawGroup, reference: &Value) -> Vec<String> {
    let mut wrong = Vec::new();
    let mut ours = BTreeMap::new();
    groups(root, "/".into(), &mut ours);
    for group in reference["groups"].as_array().into_iter().flatten() {
        let path = group["path"].as_str().unwrap_or("/");
        let Some(found) = ours.get(path) else {
            wrong.push(format!("group {path} is missing"));
            continue;
        };
        for (name, var) in group["vars"].as_object().into_iter().flatten() {
            let Some(v) = found.vars.iter().find(|v| &v.name == name) else {
                wrong.push(format!("{path}: variable {name} is missing"));
                continue;
            };
            for e in compare_var(v, var) {
                wrong.push(format!("{path}: {name}: {e}"));
            }
            for (name, value) in var["attrs"].as_object().into_iter().flatten() {
                wrong.extend(compare_attr(&v.attrs, name, value).map(|e| format!("{path}: {e}")));
            }
            if let Some(n) = var["n_attrs"].as_u64()
                && n != v.attrs.len() as u64
            {
                wrong.push(format!("{path}: {name}: {} attributes, not {n}", v.attrs.len()));
            }
        }
        for (name, value) in group["attrs"].as_object().into_iter().flatten() {
            wrong.extend(compare_attr(&found.attrs, name, value).map(|e| format!("{path}: {e}")));
        }
        for (name, len) in group["dims"].as_object().into_iter().flatten() {
            if !name.starts_with("phony_dim") {
                let dim = found.dims.iter().find(|d| &d.name == name);
                if dim.map(|d| d.len as u64) != len.as_u64() {
                    wrong.push(format!("{path}: dim {name}: {dim:?}, not {len}"));
                }
            }
        }
    }
    wrong
}

fn compare_attr(attrs: &[graticule_storage::RawAttr], name: &str, value: &Value) -> Option<String> {
    let Some(found) = attrs.iter().find(|a| a.name == name) else {
        return Some(format!("attribute {name} is missing"));
    };
    let a = &found.value;
    let sha = |bytes: &[u8]| hex(&Sha256::digest(bytes));
    let same = match value {
        Value::String(s) => {
            let flat = a.to_flat::<Text>().unwrap_or_default();
            matches!(flat.as_slice(), [t] if t.as_str() == Some(s))
        }
        Value::Object(o) if o.contains_key("s") => {
            let bytes = match a.to_flat::<Text>() {
                Ok(t) => t.iter().filter_map(|t| t.as_str()).collect::<String>().into_bytes(),
                Err(_) => a.to_flat::<u8>().unwrap_or_default(),
            };
            o["s"].as_str() == Some(&sha(&bytes)[..16])
        }
        Value::Array(pair) if pair.first().and_then(Value::as_str) == Some("str") => {
            matches!(a.dtype(), DType::Str | DType::List(_))
        }
        Value::Array(pair) => {
            let dtype = pair.first().and_then(Value::as_str).unwrap_or("");
            let one = pair.get(1).is_some_and(|v| !v.is_array() && !v.is_object());
            let number = a.item().ok().and_then(|v| v.as_f64());
            matches!(dtype, "compound" | "str")
                || matches!(a.dtype(), DType::List(_))
                || (dtype_name(a.dtype()) == kind_of(dtype)
                    && (!one
                        || pair[1].as_f64().is_none()
                        || number.map(|n| n as f32) == pair[1].as_f64().map(|n| n as f32)))
        }
        _ => true,
    };
    (!same).then(|| format!("attribute {name}: {:?} {:?}, not {value}", a.dtype(), a.item()))
}

/// What differs between the objects of a file and those that h5py sees.
fn compare_objects(ours: &[Object], reference: &Value) -> Vec<String> {
    let mut wrong = Vec::new();
    let by_path: BTreeMap<&str, &Object> = ours.iter().map(|o| (o.path.as_str(), o)).collect();
    for o in reference["objs"].as_array().into_iter().flatten() {
        let path = o["p"].as_str().unwrap_or("");
        if o.get("n_p").is_some() {
            continue;
        }
        let Some(found) = by_path.get(path) else {
            wrong.push(format!("h5 {path}: missing"));
            continue;
        };
        if o.get("err").is_some() {
            continue;
        }
        let same = match &found.kind {
            ObjectKind::Group => o.get("g").is_some(),
            ObjectKind::NamedType => o.get("t").is_some(),
            ObjectKind::SoftLink(to) => o["soft"].as_str() == Some(to),
            ObjectKind::ExternalLink { file, path } => {
                o["ext"][0].as_str() == Some(file) && o["ext"][1].as_str() == Some(path)
            }
            ObjectKind::UserLink(n) => o["userlink"].as_u64() == Some(u64::from(*n)),
            ObjectKind::Dataset(facts) => {
                wrong.extend(compare_facts(facts, o).map(|e| format!("h5 {path}: {e}")));
                true
            }
            _ => false,
        };
        if !same {
            wrong.push(format!("h5 {path}: {:?}, not {o}", found.kind));
        }
        if let Some(n) = o["a"].as_u64()
            && n != found.attributes as u64
        {
            wrong.push(format!("h5 {path}: {} attributes, not {n}", found.attributes));
        }
    }
    wrong
}

fn compare_facts(facts: &DatasetFacts, o: &Value) -> Option<String> {
    let numbers = |v: &Value| -> Option<Vec<Option<u64>>> {
        Some(v.as_array()?.iter().map(Value::as_u64).collect())
    };
    let some = |v: &[u64]| v.iter().map(|n| Some(*n)).collect::<Vec<_>>();
    if o["class"].as_u64() != Some(u64::from(facts.class)) {
        return Some(format!("class {}, not {}", facts.class, o["class"]));
    }
    if numbers(&o["shape"]) != facts.shape.as_deref().map(some) {
        return Some(format!("shape {:?}, not {}", facts.shape, o["shape"]));
    }
    if o["lay"].as_str() != Some(facts.layout) {
        return Some(format!("layout {}, not {}", facts.layout, o["lay"]));
    }
    if let Some(max) = numbers(&o["max"])
        && max != facts.max
    {
        return Some(format!("max {:?}, not {}", facts.max, o["max"]));
    }
    let names: Vec<&str> = facts.filters.iter().map(|f| f.name.as_str()).collect();
    let listed: Vec<String> = o["filters"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|f| f.as_str().map_or_else(|| f.to_string(), str::to_owned))
        .collect();
    let number = |name: &str| name.parse::<u16>().is_ok();
    if names.len() != listed.len()
        || names.iter().zip(&listed).any(|(a, b)| *a != b.as_str() && !number(b))
    {
        return Some(format!("filters {names:?}, not {listed:?}"));
    }
    if o["external"].as_u64().is_some() != facts.external {
        return Some("external or not".into());
    }
    if (o["be"].as_u64() == Some(1)) != facts.big_endian && facts.class < 2 {
        return Some("another byte order".into());
    }
    let info = facts.source.info();
    let dtype = o["dtype"].as_str().unwrap_or("");
    let plain = !matches!(facts.class, 5 | 6 | 7 | 9 | 10 | 11);
    let ours = dtype_name(&info.dtype);
    if plain && !dtype.starts_with('?') && ours != kind_of(dtype) {
        return Some(format!("dtype {ours}, not {dtype}"));
    }
    let n: usize = info.shape.iter().product();
    if o.get("skip").is_none()
        && n <= MOST_VALUES
        && let Some(sha) = o["sha"].as_str()
    {
        return match facts.source.read(&Region::whole(&info.shape)) {
            Ok(data) => {
                let mut bytes = canonical(&data);
                // NumPy's scalars lose the NULs behind them.
                if let (true, Some(b)) = (info.shape.is_empty() && facts.class == 3, &mut bytes) {
                    b.truncate(b.iter().rposition(|b| *b != 0).map_or(0, |p| p + 1));
                }
                let found = bytes.map(|b| hex(&Sha256::digest(b)));
                (found.as_deref().map(|f| &f[..16]) != Some(sha))
                    .then(|| format!("values differ ({} {:?}, {dtype})", info.dtype, info.shape))
            }
            Err(e) => Some(format!("values: {e}")),
        };
    }
    None
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}

fn compare_var(v: &RawVar, reference: &Value) -> Vec<String> {
    let mut wrong = Vec::new();
    let info = v.source.info();
    if let Some(dims) = reference["dims"].as_array() {
        let same = dims.len() == v.dims.len()
            && dims.iter().zip(&v.dims).all(|(a, b)| {
                let a = a.as_str().unwrap_or("");
                a == b || (a.starts_with("phony_dim") && b.starts_with("phony_dim"))
            });
        if !same {
            wrong.push(format!("dims {:?}, not {dims:?}", v.dims));
        }
    }
    if let Some(shape) = reference["shape"].as_array() {
        let shape: Vec<usize> = shape.iter().map(|n| n.as_u64().unwrap_or(0) as usize).collect();
        if shape != info.shape {
            wrong.push(format!("shape {:?}, not {shape:?}", info.shape));
        }
    }
    let raw = &reference["raw"];
    let skip = reference.get("skip").is_some() || reference.get("err").is_some();
    if let (Some(dtype), false) = (raw["dtype"].as_str(), skip) {
        let ours = dtype_name(&info.dtype);
        if dtype != "compound"
            && !dtype.starts_with('{')
            && !dtype.starts_with('[')
            && ours != kind_of(dtype)
            && !(matches!(info.dtype, DType::Record(_) | DType::List(_)))
        {
            wrong.push(format!("dtype {ours}, not {dtype}"));
        }
        let n: usize = info.shape.iter().product();
        if let (Some(sha), true) = (raw["sha"].as_str(), n <= MOST_VALUES)
            && !matches!(info.dtype, DType::Record(_) | DType::List(_))
        {
            match v.source.read(&Region::whole(&info.shape)) {
                Ok(data) => {
                    let found = canonical(&data).map(|b| hex(&Sha256::digest(b)));
                    if found.as_deref().map(|f| &f[..16]) != Some(sha) {
                        wrong.push(format!("values differ ({ours} {:?})", info.shape));
                    }
                }
                Err(e) => wrong.push(format!("values: {e}")),
            }
        }
    }
    wrong
}

#[test]
fn files_agree_with_their_references() {
    let Some(root) = corpus() else {
        eprintln!("SKIPPED: no corpus; set GRATICULE_CORPUS");
        return;
    };
    let pool = Arc::new(HandlePool::default());
    let only = std::env::var("GRATICULE_ONLY").unwrap_or_default();
    let (mut passed, mut failed) = (0, 0);
    for (path, malformed) in rows(&root).into_iter().filter(|(p, _)| p.contains(&only)) {
        let opened = open(&root.join(&path), &pool);
        if malformed {
            continue;
        }
        let Ok(text) = std::fs::read_to_string(root.join(format!("reference/{path}.json"))) else {
            continue;
        };
        let reference: Value = serde_json::from_str(&text).unwrap();
        let engine = reference["open"].get("engine").is_some();
        let mut wrong = match &opened {
            Ok(group) => compare(group, &reference),
            Err(_) if !engine => Vec::new(),
            Err(e) => vec![e.to_string()],
        };
        if reference["h5"].get("objs").is_some() {
            match objects(&root.join(&path), &pool) {
                Ok(all) => wrong.extend(compare_objects(&all, &reference["h5"])),
                Err(e) => wrong.push(format!("h5: {e}")),
            }
        }
        if wrong.is_empty() {
            passed += 1;
            continue;
        }
        failed += 1;
        eprintln!("FAILED {path} ({} differences)", wrong.len());
        wrong.iter().take(4).for_each(|w| eprintln!("    {w}"));
        if let Ok(group) = &opened {
            group.problems.iter().take(3).for_each(|(p, e)| eprintln!("    problem {p}: {e}"));
        }
    }
    let rate = f64::from(passed) / f64::from((passed + failed).max(1));
    eprintln!("{passed} passed, {failed} failed: {:.2} %", 100.0 * rate);
    assert!(rate >= LEAST, "only {:.2} % of the corpus agree", 100.0 * rate);
}

#[test]
fn malformed_files_end_in_an_error_or_in_data() {
    let Some(root) = corpus() else {
        eprintln!("SKIPPED: no corpus; set GRATICULE_CORPUS");
        return;
    };
    fn each(group: &RawGroup, path: &str) {
        for var in &group.vars {
            let start = std::time::Instant::now();
            let _ = read_all(var);
            if start.elapsed().as_secs() > 5 {
                eprintln!("SLOW {path} {}", var.name);
            }
        }
        group.groups.iter().for_each(|g| each(g, path));
    }
    let pool = Arc::new(HandlePool::default());
    let mut seen = 0;
    for (path, _) in rows(&root).into_iter().filter(|(_, malformed)| *malformed) {
        seen += 1;
        let start = std::time::Instant::now();
        if let Ok(group) = open(&root.join(&path), &pool) {
            each(&group, &path);
        }
        if start.elapsed().as_secs() > 5 {
            eprintln!("SLOW {path}: {:?}", start.elapsed());
        }
    }
    eprintln!("{seen} malformed files read without a panic");
}
