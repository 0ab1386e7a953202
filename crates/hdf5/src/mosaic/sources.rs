//! The datasets that a virtual one consists of.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use graticule_array::{Error, Result};
use graticule_storage::{ByteSource, FileBytes, HandlePool, Location};

use crate::blueprint::Blueprints;
use crate::dataset::DatasetSource;
use crate::describe::{Description, View};
use crate::element::HeapReader;
use crate::external;
use crate::file::{FileHandle, Settings, begin};
use crate::header::Header;
use crate::lookup::Seen;
use crate::meta::Meta;

/// Source files held open.
const OPEN: usize = 8;

/// The files in which the sources lie.
#[derive(Debug)]
pub(super) struct Files {
    /// The bytes of the file with the virtual dataset.
    own: Arc<dyn ByteSource>,
    settings: Settings,
    view: View,
    weight: u64,
    pool: Arc<HandlePool>,
    /// By name; `None` for those that do not exist.
    known: Mutex<HashMap<String, Option<Arc<SourceFile>>>>,
}

#[derive(Debug)]
struct SourceFile {
    handle: Arc<FileHandle>,
    seen: Seen,
}

impl Files {
    pub(super) fn new(meta: &Meta<'_>, view: View, weight: u64) -> Self {
        Self {
            own: meta.bytes.clone(),
            settings: meta.settings.clone(),
            view,
            weight,
            pool: Arc::new(HandlePool::new(OPEN)),
            known: Mutex::default(),
        }
    }

    fn file(&self, name: &str) -> Result<Option<Arc<SourceFile>>> {
        // Whatever was remembered is true, so poison carries no news.
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(found) = known.get(name) {
            return Ok(found.clone());
        }
        let bytes: Option<Arc<dyn ByteSource>> = if name == "." {
            Some(self.own.clone())
        } else {
            match external::existing(self.own.location(), name) {
                Some(path) => Some(Arc::new(FileBytes::open(&Location::new(path), &self.pool)?)),
                None => None,
            }
        };
        let file = match bytes {
            Some(bytes) => {
                let (meta, _) = begin(&bytes, &self.settings)?;
                let form = meta.form;
                drop(meta);
                let settings = self.settings.clone();
                let handle = Arc::new(FileHandle { bytes, form, settings, paths: Arc::default() });
                Some(Arc::new(SourceFile { handle, seen: Seen::default() }))
            }
            None => None,
        };
        known.insert(name.to_owned(), file.clone());
        Ok(file)
    }

    /// The dataset at a path of a file; `None` if one of the two does not exist.
    ///
    /// # Errors
    /// If they exist and cannot be read.
    pub(super) fn dataset(&self, name: &str, path: &str) -> Result<Option<Arc<DatasetSource>>> {
        let located = |e: Error| e.context(format!("the source \"{path}\" in \"{name}\""));
        let Some(file) = self.file(name).map_err(located)? else { return Ok(None) };
        self.open(&file, path).map_err(located)
    }

    fn open(&self, file: &SourceFile, path: &str) -> Result<Option<Arc<DatasetSource>>> {
        let (meta, root) = begin(&file.handle.bytes, &self.settings)?;
        meta.nested.set(self.weight);
        let Some(address) = file.seen.find(&meta, root, root, path)? else { return Ok(None) };
        let header = Header::read(&meta, address)?;
        if !header.is_dataset() {
            return Ok(None);
        }
        let heap = HeapReader::new(&meta, file.handle.paths.clone());
        let description = Description::read(&meta, &heap, &header, self.view)?;
        let known = Blueprints::default();
        let at = path.to_owned();
        let source = DatasetSource::new(&file.handle, at, description, None, None, &known)?;
        Ok(Some(Arc::new(source)))
    }
}
