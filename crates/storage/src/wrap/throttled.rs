//! Takes its time and watches who else is reading.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use graticule_array::{ArrayMut, Region, Result};

use crate::source::{ChunkSource, Limits, SourceInfo};

/// A slow source with limits of its own, which records how many reads went on at once: to
/// check that a scheduler respects lock domains and bounds.
#[derive(Clone, Debug)]
pub struct ThrottledSource {
    inner: Arc<dyn ChunkSource>,
    limits: Limits,
    delay: Duration,
    gauge: Arc<Gauge>,
}

#[derive(Debug, Default)]
struct Gauge {
    now: AtomicUsize,
    most: AtomicUsize,
}

impl ThrottledSource {
    /// Each read takes at least `delay`; `limits` are what the scheduler gets to see.
    #[must_use]
    pub fn new(inner: Arc<dyn ChunkSource>, limits: Limits, delay: Duration) -> Self {
        Self { inner, limits, delay, gauge: Arc::default() }
    }

    /// A source in the lock domain `domain`.
    #[must_use]
    pub fn locked(inner: Arc<dyn ChunkSource>, domain: &'static str, delay: Duration) -> Self {
        let limits = Limits { lock: Some(domain), ..inner.limits() };
        Self::new(inner, limits, delay)
    }

    /// Counts the reads of this source and of `other` together, as for one lock domain.
    #[must_use]
    pub fn counted_with(mut self, other: &Self) -> Self {
        self.gauge = other.gauge.clone();
        self
    }

    /// The largest number of reads that went on at the same time.
    #[must_use]
    pub fn most_at_once(&self) -> usize {
        self.gauge.most.load(Ordering::SeqCst)
    }
}

impl ChunkSource for ThrottledSource {
    fn info(&self) -> &SourceInfo {
        self.inner.info()
    }

    fn read_into(&self, region: &Region, out: ArrayMut<'_>) -> Result<()> {
        let now = self.gauge.now.fetch_add(1, Ordering::SeqCst) + 1;
        self.gauge.most.fetch_max(now, Ordering::SeqCst);
        std::thread::sleep(self.delay);
        let result = self.inner.read_into(region, out);
        self.gauge.now.fetch_sub(1, Ordering::SeqCst);
        result
    }

    fn limits(&self) -> Limits {
        self.limits.clone()
    }
}
