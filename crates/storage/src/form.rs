//! Chunks as their bytes lie in a file, for copying without unpacking.

use graticule_array::{DType, Shape};

/// How elements become the bytes of a chunk. Chunks of equal forms can be copied from one file
/// to another as they are.
///
/// ```
/// use graticule_array::DType;
/// use graticule_storage::ChunkForm;
///
/// let form = ChunkForm {
///     dtype: DType::I16,
///     big_endian: false,
///     chunk: vec![1, 720, 1440],
///     filters: vec![(2, vec![2]), (1, vec![4])], // shuffle, deflate
/// };
/// assert_eq!(form, form.clone());
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct ChunkForm {
    /// The type of the elements.
    pub dtype: DType,
    /// Whether numbers are stored with the most significant byte first; false for single bytes.
    pub big_endian: bool,
    /// The shape of a whole chunk.
    pub chunk: Shape,
    /// The numbers by which HDF5 knows the filters and their parameters, in the order of writing.
    pub filters: Vec<(u16, Vec<u32>)>,
}

/// The bytes of a chunk behind its filters.
///
/// ```
/// let chunk = graticule_storage::PackedChunk { bytes: vec![1, 2, 3], skipped: 0 };
/// assert_eq!(chunk.bytes.len(), 3);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PackedChunk {
    /// What the file holds.
    pub bytes: Vec<u8>,
    /// Which filters were left out, one bit each.
    pub skipped: u32,
}
