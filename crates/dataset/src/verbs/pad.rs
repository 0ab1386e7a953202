//! Padding along a dimension.

use std::sync::Arc;

use graticule_array::{
    Array, DType, Error, LineOp, MapOp, MathFn, Pick, QuantileMethod, Quantiles, ReduceParams,
    Result, Scalar, ZipOp, choose_type, reduction,
};
use graticule_lazy::LazyArray;

use super::eager;
use super::where_::weak;
use crate::data_array::DataArray;
use crate::dataset::{Dataset, in_variable};
use crate::dims::no_dimension;
use crate::variable::Variable;

/// What a dimension is padded with: the modes of numpy's `pad`.
///
/// ```
/// use graticule_dataset::{DataArray, PadMode};
/// let x = DataArray::new("x", "t", vec![1, 2, 3]);
/// assert_eq!(x.pad("t", 1, 2, PadMode::edge()).values::<i32>()?, [1, 1, 2, 3, 3, 3]);
/// assert_eq!(x.pad("t", 2, 1, PadMode::reflect()).values::<i32>()?, [3, 2, 1, 2, 3, 2]);
/// assert_eq!(x.pad("t", 1, 0, PadMode::constant(-9)).values::<i32>()?, [-9, 1, 2, 3]);
/// # Ok::<(), graticule_array::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
#[must_use]
pub struct PadMode {
    kind: Kind,
    stat_length: Option<usize>,
    odd: bool,
    extrapolate: bool,
}

#[derive(Clone, Debug, PartialEq)]
enum Kind {
    Missing,
    Constant(Scalar),
    Edge,
    Ramp(Scalar),
    Stat(&'static str),
    Reflect,
    Symmetric,
    Wrap,
}

impl PadMode {
    fn of(kind: Kind) -> Self {
        Self { kind, stat_length: None, odd: false, extrapolate: false }
    }

    /// Missing values; integers become floats. Coordinates are padded with missing labels.
    pub fn missing() -> Self {
        Self::of(Kind::Missing)
    }

    /// One value. Coordinates are padded with missing labels.
    pub fn constant(value: impl Into<Scalar>) -> Self {
        Self::of(Kind::Constant(value.into()))
    }

    /// The first and the last element. Coordinates too.
    pub fn edge() -> Self {
        Self::of(Kind::Edge)
    }

    /// Evenly spaced values from the edge to `end`, which the outermost element has.
    pub fn linear_ramp(end: impl Into<Scalar>) -> Self {
        Self::of(Kind::Ramp(end.into()))
    }

    /// The highest element.
    pub fn maximum() -> Self {
        Self::of(Kind::Stat("max"))
    }

    /// The lowest element.
    pub fn minimum() -> Self {
        Self::of(Kind::Stat("min"))
    }

    /// The mean of the elements; of integers it is rounded.
    pub fn mean() -> Self {
        Self::of(Kind::Stat("mean"))
    }

    /// The median of the elements; of integers it is rounded.
    pub fn median() -> Self {
        Self::of(Kind::Stat("median"))
    }

    /// The elements mirrored at the edge, which is not repeated. Coordinates too.
    pub fn reflect() -> Self {
        Self::of(Kind::Reflect)
    }

    /// The elements mirrored beyond the edge, which is repeated. Coordinates too.
    pub fn symmetric() -> Self {
        Self::of(Kind::Symmetric)
    }

    /// The elements of the other end, as on a circle. Coordinates too.
    pub fn wrap() -> Self {
        Self::of(Kind::Wrap)
    }

    /// For `maximum`, `minimum`, `mean` and `median`: looks at this many elements next to the
    /// edge only.
    pub fn stat_length(mut self, length: usize) -> Self {
        self.stat_length = Some(length);
        self
    }

    /// For `reflect` and `symmetric`: mirrors through the value of the edge, `2 * edge - x`.
    pub fn odd(mut self) -> Self {
        self.odd = true;
        self
    }

    /// Continues one-dimensional coordinates of numbers or times with their outermost step
    /// instead of padding them with missing or repeated labels.
    pub fn extrapolate_coords(mut self) -> Self {
        self.extrapolate = true;
        self
    }

