//! Writes every file of the corpus again and compares both. Skips, loudly, where there is no
//! corpus. With `$GRATICULE_KEEP` the copies stay in that folder, for other software to read.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)] // a test

use std::path::{Path, PathBuf};
use std::sync::Arc;

use graticule_array::{Array, DType, Region, Result};
use graticule_hdf5::Hdf5Backend;
use graticule_storage::{
    Backend, ChunkSource, FileBytes, HandlePool, Location, OpenOptions, RawGroup, RawSchema,
    RawVar, RawVarSchema,
};

/// Larger variables are left out.
const MOST_BYTES: usize = 8 << 20;

fn corpus() -> Option<PathBuf> {
    let named = std::env::var_os("GRATICULE_CORPUS").map(PathBuf::from);
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data");
    named.into_iter().chain([beside]).find(|p| p.join("MANIFEST.csv").is_file())
}

/// The files that this backend reads, without those that are malformed.
fn paths(root: &Path) -> Vec<String> {
    let text = std::fs::read_to_string(root.join("MANIFEST.csv")).unwrap();
    let ours = |l: &&str| l.contains(",HDF5,") || l.contains(",netCDF-4,");
    let sound = text.lines().skip(1).filter(ours).filter(|l| !l.contains("malformed:"));
    let path = |l: &str| match l.strip_prefix('"') {
        Some(rest) => rest.split('"').next().unwrap().to_owned(),
        None => l.split(',').next().unwrap().to_owned(),
    };
    sound.map(path).collect()
}

fn open(path: &Path, pool: &Arc<HandlePool>) -> Result<RawGroup> {
    let bytes = FileBytes::open(&Location::new(path), pool)?;
    Hdf5Backend::new().open(Arc::new(bytes), &OpenOptions::default())
}

fn small(source: &dyn ChunkSource) -> bool {
    let info = source.info();
    let size = info.dtype.planned_size().max(1);
    let bytes = info.shape.iter().try_fold(size, |n, l| n.checked_mul(*l));
    bytes.is_some_and(|n| n <= MOST_BYTES)
}

fn schema(group: &RawGroup, vars: &[(&RawVar, Array)]) -> RawSchema {
    let var = |var: &RawVar| {
        let info = var.source.info();
        let mut storage = var.storage.clone();
        storage.filters.retain(|f| matches!(f.id, Some(1..=3)));
        let own = |a: &&graticule_storage::RawAttr| a.name != "_FillValue";
        let named = var.attrs.iter().find(|a| a.name == "_FillValue");
        let fill = named.and_then(|a| a.value.item().ok()).filter(|f| f.dtype() == info.dtype);
        RawVarSchema {
            name: var.name.clone(),
            dims: var.dims.clone(),
            dtype: info.dtype.clone(),
            attrs: var.attrs.iter().filter(own).cloned().collect(),
            fill,
            storage,
        }
    };
    RawSchema {
        dims: group.dims.clone(),
        attrs: group.attrs.clone(),
        vars: vars.iter().map(|(v, _)| var(v)).collect(),
    }
}

fn write(at: &Path, schema: &RawSchema, vars: &[(&RawVar, Array)]) -> Result<()> {
    let mut writer = Hdf5Backend::new().create(&Location::new(at), schema)?;
    for (var, data) in vars {
        let sink = writer.sink(&var.name)?;
        let grid = sink.info().grid.clone();
        for index in grid.covering(&Region::whole(data.shape())).iter() {
            let region = grid.region(&index);
            sink.write(&region, &data.region(&region)?)?;
        }
    }
    writer.finish()
}

/// What differs between the variables as written and as read again.
fn differences(copy: &RawGroup, vars: &[(&RawVar, Array)], schema: &RawSchema) -> Vec<String> {
    let mut out: Vec<String> =
        copy.problems.iter().map(|(p, e)| format!("problem at {p}: {e}")).collect();
    if copy.dims != schema.dims {
        out.push(format!("dims {:?}, expected {:?}", copy.dims, schema.dims));
    }
    if !same_attrs(&copy.attrs, &schema.attrs) {
        out.push("global attributes".into());
    }
    for ((found, (var, data)), schema) in copy.vars.iter().zip(vars).zip(&schema.vars) {
        let name = &var.name;
        if found.name != *name || found.dims != var.dims {
            out.push(format!("{} {:?}, expected {name} {:?}", found.name, found.dims, var.dims));
        }
        let own: Vec<_> = found.attrs.iter().filter(|a| a.name != "_FillValue").cloned().collect();
        if !same_attrs(&own, &schema.attrs) {
            out.push(format!("{name}: attributes {own:?}, expected {:?}", schema.attrs));
        }
        let info = found.source.info();
        match found.source.read(&Region::whole(&info.shape)) {
            Ok(again) if bytes(&again) == bytes(data) => {}
            Ok(again) => out.push(format!("{name}: {again:?}, expected {data:?}")),
            Err(e) => out.push(format!("{name}: {e}")),
        }
    }
    if copy.vars.len() != vars.len() {
        out.push(format!("{} variables, expected {}", copy.vars.len(), vars.len()));
    }
    out
}

