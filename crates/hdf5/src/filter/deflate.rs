//! DEFLATE in a zlib wrapper.

use graticule_array::{Error, Result};
use libdeflater::{DecompressionError, Decompressor};

/// DEFLATE cannot make more than about 1032 bytes out of one.
pub(super) const BEST_RATIO: usize = 1032;

fn corrupt(e: impl std::fmt::Display) -> Error {
    Error::corrupt(format!("deflate: {e}"))
}

/// Inflates into exactly `out`.
pub(super) fn exact(engine: &mut Decompressor, input: &[u8], out: &mut [u8]) -> Result<()> {
    let n = engine.zlib_decompress(input, out).map_err(corrupt)?;
    if n == out.len() {
        return Ok(());
    }
    Err(Error::corrupt(format!("deflate: {n} bytes where {} were expected", out.len())))
}

/// Inflates into `out`, starting from a guess of the size.
pub(super) fn grow(
    engine: &mut Decompressor,
    input: &[u8],
    guess: usize,
    out: &mut Vec<u8>,
) -> Result<()> {
    let most = input.len().saturating_mul(BEST_RATIO).saturating_add(64);
    let mut room = guess.min(most);
    loop {
        out.resize(room, 0);
        match engine.zlib_decompress(input, out) {
            Ok(n) => {
                out.truncate(n);
                return Ok(());
            }
            Err(DecompressionError::InsufficientSpace) if room < most => {
                room = room.saturating_mul(2).max(64).min(most);
            }
            Err(e) => return Err(corrupt(e)),
        }
    }
}
