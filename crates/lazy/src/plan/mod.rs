//! What will be read and run, known before anything is. See the README beside this file.

mod blocks;
mod cost;
mod explain;
mod fit;
mod graph;
mod keep;
mod stages;
mod stream;
mod strips;
mod taps;

#[cfg(test)]
mod tests;

use std::collections::HashSet;
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

use graticule_array::{Array, ChunkGrid, DType, Region, Result};
use graticule_storage::ChunkSink;

use crate::expr::{LazyArray, NodeId, Op, ReduceSpec};
use crate::graph::Graph;

pub(crate) use blocks::{Geometry, Sizes, group};
pub(crate) use cost::Reads;
pub(crate) use cost::lies_in;
#[cfg(feature = "wire")]
pub(crate) use explain::write_stage;
pub(crate) use fit::{Crowd, Fit, met_groups, project};
pub(crate) use stream::{Piece, Stream, running_input, set};
pub(crate) use taps::Tap;

/// One part in this many of the budget is left to the allocator, which does not give all
/// freed memory back at once.
const SLACK: u64 = 8;

/// Peaks are this part higher than what tasks and results take, for what the allocator adds.
const OVERHEAD: u64 = 16;

/// Plans that read this many times as much as they must are compared with others.
const TOLERATED: f64 = 1.25;

/// One part in this many is left to functions of the user, which may compute something.
const FUNCTIONS: u64 = 8;

/// Sums over a plan.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Totals {
    /// Bytes that sources decode.
    pub bytes_read: u64,
    /// Bytes on disk behind them, where known.
    pub stored_bytes: u64,
    /// Bytes of memory that will be in use at most.
    pub peak_bytes: u64,
    /// The number of tasks.
    pub tasks: usize,
    /// The number of chunks that are read; chunks that are read twice count twice.
    pub chunks: usize,
}

/// What will be read and run. `Display` explains it.
///
/// ```
/// use graticule_array::{Array, ReduceParams, reduction};
/// use graticule_lazy::{LazyArray, Session};
/// let x = LazyArray::constant(Array::from_vec([4], vec![1.0f64, 2.0, 3.0, 6.0])?);
/// let mean = x.reduce(reduction("mean", &ReduceParams::default())?, &[0])?;
/// let plan = Session::default().plan(&[mean])?;
/// assert_eq!((plan.totals().tasks, plan.totals().bytes_read), (1, 0));
/// println!("{plan}");
/// # Ok::<(), graticule_array::Error>(())
/// ```
pub struct Plan {
    pub(crate) stages: Vec<Stage>,
    pub(crate) slots: Vec<Slot>,
    pub(crate) outputs: Vec<Output>,
    pub(crate) budget: u64,
    /// What tasks and results may take together; the rest is for the allocator.
    pub(crate) room: u64,
    pub(crate) threads: usize,
    rules: Vec<&'static str>,
    totals: Totals,
    /// What was asked for, and the sizes it was cut by: the plan follows from these.
    #[cfg(feature = "wire")]
    pub(crate) roots: Vec<LazyArray>,
    #[cfg(feature = "wire")]
    pub(crate) sizes: Sizes,
}

/// Where an output comes from.
#[derive(Debug)]
pub(crate) enum Output {
    /// It was in memory all along.
    Ready(Array),
    /// A stage fills this slot.
    Slot(usize),
    /// It goes to a sink.
    Stored,
}

/// An array in memory that a stage makes.
#[derive(Debug)]
pub(crate) struct Slot {
    pub(crate) id: NodeId,
    pub(crate) dtype: DType,
    pub(crate) shape: Vec<usize>,
    /// The stage that fills it.
    pub(crate) made_by: usize,
    /// The last stage that reads it; `None` for outputs, which stay.
    pub(crate) last_use: Option<usize>,
    /// Whether it is in a temporary file.
    pub(crate) on_disk: bool,
}

impl Slot {
    pub(crate) fn bytes(&self) -> u64 {
        if self.on_disk { 0 } else { self.size() }
    }

    /// Bytes of its elements, wherever they are.
    pub(crate) fn size(&self) -> u64 {
        let len = self.shape.iter().fold(1usize, |n, l| n.saturating_mul(*l));
        len.saturating_mul(self.dtype.planned_size()) as u64
    }
}

