//! The formats of this build, in the order in which they are asked.

use std::sync::Arc;

use graticule_hdf5::Hdf5Backend;
use graticule_netcdf3::Netcdf3Backend;
use graticule_storage::Backend;

/// The formats of this build, in the order in which they are asked whether they recognise a file.
///
/// ```
/// let names: Vec<_> = graticule::backends().iter().map(|b| b.name()).collect();
/// assert_eq!(names, ["hdf5", "netcdf3"]);
/// ```
#[must_use]
pub fn backends() -> Vec<Arc<dyn Backend>> {
    vec![Arc::new(Hdf5Backend::new()), Arc::new(Netcdf3Backend)]
}
