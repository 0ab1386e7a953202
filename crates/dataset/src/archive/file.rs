//! The file that holds an index.

use std::collections::HashMap;
use std::fs;
use std::io::ErrorKind;
use std::path::Path;
use std::sync::Arc;

use graticule_array::{Error, Result};
use graticule_lazy::Session;
use graticule_storage::{ByteSource, OutputFile};

use super::class::{Class, check_shape};
use super::codec::{Reader, Writer, checksum};
use super::source::Known;
use super::{ArchiveIndex, Entry, EntryStored, EntryVar, Place, Reopener, attr_bytes, shape_bytes};
use crate::attrs::AttrValue;
use crate::combine::CombineAttrs;
use crate::io::OpenOptions;
use crate::name::Name;

const MAGIC: &[u8; 8] = b"GRATIDX\n";

/// Changes whenever the meaning of the bytes does.
const VERSION: u64 = 2;

/// Magic, version, options, length, checksum.
const HEAD: usize = 40;

/// Larger indices are refused.
const LARGEST: u64 = 4 << 30;

/// A number that stands for options, and for the version of this library, whose decoding may
/// differ from that of the next.
fn options_number(options: &OpenOptions) -> u64 {
    checksum(format!("{} {options:?}", env!("CARGO_PKG_VERSION")).as_bytes())
}

impl ArchiveIndex {
    /// The index at a path. One that is missing, damaged, of another version or made under
    /// other options is empty, and the reason stands beside it.
    ///
    /// # Errors
    /// If the file is no index at all, for it would be replaced; if it cannot be read.
    pub(crate) fn load(at: &Path, options: &OpenOptions) -> Result<(Self, Option<&'static str>)> {
        let empty = Self { options: options_number(options), ..Self::default() };
        match fs::metadata(at) {
            Err(e) if e.kind() == ErrorKind::NotFound => return Ok((empty, None)),
            Err(e) => return Err(Error::from(e).in_file(at)),
            Ok(meta) if meta.len() > LARGEST => {
                return Err(Error::unsupported("an index of more than 4 GiB").in_file(at));
            }
            Ok(_) => {}
        }
        let bytes = fs::read(at).map_err(|e| Error::from(e).in_file(at))?;
        let Some(rest) = bytes.strip_prefix(MAGIC) else {
            return Err(Error::invalid("this file is not an index, and is left as it is")
                .in_file(at)
                .hint("give the index a name of its own"));
        };
        let mut head = Reader::new(rest);
        let mut next = || head.u64().unwrap_or(0);
        let (version, under, length, sum) = (next(), next(), next(), next());
        let body = bytes.get(HEAD..).unwrap_or_default();
        if version != VERSION {
            return Ok((empty, Some("it is of another version")));
        }
        if under != empty.options {
            return Ok((empty, Some("it was made under other options")));
        }
        if body.len() as u64 != length || checksum(body) != sum {
            return Ok((empty, Some("it is damaged")));
        }
        match Self::parse(&body.into(), under) {
            Ok(index) => Ok((index, None)),
            Err(_) => Ok((empty, Some("it is damaged"))),
        }
    }

    /// Writes the index; whoever reads it meanwhile sees the old one.
    ///
    /// # Errors
    /// If the folder cannot be written.
    pub(crate) fn save(&mut self, at: &Path) -> Result<()> {
        let body = self.body().ok_or_else(|| Error::bug("an index holds what it cannot hold"))?;
        let mut out = MAGIC.to_vec();
        for n in [VERSION, self.options, body.len() as u64, checksum(&body)] {
            out.extend(n.to_le_bytes());
        }
        out.extend(body);
        let file = OutputFile::create(at, out.len() as u64)?;
        file.write(0, &out)?;
        file.finish()?;
        self.changed = false;
        Ok(())
    }

    /// Everything that some file needs.
    fn body(&self) -> Option<Vec<u8>> {
        let mut files: Vec<(&Arc<str>, &Entry)> = self.files.iter().collect();
        files.sort_by_key(|(path, _)| *path);
        let mut used = Used::default();
        let mut list = Writer::default();
        list.size(files.len());
        let mut before = "";
        for (path, entry) in files {
            let same = path.bytes().zip(before.bytes()).take_while(|(a, b)| a == b).count();
            // Not within a character.
            let same = (0..=same).rev().find(|n| path.is_char_boundary(*n)).unwrap_or(0);
            list.size(same);
            list.text(path.get(same..).unwrap_or_default());
            before = path;
            list.u64(entry.fingerprint.0);
            list.u64((entry.fingerprint.1 as i64).cast_unsigned());
            list.size(used.classes.number(entry.class));
            list.list(&entry.attrs, |w, number| w.size(used.attrs.number(*number)));
            list.list(&entry.vars, |w, var| match var {
                EntryVar::Values(number) => {
                    w.size(0);
                    w.size(used.arrays.number(*number));
                }
                EntryVar::Stored(var) => {
                    w.size(1 + used.shapes.number(var.shape));
                    w.u64(var.stored);
                    match &var.recipe {
                        Some((kind, place)) => {
                            w.size(1 + used.recipes.number(*kind));
                            w.bytes(place.get());
                        }
                        None => w.size(0),
                    }
                    w.size(var.digest.map_or(0, |number| 1 + used.digests.number(number)));
                }
            });
        }
        let mut out = Writer::default();
        let get = |n: u32| n as usize;
        out.size(used.classes.order.len());
        for number in &used.classes.order {
            self.classes.get(get(*number))?.write(&mut out)?;
        }
        out.size(used.arrays.order.len());
        for number in &used.arrays.order {
            out.array(self.arrays.get(get(*number))?)?;
        }
        out.size(used.attrs.order.len());
        for number in &used.attrs.order {
            let (name, value) = self.attrs.get(get(*number))?;
            out.0.extend(attr_bytes(name, value)?);
        }
        out.size(used.shapes.order.len());
        for number in &used.shapes.order {
            let (place, known) = self.shapes.get(get(*number))?;
            out.size(*used.classes.numbers.get(&place.class)?);
            out.size(get(place.var));
            out.0.extend(shape_bytes(known)?);
        }
        out.size(used.recipes.order.len());
        for number in &used.recipes.order {
            out.bytes(self.recipes.get(get(*number))?);
        }
        out.size(used.digests.order.len());
        for number in &used.digests.order {
            out.0.extend(self.digests.get(get(*number))?);
        }
        out.0.extend(list.0);
        Some(out.0)
    }

