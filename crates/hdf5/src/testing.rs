//! Ways into the inner parsers, for fuzz targets and tests; not part of the interface.

use std::sync::Arc;

use graticule_array::Result;
use graticule_storage::{ByteSource, Cursor};

use crate::chunk::ChunkTable;
use crate::file::Settings;
use crate::filter::{Codecs, Pipeline};
use crate::header::Header;
use crate::heap;
use crate::message::filters::Filter;
use crate::message::layout::{Chunks, Index, IndexKind, Layout};
use crate::message::{attribute, dataspace, datatype, fill, filters, link};
use crate::meta::{Form, Meta, Piece};

/// A file whose addresses count from its first byte, in eight bytes.
const FORM: Form = Form { base: 0, offset_size: 8, length_size: 8 };

/// Undoes one filter: the decoded chunk of `size` bytes.
///
/// # Errors
/// If the filter is unknown, or the bytes are not what it writes.
pub fn undo_filter(
    id: u16,
    params: &[u32],
    element: usize,
    size: usize,
    stored: &[u8],
) -> Result<Vec<u8>> {
    let filter = Filter { id, name: String::new(), optional: false, params: params.to_vec() };
    let mut out = Vec::new();
    Pipeline::new(&[filter], element, &Codecs::default())
        .decode_vec(stored, 0, size, true, &mut out)?;
    Ok(out)
}

fn unverified() -> Settings {
    Settings { verify: false, codecs: Codecs::default() }
}

/// Parses a body as a message of one of eight kinds.
///
/// # Errors
/// If it does not follow the format.
pub fn parse_message(kind: u8, body: &Arc<dyn ByteSource>) -> Result<()> {
    let settings = unverified();
    let meta = Meta::new(body, FORM, &settings);
    let piece: Piece = body.read_vec(0, usize::try_from(body.len()).unwrap_or(0))?.into();
    let mut c: Cursor<'_> = piece.cursor();
    match kind % 8 {
        0 => dataspace::Dataspace::parse(&mut c, FORM).map(drop),
        1 => datatype::Datatype::parse(&mut c).map(drop),
        2 => fill::parse(&mut c).map(drop),
        3 => fill::parse_old(&mut c).map(drop),
        4 => filters::parse(&mut c).map(drop),
        5 => Layout::parse(&mut c, FORM).map(drop),
        6 => link::Link::parse(&mut c, FORM).map(drop),
        _ => attribute::Attribute::parse(&meta, &piece).map(drop),
    }
}

/// Reads a structure of a file at an address: an object header, a heap, or one of the four
/// indices of chunks of a dataset of 20 x 8 chunks of one byte. The number of entries found.
///
/// # Errors
/// If it does not follow the format.
pub fn read_structure(kind: u8, file: &Arc<dyn ByteSource>, address: u64) -> Result<u64> {
    let settings = unverified();
    let meta = Meta::new(file, FORM, &settings);
    let kind = match kind % 7 {
        0 => return Ok(Header::read(&meta, address)?.messages.len() as u64),
        1 => return heap::local::LocalHeap::read(&meta, address).map(|_| 1),
        2 => return heap::fractal::FractalHeap::read(&meta, address).map(|_| 1),
        3 => IndexKind::Tree1,
        4 => IndexKind::Tree2,
        5 => IndexKind::FixedArray,
        _ => IndexKind::ExtensibleArray,
    };
    let chunks = Chunks { shape: vec![1, 1], element: 1, plain_edges: false };
    let max = [None, if matches!(kind, IndexKind::Tree2) { None } else { Some(8) }];
    let index = Index { address: Some(address), kind };
    let table = ChunkTable::read(&meta, &chunks, index, &[20, 8], &max)?;
    let found = (0..160).filter(|n| table.find(&[n / 8, n % 8], *n).is_some());
    Ok(found.count() as u64)
}
