//! The range index: evenly spaced labels that are never listed.

use std::sync::Arc;

use graticule_array::{Array, DType, Error, Pick, Result, Scalar};
use graticule_lazy::LazyArray;
use graticule_storage::EvenSource;

use super::query::{between, closes};
use super::{Found, Index, LabelIndex, Query};
use crate::data_array::DataArray;
use crate::dataset::Dataset;
use crate::dims::Dims;
use crate::name::Name;
use crate::select::{Label, Method, Selector};
use crate::variable::Variable;

/// Labels differ from those asked for by less than this part of a step.
const SAME: f64 = 1e-9;

/// Evenly spaced labels `start + i * step`, which take no memory whatever their number. Labels
/// are equal to those asked for if they differ by less than 1e-9 of a step.
///
/// ```
/// use graticule_dataset::{Dataset, RangeIndex};
/// let ds = Dataset::new()
///     .with_var("t", "x", vec![1, 2, 3, 4, 5])
///     .with_range("x", RangeIndex::new(10.0, 0.1, 5)?);
/// assert_eq!(ds.sel("x", 10.3)["t"].item::<i32>()?, 4);
/// assert_eq!(ds.sel("x", 10.1..=10.25)["t"].values::<i32>()?, [2, 3]);
/// # Ok::<(), graticule_array::Error>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct RangeIndex {
    start: f64,
    step: f64,
    len: usize,
    /// Where the first label stands in the range that this one was taken from, and how many of
    /// its positions lie between neighbours: labels of a part are those of the whole, bit for bit.
    first: i64,
    stride: i64,
}

/// The same labels, whatever larger range they were taken from.
impl PartialEq for RangeIndex {
    fn eq(&self, other: &Self) -> bool {
        let ends = |r: &Self| (r.start(), r.label(r.len.saturating_sub(1)), r.step());
        self.len == other.len && ends(self) == ends(other)
    }
}

impl RangeIndex {
    /// `len` labels from `start` in steps of `step`.
    ///
    /// # Errors
    /// If the step is zero, or a label would not be finite.
    pub fn new(start: f64, step: f64, len: usize) -> Result<Self> {
        let made = Self { start, step, len, first: 0, stride: 1 };
        if step == 0.0 || !start.is_finite() || !made.label(len.saturating_sub(1)).is_finite() {
            return Err(Error::invalid(format!(
                "no range of {len} labels from {start} in steps of {step}"
            )));
        }
        Ok(made)
    }

    /// Labels from `start` up to, not including, `stop` (numpy's `arange`).
    ///
    /// # Errors
    /// If the step is zero or does not lead from `start` to `stop`.
    pub fn arange(start: f64, stop: f64, step: f64) -> Result<Self> {
        let len = ((stop - start) / step).ceil();
        if !(0.0..9e15).contains(&len) {
            return Err(Error::invalid(format!(
                "no range from {start} to {stop} in steps of {step}"
            )));
        }
        Self::new(start, step, len as usize)
    }

    /// `len` labels from `start` to `stop`, both included (numpy's `linspace`).
    ///
    /// # Errors
    /// If there are fewer than two labels, or the ends are equal.
    pub fn linspace(start: f64, stop: f64, len: usize) -> Result<Self> {
        if len < 2 {
            return Err(Error::invalid(format!("a range of {len} labels has no step")));
        }
        Self::new(start, (stop - start) / (len - 1) as f64, len)
    }

    /// The range that these labels are, if they are evenly spaced to 1e-9 of a step.
    #[must_use]
    pub fn detect(labels: &Array) -> Option<Self> {
        if !labels.dtype().is_real() || labels.ndim() != 1 || labels.len() < 2 {
            return None;
        }
        let values = labels.cast(&DType::F64).ok()?.to_flat::<f64>().ok()?;
        let (first, last) = (*values.first()?, *values.last()?);
        let made = Self::linspace(first, last, values.len()).ok()?;
        let slack = SAME * made.step.abs();
        let even = values.iter().enumerate().all(|(i, v)| (v - made.label(i)).abs() <= slack);
        even.then_some(made)
    }

    /// The first label.
    #[must_use]
    pub fn start(&self) -> f64 {
        self.label(0)
    }

    /// The distance from one label to the next.
    #[must_use]
    pub fn step(&self) -> f64 {
        self.step * self.stride as f64
    }

    /// The label at a position.
    #[must_use]
    pub fn label(&self, position: usize) -> f64 {
        // One rounding: the same label however it was come by.
        self.rule().value(position)
    }

    fn rule(&self) -> EvenSource {
        let Self { start, step, first, stride, .. } = *self;
        EvenSource { start, step, first, stride }
    }

