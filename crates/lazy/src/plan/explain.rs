//! A plan as text.

use std::collections::HashSet;
use std::fmt;

use super::fit::block_lens;
use super::{Action, Consumer, Plan, Stage};
use crate::expr::{LazyArray, Op};
use crate::session::Memory;

/// Longer chains are cut in the middle.
const MAX_STEPS: usize = 8;

impl fmt::Display for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let t = &self.totals;
        let (read, peak) = (Memory::new(t.bytes_read), Memory::new(t.peak_bytes));
        write!(f, "reads     {read} in {} chunks", thousands(t.chunks))?;
        let sources: HashSet<_> = self.stages.iter().flat_map(|s| &s.reads.ids).collect();
        let sources = sources.len();
        write!(f, " of {} source{}", thousands(sources), plural(sources))?;
        if t.stored_bytes > 0 {
            write!(f, ", {} on disk", Memory::new(t.stored_bytes))?;
        }
        let (budget, threads) = (Memory::new(self.budget), self.threads);
        writeln!(f)?;
        writeln!(f, "memory    peak {peak} of {budget}, {threads} thread{}", plural(threads))?;
        for (i, stage) in self.stages.iter().enumerate() {
            write_stage(f, i + 1, stage)?;
        }
        if self.rules.is_empty() {
            write!(f, "rules     none")
        } else {
            write!(f, "rules     {}", self.rules.join("  "))
        }
    }
}

/// As printed.
impl fmt::Debug for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

pub(crate) fn write_stage(f: &mut fmt::Formatter<'_>, number: usize, stage: &Stage) -> fmt::Result {
    let g = &stage.geometry;
    let (columns, runs) = (stage.fit.columns.count(), g.runs());
    write!(f, "stage {number:<4}")?;
    let names: Vec<String> = stage.consumers.iter().map(action).collect();
    write!(f, "{}", names.join(", "))?;
    writeln!(f)?;
    write!(f, "          {} task{}", thousands(stage.tasks()), plural(stage.tasks()))?;
    if let Some(stream) = &stage.stream {
        let steps = stream.steps.count();
        let lanes = stage.lanes(stream);
        write!(f, ": along axis {} in {} step{}", stream.axis, thousands(steps), plural(steps))?;
        write!(f, " × {} lane{}", thousands(lanes), plural(lanes))?;
        write!(f, ", {} held", Memory::new(stream.held))?;
    } else if !g.reduced.is_empty() {
        let passes = stage.fit.passes.len();
        write!(f, ": {} column{}", thousands(columns), plural(columns))?;
        if passes > 1 {
            write!(f, " × {passes} passes over the groups")?;
        }
        let blocks = g.run(0).len();
        write!(
            f,
            " × {} run{} of {blocks} block{}",
            thousands(runs),
            plural(runs),
            plural(blocks)
        )?;
    }
    write!(f, ", block {:?}", g.grid.largest())?;
    if let Some(strips) = stage.strips(&block_lens(g, &stage.fit.columns.largest())) {
        write!(f, " in strips {:?}", strips.lens)?;
    }
    writeln!(f)?;
    write!(f, "          {} per task", Memory::new(stage.fit.task_bytes))?;
    if stage.fit.column_bytes > 0 {
        write!(f, ", {} per column", Memory::new(stage.fit.column_bytes))?;
    }
    if stage.fit.reread >= 1.05 {
        write!(f, ", chunks read {:.1} times", stage.fit.reread)?;
    }
    writeln!(f)?;
    if let Some(source) = &stage.reads.example {
        write!(f, "  source  {source}")?;
        if stage.reads.sources > 1 {
            write!(f, " and {} more", thousands(stage.reads.sources - 1))?;
        }
        writeln!(f)?;
    }
    for consumer in &stage.consumers {
        let steps = chain(&consumer.input);
        if !steps.is_empty() {
            writeln!(f, "  steps   {}", steps.join(" → "))?;
        }
    }
    Ok(())
}

pub(super) fn action(consumer: &Consumer) -> String {
    match &consumer.action {
        Action::Collect(_) => {
            format!("keep {} {:?}", consumer.input.dtype(), consumer.input.shape())
        }
        Action::Write(_, Some(_)) => {
            let of = &consumer.input;
            format!("keep {} {:?} on disk", of.dtype(), of.shape())
        }
        Action::Write(_, None) => {
            format!("write {} {:?}", consumer.input.dtype(), consumer.input.shape())
        }
        Action::Reduce(spec, _) => spec.to_string(),
    }
}

/// The steps along the first inputs, in the order in which they run.
pub(super) fn chain(node: &LazyArray) -> Vec<String> {
    let mut steps = Vec::new();
    let mut at = Some(node);
    while let Some(node) = at {
        match node.op() {
            Op::Reduce(spec) => {
                steps.push(format!("result of {}", spec.reduction.name()));
                break;
            }
            Op::Kept(_) => {
                steps.push("what was kept".into());
                break;
            }
            Op::Read(_) => steps.push("read".into()),
            op => steps.push(op.to_string()),
        }
        at = node.inputs().first();
    }
    steps.reverse();
    if steps.len() > MAX_STEPS {
        let cut = steps.len() - MAX_STEPS;
        steps.drain(MAX_STEPS / 2..MAX_STEPS / 2 + cut);
        steps.insert(MAX_STEPS / 2, format!("{cut} more"));
    }
    steps
}

fn plural(n: usize) -> &'static str {
    if n == 1 { "" } else { "s" }
}

fn thousands(n: usize) -> String {
    let digits = n.to_string();
    let mut out = String::new();
    for (i, c) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(c);
    }
    out
}

#[cfg(test)]
mod tests {
    #[test]
    fn numbers_are_grouped() {
        assert_eq!(super::thousands(1), "1");
        assert_eq!(super::thousands(1_234_567), "1,234,567");
    }
}
