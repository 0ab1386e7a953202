//! The C libraries as a backend.

use std::sync::Arc;

use graticule_array::{Error, Result};
use graticule_storage::{Backend, ByteSource, OpenHint, OpenOptions, RawGroup};

use crate::files::Files;
use crate::group::{Origin, root};
use crate::guard::guard;
use crate::plain;

/// The first bytes of an HDF5 file.
const HDF5: &[u8] = b"\x89HDF\r\n\x1a\n";
/// The first bytes of an HDF4 file, which libnetcdf may have been built to read.
const HDF4: &[u8] = b"\x0e\x03\x13\x01";

/// Reads files through libnetcdf, and through libhdf5 what libnetcdf refuses.
///
/// Only files can be read, not bytes in memory. Text of fixed length and of any length,
/// numbers, enumerations, opaque items and compounds of fixed size are served; sequences of any
/// length are listed among the problems of their group.
#[derive(Clone, Debug, Default)]
pub struct NetcdfCBackend {
    files: Arc<Files>,
}

impl NetcdfCBackend {
    /// A backend with no file open.
    #[must_use]
    pub fn new() -> Self {
        // Errors are returned; printing each of them too is no help.
        hdf5_metno::silence_errors(true);
        Self::default()
    }
}

impl Backend for NetcdfCBackend {
    fn name(&self) -> &'static str {
        "libnetcdf"
    }

    fn recognises(&self, hint: &OpenHint<'_>) -> bool {
        hint.first.starts_with(b"CDF")
            || hint.first.starts_with(HDF4)
            || hint.first.windows(HDF5.len()).any(|w| w == HDF5)
    }

    fn open(&self, bytes: Arc<dyn ByteSource>, _: &OpenOptions) -> Result<RawGroup> {
        let path = bytes.location().path();
        if !path.is_file() {
            return Err(
                Error::unsupported("libnetcdf reads files only, not bytes in memory").in_file(path)
            );
        }
        let hdf5 = guard(|| Ok(hdf5_metno::File::open(path).ok()))?;
        let opened = self.files.get(path);
        match (opened, hdf5) {
            (Ok(file), hdf5) => root(&file, &Origin { files: &self.files, path, hdf5 }),
            (Err(_), Some(hdf5)) => plain::root(&hdf5),
            (Err(e), None) => Err(e),
        }
        .map_err(|e| e.in_file(path))
    }
}
