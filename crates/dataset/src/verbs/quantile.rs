//! Quantiles and medians over dimensions.

use std::sync::Arc;

use graticule_array::{Array, Error, LineOp, Pick, QuantileMethod, Quantiles, Result, Selection};
use graticule_lazy::LazyArray;

use crate::data_array::DataArray;
use crate::dataset::{Dataset, in_variable};
use crate::dims::{Dims, Over};
use crate::variable::Variable;

/// The quantiles asked for: one, or a list, which becomes a dimension `quantile`.
#[derive(Clone, Debug, PartialEq)]
pub struct Q {
    values: Vec<f64>,
    one: bool,
}

impl From<f64> for Q {
    fn from(q: f64) -> Self {
        Self { values: vec![q], one: true }
    }
}

impl From<Vec<f64>> for Q {
    fn from(values: Vec<f64>) -> Self {
        Self { values, one: false }
    }
}

impl From<&[f64]> for Q {
    fn from(values: &[f64]) -> Self {
        Self::from(values.to_vec())
    }
}

impl<const N: usize> From<[f64; N]> for Q {
    fn from(values: [f64; N]) -> Self {
        Self::from(values.to_vec())
    }
}

impl Q {
    /// The quantiles in order.
    #[must_use]
    pub fn values(&self) -> &[f64] {
        &self.values
    }

    /// The coordinate that labels them.
    pub(crate) fn coord(&self) -> Result<Variable> {
        match (&*self.values, self.one) {
            ([q], true) => Variable::new((), Array::scalar(*q)),
            _ => Variable::new("quantile", self.values.clone()),
        }
    }

    pub(crate) fn is_one(&self) -> bool {
        self.one
    }

    pub(crate) fn check(&self) -> Result<()> {
        match self.values.iter().find(|q| !(0.0..=1.0).contains(*q)) {
            Some(q) => {
                Err(Error::invalid(format!("the quantile {q} does not lie between 0 and 1"))
                    .hint("a percentile of 95 is the quantile 0.95"))
            }
            None => Ok(()),
        }
    }
}

/// How quantiles are found.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
#[must_use]
pub struct QuantileOptions {
    pub(crate) method: QuantileMethod,
    pub(crate) skip: Option<bool>,
    pub(crate) median: bool,
}

impl QuantileOptions {
    /// Linear between elements; missing elements are left out.
    pub fn new() -> Self {
        Self::default()
    }

    /// How they are found between elements.
    pub fn method(mut self, method: QuantileMethod) -> Self {
        self.method = method;
        self
    }

    /// Whether missing elements are left out; otherwise one makes the result missing.
    pub fn skipna(mut self, skip: bool) -> Self {
        self.skip = Some(skip);
        self
    }

    /// The median, which is of the type of floats.
    pub(crate) fn median() -> Self {
        Self { median: true, ..Self::default() }
    }

    pub(crate) fn line(self, q: &Q, groups: Option<(Arc<[u32]>, usize)>) -> LineOp {
        LineOp::Quantile(Quantiles {
            q: q.values.clone().into(),
            method: self.method,
            skip_missing: self.skip.unwrap_or(true),
            keep_floats: self.median,
            groups,
        })
    }
}

impl Variable {
    /// The axes of some dimensions as one last axis; all other dimensions in front of it.
    pub(super) fn gathered_last(&self, over: &Dims) -> Result<(Dims, LazyArray)> {
        let kept = self.dims().without(over);
        let gone = self.dims().iter().filter(|d| over.has(d));
        let order: Vec<usize> = kept.iter().chain(gone).filter_map(|d| self.axis(d)).collect();
        let count = order.len() - kept.len();
        let data = self.data().permute(&order)?;
        Ok((kept.clone(), if count == 1 { data } else { data.merge_axes(kept.len(), count)? }))
    }

