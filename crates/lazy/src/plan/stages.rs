//! From expressions to stages: each reduction and each output is a consumer; consumers that
//! walk the same blocks of the same sources share a stage.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use graticule_array::{ChunkGrid, DimChunks, Error, Result};
use graticule_storage::ChunkSink;

use super::blocks::{Geometry, Sizes, choose_blocks, sink_blocks};
use super::cost::BlockCost;
use super::fit::{STIFF, cut, stiff_axes_of};
use super::stream::middle;
use super::strips::stored;
use super::taps::shared;
use super::{Action, Consumer, Fit, Output, Reads, Slot, Stage};
use crate::expr::{LazyArray, NodeId, Op, ReduceSpec};
use crate::keep::{Kept, unkept};

/// Rows shorter than this are handled element by element.
const MIN_ROW: usize = 32;

/// Blocks of operations on boxes hold at most this many blocks' bytes, where they can be cut.
const LIMIT: usize = 8;

/// What the parts of an expression above its reductions look like.
struct Facts {
    /// The sources that are read.
    leaves: HashSet<NodeId>,
    /// The reductions that must be finished before.
    needs: Vec<LazyArray>,
    /// The size of the largest element that is held for a block.
    size: usize,
    /// Whether some source has to be read chunk by chunk.
    whole_chunks: bool,
}

impl Facts {
    fn of(root: &LazyArray) -> Self {
        let mut facts =
            Self { leaves: HashSet::new(), needs: Vec::new(), size: 0, whole_chunks: false };
        facts.visit(root, &mut HashSet::new());
        if facts.size == 0 {
            facts.size = root.dtype().planned_size();
        }
        facts
    }

    fn visit(&mut self, node: &LazyArray, seen: &mut HashSet<NodeId>) {
        if !seen.insert(node.id()) {
            return;
        }
        match node.op() {
            Op::Read(source) => {
                self.leaves.insert(node.id());
                self.size = self.size.max(node.dtype().planned_size());
                self.whole_chunks |= source.info().whole_chunks;
            }
            Op::Reduce(_) => self.needs.push(node.clone()),
            Op::Kept(_) => {
                self.leaves.insert(node.id());
                self.size = self.size.max(node.dtype().planned_size());
                self.needs.push(node.clone());
            }
            _ => node.inputs().iter().for_each(|i| self.visit(i, seen)),
        }
    }
}

/// A consumer and what decides with whom it can share a stage.
struct Request {
    consumer: Consumer,
    level: usize,
    facts: Facts,
    geometry: Geometry,
    rows_from: Option<usize>,
}

#[derive(Default)]
struct Builder {
    sizes: Sizes,
    levels: HashMap<NodeId, usize>,
    slots: Vec<Slot>,
    slot_of: HashMap<NodeId, usize>,
    requests: Vec<Request>,
}

/// Stages in an order in which they can run, the slots they fill, and where outputs are.
pub(crate) fn build(
    roots: &[LazyArray],
    sinks: &[Arc<dyn ChunkSink>],
    sizes: Sizes,
) -> Result<(Vec<Stage>, Vec<Slot>, Vec<Output>)> {
    let mut builder = Builder { sizes, ..Builder::default() };
    let mut outputs = Vec::with_capacity(roots.len());
    for (i, root) in roots.iter().enumerate() {
        outputs.push(match sinks.get(i) {
            Some(sink) => {
                check_sink(root, sink)?;
                builder.request(root, Action::Write(sink.clone(), None))?;
                Output::Stored
            }
            None => match root.as_constant() {
                Some(array) => Output::Ready(array.clone()),
                None => Output::Slot(builder.slot(root)?),
            },
        });
    }
    for output in &outputs {
        if let Output::Slot(slot) = output
            && let Some(slot) = builder.slots.get_mut(*slot)
        {
            slot.last_use = None;
        }
    }
    let (stages, slots) = builder.finish();
    Ok((stages, slots, outputs))
}

fn check_sink(root: &LazyArray, sink: &Arc<dyn ChunkSink>) -> Result<()> {
    let info = sink.info();
    if info.dtype == *root.dtype() && info.shape == root.shape() {
        return Ok(());
    }
    Err(Error::mismatch(format!(
        "a sink of {} {:?} cannot take {} {:?}",
        info.dtype,
        info.shape,
        root.dtype(),
        root.shape()
    )))
}

