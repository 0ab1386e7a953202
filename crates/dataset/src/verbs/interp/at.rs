//! Interpolation along one dimension after the other.

use std::sync::Arc;

use graticule_array::{
    Array, Beyond, Curve, DType, Error, Interpolation, LineOp, MISSING_TICK, MapOp, Pick, Result,
    Scalar, Selection, ZipOp, promote,
};
use graticule_lazy::LazyArray;

use super::InterpOptions;
use crate::data::Data;
use crate::data_array::DataArray;
use crate::dataset::{Dataset, in_variable};
use crate::dims::Dims;
use crate::name::Name;
use crate::variable::Variable;
use crate::verbs::axis::Axis;
use crate::verbs::eager;
use crate::verbs::gather::{as_type, gather};

/// The labels that values are wanted at along one dimension.
pub(super) struct Targets {
    /// The dimension.
    dim: Name,
    /// The labels: one, or a list.
    labels: Variable,
    /// The same in numbers of the coordinate.
    numbers: Vec<f64>,
    /// The positions of the coordinate in rising order, and its numbers in that order.
    order: Vec<usize>,
    x: Vec<f64>,
    /// The type of the coordinate.
    dtype: DType,
}

impl Targets {
    pub(super) fn new(set: &Dataset, name: &str, labels: &Variable) -> Result<Self> {
        let axis = Axis::new(set, name)?;
        if labels.ndim() > 1 {
            return Err(Error::mismatch(format!(
                "labels of {} axes for \"{name}\"; they have one, or none",
                labels.ndim()
            )));
        }
        let given = labels.in_memory().ok_or_else(|| {
            Error::invalid(format!("the labels for \"{name}\" are not in memory"))
                .hint("compute() them first")
        })?;
        let numbers = axis.numbers(given)?;
        let shown = axis.labels(given)?;
        let (order, x) = axis.rising()?;
        let dims = if labels.ndim() == 0 { Dims::none() } else { Dims::from(&axis.dim) };
        let labels = Variable::new(dims, shown)?.with_attrs(labels.attrs().clone());
        Ok(Self { dim: axis.dim, labels, numbers, order, x, dtype: axis.dtype })
    }

    /// How many labels.
    pub(super) fn len(&self) -> usize {
        self.numbers.len()
    }

    /// Where each label lies; see [`between`](Self::between).
    pub(super) fn places(&self, beyond: Beyond) -> Vec<Option<(usize, usize, f64)>> {
        self.numbers.iter().map(|at| self.between(*at, beyond)).collect()
    }

    /// The position of the `i`-th label in rising order.
    fn place(&self, i: usize) -> Option<usize> {
        self.order.get(i).copied()
    }

    fn is_inside(&self, at: f64) -> bool {
        self.x.first().is_some_and(|x| *x <= at) && self.x.last().is_some_and(|x| at <= *x)
    }

    /// Where a number lies: the label before it, the one behind it, and the part of the way
    /// between; `None` beyond the ends unless extrapolating.
    fn between(&self, at: f64, beyond: Beyond) -> Option<(usize, usize, f64)> {
        let far = !matches!(beyond, Beyond::Missing);
        if at.is_nan() || !(far || self.is_inside(at)) {
            return None;
        }
        let last = self.x.len().checked_sub(1).filter(|n| *n > 0)?;
        let hi = self.x.partition_point(|v| *v < at).clamp(1, last);
        let (a, b) = (self.x.get(hi - 1)?, self.x.get(hi)?);
        Some((self.place(hi - 1)?, self.place(hi)?, (at - a) / (b - a)))
    }

    /// The position of the nearest label; of two equally near ones the lower.
    fn nearest(&self, at: f64, beyond: Beyond) -> Option<usize> {
        if at.is_nan() || (matches!(beyond, Beyond::Missing) && !self.is_inside(at)) {
            return None;
        }
        let hi = self.x.partition_point(|v| *v < at).min(self.x.len().checked_sub(1)?);
        let lower = hi.checked_sub(1).filter(|lo| match (self.x.get(*lo), self.x.get(hi)) {
            (Some(a), Some(b)) => at - a <= b - at,
            _ => false,
        });
        self.place(lower.unwrap_or(hi))
    }

    /// The type of results: as SciPy computes them.
    pub(super) fn result(&self, values: &DType, method: Interpolation) -> Result<DType> {
        if !values.is_real() {
            return Err(Error::unsupported(format!("interpolation of {values}"))
                .hint("select the nearest: sel(.., near(..))"));
        }
        let float = if values.is_float() { values.clone() } else { DType::F64 };
        let number = |d: &DType| if d.is_real() { d.clone() } else { DType::F64 };
        match method {
            Interpolation::Nearest => Ok(float),
            Interpolation::Linear => {
                let x = promote(&number(&self.dtype), &number(self.labels.dtype()))?;
                promote(&float, &x)
            }
            _ => Ok(DType::F64),
        }
    }

