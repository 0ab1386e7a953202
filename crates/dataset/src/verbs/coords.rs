//! Data variables as coordinates, and back.

use std::sync::Arc;

use graticule_array::{Error, Result};

use crate::data_array::DataArray;
use crate::dataset::Dataset;
use crate::dims::Dims;
use crate::name::Name;

impl Dataset {
    /// Makes coordinates of data variables.
    #[track_caller]
    pub fn set_coords(&self, names: impl Into<Dims>) -> Self {
        let names = names.into();
        self.verb(|| format!("set_coords({names})"), |ds| ds.try_set_coords(&names))
    }

    fn try_set_coords(&self, names: &Dims) -> Result<Self> {
        let mut parts = (*self.0).clone();
        for name in names {
            let var = self.find(name)?.clone();
            if !self.is_coord(name) {
                parts.insert(name.clone(), var, true)?;
            }
        }
        Ok(Self(Arc::new(parts)))
    }

    /// Makes data variables of coordinates. Those named like a dimension stay.
    #[track_caller]
    pub fn reset_coords(&self, names: impl Into<Dims>) -> Self {
        let names = names.into();
        self.verb(|| format!("reset_coords({names})"), |ds| ds.try_reset_coords(&names))
    }

    fn try_reset_coords(&self, names: &Dims) -> Result<Self> {
        let mut parts = (*self.0).clone();
        for name in names {
            self.find(name)?;
            if self.size_of(name).is_some() {
                return Err(Error::invalid(format!(
                    "\"{name}\" labels its dimension and stays a coordinate"
                )));
            }
            parts.coords.shift_remove(name);
            parts.indexes.shift_remove(name);
            parts.joints.retain(|j| j.place(name).is_none());
        }
        Ok(Self(Arc::new(parts)))
    }

    /// Adds data variables from arrays, each with its coordinates (xarray's `assign`).
    #[track_caller]
    pub fn assign(&self, name: impl Into<Name>, array: impl Into<DataArray>) -> Self {
        let (name, array) = (name.into(), array.into());
        if let (None, Some(fault)) = (self.fault(), array.fault()) {
            return self.carrying(fault);
        }
        self.verb(|| format!("assign({name:?}, ..)"), |ds| ds.try_assign(&name, &array))
    }

    fn try_assign(&self, name: &Name, array: &DataArray) -> Result<Self> {
        super::align::check_exact(self, &array.set)?;
        let mut parts = (*self.0).clone();
        for (coord, var) in array.set.coord_vars() {
            if !self.has(coord) && coord != name {
                parts.adopt(coord, var.clone(), &array.set.0)?;
            }
        }
        parts.insert(name.clone(), array.main()?.clone(), self.is_coord(name))?;
        Ok(Self(Arc::new(parts)))
    }

    /// Adds or replaces a coordinate from an array (xarray's `assign_coords`).
    #[track_caller]
    pub fn assign_coord(&self, name: impl Into<Name>, array: impl Into<DataArray>) -> Self {
        let (name, array) = (name.into(), array.into());
        if let (None, Some(fault)) = (self.fault(), array.fault()) {
            return self.carrying(fault);
        }
        self.verb(
            || format!("assign_coord({name:?}, ..)"),
            |ds| {
                let mut parts = (*ds.0).clone();
                parts.insert(name.clone(), array.main()?.clone(), true)?;
                Ok(Self(Arc::new(parts)))
            },
        )
    }
}

impl From<&DataArray> for DataArray {
    fn from(array: &DataArray) -> Self {
        array.clone()
    }
}
