//! Attributes too long for an object header: in a fractal heap, found by name and by order.
//!
//! The heap consists of one direct block, each of the two indices (B-trees, version 2) of one
//! leaf, for nothing is ever changed.

use graticule_array::{Error, Result};

use super::encoder::Encoder;
use super::header::NOWHERE;
use crate::checksum::lookup3;

/// The largest block, as a power of two.
const MAX_BLOCK_BITS: u16 = 24;
/// Bits of an address within a heap.
const HEAP_BITS: u16 = 32;
/// Bytes before the items in a direct block: signature, version, header, offset, checksum.
const BLOCK_HEAD: usize = 4 + 1 + 8 + 4 + 4;
const HEAP_HEADER: usize = 146;
const TREE_HEADER: usize = 38;

/// An attribute as the body of a message.
#[derive(Clone, Debug)]
pub(super) struct Attribute {
    pub(super) name: String,
    pub(super) body: Vec<u8>,
}

/// Where the parts lie.
#[derive(Clone, Copy, Debug)]
pub(super) struct DenseAddresses {
    pub(super) heap: u64,
    pub(super) by_name: u64,
    pub(super) by_order: u64,
}

/// The bytes of the storage of one object's attributes, which begin at the address `at`.
pub(super) fn encode(attributes: &[Attribute], at: u64) -> Result<(Vec<u8>, DenseAddresses)> {
    let used = attributes.iter().fold(BLOCK_HEAD, |n, a| n.saturating_add(a.body.len()));
    if used > 1 << MAX_BLOCK_BITS {
        return Err(Error::unsupported("more than 16 MiB of attributes of one object")
            .hint("store the longest as variables"));
    }
    let block_len = used.next_power_of_two().max(512);
    let align = |n: usize| n.next_multiple_of(8) as u64;
    let block_at = at + align(HEAP_HEADER);
    let by_name = block_at + block_len as u64;
    let records = attributes.len();
    let by_order = by_name + align(TREE_HEADER) + align(leaf_len(records, 17));

    let mut items = Vec::with_capacity(used);
    let mut named = Vec::with_capacity(records);
    let mut ordered = Vec::with_capacity(records);
    for (order, attribute) in attributes.iter().enumerate() {
        let offset = (BLOCK_HEAD + items.len()) as u64;
        let len = attribute.body.len() as u64;
        let id = Encoder::new().u8(0).uint(offset, 4).uint(len, 3).u8(0).u32(order as u32).done();
        let hash = lookup3(attribute.name.as_bytes());
        let with_hash = Encoder::new().bytes(&id).u32(hash).done();
        named.push((hash, attribute.name.as_str(), with_hash));
        ordered.push(id);
        items.extend_from_slice(&attribute.body);
    }
    named.sort();
    let named: Vec<_> = named.into_iter().map(|(.., record)| record).collect();

    let mut out = heap_header(block_at, block_len, block_len - used, records);
    out.resize(align(HEAP_HEADER) as usize, 0);
    out.extend(block(at, &items, block_len));
    out.extend(tree(8, &named, 17, by_name + align(TREE_HEADER)));
    out.extend(tree(9, &ordered, 13, by_order + align(TREE_HEADER)));
    Ok((out, DenseAddresses { heap: at, by_name, by_order }))
}

fn heap_header(block_at: u64, block_len: usize, free: usize, items: usize) -> Vec<u8> {
    let block = block_len as u64;
    // Items are found by 8 bytes; blocks carry checksums.
    let e = Encoder::new().bytes(b"FRHP").u8(0).u16(8).u16(0).u8(2);
    // Longest item; huge items; free space; managed space, allocated space, next block.
    let e = e.u32((1 << MAX_BLOCK_BITS) - 1).u64(0).u64(NOWHERE).u64(free as u64).u64(NOWHERE);
    let e = e.u64(block).u64(block).u64(block).u64(items as u64);
    // No huge and no tiny items.
    let e = e.u64(0).u64(0).u64(0).u64(0);
    // Blocks per row, sizes of the first and of the largest block, bits of addresses, rows.
    let e = e.u16(4).u64(block).u64(1 << MAX_BLOCK_BITS).u16(HEAP_BITS).u16(1);
    e.u64(block_at).u16(0).checksummed()
}

fn block(heap_at: u64, items: &[u8], len: usize) -> Vec<u8> {
    let head = || Encoder::new().bytes(b"FHDB").u8(0).u64(heap_at).u32(0);
    // The sum is taken with its own place empty.
    let sum = lookup3(&head().u32(0).bytes(items).pad_to(len).done());
    head().u32(sum).bytes(items).pad_to(len).done()
}

fn leaf_len(records: usize, size: usize) -> usize {
    4 + 2 + records * size + 4
}

/// A tree of one leaf, which follows its header.
fn tree(kind: u8, records: &[Vec<u8>], size: u16, leaf_at: u64) -> Vec<u8> {
    let len = leaf_len(records.len(), size.into()).next_multiple_of(8);
    let e = Encoder::new().bytes(b"BTHD").bytes(&[0, kind]).u32(len as u32).u16(size).u16(0);
    // Percentages of splitting and merging.
    let e = e.bytes(&[100, 40]).u64(leaf_at).u16(records.len() as u16).u64(records.len() as u64);
    let mut out = e.checksummed();
    out.resize(TREE_HEADER.next_multiple_of(8), 0);
    let leaf = Encoder::new().bytes(b"BTLF").bytes(&[0, kind]).bytes(&records.concat());
    out.extend(leaf.checksummed());
    out.resize(TREE_HEADER.next_multiple_of(8) + len, 0);
    out
}