    fn values(&self, data: &LazyArray, axis: usize, options: InterpOptions) -> Result<LazyArray> {
        let to = self.result(data.dtype(), options.method)?;
        let wide = as_type(data, &DType::F64)?;
        let made = match options.method {
            Interpolation::Linear => self.linear(&wide, axis, options.beyond)?,
            Interpolation::Nearest => {
                let from: Vec<Option<usize>> =
                    self.numbers.iter().map(|at| self.nearest(*at, options.beyond)).collect();
                let made = gather(&wide, axis, &from)?;
                self.filled(made, axis, options.beyond)?
            }
            method => {
                let op = LineOp::Curve(Curve {
                    x: self.x.clone().into(),
                    at: self.numbers.clone().into(),
                    method,
                    beyond: options.beyond,
                });
                let sorted = self.order.iter().enumerate().all(|(i, o)| i == *o);
                let rising = Pick::List(self.order.clone().into());
                let selection = Selection::all(data.shape()).with(axis, rising);
                let lines = if sorted { wide } else { wide.select(&selection)? };
                lines.along(op, axis)?
            }
        };
        as_type(&made, &to)
    }

    fn linear(&self, wide: &LazyArray, axis: usize, beyond: Beyond) -> Result<LazyArray> {
        let n = self.x.len();
        if n < 2 {
            return Err(Error::invalid(format!(
                "linear interpolation along \"{}\" needs two labels, found {n}",
                self.dim
            )));
        }
        let places = self.places(beyond);
        let lo: Vec<_> = places.iter().map(|p| p.map(|(lo, ..)| lo)).collect();
        let hi: Vec<_> = places.iter().map(|p| p.map(|(_, hi, _)| hi)).collect();
        let part: Vec<f64> = places.iter().map(|p| p.map_or(0.0, |(.., w)| w)).collect();
        let (lo, hi) = (gather(wide, axis, &lo)?, gather(wide, axis, &hi)?);
        let part = LazyArray::constant(Array::from_vec([part.len()], part)?);
        let part = spread(&part, axis, lo.shape())?;
        let rise = eager::zip(ZipOp::Mul, &eager::zip(ZipOp::Sub, &hi, &lo)?, &part)?;
        self.filled(eager::zip(ZipOp::Add, &rise, &lo)?, axis, beyond)
    }

    /// A given value beyond the ends.
    fn filled(&self, made: LazyArray, axis: usize, beyond: Beyond) -> Result<LazyArray> {
        let Beyond::Value(value) = beyond else { return Ok(made) };
        let inside: Vec<bool> =
            self.numbers.iter().map(|at| at.is_nan() || self.is_inside(*at)).collect();
        let cond = LazyArray::constant(Array::from_vec([inside.len()], inside)?);
        let none = vec![None; made.ndim()];
        let fill = LazyArray::constant(Array::scalar(value)).broadcast(&none, made.shape())?;
        eager::choose(&spread(&cond, axis, made.shape())?, &made, &fill)
    }

    /// A variable at the labels.
    fn variable(&self, var: &Variable, axis: usize, options: InterpOptions) -> Result<Variable> {
        self.shaped(var, axis, self.values(var.data(), axis, options)?)
    }

    /// Times and durations at the labels, as numbers of ticks.
    fn times(&self, var: &Variable, axis: usize, options: InterpOptions) -> Result<Variable> {
        let ticks = as_type(var.data(), &DType::I64)?;
        let missing = MapOp::with(ZipOp::Eq, Scalar::I64(MISSING_TICK), false, &DType::I64)?;
        let none = vec![None; ticks.ndim()];
        let nan = LazyArray::constant(Array::scalar(f64::NAN)).broadcast(&none, ticks.shape())?;
        let numbers = as_type(&ticks, &DType::F64)?;
        let numbers = eager::choose(&eager::map(&ticks, missing)?, &nan, &numbers)?;
        let made = eager::map(&self.values(&numbers, axis, options)?, MapOp::RoundTo(0))?;
        let gone = eager::map(&made, MapOp::IsMissing)?;
        let whole =
            as_type(&eager::map(&made, MapOp::FillMissing(Scalar::F64(0.0)))?, &DType::I64)?;
        let none = vec![None; made.ndim()];
        let tick =
            LazyArray::constant(Array::scalar(MISSING_TICK)).broadcast(&none, made.shape())?;
        let ticks = eager::choose(&gone, &tick, &whole)?;
        self.shaped(var, axis, as_type(&ticks, var.dtype())?)
    }

    fn nearest_variable(&self, var: &Variable, axis: usize) -> Result<Variable> {
        let find = |at: &f64| self.nearest(*at, Beyond::Missing);
        let from: Vec<_> = self.numbers.iter().map(find).collect();
        self.shaped(var, axis, gather(var.data(), axis, &from)?)
    }

