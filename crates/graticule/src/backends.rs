//! The file formats of this build.

use std::sync::Arc;

use graticule_hdf5::Hdf5Backend;
use graticule_netcdf3::Netcdf3Backend;
use graticule_storage::Backend;

/// The formats that files are tried for, in this order.
///
/// ```
/// let names: Vec<_> = graticule::backends().iter().map(|b| b.name()).collect();
/// assert_eq!(names, ["netcdf3", "hdf5"]);
/// ```
#[must_use]
pub fn backends() -> Vec<Arc<dyn Backend>> {
    vec![Arc::new(Netcdf3Backend), Arc::new(Hdf5Backend)]
}
