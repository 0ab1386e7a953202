//! Reductions: mean, sum, count ... over dimensions.

use std::fmt;
use std::sync::Arc;

use graticule_array::{DType, Error, ReduceParams, Reduction, Result, reduction};

use super::eager;
use crate::attrs::Attrs;
use crate::data_array::DataArray;
use crate::dataset::{Dataset, in_variable};
use crate::dims::{Dims, Over, no_dimension};
use crate::variable::Variable;
use crate::{roles, units};

/// A reduction with its options, for `reduce`.
///
/// ```
/// use graticule_dataset::{DataArray, mean, std};
/// let x = DataArray::new("x", "t", vec![1.0, 3.0, f64::NAN]);
/// assert_eq!(x.mean("t").item::<f64>()?, 2.0);
/// assert!(x.reduce(mean().skipna(false), "t").item::<f64>()?.is_nan());
/// assert_eq!(x.reduce(std().ddof(1.0), "t").item::<f64>()?, 2f64.sqrt());
/// # Ok::<(), graticule_array::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
#[must_use]
pub struct Reducer {
    name: &'static str,
    params: ReduceParams,
    keep_attrs: bool,
    cell_methods: bool,
}

impl Reducer {
    fn new(name: &'static str) -> Self {
        Self { name, params: ReduceParams::default(), keep_attrs: true, cell_methods: true }
    }

    /// Whether missing values are left out; by default they are, where the type has them.
    pub fn skipna(mut self, skip: bool) -> Self {
        self.params.skipna = Some(skip);
        self
    }

    /// For `var` and `std`: what is taken off the number of values before dividing by it;
    /// 0 by default.
    pub fn ddof(mut self, ddof: f64) -> Self {
        self.params.ddof = ddof;
        self
    }

    /// Cells with fewer values than this become missing.
    pub fn min_count(mut self, count: usize) -> Self {
        self.params.min_count = Some(count);
        self
    }

    /// Whether attributes are kept; they are by default.
    pub fn keep_attrs(mut self, keep: bool) -> Self {
        self.keep_attrs = keep;
        self
    }

    /// Whether the attributes `units` and `cell_methods` tell of the reduction (a variance is in
    /// squared units, a mean over time adds `time: mean`), and coordinates whose bounds are
    /// coordinates too shrink to the interval reduced over; they do by default.
    pub fn cell_methods(mut self, update: bool) -> Self {
        self.cell_methods = update;
        self
    }

    /// The name of the reduction.
    #[must_use]
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// The options of the reduction.
    pub(super) fn params(&self) -> &ReduceParams {
        &self.params
    }

    pub(super) fn build(&self) -> Result<Arc<dyn Reduction>> {
        reduction(self.name, &self.params)
    }

    /// Attributes of the result.
    pub(super) fn attrs(&self, attrs: &Attrs) -> Attrs {
        if self.keep_attrs { attrs.clone() } else { Attrs::default() }
    }

    /// Attributes of the result of reducing a variable over those of its dimensions that are
    /// among these; `scope` is the periods of a climatology (`years`), if it is one.
    pub(super) fn described(&self, var: &Variable, over: &Dims, scope: &str) -> Attrs {
        if !self.keep_attrs || !self.cell_methods {
            return self.attrs(var.attrs());
        }
        // Dimensions that verbs make for a while have names that no file has.
        let own: Dims = over.iter().filter(|d| var.dims().has(d) && !d.starts_with('<')).collect();
        let attrs = roles::described(var.attrs(), self.name, &own, scope);
        units::reduced(&attrs, self.name)
    }

    /// Whether bounds become those of what was reduced.
    pub(super) fn updates_bounds(&self) -> bool {
        self.cell_methods
    }

    /// Whether a variable of a dataset takes part: averages leave text out, as xarray does.
    pub(super) fn suits(&self, reduction: &dyn Reduction, dtype: &DType) -> bool {
        let numeric_only = matches!(self.name, "mean" | "sum" | "prod" | "var" | "std");
        !numeric_only
            || dtype.is_real()
            || dtype.is_complex()
            || (dtype.is_temporal() && reduction.result(dtype).is_ok())
    }

    /// Whether a variable that has none of the dimensions stays as it is, as in xarray.
    fn leaves_alone(&self, reduction: &dyn Reduction, var: &Variable) -> bool {
        let of_one =
            matches!(self.name, "mean" | "sum" | "prod" | "min" | "max" | "first" | "last");
        (var.ndim() > 0 && of_one) || !self.suits(reduction, var.dtype())
    }
}

/// As it is written in a call.
impl fmt::Display for Reducer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}()", self.name)?;
        if let Some(skip) = self.params.skipna {
            write!(f, ".skipna({skip})")?;
        }
        if self.params.ddof != 0.0 {
            write!(f, ".ddof({})", self.params.ddof)?;
        }
        if let Some(count) = self.params.min_count {
            write!(f, ".min_count({count})")?;
        }
        if !self.keep_attrs {
            f.write_str(".keep_attrs(false)")?;
        }
        if !self.cell_methods {
            f.write_str(".cell_methods(false)")?;
        }
        Ok(())
    }
}

