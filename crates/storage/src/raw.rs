//! The neutral description of what a file holds: plain data, no conventions.

use std::sync::Arc;

use graticule_array::{Array, DType, Scalar, Shape};

use crate::source::ChunkSource;

/// A dimension as the file declares it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RawDim {
    /// Its name; `phony_dim_<n>` where the file has none.
    pub name: String,
    /// Its current length.
    pub len: usize,
    /// Whether it can grow.
    pub unlimited: bool,
}

/// An attribute as stored.
///
/// Text (`NC_CHAR`, fixed strings) is a `Str` array without axes; string arrays (`NC_STRING`)
/// have one axis; a single number has no axis, several have one.
#[derive(Clone, Debug, PartialEq)]
pub struct RawAttr {
    /// Its name.
    pub name: String,
    /// Its value.
    pub value: Array,
}

/// One step between elements in memory and bytes in a chunk.
#[derive(Clone, Debug, PartialEq)]
pub struct FilterSpec {
    /// Its common name: `deflate`, `shuffle`, `fletcher32`, `zstd` ...
    pub name: String,
    /// The number HDF5 knows it by, if any.
    pub id: Option<u16>,
    /// Its parameters, as stored (deflate: the level).
    pub params: Vec<u32>,
}

impl FilterSpec {
    /// DEFLATE at a level from 0 to 12 (netCDF: 1 to 9).
    #[must_use]
    pub fn deflate(level: u32) -> Self {
        Self { name: "deflate".into(), id: Some(1), params: vec![level] }
    }

    /// Byte shuffle, which goes before the compression.
    #[must_use]
    pub fn shuffle() -> Self {
        Self { name: "shuffle".into(), id: Some(2), params: Vec::new() }
    }
}

/// How a variable lies in its file.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Storage {
    /// The shape of a chunk; `None` for contiguous and compact data.
    pub chunks: Option<Shape>,
    /// The filters in the order of writing.
    pub filters: Vec<FilterSpec>,
    /// Whether numbers are stored with the most significant byte first.
    pub big_endian: bool,
    /// Names and values of an enumeration whose base integer is the variable's dtype.
    pub enumeration: Vec<(String, i64)>,
}

/// A variable of a file.
#[derive(Clone, Debug)]
pub struct RawVar {
    /// Its name.
    pub name: String,
    /// The names of its dimensions, one per axis.
    pub dims: Vec<String>,
    /// Its attributes in the order of the file, without those that only serve the format.
    pub attrs: Vec<RawAttr>,
    /// How it is stored.
    pub storage: Storage,
    /// Its data.
    pub source: Arc<dyn ChunkSource>,
}

/// A group of a file: the root, or one below it.
#[derive(Clone, Debug, Default)]
pub struct RawGroup {
    /// Its own name; empty for the root.
    pub name: String,
    /// The dimensions that this group declares, and those it inherits and uses.
    pub dims: Vec<RawDim>,
    /// Its attributes.
    pub attrs: Vec<RawAttr>,
    /// Its variables in the order of the file.
    pub vars: Vec<RawVar>,
    /// The groups inside it.
    pub groups: Vec<RawGroup>,
    /// Parts that could not be read although the rest could: (path, reason).
    pub problems: Vec<(String, graticule_array::Error)>,
}

/// A variable to be written.
#[derive(Clone, Debug)]
pub struct RawVarSchema {
    /// Its name.
    pub name: String,
    /// The names of its dimensions, one per axis.
    pub dims: Vec<String>,
    /// The type of its elements.
    pub dtype: DType,
    /// Its attributes, `_FillValue` not among them.
    pub attrs: Vec<RawAttr>,
    /// The value of cells that are never written, stored as `_FillValue` where given.
    pub fill: Option<Scalar>,
    /// How to store it.
    pub storage: Storage,
}

/// A whole file to be written.
#[derive(Clone, Debug, Default)]
pub struct RawSchema {
    /// Its dimensions.
    pub dims: Vec<RawDim>,
    /// Its global attributes.
    pub attrs: Vec<RawAttr>,
    /// Its variables.
    pub vars: Vec<RawVarSchema>,
}
