//! One dataset filled in from another.

use std::sync::Arc;

use graticule_array::{Error, Result};

use crate::combine::{AlignOptions, Join, align_sets, filled_from};
use crate::data_array::{DataArray, MAIN};
use crate::dataset::{Dataset, in_variable};
use crate::variable::Variable;

/// The first where it is there, else the second, broadcast by name.
fn first_of(a: &Variable, b: &Variable) -> Result<Variable> {
    let (dims, shape) = crate::verbs::align::common_shape(&[a, b])?;
    let data = filled_from(&a.spread(&dims, &shape)?, &b.spread(&dims, &shape)?)?;
    if data.dtype() == a.dtype() && dims == *a.dims() {
        let encoding = a.encoding().after_reshape();
        return a.clone().with_encoding(encoding).with_data(data);
    }
    a.changed(dims, data)
}

impl Dataset {
    /// The union of both: labels and variables of both, and the values of this dataset where it
    /// has any, else those of the other. Lazy.
    ///
    /// ```
    /// use graticule_dataset::Dataset;
    /// let at = |x: [i32; 2], v: [f32; 2]| {
    ///     Dataset::new().with_coord("x", "x", x.to_vec()).with_var("v", "x", v.to_vec())
    /// };
    /// let both = at([1, 2], [1.0, f32::NAN]).combine_first(&at([2, 3], [20.0, 30.0]));
    /// assert_eq!(both["v"].values::<f32>()?, [1.0, 20.0, 30.0]);
    /// # Ok::<(), graticule_array::Error>(())
    /// ```
    #[track_caller]
    pub fn combine_first(&self, other: &Self) -> Self {
        if let (None, Some(fault)) = (self.fault(), other.fault()) {
            return self.carrying(fault);
        }
        self.verb(|| "combine_first(..)".into(), |ds| ds.try_combine_first(other))
    }

    pub(crate) fn try_combine_first(&self, other: &Self) -> Result<Self> {
        let sides = ["this dataset".to_owned(), "the other dataset".to_owned()];
        let outer = AlignOptions::new(Join::Outer);
        let made = align_sets(&[self.clone(), other.clone()], &sides, &outer)?;
        let [a, b] = <[Self; 2]>::try_from(made)
            .map_err(|_| Error::bug("two datasets were aligned to another number"))?;
        let mut parts = a.0.emptied();
        // Filling in is what is asked for.
        parts.history = self.0.history.clone();
        for (name, var) in a.variables() {
            let labels = a.size_of(name).is_some();
            match b.variable(name).filter(|_| !labels) {
                Some(theirs) => {
                    let made = first_of(var, theirs).map_err(|e| in_variable(e, name))?;
                    parts.insert(name.clone(), made, a.is_coord(name))?;
                }
                None => parts.adopt(name, var.clone(), &a.0)?,
            }
        }
        for (name, var) in b.variables().filter(|(n, _)| !a.has(n)) {
            parts.adopt(name, var.clone(), &b.0)?;
        }
        Ok(Self(Arc::new(parts)))
    }

    /// This dataset with the variables of another one, which replace those of the same names.
    /// The other one is brought to the labels of this dataset; dimensions without labels must
    /// have the same length. Attributes of the dataset stay.
    ///
    /// ```
    /// use graticule_dataset::Dataset;
    /// let ds = Dataset::new().with_coord("x", "x", vec![1, 2]).with_var("a", "x", vec![1, 2]);
    /// let more = Dataset::new().with_coord("x", "x", vec![2, 1]).with_var("a", "x", vec![20, 10]);
    /// assert_eq!(ds.update(&more)["a"].values::<i32>()?, [10, 20]);
    /// # Ok::<(), graticule_array::Error>(())
    /// ```
    #[track_caller]
    pub fn update(&self, other: &Self) -> Self {
        if let (None, Some(fault)) = (self.fault(), other.fault()) {
            return self.carrying(fault);
        }
        self.verb(|| "update(..)".into(), |ds| ds.try_update(other))
    }

    fn try_update(&self, other: &Self) -> Result<Self> {
        let sides = ["this dataset".to_owned(), "the update".to_owned()];
        let left = AlignOptions::new(Join::Left);
        let made = align_sets(&[self.clone(), other.clone()], &sides, &left)?;
        let [own, new] = <[Self; 2]>::try_from(made)
            .map_err(|_| Error::bug("two datasets were aligned to another number"))?;
        let mut parts = (*own.0).clone();
        parts.cache = Default::default();
        for (name, var) in new.variables() {
            // Labels were brought together.
            if own.size_of(name).is_some() && own.has(name) {
                continue;
            }
            let coord = new.is_coord(name) || own.is_coord(name);
            parts.insert(name.clone(), var.clone(), coord)?;
        }
        let made = Self(Arc::new(parts));
        made.with_losses(&new.losses())
    }

    /// Gives coordinates: pairs of names and arrays or numbers (xarray's `assign_coords`).
    #[track_caller]
    pub fn assign_coords<N: Into<crate::Name>>(
        &self,
        coords: impl IntoIterator<Item = (N, DataArray)>,
    ) -> Self {
        coords.into_iter().fold(self.clone(), |ds, (name, array)| ds.assign_coord(name, array))
    }
}

impl DataArray {
    /// The union of both: labels of both, and the values of this array where it has any, else
    /// those of the other. Lazy.
    #[track_caller]
    pub fn combine_first(&self, other: &Self) -> Self {
        if let (None, Some(fault)) = (self.fault(), other.fault()) {
            return Self { set: self.set.carrying(fault), name: self.name.clone() };
        }
        self.verb(
            || "combine_first(..)".into(),
            |set| {
                set.find(MAIN)?;
                set.try_combine_first(&other.set)
            },
        )
    }
}
