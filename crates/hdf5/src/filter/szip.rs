//! SZIP: the lossless compression of CCSDS 121.0, as HDF5 uses it.

use graticule_array::{ByteOrder, Error, Result};
use graticule_storage::Cursor;

use super::Call;
use super::bits::Bits;

const MSB: u32 = 16;
const NEAREST_NEIGHBOUR: u32 = 32;

/// How samples are coded.
struct Coding {
    bits: u32,
    block: usize,
    /// Blocks per reference sample.
    interval: usize,
    predicts: bool,
}

pub(super) fn decode(call: &Call<'_>, input: &[u8], out: &mut Vec<u8>) -> Result<()> {
    let &[options, block, bits, line, ..] = call.params else {
        return Err(Error::corrupt("szip: parameters are missing"));
    };
    let mut c = Cursor::new(input, ByteOrder::Little);
    let total = c.u32()? as usize;
    let (block, line) = (block as usize, line as usize);
    let legal = matches!(block, 2..=64) && line > 0 && line <= 1 << 24;
    if total > call.room() || !legal || !(1..=64).contains(&bits) {
        return Err(Error::corrupt("szip: the parameters make no sense"));
    }
    // Wide samples are coded as planes of bytes.
    let planes = if bits == 32 || bits == 64 { bits as usize / 8 } else { 1 };
    let bits = if planes > 1 { 8 } else { bits };
    if bits > 32 {
        return Err(Error::unsupported(format!("szip with {bits} bits per sample")));
    }
    let bytes = match bits {
        1..=8 => 1,
        9..=16 => 2,
        _ => 4,
    };
    let samples = total / bytes;
    let interval = line.div_ceil(block);
    let coding = Coding { bits, block, interval, predicts: options & NEAREST_NEIGHBOUR != 0 };
    // Lines are filled up to whole blocks.
    let padded = interval * block;
    let lines = samples.div_ceil(line);
    let values = coding.decode(c.rest(), lines.saturating_mul(padded), call.room())?;
    let kept = values.chunks(padded).flat_map(|l| l.iter().take(line)).take(samples);
    let start = out.len();
    for value in kept {
        match (bytes, options & MSB != 0) {
            (1, _) => out.push(*value as u8),
            (2, true) => out.extend((*value as u16).to_be_bytes()),
            (2, false) => out.extend((*value as u16).to_le_bytes()),
            (_, true) => out.extend(value.to_be_bytes()),
            (_, false) => out.extend(value.to_le_bytes()),
        }
    }
    if planes > 1 {
        let flat = out.split_off(start);
        let n = flat.len() / planes;
        for i in 0..n {
            out.extend(flat.iter().skip(i).step_by(n.max(1)).take(planes));
        }
    }
    Ok(())
}

impl Coding {
    fn decode(&self, input: &[u8], wanted: usize, room: usize) -> Result<Vec<u32>> {
        if wanted > room.saturating_mul(65) {
            return Err(Error::corrupt("szip: lines are padded beyond measure"));
        }
        let mut bits = Bits::new(input);
        let mut out = Vec::with_capacity(wanted.min(1 << 20));
        while out.len() < wanted {
            let start = out.len();
            let most = (self.interval * self.block).min(wanted - start);
            self.interval(&mut bits, most, &mut out)?;
            if self.predicts {
                self.undo_prediction(out.get_mut(start..).unwrap_or_default());
            }
        }
        out.truncate(wanted);
        Ok(out)
    }

    /// One reference sample and the blocks that build on it.
    fn interval(&self, bits: &mut Bits<'_>, most: usize, out: &mut Vec<u32>) -> Result<()> {
        let id_bits = match self.bits {
            17.. => 5,
            9.. => 4,
            _ => 3,
        };
        let raw_id = (1u64 << id_bits) - 1;
        let start = out.len();
        let mut done = 0;
        while done < self.interval && out.len() - start < most {
            let id = bits.take(id_bits)?;
            let first = usize::from(self.predicts && done == 0);
            let n = self.block - first;
            if id == raw_id {
                for _ in 0..self.block {
                    out.push(bits.take(self.bits)? as u32);
                }
                done += 1;
                continue;
            }
            let second = id == 0 && bits.take(1)? == 1;
            if first == 1 {
                out.push(bits.take(self.bits)? as u32);
            }
            if id == 0 && !second {
                let mut zeros = bits.zeros()? as usize + 1;
                if zeros == 5 {
                    zeros = (self.interval - done).min(64 - done % 64);
                } else if zeros > 5 {
                    zeros -= 1;
                }
                let zeros = zeros.min(self.interval - done);
                out.resize(out.len() + zeros * self.block - first, 0);
                done += zeros;
                continue;
            }
            if second {
                let mut i = first;
                while i < self.block {
                    let code = bits.zeros()?;
                    let (sum, low) = pair(code)?;
                    if i % 2 == 0 {
                        out.push((sum - low) as u32);
                        i += 1;
                    }
                    out.push(low as u32);
                    i += 1;
                }
            } else {
                let k = id as u32 - 1;
                let at = out.len();
                for _ in 0..n {
                    let high = bits.zeros()?;
                    out.push((high << k) as u32);
                }
                if k > 0 {
                    for value in out.iter_mut().skip(at) {
                        *value |= bits.take(k)? as u32;
                    }
                }
            }
            done += 1;
        }
        Ok(())
    }

    /// Differences, folded so that small ones come first, become samples again.
    fn undo_prediction(&self, values: &mut [u32]) {
        let most = (u64::MAX >> (64 - self.bits)) as i64;
        let mut values = values.iter_mut();
        let Some(first) = values.next() else { return };
        let mut x = i64::from(*first);
        for value in values {
            let d = i64::from(*value);
            let reach = x.min(most - x);
            x = if d <= 2 * reach {
                if d % 2 == 0 { x + d / 2 } else { x - (d + 1) / 2 }
            } else if reach == x {
                d
            } else {
                most - d
            };
            x = x.clamp(0, most);
            *value = x as u32;
        }
    }
}

/// Two small numbers from one code: their sum and the second.
fn pair(code: u64) -> Result<(u64, u64)> {
    let mut sum = 0u64;
    let mut before = 0u64;
    while before + sum < code {
        before += sum + 1;
        sum += 1;
        if sum > 64 {
            return Err(Error::corrupt("szip: a code is too large"));
        }
    }
    Ok((sum, code - before))
}
