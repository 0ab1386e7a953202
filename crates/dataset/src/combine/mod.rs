//! Putting datasets together: along a dimension, or side by side.

mod concat;
mod join;
mod merge;
mod options;
mod order;
mod piece;
mod problems;
mod statics;
mod values;

#[cfg(test)]
mod tests;

use graticule_array::{Error, Result};
use graticule_lazy::Session;

use crate::dataset::Dataset;
use crate::name::Name;

pub use options::{Along, CombineOptions, Compat, DataVars, Join, Lacking};

pub(crate) use join::with_missing_row;
pub(crate) use piece::{Meta, Part, PartData, Piece};
pub(crate) use problems::Problems;
pub(crate) use values::same_values;

/// Puts datasets together as the options say: by the labels of their coordinates, or along a
/// dimension in the order given. Reads data only to compare variables that all datasets share.
///
/// ```
/// use graticule_dataset::{CombineOptions, Dataset, combine};
/// let part = |times: Vec<i32>, sst: Vec<f32>| {
///     Dataset::new().with_coord("time", "time", times).with_var("sst", "time", sst)
/// };
/// let late = part(vec![3, 4], vec![0.3, 0.4]);
/// let early = part(vec![1, 2], vec![0.1, 0.2]);
/// let all = combine(&[late, early], &CombineOptions::new())?;
/// assert_eq!(all["sst"].values::<f32>()?, [0.1, 0.2, 0.3, 0.4]);
/// # Ok::<(), graticule_array::Error>(())
/// ```
///
/// # Errors
/// If there are none, one carries a fault, or they do not go together; all reasons at once.
pub fn combine(sets: &[Dataset], options: &CombineOptions) -> Result<Dataset> {
    let mut pieces = Vec::with_capacity(sets.len());
    for (at, set) in sets.iter().enumerate() {
        let origin = match &set.encoding().origin {
            Some(file) => file.to_string(),
            None => format!("dataset {}", at + 1),
        };
        pieces.push(Piece::of(&set.clone().check()?, &origin));
    }
    let session = sets.first().map(Dataset::session).unwrap_or_default();
    Ok(combine_pieces(pieces, options, &session)?.into_dataset()?.with_session(&session))
}

/// Puts datasets one after the other along a dimension, existing or new, in the order given.
///
/// # Errors
/// As [`combine`].
pub fn concat(sets: &[Dataset], dim: &str) -> Result<Dataset> {
    combine(sets, &CombineOptions::nested(dim))
}

/// Puts pieces together.
pub(crate) fn combine_pieces(
    pieces: Vec<Piece>,
    options: &CombineOptions,
    session: &Session,
) -> Result<Piece> {
    match &options.along {
        Along::Dim(dim) => along(pieces, &Name::from(dim.as_str()), options, session),
        Along::Coords => {
            let groups = merge::groups(pieces);
            let joined = groups
                .into_iter()
                .map(|group| by_coords(group, options, session))
                .collect::<Result<Vec<_>>>()?;
            merge::merge(joined, options, session)
        }
    }
}

fn along(
    pieces: Vec<Piece>,
    dim: &Name,
    options: &CombineOptions,
    session: &Session,
) -> Result<Piece> {
    let pieces = join::align(pieces, std::slice::from_ref(dim), options.join)?;
    concat::concat(&pieces, dim, options, session)
}

/// Pieces with the same variables, by the labels that differ between them.
fn by_coords(mut pieces: Vec<Piece>, options: &CombineOptions, session: &Session) -> Result<Piece> {
    if pieces.len() == 1 {
        return pieces.pop().ok_or_else(|| Error::bug("a piece is missing"));
    }
    let dims = order::differing_dims(&pieces)?;
    if dims.is_empty() {
        let names: Vec<&str> = pieces.iter().map(|p| &*p.origin).collect();
        return Err(Error::mismatch(format!(
            "no coordinate tells the order of {}: their labels are the same, or there are none",
            problems::few(names)
        ))
        .hint("give the dimension to combine along"));
    }
    pieces = join::align(pieces, &dims, options.join)?;
    // Tiles: rows are put together first, then the rows.
    for (at, dim) in dims.iter().enumerate().rev() {
        let others: Vec<&Name> = dims.iter().take(at).collect();
        let rows = order::rows(pieces, dim, &others);
        pieces = rows
            .into_iter()
            .map(|row| match <[Piece; 1]>::try_from(row) {
                Ok([only]) => Ok(only),
                Err(row) => {
                    let row = order::by_labels(row, dim)?;
                    let row = join::align(row, std::slice::from_ref(dim), options.join)?;
                    concat::concat(&row, dim, options, session)
                }
            })
            .collect::<Result<_>>()?;
    }
    match <[Piece; 1]>::try_from(pieces) {
        Ok([whole]) => Ok(whole),
        Err(rest) => Err(Error::mismatch(format!(
            "the files do not fill a grid along {}: {} parts remain",
            problems::few(dims.iter().map(Name::as_str)),
            rest.len()
        ))),
    }
}
