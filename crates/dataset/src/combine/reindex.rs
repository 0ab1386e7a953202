//! Other labels along dimensions, filled in where there were none.

use std::sync::Arc;

use graticule_array::{Array, DType, Error, Result, Scalar, Text, TimeType, promote};
use graticule_cftime::PartialDate;

use crate::combine::by_index;
use crate::combine::labels::{Lookup, shown};
use crate::combine::losses::Losses;
use crate::combine::place::Target;
use crate::combine::values::{Key, keys};
use crate::combine::{FillValues, fill_for_array};
use crate::data_array::DataArray;
use crate::dataset::Dataset;
use crate::name::Name;
use crate::select::{Label, Method, Near, Selector};

/// How labels are found that do not exist, and what stands where none is found.
///
/// ```
/// use graticule_dataset::{Method, ReindexOptions};
/// let options = ReindexOptions::new().method(Method::Nearest).tolerance(0.5).fill_value(0);
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
#[must_use]
pub struct ReindexOptions {
    method: Method,
    tolerance: Option<Scalar>,
    fill: FillValues,
}

impl ReindexOptions {
    /// Equal labels only; missing where there is none.
    pub fn new() -> Self {
        Self::default()
    }

    /// What to take where there is no equal label.
    pub fn method(mut self, method: Method) -> Self {
        self.method = method;
        self
    }

    /// How far that label may lie away, in units of the coordinate; a plain number counts
    /// seconds on a time coordinate.
    pub fn tolerance(mut self, tolerance: impl Into<Label>) -> Self {
        self.tolerance = Some(tolerance.into().value().clone());
        self
    }

    /// What stands where there is no label.
    pub fn fill_value(mut self, value: impl Into<Scalar>) -> Self {
        self.fill = FillValues::all(value);
        self
    }

    /// What stands where there is no label, by variable.
    pub fn fill_values(mut self, values: FillValues) -> Self {
        self.fill = values;
        self
    }
}

/// New labels of one dimension, and how they are found among the old ones.
struct Wanted {
    labels: Array,
    method: Method,
    /// One for all labels, or one for each.
    tolerance: Option<Array>,
}

impl Wanted {
    fn new(dim: &str, labels: Selector, options: &ReindexOptions) -> Result<Self> {
        let method = options.method;
        let tolerance = options.tolerance.as_ref().map(|t| t.fill(&[])).transpose()?;
        match labels {
            Selector::List(labels) => Ok(Self { labels, method, tolerance }),
            Selector::Near(Near { labels, method, tolerance, .. }) if labels.ndim() == 1 => {
                Ok(Self { labels, method, tolerance })
            }
            _ => Err(Error::invalid(format!("the new labels of \"{dim}\" must be a list"))
                .hint("a vector, an array of one axis, or near(..) of one")),
        }
    }
}

/// The labels in the type of the old ones where these are times and the new ones dates as text.
fn as_times(labels: Array, own: &DType) -> Result<Array> {
    let (DType::Time(of), true) = (own, labels.dtype().is_text()) else { return Ok(labels) };
    let texts = labels.to_flat::<Text>()?;
    let ticks = texts.iter().map(|t| date(t, *of)).collect::<Result<Vec<i64>>>()?;
    Array::from_vec([ticks.len()], ticks)?.with_dtype(own.clone())
}

fn date(text: &Text, of: TimeType) -> Result<i64> {
    let partial = PartialDate::parse(text.as_str().unwrap_or_default())?;
    Ok(partial.start().to_ticks(of.unit, of.calendar)?)
}

/// Tolerances in the units of keys.
fn widths(tolerance: &Array, dim: &str, own: &DType, n: usize) -> Result<Vec<f64>> {
    let refuse = |why: &str| Error::invalid(format!("the tolerance along \"{dim}\" {why}"));
    let scale = match tolerance.dtype() {
        DType::Duration(unit) if own.is_temporal() => unit.nanos() as f64,
        d if d.is_real() => {
            if own.is_temporal() {
                1e9
            } else {
                1.0
            }
        }
        _ => return Err(refuse("must be a number")),
    };
    let flat = tolerance.reshape(&[tolerance.len()])?;
    let wide = match flat.dtype() {
        DType::Duration(_) => flat.to_flat::<i64>()?.into_iter().map(|t| t as f64).collect(),
        _ => flat.cast(&DType::F64)?.to_flat::<f64>()?,
    };
    let wide: Vec<f64> = wide.into_iter().map(|w| w * scale).collect();
    if wide.iter().any(|w| !w.is_finite() || *w < 0.0) {
        return Err(refuse("must not be negative"));
    }
    match &*wide {
        [one] => Ok(vec![*one; n]),
        all if all.len() == n => Ok(wide),
        _ => Err(refuse("must be one for all labels, or one for each")),
    }
}

