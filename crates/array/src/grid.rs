//! How an index space is cut into chunks.

use std::sync::Arc;

use crate::region::{Region, Shape};
use crate::selection::{Pick, Selection};

/// How one axis is cut.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "wire", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "wire", serde(try_from = "crate::wire::Cut"))]
pub enum DimChunks {
    /// Chunks of one size; the first is shortened by `offset`, the last by the end.
    Even {
        /// The length of a full chunk; at least 1.
        size: usize,
        /// How much of the first chunk is missing; less than `size`.
        offset: usize,
        /// The length of the axis.
        len: usize,
    },
    /// Chunk borders, ascending, from 0 to the length of the axis.
    Cuts(Arc<[usize]>),
}

impl DimChunks {
    /// Chunks of `size` (at least 1) along an axis of length `len`.
    #[must_use]
    pub fn even(size: usize, len: usize) -> Self {
        Self::Even { size: size.max(1), offset: 0, len }
    }

    /// Chunks of these lengths, one after the other. Equal lengths become even chunks.
    #[must_use]
    pub fn from_lengths(lengths: &[usize]) -> Self {
        let total = lengths.iter().sum();
        if let Some((last, full)) = lengths.split_last() {
            let size = *full.first().unwrap_or(last);
            if size > 0 && *last <= size && full.iter().all(|l| *l == size) {
                return Self::even(size, total);
            }
        }
        let mut cuts = vec![0];
        for l in lengths.iter().filter(|l| **l > 0) {
            cuts.push(cuts.last().copied().unwrap_or(0) + l);
        }
        Self::Cuts(cuts.into())
    }

    /// The length of the axis.
    #[must_use]
    pub fn len(&self) -> usize {
        match self {
            Self::Even { len, .. } => *len,
            Self::Cuts(cuts) => cuts.last().copied().unwrap_or(0),
        }
    }

    /// Whether the axis has no element.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The number of chunks.
    #[must_use]
    pub fn count(&self) -> usize {
        match self {
            Self::Even { len: 0, .. } => 0,
            Self::Even { size, offset, len } => (offset + len).div_ceil(*size),
            Self::Cuts(cuts) => cuts.len().saturating_sub(1),
        }
    }

    /// Start and length of a chunk; empty beyond the last.
    #[must_use]
    pub fn chunk(&self, index: usize) -> (usize, usize) {
        match self {
            Self::Even { size, offset, len } => {
                let start = (index * size).saturating_sub(*offset).min(*len);
                let stop = ((index + 1) * size).saturating_sub(*offset).min(*len);
                (start, stop - start)
            }
            Self::Cuts(cuts) => match (cuts.get(index), cuts.get(index + 1)) {
                (Some(a), Some(b)) => (*a, b - a),
                _ => (self.len(), 0),
            },
        }
    }

    /// The chunk that holds a position.
    #[must_use]
    pub fn find(&self, position: usize) -> usize {
        match self {
            Self::Even { size, offset, .. } => (position + offset) / size,
            Self::Cuts(cuts) => cuts.partition_point(|c| *c <= position).saturating_sub(1),
        }
    }

    /// The length of the longest chunk.
    #[must_use]
    pub fn longest(&self) -> usize {
        match self {
            Self::Even { size, len, .. } => (*size).min(*len),
            Self::Cuts(cuts) => {
                cuts.iter().zip(cuts.iter().skip(1)).map(|(a, b)| b - a).max().unwrap_or(0)
            }
        }
    }

    /// The chunk borders from 0 to the length of the axis.
    #[must_use]
    pub fn cuts(&self) -> Vec<usize> {
        let mut cuts: Vec<usize> = (0..self.count()).map(|i| self.chunk(i).0).collect();
        cuts.push(self.len());
        cuts
    }

    /// The chunks of what a pick takes: even chunks stay even under contiguous slices.
    #[must_use]
    pub fn select(&self, pick: &Pick) -> Self {
        match (self, pick) {
            (Self::Even { size, offset, .. }, Pick::Range { start, step: 1, len }) => {
                Self::Even { size: *size, offset: (start + offset) % size, len: *len }
            }
            _ => {
                let mut lengths: Vec<usize> = Vec::new();
                let mut last = None;
                for i in (0..pick.len()).filter_map(|k| pick.get(k)) {
                    let chunk = self.find(i);
                    match lengths.last_mut() {
                        Some(n) if last == Some(chunk) => *n += 1,
                        _ => lengths.push(1),
                    }
                    last = Some(chunk);
                }
                if lengths.is_empty() { Self::even(1, 0) } else { Self::from_lengths(&lengths) }
            }
        }
    }

    /// The coarsest cut that refines both.
    #[must_use]
    pub fn meet(&self, other: &Self) -> Self {
        if self == other || other.count() <= 1 {
            return self.clone();
        }
        if self.count() <= 1 {
            return other.clone();
        }
        let mut cuts = self.cuts();
        cuts.extend(other.cuts());
        cuts.sort_unstable();
        cuts.dedup();
        Self::Cuts(cuts.into())
    }
}

