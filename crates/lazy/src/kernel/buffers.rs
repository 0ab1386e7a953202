//! Big arrays that are used again and again, so that the system need not clear new pages.

use std::sync::{Mutex, PoisonError};

use graticule_array::{Array, DType, Result, State};

/// Arrays from this size on are worth being kept longest.
const LARGE: usize = 64 << 10;

/// So many smaller ones are kept beside them.
const MAX_SMALL: usize = 4;

/// More are dropped: edge blocks leave buffers of many sizes behind.
const MAX_KEPT: usize = 32;

/// Arrays that wait for their next use.
#[derive(Debug, Default)]
pub(crate) struct Buffers {
    large: Mutex<Vec<Array>>,
    small: Mutex<Vec<Array>>,
    states: Mutex<Vec<(Key, State)>>,
}

/// A stage and a consumer of it.
type Key = (usize, usize);

impl Buffers {
    /// An array whose elements are whatever they were. If none waits that fits, others go in its
    /// place, so that those that wait and those in use are never more than were in use.
    pub(crate) fn take(&self, dtype: &DType, shape: &[usize]) -> Result<Array> {
        let len = shape.iter().fold(1usize, |n, l| n.saturating_mul(*l));
        let bytes = len.saturating_mul(dtype.planned_size());
        let found = {
            let free = if bytes < LARGE { &self.small } else { &self.large };
            let mut free = free.lock().unwrap_or_else(PoisonError::into_inner);
            let at = free.iter().rposition(|a| a.len() == len && a.dtype() == dtype);
            if at.is_none() && bytes >= LARGE {
                let mut gone = 0;
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
        if array.is_empty() || array.dtype().size().is_none() {
            return;
        }
        let (free, most) = match array.bytes() {
            bytes if bytes < LARGE => (&self.small, MAX_SMALL),
            _ => (&self.large, MAX_KEPT),
        };
        let mut free = free.lock().unwrap_or_else(PoisonError::into_inner);
        if free.len() >= most {
            free.remove(0);
        }
        free.push(array);
    }

    /// A state that is done with, of as many cells.
    pub(crate) fn take_state(&self, key: Key, cells: usize) -> Option<State> {
        let mut free = self.states.lock().unwrap_or_else(PoisonError::into_inner);
        match free.iter().rposition(|(k, s)| *k == key && s.cells() == cells) {
            Some(at) => Some(free.swap_remove(at).1),
            None => {
                // What comes in its place is new.
                free.pop();
                None
            }
        }
    }

    /// Gives a state back that is done with.
    pub(crate) fn give_state(&self, key: Key, state: State) {
        self.states.lock().unwrap_or_else(PoisonError::into_inner).push((key, state));
    }

    /// Drops everything.
    pub(crate) fn clear(&self) {
        self.states.lock().unwrap_or_else(PoisonError::into_inner).clear();
        self.large.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }
}
