//! Object headers: the list of messages that describes a group, dataset or named type.

use graticule_array::{Error, Result};
use graticule_storage::Cursor;

use crate::meta::{Meta, Piece, expect_signature};

/// The kinds of messages that are understood here.
pub(crate) mod kind {
    pub(crate) const DATASPACE: u16 = 0x01;
    pub(crate) const LINK_INFO: u16 = 0x02;
    pub(crate) const DATATYPE: u16 = 0x03;
    pub(crate) const FILL_OLD: u16 = 0x04;
    pub(crate) const FILL: u16 = 0x05;
    pub(crate) const LINK: u16 = 0x06;
    pub(crate) const EXTERNAL_FILES: u16 = 0x07;
    pub(crate) const LAYOUT: u16 = 0x08;
    pub(crate) const FILTERS: u16 = 0x0b;
    pub(crate) const ATTRIBUTE: u16 = 0x0c;
    pub(crate) const SHARED_TABLE: u16 = 0x0f;
    pub(crate) const CONTINUATION: u16 = 0x10;
    pub(crate) const SYMBOL_TABLE: u16 = 0x11;
    pub(crate) const ATTRIBUTE_INFO: u16 = 0x15;
}

/// More continuation blocks than any real header has.
const MOST_BLOCKS: usize = 10_000;

/// One message: its kind, flags and body.
#[derive(Clone, Debug)]
pub(crate) struct Message {
    pub(crate) kind: u16,
    pub(crate) flags: u8,
    /// When it was created, counted among its kind; 0 where not tracked.
    pub(crate) order: u16,
    pub(crate) body: Piece,
}

impl Message {
    /// Whether the body only says where the message really lies.
    pub(crate) fn is_shared(&self) -> bool {
        self.flags & 2 != 0
    }
}

/// All messages of an object.
#[derive(Clone, Debug)]
pub(crate) struct Header {
    pub(crate) address: u64,
    pub(crate) messages: Vec<Message>,
}

impl Header {
    /// Reads the header at an address, with its continuations.
    ///
    /// # Errors
    /// If it does not follow the format.
    pub(crate) fn read(meta: &Meta<'_>, address: u64) -> Result<Self> {
        let mut out = Self { address, messages: Vec::new() };
        let start = meta.up_to(address, 32)?;
        let mut blocks = Vec::new();
        if start.starts_with(b"OHDR") {
            let mut c = start.cursor();
            c.skip(4)?;
            let (version, flags) = (c.u8()?, c.u8()?);
            if version != 2 {
                return Err(Error::unsupported(format!("object header version {version}")));
            }
            c.skip(if flags & 0x20 != 0 { 16 } else { 0 })?;
            c.skip(if flags & 0x10 != 0 { 4 } else { 0 })?;
            let size = c.uint(1 << (flags & 3))?;
            let prefix = c.position();
            let n = to_usize(size)?.saturating_add(prefix);
            let piece = meta.get(address, n.saturating_add(4))?;
            let piece = meta.verified(&piece, "an object header")?;
            out.messages_v2(meta, &piece.part(prefix..n), flags, &mut blocks)?;
            let mut done = 0;
            while let Some((at, n)) = blocks.get(done).copied() {
                done += 1;
                check_blocks(done)?;
                let piece = meta.get(at, to_usize(n)?)?;
                expect_signature(&mut piece.cursor(), b"OCHK")?;
                let body = meta.verified(&piece, "an object header's continuation")?;
                out.messages_v2(meta, &body.part(4..body.len()), flags, &mut blocks)?;
            }
            return Ok(out);
        }
        let mut c = start.cursor();
        let version = c.u8()?;
        if version != 1 {
            return Err(Error::corrupt(format!("no object header at address {address}")));
        }
        c.skip(7)?;
        let size = c.u32()?;
        let piece = meta.get(address.saturating_add(16), size as usize)?;
        out.messages_v1(meta, &piece, &mut blocks)?;
        let mut done = 0;
        while let Some((at, n)) = blocks.get(done).copied() {
            done += 1;
            check_blocks(done)?;
            let piece = meta.get(at, to_usize(n)?)?;
            out.messages_v1(meta, &piece, &mut blocks)?;
        }
        Ok(out)
    }

