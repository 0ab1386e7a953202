//! Pointwise picks: one index along each of several axes for each point.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use graticule_array::{Array, ChunkGrid, DimChunks, Error, Pick, Result, Selection};

use crate::expr::LazyArray;

/// Points of a block; more are computed in several.
const POINTS: usize = 1 << 20;

/// Picks of points: the axes vanish, one axis of points appears where the first of them was.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Gather {
    /// The axes, ascending.
    axes: Vec<usize>,
    /// The index of each point along each of the axes.
    indices: Vec<Arc<[usize]>>,
}

/// The points that lie in one chunk.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct GatherBox {
    /// Where the smallest box that holds them starts along each axis, and how long it is.
    spans: Vec<(usize, usize)>,
    /// Which points they are.
    pub(crate) places: Vec<usize>,
}

impl Gather {
    /// The number of points.
    pub(crate) fn count(&self) -> usize {
        self.indices.first().map_or(0, |i| i.len())
    }

    /// Where the axis of points lies in the result.
    pub(crate) fn place(&self) -> usize {
        self.axes.first().copied().unwrap_or(0)
    }

    /// The index of each point along each of the axes.
    #[cfg(feature = "wire")]
    pub(crate) fn indices(&self) -> &[Arc<[usize]>] {
        &self.indices
    }

    /// The axes that vanish.
    pub(crate) fn axes(&self) -> &[usize] {
        &self.axes
    }

    /// The grid of the result.
    pub(crate) fn grid(&self, input: &ChunkGrid) -> ChunkGrid {
        let others = input.dims().iter().enumerate().filter(|(a, _)| !self.axes.contains(a));
        let mut dims: Vec<DimChunks> = others.map(|(_, d)| d.clone()).collect();
        let count = self.count();
        dims.insert(self.place().min(dims.len()), DimChunks::even(count.clamp(1, POINTS), count));
        ChunkGrid::new(dims)
    }

    /// The points by the chunk that they lie in, in the order of the chunks.
    pub(crate) fn boxes(&self, grid: &ChunkGrid) -> Vec<GatherBox> {
        let dims: Vec<&DimChunks> = self.axes.iter().filter_map(|a| grid.dims().get(*a)).collect();
        let mut boxes: BTreeMap<Vec<usize>, GatherBox> = BTreeMap::new();
        let mut chunk = vec![0; dims.len()];
        for place in 0..self.count() {
            let at = || self.indices.iter().filter_map(|list| list.get(place).copied());
            for ((to, dim), i) in chunk.iter_mut().zip(&dims).zip(at()) {
                *to = dim.find(i);
            }
            if let Some(found) = boxes.get_mut(&chunk) {
                for ((start, len), i) in found.spans.iter_mut().zip(at()) {
                    let end = (*start + *len).max(i + 1);
                    *start = (*start).min(i);
                    *len = end - *start;
                }
                found.places.push(place);
            } else {
                let spans = at().map(|i| (i, 1)).collect();
                boxes.insert(chunk.clone(), GatherBox { spans, places: vec![place] });
            }
        }
        boxes.into_values().collect()
    }

    /// The points of a box, out of the array of that box.
    pub(crate) fn points(&self, array: &Array, piece: &GatherBox) -> Result<Array> {
        let ndim = array.ndim();
        let others: Vec<usize> = (0..ndim).filter(|a| !self.axes.contains(a)).collect();
        let order: Vec<usize> = self.axes.iter().chain(&others).copied().collect();
        let lens = |axes: &[usize]| -> Vec<usize> {
            axes.iter().filter_map(|a| array.shape().get(*a).copied()).collect()
        };
        let inside = lens(&self.axes);
        let mut flat = vec![inside.iter().product()];
        flat.extend(lens(&others));
        let rows = array.permute(&order)?.reshape(&flat)?;
        let numbers = piece.places.iter().map(|place| {
            let mut number = 0;
            let spans = piece.spans.iter().zip(&inside);
            for ((list, ((start, _), n)), _) in self.indices.iter().zip(spans).zip(&self.axes) {
                let i = list.get(*place).copied().unwrap_or(0);
                number = number * n + i.saturating_sub(*start);
            }
            number
        });
        let pick = Pick::List(numbers.collect());
        let picked = rows.select(&Selection::all(rows.shape()).with(0, pick))?;
        // The points came first: back to where they belong.
        let mut back: Vec<usize> = (1..flat.len()).collect();
        back.insert(self.place().min(back.len()), 0);
        picked.permute(&back)
    }

