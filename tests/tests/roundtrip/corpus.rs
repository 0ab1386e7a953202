//! Real files: opened and written untouched, they are what they were, bit for bit as stored.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use graticule::array::Text;
use graticule::storage::{RawAttr, RawVar};
use graticule::{
    Array, DType, Dataset, Error, Location, Region, Result, Variable, open_dataset, open_raw,
    session,
};

use crate::{folder, sorted};

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

/// Whether all files were asked for, however large: `GRATICULE_ROUNDTRIP=all`.
fn all() -> bool {
    std::env::var_os("GRATICULE_ROUNDTRIP").is_some_and(|which| which == "all")
}

/// The small files of the corpus, as paths within it.
fn small(corpus: &Path, most: u64) -> Vec<String> {
    let most = if all() { u64::MAX } else { most };
    let text = std::fs::read_to_string(corpus.join("MANIFEST.csv")).unwrap();
    let paths = text.lines().skip(1).filter(|l| !l.contains("malformed"));
    let fits = |path: &&str| {
        std::fs::metadata(corpus.join(path)).is_ok_and(|m| m.len() <= most && !m.is_dir())
    };
    paths.filter_map(|l| l.split(',').next()).filter(fits).map(str::to_owned).collect()
}

#[test]
fn untouched_files_are_written_as_they_were() {
    let Some(corpus) = corpus() else {
        return eprintln!("SKIPPED: no corpus of real files (set GRATICULE_CORPUS)");
    };
    let folder = folder();
    let copy = folder.path().join("copy.nc");
    let (mut files, mut variables) = (0, 0);
    let mut refused: BTreeMap<String, usize> = BTreeMap::new();
    let mut changed = BTreeMap::new();
    for path in small(&corpus, MOST) {
        let from = corpus.join(&path);
        let Ok(set) = open_dataset(&from) else { continue };
        if let Err(why) = set.write(&copy) {
            *refused.entry(shortened(&why)).or_default() += 1;
            continue;
        }
        files += 1;
        let differences = compare(&from, &copy, &mut variables);
        if !differences.is_empty() {
            changed.insert(path, differences);
        }
    }
    eprintln!(
        "{files} files, {variables} variables written untouched; otherwise: {changed:#?}; refused: \
         {refused:#?}"
    );
    let few = changed.len() * 1000 <= files * ALLOWED;
    assert!(
        files > 0 && few,
        "{} of {files} files came back otherwise: {changed:#?}",
        changed.len()
    );
}

/// Larger files would take too long, and so would small ones that declare much and hold little.
const MOST_CODED: u64 = 16 << 10;
const MOST_DECODED: usize = 256 << 10;

/// Of all files, those that declare more are left out: they would fill the memory.
const MOST_DECODED_OF_ALL: usize = 32 << 20;

/// Every variable as if it had been computed: nothing remembers how it was stored but its
/// encoding, so that it has to go through all coders.
pub(crate) fn computed(set: &Dataset) -> Result<Dataset> {
    let mut made = set.clone();
    for (name, var) in set.variables() {
        let fresh = Variable::new(var.dims(), set.var(name).to_array()?)?;
        let fresh = fresh.with_attrs(var.attrs().clone()).with_encoding(var.encoding().clone());
        made = match set.is_coord(name) {
            true => made.with_coord_variable(name, fresh),
            false => made.with_variable(name, fresh),
        };
    }
    made.check()
}

#[test]
fn what_is_decoded_is_encoded_and_decoded_again() {
    let Some(corpus) = corpus() else {
        return eprintln!("SKIPPED: no corpus of real files (set GRATICULE_CORPUS)");
    };
    let folder = folder();
    let copy = folder.path().join("copy.nc");
    let (mut files, mut variables) = (0, 0);
    let mut refused: BTreeMap<String, usize> = BTreeMap::new();
    let mut changed = BTreeMap::new();
    let most = if all() { MOST_DECODED_OF_ALL } else { MOST_DECODED };
    for path in small(&corpus, MOST_CODED) {
        let Ok(opened) = open_dataset(corpus.join(&path)) else { continue };
        if opened.variables().map(|(_, v)| v.bytes()).sum::<usize>() > most {
            continue;
        }
        let Ok(set) = computed(&opened) else { continue };
        if let Err(why) = set.write(&copy) {
            *refused.entry(shortened(&why)).or_default() += 1;
            continue;
        }
        files += 1;
        let back = open_dataset(&copy).unwrap();
        let differences = decoded_differences(&set, &back, &mut variables);
        if !differences.is_empty() {
            changed.insert(path, differences);
        }
    }
    eprintln!(
        "{files} files, {variables} variables through all coders; otherwise: {changed:#?}; refused: \
         {refused:#?}"
    );
    let few = changed.len() * 1000 <= files * ALLOWED;
    assert!(
        files > 0 && few,
        "{} of {files} files came back otherwise: {changed:#?}",
        changed.len()
    );
}

fn decoded_differences(old: &Dataset, new: &Dataset, variables: &mut usize) -> Vec<String> {
    let mut out = Vec::new();
    for (name, var) in old.variables() {
        let Some(own) = new.variable(name) else {
            out.push(format!("{name}: gone"));
            continue;
        };
        *variables += 1;
        if var.dims() != own.dims() || var.dtype() != own.dtype() {
            let text = |v: &Variable| format!("({}) {}", v.dims(), v.dtype());
            out.push(format!("{name}: {} became {}", text(var), text(own)));
            continue;
        }
        let (before, after) = (sorted(var.attrs()), sorted(own.attrs()));
        if before != after {
            out.push(format!("{name}: {before:?} became {after:?}"));
        }
        match (old.var(name).to_array(), new.var(name).to_array()) {
            (Ok(a), Ok(b)) if same_or_missing(&a, &b) => {}
            (_, Err(e)) => out.push(format!("{name}: {e}")),
            _ => out.push(format!("{name}: other values")),
        }
    }
    out
}

/// The same values; missing numbers need not be missing in the same bits.
fn same_or_missing(a: &Array, b: &Array) -> bool {
    let missing = |x: &Array| graticule::array::MapOp::IsMissing.apply(x).ok()?.to_packed();
    same(a, b)
        || (a.dtype().is_float() && missing(a) == missing(b) && {
            let fill = graticule::array::MapOp::FillMissing(graticule::Scalar::F64(0.0));
            fill.apply(a).ok().and_then(|x| x.to_packed())
                == fill.apply(b).ok().and_then(|x| x.to_packed())
        })
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
