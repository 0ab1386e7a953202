//! Operations along one axis, line by line.
//!
//! To add one: a variant here, a file beside this one, and an arm in each `match` below.

mod carry;
mod cumulative;
mod curve;
mod fit;
mod gaps;
mod grouped;
mod keys;
mod lines;
mod order;
mod running;
mod scratch;
mod select;
mod slope;
mod weighted;
mod window;

use std::fmt;
use std::ops::Range;

use crate::array::Array;
use crate::dtype::DType;
use crate::error::{Error, Result};
use crate::selection::{Pick, Selection};

pub use curve::{Beyond, Curve, Interpolation};
pub use fit::PolyFit;
pub use gaps::Gaps;
pub use grouped::GroupRuns;
pub use order::{Method as QuantileMethod, Quantiles};
pub use running::Running;
pub use slope::{Integral, Slope};
pub use weighted::WeightedQuantiles;
pub use window::{Window, WindowStat};

/// An operation along one axis of an array, as plain data: each line of values along the axis
/// becomes another line, whatever lies beside it.
///
/// ```
/// use graticule_array::{Array, LineOp};
/// let a = Array::from_vec([2, 3], vec![1i16, 2, 3, 10, 20, 30])?;
/// let sums = LineOp::CumSum { skip_missing: true }.apply(&a, 1)?;
/// assert_eq!(sums.to_flat::<i64>()?, [1, 3, 6, 10, 30, 60]);
/// # Ok::<(), graticule_array::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
#[cfg_attr(feature = "wire", derive(serde::Serialize, serde::Deserialize))]
pub enum LineOp {
    /// The sum of all elements up to each one: of integers in 64 bits, of floats in `f64`
    /// rounded to the input's type. Missing elements count as 0 if skipped, else everything
    /// behind them is missing.
    CumSum {
        /// Whether missing elements count as 0.
        skip_missing: bool,
    },
    /// The product of all elements up to each one, as [`CumSum`](Self::CumSum); skipped
    /// elements count as 1.
    CumProd {
        /// Whether missing elements count as 1.
        skip_missing: bool,
    },
    /// A statistic of a moving window around each element.
    Window(Window),
    /// Quantiles of the line, or of groups of its elements.
    Quantile(Quantiles),
    /// The rank of each element, from 1; equal ones share the mean of their ranks, missing ones
    /// have none.
    Rank {
        /// Whether ranks are divided by the number of elements that have one.
        share: bool,
    },
    /// Missing elements take the nearest one before them that is there.
    Carry {
        /// Whether they take the nearest one behind them instead.
        backwards: bool,
        /// How many in a row do.
        limit: Option<usize>,
    },
    /// Missing elements between others, by interpolation.
    Gaps(Gaps),
    /// Values at other places along the line's coordinate, by interpolation.
    Curve(Curve),
    /// The coefficients of the nearest polynomial.
    PolyFit(PolyFit),
    /// The derivative along a coordinate.
    Slope(Slope),
    /// The integral along a coordinate from the first element to each one.
    Integral(Integral),
    /// Running sums or products of groups of elements.
    GroupRuns(GroupRuns),
    /// Quantiles of weighted elements.
    WeightedQuantile(WeightedQuantiles),
}

impl LineOp {
    /// The element type and the length that lines of `len` elements become.
    ///
    /// # Errors
    /// If the operation is not defined for the element type or the length.
    pub fn result(&self, input: &DType, len: usize) -> Result<(DType, usize)> {
        match self {
            Self::CumSum { .. } => Ok((cumulative::result("cumsum", input)?, len)),
            Self::CumProd { .. } => Ok((cumulative::result("cumprod", input)?, len)),
            Self::Window(window) => Ok((window.result(input)?, len)),
            Self::Quantile(quantiles) => quantiles.result(input, len),
            Self::Rank { .. } if input.is_real() => Ok((DType::F64, len)),
            Self::Rank { .. } => Err(Error::unsupported(format!("ranks of {input} elements"))),
            Self::Carry { .. } => Ok((input.clone(), len)),
            Self::Gaps(gaps) => gaps.result(input, len),
            Self::Curve(curve) => curve.result(input, len),
            Self::PolyFit(fit) => fit.result(input, len),
            Self::Slope(slope) => slope.result(input, len),
            Self::Integral(integral) => integral.result(input, len),
            Self::GroupRuns(runs) => runs.result(input, len),
            Self::WeightedQuantile(quantiles) => quantiles.result(input, len),
        }
    }

