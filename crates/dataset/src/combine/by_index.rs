//! Alignment by the rules of indexes of one's own, which may find other labels the same.

use std::any::Any;
use std::borrow::Cow;
use std::sync::Arc;

use graticule_array::{Array, Error, Pick, Result, Selection};

use super::align::rule;
use super::losses::Losses;
use super::options::{AlignOptions, FillValues, Join};
use super::place::Target;
use crate::dataset::Dataset;
use crate::index::{Index, LabelIndex, MultiIndex, RangeIndex};
use crate::name::Name;
use crate::variable::Variable;

/// Where each joined label stands in an object; `None` where all stand in their places.
type Places = Option<Vec<Option<usize>>>;

/// Whether labels are compared by rules of the index's own: one of another kind than those whose
/// labels are compared as they are.
fn has_rules(index: &dyn Index) -> bool {
    let any = index as &dyn Any;
    !(any.is::<LabelIndex>() || any.is::<RangeIndex>() || any.is::<MultiIndex>())
}

/// Aligns objects whose indexes of a dimension have rules of their own and know how to join;
/// `false` if they do not.
///
/// # Errors
/// If the labels differ and have to be the same.
pub(super) fn along(
    sets: &mut [Cow<'_, Dataset>],
    losses: &mut [Losses],
    origins: &[String],
    having: &[usize],
    dim: &Name,
    options: &AlignOptions,
) -> Result<bool> {
    let found: Option<Vec<(usize, Arc<dyn Index>)>> =
        having.iter().map(|at| Some((*at, sets.get(*at)?.index(dim)?.clone()))).collect();
    let Some(found) = found.filter(|_| options.tolerance.is_none()) else { return Ok(false) };
    let Some(((_, first), rest)) = found.split_first() else { return Ok(false) };
    if rest.is_empty() || found.iter().any(|(_, i)| !has_rules(&**i) || i.kind() != first.kind()) {
        return Ok(false);
    }
    if rest.iter().all(|(_, other)| first.equals(&**other)) {
        return Ok(true);
    }
    if matches!(options.join, Join::Exact | Join::Override) {
        return Ok(false);
    }
    let mut whole = first.clone();
    let mut places: Vec<Places> = vec![None];
    for (_, other) in rest {
        // An index that cannot join leaves it to its labels.
        let Ok(joined) = whole.join(&**other, options.join) else { return Ok(false) };
        if let Some(left) = &joined.left {
            for known in &mut places {
                *known = Some(match known {
                    None => left.clone(),
                    Some(known) => {
                        left.iter().map(|at| known.get((*at)?).copied().flatten()).collect()
                    }
                });
            }
        }
        places.push(joined.right);
        whole = joined.index.unwrap_or(whole);
    }
    let labels = labels(sets, &found, &places, dim)?;
    for ((at, _), places) in found.iter().zip(&places) {
        let Some(places) = places else { continue };
        let places: Arc<[Option<usize>]> = places.clone().into();
        let target = Target {
            dim,
            labels: &labels,
            places: Some(&places),
            fill: &options.fill,
            origin: origins.get(*at).map_or("?", String::as_str),
            rule: rule(options.join),
        };
        if let (Some(set), Some(losses)) = (sets.get_mut(*at), losses.get_mut(*at)) {
            let mut made = set.placed(&target, losses)?;
            Arc::make_mut(&mut made.0).indexes.insert(dim.clone(), whole.clone());
            *set = Cow::Owned(made);
        }
    }
    Ok(true)
}

/// The joined labels: of each, as the first object that has it writes it.
fn labels(
    sets: &[Cow<'_, Dataset>],
    found: &[(usize, Arc<dyn Index>)],
    places: &[Places],
    dim: &Name,
) -> Result<Array> {
    let mut all = Vec::with_capacity(found.len());
    let mut starts = vec![0usize];
    for (at, index) in found {
        let own = sets.get(*at).and_then(|s| s.variable(dim)).and_then(Variable::in_memory);
        let own = index.labels().or(own).ok_or_else(|| {
            Error::unsupported(format!("joining \"{dim}\", whose labels are not in memory"))
                .hint("load them first")
        })?;
        starts.push(starts.last().copied().unwrap_or(0) + own.len());
        all.push(own.clone());
    }
    let count = places.iter().flatten().map(Vec::len).next();
    let count = count.unwrap_or_else(|| all.first().map_or(0, Array::len));
    let one = |label: usize| {
        places.iter().zip(&starts).find_map(|(places, start)| match places {
            None => Some(start + label),
            Some(places) => places.get(label).copied().flatten().map(|at| start + at),
        })
    };
    let picks: Option<Vec<usize>> = (0..count).map(one).collect();
    let picks = picks.ok_or_else(|| {
        Error::invalid(format!("the join of \"{dim}\" has labels that no object has"))
    })?;
    Array::concat(&all, 0)?.select(&Selection::new([Pick::List(picks.into())]))
}

/// A dataset with the labels of another along a dimension, where both have indexes of one kind
/// that finds labels by rules of its own.
///
/// # Errors
/// If something cannot be placed.
pub(super) fn reindexed(
    set: &Dataset,
    other: &Dataset,
    dim: &Name,
    fill: &FillValues,
) -> Result<Option<Dataset>> {
    let (Some(own), Some(wanted)) = (set.index(dim), other.index(dim)) else { return Ok(None) };
    if !has_rules(&**own) || own.kind() != wanted.kind() {
        return Ok(None);
    }
    let listed = other.variable(dim).and_then(Variable::in_memory);
    let (Some(labels), Ok(places)) = (wanted.labels().or(listed), own.reindex_like(&**wanted))
    else {
        return Ok(None);
    };
    let places: Arc<[Option<usize>]> = places.into();
    let (origin, rule) = ("the dataset", "reindex");
    let target = Target { dim, labels, places: Some(&places), fill, origin, rule };
    // Asked for by name: no loss.
    let mut made = set.placed(&target, &mut Losses::default())?;
    Arc::make_mut(&mut made.0).indexes.insert(dim.clone(), wanted.clone());
    Ok(Some(made))
}