    /// A selection of the points of `input`, as points of a selection.
    pub(crate) fn select(&self, input: &LazyArray, selection: &Selection) -> Result<LazyArray> {
        let place = self.place();
        let lost = || Error::bug("an axis was lost");
        let points = selection.picks().get(place).ok_or_else(lost)?;
        let mut others = selection.picks().iter().enumerate().filter(|(a, _)| *a != place);
        let mut picks = Vec::with_capacity(input.ndim());
        let mut axes = Vec::with_capacity(self.axes.len());
        let mut stay = 0;
        for (axis, n) in input.shape().iter().enumerate() {
            if let Some(k) = self.axes.iter().position(|a| *a == axis) {
                let one = || self.indices.get(k).and_then(|list| list.get(points.get(0)?).copied());
                picks.push(match points {
                    Pick::At(_) => Pick::At(one().ok_or_else(lost)?),
                    _ => Pick::all(*n),
                });
                axes.push(stay);
                stay += 1;
                continue;
            }
            let (_, pick) = others.next().ok_or_else(lost)?;
            stay += usize::from(!matches!(pick, Pick::At(_)));
            picks.push(pick.clone());
        }
        let part = input.select(&Selection::new(picks))?;
        if matches!(points, Pick::At(_)) {
            return Ok(part);
        }
        let chosen = |list: &Arc<[usize]>| -> Arc<[usize]> {
            if *points == Pick::all(list.len()) {
                return list.clone();
            }
            let places = (0..points.len()).filter_map(|k| points.get(k));
            places.filter_map(|place| list.get(place).copied()).collect()
        };
        part.make_gather(Self { axes, indices: self.indices.iter().map(chosen).collect() })
    }
}

impl GatherBox {
    /// The box as a selection of the input.
    pub(crate) fn part(&self, shape: &[usize], gather: &Gather) -> Selection {
        let mut part = Selection::all(shape);
        for (axis, (start, len)) in gather.axes.iter().zip(&self.spans) {
            part = part.with(*axis, Pick::span(*start, *len));
        }
        part
    }
}

impl fmt::Display for Gather {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "gather {} points along {:?}", self.count(), self.axes)
    }
}

impl LazyArray {
    /// Pointwise picks: element `k` of the new axis is taken at `indices[0][k]` along `axes[0]`,
    /// at `indices[1][k]` along `axes[1]`, and so on. The axes vanish; the axis of points
    /// appears where the first of them was. Only chunks that hold points are read.
    ///
    /// ```
    /// use graticule_array::Array;
    /// use graticule_lazy::{LazyArray, Session};
    /// let x = LazyArray::constant(Array::from_vec([2, 3], vec![0i32, 1, 2, 10, 11, 12])?);
    /// let points = x.gather(&[0, 1], &[vec![1, 0], vec![2, 0]])?;
    /// let out = Session::default().compute(&[points])?;
    /// assert_eq!(out[0].to_flat::<i32>()?, [12, 0]);
    /// # Ok::<(), graticule_array::Error>(())
    /// ```
    ///
    /// # Errors
    /// If axes do not exist or occur twice, or indices are out of range or not as many for each.
    pub fn gather(&self, axes: &[usize], indices: &[Vec<usize>]) -> Result<Self> {
        crate::expr::check_axes(axes, self.ndim())?;
        let count = indices.first().map_or(0, Vec::len);
        if axes.is_empty() || indices.len() != axes.len() {
            return Err(Error::invalid(format!(
                "{} lists of indices for {} axes",
                indices.len(),
                axes.len()
            )));
        }
        let mut sorted: Vec<(usize, Arc<[usize]>)> = Vec::with_capacity(axes.len());
        for (axis, list) in axes.iter().zip(indices) {
            let n = self.shape().get(*axis).copied().unwrap_or(0);
            if list.len() != count {
                return Err(Error::mismatch(format!(
                    "{} indices along axis {axis}, but {count} points",
                    list.len()
                )));
            }
            if let Some(i) = list.iter().find(|i| **i >= n) {
                return Err(Error::invalid(format!(
                    "index {i} is out of range for axis {axis} of {:?}",
                    self.shape()
                )));
            }
            sorted.push((*axis, list.as_slice().into()));
        }
        sorted.sort_by_key(|(axis, _)| *axis);
        let (axes, indices) = sorted.into_iter().unzip();
        self.make_gather(Gather { axes, indices })
    }
}
