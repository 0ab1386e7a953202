//! A function of the user on blocks and what lies around them.

use std::sync::Arc;

use graticule_array::{
    Array, ChunkGrid, DType, Error, Pick, Region, Result, Scalar, Selection, Shape,
};

use super::{BlockFn, BlockOp, line::HALO_SHARE};
use crate::expr::LazyArray;
use crate::plan::group;

/// What lies beyond the ends of an axis.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
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
    /// The array with what lies beyond its ends.
    fn pad(&self, x: &LazyArray) -> Result<LazyArray> {
        let n = x.shape().get(self.axis).copied().unwrap_or(0);
        let span = |start: usize, len: usize| {
            x.select(&Selection::all(x.shape()).with(self.axis, Pick::span(start, len)))
        };
        let (before, after) = match &self.boundary {
            Boundary::None => return Ok(x.clone()),
            Boundary::Constant(value) => {
                let make = |len: usize| {
                    let mut shape = x.shape().to_vec();
                    if let Some(to) = shape.get_mut(self.axis) {
                        *to = len;
                    }
                    let mut one = Array::zeros(x.dtype(), &[])?;
                    one.view_mut().fill(value)?;
                    LazyArray::constant(one).broadcast(&vec![None; shape.len()], &shape)
                };
                (make(self.before)?, make(self.after)?)
            }
            _ if self.before.max(self.after) > 0 && n == 0 => {
                return Err(Error::invalid(format!("axis {} has no element to repeat", self.axis)));
            }
            Boundary::Nearest => {
                let make = |at: usize, len: usize| {
                    let all = Selection::all(x.shape());
                    x.select(&all.with(self.axis, Pick::List(vec![at; len].into())))
                };
                (make(0, self.before)?, make(n.saturating_sub(1), self.after)?)
            }
            Boundary::Reflect | Boundary::Periodic if self.before.max(self.after) > n => {
                return Err(Error::invalid(format!(
                    "an overlap of {} and {} along axis {} is more than its {n} elements",
                    self.before, self.after, self.axis
                )));
            }
            Boundary::Periodic => (span(n - self.before, self.before)?, span(0, self.after)?),
            Boundary::Reflect => {
                let back = |start: usize, len: usize| {
                    let all = Selection::all(x.shape());
                    let pick = match len {
                        0 => Pick::span(0, 0),
                        _ => Pick::Range { start, step: -1, len },
                    };
                    x.select(&all.with(self.axis, pick))
                };
                (
                    back(self.before.saturating_sub(1), self.before)?,
                    back(n.saturating_sub(1), self.after)?,
                )
            }
        };
        LazyArray::concat(&[before, x.clone(), after], self.axis)
    }

    /// Whether the input was made longer.
    fn is_padded(&self) -> bool {
        self.boundary != Boundary::None
    }

    /// Which stretch of the input a stretch of the result needs, given the input's length.
    fn reach(&self, start: usize, len: usize, n: usize) -> (usize, usize) {
        let (low, high) = if self.is_padded() {
            (start, start.saturating_add(len + self.before + self.after))
        } else {
            (start.saturating_sub(self.before), start.saturating_add(len + self.after))
        };
        (low, high.min(n) - low)
    }

    /// How much of what is needed lies before the stretch itself.
    fn lead(&self, start: usize) -> usize {
        if self.is_padded() { self.before } else { self.before.min(start) }
    }
}

#[derive(Clone, Debug)]
struct MapOverlap {
    function: BlockFn,
    dtype: DType,
    overlaps: Vec<Overlap>,
}

impl MapOverlap {
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
            let own = match o.is_padded() {
                true => dim.select(&Pick::span(o.before, dim.len() - o.before - o.after)),
                false => dim.clone(),
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
            let (start, len) = self.along(axis).map_or((start, len), |o| o.reach(start, len, *n));
            region.start.push(start);
            region.len.push(len);
        }
        Ok(region)
    }

    fn apply(&self, out: &Region, parts: &[Array], _: &[Shape]) -> Result<Array> {
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

    fn longest(&self, input: usize, out: &[usize], shapes: &[Shape]) -> Shape {
        let shape = shapes.get(input).cloned().unwrap_or_default();
        let lens = out.iter().zip(shape).enumerate().map(|(axis, (len, n))| {
            self.along(axis).map_or(*len, |o| (len + o.before + o.after).min(n))
        });
        lens.collect()
    }

    /// What the function makes of everything that it is given.
    fn scratch(&self, out: &[usize], shapes: &[Shape]) -> usize {
        let lens = self.longest(0, out, shapes);
        lens.iter().fold(self.dtype.planned_size(), |n, l| n.saturating_mul(*l))
    }
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
        let pad = |x: &Self| overlaps.iter().try_fold(x.clone(), |x, o| o.pad(&x));
        let padded = inputs.iter().map(pad).collect::<Result<Vec<_>>>()?;
        Self::block(Arc::new(MapOverlap { function, dtype, overlaps }), &padded)
    }
}
