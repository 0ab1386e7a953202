//! Hashes of values, as the references define them.

use std::fmt::Write as _;

use graticule::array::{Array, DType};
use sha2::{Digest, Sha256};

use super::text::{bytes_of, texts};

/// NumPy's name of the long double. Here it is the nearest `float64`, which is as good where
/// every value, made a long double again, is the one that the reference has.
pub(crate) const LONG_DOUBLE: &str = "float128";

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

/// The 16 bytes in which NumPy holds a long double: 80 bits as the x87 has them, then zeros.
fn long_double(value: f64) -> [u8; 16] {
    let bits = value.to_bits();
    let (sign, exponent, fraction) =
        (bits >> 63, (bits >> 52 & 0x7ff) as u16, bits & ((1 << 52) - 1));
    let (exponent, mantissa) = match exponent {
        0x7ff if fraction != 0 => (0x7fff, 0xc000_0000_0000_0000),
        0x7ff => (0x7fff, 1 << 63),
        0 if fraction == 0 => (0, 0),
        // The smallest floats are normal numbers here.
        0 => {
            let up = fraction.leading_zeros();
            (16383 - 1011 - up as u16, fraction << up)
        }
        exponent => (exponent + (16383 - 1023), 1 << 63 | fraction << 11),
    };
    let mut out = [0; 16];
    let all = u128::from(mantissa) | u128::from(exponent) << 64 | u128::from(sign) << 79;
    out.copy_from_slice(&all.to_le_bytes());
    out
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
    if reference == LONG_DOUBLE && *data.dtype() == DType::F64 {
        let wide = data.to_flat::<f64>().ok()?;
        return Some(sha16(&wide.into_iter().flat_map(long_double).collect::<Vec<u8>>()));
    }
    canonical(data).map(|bytes| sha16(&bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_doubles_hold_every_float() {
        let hex = |v: f64| format!("{:032x}", u128::from_le_bytes(long_double(v)));
        for (value, expected) in [
            (0.0, "0"),
            (-0.0, "80000000000000000000"),
            (1.0, "3fff8000000000000000"),
            (-3.0, "c000c000000000000000"),
            (0.1, "3ffbccccccccccccd000"),
            (f64::MAX, "43fefffffffffffff800"),
            (f64::MIN_POSITIVE, "3c018000000000000000"),
            (f64::MIN_POSITIVE / 2.0, "3c008000000000000000"),
            (5e-324, "3bcd8000000000000000"),
            (f64::INFINITY, "7fff8000000000000000"),
            (f64::NAN, "7fffc000000000000000"),
        ] {
            assert_eq!(hex(value).trim_start_matches('0'), expected.trim_start_matches('0'));
        }
        let one = Array::from_vec([1], vec![1.0]).unwrap();
        assert_ne!(values(&one, LONG_DOUBLE), values(&one, "float64"));
        // 0.1 of a long double is another number than that of a float64.
        let tenth = Array::from_vec([1], vec![0.1]).unwrap();
        let wide = 0x3ffb_cccc_cccc_cccc_cccd_u128.to_le_bytes();
        assert_ne!(values(&tenth, LONG_DOUBLE).unwrap(), sha16(&wide));
    }
}
