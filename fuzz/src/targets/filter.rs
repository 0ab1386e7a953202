//! Each filter of HDF5 on its own.

use graticule_hdf5::testing::undo_filter;

use crate::{Target, Trace, seeds};

pub(super) const FILTER: Target = Target {
    name: "filter",
    what: "stored chunks of each filter: deflate, shuffle, szip, nbit, blosc and the others",
    run,
    seeds: || seeds::files("seeds/filter"),
    words: &[],
};

/// Number of the filter, number of parameters, bytes of an element, bytes of the decoded chunk,
/// parameters, then the stored bytes.
fn run(bytes: &[u8]) -> u64 {
    let mut trace = Trace::default();
    if let Some(([a, b, n, element, s0, s1, s2, _], rest)) = bytes.split_first_chunk() {
        let id = u16::from_le_bytes([*a, *b]);
        let size = u32::from_le_bytes([*s0, *s1, *s2, 0]) as usize;
        let at = rest.len().min(4 * usize::from(*n));
        let (params, stored) = rest.split_at(at);
        let params: Vec<u32> =
            params.as_chunks().0.iter().map(|p| u32::from_le_bytes(*p)).collect();
        trace.fact(id);
        trace.note(&undo_filter(id, &params, usize::from(*element), size, stored));
    }
    trace.finish()
}
