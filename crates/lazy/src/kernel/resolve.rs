//! What a block of an expression needs.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use graticule_array::{Array, Error, Pick, Region, Result, Selection};

use graticule_storage::ChunkSource;

use super::held::Held;
use super::{Buffers, Operand, Program, Step, TILE};
use crate::expr::{LazyArray, NodeId, Op};
use crate::geometry::{concat_segments, single_piece, staying, through_broadcast, through_permute};
use crate::keep::Kept;
use crate::profile::{Spent, StageProfile};

/// What blocks of a run share.
#[derive(Debug)]
pub(crate) struct Blocks<'a> {
    /// The reductions that earlier stages finished.
    pub(crate) results: &'a HashMap<NodeId, Array>,
    /// Buffers for reading.
    pub(crate) buffers: &'a Buffers,
    /// Counts bytes that sources decoded.
    pub(crate) read: &'a AtomicU64,
    /// What the stage spends.
    pub(crate) profile: &'a StageProfile,
}

impl Blocks<'_> {
    /// Counts a box of a source: its chunks, and the bytes that were decoded for it, which are
    /// those of whole chunks where these are decoded as a whole.
    fn count(&self, source: &dyn ChunkSource, region: &Region) {
        let info = source.info();
        let (mut chunks, mut elements) = (1u64, 1usize);
        for ((at, len), dim) in region.axes().zip(info.grid.dims()) {
            let (first, last) = (dim.find(at), dim.find(at.saturating_add(len.saturating_sub(1))));
            chunks = chunks.saturating_mul(last.saturating_sub(first) as u64 + 1);
            let decoded = if info.whole_chunks && len > 0 {
                let (end, n) = dim.chunk(last);
                (end + n).saturating_sub(dim.chunk(first).0)
            } else {
                len
            };
            elements = elements.saturating_mul(decoded);
        }
        let bytes = elements.saturating_mul(info.dtype.planned_size()) as u64;
        self.read.fetch_add(bytes, Ordering::Relaxed);
        self.profile.read(bytes, chunks);
    }

    /// Counts a chunk that was copied as its `stored` bytes.
    pub(crate) fn copied(
        &self,
        source: &dyn ChunkSource,
        region: &Region,
        stored: usize,
        start: Instant,
    ) {
        self.count(source, region);
        self.profile.record([("copy".to_owned(), Spent::since(start, stored))]);
    }
}

/// Resolves the expressions of one block; remembers what it has met, so that expressions
/// which share parts read and compute these once.
#[derive(Debug)]
pub(crate) struct Resolver<'a> {
    pub(super) blocks: &'a Blocks<'a>,
    /// What is there already.
    pub(super) held: &'a [Held],
    program: Program,
    steps: Vec<(NodeId, Selection, Vec<Option<usize>>, usize)>,
    arrays: Vec<(NodeId, Selection, Array)>,
    pub(super) lent: Vec<Array>,
    /// Whether what is read comes from a source.
    counts: bool,
    /// What was spent beside the steps of the program.
    spent: Vec<(Cow<'static, str>, Spent)>,
}

impl<'a> Resolver<'a> {
    /// Nothing resolved yet.
    pub(crate) fn new(blocks: &'a Blocks<'a>) -> Self {
        Self::beside(blocks, &[])
    }

    /// Nothing resolved yet, but some parts are held.
    pub(crate) fn beside(blocks: &'a Blocks<'a>, held: &'a [Held]) -> Self {
        Self {
            blocks,
            held,
            program: Program::default(),
            steps: Vec::new(),
            arrays: Vec::new(),
            lent: Vec::new(),
            counts: true,
            spent: Vec::new(),
        }
    }

    /// What was resolved.
    pub(crate) fn program(&self) -> &Program {
        &self.program
    }

    /// The value of this step is asked for. To be said before the program runs.
    pub(crate) fn ask(&mut self, step: usize) {
        self.program.keep(step);
    }

    /// Ends the block and gives its buffers back.
    pub(crate) fn finish(self) {
        let Self { blocks, program, arrays, lent, mut spent, .. } = self;
        spent.extend(program.spent());
        blocks.profile.record(spent);
        drop((program, arrays));
        for buffer in lent {
            blocks.buffers.give(buffer);
        }
    }

