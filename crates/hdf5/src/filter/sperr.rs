//! SPERR: wavelet coefficients of a chunk as integers, coded bit plane by bit plane, and where a
//! tolerance was asked for, corrections of the values that would miss it.
//!
//! After S. Li, P. Lindstrom and J. Clyne, Lossy Scientific Data Compression With SPERR, IPDPS
//! (2023), and the layouts that SPERR and H5Z-SPERR document. The order of all operations is
//! theirs, so that values agree to the last bit.

mod field;
mod marks;
mod missing;
mod outliers;
mod sets;
mod speck;
mod wavelet;

use graticule_array::{Error, Result};

use self::missing::Missing;
use super::Call;

/// What streams of volumes begin with: the major version of the library.
const VERSION: u8 = 0;
/// The most places along an axis of a volume that the library counts.
const LONGEST: usize = u16::MAX as usize;

pub(super) fn decode(call: &Call<'_>, input: &[u8], out: &mut Vec<u8>) -> Result<()> {
    let layout = Layout::read(call)?;
    let (missing, stream) = match layout.generation {
        0 => (None, input),
        _ => Missing::read(input, layout.element, layout.total)?,
    };
    let values = match layout.volume {
        true => field::decode(one_volume(stream, layout.shape)?, layout.shape, true)?,
        false => field::decode(stream, layout.shape, false)?,
    };
    let start = out.len();
    match layout.element {
        4 => out.extend(values.iter().flat_map(|v| (*v as f32).to_le_bytes())),
        _ => out.extend(values.iter().flat_map(|v| v.to_le_bytes())),
    }
    if let Some(missing) = missing {
        missing.put_back(out.get_mut(start..).unwrap_or_default());
    }
    Ok(())
}

/// What the parameters of the filter say about a chunk.
#[derive(Debug)]
struct Layout {
    /// Lengths, of the axis that changes fastest first.
    shape: [usize; 3],
    total: usize,
    /// Whether the coder of volumes was used, not that of planes.
    volume: bool,
    /// Bytes of a value.
    element: usize,
    /// Of the filter: the first one stored nothing about missing values.
    generation: u32,
}

impl Layout {
    fn read(call: &Call<'_>) -> Result<Self> {
        let [facts, mode, lengths @ ..] = call.params else {
            return Err(Error::corrupt("sperr: too few parameters"));
        };
        let generation = facts >> 10 & 63;
        if generation > 1 {
            return Err(Error::unsupported(format!(
                "sperr: generation {generation} of the filter"
            )));
        }
        let rank = match facts & 3 {
            2 => 2,
            3 => 3,
            _ => return Err(Error::corrupt("sperr: neither a plane nor a volume")),
        };
        let lengths = lengths.get(..rank);
        let lengths = lengths.ok_or_else(|| Error::corrupt("sperr: too few lengths"))?;
        let mut shape = [1; 3];
        for (to, n) in shape.iter_mut().zip(lengths) {
            *to = usize::try_from(*n).unwrap_or(0);
        }
        if mode >> 31 != 0
            && let Some(lengths) = shape.get_mut(..rank)
        {
            lengths.reverse();
        }
        let element = if facts >> 4 & 1 == 1 { 4 } else { 8 };
        let total = shape.iter().try_fold(1, |n: usize, l| n.checked_mul(*l));
        let total = total
            .filter(|n| *n > 0 && n.checked_mul(element).is_some_and(|bytes| bytes <= call.room()));
        let total = total.ok_or_else(|| {
            Error::corrupt(format!("sperr: an array of {shape:?} in such a chunk"))
        })?;
        let volume = rank == 3;
        if volume && shape.iter().any(|n| *n > LONGEST) {
            return Err(Error::unsupported(format!("sperr: a volume of {shape:?}")));
        }
        Ok(Self { shape, total, volume, element, generation })
    }
}

/// The stream of the only part of a volume: volumes may be cut into parts, but those that are
/// chunks of HDF5 already are not.
fn one_volume(stream: &[u8], shape: [usize; 3]) -> Result<&[u8]> {
    let short = || Error::corrupt("sperr: the header of a volume ends too early");
    let (header, rest) = stream.split_first_chunk::<18>().ok_or_else(short)?;
    let [version, flags, numbers @ ..] = header;
    if *version != VERSION {
        return Err(Error::unsupported(format!("sperr: version {version}")));
    }
    if flags & 0x40 == 0 {
        return Err(Error::corrupt("sperr: a plane where a volume is expected"));
    }
    if flags & 0x10 != 0 {
        return Err(Error::unsupported("sperr: a volume in parts"));
    }
    let mut numbers = numbers.as_chunks::<4>().0.iter().map(|n| u32::from_le_bytes(*n) as usize);
    if !shape.iter().all(|n| numbers.next() == Some(*n)) {
        return Err(Error::corrupt(format!("sperr: the volume is not one of {shape:?}")));
    }
    if numbers.next() != Some(rest.len()) {
        return Err(Error::corrupt("sperr: the volume has another length than it says"));
    }
    Ok(rest)
}

#[cfg(test)]
mod tests;
