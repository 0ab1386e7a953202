//! How an iteration space is cut into blocks and runs of blocks.
//!
//! Cuts follow from the storage grid and from fixed constants only, never from the number of
//! threads or the budget: the order in which sums are taken is part of the result.

use graticule_array::{ChunkGrid, DimChunks, Region};

/// The constants that cuts follow from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Sizes {
    /// Chunks smaller than this together make one block; boxes of sources that serve any box
    /// are at most twice as large; a run has at least this many bytes.
    pub(crate) block: usize,
    /// A run feeds each cell at least this often, where there is so much, so that merging its
    /// state costs little beside filling it.
    pub(crate) run: usize,
}

impl Default for Sizes {
    fn default() -> Self {
        Self { block: 4 << 20, run: 16 }
    }
}

impl Sizes {
    fn split(self) -> usize {
        self.block.saturating_mul(2).max(1)
    }
}

/// The blocks of an array of elements of `size` bytes which is stored along `grid`.
pub(crate) fn choose_blocks(
    grid: &ChunkGrid,
    size: usize,
    whole_chunks: bool,
    sizes: Sizes,
) -> ChunkGrid {
    let grid = &without_splinters(grid);
    let mut lens = grid.largest();
    let bytes = lens.iter().fold(size.max(1), |n, l| n.saturating_mul((*l).max(1)));
    if bytes > sizes.split() && !whole_chunks {
        return split(grid, &mut lens, bytes.div_ceil(sizes.split()));
    }
    let mut dims = grid.dims().to_vec();
    let mut room = sizes.block / bytes.max(1);
    for dim in dims.iter_mut().rev() {
        let count = dim.count();
        if room < 2 {
            break;
        }
        if count > 1 {
            // Equal shares: 10 chunks with room for 8 are cut 5 and 5.
            let take = count.div_ceil(count.div_ceil(room.min(count)));
            *dim = group(dim, take);
            if take < count {
                break;
            }
            room /= take;
        }
    }
    ChunkGrid::new(dims)
}

/// Pieces that are short beside the longest, as where the ends of an axis were put together, join
/// their neighbours: each would read a chunk of its own.
fn without_splinters(grid: &ChunkGrid) -> ChunkGrid {
    let dims = grid.dims().iter().map(|dim| {
        let DimChunks::Cuts(cuts) = dim else { return dim.clone() };
        let most = dim.longest() + dim.longest() / 4;
        let mut kept: Vec<usize> = cuts.first().copied().into_iter().collect();
        for (cut, next) in cuts.iter().zip(cuts.iter().skip(1)).skip(1) {
            if next - kept.last().copied().unwrap_or(0) > most {
                kept.push(*cut);
            }
        }
        kept.extend(cuts.last().filter(|_| cuts.len() > 1));
        DimChunks::Cuts(kept.into())
    });
    ChunkGrid::new(dims.collect::<Vec<_>>())
}

/// Cuts boxes along the slowest axes.
fn split(grid: &ChunkGrid, lens: &mut [usize], parts: usize) -> ChunkGrid {
    let mut dims = grid.dims().to_vec();
    let mut parts = parts;
    for (dim, len) in dims.iter_mut().zip(lens) {
        if parts < 2 {
            break;
        }
        let cut = parts.min(*len);
        if cut > 1 {
            let piece = (*len / cut).max(1);
            *dim = DimChunks::even(piece, dim.len());
            parts = parts.div_ceil(len.div_ceil(piece));
        }
    }
    ChunkGrid::new(dims)
}

/// `n` chunks at a time become one.
pub(crate) fn group(dim: &DimChunks, n: usize) -> DimChunks {
    match dim {
        DimChunks::Even { size, offset, len } => match size.checked_mul(n) {
            Some(size) => DimChunks::Even { size, offset: *offset, len: *len },
            None => DimChunks::even(*len, *len),
        },
        DimChunks::Cuts(cuts) => {
            let mut kept: Vec<usize> = cuts.iter().copied().step_by(n.max(1)).collect();
            if kept.last() != cuts.last() {
                kept.extend(cuts.last());
            }
            DimChunks::Cuts(kept.into())
        }
    }
}

