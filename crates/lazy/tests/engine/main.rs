//! The engine seen from outside: laws over random expressions, what is read, what fails.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)] // tests

mod access;
mod explain;
mod failures;
mod laws;
mod random;
