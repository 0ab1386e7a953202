//! The index of an archive: what was learned when its files were opened, in one small file.
//!
//! ```text
//! magic, version, fingerprint of the options, length, checksum
//! classes   metadata that many files share, and the first values of small variables
//! arrays    decoded coordinates, each once
//! attrs     global attributes, each once
//! shapes    lengths and chunks of one variable of one class
//! recipes   what its backend must know to read a variable, as far as files share it, each once
//! digests   of variables that were read to compare them, each once
//! files     path, length, time of change, class, attributes; per variable an array, or a shape,
//!           a recipe with the places of its chunks, and a digest
//! ```
//!
//! A file whose length and time of change are those of the index is not opened before its data
//! is wanted, and then no metadata is read: the places of its chunks are taken from the index,
//! where they stay as bytes until then. Classes hold metadata as stored, and are decoded again on every opening, once for
//! all of their files, so an index never tells how values are decoded. Files of any mixture of
//! formats, chunks, packings and types may stand in one index.

mod class;
mod codec;
mod file;
mod learned;
mod reopen;
mod slice;
mod source;
#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::sync::Arc;

use graticule_array::{Array, Region};
use graticule_storage::{ChunkSource, Location};

use crate::attrs::AttrValue;
use crate::combine::{Part, PartData, Piece};
use crate::name::Name;
use class::{Class, full_chunk};
use codec::Writer;
use slice::Slice;
use source::{Digest, IndexedFile, IndexedSource, Known};

pub use file::{index_body, parse_index};
pub(crate) use learned::Learned;
pub(crate) use reopen::{Reopener, fingerprint};

/// What was learned of the files of an archive.
#[derive(Debug, Default)]
pub(crate) struct ArchiveIndex {
    /// A number that stands for the options under which values were decoded.
    options: u64,
    classes: Vec<Class>,
    arrays: Vec<Arc<Array>>,
    /// Attributes, each pair of a name and a value once.
    attrs: Vec<(Name, AttrValue)>,
    shapes: Vec<(Place, Arc<Known>)>,
    /// The parts of recipes that files share, each once.
    recipes: Vec<Arc<[u8]>>,
    digests: Vec<Digest>,
    files: HashMap<Arc<str>, Entry>,
    /// Where equal things stand already; filled when something is learned.
    interned: Interned,
    changed: bool,
}

/// Which variable of which class has a shape.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct Place {
    class: u32,
    var: u32,
}

#[derive(Clone, Debug)]
struct Entry {
    fingerprint: (u64, i128),
    class: u32,
    /// The numbers of its attributes, after decoding.
    attrs: Vec<u32>,
    vars: Vec<EntryVar>,
}

#[derive(Clone, Debug)]
enum EntryVar {
    /// The number of an array.
    Values(u32),
    Stored(EntryStored),
}

/// A variable that is read when it is wanted.
#[derive(Clone, Debug)]
struct EntryStored {
    /// The number of a shape.
    shape: u32,
    /// Bytes on disk plus one (0: not known).
    stored: u64,
    /// The number of what its recipe shares with others, and its own part of it.
    recipe: Option<(u32, Slice)>,
    /// The number of a digest of its values.
    digest: Option<u32>,
}

#[derive(Debug, Default)]
struct Interned {
    filled: bool,
    arrays: HashMap<Vec<u8>, u32>,
    attrs: HashMap<Vec<u8>, u32>,
    classes: HashMap<Vec<u8>, Vec<u32>>,
    shapes: HashMap<(Place, Vec<u8>), u32>,
    recipes: HashMap<Arc<[u8]>, u32>,
    digests: HashMap<Digest, u32>,
}

/// The bytes of an array in an index; `None` if it cannot hold it.
fn array_bytes(array: &Array) -> Option<Vec<u8>> {
    let mut out = Writer::default();
    out.array(array)?;
    Some(out.0)
}

fn attr_bytes(name: &Name, value: &AttrValue) -> Option<Vec<u8>> {
    let mut out = Writer::default();
    out.text(name);
    out.array(value.array())?;
    Some(out.0)
}

/// `None` for chunks of many shapes.
fn shape_bytes(known: &Known) -> Option<Vec<u8>> {
    let mut out = Writer::default();
    out.shape(&known.info.shape);
    out.shape(&full_chunk(&known.info.grid)?);
    out.size(known.scratch);
    Some(out.0)
}

impl ArchiveIndex {
    /// Whether it differs from what was read from disk.
    pub(crate) fn is_changed(&self) -> bool {
        self.changed
    }