impl Builder {
    /// How many reductions lie one above the other below this node.
    fn level(&mut self, node: &LazyArray) -> usize {
        if let Some(level) = self.levels.get(&node.id()) {
            return *level;
        }
        let level = match node.op() {
            Op::Kept(kept) => self.level(&kept.of) + 1,
            op => {
                let below = node.inputs().iter().map(|i| self.level(i)).max().unwrap_or(0);
                below + usize::from(matches!(op, Op::Reduce(_)))
            }
        };
        self.levels.insert(node.id(), level);
        level
    }

    /// The slot of a reduction or of an output, made by a new consumer if there is none.
    fn slot(&mut self, node: &LazyArray) -> Result<usize> {
        if let Some(slot) = self.slot_of.get(&node.id()) {
            return Ok(*slot);
        }
        let slot = self.slots.len();
        self.slots.push(Slot {
            id: node.id(),
            dtype: node.dtype().clone(),
            shape: node.shape().to_vec(),
            made_by: 0,
            last_use: Some(0),
            on_disk: matches!(node.op(), Op::Kept(Kept { file: Some(_), .. })),
        });
        self.slot_of.insert(node.id(), slot);
        match node.op() {
            Op::Reduce(spec) => {
                let input = node.input()?.clone();
                self.request(&input, Action::Reduce(spec.clone(), slot))?;
            }
            Op::Kept(Kept { of, file: Some(file), .. }) => {
                self.request(of, Action::Write(file.clone(), Some(slot)))?;
            }
            Op::Kept(Kept { of, file: None, .. }) => self.request(of, Action::Collect(slot))?,
            _ => self.request(node, Action::Collect(slot))?,
        }
        Ok(slot)
    }

    fn request(&mut self, input: &LazyArray, action: Action) -> Result<()> {
        let facts = Facts::of(input);
        for node in &facts.needs {
            self.slot(node)?;
        }
        let bare = unkept(input)?;
        let Facts { size, whole_chunks, .. } = Facts::of(&bare);
        let whole = whole_chunks || bare.has_block();
        let mut blocks = choose_blocks(bare.grid(), size, whole, self.sizes);
        if whole && !whole_chunks && !matches!(action, Action::Write(..)) {
            blocks = split_boxes(&blocks, &bare, self.sizes);
        }
        let (blocks, reduced) = match &action {
            // Pieces were chosen to fit these blocks.
            Action::Write(_, Some(_)) => (input.grid().clone(), Vec::new()),
            Action::Write(sink, None) => {
                let size = size.max(input.dtype().planned_size());
                (sink_blocks(&sink.info().grid, &blocks, size, self.sizes), Vec::new())
            }
            Action::Collect(_) => (blocks, Vec::new()),
            Action::Reduce(spec, _) => {
                let reduced: Vec<usize> = (0..input.ndim()).filter(|a| spec.reduces(*a)).collect();
                (in_order(blocks, spec, &reduced), reduced)
            }
        };
        let blocks = match &action {
            Action::Reduce(spec, _) if bare.has_block() => {
                limit_blocks(&blocks, &bare, spec, &reduced, self.sizes)
            }
            _ => blocks,
        };
        let geometry = Geometry::new(blocks, reduced, size, self.sizes);
        let consumer = Consumer { input: input.clone(), action };
        let level = self.level(input);
        let rows_from = rows_from(&geometry, &consumer);
        self.requests.push(Request { consumer, level, facts, geometry, rows_from });
        Ok(())
    }

