//! An array seen under a larger shape, tile by tile.

use std::ops::Range;

use ndarray::{ArrayViewD, Axis, IxDyn, Slice};

use crate::array::Array;
use crate::buffer::{Buffer, Shared, map_buffer};
use crate::error::{Error, Result};
use crate::region::Region;

impl Array {
    /// Elements `range`, in row-major order of `shape`, of this array seen under that shape, as
    /// an array of one axis: axis i of `shape` runs along axis `axes[i]` of the array, or repeats
    /// it if that is `None`. Every axis of the array is named once. Shares the storage where the
    /// elements lie in that order.
    ///
    /// ```
    /// use graticule_array::Array;
    /// let row = Array::from_vec(vec![3], vec![1i16, 2, 3])?;
    /// let tile = row.spread(&[None, Some(0)], &[4, 3], 2..7)?;
    /// assert_eq!(tile.to_flat::<i16>()?, [3, 1, 2, 3, 1]);
    /// # Ok::<(), graticule_array::Error>(())
    /// ```
    ///
    /// # Errors
    /// If the axes do not fit, or the range reaches beyond the shape.
    pub fn spread(
        &self,
        axes: &[Option<usize>],
        shape: &[usize],
        range: Range<usize>,
    ) -> Result<Self> {
        check(self.shape(), axes, shape, &range)?;
        if range.is_empty() {
            return self.flat(0..0);
        }
        if let Some(within) = self.direct(axes, shape, &range) {
            return self.flat(within);
        }
        let boxes = boxes(shape, &range);
        let item = usize::from(matches!(self.buffer(), Buffer::Raw(_)));
        let buffer = map_buffer!(self.buffer(), data => gather(data, axes, shape, item, &boxes)?);
        Ok(self.rewrap(buffer))
    }

    /// Whether pieces of the array seen under that shape, as [`spread`](Self::spread) gives them,
    /// are pieces of its storage if they do not reach beyond its end: leading axes repeat, the
    /// rest are the axes of the array in order.
    #[must_use]
    pub fn lies_under(&self, axes: &[Option<usize>], shape: &[usize]) -> bool {
        let lead = axes.iter().position(Option::is_some).unwrap_or(axes.len());
        let own = axes.get(lead..).unwrap_or_default();
        let in_order = own.iter().enumerate().all(|(i, axis)| *axis == Some(i));
        in_order
            && shape.get(lead..) == Some(self.shape())
            && crate::buffer::each_buffer!(self.buffer(), d => d.is_standard_layout())
    }

    /// Where the tile lies in this array, if it lies there in one piece and stays within one
    /// repetition.
    fn direct(
        &self,
        axes: &[Option<usize>],
        shape: &[usize],
        range: &Range<usize>,
    ) -> Option<Range<usize>> {
        if self.is_empty() || !self.lies_under(axes, shape) {
            return None;
        }
        let n = self.len();
        let start = range.start % n;
        (start + range.len() <= n).then(|| start..start + range.len())
    }
}

fn check(
    own: &[usize],
    axes: &[Option<usize>],
    shape: &[usize],
    range: &Range<usize>,
) -> Result<()> {
    let wrong = |why: &str| {
        Err(Error::invalid(format!(
            "an array of {own:?} cannot be seen under {shape:?} along {axes:?}: {why}"
        )))
    };
    if axes.len() != shape.len() {
        return wrong("as many axes as lengths are needed");
    }
    let mut named: Vec<usize> = axes.iter().flatten().copied().collect();
    named.sort_unstable();
    if named.iter().copied().ne(0..own.len()) {
        return wrong("each of its axes has to be named once");
    }
    if axes.iter().zip(shape).any(|(a, n)| a.is_some_and(|a| own.get(a) != Some(n))) {
        return wrong("the lengths differ");
    }
    let n = shape.iter().try_fold(1usize, |n, l| n.checked_mul(*l));
    if range.start > range.end || n.is_none_or(|n| range.end > n) {
        return wrong(&format!("the range {range:?} reaches beyond"));
    }
    Ok(())
}

