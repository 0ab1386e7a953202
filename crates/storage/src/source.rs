//! The contract of reading: boxes of one variable, from many threads.

use std::fmt::Debug;
use std::sync::Arc;

use graticule_array::{Array, ArrayMut, ChunkGrid, DType, Error, Region, Result, Scalar, Shape};

use crate::form::{ChunkForm, PackedChunk};
use crate::location::Location;
use crate::rule::EvenSource;

/// What a source holds: known without reading data.
#[derive(Clone, Debug)]
pub struct SourceInfo {
    /// The type of the elements.
    pub dtype: DType,
    /// The lengths of the axes.
    pub shape: Shape,
    /// How the data is cut on disk; reading along these borders costs least. Contiguous data
    /// is one chunk.
    pub grid: ChunkGrid,
    /// Whether chunks must be read whole (they are compressed); boxes of others cost only
    /// their own bytes.
    pub whole_chunks: bool,
    /// The value of cells that were never written.
    pub fill: Option<Scalar>,
}

impl SourceInfo {
    /// Checks that `region` lies within the source and that `out` is the place for it: what
    /// every [`ChunkSource::read_into`] does first.
    ///
    /// # Errors
    /// If the region does not fit, or the target is of another shape or dtype.
    pub fn check_read(&self, region: &Region, out: &ArrayMut<'_>) -> Result<()> {
        region.check_within(&self.shape)?;
        if out.shape() != region.len || *out.dtype() != self.dtype {
            return Err(Error::mismatch(format!(
                "cannot read {} {:?} into {} {:?}",
                self.dtype,
                region.len,
                out.dtype(),
                out.shape()
            )));
        }
        Ok(())
    }
}

/// What the scheduler must respect. Data, not a lock.
#[derive(Clone, Debug, Default)]
pub struct Limits {
    /// Reads at the same time that this source can serve; `None` means any number.
    pub parallel: Option<usize>,
    /// Sources that name the same domain are read one at a time.
    pub lock: Option<&'static str>,
    /// Bytes that one read takes beside the caller's buffer (a compressed and a raw chunk).
    pub scratch: usize,
    /// Bytes on disk, compressed, of the whole source, if known.
    pub stored: Option<u64>,
}

/// How to find a source again from another process.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct SourceDescriptor {
    /// The name of the backend.
    pub backend: String,
    /// The file or store.
    pub location: Location,
    /// The path inside it.
    pub path: String,
    /// The length in bytes and the time of change (ns since 1970) when it was opened.
    pub fingerprint: (u64, i128),
    /// Whether checksums are verified, as it was opened.
    pub verify: bool,
    /// The most bytes that the file may unpack to, if it is compressed as a whole.
    pub unpacked: u64,
}

/// What a source is made of, so that it can be made again in another process.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub enum Makeup {
    /// Nothing that can be told. A source of a file is found by its
    /// [`descriptor`](ChunkSource::descriptor).
    #[default]
    Opaque,
    /// An array in memory.
    Array(Array),
    /// Other sources, one after the other along an axis.
    Concat {
        /// The sources in their order.
        parts: Vec<Arc<dyn ChunkSource>>,
        /// The axis.
        axis: usize,
        /// Whether the axis is new: each part is one index of it.
        stacked: bool,
    },
    /// Its fill value, or zero, everywhere.
    Fill,
    /// Evenly spaced values.
    Even(EvenSource),
    /// Something that a function under a name makes again from a state.
    Named {
        /// The name.
        name: String,
        /// The state.
        state: Vec<u8>,
    },
}

/// One variable's data, readable box by box from many threads at once.
pub trait ChunkSource: Send + Sync + Debug {
    /// What it holds.
    fn info(&self) -> &SourceInfo;

    /// Fills every element of `out` with the values of `region`; `out` has the region's shape
    /// and may be strided. Must not panic, whatever the file holds.
    ///
    /// # Errors
    /// If bytes cannot be read or are not what the format demands; names file and chunk.
    fn read_into(&self, region: &Region, out: ArrayMut<'_>) -> Result<()>;

    /// The values of `region` in a new array.
    ///
    /// # Errors
    /// As [`read_into`](Self::read_into), and if the region does not fit the shape.
    fn read(&self, region: &Region) -> Result<Array> {
        region.check_within(&self.info().shape)?;
        let mut out = Array::zeros(&self.info().dtype, &region.len)?;
        self.read_into(region, out.view_mut())?;
        Ok(out)
    }

    /// The stored bytes of `region`, if that is a whole chunk (up to the edges of the array) which
    /// the file holds in just this form; otherwise, or if this is not known cheaply, `None`.
    ///
    /// # Errors
    /// If bytes cannot be read or are not where the format demands.
    fn packed(&self, _region: &Region, _form: &ChunkForm) -> Result<Option<PackedChunk>> {
        Ok(None)
    }

    /// What the scheduler must respect.
    fn limits(&self) -> Limits {
        Limits::default()
    }

    /// How to find it again from another process, if that is possible.
    fn descriptor(&self) -> Option<SourceDescriptor> {
        None
    }

    /// What it is made of, if it is no file's.
    fn makeup(&self) -> Makeup {
        Makeup::Opaque
    }

    /// What [`Backend::resume`](crate::Backend::resume) makes a source of once more without
    /// reading metadata, if that is possible. May read metadata itself.
    fn recipe(&self) -> Option<Recipe> {
        None
    }

    /// A digest of all values as stored, from sources that keep one: where dtypes, shapes and
    /// digests are equal, values are. With `read` one that is not known yet is made by reading
    /// everything.
    fn digest(&self, read: bool) -> Option<[u8; 32]> {
        let _ = read;
        None
    }
}

/// Where and how the data of a variable lie in their file: plain bytes, which only the backend
/// that gave them understands, and which it takes for no more than any bytes of a file.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Recipe {
    /// What files of the same make have in common: types, lengths, filters.
    pub kind: Vec<u8>,
    /// Where the data, or its chunks, lie in this file.
    pub place: Vec<u8>,
}
