//! What was going on when a run failed.

use std::collections::VecDeque;
use std::fmt::{self, Write as _};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use graticule_array::Error;

use super::{quoted, seconds};
use crate::plan::Task;
use crate::session::Memory;

/// Steps that are remembered.
const MAX_EVENTS: usize = 64;

/// A task that was running when a run failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ActiveTask {
    /// The stage, counted from 1.
    pub stage: usize,
    /// The number of its column.
    pub column: usize,
    /// The number of its run of blocks.
    pub run: usize,
    /// How long it had been running.
    pub running: Duration,
    /// Bytes that it was allowed.
    pub memory: u64,
}

/// What was going on when a run failed or was refused. `Display` tells it.
#[derive(Clone, Debug)]
pub struct PostMortem {
    /// Why it ended.
    pub error: String,
    /// The plan as printed; nothing if there was none that fits.
    pub plan: Option<String>,
    /// How long it had been running.
    pub elapsed: Duration,
    /// Tasks that were running.
    pub active: Vec<ActiveTask>,
    /// The last steps before, oldest first.
    pub events: Vec<String>,
    /// Bytes that had been decoded.
    pub bytes: u64,
    /// The most memory that was accounted for at one time.
    pub peak_bytes: u64,
    /// The memory budget.
    pub budget: u64,
}

impl PostMortem {
    /// Of a plan that could not be made.
    pub(crate) fn refused(error: &Error, budget: u64) -> Self {
        Self {
            error: error.to_string(),
            plan: None,
            elapsed: Duration::ZERO,
            active: Vec::new(),
            events: Vec::new(),
            bytes: 0,
            peak_bytes: 0,
            budget,
        }
    }

    /// All of it as JSON.
    #[must_use]
    pub fn to_json(&self) -> String {
        let mut out = String::from("{\n");
        let _ = writeln!(out, "  \"error\": {},", quoted(&self.error));
        let plan = self.plan.as_ref().map_or_else(|| "null".into(), |p| quoted(p));
        let _ = writeln!(out, "  \"plan\": {plan},");
        let _ = writeln!(out, "  \"elapsed_seconds\": {},", self.elapsed.as_secs_f64());
        let _ = writeln!(out, "  \"bytes_read\": {},", self.bytes);
        let _ = writeln!(out, "  \"peak_bytes\": {},", self.peak_bytes);
        let _ = writeln!(out, "  \"budget_bytes\": {},", self.budget);
        let active = self.active.iter().map(|t| {
            format!(
                "{{\"stage\": {}, \"column\": {}, \"run\": {}, \"running_seconds\": {}, \
                 \"memory_bytes\": {}}}",
                t.stage,
                t.column,
                t.run,
                t.running.as_secs_f64(),
                t.memory
            )
        });
        let _ = writeln!(out, "  \"active\": [{}],", active.collect::<Vec<_>>().join(", "));
        let events: Vec<String> = self.events.iter().map(|e| quoted(e)).collect();
        let _ = writeln!(out, "  \"events\": [{}]", events.join(", "));
        out.push_str("}\n");
        out
    }
}

impl fmt::Display for PostMortem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "failed    {}", self.error)?;
        let (bytes, peak) = (Memory::new(self.bytes), Memory::new(self.peak_bytes));
        writeln!(
            f,
            "after     {}, {bytes} read, at most {peak} of {} in use",
            seconds(self.elapsed),
            Memory::new(self.budget)
        )?;
        for t in &self.active {
            let (memory, time) = (Memory::new(t.memory), seconds(t.running));
            writeln!(
                f,
                "running   stage {} column {} run {} for {time}, {memory}",
                t.stage, t.column, t.run
            )?;
        }
        for event in &self.events {
            writeln!(f, "before    {event}")?;
        }
        match &self.plan {
            Some(plan) => write!(f, "{plan}"),
            None => write!(f, "there was no plan that fits"),
        }
    }
}

/// Remembers what is going on, to tell when it fails.
#[derive(Debug, Default)]
pub(crate) struct Recorder(Mutex<Notes>);

#[derive(Debug, Default)]
struct Notes {
    active: Vec<(Task, Duration)>,
    events: VecDeque<(Duration, &'static str, Task)>,
    /// What was running at the first failure.
    failed: Option<Vec<(Task, Duration)>>,
}

impl Recorder {
    fn lock(&self) -> MutexGuard<'_, Notes> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn begin(&self, task: Task, now: Duration) {
        let mut notes = self.lock();
        notes.active.push((task, now));
        notes.note(now, "began", task);
    }

    pub(crate) fn end(&self, task: Task, now: Duration) {
        let mut notes = self.lock();
        notes.active.retain(|(t, _)| *t != task);
        notes.note(now, "ended", task);
    }

    pub(crate) fn fail(&self, task: Task, now: Duration) {
        let mut notes = self.lock();
        notes.note(now, "failed", task);
        if notes.failed.is_none() {
            let running = notes.active.iter().map(|(t, begun)| (*t, now.saturating_sub(*begun)));
            let mut running: Vec<_> = running.collect();
            running.sort_unstable();
            notes.failed = Some(running);
        }
        notes.active.retain(|(t, _)| *t != task);
    }

    /// The tasks that were running at the first failure, and the last steps.
    pub(crate) fn take(&self) -> (Vec<(Task, Duration)>, Vec<String>) {
        let mut notes = self.lock();
        let events = std::mem::take(&mut notes.events).into_iter().map(|(now, what, task)| {
            let (time, stage) = (seconds(now), task.stage + 1);
            format!("{time} {what} stage {stage} column {} run {}", task.column, task.run)
        });
        let events = events.collect();
        (notes.failed.take().unwrap_or_default(), events)
    }
}

impl Notes {
    fn note(&mut self, now: Duration, what: &'static str, task: Task) {
        if self.events.len() >= MAX_EVENTS {
            self.events.pop_front();
        }
        self.events.push_back((now, what, task));
    }
}
