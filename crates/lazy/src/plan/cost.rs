//! What stages read, and what a block of them takes in memory.

use std::collections::{BTreeSet, HashSet};

use graticule_array::{DimChunks, Pick, Selection};
use graticule_storage::Limits;

use super::{Action, Stage};
use crate::expr::{LazyArray, NodeId, Op};
use crate::geometry::{concat_segments, through_broadcast, through_permute};
use crate::kernel::TILE;

/// What a stage reads.
#[derive(Clone, Debug, Default)]
pub(crate) struct Reads {
    /// Bytes that sources decode.
    pub(crate) bytes: u64,
    /// Bytes on disk behind them, where known.
    pub(crate) stored: u64,
    /// Chunks, counted as often as they are read.
    pub(crate) chunks: usize,
    /// The number of sources.
    pub(crate) sources: usize,
    /// The first source, as text.
    pub(crate) example: Option<String>,
    /// Lock domains that some source or sink names.
    pub(crate) locks: Vec<&'static str>,
    /// The fewest users at a time that some source or sink allows.
    pub(crate) parallel: Option<usize>,
}

impl Reads {
    fn respect(&mut self, limits: &Limits) {
        if let Some(lock) = limits.lock
            && !self.locks.contains(&lock)
        {
            self.locks.push(lock);
        }
        self.parallel = [self.parallel, limits.parallel].into_iter().flatten().min();
    }
}

/// What a stage reads, each chunk once per visit.
pub(crate) fn reads(stage: &Stage) -> Reads {
    let mut out = Reads::default();
    let mut seen = HashSet::new();
    for consumer in &stage.consumers {
        visit(&consumer.input, &Selection::all(consumer.input.shape()), &mut seen, &mut out);
        if let Action::Write(sink) = &consumer.action {
            out.respect(&sink.limits());
        }
    }
    let again = |n: f64| n * stage.fit.reread;
    out.bytes = again(out.bytes as f64) as u64;
    out.stored = again(out.stored as f64) as u64;
    out.chunks = again(out.chunks as f64).round() as usize;
    out
}

fn visit(
    node: &LazyArray,
    part: &Selection,
    seen: &mut HashSet<(NodeId, Selection)>,
    out: &mut Reads,
) {
    if !seen.insert((node.id(), part.clone())) {
        return;
    }
    let input = || node.inputs().first();
    match node.op() {
        Op::Const(_) | Op::Reduce(_) => {}
        Op::Read(source) => {
            let (info, limits) = (source.info(), source.limits());
            let (mut chunks, mut cells, mut all) = (1usize, 1u64, 1u64);
            for ((pick, dim), n) in part.picks().iter().zip(info.grid.dims()).zip(&info.shape) {
                let (count, length) = touched(pick, dim);
                chunks = chunks.saturating_mul(count);
                let wanted = if info.whole_chunks { length } else { pick.len() };
                cells = cells.saturating_mul(wanted as u64);
                all = all.saturating_mul(*n as u64);
            }
            let size = info.dtype.planned_size() as u64;
            out.chunks = out.chunks.saturating_add(chunks);
            out.bytes = out.bytes.saturating_add(cells.saturating_mul(size));
            if let Some(stored) = limits.stored {
                let share = cells as f64 / all.max(1) as f64;
                out.stored = out.stored.saturating_add((stored as f64 * share) as u64);
            }
            out.sources += 1;
            if out.example.is_none() {
                let lens = info.grid.largest();
                out.example = Some(format!("{} {:?} in {lens:?}", info.dtype, info.shape));
            }
            out.respect(&limits);
        }
        Op::Select(own) => {
            if let (Some(input), Ok(both)) = (input(), own.then(part)) {
                visit(input, &both, seen, out);
            }
        }
        Op::Permute(axes) => {
            if let Some(input) = input() {
                visit(input, &through_permute(axes, part).0, seen, out);
            }
        }
        Op::Broadcast { axes, .. } => {
            if let Some(input) = input() {
                visit(input, &through_broadcast(axes, input.ndim(), part).0, seen, out);
            }
        }
        Op::JoinChars => {
            if let Some(input) = input() {
                let mut picks = part.picks().to_vec();
                picks.push(Pick::all(input.shape().last().copied().unwrap_or(0)));
                visit(input, &Selection::new(picks), seen, out);
            }
        }
        Op::Concat { axis, starts } => {
            let Some(pick) = part.picks().get(*axis) else { return };
            for segment in concat_segments(starts, pick) {
                if let Some(piece) = node.inputs().get(segment.piece) {
                    visit(piece, &part.clone().with(*axis, segment.pick), seen, out);
                }
            }
        }
        Op::Map(_) | Op::Zip(_) | Op::Choose | Op::Rechunk(_) => {
            for input in node.inputs() {
                visit(input, part, seen, out);
            }
        }
    }
}

