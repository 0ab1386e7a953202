//! What one task made.

use graticule_array::{Array, Error, Region, Result};

use super::task::Local;
use crate::plan::{Action, Consumer, Stage, Task, met_groups};

/// What one task of a plan made: the states of reductions, and the values of boxes that are kept
/// or written. [`Assembly::add`](crate::Assembly::add) puts partial results together.
#[derive(Debug, Default)]
pub struct Partial {
    /// One part for each consumer of the stage.
    pub(crate) parts: Vec<Part>,
    /// Bytes and chunks that were read for it.
    pub(crate) read: (u64, u64),
}

/// What one task made for one consumer.
#[derive(Debug, Default)]
pub(crate) enum Part {
    /// Nothing: the consumer takes no part in this pass.
    #[default]
    Nothing,
    /// A reduction's state.
    State(Local),
    /// Values of boxes.
    Values(Vec<(Region, Array)>),
}

impl Partial {
    /// Bytes of memory that it takes.
    #[must_use]
    pub fn bytes(&self) -> usize {
        let part = |p: &Part| match p {
            Part::Nothing => 0,
            Part::State(local) => local.state.bytes(),
            Part::Values(boxes) => boxes.iter().map(|(_, values)| values.bytes()).sum(),
        };
        self.parts.iter().map(part).sum()
    }

    /// Checks that it may have been made by this task: it may come from anywhere.
    pub(crate) fn check(&self, stage: &Stage, task: Task) -> Result<()> {
        if self.parts.len() != stage.consumers.len() {
            return Err(wrong("it has other consumers"));
        }
        for (part, consumer) in self.parts.iter().zip(&stage.consumers) {
            match (part, &consumer.action) {
                (Part::State(local), Action::Reduce(..)) => local.check(stage, task, consumer)?,
                (Part::Values(boxes), Action::Collect(_) | Action::Write(..)) => {
                    for (region, values) in boxes {
                        region.check_within(consumer.input.shape())?;
                        let fits = values.shape() == region.len
                            && values.dtype() == consumer.input.dtype();
                        if !fits {
                            return Err(wrong("values do not fit their box"));
                        }
                    }
                }
                (Part::Nothing, Action::Collect(_) | Action::Write(..)) => {}
                _ => return Err(wrong("it holds something else than its stage makes")),
            }
        }
        Ok(())
    }
}

impl Local {
    fn check(&self, stage: &Stage, task: Task, consumer: &Consumer) -> Result<()> {
        let Action::Reduce(spec, _) = &consumer.action else { return Ok(()) };
        let pass = stage.groups(spec, task.pass);
        let expected = match &spec.groups {
            Some(g) if stage.geometry.runs() > 1 => {
                let met = met_groups(&stage.geometry, g, task.run);
                Some(met.into_iter().filter(|c| pass.contains(c)).collect::<Vec<_>>())
            }
            _ => None,
        };
        if self.groups != expected {
            return Err(wrong("its groups are not those of its task"));
        }
        let count = expected.map_or(pass.len(), |e| e.len());
        let cells = count.checked_mul(stage.column(task.column).count());
        let cells = cells.ok_or_else(|| wrong("its task has too many cells"))?;
        let empty = spec.reduction.start(consumer.input.dtype(), cells)?;
        if self.state.is_like(&empty) { Ok(()) } else { Err(wrong("its state has other parts")) }
    }
}

fn wrong(why: &str) -> Error {
    Error::corrupt(format!("a partial result that does not belong to its task: {why}"))
}