    /// One label takes the dimension away.
    fn shaped(&self, var: &Variable, axis: usize, data: LazyArray) -> Result<Variable> {
        if self.labels.ndim() > 0 {
            return var.changed(var.dims().clone(), data);
        }
        let first = Selection::all(data.shape()).with(axis, Pick::At(0));
        var.changed(var.dims().without(&Dims::from(&self.dim)), data.select(&first)?)
    }
}

/// Values along one axis of a shape.
fn spread(line: &LazyArray, axis: usize, shape: &[usize]) -> Result<LazyArray> {
    let axes: Vec<Option<usize>> =
        (0..shape.len()).map(|a| if a == axis { Some(0) } else { None }).collect();
    eager::broadcast(line, &axes, shape)
}

impl Dataset {
    pub(crate) fn try_interp(
        &self,
        coord: &str,
        labels: &Variable,
        options: InterpOptions,
    ) -> Result<Self> {
        let targets = Targets::new(self, coord, labels)?;
        let mut parts = self.0.emptied();
        for (name, var) in self.variables() {
            if *name == coord {
                let attrs = var.attrs().clone();
                parts.insert(name.clone(), targets.labels.clone().with_attrs(attrs), true)?;
                continue;
            }
            let Some(axis) = var.axis(&targets.dim) else {
                parts.adopt(name, var.clone(), &self.0)?;
                continue;
            };
            let made = if var.dtype().is_float() || var.dtype().is_integer() {
                targets.variable(var, axis, options)
            } else if var.dtype().is_temporal() {
                targets.times(var, axis, options)
            } else if *var.dtype() == DType::Bool || var.dtype().is_text() {
                targets.nearest_variable(var, axis)
            } else {
                targets.result(var.dtype(), options.method).map(|_| var.clone())
            };
            let made = made.map_err(|e| in_variable(e, name))?;
            parts.insert(name.clone(), made, self.is_coord(name))?;
        }
        Ok(Self(Arc::new(parts)))
    }

    fn try_interp_like(&self, other: &Self, options: InterpOptions) -> Result<Self> {
        other.sound()?;
        let mut made = self.clone();
        for (dim, _) in self.sizes() {
            let theirs = other.variable(dim).filter(|_| other.is_coord(dim));
            if let Some(labels) = theirs.filter(|l| l.ndim() == 1 && self.variable(dim).is_some()) {
                made = made.try_interp(dim, labels, options)?;
            }
        }
        Ok(made)
    }
}

macro_rules! verbs {
    ($type:ty) => {
        impl $type {
            /// Values at other labels along a dimension, linear between the labels there are:
            /// one label (the dimension goes), or a list. Beyond the outer labels they are
            /// missing, and missing values spread to both sides. Several dimensions are
            /// interpolated one after the other.
            ///
            /// ```
            /// use graticule_dataset::{DataArray, InterpOptions};
            /// let t = DataArray::new("t", "lat", vec![0.0, 10.0, 40.0])
            ///     .with_coord("lat", "lat", vec![0.0, 10.0, 20.0]);
            /// assert_eq!(t.interp("lat", vec![5.0, 15.0]).values::<f64>()?, [5.0, 25.0]);
            /// assert_eq!(t.interp("lat", 2.0).item::<f64>()?, 2.0);
            /// let far = t.interp_with("lat", 30.0, InterpOptions::new().extrapolate());
            /// assert_eq!(far.item::<f64>()?, 70.0);
            /// # Ok::<(), graticule_array::Error>(())
            /// ```
            #[track_caller]
            pub fn interp(&self, dim: &str, at: impl Into<Data>) -> Self {
                self.interp_with(dim, at, InterpOptions::new())
            }

            /// [`interp`](Self::interp) by another method, or beyond the outer labels.
            #[track_caller]
            pub fn interp_with(
                &self,
                dim: &str,
                at: impl Into<Data>,
                options: impl Into<InterpOptions>,
            ) -> Self {
                let (labels, options) = (at.into().into_lazy(), options.into());
                self.verb(
                    || format!("interp({dim:?}, ..)"),
                    |set| {
                        let labels = labels?;
                        let dims = if labels.ndim() == 1 { Dims::from(dim) } else { Dims::none() };
                        set.try_interp(dim, &Variable::new(dims, labels)?, options)
                    },
                )
            }
        }
    };
}

verbs!(Dataset);
verbs!(DataArray);

impl Dataset {
    /// Values at the labels of another dataset, along each dimension that both have a coordinate
    /// of.
    #[track_caller]
    pub fn interp_like(&self, other: &Self, options: impl Into<InterpOptions>) -> Self {
        let options = options.into();
        self.verb(|| "interp_like(..)".into(), |set| set.try_interp_like(other, options))
    }
}

impl DataArray {
    /// Values at the labels of another array, along each dimension that both have a coordinate
    /// of.
    #[track_caller]
    pub fn interp_like(&self, other: &Self, options: impl Into<InterpOptions>) -> Self {
        let options = options.into();
        self.verb(|| "interp_like(..)".into(), |set| set.try_interp_like(&other.set, options))
    }
}
