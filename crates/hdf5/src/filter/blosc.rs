//! Blosc (version 1): blocks, each shuffled and compressed by one of several codecs.

use graticule_array::{ByteOrder, Error, Result};
use graticule_storage::Cursor;

use super::{Call, bitshuffle, lz4, shuffle, zstd};

/// The most pieces that a block is split into, and the least elements of one.
const MOST_SPLITS: usize = 16;
const LEAST_SPLIT: usize = 128;

pub(super) fn decode(call: &Call<'_>, input: &[u8], out: &mut Vec<u8>) -> Result<()> {
    let mut c = Cursor::new(input, ByteOrder::Little);
    let (_version, _codec_version) = (c.u8()?, c.u8()?);
    let flags = c.u8()?;
    let element = usize::from(c.u8()?).max(1);
    let total = c.u32()? as usize;
    let block = c.u32()? as usize;
    let _stored = c.u32()?;
    if total > call.room() || (block == 0 && total > 0) {
        return Err(Error::corrupt("blosc: the header makes no sense"));
    }
    if flags & 2 != 0 {
        out.extend_from_slice(c.take(total)?);
        return Ok(());
    }
    let blocks = total.div_ceil(block.max(1));
    let mut starts = Vec::with_capacity(blocks.min(input.len()));
    for _ in 0..blocks {
        starts.push(c.u32()? as usize);
    }
    let mut plain = Vec::new();
    for (number, start) in starts.into_iter().enumerate() {
        let n = block.min(total - number * block);
        let whole = n == block;
        let splits = flags & 0x10 == 0
            && whole
            && element <= MOST_SPLITS
            && block / element >= LEAST_SPLIT
            && block.is_multiple_of(element);
        let pieces = if splits { element } else { 1 };
        c.seek(start)?;
        plain.clear();
        for _ in 0..pieces {
            let expected = n / pieces;
            let stored = c.u32()? as usize;
            let data = c.take(stored)?;
            if stored == expected {
                plain.extend_from_slice(data);
            } else {
                inflate(flags >> 5, data, expected, &mut plain)?;
            }
        }
        if plain.len() != n {
            return Err(Error::corrupt("blosc: a block is too short"));
        }
        if flags & 1 != 0 && element > 1 {
            let at = out.len();
            out.resize(at + n, 0);
            shuffle::unshuffle(&plain, out.get_mut(at..).unwrap_or_default(), element, false);
        } else if flags & 4 != 0 && (n / element).is_multiple_of(8) {
            let whole = n / element * element;
            bitshuffle::untranspose(&plain, n / element, element, out);
            out.extend_from_slice(plain.get(whole..).unwrap_or_default());
        } else {
            out.extend_from_slice(&plain);
        }
    }
    Ok(())
}

/// Appends the `n` bytes that one of the codecs made `data` of.
pub(super) fn inflate(codec: u8, data: &[u8], n: usize, out: &mut Vec<u8>) -> Result<()> {
    match codec {
        0 => blosclz(data, n, out),
        1 => lz4::block_into(data, n, out),
        3 => {
            let at = out.len();
            out.resize(at + n, 0);
            let to = out.get_mut(at..).unwrap_or_default();
            let mut engine = libdeflater::Decompressor::new();
            super::deflate::exact(&mut engine, data, to)
        }
        4 => zstd::frame_into(data, n, out),
        2 => Err(Error::unsupported("blosc with snappy")),
        codec => Err(Error::unsupported(format!("blosc with codec {codec}"))),
    }
}

/// Blosc's own compression, a relative of FastLZ.
fn blosclz(data: &[u8], n: usize, out: &mut Vec<u8>) -> Result<()> {
    /// Distances from here on take two more bytes.
    const FAR: usize = 8191;
    let end = out.len() + n;
    let mut c = Cursor::new(data, ByteOrder::Little);
    let mut control = usize::from(c.u8()? & 31);
    loop {
        if control >= 32 {
            let mut length = (control >> 5) - 1;
            let high = (control & 31) << 8;
            if length == 6 {
                loop {
                    let more = usize::from(c.u8()?);
                    length += more;
                    if more != 255 {
                        break;
                    }
                }
            }
            let low = usize::from(c.u8()?);
            let mut back = high + low;
            if low == 255 && high == 31 << 8 {
                back = usize::from(c.u8()?) << 8;
                back += usize::from(c.u8()?) + FAR;
            }
            super::repeat(out, back + 1, (length + 3).min(end.saturating_sub(out.len())))?;
        } else {
            out.extend_from_slice(c.take(control + 1)?);
        }
        if c.remaining() == 0 {
            return Ok(());
        }
        if out.len() >= end {
            return Err(Error::corrupt("blosc: more bytes than a block has"));
        }
        control = usize::from(c.u8()?);
    }
}
