//! The checksum behind a chunk.

use graticule_array::{Error, Result};

/// Takes the checksum off the end, and checks it if asked to.
pub(super) fn strip(input: &[u8], verify: bool) -> Result<&[u8]> {
    let split = input.len().checked_sub(4).and_then(|n| input.split_at_checked(n));
    let (data, stored) = split.ok_or_else(|| Error::corrupt("no room for a checksum"))?;
    if !verify {
        return Ok(data);
    }
    let stored = stored.iter().rev().fold(0u32, |n, b| n << 8 | u32::from(*b));
    let found = sum(data);
    // Before 1.6.3 the library wrote the two bytes of each half the other way round.
    let swapped = (found & 0x00ff_00ff) << 8 | (found & 0xff00_ff00) >> 8;
    if stored == found || stored == swapped {
        return Ok(data);
    }
    Err(Error::corrupt(format!("fletcher32: stored {stored:08x}, computed {found:08x}")))
}

/// The checksum as HDF5 computes it: over words with the most significant byte first.
pub(crate) fn sum(data: &[u8]) -> u32 {
    let (mut low, mut high) = (0u32, 0u32);
    let words = data.chunks_exact(2);
    let last = words.remainder();
    let fold = |n: u32| (n & 0xffff) + (n >> 16);
    // 360 words are what 32 bits hold before they must be folded.
    for block in data.get(..data.len() - last.len()).unwrap_or_default().chunks(720) {
        for word in block.chunks_exact(2) {
            low += word.iter().fold(0, |n, b| n << 8 | u32::from(*b));
            high += low;
        }
        (low, high) = (fold(low), fold(high));
    }
    if let [byte] = last {
        low += u32::from(*byte) << 8;
        high += low;
        (low, high) = (fold(low), fold(high));
    }
    fold(high) << 16 | fold(low)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_changed_byte_is_noticed() {
        let mut data: Vec<u8> = (0..=255).cycle().take(5001).collect();
        data.extend(sum(&data).to_le_bytes());
        assert_eq!(strip(&data, true).unwrap().len(), 5001);
        data[77] ^= 1;
        assert!(strip(&data, true).unwrap_err().is_corrupt());
        assert!(strip(&data, false).is_ok());
    }
}
