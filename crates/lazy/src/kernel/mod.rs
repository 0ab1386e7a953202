//! From an expression and a block to values: resolve what the block needs, then run over tiles.
//!
//! A block of the iteration space is *resolved* into a [`Program`]: operands (arrays in memory,
//! read or computed for just this block) and a few elementwise steps. The steps then run over
//! tiles of some thousand elements, which stay in the processor's cache between steps.

mod boxes;
mod buffers;
mod fetch;
mod held;
mod resolve;

use std::borrow::Cow;
use std::cell::RefCell;
use std::ops::Range;
use std::sync::Arc;
use std::time::{Duration, Instant};

use graticule_array::{Array, Error, MapOp, Result, ZipOp, choose};

use crate::profile::Spent;
pub(crate) use buffers::Buffers;
pub(crate) use held::Held;
pub(crate) use resolve::{Blocks, Resolver, fill};

/// Elements of a tile: a few steps of it fit into the cache of a core.
pub(crate) const TILE: usize = 8192;

/// An array seen under the shape of the block.
#[derive(Clone, Debug)]
pub(crate) struct Operand {
    array: Array,
    /// Which of its axes each axis of the block runs along.
    axes: Vec<Option<usize>>,
}

/// What one step computes from earlier ones.
#[derive(Clone, Debug)]
enum Step {
    Load(usize),
    Map(Arc<MapOp>, usize),
    Zip(ZipOp, usize, usize),
    Choose(usize, usize, usize),
}

/// What a block needs, and what is done with it.
#[derive(Debug, Default)]
pub(crate) struct Program {
    operands: Vec<Operand>,
    steps: Vec<Step>,
    /// What each step has spent. A program runs on one thread.
    spent: RefCell<Vec<Spent>>,
}

impl Program {
    /// The array behind a step that only loads one, in the block's shape; `None` if it
    /// computes or repeats.
    pub(crate) fn loaded(&self, step: usize) -> Option<Array> {
        let Some(Step::Load(operand)) = self.steps.get(step) else { return None };
        let operand = self.operands.get(*operand)?;
        let order: Option<Vec<usize>> = operand.axes.iter().copied().collect();
        operand.array.permute(&order?).ok()
    }

    /// Runs all steps over the elements `range` of a block of this shape.
    pub(crate) fn run(
        &self,
        shape: &[usize],
        range: &Range<usize>,
        values: &mut Vec<Array>,
    ) -> Result<()> {
        values.clear();
        let mut spent = self.spent.borrow_mut();
        spent.resize(self.steps.len(), Spent::default());
        let mut begun = Instant::now();
        for (step, spent) in self.steps.iter().zip(spent.iter_mut()) {
            let at = |i: &usize| values.get(*i).ok_or_else(|| Error::bug("a step was lost"));
            let value = match step {
                Step::Load(i) => {
                    let operand = self.operands.get(*i);
                    let operand = operand.ok_or_else(|| Error::bug("an operand was lost"))?;
                    operand.array.spread(&operand.axes, shape, range.clone())?
                }
                Step::Map(op, a) => op.apply(at(a)?).map_err(|e| e.context(format!("in {op}")))?,
                Step::Zip(op, a, b) => {
                    op.apply(at(a)?, at(b)?).map_err(|e| e.context(format!("in {op}")))?
                }
                Step::Choose(c, a, b) => choose(at(c)?, at(a)?, at(b)?)?,
            };
            let ended = Instant::now();
            let bytes = value.bytes() as u64;
            spent.add(Spent { calls: 1, bytes, time: ended - begun });
            begun = ended;
            values.push(value);
        }
        Ok(())
    }

    /// What the steps have spent, by name.
    fn spent(&self) -> Vec<(Cow<'static, str>, Spent)> {
        let spent = self.spent.borrow();
        let steps = self.steps.iter().zip(spent.iter()).filter(|(_, s)| s.calls > 0);
        let named = steps.map(|(step, spent)| {
            let name = match step {
                Step::Load(_) => "arrange".into(),
                Step::Map(op, _) => op.to_string().into(),
                Step::Zip(op, ..) => op.to_string().into(),
                Step::Choose(..) => "choose".into(),
            };
            (name, *spent)
        });
        named.collect()
    }

    /// Time of all steps so far.
    pub(crate) fn time(&self) -> Duration {
        self.spent.borrow().iter().map(|s| s.time).sum()
    }
}
