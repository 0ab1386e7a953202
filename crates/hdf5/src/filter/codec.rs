//! Filters from outside: whoever has a codec may give it to the reader.

use std::fmt::Debug;
use std::sync::Arc;

use graticule_array::Result;

/// What a filter made of a chunk.
#[derive(Clone, Copy, Debug)]
pub struct StoredChunk<'a> {
    /// The stored bytes.
    pub bytes: &'a [u8],
    /// The parameters stored with the filter (`cd_values`).
    pub params: &'a [u32],
    /// Bytes of the whole decoded chunk, which filters before this one may have changed.
    pub chunk_size: usize,
    /// Bytes of an element.
    pub element_size: usize,
}

/// A filter that this crate does not know, or a better codec for one that it knows: reading
/// goes through it after [`Hdf5Backend::with_codec`](crate::Hdf5Backend::with_codec).
///
/// ```
/// use std::sync::Arc;
/// use graticule_array::Result;
/// use graticule_hdf5::{ChunkCodec, Hdf5Backend, StoredChunk};
///
/// /// Every byte was turned round.
/// #[derive(Debug)]
/// struct Negative;
///
/// impl ChunkCodec for Negative {
///     fn id(&self) -> u16 {
///         300
///     }
///     fn decode(&self, chunk: &StoredChunk<'_>) -> Result<Vec<u8>> {
///         Ok(chunk.bytes.iter().map(|b| !b).collect())
///     }
/// }
///
/// let backend = Hdf5Backend::new().with_codec(Arc::new(Negative));
/// assert!(format!("{backend:?}").contains("Negative"));
/// ```
pub trait ChunkCodec: Send + Sync + Debug {
    /// The number that files know the filter by.
    fn id(&self) -> u16;

    /// The bytes that the filter was given when the chunk was written.
    ///
    /// # Errors
    /// If the stored bytes are not what the filter writes. Must not panic, whatever they are.
    fn decode(&self, chunk: &StoredChunk<'_>) -> Result<Vec<u8>>;
}

/// The codecs that a reader was given; the last of a number counts.
#[derive(Clone, Debug, Default)]
pub(crate) struct Codecs(Vec<Arc<dyn ChunkCodec>>);

impl Codecs {
    pub(crate) fn add(&mut self, codec: Arc<dyn ChunkCodec>) {
        self.0.push(codec);
    }

    pub(crate) fn find(&self, id: u16) -> Option<&Arc<dyn ChunkCodec>> {
        self.0.iter().rev().find(|c| c.id() == id)
    }
}
