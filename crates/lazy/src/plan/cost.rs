//! What stages read, and what a block of them takes in memory.

use std::collections::{BTreeSet, HashSet};

use graticule_array::{ChunkGrid, DimChunks, Pick, Region, Selection};
use graticule_storage::Limits;

use super::taps::Taps;
use super::{Action, Stage, Stream};
use crate::block::{needs, passes, shapes};
use crate::expr::{LazyArray, NodeId, Op};
use crate::geometry::{concat_segments, through_broadcast, through_permute};
use crate::keep::Kept;
use crate::kernel::{TILE, TOGETHER};
use crate::optimize::below_block;
use crate::run::PIECE;

/// What a stage reads.
#[derive(Clone, Debug, Default)]
pub(crate) struct Reads {
    /// Bytes that sources decode.
    pub(crate) bytes: u64,
    /// Bytes on disk behind them, where known.
    pub(crate) stored: u64,
    /// Chunks, counted as often as they are read.
    pub(crate) chunks: usize,
    /// Bytes that come back from temporary files.
    pub(crate) again: u64,
    /// The number of sources.
    pub(crate) sources: usize,
    /// Which they are.
    pub(crate) ids: Vec<NodeId>,
    /// The first source, as text.
    pub(crate) example: Option<String>,
    /// Lock domains that some source or sink names.
    pub(crate) locks: Vec<&'static str>,
    /// The fewest users at a time that some source or sink allows.
    pub(crate) parallel: Option<usize>,
}

impl Reads {
    /// What reading costs, to compare it: what comes back from temporary files costs less.
    pub(crate) fn effort(&self) -> f64 {
        self.bytes as f64 + self.again as f64 / 4.0
    }

    fn respect(&mut self, limits: &Limits) {
        if let Some(lock) = limits.lock
            && !self.locks.contains(&lock)
        {
            self.locks.push(lock);
        }
        self.parallel = [self.parallel, limits.parallel].into_iter().flatten().min();
    }
}

/// More blocks are not counted one by one.
const MAX_BLOCKS: usize = 2048;

/// Of these, so many stand for all.
const SAMPLE: usize = 256;

/// What a stage reads.
pub(crate) fn reads(stage: &Stage) -> Reads {
    let mut counter = Counter::default();
    let blocks = stage.blocks();
    if let Some(stream) = &stage.stream {
        walked(stage, stream, &mut counter);
    } else if is_aligned(stage) {
        // Each chunk belongs to one block.
        for consumer in &stage.consumers {
            counter.visit(&consumer.input, &Selection::all(consumer.input.shape()));
        }
    } else {
        let stride = if blocks > MAX_BLOCKS { blocks.div_ceil(SAMPLE) } else { 1 };
        let mut counted = 0usize;
        for number in (0..blocks).step_by(stride) {
            let (column, pass, block) = stage.block(number);
            counted += 1;
            if stage.skips(pass, block) {
                continue;
            }
            let region = stage.geometry.region(&stage.column(column), block);
            if region.is_empty() {
                continue;
            }
            let part = Selection::from_region(&region);
            counter.begin(stage, &region);
            for consumer in stage.consumers.iter().filter(|c| stage.takes_part(c, pass)) {
                counter.visit(&consumer.input, &part);
            }
        }
        counter.scale(blocks as f64 / counted.max(1) as f64);
    }
    let mut out = counter.reads;
    out.sources = counter.sources.len();
    out.ids = counter.sources.into_iter().collect();
    for consumer in &stage.consumers {
        if let Action::Write(sink, _) = &consumer.action {
            out.respect(&sink.limits());
        }
    }
    out
}

/// Counts what the steps of a stage that is walked read.
fn walked(stage: &Stage, stream: &Stream, counter: &mut Counter) {
    let (lanes, steps) = (stage.lanes(stream), stream.steps.count());
    let all = lanes.saturating_mul(steps);
    let stride = all.div_ceil(MAX_BLOCKS).max(1);
    let mut counted = 0usize;
    for number in (0..all).step_by(stride) {
        counted += 1;
        counter.seen.clear();
        let parts = stage.new_parts(stream, number / steps.max(1), number % steps.max(1));
        for (tap, part) in parts.unwrap_or_default() {
            counter.visit(&tap.node, &part);
        }
    }
    counter.scale(all as f64 / counted.max(1) as f64);
}

