//! ZFP: blocks of 4 numbers in each of up to four dimensions, transformed and cut bit by bit.
//!
//! After P. Lindstrom, Fixed-Rate Compressed Floating-Point Arrays, IEEE TVCG 20 (2014), and
//! the description of the stream in the documentation of zfp.

mod block;

use graticule_array::{Error, Result};

use self::block::{Block, Limits, Number};
use super::Call;
use super::low_bits::LowBits;

/// The smallest exponent of a double; reversible streams claim one less.
const LEAST_EXPONENT: i64 = -1074;
/// The most bits of a block.
const MOST_BITS: u64 = 16658;

pub(super) fn decode(call: &Call<'_>, input: &[u8], out: &mut Vec<u8>) -> Result<()> {
    // The first parameter is the version of the filter; the header of the stream follows.
    let words = call.params.get(1..).unwrap_or_default();
    let header: Vec<u8> = words.iter().flat_map(|w| w.to_le_bytes()).collect();
    let mut bits = LowBits::new(&header);
    if bits.read(24) != u64::from_le_bytes(*b"zfp\0\0\0\0\0") {
        return Err(Error::unsupported("zfp without a header in its parameters"));
    }
    let _version = bits.read(8);
    let (kind, rank) = (bits.read(2), bits.read(2) as usize + 1);
    let width = [48, 24, 16, 12].get(rank - 1).copied().unwrap_or(12);
    let mut shape = Vec::with_capacity(rank);
    for _ in 0..rank {
        shape.push(bits.read(width) as usize + 1);
    }
    bits.skip(48 % (width as usize * rank));
    let limits = limits(&mut bits);
    let size = if kind & 1 == 0 { 4 } else { 8 };
    let total = shape.iter().try_fold(size, |n: usize, l| n.checked_mul(*l));
    if total.is_none_or(|n| n > call.room()) {
        return Err(Error::corrupt(format!("zfp: an array of {shape:?} in such a chunk")));
    }
    match kind {
        0 => all::<i32>(input, &shape, &limits, out),
        1 => all::<i64>(input, &shape, &limits, out),
        2 => all::<f32>(input, &shape, &limits, out),
        _ => all::<f64>(input, &shape, &limits, out),
    }
    Ok(())
}

/// The mode, in 12 bits or in 64.
fn limits(bits: &mut LowBits<'_>) -> Limits {
    let mode = bits.read(12);
    let free = Limits {
        least_bits: 1,
        most_bits: MOST_BITS,
        precision: 64,
        exponent: LEAST_EXPONENT,
        reversible: false,
    };
    match mode {
        0..2048 => Limits { least_bits: mode + 1, most_bits: mode + 1, ..free },
        2048..2176 => Limits { precision: mode - 2047, ..free },
        2176 => Limits { reversible: true, ..free },
        2177..4095 => Limits { exponent: mode as i64 + LEAST_EXPONENT - 2177, ..free },
        _ => {
            let (least, most) = (bits.read(15) + 1, bits.read(15) + 1);
            let precision = bits.read(7) + 1;
            let exponent = bits.read(15) as i64 - 16495;
            Limits {
                least_bits: least,
                most_bits: most,
                precision,
                exponent,
                reversible: exponent < LEAST_EXPONENT,
            }
        }
    }
}

/// Decodes all blocks; the first of the lengths is the one that changes fastest.
fn all<T: Number>(input: &[u8], shape: &[usize], limits: &Limits, out: &mut Vec<u8>) {
    let at = |axis: usize| shape.get(axis).copied().unwrap_or(1);
    let (nx, ny, nz, nw) = (at(0), at(1), at(2), at(3));
    let first = out.len();
    out.resize(first + nx * ny * nz * nw * T::SIZE, 0);
    let target = out.get_mut(first..).unwrap_or_default();
    let mut bits = LowBits::new(input);
    let mut block = Block::<T>::new(shape.len());
    let rows = |n: usize, at: usize| (n - at).min(4);
    for w in (0..nw).step_by(4) {
        for z in (0..nz).step_by(4) {
            for y in (0..ny).step_by(4) {
                for x in (0..nx).step_by(4) {
                    block.decode(&mut bits, limits);
                    // Blocks reach over the edge; their numbers there are padding.
                    let (cy, cz, cw) = (rows(ny, y), rows(nz, z), rows(nw, w));
                    for row in 0..cy * cz * cw {
                        let (j, k, l) = (row % cy, row / cy % cz, row / cy / cz);
                        let line = (((w + l) * nz + z + k) * ny + y + j) * nx + x;
                        let n = rows(nx, x);
                        let to = target.get_mut(line * T::SIZE..(line + n) * T::SIZE);
                        block.put_row(j + 4 * k + 16 * l, to.unwrap_or_default());
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Parameters and bytes as hdf5plugin 7.1 writes them for 5 x 6 numbers, `y + x / 2`.
    const PRECISE: ([u32; 4], &[u8]) = (
        [269_504_785, 91_252_346, 1_073_741_910, 2_163_212_288],
        b"\x05\x31\x6f\x02\x00\x00\x00\x00\x0a\x5a\x28\x54\x04\x00\x00\x00\x00\x00\x00\x14\xb4\
          \x3a\x05\x00\x00\x00\x05\xad\x18\x45\x00\x00\x00\x00\x00\x00\x00",
    );
    const REVERSIBLE: ([u32; 4], &[u8]) = (
        [269_504_785, 91_252_346, 1_073_741_910, 2_281_701_376],
        b"\x09\x16\x24\x92\x04\x0b\x2e\x96\x94\x60\xb1\xc0\x12\x2c\x56\x22\x09",
    );

    #[test]
    fn two_modes_are_read() {
        let values = (0..5).flat_map(|y| (0..6).map(move |x| y as f32 + x as f32 / 2.0));
        let expected: Vec<u8> = values.flat_map(f32::to_le_bytes).collect();
        for (params, bytes) in [PRECISE, REVERSIBLE] {
            let call = Call { params: &params, size: 120, element: 4 };
            let mut out = Vec::new();
            decode(&call, bytes, &mut out).unwrap();
            assert_eq!(out, expected);
        }
    }

    #[test]
    fn any_header_and_any_bytes_end() {
        let (params, bytes) = PRECISE;
        for place in 0..128 {
            let mut params = params;
            params[place / 32] ^= 1 << (place % 32);
            let call = Call { params: &params, size: 120, element: 4 };
            let _ = decode(&call, bytes, &mut Vec::new());
            let _ = decode(&call, &bytes[..place % bytes.len()], &mut Vec::new());
        }
        let call = Call { params: &[], size: 120, element: 4 };
        assert!(decode(&call, bytes, &mut Vec::new()).unwrap_err().is_unsupported());
    }
}
