//! A plan beside what its run did.

use std::fmt;

use super::seconds;
use crate::plan::Plan;
use crate::session::{Memory, RunReport};

/// Operations that are listed.
const MAX_OPERATIONS: usize = 12;

/// A plan, and what running it took. `Display` shows them side by side.
#[derive(Clone, Debug)]
pub struct Analysis {
    /// The plan as printed.
    pub plan: String,
    /// What was planned.
    pub planned: crate::Totals,
    /// What each stage was planned to read, as bytes and chunks.
    pub stages: Vec<(u64, usize)>,
    /// What the run took.
    pub report: RunReport,
}

impl Analysis {
    pub(crate) fn new(plan: &Plan, report: RunReport) -> Self {
        let stages = plan.stages.iter().map(|s| (s.reads.bytes, s.reads.chunks)).collect();
        Self { plan: plan.to_string(), planned: plan.totals(), stages, report }
    }
}

impl fmt::Display for Analysis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (p, r) = (&self.planned, &self.report);
        writeln!(f, "{}", self.plan)?;
        writeln!(f, "actual    {} s, {} tasks of {}", r.wall.as_secs_f32(), r.tasks, p.tasks)?;
        writeln!(
            f,
            "read      {} of {} planned, {} chunks of {}",
            Memory::new(r.bytes),
            Memory::new(p.bytes_read),
            r.chunks,
            p.chunks
        )?;
        let (held, peak) = (Memory::new(r.peak_bytes), Memory::new(p.peak_bytes));
        writeln!(f, "memory    at most {held} in use of {peak} planned")?;
        for (i, (stage, (bytes, chunks))) in r.stages.iter().zip(&self.stages).enumerate() {
            let rate = stage.bytes as f64 / stage.time.as_secs_f64().max(1e-9);
            writeln!(
                f,
                "stage {:<4}{} of work from {} to {}, read {} of {} in {} of {} chunks, {}/s",
                i + 1,
                seconds(stage.time),
                seconds(stage.begun),
                seconds(stage.ended),
                Memory::new(stage.bytes),
                Memory::new(*bytes),
                stage.chunks,
                chunks,
                Memory::new(rate as u64)
            )?;
        }
        let mut operations: Vec<_> = r.operations.iter().collect();
        operations.sort_by_key(|o| std::cmp::Reverse(o.time));
        let all: f64 = r.stages.iter().map(|s| s.time.as_secs_f64()).sum();
        for o in operations.iter().take(MAX_OPERATIONS) {
            writeln!(
                f,
                "  {:>5.1} %  {:>8}  stage {}  {}, {} calls, {}",
                100.0 * o.time.as_secs_f64() / all.max(1e-9),
                seconds(o.time),
                o.stage,
                o.name,
                o.calls,
                Memory::new(o.bytes)
            )?;
        }
        Ok(())
    }
}
