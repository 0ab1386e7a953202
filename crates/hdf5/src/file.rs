//! A file that is being read.

use std::sync::Arc;

use graticule_array::Result;
use graticule_storage::ByteSource;

use crate::header::Header;
use crate::meta::{Form, Meta};
use crate::shared::SharedTable;
use crate::superblock::Superblock;

/// What the datasets of a file share.
#[derive(Debug)]
pub(crate) struct FileHandle {
    pub(crate) bytes: Arc<dyn ByteSource>,
    pub(crate) form: Form,
    /// Whether checksums of chunks are verified.
    pub(crate) verify: bool,
}

/// Reads the superblock and what it points at: a reader of metadata, and where the root
/// group lies.
///
/// # Errors
/// If the bytes are not HDF5.
pub(crate) fn begin(bytes: &Arc<dyn ByteSource>, verify: bool) -> Result<(Meta<'_>, u64)> {
    let mut meta = Meta::unknown(bytes, verify);
    let superblock = Superblock::read(&meta)?;
    meta.form = superblock.form;
    if let Some(address) = superblock.extension
        && let Ok(extension) = Header::read(&meta, address)
    {
        *meta.shared.borrow_mut() = SharedTable::read(&meta, &extension).unwrap_or_default();
    }
    Ok((meta, superblock.root))
}
