//! Selection by position and by label.

mod indexer;
mod isel;
mod sel;
mod selector;

pub use indexer::{Indexer, step};
pub use selector::{Label, Labels, Method, Near, Selector, near};

#[cfg(test)]
mod tests;
