//! The table of chunks: built once, then looked up without a lock.

use graticule_array::{Error, Result};
use graticule_storage::{Cursor, push_varint};

use super::{extensible_array, fixed_array};
use crate::message::layout::{Chunks, Index, IndexKind};
use crate::meta::Meta;
use crate::tree::btree1::Tree1;
use crate::tree::btree2::Tree2;

/// Where a chunk lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Entry {
    pub(crate) address: u64,
    /// Stored bytes.
    pub(crate) size: u64,
    /// A set bit for each filter that was skipped.
    pub(crate) mask: u32,
}

/// All chunks of a dataset, by their number in row-major order over the current extent.
#[derive(Clone, Debug)]
pub(crate) struct ChunkTable {
    kind: Kind,
    stored: u64,
}

#[derive(Clone, Debug)]
enum Kind {
    /// Sorted by number.
    Listed(Vec<(u64, Entry)>),
    /// One after the other from an address on; numbered over the largest extent.
    Implicit { address: u64, chunk: u64, strides: Vec<u64> },
}

/// What a table in a recipe begins with.
const LAYOUT: u8 = 0;
const LISTED: u8 = 1;

/// Small differences of either sign as small numbers.
fn zigzag(difference: u64) -> u64 {
    (difference << 1) ^ ((difference.cast_signed() >> 63).cast_unsigned())
}

fn unzigzag(n: u64) -> u64 {
    (n >> 1) ^ (n & 1).wrapping_neg()
}

fn row_major(counts: &[u64]) -> Vec<u64> {
    let mut strides = vec![1u64; counts.len()];
    let mut next = 1u64;
    for (stride, n) in strides.iter_mut().zip(counts).rev() {
        *stride = next;
        next = next.saturating_mul(*n);
    }
    strides
}

impl ChunkTable {
    /// Reads the index of a dataset of current lengths `dims` and largest lengths `max`.
    ///
    /// # Errors
    /// If the index does not follow the format.
    pub(crate) fn read(
        meta: &Meta<'_>,
        chunks: &Chunks,
        index: Index,
        dims: &[u64],
        max: &[Option<u64>],
    ) -> Result<Self> {
        let count = |n: u64, c: u64| n.div_ceil(c.max(1));
        let counts: Vec<u64> = dims.iter().zip(&chunks.shape).map(|(n, c)| count(*n, *c)).collect();
        let most: Vec<u64> = max
            .iter()
            .zip(dims)
            .zip(&chunks.shape)
            .map(|((m, n), c)| count(m.unwrap_or(*n), *c))
            .collect();
        let bytes = chunks.bytes()? as u64;
        let mut list = List { counts: &counts, strides: row_major(&counts), out: Vec::new() };
        let Some(address) = index.address else {
            return Ok(Self { kind: Kind::Listed(Vec::new()), stored: 0 });
        };
        match index.kind {
            IndexKind::Single { stored } => {
                let (size, mask) = stored.unwrap_or((bytes, 0));
                list.push(counts.iter().map(|_| 0), Entry { address, size, mask });
            }
            IndexKind::Implicit => {
                let strides = row_major(&most);
                let total = most.iter().fold(bytes, |n, c| n.saturating_mul(*c));
                return Ok(Self {
                    kind: Kind::Implicit { address, chunk: bytes, strides },
                    stored: total,
                });
            }
            IndexKind::Tree1 => {
                let axes = chunks.shape.len();
                Tree1::Chunks(axes + 1).each(meta, address, &mut |key, address| {
                    let mut c = key.cursor();
                    let (size, mask) = (u64::from(c.u32()?), c.u32()?);
                    let mut place = [0u64; crate::message::dataspace::MOST_AXES];
                    for (p, n) in place.iter_mut().zip(&chunks.shape) {
                        *p = c.u64()? / n;
                    }
                    list.push(place.into_iter().take(axes), Entry { address, size, mask });
                    Ok(())
                })?;
            }
            IndexKind::Tree2 => tree2(meta, address, bytes, chunks.shape.len(), &mut list)?,
            IndexKind::FixedArray => {
                let strides = row_major(&most);
                fixed_array::each(meta, address, bytes, &mut |number, entry| {
                    meta.charge(16)?;
                    list.push(places(number, &strides), entry);
                    Ok(())
                })?;
            }
            IndexKind::ExtensibleArray => {
                // The one unlimited dimension counts slowest, wherever it stands.
                let axis = max.iter().position(Option::is_none).unwrap_or(0);
                let mut order: Vec<usize> = (0..most.len()).filter(|a| *a != axis).collect();
                order.insert(0, axis);
                let turned: Vec<u64> =
                    order.iter().map(|a| most.get(*a).copied().unwrap_or(1)).collect();
                let strides = row_major(&turned);
                let back: Vec<usize> = (0..order.len())
                    .map(|a| order.iter().position(|o| *o == a).unwrap_or(a))
                    .collect();
                extensible_array::each(meta, address, bytes, &mut |number, entry| {
                    meta.charge(16)?;
                    let turned: Vec<u64> = places(number, &strides).collect();
                    let place = back.iter().map(|a| turned.get(*a).copied().unwrap_or(0));
                    list.push(place, entry);
                    Ok(())
                })?;
            }
        }
        let mut out = list.out;
        out.sort_by_key(|(number, _)| *number);
        out.dedup_by_key(|(number, _)| *number);
        // Kept as long as the dataset, perhaps one of thousands.
        out.shrink_to_fit();
        let stored = out.iter().fold(0u64, |n, (_, e)| n.saturating_add(e.size));
        Ok(Self { kind: Kind::Listed(out), stored })
    }

