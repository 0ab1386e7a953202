//! Bringing two operands together: dimensions, indexes and coordinates must agree exactly.

use std::sync::Arc;

use graticule_array::{Array, Error, Result};

use crate::attrs::Attrs;
use crate::combine::{AlignOptions, Problems, align_sets, labels};
use crate::data_array::{DataArray, MAIN};
use crate::dataset::{Dataset, Parts};
use crate::dims::Dims;
use crate::name::Name;
use crate::variable::Variable;

/// Checks that two datasets agree on every dimension they share: same length, and same labels
/// where both have them.
///
/// # Errors
/// All dimensions on which they do not, each with both lengths, the first differing labels and
/// the largest difference.
pub(crate) fn check_exact(a: &Dataset, b: &Dataset) -> Result<()> {
    let mut problems = Problems::default();
    for (dim, n) in a.sizes() {
        let Some(m) = b.size_of(dim) else { continue };
        if let (Some(left), Some(right)) = (a.index(dim), b.index(dim)) {
            if same_index(a, b, dim) {
                continue;
            }
            if let Some(difference) = left.difference(&**right) {
                let lengths =
                    if n == m { format!(" (lengths {n} and {m})") } else { String::new() };
                let advice = match (left.labels(), right.labels()) {
                    (Some(x), Some(y)) if labels::rounding(x, y).is_some() => {
                        format!("{}, by with_join(..)", labels::advice(x, y))
                    }
                    _ => "with_join(Join::Inner) takes the labels they share, Join::Outer all"
                        .to_owned(),
                };
                problems.push(
                    Error::mismatch(format!(
                        "the operands do not align along \"{dim}\"{lengths}: {difference}"
                    ))
                    .hint(advice),
                );
                continue;
            }
        }
        if n != m {
            problems.push(
                Error::mismatch(format!(
                    "the operands do not align along \"{dim}\": lengths are {n} and {m}"
                ))
                .hint("select the same part of both, or give both labels along it"),
            );
        }
    }
    problems.into_alone("the operands do not align")
}

/// Both operands with the labels that one of them asks for by
/// [`with_join`](crate::Dataset::with_join), or the session; `None` if none does.
pub(crate) fn joined(a: &Dataset, b: &Dataset) -> Result<Option<(Dataset, Dataset)>> {
    let Some(options) = join_of(a, b) else { return Ok(None) };
    let sides = ["the left operand".to_owned(), "the right operand".to_owned()];
    let made = align_sets(&[a.clone(), b.clone()], &sides, &options)?;
    match <[Dataset; 2]>::try_from(made) {
        Ok([left, right]) => Ok(Some((left, right))),
        Err(_) => Err(Error::bug("two operands were aligned to another number")),
    }
}

/// The same for arrays.
pub(crate) fn joined_arrays(
    a: &DataArray,
    b: &DataArray,
) -> Result<Option<(DataArray, DataArray)>> {
    let with = |of: &DataArray, set| DataArray { set, name: of.name.clone() };
    Ok(joined(&a.set, &b.set)?.map(|(left, right)| (with(a, left), with(b, right))))
}

/// What arithmetic of two datasets was told of labels: by either, else by the session.
pub(crate) fn join_of(a: &Dataset, b: &Dataset) -> Option<Arc<AlignOptions>> {
    let own = a.0.join.as_ref().or(b.0.join.as_ref());
    let session = || {
        let session = a.0.session.as_ref().or(b.0.session.as_ref())?;
        session.setting::<AlignOptions>()
    };
    own.cloned().or_else(session)
}

fn same_index(a: &Dataset, b: &Dataset, dim: &str) -> bool {
    match (a.variable(dim), b.variable(dim)) {
        (Some(x), Some(y)) => x.is_same(y),
        _ => false,
    }
}

