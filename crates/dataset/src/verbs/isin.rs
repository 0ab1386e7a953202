//! Membership in a list of values.

use std::sync::Arc;

use graticule_array::{Array, MapOp, Result, Scalar};

use crate::data_array::DataArray;
use crate::dataset::Dataset;
use crate::select::Labels;

fn values(list: &Array) -> Result<Arc<[Scalar]>> {
    let n = list.len();
    let flat = list.reshape(&[n])?;
    (0..n).map(|i| flat.get(&[i])).collect::<Result<Vec<_>>>().map(Into::into)
}

impl Dataset {
    /// Whether each element is one of these values; a missing one is not.
    #[track_caller]
    pub fn isin(&self, list: impl Into<Labels>) -> Self {
        let list = list.into();
        self.verb(|| "isin(..)".into(), |ds| ds.try_map(&MapOp::IsIn(values(list.values()?)?)))
    }
}

impl DataArray {
    /// Whether each element is one of these values; a missing one is not.
    ///
    /// ```
    /// use graticule_dataset::DataArray;
    /// let kind = DataArray::new("kind", "x", vec![1, 2, 3, 2]);
    /// assert_eq!(kind.isin([2, 3]).values::<bool>()?, [false, true, true, true]);
    /// # Ok::<(), graticule_array::Error>(())
    /// ```
    #[track_caller]
    pub fn isin(&self, list: impl Into<Labels>) -> Self {
        let list = list.into();
        self.verb(|| "isin(..)".into(), |set| set.try_map(&MapOp::IsIn(values(list.values()?)?)))
    }
}
