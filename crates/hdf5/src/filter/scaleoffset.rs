//! Scale-offset: the difference to the smallest number, in as few bits as it takes.

use graticule_array::{ByteOrder, Error, Result};
use graticule_storage::Cursor;

use super::Call;
use super::bits::Bits;

/// Bytes in front of the packed numbers.
const HEADER: usize = 21;

pub(super) fn decode(call: &Call<'_>, input: &[u8], out: &mut Vec<u8>) -> Result<()> {
    let param = |i: usize| {
        call.params
            .get(i)
            .copied()
            .ok_or_else(|| Error::corrupt("scaleoffset: parameters are missing"))
    };
    let scale = param(1)? as i32;
    let (n, class, size) = (param(2)? as usize, param(3)?, param(4)? as usize);
    let (big, has_fill) = (param(6)? == 1, param(7)? == 1);
    let mut c = Cursor::new(input, ByteOrder::Little);
    let bits = c.u32()?;
    let width = usize::from(c.u8()?);
    let smallest = c.uint(width.min(8))?;
    c.seek(HEADER)?;
    let total = n.checked_mul(size).filter(|t| *t <= call.room());
    let total = total.ok_or_else(|| Error::corrupt("scaleoffset: more bytes than a chunk has"))?;
    if !matches!(size, 1 | 2 | 4 | 8) || bits as usize > 8 * size || class > 1 {
        return Err(Error::corrupt("scaleoffset: the parameters make no sense"));
    }
    let swapped = |bytes: [u8; 8]| {
        let mut bytes = bytes;
        if big && let Some(part) = bytes.get_mut(..size) {
            part.reverse();
        }
        bytes
    };
    if bits as usize == 8 * size {
        let stored = c.take(total)?;
        for item in stored.chunks_exact(size) {
            let mut bytes = [0; 8];
            bytes.iter_mut().zip(item).for_each(|(to, b)| *to = *b);
            out.extend(swapped(bytes).iter().take(size));
        }
        return Ok(());
    }
    let mut fill = 0u64;
    if has_fill {
        fill = u64::from(param(8)?);
        if size == 8 {
            fill |= u64::from(param(9)?) << 32;
        }
    }
    let all_ones = (1u64 << bits) - 1;
    let power = 10f64.powi(scale);
    let restore = |value: u64| -> u64 {
        if has_fill && value == all_ones && bits > 0 {
            return fill;
        }
        match (class, size) {
            (0, _) => value.wrapping_add(smallest),
            (_, 4) => {
                let v = value as i32 as f32 / power as f32 + f32::from_bits(smallest as u32);
                u64::from(v.to_bits())
            }
            _ => (value as i64 as f64 / power + f64::from_bits(smallest)).to_bits(),
        }
    };
    let mut stream = Bits::new(c.rest());
    out.reserve(total);
    for _ in 0..n {
        let value = if bits == 0 { 0 } else { stream.take(bits)? };
        out.extend(swapped(restore(value).to_le_bytes()).iter().take(size));
    }
    Ok(())
}
