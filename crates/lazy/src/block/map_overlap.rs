//! A function of the user on blocks and what lies around them.

use std::sync::Arc;

use graticule_array::{
    Array, ChunkGrid, DType, Error, Pick, Region, Result, Scalar, Selection, Shape,
};

use super::form::Call;
use super::{BlockFn, BlockForm, BlockOp, line::HALO_SHARE};
use crate::expr::LazyArray;
use crate::geometry::list;
use crate::plan::group;

/// What lies beyond the ends of an axis.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
#[cfg_attr(feature = "wire", derive(serde::Serialize, serde::Deserialize))]
pub enum Boundary {
    /// Nothing: blocks at the ends are given less.
    None,
    /// One value, of the element type of the array.
    Constant(Scalar),
    /// The last element again and again.
    Nearest,
    /// The elements mirrored, the last one first: `c b a | a b c`.
    Reflect,
    /// The other end.
    Periodic,
}

/// How much lies around a block along an axis.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "wire", derive(serde::Serialize, serde::Deserialize))]
pub struct Overlap {
    /// The axis.
    pub axis: usize,
    /// Elements before the block.
    pub before: usize,
    /// Elements behind the block.
    pub after: usize,
    /// What lies beyond the ends of the axis.
    pub boundary: Boundary,
}

impl Overlap {
    /// Checks that the axis can be continued like this.
    fn check(&self, x: &LazyArray) -> Result<()> {
        let n = x.shape().get(self.axis).copied().unwrap_or(0);
        let most = self.before.max(self.after);
        let (limit, what) = match self.boundary {
            Boundary::None | Boundary::Constant(_) => (usize::MAX, ""),
            Boundary::Nearest => (if n == 0 { 0 } else { usize::MAX }, "has no end to repeat"),
            Boundary::Reflect | Boundary::Periodic => (n, "is shorter than its overlap"),
        };
        if most > limit {
            return Err(Error::invalid(format!("axis {} of {n} elements {what}", self.axis))
                .hint("choose a shorter overlap, or a constant boundary"));
        }
        Ok(())
    }

    /// The array with both ends of an axis that goes round: only where the axis is cut, so that
    /// the other end lies in another chunk. Everything else is continued block by block.
    fn close(&self, x: &LazyArray) -> Result<LazyArray> {
        let n = x.shape().get(self.axis).copied().unwrap_or(0);
        let span = |start: usize, len: usize| {
            x.select(&Selection::all(x.shape()).with(self.axis, Pick::span(start, len)))
        };
        let (before, after) = (span(n - self.before, self.before)?, span(0, self.after)?);
        LazyArray::concat(&[before, x.clone(), after], self.axis)
    }

    fn is_closed(&self, x: &LazyArray) -> bool {
        let dim = x.grid().dims().get(self.axis);
        self.boundary == Boundary::Periodic && dim.is_some_and(|d| d.count() > 1)
    }

    /// Which stretch of an axis of `n` elements a stretch of the result needs.
    fn reach(&self, start: usize, len: usize, n: usize) -> (usize, usize) {
        let mut low = start.saturating_sub(self.before);
        let mut high = start.saturating_add(len).saturating_add(self.after).min(n);
        let (early, late) = (start < self.before, start + len + self.after > n);
        match self.boundary {
            Boundary::Periodic if early || late => (low, high) = (0, n),
            Boundary::Reflect => {
                high = if early { high.max(self.before.min(n)) } else { high };
                low = if late { low.min(n.saturating_sub(self.after)) } else { low };
            }
            _ => {}
        }
        (low, high - low)
    }

