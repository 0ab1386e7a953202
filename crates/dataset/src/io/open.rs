//! One file.

use std::sync::Arc;

use graticule_array::{Error, Result, did_you_mean};
use graticule_lazy::Session;
use graticule_storage::{ByteSource, Location, RawGroup};

use super::decode::decode_group;
use super::detect::{open_raw, open_raw_source};
use super::options::OpenOptions;
use crate::dataset::Dataset;

/// Opens a file as a dataset. Metadata and coordinates of one axis are read; all other data
/// when it is computed. The session's first backend that recognises the bytes opens the file.
///
/// What a file says that cannot be honoured (times in "months since", a damaged coordinate) does
/// not keep the rest from being used: it is listed under `"notes"` in the encoding of the
/// variable or the dataset.
///
/// # Errors
/// If there is no such file, it is a directory, empty, damaged, or of no format that the
/// session knows (the message says what it looks like); if it has no such group; if a variable
/// asks for a decoding that cannot be done.
pub fn open_dataset(
    location: impl Into<Location>,
    options: &OpenOptions,
    session: &Session,
) -> Result<Dataset> {
    open(&location.into(), options, session)
}

fn open(location: &Location, options: &OpenOptions, session: &Session) -> Result<Dataset> {
    let root = open_raw(location, session, &options.storage)?;
    decoded(root, location, options, session)
}

/// [`open_dataset`] of bytes from anywhere: in memory ([`MemoryBytes`](graticule_storage::MemoryBytes)),
/// or from any other [`ByteSource`].
///
/// # Errors
/// As [`open_dataset`].
pub fn open_source(
    bytes: Arc<dyn ByteSource>,
    options: &OpenOptions,
    session: &Session,
) -> Result<Dataset> {
    let location = bytes.location().clone();
    let root = open_raw_source(bytes, session, &options.storage)?;
    decoded(root, &location, options, session)
}

fn decoded(
    root: RawGroup,
    location: &Location,
    options: &OpenOptions,
    session: &Session,
) -> Result<Dataset> {
    let group = match options.group.as_deref() {
        None => root,
        Some(path) => find(root, path).map_err(|e| e.in_file(location.path()))?,
    };
    let set = decode_group(group, location, options, session, true)?.into_dataset(session)?;
    Ok(set.with_origin(&format!("open_dataset(\"{location}\")")))
}

/// Opens all groups of a file: pairs of a path ("/", "/forecast") and the group's dataset, each
/// parent before its children.
///
/// # Errors
/// As [`open_dataset`].
pub fn open_groups(
    location: impl Into<Location>,
    options: &OpenOptions,
    session: &Session,
) -> Result<Vec<(String, Dataset)>> {
    let location = location.into();
    let root = open_raw(&location, session, &options.storage)?;
    let mut out = Vec::new();
    let mut waiting = vec![(String::from("/"), root)];
    while let Some((path, mut group)) = waiting.pop() {
        let base = path.trim_end_matches('/');
        for child in std::mem::take(&mut group.groups).into_iter().rev() {
            waiting.push((format!("{base}/{}", child.name), child));
        }
        let set = decode_group(group, &location, options, session, true)?.into_dataset(session)?;
        out.push((path, set.with_origin(&format!("open_groups(\"{location}\")"))));
    }
    Ok(out)
}

/// The group at a path from the root.
pub(crate) fn find(mut group: RawGroup, path: &str) -> Result<RawGroup> {
    for part in path.split('/').filter(|p| !p.is_empty()) {
        let names: Vec<String> = group.groups.iter().map(|g| g.name.clone()).collect();
        let Some(at) = names.iter().position(|n| n == part) else {
            let error =
                Error::not_found(format!("no group \"{part}\" (there are: {})", names.join(", ")));
            return Err(match did_you_mean(part, names.iter().map(String::as_str)) {
                Some(hint) => error.hint(hint),
                None => error,
            });
        };
        group = group.groups.swap_remove(at);
    }
    Ok(group)
}
