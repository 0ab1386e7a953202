//! One chunk of Blosc 2: blocks, each a number of compressed streams, under up to six filters.

use graticule_array::{ByteOrder, Error, Result};
use graticule_storage::Cursor;

use crate::filter::{bitshuffle, blosc, shuffle};

/// Bytes of the header of version 2, and of version 1 which is legal, too.
const LONG_HEADER: usize = 32;
const SHORT_HEADER: usize = 16;
const FILTERS: usize = 6;

/// Flags: both shuffles at once mean a long header.
const LONG: u8 = 0b101;
const COPIED: u8 = 0b10;
const WHOLE_BLOCKS: u8 = 0x10;
const DICTIONARY: u8 = 1;

struct Header {
    version: u8,
    flags: u8,
    element: usize,
    total: usize,
    block: usize,
    codec: u8,
    filters: [u8; FILTERS],
    filter_params: [u8; FILTERS],
    flags2: u8,
    at: usize,
}

impl Header {
    fn parse(input: &[u8]) -> Result<Self> {
        let mut c = Cursor::new(input, ByteOrder::Little);
        let (version, _codec_version, flags) = (c.u8()?, c.u8()?, c.u8()?);
        let element = usize::from(c.u8()?).max(1);
        let (total, block) = (c.u32()? as usize, c.u32()? as usize);
        let _stored = c.u32()?;
        let mut out = Self {
            version,
            flags,
            element,
            total,
            block,
            codec: flags >> 5,
            filters: [0; FILTERS],
            filter_params: [0; FILTERS],
            flags2: 0,
            at: SHORT_HEADER,
        };
        let last = |filters: &mut [u8; FILTERS], code| {
            if let Some(last) = filters.last_mut() {
                *last = code;
            }
        };
        if flags & LONG == LONG {
            out.filters.copy_from_slice(c.take(FILTERS)?);
            let (own_codec, _codec_param) = (c.u8()?, c.u8()?);
            out.filter_params.copy_from_slice(c.take(FILTERS)?);
            c.skip(1)?;
            out.flags2 = c.u8()?;
            out.at = LONG_HEADER;
            if out.codec == 7 {
                out.codec = own_codec;
            }
        } else if flags & 1 != 0 {
            last(&mut out.filters, 1);
        } else if flags & 4 != 0 {
            last(&mut out.filters, 2);
        }
        Ok(out)
    }
}

/// Appends the bytes of a chunk, `most` at most.
pub(super) fn decode(input: &[u8], most: usize, out: &mut Vec<u8>) -> Result<()> {
    let header = Header::parse(input)?;
    let total = header.total;
    if total > most || (header.block == 0 && total > 0) {
        return Err(Error::corrupt("blosc2: the header of a chunk makes no sense"));
    }
    let mut c = Cursor::new(input, ByteOrder::Little);
    c.seek(header.at)?;
    let special = header.flags2 >> 4 & 7;
    if special != 0 {
        return repeated(special, c.rest(), header.element, total, out);
    }
    if header.flags & COPIED != 0 {
        out.extend_from_slice(c.take(total)?);
        return Ok(());
    }
    if header.flags2 & DICTIONARY != 0 {
        return Err(Error::unsupported("blosc2 with a dictionary"));
    }
    let blocks = total.div_ceil(header.block.max(1));
    let mut starts = Vec::with_capacity(blocks.min(input.len()));
    for _ in 0..blocks {
        starts.push(c.u32()? as usize);
    }
    let first = out.len();
    let mut plain = Vec::new();
    for (number, start) in starts.into_iter().enumerate() {
        let n = header.block.min(total - number * header.block);
        let whole = n == header.block;
        let split = header.flags & WHOLE_BLOCKS == 0 && whole;
        let streams = if split { header.element } else { 1 };
        c.seek(start)?;
        plain.clear();
        for _ in 0..streams {
            stream(&mut c, header.codec, n / streams, &mut plain)?;
        }
        if plain.len() != n {
            return Err(Error::corrupt("blosc2: a block is too short"));
        }
        undo_filters(&header, &mut plain, out.get(first..).unwrap_or_default())?;
        out.extend_from_slice(&plain);
    }
    Ok(())
}

