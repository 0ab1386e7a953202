//! Variables known from an index: the file is opened when data is first wanted.

use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use graticule_array::{Array, ArrayMut, DType, Error, Region, Result, Text};
use graticule_lazy::Session;
use graticule_storage::{
    ByteSource, ChunkForm, ChunkSource, FileBytes, Limits, Location, PackedChunk, Recipe,
    SourceDescriptor, SourceInfo,
};
use sha2::{Digest as _, Sha256};

use super::slice::Slice;
use crate::io::{OpenOptions, find_group, open_raw_source};

/// Of all values of a variable as stored, its type and its shape.
pub(super) type Digest = [u8; 32];

/// Values are read in boxes of about this size to make their digest.
const BOX_BYTES: usize = 8 << 20;

/// How the files of an index are opened, and what more is learned of them then.
#[derive(Debug)]
pub(super) struct Opener {
    session: Session,
    options: OpenOptions,
    digests: Mutex<Vec<Digested>>,
}

/// The path of a file, the number of a variable, and its digest.
type Digested = (Arc<str>, usize, Digest);

impl Opener {
    pub(super) fn new(session: &Session, options: &OpenOptions) -> Self {
        let (session, options) = (session.clone(), options.clone());
        Self { session, options, digests: Mutex::default() }
    }

    pub(super) fn session(&self) -> &Session {
        &self.session
    }

    pub(super) fn options(&self) -> &OpenOptions {
        &self.options
    }

    fn note(&self, made: Digested) {
        // The list is valid between any two statements, so poison carries no news.
        self.digests.lock().unwrap_or_else(PoisonError::into_inner).push(made);
    }

