//! What CF attributes mean to verbs: units, roles, methods, bounds.

// A test may fail by panic.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]

mod bounds;
mod find;
mod units;
