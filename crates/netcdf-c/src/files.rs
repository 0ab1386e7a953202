//! Files that the C library holds open: few at a time, however many are read.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use graticule_array::Result;
use netcdf::File;

use crate::guard::{guard, refused};

/// Files that stay open; the system allows a process about a thousand.
const MOST: usize = 32;

/// The open files, the one used last at the end.
#[derive(Debug, Default)]
pub(crate) struct Files(Mutex<Vec<(PathBuf, Arc<File>)>>);

impl Files {
    /// The file at a path, opened if it is not open.
    pub(crate) fn get(&self, path: &Path) -> Result<Arc<File>> {
        let mut open = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(at) = open.iter().position(|(p, _)| p == path) {
            let found = open.remove(at);
            let file = found.1.clone();
            open.push(found);
            return Ok(file);
        }
        let file = guard(|| netcdf::open(path).map_err(|e| refused("libnetcdf", e)))?;
        let file = Arc::new(file);
        if open.len() >= MOST {
            open.remove(0);
        }
        open.push((path.to_owned(), file.clone()));
        Ok(file)
    }
}
