//! Object headers and the messages in them.

use graticule_array::{Error, Result};

use super::dense::{self, Attribute};
use super::encoder::Encoder;

/// The address that means "nowhere".
pub(super) const NOWHERE: u64 = u64::MAX;

/// An object header (version 2) of one piece, with its messages in order.
#[derive(Debug, Default)]
pub(super) struct Header {
    messages: Encoder,
    attributes: Vec<Attribute>,
}

/// What a message says about itself.
const CONSTANT: u8 = 1;
const SHARED: u8 = 2;

impl Header {
    pub(super) fn new() -> Self {
        Self::default()
    }

    fn message(mut self, kind: u8, flags: u8, order: u16, body: &[u8]) -> Result<Self> {
        let size = u16::try_from(body.len()).map_err(|_| {
            Error::unsupported(format!("{} bytes of metadata in one piece", body.len()))
        })?;
        let e = std::mem::take(&mut self.messages);
        self.messages = e.u8(kind).u16(size).u8(flags).u16(order).bytes(body);
        Ok(self)
    }

    /// The shape; axes that can grow are marked in `unlimited`.
    pub(super) fn dataspace(self, shape: &[usize], unlimited: &[bool]) -> Result<Self> {
        let grows = unlimited.contains(&true);
        let mut e = dataspace(shape, grows);
        if grows {
            for (len, unlimited) in shape.iter().zip(unlimited) {
                e = e.u64(if *unlimited { u64::MAX } else { *len as u64 });
            }
        }
        self.message(0x01, 0, 0, &e.done())
    }

    pub(super) fn datatype(self, datatype: &Datatype) -> Result<Self> {
        match datatype {
            Datatype::Own(bytes) => self.message(0x03, CONSTANT, 0, bytes),
            Datatype::Named(address) => self.message(0x03, CONSTANT | SHARED, 0, &shared(*address)),
        }
    }

    /// When space is taken and with what it is filled; no value means zeros.
    pub(super) fn fill(self, chunked: bool, value: Option<&[u8]>) -> Result<Self> {
        let when = if chunked { 3 } else { 2 };
        let written_if_set = 2 << 2;
        let e = Encoder::new().u8(3);
        let e = match value {
            Some(v) => e.u8(when | written_if_set | 0x20).u32(v.len() as u32).bytes(v),
            None => e.u8(when | written_if_set),
        };
        self.message(0x05, CONSTANT, 0, &e.done())
    }

    pub(super) fn contiguous(self, address: u64, size: u64) -> Result<Self> {
        let e = Encoder::new().bytes(&[3, 1]).u64(address).u64(size);
        self.message(0x08, 0, 0, &e.done())
    }

    /// `index` is the address of the B-tree of chunks.
    pub(super) fn chunked(self, index: u64, chunk: &[u32], element: u32) -> Result<Self> {
        let e = Encoder::new().bytes(&[3, 2, chunk.len() as u8 + 1]).u64(index);
        let e = chunk.iter().fold(e, |e, n| e.u32(*n)).u32(element);
        self.message(0x08, 0, 0, &e.done())
    }

    /// Filters as (identifier, whether reading may do without it, parameters).
    pub(super) fn filters(self, filters: &[(u16, bool, Vec<u32>)]) -> Result<Self> {
        if filters.is_empty() {
            return Ok(self);
        }
        let mut e = Encoder::new().bytes(&[2, filters.len() as u8]);
        for (id, optional, params) in filters {
            e = e.u16(*id).u16((*optional).into()).u16(params.len() as u16);
            e = params.iter().fold(e, |e, p| e.u32(*p));
        }
        self.message(0x0b, CONSTANT, 0, &e.done())
    }

    pub(super) fn attribute(
        mut self,
        name: &str,
        datatype: &Datatype,
        shape: Option<&[usize]>,
        value: &[u8],
    ) -> Result<Self> {
        let (kind, flags) = match datatype {
            Datatype::Own(bytes) => (bytes.clone(), 0),
            Datatype::Named(address) => (shared(*address), 1),
        };
        let space = match shape {
            // A shape of no elements, as NetCDF-C writes it: the null dataspace.
            Some([0]) => Encoder::new().bytes(&[2, 0, 0, 2]),
            shape => dataspace(shape.unwrap_or_default(), false),
        };
        let space = space.done();
        let e = Encoder::new().bytes(&[3, flags]).u16(name.len() as u16 + 1);
        let e = e.u16(kind.len() as u16).u16(space.len() as u16);
        let e = e.u8((!name.is_ascii()).into()).name(name).bytes(&kind).bytes(&space).bytes(value);
        if self.attributes.len() == usize::from(u16::MAX) {
            return Err(Error::unsupported("more than 65535 attributes of one object"));
        }
        self.attributes.push(Attribute { name: name.to_owned(), body: e.done() });
        Ok(self)
    }

