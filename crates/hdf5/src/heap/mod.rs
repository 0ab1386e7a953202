//! The three kinds of heaps: names of old groups, variable-length data, and everything else.

pub(crate) mod fractal;
pub(crate) mod global;
pub(crate) mod local;
