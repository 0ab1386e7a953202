//! Lazy N-d arrays: expression, plan and bounded parallel execution.
//!
//! A [`LazyArray`] describes what is to be computed. Several make a [`Graph`], which rules make
//! cheaper. A [`Session`] turns it into a [`Plan`], which says what it will read and need before
//! anything is read; an [`Executor`] runs it within the memory budget, on the session's threads
//! unless told otherwise. All of these print as text. Results do not depend on the executor, the
//! number of threads or the budget, to the last bit.

mod block;
mod expr;
mod geometry;
mod graph;
mod keep;
mod kernel;
mod optimize;
mod plan;
mod profile;
mod run;
mod session;
#[cfg(feature = "wire")]
mod wire;

pub use block::{BlockFn, BlockForm, BlockOp, Boundary, Overlap};
pub use expr::{LazyArray, NodeId};
pub use graph::Graph;
pub use plan::{Plan, Totals};
pub use profile::{ActiveTask, Analysis, OperationReport, PostMortem, Span, StageReport};
pub use run::{Assembly, Executor, Partial, Serial, Threads};
pub use session::{
    Event, Memory, Progress, RunOptions, RunReport, Session, SessionBuilder, Status, StopFlag,
};
#[cfg(feature = "wire")]
pub use wire::{Names, SentTask};
