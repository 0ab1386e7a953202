//! Selection and indexes against brute force, through the public interface.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]

mod dates;
mod indexes;
mod mistakes;
mod oracle;
mod reads;
mod stacked_arrays;
mod stacking;
mod strict;
mod tiles;
mod toy_radar;

/// As many cases as `PROPTEST_CASES` says, else this number: a long run looks further.
fn cases(few: u32) -> proptest::test_runner::Config {
    let many = std::env::var("PROPTEST_CASES").is_ok();
    let config = proptest::test_runner::Config::default();
    if many { config } else { proptest::test_runner::Config { cases: few, ..config } }
}