    fn finish(mut self) -> (Vec<Stage>, Vec<Slot>) {
        // Reductions first, so that outputs which walk the same blocks can join them.
        let collects = |r: &Request| !matches!(r.consumer.action, Action::Reduce(..));
        self.requests.sort_by_key(|r| (r.level, collects(r)));
        let mut groups: Vec<Vec<Request>> = Vec::new();
        for request in self.requests {
            let fits = groups.iter_mut().find(|g| g.iter().any(|other| shares(other, &request)));
            match fits {
                Some(group) => group.push(request),
                None => groups.push(vec![request]),
            }
        }
        // What came later may tie groups together.
        let mut tied = 0;
        while tied < groups.len() {
            let Some((early, rest)) = groups.get_mut(tied..).and_then(<[_]>::split_first_mut)
            else {
                break;
            };
            let joins = |g: &Vec<Request>| {
                let tied = early.first().is_some_and(|first| g.iter().all(|b| first.ties(b)));
                tied && early.iter().any(|a| g.iter().any(|b| shares(a, b)))
            };
            match rest.iter().position(joins) {
                Some(at) => {
                    let group = groups.remove(tied + 1 + at);
                    if let Some(early) = groups.get_mut(tied) {
                        early.extend(group);
                    }
                }
                None => tied += 1,
            }
        }
        let mut stages: Vec<Stage> = Vec::new();
        for (number, group) in groups.into_iter().enumerate() {
            let mut needs = Vec::new();
            for node in group.iter().flat_map(|r| &r.facts.needs) {
                if let Some(slot) = self.slot_of.get(&node.id())
                    && !needs.contains(slot)
                {
                    needs.push(*slot);
                }
            }
            for slot in &needs {
                if let Some(slot) = self.slots.get_mut(*slot) {
                    slot.last_use = slot.last_use.map(|last| last.max(number));
                }
            }
            for request in &group {
                if let Action::Collect(slot)
                | Action::Reduce(_, slot)
                | Action::Write(_, Some(slot)) = &request.consumer.action
                    && let Some(slot) = self.slots.get_mut(*slot)
                {
                    slot.made_by = number;
                    slot.last_use = slot.last_use.map(|last| last.max(number));
                }
            }
            let first = group.first().map(|r| (r.geometry.clone(), r.rows_from));
            let consumers: Vec<_> = group.into_iter().map(|r| r.consumer).collect();
            let Some((geometry, rows_from)) = first else { continue };
            let (fit, reads) = (Fit::whole(&geometry), Reads::default());
            let (covers, stream) = (covers(&geometry, &consumers), None);
            let reducing = reducing(&consumers);
            let stored = stored(&consumers, covers, self.sizes);
            stages.push(Stage {
                geometry,
                consumers,
                needs,
                fit,
                reads,
                rows_from,
                covers,
                stream,
                reducing,
                stored,
            });
        }
        (stages, self.slots)
    }
}

/// What the reductions among consumers are called together.
pub(super) fn reducing(consumers: &[Consumer]) -> String {
    let specs = consumers.iter().filter_map(|c| match &c.action {
        Action::Reduce(spec, _) => Some(spec.to_string()),
        _ => None,
    });
    specs.collect::<Vec<_>>().join(", ")
}

/// Whether a block of all consumers needs several boxes of some source.
pub(super) fn covers(geometry: &Geometry, consumers: &[Consumer]) -> bool {
    let block = middle(&geometry.grid.shape(), &geometry.grid.largest());
    !shared(consumers.iter().map(|c| &c.input), &block).is_empty()
}

/// Blocks of operations on boxes whose sources serve any box are cut until what they hold is
/// within bounds, along the axes along which least is held twice.
fn split_boxes(blocks: &ChunkGrid, input: &LazyArray, sizes: Sizes) -> ChunkGrid {
    let limit = sizes.block.saturating_mul(LIMIT);
    let mut dims = blocks.dims().to_vec();
    let mut lens = blocks.largest();
    let mut held = BlockCost::held(input, &lens);
    while held > limit {
        let halves = lens.iter().enumerate().filter(|(_, n)| **n > 1).map(|(axis, n)| {
            let mut lens = lens.clone();
            lens.splice(axis..=axis, [n.div_ceil(2)]);
            (BlockCost::held(input, &lens), axis, n.div_ceil(2))
        });
        let Some((half, axis, len)) = halves.min_by_key(|(held, ..)| *held) else { break };
        if half as f64 > STIFF * held as f64 {
            break;
        }
        if let (Some(dim), Some(old)) = (dims.get_mut(axis), lens.get_mut(axis)) {
            *dim = cut(dim, len);
            *old = len;
        }
        held = half;
    }
    ChunkGrid::new(dims)
}