/// How an index space is cut: one [`DimChunks`] per axis.
///
/// ```
/// use graticule_array::{ChunkGrid, Region};
/// let grid = ChunkGrid::even(&[365, 720], &[10, 360]);
/// assert_eq!(grid.counts(), [37, 2]);
/// assert_eq!(grid.region(&[36, 1]), Region::new([360, 360], [5, 360]));
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "wire", derive(serde::Serialize, serde::Deserialize))]
pub struct ChunkGrid {
    dims: Vec<DimChunks>,
}

/// A box of chunk indices.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct BlockRange {
    /// The first chunk along each axis.
    pub start: Vec<usize>,
    /// The number of chunks along each axis.
    pub len: Vec<usize>,
}

impl BlockRange {
    /// All chunk indices of the box, in row-major order.
    pub fn iter(&self) -> impl Iterator<Item = Vec<usize>> + '_ {
        let total = self.len.iter().product();
        (0..total).map(|flat: usize| {
            let mut rest = flat;
            let mut index = self.start.clone();
            for (i, n) in index.iter_mut().zip(&self.len).rev() {
                *i += rest % n;
                rest /= n;
            }
            index
        })
    }
}

impl ChunkGrid {
    /// One cut per axis.
    #[must_use]
    pub fn new(dims: impl Into<Vec<DimChunks>>) -> Self {
        Self { dims: dims.into() }
    }

    /// Chunks of one shape.
    #[must_use]
    pub fn even(shape: &[usize], chunk: &[usize]) -> Self {
        let dims = shape.iter().zip(chunk).map(|(n, c)| DimChunks::even(*c, *n));
        Self { dims: dims.collect() }
    }

    /// A single chunk that holds everything.
    #[must_use]
    pub fn whole(shape: &[usize]) -> Self {
        Self::even(shape, shape)
    }

    /// The cuts in the order of the axes.
    #[must_use]
    pub fn dims(&self) -> &[DimChunks] {
        &self.dims
    }

    /// The shape of the index space.
    #[must_use]
    pub fn shape(&self) -> Shape {
        self.dims.iter().map(DimChunks::len).collect()
    }

    /// The number of chunks along each axis.
    #[must_use]
    pub fn counts(&self) -> Vec<usize> {
        self.dims.iter().map(DimChunks::count).collect()
    }

    /// The number of chunks; saturates.
    #[must_use]
    pub fn count(&self) -> usize {
        self.dims.iter().fold(1, |n, d| n.saturating_mul(d.count()))
    }

    /// The shape of the largest chunk.
    #[must_use]
    pub fn largest(&self) -> Shape {
        self.dims.iter().map(DimChunks::longest).collect()
    }

    /// The box of one chunk.
    #[must_use]
    pub fn region(&self, index: &[usize]) -> Region {
        let (start, len): (Vec<_>, Vec<_>) =
            self.dims.iter().zip(index).map(|(d, i)| d.chunk(*i)).unzip();
        Region { start, len }
    }

    /// The chunks that a box touches.
    #[must_use]
    pub fn covering(&self, region: &Region) -> BlockRange {
        let mut out = BlockRange { start: Vec::new(), len: Vec::new() };
        for (dim, (start, len)) in self.dims.iter().zip(region.axes()) {
            let first = dim.find(start);
            out.start.push(first);
            out.len.push(if len == 0 { 0 } else { dim.find(start + len - 1) - first + 1 });
        }
        out
    }

    /// The chunks of a selection's result.
    #[must_use]
    pub fn select(&self, selection: &Selection) -> Self {
        let picked = self.dims.iter().zip(selection.picks());
        let dims = picked.filter(|(_, p)| !matches!(p, Pick::At(_))).map(|(d, p)| d.select(p));
        Self { dims: dims.collect() }
    }

    /// The coarsest grid that refines both.
    #[must_use]
    pub fn meet(&self, other: &Self) -> Self {
        Self { dims: self.dims.iter().zip(&other.dims).map(|(a, b)| a.meet(b)).collect() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slices_of_even_chunks_stay_even() {
        let d = DimChunks::even(10, 35).select(&Pick::span(7, 20));
        assert_eq!(d, DimChunks::Even { size: 10, offset: 7, len: 20 });
        assert_eq!(d.cuts(), [0, 3, 13, 20]);
        assert_eq!((d.find(2), d.find(3), d.find(19)), (0, 1, 2));
    }

    #[test]
    fn meet_refines_both() {
        let a = DimChunks::even(4, 10).meet(&DimChunks::from_lengths(&[3, 7]));
        assert_eq!(a.cuts(), [0, 3, 4, 8, 10]);
    }

    #[test]
    fn covering_counts_each_touched_chunk_once() {
        let grid = ChunkGrid::even(&[10, 10], &[4, 4]);
        let range = grid.covering(&Region::new([3, 4], [2, 4]));
        assert_eq!(range.iter().collect::<Vec<_>>(), [[0, 1], [1, 1]]);
        assert_eq!(grid.covering(&Region::new([3, 4], [0, 4])).iter().count(), 0);
    }
}
