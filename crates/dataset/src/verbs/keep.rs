//! Keeping some of the variables.

use graticule_array::Result;

use crate::dataset::Dataset;
use crate::dims::Dims;

impl Dataset {
    /// The named variables, in this order, and the coordinates on their dimensions
    /// (xarray's `ds[["a", "b"]]`).
    ///
    /// ```
    /// use graticule_dataset::Dataset;
    /// let ds = Dataset::new().with_var("a", "x", vec![1, 2]).with_var("b", "y", vec![3]);
    /// assert_eq!(ds.keep(["b"]).dims().to_string(), "y");
    /// let e = ds.keep(["c"]).check().unwrap_err();
    /// assert!(e.is_not_found());
    /// ```
    #[track_caller]
    pub fn keep(&self, names: impl Into<Dims>) -> Self {
        let names = names.into();
        self.verb(|| format!("keep([{names}])"), |ds| ds.try_keep(&names))
    }

    fn try_keep(&self, names: &Dims) -> Result<Self> {
        let mut parts = self.0.emptied();
        for name in names {
            parts.adopt(name, self.find(name)?.clone(), &self.0)?;
        }
        let dims: Dims = parts.sizes.keys().collect();
        for (name, coord) in self.coord_vars() {
            if !names.has(name) && coord.dims().iter().all(|d| dims.has(d)) {
                parts.adopt(name, coord.clone(), &self.0)?;
            }
        }
        Ok(Self(std::sync::Arc::new(parts)))
    }
}
