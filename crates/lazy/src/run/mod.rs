//! Execution of a plan on a session's threads. See the README beside this file.

mod assembly;
mod columns;
mod copy;
mod cpu;
mod executor;
mod lane;
mod partial;
mod queue;
mod slots;
mod task;
mod turns;
mod watch;

pub use assembly::Assembly;
pub use executor::{Executor, Serial, Threads};
pub use partial::Partial;
pub(crate) use task::PIECE;
pub(crate) use watch::{Account, RunWatch};
#[cfg(feature = "wire")]
pub(crate) use {assembly::Cell, partial::Part, task::Local};

use std::any::Any;
use std::collections::HashMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use graticule_array::{Array, Error, Region, Result, go_on, watched};
use graticule_storage::ChunkSink;
use rayon::{Scope, ThreadPool};

use crate::expr::NodeId;
use crate::kernel::Buffers;
use crate::plan::{Action, Plan, Stage, Task};
use crate::profile::{ActiveTask, MAX_SPANS, PostMortem, Recorder, Span, Spent, StageProfile};
use crate::session::{Event, Purse, RunOptions, RunReport, Status};
use queue::Queue;
use slots::Slots;
use task::Place;

/// A status is told at most every so often.
const STATUS_MILLIS: u64 = 200;

/// What the tasks of a run share.
pub(crate) struct Context<'p> {
    plan: &'p Plan,
    options: &'p RunOptions,
    started: Instant,
    watch: Arc<RunWatch>,
    slots: Slots<'p>,
    pub(crate) buffers: Buffers,
    pub(crate) read: AtomicU64,
    /// Bytes that events have told of.
    told: AtomicU64,
    queue: Queue<'p>,
    purse: &'p Arc<Purse>,
    profiles: Vec<StageProfile>,
    spans: Mutex<Vec<Span>>,
    recorder: Recorder,
    /// When the last status was told, in milliseconds from the beginning.
    status: AtomicU64,
}

impl Context<'_> {
    /// What a stage spends.
    pub(crate) fn profile(&self, stage: usize) -> Result<&StageProfile> {
        self.profiles.get(stage).ok_or_else(|| Error::bug("a stage was lost"))
    }

    /// Tells how far the run has come, now and then.
    fn tell_status(&self, always: bool) {
        if self.options.progress.is_none() {
            return;
        }
        let elapsed = self.started.elapsed();
        let now = elapsed.as_millis() as u64;
        let before = self.status.load(Ordering::Relaxed);
        let due = always || now >= before.saturating_add(STATUS_MILLIS);
        let turn = || {
            let order = Ordering::Relaxed;
            self.status.compare_exchange(before, now, order, order).is_ok()
        };
        if !due || !(turn() || always) {
            return;
        }
        let totals = self.plan.totals();
        let (done, flying) = self.queue.progress();
        let bytes = self.read.load(Ordering::Relaxed);
        let chunks = self.profiles.iter().map(|p| p.report().chunks).sum();
        // What is read takes the time, if anything is.
        let share = match totals.bytes_read {
            0 => done as f64 / totals.tasks.max(1) as f64,
            all => bytes as f64 / all as f64,
        };
        let left = (share > 0.0).then(|| elapsed.mul_f64(((1.0 - share) / share).clamp(0.0, 1e6)));
        self.tell(&Event::Status(Status {
            tasks: (done, totals.tasks),
            bytes: (bytes, totals.bytes_read),
            chunks: (chunks, totals.chunks as u64),
            memory: (flying, self.plan.budget),
            elapsed,
            left,
        }));
    }

    fn tell(&self, event: &Event) {
        if let Some(progress) = &self.options.progress {
            progress.event(event);
        }
    }
}

impl Place for Context<'_> {
    fn check(&self) -> Result<()> {
        self.tell_status(false);
        go_on()
    }

    fn results(&self, stage: &Stage) -> Result<HashMap<NodeId, Array>> {
        self.slots.results(stage)
    }

    fn take(&self, _: usize, action: &Action, region: &Region, values: &Array) -> Result<()> {
        self.slots.take(action, region, values)
    }

    fn sink<'a>(&self, action: &'a Action) -> Option<&'a Arc<dyn ChunkSink>> {
        match action {
            Action::Write(sink, None) => Some(sink),
            _ => None,
        }
    }

    fn buffers(&self) -> &Buffers {
        &self.buffers
    }

    fn read(&self) -> &AtomicU64 {
        &self.read
    }

    fn profile(&self, task: Task) -> Result<&StageProfile> {
        self.profile(task.stage)
    }
}