/// Whether all that is picked lies in a box.
pub(crate) fn lies_in(part: &Selection, region: &Region) -> bool {
    part.picks().iter().zip(region.axes()).all(|(pick, (start, len))| {
        pick.bounds().is_none_or(|(low, high)| low >= start && high < start + len)
    })
}

/// Bytes that these expressions read if each part of each source is read once.
pub(crate) fn least(roots: &[LazyArray]) -> u64 {
    fn below(counter: &mut Counter, node: &LazyArray) {
        counter.visit(node, &Selection::all(node.shape()));
        let mut todo: Vec<LazyArray> = vec![node.clone()];
        let mut seen = HashSet::new();
        while let Some(node) = todo.pop() {
            if !seen.insert(node.id()) {
                continue;
            }
            if let (Op::Reduce(_), Some(input)) = (node.op(), node.inputs().first()) {
                counter.visit(input, &Selection::all(input.shape()));
            }
            todo.extend(node.inputs().iter().cloned());
        }
    }
    let mut counter = Counter::default();
    roots.iter().for_each(|r| below(&mut counter, r));
    counter.reads.bytes
}

/// Whether each chunk is needed for one block only, once.
fn is_aligned(stage: &Stage) -> bool {
    // `seen` are those that were met under this grid, and were.
    fn visit(node: &LazyArray, grid: &ChunkGrid, seen: &mut HashSet<usize>) -> bool {
        if !seen.insert(node.address()) {
            return true;
        }
        let apart = |node: &LazyArray| visit(node, node.grid(), &mut HashSet::new());
        match node.op() {
            Op::Const(_) | Op::Reduce(_) => true,
            Op::Kept(kept) => kept.file.is_none(),
            Op::Read(source) => source.info().grid == *grid,
            // The grid has a cut wherever a piece ends.
            Op::Concat { axis, .. } => {
                let beside = |g: &ChunkGrid| {
                    let dims = g.dims().iter().enumerate().filter(|(a, _)| a != axis);
                    dims.map(|(_, d)| d.clone()).collect::<Vec<_>>()
                };
                let all = beside(grid);
                node.grid() == grid
                    && node.inputs().iter().all(|i| beside(i.grid()) == all && apart(i))
            }
            Op::Select(own) => {
                let even = |p: &Pick| matches!(p, Pick::At(_) | Pick::Range { step: 1, .. });
                let below = node.inputs().first();
                node.grid() == grid
                    && own.picks().iter().all(even)
                    && below.is_some_and(|b| matches!(b.op(), Op::Read(_)) && apart(b))
            }
            Op::Map(_) | Op::Zip(_) | Op::Choose => {
                node.inputs().iter().all(|i| visit(i, grid, seen))
            }
            _ => false,
        }
    }
    // Blocks in which no element belongs to a group are not read.
    let grouped = stage.consumers.iter().any(|c| match &c.action {
        Action::Reduce(spec, _) => {
            spec.groups.as_ref().is_some_and(|g| g.codes.contains(&u32::MAX))
        }
        _ => false,
    });
    !grouped
        && !stage.covers
        && stage.fit.reread <= 1.0
        && stage.consumers.iter().all(|c| {
            let grid = c.input.grid();
            let mut dims = grid.dims().iter().zip(stage.geometry.grid.dims());
            dims.all(|(chunks, blocks)| are_unions(blocks, chunks))
                && visit(&c.input, grid, &mut HashSet::new())
        })
}

/// Whether blocks are cut only where chunks are.
fn are_unions(blocks: &DimChunks, chunks: &DimChunks) -> bool {
    match (blocks, chunks) {
        (
            DimChunks::Even { size, offset, .. },
            DimChunks::Even { size: chunk, offset: first, .. },
        ) if *chunk > 0 => {
            blocks.count() <= 1 || (size.is_multiple_of(*chunk) && offset % chunk == *first)
        }
        _ => blocks.count() <= 1 || chunks.meet(blocks) == *chunks,
    }
}

/// Counts reads, each part of an expression once per block.
#[derive(Default)]
struct Counter {
    reads: Reads,
    sources: HashSet<NodeId>,
    seen: HashSet<(NodeId, Selection)>,
    /// Boxes of sources that were read for all of a block.
    covers: Vec<(NodeId, Region)>,
}

impl Counter {
    /// Begins a block: reads what it needs several boxes of.
    fn begin(&mut self, stage: &Stage, region: &Region) {
        self.seen.clear();
        self.covers.clear();
        for (node, found) in stage.shared(region) {
            visit(self, &node, &Selection::from_region(&found));
            self.covers.push((node.id(), found));
        }
    }

