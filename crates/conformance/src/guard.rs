//! Runs entries in worker processes, so that a crash, a hang or a flood fails one entry only.

mod process;
pub(crate) mod usage;

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use crate::args::Args;
use crate::corpus::{Category, Entry};
use crate::outcome::Outcome;
use process::{Limits, Worker};

/// An entry and how it ended.
#[derive(Debug)]
pub(crate) struct Ended {
    pub(crate) entry: Entry,
    pub(crate) outcome: Outcome,
}

fn limits(category: Category) -> Limits {
    match category {
        Category::Malformed => Limits {
            cpu: Duration::from_secs(10),
            wall: Duration::from_secs(60),
            resident_kb: 1 << 20,
        },
        _ => Limits {
            cpu: Duration::from_secs(120),
            wall: Duration::from_secs(600),
            resident_kb: 4 << 20,
        },
    }
}

/// Runs all entries, `args.jobs` at a time; results come in the order of the entries.
pub(crate) fn run(entries: &[Entry], args: &Args) -> Result<Vec<Ended>, String> {
    let next = AtomicUsize::new(0);
    let results = Mutex::new(Vec::new());
    let errors = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..args.jobs {
            scope.spawn(|| {
                let mut worker = None;
                loop {
                    let at = next.fetch_add(1, Ordering::Relaxed);
                    let Some(entry) = entries.get(at) else { break };
                    match one(entry, &mut worker, args) {
                        Ok(outcome) => {
                            let ended = Ended { entry: entry.clone(), outcome };
                            results.lock().map(|mut r| r.push((at, ended))).unwrap_or_default();
                        }
                        Err(e) => {
                            errors.lock().map(|mut all| all.push(e)).unwrap_or_default();
                            break;
                        }
                    }
                }
            });
        }
    });
    if let Some(error) = errors.into_inner().unwrap_or_default().into_iter().next() {
        return Err(error);
    }
    let mut results = results.into_inner().unwrap_or_default();
    results.sort_by_key(|(at, _)| *at);
    Ok(results.into_iter().map(|(_, ended)| ended).collect())
}

fn one(entry: &Entry, worker: &mut Option<Worker>, args: &Args) -> Result<Outcome, String> {
    if let Some(why) = &entry.skip {
        return Ok(Outcome::Skipped(why.clone()));
    }
    // Memory that earlier entries left to the allocator would hide the growth of this one.
    if entry.category == Category::Malformed {
        *worker = None;
    }
    let mut ready = match worker.take() {
        Some(ready) => ready,
        None => Worker::start(args)?,
    };
    let (outcome, alive) = ready.check(entry, &limits(entry.category));
    *worker = alive.then_some(ready);
    Ok(outcome)
}
