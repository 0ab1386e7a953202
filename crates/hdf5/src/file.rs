//! A file that is being read.

use std::sync::Arc;

use graticule_array::Result;
use graticule_storage::ByteSource;

use crate::filter::Codecs;
use crate::header::Header;
use crate::meta::{Form, Meta};
use crate::reference::Paths;
use crate::shared::SharedTable;
use crate::superblock::Superblock;

/// How files are read.
#[derive(Clone, Debug)]
pub(crate) struct Settings {
    /// Whether checksums are verified, those of metadata and those of chunks.
    pub(crate) verify: bool,
    /// Filters from outside.
    pub(crate) codecs: Codecs,
}

/// What the datasets of a file share.
#[derive(Debug)]
pub(crate) struct FileHandle {
    pub(crate) bytes: Arc<dyn ByteSource>,
    pub(crate) form: Form,
    pub(crate) settings: Settings,
    /// Where references lead to.
    pub(crate) paths: Arc<Paths>,
}

/// Reads the superblock and what it points at: a reader of metadata, and where the root
/// group lies.
///
/// # Errors
/// If the bytes are not HDF5.
pub(crate) fn begin<'a>(
    bytes: &'a Arc<dyn ByteSource>,
    settings: &'a Settings,
) -> Result<(Meta<'a>, u64)> {
    let mut meta = Meta::unknown(bytes, settings);
    let superblock = Superblock::read(&meta)?;
    meta.form = superblock.form;
    if let Some(address) = superblock.extension
        && let Ok(extension) = Header::read(&meta, address)
    {
        *meta.shared.borrow_mut() = SharedTable::read(&meta, &extension).unwrap_or_default();
    }
    Ok((meta, superblock.root))
}