    /// The positions of a stretch of this range; `None` if they cannot be counted.
    fn part(&self, start: usize, step: isize, len: usize) -> Option<Self> {
        let start = i64::try_from(start).ok()?;
        let first = self.stride.checked_mul(start)?.checked_add(self.first)?;
        let stride = self.stride.checked_mul(i64::try_from(step).ok()?)?;
        stride.checked_mul(i64::try_from(len).ok()?)?.checked_add(first)?;
        Some(Self { len, first, stride, ..*self })
    }

    /// Where a label lies among the positions, as a real number.
    fn place(&self, coord: &str, label: &Scalar) -> Result<f64> {
        let value = label.as_f64().ok_or_else(|| {
            Error::mismatch(format!(
                "the label {} of type {} for \"{coord}\": expected a number",
                super::query::quoted(label),
                label.dtype()
            ))
        })?;
        if value.is_nan() {
            return Err(Error::not_found(format!("no label nan in \"{coord}\"")));
        }
        let whole = (value - self.start) / self.step;
        Ok((whole - self.first as f64) / self.stride as f64)
    }

    fn exact(&self, coord: &str, label: &Scalar) -> Result<usize> {
        let place = self.place(coord, label)?;
        let at = place.round();
        if (place - at).abs() <= SAME.max(4.0 * f64::EPSILON * place.abs())
            && at >= 0.0
            && at < self.len as f64
        {
            return Ok(at as usize);
        }
        let near = place.clamp(0.0, self.len.saturating_sub(1) as f64);
        let (low, high) = (near.floor() as usize, near.ceil() as usize);
        let error =
            Error::not_found(format!("no label {} in \"{coord}\"", super::query::quoted(label)));
        Err(if low == high {
            error.hint(format!("the nearest label is {:?}", self.label(low)))
        } else {
            error.hint(format!(
                "the nearest labels are {:?} and {:?}",
                self.label(low),
                self.label(high)
            ))
        })
    }

    /// The ranks that a label covers: none, but in its place, if it is not there.
    fn span(&self, coord: &str, label: &Scalar) -> Result<std::ops::Range<usize>> {
        let place = self.place(coord, label)?;
        let slack = SAME.max(4.0 * f64::EPSILON * place.abs());
        let limit = |v: f64| v.clamp(0.0, self.len as f64) as usize;
        let (from, to) = (limit((place - slack).ceil()), limit((place + slack).floor() + 1.0));
        // Ranks count from the lowest label.
        Ok(if self.step() > 0.0 {
            from..to.max(from)
        } else {
            self.len - to.max(from)..self.len - from
        })
    }

    fn near(
        &self,
        coord: &str,
        label: &Scalar,
        method: Method,
        tolerance: Option<f64>,
    ) -> Result<usize> {
        let place = self.place(coord, label)?;
        let (low, high) = (place.floor(), place.ceil());
        let last = self.len.saturating_sub(1) as f64;
        // Of two equally near labels the larger one.
        let nearest = match (place - low).total_cmp(&(high - place)) {
            std::cmp::Ordering::Less => low,
            std::cmp::Ordering::Equal if self.step() < 0.0 => low,
            _ => high,
        };
        let at = match method {
            Method::Exact => return self.exact(coord, label),
            Method::Nearest => nearest.clamp(0.0, last),
            Method::Pad => low.min(last),
            Method::Backfill => high.max(0.0),
        };
        let far = (place - at).abs() * self.step().abs();
        let slack = 1.0 + SAME;
        if self.len == 0
            || !(0.0..=last).contains(&at)
            || tolerance.is_some_and(|t| far > t * slack)
        {
            return self.exact(coord, label).map_err(|e| match tolerance {
                Some(t) => Error::not_found(format!("{e}: none within {t}")),
                None => e,
            });
        }
        Ok(at as usize)
    }

    fn all(&self) -> Result<Array> {
        crate::select::pointwise::count(&[self.len])?;
        let values: Vec<f64> = (0..self.len).map(|i| self.label(i)).collect();
        Array::from_vec([self.len], values)
    }

    /// The labels as data that is made when it is read.
    fn data(self) -> LazyArray {
        LazyArray::read(Arc::new(self.rule().of(self.len)))
    }
}

