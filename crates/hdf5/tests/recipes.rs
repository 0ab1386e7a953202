//! Datasets resumed from their recipes: the same values, without reading metadata.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use std::path::{Path, PathBuf};
use std::sync::Arc;

use graticule_array::{Array, Region};
use graticule_hdf5::Hdf5Backend;
use graticule_storage::{
    Backend, ByteSource, ChunkSource, CountingBytes, MemoryBytes, OpenOptions, RawGroup, Recipe,
};

fn corpus() -> Option<PathBuf> {
    let given = std::env::var_os("GRATICULE_CORPUS").map(PathBuf::from);
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data");
    given.or(Some(beside)).filter(|p| p.is_dir())
}

fn seeds() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/seeds/hdf5")
}

/// Files of at most this many bytes in a folder and those below it.
fn files(folder: &Path, most: u64, out: &mut Vec<PathBuf>) {
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    for path in entries.flatten().map(|e| e.path()) {
        let Ok(meta) = path.metadata() else { continue };
        if meta.is_dir() {
            files(&path, most, out);
        } else if meta.len() <= most {
            out.push(path);
        }
    }
}

fn each<'a>(group: &'a RawGroup, visit: &mut dyn FnMut(&'a Arc<dyn ChunkSource>)) {
    group.vars.iter().for_each(|v| visit(&v.source));
    group.groups.iter().for_each(|g| each(g, visit));
}

/// Values of any type, and errors, as text; large arrays by their bytes.
fn shown(values: &graticule_array::Result<Array>) -> String {
    match values {
        Ok(values) => match values.to_packed() {
            Some(bytes) => format!("{} {:?} {bytes:?}", values.dtype(), values.shape()),
            None => format!("{values:?}"),
        },
        Err(e) => e.to_string(),
    }
}

fn read(source: &dyn ChunkSource) -> graticule_array::Result<Array> {
    source.read(&Region::whole(&source.info().shape))
}

/// Compares all datasets of a file with those made from their recipes: how many have one.
fn compare(path: &Path) -> (usize, usize) {
    let bytes = std::fs::read(path).unwrap();
    let bytes = CountingBytes::new(Arc::new(MemoryBytes::new("a.nc", bytes)));
    let (bytes, counted): (Arc<dyn ByteSource>, _) = (Arc::new(bytes.clone()), bytes);
    let options = OpenOptions::default();
    let backend = Hdf5Backend::new();
    let Ok(group) = backend.open(bytes.clone(), &options) else { return (0, 0) };
    let (mut all, mut kept) = (0, 0);
    each(&group, &mut |source| {
        let size = source.info().shape.iter().fold(1usize, |n, l| n.saturating_mul(*l));
        if size > 1 << 20 {
            return;
        }
        all += 1;
        let Some(recipe) = source.recipe() else { return };
        kept += 1;
        // What was known before is read again by the one, so that both have the same to do.
        let wanted = read(source.as_ref());
        let again = backend.open(bytes.clone(), &options).unwrap();
        let mut twin = None;
        each(&again, &mut |s| {
            if s.descriptor() == source.descriptor() {
                twin = Some(s.clone());
            }
        });
        counted.reset();
        let _ = read(twin.unwrap().as_ref());
        let before = counted.reads();
        counted.reset();
        let resumed = Hdf5Backend::new().resume(bytes.clone(), &recipe, &options).unwrap();
        let found = read(resumed.as_ref());
        assert_eq!(shown(&found), shown(&wanted), "{} {:?}", path.display(), source.descriptor());
        assert!(counted.reads() <= before, "{}: {} > {before}", path.display(), counted.reads());
        assert_eq!(resumed.descriptor(), source.descriptor());
        assert_eq!(resumed.limits().scratch, source.limits().scratch);
        let (a, b) = (resumed.info(), source.info());
        assert_eq!((&a.dtype, &a.shape, &a.grid), (&b.dtype, &b.shape, &b.grid));
    });
    (all, kept)
}

#[test]
fn recipes_give_the_same_values_with_fewer_reads() {
    let mut found = Vec::new();
    files(&seeds(), 1 << 20, &mut found);
    assert!(found.len() > 5, "no seeds in {}", seeds().display());
    match corpus() {
        Some(corpus) => files(&corpus, 64 << 10, &mut found),
        None => eprintln!("SKIPPED the corpus: it is not there"),
    }
    let (mut all, mut kept) = (0, 0);
    for path in &found {
        let (a, k) = compare(path);
        (all, kept) = (all + a, kept + k);
    }
    eprintln!("{} files: {kept} of {all} datasets have recipes", found.len());
    // A few of the seeds hold references or are put together from others.
    assert!(kept * 5 > all * 4, "{kept} of {all}");
}

#[test]
fn damaged_recipes_are_refused_or_read_no_other_memory() {
    let mut found = Vec::new();
    files(&seeds(), 1 << 20, &mut found);
    let options = OpenOptions::default();
    let mut n = 0x9e37_79b9_7f4a_7c15u64;
    let mut chance = move |below: usize| {
        n ^= n << 13;
        n ^= n >> 7;
        n ^= n << 17;
        (n >> 11) as usize % below.max(1)
    };
    for path in found {
        let bytes: Arc<dyn ByteSource> =
            Arc::new(MemoryBytes::new("a.nc", std::fs::read(&path).unwrap()));
        let Ok(group) = Hdf5Backend::new().open(bytes.clone(), &options) else { continue };
        each(&group, &mut |source| {
            let Some(recipe) = source.recipe() else { return };
            for cut in 0..recipe.kind.len() {
                let cut = Recipe { kind: recipe.kind[..cut].to_vec(), ..recipe.clone() };
                let _ = Hdf5Backend::new().resume(bytes.clone(), &cut, &options);
            }
            for _ in 0..200 {
                let mut bad = recipe.clone();
                for _ in 0..=chance(3) {
                    let part = if chance(2) == 0 { &mut bad.kind } else { &mut bad.place };
                    let at = chance(part.len());
                    if let Some(byte) = part.get_mut(at) {
                        *byte ^= 1 << chance(8);
                    }
                }
                let Ok(made) = Hdf5Backend::new().resume(bytes.clone(), &bad, &options) else {
                    continue;
                };
                let one = made.info().shape.iter().map(|l| (*l).min(3)).collect::<Vec<_>>();
                let _ = made.read(&Region::new(vec![0; one.len()], one));
            }
        });
    }
}
