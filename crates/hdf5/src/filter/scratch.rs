//! Buffers that a thread uses again for every chunk.

use std::cell::RefCell;

use libdeflater::Decompressor;

/// Larger buffers are given back after use.
const KEPT: usize = 32 << 20;

/// What decoding a chunk needs beside its result.
pub(crate) struct Scratch {
    /// The stored bytes.
    pub(crate) stored: Vec<u8>,
    /// The decoded chunk, where it cannot be decoded in place.
    pub(crate) chunk: Vec<u8>,
    /// Between filters.
    pub(super) between: [Vec<u8>; 2],
    pub(super) engine: Decompressor,
}

impl Scratch {
    fn new() -> Self {
        Self {
            stored: Vec::new(),
            chunk: Vec::new(),
            between: [Vec::new(), Vec::new()],
            engine: Decompressor::new(),
        }
    }

    fn trim(&mut self) {
        let [a, b] = &mut self.between;
        for buffer in [&mut self.stored, &mut self.chunk, a, b] {
            if buffer.capacity() > KEPT {
                *buffer = Vec::new();
            }
        }
    }
}

/// The first `n` bytes of a buffer, which grows if it must.
pub(crate) fn room(buffer: &mut Vec<u8>, n: usize) -> &mut [u8] {
    if buffer.len() < n {
        buffer.resize(n, 0);
    }
    buffer.get_mut(..n).unwrap_or_default()
}

thread_local! {
    // A cache, not an owner: nothing is lost if another copy of the library has its own.
    static SCRATCH: RefCell<Option<Box<Scratch>>> = const { RefCell::new(None) };
}

/// Runs `work` with this thread's buffers.
pub(crate) fn with_scratch<R>(work: impl FnOnce(&mut Scratch) -> R) -> R {
    let kept = SCRATCH.try_with(|s| s.try_borrow_mut().ok().and_then(|mut s| s.take()));
    let mut scratch = kept.ok().flatten().unwrap_or_else(|| Box::new(Scratch::new()));
    let result = work(&mut scratch);
    scratch.trim();
    let _ = SCRATCH.try_with(|s| {
        if let Ok(mut slot) = s.try_borrow_mut() {
            *slot = Some(scratch);
        }
    });
    result
}
