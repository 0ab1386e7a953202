//! A cache of blocks before bytes that are far away: many small reads become few large ones.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use graticule_array::Result;

use super::ByteSource;
use crate::location::Location;

/// Blocks of any number of sources, up to a number of bytes in all; those used last are kept.
#[derive(Debug)]
pub struct BlockPool {
    capacity: usize,
    kept: Mutex<Kept>,
}

#[derive(Debug, Default)]
struct Kept {
    clock: u64,
    sources: u64,
    bytes: usize,
    blocks: HashMap<Place, Block>,
}

/// A source and the number of a block in it.
type Place = (u64, u64);

/// Its bytes, and when it was last used.
type Block = (Arc<[u8]>, u64);

impl BlockPool {
    /// A pool of at most so many bytes.
    #[must_use]
    pub fn new(capacity: usize) -> Self {
        Self { capacity, kept: Mutex::default() }
    }

    /// The bytes of the blocks that are kept.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.lock().bytes
    }

    fn lock(&self) -> MutexGuard<'_, Kept> {
        // The blocks are valid between any two statements, so poison carries no news.
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn keep(&self, at: Place, block: &Arc<[u8]>) {
        let mut kept = self.lock();
        while kept.bytes.saturating_add(block.len()) > self.capacity {
            let oldest = kept.blocks.iter().min_by_key(|(_, (_, used))| *used).map(|(at, _)| *at);
            let Some((oldest, _)) = oldest.and_then(|at| kept.blocks.remove(&at)) else { break };
            kept.bytes = kept.bytes.saturating_sub(oldest.len());
        }
        kept.clock += 1;
        let now = kept.clock;
        if let Some((twin, _)) = kept.blocks.insert(at, (block.clone(), now)) {
            kept.bytes = kept.bytes.saturating_sub(twin.len());
        }
        kept.bytes += block.len();
    }
}

impl Default for BlockPool {
    /// 64 MiB: the metadata of hundreds of files, or a few blocks of thousands.
    fn default() -> Self {
        Self::new(64 << 20)
    }
}

/// Reads whole blocks of the bytes behind it and keeps those used last in a pool that others may
/// share. Neighbouring blocks that are missing are fetched by one read; reads of many blocks go
/// straight through. Clones share the blocks.
///
/// ```
/// use std::sync::Arc;
/// use graticule_storage::{BlockBytes, BlockPool, ByteSource, CountingBytes, MemoryBytes};
/// let far = CountingBytes::new(Arc::new(MemoryBytes::new("far", vec![0; 10_000])));
/// let pool = Arc::new(BlockPool::new(1 << 20));
/// let near = BlockBytes::new(Arc::new(far.clone()), 4096, &pool);
/// for at in 0..1000 {
///     near.read_vec(at * 10, 10)?;
/// }
/// assert_eq!((far.reads(), far.bytes()), (3, 10_000));
/// # Ok::<(), graticule_array::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct BlockBytes {
    inner: Arc<dyn ByteSource>,
    block: usize,
    /// Its number in the pool.
    number: u64,
    pool: Arc<BlockPool>,
}

/// Reads of at least so many blocks are not rounded to blocks.
const LARGE: usize = 4;

impl BlockBytes {
    /// Blocks of `block` bytes (at least 512), kept in `pool`.
    #[must_use]
    pub fn new(inner: Arc<dyn ByteSource>, block: usize, pool: &Arc<BlockPool>) -> Self {
        let mut kept = pool.lock();
        kept.sources += 1;
        let number = kept.sources;
        drop(kept);
        Self { inner, block: block.max(512), number, pool: pool.clone() }
    }

    /// The blocks of a range that are kept, one entry per block.
    fn known(&self, blocks: Range<u64>) -> Vec<Option<Arc<[u8]>>> {
        let mut kept = self.pool.lock();
        kept.clock += 1;
        let now = kept.clock;
        let mut look = |at: u64| {
            let (block, used) = kept.blocks.get_mut(&(self.number, at))?;
            *used = now;
            Some(block.clone())
        };
        blocks.map(&mut look).collect()
    }

