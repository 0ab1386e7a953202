//! Resampling along time: bins of a frequency take the place of the times.

mod every;
mod seasons;
#[cfg(test)]
mod tests;
mod upsample;

use std::fmt;

use graticule_array::{Array, Error, Result};

use crate::attrs::Attrs;
use crate::data_array::DataArray;
use crate::dataset::Dataset;
use crate::dims::{Over, no_dimension};
use crate::fault::Fault;
use crate::name::Name;
use crate::select::Method;
use crate::variable::Variable;
use crate::verbs::groupby::{DatasetGroupBy, Grouping, NO_GROUP};
use crate::verbs::quantile::Q;
use crate::verbs::reduce::{
    Reducer, all, any, count, first, last, max, mean, min, prod, std, sum, var,
};

pub use every::{Every, every};

/// A dataset whose times are put into bins of a frequency. A reduction ([`mean`](Self::mean),
/// ...) makes the bins' labels the new times; bins without times are missing, and count 0.
/// [`ffill`](Self::ffill) and the like take the values at the labels instead.
///
/// ```
/// use graticule_array::{Array, DType, TimeType};
/// use graticule_cftime::{Calendar, TimeUnit};
/// use graticule_dataset::Dataset;
/// let hours = Array::from_vec([48], (0..48).map(|h| h * 3600).collect::<Vec<i64>>())?;
/// let kind = TimeType { unit: TimeUnit::Second, calendar: Calendar::NoLeap };
/// let ds = Dataset::new()
///     .with_coord("time", "time", hours.with_dtype(DType::Time(kind))?)
///     .with_var("v", "time", vec![1.0; 48]);
/// let daily = ds.resample("time", "1D").sum();
/// assert_eq!(daily["v"].values::<f64>()?, [24.0, 24.0]);
/// # Ok::<(), graticule_array::Error>(())
/// ```
#[derive(Clone)]
#[must_use]
pub struct DatasetResample {
    pub(crate) groups: DatasetGroupBy,
    targets: Option<Targets>,
}

/// An array whose times are put into bins; see [`DatasetResample`].
#[derive(Clone)]
#[must_use]
pub struct DataArrayResample {
    bins: DatasetResample,
    name: Option<Name>,
}

/// The times and the labels of their bins, in ticks of one unit.
#[derive(Clone)]
struct Targets {
    dim: Name,
    times: Vec<i64>,
    labels: Vec<i64>,
    kind: graticule_array::TimeType,
}

/// The times along a dimension, and their variable.
fn times<'a>(set: &'a Dataset, dim: &Name) -> Result<(&'a Array, &'a Variable)> {
    if set.size_of(dim).is_none() {
        return Err(no_dimension(dim, set.sizes()));
    }
    let coord = set.variable(dim).ok_or_else(|| {
        Error::invalid(format!("the dimension \"{dim}\" has no times to resample by"))
    })?;
    let times = coord.in_memory().ok_or_else(|| {
        Error::invalid(format!("the times \"{dim}\" are not in memory")).hint("load() them first")
    })?;
    Ok((times, coord))
}

/// How many neighbours along a dimension of times lie in each bin, without the bins that are empty.
pub(super) fn lengths_of(set: &Dataset, dim: &str, every: &Every) -> Result<Vec<usize>> {
    let (times, _) = times(set, &dim.into())?;
    let (ticks, bins, _) = every.bins(times)?;
    let mut lens: Vec<(Option<usize>, usize)> = Vec::new();
    for index in bins.indices_of(&ticks) {
        match lens.last_mut() {
            Some((last, n)) if *last == index => *n += 1,
            _ => lens.push((index, 1)),
        }
    }
    Ok(lens.into_iter().map(|(_, n)| n).collect())
}

fn grouping(set: &Dataset, dim: &Name, every: &Every) -> Result<(Grouping, Targets)> {
    let (times, coord) = times(set, dim)?;
    let (ticks, bins, kind) = every.bins(times)?;
    let indices = bins.indices_of(&ticks);
    let targets = Targets { dim: dim.clone(), times: ticks, labels: bins.labels().to_vec(), kind };
    let edges = bins.edges().iter().zip(bins.edges().iter().skip(1));
    let cells = edges.flat_map(|(a, b)| [*a, *b]).collect();
    Ok((targets.grouping(&indices, coord.attrs(), cells)?, targets))
}

impl Targets {
    /// The bin of each time as a grouping; `cells` are the ends of the bins.
    fn grouping(
        &self,
        indices: &[Option<usize>],
        attrs: &Attrs,
        cells: Vec<i64>,
    ) -> Result<Grouping> {
        let code = |i: &Option<usize>| i.and_then(|i| u32::try_from(i).ok()).unwrap_or(NO_GROUP);
        let codes = indices.iter().map(code).collect();
        let labels = self.variable()?.in_memory().cloned();
        let labels = labels.ok_or_else(|| Error::bug("labels that are not in memory"))?;
        let (name, dim) = (self.dim.clone(), self.dim.clone());
        let cells =
            Array::from_vec([labels.len(), 2], cells)?.with_dtype(labels.dtype().clone())?;
        let mut made = Grouping::of_codes(name, dim, codes, labels, attrs.clone());
        made.cells = Some(cells);
        Ok(made)
    }
}

