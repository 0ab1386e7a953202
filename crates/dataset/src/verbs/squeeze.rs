//! Dropping dimensions of length 1.

use graticule_array::{Error, Pick, Result};

use crate::data_array::DataArray;
use crate::dataset::Dataset;
use crate::dims::{Over, no_dimension};
use crate::name::Name;

impl Dataset {
    /// Drops dimensions of length 1: those named, or all with `..`. Their coordinates stay as
    /// scalars.
    #[track_caller]
    pub fn squeeze(&self, dims: impl Into<Over>) -> Self {
        let dims = dims.into();
        self.verb(|| format!("squeeze({dims})"), |ds| ds.try_squeeze(&dims))
    }

    /// Drops dimensions of length 1 together with their coordinates.
    ///
    /// ```
    /// use graticule_dataset::DataArray;
    /// let x = DataArray::new("x", ["t", "y"], (vec![1.0, 2.0], [1, 2])).with_coord("t", "t", vec![7]);
    /// assert_eq!(x.squeeze("t")["t"].item::<i32>()?, 7);
    /// assert_eq!(x.squeeze_drop("t").coords().names().count(), 0);
    /// # Ok::<(), graticule_array::Error>(())
    /// ```
    #[track_caller]
    pub fn squeeze_drop(&self, dims: impl Into<Over>) -> Self {
        let dims = dims.into();
        self.verb(|| format!("squeeze_drop({dims})"), |ds| ds.try_squeeze_drop(&dims))
    }

    fn try_squeeze_drop(&self, dims: &Over) -> Result<Self> {
        self.without_new_scalars(&self.try_squeeze(dims)?)
    }

    /// What was made of this dataset, without the coordinates that became scalars by it.
    pub(crate) fn without_new_scalars(&self, made: &Self) -> Result<Self> {
        let scalar = |name: &Name| {
            self.coord_vars().any(|(n, v)| n == name && v.ndim() > 0)
                && made.variable(name).is_some_and(|v| v.ndim() == 0)
        };
        let gone = made.coord_vars().map(|(n, _)| n.clone()).filter(scalar).collect();
        made.try_drop_vars(&gone)
    }

    fn try_squeeze(&self, dims: &Over) -> Result<Self> {
        let gone: Vec<Name> = match dims {
            Over::All | Over::Default => {
                self.sizes().filter(|(_, n)| *n == 1).map(|(d, _)| d.clone()).collect()
            }
            Over::Named(names) => names.to_vec(),
        };
        let mut ds = self.clone();
        for dim in &gone {
            match self.size_of(dim) {
                None => return Err(no_dimension(dim, self.sizes())),
                Some(1) => ds = ds.picked(dim, &Pick::At(0))?,
                Some(n) => {
                    return Err(Error::invalid(format!(
                        "dimension \"{dim}\" has the length {n}; only those of length 1 can go"
                    )));
                }
            }
        }
        Ok(ds)
    }
}

impl DataArray {
    /// Drops dimensions of length 1: those named, or all with `..`. Their coordinates stay as
    /// scalars.
    #[track_caller]
    pub fn squeeze(&self, dims: impl Into<Over>) -> Self {
        let dims = dims.into();
        self.verb(|| format!("squeeze({dims})"), |set| set.try_squeeze(&dims))
    }

    /// Drops dimensions of length 1 together with their coordinates; see
    /// [`Dataset::squeeze_drop`].
    #[track_caller]
    pub fn squeeze_drop(&self, dims: impl Into<Over>) -> Self {
        let dims = dims.into();
        self.verb(|| format!("squeeze_drop({dims})"), |set| set.try_squeeze_drop(&dims))
    }
}
