//! Running sums and products of groups.

use graticule_array::{GroupRuns, LineOp, Result};

use super::{DataArrayGroupBy, DatasetGroupBy};
use crate::data_array::DataArray;
use crate::dataset::Dataset;

impl DatasetGroupBy {
    fn running(&self, product: bool) -> Dataset {
        let word = if product { "cumprod()" } else { "cumsum()" };
        self.set.verb(|| word.into(), |set| self.try_running(set, product))
    }

    fn try_running(&self, set: &Dataset, product: bool) -> Result<Dataset> {
        let grouping = self.grouping()?;
        grouping.check_apart("running sums")?;
        let op = LineOp::GroupRuns(GroupRuns {
            codes: grouping.codes.clone(),
            groups: grouping.len(),
            product,
            skip_missing: true,
        });
        set.map_data(|var| match var.axis(&grouping.dim) {
            Some(axis) => var.changed(var.dims().clone(), var.data().along(op.clone(), axis)?),
            None => Ok(var.clone()),
        })
    }

    /// The sum of all elements of its group up to each element; missing ones count as 0.
    #[track_caller]
    pub fn cumsum(&self) -> Dataset {
        self.running(false)
    }

    /// The product of all elements of its group up to each element; missing ones count as 1.
    #[track_caller]
    pub fn cumprod(&self) -> Dataset {
        self.running(true)
    }
}

impl DataArrayGroupBy {
    /// The sum of all elements of its group up to each element; missing ones count as 0.
    ///
    /// ```
    /// use graticule_dataset::DataArray;
    /// let rain = DataArray::new("rain", "t", vec![1.0, 2.0, 3.0, 4.0])
    ///     .with_coord("year", "t", vec![1, 1, 2, 2]);
    /// assert_eq!(rain.groupby("year").cumsum().values::<f64>()?, [1.0, 3.0, 3.0, 7.0]);
    /// # Ok::<(), graticule_array::Error>(())
    /// ```
    #[track_caller]
    pub fn cumsum(&self) -> DataArray {
        DataArray { set: self.groups.cumsum(), name: self.name.clone() }
    }

    /// The product of all elements of its group up to each element; missing ones count as 1.
    #[track_caller]
    pub fn cumprod(&self) -> DataArray {
        DataArray { set: self.groups.cumprod(), name: self.name.clone() }
    }
}
