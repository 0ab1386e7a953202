//! Selections as HDF5 stores them: which elements of an array are meant, and in which order.

use graticule_array::{Error, Result};
use graticule_storage::Cursor;

use crate::message::dataspace::MOST_AXES;

/// Blocks or points that one stored selection may list.
const MOST_LISTED: u64 = 1 << 20;

/// A selection of elements of an array.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Picked {
    Nothing,
    Everything,
    /// A regular pattern along each axis.
    Slabs(Vec<Slab>),
    /// Boxes that do not touch each other: first and last place along each axis.
    Blocks(Vec<(Vec<u64>, Vec<u64>)>),
    /// Single elements, in this order.
    Points(Vec<Vec<u64>>),
}

/// Blocks at regular distances along one axis.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Slab {
    pub(crate) start: u64,
    pub(crate) stride: u64,
    /// Blocks; `None` without limit.
    pub(crate) count: Option<u64>,
    /// Places of a block; `None` without limit.
    pub(crate) block: Option<u64>,
}

impl Slab {
    pub(crate) fn is_unlimited(&self) -> bool {
        self.count.is_none() || self.block.is_none()
    }

    /// Whether the places follow each other without gaps.
    pub(crate) fn is_dense(&self) -> bool {
        self.block.is_none_or(|b| b >= self.stride || self.count == Some(1))
    }

    /// The number of places below `end`.
    pub(crate) fn places_below(&self, end: u64) -> u64 {
        let room = end.saturating_sub(self.start);
        if self.is_dense() {
            let all = match (self.count, self.block) {
                (Some(c), Some(b)) => c.saturating_mul(b),
                _ => u64::MAX,
            };
            return room.min(all);
        }
        let (stride, block) = (self.stride.max(1), self.block.unwrap_or(1));
        let full = (room / stride).min(self.count.unwrap_or(u64::MAX));
        let rest = if full == self.count.unwrap_or(u64::MAX) { 0 } else { room % stride };
        full.saturating_mul(block).saturating_add(rest.min(block))
    }

    /// Where the array ends if it has `n` of these places.
    pub(crate) fn end_of(&self, n: u64) -> u64 {
        if n == 0 { 0 } else { self.place(n - 1).saturating_add(1) }
    }

    /// Place number `k`.
    pub(crate) fn place(&self, k: u64) -> u64 {
        if self.is_dense() {
            return self.start.saturating_add(k);
        }
        let block = self.block.unwrap_or(1).max(1);
        self.start.saturating_add((k / block).saturating_mul(self.stride)).saturating_add(k % block)
    }

    /// How many places from number `k` on follow each other without a gap.
    pub(crate) fn run(&self, k: u64) -> u64 {
        if self.is_dense() {
            return u64::MAX;
        }
        let block = self.block.unwrap_or(1).max(1);
        block - k % block
    }
}

impl Picked {
    /// Reads a stored selection.
    ///
    /// # Errors
    /// If it does not follow the format.
    pub(crate) fn parse(c: &mut Cursor<'_>) -> Result<Self> {
        let kind = c.u32()?;
        let version = c.u32()?;
        match (kind, version) {
            (0, 1) => c.skip(8).map(|()| Self::Nothing),
            (3, 1) => c.skip(8).map(|()| Self::Everything),
            (1, 1) => {
                c.skip(8)?;
                points(c, 4)
            }
            (1, 2) => {
                let width = width(c)?;
                points(c, width)
            }
            (2, 1) => {
                c.skip(8)?;
                let rank = rank(c)?;
                blocks(c, rank, 4)
            }
            (2, 2) => {
                c.skip(1 + 4)?;
                let rank = rank(c)?;
                slabs(c, rank, 8)
            }
            (2, 3) => {
                let flags = c.u8()?;
                let width = width(c)?;
                let rank = rank(c)?;
                if flags & 1 != 0 { slabs(c, rank, width) } else { blocks(c, rank, width) }
            }
            _ => Err(Error::unsupported(format!("selection of kind {kind}, version {version}"))),
        }
    }

    /// The axis along which this is unlimited, and its pattern.
    pub(crate) fn unlimited(&self) -> Option<(usize, Slab)> {
        let Self::Slabs(slabs) = self else { return None };
        slabs.iter().copied().enumerate().find(|(_, s)| s.is_unlimited())
    }

    /// The least lengths of an array that holds all of this; an unlimited axis counts nothing.
    pub(crate) fn ends(&self) -> Vec<u64> {
        match self {
            Self::Nothing | Self::Everything => Vec::new(),
            Self::Slabs(slabs) => slabs
                .iter()
                .map(|s| match (s.count, s.block) {
                    (Some(c), Some(b)) => s.end_of(c.saturating_mul(b)),
                    _ => 0,
                })
                .collect(),
            Self::Blocks(blocks) => most(blocks.iter().map(|(_, last)| last)),
            Self::Points(points) => most(points.iter()),
        }
    }
}

fn most<'a>(all: impl Iterator<Item = &'a Vec<u64>>) -> Vec<u64> {
    let mut out: Vec<u64> = Vec::new();
    for one in all {
        out.resize(one.len().max(out.len()), 0);
        for (end, last) in out.iter_mut().zip(one) {
            *end = (*end).max(last.saturating_add(1));
        }
    }
    out
}

fn rank(c: &mut Cursor<'_>) -> Result<usize> {
    let rank = c.u32()? as usize;
    if rank == 0 || rank > MOST_AXES {
        return Err(Error::corrupt(format!("a selection of {rank} dimensions")));
    }
    Ok(rank)
}

