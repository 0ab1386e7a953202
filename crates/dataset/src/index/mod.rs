//! Indexes: what turns labels of coordinates into positions along their dimensions.
//!
//! An index knows no names: the dataset that holds it knows which coordinates and dimensions are
//! meant, and addresses them by number. So an index survives renaming, and one index can serve
//! several coordinates over several dimensions.

mod build;
mod column;
mod even;
mod found;
mod interval;
mod joint;
mod label;
mod laws;
mod lazy;
mod multi;
mod periodic;
mod point;
mod query;
mod range;
#[cfg(test)]
mod tests;
mod tree;

use std::any::Any;
use std::fmt::Debug;
use std::sync::Arc;

#[cfg(test)]
use graticule_array::Text;
use graticule_array::{Array, Error, Pick, Result};

use crate::combine::Join;
use crate::name::Name;

pub use build::{BuildIndex, IndexCoord, IndexCoords};
pub use found::{Found, Query};
pub use interval::{Closed, IntervalIndex, IntervalRecipe, Locus};
pub(crate) use joint::Joint;
pub use label::LabelIndex;
pub(crate) use label::factorize;
pub use laws::index_laws;
pub(crate) use lazy::LazyLabels;
pub(crate) use multi::code_of;
pub use multi::{MultiIndex, MultiRecipe};
pub use periodic::{PeriodicIndex, PeriodicRecipe};
pub use point::{PointIndex, PointRecipe};
pub(crate) use query::difference;
pub use range::RangeIndex;

/// Turns labels of one or several coordinates into positions along their dimensions.
///
/// An index covers `n` coordinates and as many axes as [`shape`](Self::shape) has lengths. The
/// dataset that holds it knows the names: coordinate 0 of a query is the first that the index was
/// built from, axis 0 the first dimension. Several indexes may share a dimension.
///
/// Three methods are required beside `kind` and `shape`: [`sel`](Self::sel) and
/// [`difference`](Self::difference) say what labels mean, [`isel`](Self::isel) keeps the index
/// through selections. What an index does not support drops it from the result, which the dataset
/// notes ([`Dataset::notes`](crate::Dataset::notes)); the coordinates stay. Tests of an index can
/// check its laws with [`index_laws`].
///
/// ```
/// use std::sync::Arc;
/// use graticule_array::{Error, Pick, Result};
/// use graticule_dataset::{BuildIndex, Dataset, Found, Index, IndexCoords, Query, Selector};
///
/// /// Finds stations by their code, whatever its case.
/// #[derive(Debug)]
/// struct Codes(Vec<String>);
///
/// impl Index for Codes {
///     fn kind(&self) -> &'static str {
///         "codes"
///     }
///     fn shape(&self) -> Vec<usize> {
///         vec![self.0.len()]
///     }
///     fn sel(&self, query: &Query) -> Result<Found> {
///         let (coord, selector) = query.only()?;
///         let code = selector.to_string().to_lowercase();
///         let at = self.0.iter().position(|c| *c == code.trim_matches('"'));
///         let at = at.ok_or_else(|| Error::not_found(format!("no station {code} in {coord}")))?;
///         Ok(Found::pick(Pick::At(at)))
///     }
///     fn isel(&self, picks: &[Pick]) -> Option<Arc<dyn Index>> {
///         let pick = picks.first()?;
///         let picked = (0..pick.len()).filter_map(|k| self.0.get(pick.get(k)?).cloned());
///         Some(Arc::new(Self(picked.collect())))
///     }
///     fn difference(&self, other: &dyn Index) -> Option<String> {
///         let other = (other as &dyn std::any::Any).downcast_ref::<Self>();
///         (other.map(|o| &o.0) != Some(&self.0)).then(|| "the codes differ".into())
///     }
/// }
///
/// #[derive(Debug)]
/// struct AnyCase;
///
/// impl BuildIndex for AnyCase {
///     fn build(&self, coords: &IndexCoords) -> Result<Arc<dyn Index>> {
///         let texts = coords.only()?.values.to_flat::<graticule_array::Text>()?;
///         let lower = texts.iter().map(|t| t.as_str().unwrap_or_default().to_lowercase());
///         Ok(Arc::new(Codes(lower.collect())))
///     }
/// }
///
/// let ds = Dataset::new()
///     .with_coord("code", "station", vec!["YHZ", "YUL"])
///     .with_var("t", "station", vec![1.0, 2.0])
///     .set_xindex("code", AnyCase);
/// assert_eq!(ds.sel("code", "yul")["t"].item::<f64>()?, 2.0);
/// # Ok::<(), graticule_array::Error>(())
/// ```
pub trait Index: Any + Send + Sync + Debug {
    /// A word for displays and messages: `labels`.
    fn kind(&self) -> &'static str;

