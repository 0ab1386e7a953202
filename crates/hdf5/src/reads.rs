//! Fetching the bytes of one read.

use std::cell::RefCell;
use std::sync::Arc;

use graticule_array::Result;
use graticule_storage::{ByteSource, Gather};

use crate::element::HeapReader;

/// How the bytes of one read are fetched.
pub(crate) struct Reads<'m, 'a, 'b> {
    pub(crate) heap: &'m HeapReader<'a, 'b>,
    bytes: &'m Arc<dyn ByteSource>,
    gather: RefCell<Option<Gather<'m>>>,
}

impl<'m, 'a, 'b> Reads<'m, 'a, 'b> {
    /// Nothing is announced yet.
    pub(crate) fn new(heap: &'m HeapReader<'a, 'b>, bytes: &'m Arc<dyn ByteSource>) -> Self {
        Self { heap, bytes, gather: RefCell::new(None) }
    }

    /// Ranges that will be read, so that neighbours come together.
    pub(crate) fn announce(&self, ranges: Vec<(u64, u64)>) {
        if ranges.len() > 1 {
            *self.gather.borrow_mut() = Some(Gather::new(self.bytes, ranges));
        }
    }

    /// Fills `out` with the bytes from `at` on.
    ///
    /// # Errors
    /// As [`ByteSource::read_at`].
    pub(crate) fn read_at(&self, at: u64, out: &mut [u8]) -> Result<()> {
        match &mut *self.gather.borrow_mut() {
            Some(gather) => gather.read_at(at, out),
            None => self.bytes.read_at(at, out),
        }
    }
}
