//! Who runs the tasks of a plan.

use std::fmt::Debug;
use std::time::Instant;

use graticule_array::{Array, Result};

use super::assembly::Assembly;
use crate::plan::Plan;
use crate::session::{RunOptions, RunReport, Session};

/// Runs the tasks of plans: the threads of a session, the calling thread, or other processes.
/// Whoever does, the result is the same to the last bit.
///
/// One of its own hands tasks out in any order within a stage, and adds what they make to an
/// [`Assembly`]; [`Serial`] is the shortest.
pub trait Executor: Send + Sync + Debug {
    /// Its name, as sessions show it.
    fn name(&self) -> &str;

    /// Whether it can run stages whose blocks follow each other and hold what the next ones need:
    /// only the session's threads do. For others such stages are planned without.
    fn walks(&self) -> bool {
        false
    }

    /// Runs a plan; gives its outputs in memory.
    ///
    /// # Errors
    /// The first error of a task, or that the run was stopped.
    fn run(&self, session: &Session, plan: &Plan, options: &RunOptions) -> Result<Vec<Array>>;
}

/// The threads of the session, which read, decode and compute side by side within its budget.
#[derive(Clone, Copy, Debug, Default)]
pub struct Threads;

impl Executor for Threads {
    fn name(&self) -> &'static str {
        "threads"
    }

    fn walks(&self) -> bool {
        true
    }

    fn run(&self, session: &Session, plan: &Plan, options: &RunOptions) -> Result<Vec<Array>> {
        session.run_on_threads(plan, options)
    }
}

/// The calling thread, one task after the other: for debugging.
///
/// ```
/// use std::sync::Arc;
/// use graticule_array::{Array, MapOp};
/// use graticule_lazy::{LazyArray, Serial, Session};
/// let session = Session::builder().executor(Arc::new(Serial)).build();
/// let x = LazyArray::constant(Array::from_vec([2], vec![1.0f64, -2.0])?);
/// assert_eq!(session.compute(&[x.map(MapOp::Abs)?])?[0].to_flat::<f64>()?, [1.0, 2.0]);
/// # Ok::<(), graticule_array::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default)]
pub struct Serial;

impl Executor for Serial {
    fn name(&self) -> &'static str {
        "serial"
    }

    fn run(&self, session: &Session, plan: &Plan, options: &RunOptions) -> Result<Vec<Array>> {
        let start = Instant::now();
        let assembly = Assembly::with_options(plan, options.clone());
        for stage in 0..plan.stages() {
            for task in 0..plan.tasks(stage) {
                assembly.add(stage, task, assembly.run_task(stage, task)?)?;
            }
        }
        let (bytes, chunks) = assembly.read();
        let (tasks, wall) = (plan.totals().tasks, start.elapsed());
        session.report(RunReport { wall, tasks, bytes, chunks, ..RunReport::default() });
        assembly.finish()
    }
}
