//! Real files read both ways: the native readers and the C libraries must see the same.
#![cfg(feature = "libnetcdf")]
#![allow(clippy::unwrap_used, clippy::print_stderr)]

use std::path::{Path, PathBuf};
use std::sync::Arc;

use graticule_array::{Array, DType, Region, Text};
use graticule_hdf5::Hdf5Backend;
use graticule_netcdf_c::NetcdfCBackend;
use graticule_netcdf3::Netcdf3Backend;
use graticule_storage::{
    Backend, ByteSource, FileBytes, HandlePool, Location, OpenOptions, RawAttr, RawGroup, RawVar,
};

/// Larger variables are compared in their first elements only.
const MOST: usize = 1 << 20;

/// Files in a thousand that may differ: those that ask for cells which were never written and have no
/// fill value, that are damaged in a way that libnetcdf overlooks, or that hold bytes as text.
const ALLOWED: usize = 15;

#[test]
fn both_readers_see_the_same() {
    let Some(corpus) = corpus() else {
        eprintln!("SKIPPED: no corpus of real files (set GRATICULE_CORPUS)");
        return;
    };
    let (mut files, mut variables, mut differing) = (0, 0, 0);
    let mut differences = Vec::new();
    for path in listed(&corpus) {
        let location = Location::new(corpus.join(&path));
        let Ok(bytes) = FileBytes::open(&location, &Arc::new(HandlePool::default())) else {
            continue;
        };
        let bytes: Arc<dyn ByteSource> = Arc::new(bytes);
        let options = OpenOptions::default();
        let native: Arc<dyn Backend> = match bytes.read_vec(0, 3) {
            Ok(first) if first == *b"CDF" => Arc::new(Netcdf3Backend),
            _ => Arc::new(Hdf5Backend::new()),
        };
        let other = NetcdfCBackend::new().open(bytes.clone(), &options);
        let (Ok(ours), Ok(theirs)) = (native.open(bytes, &options), other) else { continue };
        files += 1;
        let mut found = Vec::new();
        variables += compare(&ours, &theirs, "/", &mut found);
        differing += usize::from(!found.is_empty());
        differences.extend(found.into_iter().map(|d| format!("{path}: {d}")));
    }
    eprintln!("{files} files, {variables} variables read both ways, {differing} files differ");
    assert!(files > 0, "no file could be opened both ways");
    let few = differing * 1000 <= files * ALLOWED;
    assert!(few, "{differing} of {files} files differ:\n{}", differences.join("\n"));
}

fn corpus() -> Option<PathBuf> {
    let here = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data");
    let place = std::env::var_os("GRATICULE_CORPUS").map_or(here, PathBuf::from);
    place.join("MANIFEST.csv").is_file().then_some(place)
}

/// The files that netCDF-C is known to open: damaged ones may crash it.
fn listed(corpus: &Path) -> Vec<String> {
    let text = std::fs::read_to_string(corpus.join("MANIFEST.csv")).unwrap();
    let paths = text.lines().skip(1).filter(|l| !l.contains("malformed"));
    let paths = paths.filter_map(|l| l.split(',').next());
    let opens = |path: &&str| {
        let reference = corpus.join(format!("reference/{path}.json"));
        let text = std::fs::read_to_string(reference).unwrap_or_default();
        text.contains("\"engine\":\"netcdf4\"")
    };
    paths.filter(opens).map(str::to_owned).collect()
}

fn compare(ours: &RawGroup, theirs: &RawGroup, path: &str, out: &mut Vec<String>) -> usize {
    compare_attrs(&ours.attrs, &theirs.attrs, path, out);
    for dim in &theirs.dims {
        match ours.dims.iter().find(|d| d.name == dim.name) {
            _ if dim.name.starts_with("phony") => {}
            Some(own) if own.len == dim.len => {}
            Some(own) => out.push(format!("{path}: {own:?} is {dim:?} there")),
            // Dimensions that nothing uses are no loss.
            None if !theirs.vars.iter().any(|v| v.dims.contains(&dim.name)) => {}
            None => out.push(format!("{path}: no dimension {}", dim.name)),
        }
    }
    let mut count = 0;
    for var in &theirs.vars {
        let at = format!("{path}{}", var.name);
        match ours.vars.iter().find(|v| v.name == var.name) {
            Some(own) => {
                count += 1;
                compare_var(own, var, &at, out);
            }
            None => out.push(format!("{at}: not found")),
        }
    }
    for group in &theirs.groups {
        match ours.groups.iter().find(|g| g.name == group.name) {
            Some(own) => count += compare(own, group, &format!("{path}{}/", group.name), out),
            None => out.push(format!("{path}: no group {}", group.name)),
        }
    }
    count
}

