//! Things that are finished in any order and taken in a fixed one.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use graticule_array::Result;

/// What waits for its turn.
pub(crate) struct Turns<T>(Mutex<Progress<T>>);

struct Progress<T> {
    next: usize,
    waiting: BTreeMap<usize, T>,
    /// Someone is at it.
    busy: bool,
}

impl<T> Default for Turns<T> {
    fn default() -> Self {
        Self(Mutex::new(Progress { next: 0, waiting: BTreeMap::new(), busy: false }))
    }
}

impl<T> Turns<T> {
    fn lock(&self) -> MutexGuard<'_, Progress<T>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Brings the thing of turn `turn` of `all`. If it is its turn, `each` takes it and all that
    /// wait behind it, one after the other; otherwise it waits for the one before. Says how
    /// many were taken, and whether they were the last.
    pub(crate) fn take(
        &self,
        turn: usize,
        all: usize,
        thing: T,
        mut each: impl FnMut(usize, T) -> Result<()>,
    ) -> Result<(usize, bool)> {
        let mut progress = self.lock();
        let mut at_once = Some(thing);
        if progress.busy || turn != progress.next {
            progress.waiting.extend(at_once.take().map(|thing| (turn, thing)));
        }
        if progress.busy {
            return Ok((0, false));
        }
        let mut count = 0;
        loop {
            let next = progress.next;
            let Some(thing) = at_once.take().or_else(|| progress.waiting.remove(&next)) else {
                progress.busy = false;
                return Ok((count, false));
            };
            progress.busy = true;
            drop(progress);
            each(next, thing)?;
            count += 1;
            progress = self.lock();
            progress.next = next + 1;
            if progress.next == all {
                return Ok((count, true));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_comes_when_it_is_time_takes_all_that_wait() {
        let turns = Turns::default();
        let mut seen = Vec::new();
        let mut bring = |turn: usize| {
            turns.take(turn, 4, turn * 10, |n, thing| {
                seen.push((n, thing));
                Ok(())
            })
        };
        assert_eq!(bring(1).unwrap(), (0, false));
        assert_eq!(bring(2).unwrap(), (0, false));
        assert_eq!(bring(0).unwrap(), (3, false));
        assert_eq!(bring(3).unwrap(), (1, true));
        assert_eq!(seen, [(0, 0), (1, 10), (2, 20), (3, 30)]);
    }
}