impl Index for RangeIndex {
    fn kind(&self) -> &'static str {
        "range"
    }

    fn shape(&self) -> Vec<usize> {
        vec![self.len]
    }

    fn sel(&self, query: &Query) -> Result<Found> {
        let (coord, selector) = query.only()?;
        let each = |labels: &Array, method: Method, tolerance: Option<&Array>| -> Result<Pick> {
            let one = |i: usize| -> Result<usize> {
                let label = if labels.ndim() == 0 { labels.item()? } else { labels.get(&[i])? };
                let limit = match tolerance {
                    Some(t) if t.ndim() == 0 => t.item()?.as_f64(),
                    Some(t) => t.get(&[i])?.as_f64(),
                    None => None,
                };
                if limit.is_some_and(|l| l.is_nan() || l < 0.0) {
                    return Err(Error::invalid(format!(
                        "a tolerance for \"{coord}\" is no length"
                    )));
                }
                self.near(coord, &label, method, limit)
            };
            if labels.ndim() == 0 {
                return one(0).map(Pick::At);
            }
            Ok(Pick::List((0..labels.len()).map(one).collect::<Result<Vec<_>>>()?.into()))
        };
        let pick = match selector {
            Selector::One(label) => Pick::At(self.exact(coord, label.value())?),
            Selector::List(mask) if *mask.dtype() == DType::Bool => {
                crate::select::Indexer::Mask(mask.to_flat::<bool>()?).pick(coord, self.len)?
            }
            Selector::List(labels) => each(labels, Method::Exact, None)?,
            Selector::Near(near) => each(&near.labels, near.method, near.tolerance.as_ref())?,
            Selector::Range { start, stop, inclusive } => {
                let (start, stop) =
                    (start.as_ref().map(Label::value), stop.as_ref().map(Label::value));
                let a = start.map(|l| self.span(coord, l)).transpose()?;
                let b = stop.map(|l| self.span(coord, l)).transpose()?;
                let falling = self.step() < 0.0;
                let ranks = between(a, b, closes(stop, *inclusive), self.len, falling);
                let len = ranks.end - ranks.start;
                Pick::span(if falling { self.len - ranks.end } else { ranks.start }, len)
            }
            other => return Err(Error::unsupported(format!("{other} of \"{coord}\""))),
        };
        Ok(Found::pick(pick))
    }

    fn isel(&self, picks: &[Pick]) -> Option<Arc<dyn Index>> {
        match picks.first()? {
            Pick::Range { start, step, len } => Some(Arc::new(self.part(*start, *step, *len)?)),
            Pick::List(list) => {
                let values: Vec<f64> = list.iter().map(|i| self.label(*i)).collect();
                let labels = Array::from_vec([values.len()], values).ok()?;
                LabelIndex::new(&labels).map(|i| Arc::new(i) as Arc<dyn Index>)
            }
            Pick::At(_) => None,
        }
    }

    fn difference(&self, other: &dyn Index) -> Option<String> {
        match (other as &dyn std::any::Any).downcast_ref::<Self>() {
            Some(other) => {
                let slack = SAME * self.step().abs();
                let last = self.len.saturating_sub(1);
                let same = self.len == other.len
                    && (self.start() - other.start()).abs() <= slack
                    && (self.label(last) - other.label(last)).abs() <= slack;
                (!same).then(|| format!("they are {} and {}", self.describe(), other.describe()))
            }
            None if other.len() != self.len => {
                Some(format!("lengths are {} and {}", self.len, other.len()))
            }
            None => {
                let mine = self.all().ok().and_then(|l| LabelIndex::new(&l));
                mine.map_or_else(|| Some("labels differ".into()), |mine| mine.difference(other))
            }
        }
    }

    fn describe(&self) -> String {
        format!("range ({} from {} by {})", self.len, self.start(), self.step())
    }

    fn stack(&self) -> Option<LabelIndex> {
        LabelIndex::new(&self.all().ok()?)
    }
}

impl Dataset {
    /// The same dataset with evenly spaced labels along a dimension, which take no memory.
    #[track_caller]
    pub fn with_range(&self, dim: impl Into<Name>, range: RangeIndex) -> Self {
        let dim = dim.into();
        self.verb(|| format!("with_range({dim:?}, ..)"), |ds| ds.try_with_range(&dim, range))
    }

    fn try_with_range(&self, dim: &Name, range: RangeIndex) -> Result<Self> {
        let mut parts = (*self.0).clone();
        parts.insert(dim.clone(), Variable::new(Dims::from(dim), range.data())?, true)?;
        parts.indexes.insert(dim.clone(), Arc::new(range));
        Ok(Self(Arc::new(parts)))
    }
}

impl DataArray {
    /// The same array with evenly spaced labels along a dimension; see [`Dataset::with_range`].
    #[track_caller]
    pub fn with_range(&self, dim: impl Into<Name>, range: RangeIndex) -> Self {
        let dim = dim.into();
        self.verb(
            || format!("with_range({dim:?}, ..)"),
            |set| match set.size_of(&dim) {
                Some(_) => set.try_with_range(&dim, range),
                None => Err(crate::dims::no_dimension(&dim, set.sizes())),
            },
        )
    }
}