impl Dataset {
    /// Puts the times along a dimension into bins of a frequency: `"MS"`, `"QS-DEC"`, `"10YS"`,
    /// `"3h"`, in any calendar. See [`Every`] for where bins begin and how they are labelled.
    #[track_caller]
    pub fn resample(&self, dim: &str, every: impl Into<Every>) -> DatasetResample {
        let (dim, every) = (Name::from(dim), every.into());
        let mut targets = None;
        let groups = self.grouped(
            || format!("resample({dim:?}, \"{every}\")"),
            |set| {
                let (grouping, found) = grouping(set, &dim, &every)?;
                targets = Some(found);
                Ok(grouping)
            },
        );
        DatasetResample { groups, targets }
    }
}

impl DataArray {
    /// Puts the times along a dimension into bins of a frequency; see [`Dataset::resample`].
    #[track_caller]
    pub fn resample(&self, dim: &str, every: impl Into<Every>) -> DataArrayResample {
        DataArrayResample { bins: self.set.resample(dim, every), name: self.name.clone() }
    }
}

impl DatasetResample {
    /// Reduces each bin over time (`()`), or over several dimensions that include it.
    #[track_caller]
    pub fn reduce(&self, by: Reducer, over: impl Into<Over>) -> Dataset {
        self.groups.reduce(by, over)
    }

    /// The number of bins.
    #[must_use]
    pub fn len(&self) -> usize {
        self.groups.len()
    }

    /// Whether there is no bin.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The error that a verb left behind, if any.
    #[must_use]
    pub fn fault(&self) -> Option<&Fault> {
        self.groups.fault()
    }
}

impl DataArrayResample {
    /// Reduces each bin over time (`()`), or over several dimensions that include it.
    #[track_caller]
    pub fn reduce(&self, by: Reducer, over: impl Into<Over>) -> DataArray {
        self.named(self.bins.reduce(by, over))
    }

    fn named(&self, set: Dataset) -> DataArray {
        DataArray { set, name: self.name.clone() }
    }

    /// The number of bins.
    #[must_use]
    pub fn len(&self) -> usize {
        self.bins.len()
    }

    /// Whether there is no bin.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The error that a verb left behind, if any.
    #[must_use]
    pub fn fault(&self) -> Option<&Fault> {
        self.bins.fault()
    }
}

named_reductions! {
    DatasetResample, DataArrayResample, "of each bin", "", (), (, ()),
    count sum prod mean min max any all var std first last
}

impl DatasetResample {
    /// Quantiles of each bin; several become a last dimension, `quantile`.
    #[track_caller]
    pub fn quantile(&self, q: impl Into<Q>) -> Dataset {
        self.groups.quantile(q, ())
    }

    /// The median of each bin.
    #[track_caller]
    pub fn median(&self) -> Dataset {
        self.groups.median(())
    }
}

impl DataArrayResample {
    /// Quantiles of each bin; several become a last dimension, `quantile`.
    #[track_caller]
    pub fn quantile(&self, q: impl Into<Q>) -> DataArray {
        self.named(self.bins.quantile(q))
    }

    /// The median of each bin.
    #[track_caller]
    pub fn median(&self) -> DataArray {
        self.named(self.bins.median())
    }
}

macro_rules! upsampling {
    ($($(#[$doc:meta])* $name:ident $method:ident;)*) => {
        impl DatasetResample {$(
            $(#[$doc])*
            #[track_caller]
            pub fn $name(&self) -> Dataset {
                self.upsampled(stringify!($name), Method::$method, None)
            }
        )*}

        impl DataArrayResample {$(
            $(#[$doc])*
            #[track_caller]
            pub fn $name(&self) -> DataArray {
                self.named(self.bins.$name())
            }
        )*}
    };
}

upsampling! {
    /// The values at the labels of the bins: the last ones that are not later.
    ffill Pad;
    /// The values at the labels of the bins: the first ones that are not earlier.
    bfill Backfill;
    /// The values at the labels of the bins: the nearest ones, of two equally near the later.
    nearest Nearest;
}

impl DatasetResample {
    /// The values at the labels of the bins, missing where a bin has no time; where it has
    /// several, their mean, as in xarray.
    #[track_caller]
    pub fn asfreq(&self) -> Dataset {
        self.mean()
    }
}

impl DataArrayResample {
    /// The values at the labels of the bins, missing where a bin has no time; where it has
    /// several, their mean, as in xarray.
    #[track_caller]
    pub fn asfreq(&self) -> DataArray {
        self.mean()
    }
}

impl fmt::Display for DatasetResample {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.groups.to_string().replacen("GroupBy", "Resample", 1))
    }
}

impl fmt::Debug for DatasetResample {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl fmt::Display for DataArrayResample {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.bins.to_string().replacen("DatasetResample", "DataArrayResample", 1))
    }
}

impl fmt::Debug for DataArrayResample {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
