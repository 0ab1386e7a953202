//! Few rows spread over many cells: each block of the result takes those rows that lie in it.

use std::sync::Arc;

use graticule_array::{
    Array, ChunkGrid, DType, DimChunks, Error, Pick, Region, Result, Selection, Shape,
};

use super::form::Form;
use super::{BlockForm, BlockOp};
use crate::expr::LazyArray;

/// Cells of a block of the result, along the new axes.
const BLOCK: usize = 1 << 18;

/// Splits the last axis into several. The cells that no row has get another row.
#[derive(Clone, Debug)]
pub(crate) struct Scatter {
    /// Cells in order, each with its row.
    pub(crate) pairs: Arc<[(usize, usize)]>,
    /// The lengths of the new axes.
    pub(crate) lens: Vec<usize>,
    /// The number of axes before them, which stay.
    pub(crate) kept: usize,
}

impl Scatter {
    fn check(&self, data: &LazyArray, filler: &LazyArray) -> Result<()> {
        let mut one = data.shape().to_vec();
        let rows = one.last_mut().map(|last| std::mem::replace(last, 1));
        let fits = one == filler.shape() && data.dtype() == filler.dtype();
        let Some(rows) = rows.filter(|_| fits && self.kept + 1 == data.ndim()) else {
            return Err(Error::mismatch(format!(
                "one row {} {:?} does not fill up rows {} {:?}",
                filler.dtype(),
                filler.shape(),
                data.dtype(),
                data.shape()
            )));
        };
        let cells = self.lens.iter().try_fold(1usize, |n, l| n.checked_mul(*l));
        let cells = cells.ok_or_else(|| Error::over_budget(format!("{:?} cells", self.lens)))?;
        let next = |i: usize| self.pairs.get(i + 1).map_or(cells, |(cell, _)| *cell);
        for (i, (cell, row)) in self.pairs.iter().enumerate() {
            if *row >= rows || *cell >= next(i) {
                return Err(Error::invalid(format!(
                    "row {row} of {rows} for cell {cell} of {cells}: cells rise, and are there"
                )));
            }
        }
        Ok(())
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

    fn form(&self) -> Option<BlockForm> {
        Some(BlockForm(Form::Scatter(self.clone())))
    }

    fn result(&self, inputs: &[LazyArray]) -> Result<(DType, ChunkGrid)> {
        let [data, filler] = inputs else {
            return Err(Error::invalid(format!("rows spread with {} inputs", inputs.len())));
        };
        self.check(data, filler)?;
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

    fn scratch(&self, out: &[usize], _: &[LazyArray], _: bool) -> usize {
        let cells = out.iter().skip(self.kept).fold(1, |n: usize, l| n.saturating_mul(*l));
        cells.saturating_mul(size_of::<usize>())
    }
}

impl LazyArray {
    /// Few rows spread over many cells: the last axis, of rows, becomes several axes of lengths
    /// `lens`. `pairs` are numbers of cells (row-major over the new axes, rising) each with the
    /// row that goes there; the others get `filler`, which is one row.
    ///
    /// ```
    /// use graticule_array::Array;
    /// use graticule_lazy::{LazyArray, Session};
    /// let rows = LazyArray::constant(Array::from_vec([2], vec![7i16, 8])?);
    /// let none = LazyArray::constant(Array::from_vec([1], vec![-1i16])?);
    /// let cells = rows.scatter(&none, [(1, 0), (3, 1)], &[2, 2])?;
    /// let out = Session::default().compute(&[cells])?;
    /// assert_eq!(out[0].to_flat::<i16>()?, [-1, 7, -1, 8]);
    /// # Ok::<(), graticule_array::Error>(())
    /// ```
    ///
    /// # Errors
    /// If the filler is no row of this type and shape, or cells or rows do not exist.
    pub fn scatter(
        &self,
        filler: &Self,
        pairs: impl Into<Arc<[(usize, usize)]>>,
        lens: &[usize],
    ) -> Result<Self> {
        let (lens, kept) = (lens.to_vec(), self.ndim().saturating_sub(1));
        let op = Scatter { pairs: pairs.into(), lens, kept };
        Self::block(Arc::new(op), &[self.clone(), filler.clone()])
    }
}
