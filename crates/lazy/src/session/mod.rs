//! The session: owns the threads, the memory budget and what runs share.

mod lease;
mod memory;
mod progress;
mod settings;

use std::fmt;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, OnceLock, PoisonError, Weak};
use std::time::Duration;

use graticule_array::{Array, Error, Result, watched};
use graticule_storage::{Backend, BlockPool, ChunkSink, HandlePool};
use rayon::{ThreadPool, ThreadPoolBuilder};

use crate::expr::LazyArray;
use crate::plan::{Plan, Sizes};
use crate::profile::{Analysis, PostMortem};
use crate::run::{self, Account, Executor, Threads};
#[cfg(feature = "wire")]
use crate::wire::Names;
use lease::Lease;
use settings::Settings;

pub(crate) use lease::Purse;
pub use memory::Memory;
pub use progress::{Event, Progress, RunOptions, RunReport, Status, StopFlag};

/// Expressions are walked by recursion on pool threads; only touched pages cost memory.
const STACK: usize = 16 << 20;

/// Up to this depth, any thread's stack will do.
const DEEP: usize = 100;

/// Owns the thread pool (made at the first compute), the memory budget, the file handles and
/// the list of backends. Cheap to clone; clones share everything.
///
/// ```
/// use graticule_lazy::{Memory, Session};
/// let session = Session::builder().threads(2).memory(Memory::new(1 << 30)).build();
/// assert_eq!((session.threads(), session.memory()), (2, 1 << 30));
/// ```
#[derive(Clone)]
pub struct Session(Arc<Inner>);

#[derive(Clone)]
struct Inner {
    engine: Arc<Engine>,
    executor: Arc<dyn Executor>,
    #[cfg(feature = "wire")]
    names: Arc<Names>,
    backends: Vec<Arc<dyn Backend>>,
    progress: Option<Arc<dyn Progress>>,
    deadline: Option<Duration>,
    settings: Settings,
}

/// What sessions with other backends still share.
struct Engine {
    threads: usize,
    memory: u64,
    sizes: Sizes,
    folder: PathBuf,
    pool: OnceLock<ThreadPool>,
    handles: Arc<HandlePool>,
    blocks: Arc<BlockPool>,
    report: Mutex<RunReport>,
    failed: Mutex<Option<PostMortem>>,
}

/// A plan that is about to run, and the memory it has of a run around it.
struct Planned {
    plan: Plan,
    _lease: Option<Lease>,
}

/// Settings of a [`Session`].
#[derive(Debug, Default)]
#[must_use]
pub struct SessionBuilder {
    threads: Option<usize>,
    memory: Option<Memory>,
    backends: Vec<Arc<dyn Backend>>,
    progress: Option<Arc<dyn Progress>>,
    deadline: Option<Duration>,
    sizes: Sizes,
    folder: Option<PathBuf>,
    executor: Option<Arc<dyn Executor>>,
    #[cfg(feature = "wire")]
    names: Names,
}

impl SessionBuilder {
    /// The number of threads; by default, what the machine offers.
    pub fn threads(mut self, n: usize) -> Self {
        self.threads = Some(n.max(1));
        self
    }

    /// The memory budget; by default [`Memory::half_of_available`].
    pub fn memory(mut self, memory: Memory) -> Self {
        self.memory = Some(memory);
        self
    }

    /// The formats to open and write, in order of preference.
    pub fn backends(mut self, backends: Vec<Arc<dyn Backend>>) -> Self {
        self.backends = backends;
        self
    }

    /// Receives the events of all runs.
    pub fn progress(mut self, progress: Arc<dyn Progress>) -> Self {
        self.progress = Some(progress);
        self
    }

    /// Ends every run that takes longer with an error.
    pub fn deadline(mut self, limit: Duration) -> Self {
        self.deadline = Some(limit);
        self
    }

    /// Where intermediate results go that do not fit into memory; by default the system's
    /// folder for temporary files.
    pub fn temporary_files(mut self, folder: impl Into<PathBuf>) -> Self {
        self.folder = Some(folder.into());
        self
    }