    /// Ends the block; the arrays that were made of it stay whose they are.
    pub(crate) fn keep(mut self) {
        self.lent.clear();
        self.finish();
    }

    /// Whether a part of a node is held.
    pub(super) fn holds(&self, node: &LazyArray, part: &Selection) -> bool {
        self.held.iter().any(|h| h.holds(node.id(), part))
    }

    /// The step that computes the selected part of `node`, seen under a block whose axis `i`
    /// runs along axis `places[i]` of that part.
    pub(crate) fn resolve(
        &mut self,
        node: &LazyArray,
        part: &Selection,
        places: &[Option<usize>],
    ) -> Result<usize> {
        let id = node.id();
        let known = self.steps.iter().find(|(n, s, p, _)| *n == id && s == part && p == places);
        if let Some((.., step)) = known {
            return Ok(*step);
        }
        let at = |i: usize| node.inputs().get(i).ok_or_else(|| Error::bug("an input was lost"));
        if self.held.iter().any(|h| h.is_of(id)) && !matches!(node.op(), Op::Read(_)) {
            let array = self.array(node, part)?;
            let step = self.load(array, places.to_vec());
            self.steps.push((id, part.clone(), places.to_vec(), step));
            return Ok(step);
        }
        let step = match node.op() {
            Op::Map(op) => {
                let a = self.resolve(at(0)?, part, places)?;
                self.push(Step::Map(op.clone(), a))
            }
            Op::Zip(op) => {
                let (a, b) =
                    (self.resolve(at(0)?, part, places)?, self.resolve(at(1)?, part, places)?);
                self.push(Step::Zip(*op, a, b))
            }
            Op::Choose => {
                let (a, b) =
                    (self.resolve(at(0)?, part, places)?, self.resolve(at(1)?, part, places)?);
                let c = self.resolve(at(2)?, part, places)?;
                self.push(Step::Choose(a, b, c))
            }
            Op::Rechunk(_) => self.resolve(at(0)?, part, places)?,
            Op::Select(own) => self.resolve(at(0)?, &own.then(part)?, places)?,
            Op::Permute(axes) => {
                let (below, order) = through_permute(axes, part);
                self.resolve(at(0)?, &below, &follow(places, |i| order.get(i).copied()))?
            }
            Op::Broadcast { axes, .. } => {
                let (below, through) = through_broadcast(axes, at(0)?.ndim(), part);
                let places = follow(places, |i| through.get(i).copied().flatten());
                // What repeats is computed once, not once per repetition.
                let array = self.array(at(0)?, &below)?;
                self.load(array, places)
            }
            Op::Concat { axis, starts } => match single_piece(starts, part, *axis) {
                Some((piece, pick)) => {
                    self.resolve(at(piece)?, &part.clone().with(*axis, pick), places)?
                }
                None => {
                    let array = self.array(node, part)?;
                    self.load(array, places.to_vec())
                }
            },
            Op::Const(_) | Op::Reduce(_) | Op::Kept(Kept { file: None, .. }) => {
                let (part, places) = without_repeats(part, places);
                let array = self.array(node, &part)?;
                self.load(array, places)
            }
            Op::Read(_) | Op::JoinChars | Op::Block(_) | Op::Gather(_) | Op::Kept(_) => {
                let array = self.array(node, part)?;
                self.load(array, places.to_vec())
            }
        };
        self.steps.push((id, part.clone(), places.to_vec(), step));
        Ok(step)
    }

    fn push(&mut self, step: Step) -> usize {
        self.program.steps.push(step);
        self.program.steps.len() - 1
    }

    fn load(&mut self, array: Array, axes: Vec<Option<usize>>) -> usize {
        self.program.operands.push(Operand::new(array, axes));
        self.push(Step::Load(self.program.operands.len() - 1))
    }

