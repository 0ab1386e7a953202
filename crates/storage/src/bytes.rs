//! Random access to the bytes of a file, without a position and without a lock.

use std::fmt::Debug;
use std::sync::Arc;

use graticule_array::{Error, Result};

use crate::location::Location;

mod blocks;
mod file;
mod gather;
mod gzip;

pub use blocks::{BlockBytes, BlockPool};
pub use file::{FileBytes, HandlePool};
pub use gather::Gather;
pub use gzip::{is_packed, unpack};

/// Bytes that can be read at any place from many threads.
pub trait ByteSource: Send + Sync + Debug {
    /// The number of bytes.
    fn len(&self) -> u64;

    /// Whether there are none.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Fills `out` with the bytes from `at` on.
    ///
    /// # Errors
    /// If the source ends before `out` is full, or the device refuses.
    fn read_at(&self, at: u64, out: &mut [u8]) -> Result<()>;

    /// Where the bytes lie.
    fn location(&self) -> &Location;

    /// Whether a read costs about as much as the bytes it copies, as from memory or the system's
    /// cache. Of other bytes few, large reads are made: blocks of metadata, neighbouring chunks at
    /// once.
    fn is_near(&self) -> bool {
        false
    }

    /// The length and the time of change (ns since 1970; 0 if unknown), to notice changes.
    fn fingerprint(&self) -> (u64, i128) {
        (self.len(), 0)
    }

    /// `n` bytes from `at` on; a number beyond the end is an error before memory is taken.
    ///
    /// # Errors
    /// If the range reaches beyond the end, or the device refuses.
    fn read_vec(&self, at: u64, n: usize) -> Result<Vec<u8>> {
        let end = at.checked_add(n as u64);
        if end.is_none_or(|e| e > self.len()) {
            return Err(Error::corrupt(format!(
                "{n} bytes at {at} reach beyond the end at {}",
                self.len()
            ))
            .in_file(self.location().path()));
        }
        let mut out = vec![0; n];
        self.read_at(at, &mut out)?;
        Ok(out)
    }
}

/// Bytes in memory.
#[derive(Clone, Debug)]
pub struct MemoryBytes {
    bytes: Arc<[u8]>,
    location: Location,
}

impl MemoryBytes {
    /// Takes bytes under a name for error messages.
    #[must_use]
    pub fn new(name: &str, bytes: impl Into<Arc<[u8]>>) -> Self {
        Self { bytes: bytes.into(), location: Location::memory(name) }
    }
}

impl ByteSource for MemoryBytes {
    fn len(&self) -> u64 {
        self.bytes.len() as u64
    }

    fn read_at(&self, at: u64, out: &mut [u8]) -> Result<()> {
        let from = usize::try_from(at).ok();
        let part = from.and_then(|a| self.bytes.get(a..a.checked_add(out.len())?));
        let part = part.ok_or_else(|| {
            Error::corrupt(format!("{} bytes at {at} reach beyond the end", out.len()))
                .in_file(self.location.path())
        })?;
        out.copy_from_slice(part);
        Ok(())
    }

    fn location(&self) -> &Location {
        &self.location
    }

    fn is_near(&self) -> bool {
        true
    }
}
