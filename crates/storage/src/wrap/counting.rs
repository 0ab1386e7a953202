//! Counts what is read.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use graticule_array::{ArrayMut, Region, Result};

use crate::bytes::ByteSource;
use crate::location::Location;
use crate::source::{ChunkSource, Limits, SourceDescriptor, SourceInfo};

/// Counts the reads of a source and remembers their regions. Clones share the counts.
///
/// ```
/// use std::sync::Arc;
/// use graticule_array::{Array, Region};
/// use graticule_storage::{ChunkSource, CountingSource, MemorySource};
/// let data = Array::from_vec(vec![2, 3], vec![1i16, 2, 3, 4, 5, 6])?;
/// let counted = CountingSource::new(Arc::new(MemorySource::new(data)));
/// counted.read(&Region::new([1, 0], [1, 2]))?;
/// assert_eq!((counted.reads(), counted.elements(), counted.bytes()), (1, 2, 4));
/// # Ok::<(), graticule_array::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct CountingSource {
    inner: Arc<dyn ChunkSource>,
    regions: Arc<Mutex<Vec<Region>>>,
}

impl CountingSource {
    /// Counts the reads of `inner` from now on.
    #[must_use]
    pub fn new(inner: Arc<dyn ChunkSource>) -> Self {
        Self { inner, regions: Arc::default() }
    }

    /// The regions that were read, in the order in which the reads began.
    #[must_use]
    pub fn regions(&self) -> Vec<Region> {
        self.regions.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The number of reads.
    #[must_use]
    pub fn reads(&self) -> u64 {
        self.regions().len() as u64
    }

    /// The number of elements that were read.
    #[must_use]
    pub fn elements(&self) -> u64 {
        self.regions().iter().map(|r| r.count() as u64).sum()
    }

    /// The bytes in memory of the elements that were read (text and lists: as planned).
    #[must_use]
    pub fn bytes(&self) -> u64 {
        self.elements().saturating_mul(self.info().dtype.planned_size() as u64)
    }

    /// Begins to count anew.
    pub fn reset(&self) {
        self.regions.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }
}

impl ChunkSource for CountingSource {
    fn info(&self) -> &SourceInfo {
        self.inner.info()
    }

    fn read_into(&self, region: &Region, out: ArrayMut<'_>) -> Result<()> {
        self.regions.lock().unwrap_or_else(PoisonError::into_inner).push(region.clone());
        self.inner.read_into(region, out)
    }

    fn limits(&self) -> Limits {
        self.inner.limits()
    }

    fn descriptor(&self) -> Option<SourceDescriptor> {
        self.inner.descriptor()
    }
}

/// Counts the calls to a byte source and the bytes they fetch. Clones share the counts.
#[derive(Clone, Debug)]
pub struct CountingBytes {
    inner: Arc<dyn ByteSource>,
    counts: Arc<(AtomicU64, AtomicU64)>,
}

impl CountingBytes {
    /// Counts the reads of `inner` from now on.
    #[must_use]
    pub fn new(inner: Arc<dyn ByteSource>) -> Self {
        Self { inner, counts: Arc::default() }
    }

    /// The number of reads.
    #[must_use]
    pub fn reads(&self) -> u64 {
        self.counts.0.load(Ordering::Relaxed)
    }

    /// The number of bytes that were read.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        self.counts.1.load(Ordering::Relaxed)
    }

    /// Begins to count anew.
    pub fn reset(&self) {
        self.counts.0.store(0, Ordering::Relaxed);
        self.counts.1.store(0, Ordering::Relaxed);
    }
}

impl ByteSource for CountingBytes {
    fn len(&self) -> u64 {
        self.inner.len()
    }

    fn read_at(&self, at: u64, out: &mut [u8]) -> Result<()> {
        self.counts.0.fetch_add(1, Ordering::Relaxed);
        self.counts.1.fetch_add(out.len() as u64, Ordering::Relaxed);
        self.inner.read_at(at, out)
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