    /// Who runs the tasks of plans; by default this session's [`Threads`].
    pub fn executor(mut self, executor: Arc<dyn Executor>) -> Self {
        self.executor = Some(executor);
        self
    }

    /// What goes by a name when expressions travel to other processes and come from them.
    #[cfg(feature = "wire")]
    pub fn names(mut self, names: Names) -> Self {
        self.names = names;
        self
    }

    /// Blocks of about this many bytes, and runs that feed each cell about this often. These
    /// are part of what fixes the order in which sums are taken; for tests and measurements.
    #[doc(hidden)]
    pub fn cuts(mut self, block_bytes: usize, run: usize) -> Self {
        self.sizes = Sizes { block: block_bytes.max(1), run: run.max(1) };
        self
    }

    /// The session. Threads start when first needed.
    #[must_use]
    pub fn build(self) -> Session {
        let cores = || std::thread::available_parallelism().map_or(1, usize::from);
        let engine = Engine {
            threads: self.threads.unwrap_or_else(cores),
            memory: self.memory.unwrap_or_else(Memory::half_of_available).bytes(),
            sizes: self.sizes,
            folder: self.folder.unwrap_or_else(std::env::temp_dir),
            pool: OnceLock::new(),
            handles: Arc::default(),
            blocks: Arc::default(),
            report: Mutex::default(),
            failed: Mutex::default(),
        };
        Session(Arc::new(Inner {
            engine: Arc::new(engine),
            executor: self.executor.unwrap_or_else(|| Arc::new(Threads)),
            #[cfg(feature = "wire")]
            names: Arc::new(self.names),
            backends: self.backends,
            progress: self.progress,
            deadline: self.deadline,
            settings: Settings::new(),
        }))
    }
}

impl Default for Session {
    /// What everything shares that names no session: its threads, budget and handles live as long
    /// as a session that uses them, whatever formats that one has.
    fn default() -> Self {
        static SHARED: Mutex<Weak<Engine>> = Mutex::new(Weak::new());
        let mut shared = SHARED.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(engine) = shared.upgrade() {
            return Self(Arc::new(Inner {
                engine,
                executor: Arc::new(Threads),
                #[cfg(feature = "wire")]
                names: Arc::default(),
                backends: Vec::new(),
                progress: None,
                deadline: None,
                settings: Settings::new(),
            }));
        }
        let session = Self::builder().build();
        *shared = Arc::downgrade(&session.0.engine);
        session
    }
}

impl Session {
    /// Settings for a session of its own.
    pub fn builder() -> SessionBuilder {
        SessionBuilder::default()
    }

    /// The memory budget in bytes.
    #[must_use]
    pub fn memory(&self) -> u64 {
        self.0.engine.memory
    }

    /// The number of threads.
    #[must_use]
    pub fn threads(&self) -> usize {
        self.0.engine.threads
    }

    /// The formats to open and write, in order of preference.
    #[must_use]
    pub fn backends(&self) -> &[Arc<dyn Backend>] {
        &self.0.backends
    }

    /// The same threads, budget and handles with another list of formats.
    #[must_use]
    pub fn with_backends(&self, backends: Vec<Arc<dyn Backend>>) -> Self {
        Self(Arc::new(Inner { backends, ..(*self.0).clone() }))
    }

    /// The longest that a run may take.
    #[cfg(feature = "wire")]
    pub(crate) fn deadline(&self) -> Option<Duration> {
        self.0.deadline
    }

    /// What goes by a name here.
    #[cfg(feature = "wire")]
    pub(crate) fn names(&self) -> &Names {
        &self.0.names
    }

    /// The open files, which all sources of this session share.
    #[must_use]
    pub fn handles(&self) -> &Arc<HandlePool> {
        &self.0.engine.handles
    }

    /// The blocks of bytes that are far away, which all sources of this session share.
    #[must_use]
    pub fn blocks(&self) -> &Arc<BlockPool> {
        &self.0.engine.blocks
    }

