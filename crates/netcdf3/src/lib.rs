//! Backend for the classic netCDF formats: CDF-1, CDF-2 (64-bit offsets) and CDF-5 (64-bit data).
//!
//! The header is read once; the data of a variable is found by arithmetic, so any number of
//! threads can read boxes at the same time without a lock.
//!
//! ```
//! use std::sync::Arc;
//! use graticule_netcdf3::Netcdf3Backend;
//! use graticule_storage::{Backend, MemoryBytes, OpenOptions};
//! // The smallest file there is: no dimensions, attributes or variables.
//! let mut bytes = b"CDF\x01".to_vec();
//! bytes.resize(32, 0);
//! let file = Arc::new(MemoryBytes::new("empty.nc", bytes));
//! let root = Netcdf3Backend.open(file, &OpenOptions::default())?;
//! assert!(root.vars.is_empty());
//! # Ok::<(), graticule_array::Error>(())
//! ```

mod attribute;
mod backend;
mod header;
mod kind;
mod layout;
mod reader;
mod recipe;
mod runs;
mod source;
mod write;

pub use backend::Netcdf3Backend;
