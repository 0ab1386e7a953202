//! Labels of dimensions that are not concatenated.

use std::cmp::Ordering;

use graticule_array::{Array, DType, Error, Pick, Result, Selection};
use graticule_lazy::LazyArray;

use super::options::Join;
use super::piece::{Part, Piece};
use super::problems::Problems;
use super::values::{Key, keys, rounding, same_values};
use crate::name::Name;

/// Makes all pieces agree on every dimension but `along`.
///
/// # Errors
/// All at once: labels or lengths that differ and that `join` does not bring together.
pub(super) fn align(pieces: Vec<Piece>, along: &[Name], join: Join) -> Result<Vec<Piece>> {
    let mut dims: Vec<Name> = Vec::new();
    for piece in &pieces {
        let fresh = |d: &Name| !along.contains(d) && !dims.contains(d);
        let new: Vec<Name> = piece.dims().into_iter().filter(fresh).collect();
        dims.extend(new);
    }
    let mut problems = Problems::default();
    let mut pieces = pieces;
    for dim in dims {
        let Some(clash) = first_clash(&pieces, &dim) else { continue };
        match resolve(&pieces, &dim, join, &clash) {
            Ok(Some(target)) if join == Join::Override => relabel_all(&mut pieces, &dim, &target),
            Ok(Some(target)) => pieces = reindex_all(pieces, &dim, &target)?,
            Ok(None) => {}
            Err(why) => problems.push(why),
        }
    }
    problems.into_result("while combining")?;
    Ok(pieces)
}

/// The first two pieces that disagree about a dimension.
fn first_clash(pieces: &[Piece], dim: &Name) -> Option<(usize, usize)> {
    let mut having = pieces.iter().enumerate().filter(|(_, p)| p.size_of(dim).is_some());
    let (at, first) = having.next()?;
    let (labels, len) = (first.labels(dim).and_then(Part::in_memory), first.size_of(dim));
    let differs = |other: &Piece| {
        let others = other.labels(dim).and_then(Part::in_memory);
        other.size_of(dim) != len
            || match (labels, others) {
                (Some(a), Some(b)) => !same_values(a, b),
                _ => false,
            }
    };
    having.find(|(_, p)| differs(p)).map(|(other, _)| (at, other))
}

fn resolve(
    pieces: &[Piece],
    dim: &Name,
    join: Join,
    clash: &(usize, usize),
) -> Result<Option<Array>> {
    let (Some(a), Some(b)) = (pieces.get(clash.0), pieces.get(clash.1)) else { return Ok(None) };
    let (n, m) = (a.size_of(dim).unwrap_or(0), b.size_of(dim).unwrap_or(0));
    let labelled = |p: &Piece| p.size_of(dim).is_none() || p.labels(dim).is_some();
    if !pieces.iter().all(labelled) || (join == Join::Override && n != m) {
        return Err(Error::mismatch(format!(
            "dimension \"{dim}\" has the length {n} in {} and {m} in {}",
            a.origin, b.origin
        )));
    }
    let labels = |p: &Piece| p.labels(dim).and_then(Part::in_memory).cloned();
    match join {
        Join::Override => Ok(labels(a)),
        Join::Exact => {
            let error = Error::mismatch(format!(
                "the labels of \"{dim}\" differ between {} ({n}) and {} ({m})",
                a.origin, b.origin
            ));
            let apart = labels(a).zip(labels(b)).and_then(|(x, y)| rounding(&x, &y));
            Err(match apart {
                Some(d) => error.hint(format!(
                    "they differ by {d:e} at most: Join::Override takes the first file's"
                )),
                None => error.hint("Join::Outer takes the union, Join::Inner what all have"),
            })
        }
        Join::Outer | Join::Inner => {
            let all: Vec<Array> = pieces.iter().filter_map(labels).collect();
            joined_labels(&all, join == Join::Outer).map(Some).map_err(|e| e.in_variable(&**dim))
        }
    }
}

