//! The targets.

mod arrays;
mod classic;
mod conventions;
mod dataset;
mod filter;
mod gzip;
mod hdf5;
mod index;
mod structure;
mod times;
mod wire;

use crate::Target;

/// All targets.
pub const TARGETS: &[Target] = &[
    classic::NETCDF3,
    hdf5::HDF5,
    structure::STRUCTURE,
    structure::MESSAGE,
    filter::FILTER,
    gzip::GZIP,
    dataset::DATASET,
    index::INDEX,
    conventions::UNIT,
    conventions::CELL_METHODS,
    conventions::PROJ,
    times::UNITS,
    times::DATE,
    times::FREQUENCY,
    times::TICKS,
    arrays::SELECTOR,
    arrays::MEMORY,
    wire::WIRE,
];

/// The target of this name.
#[must_use]
pub fn target(name: &str) -> Option<&'static Target> {
    TARGETS.iter().find(|t| t.name == name)
}
