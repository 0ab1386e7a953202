//! Writing with the formats of this build.

use graticule_array::Result;
use graticule_dataset::{DataArray, Dataset, WriteOptions};
use graticule_storage::Location;

use crate::backends::backends;

/// Writes what knows no formats of its own: a dataset that was not opened but made. The
/// extension chooses the format; without one that is known it is netCDF-4.
///
/// ```
/// use graticule::{Dataset, ToNetcdf, open_dataset};
/// # let folder = std::env::temp_dir().join(format!("graticule-to-netcdf-{}", std::process::id()));
/// # std::fs::create_dir_all(&folder)?;
/// # let file = folder.join("made.nc");
/// let ds = Dataset::new().with_coord("x", "x", vec![1, 2]).with_var("t", "x", vec![0.5, 1.5]);
/// ds.to_netcdf(&file)?;
/// assert!(open_dataset(&file)?.identical(&ds)?);
/// # std::fs::remove_dir_all(&folder)?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// [`Dataset::write`] does the same for datasets that come from files, or have been given a
/// [`session`](crate::session()).
pub trait ToNetcdf {
    /// Writes a file, which appears when it is complete; see [`Dataset::write`].
    ///
    /// # Errors
    /// As [`Dataset::write`].
    fn to_netcdf(&self, to: impl Into<Location>) -> Result<()> {
        self.to_netcdf_with(to, &WriteOptions::new())
    }

    /// [`to_netcdf`](Self::to_netcdf) with options.
    ///
    /// # Errors
    /// As [`Dataset::write`].
    fn to_netcdf_with(&self, to: impl Into<Location>, options: &WriteOptions) -> Result<()>;
}

impl ToNetcdf for Dataset {
    fn to_netcdf_with(&self, to: impl Into<Location>, options: &WriteOptions) -> Result<()> {
        let (to, session) = (to.into(), self.session());
        let session = match session.backends() {
            [] => session.with_backends(backends()),
            _ => session,
        };
        let extension = to.path().extension().map(|e| e.to_string_lossy().to_lowercase());
        let known = session.backends().iter().flat_map(|b| b.writes());
        let is_known = extension.is_some_and(|e| known.into_iter().any(|w| *w == e));
        let ready = self.clone().with_session(&session);
        if is_known || options.chooses_format() {
            return ready.write_with(to, options);
        }
        ready.write_with(to, &options.clone().format("NETCDF4"))
    }
}

impl ToNetcdf for DataArray {
    fn to_netcdf_with(&self, to: impl Into<Location>, options: &WriteOptions) -> Result<()> {
        self.to_dataset().to_netcdf_with(to, options)
    }
}
