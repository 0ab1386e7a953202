//! Kernels against NumPy's results and against their laws.
// The helpers of tests are not `#[test]`s themselves.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

mod geometry;
mod golden;
mod laws;
mod missing;
mod reduce;
mod spread;
mod text;
mod times;
