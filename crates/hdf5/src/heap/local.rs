//! The local heap: the names of an old-style group.

use graticule_array::{Error, Result};

use crate::header::{text_until_nul, to_usize};
use crate::meta::{Meta, Piece, expect_signature};

/// The data of a local heap.
#[derive(Debug)]
pub(crate) struct LocalHeap(Piece);

impl LocalHeap {
    pub(crate) fn read(meta: &Meta<'_>, address: u64) -> Result<Self> {
        let head = meta.up_to(address, 32)?;
        let mut c = head.cursor();
        expect_signature(&mut c, b"HEAP")?;
        c.skip(4)?;
        let size = meta.form.length(&mut c)?;
        let _free = meta.form.length(&mut c)?;
        let data = meta
            .form
            .address(&mut c)?
            .ok_or_else(|| Error::corrupt("a heap of names has no data"))?;
        Ok(Self(meta.get(data, to_usize(size)?)?))
    }

    /// The text at an offset.
    pub(crate) fn text(&self, offset: u64) -> Result<String> {
        let rest = self.0.get(to_usize(offset)?..).filter(|r| !r.is_empty());
        rest.map(text_until_nul)
            .ok_or_else(|| Error::corrupt(format!("a name at {offset} lies outside its heap")))
    }
}
