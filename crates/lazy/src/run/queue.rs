//! Which tasks may begin: in order, as far as memory, locks and threads allow.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use graticule_array::{Error, Result};

use super::SharedColumn;
use crate::plan::{Plan, Stage, Task};
use crate::session::Purse;

/// The tasks of a plan, handed out as they are admitted. Nobody ever waits here: whoever ends
/// a task asks what may begin.
pub(super) struct Queue<'p> {
    plan: &'p Plan,
    purse: Arc<Purse>,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// The stage and the number of the next task.
    stage: usize,
    next: usize,
    /// Bytes of the slots of the stages begun so far that are still needed.
    slots: u64,
    /// Bytes of tasks begun and not merged, and of their columns.
    flying: u64,
    peak: u64,
    running: usize,
    /// Tasks begun and not merged.
    open: usize,
    done: usize,
    /// Tasks of each stage that are not merged yet.
    left: Vec<usize>,
    /// The first stage that is not complete.
    first: usize,
    columns: HashMap<(usize, usize, usize), SharedColumn>,
    locks: HashMap<&'static str, usize>,
    /// Tasks that read from, or write to, what serves only some at a time.
    limited: usize,
    error: Option<(Task, Error)>,
}

impl<'p> Queue<'p> {
    pub(super) fn new(plan: &'p Plan, purse: Arc<Purse>) -> Self {
        let left: Vec<usize> = plan.stages.iter().map(Stage::tasks).collect();
        let mut state = State { left, slots: plan.held(0, 0), ..State::default() };
        state.peak = state.slots;
        Self { plan, purse, state: Mutex::new(state) }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The tasks that may begin now.
    pub(super) fn admit(&self) -> Vec<Task> {
        let mut state = self.lock();
        let mut out = Vec::new();
        while let Some(task) = self.next(&mut state) {
            out.push(task);
        }
        self.purse.set(state.slots.saturating_add(state.flying), state.running);
        out
    }

    fn next(&self, state: &mut State) -> Option<Task> {
        if state.error.is_some() {
            return None;
        }
        // On to the next stage, once this one's tasks are handed out and what the next one
        // needs is there.
        loop {
            let stage = self.plan.stages.get(state.stage)?;
            if state.next < stage.tasks() {
                break;
            }
            let following = self.plan.stages.get(state.stage + 1)?;
            let made = |slot: &usize| {
                let by = self.plan.slots.get(*slot).map_or(0, |s| s.made_by);
                state.left.get(by).is_some_and(|n| *n == 0)
            };
            if !following.needs.iter().all(made) {
                return None;
            }
            let slots = self.plan.held(state.first.min(state.stage + 1), state.stage + 1);
            if state.running > 0 && slots.saturating_add(state.flying) > self.plan.room {
                return None;
            }
            state.stage += 1;
            state.next = 0;
            state.slots = slots;
        }
        let number = state.stage;
        let stage = self.plan.stages.get(number)?;
        let task = stage.task(number, state.next);
        if state.open > 0 && !self.has_room(state, stage, task) {
            return None;
        }
        state.next += 1;
        state.open += 1;
        state.running += 1;
        state.flying += stage.fit.task_bytes;
        if let Entry::Vacant(entry) = state.columns.entry(key(task)) {
            entry.insert(SharedColumn::default());
            state.flying += stage.fit.column_bytes;
        }
        for lock in &stage.reads.locks {
            *state.locks.entry(lock).or_default() += 1;
        }
        state.limited += usize::from(stage.reads.parallel.is_some());
        state.peak = state.peak.max(state.slots.saturating_add(state.flying));
        Some(task)
    }

    fn has_room(&self, state: &State, stage: &Stage, task: Task) -> bool {
        let mut bytes = stage.fit.task_bytes;
        if !state.columns.contains_key(&key(task)) {
            bytes = bytes.saturating_add(stage.fit.column_bytes);
        }
        let all = state.slots.saturating_add(state.flying).saturating_add(bytes);
        let all = all.saturating_add(self.purse.lent());
        let free = |lock: &&'static str| state.locks.get(*lock).is_none_or(|n| *n == 0);
        state.running < self.plan.threads
            && state.open < self.plan.window()
            && all <= self.plan.room
            && stage.reads.locks.iter().all(free)
            && stage.reads.parallel.is_none_or(|n| state.limited < n.max(1))
    }

    /// A task has read and computed; its state may have to wait for its turn.
    pub(super) fn computed(&self, task: Task) {
        let mut state = self.lock();
        self.stop_reading(&mut state, task);
        // Of its memory only its state is left.
        if let Some(stage) = self.plan.stages.get(task.stage) {
            let gone = stage.fit.task_bytes.saturating_sub(stage.fit.state_bytes);
            state.flying = state.flying.saturating_sub(gone);
        }
    }

    fn stop_reading(&self, state: &mut State, task: Task) {
        let Some(stage) = self.plan.stages.get(task.stage) else { return };
        for lock in &stage.reads.locks {
            if let Some(n) = state.locks.get_mut(lock) {
                *n = n.saturating_sub(1);
            }
        }
        let limited = usize::from(stage.reads.parallel.is_some());
        state.limited = state.limited.saturating_sub(limited);
    }

    /// The column of a task.
    pub(super) fn column(&self, task: Task) -> SharedColumn {
        self.lock().columns.entry(key(task)).or_default().clone()
    }

    /// Runs of a task's column were merged.
    pub(super) fn merged(&self, task: Task, count: usize, complete: bool) {
        let mut state = self.lock();
        let Some(stage) = self.plan.stages.get(task.stage) else { return };
        let bytes = stage.fit.state_bytes.saturating_mul(count as u64);
        state.flying = state.flying.saturating_sub(bytes);
        state.open = state.open.saturating_sub(count);
        state.done += count;
        if complete {
            state.flying = state.flying.saturating_sub(stage.fit.column_bytes);
            state.columns.remove(&key(task));
        }
        if let Some(left) = state.left.get_mut(task.stage) {
            *left = left.saturating_sub(count);
        }
    }

    /// A thread is done with a task. Gives the first stage that is not complete, if that
    /// changed: nothing before it runs any more.
    pub(super) fn finished(&self) -> Option<usize> {
        let mut state = self.lock();
        state.running = state.running.saturating_sub(1);
        let before = state.first;
        while state.left.get(state.first) == Some(&0) {
            state.first += 1;
        }
        if state.first == before {
            return None;
        }
        state.slots = self.plan.held(state.first.min(state.stage), state.stage);
        Some(state.first)
    }

    /// A task failed: nothing more begins. The earliest task's error is kept.
    pub(super) fn fail(&self, task: Task, error: Error) {
        let mut state = self.lock();
        if state.error.as_ref().is_none_or(|(first, _)| task < *first) {
            state.error = Some((task, error));
        }
    }

    pub(super) fn result(&self) -> Result<()> {
        match &self.lock().error {
            Some((_, error)) => Err(error.clone()),
            None => Ok(()),
        }
    }

    pub(super) fn is_complete(&self) -> bool {
        self.lock().left.iter().all(|n| *n == 0)
    }

    pub(super) fn done(&self) -> usize {
        self.lock().done
    }

    /// Tasks that are merged, and bytes in use.
    pub(super) fn progress(&self) -> (usize, u64) {
        let state = self.lock();
        (state.done, state.slots.saturating_add(state.flying))
    }

    pub(super) fn peak(&self) -> u64 {
        self.lock().peak.max(self.purse.peak())
    }
}

fn key(task: Task) -> (usize, usize, usize) {
    (task.stage, task.column, task.pass)
}
