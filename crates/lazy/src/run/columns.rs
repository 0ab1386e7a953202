//! Columns: the states of runs are merged in the order of the runs, whoever finishes first.

use std::sync::{Mutex, PoisonError};

use graticule_array::{Error, Result, State};

use super::lane::Lane;
use super::slots::Slots;
use super::task::{Local, place};
use super::turns::Turns;
use crate::kernel::Buffers;
use crate::plan::{Action, Stage, Task};

/// One state per consumer; `None` for those that do not reduce.
pub(super) type States = Vec<Option<State>>;

/// A column in one pass: what was merged, and what waits for its turn. Of stages that are
/// walked, a lane.
#[derive(Default)]
pub(crate) struct Column {
    runs: Turns<Vec<Option<Local>>>,
    merged: Mutex<Option<States>>,
    pub(crate) lane: Lane,
}

impl Column {
    /// Takes the states of a run; merges them and all that wait behind it if it is their turn,
    /// and stores the result after the last. Says how many runs were merged, and whether the
    /// column is complete.
    pub(crate) fn add(
        &self,
        slots: &Slots<'_>,
        stage: &Stage,
        task: Task,
        locals: Vec<Option<Local>>,
        buffers: &Buffers,
    ) -> Result<(usize, bool)> {
        if stage.runs() == 1 {
            finish(slots, stage, task, locals.into_iter().map(|l| l.map(|l| l.state)).collect())?;
            return Ok((1, true));
        }
        let states = || self.merged.lock().unwrap_or_else(PoisonError::into_inner);
        let (count, complete) = self.runs.take(task.run, stage.runs(), locals, |_, locals| {
            let before = states().take();
            let merged = merge(stage, task, before, locals, buffers)?;
            *states() = Some(merged);
            Ok(())
        })?;
        if complete {
            let states = states().take().unwrap_or_default();
            finish(slots, stage, task, states)?;
        }
        Ok((count, complete))
    }
}

/// Merges the states of a run into those of the runs before; what is done with goes to `buffers`.
pub(super) fn merge(
    stage: &Stage,
    task: Task,
    states: Option<States>,
    locals: Vec<Option<Local>>,
    buffers: &Buffers,
) -> Result<States> {
    let first = states.is_none();
    let mut states = states.unwrap_or_else(|| locals.iter().map(|_| None).collect());
    let column = stage.column(task.column).count();
    let consumers = stage.consumers.iter().enumerate();
    for ((state, local), (number, consumer)) in states.iter_mut().zip(locals).zip(consumers) {
        let key = (task.stage, number);
        let (Some(local), Action::Reduce(spec, _)) = (local, &consumer.action) else { continue };
        let Some(groups) = &local.groups else {
            // One group: the first run's state is where the others go.
            match state {
                None if first => *state = Some(local.state),
                None => return Err(Error::bug("a column lost its state")),
                Some(state) => {
                    let cells = local.state.cells();
                    spec.reduction.merge(state, 0, &local.state, 0..cells)?;
                    buffers.give_state(key, local.state);
                }
            }
            continue;
        };
        let pass = stage.groups(spec, task.pass);
        if first && groups.len() == pass.len() {
            // It has met all groups: the others go here as well.
            *state = Some(local.state);
            continue;
        }
        let into = match state {
            Some(state) => state,
            None => {
                let all = pass.len().checked_mul(column);
                let all = all.ok_or_else(|| Error::bug("a column has too many cells"))?;
                state.insert(spec.reduction.start(consumer.input.dtype(), all)?)
            }
        };
        for (number, group) in groups.iter().enumerate() {
            let at = (group - pass.start) * column;
            let from = number * column..(number + 1) * column;
            spec.reduction.merge(into, at, &local.state, from)?;
        }
        buffers.give_state(key, local.state);
    }
    Ok(states)
}

/// Turns the states of a complete column into values of the result.
pub(super) fn finish(slots: &Slots<'_>, stage: &Stage, task: Task, states: States) -> Result<()> {
    for (state, consumer) in states.into_iter().zip(&stage.consumers) {
        let (Some(state), Action::Reduce(spec, slot)) = (state, &consumer.action) else { continue };
        let cells = spec.reduction.finish(state, consumer.input.dtype())?;
        let (region, values) = place(stage, spec, task, &cells)?;
        slots.put(*slot, &region, values)?;
    }
    Ok(())
}
