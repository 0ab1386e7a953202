//! Tasks and what they made. A task is sent with all that it needs: its stage, and the results
//! of earlier stages in place of what they were computed from.

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use graticule_array::{Array, ChunkGrid, Error, Region, Result, watched};
use graticule_storage::{ChunkSource, HandlePool};
use serde::{Deserialize, Serialize};

use super::effort::Effort;
use super::expression::Form;
use super::{Kind, MAX_INLINE, pack, unpack};
use crate::expr::{LazyArray, NodeId, Op};
use crate::keep::Kept;
use crate::kernel::Buffers;
use crate::plan::{Action, Consumer, Fit, Geometry, Stage, write_stage};
use crate::run::{Account, Assembly, Cell, Local, Part, Partial, RunWatch};
use crate::session::{Memory, Session};

/// A stage, and one of its tasks.
#[derive(Serialize, Deserialize)]
struct TaskForm {
    /// One root for each consumer: what it keeps, or its reduction.
    expressions: Form,
    reduces: Vec<bool>,
    grid: ChunkGrid,
    reduced: Vec<usize>,
    run: usize,
    columns: ChunkGrid,
    /// Groups of each pass, from and to.
    passes: Vec<(usize, usize)>,
    number: usize,
}

/// What a task made.
#[derive(Serialize, Deserialize)]
struct PartialForm {
    parts: Vec<PartForm>,
    bytes: u64,
    chunks: u64,
}

#[derive(Serialize, Deserialize)]
enum PartForm {
    Nothing,
    State { state: graticule_array::State, groups: Option<Vec<usize>> },
    Values(Vec<(Region, Array)>),
}

impl Assembly<'_> {
    /// A task as bytes, with all that it needs, for [`Session::run_task`] in another process.
    /// Both numbers count from 0.
    ///
    /// ```
    /// use graticule_array::{Array, ReduceParams, reduction};
    /// use graticule_lazy::{Assembly, LazyArray, Partial, Session};
    /// let x = LazyArray::constant(Array::from_vec([4], vec![1.0f64, 2.0, 3.0, 6.0])?);
    /// let mean = x.reduce(reduction("mean", &ReduceParams::default())?, &[0])?;
    /// let here = Session::default();
    /// let plan = here.plan(&[mean])?;
    /// let assembly = Assembly::new(&plan);
    /// let task = assembly.encode_task(&here, 0, 0)?;
    /// let there = Session::builder().threads(1).build();
    /// let made = there.run_task(&task)?.encode()?;
    /// assembly.add(0, 0, Partial::decode(&made)?)?;
    /// assert_eq!(assembly.finish()?[0].to_flat::<f64>()?, [3.0]);
    /// # Ok::<(), graticule_array::Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`run_task`](Self::run_task), and if something cannot leave this process, as in
    /// [`Session::encode`].
    pub fn encode_task(&self, session: &Session, stage: usize, number: usize) -> Result<Vec<u8>> {
        let (stage, _) = self.task(stage, number)?;
        let mut known = self.results(stage)?;
        for consumer in &stage.consumers {
            read_kept(&consumer.input, &mut known)?;
        }
        let root = |c: &Consumer| match &c.action {
            Action::Reduce(spec, _) => c.input.with_reduce(spec),
            _ => Ok(c.input.clone()),
        };
        let roots = stage.consumers.iter().map(root).collect::<Result<Vec<_>>>()?;
        let form = TaskForm {
            expressions: Form::with(&roots, session.names(), &known)?,
            reduces: stage
                .consumers
                .iter()
                .map(|c| matches!(c.action, Action::Reduce(..)))
                .collect(),
            grid: stage.geometry.grid.clone(),
            reduced: stage.geometry.reduced.clone(),
            run: stage.geometry.run_length(),
            columns: stage.fit.columns.clone(),
            passes: stage.fit.passes.iter().map(|p| (p.start, p.end)).collect(),
            number,
        };
        pack(Kind::Task, &form)
    }
}

/// Adds the values that are in a temporary file of this process.
fn read_kept(node: &LazyArray, known: &mut HashMap<NodeId, Array>) -> Result<()> {
    if known.contains_key(&node.id()) {
        return Ok(());
    }
    match node.op() {
        Op::Kept(Kept { file: Some(file), .. }) => {
            if node.bytes() > MAX_INLINE {
                return Err(Error::over_budget(format!(
                    "an intermediate result of {} {:?} is in a temporary file of this process, \
                     and too large to be sent",
                    node.dtype(),
                    node.shape()
                ))
                .hint("allow more memory, so that it need not be kept"));
            }
            known.insert(node.id(), file.read(&Region::whole(node.shape()))?);
            Ok(())
        }
        Op::Reduce(_) | Op::Kept(_) => Ok(()),
        _ => node.inputs().iter().try_for_each(|i| read_kept(i, known)),
    }
}