    /// Says that links lie in this header, whatever their number, with their order.
    pub(super) fn link_info(self, count: u64) -> Result<Self> {
        let e = Encoder::new().bytes(&[0, 3]).u64(count).u64(NOWHERE).u64(NOWHERE).u64(NOWHERE);
        let header = self.message(0x02, 0, 0, &e.done())?;
        let bounds = Encoder::new().bytes(&[0, 1]).u16(u16::MAX).u16(0);
        header.message(0x0a, CONSTANT, 0, &bounds.done())
    }

    pub(super) fn link(self, name: &str, order: u64, address: u64) -> Result<Self> {
        let utf8 = !name.is_ascii();
        // The name's length takes two bytes; the order of creation is present.
        let e = Encoder::new().bytes(&[1, 0x05 | u8::from(utf8) << 4]).u64(order);
        let e = if utf8 { e.u8(1) } else { e };
        let e = e.u16(name.len() as u16).bytes(name.as_bytes()).u64(address);
        self.message(0x06, 0, 0, &e.done())
    }

    /// How many links and datasets refer to a named datatype.
    pub(super) fn references(self, count: u32) -> Result<Self> {
        if count <= 1 {
            return Ok(self);
        }
        self.message(0x16, 0, 0, &Encoder::new().u8(0).u32(count).done())
    }

    /// The bytes of the header; attributes too long for it are stored elsewhere.
    pub(super) fn done(mut self, elsewhere: &mut Elsewhere<'_>) -> Result<Vec<u8>> {
        let attributes = std::mem::take(&mut self.attributes);
        let info = Encoder::new().bytes(&[0, 3]).u16(attributes.len() as u16);
        let info_flags = 4;
        if attributes.iter().any(|a| a.body.len() > usize::from(u16::MAX)) {
            let at = elsewhere.next();
            let (bytes, at) = dense::encode(&attributes, at)?;
            elsewhere.stored.push(bytes);
            let info = info.u64(at.heap).u64(at.by_name).u64(at.by_order).done();
            self = self.message(0x15, info_flags, 0, &info)?;
        } else {
            let info = info.u64(NOWHERE).u64(NOWHERE).u64(NOWHERE).done();
            self = self.message(0x15, info_flags, 0, &info)?;
            for (order, attribute) in attributes.iter().enumerate() {
                self = self.message(0x0c, 0, order as u16, &attribute.body)?;
            }
        }
        let messages = self.messages.done();
        // Attribute order tracked and indexed; how many bytes tell the size.
        let (code, n) = match messages.len() {
            0..=0xff => (0, 1),
            0x100..=0xffff => (1, 2),
            _ => (2, 4),
        };
        let e = Encoder::new().bytes(b"OHDR").bytes(&[2, 0x1c | code]);
        // Attributes stay in the header up to any number.
        let e = e.u16(u16::MAX).u16(0).uint(messages.len() as u64, n);
        Ok(e.bytes(&messages).checksummed())
    }
}

/// Attributes that no header has a place for.
#[derive(Debug, Default)]
pub(super) struct Elsewhere<'a> {
    /// One piece per object.
    pub(super) stored: Vec<Vec<u8>>,
    /// Where the pieces lie; nothing while unknown.
    pub(super) addresses: &'a [u64],
}

impl Elsewhere<'_> {
    fn next(&self) -> u64 {
        self.addresses.get(self.stored.len()).copied().unwrap_or(0)
    }
}

/// A datatype in place, or the address of a named one.
#[derive(Clone, Debug)]
pub(super) enum Datatype {
    Own(Vec<u8>),
    Named(u64),
}

fn shared(address: u64) -> Vec<u8> {
    Encoder::new().bytes(&[3, 2]).u64(address).done()
}

fn dataspace(shape: &[usize], grows: bool) -> Encoder {
    let rank = shape.len() as u8;
    let e = Encoder::new().bytes(&[2, rank, grows.into(), (rank > 0).into()]);
    shape.iter().fold(e, |e, n| e.u64(*n as u64))
}
