//! Selection by position and by label.

mod boxes;
mod dates;
mod drop;
mod dropping;
mod indexer;
mod isel;
mod longitude;
mod nearest;
pub(crate) mod pointwise;
mod region;
mod sel;
mod selector;

pub use dates::{Dates, FieldValues, dates};
pub use indexer::{Indexer, step};
pub use isel::MissingDims;
pub use longitude::Longitudes;
pub use selector::{
    Label, Labels, Method, Near, Relation, Selector, between, contains, inside, near, overlaps,
    touches,
};

#[cfg(test)]
mod tests;