    /// The chunk at a place, `number` being its number over the current extent.
    pub(crate) fn find(&self, place: &[u64], number: u64) -> Option<Entry> {
        match &self.kind {
            Kind::Listed(list) => {
                // Where every chunk is there, its number is its position.
                let guess = usize::try_from(number).ok().and_then(|i| list.get(i));
                if let Some((n, entry)) = guess
                    && *n == number
                {
                    return Some(*entry);
                }
                let at = list.binary_search_by_key(&number, |(n, _)| *n).ok()?;
                list.get(at).map(|(_, e)| *e)
            }
            Kind::Implicit { address, chunk, strides } => {
                let number = place
                    .iter()
                    .zip(strides)
                    .fold(0u64, |n, (p, s)| n.saturating_add(p.saturating_mul(*s)));
                let address = address.checked_add(number.checked_mul(*chunk)?)?;
                Some(Entry { address, size: *chunk, mask: 0 })
            }
        }
    }

    /// Appends where all chunks lie, if reading that took more than the layout message.
    pub(crate) fn write(&self, out: &mut Vec<u8>) {
        let Kind::Listed(list) = &self.kind else { return out.push(LAYOUT) };
        out.push(LISTED);
        push_varint(out, list.len() as u64);
        let all = list.iter().enumerate().all(|(at, (number, _))| *number == at as u64);
        let plain = list.iter().all(|(_, entry)| entry.mask == 0);
        out.push(u8::from(all) | u8::from(plain) << 1);
        let (mut next, mut end, mut before) = (0u64, 0u64, 0u64);
        for (number, entry) in list {
            if !all {
                push_varint(out, number.wrapping_sub(next));
                next = number.wrapping_add(1);
            }
            // Chunks often follow each other, and are about as large as the one before.
            push_varint(out, zigzag(entry.address.wrapping_sub(end)));
            push_varint(out, zigzag(entry.size.wrapping_sub(before)));
            (end, before) = (entry.address.wrapping_add(entry.size), entry.size);
            if !plain {
                push_varint(out, entry.mask.into());
            }
        }
    }

    /// Appends that there is no table.
    pub(crate) fn write_none(out: &mut Vec<u8>) {
        out.push(LAYOUT);
    }

    /// The table that [`write`](Self::write) wrote; `None` if the layout message says it all.
    ///
    /// # Errors
    /// If the bytes are damaged.
    pub(crate) fn parse(c: &mut Cursor<'_>) -> Result<Option<Self>> {
        match c.u8()? {
            LAYOUT => return Ok(None),
            LISTED => {}
            _ => return Err(Error::corrupt("a table of chunks of no known kind")),
        }
        let n = usize::try_from(c.varint()?).ok().filter(|n| *n <= c.remaining());
        let n = n.ok_or_else(|| Error::corrupt("a table of more chunks than it has bytes"))?;
        let flags = c.u8()?;
        let (all, plain) = (flags & 1 != 0, flags & 2 != 0);
        let mut list = Vec::with_capacity(n);
        let (mut next, mut end, mut before, mut stored) = (0u64, 0u64, 0u64, 0u64);
        for _ in 0..n {
            // Numbers grow, for they are searched.
            let number = if all { Some(next) } else { next.checked_add(c.varint()?) };
            let following = number.and_then(|n| n.checked_add(1));
            let (Some(number), Some(following)) = (number, following) else {
                return Err(Error::corrupt("the chunks of a table are out of order"));
            };
            next = following;
            let address = end.wrapping_add(unzigzag(c.varint()?));
            let size = before.wrapping_add(unzigzag(c.varint()?));
            (end, before) = (address.wrapping_add(size), size);
            let mask = if plain { 0 } else { c.varint()? as u32 };
            list.push((number, Entry { address, size, mask }));
            stored = stored.saturating_add(size);
        }
        Ok(Some(Self { kind: Kind::Listed(list), stored }))
    }

