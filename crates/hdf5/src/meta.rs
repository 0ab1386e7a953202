//! Reading of metadata: small pieces of a file, through a bounded cache of blocks.

use std::cell::{Cell, RefCell};
use std::collections::HashSet;
use std::ops::{Deref, Range};
use std::rc::Rc;
use std::sync::Arc;

use graticule_array::{ByteOrder, Error, Result};
use graticule_storage::{ByteSource, Cursor};

use crate::file::Settings;

/// Bytes fetched at a time: the metadata of most files lie in a few of these, and copying
/// larger ones costs more than it saves.
const BLOCK: u64 = 16 * 1024;
/// Blocks kept.
const KEPT: usize = 128;

/// Facts of a file that all its structures depend on.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Form {
    /// Where address 0 lies in the file.
    pub(crate) base: u64,
    /// Bytes of an address.
    pub(crate) offset_size: usize,
    /// Bytes of a length.
    pub(crate) length_size: usize,
}

impl Form {
    /// The next address; `None` if it is the undefined one.
    pub(crate) fn address(self, c: &mut Cursor<'_>) -> Result<Option<u64>> {
        let value = c.uint(self.offset_size)?;
        Ok((value != all_ones(self.offset_size)).then_some(value))
    }

    /// The next length.
    pub(crate) fn length(self, c: &mut Cursor<'_>) -> Result<u64> {
        c.uint(self.length_size)
    }
}

pub(crate) fn all_ones(size: usize) -> u64 {
    if size >= 8 { u64::MAX } else { (1u64 << (8 * size)) - 1 }
}

/// A shared piece of a block.
#[derive(Clone, Debug)]
pub(crate) struct Piece {
    data: Rc<Vec<u8>>,
    start: usize,
    end: usize,
}

impl Deref for Piece {
    type Target = [u8];
    fn deref(&self) -> &[u8] {
        self.data.get(self.start..self.end).unwrap_or_default()
    }
}

impl From<Vec<u8>> for Piece {
    fn from(data: Vec<u8>) -> Self {
        let end = data.len();
        Self { data: Rc::new(data), start: 0, end }
    }
}

impl Piece {
    /// A part of this piece; cut off at its end.
    pub(crate) fn part(&self, range: Range<usize>) -> Self {
        let start = self.start.saturating_add(range.start).min(self.end);
        let end = self.start.saturating_add(range.end).clamp(start, self.end);
        Self { data: self.data.clone(), start, end }
    }

    pub(crate) fn cursor(&self) -> Cursor<'_> {
        Cursor::new(self, ByteOrder::Little)
    }
}

/// Reads metadata of one file on one thread. Short-lived: made for an opening, or for a read.
#[derive(Debug)]
pub(crate) struct Meta<'a> {
    pub(crate) bytes: &'a Arc<dyn ByteSource>,
    pub(crate) form: Form,
    pub(crate) settings: &'a Settings,
    /// How many datasets a virtual one may have led to before this file was opened for it.
    pub(crate) nested: Cell<u64>,
    blocks: RefCell<Blocks>,
    /// Structures whose checksums were found to be right.
    checked: RefCell<HashSet<u64>>,
    /// What may still be handed out: ends loops that a hostile file describes.
    budget: Cell<u64>,
    /// Where the index of shared messages lies, if the file has one.
    pub(crate) shared: RefCell<Option<crate::shared::SharedTable>>,
}

#[derive(Debug, Default)]
struct Blocks {
    kept: Vec<(u64, Rc<Vec<u8>>)>,
    next: usize,
}

impl<'a> Meta<'a> {
    /// A reader that knows nothing of the file yet: addresses are places in it.
    pub(crate) fn unknown(bytes: &'a Arc<dyn ByteSource>, settings: &'a Settings) -> Self {
        Self::new(bytes, Form { base: 0, offset_size: 8, length_size: 8 }, settings)
    }

    pub(crate) fn new(bytes: &'a Arc<dyn ByteSource>, form: Form, settings: &'a Settings) -> Self {
        let budget = bytes.len().saturating_mul(16).saturating_add(64 << 20).min(8 << 30);
        Self {
            bytes,
            form,
            settings,
            nested: Cell::new(1),
            blocks: RefCell::default(),
            checked: RefCell::default(),
            budget: Cell::new(budget),
            shared: RefCell::new(None),
        }
    }

    /// Spends effort on behalf of the file.
    ///
    /// # Errors
    /// If the file asks for more than any honest file of its size would.
    pub(crate) fn charge(&self, amount: u64) -> Result<()> {
        match self.budget.get().checked_sub(amount) {
            Some(left) => {
                self.budget.set(left);
                Ok(())
            }
            None => Err(Error::corrupt("the metadata refers to itself, or far too often")),
        }
    }

