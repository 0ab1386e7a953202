//! Selection by position.

use std::sync::Arc;

use graticule_array::{Pick, Result, Selection};

use crate::data_array::DataArray;
use crate::dataset::{Dataset, in_variable};
use crate::dims::no_dimension;
use crate::name::Name;
use crate::select::Indexer;
use crate::variable::Variable;

impl Dataset {
    /// Selects by position along one dimension: one position (`0`, `-1`), a range (`0..10`,
    /// `-3..`), a range with a step ([`step`](crate::step)) or a list (`[0, 3, 5]`).
    ///
    /// One position drops the dimension and keeps its coordinate as a scalar. Ranges are clipped
    /// as in Python; single positions out of range are an error.
    ///
    /// ```
    /// use graticule_dataset::Dataset;
    /// let ds = Dataset::new()
    ///     .with_coord("x", "x", vec![10, 20, 30])
    ///     .with_var("a", "x", vec![1.0, 2.0, 3.0]);
    /// assert_eq!(ds.isel("x", -1)["a"].item::<f64>()?, 3.0);
    /// assert_eq!(ds.isel("x", 1..99).size_of("x"), Some(2));
    /// assert!(ds.isel("x", 3).check().unwrap_err().to_string().contains("out of range"));
    /// # Ok::<(), graticule_array::Error>(())
    /// ```
    #[track_caller]
    pub fn isel(&self, dim: &str, at: impl Into<Indexer>) -> Self {
        let at = at.into();
        self.verb(|| format!("isel({dim:?}, {at})"), |ds| ds.try_isel(dim, &at))
    }

    fn try_isel(&self, dim: &str, at: &Indexer) -> Result<Self> {
        let len = self.size_of(dim).ok_or_else(|| no_dimension(dim, self.sizes()))?;
        self.picked(dim, &at.pick(dim, len)?)
    }

    /// The picked positions along a dimension, in every variable that has it.
    pub(crate) fn picked(&self, dim: &str, pick: &Pick) -> Result<Self> {
        let mut parts = self.0.emptied();
        for (name, var) in &self.0.vars {
            let taken = var.picked(dim, pick).map_err(|e| in_variable(e, name))?;
            parts.adopt(name, taken, &self.0)?;
            if let Some(index) = self.0.indexes.get(name).filter(|_| var.dims().has(dim)) {
                match index.isel(pick).filter(|_| !matches!(pick, Pick::At(_))) {
                    Some(index) => parts.indexes.insert(name.clone(), index),
                    None => parts.indexes.shift_remove(name),
                };
            }
        }
        Ok(Self(Arc::new(parts)))
    }
}

impl DataArray {
    /// Selects by position along one dimension; see [`Dataset::isel`].
    #[track_caller]
    pub fn isel(&self, dim: &str, at: impl Into<Indexer>) -> Self {
        let at = at.into();
        self.verb(|| format!("isel({dim:?}, {at})"), |set| set.try_isel(dim, &at))
    }
}

impl Variable {
    /// The picked positions along a dimension; the variable itself if it has no such dimension.
    pub(crate) fn picked(&self, dim: &str, pick: &Pick) -> Result<Self> {
        let Some(axis) = self.axis(dim) else { return Ok(self.clone()) };
        let selection = Selection::all(self.shape()).with(axis, pick.clone());
        let data = self.data().select(&selection)?;
        if !matches!(pick, Pick::At(_)) {
            return self.clone().with_data(data);
        }
        let dims = self.dims().without(&[Name::from(dim)]);
        let encoding = self.encoding().after_reshape();
        self.clone().with_encoding(encoding).with_dims_data(dims, data)
    }
}
