//! Filters: from the stored bytes of a chunk back to its elements.

mod deflate;
mod fletcher32;
mod pipeline;
mod scratch;
mod shuffle;

pub(crate) use fletcher32::sum as fletcher32_sum;
pub(crate) use pipeline::{Pipeline, swap_in_place};
pub(crate) use scratch::{Scratch, room, with_scratch};

use graticule_array::Result;

/// What one step of a chain is told.
#[derive(Debug)]
#[allow(dead_code)] // read by the filters of the registry, which is still empty
pub(crate) struct Call<'a> {
    /// The parameters stored with the filter.
    pub(crate) params: &'a [u32],
    /// Bytes of the decoded chunk.
    pub(crate) size: usize,
    /// Bytes of an element.
    pub(crate) element: usize,
}

/// Undoes a filter: appends what `input` stands for to the empty `out`.
pub(crate) type Decode = fn(call: &Call<'_>, input: &[u8], out: &mut Vec<u8>) -> Result<()>;

/// A filter beyond those that the pipeline itself knows (deflate, shuffle, fletcher32).
#[derive(Debug)]
#[allow(dead_code)] // as above
pub(crate) struct Entry {
    /// The number that files know it by.
    pub(crate) id: u16,
    /// Its common name.
    pub(crate) name: &'static str,
    pub(crate) decode: Decode,
}

/// The other filters, by number.
pub(crate) const REGISTRY: &[Entry] = &[];

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
        32028 => "jetraw",
        _ => return None,
    })
}