/// One stream of a block: `n` bytes.
fn stream(c: &mut Cursor<'_>, codec: u8, n: usize, out: &mut Vec<u8>) -> Result<()> {
    let stored = c.i32()?;
    if stored == 0 {
        out.resize(out.len() + n, 0);
    } else if stored < 0 {
        // One byte, repeated: the number itself says which.
        let value = u8::try_from(-i64::from(stored));
        match (c.u8()? & 1, value) {
            (1, Ok(value)) => out.resize(out.len() + n, value),
            _ => return Err(Error::corrupt("blosc2: a run of no known kind")),
        }
    } else {
        let data = c.take(stored as usize)?;
        if data.len() == n {
            out.extend_from_slice(data);
        } else {
            blosc::inflate(codec, data, n, out)?;
        }
    }
    Ok(())
}

/// A chunk whose elements are all alike.
pub(super) fn repeated(
    kind: u8,
    value: &[u8],
    element: usize,
    n: usize,
    out: &mut Vec<u8>,
) -> Result<()> {
    let one: Vec<u8> = match kind {
        // Zeros, and what was never written. The size of an element may be anything.
        1 | 4 => vec![0],
        2 if element == 4 => f32::NAN.to_le_bytes().to_vec(),
        2 if element == 8 => f64::NAN.to_le_bytes().to_vec(),
        3 => {
            let value = value.get(..element);
            value.ok_or_else(|| Error::corrupt("blosc2: a repeated value is not there"))?.to_vec()
        }
        kind => return Err(Error::corrupt(format!("blosc2: a chunk of special kind {kind}"))),
    };
    out.extend(one.iter().cycle().take(n));
    Ok(())
}

/// `before`: the blocks of the chunk that come before this one.
fn undo_filters(header: &Header, block: &mut Vec<u8>, before: &[u8]) -> Result<()> {
    let all = header.filters.iter().zip(header.filter_params);
    for (filter, param) in all.rev() {
        match filter {
            // Nothing, and numbers that were only rounded.
            0 | 4 => {}
            1 => {
                let element = if param == 0 { header.element } else { param.into() };
                if element > 1 {
                    let mut to = vec![0; block.len()];
                    shuffle::unshuffle(block, &mut to, element, false);
                    *block = to;
                }
            }
            2 => unshuffle_bits(header, block),
            3 => undo_delta(header.element, block, before),
            filter => return Err(Error::unsupported(format!("blosc2 with filter {filter}"))),
        }
    }
    Ok(())
}

fn unshuffle_bits(header: &Header, block: &mut Vec<u8>) {
    let n = block.len() / header.element;
    // Version 2 left blocks alone whose elements are no multiple of 8.
    let n = if header.version == 2 && !n.is_multiple_of(8) { 0 } else { n / 8 * 8 };
    let mut to = Vec::with_capacity(block.len());
    if n > 0 {
        let part = block.get(..n * header.element).unwrap_or_default();
        bitshuffle::untranspose(part, n, header.element, &mut to);
    }
    to.extend_from_slice(block.get(n * header.element..).unwrap_or_default());
    *block = to;
}

/// Differences to the first block; inside it, to the element before.
fn undo_delta(element: usize, block: &mut [u8], before: &[u8]) {
    if before.is_empty() {
        let step = match element {
            1 | 2 | 4 | 8 => element,
            n if n.is_multiple_of(8) => 8,
            _ => 1,
        };
        let mut last = vec![0; step];
        for item in block.chunks_mut(step) {
            for (byte, last) in item.iter_mut().zip(&mut last) {
                *byte ^= *last;
                *last = *byte;
            }
        }
    } else {
        block.iter_mut().zip(before).for_each(|(byte, reference)| *byte ^= reference);
    }
}
