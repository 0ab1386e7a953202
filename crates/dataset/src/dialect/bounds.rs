//! Bounds of cells in one form.

use graticule_array::{Pick, Result, Selection, ZipOp};

use super::Word;
use super::broadcast::spread;
use super::longitudes::{follow, own_dim};
use super::vocabulary::CELLS;
use super::work::{Work, same_data};
use crate::dims::Dims;
use crate::name::Name;
use crate::variable::Variable;
use crate::verbs::eager;

pub(super) fn parse(work: &mut Work<'_>) -> Result<()> {
    for (coord, bounds, vertices) in CELLS {
        for word in [Some(bounds), vertices].into_iter().flatten() {
            untimed(work, coord, word)?;
            shaped(work, coord, word)?;
        }
        if matches!(coord, Word::Lat | Word::Lon) {
            if coord == Word::Lon {
                follow(work, Word::LonBounds)?;
                follow(work, Word::LonVertices)?;
            }
            sorted(work, bounds)?;
        }
    }
    Ok(())
}

/// Takes the first of the times that bounds do not depend on.
fn untimed(work: &mut Work<'_>, coord: Word, word: Word) -> Result<()> {
    let (Some((_, middle)), Some((name, var))) = (work.var(coord), work.var(word)) else {
        return Ok(());
    };
    let time = work.name(Word::Time);
    let Some(axis) = var.axis(&time).filter(|_| !middle.dims().has(&time)) else { return Ok(()) };
    if var.size_of(&time) == Some(0) {
        work.left(format!("{name} has no time to take"));
        return Ok(());
    }
    let data = var.data().select(&Selection::all(var.shape()).with(axis, Pick::At(0)))?;
    let made = var.changed(var.dims().without(std::slice::from_ref(&time)), data)?;
    work.put(&name, made)?;
    work.changed(format!("{name} of the first {time}"));
    Ok(())
}

/// The dimensions of the coordinate, then that of ends or corners.
fn shaped(work: &mut Work<'_>, coord: Word, word: Word) -> Result<()> {
    let (Some((_, middle)), Some((name, var))) = (work.var(coord), work.var(word)) else {
        return Ok(());
    };
    let Some(ends) = own_dim(&var, &middle) else { return Ok(()) };
    let dims = middle.dims().union(&Dims::from(&ends));
    if *var.dims() == dims || !var.dims().iter().all(|d| dims.has(d)) {
        return Ok(());
    }
    let order: Vec<&Name> = dims.iter().collect();
    let made =
        if var.ndim() == dims.len() { var.transposed(&dims)? } else { spread(work, &var, &order)? };
    work.put(&name, made)?;
    work.changed(format!("{name} over ({dims})"));
    Ok(())
}

/// Pairs with the lower end first.
fn sorted(work: &mut Work<'_>, word: Word) -> Result<()> {
    let Some((name, var)) = work.var(word) else { return Ok(()) };
    let bnds = work.name(Word::Bnds);
    let pairs = var.dims().last() == Some(&bnds) && var.shape().last() == Some(&2);
    if !pairs || !var.dtype().is_real() {
        return Ok(());
    }
    let (low, high) = (end(&var, 0)?, end(&var, 1)?);
    let made = stacked(&[low.zipped(ZipOp::Min, &high)?, low.zipped(ZipOp::Max, &high)?], &bnds)?;
    if same_data(made.data(), var.data()) {
        return Ok(());
    }
    let sorted = var.changed(var.dims().clone(), made.data().clone())?;
    work.put(&name, sorted)?;
    work.revalued(&made, format!("{name} with the lower end first"));
    Ok(())
}

/// One position along the last dimension.
pub(super) fn end(var: &Variable, at: usize) -> Result<Variable> {
    let axis = var.ndim().saturating_sub(1);
    let data = var.data().select(&Selection::all(var.shape()).with(axis, Pick::At(at)))?;
    let dims: Dims = var.dims().iter().take(axis).collect();
    var.changed(dims, data)
}

/// Variables of the same dimensions along a new last one.
pub(super) fn stacked(parts: &[Variable], dim: &Name) -> Result<Variable> {
    let mut each = Vec::with_capacity(parts.len());
    let mut dims = Dims::from(dim);
    for part in parts {
        dims = part.dims().union(&Dims::from(dim));
        let shape: Vec<usize> = part.shape().iter().copied().chain([1]).collect();
        each.push(part.spread(&dims, &shape)?);
    }
    let axis = dims.len().saturating_sub(1);
    Variable::new(dims, eager::concat(&each, axis)?)
}
