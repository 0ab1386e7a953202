//! Bit shuffle: the first bits of all elements, then the second bits, and so on; alone, with
//! LZ4 or with Zstandard.

use graticule_array::{ByteOrder, Error, Result};
use graticule_storage::Cursor;

use super::{Call, lz4, zstd};

/// Bytes of a block by default.
const BLOCK: usize = 8192;

pub(super) fn decode(call: &Call<'_>, input: &[u8], out: &mut Vec<u8>) -> Result<()> {
    let param = |i: usize| call.params.get(i).map_or(0, |n| *n as usize);
    let element = if param(2) == 0 { call.element } else { param(2) }.max(1);
    let codec = param(4);
    let mut c = Cursor::new(input, ByteOrder::Big);
    let (total, mut block) = if codec == 0 {
        (input.len(), param(3))
    } else {
        let total = usize::try_from(c.u64()?).unwrap_or(usize::MAX);
        (total, c.u32()? as usize / element)
    };
    if block == 0 {
        block = (BLOCK / element / 8 * 8).max(128);
    }
    if total > call.room() || block % 8 != 0 {
        return Err(Error::corrupt("bitshuffle: the header makes no sense"));
    }
    let mut left = total / element;
    let mut shuffled = Vec::new();
    while left >= 8 {
        let n = block.min(left / 8 * 8);
        let bytes = n * element;
        shuffled.clear();
        match codec {
            0 => shuffled.extend_from_slice(c.take(bytes)?),
            2 | 3 => {
                let stored = c.u32()? as usize;
                let data = c.take(stored)?;
                if codec == 2 {
                    lz4::block_into(data, bytes, &mut shuffled)?;
                } else {
                    zstd::frame_into(data, bytes, &mut shuffled)?;
                }
            }
            codec => return Err(Error::unsupported(format!("bitshuffle with codec {codec}"))),
        }
        if shuffled.len() != bytes {
            return Err(Error::corrupt("bitshuffle: a block is too short"));
        }
        untranspose(&shuffled, n, element, out);
        left -= n;
    }
    let tail = total.saturating_sub(out.len());
    out.extend_from_slice(c.take(tail)?);
    Ok(())
}

/// Appends `n` elements (a multiple of 8) whose bits lie row by row in `input`.
pub(super) fn untranspose(input: &[u8], n: usize, element: usize, out: &mut Vec<u8>) {
    let start = out.len();
    out.resize(start + n * element, 0);
    let out = out.get_mut(start..).unwrap_or_default();
    let row = n / 8;
    for (byte, rows) in input.chunks_exact((8 * row).max(1)).take(element).enumerate() {
        for group in 0..row {
            let mut square = 0u64;
            for (k, bits) in rows.iter().skip(group).step_by(row.max(1)).take(8).enumerate() {
                square |= u64::from(*bits) << (8 * k);
            }
            let turned = transpose(square).to_le_bytes();
            let to = out.get_mut(group * 8 * element + byte..).unwrap_or_default();
            for (to, bits) in to.iter_mut().step_by(element).zip(turned) {
                *to = bits;
            }
        }
    }
}

/// Turns 8 rows of 8 bits into columns.
fn transpose(mut x: u64) -> u64 {
    for (shift, mask) in
        [(7, 0x00aa_00aa_00aa_00aa), (14, 0x0000_cccc_0000_cccc), (28, 0x0000_0000_f0f0_f0f0)]
    {
        let t = (x ^ (x >> shift)) & mask;
        x ^= t ^ (t << shift);
    }
    x
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bits_come_back_in_their_elements() {
        let (n, element) = (24, 3);
        let plain: Vec<u8> = (0..n * element).map(|i| (i * 37 + 11) as u8).collect();
        let mut shuffled = vec![0u8; plain.len()];
        for i in 0..n {
            for bit in 0..8 * element {
                let set = plain[i * element + bit / 8] >> (bit % 8) & 1;
                shuffled[bit * (n / 8) + i / 8] |= set << (i % 8);
            }
        }
        let mut out = Vec::new();
        untranspose(&shuffled, n, element, &mut out);
        assert_eq!(out, plain);
    }
}
