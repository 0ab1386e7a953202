//! Putting datasets together: along a dimension, or side by side.

mod align;
mod attrs;
mod axis;
mod by_index;
mod concat;
pub(crate) mod equality;
mod first;
mod join;
pub(crate) mod labels;
mod later;
pub(crate) mod losses;
mod merge;
mod nested;
mod options;
mod order;
mod overlap;
mod piece;
pub(crate) mod place;
mod preflight;
mod problems;
mod reindex;
mod statics;
mod unify;
pub(crate) mod values;

#[cfg(test)]
mod tests;

use std::sync::Arc;

use graticule_array::{Error, Result};
use graticule_lazy::Session;
use indexmap::IndexSet;

use crate::dataset::Dataset;
use crate::name::Name;

pub use align::{Labelled, align, broadcast};
pub use axis::{AxisReport, Disorder, Duplicate, Gap, axis_report};
pub use labels::Tolerance;
pub use losses::{Loss, LossKind, Losses, Provenance};
pub use merge::{merge, merge_with};
pub use nested::{ConcatDim, Nested, combine_by_coords, combine_nested, concat, concat_with};
pub use options::{
    AlignOptions, Along, CombineAttrs, CombineOptions, Compat, FillValues, Join, Lacking, Overlap,
    Vars,
};
pub use reindex::ReindexOptions;

pub(crate) use align::{align_sets, fill_for_array};
pub(crate) use axis::report as axis_of;
pub(crate) use losses::History;
pub(crate) use piece::{Meta, Part, PartData, Piece};
pub(crate) use place::with_missing_row;
pub(crate) use problems::Problems;
pub(crate) use unify::filled_from;
pub(crate) use values::same_values;

use concat::Task;
use losses::Losses as Ledger;

/// Puts datasets together as the options say: by the labels of their coordinates, or along a
/// dimension in the order given. Reads nothing: where only reading could tell whether variables
/// are equal, that is an error which lists them, unless
/// [`allow_compare_values`](CombineOptions::allow_compare_values) is said.
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
    let pieces = pieces(sets)?;
    let Some(first) = sets.first() else { return Err(Error::invalid("nothing to combine")) };
    let session = first.session();
    let may_read = options.compare.unwrap_or(false);
    let whole = combine_pieces(pieces, options, &session, may_read)?;
    finish(whole, sets, options, first)
}

/// What datasets contribute, under the names that messages give them.
fn pieces<T: Labelled>(objects: &[T]) -> Result<Vec<Piece>> {
    let piece = |(at, object): (usize, &T)| {
        object.set().sound()?;
        Ok(Piece::of(object.set(), &object.origin(at)))
    };
    objects.iter().enumerate().map(piece).collect()
}

/// The combined dataset: computed by the session of the first, with those indexes of the
/// originals that still fit.
fn finish(
    whole: Piece,
    sets: &[Dataset],
    options: &CombineOptions,
    first: &Dataset,
) -> Result<Dataset> {
    let strict = sets.iter().any(|s| s.0.strict);
    if options.strict || strict {
        whole.history.losses.refuse()?;
    }
    let mut made = whole.into_dataset()?;
    let parts = Arc::make_mut(&mut made.0);
    parts.session = sets.iter().find_map(|s| s.0.session.clone());
    parts.trail = first.0.trail.clone();
    parts.join = first.0.join.clone();
    parts.strict = strict;
    for set in sets {
        let follows = |name: &Name| match (set.variable(name), parts.vars.get(name)) {
            (Some(old), Some(new)) => {
                parts.coords.contains(name)
                    && old.data().id() == new.data().id()
                    && old.dims() == new.dims()
            }
            _ => false,
        };
        let (joints, gone): (Vec<_>, Vec<_>) =
            set.0.joints.iter().cloned().partition(|j| j.coords.iter().all(follows));
        let indexes: Vec<_> = set.0.indexes.iter().filter(|(name, _)| follows(name)).collect();
        for (name, index) in indexes {
            if parts.indexes.get(name).is_none_or(|i| i.kind() != index.kind()) {
                parts.indexes.insert(name.clone(), index.clone());
            }
        }
        for joint in joints {
            parts.put_joint(joint);
        }
        for joint in gone {
            parts.note_dropped(&joint);
        }
    }
    Ok(made)
}

/// Puts pieces together.
///
/// # Errors
/// If they do not go together; all reasons at once.
pub(crate) fn combine_pieces(
    pieces: Vec<Piece>,
    options: &CombineOptions,
    session: &Session,
    may_read: bool,
) -> Result<Piece> {
    let n = pieces.len();
    let mut problems = Problems::default();
    if let Some(wanted) = &options.schema {
        preflight::check(&pieces, wanted, &mut problems);
        std::mem::take(&mut problems).into_result(&format!("before combining {n} files"))?;
    }
    let mut losses = Ledger::default();
    let mut job = Job { options, session, may_read, losses: &mut losses, problems: &mut problems };
    let whole = match &options.along {
        Along::Dim(dim) => Some(job.along(pieces, &Name::from(dim.as_str()))?),
        Along::Coords => job.by_coords(pieces)?,
    };
    problems.into_result(&format!("while combining {n} files"))?;
    let mut whole = whole.ok_or_else(|| Error::invalid("nothing to combine"))?;
    losses.extend(&whole.history.losses);
    whole.history.losses = losses;
    if options.strict {
        whole.history.losses.refuse()?;
    }
    Ok(whole)
}

