//! References: what an element points at, as the path of an object and the part of it.

use std::collections::hash_map::Entry;
use std::collections::{HashMap, VecDeque};
use std::sync::OnceLock;

use graticule_array::{ByteOrder, Error, Result};
use graticule_storage::Cursor;

use crate::element::HeapReader;
use crate::file::begin;
use crate::group;
use crate::header::{Header, to_usize};
use crate::message::datatype::Pointing;
use crate::message::link::Target;
use crate::meta::Meta;
use crate::selection::{Picked, Slab};

/// What a path costs of the effort that a file may ask for.
const EFFORT: u64 = 256;
/// Kinds of the references that HDF5 1.12 brought, by their number.
const OBJECT: u8 = 2;
const REGION: u8 = 3;
const ATTRIBUTE: u8 = 4;
/// Whether such a reference leads into another file.
const EXTERNAL: u8 = 1;

/// The paths of the objects of a file, found when the first reference is read.
#[derive(Debug, Default)]
pub(crate) struct Paths(OnceLock<HashMap<u64, String>>);

impl Paths {
    fn of<'a>(&'a self, meta: &Meta<'_>, address: u64) -> Option<&'a str> {
        let known = self.0.get_or_init(|| {
            let mut found = HashMap::new();
            // What can be found in a damaged file is found.
            let _ = walk(meta, &mut found);
            found
        });
        known.get(&address).map(String::as_str)
    }
}

/// Finds a path to each object, a shortest one.
fn walk(meta: &Meta<'_>, found: &mut HashMap<u64, String>) -> Result<()> {
    let (meta, root) = begin(meta.bytes, meta.settings)?;
    found.insert(root, "/".into());
    let mut open = VecDeque::from([(root, String::new())]);
    while let Some((address, path)) = open.pop_front() {
        meta.charge(EFFORT + path.len() as u64)?;
        let links = Header::read(&meta, address).and_then(|header| match header.is_group() {
            true => group::links(&meta, &header),
            false => Ok(Vec::new()),
        });
        for link in links.unwrap_or_default() {
            let Target::Hard(address) = link.target else { continue };
            let path = format!("{path}/{}", link.name);
            meta.charge(EFFORT + path.len() as u64)?;
            if let Entry::Vacant(place) = found.entry(address) {
                place.insert(path.clone());
                open.push_back((address, path));
            }
        }
    }
    Ok(())
}

/// What a stored reference points at: `/path` for an object, `/path[0:2, 5]` for a part of a
/// dataset, `/path@name` for an attribute; nothing for one that was never set.
///
/// # Errors
/// If the reference does not follow the format.
pub(crate) fn shown(heap: &HeapReader<'_, '_>, kind: Pointing, item: &[u8]) -> Result<String> {
    let meta = heap.meta;
    let mut c = Cursor::new(item, ByteOrder::Little);
    match kind {
        Pointing::Object => Ok(match meta.form.address(&mut c)?.filter(|a| *a != 0) {
            Some(address) => path(heap, address),
            None => String::new(),
        }),
        Pointing::Region => {
            let Some(piece) = stored(heap, &mut c)? else { return Ok(String::new()) };
            let mut c = piece.cursor();
            let address = meta.form.address(&mut c)?.unwrap_or_default();
            Ok(format!("{}{}", path(heap, address), part(&Picked::parse(&mut c)?)))
        }
        Pointing::Any => {
            let (kind, flags) = (c.u8()?, c.u8()?);
            if flags & EXTERNAL != 0 {
                return Ok("an object of another file".into());
            }
            if kind == OBJECT {
                // Short enough to lie here.
                return object(heap, &mut c);
            }
            c.skip(4)?;
            let Some(piece) = stored(heap, &mut c)? else { return Ok(String::new()) };
            let mut c = piece.cursor();
            let path = object(heap, &mut c)?;
            match kind {
                REGION => {
                    // Its size and the number of dimensions come first.
                    c.skip(8)?;
                    Ok(format!("{path}{}", part(&Picked::parse(&mut c)?)))
                }
                ATTRIBUTE => {
                    let length = usize::from(c.u16()?);
                    let name = c.take(length)?;
                    Ok(format!("{path}@{}", crate::header::text_until_nul(name)))
                }
                kind => Err(Error::unsupported(format!("a reference of kind {kind}"))),
            }
        }
    }
}

/// The path of the object whose address lies here, behind the number of its bytes.
fn object(heap: &HeapReader<'_, '_>, c: &mut Cursor<'_>) -> Result<String> {
    let width = usize::from(c.u8()?);
    let address = c.uint(width.min(8))?;
    c.skip(width.saturating_sub(8))?;
    Ok(path(heap, address))
}

/// What lies in the global heap for a reference.
fn stored(heap: &HeapReader<'_, '_>, c: &mut Cursor<'_>) -> Result<Option<crate::meta::Piece>> {
    let address = heap.meta.form.address(c)?.filter(|a| *a != 0);
    let index = c.u32()?;
    address.map(|address| heap.heap.get(heap.meta, address, index)).transpose()
}

fn path(heap: &HeapReader<'_, '_>, address: u64) -> String {
    match heap.paths.of(heap.meta, address) {
        Some(path) => path.to_owned(),
        // It was deleted, or has no name.
        None => format!("the object at {address}"),
    }
}

/// What is selected of a dataset, in the form of an index where it is one.
fn part(picked: &Picked) -> String {
    let counted = |n: usize, what: &str| {
        let plural = if n == 1 { "" } else { "s" };
        format!("[{n} {what}{plural}]")
    };
    match picked {
        Picked::Nothing => "[nothing]".into(),
        Picked::Everything => "[...]".into(),
        Picked::Points(points) => counted(points.len(), "point"),
        Picked::Blocks(blocks) => counted(blocks.len(), "block"),
        Picked::Slabs(slabs) => {
            let axes: Option<Vec<String>> = slabs.iter().map(axis).collect();
            match axes {
                Some(axes) => format!("[{}]", axes.join(", ")),
                None => {
                    let count = |s: &Slab| s.count.unwrap_or(u64::MAX);
                    let n = slabs.iter().fold(1u64, |n, s| n.saturating_mul(count(s)));
                    counted(to_usize(n).unwrap_or(usize::MAX), "block")
                }
            }
        }
    }
}

/// A place, a range, or single places at regular distances.
fn axis(slab: &Slab) -> Option<String> {
    let Slab { start, stride, count, block } = *slab;
    let (count, block) = (count?, block?);
    let end = slab.end_of(count.saturating_mul(block));
    Some(match (count, block) {
        (1, 1) => start.to_string(),
        (1, _) => format!("{start}:{end}"),
        _ if block == stride => format!("{start}:{end}"),
        (_, 1) => format!("{start}:{end}:{stride}"),
        _ => return None,
    })
}
