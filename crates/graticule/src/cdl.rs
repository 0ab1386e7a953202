//! Datasets as text.

use graticule_array::{Error, Result};
use graticule_cdl::CdlBackend;
use graticule_dataset::{Dataset, OpenOptions};
use graticule_storage::MemoryBytes;

use crate::open::{open_source_with, session};

/// A dataset from CDL, the text that `ncdump` prints: its root group, decoded as a file is.
///
/// ```
/// let ds = graticule::from_cdl(
///     "netcdf example {
///      dimensions: time = 3 ;
///      variables:
///        int time(time) ; time:units = \"days since 2000-01-01\" ;
///        short t(time) ; t:scale_factor = 0.5 ; t:_FillValue = -1s ;
///      data: time = 0, 1, 2 ; t = 10, _, 30 ;
///      }",
/// )?;
/// assert_eq!(ds["t"].sel("time", "2000-01-03").item::<f64>()?, 15.0);
/// assert_eq!(ds["t"].count("time").item::<i64>()?, 2);
/// # Ok::<(), graticule::Error>(())
/// ```
///
/// # Errors
/// If the text is not CDL, or asks for a decoding that cannot be done.
pub fn from_cdl(text: &str) -> Result<Dataset> {
    let bytes = MemoryBytes::new("text.cdl", text.as_bytes().to_vec());
    open_source_with(std::sync::Arc::new(bytes), &OpenOptions::new(), &session())
}

/// A dataset as CDL, which `ncgen` takes: what would be written, computed and printed. All data
/// is held in memory.
///
/// ```
/// use graticule::{DataArray, from_cdl, to_cdl};
/// let t = DataArray::new("t", "x", vec![1.5, f64::NAN]).with_attr("units", "K");
/// let text = to_cdl(&t.to_dataset())?;
/// assert!(text.contains("t:units = \"K\" ;") && text.contains(" t = 1.5, NaN ;"));
/// assert_eq!(from_cdl(&text)?["t"].isel("x", 0).item::<f64>()?, 1.5);
/// # Ok::<(), graticule::Error>(())
/// ```
///
/// # Errors
/// If the dataset carries a fault, has elements that netCDF has no type for, or cannot be
/// computed.
pub fn to_cdl(dataset: &Dataset) -> Result<String> {
    let (backend, text) = CdlBackend::to_text();
    let session = dataset.session().with_backends(vec![std::sync::Arc::new(backend)]);
    dataset.clone().with_session(&session).write("dataset.cdl")?;
    text.take().ok_or_else(|| Error::bug("nothing was written"))
}