/// Consumers that are fed from one pass over an iteration space.
#[derive(Debug)]
pub(crate) struct Stage {
    pub(crate) geometry: Geometry,
    pub(crate) consumers: Vec<Consumer>,
    /// The slots that earlier stages must have filled.
    pub(crate) needs: Vec<usize>,
    pub(crate) fit: Fit,
    pub(crate) reads: Reads,
    /// Whether rows of equal fate (all kept or all reduced) are long enough to be handled as
    /// such, and from which axis on they run.
    pub(crate) rows_from: Option<usize>,
    /// Whether blocks need several boxes of some sources, which are read once for each block.
    pub(crate) covers: bool,
    /// How the blocks follow each other, if they do.
    pub(crate) stream: Option<Stream>,
    /// What reducing is called.
    pub(crate) reducing: String,
    /// What blocks read before they are cut into strips, if they may be.
    pub(crate) stored: Option<strips::Stored>,
}

/// What takes the values of a stage's blocks.
#[derive(Clone, Debug)]
pub(crate) struct Consumer {
    pub(crate) input: LazyArray,
    pub(crate) action: Action,
}

/// What a consumer does.
#[derive(Clone, Debug)]
pub(crate) enum Action {
    /// Keeps all values in a slot.
    Collect(usize),
    /// Writes all values: to a sink of the caller, or to the temporary file of a slot.
    Write(Arc<dyn ChunkSink>, Option<usize>),
    /// Reduces them into a slot.
    Reduce(ReduceSpec, usize),
}

/// One task of a stage.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Task {
    pub(crate) stage: usize,
    pub(crate) column: usize,
    pub(crate) pass: usize,
    pub(crate) run: usize,
}

impl Stage {
    /// A stage that somebody else planned, for its tasks to run alone: it needs no other stage.
    #[cfg(feature = "wire")]
    pub(crate) fn alone(geometry: Geometry, consumers: Vec<Consumer>, fit: Fit) -> Self {
        let rows_from = consumers.first().and_then(|c| stages::rows_from(&geometry, c));
        let (needs, reads) = (Vec::new(), Reads::default());
        let covers = stages::covers(&geometry, &consumers);
        let stored = strips::stored(&consumers, covers, Sizes::default());
        let (stream, reducing) = (None, stages::reducing(&consumers));
        Self { geometry, consumers, needs, fit, reads, rows_from, covers, stream, reducing, stored }
    }

    /// Bytes that one of its tasks takes.
    #[cfg(feature = "wire")]
    pub(crate) fn task_bytes(&self) -> u64 {
        fit::bytes_of(self)
    }

    /// The number of tasks.
    pub(crate) fn tasks(&self) -> usize {
        if let Some(stream) = &self.stream {
            return self.lanes(stream).saturating_mul(self.runs());
        }
        let columns = self.fit.columns.count();
        columns.saturating_mul(self.fit.passes.len()).saturating_mul(self.runs())
    }

    /// The number of tasks that follow each other: runs of a column, or steps of a lane.
    pub(crate) fn runs(&self) -> usize {
        self.stream.as_ref().map_or_else(|| self.geometry.runs(), |s| s.steps.count())
    }

    /// The blocks of all columns and passes.
    pub(crate) fn blocks(&self) -> usize {
        let columns = self.fit.columns.count();
        columns.saturating_mul(self.fit.passes.len()).saturating_mul(self.geometry.blocks())
    }

    /// The column, the pass, and the block in its column, of a number below
    /// [`blocks`](Self::blocks).
    pub(crate) fn block(&self, number: usize) -> (usize, usize, usize) {
        let (blocks, passes) = (self.geometry.blocks().max(1), self.fit.passes.len().max(1));
        (number / blocks / passes, number / blocks % passes, number % blocks)
    }

    /// The task of a number: runs fastest, so that columns are finished one after the other.
    pub(crate) fn task(&self, stage: usize, number: usize) -> Task {
        let (runs, passes) = (self.runs().max(1), self.fit.passes.len().max(1));
        Task {
            stage,
            run: number % runs,
            pass: number / runs % passes,
            column: number / runs / passes,
        }
    }

    /// The box of the kept axes that a column covers.
    pub(crate) fn column(&self, column: usize) -> Region {
        nth_region(&self.fit.columns, column)
    }

    /// The groups of a pass over this consumer.
    pub(crate) fn groups(&self, spec: &ReduceSpec, pass: usize) -> Range<usize> {
        let all = 0..spec.group_count();
        if spec.groups.is_none() || self.fit.passes.len() < 2 {
            return all;
        }
        self.fit.passes.get(pass).cloned().unwrap_or(all)
    }

