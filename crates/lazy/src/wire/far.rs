//! Files that were opened in another process: opened here when data is first wanted.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use graticule_array::{Array, ArrayMut, Error, Region, Result};
use graticule_storage::{
    Backend, ByteSource, ChunkSource, FileBytes, HandlePool, Limits, Location, OpenOptions,
    RawGroup, SourceDescriptor, SourceInfo, unpack,
};

/// No message makes a compressed file unpack to more.
const MOST_UNPACKED: u64 = 1 << 36;

type Opened = OnceLock<Result<RawGroup>>;

/// The files of a message; each is opened once.
pub(super) struct Files {
    backends: Vec<Arc<dyn Backend>>,
    handles: Arc<HandlePool>,
    opened: Mutex<HashMap<(Location, String, bool), Arc<Opened>>>,
}

impl fmt::Debug for Files {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Files")
    }
}

impl Files {
    pub(super) fn new(backends: &[Arc<dyn Backend>], handles: &Arc<HandlePool>) -> Self {
        let (backends, handles) = (backends.to_vec(), handles.clone());
        Self { backends, handles, opened: Mutex::default() }
    }

    /// The variable that a descriptor names.
    fn source(&self, found: &SourceDescriptor) -> Result<Arc<dyn ChunkSource>> {
        let place = {
            let key = (found.location.clone(), found.backend.clone(), found.verify);
            let mut opened = self.opened.lock().unwrap_or_else(PoisonError::into_inner);
            opened.entry(key).or_default().clone()
        };
        let root = place.get_or_init(|| self.open(found)).as_ref().map_err(Clone::clone)?;
        find(root, &found.path).ok_or_else(|| {
            let lost = Error::corrupt("the file has lost this variable");
            lost.in_variable(found.path.as_str()).in_file(found.location.path())
        })
    }

    fn open(&self, found: &SourceDescriptor) -> Result<RawGroup> {
        let at = &found.location;
        let backend =
            self.backends.iter().find(|b| b.name() == found.backend).ok_or_else(|| {
                let names: Vec<&str> = self.backends.iter().map(|b| b.name()).collect();
                Error::unsupported(format!("this session does not read {}", found.backend))
                    .in_file(at.path())
                    .hint(format!("it reads {names:?}; give it that backend"))
            })?;
        let bytes: Arc<dyn ByteSource> = Arc::new(FileBytes::open(at, &self.handles)?);
        if bytes.fingerprint() != found.fingerprint {
            return Err(Error::changed("the file has changed since the expression was made")
                .in_file(at.path())
                .hint("open it again"));
        }
        let OpenOptions { unpacked: usual, .. } = OpenOptions::default();
        let unpacked = found.unpacked.clamp(usual, MOST_UNPACKED);
        let options = OpenOptions { verify: found.verify, unpacked, ..OpenOptions::default() };
        let bytes = unpack(bytes, options.unpacked, &self.handles)?;
        backend.open(bytes, &options).map_err(|e| e.in_file(at.path()))
    }
}

/// A variable by its path: `/group/name`, or its name alone in the root.
fn find(root: &RawGroup, path: &str) -> Option<Arc<dyn ChunkSource>> {
    let mut group = root;
    let mut names = path.trim_start_matches('/').split('/').peekable();
    while let Some(name) = names.next() {
        if names.peek().is_none() {
            return group.vars.iter().find(|v| v.name == name).map(|v| v.source.clone());
        }
        match group.groups.iter().find(|g| g.name == name) {
            Some(inner) => group = inner,
            // Names of the classic format may hold what elsewhere parts groups.
            None => return root.vars.iter().find(|v| v.name == path).map(|v| v.source.clone()),
        }
    }
    None
}

/// A variable of a file that another process has opened.
#[derive(Debug)]
pub(super) struct FarSource {
    place: SourceDescriptor,
    info: SourceInfo,
    limits: Limits,
    files: Arc<Files>,
    opened: OnceLock<Result<Arc<dyn ChunkSource>>>,
}

impl FarSource {
    pub(super) fn new(
        place: SourceDescriptor,
        info: SourceInfo,
        limits: Limits,
        files: Arc<Files>,
    ) -> Self {
        Self { place, info, limits, files, opened: OnceLock::new() }
    }

    fn source(&self) -> Result<&Arc<dyn ChunkSource>> {
        let open = || {
            let source = self.files.source(&self.place)?;
            let (found, told) = (source.info(), &self.info);
            if found.dtype == told.dtype && found.shape == told.shape && found.grid == told.grid {
                return Ok(source);
            }
            Err(Error::corrupt(format!(
                "the file holds {} {:?} where {} {:?} was announced",
                found.dtype, found.shape, told.dtype, told.shape
            ))
            .in_variable(self.place.path.as_str())
            .in_file(self.place.location.path()))
        };
        self.opened.get_or_init(open).as_ref().map_err(Clone::clone)
    }
}

impl ChunkSource for FarSource {
    fn info(&self) -> &SourceInfo {
        &self.info
    }

    fn read_into(&self, region: &Region, out: ArrayMut<'_>) -> Result<()> {
        self.info.check_read(region, &out)?;
        self.source()?.read_into(region, out)
    }

    fn read(&self, region: &Region) -> Result<Array> {
        self.source()?.read(region)
    }

    fn limits(&self) -> Limits {
        self.limits.clone()
    }

    fn descriptor(&self) -> Option<SourceDescriptor> {
        Some(self.place.clone())
    }
}
