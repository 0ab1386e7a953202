//! The maths of labelled arrays: the values of xarray, for any chunks, without reading early.

// A test may fail by panic.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]

mod accuracy;
mod analysis;
mod golden;
mod inputs;
mod laws;
mod mistakes;
mod operators;
