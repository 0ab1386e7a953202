//! Positions point by point: several dimensions give way to those of the points.

use std::sync::Arc;

use graticule_array::{Array, Error, Pick, Result, Selection};
use graticule_lazy::LazyArray;

use crate::data_array::DataArray;
use crate::dataset::{Dataset, in_variable};
use crate::dims::Dims;
use crate::name::Name;
use crate::variable::Variable;
use crate::verbs::eager;

/// Positions along one dimension, over the dimensions that take its place.
#[derive(Clone, Debug)]
pub(crate) struct Points {
    pub(crate) dim: Name,
    pub(crate) dims: Dims,
    pub(crate) shape: Vec<usize>,
    /// Row-major over `shape`.
    pub(crate) at: Arc<[usize]>,
}

impl Points {
    /// The positions over more dimensions, row-major.
    fn spread(&self, dims: &Dims, shape: &[usize]) -> Result<Arc<[usize]>> {
        if *dims == self.dims {
            return Ok(self.at.clone());
        }
        spread_list(&self.at, &self.dims, &self.shape, dims, shape).map(Into::into)
    }
}

/// More points, or cells of a mask, are not made.
const MOST: usize = 1 << 32;

/// The number of points of a shape.
///
/// # Errors
/// If there are more than a list of positions should hold.
pub(crate) fn count(shape: &[usize]) -> Result<usize> {
    let n = shape.iter().try_fold(1usize, |n, l| n.checked_mul(*l)).filter(|n| *n <= MOST);
    n.ok_or_else(|| Error::over_budget(format!("{shape:?} positions are too many to list")))
}

/// A row-major list over some dimensions, repeated over more.
pub(super) fn spread_list<T: Clone>(
    list: &[T],
    own: &Dims,
    lens: &[usize],
    dims: &Dims,
    shape: &[usize],
) -> Result<Vec<T>> {
    let n = count(shape)?;
    // The step in `list` for one step along each axis of `shape`.
    let mut strides = vec![0usize; shape.len()];
    let mut stride = 1usize;
    for (dim, len) in own.iter().zip(lens).rev() {
        if let Some(s) = dims.axis(dim).and_then(|a| strides.get_mut(a)) {
            *s = stride;
        }
        stride = stride.saturating_mul(*len);
    }
    let at = |mut k: usize| {
        let mut offset = 0;
        for (len, stride) in shape.iter().zip(&strides).rev() {
            offset += (k % len) * stride;
            k /= len;
        }
        offset
    };
    let lost = || Error::bug("points beyond their list");
    (0..n).map(|k| list.get(at(k)).cloned().ok_or_else(lost)).collect()
}

/// The dimensions of all points in order of appearance, and their lengths.
///
/// # Errors
/// If a dimension has two lengths.
pub(super) fn common<'a>(
    all: impl Iterator<Item = (&'a Dims, &'a [usize])>,
) -> Result<(Dims, Vec<usize>)> {
    let (mut dims, mut shape) = (Dims::none(), Vec::new());
    for (own, lens) in all {
        for (dim, len) in own.iter().zip(lens) {
            match dims.axis(dim).and_then(|a| shape.get(a)) {
                None => {
                    dims = dims.union(&Dims::from(dim));
                    shape.push(*len);
                }
                Some(known) if known != len => {
                    return Err(Error::mismatch(format!(
                        "the points have the lengths {known} and {len} along \"{dim}\""
                    )));
                }
                Some(_) => {}
            }
        }
    }
    Ok((dims, shape))
}

impl Variable {
    /// The elements at these points; the variable itself if it has none of their dimensions.
    ///
    /// Each dimension of the points stands where the first dimension that gives way to it was.
    pub(crate) fn gathered(&self, by: &[Points]) -> Result<Self> {
        let mut own: Vec<Points> = by.iter().filter(|p| self.dims().has(&p.dim)).cloned().collect();
        if own.is_empty() {
            return Ok(self.clone());
        }
        let (dims, shape) = common(own.iter().map(|p| (&p.dims, p.shape.as_slice())))?;
        // A dimension that the points share with the variable runs along with them.
        for (dim, len) in dims.iter().zip(&shape) {
            let picked = own.iter().any(|p| p.dim == *dim);
            match self.size_of(dim).filter(|_| !picked) {
                Some(n) if n != *len => {
                    return Err(Error::mismatch(format!(
                        "the points have the length {len} along \"{dim}\", the data {n}"
                    )));
                }
                Some(n) => own.push(Points {
                    dim: dim.clone(),
                    dims: Dims::from(dim),
                    shape: vec![n],
                    at: (0..n).collect(),
                }),
                None => {}
            }
        }
        own.sort_by_key(|p| self.axis(&p.dim));
        let order = self.dims().iter().fold(Dims::none(), |order, dim| {
            match own.iter().find(|p| p.dim == *dim) {
                Some(points) => order.union(&points.dims),
                None => order.union(&Dims::from(dim)),
            }
        });
        let (mut data, mut names) = (self.data().clone(), self.dims().clone());
        for group in connected(own) {
            (data, names) = pick_group(&data, &names, &group)?;
        }
        let axes: Vec<usize> = order.iter().filter_map(|d| names.axis(d)).collect();
        let data = data.permute(&axes)?;
        let encoding = self.encoding().after_reshape();
        self.clone().with_encoding(encoding).with_dims_data(order, data)
    }
}

