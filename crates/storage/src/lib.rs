//! Contracts between file formats and computation.
//!
//! A [`Backend`] turns bytes into a [`RawGroup`]: plain data and one [`ChunkSource`] per
//! variable. A source fills boxes; it knows no names and no conventions. A [`GroupWriter`] is
//! the way back.

mod backend;
mod bytes;
mod concat;
mod cursor;
mod form;
mod location;
mod memory;
mod output;
mod raw;
mod rule;
mod sink;
mod source;
#[cfg(feature = "testing")]
pub mod testing;
mod wrap;

pub use backend::{Backend, GroupWriter, OpenHint, OpenOptions, StoredTypes};
pub use bytes::{
    BlockBytes, BlockPool, ByteSource, FileBytes, Gather, HandlePool, MemoryBytes, is_packed,
    unpack,
};
pub use concat::ConcatSource;
pub use cursor::{Cursor, push_counted, push_varint};
pub use form::{ChunkForm, PackedChunk};
pub use location::{Location, LocationKind};
pub use memory::{MemorySink, MemorySource};
pub use output::OutputFile;
pub use raw::{FilterSpec, RawAttr, RawDim, RawGroup, RawSchema, RawVar, RawVarSchema, Storage};
pub use rule::{EvenSource, FillSource};
pub use sink::{ChunkSink, SinkInfo};
pub use source::{ChunkSource, Limits, Makeup, Recipe, SourceDescriptor, SourceInfo};
pub use wrap::{CountingBytes, CountingSource, FailingSource, ThrottledSource};