/// A combination under way: it goes on after a problem, to find all.
struct Job<'a> {
    options: &'a CombineOptions,
    session: &'a Session,
    may_read: bool,
    losses: &'a mut Ledger,
    problems: &'a mut Problems,
}

impl Job<'_> {
    /// Whether variables may be read to compare them: in vain if the combination fails anyway.
    fn may_read(&self) -> bool {
        self.may_read && self.problems.is_empty()
    }

    fn align(&mut self, pieces: &mut [Piece], along: &[Name]) -> IndexSet<Name> {
        join::align(pieces, along, &self.options.labels(), self.losses, self.problems)
    }

    fn along(&mut self, mut pieces: Vec<Piece>, dim: &Name) -> Result<Piece> {
        let clashing = self.align(&mut pieces, std::slice::from_ref(dim));
        self.concat(&pieces, dim, &clashing)
    }

    fn concat(&mut self, pieces: &[Piece], dim: &Name, clashing: &IndexSet<Name>) -> Result<Piece> {
        let (options, session, may_read) = (self.options, self.session, self.may_read());
        let task = Task { dim, options, session, may_read, clashing };
        concat::concat(pieces, &task, self.losses, self.problems)
    }

    fn by_coords(&mut self, pieces: Vec<Piece>) -> Result<Option<Piece>> {
        let mut joined = Vec::new();
        for group in merge::groups(pieces) {
            joined.extend(self.group(group)?);
        }
        let (may_read, options) = (self.may_read(), self.options);
        merge::merge_pieces(joined, options, self.session, may_read, self.problems)
    }

    /// Pieces with the same variables, by the labels that differ between them.
    fn group(&mut self, mut pieces: Vec<Piece>) -> Result<Option<Piece>> {
        if pieces.len() <= 1 {
            return Ok(pieces.pop());
        }
        let before = self.problems.len();
        let dims = order::differing_dims(&pieces, self.problems);
        if dims.is_empty() {
            if self.problems.len() == before {
                let names: Vec<&str> = pieces.iter().map(|p| &*p.origin).collect();
                self.problems.push(
                    Error::mismatch(format!(
                        "no coordinate tells the order of {}: their labels are the same, or there \
                         are none",
                        problems::few(names)
                    ))
                    .hint("give the dimension to combine along"),
                );
            }
            return Ok(None);
        }
        let mut clashing = self.align(&mut pieces, &dims);
        // Tiles: rows are put together first, then the rows.
        for (at, dim) in dims.iter().enumerate().rev() {
            let others: Vec<&Name> = dims.iter().take(at).collect();
            let mut whole = Vec::new();
            for row in order::rows(pieces, dim, &others) {
                whole.push(self.row(row, dim, &mut clashing)?);
            }
            pieces = whole;
        }
        if pieces.len() > 1 {
            self.problems.push(Error::mismatch(format!(
                "the files do not fill a grid along {}: {} parts remain",
                problems::few(dims.iter().map(Name::as_str)),
                pieces.len()
            )));
        }
        Ok(pieces.pop())
    }

    /// Pieces that differ only along one dimension.
    fn row(&mut self, row: Vec<Piece>, dim: &Name, clashing: &mut IndexSet<Name>) -> Result<Piece> {
        let mut row = match <[Piece; 1]>::try_from(row) {
            Ok([only]) => return Ok(only),
            Err(row) => row,
        };
        let overlap = self.options.overlap;
        // What does not agree has been said.
        let settled: Vec<Name> = clashing.iter().chain([dim]).cloned().collect();
        if overlap == Overlap::Refuse {
            row = order::by_labels(row, dim, true, self.problems);
            clashing.extend(self.align(&mut row, &settled));
            return self.concat(&row, dim, clashing);
        }
        let before = self.problems.len();
        let sorted = order::by_labels(row.clone(), dim, false, self.problems);
        let rising = sorted
            .iter()
            .filter_map(|p| values::extent(p.labels(dim)?.in_memory()?).ok()??.rising)
            .next()
            .unwrap_or(true);
        clashing.extend(self.align(&mut row, &settled));
        let mut whole = self.concat(&row, dim, clashing)?;
        if self.problems.len() == before {
            overlap::resolve(&mut whole, dim, rising, overlap, self.losses)?;
        }
        Ok(whole)
    }
}
