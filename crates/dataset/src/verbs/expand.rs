//! New dimensions.

use std::sync::Arc;

use graticule_array::{Error, Result};

use crate::data::Data;
use crate::data_array::DataArray;
use crate::dataset::Dataset;
use crate::dims::Dims;
use crate::name::Name;
use crate::variable::Variable;

impl Variable {
    /// The variable with a new first dimension, along which it repeats.
    pub(crate) fn expanded(&self, dim: &Name, len: usize) -> Result<Self> {
        let dims = Dims::from(dim).union(self.dims());
        let shape: Vec<usize> = [len].into_iter().chain(self.shape().iter().copied()).collect();
        let data = self.spread(&dims, &shape)?;
        let encoding = self.encoding().after_reshape();
        self.clone().with_encoding(encoding).with_dims_data(dims, data)
    }
}

impl Dataset {
    /// Adds a first dimension of length 1 to every data variable. A scalar coordinate of that
    /// name becomes its labels.
    #[track_caller]
    pub fn expand_dims(&self, dim: &str) -> Self {
        self.verb(|| format!("expand_dims({dim:?})"), |ds| ds.try_expand(&dim.into(), None))
    }

    /// Adds a first dimension with these labels to every data variable, which repeats along it.
    #[track_caller]
    pub fn expand_dims_with(&self, dim: &str, labels: impl Into<Data>) -> Self {
        let labels = Variable::new(dim, labels);
        self.verb(
            || format!("expand_dims_with({dim:?}, ..)"),
            |ds| ds.try_expand(&dim.into(), Some(labels?)),
        )
    }

    fn try_expand(&self, dim: &Name, labels: Option<Variable>) -> Result<Self> {
        if self.size_of(dim).is_some() {
            return Err(Error::invalid(format!("there is a dimension \"{dim}\" already")));
        }
        let labels = match (labels, self.variable(dim)) {
            (None, Some(own)) if own.ndim() == 0 => Some(own.expanded(dim, 1)?),
            (labels, _) => labels,
        };
        let len = labels.as_ref().map_or(1, |l| l.shape().first().copied().unwrap_or(1));
        let mut parts = self.0.emptied();
        for (name, var) in &self.0.vars {
            if name == dim {
                continue;
            }
            let made = if self.is_coord(name) { var.clone() } else { var.expanded(dim, len)? };
            parts.adopt(name, made, &self.0)?;
        }
        if let Some(labels) = labels {
            parts.insert(dim.clone(), labels, true)?;
        }
        Ok(Self(Arc::new(parts)))
    }
}

impl DataArray {
    /// Adds a first dimension of length 1. A scalar coordinate of that name becomes its labels.
    #[track_caller]
    pub fn expand_dims(&self, dim: &str) -> Self {
        self.verb(|| format!("expand_dims({dim:?})"), |set| set.try_expand(&dim.into(), None))
    }

    /// Adds a first dimension with these labels; the array repeats along it.
    #[track_caller]
    pub fn expand_dims_with(&self, dim: &str, labels: impl Into<Data>) -> Self {
        let labels = Variable::new(dim, labels);
        self.verb(
            || format!("expand_dims_with({dim:?}, ..)"),
            |set| set.try_expand(&dim.into(), Some(labels?)),
        )
    }
}