/// Where each label stands among the old ones; `None` where there is none.
fn places(dim: &str, own: &Array, wanted: &Wanted, labels: &Array) -> Result<Vec<Option<usize>>> {
    let common = promote(own.dtype(), labels.dtype()).ok().filter(|_| {
        let kind = |d: &DType| (d.is_temporal(), d.is_text());
        kind(own.dtype()) == kind(labels.dtype())
    });
    let common = common.ok_or_else(|| {
        Error::mismatch(format!(
            "the labels of \"{dim}\" are {}, the new ones {}",
            own.dtype(),
            labels.dtype()
        ))
    })?;
    // Numbers of single precision are looked up as such: 0.1 finds the 0.1 of a coordinate of f32.
    let cast = |a: &Array| match (own.dtype(), a.dtype()) {
        (DType::F32, DType::F64) => a.cast(&DType::F32)?.cast(&DType::F64),
        _ => a.cast(&common),
    };
    let lookup = Lookup::new(&cast(own)?)?;
    if let Some(at) = lookup.duplicate() {
        return Err(Error::invalid(format!(
            "the label {} of \"{dim}\" occurs twice: labels can only be looked up where each \
             occurs once",
            shown(own, at)
        ))
        .hint("drop_duplicates first"));
    }
    let new: Vec<Key> = keys(&cast(labels)?)?;
    let found = match &wanted.tolerance {
        None => new.iter().map(|key| lookup.find(key, wanted.method, None)).collect(),
        Some(tolerance) => {
            let widths = widths(tolerance, dim, own.dtype(), new.len())?;
            let pairs = new.iter().zip(widths);
            pairs.map(|(key, width)| lookup.find(key, wanted.method, Some(width))).collect()
        }
    };
    Ok(found)
}

impl Dataset {
    /// Gives a dimension other labels: what has them moves there, what has not is missing. The
    /// labels are a list, or [`near`](crate::near) one (with a tolerance).
    ///
    /// A variable changes its type only if something is missing: integers stay integers where
    /// all labels exist.
    ///
    /// ```
    /// use graticule_dataset::{Dataset, near};
    /// let ds = Dataset::new()
    ///     .with_coord("lat", "lat", vec![10.0, 20.0, 30.0])
    ///     .with_var("n", "lat", vec![1, 2, 3]);
    /// assert_eq!(ds.reindex("lat", vec![30.0, 10.0])["n"].values::<i32>()?, [3, 1]);
    /// let some = ds.reindex("lat", near(vec![11.0, 17.0]).within(2.0));
    /// assert_eq!(some["n"].fillna(-1).values::<f64>()?, [1.0, -1.0]);
    /// # Ok::<(), graticule_array::Error>(())
    /// ```
    #[track_caller]
    pub fn reindex(&self, dim: &str, labels: impl Into<Selector>) -> Self {
        self.reindex_with([(dim, labels.into())], &ReindexOptions::new())
    }

    /// Gives dimensions other labels, as the options say.
    ///
    /// ```
    /// use graticule_dataset::{Dataset, ReindexOptions};
    /// let ds = Dataset::new().with_coord("x", "x", vec![1, 2]).with_var("n", "x", vec![5, 6]);
    /// let filled = ReindexOptions::new().fill_value(0);
    /// let n = ds.reindex_with([("x", vec![2, 3].into())], &filled).var("n");
    /// assert_eq!(n.values::<i32>()?, [6, 0]);
    /// # Ok::<(), graticule_array::Error>(())
    /// ```
    #[track_caller]
    pub fn reindex_with<N: Into<Name>>(
        &self,
        by: impl IntoIterator<Item = (N, Selector)>,
        options: &ReindexOptions,
    ) -> Self {
        let by: Vec<(Name, Selector)> = by.into_iter().map(|(n, s)| (n.into(), s)).collect();
        self.verb(|| step(&by), |ds| ds.try_reindex(by.clone(), options))
    }

    /// Gives the dimensions that another dataset labels, too, its labels.
    #[track_caller]
    pub fn reindex_like(&self, other: impl Into<Dataset>) -> Self {
        self.reindex_like_with(other, &ReindexOptions::new())
    }

    /// Gives the dimensions that another dataset labels, too, its labels, as the options say.
    #[track_caller]
    pub fn reindex_like_with(&self, other: impl Into<Dataset>, options: &ReindexOptions) -> Self {
        let other = other.into();
        if let (None, Some(fault)) = (self.fault(), other.fault()) {
            return self.carrying(fault);
        }
        self.verb(|| "reindex_like(..)".into(), |ds| ds.try_reindex_like(&other, options))
    }

