//! A cache of blocks before bytes that are far away: many small reads become few large ones.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use graticule_array::Result;

use super::ByteSource;
use crate::location::Location;

/// Reads whole blocks of the bytes behind it and keeps those used last. Neighbouring blocks that
/// are missing are fetched by one read. Clones share the blocks.
///
/// ```
/// use std::sync::Arc;
/// use graticule_storage::{BlockBytes, ByteSource, CountingBytes, MemoryBytes};
/// let far = CountingBytes::new(Arc::new(MemoryBytes::new("far", vec![0; 10_000])));
/// let near = BlockBytes::new(Arc::new(far.clone()), 4096, 16);
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
    capacity: usize,
    kept: Arc<Mutex<Kept>>,
}

#[derive(Debug, Default)]
struct Kept {
    clock: u64,
    blocks: HashMap<u64, (Arc<[u8]>, u64)>,
}

impl BlockBytes {
    /// Blocks of `block` bytes (at least 512), `capacity` of them kept (at least 1).
    #[must_use]
    pub fn new(inner: Arc<dyn ByteSource>, block: usize, capacity: usize) -> Self {
        Self { inner, block: block.max(512), capacity: capacity.max(1), kept: Arc::default() }
    }

    fn lock(&self) -> MutexGuard<'_, Kept> {
        // The blocks are valid between any two statements, so poison carries no news.
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The blocks of a range that are kept, one entry per block.
    fn known(&self, blocks: Range<u64>) -> Vec<Option<Arc<[u8]>>> {
        let mut kept = self.lock();
        kept.clock += 1;
        let now = kept.clock;
        let mut look = |at: u64| {
            let (block, used) = kept.blocks.get_mut(&at)?;
            *used = now;
            Some(block.clone())
        };
        blocks.map(&mut look).collect()
    }

    fn keep(&self, at: u64, block: &Arc<[u8]>) {
        let mut kept = self.lock();
        while kept.blocks.len() >= self.capacity {
            let oldest = kept.blocks.iter().min_by_key(|(_, (_, used))| *used).map(|(at, _)| *at);
            let Some(oldest) = oldest else { break };
            kept.blocks.remove(&oldest);
        }
        kept.clock += 1;
        let now = kept.clock;
        kept.blocks.insert(at, (block.clone(), now));
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
            self.keep(at, block);
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
        // What does not fit in half the cache would only push everything else out. An end
        // beyond the source is for the source to refuse.
        let large = out.len() / self.block >= self.capacity.div_ceil(2);
        if out.is_empty() || large || end > self.len() {
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
        let blocks = BlockBytes::new(Arc::new(counting), 512, 6);
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
        assert!(blocks.lock().blocks.len() <= 6);
    }

    #[test]
    fn missing_neighbours_come_by_one_read() {
        let (_, counting) = source(8192);
        let blocks = BlockBytes::new(Arc::new(counting.clone()), 512, 64);
        blocks.read_vec(1024, 10).unwrap();
        assert_eq!((counting.reads(), counting.bytes()), (1, 512));
        // Block 2 is known; 1 and 3 to 4 are two reads.
        blocks.read_vec(600, 2000).unwrap();
        assert_eq!((counting.reads(), counting.bytes()), (3, 2048 + 512));
        blocks.read_vec(512, 2048).unwrap();
        assert_eq!(counting.reads(), 3);
    }
}
