//! LZ4, in the frame of its HDF5 plugin.

use graticule_array::{ByteOrder, Error, Result};
use graticule_storage::Cursor;

use super::Call;

pub(super) fn decode(call: &Call<'_>, input: &[u8], out: &mut Vec<u8>) -> Result<()> {
    let mut c = Cursor::new(input, ByteOrder::Big);
    let total = usize::try_from(c.u64()?).unwrap_or(usize::MAX);
    let block = c.u32()? as usize;
    if total > call.room() || block == 0 {
        return Err(Error::corrupt("lz4: the header makes no sense"));
    }
    while out.len() < total {
        let expected = block.min(total - out.len());
        let n = c.u32()? as usize;
        let data = c.take(n)?;
        if n == expected {
            out.extend_from_slice(data);
        } else {
            block_into(data, expected, out)?;
        }
    }
    Ok(())
}

/// Appends the `n` bytes that a bare block holds.
pub(super) fn block_into(data: &[u8], n: usize, out: &mut Vec<u8>) -> Result<()> {
    let start = out.len();
    // No more than LZ4 can make of so few bytes.
    if n / 256 > data.len() {
        return Err(Error::corrupt("lz4: a block cannot hold so much"));
    }
    out.resize(start + n, 0);
    let to = out.get_mut(start..).unwrap_or_default();
    let found = lz4_flex::block::decompress_into(data, to)
        .map_err(|e| Error::corrupt(format!("lz4: {e}")))?;
    if found == n { Ok(()) } else { Err(Error::corrupt("lz4: a block is too short")) }
}
