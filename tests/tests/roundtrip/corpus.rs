//! Real files: opened and written untouched, they are what they were, bit for bit as stored.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use graticule::array::Text;
use graticule::storage::{RawAttr, RawVar};
use graticule::{Array, DType, Error, Location, Region, open_dataset, open_raw, session};

use crate::folder;

/// Larger files would take too long.
const MOST: u64 = 64 << 10;

/// Files in a thousand that may come back otherwise, each for a reason that
/// `docs/known-differences.md` gives.
const ALLOWED: usize = 20;

fn corpus() -> Option<PathBuf> {
    let here = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/data");
    let place = std::env::var_os("GRATICULE_CORPUS").map_or(here, PathBuf::from);
    place.join("MANIFEST.csv").is_file().then_some(place)
}

#[test]
fn untouched_files_are_written_as_they_were() {
    let Some(corpus) = corpus() else {
        return eprintln!("SKIPPED: no corpus of real files (set GRATICULE_CORPUS)");
    };
    let text = std::fs::read_to_string(corpus.join("MANIFEST.csv")).unwrap();
    let paths = text.lines().skip(1).filter(|l| !l.contains("malformed"));
    let folder = folder();
    let copy = folder.path().join("copy.nc");
    let (mut files, mut variables) = (0, 0);
    let mut refused: BTreeMap<String, usize> = BTreeMap::new();
    let mut changed = BTreeMap::new();
    for path in paths.filter_map(|l| l.split(',').next()) {
        let from = corpus.join(path);
        if std::fs::metadata(&from).map_or(true, |m| m.len() > MOST || m.is_dir()) {
            continue;
        }
        let Ok(set) = open_dataset(&from) else { continue };
        if let Err(why) = set.write(&copy) {
            *refused.entry(shortened(&why)).or_default() += 1;
            continue;
        }
        files += 1;
        let differences = compare(&from, &copy, &mut variables);
        if !differences.is_empty() {
            changed.insert(path.to_owned(), differences);
        }
    }
    eprintln!("{files} files, {variables} variables written untouched; refused: {refused:#?}");
    let few = changed.len() * 1000 <= files * ALLOWED;
    assert!(
        files > 0 && few,
        "{} of {files} files came back otherwise: {changed:#?}",
        changed.len()
    );
}

fn shortened(why: &Error) -> String {
    why.to_string().lines().last().unwrap_or_default().chars().take(120).collect()
}

fn compare(from: &Path, copy: &Path, variables: &mut usize) -> Vec<String> {
    let open = |path: &Path| open_raw(&Location::new(path), &session()).unwrap();
    let (old, new) = (open(from), open(copy));
    let mut out = compare_attrs("", &old.attrs, &new.attrs);
    for var in &old.vars {
        match new.vars.iter().find(|v| v.name == var.name) {
            Some(own) => {
                *variables += 1;
                out.extend(compare_var(var, own));
            }
            None => out.push(format!("{}: gone", var.name)),
        }
    }
    out
}

fn compare_attrs(at: &str, old: &[RawAttr], new: &[RawAttr]) -> Vec<String> {
    let mut out = Vec::new();
    for attr in old {
        let own = new.iter().find(|a| a.name == attr.name).map(|a| &a.value);
        if !own.is_some_and(|own| same(own, &attr.value)) {
            out.push(format!("{at}@{}: {:?} became {own:?}", attr.name, attr.value));
        }
    }
    let known = |a: &&RawAttr| old.iter().any(|b| a.name == b.name);
    out.extend(new.iter().filter(|a| !known(a)).map(|a| format!("{at}@{}: new", a.name)));
    out
}

fn compare_var(old: &RawVar, new: &RawVar) -> Vec<String> {
    let at = &old.name;
    let mut out = compare_attrs(at, &old.attrs, &new.attrs);
    let (a, b) = (old.source.info(), new.source.info());
    if a.dtype != b.dtype || a.shape != b.shape {
        let text = format!("{at}: {} {:?} became {} {:?}", a.dtype, a.shape, b.dtype, b.shape);
        out.push(text);
        return out;
    }
    let whole = Region::whole(&a.shape);
    match (old.source.read(&whole), new.source.read(&whole)) {
        (Ok(x), Ok(y)) if same(&x, &y) => {}
        (Err(_), _) => {}
        (Ok(_), Ok(_)) => out.push(format!("{at}: other values")),
        (Ok(_), Err(e)) => out.push(format!("{at}: {e}")),
    }
    out
}

fn same(a: &Array, b: &Array) -> bool {
    if a.dtype() == &DType::Str && b.dtype() == &DType::Str {
        return a.shape() == b.shape()
            && a.to_flat::<Text>().unwrap() == b.to_flat::<Text>().unwrap();
    }
    if matches!(a.dtype(), DType::List(_)) {
        return a == b;
    }
    a.dtype() == b.dtype() && a.shape() == b.shape() && a.to_packed() == b.to_packed()
}