    /// Bytes of all chunks as stored.
    pub(crate) fn stored(&self) -> u64 {
        self.stored
    }
}

/// The place of a chunk from its number.
fn places(number: u64, strides: &[u64]) -> impl Iterator<Item = u64> + '_ {
    let mut rest = number;
    strides.iter().map(move |s| {
        let at = rest / s.max(&1);
        rest %= s.max(&1);
        at
    })
}

fn tree2(
    meta: &Meta<'_>,
    address: u64,
    bytes: u64,
    axes: usize,
    list: &mut List<'_>,
) -> Result<()> {
    let tree = Tree2::read(meta, address)?;
    let filtered = match tree.kind {
        10 => false,
        11 => true,
        kind => return Err(Error::corrupt(format!("a B-tree of kind {kind} as chunk index"))),
    };
    let fixed = meta.form.offset_size + 8 * axes + if filtered { 4 } else { 0 };
    let width = tree.record_size.checked_sub(fixed).filter(|w| *w <= 8 && (*w > 0) == filtered);
    let width = width.ok_or_else(|| Error::corrupt("chunk records of a strange size"))?;
    tree.each(meta, &mut |record| {
        let mut c = record.cursor();
        let address = meta.form.address(&mut c)?;
        let (size, mask) = if filtered { (c.uint(width)?, c.u32()?) } else { (bytes, 0) };
        let mut place = [0u64; crate::message::dataspace::MOST_AXES];
        for p in place.iter_mut().take(axes) {
            *p = c.u64()?;
        }
        if let Some(address) = address {
            list.push(place.into_iter().take(axes), Entry { address, size, mask });
        }
        Ok(())
    })
}

/// Collects chunks, leaving out those outside the current extent.
struct List<'a> {
    counts: &'a [u64],
    strides: Vec<u64>,
    out: Vec<(u64, Entry)>,
}

impl List<'_> {
    fn push(&mut self, place: impl Iterator<Item = u64>, entry: Entry) {
        let mut number = 0u64;
        for ((p, n), stride) in place.zip(self.counts).zip(&self.strides) {
            if p >= *n {
                return;
            }
            number = number.saturating_add(p.saturating_mul(*stride));
        }
        self.out.push((number, entry));
    }
}

#[cfg(test)]
mod tests {
    use graticule_array::ByteOrder;

    use super::*;

    fn back(bytes: &[u8]) -> Result<Option<ChunkTable>> {
        ChunkTable::parse(&mut Cursor::new(bytes, ByteOrder::Little))
    }

    #[test]
    fn tables_come_back_and_are_small() {
        let entry = |address, size, mask| Entry { address, size, mask };
        let odd = [
            (3, entry(u64::MAX - 9, 5, 0)),
            (4, entry(0, u64::MAX, 1)),
            (1 << 40, entry(77, 0, u32::MAX)),
            (u64::MAX - 1, entry(1, 1, 0)),
        ];
        let mut at = 4096;
        // As compressed fields are: about 90 kB each, behind each other with few gaps.
        let usual = (0..1000u64).map(|n| {
            let size = 90_000 + (n * 7919) % 4001;
            at += size + if n % 50 == 0 { 2000 } else { 0 };
            (n, entry(at, size, 0))
        });
        let usual: Vec<_> = usual.collect();
        for list in [Vec::new(), odd.to_vec(), usual.clone()] {
            let mut bytes = Vec::new();
            table(list.clone()).write(&mut bytes);
            let Kind::Listed(found) = back(&bytes).unwrap().unwrap().kind else { panic!() };
            assert_eq!(found, list);
            for n in 0..bytes.len() {
                assert!(back(&bytes[..n]).is_err(), "cut at {n}");
            }
        }
        let mut bytes = Vec::new();
        table(usual).write(&mut bytes);
        assert!(bytes.len() < 5000, "{} bytes for 1000 chunks", bytes.len());
    }

    fn table(list: Vec<(u64, Entry)>) -> ChunkTable {
        ChunkTable { kind: Kind::Listed(list), stored: 0 }
    }

    #[test]
    fn tables_that_lie_are_refused() {
        let mut bytes = vec![LISTED];
        push_varint(&mut bytes, 1 << 50);
        bytes.push(3);
        assert!(back(&bytes).is_err());
        assert!(back(&[9]).is_err());
        assert!(back(&[LAYOUT]).unwrap().is_none());
        // The second chunk would have a number beyond all.
        let mut bytes = vec![LISTED, 2, 2];
        push_varint(&mut bytes, u64::MAX);
        bytes.extend([0, 0, 0, 0, 0, 0]);
        assert!(back(&bytes).is_err());
    }
}
