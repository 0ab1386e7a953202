//! The engine seen from outside: laws over random expressions, what is read, what fails.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)] // tests

mod access;
mod blocks;
mod changing;
mod diagnostics;
mod explain;
mod failures;
mod functions;
mod laws;
mod limits;
mod random;
mod reductions;
mod scenarios;
mod stopping;
mod streams;
mod wire;