    fn pool(&self) -> Result<&ThreadPool> {
        let engine = &self.0.engine;
        if let Some(pool) = engine.pool.get() {
            return Ok(pool);
        }
        let pool = ThreadPoolBuilder::new()
            .num_threads(engine.threads)
            .thread_name(|i| format!("graticule-{i}"))
            .stack_size(STACK)
            .build()
            .map_err(|e| Error::io(format!("cannot start {} threads: {e}", engine.threads)))?;
        // Whoever comes second drops an idle pool.
        Ok(engine.pool.get_or_init(|| pool))
    }

    /// Runs a function on the pool, so that `rayon` inside it uses this session's threads. If
    /// no thread can be started, it runs where it is called.
    pub fn install<R: Send>(&self, f: impl FnOnce() -> R + Send) -> R {
        match self.pool() {
            Ok(pool) => pool.install(f),
            Err(_) => f(),
        }
    }

    /// What computing these arrays together will take. Reads nothing.
    ///
    /// # Errors
    /// If it cannot fit into the budget.
    pub fn plan(&self, outputs: &[LazyArray]) -> Result<Plan> {
        self.make_plan(outputs, &[], None)
    }

    /// Deep expressions are walked where the stack is large.
    fn make_plan(
        &self,
        outputs: &[LazyArray],
        sinks: &[Arc<dyn ChunkSink>],
        lease: Option<&Lease>,
    ) -> Result<Plan> {
        let plan = || {
            let engine = &self.0.engine;
            let memory = lease.map_or(engine.memory, Lease::bytes);
            let walks = self.0.executor.walks();
            let plan = Plan::new(
                outputs,
                sinks,
                memory,
                engine.threads,
                engine.sizes,
                &engine.folder,
                walks,
            );
            plan.map_err(|error| match lease {
                Some(_) if error.is_over_budget() => {
                    error.context("within a run that needs memory itself")
                }
                _ => error,
            })
        };
        if outputs.iter().any(|o| o.depth() > DEEP) { self.install(plan) } else { plan() }
    }

    /// A plan for a budget and threads that are not those of this session.
    #[cfg(feature = "wire")]
    pub(crate) fn plan_as(
        &self,
        outputs: &[LazyArray],
        memory: u64,
        threads: usize,
        sizes: Sizes,
    ) -> Result<Plan> {
        let walks = self.0.executor.walks();
        let plan = || Plan::new(outputs, &[], memory, threads, sizes, &self.0.engine.folder, walks);
        if outputs.iter().any(|o| o.depth() > DEEP) { self.install(plan) } else { plan() }
    }

    /// What storing these arrays will take. Reads and writes nothing.
    ///
    /// # Errors
    /// As [`plan`](Self::plan), and if a sink does not fit its array.
    pub fn plan_store(&self, outputs: &[(LazyArray, Arc<dyn ChunkSink>)]) -> Result<Plan> {
        let (arrays, sinks): (Vec<_>, Vec<_>) = outputs.iter().cloned().unzip();
        self.make_plan(&arrays, &sinks, None)
    }

    /// Computes arrays together: what they share is read and computed once.
    ///
    /// # Errors
    /// If something cannot be read or computed, does not fit into the budget, or was stopped.
    pub fn compute(&self, outputs: &[LazyArray]) -> Result<Vec<Array>> {
        self.run(outputs, &RunOptions::default())
    }

    /// [`compute`](Self::compute) with options.
    ///
    /// # Errors
    /// As [`compute`](Self::compute).
    pub fn run(&self, outputs: &[LazyArray], options: &RunOptions) -> Result<Vec<Array>> {
        if outputs.iter().all(|o| !o.is_lazy()) {
            return Ok(outputs.iter().filter_map(|o| o.as_constant().cloned()).collect());
        }
        self.execute(&self.plan_to_run(outputs, &[])?, options)
    }

    /// Computes arrays and writes them to sinks, block by block.
    ///
    /// # Errors
    /// As [`compute`](Self::compute), and if a sink refuses.
    pub fn store(&self, outputs: &[(LazyArray, Arc<dyn ChunkSink>)]) -> Result<()> {
        self.store_with(outputs, &RunOptions::default())
    }

