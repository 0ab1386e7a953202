//! Variables known from an index: the file is opened when data is first wanted.

use std::sync::{Arc, OnceLock};

use graticule_array::{ArrayMut, Error, Region, Result};
use graticule_lazy::Session;
use graticule_storage::{
    ByteSource, ChunkSource, FileBytes, Limits, Location, SourceDescriptor, SourceInfo,
};

use crate::io::{OpenOptions, find_group, open_raw_source};

/// How the files of an index are opened.
#[derive(Debug)]
pub(super) struct Opener {
    pub(super) session: Session,
    pub(super) options: OpenOptions,
}

/// A file of an index.
#[derive(Debug)]
pub(super) struct IndexedFile {
    pub(super) location: Location,
    /// Length and time of change when the index was made.
    pub(super) fingerprint: (u64, i128),
    pub(super) opener: Arc<Opener>,
    /// Its variables, once it has been opened.
    opened: OnceLock<Result<Vec<Opened>>>,
}

type Opened = (String, Arc<dyn ChunkSource>);

impl IndexedFile {
    pub(super) fn new(location: Location, fingerprint: (u64, i128), opener: Arc<Opener>) -> Self {
        Self { location, fingerprint, opener, opened: OnceLock::new() }
    }

    fn open(&self) -> Result<Vec<Opened>> {
        let Opener { session, options } = &*self.opener;
        let bytes = FileBytes::open(&self.location, session.handles())?;
        if bytes.fingerprint() != self.fingerprint {
            return Err(Error::io("the file has changed since its index was read")
                .in_file(self.location.path())
                .hint("open the files again"));
        }
        let root = open_raw_source(Arc::new(bytes), session, &options.storage)?;
        let group = match options.group.as_deref() {
            None => root,
            Some(path) => find_group(root, path).map_err(|e| e.in_file(self.location.path()))?,
        };
        Ok(group.vars.into_iter().map(|v| (v.name, v.source)).collect())
    }

    /// The real source of a variable.
    fn source(&self, name: &str) -> Result<Arc<dyn ChunkSource>> {
        let opened = self.opened.get_or_init(|| self.open());
        let opened = opened.as_ref().map_err(Clone::clone)?;
        let found = opened.iter().find(|(n, _)| n == name).map(|(_, source)| source.clone());
        found.ok_or_else(|| {
            Error::corrupt("the index knows this variable, the file does not")
                .in_variable(name)
                .in_file(self.location.path())
        })
    }
}

/// What the sources of one variable of a class have in common where lengths agree.
#[derive(Debug)]
pub(super) struct Known {
    pub(super) name: Arc<str>,
    pub(super) info: SourceInfo,
    pub(super) scratch: usize,
    pub(super) backend: Arc<str>,
    pub(super) path: Arc<str>,
}

/// A variable of a file of an index.
#[derive(Debug)]
pub(super) struct IndexedSource {
    pub(super) file: Arc<IndexedFile>,
    pub(super) known: Arc<Known>,
    /// Bytes on disk, plus one; 0 if not known.
    pub(super) stored: u64,
}

impl ChunkSource for IndexedSource {
    fn info(&self) -> &SourceInfo {
        &self.known.info
    }

    fn read_into(&self, region: &Region, out: ArrayMut<'_>) -> Result<()> {
        let source = self.file.source(&self.known.name)?;
        let (real, known) = (source.info(), &self.known.info);
        if real.shape != known.shape || real.dtype != known.dtype {
            return Err(Error::corrupt("the index and the file do not agree")
                .in_variable(&*self.known.name)
                .in_file(self.file.location.path())
                .hint("remove the index, or make it anew"));
        }
        source.read_into(region, out)
    }

    fn limits(&self) -> Limits {
        Limits {
            scratch: self.known.scratch,
            stored: self.stored.checked_sub(1),
            ..Limits::default()
        }
    }

    fn descriptor(&self) -> Option<SourceDescriptor> {
        Some(SourceDescriptor {
            backend: self.known.backend.to_string(),
            location: self.file.location.clone(),
            path: self.known.path.to_string(),
            fingerprint: self.file.fingerprint,
        })
    }
}
