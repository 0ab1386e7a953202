//! Messages that are stored once and used by several objects.

use graticule_array::{Error, Result};

use crate::header::{Header, Message, kind};
use crate::heap::fractal::FractalHeap;
use crate::meta::{Meta, Piece, expect_signature};

/// The heaps of shared messages, by the kinds of messages they hold.
#[derive(Clone, Debug, Default)]
pub(crate) struct SharedTable {
    /// A bit mask of kinds, and the address of the fractal heap.
    indexes: Vec<(u16, u64)>,
}

impl SharedTable {
    /// Reads the table which the superblock extension points at, if there is one.
    ///
    /// # Errors
    /// If it does not follow the format.
    pub(crate) fn read(meta: &Meta<'_>, extension: &Header) -> Result<Option<Self>> {
        let Some(message) = extension.first(kind::SHARED_TABLE) else { return Ok(None) };
        let mut c = message.body.cursor();
        c.skip(1)?;
        let address = meta.form.address(&mut c)?;
        let n = usize::from(c.u8()?);
        let Some(address) = address else { return Ok(None) };
        let each = 1 + 1 + 2 + 4 + 3 * 2 + 2 * meta.form.offset_size;
        let table = meta.get(address, 4 + n * each + 4)?;
        let table = meta.verified(&table, "the table of shared messages")?;
        let mut c = table.cursor();
        expect_signature(&mut c, b"SMTB")?;
        let mut indexes = Vec::new();
        for _ in 0..n {
            c.skip(2)?;
            let kinds = c.u16()?;
            c.skip(4 + 3 * 2)?;
            let _index = meta.form.address(&mut c)?;
            if let Some(heap) = meta.form.address(&mut c)? {
                indexes.push((kinds, heap));
            }
        }
        Ok(Some(Self { indexes }))
    }
}

/// The body of a message, wherever it lies.
///
/// # Errors
/// If it is shared and cannot be found.
pub(crate) fn body(meta: &Meta<'_>, message: &Message) -> Result<Piece> {
    if message.is_shared() {
        follow(meta, &message.body, message.kind)
    } else {
        Ok(message.body.clone())
    }
}

/// Follows a reference to a shared message of a kind.
pub(crate) fn follow(meta: &Meta<'_>, reference: &Piece, wanted: u16) -> Result<Piece> {
    let mut c = reference.cursor();
    let (version, from) = (c.u8()?, c.u8()?);
    match (version, from) {
        (1, _) => {
            // Version 1 has an offset into a heap of names in front of the address.
            c.skip(6 + meta.form.length_size)?;
        }
        (2, _) | (3, 2) => {}
        (3, 1) => {
            let id = c.take(8)?;
            let table = meta.shared.borrow().clone().unwrap_or_default();
            let found = table.indexes.iter().find(|(kinds, _)| kinds >> wanted.min(15) & 1 != 0);
            let heap = found.map(|(_, heap)| *heap).ok_or_else(|| {
                Error::corrupt("a shared message belongs to no table of shared messages")
            })?;
            return FractalHeap::read(meta, heap)?.get(meta, id);
        }
        _ => return Err(Error::corrupt(format!("shared message of version {version}"))),
    }
    let address = meta
        .form
        .address(&mut c)?
        .ok_or_else(|| Error::corrupt("a shared message leads nowhere"))?;
    let header = Header::read(meta, address)?;
    let message =
        header.messages.iter().find(|m| m.kind == wanted && !m.is_shared()).ok_or_else(|| {
            Error::corrupt("the object that a message refers to does not hold it")
        })?;
    Ok(message.body.clone())
}
