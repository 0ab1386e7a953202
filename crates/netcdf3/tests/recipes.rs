//! Variables resumed from their recipes: the same values, without reading the header.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)] // a test may fail by panic

#[allow(unreachable_pub, dead_code)]
mod support;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use graticule_array::Region;
use graticule_netcdf3::Netcdf3Backend;
use graticule_storage::{Backend, ByteSource, CountingBytes, MemoryBytes, OpenOptions, Recipe};
use support::{Version, sample};

/// Classic files among the corpus and the seeds of fuzzing.
fn classic() -> Vec<PathBuf> {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let given = std::env::var_os("GRATICULE_CORPUS").map(PathBuf::from);
    let mut open = vec![given.unwrap_or_else(|| here.join("../../../shared/data"))];
    open.push(here.join("../../fuzz/found"));
    let mut out = Vec::new();
    while let Some(folder) = open.pop() {
        let Ok(entries) = std::fs::read_dir(&folder) else { continue };
        for path in entries.flatten().map(|e| e.path()) {
            if path.is_dir() {
                open.push(path);
            } else if path.metadata().is_ok_and(|m| m.len() < 256 << 10) {
                out.push(path);
            }
        }
    }
    out.retain(|path| std::fs::read(path).is_ok_and(|b| b.starts_with(b"CDF")));
    out
}

#[test]
fn recipes_give_the_same_values_and_read_only_them() {
    let options = OpenOptions::default();
    let files = classic();
    eprintln!("{} classic files", files.len());
    let made = [Version::Cdf1, Version::Cdf2, Version::Cdf5].map(|v| sample(v).bytes());
    let all = files.iter().map(|p| std::fs::read(p).unwrap()).chain(made);
    for file in all {
        let counted = CountingBytes::new(Arc::new(MemoryBytes::new("a.nc", file)));
        let bytes: Arc<dyn ByteSource> = Arc::new(counted.clone());
        let Ok(group) = Netcdf3Backend.open(bytes.clone(), &options) else { continue };
        for var in &group.vars {
            let recipe = var.source.recipe().unwrap();
            counted.reset();
            let made = Netcdf3Backend.resume(bytes.clone(), &recipe, &options).unwrap();
            assert_eq!(counted.reads(), 0);
            let whole = Region::whole(&var.source.info().shape);
            let show = |read: graticule_array::Result<graticule_array::Array>| match read {
                Ok(values) => format!("{:?} {:?}", values.shape(), values.to_packed()),
                Err(e) => e.to_string(),
            };
            assert_eq!(show(made.read(&whole)), show(var.source.read(&whole)), "{}", var.name);
            assert_eq!(made.descriptor(), var.source.descriptor());
            assert_eq!(made.info().grid, var.source.info().grid);
            for cut in 0..recipe.kind.len() {
                let cut = Recipe { kind: recipe.kind[..cut].to_vec(), ..recipe.clone() };
                assert!(Netcdf3Backend.resume(bytes.clone(), &cut, &options).is_err());
            }
            for at in 0..recipe.place.len() * 8 {
                let mut bad = recipe.clone();
                bad.place[at / 8] ^= 1 << (at % 8);
                if let Ok(made) = Netcdf3Backend.resume(bytes.clone(), &bad, &options) {
                    // Neither a panic nor more memory than the file could fill.
                    let _ = made.read(&Region::whole(&made.info().shape));
                }
            }
        }
    }
}