    /// Fetches missing neighbours by one read.
    fn fetch(&self, blocks: Range<u64>) -> Result<Vec<Arc<[u8]>>> {
        let size = self.block as u64;
        let from = blocks.start.saturating_mul(size);
        let to = blocks.end.saturating_mul(size).min(self.len());
        let n = usize::try_from(to.saturating_sub(from)).unwrap_or(usize::MAX);
        let bytes = self.inner.read_vec(from, n)?;
        let fetched: Vec<Arc<[u8]>> = bytes.chunks(self.block).map(Arc::from).collect();
        for (at, block) in blocks.zip(&fetched) {
            self.pool.keep((self.number, at), block);
        }
        Ok(fetched)
    }
}

impl ByteSource for BlockBytes {
    fn len(&self) -> u64 {
        self.inner.len()
    }

    fn read_at(&self, at: u64, out: &mut [u8]) -> Result<()> {
        let end = at.saturating_add(out.len() as u64);
        let size = self.block as u64;
        // What is large would only push everything else out. An end beyond the source is for the
        // source to refuse.
        if out.is_empty() || out.len() / self.block >= LARGE || end > self.len() {
            return self.inner.read_at(at, out);
        }
        let (first, last) = (at / size, end.div_ceil(size));
        let mut blocks = self.known(first..last);
        let mut index = 0;
        while let Some(next) = blocks.get(index..).and_then(|b| b.iter().position(Option::is_none))
        {
            let from = index + next;
            let rest = blocks.get(from..).unwrap_or_default();
            let missing = rest.iter().position(Option::is_some).unwrap_or(rest.len());
            let start = first + from as u64;
            let fetched = self.fetch(start..start + missing as u64)?;
            for (slot, block) in blocks.iter_mut().skip(from).zip(fetched) {
                *slot = Some(block);
            }
            index = from + missing;
        }
        let mut skip = (at - first * size) as usize;
        let mut rest = out;
        for block in blocks.iter().flatten() {
            let part = block.get(skip..).unwrap_or_default();
            let part = part.get(..rest.len().min(part.len())).unwrap_or_default();
            let (head, tail) = rest.split_at_mut(part.len());
            head.copy_from_slice(part);
            (rest, skip) = (tail, 0);
        }
        Ok(())
    }

    fn location(&self) -> &Location {
        self.inner.location()
    }

    fn is_near(&self) -> bool {
        self.inner.is_near()
    }

    fn fingerprint(&self) -> (u64, i128) {
        self.inner.fingerprint()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bytes::MemoryBytes;
    use crate::wrap::CountingBytes;

    fn source(n: usize) -> (Vec<u8>, CountingBytes) {
        let bytes: Vec<u8> = (0..n).map(|i| (i * 7 + i / 256) as u8).collect();
        let counting = CountingBytes::new(Arc::new(MemoryBytes::new("b", bytes.clone())));
        (bytes, counting)
    }

    #[test]
    fn any_range_is_what_lies_behind() {
        let (bytes, counting) = source(5000);
        let pool = Arc::new(BlockPool::new(6 * 512));
        let blocks = BlockBytes::new(Arc::new(counting), 512, &pool);
        let mut n = 12345usize;
        for _ in 0..2000 {
            n = n.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
            let (at, len) = ((n >> 20) % 5000, (n >> 40) % 1800);
            let read = blocks.read_vec(at as u64, len);
            match bytes.get(at..at + len) {
                Some(part) => assert_eq!(read.unwrap(), part),
                None => assert!(read.unwrap_err().is_corrupt()),
            }
        }
        assert!(pool.bytes() <= 6 * 512 && pool.lock().blocks.len() <= 6);
    }

    #[test]
    fn missing_neighbours_come_by_one_read() {
        let (_, counting) = source(8192);
        let pool = Arc::new(BlockPool::new(64 * 512));
        let blocks = BlockBytes::new(Arc::new(counting.clone()), 512, &pool);
        blocks.read_vec(1024, 10).unwrap();
        assert_eq!((counting.reads(), counting.bytes()), (1, 512));
        // Block 2 is known; 1 and 3 to 4 are two reads.
        blocks.read_vec(600, 2000).unwrap();
        assert_eq!((counting.reads(), counting.bytes()), (3, 2048 + 512));
        blocks.read_vec(512, 2000).unwrap();
        assert_eq!(counting.reads(), 3);
        // Others have blocks of their own in the same pool.
        let (bytes, other) = source(4096);
        let other = BlockBytes::new(Arc::new(other), 512, &pool);
        assert_eq!(other.read_vec(1000, 100).unwrap(), bytes[1000..1100]);
        assert_eq!(pool.bytes(), (5 + 2) * 512);
    }
}