fn compare_attrs(ours: &[RawAttr], theirs: &[RawAttr], at: &str, out: &mut Vec<String>) {
    for attr in theirs {
        let own = ours.iter().find(|a| a.name == attr.name);
        let same = own.is_some_and(|own| alike(&own.value, &attr.value));
        if !same && !attr.name.starts_with("_N") {
            let own = own.map(|a| &a.value);
            out.push(format!("{at}@{}: {own:?} is {:?} there", attr.name, attr.value));
        }
    }
}

/// The bindings give a list of one text as a text, and none as an empty one.
fn alike(a: &Array, b: &Array) -> bool {
    if a.dtype() == &DType::Str && b.dtype() == &DType::Str {
        let words = |x: &Array| {
            let list = x.to_flat::<Text>().unwrap();
            let first = |t: &Text| t.as_str().unwrap_or("").split('\0').next().map(str::to_owned);
            let list: Vec<_> = list.iter().filter_map(first).collect();
            list.join("\0").trim_end_matches([' ', '\0']).to_owned()
        };
        return words(a) == words(b);
    }
    let (a_bytes, b_bytes) = (a.to_packed(), b.to_packed());
    a.dtype() == b.dtype() && a_bytes.is_some() && a_bytes == b_bytes
}

fn compare_var(ours: &RawVar, theirs: &RawVar, at: &str, out: &mut Vec<String>) {
    let (a, b) = (ours.source.info(), theirs.source.info());
    let phony = |dims: &[String]| dims.iter().any(|d| d.starts_with("phony"));
    if ours.dims != theirs.dims && !phony(&theirs.dims) {
        out.push(format!("{at}: dimensions {:?} are {:?} there", ours.dims, theirs.dims));
    }
    if a.shape != b.shape {
        out.push(format!("{at}: shape {:?} is {:?} there", a.shape, b.shape));
        return;
    }
    let packed = matches!(a.dtype, DType::Record(_) | DType::Opaque(_) | DType::List(_));
    if a.dtype != b.dtype && !packed {
        out.push(format!("{at}: {} is {} there", a.dtype, b.dtype));
        return;
    }
    if ours.storage.chunks != theirs.storage.chunks && !a.shape.is_empty() {
        let (ours, theirs) = (&ours.storage.chunks, &theirs.storage.chunks);
        out.push(format!("{at}: chunks {ours:?} are {theirs:?} there"));
    }
    compare_attrs(&ours.attrs, &theirs.attrs, at, out);
    if packed {
        return;
    }
    let region = first_part(&a.shape);
    match (ours.source.read(&region), theirs.source.read(&region)) {
        (Ok(x), Ok(y)) if same_values(&x, &y) => {}
        (Ok(_), Ok(_)) => out.push(format!("{at}: other values")),
        (Err(e), Ok(_)) => out.push(format!("{at}: only ours fails: {e}")),
        (_, Err(_)) => {}
    }
}

fn first_part(shape: &[usize]) -> Region {
    let mut region = Region::whole(shape);
    for len in &mut region.len {
        let rest: usize = shape.iter().product();
        if rest > MOST {
            *len = (*len * MOST / rest).max(1);
        }
    }
    region
}

fn same_values(a: &Array, b: &Array) -> bool {
    if a.dtype() == &DType::Str {
        let (a, b) = (a.to_flat::<Text>().unwrap(), b.to_flat::<Text>().unwrap());
        // libhdf5 takes the blanks of fixed strings for padding.
        let word = |t: &Text| t.as_str().unwrap_or("").trim_end_matches([' ', '\0']).to_owned();
        let bytes = |w: &str| w.contains(['\0', char::REPLACEMENT_CHARACTER]);
        let mut pairs = a.iter().map(word).zip(b.iter().map(word));
        return pairs.all(|(x, y)| x == y || bytes(&x) || bytes(&y));
    }
    a.to_packed() == b.to_packed()
}