    /// The lengths of the axes that it covers; one for most.
    fn shape(&self) -> Vec<usize>;

    /// The number of positions; saturates.
    fn len(&self) -> usize {
        self.shape().iter().fold(1, |n, l| n.saturating_mul(*l))
    }

    /// Whether there is no position.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The labels in order of position, if there is one coordinate and they can be listed.
    fn labels(&self) -> Option<&Array> {
        None
    }

    /// The positions that a query asks for.
    ///
    /// # Errors
    /// If a label does not exist, or a selector does not suit the labels. The message names the
    /// coordinate and the nearest labels.
    fn sel(&self, query: &Query) -> Result<Found>;

    /// The index of some of the positions, one pick per axis; an axis picked at one position is
    /// gone from the result. `None` if they cannot be indexed: the index is dropped.
    fn isel(&self, picks: &[Pick]) -> Option<Arc<dyn Index>>;

    /// How the labels differ from those of another index, in words; `None` if they are the same.
    fn difference(&self, other: &dyn Index) -> Option<String>;

    /// Whether both find the same positions for all labels.
    fn equals(&self, other: &dyn Index) -> bool {
        self.difference(other).is_none()
    }

    /// A line for displays: the kind, and what a user wants to know of it.
    fn describe(&self) -> String {
        format!("{} ({})", self.kind(), self.len())
    }

    /// The index of the labels that both have (or either has), with the positions of these
    /// labels in each. The default supports equal indexes only.
    ///
    /// # Errors
    /// If the indexes differ and the index does not support it.
    fn join(&self, other: &dyn Index, how: Join) -> Result<Joined> {
        let _ = how;
        match self.difference(other) {
            None => Ok(Joined { index: None, left: None, right: None }),
            Some(why) => Err(Error::unsupported(format!(
                "an index of {} cannot be joined with another: {why}",
                self.kind()
            ))),
        }
    }

    /// Where each label of `other` stands in this index; `None` where it does not.
    ///
    /// # Errors
    /// If the indexes differ and the index does not support it.
    fn reindex_like(&self, other: &dyn Index) -> Result<Vec<Option<usize>>> {
        match self.difference(other) {
            None => Ok((0..self.len()).map(Some).collect()),
            Some(why) => Err(Error::unsupported(format!(
                "an index of {} cannot be reindexed: {why}",
                self.kind()
            ))),
        }
    }

    /// The index of this one's positions followed by those of others, along an axis.
    ///
    /// # Errors
    /// If the index does not support it; its coordinates are then concatenated without it.
    fn concat(&self, rest: &[Arc<dyn Index>], axis: usize) -> Result<Arc<dyn Index>> {
        let _ = (rest, axis);
        Err(Error::unsupported(format!("concatenation of indexes of {}", self.kind())))
    }

    /// Whether the labels along its only axis can become a level of a [`MultiIndex`].
    fn stack(&self) -> Option<LabelIndex> {
        self.labels().and_then(LabelIndex::new)
    }

    /// The index under other names of its coordinates and dimensions, for one that keeps names
    /// of its own. `None`, the default, keeps it as it is.
    fn rename(&self, coords: &[Name], dims: &[Name]) -> Option<Arc<dyn Index>> {
        let _ = (coords, dims);
        None
    }
}

/// What [`Index::join`] makes. `None` everywhere: both sides stay as they are.
#[derive(Clone, Debug)]
pub struct Joined {
    /// The index of the joined labels.
    pub index: Option<Arc<dyn Index>>,
    /// For each joined label, its position on the left; `None` where it is missing there.
    pub left: Option<Vec<Option<usize>>>,
    /// The same for the right.
    pub right: Option<Vec<Option<usize>>>,
}
