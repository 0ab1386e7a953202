//! Datasets that refuse to lose anything.

use std::sync::Arc;

use graticule_array::Result;

use crate::data_array::DataArray;
use crate::dataset::Dataset;

impl Dataset {
    /// The same dataset, for which any loss is a fault: what combining left out or filled in on
    /// the way to it, what arithmetic with [`with_join`](Self::with_join), aligning, merging or
    /// updating would, and a range of labels that holds none. What follows from it is strict, too.
    ///
    /// ```
    /// use graticule_dataset::{Dataset, Join};
    /// let at = |x: Vec<f64>| {
    ///     Dataset::new().with_coord("lat", "lat", x.clone()).with_var("t", "lat", x)
    /// };
    /// let ds = at(vec![60.0, 40.0, 20.0]);
    /// assert_eq!(ds.sel("lat", 70.0..=80.0).size_of("lat"), Some(0));
    /// let e = ds.strict().sel("lat", 70.0..=80.0).check().unwrap_err();
    /// assert!(e.to_string().contains("the labels go from 60.0 to 20.0"), "{e}");
    /// let inner = ds.strict().with_join(Join::Inner);
    /// assert!((&inner + &at(vec![60.0, 50.0])).check().is_err());
    /// ```
    #[track_caller]
    pub fn strict(&self) -> Self {
        self.verb(|| "strict()".into(), Self::try_strict)
    }

    fn try_strict(&self) -> Result<Self> {
        self.losses().refuse()?;
        let mut parts = (*self.0).clone();
        parts.strict = true;
        // The arrays in the cache are of the lenient dataset.
        parts.cache = crate::cache::Cache::default();
        Ok(Self(Arc::new(parts)))
    }
}

impl DataArray {
    /// The same array, for which any loss is a fault; see [`Dataset::strict`].
    #[track_caller]
    pub fn strict(&self) -> Self {
        self.verb(|| "strict()".into(), Dataset::try_strict)
    }
}