    /// Takes what was counted for a part of the blocks as typical.
    fn scale(&mut self, by: f64) {
        let out = &mut self.reads;
        out.bytes = (out.bytes as f64 * by) as u64;
        out.stored = (out.stored as f64 * by) as u64;
        out.again = (out.again as f64 * by) as u64;
        out.chunks = (out.chunks as f64 * by).round() as usize;
    }

    fn visit(&mut self, node: &LazyArray, part: &Selection) {
        if !self.seen.insert((node.id(), part.clone())) {
            return;
        }
        let holds = |(id, region): &(NodeId, Region)| *id == node.id() && lies_in(part, region);
        if matches!(node.op(), Op::Read(_)) && self.covers.iter().any(holds) {
            return;
        }
        visit(self, node, part);
    }

    /// Visits what shares nothing with the rest of the block: it is dropped at once.
    fn visit_apart(&mut self, node: &LazyArray, part: &Selection) {
        let seen = std::mem::take(&mut self.seen);
        self.visit(node, part);
        self.seen = seen;
    }
}

fn visit(counter: &mut Counter, node: &LazyArray, part: &Selection) {
    let out = &mut counter.reads;
    let input = || node.inputs().first();
    match node.op() {
        Op::Const(_) | Op::Reduce(_) => {}
        Op::Kept(kept) => {
            if let Some(file) = &kept.file {
                let mut cells = 1u64;
                for (pick, dim) in part.picks().iter().zip(file.pieces().dims()) {
                    cells = cells.saturating_mul(touched(pick, dim).1 as u64);
                }
                let size = node.dtype().planned_size() as u64;
                out.again = out.again.saturating_add(cells.saturating_mul(size));
            }
        }
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
            counter.sources.insert(node.id());
            if out.example.is_none() {
                let lens = info.grid.largest();
                out.example = Some(format!("{} {:?} in {lens:?}", info.dtype, info.shape));
            }
            out.respect(&limits);
        }
        Op::Select(own) => {
            if let (Some(input), Ok(both)) = (input(), own.then(part)) {
                counter.visit(input, &both);
            }
        }
        Op::Permute(axes) => {
            if let Some(input) = input() {
                counter.visit(input, &through_permute(axes, part).0);
            }
        }
        Op::Broadcast { axes, .. } => {
            if let Some(input) = input() {
                counter.visit(input, &through_broadcast(axes, input.ndim(), part).0);
            }
        }
        Op::JoinChars => {
            if let Some(input) = input() {
                let mut picks = part.picks().to_vec();
                picks.push(Pick::all(input.shape().last().copied().unwrap_or(0)));
                counter.visit(input, &Selection::new(picks));
            }
        }
        Op::Concat { axis, starts } => {
            let Some(pick) = part.picks().get(*axis) else { return };
            let segments = concat_segments(starts, pick);
            let single = segments.len() == 1;
            for segment in segments {
                if let Some(piece) = node.inputs().get(segment.piece) {
                    let part = part.clone().with(*axis, segment.pick);
                    if single {
                        counter.visit(piece, &part);
                    } else {
                        counter.visit_apart(piece, &part);
                    }
                }
            }
        }
        Op::Block(op) => {
            if part.picks().iter().any(Pick::is_empty) {
                return;
            }
            let even = |p: &Pick| matches!(p, Pick::At(_) | Pick::Range { step: 1, .. });
            if !part.picks().iter().all(even)
                && let Ok(Some(cheaper)) = below_block(node, op, part)
            {
                return counter.visit(&cheaper, &Selection::all(cheaper.shape()));
            }
            let (region, shapes) = (part.cover().0, shapes(node.inputs()));
            for (i, input) in node.inputs().iter().enumerate() {
                if let Ok(needed) = needs(&**op, i, &region, &shapes) {
                    counter.visit(input, &Selection::from_region(&needed));
                }
            }
        }
        Op::Gather(gather) => {
            let Some(chosen) = input().and_then(|i| gather.select(i, part).ok()) else { return };
            let (Op::Gather(gather), Some(input)) = (chosen.op(), chosen.inputs().first()) else {
                return counter.visit(&chosen, &Selection::all(chosen.shape()));
            };
            if chosen.is_empty() {
                return;
            }
            for piece in gather.boxes(input.grid()) {
                counter.visit_apart(input, &piece.part(input.shape(), gather));
            }
        }
        Op::Map(_) | Op::Zip(_) | Op::Choose | Op::Rechunk(_) => {
            for input in node.inputs() {
                counter.visit(input, part);
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
pub(crate) struct BlockCost<'a> {
    /// Arrays that are held for the block.
    pub(crate) bytes: usize,
    /// The most that a source takes beside the caller's buffer.
    pub(crate) scratch: usize,
    steps: usize,
    seen: HashSet<(NodeId, Vec<usize>)>,
    /// What is counted elsewhere.
    taps: Option<&'a Taps>,
}

impl<'a> BlockCost<'a> {
    /// The cost of a block of these lengths.
    pub(crate) fn of(stage: &Stage, lens: &[usize]) -> usize {
        if let Some(strips) = stage.strips(lens) {
            return strips.bytes;
        }
        let (taps, bytes) = stage.shared_bytes(lens);
        BlockCost::of_block(stage, lens, &taps).saturating_add(bytes)
    }

    fn of_block(stage: &Stage, lens: &[usize], taps: &'a Taps) -> usize {
        let mut cost = Self { taps: Some(taps), ..Self::default() };
        let cells = product(lens);
        for consumer in &stage.consumers {
            cost.visit(&consumer.input, lens, false);
            if let Action::Write(sink, _) = &consumer.action {
                cost.scratch = cost.scratch.max(sink.limits().scratch);
            }
            if !matches!(consumer.action, Action::Reduce(..)) {
                // What is an array already is taken as it is; what is kept is made in pieces.
                if taps.find(&consumer.input).is_none() && is_computed(&consumer.input) {
                    let collects = matches!(consumer.action, Action::Collect(_));
                    cost.add(if collects { cells.min(PIECE) } else { cells }, &consumer.input);
                }
            } else if stage.rows_from.is_none() {
                cost.bytes = cost.bytes.saturating_add(cells.saturating_mul(4));
            }
        }
        // Rows whose cells are kept are held until some of them are added up together.
        let long = stage.rows_from.and_then(|from| lens.get(from..)).map_or(0, product) >= TILE;
        let kept = stage.rows_from.is_some_and(|from| stage.geometry.kept.contains(&from));
        let reduces = stage.consumers.iter().filter(|c| matches!(c.action, Action::Reduce(..)));
        let more = if long && kept { (TOGETHER - 1) * reduces.count() } else { 0 };
        let tiles = (cost.steps + 1).saturating_add(more);
        let tile = cells.min(TILE).saturating_mul(tiles).saturating_mul(8);
        cost.bytes.saturating_add(cost.scratch).saturating_add(tile)
    }

    /// The cost of a block beside taps that are held anyway.
    pub(crate) fn beside(stage: &Stage, lens: &[usize], taps: &'a Taps) -> usize {
        Self::of_block(stage, lens, taps)
    }

    /// What a part of an expression holds, beside taps that are held anyway.
    pub(crate) fn held_beside(input: &LazyArray, lens: &[usize], taps: &'a Taps) -> usize {
        let mut cost = Self { taps: Some(taps), ..Self::default() };
        cost.visit(input, lens, false);
        cost.bytes.saturating_add(cost.scratch)
    }

    /// What making a part of an expression as one array takes.
    pub(crate) fn made(node: &LazyArray, lens: &[usize]) -> usize {
        let mut cost = Self::default();
        cost.visit(node, lens, false);
        let cells = product(lens);
        if is_computed(node) {
            cost.add(cells, node);
            let tile = cells.min(TILE).saturating_mul(cost.steps + 1).saturating_mul(8);
            cost.bytes = cost.bytes.saturating_add(tile);
        }
        cost.bytes.saturating_add(cost.scratch)
    }

    /// What a block of an expression holds, without what is done with it.
    pub(crate) fn held(input: &LazyArray, lens: &[usize]) -> usize {
        let mut cost = Self::default();
        cost.visit(input, lens, false);
        cost.bytes.saturating_add(cost.scratch)
    }

    fn add(&mut self, cells: usize, of: &LazyArray) {
        self.bytes = self.bytes.saturating_add(cells.saturating_mul(of.dtype().planned_size()));
    }

    /// Whether a box of these lengths is resolved to one piece of memory.
    fn is_packed(&self, node: &LazyArray, lens: &[usize]) -> bool {
        if let Some(taps) = self.taps
            && let Some(tap) = taps.find(node).and_then(|i| taps.all.get(i))
        {
            // What is held is as wide as its lane.
            return tap.axis.is_some_and(|a| lens.iter().take(a).all(|n| *n == 1));
        }
        match node.op() {
            Op::Kept(kept) => kept.file.is_some(),
            Op::Const(_) | Op::Reduce(_) | Op::Permute(_) => false,
            Op::Select(_) | Op::Rechunk(_) => {
                node.inputs().first().is_some_and(|input| self.is_packed(input, lens))
            }
            _ => true,
        }
    }

    /// `scattered`: whether the picks are not a box.
    fn visit(&mut self, node: &LazyArray, lens: &[usize], scattered: bool) {
        if !self.seen.insert((node.id(), lens.to_vec())) {
            return;
        }
        self.steps += 1;
        let cells = product(lens);
        if self.taps.is_some_and(|t| t.find(node).is_some()) {
            return;
        }
        let Some(input) = node.inputs().first() else {
            match node.op() {
                Op::Read(source) => {
                    self.add(cells, node);
                    self.scratch = self.scratch.max(source.limits().scratch);
                    if scattered {
                        // A chunk, and the elements in the order of the source.
                        let chunk = source.info().grid.largest();
                        self.add(cells, node);
                        self.add(product(&chunk), node);
                    }
                }
                Op::Kept(Kept { file: Some(file), .. }) => {
                    self.add(cells, node);
                    self.scratch = self.scratch.max(file.piece_bytes());
                    if scattered {
                        self.add(cells, node);
                        self.add(product(&file.pieces().largest()), node);
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
            Op::Block(op) => {
                let shapes = shapes(node.inputs());
                let mut wanted = lens.to_vec();
                if scattered {
                    self.add(cells, node);
                    // What holds scattered indices of an axis that nothing passes through.
                    for (axis, (to, n)) in wanted.iter_mut().zip(node.shape()).enumerate() {
                        if !passes(&**op, shapes.len(), axis) {
                            *to = *n;
                        }
                    }
                }
                self.add(product(&wanted), node);
                let packed = node.inputs().iter().all(|i| self.is_packed(i, &wanted));
                let scratch = op.scratch(&wanted, node.inputs(), packed);
                self.bytes = self.bytes.saturating_add(scratch);
                for (i, input) in node.inputs().iter().enumerate() {
                    let below = op.longest(i, &wanted, &shapes);
                    if is_computed(input) {
                        self.add(product(&below), input);
                    }
                    self.visit(input, &below, false);
                }
            }
            Op::Gather(gather) => {
                // The pieces, all in a row, and all in order.
                self.bytes = self.bytes.saturating_add(
                    cells.saturating_mul(node.dtype().planned_size()).saturating_mul(3),
                );
                let mut others: Vec<usize> = lens.to_vec();
                if gather.place() < others.len() {
                    others.remove(gather.place());
                }
                let mut others = others.into_iter();
                let largest = input.grid().largest();
                let chunk = largest.iter().enumerate().map(|(axis, n)| {
                    if gather.axes().contains(&axis) { *n } else { others.next().unwrap_or(1) }
                });
                let chunk: Vec<usize> = chunk.collect();
                // One chunk at a time, and its points' axes brought to the front.
                let mut inner = Self { taps: self.taps, ..Self::default() };
                inner.visit(input, &chunk, scattered);
                inner.add(product(&chunk), input);
                if is_computed(input) {
                    inner.add(product(&chunk), input);
                }
                self.bytes = self.bytes.saturating_add(inner.bytes);
                self.scratch = self.scratch.max(inner.scratch);
            }
            Op::Concat { .. } => {
                self.add(cells, node);
                // One piece at a time; a read goes straight into the whole.
                let (mut most, mut scratch) = (0, self.scratch);
                for piece in node.inputs() {
                    let mut inner = Self { taps: self.taps, ..Self::default() };
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

/// Whether an array of its own is made for a part of a node.
fn is_computed(node: &LazyArray) -> bool {
    match node.op() {
        Op::Map(_) | Op::Zip(_) | Op::Choose | Op::Broadcast { .. } => true,
        Op::Select(_) | Op::Permute(_) | Op::Rechunk(_) => {
            node.inputs().first().is_some_and(is_computed)
        }
        _ => false,
    }
}

/// The product of lengths; saturates.
pub(crate) fn product(lens: &[usize]) -> usize {
    lens.iter().fold(1, |n, l| n.saturating_mul(*l))
}
