//! Differences between neighbours along a dimension.

use graticule_array::{Pick, Result, ZipOp};

use super::eager;
use crate::data_array::DataArray;
use crate::dataset::Dataset;
use crate::dims::no_dimension;
use crate::variable::Variable;

/// Which of two neighbours gives the coordinates to their difference.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum DiffLabel {
    /// The one with the higher position.
    #[default]
    Upper,
    /// The one with the lower position.
    Lower,
}

impl Dataset {
    /// The `n`-th differences between neighbours along a dimension, labelled by the upper one;
    /// the dimension becomes `n` shorter. Variables without it stay.
    #[track_caller]
    pub fn diff(&self, dim: &str, n: usize) -> Self {
        self.verb(|| format!("diff({dim:?}, {n})"), |ds| ds.try_diff(dim, n, DiffLabel::Upper))
    }

    /// Differences like [`diff`](Self::diff), labelled by either neighbour: each of the `n`
    /// (xarray labels all but the first by the upper one).
    #[track_caller]
    pub fn diff_labelled(&self, dim: &str, n: usize, label: DiffLabel) -> Self {
        self.verb(
            || format!("diff_labelled({dim:?}, {n}, {label:?})"),
            |ds| ds.try_diff(dim, n, label),
        )
    }

    fn try_diff(&self, dim: &str, n: usize, label: DiffLabel) -> Result<Self> {
        let len = self.size_of(dim).ok_or_else(|| no_dimension(dim, self.sizes()))?;
        let mut made = self.clone();
        for _ in 0..n.min(len) {
            made = made.first_difference(dim, label)?;
        }
        Ok(made)
    }

    fn first_difference(&self, dim: &str, label: DiffLabel) -> Result<Self> {
        let len = self.size_of(dim).unwrap_or(0).saturating_sub(1);
        let start = usize::from(label == DiffLabel::Upper);
        let labels = self.picked(dim, &Pick::span(start.min(len), len))?;
        let mut parts = labels.0.emptied();
        for (name, var) in labels.variables() {
            let own = self.find(name)?;
            if labels.is_coord(name) || !own.dims().has(dim) {
                parts.adopt(name, var.clone(), &labels.0)?;
            } else {
                let made = own.neighbours_apart(dim);
                let made = made.map_err(|e| crate::dataset::in_variable(e, name))?;
                parts.insert(name.clone(), made, false)?;
            }
        }
        Ok(Self(std::sync::Arc::new(parts)))
    }
}

impl DataArray {
    /// The `n`-th differences between neighbours along a dimension, labelled by the upper one;
    /// the dimension becomes `n` shorter. Differences of times are durations, in any calendar.
    ///
    /// ```
    /// use graticule_dataset::DataArray;
    /// let x = DataArray::new("x", "t", vec![1, 4, 9, 16]).with_coord("t", "t", vec![1, 2, 3, 4]);
    /// assert_eq!(x.diff("t", 1).values::<i32>()?, [3, 5, 7]);
    /// assert_eq!(x.diff("t", 2)["t"].values::<i32>()?, [3, 4]);
    /// # Ok::<(), graticule_array::Error>(())
    /// ```
    #[track_caller]
    pub fn diff(&self, dim: &str, n: usize) -> Self {
        self.verb(|| format!("diff({dim:?}, {n})"), |set| set.try_diff(dim, n, DiffLabel::Upper))
    }

    /// Differences like [`diff`](Self::diff), labelled by either neighbour.
    #[track_caller]
    pub fn diff_labelled(&self, dim: &str, n: usize, label: DiffLabel) -> Self {
        self.verb(
            || format!("diff_labelled({dim:?}, {n}, {label:?})"),
            |set| set.try_diff(dim, n, label),
        )
    }
}

impl Variable {
    fn neighbours_apart(&self, dim: &str) -> Result<Self> {
        let Some(axis) = self.axis(dim) else { return Ok(self.clone()) };
        let len = self.size_of(dim).unwrap_or(0).saturating_sub(1);
        let first = usize::from(self.size_of(dim).unwrap_or(0) > 0);
        let upper = eager::pick(self.data(), axis, Pick::span(first, len))?;
        let lower = eager::pick(self.data(), axis, Pick::span(0, len))?;
        self.changed(self.dims().clone(), eager::zip(ZipOp::Sub, &upper, &lower)?)
    }
}