    fn name(&self) -> &'static str {
        match self.kind {
            Kind::Missing => "missing",
            Kind::Constant(_) => "constant",
            Kind::Edge => "edge",
            Kind::Ramp(_) => "linear_ramp",
            Kind::Stat("max") => "maximum",
            Kind::Stat("min") => "minimum",
            Kind::Stat(name) => name,
            Kind::Reflect => "reflect",
            Kind::Symmetric => "symmetric",
            Kind::Wrap => "wrap",
        }
    }

    /// How coordinates are padded, as in xarray.
    fn of_coords(&self) -> Self {
        match self.kind {
            Kind::Edge | Kind::Reflect | Kind::Symmetric | Kind::Wrap => self.clone(),
            _ => Self::missing(),
        }
    }
}

impl Dataset {
    /// Adds positions before and after a dimension, filled as the mode says; see [`PadMode`].
    // By value, because it reads as a call: `pad("x", 1, 1, PadMode::edge())`.
    #[allow(clippy::needless_pass_by_value)]
    #[track_caller]
    pub fn pad(&self, dim: &str, before: usize, after: usize, mode: PadMode) -> Self {
        self.verb(
            || format!("pad({dim:?}, {before}, {after}, {})", mode.name()),
            |ds| ds.try_pad(dim, [before, after], &mode),
        )
    }

    fn try_pad(&self, dim: &str, widths: [usize; 2], mode: &PadMode) -> Result<Self> {
        let len = self.size_of(dim).ok_or_else(|| no_dimension(dim, self.sizes()))?;
        let [before, after] = widths;
        if before.checked_add(after).and_then(|n| n.checked_add(len)).is_none_or(too_long) {
            return Err(Error::over_budget(format!(
                "padding by {before} and {after} makes \"{dim}\" too long"
            )));
        }
        let of_coords = mode.of_coords();
        let mut parts = self.0.emptied();
        for (name, var) in self.variables() {
            let made = match (var.dims().has(dim), self.is_coord(name)) {
                (false, _) => Ok(var.clone()),
                (true, false) => var.padded(dim, widths, mode),
                (true, true) => match var.in_memory().filter(|_| mode.extrapolate) {
                    Some(labels) if var.ndim() == 1 && len > 1 => extrapolated(labels, widths)
                        .and_then(|data| var.clone().with_data(LazyArray::constant(data))),
                    _ => var.padded(dim, widths, &of_coords),
                },
            };
            parts.adopt(name, made.map_err(|e| in_variable(e, name))?, &self.0)?;
        }
        Ok(Self(Arc::new(parts)))
    }
}

fn too_long(len: usize) -> bool {
    len > isize::MAX as usize / 16
}

impl DataArray {
    /// Adds positions before and after a dimension, filled as the mode says; see [`PadMode`].
    // By value, because it reads as a call: `pad("x", 1, 1, PadMode::edge())`.
    #[allow(clippy::needless_pass_by_value)]
    #[track_caller]
    pub fn pad(&self, dim: &str, before: usize, after: usize, mode: PadMode) -> Self {
        self.verb(
            || format!("pad({dim:?}, {before}, {after}, {})", mode.name()),
            |set| set.try_pad(dim, [before, after], &mode),
        )
    }
}

/// A variable, an axis of it, and how long that is.
struct Along<'a> {
    var: &'a Variable,
    axis: usize,
    len: usize,
}

impl Variable {
    fn padded(&self, dim: &str, [before, after]: [usize; 2], mode: &PadMode) -> Result<Self> {
        let Some(axis) = self.axis(dim) else { return Ok(self.clone()) };
        let len = self.size_of(dim).unwrap_or(0);
        let along = Along { var: self, axis, len };
        if len == 0 && !matches!(mode.kind, Kind::Missing | Kind::Constant(_)) {
            return Err(Error::invalid(format!(
                "there is nothing along \"{dim}\" to pad with by \"{}\"",
                mode.name()
            ))
            .hint("pad with a constant"));
        }
        let dtype = along.result(mode)?;
        let own = eager::cast(self.data(), &dtype)?;
        let mut parts = Vec::with_capacity(3);
        if before > 0 {
            parts.push(along.side(mode, &dtype, before, true)?);
        }
        parts.push(own);
        if after > 0 {
            parts.push(along.side(mode, &dtype, after, false)?);
        }
        let data = eager::concat(&parts, axis)?;
        if data.dtype() == self.dtype() {
            // The values that were there are stored as they were; the chunks no longer fit.
            let encoding = self.encoding().after_reshape();
            return self.clone().with_encoding(encoding).with_data(data);
        }
        self.changed(self.dims().clone(), data)
    }
}

