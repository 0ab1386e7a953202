//! The netCDF-4 view of an HDF5 file: dimensions, variables and attributes out of datasets,
//! dimension scales and references.

pub(crate) mod attrs;
mod dims;
mod model;
mod phony;
mod refused;
mod walk;

pub(crate) use model::open;