/// Blocks that are unions of a sink's, about as long along each axis as the source's.
pub(crate) fn sink_blocks(
    sink: &ChunkGrid,
    source: &ChunkGrid,
    size: usize,
    sizes: Sizes,
) -> ChunkGrid {
    let dims = sink.dims().iter().zip(source.dims());
    let mut takes: Vec<usize> =
        dims.map(|(to, from)| (from.longest() / to.longest().max(1)).max(1)).collect();
    let bytes = |takes: &[usize]| {
        let lens = sink
            .dims()
            .iter()
            .zip(takes)
            .map(|(d, t)| d.longest().saturating_mul(*t).min(d.len()).max(1));
        lens.fold(size.max(1), usize::saturating_mul)
    };
    for axis in 0..takes.len() {
        while bytes(&takes) > 2 * sizes.split()
            && let Some(take) = takes.get_mut(axis)
            && *take > 1
        {
            *take = take.div_ceil(2);
        }
    }
    let dims = sink.dims().iter().zip(&takes).map(|(d, t)| group(d, *t));
    choose_blocks(&ChunkGrid::new(dims.collect::<Vec<_>>()), size, true, sizes)
}

/// A stage's blocks, ordered for streaming: kept axes give columns, the blocks along the
/// reduced axes are cut into runs.
#[derive(Clone, Debug)]
pub(crate) struct Geometry {
    /// The blocks of the iteration space.
    pub(crate) grid: ChunkGrid,
    /// The axes that stay, ascending.
    pub(crate) kept: Vec<usize>,
    /// The axes that are reduced or grouped, ascending.
    pub(crate) reduced: Vec<usize>,
    /// The reduced axes' part of the grid.
    along: ChunkGrid,
    /// Blocks of a run.
    run: usize,
}

impl Geometry {
    /// Cuts `grid` for a reduction over `reduced`.
    pub(crate) fn new(grid: ChunkGrid, reduced: Vec<usize>, size: usize, sizes: Sizes) -> Self {
        let kept = (0..grid.dims().len()).filter(|a| !reduced.contains(a)).collect();
        let along = part(&grid, &reduced);
        let length = along.largest().iter().fold(1usize, |n, l| n.saturating_mul((*l).max(1)));
        let largest = grid.largest();
        let bytes = largest.iter().fold(size.max(1), |n, l| n.saturating_mul((*l).max(1)));
        let run = sizes.run.div_ceil(length).max(sizes.block.div_ceil(bytes)).max(1);
        Self { grid, kept, reduced, along, run }
    }

    /// Blocks of a run.
    #[cfg(feature = "wire")]
    pub(crate) fn run_length(&self) -> usize {
        self.run
    }

    /// The geometry of a grid that is cut already; `reduced` ascends.
    #[cfg(feature = "wire")]
    pub(crate) fn again(grid: ChunkGrid, reduced: Vec<usize>, run: usize) -> Self {
        let kept = (0..grid.dims().len()).filter(|a| !reduced.contains(a)).collect();
        let along = part(&grid, &reduced);
        Self { grid, kept, reduced, along, run }
    }

    /// The kept axes' part of the grid.
    pub(crate) fn columns(&self) -> ChunkGrid {
        part(&self.grid, &self.kept)
    }

    /// The number of runs of a column; at least 1, so that an empty axis gives the identity.
    pub(crate) fn runs(&self) -> usize {
        self.along.count().div_ceil(self.run).max(1)
    }

    /// The blocks of a column.
    pub(crate) fn blocks(&self) -> usize {
        self.along.count()
    }

    /// The blocks of a run, in order.
    pub(crate) fn run(&self, run: usize) -> std::ops::Range<usize> {
        let start = run.saturating_mul(self.run).min(self.along.count());
        start..start.saturating_add(self.run).min(self.along.count())
    }

    /// The run that a block belongs to.
    pub(crate) fn run_of(&self, block: usize) -> usize {
        block / self.run.max(1)
    }

    /// Blocks beside each other along the reduced axes that are faster than `axis`.
    pub(crate) fn beside(&self, axis: usize) -> usize {
        let counts = self.reduced.iter().zip(self.along.counts());
        counts.filter(|(a, _)| **a > axis).map(|(_, n)| n.max(1)).product()
    }

    /// The box of the iteration space that a block of a column covers.
    pub(crate) fn region(&self, column: &Region, block: usize) -> Region {
        let across = self.block(block);
        let n = self.grid.dims().len();
        let mut out = Region::new(vec![0; n], vec![0; n]);
        let axes = self.kept.iter().zip(column.axes());
        for (axis, (start, len)) in axes.chain(self.reduced.iter().zip(across.axes())) {
            if let (Some(s), Some(l)) = (out.start.get_mut(*axis), out.len.get_mut(*axis)) {
                (*s, *l) = (start, len);
            }
        }
        out
    }