/// Runs a plan; gives its outputs in memory, and what the run used.
pub(crate) fn run(
    plan: &Plan,
    pool: &ThreadPool,
    options: &RunOptions,
    purse: &Arc<Purse>,
) -> (Result<Vec<Array>>, RunReport, Option<PostMortem>) {
    let started = Instant::now();
    // Inside the pool, other threads may be busy: do not wait for all of them; and small runs
    // are not worth asking.
    let small = plan.totals().tasks < 2 * plan.threads;
    let silent = small || pool.current_thread_index().is_some();
    let cpu = || if silent { Vec::new() } else { pool.broadcast(|_| cpu::thread_time()) };
    let before = cpu();
    let cx = Context {
        plan,
        options,
        started,
        watch: RunWatch::new(options.stop.clone(), options.deadline),
        slots: Slots::new(plan),
        buffers: Buffers::default(),
        read: AtomicU64::new(0),
        told: AtomicU64::new(0),
        queue: Queue::new(plan, purse.clone()),
        purse,
        profiles: plan.stages.iter().map(|_| StageProfile::default()).collect(),
        spans: Mutex::default(),
        recorder: Recorder::default(),
        status: AtomicU64::new(0),
    };
    cx.tell(&Event::Started { tasks: plan.totals().tasks, bytes: plan.totals().bytes_read });
    pool.install(|| {
        rayon::scope(|scope| {
            for task in cx.queue.admit() {
                let cx = &cx;
                scope.spawn(move |scope| work(scope, cx, task));
            }
        });
    });
    cx.tell_status(true);
    cx.tell(&Event::Finished);
    let result =
        cx.queue.result().and_then(|()| cx.check_complete()).and_then(|()| cx.slots.outputs());
    let after = cpu();
    let report = RunReport {
        cpu: after.iter().zip(&before).map(|(a, b)| a.saturating_sub(*b)).collect(),
        wall: started.elapsed(),
        tasks: cx.queue.done(),
        bytes: cx.read.load(Ordering::Relaxed),
        peak_bytes: cx.queue.peak(),
        chunks: cx.profiles.iter().map(|p| p.report().chunks).sum(),
        stages: cx.profiles.iter().map(StageProfile::report).collect(),
        operations: cx.profiles.iter().enumerate().flat_map(|(i, p)| p.operations(i)).collect(),
        spans: std::mem::take(&mut *cx.spans.lock().unwrap_or_else(PoisonError::into_inner)),
    };
    let failed = result.as_ref().err().map(|error| cx.post_mortem(error, &report));
    (result, report, failed)
}

impl Context<'_> {
    fn post_mortem(&self, error: &Error, report: &RunReport) -> PostMortem {
        let (active, events) = self.recorder.take();
        let active = active.into_iter().map(|(task, running)| ActiveTask {
            stage: task.stage + 1,
            column: task.column,
            run: task.run,
            running,
            memory: self.plan.stages.get(task.stage).map_or(0, |s| s.fit.task_bytes),
        });
        PostMortem {
            error: error.to_string(),
            plan: Some(self.plan.to_string()),
            elapsed: report.wall,
            active: active.collect(),
            events,
            bytes: report.bytes,
            peak_bytes: report.peak_bytes,
            budget: self.plan.budget,
        }
    }

    /// Notes a task that ended.
    fn note(&self, task: Task, begun: Duration, ended: Duration) {
        if let Ok(profile) = self.profile(task.stage) {
            profile.task(begun, ended);
        }
        let thread = rayon::current_thread_index().unwrap_or(0);
        let mut spans = self.spans.lock().unwrap_or_else(PoisonError::into_inner);
        if spans.len() < MAX_SPANS {
            let (stage, column, run) = (task.stage + 1, task.column, task.run);
            spans.push(Span { stage, column, run, thread, begun, ended });
        }
    }

    fn check_complete(&self) -> Result<()> {
        if self.queue.is_complete() {
            Ok(())
        } else {
            Err(Error::bug("a run ended before all its tasks were done"))
        }
    }
}

/// Runs a task, then as many others as were admitted for it.
fn work<'s, 'p: 's>(scope: &Scope<'s>, cx: &'s Context<'p>, task: Task) {
    let mut task = task;
    let mut begun = cx.started.elapsed();
    loop {
        cx.recorder.begin(task, begun);
        let run = || watched(cx.watch.of(task), || execute(cx, task));
        let done = catch_unwind(AssertUnwindSafe(|| cx.purse.task(run)));
        let ended = cx.started.elapsed();
        cx.note(task, begun, ended);
        match done.unwrap_or_else(|panic| Err(panicked(panic.as_ref()))) {
            Ok(()) => {
                let now = cx.read.load(Ordering::Relaxed);
                let bytes = now.saturating_sub(cx.told.fetch_max(now, Ordering::Relaxed));
                cx.recorder.end(task, ended);
                cx.tell(&Event::Advanced { tasks: 1, bytes });
                cx.tell_status(false);
            }
            Err(error) => {
                cx.recorder.fail(task, ended);
                cx.watch.fail(task);
                cx.queue.fail(task, error);
            }
        }
        if let Some(stage) = cx.queue.finished() {
            cx.slots.release(stage);
            cx.buffers.clear();
        }
        let mut admitted = cx.queue.admit().into_iter();
        let Some(next) = admitted.next() else { return };
        for other in admitted {
            scope.spawn(move |scope| work(scope, cx, other));
        }
        (task, begun) = (next, ended);
    }
}

fn execute(cx: &Context<'_>, task: Task) -> Result<()> {
    cx.check()?;
    let stage = cx.plan.stages.get(task.stage).ok_or_else(|| Error::bug("a stage was lost"))?;
    if let Some(stream) = &stage.stream {
        let parts = lane::read_parts(cx, stage, stream, task)?;
        cx.queue.computed(task);
        let (gone, complete) = cx.queue.column(task).lane.add(cx, stage, stream, task, parts)?;
        cx.queue.merged(task, gone, complete);
        return Ok(());
    }
    let locals = task::run_task(cx, stage, task)?;
    cx.queue.computed(task);
    let column = cx.queue.column(task);
    let start = Instant::now();
    let reduces = locals.iter().any(Option::is_some);
    let (merged, complete) = column.add(&cx.slots, stage, task, locals, &cx.buffers)?;
    if reduces {
        cx.profile(task.stage)?.record([("merge", Spent::since(start, 0))]);
    }
    cx.queue.merged(task, merged, complete);
    Ok(())
}

fn panicked(panic: &(dyn Any + Send)) -> Error {
    let text = panic.downcast_ref::<&str>().map(|s| (*s).to_owned());
    let text = text.or_else(|| panic.downcast_ref::<String>().cloned());
    Error::bug(format!("a task panicked: {}", text.unwrap_or_default()))
}

/// Shared by the tasks of a column.
type SharedColumn = Arc<columns::Column>;
