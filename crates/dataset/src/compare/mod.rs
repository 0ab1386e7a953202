//! Whether two objects are the same, and how they differ.

mod differences;
mod equals;
mod schema;
mod values;

pub use differences::{Difference, DifferenceKind, Differences};
pub use schema::{Schema, VariableSchema};
