//! Arrays of several dimensions in Blosc 2: cut into blocks, each stored whole.

use graticule_array::{ByteOrder, Error, Result};
use graticule_storage::Cursor;

/// The name under which the shape stands in the header, as MessagePack has it.
const NAME: &[u8] = b"\xa4b2nd\xd2";
const MOST_DIMS: u8 = 16;

/// The shape of a chunk, and of the blocks in it.
pub(super) struct Blocks {
    chunk: Vec<usize>,
    block: Vec<usize>,
}

impl Blocks {
    /// The shape written in the header of a frame; `None` for plain bytes.
    pub(super) fn find(header: &[u8]) -> Result<Option<Self>> {
        let Some(at) = header.windows(NAME.len()).position(|w| w == NAME) else { return Ok(None) };
        let mut c = Cursor::new(header, ByteOrder::Big);
        c.seek(at + NAME.len())?;
        let content = c.u32()? as usize;
        c.seek(content)?;
        // Bytes, in them a list: version, dimensions, then three lists of lengths.
        c.skip(5 + 1 + 1)?;
        let n = c.u8()?;
        if n == 0 || n > MOST_DIMS {
            return Err(Error::corrupt(format!("blosc2: an array of {n} dimensions")));
        }
        let list = |c: &mut Cursor<'_>, width: usize| -> Result<Vec<usize>> {
            c.skip(1)?;
            let mut out = Vec::new();
            for _ in 0..n {
                c.skip(1)?;
                out.push(if width == 8 { c.u64()? as usize } else { c.u32()? as usize });
            }
            Ok(out)
        };
        let _array = list(&mut c, 8)?;
        let (chunk, block) = (list(&mut c, 4)?, list(&mut c, 4)?);
        if chunk.contains(&0) || block.contains(&0) {
            return Err(Error::corrupt("blosc2: a block without length"));
        }
        Ok(Some(Self { chunk, block }))
    }

    /// Bytes of a chunk whose blocks at the edges are whole.
    pub(super) fn padded_bytes(&self, element: usize) -> Result<usize> {
        let all = self.chunk.iter().zip(&self.block);
        all.map(|(c, b)| c.div_ceil(*b).checked_mul(*b))
            .try_fold(element, |n, l| n.checked_mul(l?))
            .ok_or_else(|| Error::corrupt("blosc2: a chunk without limit"))
    }

    /// Appends the chunk, row by row, out of blocks that lie one after the other.
    pub(super) fn gather(
        &self,
        blocks: &[u8],
        element: usize,
        most: usize,
        out: &mut Vec<u8>,
    ) -> Result<()> {
        let total = self.chunk.iter().try_fold(element, |n, l| n.checked_mul(*l));
        let total = total.filter(|n| *n <= most).ok_or_else(|| {
            Error::corrupt("blosc2: the array is larger than the chunk it stands for")
        })?;
        let first = out.len();
        out.resize(first + total, 0);
        let target = out.get_mut(first..).unwrap_or_default();
        let block_bytes: usize = self.block.iter().product::<usize>().saturating_mul(element);
        let counts: Vec<usize> =
            self.chunk.iter().zip(&self.block).map(|(c, b)| c.div_ceil(*b)).collect();
        let row = self.block.last().copied().unwrap_or(1);
        for (number, block) in blocks.chunks_exact(block_bytes.max(1)).enumerate() {
            let corner = place(number, &counts);
            for (k, from) in block.chunks_exact((row * element).max(1)).enumerate() {
                // The place of this row inside the block, its last axis aside.
                let outer = self.block.split_last().map_or(&[][..], |(_, outer)| outer);
                let mut inner = place(k, outer);
                inner.push(0);
                let mut at = 0;
                let mut inside = true;
                let axes = corner.iter().zip(&inner).zip(self.chunk.iter().zip(&self.block));
                let mut left = 0;
                for ((corner, inner), (chunk, block)) in axes {
                    let here = corner * block + inner;
                    inside &= here < *chunk;
                    at = at * chunk + here;
                    left = chunk.saturating_sub(here);
                }
                if inside {
                    let n = row.min(left) * element;
                    let to = target.get_mut(at * element..at * element + n);
                    if let (Some(to), Some(from)) = (to, from.get(..n)) {
                        to.copy_from_slice(from);
                    }
                }
            }
        }
        Ok(())
    }
}

/// Place number `n` of a grid, in row-major order.
fn place(n: usize, counts: &[usize]) -> Vec<usize> {
    let mut out = vec![0; counts.len()];
    let mut rest = n;
    for (at, count) in out.iter_mut().zip(counts).rev() {
        *at = rest % count;
        rest /= count;
    }
    out
}
