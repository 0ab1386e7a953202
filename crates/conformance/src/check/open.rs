//! Opening a file below conventions: as the backends see it.

use std::path::Path;
use std::sync::Arc;

use graticule::array::{Error, Result};
use graticule_storage::{
    ByteSource, FileBytes, HandlePool, Location, OpenHint, OpenOptions, RawGroup,
};

/// Where HDF5 files may begin.
const PLACES: [u64; 4] = [0, 512, 1024, 2048];

/// The bytes of a file.
pub(crate) fn bytes(path: &Path) -> Result<Arc<dyn ByteSource>> {
    let pool = Arc::new(HandlePool::default());
    Ok(Arc::new(FileBytes::open(&Location::new(path), &pool)?))
}

/// Opens a file with the first backend that recognises it.
pub(crate) fn raw(path: &Path) -> Result<RawGroup> {
    let bytes = bytes(path)?;
    let mut first = Vec::new();
    for at in PLACES.into_iter().filter(|at| *at < bytes.len()) {
        let n = bytes.len().saturating_sub(at).min(8) as usize;
        first.extend(bytes.read_vec(at, n)?);
    }
    let hint = OpenHint { location: bytes.location(), first: &first, bytes: &bytes };
    let backends = graticule::backends();
    let backend = backends.iter().find(|b| b.recognises(&hint));
    let unknown = || Error::unsupported("no backend recognises the file").in_file(path);
    backend.ok_or_else(unknown)?.open(bytes.clone(), &OpenOptions::default())
}

/// The group at a path such as `/a/b`.
pub(crate) fn group<'a>(root: &'a RawGroup, path: &str) -> Option<&'a RawGroup> {
    let mut parts = path.split('/').filter(|part| !part.is_empty());
    parts.try_fold(root, |group, name| group.groups.iter().find(|g| g.name == name))
}
