//! Small inputs to start from.

use std::path::{Path, PathBuf};

/// A folder of this crate.
pub(crate) fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(name)
}

/// The files of a folder of this crate, in the order of their names.
pub(crate) fn files(name: &str) -> Vec<Vec<u8>> {
    let entries = std::fs::read_dir(folder(name)).into_iter().flatten();
    let mut paths: Vec<PathBuf> = entries.flatten().map(|e| e.path()).collect();
    paths.sort();
    paths.iter().filter_map(|p| std::fs::read(p).ok()).collect()
}

/// Texts as inputs.
pub(crate) fn texts(all: &[&str]) -> Vec<Vec<u8>> {
    all.iter().map(|t| t.as_bytes().to_vec()).collect()
}
