//! Operations along one axis.

use graticule_array::{
    Array, ChunkGrid, DType, DimChunks, Error, LineOp, Region, Result, Running, Shape,
};

use super::{BlockForm, BlockOp, shapes};
use crate::expr::LazyArray;
use crate::plan::group;

/// Blocks are at least this many times as long as what they need beyond their ends.
pub(super) const HALO_SHARE: usize = 4;

/// A [`LineOp`] along an axis.
#[derive(Clone, Debug)]
pub(crate) struct Line {
    op: LineOp,
    axis: usize,
}

impl Line {
    pub(crate) fn new(op: LineOp, axis: usize) -> Self {
        Self { op, axis }
    }

    pub(super) fn parts(&self) -> (&LineOp, usize) {
        (&self.op, self.axis)
    }

    fn length(&self, shapes: &[Shape]) -> Result<usize> {
        let found = shapes.first().and_then(|s| s.get(self.axis)).copied();
        found.ok_or_else(|| Error::bug("an axis was lost"))
    }
}

impl BlockOp for Line {
    fn name(&self) -> String {
        format!("{} along {}", self.op, self.axis)
    }

    fn key(&self) -> Option<String> {
        Some(format!("line {} {:?}", self.axis, self.op))
    }

    fn form(&self) -> Option<BlockForm> {
        Some(BlockForm::line(self))
    }

    fn result(&self, inputs: &[LazyArray]) -> Result<(DType, ChunkGrid)> {
        let input = inputs.first().ok_or_else(|| Error::bug("no input"))?;
        let Some(dim) = input.grid().dims().get(self.axis) else {
            return Err(Error::invalid(format!("no axis {} in {:?}", self.axis, input.shape())));
        };
        let len = dim.len();
        let (dtype, made) = self.op.result(input.dtype(), len)?;
        let mut dims = input.grid().dims().to_vec();
        if let Some(to) = dims.get_mut(self.axis) {
            *to = along(&self.op, dim, made);
        }
        Ok((dtype, ChunkGrid::new(dims)))
    }

    fn needs(&self, _: usize, out: &Region, shapes: &[Shape]) -> Result<Region> {
        let len = self.length(shapes)?;
        let mut region = out.clone();
        if let (Some(start), Some(n)) =
            (region.start.get_mut(self.axis), region.len.get_mut(self.axis))
        {
            let range = self.op.needs(*start..*start + *n, len);
            (*start, *n) = (range.start, range.len());
        }
        Ok(region)
    }

    fn apply(&self, out: &Region, parts: &[Array], shapes: &[Shape]) -> Result<Array> {
        let part = parts.first().ok_or_else(|| Error::bug("no input"))?;
        let range = out.axes().nth(self.axis).map(|(start, n)| start..start + n);
        let range = range.ok_or_else(|| Error::bug("an axis was lost"))?;
        self.op.apply_part(part, self.axis, range, self.length(shapes)?)
    }

    fn parallel(&self, _: usize, axis: usize) -> Option<usize> {
        (axis != self.axis).then_some(axis)
    }

    fn runs_along(&self, _: usize, axis: usize) -> Option<usize> {
        Some(axis)
    }

    fn running(&self, shapes: &[Shape], axis: usize) -> Option<Running> {
        let len = self.length(shapes).ok()?;
        if axis == self.axis { self.op.running(axis, len) } else { None }
    }

    fn longest(&self, _: usize, out: &[usize], shapes: &[Shape]) -> Shape {
        let mut lens = out.to_vec();
        if let (Some(n), Ok(len)) = (lens.get_mut(self.axis), self.length(shapes)) {
            *n = self.op.needs_at_most(*n, len);
        }
        lens
    }

    fn scratch(&self, out: &[usize], inputs: &[LazyArray], packed: bool) -> usize {
        let cells = |lens: &[usize]| lens.iter().fold(1usize, |n, l| n.saturating_mul(*l));
        let needed = cells(&self.longest(0, out, &shapes(inputs)));
        let dtype = inputs.first().map_or(&DType::F64, LazyArray::dtype);
        self.op.scratch(dtype, needed, cells(out), packed)
    }
}

/// How the axis of the result is cut. Elements that depend on much of their line are computed
/// together.
fn along(op: &LineOp, dim: &DimChunks, made: usize) -> DimChunks {
    let len = dim.len();
    if made == 0 || op.is_whole_line(len) {
        return DimChunks::even(made.max(1), made);
    }
    let halo = op.needs_at_most(1, len).saturating_sub(1);
    let longest = dim.longest().max(1);
    let take = halo.saturating_mul(HALO_SHARE).div_ceil(longest).max(1);
    if made == len {
        return group(dim, take);
    }
    // In proportion: what shrinks is cut where its input is cut, more or less.
    let share = longest.saturating_mul(take).saturating_mul(made) / len.max(1);
    DimChunks::even(share.clamp(1, made), made)
}

impl LazyArray {
    /// An operation along an axis, on each line of values by itself; the axis may change its
    /// length. Computed in blocks of whole lines, or of pieces of lines and as much beyond
    /// their ends as the operation needs.
    ///
    /// ```
    /// use graticule_array::{Array, LineOp};
    /// use graticule_lazy::{LazyArray, Session};
    /// let x = LazyArray::constant(Array::from_vec([3], vec![1.0f64, 2.0, 3.0])?);
    /// let sums = x.along(LineOp::CumSum { skip_missing: true }, 0)?;
    /// let out = Session::default().compute(&[sums])?;
    /// assert_eq!(out[0].to_flat::<f64>()?, [1.0, 3.0, 6.0]);
    /// # Ok::<(), graticule_array::Error>(())
    /// ```
    ///
    /// # Errors
    /// If there is no such axis, or the operation is not defined for the element type.
    pub fn along(&self, op: LineOp, axis: usize) -> Result<Self> {
        Self::block(std::sync::Arc::new(Line::new(op, axis)), std::slice::from_ref(self))
    }
}