    /// The index that these bytes are; every number in it is checked.
    pub(super) fn parse(body: &Arc<[u8]>, options: u64) -> Result<Self> {
        let mut from = Reader::new(body);
        let classes = from.list(Class::read)?;
        let arrays = from.list(|r| Ok(Arc::new(r.array()?)))?;
        let attrs = from.list(|r| Ok((Name::from(r.text()?), AttrValue::new(r.array()?))))?;
        let shapes = from.list(|r| shape(r, &classes))?;
        let recipes = from.list(|r| Ok(Arc::<[u8]>::from(r.bytes()?)))?;
        let digests = from.list(Reader::digest)?;
        let below = |n: usize, most: usize| {
            let number = u32::try_from(n).ok().filter(|_| n < most);
            number.ok_or_else(|| Error::corrupt("an index refers to what it does not hold"))
        };
        let mut before = String::new();
        let mut files = HashMap::new();
        let entries = from.list(|r| {
            let same = r.size()?;
            let kept = before.get(..same).ok_or_else(|| Error::corrupt("a path is cut"))?;
            before = format!("{kept}{}", r.text()?);
            let fingerprint = (r.u64()?, i128::from(r.u64()?.cast_signed()));
            let class = below(r.size()?, classes.len())?;
            let own = r.list(|r| below(r.size()?, attrs.len()))?;
            let vars = r.list(|r| {
                Ok(match r.size()? {
                    0 => EntryVar::Values(below(r.size()?, arrays.len())?),
                    n => {
                        let (shape, stored) = (below(n - 1, shapes.len())?, r.u64()?);
                        let recipe = match r.size()? {
                            0 => None,
                            n => Some((below(n - 1, recipes.len())?, r.slice(body)?)),
                        };
                        let digest = match r.size()? {
                            0 => None,
                            n => Some(below(n - 1, digests.len())?),
                        };
                        EntryVar::Stored(EntryStored { shape, stored, recipe, digest })
                    }
                })
            })?;
            let entry = Entry { fingerprint, class, attrs: own, vars };
            Ok((Arc::<str>::from(before.as_str()), entry))
        })?;
        files.extend(entries);
        let rest = Self::default();
        Ok(Self { options, classes, arrays, attrs, shapes, recipes, digests, files, ..rest })
    }
}

fn shape(from: &mut Reader<'_>, classes: &[Class]) -> Result<(Place, Arc<Known>)> {
    let (class, var) = (from.size()?, from.size()?);
    let found = classes.get(class).and_then(|c| c.vars.get(var));
    let found = found.ok_or_else(|| Error::corrupt("a shape of no variable"))?;
    let (shape, chunk, scratch) = (from.shape()?, from.shape()?, from.size()?);
    check_shape(found, &shape, &chunk)?;
    let known = Known {
        name: found.name.as_str().into(),
        info: found.info(&shape, &chunk),
        scratch,
        backend: found.backend.as_str().into(),
        path: found.path.as_str().into(),
    };
    Ok((Place { class: class as u32, var: var as u32 }, Arc::new(known)))
}

/// What is used, with new numbers in the order of first use.
#[derive(Default)]
struct Used {
    classes: Numbers,
    arrays: Numbers,
    attrs: Numbers,
    shapes: Numbers,
    recipes: Numbers,
    digests: Numbers,
}

#[derive(Default)]
struct Numbers {
    numbers: HashMap<u32, usize>,
    order: Vec<u32>,
}

impl Numbers {
    fn number(&mut self, old: u32) -> usize {
        let next = self.order.len();
        *self.numbers.entry(old).or_insert_with(|| {
            self.order.push(old);
            next
        })
    }
}

/// Parses the body of an index, makes all files in it, and reads from their variables by their
/// recipes as if they lay in `bytes`: for fuzz targets. The number of variables made and read.
///
/// # Errors
/// If the bytes are not the body of an index.
#[doc(hidden)]
pub fn parse_index(body: &[u8], bytes: &Arc<dyn ByteSource>, session: &Session) -> Result<usize> {
    let index = ArchiveIndex::parse(&body.into(), 0)?;
    let reopener = Reopener::new(session, &OpenOptions::new(), CombineAttrs::Override, &index);
    Ok(index.make_all(&reopener, bytes))
}

/// The body of an index file, behind its head: for fuzz targets.
#[doc(hidden)]
#[must_use]
pub fn index_body(file: &[u8]) -> &[u8] {
    file.get(HEAD..).unwrap_or_default()
}