    /// [`store`](Self::store) with options.
    ///
    /// # Errors
    /// As [`store`](Self::store).
    pub fn store_with(
        &self,
        outputs: &[(LazyArray, Arc<dyn ChunkSink>)],
        options: &RunOptions,
    ) -> Result<()> {
        let (arrays, sinks): (Vec<_>, Vec<_>) = outputs.iter().cloned().unzip();
        self.execute(&self.plan_to_run(&arrays, &sinks)?, options).map(|_| ())
    }

    fn execute(&self, plan: &Planned, options: &RunOptions) -> Result<Vec<Array>> {
        let Planned { plan, .. } = plan;
        let mut options = options.clone();
        options.deadline = options.deadline.or(self.0.deadline);
        options.progress = options.progress.or_else(|| self.0.progress.clone());
        let account = self.handles().open_account();
        let out = watched(Account::new(account), || self.0.executor.run(self, plan, &options));
        // Whatever was read of a file that has changed meanwhile may be of two files.
        match self.handles().close_account(account) {
            Err(changed) if out.as_ref().err().is_none_or(|e| !e.is_cancelled()) => Err(changed),
            _ => out,
        }
    }

    /// Runs a plan on the threads of this session.
    pub(crate) fn run_on_threads(&self, plan: &Plan, options: &RunOptions) -> Result<Vec<Array>> {
        let purse = Purse::new(self.engine_id(), plan.budget);
        let (out, report, failed) = run::run(plan, self.pool()?, options, &purse);
        self.report(report);
        if let Some(failed) = failed {
            self.remember(failed);
        }
        out
    }

    /// Keeps what the last run used.
    pub(crate) fn report(&self, report: RunReport) {
        *self.0.engine.report.lock().unwrap_or_else(PoisonError::into_inner) = report;
    }

    fn remember(&self, failed: PostMortem) {
        *self.0.engine.failed.lock().unwrap_or_else(PoisonError::into_inner) = Some(failed);
    }

    /// What tells this session's engine from others.
    fn engine_id(&self) -> usize {
        Arc::as_ptr(&self.0.engine) as usize
    }

    /// A plan to run; remembers why there is none. Within a task of this engine it shares the
    /// memory of that task's run.
    fn plan_to_run(&self, outputs: &[LazyArray], sinks: &[Arc<dyn ChunkSink>]) -> Result<Planned> {
        let mut lease = Lease::take(self.engine_id());
        let plan = self.make_plan(outputs, sinks, lease.as_ref());
        let plan = plan.inspect_err(|error| {
            self.remember(PostMortem::refused(error, self.memory()));
        })?;
        if let Some(lease) = &mut lease {
            lease.shrink(plan.totals().peak_bytes);
        }
        Ok(Planned { plan, _lease: lease })
    }

    /// What was going on when the last run failed that did, or was refused; of all sessions
    /// that share these threads.
    #[must_use]
    pub fn post_mortem(&self) -> Option<PostMortem> {
        self.0.engine.failed.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Computes arrays, and says what was planned beside what it took.
    ///
    /// ```
    /// use graticule_array::{Array, MapOp};
    /// use graticule_lazy::{LazyArray, Session};
    /// let x = LazyArray::constant(Array::from_vec([2], vec![1.0f64, -2.0])?);
    /// let (out, analysis) = Session::default().explain_analyze(&[x.map(MapOp::Abs)?])?;
    /// assert_eq!(out[0].to_flat::<f64>()?, [1.0, 2.0]);
    /// assert_eq!(analysis.report.tasks, analysis.planned.tasks);
    /// println!("{analysis}");
    /// # Ok::<(), graticule_array::Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`compute`](Self::compute).
    pub fn explain_analyze(&self, outputs: &[LazyArray]) -> Result<(Vec<Array>, Analysis)> {
        let plan = self.plan_to_run(outputs, &[])?;
        let out = self.execute(&plan, &RunOptions::default())?;
        Ok((out, Analysis::new(&plan.plan, self.run_report())))
    }

    /// What the last run of this session used.
    #[must_use]
    pub fn run_report(&self) -> RunReport {
        self.0.engine.report.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<_> = self.0.backends.iter().map(|b| b.name()).collect();
        let memory = Memory::new(self.memory());
        write!(f, "Session<{} threads, {memory}, {names:?}>", self.threads())
    }
}
