//! Grouping along a dimension by a coordinate or by a field of its times.

mod arith;
mod bins;
mod bounds;
mod grouping;
mod key;
mod quantile;
mod reduce;
mod running;
mod seasons;
#[cfg(test)]
mod tests;

use std::fmt;
use std::panic::Location;
use std::sync::Arc;

use graticule_array::Result;

use crate::data_array::DataArray;
use crate::dataset::Dataset;
use crate::fault::Fault;
use crate::name::Name;

pub use bins::{Bins, bins};
pub(crate) use grouping::{Grouping, NO_GROUP};
pub use key::GroupKey;

/// A dataset whose elements along one dimension are grouped. A reduction puts the groups in the
/// place of that dimension; `-`, `+`, `*`, `/` with something that has one value per group (a
/// climatology) give each element its group's value.
///
/// ```
/// use graticule_dataset::Dataset;
/// let ds = Dataset::new()
///     .with_coord("kind", "x", vec!["b", "a", "b"])
///     .with_var("v", "x", vec![1.0, 2.0, 3.0]);
/// let means = ds.groupby("kind").mean("x");
/// assert_eq!(means["v"].values::<f64>()?, [2.0, 2.0]);
/// let anomaly = ds.groupby("kind") - &means;
/// assert_eq!(anomaly["v"].values::<f64>()?, [-1.0, 0.0, 1.0]);
/// # Ok::<(), graticule_array::Error>(())
/// ```
#[derive(Clone)]
#[must_use]
pub struct DatasetGroupBy {
    /// With the fault of the grouping, if it failed.
    pub(crate) set: Dataset,
    pub(crate) grouping: Option<Arc<Grouping>>,
}

/// An array whose elements along one dimension are grouped; see [`DatasetGroupBy`].
#[derive(Clone)]
#[must_use]
pub struct DataArrayGroupBy {
    pub(crate) groups: DatasetGroupBy,
    pub(crate) name: Option<Name>,
}

impl Dataset {
    /// Groups the elements along a dimension: by a field of a time coordinate (`"time.month"`),
    /// by the values of a coordinate or variable of one dimension (`"basin"`), or by an array
    /// of labels. Labels must be in memory; elements without a label are left out.
    #[track_caller]
    pub fn groupby(&self, key: impl Into<GroupKey>) -> DatasetGroupBy {
        let key = key.into();
        self.grouped(|| format!("groupby({key})"), |set| Grouping::new(set, &key))
    }

    /// Runs the body of a verb that groups; an error becomes the fault of the groups.
    #[track_caller]
    pub(crate) fn grouped(
        &self,
        step: impl FnOnce() -> String,
        body: impl FnOnce(&Self) -> Result<Grouping>,
    ) -> DatasetGroupBy {
        let place = Location::caller();
        if self.fault().is_some() {
            return DatasetGroupBy { set: self.clone(), grouping: None };
        }
        match body(self) {
            Ok(grouping) => DatasetGroupBy {
                set: self.settle(step(), Ok(self.clone()), place),
                grouping: Some(Arc::new(grouping)),
            },
            Err(error) => {
                DatasetGroupBy { set: self.faulted(error, step(), place), grouping: None }
            }
        }
    }
}

impl DataArray {
    /// Groups the elements along a dimension; see [`Dataset::groupby`].
    ///
    /// ```
    /// use graticule_dataset::DataArray;
    /// let x = DataArray::new("x", "t", vec![1.0, 2.0, 3.0, 4.0])
    ///     .with_coord("t", "t", vec![0, 1, 2, 3])
    ///     .with_coord("parity", "t", vec![0, 1, 0, 1]);
    /// let sums = x.groupby("parity").sum("t");
    /// assert_eq!(sums.dims().to_string(), "parity");
    /// assert_eq!(sums.values::<f64>()?, [4.0, 6.0]);
    /// # Ok::<(), graticule_array::Error>(())
    /// ```
    #[track_caller]
    pub fn groupby(&self, key: impl Into<GroupKey>) -> DataArrayGroupBy {
        DataArrayGroupBy { groups: self.set.groupby(key), name: self.name.clone() }
    }
}

impl DatasetGroupBy {
    /// The number of groups.
    #[must_use]
    pub fn len(&self) -> usize {
        self.grouping.as_ref().map_or(0, |g| g.len())
    }

    /// Whether there is no group.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The error that a verb left behind, if any.
    #[must_use]
    pub fn fault(&self) -> Option<&Fault> {
        self.set.fault()
    }
}

impl DataArrayGroupBy {
    /// The number of groups.
    #[must_use]
    pub fn len(&self) -> usize {
        self.groups.len()
    }

    /// Whether there is no group.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.groups.is_empty()
    }

    /// The error that a verb left behind, if any.
    #[must_use]
    pub fn fault(&self) -> Option<&Fault> {
        self.groups.fault()
    }
}

impl fmt::Display for DatasetGroupBy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.grouping, self.fault()) {
            (Some(grouping), _) => write!(f, "<graticule.DatasetGroupBy, {grouping}>"),
            (None, Some(fault)) => write!(f, "<graticule.DatasetGroupBy>\nfault: {fault}"),
            (None, None) => f.write_str("<graticule.DatasetGroupBy>"),
        }
    }
}

impl fmt::Debug for DatasetGroupBy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl fmt::Display for DataArrayGroupBy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = self.groups.to_string();
        f.write_str(&text.replacen("DatasetGroupBy", "DataArrayGroupBy", 1))
    }
}

impl fmt::Debug for DataArrayGroupBy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
