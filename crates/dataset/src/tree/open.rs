//! The groups of a file as a tree.

use graticule_array::Result;
use graticule_lazy::Session;
use graticule_storage::Location;

use super::DataTree;
use crate::io::{OpenOptions, open_groups};

/// Opens a file with all its groups as a tree, as [`open_dataset`](crate::open_dataset) opens
/// one group.
///
/// # Errors
/// As [`open_dataset`](crate::open_dataset); if a group has other lengths or labels along a
/// dimension than one above it, for which [`open_groups`] does not ask.
pub fn open_datatree(
    location: impl Into<Location>,
    options: &OpenOptions,
    session: &Session,
) -> Result<DataTree> {
    let location = location.into();
    let groups = open_groups(location.clone(), options, session)?;
    DataTree::from_groups(groups).map_err(|e| e.in_file(location.path()))
}
