//! LZF, the quick compression that comes with h5py.

use graticule_array::{Error, Result};

use super::Call;

pub(super) fn decode(call: &Call<'_>, input: &[u8], out: &mut Vec<u8>) -> Result<()> {
    let most = call.params.get(2).map_or(call.size, |n| *n as usize).max(call.size);
    let short = || Error::corrupt("lzf: the stream ends too early");
    let mut rest = input.iter();
    let mut next = || rest.next().copied().ok_or_else(short);
    // A stream ends where a new command would begin.
    while let Ok(control) = next() {
        if control < 32 {
            for _ in 0..=control {
                out.push(next()?);
            }
        } else {
            let mut n = usize::from(control >> 5);
            if n == 7 {
                n += usize::from(next()?);
            }
            let back = usize::from(control & 31) << 8 | usize::from(next()?);
            super::repeat(out, back + 1, n + 2)?;
        }
        if out.len() > most {
            return Err(Error::corrupt("lzf: more bytes than a chunk has"));
        }
    }
    Ok(())
}
