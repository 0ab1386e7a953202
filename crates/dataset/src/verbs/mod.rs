//! What can be done to datasets and arrays: one verb, or one family of verbs, per file.
//!
//! Each verb is a private `try_` function that returns a `Result`, and public wrappers on
//! [`Dataset`](crate::Dataset) and [`DataArray`](crate::DataArray) that turn an error into a
//! carried fault.

pub(crate) mod align;
mod arith;
mod astype;
mod broadcast;
mod clip;
mod compare;
mod coords;
mod drop;
pub(crate) mod eager;
mod expand;
mod fill;
pub(crate) mod gather;
pub(crate) mod groupby;
mod head;
mod keep;
mod map;
mod math;
pub(crate) mod operand;
pub(crate) mod reduce;
mod rename;
mod resample;
mod squeeze;
pub(crate) mod time_field;
mod transpose;
mod where_;

pub use astype::IntoDType;
pub use clip::Limit;
pub use groupby::{Bins, DataArrayGroupBy, DatasetGroupBy, GroupKey, bins};
pub use operand::Operand;
pub use reduce::{Reducer, all, any, count, first, last, max, mean, min, prod, std, sum, var};
pub use resample::{DataArrayResample, DatasetResample, Every, every};

#[cfg(test)]
mod tests;
