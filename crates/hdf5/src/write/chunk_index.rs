//! The B-tree (version 1) over the chunks of a dataset.

use graticule_array::Result;

use super::encoder::Encoder;
use super::header::NOWHERE;
use graticule_storage::OutputFile as Output;

/// Children per node: twice the default order, which files without an extension have.
const CHILDREN: usize = 64;

/// A stored chunk.
#[derive(Clone, Copy, Debug)]
pub(super) struct Stored {
    /// Where its bytes begin.
    pub(super) at: u64,
    /// How many there are.
    pub(super) size: u32,
    /// Which filters were left out, one bit each.
    pub(super) skipped: u32,
}

/// The position of a chunk along each axis, and the chunk.
pub(super) type Entry = (Vec<u64>, Stored);

/// Writes the tree over `entries`, which ascend; `chunk` ends with the size of an element.
/// Returns the address of the root.
pub(super) fn write(output: &Output, entries: &[Entry], chunk: &[u64]) -> Result<u64> {
    let Some((last, _)) = entries.last() else { return Ok(NOWHERE) };
    let node = 24 + CHILDREN * 8 + (CHILDREN + 1) * (8 + 8 * chunk.len());
    let key = |size: u32, skipped: u32, start: &[u64]| {
        let e = Encoder::new().u32(size).u32(skipped);
        start.iter().fold(e, |e, s| e.u64(*s)).pad_to(8 + 8 * chunk.len()).done()
    };
    // Each child is known by the key of its first chunk.
    let mut children: Vec<(Vec<u8>, u64)> =
        entries.iter().map(|(start, c)| (key(c.size, c.skipped, start), c.at)).collect();
    // The last key lies beyond every chunk.
    let beyond = last.iter().chain([&0]).zip(chunk).map(|(s, c)| s.saturating_add(*c));
    let beyond = key(0, 0, &beyond.collect::<Vec<_>>());
    for level in 0u8.. {
        let nodes = children.len().div_ceil(CHILDREN);
        let first = output.allocate((nodes * node.next_multiple_of(8)) as u64);
        let address = |i: usize| first + (i * node.next_multiple_of(8)) as u64;
        let mut parents = Vec::with_capacity(nodes);
        for (i, held) in children.chunks(CHILDREN).enumerate() {
            let left = if i == 0 { NOWHERE } else { address(i - 1) };
            let right = if i + 1 == nodes { NOWHERE } else { address(i + 1) };
            let e = Encoder::new().bytes(b"TREE").bytes(&[1, level]).u16(held.len() as u16);
            let e = e.u64(left).u64(right);
            let e = held.iter().fold(e, |e, (key, child)| e.bytes(key).u64(*child));
            let next = children.get((i + 1) * CHILDREN).map_or(&beyond, |(key, _)| key);
            output.write(address(i), &e.bytes(next).pad_to(node).done())?;
            parents.extend(held.first().map(|(key, _)| (key.clone(), address(i))));
        }
        if nodes == 1 {
            return Ok(first);
        }
        children = parents;
    }
    Ok(NOWHERE)
}