/// The coordinates of two aligned operands, without data variables. Attributes of the datasets
/// are combined; session and trail are the left one's.
///
/// Of a coordinate that both have, an indexed one wins over another, equal ones stay, and ones
/// that differ are left out. Coordinates that are not in memory count as equal if dimensions,
/// dtype and attributes are: comparing them would read data.
pub(crate) fn merged_coords(a: &Dataset, b: &Dataset) -> Result<Parts> {
    check_exact(a, b)?;
    let mut parts = a.0.emptied();
    parts.attrs = merged_attrs(&a.0.attrs, &b.0.attrs);
    if parts.session.is_none() {
        parts.session = b.0.session.clone();
    }
    parts.strict |= b.0.strict;
    if !b.0.history.losses.is_empty() {
        std::sync::Arc::make_mut(&mut parts.history).losses.extend(&b.0.history.losses);
    }
    for (name, mine) in a.coord_vars() {
        match b.variable(name).filter(|_| b.is_coord(name)) {
            Some(theirs) => {
                let (left, right) = (a.index(name).is_some(), b.index(name).is_some());
                if right && !left {
                    parts.adopt(name, theirs.clone(), &b.0)?;
                } else if left || agree(mine, theirs) {
                    parts.adopt(name, mine.clone(), &a.0)?;
                }
            }
            None => parts.adopt(name, mine.clone(), &a.0)?,
        }
    }
    for (name, theirs) in b.coord_vars() {
        if !a.is_coord(name) && (!a.has(name) || name == MAIN) {
            parts.adopt(name, theirs.clone(), &b.0)?;
        }
    }
    Ok(parts)
}

/// The attributes of both without those that differ.
pub(crate) fn merged_attrs(a: &Attrs, b: &Attrs) -> Attrs {
    a.merged(b)
}

/// Whether two coordinates hold the same values, as far as can be told without reading.
fn agree(a: &Variable, b: &Variable) -> bool {
    if a.is_same(b) {
        return true;
    }
    if a.dims() != b.dims() || a.shape() != b.shape() {
        return false;
    }
    match (a.in_memory(), b.in_memory()) {
        (Some(x), Some(y)) => equal_values(x, y),
        _ => a.data().id() == b.data().id() || (a.dtype() == b.dtype() && a.attrs() == b.attrs()),
    }
}

/// Whether two arrays hold the same values; missing ones equal each other.
pub(crate) fn equal_values(a: &Array, b: &Array) -> bool {
    if a == b {
        return true;
    }
    if a.shape() != b.shape() {
        return false;
    }
    let n = a.len();
    let (Ok(x), Ok(y)) = (a.reshape(&[n]), b.reshape(&[n])) else { return false };
    match (crate::index::LabelIndex::new(&x), crate::index::LabelIndex::new(&y)) {
        (Some(left), Some(right)) => crate::index::Index::difference(&left, &right).is_none(),
        _ => false,
    }
}

/// Dimensions of both, in order of first appearance, and their lengths.
///
/// # Errors
/// If a shared dimension has two lengths.
pub(crate) fn common_shape(vars: &[&Variable]) -> Result<(Dims, Vec<usize>)> {
    let dims = vars.iter().fold(Dims::none(), |dims, v| dims.union(v.dims()));
    let mut shape = Vec::with_capacity(dims.len());
    for dim in &dims {
        let mut lengths = vars.iter().filter_map(|v| v.size_of(dim));
        let first = lengths.next().unwrap_or(1);
        if let Some(other) = lengths.find(|n| *n != first) {
            return Err(Error::mismatch(format!(
                "dimension \"{dim}\" has the lengths {first} and {other}"
            )));
        }
        shape.push(first);
    }
    Ok((dims, shape))
}

/// Which names only one of two lists has.
pub(crate) fn only_in<'a>(
    a: impl Iterator<Item = &'a Name>,
    has: impl Fn(&Name) -> bool,
) -> Vec<String> {
    a.filter(|n| !has(n)).map(|n| format!("\"{n}\"")).collect()
}
