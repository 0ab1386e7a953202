//! Files that an index knows, without opening them.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock, PoisonError, RwLock};
use std::time::UNIX_EPOCH;

use graticule_array::Region;
use graticule_lazy::Session;
use graticule_storage::{ByteSource, Location};

use super::class::Class;
use super::source::{IndexedFile, Opener};
use super::{ArchiveIndex, Entry, EntryVar};
use crate::attrs::Attrs;
use crate::combine::{CombineAttrs, History, Part, PartData, Piece};
use crate::encoding::Encoding;
use crate::io::{OpenOptions, decoded_piece, kept_attrs, same_value};
use crate::name::Name;

/// Makes what files contribute from an index; decodes each class once.
#[derive(Debug)]
pub(crate) struct Reopener {
    opener: Arc<Opener>,
    /// What relative paths begin with.
    folder: PathBuf,
    /// By number of class; `None` for classes that cannot be decoded.
    classes: RwLock<HashMap<u32, Option<Arc<Piece>>>>,
    /// What becomes of attributes.
    policy: CombineAttrs,
    /// Whether the model has the attributes of the index; there is one model.
    same: Vec<OnceLock<bool>>,
}

impl Reopener {
    pub(crate) fn new(
        session: &Session,
        options: &OpenOptions,
        policy: CombineAttrs,
        index: &ArchiveIndex,
    ) -> Self {
        Self {
            opener: Arc::new(Opener::new(session, options)),
            folder: std::env::current_dir().unwrap_or_default(),
            classes: RwLock::default(),
            policy,
            same: vec![OnceLock::new(); index.attrs.len()],
        }
    }

    pub(super) fn opener(&self) -> &Arc<Opener> {
        &self.opener
    }

    /// The name of a file in an index: its path from the root of the file system.
    pub(crate) fn path(&self, location: &Location) -> Arc<str> {
        let path = location.path();
        if path.is_absolute() {
            return path.to_string_lossy().into();
        }
        self.folder.join(path.strip_prefix(Path::new(".")).unwrap_or(path)).to_string_lossy().into()
    }

    /// A class, decoded; what it has in common with the model is shared.
    pub(super) fn class(
        &self,
        number: u32,
        class: &Class,
        model: Option<&Piece>,
    ) -> Option<Arc<Piece>> {
        // The map is valid between any two statements, so poison carries no news.
        let known = self.classes.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(made) = known.get(&number) {
            return made.clone();
        }
        drop(known);
        let (session, options) = (self.opener.session(), self.opener.options());
        let made = decoded_piece(class.group(), options, session, model).ok().map(Arc::new);
        let mut known = self.classes.write().unwrap_or_else(PoisonError::into_inner);
        known.entry(number).or_insert(made).clone()
    }

    pub(super) fn forget(&self, number: u32) {
        self.classes.write().unwrap_or_else(PoisonError::into_inner).remove(&number);
    }
}

/// Length and time of change of a file; `None` if there is no such file.
pub(crate) fn fingerprint(path: &Path) -> Option<(u64, i128)> {
    let meta = std::fs::metadata(path).ok()?;
    let changed = meta.modified().ok().and_then(|t| t.duration_since(UNIX_EPOCH).ok());
    Some((meta.len(), changed.map_or(0, |d| d.as_nanos() as i128)))
}

impl ArchiveIndex {
    /// What a file contributes, if the index knows it as it is now.
    pub(crate) fn piece(
        &self,
        location: &Location,
        model: Option<&Piece>,
        reopener: &Reopener,
    ) -> Option<Piece> {
        let path = reopener.path(location);
        let entry = self.files.get(&path)?;
        if fingerprint(location.path())? != entry.fingerprint {
            return None;
        }
        self.made(entry, location, &path, model, reopener)
    }

    fn made(
        &self,
        entry: &Entry,
        location: &Location,
        path: &Arc<str>,
        model: Option<&Piece>,
        reopener: &Reopener,
    ) -> Option<Piece> {
        let class = self.classes.get(entry.class as usize)?;
        let class = reopener.class(entry.class, class, model)?;
        if class.parts.len() != entry.vars.len() {
            return None;
        }
        let file = IndexedFile::new(location, path, entry.fingerprint, &reopener.opener);
        let file = Arc::new(file);
        let mut parts = Vec::with_capacity(entry.vars.len());
        for (at, (part, var)) in class.parts.iter().zip(&entry.vars).enumerate() {
            let data = match var {
                EntryVar::Values(number) => {
                    let values = self.arrays.get(*number as usize)?;
                    if *values.dtype() != part.meta.dtype || values.ndim() != part.meta.dims.len() {
                        return None;
                    }
                    PartData::Values(values.clone())
                }
                EntryVar::Stored(stored) => {
                    let (place, known) = self.shapes.get(stored.shape as usize)?;
                    if place.class != entry.class || place.var as usize != at {
                        return None;
                    }
                    PartData::Stored(Arc::new(self.source(&file, known, at, stored)))
                }
            };
            parts.push(Part::new(part.meta.clone(), data));
        }
        let (attrs, ignored) = self.attrs_of(entry, model, reopener)?;
        let encoding = match model {
            Some(m) if m.encoding.unlimited == class.encoding.unlimited => m.encoding.clone(),
            Some(_) => class.encoding.clone(),
            None => {
                let encoding = (*class.encoding).clone();
                Arc::new(Encoding { origin: Some(location.clone()), ..encoding })
            }
        };
        let origin = location.to_string().into();
        let coords = class.coords.clone();
        let (leaves, history) = (Arc::default(), History::default());
        Some(Piece { origin, parts, coords, attrs, ignored, encoding, leaves, history })
    }

    fn attrs_of(
        &self,
        entry: &Entry,
        model: Option<&Piece>,
        reopener: &Reopener,
    ) -> Option<(Attrs, Vec<Name>)> {
        let mut own = Vec::with_capacity(entry.attrs.len());
        for number in &entry.attrs {
            let (name, value) = self.attrs.get(*number as usize)?;
            let same = |model: &Piece| {
                let known = model.attrs.get(name);
                known.is_some_and(|known| same_value(known.array(), value.array()))
            };
            let same = match (model, reopener.same.get(*number as usize)) {
                (Some(model), Some(known)) => *known.get_or_init(|| same(model)),
                (Some(model), None) => same(model),
                (None, _) => false,
            };
            own.push((name, value, same));
        }
        Some(kept_attrs(&own, model, reopener.policy))
    }

    /// Makes all files that the bytes of an index speak of, without looking for them, and reads
    /// one value of each variable by its recipe as if it lay in `bytes`.
    pub(super) fn make_all(&self, reopener: &Reopener, bytes: &Arc<dyn ByteSource>) -> usize {
        let mut vars = 0;
        for (path, entry) in &self.files {
            let made = self.made(entry, &Location::new(&**path), path, None, reopener);
            vars += made.map_or(0, |piece| piece.parts.len());
            let file =
                IndexedFile::new(bytes.location(), path, entry.fingerprint, &reopener.opener);
            let file = Arc::new(file);
            for (at, var) in entry.vars.iter().enumerate() {
                let EntryVar::Stored(var) = var else { continue };
                let Some((_, known)) = self.shapes.get(var.shape as usize) else { continue };
                let source = self.source(&file, known, at, var).resumed(bytes.clone());
                let Some(source) = source else { continue };
                let one = vec![1; source.info().shape.len()];
                let read = source.read(&Region::new(vec![0; one.len()], one));
                vars += usize::from(read.is_ok());
            }
        }
        vars
    }
}