    /// The array that begins at `low` along the axis, continued to what a stretch of the result
    /// needs.
    fn continued(
        &self,
        part: &Array,
        low: usize,
        start: usize,
        len: usize,
        n: usize,
    ) -> Result<Array> {
        let (first, count) =
            (start as isize - self.before as isize, self.before + len + self.after);
        let inside = |i: isize| (0..n as isize).contains(&i);
        let places = first..first + count as isize;
        let last = n as isize - 1;
        let pick = |indices: Vec<usize>| {
            part.select(&Selection::all(part.shape()).with(self.axis, list(indices)))
        };
        let fold = |i: isize| match self.boundary {
            Boundary::Nearest => i.clamp(0, last),
            Boundary::Reflect if i < 0 => -1 - i,
            Boundary::Reflect if i > last => 2 * last + 1 - i,
            Boundary::Periodic => i.rem_euclid(n as isize),
            _ => i,
        };
        let own = |i: isize| fold(i) as usize - low;
        match &self.boundary {
            Boundary::None => Ok(part.clone()),
            Boundary::Constant(value) => {
                let rim = |count: usize| {
                    let mut shape = part.shape().to_vec();
                    if let Some(to) = shape.get_mut(self.axis) {
                        *to = count;
                    }
                    let mut rim = Array::zeros(part.dtype(), &shape)?;
                    rim.view_mut().fill(value)?;
                    Ok::<_, Error>(rim)
                };
                let before = places.clone().filter(|i| *i < 0).count();
                let after = places.filter(|i| *i > last).count();
                if before + after == 0 {
                    return Ok(part.clone());
                }
                Array::concat(&[rim(before)?, part.clone(), rim(after)?], self.axis)
            }
            _ if places.clone().all(inside) => Ok(part.clone()),
            _ => pick(places.map(own).collect()),
        }
    }

    /// How much of what the function is given lies before the stretch itself.
    fn lead(&self, start: usize) -> usize {
        if self.boundary == Boundary::None { self.before.min(start) } else { self.before }
    }
}

#[derive(Clone, Debug)]
pub(super) struct MapOverlap {
    function: BlockFn,
    dtype: DType,
    overlaps: Vec<Overlap>,
    /// Axes that hold both ends already.
    closed: Vec<usize>,
}

impl MapOverlap {
    /// How much longer the input is than the result.
    fn excess(&self, o: &Overlap) -> usize {
        if self.closed.contains(&o.axis) { o.before + o.after } else { 0 }
    }

    fn along(&self, axis: usize) -> Option<&Overlap> {
        self.overlaps.iter().find(|o| o.axis == axis)
    }
}

impl BlockOp for MapOverlap {
    fn name(&self) -> String {
        let halos: Vec<String> = self
            .overlaps
            .iter()
            .map(|o| format!("{}+{} along {}", o.before, o.after, o.axis))
            .collect();
        format!("map by {} with overlap {}", self.function.name(), halos.join(", "))
    }

    fn form(&self) -> Option<BlockForm> {
        let how = Call::Overlap {
            dtype: self.dtype.clone(),
            overlaps: self.overlaps.clone(),
            closed: self.closed.clone(),
        };
        Some(BlockForm::call(&self.function, how))
    }

    fn result(&self, inputs: &[LazyArray]) -> Result<(DType, ChunkGrid)> {
        let first = inputs.first().ok_or_else(|| Error::invalid("map_overlap of no array"))?;
        if let Some(other) = inputs.iter().find(|i| i.shape() != first.shape()) {
            return Err(Error::mismatch(format!(
                "blocks of {:?} and {:?} do not belong together",
                first.shape(),
                other.shape()
            )));
        }
        let mut grid = first.grid().clone();
        for input in inputs {
            grid = grid.meet(input.grid());
        }
        let dims = grid.dims().iter().enumerate().map(|(axis, dim)| {
            let Some(o) = self.along(axis) else { return dim.clone() };
            let own = match self.excess(o) {
                0 => dim.clone(),
                more => dim.select(&Pick::span(o.before, dim.len() - more)),
            };
            let wanted = (o.before + o.after).saturating_mul(HALO_SHARE);
            group(&own, wanted.div_ceil(own.longest().max(1)).max(1))
        });
        Ok((self.dtype.clone(), ChunkGrid::new(dims.collect::<Vec<_>>())))
    }

