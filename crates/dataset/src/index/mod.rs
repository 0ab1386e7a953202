//! Indexes: what turns labels of a coordinate into positions along its dimension.

mod column;
mod label;
mod query;
#[cfg(test)]
mod tests;

use std::any::Any;
use std::fmt::Debug;
use std::sync::Arc;

#[cfg(test)]
use graticule_array::Text;
use graticule_array::{Array, Pick, Result};

use crate::select::Selector;

pub use label::LabelIndex;
pub(crate) use label::factorize;

/// Turns labels of a one-dimensional coordinate into positions along its dimension.
///
/// An index knows no names: the dataset that holds it knows the coordinate and the dimension.
pub trait Index: Any + Send + Sync + Debug {
    /// A word for displays and messages: `labels`.
    fn kind(&self) -> &'static str;

    /// The number of positions.
    fn len(&self) -> usize;

    /// Whether there is no position.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The labels in order of position, if they can be listed.
    fn labels(&self) -> Option<&Array>;

    /// The positions that a selector asks for; `coord` is what messages call the coordinate.
    ///
    /// # Errors
    /// If a label does not exist, or the selector does not suit the labels. The message names
    /// the nearest labels.
    fn sel(&self, coord: &str, selector: &Selector) -> Result<Pick>;

    /// The index of some of the positions; `None` if they cannot be indexed.
    fn isel(&self, pick: &Pick) -> Option<Arc<dyn Index>>;

    /// How the labels differ from those of another index, in words; `None` if they are the same.
    fn difference(&self, other: &dyn Index) -> Option<String>;
}
