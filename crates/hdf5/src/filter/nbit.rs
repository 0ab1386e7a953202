//! N-bit: only the bits that a number uses are stored.

use graticule_array::{Error, Result};

use super::Call;
use super::bits::Bits;

/// Types inside types: deeper than any real file.
const MOST_NESTED: usize = 16;

/// How an element is packed.
enum Kind {
    Number { size: usize, big: bool, precision: usize, offset: usize },
    Array { size: usize, base: Box<Kind> },
    Compound { size: usize, members: Vec<(usize, Kind)> },
    Bytes { size: usize },
}

pub(super) fn decode(call: &Call<'_>, input: &[u8], out: &mut Vec<u8>) -> Result<()> {
    let mut params = call.params.iter().copied();
    let mut head = || params.next().ok_or_else(missing);
    let (_count, plain, n) = (head()?, head()?, head()? as usize);
    if plain != 0 {
        out.extend_from_slice(input);
        return Ok(());
    }
    let kind = Kind::parse(&mut params, 0)?;
    let size = kind.size();
    let total = n.checked_mul(size).filter(|t| *t <= call.room());
    let total = total.ok_or_else(|| Error::corrupt("nbit: more bytes than a chunk has"))?;
    if size == 0 {
        return Err(Error::corrupt("nbit: elements of no size"));
    }
    out.resize(total, 0);
    let mut bits = Bits::new(input);
    for item in out.chunks_exact_mut(size) {
        kind.decode(&mut bits, item)?;
    }
    Ok(())
}

fn missing() -> Error {
    Error::corrupt("nbit: parameters are missing")
}

impl Kind {
    fn parse(params: &mut impl Iterator<Item = u32>, depth: usize) -> Result<Self> {
        if depth > MOST_NESTED {
            return Err(Error::corrupt("nbit: types are nested too deeply"));
        }
        let class = params.next().ok_or_else(missing)?;
        let mut next = || params.next().map(|n| n as usize).ok_or_else(missing);
        let size = next()?;
        match class {
            1 => {
                let (order, precision, offset) = (next()?, next()?, next()?);
                let end = precision.checked_add(offset);
                if precision == 0 || end.is_none_or(|e| e > size.saturating_mul(8)) {
                    return Err(Error::corrupt("nbit: a number does not fit its bytes"));
                }
                Ok(Self::Number { size, big: order == 1, precision, offset })
            }
            2 => {
                let base = Self::parse(params, depth + 1)?;
                if base.size() == 0 || size % base.size() != 0 {
                    return Err(Error::corrupt("nbit: an array does not hold its items"));
                }
                Ok(Self::Array { size, base: Box::new(base) })
            }
            3 => {
                let count = next()?;
                let mut members = Vec::new();
                for _ in 0..count {
                    let offset = params.next().ok_or_else(missing)? as usize;
                    let member = Self::parse(params, depth + 1)?;
                    if offset.saturating_add(member.size()) > size {
                        return Err(Error::corrupt("nbit: a member lies outside its compound"));
                    }
                    members.push((offset, member));
                }
                Ok(Self::Compound { size, members })
            }
            4 => Ok(Self::Bytes { size }),
            class => Err(Error::corrupt(format!("nbit: elements of class {class}"))),
        }
    }

    fn size(&self) -> usize {
        match self {
            Self::Number { size, .. }
            | Self::Array { size, .. }
            | Self::Compound { size, .. }
            | Self::Bytes { size } => *size,
        }
    }

    fn decode(&self, bits: &mut Bits<'_>, item: &mut [u8]) -> Result<()> {
        match self {
            Self::Bytes { .. } => {
                for byte in item {
                    *byte = bits.take(8)? as u8;
                }
            }
            Self::Array { base, .. } => {
                for part in item.chunks_exact_mut(base.size().max(1)) {
                    base.decode(bits, part)?;
                }
            }
            Self::Compound { members, .. } => {
                for (offset, member) in members {
                    let part = item.get_mut(*offset..*offset + member.size());
                    member.decode(bits, part.unwrap_or_default())?;
                }
            }
            Self::Number { size, big, precision, offset } => {
                // From the most significant byte that holds a bit down to the least.
                let (low, high) = (*offset, offset + precision);
                for byte in (low / 8..high.div_ceil(8)).rev() {
                    let from = low.max(byte * 8) - byte * 8;
                    let to = high.min(byte * 8 + 8) - byte * 8;
                    let value = bits.take((to - from) as u32)? << from;
                    let at = if *big { size - 1 - byte } else { byte };
                    if let Some(b) = item.get_mut(at) {
                        *b = value as u8;
                    }
                }
            }
        }
        Ok(())
    }
}
