//! Polynomials: fitted along a dimension, and evaluated.

use std::sync::Arc;

use graticule_array::{Error, LineOp, PolyFit, Result};

use super::axis::Axis;
use crate::attrs::Attrs;
use crate::data_array::{DataArray, MAIN};
use crate::dataset::{Dataset, in_variable};
use crate::dims::Dims;
use crate::name::Name;
use crate::variable::Variable;

/// How a polynomial is fitted.
#[derive(Clone, Debug, Default, PartialEq)]
#[must_use]
pub struct PolyfitOptions {
    weights: Option<Vec<f64>>,
    strict: bool,
}

impl PolyfitOptions {
    /// All values count alike; missing ones are left out.
    pub fn new() -> Self {
        Self::default()
    }

    /// Weights of the differences (not of their squares), one for each value.
    pub fn weights(mut self, weights: impl Into<Vec<f64>>) -> Self {
        self.weights = Some(weights.into());
        self
    }

    /// Whether missing values are left out; otherwise one makes the result missing.
    pub fn skipna(mut self, skip: bool) -> Self {
        self.strict = !skip;
        self
    }
}

impl Dataset {
    fn try_polyfit(&self, dim: &Name, degree: usize, options: &PolyfitOptions) -> Result<Self> {
        let axis = Axis::new(self, dim)?;
        let op = LineOp::PolyFit(PolyFit {
            x: axis.for_fits().into(),
            degree,
            weights: options.weights.clone().map(Into::into),
            skip_missing: !options.strict,
        });
        let mut parts = self.0.emptied();
        parts.attrs = Attrs::default();
        let degrees: Vec<i64> = (0..=degree as i64).rev().collect();
        parts.insert("degree", Variable::new("degree", degrees)?, true)?;
        for (name, var) in self.data_vars() {
            let Some(at) = var.axis(&axis.dim) else { continue };
            let made = fitted(var, at, &op).map_err(|e| in_variable(e, name))?;
            let name = match name.as_str() {
                MAIN => Name::from("polyfit_coefficients"),
                name => Name::from(format!("{name}_polyfit_coefficients")),
            };
            parts.insert(name, made, false)?;
        }
        if parts.vars.len() == 1 {
            return Err(Error::not_found(format!("no variable has the dimension \"{dim}\"")));
        }
        for (name, coord) in self.coord_vars() {
            let own = matches!(&**coord.dims(), [d] if d == name);
            if own && parts.sizes.contains_key(name) {
                parts.adopt(name, coord.clone(), &self.0)?;
            }
        }
        Ok(Self(Arc::new(parts)))
    }
}

/// The coefficients with their dimension in front.
fn fitted(var: &Variable, at: usize, op: &LineOp) -> Result<Variable> {
    let data = var.data().along(op.clone(), at)?;
    let order: Vec<usize> = [at].into_iter().chain((0..var.ndim()).filter(|a| *a != at)).collect();
    let kept = var.dims().iter().enumerate().filter(|(a, _)| *a != at).map(|(_, d)| d);
    let dims: Dims = [&Name::from("degree")].into_iter().chain(kept).collect();
    Variable::new(dims, data.permute(&order)?)
}

macro_rules! verbs {
    ($type:ty) => {
        impl $type {
            /// The polynomial of a degree nearest to the values along a dimension: a dataset of
            /// coefficients (`polyfit_coefficients`, or `<name>_polyfit_coefficients` of a
            /// dataset's variables) along `degree`, the highest first. Times count in
            /// nanoseconds since 1970, as in xarray.
            ///
            /// ```
            /// use graticule_dataset::{DataArray, polyval};
            /// let x = DataArray::new("x", "t", vec![1.0, 3.0, f64::NAN, 7.0])
            ///     .with_coord("t", "t", vec![0, 1, 2, 3]);
            /// let fit = x.polyfit("t", 1);
            /// let line = &fit["polyfit_coefficients"];
            /// assert!((line.isel("degree", 0).item::<f64>()? - 2.0).abs() < 1e-12);
            /// let at_two = polyval(&x["t"], line).isel("t", 2);
            /// assert!((at_two.item::<f64>()? - 5.0).abs() < 1e-12);
            /// # Ok::<(), graticule_array::Error>(())
            /// ```
            #[track_caller]
            pub fn polyfit(&self, dim: &str, degree: usize) -> Dataset {
                self.polyfit_with(dim, degree, &PolyfitOptions::new())
            }
        }
    };
}

verbs!(Dataset);
verbs!(DataArray);

impl Dataset {
    /// [`polyfit`](Self::polyfit) with options.
    #[track_caller]
    pub fn polyfit_with(&self, dim: &str, degree: usize, options: &PolyfitOptions) -> Dataset {
        self.verb(
            || format!("polyfit({dim:?}, {degree})"),
            |set| set.try_polyfit(&dim.into(), degree, options),
        )
    }
}

impl DataArray {
    /// [`polyfit`](Self::polyfit) with options.
    #[track_caller]
    pub fn polyfit_with(&self, dim: &str, degree: usize, options: &PolyfitOptions) -> Dataset {
        self.set.polyfit_with(dim, degree, options)
    }
}

/// The values of polynomials at the elements of an array; `coefficients` have a dimension
/// `degree` with a coordinate that says their powers. Times count in nanoseconds since 1970.
#[track_caller]
pub fn polyval(at: &DataArray, coefficients: &DataArray) -> DataArray {
    if let (None, Some(fault)) = (at.fault(), coefficients.fault()) {
        return DataArray { set: at.set.carrying(fault), name: at.name.clone() };
    }
    at.array_verb(|| "polyval(..)".into(), |at| horner(at, coefficients))
}

fn horner(at: &DataArray, coefficients: &DataArray) -> Result<DataArray> {
    let powers = coefficients.coord("degree").check()?.values::<i64>()?;
    let at = &as_numbers(at)?;
    let highest = powers.iter().copied().max().unwrap_or(0);
    if !(0..=1000).contains(&highest) || powers.iter().any(|p| *p < 0) {
        return Err(Error::invalid(format!("polynomials of the degrees {powers:?}")));
    }
    let part = |power: i64| {
        let found = powers.iter().position(|p| *p == power);
        found.map(|i| coefficients.isel("degree", i as i64).drop_vars("degree"))
    };
    let zero = at * 0.0;
    let mut sum = zero.clone();
    for power in (0..=highest).rev() {
        sum = &sum * at;
        if let Some(c) = part(power) {
            sum = sum + c;
        }
    }
    sum.with_name("").check()
}

/// Times as nanoseconds since 1970, numbers in double precision.
fn as_numbers(at: &DataArray) -> Result<DataArray> {
    let graticule_array::DType::Time(kind) = at.dtype() else {
        return at.astype("float64").check();
    };
    let var = at.main()?;
    let times = var.in_memory().ok_or_else(|| {
        Error::invalid("the times of a polynomial are not in memory").hint("load() them first")
    })?;
    let by = kind.unit.nanos() as f64;
    let number = |t: &i64| if *t == graticule_cftime::MISSING { f64::NAN } else { *t as f64 * by };
    let numbers: Vec<f64> = times.to_flat::<i64>()?.iter().map(number).collect();
    let data = graticule_array::Array::from_vec(times.shape().to_vec(), numbers)?;
    at.with_main(Variable::new(var.dims(), data)?)
}
