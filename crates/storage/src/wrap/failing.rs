//! Fails when told to.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use graticule_array::{ArrayMut, Error, Region, Result};

use crate::source::{ChunkSource, Limits, SourceInfo};

/// A source one of whose reads fails, as a broken device would.
#[derive(Clone, Debug)]
pub struct FailingSource {
    inner: Arc<dyn ChunkSource>,
    nth: u64,
    reads: Arc<AtomicU64>,
}

impl FailingSource {
    /// Fails the `nth` read (1 is the first) with an I/O error; all others go through.
    #[must_use]
    pub fn new(inner: Arc<dyn ChunkSource>, nth: u64) -> Self {
        Self { inner, nth, reads: Arc::default() }
    }

    /// The number of reads so far, the failed one included.
    #[must_use]
    pub fn reads(&self) -> u64 {
        self.reads.load(Ordering::Relaxed)
    }
}

impl ChunkSource for FailingSource {
    fn info(&self) -> &SourceInfo {
        self.inner.info()
    }

    fn read_into(&self, region: &Region, out: ArrayMut<'_>) -> Result<()> {
        let before = self.reads.fetch_add(1, Ordering::Relaxed);
        if before + 1 == self.nth {
            return Err(Error::io(format!("read number {} fails on purpose", self.nth)));
        }
        self.inner.read_into(region, out)
    }

    fn limits(&self) -> Limits {
        self.inner.limits()
    }
}
