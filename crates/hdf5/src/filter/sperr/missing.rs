//! Values that were missing when a chunk was written: where they were, and what stood there.

use graticule_array::{Error, Result};

use crate::filter::low_bits::LowBits;

/// Places without a value.
#[derive(Debug)]
pub(super) struct Missing {
    /// The bytes of the value that marks them.
    mark: Vec<u8>,
    /// A bit for each place, the lowest of a word first.
    places: Vec<u32>,
}

impl Missing {
    /// What the first bytes of a chunk say about `total` values of `element` bytes, and the rest.
    pub(super) fn read(
        input: &[u8],
        element: usize,
        total: usize,
    ) -> Result<(Option<Self>, &[u8])> {
        let short = || Error::corrupt("sperr: the places of missing values end too early");
        let (kind, rest) = input.split_first().ok_or_else(short)?;
        let (mark, rest) = match (kind, element) {
            (0, _) => return Ok((None, rest)),
            // The NaNs that the filter fills in.
            (1, 4) => (0x7fc0_0001_u32.to_le_bytes().to_vec(), rest),
            (1, _) => (0x7ff8_0000_0000_0001_u64.to_le_bytes().to_vec(), rest),
            // The first of the huge numbers that were there.
            (2, _) => {
                let (mark, rest) = rest.split_at_checked(element).ok_or_else(short)?;
                (mark.to_vec(), rest)
            }
            _ => return Err(Error::corrupt(format!("sperr: missing values of kind {kind}"))),
        };
        let used = rest.first_chunk::<4>().map(|n| u32::from_le_bytes(*n)).ok_or_else(short)?;
        let length = usize::try_from(used.div_ceil(8)).unwrap_or(usize::MAX);
        let (packed, rest) = rest.split_at_checked(length).ok_or_else(short)?;
        let places = unpack(packed, u64::from(used), total.div_ceil(32));
        Ok((Some(Self { mark, places }), rest))
    }

    /// Writes the mark over all missing values.
    pub(super) fn put_back(&self, values: &mut [u8]) {
        for (part, word) in values.chunks_mut(32 * self.mark.len()).zip(&self.places) {
            for (i, value) in part.chunks_exact_mut(self.mark.len()).enumerate() {
                if word >> i & 1 != 0 {
                    value.copy_from_slice(&self.mark);
                }
            }
        }
    }
}

/// Words of 32 places: a bit 0 for the usual word, 10 for its opposite, 11 before any other.
fn unpack(packed: &[u8], used: u64, most: usize) -> Vec<u32> {
    let mut bits = LowBits::new(packed);
    bits.skip(32);
    let usual = if bits.bit() { u32::MAX } else { 0 };
    let mut words = Vec::new();
    while bits.position() < used && words.len() < most {
        words.push(match bits.bit() {
            false => usual,
            true if bits.bit() => bits.read(32) as u32,
            true => !usual,
        });
    }
    words
}