    pub(super) fn take_digests(&self) -> Vec<Digested> {
        std::mem::take(&mut *self.digests.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// A file of an index.
#[derive(Debug)]
pub(super) struct IndexedFile {
    location: Location,
    /// Its name in the index.
    path: Arc<str>,
    /// Length and time of change when the index was made.
    fingerprint: (u64, i128),
    opener: Arc<Opener>,
    bytes: OnceLock<Result<Arc<dyn ByteSource>>>,
    /// Its variables, once its metadata was needed.
    opened: OnceLock<Result<Vec<Opened>>>,
}

type Opened = (String, Arc<dyn ChunkSource>);

impl IndexedFile {
    pub(super) fn new(
        location: &Location,
        path: &Arc<str>,
        fingerprint: (u64, i128),
        opener: &Arc<Opener>,
    ) -> Self {
        Self {
            location: location.clone(),
            path: path.clone(),
            fingerprint,
            opener: opener.clone(),
            bytes: OnceLock::new(),
            opened: OnceLock::new(),
        }
    }

    /// The bytes of the file, if it is still the one that the index knows.
    fn bytes(&self) -> Result<Arc<dyn ByteSource>> {
        let open = || -> Result<Arc<dyn ByteSource>> {
            let bytes = FileBytes::open(&self.location, self.opener.session.handles())?;
            if bytes.fingerprint() != self.fingerprint {
                return Err(Error::changed("the file has changed since its index was read")
                    .in_file(self.location.path())
                    .hint("open the files again"));
            }
            Ok(Arc::new(bytes))
        };
        self.bytes.get_or_init(open).clone()
    }

    fn open(&self) -> Result<Vec<Opened>> {
        let Opener { session, options, .. } = &*self.opener;
        let root = open_raw_source(self.bytes()?, session, &options.storage)?;
        let group = match options.group.as_deref() {
            None => root,
            Some(path) => find_group(root, path).map_err(|e| e.in_file(self.location.path()))?,
        };
        Ok(group.vars.into_iter().map(|v| (v.name, v.source)).collect())
    }

    /// The real source of a variable, out of the file's metadata.
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

impl Known {
    fn is_like(&self, real: &SourceInfo) -> bool {
        real.shape == self.info.shape && real.dtype == self.info.dtype
    }
}

/// A variable of a file of an index.
#[derive(Debug)]
pub(super) struct IndexedSource {
    file: Arc<IndexedFile>,
    known: Arc<Known>,
    /// Its number among the variables of the file.
    at: usize,
    /// Bytes on disk, plus one; 0 if not known.
    stored: u64,
    /// What files of its make share, and where the data lie in this one.
    recipe: Option<(Arc<[u8]>, Slice)>,
    real: OnceLock<Arc<dyn ChunkSource>>,
    digest: OnceLock<Box<Digest>>,
}

impl IndexedSource {
    pub(super) fn new(
        file: &Arc<IndexedFile>,
        known: &Arc<Known>,
        at: usize,
        stored: u64,
        recipe: Option<(Arc<[u8]>, Slice)>,
        digest: Option<&Digest>,
    ) -> Self {
        let (file, known) = (file.clone(), known.clone());
        let digest = digest.map_or_else(OnceLock::new, |d| OnceLock::from(Box::new(*d)));
        Self { file, known, at, stored, recipe, real: OnceLock::new(), digest }
    }

    /// The same, where the file has been opened already.
    pub(super) fn opened(self, real: Arc<dyn ChunkSource>) -> Self {
        Self { real: OnceLock::from(real), ..self }
    }

    fn real(&self) -> Result<&Arc<dyn ChunkSource>> {
        if let Some(real) = self.real.get() {
            return Ok(real);
        }
        let made = match self.resumed(self.file.bytes()?) {
            Some(made) => made,
            None => self.file.source(&self.known.name)?,
        };
        if !self.known.is_like(made.info()) {
            return Err(Error::corrupt("the index and the file do not agree")
                .in_variable(&*self.known.name)
                .in_file(self.file.location.path())
                .hint("remove the index, or make it anew"));
        }
        Ok(self.real.get_or_init(|| made))
    }

    /// The source out of its recipe, which needs no metadata; `None` if the file must be opened.
    pub(super) fn resumed(&self, bytes: Arc<dyn ByteSource>) -> Option<Arc<dyn ChunkSource>> {
        let (kind, place) = self.recipe.as_ref()?;
        let Opener { session, options, .. } = &*self.file.opener;
        let backend = session.backends().iter().find(|b| b.name() == &*self.known.backend)?;
        let recipe = Recipe { kind: kind.to_vec(), place: place.get().to_vec() };
        let made = backend.resume(bytes, &recipe, &options.storage).ok()?;
        self.known.is_like(made.info()).then_some(made)
    }

    fn make_digest(&self) -> Result<Option<Digest>> {
        let info = &self.known.info;
        let mut sum = Sha256::new();
        sum.update(format!("{:?} {:?}", info.dtype, info.shape));
        let size = info.dtype.planned_size().max(1);
        let row = info.shape.iter().skip(1).fold(size, |n, l| n.saturating_mul(*l)).max(1);
        let step = (BOX_BYTES / row).max(1);
        let rows = info.shape.first().copied().unwrap_or(1);
        let mut at = 0;
        while at < rows {
            let mut region = Region::whole(&info.shape);
            let n = step.min(rows - at);
            if let (Some(start), Some(len)) = (region.start.first_mut(), region.len.first_mut()) {
                (*start, *len) = (at, n);
            }
            if !add(&mut sum, &self.read(&region)?) {
                return Ok(None);
            }
            at += n;
        }
        Ok(Some(sum.finalize().into()))
    }
}

/// Adds values to a digest, if they are of a type that has bytes of its own.
fn add(sum: &mut Sha256, values: &Array) -> bool {
    if *values.dtype() == DType::Str {
        let Ok(texts) = values.to_flat::<Text>() else { return false };
        for text in &texts {
            let text = text.as_str();
            sum.update(text.map_or(u64::MAX, |t| t.len() as u64).to_le_bytes());
            sum.update(text.unwrap_or_default());
        }
        return true;
    }
    match values.to_packed() {
        Some(bytes) => sum.update(bytes),
        None => return false,
    }
    true
}

impl ChunkSource for IndexedSource {
    fn info(&self) -> &SourceInfo {
        &self.known.info
    }

    fn read_into(&self, region: &Region, out: ArrayMut<'_>) -> Result<()> {
        self.real()?.read_into(region, out)
    }

    fn packed(&self, region: &Region, form: &ChunkForm) -> Result<Option<PackedChunk>> {
        self.real()?.packed(region, form)
    }

    fn limits(&self) -> Limits {
        Limits {
            scratch: self.known.scratch,
            stored: self.stored.checked_sub(1),
            ..Limits::default()
        }
    }

    fn digest(&self, read: bool) -> Option<Digest> {
        if let Some(known) = self.digest.get() {
            return Some(**known);
        }
        // What cannot be read is told by whoever wants the values.
        let made = if read { self.make_digest().ok().flatten()? } else { return None };
        if self.digest.set(Box::new(made)).is_ok() {
            self.file.opener.note((self.file.path.clone(), self.at, made));
        }
        Some(made)
    }

    fn descriptor(&self) -> Option<SourceDescriptor> {
        Some(SourceDescriptor {
            backend: self.known.backend.to_string(),
            location: self.file.location.clone(),
            path: self.known.path.to_string(),
            fingerprint: self.file.fingerprint,
            verify: self.file.opener.options.storage.verify,
            unpacked: self.file.opener.options.storage.unpacked,
        })
    }
}
