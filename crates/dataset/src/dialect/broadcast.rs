//! Longitudes and latitudes over both horizontal dimensions.

use graticule_array::Result;

use super::Word;
use super::work::Work;
use crate::dims::Dims;
use crate::name::Name;
use crate::variable::Variable;

pub(super) fn lon_lat(work: &mut Work<'_>) -> Result<()> {
    let (Some(y), Some(x)) = (work.dim(Word::Y), work.dim(Word::X)) else { return Ok(()) };
    for word in [Word::Lat, Word::Lon] {
        let Some((name, var)) = work.var(word) else { continue };
        let own = var.dims();
        let flat = matches!(&**own, [d] if *d == x || *d == y);
        let turned = own.same_set(&[y.clone(), x.clone()].into_iter().collect());
        if !(flat || turned) || **own == [y.clone(), x.clone()] {
            continue;
        }
        let made = spread(work, &var, &[&y, &x])?;
        work.put(&name, made)?;
        work.changed(format!("{name} over ({y}, {x})"));
    }
    Ok(())
}

/// A variable over these dimensions of the dataset and then those it has besides.
pub(super) fn spread(work: &Work<'_>, var: &Variable, dims: &[&Name]) -> Result<Variable> {
    let dims: Dims = dims.iter().copied().collect::<Dims>().union(var.dims());
    let size = |d: &Name| work.set.size_of(d).or_else(|| var.size_of(d)).unwrap_or(1);
    let shape: Vec<usize> = dims.iter().map(size).collect();
    let data = var.spread(&dims, &shape)?;
    var.changed(dims, data)
}