    /// Forgets the files for which `keep` is false.
    pub(crate) fn retain(&mut self, mut keep: impl FnMut(&str) -> bool) {
        let before = self.files.len();
        self.files.retain(|path, _| keep(path));
        self.changed |= self.files.len() != before;
    }

    /// Takes in what was learned of a file. What an index cannot hold is left out, and opened
    /// anew every time; then this is false. The variables of the piece become ones that tell the
    /// index what more is learned of them.
    pub(crate) fn learn(
        &mut self,
        location: &Location,
        fingerprint: (u64, i128),
        learned: Learned,
        piece: &mut Piece,
        reopener: &Reopener,
    ) -> bool {
        let path = reopener.path(location);
        let Some(entry) = self.entry(fingerprint, learned, piece, reopener) else {
            self.changed |= self.files.remove(&path).is_some();
            return false;
        };
        let file = Arc::new(IndexedFile::new(location, &path, fingerprint, reopener.opener()));
        for (at, (part, var)) in piece.parts.iter_mut().zip(&entry.vars).enumerate() {
            if let (PartData::Stored(real), EntryVar::Stored(var)) = (&part.data, var)
                && let Some((_, known)) = self.shapes.get(var.shape as usize)
            {
                let mut source = self.source(&file, known, at, var);
                // Sources whose chunks are known take memory; recipes bring them back.
                if var.recipe.is_none() {
                    source = source.opened(real.clone());
                }
                part.data = PartData::Stored(Arc::new(source));
            }
        }
        self.files.insert(path, entry);
        self.changed = true;
        true
    }

    /// A variable of a file.
    fn source(
        &self,
        file: &Arc<IndexedFile>,
        known: &Arc<Known>,
        at: usize,
        var: &EntryStored,
    ) -> IndexedSource {
        let recipe = var.recipe.as_ref().and_then(|(kind, place)| {
            Some((self.recipes.get(*kind as usize)?.clone(), place.clone()))
        });
        let digest = var.digest.and_then(|number| self.digests.get(number as usize));
        IndexedSource::new(file, known, at, var.stored, recipe, digest)
    }

    /// Takes in the digests that were made since the files were opened.
    pub(crate) fn take_digests(&mut self, reopener: &Reopener) {
        self.fill_interned();
        for (path, at, digest) in reopener.opener().take_digests() {
            let next = self.digests.len() as u32;
            let number = *self.interned.digests.entry(digest).or_insert_with(|| {
                self.digests.push(digest);
                next
            });
            let var = self.files.get_mut(&path).and_then(|entry| entry.vars.get_mut(at));
            if let Some(EntryVar::Stored(var)) = var {
                var.digest = Some(number);
                self.changed = true;
            }
        }
    }

    fn entry(
        &mut self,
        fingerprint: (u64, i128),
        learned: Learned,
        piece: &Piece,
        reopener: &Reopener,
    ) -> Option<Entry> {
        self.fill_interned();
        let Learned { class, attrs, sources, recipes } = learned;
        let mut recipes = recipes.into_iter();
        if class.vars.len() != piece.parts.len() || sources.len() != piece.parts.len() {
            return None;
        }
        let number = self.class_of(class, &sources, piece, reopener)?;
        let mut vars = Vec::with_capacity(piece.parts.len());
        for (at, (part, source)) in piece.parts.iter().zip(&sources).enumerate() {
            let recipe = recipes.next().flatten();
            vars.push(match &part.data {
                PartData::Values(values) => EntryVar::Values(self.intern_array(values)?),
                PartData::Stored(_) => {
                    let place = Place { class: number, var: at as u32 };
                    let stored = source.limits().stored.map_or(0, |n| n.saturating_add(1));
                    let shape = self.intern_shape(place, source.as_ref())?;
                    let recipe = recipe.map(|r| (self.intern_recipe(r.kind), r.place.into()));
                    EntryVar::Stored(EntryStored { shape, stored, recipe, digest: None })
                }
                PartData::Ready(_) => return None,
            });
        }
        let attrs = attrs.iter().map(|(name, value)| self.intern_attr(name, value));
        let attrs = attrs.collect::<Option<_>>()?;
        Some(Entry { fingerprint, class: number, attrs, vars })
    }

