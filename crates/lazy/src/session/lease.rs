//! Memory that runs within runs share: a function of the user that computes something itself
//! gets a part of what its own run leaves free, and that run begins no task in its place.

use std::cell::RefCell;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// What one run has in use, and what it has lent to runs within.
#[derive(Debug, Default)]
pub(crate) struct Purse {
    /// Which engine's memory it is.
    engine: usize,
    room: u64,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    used: u64,
    lent: u64,
    running: usize,
    peak: u64,
}

thread_local! {
    /// The purses of the tasks that run on this thread, one within the other.
    static TASKS: RefCell<Vec<Arc<Purse>>> = const { RefCell::new(Vec::new()) };
}

impl Purse {
    /// Of a run that may use `room` bytes of an engine's memory.
    pub(crate) fn new(engine: usize, room: u64) -> Arc<Self> {
        Arc::new(Self { engine, room, state: Mutex::default() })
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Tells what the run's tasks and results take, and how many tasks run.
    pub(crate) fn set(&self, used: u64, running: usize) {
        let mut state = self.lock();
        (state.used, state.running) = (used, running);
        state.peak = state.peak.max(used.saturating_add(state.lent));
    }

    /// Bytes that are lent.
    pub(crate) fn lent(&self) -> u64 {
        self.lock().lent
    }

    /// The most bytes that were in use and lent at one time.
    pub(crate) fn peak(&self) -> u64 {
        self.lock().peak
    }

    /// Runs a task of this run.
    pub(crate) fn task<R>(self: &Arc<Self>, task: impl FnOnce() -> R) -> R {
        struct Leave;
        impl Drop for Leave {
            fn drop(&mut self) {
                let _ = TASKS.try_with(|t| t.borrow_mut().pop());
            }
        }
        TASKS.with(|t| t.borrow_mut().push(self.clone()));
        let _leave = Leave;
        task()
    }
}

/// Memory of the run around a run within it, until that ends.
#[derive(Debug)]
pub(crate) struct Lease {
    purse: Arc<Purse>,
    bytes: u64,
}

impl Lease {
    /// A fair part of what is left, if a task of this engine runs on this thread.
    pub(crate) fn take(engine: usize) -> Option<Self> {
        let purse =
            TASKS.with(|t| t.borrow().iter().rev().find(|p| p.engine == engine).cloned())?;
        let mut state = purse.lock();
        let free = purse.room.saturating_sub(state.used).saturating_sub(state.lent);
        let bytes = free / state.running.max(1) as u64;
        state.lent += bytes;
        state.peak = state.peak.max(state.used.saturating_add(state.lent));
        drop(state);
        Some(Self { purse, bytes })
    }

    /// The bytes it grants.
    pub(crate) fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Gives back what is not needed.
    pub(crate) fn shrink(&mut self, to: u64) {
        let to = to.min(self.bytes);
        let mut state = self.purse.lock();
        state.lent = state.lent.saturating_sub(self.bytes - to);
        drop(state);
        self.bytes = to;
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        self.shrink(0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tasks_share_what_is_left() {
        assert!(Lease::take(1).is_none());
        let purse = Purse::new(1, 1000);
        purse.set(400, 2);
        purse.task(|| {
            assert!(Lease::take(2).is_none(), "another engine's memory");
            let mut first = Lease::take(1).unwrap();
            let second = Lease::take(1).unwrap();
            assert_eq!((first.bytes(), second.bytes(), purse.lent()), (300, 150, 450));
            first.shrink(100);
            assert_eq!(purse.lent(), 250);
        });
        assert_eq!((purse.lent(), purse.peak()), (0, 850));
        assert!(Lease::take(1).is_none());
    }
}