    /// The box of the reduced axes that a block covers.
    pub(crate) fn block(&self, block: usize) -> Region {
        let mut rest = block;
        let mut index = vec![0; self.reduced.len()];
        for (i, n) in index.iter_mut().zip(self.along.counts()).rev() {
            *i = rest % n.max(1);
            rest /= n.max(1);
        }
        self.along.region(&index)
    }

    /// Which positions along a reduced axis a block covers.
    pub(crate) fn positions(&self, block: usize, axis: usize) -> std::ops::Range<usize> {
        let region = self.block(block);
        let at = self.reduced.iter().position(|a| *a == axis);
        let found = at.and_then(|i| region.axes().nth(i));
        found.map_or(0..0, |(start, len)| start..start + len)
    }
}

fn part(grid: &ChunkGrid, axes: &[usize]) -> ChunkGrid {
    ChunkGrid::new(axes.iter().filter_map(|a| grid.dims().get(*a).cloned()).collect::<Vec<_>>())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)] // tests
mod tests {
    use super::*;

    #[test]
    fn small_chunks_are_grouped_from_the_fastest_axis() {
        let grid = ChunkGrid::even(&[1000, 720, 1440], &[1, 90, 180]);
        let blocks = choose_blocks(&grid, 4, true, Sizes::default());
        assert_eq!(blocks.largest(), [1, 720, 1440]);
        let days = ChunkGrid::even(&[1000, 100, 100], &[1, 100, 100]);
        assert_eq!(choose_blocks(&days, 4, true, Sizes::default()).largest(), [100, 100, 100]);
    }

    #[test]
    fn short_pieces_join_their_neighbours() {
        let cut = |cuts: &[usize]| {
            let dim = DimChunks::Cuts(cuts.into());
            without_splinters(&ChunkGrid::new([dim])).dims().first().unwrap().cuts()
        };
        assert_eq!(cut(&[0, 1, 719, 720]), [0, 720]);
        assert_eq!(cut(&[0, 31, 59, 90]), [0, 31, 59, 90]);
        assert_eq!(cut(&[0, 1, 361, 720]), [0, 361, 720]);
        assert_eq!(cut(&[0, 5]), [0, 5]);
        assert_eq!(cut(&[0]), [0]);
    }

    #[test]
    fn large_chunks_are_split_only_where_boxes_are_cheap() {
        let grid = ChunkGrid::whole(&[1000, 720, 1440]);
        assert_eq!(choose_blocks(&grid, 2, true, Sizes::default()), grid);
        let blocks = choose_blocks(&grid, 2, false, Sizes::default());
        assert_eq!(blocks.largest(), [4, 720, 1440]);
        let long = choose_blocks(&ChunkGrid::whole(&[2, 1 << 24]), 4, false, Sizes::default());
        assert_eq!(long.largest(), [1, 1 << 21]);
    }

    #[test]
    fn runs_cover_all_blocks_in_order() {
        let g = Geometry::new(
            ChunkGrid::even(&[100, 8, 6], &[10, 4, 6]),
            vec![0],
            1 << 20,
            Sizes::default(),
        );
        assert_eq!(g.runs(), 5);
        assert_eq!([g.run(0), g.run(4)], [0..2, 8..10]);
        assert_eq!(g.columns().counts(), [2, 1]);
        let column = g.columns().region(&[1, 0]);
        assert_eq!(g.region(&column, 3), Region::new([30, 4, 0], [10, 4, 6]));
        assert_eq!(g.positions(3, 0), 30..40);
        let none = Geometry::new(ChunkGrid::even(&[0, 4], &[1, 4]), vec![0], 8, Sizes::default());
        assert_eq!((none.runs(), none.run(0)), (1, 0..0));
    }

    #[test]
    fn sink_blocks_stay_unions() {
        let sink = ChunkGrid::even(&[10_000, 720], &[7, 720]);
        let source = ChunkGrid::even(&[10_000, 720], &[100, 720]);
        assert_eq!(sink_blocks(&sink, &source, 4, Sizes::default()).largest(), [7 * 14 * 13, 720]);
    }
}
