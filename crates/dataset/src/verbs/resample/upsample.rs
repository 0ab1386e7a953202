//! Upsampling: the values at the labels of the bins.

use std::sync::Arc;

use graticule_array::{Array, DType, Error, Result, Scalar};

use super::{DataArrayResample, DatasetResample, Targets};
use crate::data_array::DataArray;
use crate::dataset::{Dataset, in_variable};
use crate::roles;
use crate::select::{Label, Method};
use crate::variable::Variable;
use crate::verbs::gather::gather;
use crate::verbs::interp::InterpOptions;

impl DatasetResample {
    /// [`nearest`](Self::nearest), missing where the nearest time is farther away than this
    /// duration, or than this number of seconds.
    #[track_caller]
    pub fn nearest_within(&self, tolerance: impl Into<Label>) -> Dataset {
        self.upsampled("nearest", Method::Nearest, Some(&tolerance.into()))
    }

    /// The values at the labels of the bins by interpolation between the times.
    #[track_caller]
    pub fn interpolate(&self, options: impl Into<InterpOptions>) -> Dataset {
        let options = options.into();
        self.groups.set.verb(
            || "interpolate()".into(),
            |set| {
                let targets = self.targets.as_ref();
                let targets = targets.ok_or_else(|| Error::bug("bins without their labels"))?;
                set.try_interp(&targets.dim, &targets.variable()?, options)
            },
        )
    }

    #[track_caller]
    pub(super) fn upsampled(
        &self,
        word: &'static str,
        method: Method,
        tolerance: Option<&Label>,
    ) -> Dataset {
        self.groups.set.verb(
            || format!("{word}()"),
            |set| {
                let targets = self.targets.as_ref();
                let targets = targets.ok_or_else(|| Error::bug("bins without their labels"))?;
                let from = targets.sources(method, tolerance)?;
                targets.taken(set, &from)
            },
        )
    }
}

impl DataArrayResample {
    /// The values at the labels of the bins by interpolation between the times.
    #[track_caller]
    pub fn interpolate(&self, options: impl Into<InterpOptions>) -> DataArray {
        self.named(self.bins.interpolate(options))
    }

    /// [`nearest`](Self::nearest), missing where the nearest time is farther away than this
    /// duration, or than this number of seconds.
    #[track_caller]
    pub fn nearest_within(&self, tolerance: impl Into<Label>) -> DataArray {
        self.named(self.bins.nearest_within(tolerance))
    }
}

impl Targets {
    /// For each label the position of the time whose value it takes.
    fn sources(&self, method: Method, tolerance: Option<&Label>) -> Result<Vec<Option<usize>>> {
        let mut order: Vec<usize> = (0..self.times.len()).collect();
        let time = |i: usize| self.times.get(i).copied().unwrap_or(i64::MAX);
        order.sort_by_key(|i| time(*i));
        order.retain(|i| time(*i) != graticule_cftime::MISSING);
        let farthest = tolerance.map(|t| self.ticks(t)).transpose()?;
        let source = |label: &i64| -> Option<usize> {
            let after = order.partition_point(|i| time(*i) < *label);
            let upto = order.partition_point(|i| time(*i) <= *label);
            let pad = upto.checked_sub(1).and_then(|at| order.get(at).copied());
            let back = order.get(after).copied();
            let far = |i: usize| time(i).abs_diff(*label);
            let found = match method {
                Method::Pad => pad,
                Method::Backfill => back,
                Method::Exact => back.filter(|i| time(*i) == *label),
                Method::Nearest => match (pad, back) {
                    (Some(a), Some(b)) if far(a) < far(b) => Some(a),
                    (a, b) => b.or(a),
                },
            };
            found.filter(|i| farthest.is_none_or(|most| far(*i) <= most))
        };
        Ok(self.labels.iter().map(source).collect())
    }

    fn ticks(&self, tolerance: &Label) -> Result<u64> {
        let unit = self.kind.unit;
        let ticks = match tolerance.value() {
            Scalar::Duration(ticks, own) => Some(own.convert(*ticks, unit)?),
            other => other.as_f64().map(|s| (s * 1e9 / unit.nanos() as f64).floor() as i64),
        };
        ticks.and_then(|t| u64::try_from(t).ok()).ok_or_else(|| {
            Error::invalid(format!("{tolerance} is no distance between times"))
                .hint("give a number of seconds")
        })
    }

    /// The labels as a variable.
    pub(super) fn variable(&self) -> Result<Variable> {
        let labels = Array::from_vec([self.labels.len()], self.labels.clone())?;
        Variable::new(&self.dim, labels.with_dtype(DType::Time(self.kind))?)
    }

    /// The dataset with the values at these positions, labelled by the bins.
    fn taken(&self, set: &Dataset, from: &[Option<usize>]) -> Result<Dataset> {
        let mut parts = set.0.emptied();
        for (name, var) in set.variables() {
            if *name == self.dim {
                let mut attrs = var.attrs().clone();
                // Bounds lie along time, and go with the other coordinates there.
                if roles::bounds_of(set, var).is_some() {
                    roles::BOUNDS_ATTRS.iter().for_each(|a| drop(attrs.remove(a)));
                }
                let made = self.variable()?.with_attrs(attrs);
                parts.insert(name.clone(), made, true)?;
                continue;
            }
            let made = match var.axis(&self.dim) {
                // Of the coordinates along time, xarray keeps none but the times.
                Some(_) if set.is_coord(name) => continue,
                Some(axis) => gather(var.data(), axis, from)
                    .and_then(|data| var.changed(var.dims().clone(), data))
                    .map_err(|e| in_variable(e, name))?,
                None => var.clone(),
            };
            parts.adopt(name, made, &set.0)?;
        }
        Ok(Dataset(Arc::new(parts)))
    }
}