    fn messages_v1(
        &mut self,
        meta: &Meta<'_>,
        piece: &Piece,
        blocks: &mut Vec<(u64, u64)>,
    ) -> Result<()> {
        let mut c = piece.cursor();
        while c.remaining() >= 8 {
            let (kind, size, flags) = (c.u16()?, usize::from(c.u16()?), c.u8()?);
            c.skip(3)?;
            let at = c.position();
            // A last message may be cut short by a header that is too small: leave it out.
            if c.skip(size).is_err() {
                break;
            }
            let body = piece.part(at..at + size);
            self.push(meta, Message { kind, flags, order: 0, body }, blocks)?;
        }
        Ok(())
    }

    fn messages_v2(
        &mut self,
        meta: &Meta<'_>,
        piece: &Piece,
        header_flags: u8,
        blocks: &mut Vec<(u64, u64)>,
    ) -> Result<()> {
        let ordered = header_flags & 4 != 0;
        let mut c = piece.cursor();
        while c.remaining() >= if ordered { 6 } else { 4 } {
            let (kind, size, flags) = (c.u8()?, usize::from(c.u16()?), c.u8()?);
            let order = if ordered { c.u16()? } else { 0 };
            let at = c.position();
            c.skip(size)?;
            let body = piece.part(at..at + size);
            self.push(meta, Message { kind: kind.into(), flags, order, body }, blocks)?;
        }
        Ok(())
    }

    fn push(
        &mut self,
        meta: &Meta<'_>,
        message: Message,
        blocks: &mut Vec<(u64, u64)>,
    ) -> Result<()> {
        meta.charge(32)?;
        match message.kind {
            0 => {}
            kind::CONTINUATION => {
                let mut c = message.body.cursor();
                let at = meta.form.address(&mut c)?;
                let n = meta.form.length(&mut c)?;
                if let Some(at) = at {
                    blocks.push((at, n));
                }
            }
            _ => self.messages.push(message),
        }
        Ok(())
    }

    /// The first message of a kind.
    pub(crate) fn first(&self, kind: u16) -> Option<&Message> {
        self.messages.iter().find(|m| m.kind == kind)
    }

    /// The body of the first message of a kind, fetched from elsewhere if it is shared.
    pub(crate) fn body(&self, meta: &Meta<'_>, kind: u16) -> Result<Option<Piece>> {
        self.first(kind).map(|m| crate::shared::body(meta, m)).transpose()
    }

    /// Like [`body`](Self::body), and an error if there is none.
    pub(crate) fn needed(&self, meta: &Meta<'_>, kind: u16, what: &str) -> Result<Piece> {
        self.body(meta, kind)?
            .ok_or_else(|| Error::corrupt(format!("the object has no {what} message")))
    }

    /// Whether this describes data.
    pub(crate) fn is_dataset(&self) -> bool {
        self.first(kind::LAYOUT).is_some() && self.first(kind::DATASPACE).is_some()
    }

    /// Whether this describes a group.
    pub(crate) fn is_group(&self) -> bool {
        [kind::SYMBOL_TABLE, kind::LINK_INFO, kind::LINK].iter().any(|k| self.first(*k).is_some())
    }
}

fn check_blocks(done: usize) -> Result<()> {
    if done > MOST_BLOCKS {
        return Err(Error::corrupt("an object header is continued without end"));
    }
    Ok(())
}

/// A number from the file as a size in memory.
pub(crate) fn to_usize(n: u64) -> Result<usize> {
    usize::try_from(n).map_err(|_| Error::corrupt(format!("a size of {n} bytes")))
}

/// Text up to the first NUL.
pub(crate) fn text_until_nul(bytes: &[u8]) -> String {
    let end = bytes.iter().position(|b| *b == 0).unwrap_or(bytes.len());
    String::from_utf8_lossy(bytes.get(..end).unwrap_or_default()).into_owned()
}

/// The next NUL-terminated text.
pub(crate) fn take_text(c: &mut Cursor<'_>) -> Result<String> {
    let rest = c.rest();
    let end = rest
        .iter()
        .position(|b| *b == 0)
        .ok_or_else(|| Error::corrupt("a name is not terminated"))?;
    let text = text_until_nul(rest);
    c.skip(end + 1)?;
    Ok(text)
}
