//! Derivatives and integrals along a coordinate.

use std::sync::Arc;

use graticule_array::{DType, Error, Integral, LineOp, Result, Slope, ZipOp, promote};
use graticule_lazy::LazyArray;

use super::axis::Axis;
use super::eager;
use super::gather::as_type;
use super::reduce::sum;
use crate::attrs::Attrs;
use crate::data_array::DataArray;
use crate::dataset::{Dataset, in_variable};
use crate::dims::Dims;
use crate::variable::Variable;

/// How derivatives and integrals are taken.
#[derive(Clone, Debug, Default, PartialEq)]
#[must_use]
pub struct CalculusOptions {
    sharp_ends: bool,
    unit: Option<String>,
}

impl CalculusOptions {
    /// Differences of first order at the ends; times in nanoseconds (seconds on calendars that
    /// are not the standard one), as in xarray.
    pub fn new() -> Self {
        Self::default()
    }

    /// The order of the differences at the ends: 1 or 2.
    pub fn edge_order(mut self, order: u8) -> Self {
        self.sharp_ends = order >= 2;
        self
    }

    /// The unit that times count in: `ns`, `us`, `ms`, `s`, `m`, `h`, `D` or `W`.
    pub fn datetime_unit(mut self, unit: impl Into<String>) -> Self {
        self.unit = Some(unit.into());
        self
    }
}

impl Dataset {
    /// Each variable that has the coordinate's dimension through a function.
    fn along_axis(
        &self,
        axis: &Axis,
        keeps_dim: bool,
        change: impl Fn(&Variable, usize) -> Result<Variable>,
    ) -> Result<Self> {
        let mut parts = self.0.emptied();
        for (name, var) in self.variables() {
            match var.axis(&axis.dim) {
                Some(at) if !self.is_coord(name) => {
                    let made = change(var, at).map_err(|e| in_variable(e, name))?;
                    parts.insert(name.clone(), made.with_attrs(Attrs::default()), false)?;
                }
                Some(_) if !keeps_dim => {}
                _ => parts.adopt(name, var.clone(), &self.0)?,
            }
        }
        Ok(Self(Arc::new(parts)))
    }

    fn try_differentiate(&self, coord: &str, options: &CalculusOptions) -> Result<Self> {
        let axis = Axis::new(self, coord)?;
        let x: Arc<[f64]> = axis.in_unit(options.unit.as_deref())?.into();
        let op = LineOp::Slope(Slope { x, sharp_ends: options.sharp_ends });
        self.along_axis(&axis, true, |var, at| {
            var.changed(var.dims().clone(), var.data().along(op.clone(), at)?)
        })
    }

    fn try_integrate(&self, coord: &str, options: &CalculusOptions) -> Result<Self> {
        let axis = Axis::new(self, coord)?;
        let weights = trapezoids(&axis.in_unit(options.unit.as_deref())?);
        self.along_axis(&axis, false, |var, at| {
            let to = product_type(var.dtype(), &axis.dtype)?;
            let wide = Variable::new(var.dims(), as_type(var.data(), &DType::F64)?)?;
            let weights = Variable::new(&axis.dim, weights.clone())?;
            let along: Vec<Option<usize>> =
                (0..var.ndim()).map(|a| if a == at { Some(0) } else { None }).collect();
            let spread = eager::broadcast(weights.data(), &along, var.shape())?;
            let parts = eager::zip(ZipOp::Mul, wide.data(), &spread)?;
            let by = sum().skipna(false);
            let total: LazyArray = parts.reduce(by.build()?, &[at])?;
            let dims = var.dims().without(&Dims::from(&axis.dim));
            var.changed(dims, as_type(&total, &to)?)
        })
    }

    fn try_accumulate(&self, coord: &str, options: &CalculusOptions) -> Result<Self> {
        let axis = Axis::new(self, coord)?;
        let x: Arc<[f64]> = axis.in_unit(options.unit.as_deref())?.into();
        self.along_axis(&axis, true, |var, at| {
            let to = product_type(var.dtype(), &axis.dtype)?;
            let op = LineOp::Integral(Integral { x: x.clone(), to });
            var.changed(var.dims().clone(), var.data().along(op, at)?)
        })
    }
}

/// The weight of each value in the trapezoidal rule.
fn trapezoids(x: &[f64]) -> Vec<f64> {
    let steps: Vec<f64> = x.iter().zip(x.iter().skip(1)).map(|(a, b)| b - a).collect();
    let before = std::iter::once(0.0).chain(steps.iter().copied());
    let behind = steps.iter().copied().chain(std::iter::once(0.0));
    before.zip(behind).map(|(a, b)| 0.5 * (a + b)).take(x.len()).collect()
}

/// The type of values times coordinates; times count as floats of double precision.
fn product_type(values: &DType, coord: &DType) -> Result<DType> {
    if !values.is_real() {
        return Err(Error::unsupported(format!("an integral of {values}")));
    }
    let both = promote(values, if coord.is_real() { coord } else { &DType::F64 })?;
    Ok(if both.is_float() { both } else { DType::F64 })
}

macro_rules! calculus {
    ($($(#[$doc:meta])* $name:ident $with:ident $body:ident;)*) => {
        impl Dataset {$(
            $(#[$doc])*
            #[track_caller]
            pub fn $name(&self, coord: &str) -> Self {
                self.$with(coord, &CalculusOptions::new())
            }

            #[doc = concat!("[`", stringify!($name), "`](Self::", stringify!($name), ") with options.")]
            #[track_caller]
            pub fn $with(&self, coord: &str, options: &CalculusOptions) -> Self {
                self.verb(
                    || format!("{}({coord:?})", stringify!($name)),
                    |set| set.$body(coord, options),
                )
            }
        )*}

        impl DataArray {$(
            $(#[$doc])*
            ///
            /// ```
            /// use graticule_dataset::DataArray;
            /// let z = DataArray::new("z", "x", vec![0.0, 1.0, 4.0])
            ///     .with_coord("x", "x", vec![0.0, 1.0, 2.0]);
            /// assert_eq!(z.differentiate("x").values::<f64>()?, [1.0, 2.0, 3.0]);
            /// assert_eq!(z.integrate("x").item::<f64>()?, 3.0);
            /// assert_eq!(z.cumulative_integrate("x").values::<f64>()?, [0.0, 0.5, 3.0]);
            /// # Ok::<(), graticule_array::Error>(())
            /// ```
            #[track_caller]
            pub fn $name(&self, coord: &str) -> Self {
                self.$with(coord, &CalculusOptions::new())
            }

            #[doc = concat!("[`", stringify!($name), "`](Self::", stringify!($name), ") with options.")]
            #[track_caller]
            pub fn $with(&self, coord: &str, options: &CalculusOptions) -> Self {
                self.verb(
                    || format!("{}({coord:?})", stringify!($name)),
                    |set| set.$body(coord, options),
                )
            }
        )*}
    };
}

calculus! {
    /// The derivative along a coordinate: differences of second order, first at the ends, for
    /// coordinates of any spacing.
    differentiate differentiate_with try_differentiate;
    /// The integral along a coordinate by the trapezoidal rule; missing values spread.
    integrate integrate_with try_integrate;
    /// The integral along a coordinate from its first label to each one.
    cumulative_integrate cumulative_integrate_with try_accumulate;
}