impl TaskForm {
    fn build(self, session: &Session) -> Result<(Stage, usize)> {
        let wrong = |why: &str| Error::corrupt(format!("a task without sense: {why}"));
        let roots = self.expressions.build(session)?;
        if roots.is_empty() || roots.len() != self.reduces.len() {
            return Err(wrong("it has other consumers"));
        }
        let mut consumers = Vec::with_capacity(roots.len());
        for (root, reduces) in roots.iter().zip(&self.reduces) {
            consumers.push(match (root.op(), reduces) {
                (Op::Reduce(spec), true) => {
                    let action = Action::Reduce(spec.clone(), 0);
                    Consumer { input: root.input()?.clone(), action }
                }
                (_, true) => return Err(wrong("it reduces nothing")),
                (_, false) => Consumer { input: root.clone(), action: Action::Collect(0) },
            });
        }
        let shape = self.grid.shape();
        let ndim = shape.len();
        let rising = self.reduced.iter().zip(self.reduced.iter().skip(1)).all(|(a, b)| a < b);
        if !rising || self.reduced.iter().any(|a| *a >= ndim) || self.run == 0 {
            return Err(wrong("its blocks are out of order"));
        }
        let geometry = Geometry::again(self.grid, self.reduced, self.run);
        for consumer in &consumers {
            if consumer.input.shape() != shape {
                return Err(wrong("its consumers are of another shape"));
            }
            if let Action::Reduce(spec, _) = &consumer.action
                && (0..ndim).any(|a| spec.reduces(a) != geometry.reduced.contains(&a))
            {
                return Err(wrong("its consumers reduce other axes"));
            }
        }
        if self.columns.shape() != geometry.columns().shape() {
            return Err(wrong("its columns are of another shape"));
        }
        let mut passes = Vec::with_capacity(self.passes.len());
        for (start, end) in self.passes {
            if start > end {
                return Err(wrong("its passes are out of order"));
            }
            passes.push(start..end);
        }
        let groups = consumers.iter().filter_map(|c| match &c.action {
            Action::Reduce(spec, _) => Some(spec.group_count()),
            _ => None,
        });
        let most = groups.min().unwrap_or(usize::MAX);
        if passes.is_empty() || (passes.len() > 1 && passes.iter().any(|p| p.end > most)) {
            return Err(wrong("its passes are not over its groups"));
        }
        let mut fit = Fit::whole(&geometry);
        (fit.columns, fit.passes) = (self.columns, passes);
        let mut stage = Stage::alone(geometry, consumers, fit);
        if self.number >= stage.tasks() {
            return Err(wrong("it is none of its stage"));
        }
        let (bytes, most) = (stage.task_bytes(), session.memory());
        if bytes > most {
            let (bytes, most) = (Memory::new(bytes), Memory::new(most));
            return Err(Error::over_budget(format!(
                "this task takes {bytes}, but the memory budget here is {most}"
            )));
        }
        stage.fit.task_bytes = bytes;
        Ok((stage, self.number))
    }
}

/// A task that another process has sent, checked and ready to run. `Display` says what it is.
#[derive(Debug)]
pub struct SentTask {
    stage: Stage,
    number: usize,
    deadline: Option<Duration>,
    handles: Arc<HandlePool>,
}

impl SentTask {
    /// Runs it on the calling thread, within the session's time limit.
    ///
    /// # Errors
    /// If something cannot be read or computed, or it takes too long.
    pub fn run(&self) -> Result<Partial> {
        let (results, buffers) = (HashMap::new(), Buffers::default());
        let task = self.stage.task(0, self.number);
        let account = self.handles.open_account();
        let made = watched(Account::new(account), || {
            let watch = RunWatch::new(None, self.deadline);
            Cell::new(&self.stage, &results, &buffers, watch).run(&self.stage, task)
        });
        self.handles.close_account(account).and(made)
    }
}

impl fmt::Display for SentTask {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "task {} of", self.number)?;
        write_stage(f, 1, &self.stage)
    }
}

impl Session {
    /// A task of a plan that another process has made. Opens no file and reads nothing.
    ///
    /// # Errors
    /// If the bytes are no such message, name what this session does not know, or the task does
    /// not fit into its budget.
    pub fn decode_task(&self, bytes: &[u8]) -> Result<SentTask> {
        let (stage, number) = unpack::<TaskForm>(Kind::Task, bytes)?.build(self)?;
        let (deadline, handles) = (self.deadline(), self.handles().clone());
        Ok(SentTask { stage, number, deadline, handles })
    }

    /// [`decode_task`](Self::decode_task), and runs it on the calling thread.
    ///
    /// # Errors
    /// As [`decode_task`](Self::decode_task), and if the task fails.
    pub fn run_task(&self, bytes: &[u8]) -> Result<Partial> {
        self.decode_task(bytes)?.run()
    }
}

impl Partial {
    /// The result as bytes, for [`Assembly::add`] in the process that made the plan.
    ///
    /// # Errors
    /// If a state cannot be sent.
    pub fn encode(&self) -> Result<Vec<u8>> {
        let part = |part: &Part| match part {
            Part::Nothing => PartForm::Nothing,
            Part::State(Local { state, groups }) => {
                PartForm::State { state: state.clone(), groups: groups.clone() }
            }
            Part::Values(boxes) => PartForm::Values(boxes.clone()),
        };
        let parts = self.parts.iter().map(part).collect();
        pack(Kind::Partial, &PartialForm { parts, bytes: self.read.0, chunks: self.read.1 })
    }

    /// The result again.
    ///
    /// # Errors
    /// If the bytes are no such message. Whether it belongs to a task is checked where it is
    /// added.
    pub fn decode(bytes: &[u8]) -> Result<Self> {
        let form = unpack::<PartialForm>(Kind::Partial, bytes)?;
        let mut parts = Vec::with_capacity(form.parts.len());
        for part in form.parts {
            parts.push(match part {
                PartForm::Nothing => Part::Nothing,
                PartForm::State { state, groups } => Part::State(Local { state, groups }),
                PartForm::Values(boxes) => {
                    for (region, _) in &boxes {
                        Effort::shape(&region.len)?;
                    }
                    Part::Values(boxes)
                }
            });
        }
        Ok(Self { parts, read: (form.bytes, form.chunks) })
    }
}
