//! Regression tests for the classes of answers that other tools have got wrong without a word.
//! Each module says which class it is about.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)] // a test may panic

mod collisions;
mod labels;
mod packing;
mod values;
mod versions;

use graticule::Dataset;

/// An empty dataset whose session knows the formats of this build.
fn new() -> Dataset {
    Dataset::new().with_session(&graticule::session())
}
