//! Labels of dimensions that are not concatenated.

use graticule_array::{Error, Result};
use graticule_lazy::LazyArray;
use indexmap::IndexSet;

use super::align::rule;
use super::labels::{Joined, Labels, Places, join_labels};
use super::losses::{LossKind, Losses};
use super::options::AlignOptions;
use super::piece::{Part, Piece};
use super::place::place;
use super::problems::Problems;
use super::values::same_values;
use crate::name::Name;

/// Makes all pieces agree on every dimension but `along`. Gives the dimensions on which they do
/// not agree; the reasons are among the problems.
pub(super) fn align(
    pieces: &mut [Piece],
    along: &[Name],
    options: &AlignOptions,
    losses: &mut Losses,
    problems: &mut Problems,
) -> IndexSet<Name> {
    let mut dims: IndexSet<Name> = IndexSet::new();
    for piece in pieces.iter() {
        dims.extend(piece.dims().into_iter().filter(|d| !along.contains(d)));
    }
    let mut clashing = IndexSet::new();
    for dim in dims {
        if !clashes(pieces, &dim) {
            continue;
        }
        if let Err(why) = resolve(pieces, &dim, options, losses) {
            problems.push(why);
            clashing.insert(dim);
        }
    }
    clashing
}

/// Whether some pieces disagree about a dimension.
fn clashes(pieces: &[Piece], dim: &Name) -> bool {
    let mut having = pieces.iter().filter(|p| p.size_of(dim).is_some());
    let Some(first) = having.next() else { return false };
    let (labels, len) = (first.labels(dim).and_then(Part::in_memory), first.size_of(dim));
    having.any(|other| {
        let others = other.labels(dim).and_then(Part::in_memory);
        other.size_of(dim) != len
            || match (labels, others) {
                (Some(a), Some(b)) => !std::ptr::eq(a, b) && !same_values(a, b),
                _ => false,
            }
    })
}

fn resolve(
    pieces: &mut [Piece],
    dim: &Name,
    options: &AlignOptions,
    losses: &mut Losses,
) -> Result<()> {
    let having: Vec<usize> = (0..pieces.len())
        .filter(|i| pieces.get(*i).is_some_and(|p| p.size_of(dim).is_some()))
        .collect();
    let labels = |at: &usize| -> Option<Labels<'_>> {
        let piece = pieces.get(*at)?;
        Some((&*piece.origin, piece.labels(dim).and_then(Part::in_memory)?))
    };
    let labelled: Vec<usize> = having.iter().copied().filter(|i| labels(i).is_some()).collect();
    let all: Vec<Labels<'_>> = labelled.iter().filter_map(labels).collect();
    let joined = join_labels(dim, &all, options.join, options.tolerance)?;
    let size = |at: usize| pieces.get(at).and_then(|p| p.size_of(dim)).unwrap_or(0);
    let origin = |at: usize| pieces.get(at).map_or("?", |p| &*p.origin);
    let model = labelled.first().or(having.first()).copied().unwrap_or(0);
    let len = joined.as_ref().map_or_else(|| size(model), |j| j.labels.len());
    let bare = having.iter().find(|at| !labelled.contains(at) && size(**at) != len);
    if let Some(at) = bare {
        return Err(Error::mismatch(format!(
            "dimension \"{dim}\" has the length {len} in {} and {} in {}",
            origin(model),
            size(*at),
            origin(*at)
        )));
    }
    let Some(joined) = joined else { return Ok(()) };
    for (at, places) in labelled.iter().zip(&joined.places) {
        if let Some(piece) = pieces.get_mut(*at) {
            apply(piece, dim, &joined, places.as_ref(), options, losses)?;
        }
    }
    Ok(())
}

fn apply(
    piece: &mut Piece,
    dim: &Name,
    joined: &Joined,
    places: Option<&Places>,
    options: &AlignOptions,
    losses: &mut Losses,
) -> Result<()> {
    if places.is_none() && !joined.renamed {
        return Ok(());
    }
    let rule = rule(options.join);
    let own = piece.labels(dim).and_then(Part::in_memory).cloned();
    if let (Some(own), None) = (&own, places)
        && !same_values(own, &joined.labels)
    {
        losses.add(LossKind::ReplacedLabels, dim.as_str(), rule, &piece.origin, own.len());
    }
    if let (Some(own), Some(places)) = (&own, places) {
        let kept = places.iter().flatten().count();
        let dropped = own.len().saturating_sub(kept);
        losses.add(LossKind::DroppedLabels, dim.as_str(), rule, &piece.origin, dropped);
    }
    let holes = places.map_or(0, |p| p.iter().filter(|p| p.is_none()).count());
    let parts = std::mem::take(&mut piece.parts);
    let mut moved = Vec::with_capacity(parts.len());
    for part in parts {
        if *part.name() == *dim {
            moved.push(part.with_data(LazyArray::constant(joined.labels.clone())));
            continue;
        }
        let (Some(axis), Some(places)) = (part.meta.dims.axis(dim), places) else {
            moved.push(part);
            continue;
        };
        let fill = options.fill.of(part.name(), piece.coords.contains(part.name()));
        let data = place(&part.lazy()?, axis, places, fill)
            .map_err(|e| e.in_variable(part.name().as_str()).in_file(&*piece.origin))?;
        if holes > 0 {
            let row = data.len() / places.len().max(1);
            let cells = row.saturating_mul(holes);
            losses.add(LossKind::FilledCells, part.name().as_str(), rule, &piece.origin, cells);
        }
        moved.push(part.with_data(data));
    }
    piece.parts = moved;
    Ok(())
}
