//! How the chunks of a variable to be written are cut and compressed.

use graticule_array::{ChunkGrid, DType};
use graticule_storage::{FilterSpec, Storage};

use super::write_options::Compression;
use crate::encoding::Encoding;

/// Variables below this many bytes are neither cut nor compressed without being asked.
const SMALL: usize = 1 << 20;

/// Chunks aim at this many bytes ...
const AIM: usize = 2 << 20;

/// ... and are taken over from where the data comes from up to this many.
const LARGE: usize = 16 << 20;

/// Settings for a variable of this type and shape whose data is cut like `grid`.
pub(super) fn storage(
    encoding: &Encoding,
    dtype: &DType,
    shape: &[usize],
    grid: &ChunkGrid,
    compression: Compression,
    unlimited: bool,
) -> Storage {
    let size = dtype.planned_size().max(1);
    let bytes = shape.iter().fold(size, |n, l| n.saturating_mul(*l));
    let filters = match compression {
        _ if matches!(dtype, DType::Str | DType::List(_)) || shape.is_empty() => Vec::new(),
        Compression::None => Vec::new(),
        Compression::Deflate(level) => vec![FilterSpec::shuffle(), FilterSpec::deflate(level)],
        Compression::Auto => {
            let kept = writable(&encoding.filters);
            // A new variable; one that comes from a file without compression stays so.
            let is_new = encoding.dtype.is_none() && encoding.filters.is_empty();
            if is_new && bytes >= SMALL {
                vec![FilterSpec::shuffle(), FilterSpec::deflate(2)]
            } else {
                kept
            }
        }
    };
    let kept = encoding.chunks.as_ref().filter(|c| c.len() == shape.len());
    let chunks = match kept {
        Some(chunks) => {
            Some(chunks.iter().zip(shape).map(|(c, n)| (*c).clamp(1, (*n).max(1))).collect())
        }
        None if shape.is_empty() || (filters.is_empty() && !unlimited) => None,
        None => Some(chosen(shape, size, grid)),
    };
    let enumeration = if dtype.is_integer() { encoding.enumeration.clone() } else { Vec::new() };
    Storage { chunks, filters, big_endian: false, enumeration }
}

/// Those that every writer has; other compressors become deflate.
fn writable(filters: &[FilterSpec]) -> Vec<FilterSpec> {
    let known = |f: &FilterSpec| matches!(f.name.as_str(), "deflate" | "shuffle" | "fletcher32");
    let mut out: Vec<FilterSpec> = Vec::new();
    for filter in filters {
        let filter = if known(filter) { filter.clone() } else { FilterSpec::deflate(4) };
        if !out.iter().any(|f| f.name == filter.name) {
            out.push(filter);
        }
    }
    out
}

/// Chunks like those the data comes in, or whole rows of about the aimed size.
fn chosen(shape: &[usize], size: usize, grid: &ChunkGrid) -> Vec<usize> {
    let block = grid.largest();
    let bytes = |c: &[usize]| c.iter().fold(size, |n, l| n.saturating_mul(*l));
    if block.len() == shape.len() && (64 << 10..=LARGE).contains(&bytes(&block)) {
        return block.iter().map(|n| (*n).max(1)).collect();
    }
    let mut chunk: Vec<usize> = shape.iter().map(|n| (*n).max(1)).collect();
    for axis in 0..chunk.len() {
        let now = bytes(&chunk);
        if now <= AIM {
            break;
        }
        if let Some(n) = chunk.get_mut(axis) {
            let rest = now / (*n).max(1);
            *n = (AIM / rest.max(1)).clamp(1, *n);
        }
    }
    chunk
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chunks_are_whole_rows_of_a_useful_size() {
        let chunk = |shape: &[usize]| chosen(shape, 4, &ChunkGrid::whole(shape));
        assert_eq!(chunk(&[8760, 721, 1440]), [1, 364, 1440]);
        assert_eq!(chunk(&[1000, 100, 100]), [52, 100, 100]);
        assert_eq!(chunk(&[10, 10]), [10, 10]);
        assert_eq!(chunk(&[0, 10]), [1, 10]);
    }

    #[test]
    fn small_and_uncompressed_sources_stay_plain() {
        let plain = |encoding: &Encoding, shape: &[usize], how| {
            let grid = ChunkGrid::whole(shape);
            storage(encoding, &DType::F32, shape, &grid, how, false)
        };
        let new = Encoding::default();
        assert_eq!(plain(&new, &[100], Compression::Auto), Storage::default());
        assert_eq!(plain(&new, &[1 << 20], Compression::Auto).filters.len(), 2);
        assert_eq!(plain(&new, &[1 << 20], Compression::None), Storage::default());
        let old = Encoding { dtype: Some(DType::F32), ..Encoding::default() };
        assert!(plain(&old, &[1 << 20], Compression::Auto).filters.is_empty());
    }
}