    pub(super) fn quantiles(&self, q: &Q, over: &Dims, options: QuantileOptions) -> Result<Self> {
        let own: Dims = over.iter().filter(|d| self.dims().has(d)).collect();
        // One dimension is looked through where it lies; several become one first.
        let (kept, data, axis) = match own.iter().next().and_then(|d| self.axis(d)) {
            Some(axis) if own.len() == 1 => (self.dims().without(over), self.data().clone(), axis),
            _ => {
                let (kept, data) = self.gathered_last(over)?;
                let last = kept.len();
                (kept, data, last)
            }
        };
        let made = data.along(options.line(q, None), axis)?;
        if q.one || options.median {
            let first = Selection::all(made.shape()).with(axis, Pick::At(0));
            let made = self.changed(kept, made.select(&first)?)?;
            let name = if options.median { "median" } else { "quantile" };
            let attrs = crate::roles::described(self.attrs(), name, &own, "");
            return Ok(made.with_attrs(attrs));
        }
        let order: Vec<usize> =
            [axis].into_iter().chain((0..made.ndim()).filter(|a| *a != axis)).collect();
        let dims = Dims::from("quantile").union(&kept);
        self.changed(dims, made.permute(&order)?)
    }
}

impl Dataset {
    fn try_quantile(&self, q: &Q, over: &Over, options: QuantileOptions) -> Result<Self> {
        q.check()?;
        let dims = over.names(self)?;
        let alone = self.data_vars().count() == 1;
        let mut parts = self.0.emptied();
        for (name, var) in self.variables() {
            let touched = var.dims().iter().any(|d| dims.has(d));
            if self.is_coord(name) {
                // xarray's quantile drops scalar coordinates; its median does not.
                if !touched && (options.median || var.ndim() > 0) {
                    parts.adopt(name, var.clone(), &self.0)?;
                }
            } else if !touched && !alone {
                parts.adopt(name, var.clone(), &self.0)?;
            } else if alone || var.dtype().is_real() {
                let made = var.quantiles(q, &dims, options);
                parts.insert(name.clone(), made.map_err(|e| in_variable(e, name))?, false)?;
            }
        }
        if !options.median {
            parts.insert("quantile", q.coord()?, true)?;
        }
        Ok(Self(Arc::new(parts)))
    }
}

macro_rules! verbs {
    ($type:ty) => {
        impl $type {
            /// The values below which a part of the elements over some dimensions lies: one
            /// quantile (`0.9`), or several (`[0.1, 0.9]`), which become the first dimension,
            /// `quantile`. Missing elements are left out. As in xarray, scalar coordinates go.
            ///
            /// ```
            /// use graticule_dataset::DataArray;
            /// let x = DataArray::new("x", "t", vec![1.0f32, 2.0, 4.0, f32::NAN]);
            /// assert_eq!(x.quantile([0.0, 0.25], "t").values::<f64>()?, [1.0, 1.5]);
            /// assert_eq!(x.median("t").item::<f32>()?, 2.0);
            /// # Ok::<(), graticule_array::Error>(())
            /// ```
            #[track_caller]
            pub fn quantile(&self, q: impl Into<Q>, over: impl Into<Over>) -> Self {
                self.quantile_with(q, over, QuantileOptions::new())
            }

            /// Quantiles by another method, or with missing elements that spread.
            #[track_caller]
            pub fn quantile_with(
                &self,
                q: impl Into<Q>,
                over: impl Into<Over>,
                options: QuantileOptions,
            ) -> Self {
                let (q, over) = (q.into(), over.into());
                self.verb(
                    || format!("quantile({:?}, {over})", q.values),
                    |set| set.try_quantile(&q, &over, options),
                )
            }

            /// The middle of the elements over some dimensions; missing ones are left out.
            #[track_caller]
            pub fn median(&self, over: impl Into<Over>) -> Self {
                self.median_with(over, QuantileOptions::new())
            }

            /// The median with missing elements that spread, if so asked for.
            #[track_caller]
            pub fn median_with(&self, over: impl Into<Over>, options: QuantileOptions) -> Self {
                let over = over.into();
                let options = QuantileOptions { median: true, ..options };
                self.verb(
                    || format!("median({over})"),
                    |set| set.try_quantile(&Q::from(0.5), &over, options),
                )
            }
        }
    };
}

verbs!(Dataset);
verbs!(DataArray);
