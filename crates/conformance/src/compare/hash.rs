//! Hashes of values, as the references define them.

use std::fmt::Write as _;

use graticule::array::{Array, DType};
use sha2::{Digest, Sha256};

use super::text::{bytes_of, texts};

/// The first 16 hexadecimal digits of SHA-256.
pub(crate) fn sha16(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().take(8).fold(String::new(), |mut out, b| {
        let _ = write!(out, "{b:02x}");
        out
    })
}

/// The bytes of numbers, little-endian, every NaN in its canonical form.
fn canonical(data: &Array) -> Option<Vec<u8>> {
    fn each<T: Copy, const N: usize>(data: Vec<T>, bytes: impl Fn(T) -> [u8; N]) -> Vec<u8> {
        data.into_iter().flat_map(bytes).collect()
    }
    match data.dtype() {
        DType::F16 => {
            let flat = data.to_flat::<graticule::array::f16>().ok()?;
            Some(each(flat, |v| if v.is_nan() { 0x7e00u16 } else { v.to_bits() }.to_le_bytes()))
        }
        DType::F32 => {
            let flat = data.to_flat::<f32>().ok()?;
            Some(each(flat, |v| if v.is_nan() { 0x7fc0_0000 } else { v.to_bits() }.to_le_bytes()))
        }
        DType::F64 => {
            let flat = data.to_flat::<f64>().ok()?;
            let nan = 0x7ff8_0000_0000_0000;
            Some(each(flat, |v| if v.is_nan() { nan } else { v.to_bits() }.to_le_bytes()))
        }
        _ => data.to_packed(),
    }
}

/// The hash of an array of numbers or text under the dtype that the reference names; `None`
/// for types that have none.
pub(crate) fn values(data: &Array, reference: &str) -> Option<String> {
    if let Some(width) = reference.strip_prefix('S').and_then(|n| n.parse::<usize>().ok()) {
        let (bytes, size) = bytes_of(data)?;
        if size == width {
            return Some(sha16(&bytes));
        }
        let padded = bytes.chunks(size.max(1)).flat_map(|item| {
            let item = item.iter().copied().chain(std::iter::repeat(0));
            item.take(width).collect::<Vec<u8>>()
        });
        return Some(sha16(&padded.collect::<Vec<u8>>()));
    }
    if data.dtype().is_text() {
        let texts = texts(data)?;
        let joined: Vec<&str> = texts.iter().map(|t| t.as_deref().unwrap_or("nan")).collect();
        return Some(sha16(joined.join("\0").as_bytes()));
    }
    canonical(data).map(|bytes| sha16(&bytes))
}
