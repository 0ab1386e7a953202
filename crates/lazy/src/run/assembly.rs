//! Running a plan task by task, whoever runs them, and putting the results together.

use std::any::Any;
use std::collections::{HashMap, HashSet};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use graticule_array::{Array, Error, Region, Result, Watch, watched};

use super::partial::{Part, Partial};
use super::slots::Slots;
use super::task::{Local, Place, run_task};
use super::watch::RunWatch;
use super::{SharedColumn, panicked};
use crate::expr::NodeId;
use crate::kernel::Buffers;
use crate::plan::{Action, Plan, Stage, Task};
use crate::profile::StageProfile;
use crate::session::RunOptions;

/// The run of a plan by an [`Executor`](crate::Executor): tasks are run one by one, here or
/// elsewhere, in any order within a stage, more than once if need be; what they made is merged
/// in the order of the plan, so that the result is the same to the last bit.
///
/// ```
/// use graticule_array::{Array, ReduceParams, reduction};
/// use graticule_lazy::{Assembly, LazyArray, Session};
/// let x = LazyArray::constant(Array::from_vec([4], vec![1.0f64, 2.0, 3.0, 6.0])?);
/// let mean = x.reduce(reduction("mean", &ReduceParams::default())?, &[0])?;
/// let plan = Session::default().plan(&[mean])?;
/// let assembly = Assembly::new(&plan);
/// for stage in 0..plan.stages() {
///     for task in 0..plan.tasks(stage) {
///         assembly.add(stage, task, assembly.run_task(stage, task)?)?;
///     }
/// }
/// assert_eq!(assembly.finish()?[0].to_flat::<f64>()?, [3.0]);
/// # Ok::<(), graticule_array::Error>(())
/// ```
pub struct Assembly<'p> {
    plan: &'p Plan,
    watch: Arc<RunWatch>,
    slots: Slots<'p>,
    buffers: Buffers,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    columns: HashMap<(usize, usize, usize), SharedColumn>,
    /// Tasks whose results are there, by stage.
    added: Vec<HashSet<usize>>,
    /// Runs that are merged, by stage.
    merged: Vec<usize>,
    /// The first stage that is not complete.
    first: usize,
    /// Bytes and chunks that were read.
    read: (u64, u64),
}

impl<'p> Assembly<'p> {
    /// Nothing run yet.
    #[must_use]
    pub fn new(plan: &'p Plan) -> Self {
        Self::with_options(plan, RunOptions::default())
    }

