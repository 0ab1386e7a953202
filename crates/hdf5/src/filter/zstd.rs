//! Zstandard.

use graticule_array::{Error, Result};

use super::Call;

pub(super) fn decode(call: &Call<'_>, input: &[u8], out: &mut Vec<u8>) -> Result<()> {
    frame_into(input, call.room(), out)
}

/// Appends at most `most` bytes that a frame holds.
pub(super) fn frame_into(input: &[u8], most: usize, out: &mut Vec<u8>) -> Result<()> {
    let start = out.len();
    out.resize(start + most, 0);
    let to = out.get_mut(start..).unwrap_or_default();
    let n = zstd::bulk::decompress_to_buffer(input, to)
        .map_err(|e| Error::corrupt(format!("zstd: {e}")))?;
    out.truncate(start + n);
    Ok(())
}
