//! One fuzz target per parser: functions that must survive any bytes.
//!
//! A [`Target`] runs under `cargo fuzz` (`fuzz/coverage`, with a nightly compiler) and under the
//! runner of this crate, which needs nothing but a stable one: it mutates small files, and keeps
//! those that behave in a new way, judged by the [`Trace`] that a target leaves.
//!
//! ```
//! let target = graticule_fuzz::target("units").unwrap();
//! let one = (target.run)(b"days since 2000-01-01");
//! let other = (target.run)(b"days since 2000-13-01");
//! assert_ne!(one, other);
//! ```

mod chance;
mod mutate;
mod seeds;
mod targets;
mod trace;

pub use chance::Chance;
pub use mutate::mutate;
pub use targets::{TARGETS, target};
pub use trace::Trace;

/// A parser under test.
#[derive(Clone, Copy, Debug)]
pub struct Target {
    /// Its name.
    pub name: &'static str,
    /// What it parses.
    pub what: &'static str,
    /// Runs the parser and whatever uses its result. What it returns stands for what happened.
    pub run: fn(&[u8]) -> u64,
    /// Small inputs of every kind that the parser knows.
    pub seeds: fn() -> Vec<Vec<u8>>,
    /// Words worth inserting.
    pub words: &'static [&'static str],
}