fn width(c: &mut Cursor<'_>) -> Result<usize> {
    match c.u8()? {
        width @ (2 | 4 | 8) => Ok(width.into()),
        width => Err(Error::corrupt(format!("a selection with numbers of {width} bytes"))),
    }
}

fn slabs(c: &mut Cursor<'_>, rank: usize, width: usize) -> Result<Picked> {
    let none = crate::meta::all_ones(width);
    let mut out = Vec::with_capacity(rank);
    for _ in 0..rank {
        let [start, stride, count, block] =
            [c.uint(width)?, c.uint(width)?, c.uint(width)?, c.uint(width)?];
        let limited = |n: u64| (n != none).then_some(n);
        let slab = Slab { start, stride, count: limited(count), block: limited(block) };
        if slab.block.is_some_and(|b| slab.count != Some(1) && b > stride) {
            return Err(Error::corrupt("the blocks of a selection overlap"));
        }
        out.push(slab);
    }
    if out.iter().any(|s| s.count == Some(0) || s.block == Some(0)) {
        return Ok(Picked::Nothing);
    }
    Ok(Picked::Slabs(out))
}

fn coordinates(c: &mut Cursor<'_>, rank: usize, width: usize) -> Result<Vec<u64>> {
    (0..rank).map(|_| c.uint(width)).collect()
}

fn listed(c: &mut Cursor<'_>, width: usize) -> Result<u64> {
    let n = c.uint(width)?;
    if n > MOST_LISTED {
        return Err(Error::unsupported(format!("a selection that lists {n} pieces")));
    }
    Ok(n)
}

fn blocks(c: &mut Cursor<'_>, rank: usize, width: usize) -> Result<Picked> {
    let n = listed(c, width)?;
    let mut out = Vec::new();
    for _ in 0..n {
        let (first, last) = (coordinates(c, rank, width)?, coordinates(c, rank, width)?);
        if first.iter().zip(&last).any(|(a, b)| a > b) {
            return Err(Error::corrupt("a block of a selection ends before it begins"));
        }
        out.push((first, last));
    }
    // One block is a pattern like any other.
    if let [(first, last)] = out.as_slice() {
        let slab = |(a, b): (&u64, &u64)| {
            let block = b.saturating_sub(*a).saturating_add(1);
            Slab { start: *a, stride: block, count: Some(1), block: Some(block) }
        };
        return Ok(Picked::Slabs(first.iter().zip(last).map(slab).collect()));
    }
    Ok(Picked::Blocks(out))
}

fn points(c: &mut Cursor<'_>, width: usize) -> Result<Picked> {
    let rank = rank(c)?;
    let n = listed(c, width)?;
    let mut out = Vec::new();
    for _ in 0..n {
        out.push(coordinates(c, rank, width)?);
    }
    Ok(Picked::Points(out))
}

#[cfg(test)]
mod tests {
    use graticule_array::ByteOrder;

    use super::*;

    #[test]
    fn places_are_counted_as_they_lie() {
        let slab = Slab { start: 3, stride: 5, count: None, block: Some(2) };
        let all: Vec<u64> = (0..7).map(|k| slab.place(k)).collect();
        assert_eq!(all, [3, 4, 8, 9, 13, 14, 18]);
        for end in 0..20 {
            let n = all.iter().filter(|p| **p < end).count() as u64;
            assert_eq!(slab.places_below(end), n, "below {end}");
        }
        assert_eq!((slab.end_of(0), slab.end_of(3), slab.run(2), slab.run(3)), (0, 9, 2, 1));
        let two = Slab { count: Some(2), ..slab };
        assert_eq!(two.places_below(100), 4);
        let dense = Slab { start: 1, stride: 1, count: None, block: Some(1) };
        assert_eq!((dense.places_below(7), dense.run(3)), (6, u64::MAX));
    }

    #[test]
    fn every_stored_form_is_read() {
        let words = |all: &[u32]| all.iter().flat_map(|n| n.to_le_bytes()).collect::<Vec<u8>>();
        let parse = |b: &[u8]| Picked::parse(&mut Cursor::new(b, ByteOrder::Little));
        assert_eq!(parse(&words(&[3, 1, 0, 0])).unwrap(), Picked::Everything);
        assert_eq!(parse(&words(&[0, 1, 0, 0])).unwrap(), Picked::Nothing);
        let blocks = parse(&words(&[2, 1, 0, 0, 1, 2, 0, 1, 4, 5])).unwrap();
        assert_eq!(blocks, Picked::Blocks(vec![(vec![0], vec![1]), (vec![4], vec![5])]));
        assert_eq!(blocks.ends(), [6]);
        let points = parse(&words(&[1, 1, 0, 0, 1, 2, 7, 3])).unwrap();
        assert_eq!(points, Picked::Points(vec![vec![7], vec![3]]));
        let mut regular = words(&[2, 3]);
        regular.extend([1, 2, 1, 0, 0, 0]);
        regular.extend([4u16, 2, 0xffff, 1].iter().flat_map(|n| n.to_le_bytes()));
        let slab = Slab { start: 4, stride: 2, count: None, block: Some(1) };
        let found = parse(&regular).unwrap();
        assert_eq!(found, Picked::Slabs(vec![slab]));
        assert_eq!((found.unlimited(), found.ends()), (Some((0, slab)), vec![0]));
        assert!(parse(&words(&[2, 9, 0, 0])).unwrap_err().is_unsupported());
        assert!(parse(&words(&[1, 1, 0, 0, 1, 2, 7])).is_err());
    }
}