/// Points that share dimensions, directly or by way of others, in groups.
fn connected(points: Vec<Points>) -> Vec<Vec<Points>> {
    let mut groups: Vec<Vec<Points>> = Vec::new();
    for own in points {
        let linked = |group: &Vec<Points>| {
            group.iter().any(|other| other.dims.iter().any(|d| own.dims.has(d)))
        };
        let (with, without): (Vec<_>, Vec<_>) = groups.into_iter().partition(linked);
        let mut group: Vec<Points> = with.into_iter().flatten().collect();
        group.push(own);
        groups = without;
        groups.push(group);
    }
    groups
}

/// The elements at points of one group; their dimensions stand where the first one was.
fn pick_group(data: &LazyArray, dims: &Dims, group: &[Points]) -> Result<(LazyArray, Dims)> {
    let mut group: Vec<&Points> = group.iter().collect();
    group.sort_by_key(|p| dims.axis(&p.dim));
    let (fresh, shape) = common(group.iter().map(|p| (&p.dims, p.shape.as_slice())))?;
    let axes: Vec<usize> = group.iter().filter_map(|p| dims.axis(&p.dim)).collect();
    let first = axes.first().copied().unwrap_or(0);
    let lists = group.iter().map(|p| p.spread(&fresh, &shape)).collect::<Result<Vec<_>>>()?;
    let data = pick_points(data, &axes, &lists, &shape)?;
    let mut names: Vec<Name> = Vec::new();
    for (axis, dim) in dims.iter().enumerate() {
        if axis == first {
            names.extend(fresh.iter().cloned());
        }
        if !axes.contains(&axis) {
            names.push(dim.clone());
        }
    }
    Ok((data, names.into_iter().collect()))
}

/// The elements at points: along the first of `axes` stand the axes of `shape`, the others go.
fn pick_points(
    data: &LazyArray,
    axes: &[usize],
    lists: &[Arc<[usize]>],
    shape: &[usize],
) -> Result<LazyArray> {
    let first = axes.first().copied().unwrap_or(0);
    let picked = match (axes, lists) {
        ([axis], [list]) => {
            let pick = match (shape, list.first()) {
                ([], Some(at)) => Pick::At(*at),
                _ => Pick::List(list.clone()),
            };
            data.select(&Selection::all(data.shape()).with(*axis, pick))?
        }
        _ => {
            let picked = eager::gather(data, axes, lists)?;
            if shape.is_empty() {
                let one = Selection::all(picked.shape()).with(first, Pick::At(0));
                return picked.select(&one);
            }
            picked
        }
    };
    if shape.len() > 1 { eager::split_axis(&picked, first, shape) } else { Ok(picked) }
}

impl Dataset {
    /// Every variable at these points. Positions where `missing` (over `dims` of the points) is
    /// true become missing. Coordinates of `from` come along unless there are such already.
    pub(crate) fn gathered(
        &self,
        by: &[Points],
        missing: Option<&Variable>,
        from: &[&DataArray],
    ) -> Result<Self> {
        if let ([one], None) = (by, missing)
            && *one.dims == [one.dim.clone()]
        {
            return self.picked(&one.dim, &Pick::List(one.at.clone()))?.with_coords_of(from);
        }
        common(by.iter().map(|p| (&p.dims, p.shape.as_slice())))?;
        let mut parts = self.0.emptied();
        for (name, var) in &self.0.vars {
            let mut taken = var.gathered(by).map_err(|e| in_variable(e, name))?;
            if let Some(missing) = missing
                && by.iter().any(|p| var.dims().has(&p.dim))
            {
                let there = missing.mapped(graticule_array::MapOp::Not)?;
                taken = crate::verbs::where_::or_missing(&taken, &there)
                    .map_err(|e| in_variable(e, name))?;
            }
            parts.adopt(name, taken, &self.0)?;
        }
        for joint in &self.0.joints {
            let along: Vec<&Points> = by.iter().filter(|p| joint.dims.has(&p.dim)).collect();
            let [points] = along.as_slice() else {
                if !along.is_empty() {
                    parts.note_dropped(joint);
                }
                continue;
            };
            let list = Pick::List(points.at.clone());
            match (&*points.dims, joint.picked(&points.dim, &list), missing) {
                ([dim], Some(made), None) => {
                    let old = points.dim.clone();
                    parts.put_joint(
                        made.renamed(
                            Name::clone,
                            |d| if *d == old { dim.clone() } else { d.clone() },
                        ),
                    );
                }
                _ => parts.note_dropped(joint),
            }
        }
        Self(Arc::new(parts)).with_coords_of(from)
    }

    /// The coordinates of arrays, where there are none of that name.
    fn with_coords_of(self, arrays: &[&DataArray]) -> Result<Self> {
        let mut made = self;
        for array in arrays {
            for (name, var) in array.set.coord_vars() {
                if !made.has(name) {
                    Arc::make_mut(&mut made.0).adopt(name, var.clone(), &array.set.0)?;
                }
            }
        }
        Ok(made)
    }
}

/// The values of an array that says where to select.
///
/// # Errors
/// Its fault, or that it is not in memory.
pub(super) fn in_memory(array: &DataArray) -> Result<&Array> {
    array.set.sound()?;
    let var = array
        .set
        .variable(crate::data_array::MAIN)
        .ok_or_else(|| Error::bug("an array without its variable"))?;
    var.in_memory().ok_or_else(|| {
        Error::invalid(format!(
            "the array \"{}\" to select by is not in memory",
            array.name().unwrap_or_default()
        ))
        .hint("compute() it first")
    })
}
