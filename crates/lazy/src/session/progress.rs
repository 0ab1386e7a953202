//! What a run tells while it goes on, and how it is stopped.

use std::fmt::{self, Debug};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use super::Memory;
use crate::profile::{OperationReport, Span, StageReport, seconds};

/// One step of a run.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Event {
    /// The run begins.
    Started {
        /// The number of tasks.
        tasks: usize,
        /// Bytes that will be decoded.
        bytes: u64,
    },
    /// Some tasks are done.
    Advanced {
        /// How many since the last event.
        tasks: usize,
        /// Bytes decoded since the last event.
        bytes: u64,
    },
    /// How far the run has come: a few times each second, and at the end.
    Status(Status),
    /// The run ended, well or not.
    Finished,
}

/// How far a run has come. Pairs are what is done and what there is to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Status {
    /// Tasks.
    pub tasks: (usize, usize),
    /// Bytes that sources decode.
    pub bytes: (u64, u64),
    /// Chunks of sources.
    pub chunks: (u64, u64),
    /// Bytes of memory in use, and the budget.
    pub memory: (u64, u64),
    /// Time since the run began.
    pub elapsed: Duration,
    /// Time that is left, if it goes on like this.
    pub left: Option<Duration>,
}

/// Receives the events of runs, from any thread.
pub trait Progress: Send + Sync + Debug {
    /// One step; must return quickly and not panic.
    fn event(&self, event: &Event);
}

/// Stops a run from another thread.
///
/// ```
/// let stop = graticule_lazy::StopFlag::new();
/// stop.clone().stop();
/// assert!(stop.is_stopped());
/// ```
#[derive(Clone, Debug, Default)]
pub struct StopFlag(Arc<AtomicBool>);

impl StopFlag {
    /// A flag that is not raised.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Asks runs that watch this flag to end.
    pub fn stop(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    /// Whether it was raised.
    #[must_use]
    pub fn is_stopped(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// What may differ from run to run of one session.
#[derive(Clone, Debug, Default)]
pub struct RunOptions {
    /// Ends the run with an error that is `is_cancelled`.
    pub stop: Option<StopFlag>,
    /// Ends the run after this time; the session's deadline if `None`.
    pub deadline: Option<Duration>,
    /// Receives events; the session's if `None`.
    pub progress: Option<Arc<dyn Progress>>,
}

/// What the last run of a session used. `Display` says it in a line.
#[derive(Clone, Debug, Default)]
pub struct RunReport {
    /// Processor time of each thread of the pool; empty for runs of few tasks.
    pub cpu: Vec<Duration>,
    /// Time from begin to end.
    pub wall: Duration,
    /// Tasks that were run.
    pub tasks: usize,
    /// Bytes that were decoded.
    pub bytes: u64,
    /// The most memory that was accounted for at one time.
    pub peak_bytes: u64,
    /// Chunks of sources that were read, each as often as it was.
    pub chunks: u64,
    /// What each stage of the plan spent.
    pub stages: Vec<StageReport>,
    /// What each operation of each stage spent.
    pub operations: Vec<OperationReport>,
    /// The tasks one by one, up to some ten thousand.
    pub spans: Vec<Span>,
}

impl fmt::Display for RunReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let plural = |n: u64| if n == 1 { "" } else { "s" };
        let (read, peak) = (Memory::new(self.bytes), Memory::new(self.peak_bytes));
        write!(f, "{} task{} in {}", self.tasks, plural(self.tasks as u64), seconds(self.wall))?;
        write!(f, ", read {read} in {} chunk{}", self.chunks, plural(self.chunks))?;
        write!(f, ", at most {peak} in use")
    }
}
