//! Running sums and products, and ranks, along dimensions.

use std::fmt;
use std::sync::Arc;

use graticule_array::{LineOp, Result};

use crate::data_array::DataArray;
use crate::dataset::{Dataset, in_variable};
use crate::dims::{Dims, Over, no_dimension};
use crate::variable::Variable;

/// A running sum or product with its options, for `cumulate`.
///
/// ```
/// use graticule_dataset::{DataArray, Cumulative};
/// let x = DataArray::new("x", "t", vec![1.0, f64::NAN, 2.0]);
/// assert_eq!(x.cumsum("t").values::<f64>()?, [1.0, 1.0, 3.0]);
/// let strict = x.cumulate(Cumulative::sum().skipna(false), "t").values::<f64>()?;
/// assert!(strict[1].is_nan() && strict[2].is_nan());
/// # Ok::<(), graticule_array::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub struct Cumulative {
    product: bool,
    skipna: bool,
}

impl Cumulative {
    /// Running sums.
    pub fn sum() -> Self {
        Self { product: false, skipna: true }
    }

    /// Running products.
    pub fn product() -> Self {
        Self { product: true, skipna: true }
    }

    /// Whether missing values count as 0 (or 1); by default they do. Otherwise everything behind
    /// one is missing.
    pub fn skipna(mut self, skip: bool) -> Self {
        self.skipna = skip;
        self
    }

    fn op(self) -> LineOp {
        if self.product {
            LineOp::CumProd { skip_missing: self.skipna }
        } else {
            LineOp::CumSum { skip_missing: self.skipna }
        }
    }
}

/// As it is written in a call.
impl fmt::Display for Cumulative {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Cumulative::{}()", if self.product { "product" } else { "sum" })?;
        if self.skipna { Ok(()) } else { f.write_str(".skipna(false)") }
    }
}

impl Variable {
    /// An operation on each line of values along a dimension, which keeps its length.
    pub(crate) fn along(&self, op: &LineOp, dim: &str) -> Result<Self> {
        let Some(axis) = self.axis(dim) else { return Ok(self.clone()) };
        self.changed(self.dims().clone(), self.data().along(op.clone(), axis)?)
    }

    fn along_all(&self, op: &LineOp, dims: &Dims) -> Result<Self> {
        dims.iter().try_fold(self.clone(), |made, dim| made.along(op, dim))
    }
}

impl Dataset {
    fn try_along(&self, op: &LineOp, dims: &Dims) -> Result<Self> {
        let alone = self.data_vars().count() == 1;
        let mut parts = self.0.emptied();
        for (name, var) in self.variables() {
            let touched = var.dims().iter().any(|d| dims.has(d));
            if self.is_coord(name) || !touched {
                parts.adopt(name, var.clone(), &self.0)?;
                continue;
            }
            // Text among numbers is left out, as reductions do.
            if alone || op.result(var.dtype(), 1).is_ok() {
                let made = var.along_all(op, dims).map_err(|e| in_variable(e, name))?;
                parts.insert(name.clone(), made, false)?;
            }
        }
        Ok(Self(Arc::new(parts)))
    }
}

macro_rules! verbs {
    ($($noun:ident)*) => {$(
        impl $noun {
            /// Running sums along one or more dimensions; missing values count as 0. Integers
            /// are summed in 64 bits, floats in `f64` and rounded to their type.
            #[track_caller]
            pub fn cumsum(&self, over: impl Into<Over>) -> Self {
                let over = over.into();
                self.verb(
                    || format!("cumsum({over})"),
                    |set| set.try_along(&Cumulative::sum().op(), &over.names(set)?),
                )
            }

            /// Running products along one or more dimensions; missing values count as 1.
            #[track_caller]
            pub fn cumprod(&self, over: impl Into<Over>) -> Self {
                let over = over.into();
                self.verb(
                    || format!("cumprod({over})"),
                    |set| set.try_along(&Cumulative::product().op(), &over.names(set)?),
                )
            }

            /// Running sums or products with options.
            #[track_caller]
            pub fn cumulate(&self, by: Cumulative, over: impl Into<Over>) -> Self {
                let over = over.into();
                self.verb(
                    || format!("cumulate({by}, {over})"),
                    |set| set.try_along(&by.op(), &over.names(set)?),
                )
            }

            /// The rank of each value along a dimension, from 1 for the lowest; equal ones share
            /// the mean of their ranks, missing ones have none.
            ///
            /// ```
            /// use graticule_dataset::DataArray;
            /// let x = DataArray::new("x", "t", vec![30, 10, 30, 20]);
            /// assert_eq!(x.rank("t").values::<f64>()?, [3.5, 1.0, 3.5, 2.0]);
            /// # Ok::<(), graticule_array::Error>(())
            /// ```
            #[track_caller]
            pub fn rank(&self, dim: &str) -> Self {
                self.verb(|| format!("rank({dim:?})"), |set| set.try_rank(dim, false))
            }

            /// The [`rank`](Self::rank) of each value, divided by the number of values that have
            /// one (xarray's `pct=True`).
            #[track_caller]
            pub fn rank_share(&self, dim: &str) -> Self {
                self.verb(|| format!("rank_share({dim:?})"), |set| set.try_rank(dim, true))
            }
        }
    )*};
}

verbs!(DataArray Dataset);

impl Dataset {
    fn try_rank(&self, dim: &str, share: bool) -> Result<Self> {
        self.size_of(dim).ok_or_else(|| no_dimension(dim, self.sizes()))?;
        self.try_along(&LineOp::Rank { share }, &Dims::from(dim))
    }
}