    fn try_reindex_like(&self, other: &Self, options: &ReindexOptions) -> Result<Self> {
        let mut by = Vec::new();
        let mut set = self.clone();
        for (dim, len) in self.sizes() {
            if let Some(made) = by_index::reindexed(&set, other, dim, &options.fill)? {
                set = made;
                continue;
            }
            match (other.index(dim).and_then(|i| i.labels()), other.size_of(dim)) {
                (Some(labels), _) if self.index(dim).is_some() => {
                    by.push((dim.clone(), Selector::List(labels.clone())));
                }
                (_, Some(n)) if n != len => {
                    return Err(Error::mismatch(format!(
                        "dimension \"{dim}\" has the length {len}, that of the other {n}, and not \
                         both have labels"
                    )));
                }
                _ => {}
            }
        }
        set.try_reindex(by, options)
    }

    fn try_reindex(&self, by: Vec<(Name, Selector)>, options: &ReindexOptions) -> Result<Self> {
        let mut set = self.clone();
        for (dim, labels) in by {
            set = set.reindexed(&dim, labels, options)?;
        }
        Ok(set)
    }

    fn reindexed(&self, dim: &Name, labels: Selector, options: &ReindexOptions) -> Result<Self> {
        if self.size_of(dim).is_none() {
            return Err(crate::dims::no_dimension(dim, self.sizes()));
        }
        let (_, index) = self.index_of(dim)?;
        let own = index.labels().ok_or_else(|| {
            Error::unsupported(format!("other labels for an index of {}", index.kind()))
        })?;
        let mut wanted = Wanted::new(dim, labels, options)?;
        wanted.labels = as_times(wanted.labels, own.dtype())?;
        let places = places(dim, own, &wanted, &wanted.labels)?;
        let places: Arc<[Option<usize>]> = places.into();
        let in_place =
            places.len() == own.len() && places.iter().enumerate().all(|(i, p)| *p == Some(i));
        let target = Target {
            dim,
            labels: &wanted.labels,
            places: (!in_place).then_some(&places),
            fill: &options.fill,
            origin: "the dataset",
            rule: "reindex",
        };
        // Asked for by name: no loss.
        self.placed(&target, &mut Losses::default())
    }
}

fn step(by: &[(Name, Selector)]) -> String {
    let all: Vec<String> = by.iter().map(|(n, s)| format!("{n}: {s}")).collect();
    format!("reindex({})", all.join(", "))
}

impl DataArray {
    /// Gives a dimension other labels: what has them moves there, what has not is missing; see
    /// [`Dataset::reindex`].
    #[track_caller]
    pub fn reindex(&self, dim: &str, labels: impl Into<Selector>) -> Self {
        self.reindex_with([(dim, labels.into())], &ReindexOptions::new())
    }

    /// Gives dimensions other labels, as the options say.
    #[track_caller]
    pub fn reindex_with<N: Into<Name>>(
        &self,
        by: impl IntoIterator<Item = (N, Selector)>,
        options: &ReindexOptions,
    ) -> Self {
        let by: Vec<(Name, Selector)> = by.into_iter().map(|(n, s)| (n.into(), s)).collect();
        let options = self.options(options);
        self.verb(|| step(&by), |set| set.try_reindex(by.clone(), &options))
    }

    /// Gives the dimensions that another object labels, too, its labels.
    #[track_caller]
    pub fn reindex_like(&self, other: impl Into<Dataset>) -> Self {
        self.reindex_like_with(other, &ReindexOptions::new())
    }

    /// Gives the dimensions that another object labels, too, its labels, as the options say.
    #[track_caller]
    pub fn reindex_like_with(&self, other: impl Into<Dataset>, options: &ReindexOptions) -> Self {
        let (other, options) = (other.into(), self.options(options));
        if let (None, Some(fault)) = (self.fault(), other.fault()) {
            return Self { set: self.set.carrying(fault), name: self.name.clone() };
        }
        self.verb(|| "reindex_like(..)".into(), |set| set.try_reindex_like(&other, &options))
    }

    fn options(&self, options: &ReindexOptions) -> ReindexOptions {
        let fill = fill_for_array(&options.fill, self.name.as_ref());
        ReindexOptions { fill, ..options.clone() }
    }
}

impl From<&Dataset> for Dataset {
    fn from(set: &Dataset) -> Self {
        set.clone()
    }
}

/// The coordinates of the array.
impl From<&DataArray> for Dataset {
    fn from(array: &DataArray) -> Self {
        array.coords().to_dataset()
    }
}