    /// The bytes from an address on, up to `n`: fewer at the end of the file.
    pub(crate) fn up_to(&self, address: u64, n: usize) -> Result<Piece> {
        let at = address.saturating_add(self.form.base);
        let left = self.bytes.len().saturating_sub(at);
        self.get(address, n.min(usize::try_from(left).unwrap_or(usize::MAX)))
    }

    /// `n` bytes from an address on.
    pub(crate) fn get(&self, address: u64, n: usize) -> Result<Piece> {
        let beyond = || {
            Error::corrupt(format!(
                "{n} bytes at address {address} reach beyond the end of the file at {}",
                self.bytes.len()
            ))
        };
        let at = address.checked_add(self.form.base).ok_or_else(beyond)?;
        let end = at.checked_add(n as u64).ok_or_else(beyond)?;
        if end > self.bytes.len() {
            return Err(beyond());
        }
        self.charge(n as u64 + 32)?;
        let first = at / BLOCK;
        let start = (at % BLOCK) as usize;
        if start + n <= BLOCK as usize {
            let data = self.block(first)?;
            return Ok(Piece { data, start, end: start + n });
        }
        if n as u64 > 8 * BLOCK {
            return Ok(self.bytes.read_vec(at, n)?.into());
        }
        let mut joined = Vec::with_capacity(n);
        for index in first..=(end - 1) / BLOCK {
            let block = self.block(index)?;
            let from = at.saturating_sub(index * BLOCK) as usize;
            let to = (end - index * BLOCK).min(BLOCK) as usize;
            joined.extend_from_slice(block.get(from..to).ok_or_else(beyond)?);
        }
        Ok(joined.into())
    }

    /// What stands in front of the checksum that closes a structure.
    ///
    /// # Errors
    /// If the checksum is not that of the bytes, unless checksums are not verified.
    pub(crate) fn verified(&self, structure: &Piece, what: &str) -> Result<Piece> {
        let n = structure.len().checked_sub(4);
        let n = n.ok_or_else(|| Error::corrupt(format!("{what}: no room for a checksum")))?;
        let body = structure.part(0..n);
        if self.settings.verify {
            let stored = structure.part(n..n + 4).cursor().u32()?;
            let found = crate::checksum::lookup3(&body);
            if stored != found {
                return Err(Error::corrupt(format!(
                    "the checksum of {what} is {stored:08x}, but its bytes give {found:08x}"
                ))
                .hint("checksums can be left unverified"));
            }
        }
        Ok(body)
    }

    /// Verifies, once, the checksum at `sum_at` of the structure of `n` bytes at an address; where
    /// bytes follow it, it was computed with zeros in its own place.
    ///
    /// # Errors
    /// As [`verified`](Self::verified).
    pub(crate) fn check(&self, address: u64, n: usize, sum_at: usize, what: &str) -> Result<()> {
        if !self.settings.verify || self.checked.borrow().contains(&address) {
            return Ok(());
        }
        let structure = self.get(address, n)?;
        if sum_at.checked_add(4) == Some(n) {
            self.verified(&structure, what)?;
        } else {
            let mut bytes = structure.to_vec();
            let mut sum = structure.part(sum_at..sum_at.saturating_add(4)).to_vec();
            bytes.iter_mut().skip(sum_at).take(4).for_each(|b| *b = 0);
            bytes.append(&mut sum);
            self.verified(&bytes.into(), what)?;
        }
        self.checked.borrow_mut().insert(address);
        Ok(())
    }

    fn block(&self, index: u64) -> Result<Rc<Vec<u8>>> {
        let mut blocks = self.blocks.borrow_mut();
        if let Some((_, data)) = blocks.kept.iter().find(|(i, _)| *i == index) {
            return Ok(data.clone());
        }
        let at = index * BLOCK;
        let n = (self.bytes.len() - at).min(BLOCK) as usize;
        let data = Rc::new(self.bytes.read_vec(at, n)?);
        let entry = (index, data.clone());
        if blocks.kept.len() < KEPT {
            blocks.kept.push(entry);
        } else {
            let slot = blocks.next % KEPT;
            blocks.next = slot + 1;
            if let Some(old) = blocks.kept.get_mut(slot) {
                *old = entry;
            }
        }
        Ok(data)
    }
}

/// Checks the four letters that a structure begins with.
pub(crate) fn expect_signature(c: &mut Cursor<'_>, letters: &[u8; 4]) -> Result<()> {
    let found = c.take(4)?;
    if found == letters {
        return Ok(());
    }
    Err(Error::corrupt(format!(
        "expected a structure marked {:?}, found {:?}",
        String::from_utf8_lossy(letters),
        String::from_utf8_lossy(found)
    )))
}
