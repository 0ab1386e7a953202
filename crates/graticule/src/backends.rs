//! The formats of this build, in the order in which they are asked.

use std::sync::Arc;

use graticule_cdl::CdlBackend;
use graticule_hdf5::Hdf5Backend;
use graticule_netcdf3::Netcdf3Backend;
use graticule_storage::Backend;

/// The formats of this build, in the order in which they are asked whether they recognise a file.
///
/// ```
/// let names: Vec<_> = graticule::backends().iter().map(|b| b.name()).collect();
/// assert!(names.starts_with(&["netcdf3", "hdf5"]));
/// ```
///
/// The classic formats are asked first: their first bytes tell, where those of HDF5 may stand
/// behind a block of the user's that has to be searched.
///
/// With the feature `libnetcdf`, what these refuse is asked of the C libraries of the system, which
/// also stand at the end of the list for files that no native reader recognises.
#[must_use]
pub fn backends() -> Vec<Arc<dyn Backend>> {
    let native: Vec<Arc<dyn Backend>> =
        vec![Arc::new(Netcdf3Backend), Arc::new(Hdf5Backend::new()), Arc::new(CdlBackend::new())];
    #[cfg(feature = "libnetcdf")]
    let native = with_fallback(native);
    native
}

#[cfg(feature = "libnetcdf")]
fn with_fallback(native: Vec<Arc<dyn Backend>>) -> Vec<Arc<dyn Backend>> {
    use graticule_netcdf_c::{NetcdfCBackend, WithFallback};
    let wrapped = native.into_iter().map(|b| Arc::new(WithFallback::new(b)) as Arc<dyn Backend>);
    wrapped.chain([Arc::new(NetcdfCBackend::new()) as Arc<dyn Backend>]).collect()
}
