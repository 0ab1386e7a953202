//! The netCDF and HDF5 C libraries behind the contract of a backend.
//!
//! The native readers need no C library. This crate is for what they refuse by name (a filter
//! that only exists as a plugin, HDF4 through netCDF), and it is the oracle that tests compare
//! them with. The C libraries take one caller at a time, so do these sources: they name the lock
//! domain `libhdf5`.
//!
//! Everything is behind the feature `libnetcdf`, which links the libraries of the system.
#![cfg(feature = "libnetcdf")]

mod attribute;
mod backend;
mod element;
mod fallback;
mod files;
mod group;
mod guard;
mod plain;
mod source;

pub use backend::NetcdfCBackend;
pub use fallback::WithFallback;
