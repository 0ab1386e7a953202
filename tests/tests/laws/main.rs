//! The laws of results: the values of an eager oracle, the same bits for any number of threads
//! and any budget, and (but for rounding of sums) for any chunking; nothing is read or lost
//! silently.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)] // a test may panic

mod chunkings;
mod laziness;
mod oracle;
mod program;
mod rng;
mod threads;

use proptest::prelude::ProptestConfig;

/// So many cases; a failure prints its seed and writes no file.
fn cases(n: u32) -> ProptestConfig {
    ProptestConfig { cases: n, failure_persistence: None, ..ProptestConfig::default() }
}