impl Along<'_> {
    fn result(&self, mode: &PadMode) -> Result<DType> {
        let dtype = self.var.dtype();
        match &mode.kind {
            Kind::Missing => Ok(dtype.with_missing()),
            Kind::Constant(value) => choose_type(dtype, weak(value, self.var)?.dtype()),
            _ => Ok(dtype.clone()),
        }
    }

    /// The shape of a pad of `n` positions.
    fn shape(&self, n: usize) -> Vec<usize> {
        let own = self.var.shape().iter().enumerate();
        own.map(|(a, l)| if a == self.axis { n } else { *l }).collect()
    }

    /// One slice repeated.
    fn repeat(&self, slice: &LazyArray, n: usize) -> Result<LazyArray> {
        let axis = self.axis;
        let axes: Vec<Option<usize>> = (0..self.var.ndim())
            .map(|a| match a.cmp(&axis) {
                std::cmp::Ordering::Less => Some(a),
                std::cmp::Ordering::Equal => None,
                std::cmp::Ordering::Greater => Some(a - 1),
            })
            .collect();
        eager::broadcast(slice, &axes, &self.shape(n))
    }

    fn edge(&self, first: bool) -> Result<LazyArray> {
        let at = if first { 0 } else { self.len.saturating_sub(1) };
        eager::pick(self.var.data(), self.axis, Pick::At(at))
    }

    fn side(&self, mode: &PadMode, dtype: &DType, n: usize, first: bool) -> Result<LazyArray> {
        let repeat_scalar = |value: &Array| {
            let one = LazyArray::constant(value.clone());
            let shape = self.shape(n);
            eager::broadcast(&eager::cast(&one, dtype)?, &vec![None; shape.len()], &shape)
        };
        match &mode.kind {
            Kind::Missing => repeat_scalar(&Array::missing(dtype, &[])?),
            Kind::Constant(value) => repeat_scalar(&value.fill(&[])?),
            Kind::Edge => self.repeat(&self.edge(first)?, n),
            Kind::Ramp(end) => self.ramp(end, dtype, n, first),
            Kind::Stat(name) => self.stat(name, mode.stat_length, dtype, n, first),
            Kind::Reflect | Kind::Symmetric | Kind::Wrap => self.mirror(mode, n, first),
        }
    }

    fn ramp(&self, end: &Scalar, dtype: &DType, n: usize, first: bool) -> Result<LazyArray> {
        if !dtype.is_real() || *dtype == DType::Bool {
            return Err(Error::unsupported(format!("a linear ramp of {dtype}")));
        }
        let end = end.as_f64().ok_or_else(|| Error::mismatch("a ramp ends at a number"))?;
        let steps: Vec<f64> = (0..n).map(|i| i as f64).collect();
        let steps = if first { steps } else { steps.into_iter().rev().collect() };
        let steps = LazyArray::constant(Array::from_vec([n], steps)?);
        let axes: Vec<Option<usize>> =
            (0..self.var.ndim()).map(|a| (a == self.axis).then_some(0)).collect();
        let steps = eager::broadcast(&steps, &axes, &self.shape(n))?;
        let edge = eager::cast(&self.edge(first)?, &DType::F64)?;
        let scalar = |op, value: f64| MapOp::with(op, Scalar::F64(value), false, &DType::F64);
        let step = eager::map(&edge, scalar(ZipOp::Sub, end)?)?;
        let step = eager::map(&step, scalar(ZipOp::Div, n as f64)?)?;
        let ramp = eager::zip(ZipOp::Mul, &steps, &self.repeat(&step, n)?)?;
        let ramp = eager::map(&ramp, scalar(ZipOp::Add, end)?)?;
        let ramp = match dtype.is_integer() {
            true => eager::map(&ramp, MapOp::Math(MathFn::Floor))?,
            false => ramp,
        };
        eager::cast(&ramp, dtype)
    }

    fn stat(
        &self,
        name: &str,
        length: Option<usize>,
        dtype: &DType,
        n: usize,
        first: bool,
    ) -> Result<LazyArray> {
        let length = length.unwrap_or(self.len).min(self.len);
        if length == 0 {
            return Err(Error::invalid("a statistic of no elements").hint("stat_length(1) or more"));
        }
        let start = if first { 0 } else { self.len - length };
        let part = eager::pick(self.var.data(), self.axis, Pick::span(start, length))?;
        let made = if name == "median" {
            let half = Quantiles {
                q: [0.5].into(),
                method: QuantileMethod::Linear,
                skip_missing: false,
                keep_floats: false,
                groups: None,
            };
            let line = part.along(LineOp::Quantile(half), self.axis)?;
            eager::pick(&line, self.axis, Pick::At(0))?
        } else {
            let params = ReduceParams { skipna: Some(false), ..ReduceParams::default() };
            eager::reduce(&part, reduction(name, &params)?, &[self.axis])?
        };
        let made = match dtype.is_integer() && made.dtype().is_float() {
            true => eager::map(&made, MapOp::Math(MathFn::Round))?,
            false => made,
        };
        self.repeat(&eager::cast(&made, dtype)?, n)
    }

    /// Which element stands at each position of a pad, counted from the first element.
    fn mirror(&self, mode: &PadMode, n: usize, first: bool) -> Result<LazyArray> {
        let len = self.len as i128;
        let place = |at: i128| match mode.kind {
            Kind::Wrap => at.rem_euclid(len),
            Kind::Reflect if len > 1 => {
                let m = at.rem_euclid(2 * (len - 1));
                m.min(2 * (len - 1) - m)
            }
            Kind::Symmetric => {
                let m = at.rem_euclid(2 * len);
                m.min(2 * len - 1 - m)
            }
            _ => 0,
        };
        let start = if first { -(n as i128) } else { len };
        let list: Vec<usize> =
            (0..n).filter_map(|i| usize::try_from(place(start + i as i128)).ok()).collect();
        let made = eager::pick(self.var.data(), self.axis, Pick::List(list.into()))?;
        if !mode.odd || mode.kind == Kind::Wrap {
            return Ok(made);
        }
        let once = if mode.kind == Kind::Reflect { self.len.saturating_sub(1) } else { self.len };
        if n > once {
            return Err(Error::unsupported(format!(
                "an odd reflection by {n} positions of an axis of {}",
                self.len
            ))
            .hint(format!("pad by {once} at most, several times")));
        }
        let edge = self.repeat(&self.edge(first)?, n)?;
        let twice = eager::zip(ZipOp::Add, &edge, &edge)?;
        eager::zip(ZipOp::Sub, &twice, &made)
    }
}

