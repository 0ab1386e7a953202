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
use std::cell::{OnceCell, RefCell};
use std::ops::Range;
use std::sync::Arc;
use std::time::{Duration, Instant};

use graticule_array::{Array, Error, MapOp, Result, ZipOp, choose, go_on};

use crate::profile::Spent;
pub(crate) use buffers::Buffers;
pub(crate) use held::Held;
pub(crate) use resolve::{Blocks, Resolver, fill, fill_piece};

/// Elements of a tile: a few steps of it fit into the cache of a core.
pub(crate) const TILE: usize = 8192;

/// Elements of a tile that nothing is computed for: it is a piece of an array in memory.
const LONG_TILE: usize = 4 * TILE;

/// Rows whose tiles are held at the same time, so that they are added up before the state of
/// their cells is touched. They fit into the cache of a core.
pub(crate) const TOGETHER: usize = 4;

/// An array seen under the shape of the block.
#[derive(Clone, Debug)]
pub(crate) struct Operand {
    array: Array,
    /// Which of its axes each axis of the block runs along.
    axes: Vec<Option<usize>>,
    /// A tile of the only element, if there is only one.
    repeated: OnceCell<Array>,
}

impl Operand {
    fn new(array: Array, axes: Vec<Option<usize>>) -> Self {
        Self { array, axes, repeated: OnceCell::new() }
    }

    /// Elements `range` of a block of this shape.
    fn tile(&self, shape: &[usize], range: &Range<usize>) -> Result<Array> {
        if self.array.len() != 1 || range.len() > TILE {
            return self.array.spread(&self.axes, shape, range.clone());
        }
        let tile = match self.repeated.get() {
            Some(tile) => tile,
            None => {
                let tile = self.array.reshape(&[])?.spread(&[None], &[TILE], 0..TILE)?;
                self.repeated.get_or_init(|| tile)
            }
        };
        tile.flat(0..range.len())
    }
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
    /// Steps whose values are what was asked for.
    kept: Vec<usize>,
    /// The last step that uses the value of each step.
    last_uses: OnceCell<Vec<usize>>,
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

    /// The value of this step is asked for. To be said before anything runs.
    pub(crate) fn keep(&mut self, step: usize) {
        self.kept.push(step);
    }

    /// The last step that uses the value of each step; none if the value is asked for.
    fn last_uses(&self) -> &[usize] {
        self.last_uses.get_or_init(|| {
            let mut last = vec![usize::MAX; self.steps.len()];
            for (number, step) in self.steps.iter().enumerate() {
                let used = match step {
                    Step::Load(_) => vec![],
                    Step::Map(_, a) => vec![*a],
                    Step::Zip(_, a, b) => vec![*a, *b],
                    Step::Choose(c, a, b) => vec![*c, *a, *b],
                };
                // What is loaded may be a piece of an array that others hold.
                let computed = |i: &usize| !matches!(self.steps.get(*i), Some(Step::Load(_)));
                for i in used.into_iter().filter(|i| computed(i) && !self.kept.contains(i)) {
                    if let Some(to) = last.get_mut(i) {
                        *to = number;
                    }
                }
            }
            last
        })
    }

    /// How long tiles of a block of this shape best are. Kernels add up in pieces that divide
    /// either length, so it does not change a bit.
    pub(crate) fn tile(&self, shape: &[usize]) -> usize {
        let lies = |o: &Operand| o.array.lies_under(&o.axes, shape);
        let computes = self.steps.iter().any(|s| !matches!(s, Step::Load(_)));
        if computes || !self.operands.iter().all(lies) { TILE } else { LONG_TILE }
    }

    /// Whether tiles of an operand are pieces of it.
    fn lies(&self, operand: usize, shape: &[usize]) -> bool {
        self.operands.get(operand).is_some_and(|o| o.array.lies_under(&o.axes, shape))
    }

    /// Runs all steps over the elements `range` of a block of this shape.
    pub(crate) fn run(
        &self,
        shape: &[usize],
        range: &Range<usize>,
        values: &mut Vec<Array>,
    ) -> Result<()> {
        go_on()?;
        values.clear();
        let mut spent = self.spent.borrow_mut();
        spent.resize(self.steps.len(), Spent::default());
        // What lies where it is needed takes no time that would be worth asking a clock for.
        let mut begun: Option<Instant> = None;
        let last_uses = self.last_uses();
        for (number, (step, spent)) in self.steps.iter().zip(spent.iter_mut()).enumerate() {
            let lost = || Error::bug("a step was lost");
            // A value that nothing else needs is changed in place.
            let mut last = |i: &usize| {
                let is_last = last_uses.get(*i) == Some(&number);
                values.get_mut(*i).filter(|_| is_last).map(std::mem::take)
            };
            let owned = match step {
                Step::Map(_, a) => last(a).map(|value| (value, false)),
                Step::Zip(_, a, b) if a != b => last(a)
                    .map(|value| (value, false))
                    .or_else(|| last(b).map(|value| (value, true))),
                _ => None,
            };
            let at = |i: &usize| values.get(*i).ok_or_else(lost);
            let computes = !matches!(step, Step::Load(i) if self.lies(*i, shape));
            if computes && begun.is_none() {
                begun = Some(Instant::now());
            }
            let value = match step {
                Step::Load(i) => {
                    let operand = self.operands.get(*i);
                    let operand = operand.ok_or_else(|| Error::bug("an operand was lost"))?;
                    operand.tile(shape, range)?
                }
                Step::Map(op, a) => match owned {
                    Some((value, _)) => op.apply_owned(value),
                    None => op.apply(at(a)?),
                }
                .map_err(|e| e.context(format!("in {op}")))?,
                Step::Zip(op, a, b) => match owned {
                    Some((value, false)) => op.apply_owned(value, at(b)?, false),
                    Some((value, true)) => op.apply_owned(value, at(a)?, true),
                    None => op.apply(at(a)?, at(b)?),
                }
                .map_err(|e| e.context(format!("in {op}")))?,
                Step::Choose(c, a, b) => choose(at(c)?, at(a)?, at(b)?)?,
            };
            let bytes = value.bytes() as u64;
            let mut time = Duration::ZERO;
            if let (Some(before), true) = (begun, computes) {
                let ended = Instant::now();
                time = ended - before;
                begun = Some(ended);
            }
            spent.add(Spent { calls: 1, bytes, time });
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
