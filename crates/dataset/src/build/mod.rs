//! Making arrays from scratch: ranges, constants, functions of position, random fields.

mod dates;
mod generated;
mod like;
mod random;
mod ranges;

pub use dates::{DateRange, Inclusive, date_range};
pub use generated::Sizes;
pub use ranges::{RangeNumber, arange, linspace};

#[cfg(test)]
mod tests;
