//! CDL: netCDF files as text, as `ncdump` prints and `ncgen` reads them.
//!
//! Reads dimensions, groups, attributes, data, enumerations, opaque and variable-length types,
//! and the special attributes of storage that `ncdump -s` adds. Data lies in memory.

mod backend;
mod parse;
mod token;
mod types;
mod value;
mod write;

pub use backend::{CdlBackend, CdlText};
pub use parse::parse;
