//! Labels that several pieces have.

use std::cmp::Ordering;

use graticule_array::{Error, MapOp, Pick, Result, Selection, reduction};
use graticule_lazy::LazyArray;

use super::losses::{LossKind, Losses};
use super::options::Overlap;
use super::piece::{Part, Piece};
use super::values::keys;
use crate::name::Name;

/// Puts the labels of a concatenated piece in order, and keeps one of each.
///
/// # Errors
/// If the labels are not in memory or have no order, or values that cannot be averaged overlap.
pub(super) fn resolve(
    piece: &mut Piece,
    dim: &Name,
    rising: bool,
    overlap: Overlap,
    losses: &mut Losses,
) -> Result<()> {
    let labels = piece.labels(dim).and_then(Part::in_memory);
    let labels = labels.ok_or_else(|| Error::bug("labels that overlap are in memory"))?;
    let keys = keys(labels)?;
    let mut order: Vec<usize> = (0..keys.len()).collect();
    let rank = |a: &usize, b: &usize| match (keys.get(*a), keys.get(*b)) {
        (Some(a), Some(b)) if rising => a.rank(b),
        (Some(a), Some(b)) => b.rank(a),
        _ => Ordering::Equal,
    };
    order.sort_by(rank);
    // Groups of equal labels, members in the order given.
    let mut groups: Vec<Vec<usize>> = Vec::new();
    for at in order {
        match groups.last_mut() {
            Some(group) if group.first().is_some_and(|g| rank(g, &at).is_eq()) => group.push(at),
            _ => groups.push(vec![at]),
        }
    }
    let surplus = keys.len() - groups.len();
    let in_place = surplus == 0 && groups.iter().enumerate().all(|(i, g)| g.first() == Some(&i));
    if in_place {
        return Ok(());
    }
    let rule = match overlap {
        Overlap::KeepLast => "Overlap::KeepLast",
        Overlap::Average => "Overlap::Average",
        Overlap::KeepFirst | Overlap::Refuse => "Overlap::KeepFirst",
    };
    losses.add(LossKind::DroppedLabels, dim.as_str(), rule, &piece.origin, surplus);
    let kept = groups
        .iter()
        .filter_map(|g| if overlap == Overlap::KeepLast { g.last() } else { g.first() }.copied());
    let pick = Pick::List(kept.collect());
    let mut codes = vec![u32::MAX; keys.len()];
    for (code, group) in groups.iter().enumerate() {
        for at in group {
            if let (Some(slot), Ok(code)) = (codes.get_mut(*at), u32::try_from(code)) {
                *slot = code;
            }
        }
    }
    for part in &mut piece.parts {
        let Some(axis) = part.meta.dims.axis(dim) else { continue };
        let averaged = overlap == Overlap::Average && surplus > 0 && *part.name() != *dim;
        let data = part.lazy()?;
        let made = if averaged {
            average(&data, axis, &codes, groups.len())
        } else {
            data.select(&Selection::all(data.shape()).with(axis, pick.clone()))
        };
        *part = part.with_data(made.map_err(|e| e.in_variable(part.name().as_str()))?);
    }
    Ok(())
}

/// The mean over elements of one code, in the type of the elements if they are floats.
fn average(data: &LazyArray, axis: usize, codes: &[u32], n: usize) -> Result<LazyArray> {
    if !data.dtype().is_real() {
        return Err(Error::unsupported(format!("an average of {}", data.dtype()))
            .hint("Overlap::KeepFirst takes one of the values"));
    }
    let mean = reduction("mean", &Default::default())?;
    let made = data.reduce_grouped(mean, axis, codes.into(), n, &[])?;
    if data.dtype().is_float() && made.dtype() != data.dtype() {
        return made.map(MapOp::Cast(data.dtype().clone()));
    }
    Ok(made)
}