    fn needs(&self, input: usize, out: &Region, shapes: &[Shape]) -> Result<Region> {
        let shape = shapes.get(input).ok_or_else(|| Error::bug("an input was lost"))?;
        let mut region = Region::new([], []);
        for (axis, ((start, len), n)) in out.axes().zip(shape).enumerate() {
            let (start, len) = match self.along(axis) {
                None => (start, len),
                Some(o) if self.excess(o) > 0 => (start, len + o.before + o.after),
                Some(o) => o.reach(start, len, *n),
            };
            region.start.push(start);
            region.len.push(len);
        }
        Ok(region)
    }

    fn apply(&self, out: &Region, parts: &[Array], shapes: &[Shape]) -> Result<Array> {
        let shape = shapes.first().ok_or_else(|| Error::bug("no input"))?;
        let mut parts = parts.to_vec();
        for o in self.overlaps.iter().filter(|o| self.excess(o) == 0) {
            let lost = || Error::bug("an axis was lost");
            let (start, len) = out.axes().nth(o.axis).ok_or_else(lost)?;
            let n = *shape.get(o.axis).ok_or_else(lost)?;
            let low = o.reach(start, len, n).0;
            for part in &mut parts {
                *part = o.continued(part, low, start, len, n)?;
            }
        }
        let parts = parts.as_slice();
        let made = self.function.call(parts, out)?;
        let given = parts.first().map_or(&[][..], Array::shape);
        if made.shape() == out.len || made.shape() != given {
            return Ok(made); // the caller checks the shape
        }
        let start: Vec<usize> = out
            .axes()
            .enumerate()
            .map(|(axis, (start, _))| self.along(axis).map_or(0, |o| o.lead(start)))
            .collect();
        made.region(&Region::new(start, out.len.clone()))
    }

    fn parallel(&self, _: usize, axis: usize) -> Option<usize> {
        self.along(axis).is_none().then_some(axis)
    }

    fn runs_along(&self, _: usize, axis: usize) -> Option<usize> {
        Some(axis)
    }

    fn longest(&self, input: usize, out: &[usize], shapes: &[Shape]) -> Shape {
        let shape = shapes.get(input).cloned().unwrap_or_default();
        let lens = out.iter().zip(shape).enumerate().map(|(axis, (len, n))| {
            let Some(o) = self.along(axis) else { return *len };
            let most = len.saturating_add(o.before + o.after);
            match o.boundary {
                Boundary::Periodic if self.excess(o) == 0 => n,
                _ => most.min(n),
            }
        });
        lens.collect()
    }

    /// The inputs continued beyond the ends, one of them before and after, and what the function
    /// makes of them.
    fn scratch(&self, out: &[usize], inputs: &[LazyArray], _: bool) -> usize {
        let lens = out.iter().enumerate().map(|(axis, len)| {
            self.along(axis).map_or(*len, |o| len.saturating_add(o.before + o.after))
        });
        let cells = lens.fold(1usize, usize::saturating_mul);
        let sizes = || inputs.iter().map(|i| i.dtype().planned_size());
        let each = sizes().sum::<usize>() + sizes().max().unwrap_or(0);
        cells.saturating_mul(each.saturating_add(self.dtype.planned_size()))
    }
}

