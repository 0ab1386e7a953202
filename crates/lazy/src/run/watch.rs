//! Ends the tasks of a run that was stopped, takes too long, or failed elsewhere.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use graticule_array::{Error, Result, Watch, watch};

use crate::plan::Task;
use crate::session::StopFlag;

/// Watches a run, and the run around it if it runs within a task.
#[derive(Debug)]
pub(crate) struct RunWatch {
    started: Instant,
    limit: Option<Duration>,
    stop: Option<StopFlag>,
    around: Option<Arc<dyn Watch>>,
    broken: AtomicBool,
    /// The earliest task that failed.
    failed: Mutex<Option<Task>>,
}

impl RunWatch {
    pub(crate) fn new(stop: Option<StopFlag>, limit: Option<Duration>) -> Arc<Self> {
        Arc::new(Self {
            started: Instant::now(),
            limit,
            stop,
            around: watch(),
            broken: AtomicBool::new(false),
            failed: Mutex::default(),
        })
    }

    /// Notes that a task failed: those after it are not wanted any more. Those before it go on,
    /// so that the same error is told however the threads took turns.
    pub(super) fn fail(&self, task: Task) {
        let mut failed = self.failed.lock().unwrap_or_else(PoisonError::into_inner);
        if failed.is_none_or(|first| task < first) {
            *failed = Some(task);
        }
        self.broken.store(true, Ordering::Release);
    }

    fn is_wanted(&self, task: Task) -> bool {
        !self.broken.load(Ordering::Acquire)
            || self.failed.lock().unwrap_or_else(PoisonError::into_inner).is_none_or(|f| task < f)
    }

    /// The watch of one task.
    pub(super) fn of(self: &Arc<Self>, task: Task) -> Arc<dyn Watch> {
        Arc::new(TaskWatch { run: self.clone(), task })
    }
}

impl Watch for RunWatch {
    fn go_on(&self) -> Result<()> {
        if self.stop.as_ref().is_some_and(StopFlag::is_stopped) {
            return Err(Error::cancelled("stopped on request"));
        }
        if let Some(limit) = self.limit
            && self.started.elapsed() > limit
        {
            return Err(Error::cancelled(format!("the time limit of {limit:?} has passed")));
        }
        self.around.as_ref().map_or(Ok(()), |around| around.go_on())
    }

    fn account(&self) -> u64 {
        self.around.as_ref().map_or(0, |around| around.account())
    }
}

/// Has the files counted that are read for some work.
#[derive(Debug)]
pub(crate) struct Account {
    number: u64,
    around: Option<Arc<dyn Watch>>,
}

impl Account {
    pub(crate) fn new(number: u64) -> Arc<Self> {
        Arc::new(Self { number, around: watch() })
    }
}

impl Watch for Account {
    fn go_on(&self) -> Result<()> {
        self.around.as_ref().map_or(Ok(()), |around| around.go_on())
    }

    fn account(&self) -> u64 {
        self.number
    }
}

#[derive(Debug)]
struct TaskWatch {
    run: Arc<RunWatch>,
    task: Task,
}

impl Watch for TaskWatch {
    fn go_on(&self) -> Result<()> {
        if self.run.is_wanted(self.task) {
            return self.run.go_on();
        }
        Err(Error::cancelled("another task has failed"))
    }

    fn account(&self) -> u64 {
        self.run.account()
    }
}