    /// The selected part of `node` in memory.
    pub(crate) fn array(&mut self, node: &LazyArray, part: &Selection) -> Result<Array> {
        let id = node.id();
        if let Some((.., array)) = self.arrays.iter().find(|(n, s, _)| *n == id && s == part) {
            return Ok(array.clone());
        }
        if let Some(held) = self.held.iter().find(|h| h.holds(id, part)) {
            return held.part(part);
        }
        let array = match node.op() {
            Op::Const(a) => pick(a, part)?,
            Op::Kept(Kept { file: Some(file), .. }) => {
                let file: Arc<dyn ChunkSource> = file.clone();
                self.counts = false;
                let array = self.read(&file, part);
                self.counts = true;
                array?
            }
            Op::Reduce(_) | Op::Kept(_) => {
                let done = self.blocks.results.get(&id);
                let done =
                    done.ok_or_else(|| Error::bug(format!("{node:?} is not computed yet")))?;
                pick(done, part)?
            }
            Op::Read(source) => self.read(source, part)?,
            Op::Select(own) => self.array(node.input()?, &own.then(part)?)?,
            Op::Rechunk(_) => self.array(node.input()?, part)?,
            Op::Permute(axes) => {
                let (below, order) = through_permute(axes, part);
                self.array(node.input()?, &below)?.permute(&order)?
            }
            Op::JoinChars => {
                let input = node.input()?;
                let mut picks = part.picks().to_vec();
                picks.push(Pick::all(input.shape().last().copied().unwrap_or(0)));
                self.array(input, &Selection::new(picks))?.join_chars()?
            }
            Op::Concat { axis, starts } => match single_piece(starts, part, *axis) {
                Some((piece, pick)) => {
                    let piece = node.inputs().get(piece);
                    let piece = piece.ok_or_else(|| Error::bug("a piece was lost"))?;
                    self.array(piece, &part.clone().with(*axis, pick))?
                }
                None => self.concat(node, *axis, starts, part)?,
            },
            Op::Broadcast { .. } | Op::Map(_) | Op::Zip(_) | Op::Choose => {
                self.computed(node, part)?
            }
            Op::Block(op) => self.block(node, op, part)?,
            Op::Gather(gather) => self.gather(node, gather, part)?,
        };
        self.arrays.push((id, part.clone(), array.clone()));
        Ok(array)
    }

    /// Runs a program of its own for a part of `node`.
    fn computed(&mut self, node: &LazyArray, part: &Selection) -> Result<Array> {
        let shape = part.shape();
        let mut inner = Resolver::beside(self.blocks, self.held);
        inner.arrays.clone_from(&self.arrays);
        let places: Vec<_> = (0..shape.len()).map(Some).collect();
        let root = inner.resolve(node, part, &places)?;
        inner.ask(root);
        let mut out = self.buffer(node.dtype(), &shape)?;
        fill(inner.program(), root, &mut out)?;
        // What it read may be needed again by the block itself.
        self.arrays = std::mem::take(&mut inner.arrays);
        self.spent.append(&mut inner.spent);
        self.spent.extend(inner.program.spent());
        self.lent.append(&mut inner.lent);
        self.lent.push(out.clone());
        Ok(out)
    }

    /// Puts the picked pieces one after the other.
    fn concat(
        &mut self,
        node: &LazyArray,
        axis: usize,
        starts: &[usize],
        part: &Selection,
    ) -> Result<Array> {
        let pick = part.picks().get(axis).ok_or_else(|| Error::bug("an axis was lost"))?;
        let shape = part.shape();
        let along = staying(part).iter().position(|a| *a == axis);
        let along = along.ok_or_else(|| Error::bug("one piece passed for several"))?;
        let mut out = self.buffer(node.dtype(), &shape)?;
        for segment in concat_segments(starts, pick) {
            let piece = node.inputs().get(segment.piece);
            let piece = piece.ok_or_else(|| Error::bug("a piece was lost"))?;
            let mut region = graticule_array::Region::whole(&shape);
            if let (Some(s), Some(l)) = (region.start.get_mut(along), region.len.get_mut(along)) {
                (*s, *l) = (segment.at, segment.pick.len());
            }
            let part = part.clone().with(axis, segment.pick);
            if let Op::Read(source) = piece.op()
                && !self.holds(piece, &part)
                && self.read_box(source, &part, &mut out, &region)?
            {
                continue;
            }
            // Pieces are not needed again: their buffers go back at once.
            let mut inner = Resolver::beside(self.blocks, self.held);
            let array = inner.array(piece, &part)?;
            out.view_mut().region(&region)?.assign(&array)?;
            drop(array);
            inner.finish();
        }
        self.lent.push(out.clone());
        Ok(out)
    }