/// Blocks of operations on boxes hold more than themselves, and only their kept axes can be cut
/// later to fit the budget: the reduced axes are cut here, by a constant.
fn limit_blocks(
    blocks: &ChunkGrid,
    input: &LazyArray,
    spec: &ReduceSpec,
    reduced: &[usize],
    sizes: Sizes,
) -> ChunkGrid {
    let ordered = spec.reduction.in_order() || spec.reduction.by_position();
    let mut dims = blocks.dims().to_vec();
    let mut lens = blocks.largest();
    let limit = sizes.block.saturating_mul(LIMIT);
    while BlockCost::held(input, &lens) > limit {
        let stiff = stiff_axes_of(input, &lens);
        let can = |a: &&usize| {
            lens.get(**a).is_some_and(|n| *n > 1)
                && !stiff.contains(a)
                && (!ordered || reduced.first() == Some(a))
        };
        let longest = reduced.iter().filter(can).max_by_key(|a| lens.get(**a).copied());
        let Some(axis) = longest.copied() else { break };
        let (Some(dim), Some(len)) = (dims.get_mut(axis), lens.get_mut(axis)) else { break };
        *len = len.div_ceil(2);
        *dim = cut(dim, *len);
    }
    ChunkGrid::new(dims)
}

/// The first and the last element are those of the row-major order: blocks follow it only
/// where they are whole along all reduced axes but the slowest.
fn in_order(blocks: ChunkGrid, spec: &ReduceSpec, reduced: &[usize]) -> ChunkGrid {
    if !spec.reduction.in_order() {
        return blocks;
    }
    let dims = blocks.dims().iter().enumerate().map(|(axis, dim)| {
        let inner = reduced.iter().skip(1).any(|a| *a == axis);
        if inner { DimChunks::even(dim.len(), dim.len()) } else { dim.clone() }
    });
    ChunkGrid::new(dims.collect::<Vec<_>>())
}

impl Request {
    /// Whether both walk the same blocks in the same way.
    fn ties(&self, other: &Self) -> bool {
        self.level == other.level
            && self.geometry.grid == other.geometry.grid
            && self.geometry.reduced == other.geometry.reduced
            && self.geometry.runs() == other.geometry.runs()
            && self.rows_from == other.rows_from
    }
}

/// Whether `b` is best fed from the blocks of `a`. What a reduction adds up in which
/// order must not depend on its company, so only equal cuts share.
fn shares(a: &Request, b: &Request) -> bool {
    let alike = a.geometry.reduced == b.geometry.reduced
        && a.geometry.runs() == b.geometry.runs()
        && a.rows_from == b.rows_from;
    a.level == b.level
        && a.geometry.grid == b.geometry.grid
        && (alike || matches!(b.consumer.action, Action::Collect(_)))
        && !a.facts.leaves.is_disjoint(&b.facts.leaves)
}

/// The axis from which on all axes are kept, or all are reduced and none is grouped, if rows
/// of that kind are long; always for reductions to positions. Decided for the grid, so that it is the same however a run is cut
/// to fit the budget.
pub(super) fn rows_from(geometry: &Geometry, consumer: &Consumer) -> Option<usize> {
    let (mut grouped, mut by_position) = (None, false);
    if let Action::Reduce(spec, _) = &consumer.action {
        grouped = spec.groups.as_ref().map(|g| g.axis);
        by_position = spec.reduction.by_position();
    }
    let dims = geometry.grid.dims();
    let last = dims.len().checked_sub(1)?;
    let kept = geometry.kept.contains(&last);
    let (mut from, mut length) = (dims.len(), 1usize);
    for axis in (0..dims.len()).rev() {
        let dim = dims.get(axis)?;
        if geometry.kept.contains(&axis) != kept || grouped == Some(axis) {
            break;
        }
        from = axis;
        length = length.saturating_mul(dim.longest());
        // Positions along several axes are one count only where the inner ones are whole.
        if by_position && !kept && dim.count() > 1 {
            break;
        }
    }
    (by_position || length >= MIN_ROW).then_some(from)
}
