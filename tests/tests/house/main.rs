//! Rules of the house that no compiler checks: who may depend on whom, how long a file may be,
//! and that no static owns anything.

#![allow(clippy::unwrap_used)] // a test may fail by panic

mod edges;
mod files;

use std::path::PathBuf;

/// The folder of the workspace.
fn workspace() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_path_buf()
}
