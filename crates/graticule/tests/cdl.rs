//! Real files as ncdump prints them, against the files themselves.

// A test may fail by panic.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;

use graticule::array::{Array, DType, Scalar};
use graticule::storage::MemoryBytes;
use graticule::{
    Dataset, OpenOptions, from_cdl, open_dataset, open_dataset_with, open_source_with, session,
    to_cdl,
};

fn corpus() -> PathBuf {
    match std::env::var_os("GRATICULE_CORPUS") {
        Some(path) => path.into(),
        None => Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data"),
    }
}

/// Small netCDF files.
fn files(folder: &Path, out: &mut Vec<PathBuf>) {
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    let mut paths: Vec<PathBuf> = entries.flatten().map(|e| e.path()).collect();
    paths.sort();
    for path in paths {
        let small = || path.metadata().is_ok_and(|m| m.len() < 60_000);
        if path.is_dir() {
            files(&path, out);
        } else if path.extension().is_some_and(|e| e == "nc" || e == "cdf") && small() {
            out.push(path);
        }
    }
}

fn texts(array: &Array) -> Vec<String> {
    let flat = array.reshape(&[array.len()]).unwrap();
    let text = |i: usize| match flat.get(&[i]).unwrap() {
        Scalar::F32(v) => format!("{v}"),
        Scalar::F64(v) => format!("{v}"),
        other => format!("{other:?}"),
    };
    (0..flat.len()).map(text).collect()
}

/// Where two datasets differ in what they hold.
fn difference(one: &Dataset, two: &Dataset) -> Option<String> {
    for (name, var) in one.variables() {
        let Some(other) = two.variable(name) else { return Some(format!("no {name}")) };
        if (var.dims(), var.dtype(), var.shape()) != (other.dims(), other.dtype(), other.shape()) {
            return Some(format!("{name}: {var:?} and {other:?}"));
        }
        let (a, b) = (one.var(name).to_array(), two.var(name).to_array());
        let (Ok(a), Ok(b)) = (a, b) else { continue };
        let (a, b) = (texts(&a), texts(&b));
        if let Some(i) = (0..a.len()).find(|i| a[*i] != b[*i]) {
            return Some(format!("{name}[{i}]: {} and {}", a[i], b[i]));
        }
        // An attribute of this name tells ncgen how to store the variable.
        for (key, value) in var.attrs().iter().filter(|(key, _)| **key != "_ChunkSizes") {
            if other.attrs().get(key) != Some(value) {
                return Some(format!("{name}:{key}: {value} and {:?}", other.attrs().get(key)));
            }
        }
    }
    (one.variables().count() != two.variables().count()).then(|| "more variables".into())
}

#[test]
fn dumps_of_real_files_are_the_files() {
    let mut found = Vec::new();
    files(&corpus(), &mut found);
    if found.is_empty() || Command::new("ncdump").arg("-h").output().is_err() {
        eprintln!("skipped: no corpus, or no ncdump");
        return;
    }
    let (mut same, mut different) = (0, Vec::new());
    let dump_of = |path: &Path| Command::new("ncdump").args(["-p", "9,17"]).arg(path).output();
    for path in found.into_iter().step_by(3) {
        let Ok(dump) = dump_of(&path) else {
            continue;
        };
        let Ok(text) = String::from_utf8(dump.stdout) else { continue };
        let Ok(file) = open_dataset(&path) else { continue };
        if !dump.status.success() || text.contains("compound ") || text.len() > 2_000_000 {
            continue;
        }
        let odd = |d: &DType| matches!(d, DType::List(_) | DType::Opaque(_) | DType::Record(_));
        if file.variables().any(|(_, v)| odd(v.dtype())) {
            continue;
        }
        match from_cdl(&text).map(|read| difference(&file, &read)) {
            Ok(None) => same += 1,
            // The C libraries print memory as it was for values that were never written.
            Ok(Some(_)) if dump_of(&path).is_ok_and(|again| again.stdout != text.as_bytes()) => {}
            Ok(Some(what)) => different.push(format!("{}: {what}", path.display())),
            Err(e) => different.push(format!("{}: {e}", path.display())),
        }
    }
    eprintln!("{same} dumps hold what their files hold");
    assert!(different.is_empty(), "{} of {}:\n{}", different.len(), same, different.join("\n"));
    assert!(same >= 10, "{same}");
}

/// The header that `info` prints of an undecoded file, read again, is the one of `ncdump -h`.
#[test]
fn headers_are_those_of_ncdump() {
    let mut found = Vec::new();
    files(&corpus(), &mut found);
    if found.is_empty() || Command::new("ncdump").arg("-h").output().is_err() {
        eprintln!("skipped: no corpus, or no ncdump");
        return;
    }
    let parsed = |text: &str| {
        let bytes = MemoryBytes::new("header.cdl", text.as_bytes().to_vec());
        open_source_with(Arc::new(bytes), &OpenOptions::undecoded(), &session())
    };
    let (mut same, mut different) = (0, Vec::new());
    for path in found.into_iter().step_by(7) {
        let dump = Command::new("ncdump").args(["-h", "-p", "9,17"]).arg(&path).output().unwrap();
        let Ok(theirs) = String::from_utf8(dump.stdout) else { continue };
        let own_types = ["group: ", "types:", "compound "];
        if !dump.status.success() || own_types.iter().any(|w| theirs.contains(w)) {
            continue;
        }
        let Ok(file) = open_dataset_with(&path, &OpenOptions::undecoded(), &session()) else {
            continue;
        };
        let ours = file.info("header");
        match (parsed(&theirs), parsed(&ours)) {
            (Ok(theirs), Ok(ours)) => match difference(&theirs, &ours) {
                None if theirs.sizes().eq(ours.sizes()) => same += 1,
                why => different.push(format!("{}: {why:?}", path.display())),
            },
            (Err(_), _) => {}
            (Ok(_), Err(e)) => different.push(format!("{}: {e}\n{ours}", path.display())),
        }
    }
    eprintln!("{same} headers are those of ncdump");
    assert!(different.is_empty(), "{} of {}:\n{}", different.len(), same, different.join("\n"));
    assert!(same >= 20, "{same}");
}

#[test]
fn datasets_survive_their_text() {
    let text = "netcdf x { dimensions: t = 2 ; n = 3 ; variables:
        double t(t) ; t:units = \"hours since 1950-01-01\" ; t:calendar = \"noleap\" ;
        short a(t) ; a:scale_factor = 0.25 ; a:_FillValue = -9s ; string s(t) ;
        char c(t, n) ; data: t = 1, 2 ; a = 4, _ ; s = \"x\", \"\" ; c = \"abc\", \"d\" ; }";
    let one = from_cdl(text).unwrap();
    let again = from_cdl(&to_cdl(&one).unwrap()).unwrap();
    assert_eq!(difference(&one, &again), None);
    assert_eq!(one["a"].isel("t", 0).item::<f64>().unwrap(), 1.0);
}