/// The operation that [`BlockOp::form`] told of; `inputs` hold both ends of closed axes.
#[cfg(feature = "wire")]
pub(super) fn again(
    function: BlockFn,
    inputs: &[LazyArray],
    dtype: DType,
    overlaps: Vec<Overlap>,
    closed: Vec<usize>,
) -> Result<LazyArray> {
    let first = inputs.first().ok_or_else(|| Error::corrupt("map_overlap of no array"))?;
    let axes: Vec<usize> = overlaps.iter().map(|o| o.axis).collect();
    crate::expr::check_axes(&axes, first.ndim())?;
    for o in &overlaps {
        let long = o.before.checked_add(o.after).filter(|n| *n <= isize::MAX as usize / 8);
        let n = first.shape().get(o.axis).copied().unwrap_or(0);
        let fits = match (closed.contains(&o.axis), long) {
            (_, None) => false,
            (true, Some(long)) => o.boundary == Boundary::Periodic && n >= long,
            (false, Some(_)) => inputs.iter().all(|i| o.check(i).is_ok()),
        };
        let value = match &o.boundary {
            Boundary::Constant(value) => inputs.iter().all(|i| *i.dtype() == value.dtype()),
            _ => true,
        };
        if !fits || !value {
            return Err(Error::corrupt("an overlap that its inputs do not have"));
        }
    }
    LazyArray::block(Arc::new(MapOverlap { function, dtype, overlaps, closed }), inputs)
}

impl LazyArray {
    /// Calls a function with blocks and as many elements around them as `overlaps` say (along
    /// axes that are not named, none). It gives elements of `dtype`, for all that it was given
    /// or for the block alone. Each element must depend on nothing beyond its overlap: blocks
    /// are cut where it suits.
    ///
    /// ```
    /// use graticule_array::{Array, DType, Pick, Selection, ZipOp};
    /// use graticule_lazy::{BlockFn, Boundary, LazyArray, Overlap, Session};
    /// let x = LazyArray::constant(Array::from_vec([4], vec![1i64, 4, 9, 16])?);
    /// let next = BlockFn::new("next", |parts| {
    ///     let n = parts[0].len();
    ///     let later = parts[0].select(&Selection::new([Pick::span(1, n - 1)]))?;
    ///     let now = parts[0].select(&Selection::new([Pick::span(0, n - 1)]))?;
    ///     ZipOp::Sub.apply(&later, &now)
    /// });
    /// let around = Overlap { axis: 0, before: 0, after: 1, boundary: Boundary::Periodic };
    /// let steps = LazyArray::map_overlap(next, &[x], DType::I64, &[around])?;
    /// assert_eq!(Session::default().compute(&[steps])?[0].to_flat::<i64>()?, [3, 5, 7, -15]);
    /// # Ok::<(), graticule_array::Error>(())
    /// ```
    ///
    /// # Errors
    /// If there is no input, shapes differ, axes do not exist or occur twice, or an axis is
    /// shorter than what it is to be continued by.
    pub fn map_overlap(
        function: BlockFn,
        inputs: &[Self],
        dtype: DType,
        overlaps: &[Overlap],
    ) -> Result<Self> {
        let first = inputs.first().ok_or_else(|| Error::invalid("map_overlap of no array"))?;
        let axes: Vec<usize> = overlaps.iter().map(|o| o.axis).collect();
        crate::expr::check_axes(&axes, first.ndim())?;
        let overlaps: Vec<Overlap> =
            overlaps.iter().filter(|o| o.before > 0 || o.after > 0).cloned().collect();
        for (o, value) in overlaps.iter().filter_map(|o| match &o.boundary {
            Boundary::Constant(value) => Some((o, value)),
            _ => None,
        }) {
            if let Some(other) = inputs.iter().find(|i| *i.dtype() != value.dtype()) {
                return Err(Error::mismatch(format!(
                    "a boundary of {} along axis {} does not continue an array of {}",
                    value.dtype(),
                    o.axis,
                    other.dtype()
                )));
            }
        }
        // All inputs go round in the same way, however each is cut.
        let closing = |o: &&Overlap| inputs.iter().any(|i| o.is_closed(i));
        let closed: Vec<usize> = overlaps.iter().filter(closing).map(|o| o.axis).collect();
        let mut continued = Vec::with_capacity(inputs.len());
        for input in inputs {
            let mut x = input.clone();
            for o in &overlaps {
                o.check(&x)?;
                if closed.contains(&o.axis) {
                    x = o.close(&x)?;
                }
            }
            continued.push(x);
        }
        Self::block(Arc::new(MapOverlap { function, dtype, overlaps, closed }), &continued)
    }
}
