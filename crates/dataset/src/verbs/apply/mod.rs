//! Functions of the user's own, run block by block.

mod blocks;
mod elements;
mod overlap;
mod ufunc;

pub use ufunc::{MissingCore, UserFn, apply_ufunc};

#[cfg(test)]
mod tests;
