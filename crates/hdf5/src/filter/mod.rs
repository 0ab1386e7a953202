//! Filters: from the stored bytes of a chunk back to its elements.

mod bits;
mod bitshuffle;
mod blosc;
mod blosc2;
mod bzip2;
mod codec;
mod deflate;
mod fletcher32;
mod low_bits;
mod lz4;
mod lzf;
mod nbit;
mod pipeline;
mod scaleoffset;
mod scratch;
mod shuffle;
mod sperr;
mod szip;
mod zfp;
mod zstd;

pub(crate) use codec::Codecs;
pub use codec::{ChunkCodec, StoredChunk};
pub(crate) use fletcher32::sum as fletcher32_sum;
pub(crate) use pipeline::{Pipeline, swap_in_place};
pub(crate) use scratch::{Scratch, room, with_scratch};

use graticule_array::{Error, Result};

/// What one step of a chain is told.
#[derive(Debug)]
pub(crate) struct Call<'a> {
    /// The parameters stored with the filter.
    pub(crate) params: &'a [u32],
    /// Bytes of the decoded chunk.
    pub(crate) size: usize,
    /// Bytes of an element.
    pub(crate) element: usize,
}

impl Call<'_> {
    /// The most bytes that may come out: a chunk, with what checksums may add to it.
    fn room(&self) -> usize {
        self.size.saturating_add(1024)
    }
}

/// Undoes a filter: appends what `input` stands for to the empty `out`.
pub(crate) type Decode = fn(call: &Call<'_>, input: &[u8], out: &mut Vec<u8>) -> Result<()>;

/// A filter beyond those that the pipeline itself knows (deflate, shuffle, fletcher32).
#[derive(Debug)]
pub(crate) struct Entry {
    /// The number that files know it by.
    pub(crate) id: u16,
    pub(crate) decode: Decode,
}

/// The other filters, by number.
pub(crate) const REGISTRY: &[Entry] = &[
    Entry { id: 4, decode: szip::decode },
    Entry { id: 5, decode: nbit::decode },
    Entry { id: 6, decode: scaleoffset::decode },
    Entry { id: 307, decode: bzip2::decode },
    Entry { id: 32000, decode: lzf::decode },
    Entry { id: 32001, decode: blosc::decode },
    Entry { id: 32004, decode: lz4::decode },
    Entry { id: 32008, decode: bitshuffle::decode },
    Entry { id: 32013, decode: zfp::decode },
    Entry { id: 32015, decode: zstd::decode },
    Entry { id: 32026, decode: blosc2::decode },
    Entry { id: 32028, decode: sperr::decode },
    // These only round numbers when writing.
    Entry { id: 32022, decode: nothing },
    Entry { id: 32023, decode: nothing },
];

fn nothing(_: &Call<'_>, input: &[u8], out: &mut Vec<u8>) -> Result<()> {
    out.extend_from_slice(input);
    Ok(())
}

/// Appends `n` bytes that stand `back` bytes before the end, repeating them if need be.
fn repeat(out: &mut Vec<u8>, back: usize, n: usize) -> Result<()> {
    let from = out.len().checked_sub(back).ok_or_else(|| {
        Error::corrupt("compressed data refer to what lies before their beginning")
    })?;
    if back >= n {
        out.extend_from_within(from..from + n);
    } else {
        out.reserve(n);
        for i in from..from + n {
            let byte = out.get(i).copied().unwrap_or(0);
            out.push(byte);
        }
    }
    Ok(())
}

/// Names of filters that are known, whether they can be undone or not.
pub(crate) fn name_of(id: u16) -> Option<&'static str> {
    Some(match id {
        1 => "deflate",
        2 => "shuffle",
        3 => "fletcher32",
        4 => "szip",
        5 => "nbit",
        6 => "scaleoffset",
        305 => "lzo",
        307 => "bzip2",
        32000 => "lzf",
        32001 => "blosc",
        32004 => "lz4",
        32008 => "bitshuffle",
        32013 => "zfp",
        32015 => "zstd",
        32017 => "sz",
        32019 => "jpeg",
        32022 => "bitgroom",
        32023 => "granular bitround",
        32024 => "sz3",
        32026 => "blosc2",
        32028 => "sperr",
        _ => return None,
    })
}