    /// Runs over all lines along `axis`.
    ///
    /// # Errors
    /// As [`result`](Self::result), and if there is no such axis.
    pub fn apply(&self, input: &Array, axis: usize) -> Result<Array> {
        let len = lines::length(input, axis)?;
        let (dtype, made) = self.result(input.dtype(), len)?;
        match self {
            Self::CumSum { skip_missing } => {
                cumulative::sums(input, axis, &dtype, *skip_missing, &mut None)
            }
            Self::CumProd { skip_missing } => {
                cumulative::products(input, axis, &dtype, *skip_missing, &mut None)
            }
            Self::Window(window) => window.part(input, axis, 0, 0..len),
            Self::Quantile(quantiles) => quantiles.apply(input, axis, &dtype, made),
            Self::Rank { share } => order::ranks(input, axis, *share),
            Self::Carry { backwards, limit } => carry::carried(input, axis, *backwards, *limit),
            Self::Gaps(gaps) => gaps.apply(input, axis),
            Self::Curve(curve) => curve.apply(input, axis),
            Self::PolyFit(fit) => fit.apply(input, axis),
            Self::Slope(slope) => slope.part(input, axis, 0, 0..len),
            Self::Integral(integral) => integral.apply(input, axis),
            Self::GroupRuns(runs) => runs.apply(input, axis, &dtype),
            Self::WeightedQuantile(quantiles) => quantiles.apply(input, axis),
        }
    }

    /// Which elements of a line of `len` the elements `out` of its result depend on. Given
    /// these alone, [`apply_part`](Self::apply_part) computes the same as from the whole line.
    #[must_use]
    pub fn needs(&self, out: Range<usize>, len: usize) -> Range<usize> {
        match self {
            Self::CumSum { .. } | Self::CumProd { .. } | Self::Integral(_) => 0..out.end.min(len),
            Self::Slope(slope) => slope.needs(&out, len),
            Self::Window(window) => window.needs(out, len),
            Self::Carry { backwards, limit } => carry::needs(*backwards, *limit, out, len),
            Self::Quantile(_)
            | Self::Rank { .. }
            | Self::Gaps(_)
            | Self::Curve(_)
            | Self::PolyFit(_)
            | Self::GroupRuns(_)
            | Self::WeightedQuantile(_) => 0..len,
        }
    }

    /// The most elements of a line of `len` that any `out` neighbouring elements of its result
    /// depend on.
    #[must_use]
    pub fn needs_at_most(&self, out: usize, len: usize) -> usize {
        let made = self.result(&DType::F64, len).map_or(len, |(_, n)| n);
        let last = made.saturating_sub(out);
        // As regular as operations are, the ends and the middle tell.
        let starts = [0, out, last / 2, last.saturating_sub(out), last];
        let most = starts.iter().map(|s| {
            let start = (*s).min(last);
            self.needs(start..(start + out).min(made), len).len()
        });
        most.max().unwrap_or(0)
    }

    /// The elements `out` of each line of the result, from the elements that
    /// [`needs`](Self::needs) names of lines of `len`.
    ///
    /// # Errors
    /// As [`apply`](Self::apply), and if `part` has another length than needed.
    pub fn apply_part(
        &self,
        part: &Array,
        axis: usize,
        out: Range<usize>,
        len: usize,
    ) -> Result<Array> {
        let needs = self.needs(out.clone(), len);
        let found = lines::length(part, axis)?;
        if found != needs.len() {
            return Err(Error::mismatch(format!(
                "{self} of {out:?} needs {} elements of each line, found {found}",
                needs.len()
            )));
        }
        match self {
            Self::Window(window) => return window.part(part, axis, needs.start, out),
            Self::Slope(slope) => return slope.part(part, axis, needs.start, out),
            _ => {}
        }
        let all = self.apply(part, axis)?;
        let made = lines::length(&all, axis)?;
        if made == out.len() {
            return Ok(all);
        }
        // The result lies along the part: cut off what its ends were needed for.
        let skip = out.start.saturating_sub(needs.start);
        let wanted = Selection::all(all.shape()).with(axis, Pick::span(skip, out.len()));
        all.select(&wanted)
    }

    /// Whether an element of the result may depend on all of its line, wherever it lies.
    #[must_use]
    pub fn is_whole_line(&self, len: usize) -> bool {
        self.needs_at_most(1, len).saturating_mul(2) >= len
    }
}

/// What it is called, with its parameters.
impl fmt::Display for LineOp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let strict = |skip: &bool| if *skip { "" } else { ", missing spreads" };
        match self {
            Self::CumSum { skip_missing } => write!(f, "cumsum{}", strict(skip_missing)),
            Self::CumProd { skip_missing } => write!(f, "cumprod{}", strict(skip_missing)),
            Self::Window(window) => write!(f, "{window}"),
            Self::Quantile(of) => write!(f, "{} quantiles, {:?}", of.q.len(), of.method),
            Self::Rank { .. } => f.write_str("rank"),
            Self::Carry { backwards: false, .. } => f.write_str("ffill"),
            Self::Carry { backwards: true, .. } => f.write_str("bfill"),
            Self::Gaps(gaps) => write!(f, "interpolate gaps, {:?}", gaps.method),
            Self::Curve(curve) => write!(f, "interpolate, {:?}", curve.method),
            Self::PolyFit(fit) => write!(f, "polynomial of degree {}", fit.degree),
            Self::Slope(_) => f.write_str("derivative"),
            Self::Integral(_) => f.write_str("cumulative integral"),
            Self::GroupRuns(runs) => write!(f, "running sums of {} groups", runs.groups),
            Self::WeightedQuantile(of) => write!(f, "{} weighted quantiles", of.q.len()),
        }
    }
}

#[cfg(test)]
mod tests;
