//! Taking variables and coordinates out.

use graticule_array::{Error, Result};

use crate::data_array::{DataArray, MAIN};
use crate::dataset::Dataset;
use crate::dims::Dims;

impl Dataset {
    /// Takes variables or coordinates out.
    #[track_caller]
    pub fn drop_vars(&self, names: impl Into<Dims>) -> Self {
        let names = names.into();
        self.verb(|| format!("drop_vars({names})"), |ds| ds.try_drop_vars(&names))
    }

    pub(crate) fn try_drop_vars(&self, names: &Dims) -> Result<Self> {
        for name in names {
            self.find(name)?;
        }
        self.map_vars(|name, var| Ok((!names.has(name)).then(|| var.clone())))
    }

    /// Takes dimensions out, with all variables that have them.
    #[track_caller]
    pub fn drop_dims(&self, dims: impl Into<Dims>) -> Self {
        let dims = dims.into();
        self.verb(
            || format!("drop_dims({dims})"),
            |ds| {
                for dim in &dims {
                    ds.size_of(dim).ok_or_else(|| crate::dims::no_dimension(dim, ds.sizes()))?;
                }
                ds.map_vars(|_, var| {
                    Ok((!var.dims().iter().any(|d| dims.has(d))).then(|| var.clone()))
                })
            },
        )
    }
}

impl DataArray {
    /// Takes coordinates out.
    #[track_caller]
    pub fn drop_vars(&self, names: impl Into<Dims>) -> Self {
        let names = names.into();
        self.verb(
            || format!("drop_vars({names})"),
            |set| {
                if names.has(MAIN) {
                    return Err(Error::not_found(format!("no coordinate \"{MAIN}\"")));
                }
                set.try_drop_vars(&names)
            },
        )
    }
}
