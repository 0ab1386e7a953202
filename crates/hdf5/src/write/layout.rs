//! How variables are laid out when nobody says so.

/// The size a chunk or block aims at.
const TARGET: usize = 4 << 20;
/// The size of the blocks in which contiguous data is written.
const BLOCK: usize = 8 << 20;
/// How far a chunk reaches along an axis that can grow, if it is the only one.
const RECORDS: usize = 512;

/// A chunk of about 4 MiB: whole records if they fit, several if they are small.
pub(super) fn default_chunk(shape: &[usize], unlimited: &[bool], element: usize) -> Vec<usize> {
    let mut chunk: Vec<usize> = shape.iter().map(|n| (*n).max(1)).collect();
    let bytes = |c: &[usize]| c.iter().fold(element.max(1), |n, l| n.saturating_mul(*l));
    if let Some((first, rest)) = chunk.split_first_mut() {
        while bytes(rest) > TARGET {
            let Some(longest) = rest.iter_mut().filter(|n| **n > 1).max_by_key(|n| **n) else {
                break;
            };
            *longest = longest.div_ceil(2);
        }
        let room = (TARGET / bytes(rest)).max(1);
        *first = match (unlimited.first(), rest.is_empty()) {
            (Some(true), true) => (*first).clamp(RECORDS, RECORDS.max(room)),
            // Records are read one at a time more often than not.
            (Some(true), false) => (*first).min((room / 4).max(1)),
            _ => (*first).min(room),
        };
    }
    chunk
}

/// Blocks of contiguous bytes, of about 8 MiB.
pub(super) fn contiguous_block(shape: &[usize], element: usize) -> Vec<usize> {
    let mut block = vec![1; shape.len()];
    let mut bytes = element.max(1);
    for (size, len) in block.iter_mut().zip(shape).rev() {
        let len = (*len).max(1);
        *size = len.min((BLOCK / bytes).max(1));
        bytes = bytes.saturating_mul(*size);
        if *size < len {
            break;
        }
    }
    block
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chunks_stay_near_their_target() {
        assert_eq!(default_chunk(&[365, 721, 1440], &[true, false, false], 4), [1, 721, 1440]);
        assert_eq!(default_chunk(&[8760], &[true], 8), [8760]);
        assert_eq!(default_chunk(&[3], &[true], 8), [512]);
        assert_eq!(default_chunk(&[10_000, 2], &[true, false], 8), [10_000, 2]);
        assert_eq!(default_chunk(&[0, 4], &[true, false], 8), [1, 4]);
        assert_eq!(default_chunk(&[10, 4000, 8000], &[false; 3], 4), [1, 1000, 1000]);
    }

    #[test]
    fn blocks_are_contiguous() {
        assert_eq!(contiguous_block(&[100, 1000, 1000], 4), [2, 1000, 1000]);
        assert_eq!(contiguous_block(&[100, 10_000, 1000], 4), [1, 2097, 1000]);
        assert_eq!(contiguous_block(&[], 4), [0usize; 0]);
        assert_eq!(contiguous_block(&[0, 3], 4), [1, 3]);
    }
}
