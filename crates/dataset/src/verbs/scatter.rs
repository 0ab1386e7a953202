//! Few rows spread over many cells: each block of the result takes those rows that lie in it.

use std::sync::Arc;

use graticule_array::{
    Array, ChunkGrid, DType, DimChunks, Error, Pick, Region, Result, Selection, Shape,
};
use graticule_lazy::{BlockOp, LazyArray};

/// Cells of a block of the result, along the new axes.
const BLOCK: usize = 1 << 18;

/// Splits the last axis into several. The cells that no row has get another row.
#[derive(Debug)]
pub(super) struct Scatter {
    /// Cells in order, each with its row.
    pairs: Arc<[(usize, usize)]>,
    /// The lengths of the new axes.
    lens: Vec<usize>,
    /// The number of axes before them, which stay.
    kept: usize,
}

impl Scatter {
    /// The rows of `data` in the cells that they have, `filler` (one row) in the others.
    pub(super) fn spread(
        data: &LazyArray,
        filler: &LazyArray,
        pairs: Arc<[(usize, usize)]>,
        lens: &[usize],
    ) -> Result<LazyArray> {
        let kept = data.ndim().saturating_sub(1);
        let op = Self { pairs, lens: lens.to_vec(), kept };
        LazyArray::block(Arc::new(op), &[data.clone(), filler.clone()])
    }

    /// The rows in a box of cells, each with its place in the box.
    fn rows_in(&self, start: &[usize], len: &[usize]) -> Vec<(usize, usize)> {
        let number = |at: &dyn Fn(usize) -> usize| {
            self.lens.iter().enumerate().fold(0, |cell, (axis, n)| cell * n + at(axis))
        };
        let at = |list: &[usize], axis: usize| list.get(axis).copied().unwrap_or(0);
        let first = number(&|axis| at(start, axis));
        let last = number(&|axis| at(start, axis) + at(len, axis).saturating_sub(1));
        let from = self.pairs.partition_point(|(cell, _)| *cell < first);
        let candidates = self.pairs.iter().skip(from).take_while(|(cell, _)| *cell <= last);
        candidates
            .filter_map(|(cell, row)| {
                let (mut rest, mut place, mut stride) = (*cell, 0, 1);
                for (axis, n) in self.lens.iter().enumerate().rev() {
                    let inside = (rest % n).checked_sub(at(start, axis))?;
                    if inside >= at(len, axis) {
                        return None;
                    }
                    place += inside * stride;
                    stride *= at(len, axis);
                    rest /= n;
                }
                Some((place, *row))
            })
            .collect()
    }

    /// The part of a box along the new axes.
    fn cells<'a>(&self, out: &'a Region) -> (&'a [usize], &'a [usize]) {
        (
            out.start.get(self.kept..).unwrap_or_default(),
            out.len.get(self.kept..).unwrap_or_default(),
        )
    }
}

impl BlockOp for Scatter {
    fn name(&self) -> String {
        format!("spread {} rows over {:?} cells", self.pairs.len(), self.lens)
    }

    fn result(&self, inputs: &[LazyArray]) -> Result<(DType, ChunkGrid)> {
        let data = inputs.first().ok_or_else(|| Error::bug("nothing to spread"))?;
        let mut dims: Vec<DimChunks> = data.grid().dims().iter().take(self.kept).cloned().collect();
        let mut left = BLOCK;
        let mut own = Vec::with_capacity(self.lens.len());
        for n in self.lens.iter().rev() {
            let size = left.min(*n).max(1);
            own.push(DimChunks::even(size, *n));
            left /= size;
        }
        dims.extend(own.into_iter().rev());
        Ok((data.dtype().clone(), ChunkGrid::new(dims)))
    }

    fn needs(&self, input: usize, out: &Region, _: &[Shape]) -> Result<Region> {
        let (start, len) = self.cells(out);
        let rows = self.rows_in(start, len);
        let rows = || rows.iter().map(|(_, row)| *row);
        let (from, to) = match (input, rows().min(), rows().max()) {
            (0, Some(from), Some(to)) => (from, to),
            _ => (0, 0),
        };
        let starts = out.start.iter().take(self.kept).copied().chain([from]);
        let lens = out.len.iter().take(self.kept).copied().chain([to - from + 1]);
        Ok(Region::new(starts.collect::<Vec<_>>(), lens.collect::<Vec<_>>()))
    }

    fn apply(&self, out: &Region, parts: &[Array], _: &[Shape]) -> Result<Array> {
        let here = parts.first().and_then(|p| p.shape().last()).copied().unwrap_or(0);
        let (start, len) = self.cells(out);
        let cells = len.iter().fold(1, |n: usize, l| n.saturating_mul(*l));
        let rows = self.rows_in(start, len);
        let from = rows.iter().map(|(_, row)| *row).min().unwrap_or(0);
        let mut picks = vec![here; cells];
        for (place, row) in rows {
            if let Some(pick) = picks.get_mut(place) {
                *pick = row - from;
            }
        }
        let both = Array::concat(parts, self.kept)?;
        let picked = Selection::all(both.shape()).with(self.kept, Pick::List(picks.into()));
        both.select(&picked)?.reshape(&out.len)
    }

    fn parallel(&self, _: usize, axis: usize) -> Option<usize> {
        (axis < self.kept).then_some(axis)
    }

    fn scratch(&self, out: &[usize], _: &[Shape]) -> usize {
        let cells = out.iter().skip(self.kept).fold(1, |n: usize, l| n.saturating_mul(*l));
        cells.saturating_mul(size_of::<usize>())
    }
}