/// Union or intersection of labels, in rising order (or falling, if all fall).
fn joined_labels(all: &[Array], union: bool) -> Result<Array> {
    let dtype = all
        .iter()
        .skip(1)
        .try_fold(all.first().map_or(DType::F64, |a| a.dtype().clone()), |common, a| {
            graticule_array::promote(&common, a.dtype())
        })?;
    let all = all.iter().map(|a| a.cast(&dtype)).collect::<Result<Vec<_>>>()?;
    let whole = Array::concat(&all, 0)?;
    let keys = keys(&whole)?;
    let mut order: Vec<usize> = (0..keys.len()).collect();
    let compare = |a: &usize, b: &usize| {
        keys.get(*a).zip(keys.get(*b)).and_then(|(a, b)| a.compare(b)).unwrap_or(Ordering::Equal)
    };
    order.sort_by(compare);
    let mut runs: Vec<(usize, usize)> = Vec::new();
    for at in order {
        match runs.last_mut() {
            Some((first, n)) if compare(first, &at) == Ordering::Equal => *n += 1,
            _ => runs.push((at, 1)),
        }
    }
    let kept = runs.into_iter().filter(|(_, n)| union || *n == all.len()).map(|(at, _)| at);
    let picks: Vec<usize> = kept.collect();
    whole.select(&Selection::new([Pick::List(picks.into())]))
}

fn relabel_all(pieces: &mut [Piece], dim: &Name, target: &Array) {
    for piece in pieces {
        for part in piece.parts.iter_mut().filter(|p| p.name() == dim) {
            *part = part.with_data(LazyArray::constant(target.clone()));
        }
    }
}

fn reindex_all(pieces: Vec<Piece>, dim: &Name, target: &Array) -> Result<Vec<Piece>> {
    let wanted = keys(target)?;
    pieces
        .into_iter()
        .map(|mut piece| {
            let Some(own) = piece.labels(dim).and_then(Part::in_memory) else { return Ok(piece) };
            let positions = positions(&keys(own)?, &wanted);
            let parts = std::mem::take(&mut piece.parts);
            let moved = parts.into_iter().map(|part| {
                if *part.name() == *dim {
                    return Ok(part.with_data(LazyArray::constant(target.clone())));
                }
                reindex(&part, dim, &positions).map_err(|e| e.in_variable(part.name().as_str()))
            });
            piece.parts = moved.collect::<Result<_>>()?;
            Ok(piece)
        })
        .collect()
}

/// Where each wanted label stands among the own; `None` where it does not.
fn positions(own: &[Key], wanted: &[Key]) -> Vec<Option<usize>> {
    let mut order: Vec<usize> = (0..own.len()).collect();
    let compare = |a: &Key, b: &Key| -> Ordering { a.compare(b).unwrap_or(Ordering::Equal) };
    order.sort_by(|a, b| {
        own.get(*a).zip(own.get(*b)).map_or(Ordering::Equal, |(a, b)| compare(a, b))
    });
    let find = |key: &Key| -> Option<usize> {
        let at = order
            .binary_search_by(|i| own.get(*i).map_or(Ordering::Less, |own| compare(own, key)))
            .ok()?;
        order.get(at).copied()
    };
    wanted.iter().map(find).collect()
}

/// The variable at these positions of a dimension, missing where there is none.
fn reindex(part: &Part, dim: &Name, positions: &[Option<usize>]) -> Result<Part> {
    let Some(axis) = part.meta.dims.axis(dim) else { return Ok(part.clone()) };
    if positions.iter().enumerate().all(|(i, p)| *p == Some(i))
        && part.shape().get(axis) == Some(&positions.len())
    {
        return Ok(part.clone());
    }
    let mut data = part.lazy()?;
    let len = data.shape().get(axis).copied().unwrap_or(0);
    if positions.contains(&None) {
        data = with_missing_row(&data, axis)?;
    }
    let picks: Vec<usize> = positions.iter().map(|p| p.unwrap_or(len)).collect();
    let picked = Selection::all(data.shape()).with(axis, Pick::List(picks.into()));
    Ok(part.with_data(data.select(&picked)?))
}

/// The array with one more index along an axis, where all is missing.
pub(crate) fn with_missing_row(data: &LazyArray, axis: usize) -> Result<LazyArray> {
    let dtype = data.dtype().with_missing();
    let data = super::concat::cast(data.clone(), &dtype)?;
    let mut shape = data.shape().to_vec();
    if let Some(n) = shape.get_mut(axis) {
        *n = 1;
    }
    if let Some(values) = data.as_constant() {
        let both = [values.clone(), Array::missing(&dtype, &shape)?];
        return Ok(LazyArray::constant(Array::concat(&both, axis)?));
    }
    LazyArray::concat(&[data, missing(&dtype, &shape)?], axis)
}

/// Missing values of a type; repeated lazily, so that they take no memory.
pub(super) fn missing(dtype: &DType, shape: &[usize]) -> Result<LazyArray> {
    let one = LazyArray::constant(Array::missing(dtype, &[])?);
    one.broadcast(&vec![None; shape.len()], shape)
}