    /// Whether a consumer takes part in a pass: what is kept or written is so once.
    pub(crate) fn takes_part(&self, consumer: &Consumer, pass: usize) -> bool {
        pass == 0 || matches!(consumer.action, Action::Reduce(..))
    }

    /// Whether no consumer needs a block in this pass.
    pub(crate) fn skips(&self, pass: usize, block: usize) -> bool {
        self.consumers.iter().all(|c| match &c.action {
            Action::Reduce(spec, _) => spec.groups.as_ref().is_some_and(|g| {
                let wanted = self.groups(spec, pass);
                let codes = g.codes.get(self.geometry.positions(block, g.axis));
                !codes.unwrap_or(&[]).iter().any(|c| wanted.contains(&(*c as usize)))
            }),
            _ => !self.takes_part(c, pass),
        })
    }
}

/// Whether some step is a function of the user.
fn calls_functions(roots: &[LazyArray]) -> bool {
    let mut seen = HashSet::new();
    let mut todo = roots.to_vec();
    while let Some(node) = todo.pop() {
        if matches!(node.op(), Op::Block(op) if op.key().is_none()) {
            return true;
        }
        if seen.insert(node.id()) {
            todo.extend(node.inputs().iter().cloned());
        }
    }
    false
}

/// The `n`-th block of a grid in row-major order.
pub(crate) fn nth_region(grid: &ChunkGrid, n: usize) -> Region {
    let mut rest = n;
    let counts = grid.counts();
    let mut index = vec![0; counts.len()];
    for (i, n) in index.iter_mut().zip(&counts).rev() {
        *i = rest % (*n).max(1);
        rest /= (*n).max(1);
    }
    grid.region(&index)
}

impl Plan {
    /// Plans outputs together; with sinks, one per output, they are written instead of kept.
    /// Stages are walked only if `walks`.
    pub(crate) fn new(
        outputs: &[LazyArray],
        sinks: &[Arc<dyn ChunkSink>],
        budget: u64,
        threads: usize,
        sizes: Sizes,
        folder: &Path,
        walks: bool,
    ) -> Result<Self> {
        let graph = Graph::new(outputs).optimize()?;
        let (roots, rules) = (graph.outputs(), graph.rules());
        let mut room = budget - budget / SLACK;
        if calls_functions(roots) {
            room -= budget / FUNCTIONS;
        }
        let assemble = |roots: &[LazyArray], walk: bool| {
            Self::assemble(roots, sinks, (budget, room), threads, sizes, rules, walk)
        };
        let mut best = assemble(roots, false);
        let again = match &best {
            Ok(plan) => {
                plan.totals.bytes_read > 0 && {
                    let least = cost::least(roots) as f64;
                    plan.totals.bytes_read as f64 > TOLERATED * least
                }
            }
            Err(error) => error.is_over_budget(),
        };
        if again {
            let better = |plan: &Self, best: &Result<Self>| {
                best.as_ref().map_or(true, |b| plan.effort() < 0.9 * b.effort())
            };
            if walks
                && let Ok(plan) = assemble(roots, true)
                && better(&plan, &best)
            {
                best = Ok(plan);
            }
            let means = keep::Means { room, threads, sizes, folder };
            for variant in keep::variants(roots, sinks, means)? {
                let Ok(plan) = assemble(&variant, false) else { continue };
                if better(&plan, &best) {
                    best = Ok(plan);
                }
            }
        }
        #[cfg(feature = "wire")]
        if let Ok(plan) = &mut best {
            plan.roots = outputs.to_vec();
        }
        best
    }

    /// Whether it writes to sinks of the caller.
    #[cfg(feature = "wire")]
    pub(crate) fn writes(&self) -> bool {
        self.outputs.iter().any(|o| matches!(o, Output::Stored))
    }

    /// What a plan costs, to compare it with others: bytes that sources decode, and those
    /// that go to temporary files and come back, which cost less.
    fn effort(&self) -> f64 {
        let written = self.slots.iter().filter(|s| s.on_disk).map(Slot::size).sum::<u64>() as f64;
        let again = self.stages.iter().map(|s| s.reads.again).sum::<u64>() as f64;
        self.totals.bytes_read as f64 + written / 2.0 + again / 4.0
    }

