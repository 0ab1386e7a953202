//! Labels and order of dimensions.

use graticule_array::Result;

use super::Word;
use super::rename::is_of_cells;
use super::work::Work;
use crate::build::arange;
use crate::dims::Dims;
use crate::name::Name;
use crate::variable::Variable;

/// Dimensions longer than this get no labels: they are no axes.
const LONGEST: usize = 1 << 26;

pub(super) fn promote(work: &mut Work<'_>) -> Result<()> {
    let bare: Vec<(Name, usize)> = work
        .set
        .sizes()
        .filter(|(dim, _)| {
            !work.set.has(dim) && !is_of_cells(work.words, dim) && work.set.index(dim).is_none()
        })
        .map(|(dim, n)| (dim.clone(), n))
        .collect();
    for (dim, n) in bare {
        let Some(end) = i64::try_from(n).ok().filter(|_| n <= LONGEST) else {
            work.left(format!("{dim} has {n} positions"));
            continue;
        };
        work.put(&dim, Variable::new(dim.clone(), arange(0i64, end, 1))?)?;
        work.changed(format!("{dim} from 0 to {}", end.saturating_sub(1)));
    }
    Ok(())
}

/// The order of CF 2.4; others come before.
const ORDER: [Word; 7] =
    [Word::Time, Word::Lev, Word::Plev, Word::Y, Word::X, Word::Bnds, Word::Vertex];

pub(super) fn order(work: &mut Work<'_>) -> Result<()> {
    let ranks: Vec<Name> = ORDER.iter().map(|w| work.name(*w)).collect();
    let rank = |dim: &Name| ranks.iter().position(|d| d == dim).map_or(0, |at| at + 1);
    let mut turned = Vec::new();
    let made = work.set.map_vars(|name, var| {
        let mut dims: Vec<Name> = var.dims().to_vec();
        dims.sort_by_key(rank);
        if *dims == **var.dims() {
            return Ok(Some(var.clone()));
        }
        turned.push(format!("{name} ({})", Dims::from(dims.clone())));
        var.transposed(&dims.into()).map(Some)
    })?;
    if !turned.is_empty() {
        work.set = made;
        work.changed(turned.join(", "));
    }
    Ok(())
}