/// Labels continued at both ends by the step that they have there.
fn extrapolated(labels: &Array, [before, after]: [usize; 2]) -> Result<Array> {
    let n = labels.len();
    let line = |at: usize, from: usize, back: bool, count: usize| -> Result<Array> {
        let (edge, inner) = (one(labels, at)?, one(labels, from)?);
        let step = ZipOp::Sub.apply(&edge, &inner)?;
        let steps: Vec<i64> = (1..=count).filter_map(|i| i64::try_from(i).ok()).collect();
        let steps = if back { steps.into_iter().rev().collect() } else { steps };
        let whole = Array::from_vec([count], steps)?.cast(&match labels.dtype() {
            d if d.is_temporal() => DType::I64,
            d => d.clone(),
        })?;
        let spread = |a: &Array| a.spread(&[None], &[count], 0..count);
        let offsets = ZipOp::Mul.apply(&spread(&step)?, &whole)?;
        ZipOp::Add.apply(&spread(&edge)?, &offsets)?.cast(labels.dtype())
    };
    if !labels.dtype().is_temporal()
        && (!labels.dtype().is_real() || *labels.dtype() == DType::Bool)
    {
        return Err(Error::unsupported(format!("labels of type {} have no step", labels.dtype())));
    }
    let head = line(0, 1, true, before)?;
    let tail = line(n.saturating_sub(1), n.saturating_sub(2), false, after)?;
    Array::concat(&[head, labels.clone(), tail], 0)
}

fn one(labels: &Array, at: usize) -> Result<Array> {
    labels.select(&graticule_array::Selection::new([Pick::At(at)]))
}
