//! One array: what was taken off before coding, its coefficients, and its corrections.

use graticule_array::{Error, Result};

use super::sets::Kind;
use super::{outliers, speck, wavelet};

/// How many steps of the coefficients the tolerance of a point is.
const STEP_OF_TOLERANCE: f64 = 1.5;

/// All values of an array; the first of the lengths is that which changes fastest.
pub(super) fn decode(stream: &[u8], shape: [usize; 3], volume: bool) -> Result<Vec<f64>> {
    let short = || Error::corrupt("sperr: an array ends too early");
    let (header, coded) = stream.split_first_chunk::<17>().ok_or_else(short)?;
    let [flags, numbers @ ..] = header;
    let ([first, second], _) = numbers.as_chunks::<8>() else { return Err(short()) };
    let total = shape.iter().product::<usize>();
    if flags & 1 != 0 {
        // All values are the same: how many, and which.
        if u64::from_le_bytes(*first) != total as u64 || !coded.is_empty() {
            return Err(Error::corrupt("sperr: one value for an array of another length"));
        }
        return Ok(vec![f64::from_le_bytes(*second); total]);
    }
    let (mean, step) = (f64::from_le_bytes(*first), f64::from_le_bytes(*second));
    if step.is_nan() || step <= 0.0 {
        return Err(Error::corrupt(format!("sperr: coefficients in steps of {step}")));
    }
    let length = speck::length(coded).ok_or_else(short)?;
    let length = usize::try_from(length).unwrap_or(usize::MAX).min(coded.len());
    let (coefficients, corrections) = coded.split_at_checked(length).ok_or_else(short)?;
    let kind = if volume { Kind::Volume } else { Kind::Plane };
    let mut values = speck::decode(coefficients, shape, kind)?.scaled(step);
    wavelet::undo(&mut values, shape);
    // A part of the corrections is of no use.
    if speck::length(corrections) == Some(corrections.len() as u64) {
        outliers::correct(&mut values, corrections, step / STEP_OF_TOLERANCE)?;
    }
    values.iter_mut().for_each(|v| *v += mean);
    Ok(values)
}
