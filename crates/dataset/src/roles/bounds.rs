//! Bounds travel with their coordinate: into arrays, and through reductions, which extend them.

use std::sync::Arc;

use graticule_array::{
    DType, MapOp, Pick, ReduceParams, Result, Scalar, Selection, ZipOp, reduction,
};
use graticule_lazy::LazyArray;

use super::related;
use crate::dataset::Dataset;
use crate::dims::Dims;
use crate::name::Name;
use crate::variable::Variable;

/// The attributes that name bounds.
pub(crate) const BOUNDS_ATTRS: [&str; 2] = ["bounds", "climatology"];

/// The bounds of a coordinate, if they are coordinates too (as `decode_coords` makes them on
/// request).
pub(crate) fn bounds_of<'a>(
    set: &'a Dataset,
    coord: &'a Variable,
) -> Option<(&'a Name, &'a Variable)> {
    let name = BOUNDS_ATTRS.iter().find_map(|a| related(coord, a))?.trim();
    let (name, var) = set.0.vars.get_key_value(name)?;
    let fits = set.is_coord(name) && var.ndim() == coord.ndim() + 1;
    (fits && coord.dims().iter().all(|d| var.dims().has(d))).then_some((name, var))
}

/// The bounds of the coordinates that an array over some dimensions has.
pub(crate) fn attached<'a>(set: &'a Dataset, dims: &'a Dims) -> Vec<(&'a Name, &'a Variable)> {
    let coords = set.coord_vars().filter(|(_, c)| c.dims().iter().all(|d| dims.has(d)));
    coords.filter_map(|(_, coord)| bounds_of(set, coord)).collect()
}

/// The bounds of a coordinate of one dimension that are intervals: its dimension and one of two
/// vertices, of a type with an order.
pub(crate) fn intervals<'a>(
    set: &'a Dataset,
    coord: &'a Variable,
) -> Option<(&'a Name, &'a Variable)> {
    let [dim] = &**coord.dims() else { return None };
    let (name, bounds) = bounds_of(set, coord)?;
    let ordered = bounds.dtype().is_real() || matches!(bounds.dtype(), DType::Time(_));
    let pairs = bounds.ndim() == 2 && bounds.shape().last() == Some(&2);
    (ordered && pairs && bounds.dims().first() == Some(dim)).then_some((name, bounds))
}

/// What remains of a coordinate with bounds when its dimension is reduced: the middle of the
/// whole interval, and the interval.
///
/// # Errors
/// If the bounds are of a type without order.
pub(crate) fn collapsed(
    set: &Dataset,
    name: &Name,
    coord: &Variable,
    over: &Dims,
) -> Result<Vec<(Name, Variable)>> {
    let Some((bounds_name, bounds)) = intervals(set, coord) else { return Ok(Vec::new()) };
    let ([dim], Some(vertex)) = (&**coord.dims(), bounds.dims().last()) else {
        return Ok(Vec::new());
    };
    if !over.has(dim) {
        return Ok(Vec::new());
    }
    let extent = extent(bounds.data())?;
    let middle = middle(&extent, coord.dtype())?;
    let point = coord.changed(Dims::none(), middle)?;
    let mut encoding = point.encoding().clone();
    for attr in BOUNDS_ATTRS {
        if let Some(value) = coord.encoding().extra.get(attr) {
            encoding.extra.set(attr, value.clone());
        }
    }
    let point = point.with_encoding(encoding);
    let [low, high] = extent.map(|end| end.broadcast(&[None], &[1]));
    let both = LazyArray::concat(&[low?, high?], 0)?;
    let whole = bounds.changed(Dims::from(vertex), both)?;
    Ok(vec![(name.clone(), point), (bounds_name.clone(), whole)])
}

/// The lowest and the highest of all bounds, without axes.
fn extent(bounds: &LazyArray) -> Result<[LazyArray; 2]> {
    let axes: Vec<usize> = (0..bounds.ndim()).collect();
    let end = |name: &str| -> Result<LazyArray> {
        let by: Arc<_> = reduction(name, &ReduceParams::default())?;
        bounds.reduce(by, &axes)
    };
    Ok([end("min")?, end("max")?])
}

/// The middle of an interval: `low + (high - low) / 2`.
///
/// # Errors
/// If the ends are of a type that cannot be subtracted.
pub(crate) fn middle([low, high]: &[LazyArray; 2], dtype: &DType) -> Result<LazyArray> {
    let width = high.zip(ZipOp::Sub, low)?;
    let half = if width.dtype().is_temporal() {
        width.map(MapOp::with(ZipOp::FloorDiv, Scalar::I64(2), false, width.dtype())?)?
    } else {
        width.map(MapOp::with(ZipOp::Mul, Scalar::F64(0.5), false, width.dtype())?)?
    };
    let made = low.zip(ZipOp::Add, &half)?;
    if dtype.is_float() && made.dtype() != dtype {
        return made.map(MapOp::Cast(dtype.clone()));
    }
    Ok(made)
}

/// Whether a coordinate bounds another one.
pub(crate) fn are_bounds(set: &Dataset, name: &str) -> bool {
    set.coord_vars().any(|(_, coord)| bounds_of(set, coord).is_some_and(|(n, _)| n == name))
}

/// Bounds of blocks: those of several cells, which lie along the dimensions `over`, as one.
///
/// # Errors
/// If the bounds are of a type without order.
pub(crate) fn united(cells: &Variable, over: &Dims) -> Result<Variable> {
    let kept = cells.dims().without(over);
    let gone: Vec<usize> = over.iter().filter_map(|d| cells.axis(d)).collect();
    let end = |name: &str| -> Result<LazyArray> {
        cells.data().reduce(reduction(name, &ReduceParams::default())?, &gone)
    };
    let (low, high) = (end("min")?, end("max")?);
    let axis = kept.len().saturating_sub(1);
    // Vertex by vertex where there are more than two, as those of polygons have no union.
    if low.shape().last() != Some(&2) {
        return cells.changed(kept, low);
    }
    let ends = |data: &LazyArray, at: usize| -> Result<LazyArray> {
        let one =
            Selection::all(data.shape()).with(axis, Pick::Range { start: at, step: 1, len: 1 });
        data.select(&one)
    };
    // Cells of a falling coordinate begin at their higher end.
    let first = ends(&low, 0)?.zip(ZipOp::Min, &ends(&low, 1)?)?;
    let last = ends(&high, 0)?.zip(ZipOp::Max, &ends(&high, 1)?)?;
    cells.changed(kept, LazyArray::concat(&[first, last], axis)?)
}
