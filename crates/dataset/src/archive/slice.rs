//! Parts of bytes that many share.

use std::ops::Range;
use std::sync::Arc;

/// A part of shared bytes: what most entries of an index hold is never looked at.
#[derive(Clone, Debug)]
pub(super) struct Slice {
    of: Arc<[u8]>,
    range: Range<usize>,
}

impl Slice {
    pub(super) fn new(of: &Arc<[u8]>, range: Range<usize>) -> Self {
        Self { of: of.clone(), range }
    }

    pub(super) fn get(&self) -> &[u8] {
        self.of.get(self.range.clone()).unwrap_or_default()
    }
}

impl From<Vec<u8>> for Slice {
    fn from(bytes: Vec<u8>) -> Self {
        Self { range: 0..bytes.len(), of: bytes.into() }
    }
}
