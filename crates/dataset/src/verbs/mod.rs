//! What can be done to datasets and arrays: one verb, or one family of verbs, per file.
//!
//! Each verb is a private `try_` function that returns a `Result`, and public wrappers on
//! [`Dataset`](crate::Dataset) and [`DataArray`](crate::DataArray) that turn an error into a
//! carried fault.

#[macro_use]
mod named;

pub(crate) use named::{named_reductions, reduction_doc};

pub(crate) mod align;
mod anomaly;
mod apply;
mod arith;
mod astype;
mod attrs;
mod axis;
mod bits;
mod broadcast;
mod calculus;
mod carry;
mod cells;
mod chunk;
mod clip;
mod coarsen;
mod compare;
mod convert_calendar;
mod coords;
mod covariance;
mod cumulate;
mod diff;
mod drop;
mod dropna;
pub(crate) mod eager;
mod expand;
mod extreme;
mod fill;
pub(crate) mod gather;
pub(crate) mod groupby;
mod head;
mod interp;
mod interp_calendar;
mod isin;
mod keep;
mod label_mean;
mod map;
mod math;
mod math_of_two;
pub(crate) mod operand;
mod pad;
mod polyfit;
mod quantile;
pub(crate) mod reduce;
mod rename;
mod resample;
mod rolling;
mod season;
mod set_index;
mod shift;
mod sort;
mod squeeze;
mod stack;
mod stacked_array;
mod strict;
mod swap_dims;
pub(crate) mod time_field;
mod transpose;
mod variable_dim;
mod weighted;
pub(crate) mod where_;

pub use anomaly::TrendOptions;
pub use apply::{MissingCore, UserFn, apply_ufunc};
pub use astype::IntoDType;
pub use calculus::CalculusOptions;
pub use carry::GapOptions;
pub use chunk::Chunks;
pub use clip::Limit;
pub use coarsen::{Boundary, DataArrayCoarsen, DatasetCoarsen};
pub use convert_calendar::CalendarOptions;
pub use covariance::{CovOptions, corr, cov, dot};
pub use cumulate::Cumulative;
pub use diff::DiffLabel;
pub use dropna::DropNa;
pub use extreme::IdxOptions;
pub use groupby::{Bins, DataArrayGroupBy, DatasetGroupBy, GroupKey, bins};
pub use interp::InterpOptions;
pub use operand::Operand;
pub use pad::PadMode;
pub use polyfit::{PolyfitOptions, polyval};
pub use quantile::{Q, QuantileOptions};
pub use reduce::{Reducer, all, any, count, first, last, max, mean, min, prod, std, sum, var};
pub use resample::{DataArrayResample, DatasetResample, Every, every};
pub use rolling::{DataArrayRolling, DatasetRolling};
pub use season::{SeasonYear, Seasons, seasons};
pub use sort::{Keep, SortKeys};
pub use weighted::{DataArrayWeighted, DatasetWeighted};

#[cfg(test)]
mod tests;
