//! The backend: HDF5 and netCDF-4 behind the neutral contract.

use std::sync::Arc;

use graticule_array::Result;
use graticule_storage::{
    Backend, ByteSource, ChunkSource, GroupWriter, Location, OpenHint, OpenOptions, RawGroup,
    RawSchema, Recipe,
};

use crate::blueprint::Blueprints;
use crate::file::Settings;
use crate::filter::{ChunkCodec, Codecs};
use crate::list::Object;
use crate::superblock::SIGNATURE;

/// Reads HDF5 and netCDF-4 files in pure Rust, without a lock.
///
/// Files opened by one backend or its clones share what is equal in them, so that each file of
/// an archive takes little memory.
///
/// ```
/// use std::sync::Arc;
/// use graticule_hdf5::Hdf5Backend;
/// use graticule_storage::{Backend, MemoryBytes, OpenOptions};
///
/// let bytes = MemoryBytes::new("not.nc", *b"CDF\x01");
/// let e = Hdf5Backend::new().open(Arc::new(bytes), &OpenOptions::default()).unwrap_err();
/// assert!(e.is_corrupt());
/// ```
#[derive(Clone, Debug, Default)]
pub struct Hdf5Backend {
    known: Blueprints,
    codecs: Codecs,
}

impl Hdf5Backend {
    /// A backend that has opened nothing yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// A backend that also knows the filter which `codec` undoes; see [`ChunkCodec`].
    #[must_use]
    pub fn with_codec(self, codec: Arc<dyn ChunkCodec>) -> Self {
        let mut codecs = self.codecs;
        codecs.add(codec);
        // What was shared so far was made with other codecs.
        Self { known: Blueprints::default(), codecs }
    }

    /// The objects of a file as HDF5 has them, with the codecs of this backend; else
    /// as [`list`](crate::list).
    ///
    /// # Errors
    /// If the bytes are not HDF5, or the root group cannot be read.
    pub fn list(&self, bytes: &Arc<dyn ByteSource>, options: &OpenOptions) -> Result<Vec<Object>> {
        crate::list::objects(bytes, &self.settings(options))
    }

    fn settings(&self, options: &OpenOptions) -> Settings {
        Settings { verify: options.verify, codecs: self.codecs.clone() }
    }
}

impl Backend for Hdf5Backend {
    fn name(&self) -> &'static str {
        "hdf5"
    }

    fn recognises(&self, hint: &OpenHint<'_>) -> bool {
        if hint.first.starts_with(&SIGNATURE) {
            return true;
        }
        // Behind a user block, which has a power of two of bytes.
        let mut at = 512u64;
        let mut mark = [0; 8];
        while at.saturating_add(8) <= hint.bytes.len() {
            if hint.bytes.read_at(at, &mut mark).is_err() {
                return false;
            }
            if mark == SIGNATURE {
                return true;
            }
            at = at.saturating_mul(2);
        }
        false
    }

    fn open(&self, bytes: Arc<dyn ByteSource>, options: &OpenOptions) -> Result<RawGroup> {
        crate::netcdf::open(&bytes, options, &self.settings(options), &self.known)
            .map_err(|e| e.in_file(bytes.location().path()))
    }

    fn resume(
        &self,
        bytes: Arc<dyn ByteSource>,
        recipe: &Recipe,
        options: &OpenOptions,
    ) -> Result<Arc<dyn ChunkSource>> {
        let source = crate::recipe::read(&bytes, recipe, &self.settings(options), &self.known);
        Ok(Arc::new(source.map_err(|e| e.in_file(bytes.location().path()))?))
    }

    fn writes(&self) -> &'static [&'static str] {
        &["nc", "nc4", "h5"]
    }

    fn formats(&self) -> &'static [&'static str] {
        &["NETCDF4"]
    }

    fn create(&self, at: &Location, schema: &RawSchema) -> Result<Box<dyn GroupWriter>> {
        crate::write::create(at, schema)
    }
}