    fn assemble(
        roots: &[LazyArray],
        sinks: &[Arc<dyn ChunkSink>],
        (budget, room): (u64, u64),
        threads: usize,
        sizes: Sizes,
        rules: &[&'static str],
        walk: bool,
    ) -> Result<Self> {
        let rules = rules.to_vec();
        let (stages, slots, outputs) = stages::build(roots, sinks, sizes)?;
        let mut plan = Self {
            stages,
            slots,
            outputs,
            budget,
            room,
            threads,
            rules,
            totals: Totals::default(),
            #[cfg(feature = "wire")]
            roots: Vec::new(),
            #[cfg(feature = "wire")]
            sizes,
        };
        plan.fit_all(walk)?;
        Ok(plan)
    }

    /// Sums over the plan.
    #[must_use]
    pub fn totals(&self) -> Totals {
        self.totals
    }

    /// The number of stages. They run in their order; the tasks of one in any.
    #[must_use]
    pub fn stages(&self) -> usize {
        self.stages.len()
    }

    /// The number of tasks of a stage, counted from 0; 0 if there is no such stage.
    #[must_use]
    pub fn tasks(&self, stage: usize) -> usize {
        self.stages.get(stage).map_or(0, Stage::tasks)
    }

    /// Tasks that may be begun and not yet be merged at one time.
    pub(crate) fn window(&self) -> usize {
        Crowd::of(self.threads).window
    }

    /// Bytes of slots that exist while the stages `from` to `to` run.
    pub(crate) fn held(&self, from: usize, to: usize) -> u64 {
        let live = self
            .slots
            .iter()
            .filter(|s| s.made_by <= to && s.last_use.is_none_or(|last| last >= from));
        live.map(Slot::bytes).fold(0, u64::saturating_add)
    }

    /// Chooses columns and passes for each stage, so that it fits, and sums up. With `walk`,
    /// blocks follow each other where that reads less.
    fn fit_all(&mut self, walk: bool) -> Result<()> {
        for i in 0..self.stages.len() {
            let held = self.held(i, i);
            let (room, threads) = (self.room, self.threads);
            let Some(stage) = self.stages.get_mut(i) else { continue };
            let plain = fit::fit(stage, held, room, threads).map(|fit| {
                stage.fit = fit;
                stage.reads = cost::reads(stage);
            });
            let ways = if walk { stream::fits(stage, held, room, threads) } else { Vec::new() };
            let mut best = plain.as_ref().ok().map(|()| stage.reads.effort());
            for (fit, stream) in ways {
                let fit = std::mem::replace(&mut stage.fit, fit);
                let before = stage.stream.replace(stream);
                let reads = cost::reads(stage);
                if best.is_none_or(|b| reads.effort() < 0.9 * b) {
                    best = Some(reads.effort());
                    stage.reads = reads;
                } else {
                    (stage.fit, stage.stream) = (fit, before);
                }
            }
            if best.is_none() {
                return plain;
            }
            let (tasks, reads) = (stage.tasks(), stage.reads.clone());
            self.totals.tasks = self.totals.tasks.saturating_add(tasks);
            self.totals.bytes_read = self.totals.bytes_read.saturating_add(reads.bytes);
            self.totals.stored_bytes = self.totals.stored_bytes.saturating_add(reads.stored);
            self.totals.chunks = self.totals.chunks.saturating_add(reads.chunks);
        }
        let peaks = (0..self.stages.len()).map(|i| self.peak_from(i));
        let peak = peaks.max().unwrap_or(0).min(self.room);
        self.totals.peak_bytes = peak.saturating_add(peak / OVERHEAD).min(self.budget);
        Ok(())
    }

    /// The most memory in use while a stage runs. The next ones begin while its last tasks are
    /// still running, unless they need what these make.
    fn peak_from(&self, first: usize) -> u64 {
        let crowd = Crowd::of(self.threads);
        let room = self.room.saturating_sub(self.held(first, first));
        let (mut bytes, mut begun, mut last) = (0u64, 0usize, first);
        let unmade = |slot: &usize| self.slots.get(*slot).is_some_and(|s| s.made_by >= first);
        for (i, stage) in self.stages.iter().enumerate().skip(first) {
            if i > first && stage.needs.iter().any(unmade) {
                break;
            }
            let (tasks, runs) = (stage.tasks(), stage.runs());
            bytes = bytes.saturating_add(stage.fit.in_flight(crowd, tasks, runs, room));
            last = i;
            if i > first {
                begun = begun.saturating_add(tasks);
            }
            if begun >= crowd.window {
                break;
            }
        }
        bytes.saturating_add(self.held(first, last))
    }
}
