//! HDF5 and netCDF-4 files, read in pure Rust: no C library, no lock, no trust in the bytes.
//!
//! Layers, from the bytes up: blocks of metadata, object headers and their messages, heaps and
//! trees, chunk tables and filters, datasets as sources of boxes, and the netCDF-4 model over
//! all of it. [`Hdf5Backend`] is the way in.

mod backend;
mod blueprint;
mod checksum;
mod chunk;
mod dataset;
mod describe;
mod element;
mod external;
mod file;
mod filter;
mod float;
mod group;
mod header;
mod heap;
mod list;
mod lookup;
mod message;
mod meta;
mod mosaic;
mod netcdf;
mod reads;
mod recipe;
mod reference;
mod selection;
mod shared;
mod superblock;
#[cfg(any(test, feature = "testing"))]
#[doc(hidden)]
pub mod testing;
mod tree;
mod write;

pub use backend::Hdf5Backend;
pub use filter::{ChunkCodec, StoredChunk};
pub use list::{DatasetFacts, Object, ObjectKind, list};
pub use write::create;