/// How many chunks a pick touches, and their total length.
fn touched(pick: &Pick, dim: &DimChunks) -> (usize, usize) {
    let between = |low: usize, high: usize| {
        let (first, last) = (dim.find(low), dim.find(high));
        let (start, (end, len)) = (dim.chunk(first).0, dim.chunk(last));
        (last - first + 1, end + len - start)
    };
    match pick {
        Pick::At(i) => between(*i, *i),
        Pick::Range { len: 0, .. } => (0, 0),
        Pick::Range { start, step: 1, len } => between(*start, start + len - 1),
        other => {
            let indices = (0..other.len()).filter_map(|k| other.get(k));
            let chunks: BTreeSet<usize> = indices.map(|i| dim.find(i)).collect();
            (chunks.len(), chunks.iter().map(|c| dim.chunk(*c).1).sum())
        }
    }
}

/// Bytes that one block takes while it is worked on.
#[derive(Default)]
pub(crate) struct BlockCost {
    /// Arrays that are held for the block.
    pub(crate) bytes: usize,
    /// The most that a source takes beside the caller's buffer.
    pub(crate) scratch: usize,
    steps: usize,
    seen: HashSet<(NodeId, Vec<usize>)>,
}

impl BlockCost {
    /// The cost of a block of these lengths.
    pub(crate) fn of(stage: &Stage, lens: &[usize]) -> usize {
        let mut cost = Self::default();
        let cells = product(lens);
        for consumer in &stage.consumers {
            cost.visit(&consumer.input, lens, false);
            if !matches!(consumer.action, Action::Reduce(..)) {
                cost.add(cells, &consumer.input);
            } else if stage.rows_from.is_none() {
                cost.bytes = cost.bytes.saturating_add(cells.saturating_mul(4));
            }
        }
        let tile = cells.min(TILE).saturating_mul(cost.steps + 1).saturating_mul(8);
        cost.bytes.saturating_add(cost.scratch).saturating_add(tile)
    }

    fn add(&mut self, cells: usize, of: &LazyArray) {
        self.bytes = self.bytes.saturating_add(cells.saturating_mul(of.dtype().planned_size()));
    }

    /// `scattered`: whether the picks are not a box.
    fn visit(&mut self, node: &LazyArray, lens: &[usize], scattered: bool) {
        if !self.seen.insert((node.id(), lens.to_vec())) {
            return;
        }
        self.steps += 1;
        let cells = product(lens);
        let Some(input) = node.inputs().first() else {
            match node.op() {
                Op::Read(source) => {
                    self.add(cells, node);
                    self.scratch = self.scratch.max(source.limits().scratch);
                    if scattered {
                        let chunk = source.info().grid.largest();
                        self.add(product(&chunk), node);
                    }
                }
                _ if scattered => self.add(cells, node),
                _ => {}
            }
            return;
        };
        match node.op() {
            Op::Reduce(_) => {
                if scattered {
                    self.add(cells, node);
                }
            }
            Op::Select(own) => {
                let mut outer = lens.iter();
                let below: Vec<usize> = own
                    .picks()
                    .iter()
                    .map(|p| if matches!(p, Pick::At(_)) { 1 } else { *outer.next().unwrap_or(&1) })
                    .collect();
                let even = |p: &Pick| matches!(p, Pick::At(_) | Pick::Range { step: 1, .. });
                let scattered = scattered || !own.picks().iter().all(even);
                self.visit(input, &below, scattered);
            }
            Op::Permute(axes) => {
                let mut below = vec![1; lens.len()];
                for (axis, len) in axes.iter().zip(lens) {
                    if let Some(to) = below.get_mut(*axis) {
                        *to = *len;
                    }
                }
                self.visit(input, &below, scattered);
            }
            Op::Broadcast { axes, .. } => {
                let mut below = vec![1; input.ndim()];
                for (axis, len) in axes.iter().zip(lens) {
                    if let Some(to) = axis.and_then(|a| below.get_mut(a)) {
                        *to = *len;
                    }
                }
                if matches!(input.op(), Op::Map(_) | Op::Zip(_) | Op::Choose) {
                    self.add(product(&below), input);
                }
                self.visit(input, &below, scattered);
            }
            Op::JoinChars => {
                let mut below = lens.to_vec();
                below.push(input.shape().last().copied().unwrap_or(1));
                self.add(cells, node);
                self.visit(input, &below, scattered);
            }
            Op::Concat { .. } => {
                self.add(cells, node);
                // One piece at a time; a read goes straight into the whole.
                let (mut most, mut scratch) = (0, self.scratch);
                for piece in node.inputs() {
                    let mut inner = Self::default();
                    inner.visit(piece, lens, scattered);
                    let computed = match piece.op() {
                        Op::Read(_) if !scattered => 0,
                        Op::Read(_) | Op::Select(_) => inner.bytes,
                        _ => {
                            inner.add(cells, piece);
                            inner.bytes
                        }
                    };
                    most = most.max(computed);
                    scratch = scratch.max(inner.scratch);
                }
                self.bytes = self.bytes.saturating_add(most);
                self.scratch = scratch;
            }
            _ => {
                for input in node.inputs() {
                    self.visit(input, lens, scattered);
                }
            }
        }
    }
}

/// The product of lengths; saturates.
pub(crate) fn product(lens: &[usize]) -> usize {
    lens.iter().fold(1, |n, l| n.saturating_mul(*l))
}