macro_rules! reductions {
    ($($(#[$doc:meta])* $name:ident, $on_set:ident;)*) => {
        $(
            $(#[$doc])*
            pub fn $name() -> Reducer {
                Reducer::new(stringify!($name))
            }
        )*

        impl Dataset {$(
            $(#[$doc])*
            ///
            /// Over one dimension (`"time"`), several (`["lat", "lon"]`) or all (`..`), in every
            /// variable that has them. Coordinates on a reduced dimension are dropped.
            #[track_caller]
            pub fn $on_set(&self, over: impl Into<Over>) -> Self {
                let over = over.into();
                self.verb(
                    || format!("{}({over})", stringify!($on_set)),
                    |ds| ds.try_reduce(&$name(), &over),
                )
            }
        )*}

        impl DataArray {$(
            $(#[$doc])*
            ///
            /// Over one dimension (`"time"`), several (`["lat", "lon"]`) or all (`..`).
            /// Coordinates on a reduced dimension are dropped.
            #[track_caller]
            pub fn $name(&self, over: impl Into<Over>) -> Self {
                let over = over.into();
                self.verb(
                    || format!("{}({over})", stringify!($name)),
                    |set| set.try_reduce(&$name(), &over),
                )
            }
        )*}
    };
}

// `Dataset::var` gives a variable, so that the variance has its full name there.
reductions! {
    /// The number of values that are not missing.
    count, count;
    /// The sum; missing values are skipped, of nothing it is 0.
    sum, sum;
    /// The product; missing values are skipped, of nothing it is 1.
    prod, prod;
    /// The arithmetic mean; missing values are skipped.
    mean, mean;
    /// The lowest value; missing values are skipped.
    min, min;
    /// The highest value; missing values are skipped.
    max, max;
    /// Whether any value is true or not zero.
    any, any;
    /// Whether all values are true or not zero.
    all, all;
    /// The variance (with `ddof` 0); missing values are skipped.
    var, variance;
    /// The standard deviation (with `ddof` 0); missing values are skipped.
    std, std;
    /// The first value that is not missing.
    first, first;
    /// The last value that is not missing.
    last, last;
}

impl Over {
    /// The names it stands for among the dimensions of a dataset.
    pub(super) fn names(&self, set: &Dataset) -> Result<Dims> {
        match self {
            Self::All | Self::Default => Ok(set.dims()),
            Self::Named(dims) => {
                dims.check()?;
                match dims.iter().find(|d| set.size_of(d).is_none()) {
                    Some(missing) => Err(no_dimension(missing, set.sizes())),
                    None => Ok(dims.clone()),
                }
            }
        }
    }
}

impl Dataset {
    /// Reduces over dimensions with options: `reduce(mean().skipna(false), "time")`.
    // By value, because it reads as a call: `reduce(mean(), "time")`.
    #[allow(clippy::needless_pass_by_value)]
    #[track_caller]
    pub fn reduce(&self, by: Reducer, over: impl Into<Over>) -> Self {
        let over = over.into();
        self.verb(|| format!("reduce({by}, {over})"), |ds| ds.try_reduce(&by, &over))
    }

    pub(crate) fn try_reduce(&self, by: &Reducer, over: &Over) -> Result<Self> {
        let dims = over.names(self)?;
        let reduction = by.build()?;
        let alone = self.data_vars().count() == 1;
        let mut parts = self.0.emptied();
        parts.attrs = by.attrs(&self.0.attrs);
        for (name, var) in self.variables() {
            let touched = var.dims().iter().any(|d| dims.has(d));
            if self.is_coord(name) {
                if !touched {
                    parts.adopt(name, var.clone(), &self.0)?;
                } else if by.cell_methods {
                    for (name, left) in roles::collapsed(self, name, var, &dims)? {
                        parts.insert(name, left, true)?;
                    }
                }
            } else if !touched && by.leaves_alone(&*reduction, var) {
                parts.insert(name.clone(), var.clone(), false)?;
            } else if alone || by.suits(&*reduction, var.dtype()) {
                let made = var.reduced(by, &reduction, &dims);
                parts.insert(name.clone(), made.map_err(|e| in_variable(e, name))?, false)?;
            }
        }
        if parts.vars.len() == parts.coords.len() && self.data_vars().next().is_some() {
            return Err(Error::mismatch(format!(
                "no variable is of a type that has a {}",
                by.name
            )));
        }
        Ok(Self(Arc::new(parts)))
    }
}

impl DataArray {
    /// Reduces over dimensions with options: `reduce(std().ddof(1.0), "time")`.
    // By value, because it reads as a call: `reduce(mean(), "time")`.
    #[allow(clippy::needless_pass_by_value)]
    #[track_caller]
    pub fn reduce(&self, by: Reducer, over: impl Into<Over>) -> Self {
        let over = over.into();
        self.verb(|| format!("reduce({by}, {over})"), |set| set.try_reduce(&by, &over))
    }
}

impl Variable {
    pub(super) fn reduced(
        &self,
        by: &Reducer,
        reduction: &Arc<dyn Reduction>,
        over: &Dims,
    ) -> Result<Self> {
        let axes: Vec<usize> = over.iter().filter_map(|d| self.axis(d)).collect();
        let data = eager::reduce(self.data(), reduction.clone(), &axes)?;
        let made = self.changed(self.dims().without(over), data)?;
        Ok(made.with_attrs(by.described(self, over, "")))
    }
}
