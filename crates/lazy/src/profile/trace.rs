//! When which thread worked on what, for trace viewers.

use std::fmt::Write as _;
use std::time::Duration;

use super::quoted;
use crate::session::RunReport;

/// Tasks that are remembered one by one.
pub(crate) const MAX_SPANS: usize = 20_000;

/// One task of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// The stage, counted from 1.
    pub stage: usize,
    /// The number of the column that it belongs to.
    pub column: usize,
    /// The number of its run of blocks within the column.
    pub run: usize,
    /// The thread of the pool.
    pub thread: usize,
    /// When it began, from the beginning of the run.
    pub begun: Duration,
    /// When it ended.
    pub ended: Duration,
}

impl RunReport {
    /// The tasks of the run in the trace event format (JSON) that browsers' and other trace
    /// viewers open.
    #[must_use]
    pub fn to_trace(&self) -> String {
        let mut out = String::from("[");
        for (i, span) in self.spans.iter().enumerate() {
            let name = quoted(&format!("stage {}", span.stage));
            let (start, time) = (span.begun.as_micros(), span.ended.saturating_sub(span.begun));
            let comma = if i == 0 { "\n" } else { ",\n" };
            let _ = write!(
                out,
                "{comma}{{\"name\": {name}, \"ph\": \"X\", \"pid\": 1, \"tid\": {}, \"ts\": {start}, \
                 \"dur\": {}, \"args\": {{\"column\": {}, \"run\": {}}}}}",
                span.thread,
                time.as_micros(),
                span.column,
                span.run
            );
        }
        out.push_str("\n]\n");
        out
    }
}
