//! What a run spent, counted as it goes: cheap enough to be always on.

mod analysis;
mod post_mortem;
mod trace;

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

pub use analysis::Analysis;
pub(crate) use post_mortem::Recorder;
pub use post_mortem::{ActiveTask, PostMortem};
pub(crate) use trace::MAX_SPANS;
pub use trace::Span;

/// What one operation of one stage spent.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OperationReport {
    /// The stage, counted from 1 as plans print it.
    pub stage: usize,
    /// The operation as plans print it.
    pub name: String,
    /// How often it ran: over tiles, boxes or chunks.
    pub calls: u64,
    /// Bytes that it made.
    pub bytes: u64,
    /// Time, summed over threads.
    pub time: Duration,
}

/// What one stage spent.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StageReport {
    /// Tasks that ended.
    pub tasks: usize,
    /// Bytes that sources decoded.
    pub bytes: u64,
    /// Chunks of sources that were read, each as often as it was.
    pub chunks: u64,
    /// Time of its tasks, summed over threads.
    pub time: Duration,
    /// When its first task began, from the beginning of the run.
    pub begun: Duration,
    /// When its last task ended.
    pub ended: Duration,
}

/// Calls, bytes, time.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Spent {
    pub(crate) calls: u64,
    pub(crate) bytes: u64,
    pub(crate) time: Duration,
}

impl Spent {
    pub(crate) fn add(&mut self, other: Self) {
        self.calls += other.calls;
        self.bytes = self.bytes.saturating_add(other.bytes);
        self.time += other.time;
    }

    /// One call that began at `start`.
    pub(crate) fn since(start: Instant, bytes: usize) -> Self {
        Self { calls: 1, bytes: bytes as u64, time: start.elapsed() }
    }
}

/// What is counted while a stage runs.
#[derive(Debug, Default)]
pub(crate) struct StageProfile {
    operations: Mutex<BTreeMap<String, Spent>>,
    stage: Mutex<StageReport>,
}

impl StageProfile {
    /// Adds what some operations spent.
    pub(crate) fn record<N: AsRef<str>>(&self, spent: impl IntoIterator<Item = (N, Spent)>) {
        let mut operations = self.operations.lock().unwrap_or_else(PoisonError::into_inner);
        for (name, spent) in spent {
            match operations.get_mut(name.as_ref()) {
                Some(known) => known.add(spent),
                None => drop(operations.insert(name.as_ref().to_owned(), spent)),
            }
        }
    }

    /// Adds what was read.
    pub(crate) fn read(&self, bytes: u64, chunks: u64) {
        let mut stage = self.stage.lock().unwrap_or_else(PoisonError::into_inner);
        stage.bytes = stage.bytes.saturating_add(bytes);
        stage.chunks = stage.chunks.saturating_add(chunks);
    }

    /// Adds a task.
    pub(crate) fn task(&self, begun: Duration, ended: Duration) {
        let mut stage = self.stage.lock().unwrap_or_else(PoisonError::into_inner);
        stage.begun = if stage.tasks == 0 { begun } else { stage.begun.min(begun) };
        stage.ended = stage.ended.max(ended);
        stage.time += ended.saturating_sub(begun);
        stage.tasks += 1;
    }

    pub(crate) fn report(&self) -> StageReport {
        self.stage.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(crate) fn operations(&self, stage: usize) -> Vec<OperationReport> {
        let operations = self.operations.lock().unwrap_or_else(PoisonError::into_inner);
        let rows = operations.iter().map(|(name, s)| OperationReport {
            stage: stage + 1,
            name: name.clone(),
            calls: s.calls,
            bytes: s.bytes,
            time: s.time,
        });
        rows.collect()
    }
}

/// A duration as a person reads it.
pub(crate) fn seconds(time: Duration) -> String {
    let s = time.as_secs_f64();
    match s {
        _ if s >= 100.0 => format!("{s:.0} s"),
        _ if s >= 1.0 => format!("{s:.2} s"),
        _ if s >= 1e-3 => format!("{:.1} ms", s * 1e3),
        _ => format!("{:.0} µs", s * 1e6),
    }
}

/// Text within quotes, as JSON has it.
pub(crate) fn quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            c if (c as u32) < 0x20 => out.push_str(&format!("\\u{:04x}", c as u32)),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_and_texts() {
        assert_eq!(seconds(Duration::from_micros(12)), "12 µs");
        assert_eq!(seconds(Duration::from_millis(1500)), "1.50 s");
        assert_eq!(quoted("a\"b\\\n\u{1}"), "\"a\\\"b\\\\\\n\\u0001\"");
    }
}