    /// The class that a file belongs to: one whose metadata, decoded, is the file's.
    fn class_of(
        &mut self,
        mut class: Class,
        sources: &[Arc<dyn ChunkSource>],
        piece: &Piece,
        reopener: &Reopener,
    ) -> Option<u32> {
        let key = class.key()?;
        for number in self.interned.classes.get(&key).into_iter().flatten() {
            let known = self.classes.get(*number as usize)?;
            let fits = |made: &Piece| same_metadata(made, piece);
            if reopener.class(*number, known, None).as_deref().is_some_and(fits) {
                return Some(*number);
            }
        }
        for ((var, part), source) in class.vars.iter_mut().zip(&piece.parts).zip(sources) {
            if matches!(part.data, PartData::Values(_)) {
                let raw = source.read(&Region::whole(&source.info().shape)).ok()?;
                array_bytes(&raw)?;
                var.raw = Some(raw);
            }
        }
        let mut out = Writer::default();
        class.write(&mut out)?;
        let number = u32::try_from(self.classes.len()).ok()?;
        let made = reopener.class(number, &class, None)?;
        if !same_metadata(&made, piece) {
            reopener.forget(number);
            return None;
        }
        self.classes.push(class);
        self.interned.classes.entry(key).or_default().push(number);
        Some(number)
    }

    fn intern_array(&mut self, array: &Arc<Array>) -> Option<u32> {
        let bytes = array_bytes(array)?;
        if let Some(number) = self.interned.arrays.get(&bytes) {
            return Some(*number);
        }
        let number = u32::try_from(self.arrays.len()).ok()?;
        self.arrays.push(array.clone());
        self.interned.arrays.insert(bytes, number);
        Some(number)
    }

    fn intern_attr(&mut self, name: &Name, value: &AttrValue) -> Option<u32> {
        let bytes = attr_bytes(name, value)?;
        let next = u32::try_from(self.attrs.len()).ok()?;
        let number = *self.interned.attrs.entry(bytes).or_insert_with(|| {
            self.attrs.push((name.clone(), value.clone()));
            next
        });
        Some(number)
    }

    fn intern_shape(&mut self, place: Place, source: &dyn ChunkSource) -> Option<u32> {
        let var = self.classes.get(place.class as usize)?.vars.get(place.var as usize)?;
        let info = source.info();
        let known = Known {
            name: var.name.as_str().into(),
            info: info.clone(),
            scratch: source.limits().scratch,
            backend: var.backend.as_str().into(),
            path: var.path.as_str().into(),
        };
        let key = (place, shape_bytes(&known)?);
        let next = u32::try_from(self.shapes.len()).ok()?;
        let number = *self.interned.shapes.entry(key).or_insert_with(|| {
            self.shapes.push((place, Arc::new(known)));
            next
        });
        Some(number)
    }

    fn intern_recipe(&mut self, kind: Vec<u8>) -> u32 {
        let next = self.recipes.len() as u32;
        let kind: Arc<[u8]> = kind.into();
        *self.interned.recipes.entry(kind.clone()).or_insert_with(|| {
            self.recipes.push(kind);
            next
        })
    }

    /// Notes where things stand that came from disk.
    fn fill_interned(&mut self) {
        if std::mem::replace(&mut self.interned.filled, true) {
            return;
        }
        let numbered = |n: usize| n as u32;
        for (at, array) in self.arrays.iter().enumerate() {
            if let Some(bytes) = array_bytes(array) {
                self.interned.arrays.insert(bytes, numbered(at));
            }
        }
        for (at, (name, value)) in self.attrs.iter().enumerate() {
            if let Some(bytes) = attr_bytes(name, value) {
                self.interned.attrs.insert(bytes, numbered(at));
            }
        }
        for (at, class) in self.classes.iter().enumerate() {
            if let Some(key) = class.key() {
                self.interned.classes.entry(key).or_default().push(numbered(at));
            }
        }
        for (at, (place, known)) in self.shapes.iter().enumerate() {
            if let Some(bytes) = shape_bytes(known) {
                self.interned.shapes.insert((*place, bytes), numbered(at));
            }
        }
        for (at, kind) in self.recipes.iter().enumerate() {
            self.interned.recipes.insert(kind.clone(), numbered(at));
        }
        for (at, digest) in self.digests.iter().enumerate() {
            self.interned.digests.insert(*digest, numbered(at));
        }
    }
}

/// Whether two files differ in nothing but lengths and values.
fn same_metadata(a: &Piece, b: &Piece) -> bool {
    let same = |(x, y): (&Part, &Part)| {
        Arc::ptr_eq(&x.meta, &y.meta) || crate::io::same_meta(&x.meta, &y.meta)
    };
    a.parts.len() == b.parts.len() && a.coords == b.coords && a.parts.iter().zip(&b.parts).all(same)
}
