//! Operations on arrays, done at once where all input is in memory and small.
//!
//! Coordinates and scalars stay in memory that way; no data is ever read here.

use std::sync::Arc;

use graticule_array::{
    Array, DType, MapOp, Pick, Reduction, Result, Selection, ZipOp, choose as choose_arrays,
};
use graticule_lazy::LazyArray;

/// Results up to this many bytes are computed at once.
const SMALL: usize = 64 * 1024;

/// Both arrays, if they are in memory and small.
fn small<'a>(a: &'a LazyArray, b: &'a LazyArray) -> Option<(&'a Array, &'a Array)> {
    let (x, y) = (a.as_constant()?, b.as_constant()?);
    (x.len().saturating_mul(16) <= SMALL).then_some((x, y))
}

pub(crate) fn map(data: &LazyArray, op: MapOp) -> Result<LazyArray> {
    match small(data, data) {
        Some((array, _)) => Ok(LazyArray::constant(op.apply(array)?)),
        None => data.map(op),
    }
}

pub(crate) fn zip(op: ZipOp, a: &LazyArray, b: &LazyArray) -> Result<LazyArray> {
    match small(a, b) {
        Some((x, y)) => Ok(LazyArray::constant(op.apply(x, y)?)),
        None => a.zip(op, b),
    }
}

pub(crate) fn choose(cond: &LazyArray, yes: &LazyArray, no: &LazyArray) -> Result<LazyArray> {
    match (small(yes, no), cond.as_constant()) {
        (Some((y, n)), Some(c)) => Ok(LazyArray::constant(choose_arrays(c, y, n)?)),
        _ => LazyArray::choose(cond, yes, no),
    }
}

pub(crate) fn reduce(
    data: &LazyArray,
    reduction: Arc<dyn Reduction>,
    axes: &[usize],
) -> Result<LazyArray> {
    data.reduce(reduction, axes)
}

/// Arrays of one type, one after the other along an axis. Labels in memory stay in memory.
pub(crate) fn concat(parts: &[LazyArray], axis: usize) -> Result<LazyArray> {
    let held: Option<Vec<Array>> = parts.iter().map(|p| p.as_constant().cloned()).collect();
    let bytes = parts.iter().map(LazyArray::bytes).fold(0, usize::saturating_add);
    match held {
        Some(held) if bytes <= SMALL || parts.iter().all(|p| p.ndim() == 1) => {
            Ok(LazyArray::constant(Array::concat(&held, axis)?))
        }
        _ => LazyArray::concat(parts, axis),
    }
}

/// The elements in another type.
pub(crate) fn cast(data: &LazyArray, dtype: &DType) -> Result<LazyArray> {
    if data.dtype() == dtype { Ok(data.clone()) } else { map(data, MapOp::Cast(dtype.clone())) }
}

/// The picked positions of one axis.
pub(crate) fn pick(data: &LazyArray, axis: usize, pick: Pick) -> Result<LazyArray> {
    data.select(&Selection::all(data.shape()).with(axis, pick))
}

/// The array seen under more dimensions: output axis `i` runs along its axis `axes[i]`, or
/// repeats it.
pub(crate) fn broadcast(
    data: &LazyArray,
    axes: &[Option<usize>],
    shape: &[usize],
) -> Result<LazyArray> {
    let here = axes.iter().enumerate().all(|(i, a)| *a == Some(i));
    if here && shape == data.shape() {
        return Ok(data.clone());
    }
    let n: usize = shape.iter().fold(16, |n, l| n.saturating_mul(*l));
    match data.as_constant() {
        Some(array) if n <= SMALL => {
            let flat = array.spread(axes, shape, 0..n / 16)?;
            Ok(LazyArray::constant(flat.reshape(shape)?))
        }
        _ => data.broadcast(axes, shape),
    }
}

/// Several axes from `first` on as one.
pub(crate) fn merge_axes(data: &LazyArray, first: usize, count: usize) -> Result<LazyArray> {
    let Some(array) = data.as_constant() else { return data.merge_axes(first, count) };
    let shape = array.shape();
    let merged = shape.iter().skip(first).take(count).fold(1usize, |n, l| n.saturating_mul(*l));
    let before = shape.iter().take(first).copied();
    let after = shape.iter().skip(first + count).copied();
    let lens: Vec<usize> = before.chain([merged]).chain(after).collect();
    Ok(LazyArray::constant(array.reshape(&lens)?))
}

/// One axis as several.
pub(crate) fn split_axis(data: &LazyArray, axis: usize, lens: &[usize]) -> Result<LazyArray> {
    let Some(array) = data.as_constant() else { return data.split_axis(axis, lens) };
    let shape = array.shape();
    let before = shape.iter().take(axis).copied();
    let after = shape.iter().skip(axis + 1).copied();
    let lens: Vec<usize> = before.chain(lens.iter().copied()).chain(after).collect();
    Ok(LazyArray::constant(array.reshape(&lens)?))
}

/// The elements at points given by their positions along several axes, in rising order.
pub(crate) fn gather(
    data: &LazyArray,
    axes: &[usize],
    lists: &[Arc<[usize]>],
) -> Result<LazyArray> {
    let (Some(array), Some(first)) = (data.as_constant(), axes.first().copied()) else {
        let lists: Vec<Vec<usize>> = lists.iter().map(|l| l.to_vec()).collect();
        return data.gather(axes, &lists);
    };
    let rest: Vec<usize> = (0..array.ndim()).filter(|a| !axes.contains(a)).collect();
    let (before, after) = rest.split_at(rest.iter().filter(|a| **a < first).count());
    let order: Vec<usize> = before.iter().chain(axes).chain(after).copied().collect();
    let turned = LazyArray::constant(array.permute(&order)?);
    let merged = merge_axes(&turned, first, axes.len())?;
    let lens: Vec<usize> = axes.iter().filter_map(|a| array.shape().get(*a).copied()).collect();
    let n = lists.first().map_or(0, |l| l.len());
    let mut places = vec![0usize; n];
    for (list, len) in lists.iter().zip(&lens) {
        for (place, at) in places.iter_mut().zip(list.iter()) {
            *place = *place * len + at;
        }
    }
    let picks = Selection::all(merged.shape()).with(first, Pick::List(places.into()));
    merged.select(&picks)
}