    /// An array to fill; to be lent to the block once it is full.
    pub(super) fn buffer(&self, dtype: &graticule_array::DType, shape: &[usize]) -> Result<Array> {
        self.blocks.buffers.take(dtype, shape)
    }

    /// Counts a box of a source that was read, beginning at `start`.
    pub(super) fn count(&mut self, source: &Arc<dyn ChunkSource>, region: &Region, start: Instant) {
        let bytes = region.count().saturating_mul(source.info().dtype.planned_size());
        if self.counts {
            self.blocks.count(source.as_ref(), region);
            self.note("read", Spent::since(start, bytes));
        } else {
            self.note("read what was kept", Spent::since(start, bytes));
        }
    }

    /// Notes what an operation spent.
    pub(super) fn note(&mut self, name: impl Into<Cow<'static, str>>, spent: Spent) {
        let name = name.into();
        match self.spent.iter_mut().find(|(known, _)| *known == name) {
            Some((_, all)) => all.add(spent),
            None => self.spent.push((name, spent)),
        }
    }
}

/// The picked elements. Boxes, which share the storage, are cut out before lists copy.
pub(super) fn pick(array: &Array, part: &Selection) -> Result<Array> {
    if !part.picks().iter().any(|p| matches!(p, Pick::List(_))) {
        return array.select(part);
    }
    let (mut first, mut then) = (Vec::new(), Vec::new());
    for (pick, n) in part.picks().iter().zip(array.shape()) {
        match pick {
            Pick::List(_) => {
                first.push(Pick::all(*n));
                then.push(pick.clone());
            }
            Pick::At(_) => first.push(pick.clone()),
            Pick::Range { len, .. } => {
                first.push(pick.clone());
                then.push(Pick::all(*len));
            }
        }
    }
    array.select(&Selection::new(first))?.select(&Selection::new(then))
}

/// Runs a program over a whole block.
pub(crate) fn fill(program: &Program, root: usize, out: &mut Array) -> Result<()> {
    if let Some(array) = program.loaded(root) {
        return out.view_mut().assign(&array);
    }
    let shape = out.shape().to_vec();
    fill_piece(program, root, &shape, 0, out)
}

/// Runs a program over the elements of a block of this shape from `from` on.
pub(crate) fn fill_piece(
    program: &Program,
    root: usize,
    block: &[usize],
    from: usize,
    out: &mut Array,
) -> Result<()> {
    let shape = out.shape().to_vec();
    let len = out.len();
    let taken = std::mem::take(out);
    let mut flat = taken.reshape(&[len])?;
    drop(taken);
    let mut values = Vec::new();
    for start in (0..len).step_by(TILE) {
        let range = start..(start + TILE).min(len);
        program.run(block, &(from + range.start..from + range.end), &mut values)?;
        let value = values.get(root).ok_or_else(|| Error::bug("a step was lost"))?;
        let region = graticule_array::Region::new([start], [range.len()]);
        flat.view_mut().region(&region)?.assign(value)?;
    }
    *out = flat.reshape(&shape)?;
    Ok(())
}

/// Each axis of the block goes where `next` leads.
fn follow(places: &[Option<usize>], next: impl Fn(usize) -> Option<usize>) -> Vec<Option<usize>> {
    places.iter().map(|p| p.and_then(&next)).collect()
}

/// Lists of one index again and again (the climatology of one month under many of its days)
/// repeat instead of copying.
fn without_repeats(part: &Selection, places: &[Option<usize>]) -> (Selection, Vec<Option<usize>>) {
    let only = |pick: &Pick| match pick {
        Pick::List(list) => {
            let first = list.first()?;
            list.iter().all(|i| i == first).then_some(Pick::At(*first))
        }
        _ => None,
    };
    if !part.picks().iter().any(|p| only(p).is_some()) {
        return (part.clone(), places.to_vec());
    }
    let picks: Vec<Pick> =
        part.picks().iter().map(|p| only(p).unwrap_or_else(|| p.clone())).collect();
    let (before, below) = (staying(part), Selection::new(picks));
    let after = staying(&below);
    let places = follow(places, |i| {
        let axis = before.get(i)?;
        after.iter().position(|a| a == axis)
    });
    (below, places)
}
