//! Selection that keeps nothing of the coordinates it used up.

use crate::data_array::DataArray;
use crate::dataset::Dataset;
use crate::select::{Indexer, Selector};

impl Dataset {
    /// Selects by label like [`sel`](Self::sel), without the coordinates that become scalars by
    /// it (xarray's `sel(drop=True)`).
    ///
    /// ```
    /// use graticule_dataset::DataArray;
    /// let t = DataArray::new("t", "x", vec![1, 2]).with_coord("x", "x", vec![0.5, 1.5]);
    /// assert_eq!(t.sel("x", 1.5).coords().names().count(), 1);
    /// assert_eq!(t.sel_drop("x", 1.5).coords().names().count(), 0);
    /// ```
    #[track_caller]
    pub fn sel_drop(&self, coord: &str, labels: impl Into<Selector>) -> Self {
        let labels = labels.into();
        self.verb(
            || format!("sel_drop({coord:?}, {labels})"),
            |ds| ds.without_new_scalars(&ds.try_sel(coord, &labels)?),
        )
    }

    /// Selects by position like [`isel`](Self::isel), without the coordinates that become
    /// scalars by it (xarray's `isel(drop=True)`).
    #[track_caller]
    pub fn isel_drop(&self, dim: &str, at: impl Into<Indexer>) -> Self {
        let at = at.into();
        self.verb(
            || format!("isel_drop({dim:?}, {at})"),
            |ds| ds.without_new_scalars(&ds.try_isel(dim, &at)?),
        )
    }
}

impl DataArray {
    /// Selects by label, without the coordinates that become scalars by it; see
    /// [`Dataset::sel_drop`].
    #[track_caller]
    pub fn sel_drop(&self, coord: &str, labels: impl Into<Selector>) -> Self {
        let labels = labels.into();
        self.verb(
            || format!("sel_drop({coord:?}, {labels})"),
            |set| set.without_new_scalars(&set.try_sel(coord, &labels)?),
        )
    }

    /// Selects by position, without the coordinates that become scalars by it; see
    /// [`Dataset::isel_drop`].
    #[track_caller]
    pub fn isel_drop(&self, dim: &str, at: impl Into<Indexer>) -> Self {
        let at = at.into();
        self.verb(
            || format!("isel_drop({dim:?}, {at})"),
            |set| set.without_new_scalars(&set.try_isel(dim, &at)?),
        )
    }
}
