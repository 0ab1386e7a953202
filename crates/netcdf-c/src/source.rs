//! One variable's data, read by the C library.

use std::ffi::{CStr, c_char};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use graticule_array::{Array, ArrayMut, DType, Error, Region, Result, Text};
use graticule_storage::{ChunkSource, Limits, SourceInfo};
use netcdf::{Extents, Variable};

use crate::element::NATIVE;
use crate::files::Files;
use crate::guard::{guard, refused};

/// What all users of the HDF5 library share: it serves one caller at a time.
pub(crate) const LOCK: &str = "libhdf5";

/// A variable of a file.
#[derive(Debug)]
pub(crate) struct CSource {
    files: Arc<Files>,
    file: PathBuf,
    /// The path of the variable inside the file.
    inside: String,
    info: SourceInfo,
}

impl CSource {
    pub(crate) fn new(files: Arc<Files>, file: &Path, inside: String, info: SourceInfo) -> Self {
        Self { files, file: file.to_owned(), inside, info }
    }

    fn fill(&self, region: &Region, out: &mut ArrayMut<'_>) -> Result<()> {
        let file = self.files.get(&self.file)?;
        let variable = file.variable(&self.inside);
        let variable = variable.ok_or_else(|| {
            Error::corrupt(format!("\"{}\" is gone since the file was opened", self.inside))
        })?;
        match &self.info.dtype {
            DType::Str => out.assign(&texts(&variable, region)?),
            dtype => {
                let size = dtype.size().ok_or_else(|| {
                    Error::unsupported(format!("{dtype} elements through libnetcdf"))
                })?;
                let bytes = region.count().checked_mul(size).ok_or_else(|| {
                    Error::invalid(format!("{} elements of {size} bytes", region.count()))
                })?;
                let mut raw = vec![0; bytes];
                let read = variable.get_raw_values_into(&mut raw, extents(region)?);
                read.map_err(|e| refused("libnetcdf", e))?;
                out.copy_packed(&raw, &region.len, &Region::whole(&region.len), NATIVE)
            }
        }
    }
}

/// A box for the C library.
fn extents(region: &Region) -> Result<Extents> {
    if region.ndim() == 0 {
        return Ok(Extents::from(()));
    }
    Extents::try_from((region.start.to_vec(), region.len.to_vec()))
        .map_err(|e| refused("libnetcdf", e))
}

/// Strings. The library gives pointers that are the caller's to free, null for strings that were
/// never written; the safe call of the bindings follows the null.
#[expect(unsafe_code, reason = "the bindings have no safe call that survives null")]
fn texts(variable: &Variable<'_>, region: &Region) -> Result<Array> {
    const WIDTH: usize = size_of::<*mut c_char>();
    let count = region.count();
    let bytes = count.checked_mul(WIDTH);
    let mut raw = vec![0; bytes.ok_or_else(|| Error::invalid(format!("{count} strings")))?];
    let read = variable.get_raw_values_into(&mut raw, extents(region)?);
    read.map_err(|e| refused("libnetcdf", e))?;
    let mut out = Vec::with_capacity(count);
    for item in raw.chunks_exact(WIDTH) {
        let mut address = [0; WIDTH];
        address.copy_from_slice(item);
        let mut text =
            std::ptr::with_exposed_provenance_mut::<c_char>(usize::from_ne_bytes(address));
        if text.is_null() {
            out.push(Text::from(""));
            continue;
        }
        // SAFETY: the call above filled every item with null or a string that ends in NUL, owned
        // by us; it is read before it is freed, and freed once, under the library's lock.
        let value = unsafe { CStr::from_ptr(text) }.to_string_lossy().into_owned();
        let guard = netcdf_sys::libnetcdf_lock.lock();
        // SAFETY: as above.
        unsafe { netcdf_sys::nc_free_string(1, &raw mut text) };
        drop(guard);
        out.push(Text::from(value));
    }
    Array::from_vec(region.len.clone(), out)
}

impl ChunkSource for CSource {
    fn info(&self) -> &SourceInfo {
        &self.info
    }

    fn read_into(&self, region: &Region, mut out: ArrayMut<'_>) -> Result<()> {
        self.info.check_read(region, &out)?;
        if region.is_empty() {
            return Ok(());
        }
        let read = guard(|| self.fill(region, &mut out));
        read.map_err(|e| e.in_file(&self.file).in_variable(&self.inside))
    }

    fn limits(&self) -> Limits {
        let chunk = self.info.grid.largest();
        let cells = chunk.iter().fold(1usize, |n, l| n.saturating_mul(*l));
        let scratch = cells.saturating_mul(self.info.dtype.planned_size());
        Limits { parallel: Some(1), lock: Some(LOCK), scratch, stored: None }
    }
}