    /// Nothing run yet; [`run_task`](Self::run_task) heeds the stop flag and the time limit.
    #[must_use]
    pub fn with_options(plan: &'p Plan, options: RunOptions) -> Self {
        let stages = plan.stages.len();
        let state = State {
            added: vec![HashSet::new(); stages],
            merged: vec![0; stages],
            ..State::default()
        };
        Self {
            plan,
            watch: RunWatch::new(options.stop, options.deadline),
            slots: Slots::new(plan),
            buffers: Buffers::default(),
            state: Mutex::new(state),
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether a stage's tasks may run: all stages that it needs are complete.
    #[must_use]
    pub fn is_ready(&self, stage: usize) -> bool {
        let state = self.lock();
        let done = |by: usize| {
            let all = self.plan.stages.get(by).map_or(0, Stage::tasks);
            state.merged.get(by).is_some_and(|n| *n == all)
        };
        self.plan.stages.get(stage).is_some_and(|s| {
            let made_by = |slot: &usize| self.plan.slots.get(*slot).map(|s| s.made_by);
            s.needs.iter().filter_map(made_by).all(done)
        })
    }

    /// The stage and the task of these numbers, if it may run.
    pub(crate) fn task(&self, stage: usize, number: usize) -> Result<(&'p Stage, Task)> {
        let found = self.plan.stages.get(stage).filter(|s| number < s.tasks());
        let found = found.ok_or_else(|| {
            Error::invalid(format!("this plan has no task {number} of stage {stage}"))
        })?;
        if found.stream.is_some() {
            return Err(Error::unsupported(format!(
                "the blocks of stage {stage} follow each other, so its tasks do not run alone"
            ))
            .hint("plan with a session whose executor is not its threads"));
        }
        if !self.is_ready(stage) {
            return Err(Error::invalid(format!(
                "stage {stage} needs stages that are not complete"
            )));
        }
        Ok((found, found.task(stage, number)))
    }

    /// What the tasks of a stage take from earlier stages.
    #[cfg(feature = "wire")]
    pub(crate) fn results(&self, stage: &Stage) -> Result<HashMap<NodeId, Array>> {
        self.slots.results(stage)
    }

    /// Runs one task on the calling thread. Both numbers count from 0.
    ///
    /// # Errors
    /// If there is no such task, stages that it needs are not complete, or it fails.
    pub fn run_task(&self, stage: usize, number: usize) -> Result<Partial> {
        let (stage, task) = self.task(stage, number)?;
        let results = self.slots.results(stage)?;
        Cell::new(stage, &results, &self.buffers, self.watch.clone()).run(stage, task)
    }

    /// Adds what a task made. What comes a second time is left out.
    ///
    /// # Errors
    /// If it is not what that task makes, or a sink refuses.
    pub fn add(&self, stage: usize, number: usize, partial: Partial) -> Result<()> {
        let (found, task) = self.task(stage, number)?;
        partial.check(found, task)?;
        let column = {
            let mut state = self.lock();
            if !state.added.get_mut(stage).is_some_and(|a| a.insert(number)) {
                return Ok(());
            }
            state.read.0 = state.read.0.saturating_add(partial.read.0);
            state.read.1 = state.read.1.saturating_add(partial.read.1);
            state.columns.entry((stage, task.column, task.pass)).or_default().clone()
        };
        let mut locals: Vec<Option<Local>> = Vec::with_capacity(partial.parts.len());
        for (part, consumer) in partial.parts.into_iter().zip(&found.consumers) {
            locals.push(match part {
                Part::State(local) => Some(local),
                Part::Values(boxes) => {
                    for (region, values) in boxes {
                        self.slots.take(&consumer.action, &region, &values)?;
                    }
                    None
                }
                Part::Nothing => None,
            });
        }
        let (merged, complete) = column.add(&self.slots, found, task, locals, &self.buffers)?;
        let mut state = self.lock();
        if complete {
            state.columns.remove(&(stage, task.column, task.pass));
        }
        if let Some(n) = state.merged.get_mut(stage) {
            *n += merged;
        }
        let tasks = |stage: usize| self.plan.stages.get(stage).map(Stage::tasks);
        while state.merged.get(state.first).copied() == tasks(state.first)
            && state.first < self.plan.stages.len()
        {
            state.first += 1;
        }
        self.slots.release(state.first);
        Ok(())
    }

    /// Bytes and chunks that were read for what was added.
    #[must_use]
    pub fn read(&self) -> (u64, u64) {
        self.lock().read
    }

    /// The results, once everything was added.
    ///
    /// # Errors
    /// If tasks are missing.
    pub fn finish(self) -> Result<Vec<Array>> {
        let missing = {
            let state = self.lock();
            let stages = self.plan.stages.iter().zip(&state.merged);
            stages.map(|(stage, n)| stage.tasks().saturating_sub(*n)).sum::<usize>()
        };
        if missing > 0 {
            return Err(Error::invalid(format!("{missing} tasks of the plan were not run")));
        }
        self.slots.outputs()
    }
}

/// Where one task runs alone.
pub(crate) struct Cell<'a> {
    results: &'a HashMap<NodeId, Array>,
    buffers: &'a Buffers,
    watch: Arc<dyn Watch>,
    kept: Mutex<Vec<Vec<(Region, Array)>>>,
    read: AtomicU64,
    profile: StageProfile,
}

impl<'a> Cell<'a> {
    pub(crate) fn new(
        stage: &Stage,
        results: &'a HashMap<NodeId, Array>,
        buffers: &'a Buffers,
        watch: Arc<dyn Watch>,
    ) -> Self {
        Self {
            results,
            buffers,
            watch,
            kept: Mutex::new(vec![Vec::new(); stage.consumers.len()]),
            read: AtomicU64::new(0),
            profile: StageProfile::default(),
        }
    }

    /// Runs a task. A panic becomes an error.
    pub(crate) fn run(self, stage: &Stage, task: Task) -> Result<Partial> {
        let done = catch_unwind(AssertUnwindSafe(|| {
            watched(self.watch.clone(), || run_task(&self, stage, task))
        }));
        let locals = done.unwrap_or_else(|panic: Box<dyn Any + Send>| Err(panicked(&*panic)))?;
        let read = (self.read.load(Ordering::Relaxed), self.profile.report().chunks);
        let kept = self.kept.into_inner().unwrap_or_else(PoisonError::into_inner);
        let parts = locals.into_iter().zip(kept).zip(&stage.consumers).map(
            |((local, boxes), c)| match local {
                Some(local) => Part::State(local),
                None if stage.takes_part(c, task.pass) => Part::Values(boxes),
                None => Part::Nothing,
            },
        );
        Ok(Partial { parts: parts.collect(), read })
    }
}

impl Place for Cell<'_> {
    fn check(&self) -> Result<()> {
        self.watch.go_on()
    }

    fn results(&self, _: &Stage) -> Result<HashMap<NodeId, Array>> {
        Ok(self.results.clone())
    }

    fn take(&self, consumer: usize, _: &Action, region: &Region, values: &Array) -> Result<()> {
        // The array may be a buffer, or a part of one, that is used again.
        let mut copy = Array::zeros(values.dtype(), values.shape())?;
        copy.view_mut().assign(values)?;
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let boxes = kept.get_mut(consumer).ok_or_else(|| Error::bug("a consumer was lost"))?;
        boxes.push((region.clone(), copy));
        Ok(())
    }

    fn buffers(&self) -> &Buffers {
        self.buffers
    }

    fn read(&self) -> &AtomicU64 {
        &self.read
    }

    fn profile(&self, _: Task) -> Result<&StageProfile> {
        Ok(&self.profile)
    }
}
