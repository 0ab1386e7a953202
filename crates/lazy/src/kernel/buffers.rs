//! Big arrays that are used again and again, so that the system need not clear new pages.

use std::sync::{Mutex, PoisonError};

use graticule_array::{Array, DType, Result};

/// Smaller arrays are cheap to make.
const WORTH_KEEPING: usize = 64 << 10;

/// More are dropped: edge blocks leave buffers of many sizes behind.
const MAX_KEPT: usize = 32;

/// Arrays that wait for their next use.
#[derive(Debug, Default)]
pub(crate) struct Buffers(Mutex<Vec<Array>>);

impl Buffers {
    /// An array whose elements are whatever they were. If none waits that fits, others go in its
    /// place, so that those that wait and those in use are never more than were in use.
    pub(crate) fn take(&self, dtype: &DType, shape: &[usize]) -> Result<Array> {
        let len = shape.iter().fold(1usize, |n, l| n.saturating_mul(*l));
        let found = {
            let mut free = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            let at = free.iter().rposition(|a| a.len() == len && a.dtype() == dtype);
            if at.is_none() {
                let (bytes, mut gone) = (len.saturating_mul(dtype.planned_size()), 0);
                while gone < bytes && !free.is_empty() {
                    gone += free.remove(0).bytes();
                }
            }
            at.map(|i| free.swap_remove(i))
        };
        match found {
            Some(array) if array.shape() == shape => Ok(array),
            Some(array) => array.reshape(shape),
            None => Array::zeros(dtype, shape),
        }
    }

    /// Gives an array back that nobody else holds any more.
    pub(crate) fn give(&self, array: Array) {
        if array.bytes() < WORTH_KEEPING || array.dtype().size().is_none() {
            return;
        }
        let mut free = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if free.len() >= MAX_KEPT {
            free.remove(0);
        }
        free.push(array);
    }

    /// Drops everything.
    pub(crate) fn clear(&self) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }
}
