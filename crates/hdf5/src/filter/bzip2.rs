//! bzip2.

use std::io::Read;

use graticule_array::{Error, Result};

use super::Call;

pub(super) fn decode(call: &Call<'_>, input: &[u8], out: &mut Vec<u8>) -> Result<()> {
    bzip2::read::BzDecoder::new(input)
        .take(call.room() as u64)
        .read_to_end(out)
        .map_err(|e| Error::corrupt(format!("bzip2: {e}")))?;
    Ok(())
}