fn same_attrs(a: &[graticule_storage::RawAttr], b: &[graticule_storage::RawAttr]) -> bool {
    let key = |a: &graticule_storage::RawAttr| (a.name.clone(), bytes(&a.value));
    a.iter().map(key).eq(b.iter().map(key))
}

/// The elements so that NaN equals NaN, truth values equal their integers, and byte strings
/// equal the text that netCDF takes them for.
fn bytes(of: &Array) -> (Vec<usize>, Vec<u8>) {
    let packed = match of.dtype() {
        DType::Str => {
            let texts = of.to_flat::<graticule_array::Text>().unwrap();
            texts.iter().flat_map(|t| format!("{t:?}\n").into_bytes()).collect()
        }
        DType::List(_) => {
            let lists = of.to_flat::<Array>().unwrap();
            lists.iter().flat_map(|l| format!("{:?}\n", bytes(l)).into_bytes()).collect()
        }
        DType::Bytes(n) if *n > 0 => {
            let text = |item: &[u8]| {
                let end = item.iter().rposition(|b| *b != 0).map_or(0, |last| last + 1);
                graticule_array::Text::from(&*String::from_utf8_lossy(&item[..end]))
            };
            let bytes = of.to_flat::<u8>().unwrap();
            bytes.chunks(*n).flat_map(|i| format!("{:?}\n", text(i)).into_bytes()).collect()
        }
        DType::Bytes(_) | DType::Opaque(_) | DType::Record(_) => of.to_flat::<u8>().unwrap(),
        _ => of.to_packed().unwrap_or_default(),
    };
    (of.shape().to_vec(), packed)
}

#[test]
fn files_of_the_corpus_survive_being_written_again() {
    let Some(root) = corpus() else {
        return eprintln!("SKIPPED: no corpus ($GRATICULE_CORPUS)");
    };
    let folder = tempfile::tempdir().unwrap();
    let keep = std::env::var_os("GRATICULE_KEEP").map(PathBuf::from);
    let pool = Arc::new(HandlePool::default());
    let (mut written, mut refused, mut wrong) = (0, Vec::new(), Vec::new());
    for (number, path) in paths(&root).iter().enumerate() {
        let Ok(group) = open(&root.join(path), &pool) else { continue };
        let vars: Vec<(&RawVar, Array)> = group
            .vars
            .iter()
            .filter(|v| small(&*v.source))
            .filter_map(|v| {
                let whole = Region::whole(&v.source.info().shape);
                Some((v, v.source.read(&whole).ok()?))
            })
            .collect();
        let schema = schema(&group, &vars);
        let extension = if path.ends_with(".nc") { "nc" } else { "h5" };
        let folder = keep.as_deref().unwrap_or(folder.path());
        let at = folder.join(format!("{number}.{extension}"));
        if let Err(e) = write(&at, &schema, &vars) {
            refused.push(format!("{path}: {e}"));
            continue;
        }
        written += 1;
        match open(&at, &pool) {
            Ok(copy) => {
                let found = differences(&copy, &vars, &schema);
                wrong.extend(found.into_iter().take(3).map(|d| format!("{path}: {d}")));
            }
            Err(e) => wrong.push(format!("{path}: {e}")),
        }
        match keep {
            Some(_) => println!("{}\t{path}", at.display()),
            None => std::fs::remove_file(&at).unwrap(),
        }
    }
    eprintln!("{written} files written again, {} refused:\n{}", refused.len(), refused.join("\n"));
    assert!(wrong.is_empty(), "{} differences:\n{}", wrong.len(), wrong.join("\n"));
    assert!(written > 9 * refused.len(), "too many files are refused");
}