/// Cuts a range of the row-major order into boxes, in order.
fn boxes(shape: &[usize], range: &Range<usize>) -> Vec<Region> {
    let mut out = Vec::new();
    let mut at = range.start;
    while at < range.end {
        // The outermost axis at which whole rows begin here and fit into what is left.
        let mut axis = shape.len();
        let mut size = 1;
        while axis > 0 {
            let length = shape.get(axis - 1).copied().unwrap_or(1);
            let whole = size * length;
            if !at.is_multiple_of(whole) || range.end - at < whole {
                break;
            }
            size = whole;
            axis -= 1;
        }
        let (index, mut region) = (index_of(shape, at), Region::whole(shape));
        let mut count = size;
        for (i, (start, len)) in region.start.iter_mut().zip(region.len.iter_mut()).enumerate() {
            if i < axis {
                *start = index.get(i).copied().unwrap_or(0);
                let room = len.saturating_sub(*start);
                *len = 1;
                if i + 1 == axis {
                    // As many of these as remain before the next row or the end.
                    *len = room.min((range.end - at) / size).max(1);
                    count = size * *len;
                }
            }
        }
        out.push(region);
        at += count;
    }
    out
}

fn index_of(shape: &[usize], at: usize) -> Vec<usize> {
    let mut rest = at;
    let mut index: Vec<usize> = shape
        .iter()
        .rev()
        .map(|n| {
            let i = rest % n;
            rest /= n;
            i
        })
        .collect();
    index.reverse();
    index
}

/// Copies boxes of the spread view, one after the other.
fn gather<T: Clone>(
    data: &Shared<T>,
    axes: &[Option<usize>],
    shape: &[usize],
    item: usize,
    boxes: &[Region],
) -> Result<Shared<T>> {
    let rank = data.ndim() - item;
    let order: Vec<usize> = axes.iter().flatten().copied().chain(rank..rank + item).collect();
    let mut view = data.view().permuted_axes(IxDyn(&order));
    let mut full = shape.to_vec();
    full.extend(data.shape().get(rank..).unwrap_or_default());
    for (i, axis) in axes.iter().enumerate() {
        if axis.is_none() {
            view = view.insert_axis(Axis(i));
        }
    }
    let spread = view
        .broadcast(IxDyn(&full))
        .ok_or_else(|| Error::bug(format!("{:?} does not spread to {shape:?}", data.shape())))?;
    let per_item = if item == 1 { data.shape().last().copied().unwrap_or(1) } else { 1 };
    let n: usize = boxes.iter().map(Region::count).sum();
    let mut out = Vec::with_capacity(n * per_item);
    for region in boxes {
        let mut part = spread.view();
        for (axis, (start, len)) in region.axes().enumerate() {
            part.slice_axis_inplace(Axis(axis), Slice::from(start..start + len));
        }
        copy(&part, &mut out);
    }
    let mut lengths = vec![n];
    if item == 1 {
        lengths.push(per_item);
    }
    ndarray::ArrayD::from_shape_vec(IxDyn(&lengths), out)
        .map(ndarray::ArrayBase::into_shared)
        .map_err(|_| Error::bug("the boxes of a tile do not fill it"))
}

/// Row by row where rows are pieces of memory or one element repeated.
fn copy<T: Clone>(part: &ArrayViewD<'_, T>, out: &mut Vec<T>) {
    if let Some(flat) = part.as_slice() {
        out.extend_from_slice(flat);
        return;
    }
    // Axes that lie one behind the other are one.
    let mut part = part.view();
    let inner = part.ndim().saturating_sub(1);
    for axis in (0..inner).rev() {
        if !part.merge_axes(Axis(axis), Axis(inner)) {
            break;
        }
    }
    let length = part.shape().last().copied().unwrap_or(1);
    let stride = part.strides().get(inner).copied().unwrap_or(1);
    if (stride == 1 || stride == 0) && length >= 8 {
        for row in part.rows() {
            match (row.as_slice(), row.first()) {
                (Some(row), _) => out.extend_from_slice(row),
                (None, Some(only)) => out.resize(out.len() + length, only.clone()),
                (None, None) => {}
            }
        }
        return;
    }
    part.iter().for_each(|x| out.push(x.clone()));
}

/// The elements in row-major order.
pub(crate) fn in_order<T: Clone>(view: &ArrayViewD<'_, T>) -> Vec<T> {
    let mut out = Vec::with_capacity(view.len());
    copy(view, &mut out);
    out
}
