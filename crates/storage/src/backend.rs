//! The contract of a format: recognise, open, create.

use std::fmt::Debug;
use std::sync::Arc;

use graticule_array::{Error, Result};

use crate::bytes::ByteSource;
use crate::location::Location;
use crate::raw::{RawGroup, RawSchema};
use crate::sink::ChunkSink;
use crate::source::{ChunkSource, Recipe};

/// What is known of a file before a backend is chosen.
#[derive(Clone, Copy, Debug)]
pub struct OpenHint<'a> {
    /// Where it lies.
    pub location: &'a Location,
    /// Its first bytes, up to 8, and those at 512, 1024 and 2048 (for HDF5 user blocks).
    pub first: &'a [u8],
    /// The bytes themselves.
    pub bytes: &'a Arc<dyn ByteSource>,
}

/// How to open.
#[derive(Clone, Debug)]
pub struct OpenOptions {
    /// Whether checksums stored beside the data are verified.
    pub verify: bool,
    /// Only these variables are wanted (empty: all); a backend may leave out the others.
    pub only: Vec<String>,
    /// The most bytes that a compressed file (`.nc.gz`) may unpack to.
    pub unpacked: u64,
}

impl Default for OpenOptions {
    fn default() -> Self {
        Self { verify: true, only: Vec::new(), unpacked: 8 << 30 }
    }
}

/// Which element types a format stores.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum StoredTypes {
    /// All that this project has, or nearly so.
    #[default]
    All,
    /// Those of CDF-5: integers of all sizes, signed or not, floats and characters.
    Cdf5,
    /// Those of the older classic formats: signed integers up to 32 bits, floats, characters.
    Classic,
}

/// A file format.
pub trait Backend: Send + Sync + Debug {
    /// Its short name, as in error messages and encodings.
    fn name(&self) -> &'static str;

    /// Whether the bytes look like this format.
    fn recognises(&self, hint: &OpenHint<'_>) -> bool;

    /// Reads the metadata of all groups; data stays where it is.
    ///
    /// # Errors
    /// If the bytes cannot be read or are not this format.
    fn open(&self, bytes: Arc<dyn ByteSource>, options: &OpenOptions) -> Result<RawGroup>;

    /// A variable from its recipe, without reading metadata: the first read is one of data.
    /// `bytes` are those of the file, as [`open`](Self::open) got them when the recipe was made.
    ///
    /// # Errors
    /// If the recipe is not one of this backend; then the file has to be opened.
    fn resume(
        &self,
        bytes: Arc<dyn ByteSource>,
        recipe: &Recipe,
        options: &OpenOptions,
    ) -> Result<Arc<dyn ChunkSource>> {
        let _ = (recipe, options);
        Err(Error::unsupported(format!("the {} backend has no recipes", self.name()))
            .in_file(bytes.location().path()))
    }

    /// File name extensions that this backend writes, without the dot.
    fn writes(&self) -> &'static [&'static str] {
        &[]
    }

    /// The variants that this backend writes, by the names that netCDF's libraries give them
    /// (`NETCDF4`, `NETCDF3_64BIT`). The first is what it writes without being asked.
    fn formats(&self) -> &'static [&'static str] {
        &[]
    }

    /// The types that one of its variants stores.
    fn stored_types(&self, format: Option<&str>) -> StoredTypes {
        let _ = format;
        StoredTypes::All
    }

    /// Begins a new file. Nothing appears under its final name before
    /// [`GroupWriter::finish`].
    ///
    /// # Errors
    /// If the format cannot be written, or the place is not writable.
    fn create(&self, at: &Location, schema: &RawSchema) -> Result<Box<dyn GroupWriter>> {
        let _ = schema;
        Err(Error::unsupported(format!("the {} backend cannot write", self.name()))
            .in_file(at.path()))
    }

    /// [`create`](Self::create) in one of its variants. `None` leaves the choice to the backend.
    ///
    /// # Errors
    /// As [`create`](Self::create); if there is no such variant, or it cannot hold the schema.
    fn create_as(
        &self,
        at: &Location,
        schema: &RawSchema,
        format: Option<&str>,
    ) -> Result<Box<dyn GroupWriter>> {
        match format.filter(|f| !self.formats().contains(f)) {
            None => self.create(at, schema),
            Some(other) => Err(Error::not_found(format!(
                "the {} backend does not write \"{other}\"",
                self.name()
            ))
            .in_file(at.path())),
        }
    }
}

/// A file being written. Dropping it without `finish` removes what was written.
pub trait GroupWriter: Send {
    /// The sink of one variable's data.
    ///
    /// # Errors
    /// If the schema has no such variable.
    fn sink(&mut self, var: &str) -> Result<Arc<dyn ChunkSink>>;

    /// Writes what is left, and gives the file its final name.
    ///
    /// # Errors
    /// If the device refuses; then no file appears.
    fn finish(self: Box<Self>) -> Result<()>;
}
