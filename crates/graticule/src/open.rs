//! Opening, with the default session and formats or with one's own.

use std::sync::Arc;

use graticule_array::Result;
use graticule_dataset::{DataTree, Dataset, FileList, IndexReport, ManyOptions, OpenOptions};
use graticule_lazy::Session;
use graticule_storage::{ByteSource, Location, MemoryBytes, RawGroup};

use crate::backends::backends;

/// The default session (all cores, half of the available memory) with the formats of this build.
#[must_use]
pub fn session() -> Session {
    Session::default().with_backends(backends())
}

/// Opens one file as a dataset. Reads metadata and coordinates of one axis; data stays where it
/// is until computed.
///
/// # Errors
/// If there is no such file, or it is damaged, or of no known format.
pub fn open_dataset(location: impl Into<Location>) -> Result<Dataset> {
    open_dataset_with(location, &OpenOptions::new(), &session())
}

/// [`open_dataset`] with options and a session of one's own.
///
/// # Errors
/// As [`open_dataset`].
pub fn open_dataset_with(
    location: impl Into<Location>,
    options: &OpenOptions,
    session: &Session,
) -> Result<Dataset> {
    graticule_dataset::open_dataset(location, options, session)
}

/// Opens the bytes of a file in memory as a dataset; any format of this build.
///
/// ```
/// # let file = std::env::temp_dir().join(format!("graticule-bytes-{}.nc", std::process::id()));
/// use graticule::{DataArray, ToNetcdf, open_bytes};
/// let t = DataArray::new("t", "x", vec![1.0, 2.0]);
/// t.to_netcdf(&file)?;
/// let bytes: Vec<u8> = std::fs::read(&file)?;
/// assert_eq!(open_bytes(bytes)?.var("t").values::<f64>()?, [1.0, 2.0]);
/// # std::fs::remove_file(&file)?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// If the bytes are damaged, or of no known format.
pub fn open_bytes(bytes: impl Into<Arc<[u8]>>) -> Result<Dataset> {
    let bytes = MemoryBytes::new("bytes in memory", bytes);
    open_source_with(Arc::new(bytes), &OpenOptions::new(), &session())
}

/// Opens bytes from any [`ByteSource`], with options and a session of one's own.
///
/// # Errors
/// As [`open_bytes`].
pub fn open_source_with(
    bytes: Arc<dyn ByteSource>,
    options: &OpenOptions,
    session: &Session,
) -> Result<Dataset> {
    graticule_dataset::open_source(bytes, options, session)
}

/// Opens all groups of a file: pairs of a path ("/", "/forecast") and the group's dataset.
///
/// # Errors
/// As [`open_dataset`].
pub fn open_groups(location: impl Into<Location>) -> Result<Vec<(String, Dataset)>> {
    graticule_dataset::open_groups(location, &OpenOptions::new(), &session())
}

/// Opens a file with all its groups as a tree, in which groups see the coordinates of those
/// above them.
///
/// # Errors
/// As [`open_dataset`]; if a group has other lengths or labels along a dimension than one above
/// it, for which [`open_groups`] does not ask.
pub fn open_datatree(location: impl Into<Location>) -> Result<DataTree> {
    graticule_dataset::open_datatree(location, &OpenOptions::new(), &session())
}

/// Opens many files (a pattern, a path, or a list of both) as one dataset along the dimension
/// whose labels differ between them. Headers are read in parallel; every problem of every file
/// is reported together.
///
/// # Errors
/// If nothing matches, a file cannot be opened, or the files do not fit together; the message
/// names the files.
pub fn open_mfdataset(files: impl Into<FileList>) -> Result<Dataset> {
    open_mfdataset_with(files, &ManyOptions::new(), &session())
}

/// [`open_mfdataset`] with options and a session of one's own.
///
/// # Errors
/// As [`open_mfdataset`].
pub fn open_mfdataset_with(
    files: impl Into<FileList>,
    options: &ManyOptions,
    session: &Session,
) -> Result<Dataset> {
    graticule_dataset::open_mfdataset(files, options, session)
}

/// Makes or updates an index of many files, for [`ManyOptions::index`]: opens those that it does
/// not know as they are now.
///
/// # Errors
/// If a pattern matches nothing or the index cannot be written. Files that cannot be opened stand
/// in the report.
pub fn index_files(
    files: impl Into<FileList>,
    at: impl Into<std::path::PathBuf>,
) -> Result<IndexReport> {
    index_files_with(files, &ManyOptions::new().index(at), &session())
}

/// [`index_files`] with options, which name the index, and a session of one's own.
///
/// # Errors
/// As [`index_files`]; if the options name no index.
pub fn index_files_with(
    files: impl Into<FileList>,
    options: &ManyOptions,
    session: &Session,
) -> Result<IndexReport> {
    graticule_dataset::index_files(files, options, session)
}

/// What a file holds as stored, before any convention is applied.
///
/// # Errors
/// As [`open_dataset`].
pub fn open_raw(location: &Location, session: &Session) -> Result<RawGroup> {
    graticule_dataset::open_raw(location, session, &graticule_storage::OpenOptions::default())
}
