//! Another order of the dimensions.

use std::sync::Arc;

use graticule_array::{Error, Result};

use crate::data_array::DataArray;
use crate::dataset::Dataset;
use crate::dims::{Dims, no_dimension};
use crate::name::Name;
use crate::note::NoteKind;
use crate::select::MissingDims;
use crate::variable::Variable;

/// Stands for the dimensions that are not named, as in xarray.
const REST: &str = "...";

impl Variable {
    /// The axes in the order of `dims`, which must name those it has.
    pub(crate) fn transposed(&self, dims: &Dims) -> Result<Self> {
        if dims == self.dims() {
            return Ok(self.clone());
        }
        let axes: Option<Vec<usize>> = dims.iter().map(|d| self.axis(d)).collect();
        let axes = axes
            .filter(|a| a.len() == self.ndim())
            .ok_or_else(|| Error::bug("a transposition over other dimensions"))?;
        let chunks = self.encoding().chunks.as_ref();
        let chunks = chunks.and_then(|c| axes.iter().map(|a| c.get(*a).copied()).collect());
        let encoding = crate::Encoding { chunks, ..self.encoding().clone() };
        let data = self.data().permute(&axes)?;
        self.clone().with_encoding(encoding).with_dims_data(dims.clone(), data)
    }
}

impl Dataset {
    /// Reorders the dimensions of each variable; those not named follow in their own order, or
    /// stand where `"..."` does.
    #[track_caller]
    pub fn transpose(&self, dims: impl Into<Dims>) -> Self {
        let dims = dims.into();
        self.verb(|| format!("transpose({dims})"), |ds| ds.try_transpose(&dims))
    }

    /// Reorders the dimensions like [`transpose`](Self::transpose), and says what happens to names
    /// of dimensions that do not exist.
    ///
    /// ```
    /// use graticule_dataset::{DataArray, MissingDims};
    /// let x = DataArray::new("x", ["t", "y"], (vec![1, 2], [1, 2]));
    /// let order = ["y", "lev", "t"];
    /// assert!(x.transpose(order).check().is_err());
    /// assert_eq!(x.transpose_with(order, MissingDims::Ignore).dims().to_string(), "y, t");
    /// ```
    #[track_caller]
    pub fn transpose_with(&self, dims: impl Into<Dims>, missing: MissingDims) -> Self {
        let dims = dims.into();
        self.verb(
            || format!("transpose_with({dims}, {missing:?})"),
            |ds| ds.try_transpose_with(&dims, missing),
        )
    }

    fn try_transpose_with(&self, dims: &Dims, missing: MissingDims) -> Result<Self> {
        let absent = |d: &&Name| **d != REST && self.size_of(d).is_none();
        let gone: Vec<&str> = dims.iter().filter(absent).map(Name::as_str).collect();
        if missing == MissingDims::Raise || gone.is_empty() {
            return self.try_transpose(dims);
        }
        let mut made = self.try_transpose(&dims.iter().filter(|d| !absent(d)).collect())?;
        if missing == MissingDims::Warn {
            let text = format!("{} left out of an order: no such dimension", gone.join(", "));
            Arc::make_mut(&mut made.0).note(NoteKind::MissingDimension, text);
        }
        Ok(made)
    }

    fn try_transpose(&self, dims: &Dims) -> Result<Self> {
        dims.check()?;
        for dim in dims.iter().filter(|d| **d != REST) {
            self.size_of(dim).ok_or_else(|| no_dimension(dim, self.sizes()))?;
        }
        self.map_vars(|_, var| {
            let mut own: Vec<Name> = Vec::with_capacity(var.ndim());
            for dim in dims {
                if *dim == REST {
                    own.extend(var.dims().iter().filter(|d| !dims.has(d)).cloned());
                } else if var.dims().has(dim) {
                    own.push(dim.clone());
                }
            }
            var.transposed(&Dims::from(own).union(var.dims())).map(Some)
        })
    }
}

impl DataArray {
    /// Reorders the dimensions, and says what happens to names of dimensions that do not exist;
    /// see [`Dataset::transpose_with`].
    #[track_caller]
    pub fn transpose_with(&self, dims: impl Into<Dims>, missing: MissingDims) -> Self {
        let dims = dims.into();
        self.verb(
            || format!("transpose_with({dims}, {missing:?})"),
            |set| set.try_transpose_with(&dims, missing),
        )
    }

    /// Reorders the dimensions; those not named follow in their own order, or stand where
    /// `"..."` does. Without any, all are reversed.
    ///
    /// ```
    /// use graticule_dataset::DataArray;
    /// let x = DataArray::new("x", ["t", "y", "x"], (vec![0; 6], [1, 2, 3]));
    /// assert_eq!(x.transpose(["...", "t"]).dims().to_string(), "y, x, t");
    /// assert_eq!(x.transpose(()).dims().to_string(), "x, y, t");
    /// ```
    #[track_caller]
    pub fn transpose(&self, dims: impl Into<Dims>) -> Self {
        let dims = dims.into();
        self.verb(
            || format!("transpose({dims})"),
            |set| {
                if dims.is_empty() {
                    return set.try_transpose(&self.dims().iter().rev().collect());
                }
                set.try_transpose(&dims)
            },
        )
    }
}
