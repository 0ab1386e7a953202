//! Data in other files: the pieces of an external dataset, and files that links lead to.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use graticule_array::{Error, Result};
use graticule_storage::{ByteSource, FileBytes, HandlePool, Location};

use crate::header::to_usize;
use crate::heap::local::LocalHeap;
use crate::meta::{Meta, Piece};

/// The pieces that make up the data of a dataset, one after the other.
#[derive(Clone, Debug)]
pub(crate) struct Pieces(Vec<Segment>);

#[derive(Clone, Debug)]
struct Segment {
    name: String,
    /// Where the piece begins in its file.
    offset: u64,
    size: u64,
}

impl Pieces {
    /// The message that lists the pieces.
    ///
    /// # Errors
    /// If it does not follow the format.
    pub(crate) fn parse(meta: &Meta<'_>, body: &Piece) -> Result<Self> {
        let mut c = body.cursor();
        c.skip(4 + 2)?;
        let n = usize::from(c.u16()?);
        let heap = meta.form.address(&mut c)?;
        let heap = heap.ok_or_else(|| Error::corrupt("external files without names"))?;
        let heap = LocalHeap::read(meta, heap)?;
        let mut out = Vec::new();
        for _ in 0..n {
            let name = heap.text(meta.form.length(&mut c)?)?;
            let offset = meta.form.length(&mut c)?;
            let size = meta.form.length(&mut c)?;
            out.push(Segment { name, offset, size });
        }
        Ok(Self(out))
    }

    /// The pieces as one run of bytes, `total` at most.
    pub(crate) fn bytes(&self, of: &Location, total: u64) -> Arc<dyn ByteSource> {
        Arc::new(Joined {
            segments: self.0.clone(),
            total,
            location: of.clone(),
            pool: Arc::new(HandlePool::new(4)),
        })
    }
}

/// The path of a file that another one names.
pub(crate) fn beside(of: &Location, name: &str) -> Result<PathBuf> {
    let path = of.path().parent().unwrap_or(Path::new("")).join(name);
    // A pipe or a device would never end.
    let is_file = std::fs::metadata(&path).map(|m| m.is_file());
    match is_file {
        Ok(true) => Ok(path),
        Ok(false) => Err(Error::invalid(format!("\"{name}\" is not a file"))),
        Err(e) => Err(Error::from(e).context(format!("the file refers to \"{name}\""))),
    }
}

/// The path of a file that another one names, if there is one: where it says, or, if it says a
/// place of another machine, beside that file.
pub(crate) fn existing(of: &Location, name: &str) -> Option<PathBuf> {
    let beside = of.path().parent().unwrap_or(Path::new(""));
    let last = Path::new(name).file_name().map(|last| beside.join(last));
    // A pipe or a device would never end.
    let is_file = |path: &PathBuf| std::fs::metadata(path).is_ok_and(|m| m.is_file());
    [Some(beside.join(name)), last].into_iter().flatten().find(is_file)
}

#[derive(Debug)]
struct Joined {
    segments: Vec<Segment>,
    total: u64,
    location: Location,
    pool: Arc<HandlePool>,
}

impl ByteSource for Joined {
    fn len(&self) -> u64 {
        self.total
    }

    fn read_at(&self, at: u64, out: &mut [u8]) -> Result<()> {
        // What lies behind the end of an external file counts as zeros.
        out.fill(0);
        let (mut start, mut at, mut out) = (0u64, at, out);
        for segment in &self.segments {
            let end = start.saturating_add(segment.size);
            if out.is_empty() {
                return Ok(());
            }
            if at < end {
                let n = to_usize((end - at).min(out.len() as u64))?;
                let Some((part, rest)) = std::mem::take(&mut out).split_at_mut_checked(n) else {
                    return Err(Error::bug("a piece is longer than what is left"));
                };
                let path = beside(&self.location, &segment.name)?;
                let file = FileBytes::open(&Location::new(path), &self.pool)?;
                let from = segment.offset.saturating_add(at - start);
                let there = file.len().saturating_sub(from).min(n as u64) as usize;
                if let Some(part) = part.get_mut(..there) {
                    file.read_at(from, part)?;
                }
                at = end.min(at + n as u64);
                out = rest;
            }
            start = end;
        }
        Ok(())
    }

    fn location(&self) -> &Location {
        &self.location
    }

    fn is_near(&self) -> bool {
        true
    }
}
