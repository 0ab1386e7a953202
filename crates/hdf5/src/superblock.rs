//! The first structure of a file: where everything else is found.

use graticule_array::{Error, Result};
use graticule_storage::Cursor;

use crate::meta::{Form, Meta, Piece};

/// The eight bytes that every HDF5 file has at 0, 512, 1024, 2048 ...
pub(crate) const SIGNATURE: [u8; 8] = *b"\x89HDF\r\n\x1a\n";

/// Enough bytes for any superblock.
const HEAD: usize = 160;

/// What the superblock says.
#[derive(Debug)]
pub(crate) struct Superblock {
    pub(crate) form: Form,
    pub(crate) root: u64,
    pub(crate) extension: Option<u64>,
    /// The bytes that a whole file has at least; `None` while a writer is at work whom readers
    /// may watch.
    pub(crate) end: Option<u64>,
}

/// The flag of a file that is being written for readers to watch (SWMR).
const WATCHED: u8 = 4;

impl Superblock {
    /// Finds and reads the superblock.
    ///
    /// # Errors
    /// If there is none, its version is unknown, or the file ends before it says.
    pub(crate) fn read(meta: &Meta<'_>) -> Result<Self> {
        let bytes = meta.bytes;
        let mut at = 0u64;
        loop {
            if at.saturating_add(24) > bytes.len() {
                return Err(Error::corrupt("this is not an HDF5 file: it has no superblock"));
            }
            let head = meta.up_to(at, HEAD)?;
            if head.starts_with(&SIGNATURE) {
                let superblock = Self::parse(meta, &head, at)?;
                if let Some(end) = superblock.end.filter(|end| *end > bytes.len()) {
                    return Err(Error::corrupt(format!(
                        "truncated: the superblock says {end} bytes, the file has {}",
                        bytes.len()
                    )));
                }
                return Ok(superblock);
            }
            at = if at == 0 { 512 } else { at.saturating_mul(2) };
        }
    }

    fn parse(meta: &Meta<'_>, head: &Piece, at: u64) -> Result<Self> {
        let mut c = head.cursor();
        c.skip(8)?;
        match c.u8()? {
            version @ (0 | 1) => Self::old(&mut c, version, at),
            2 | 3 => {
                let superblock = Self::new(&mut c, at)?;
                let n = c.position() + 4;
                meta.verified(&head.part(0..n), "the superblock")?;
                Ok(superblock)
            }
            version => Err(Error::unsupported(format!("HDF5 superblock version {version}"))),
        }
    }

    fn old(c: &mut Cursor<'_>, version: u8, at: u64) -> Result<Self> {
        c.skip(4)?;
        let mut form = sizes(c, at)?;
        c.skip(1 + 4 + 4 + if version == 1 { 4 } else { 0 })?;
        let base = form.address(c)?;
        let _free_space = form.address(c)?;
        let end = c.uint(form.offset_size)?;
        let _driver = form.address(c)?;
        let _name = c.uint(form.offset_size)?;
        let root = form.address(c)?;
        form.base = base_address(base, at);
        let root = root.ok_or_else(|| Error::corrupt("the file has no root group"))?;
        Ok(Self { form, root, extension: None, end: Some(moved(end, base, at)) })
    }

    fn new(c: &mut Cursor<'_>, at: u64) -> Result<Self> {
        let mut form = sizes(c, at)?;
        let flags = c.u8()?;
        let base = form.address(c)?;
        let extension = form.address(c)?;
        let end = c.uint(form.offset_size)?;
        let root = form.address(c)?;
        form.base = base_address(base, at);
        let root = root.ok_or_else(|| Error::corrupt("the file has no root group"))?;
        let end = (flags & WATCHED == 0).then(|| moved(end, base, at));
        Ok(Self { form, root, extension, end })
    }
}

/// A user block put in front after writing leaves the stored base behind; where the signature
/// was found is what counts.
fn base_address(stored: Option<u64>, found: u64) -> u64 {
    match stored {
        Some(base) if base == found => base,
        _ => found,
    }
}

/// The end counts from the beginning of the file as it was written, user block included: it
/// moves with the superblock.
fn moved(end: u64, base: Option<u64>, found: u64) -> u64 {
    end.saturating_sub(base.unwrap_or(0)).saturating_add(found)
}

fn sizes(c: &mut Cursor<'_>, base: u64) -> Result<Form> {
    let (offset_size, length_size) = (usize::from(c.u8()?), usize::from(c.u8()?));
    let legal = |n: usize| matches!(n, 2 | 4 | 8);
    if !legal(offset_size) || !legal(length_size) {
        return Err(Error::corrupt(format!(
            "addresses of {offset_size} bytes and lengths of {length_size} bytes"
        )));
    }
    Ok(Form { base, offset_size, length_size })
}
