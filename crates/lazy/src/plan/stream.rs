//! Stages that walk along an axis block after block and hold what is needed again: the ends of
//! windows, and what runs along lines. Nothing is read twice, and no whole line is held.
//!
//! A step is a block along the axis, or a part of one; the steps of a lane follow each other, and
//! lanes lie side by side. Reading the next parts needs no turn, so several steps read at once;
//! what is held grows and shrinks in the order of the steps.

use graticule_array::{ChunkGrid, DimChunks, Region, Result, Selection};

use super::cost::{BlockCost, product};
use super::fit::{Fit, cut, cut_columns, state_bytes, steps as candidates};
use super::taps::{Boxes, Tap, Taps, shared};
use super::{Action, Stage, Task};
use crate::block::shapes;
use crate::expr::{LazyArray, Op};

/// More steps are not simulated one by one.
const MAX_STEPS: usize = 4096;

/// How a stage is walked.
#[derive(Clone, Debug)]
pub(crate) struct Stream {
    /// The axis of the iteration space.
    pub(crate) axis: usize,
    pub(crate) taps: Taps,
    /// The parts of the axis.
    pub(crate) steps: DimChunks,
    /// The bytes that are held at most, at one time.
    pub(crate) held: u64,
}

/// What a step makes: a block, or a part of one.
pub(crate) struct Piece {
    /// The column, pass and run that it belongs to.
    pub(crate) task: Task,
    pub(crate) block: usize,
    pub(crate) region: Region,
}

/// What a step of a lane needs of each tap along the axis: from, to.
pub(crate) type Stretches = Vec<(usize, usize)>;

impl Stage {
    /// The boxes of the taps that a box of all consumers needs.
    pub(crate) fn boxes(&self, taps: &Taps, region: &Region) -> Result<Boxes> {
        let mut boxes: Boxes = vec![None; taps.all.len()];
        for consumer in &self.consumers {
            taps.needed(&consumer.input, region, &mut boxes)?;
        }
        Ok(boxes)
    }

    /// The number of lanes of a stage that is walked.
    pub(crate) fn lanes(&self, stream: &Stream) -> usize {
        let steps =
            if self.geometry.kept.contains(&stream.axis) { stream.steps.count() } else { 1 };
        self.fit.columns.count() / steps.max(1)
    }

    /// The place of the walked axis among the kept ones, if it is kept.
    fn kept_place(&self, stream: &Stream) -> Option<usize> {
        self.geometry.kept.iter().position(|a| *a == stream.axis)
    }

    /// The column of a step of a lane.
    fn column_of(&self, stream: &Stream, lane: usize, step: usize) -> usize {
        let Some(place) = self.kept_place(stream) else { return lane };
        let counts = self.fit.columns.counts();
        let inner: usize = counts.iter().skip(place + 1).product();
        let steps = stream.steps.count();
        (lane / inner.max(1) * steps + step) * inner + lane % inner.max(1)
    }

    /// The box of a lane, as long as the array along the walked axis.
    pub(crate) fn lane(&self, stream: &Stream, lane: usize) -> Region {
        let column = self.column(self.column_of(stream, lane, 0));
        let shape = self.geometry.grid.shape();
        let mut region = Region::whole(&shape);
        for (axis, (start, len)) in self.geometry.kept.iter().zip(column.axes()) {
            set(&mut region, *axis, start, len);
        }
        let whole = shape.get(stream.axis).copied().unwrap_or(0);
        set(&mut region, stream.axis, 0, whole);
        region
    }

    /// What a step of a lane makes, in order.
    pub(crate) fn pieces(&self, stream: &Stream, task: Task) -> Vec<Piece> {
        let geometry = &self.geometry;
        let column = self.column_of(stream, task.column, task.run);
        let cells = self.column(column);
        let made = |block: usize, region: Region| {
            let run = geometry.run_of(block);
            Piece { task: Task { column, run, ..task }, block, region }
        };
        if self.kept_place(stream).is_some() {
            let blocks = 0..geometry.blocks();
            return blocks.map(|b| made(b, geometry.region(&cells, b))).collect();
        }
        let (start, len) = stream.steps.chunk(task.run);
        let along = geometry.grid.dims().get(stream.axis).map_or(0, |d| d.find(start));
        let beside = geometry.beside(stream.axis);
        let blocks = along * beside..(along + 1) * beside;
        let mut out = Vec::with_capacity(beside);
        for block in blocks {
            let mut region = geometry.region(&cells, block);
            set(&mut region, stream.axis, start, len);
            out.push(made(block, region));
        }
        out
    }

    /// Up to where each tap is needed by the end of a step; parts that are read end where
    /// chunks do.
    pub(crate) fn reach(&self, stream: &Stream, lane: &Region, step: usize) -> Result<Vec<usize>> {
        let (start, len) = stream.steps.chunk(step);
        let mut region = lane.clone();
        set(&mut region, stream.axis, 0, start + len);
        let taps = &stream.taps;
        let mut boxes = self.boxes(taps, &region)?;
        let mut reach = vec![0; taps.all.len()];
        for (i, tap) in taps.all.iter().enumerate().rev() {
            let Some(found) = boxes.get(i).cloned().flatten() else { continue };
            if tap.runs {
                feed(taps, tap, &found, 0, &mut boxes)?;
            }
            if let Some(to) = reach.get_mut(i) {
                *to = end(tap, &found);
            }
        }
        Ok(reach)
    }

    /// The boxes of the taps that a lane needs in all.
    pub(crate) fn lane_boxes(&self, stream: &Stream, lane: &Region) -> Result<Boxes> {
        let mut boxes = self.boxes(&stream.taps, lane)?;
        for (i, tap) in stream.taps.all.iter().enumerate().rev().filter(|(_, t)| t.runs) {
            if let Some(found) = boxes.get(i).cloned().flatten() {
                // Whatever runs begins at the beginning.
                let mut all = found.clone();
                if let Some(axis) = tap.axis {
                    set(&mut all, axis, 0, end(tap, &found));
                }
                if let Some(to) = boxes.get_mut(i) {
                    *to = Some(all.clone());
                }
                feed(&stream.taps, tap, &all, 0, &mut boxes)?;
            }
        }
        Ok(boxes)
    }

    /// From where on each tap is still needed once a step begins, given how far what runs has
    /// come before.
    pub(crate) fn floor(
        &self,
        stream: &Stream,
        lane: &Region,
        step: usize,
        before: &[usize],
    ) -> Result<Vec<usize>> {
        let taps = &stream.taps;
        let mut floor = vec![usize::MAX; taps.all.len()];
        if step >= stream.steps.count() {
            return Ok(floor);
        }
        let (start, _) = stream.steps.chunk(step);
        let mut region = lane.clone();
        let whole = region.len.get(stream.axis).copied().unwrap_or(0);
        set(&mut region, stream.axis, start, whole - start);
        let mut boxes = self.boxes(taps, &region)?;
        for (i, tap) in taps.all.iter().enumerate().rev() {
            let Some(found) = boxes.get(i).cloned().flatten() else { continue };
            if tap.runs {
                let from = before.get(i).copied().unwrap_or(0);
                feed(taps, tap, &found, from, &mut boxes)?;
            }
            if let Some(to) = floor.get_mut(i) {
                *to = tap.axis.and_then(|a| found.start.get(a)).copied().unwrap_or(0);
            }
        }
        Ok(floor)
    }

    /// The next part of each tap that a step adds.
    pub(crate) fn stretches(
        &self,
        stream: &Stream,
        whole: &Boxes,
        before: &[usize],
        reach: &[usize],
        step: usize,
    ) -> Stretches {
        let taps = stream.taps.all.iter().zip(whole).enumerate();
        taps.map(|(i, (tap, whole))| {
            let Some(whole) = whole else { return (0, 0) };
            let Some(axis) = tap.axis else {
                return if step == 0 { (0, 1) } else { (1, 1) };
            };
            let first = whole.start.get(axis).copied().unwrap_or(0);
            let last = first + whole.len.get(axis).copied().unwrap_or(0);
            let at = |ends: &[usize]| {
                let end = ends.get(i).copied().unwrap_or(0);
                let end = if tap.runs { end } else { aligned(tap, axis, end) };
                end.clamp(first, last)
            };
            (if step == 0 { first } else { at(before) }, at(reach))
        })
        .collect()
    }
}

impl Stage {
    /// What a step of a lane reads.
    pub(crate) fn new_parts<'s>(
        &self,
        stream: &'s Stream,
        lane: usize,
        step: usize,
    ) -> Result<Vec<(&'s Tap, Selection)>> {
        let lane = self.lane(stream, lane);
        let whole = self.lane_boxes(stream, &lane)?;
        let before = match step.checked_sub(1) {
            Some(before) => self.reach(stream, &lane, before)?,
            None => vec![0; stream.taps.all.len()],
        };
        let reach = self.reach(stream, &lane, step)?;
        let stretches = self.stretches(stream, &whole, &before, &reach, step);
        let mut out = Vec::new();
        for ((tap, whole), (from, to)) in stream.taps.all.iter().zip(&whole).zip(stretches) {
            if let (Some(whole), true) = (whole, from < to && !tap.runs) {
                out.push((tap, part_of(tap, whole, from, to)));
            }
        }
        Ok(out)
    }

    /// The boxes of sources that are read once for all of a block.
    pub(crate) fn shared(&self, region: &Region) -> Vec<(LazyArray, Region)> {
        if !self.covers || self.stream.is_some() {
            return Vec::new();
        }
        shared(self.consumers.iter().map(|c| &c.input), region)
    }

    /// As [`shared`](Self::shared), of a block of these lengths, and the bytes that they take.
    pub(crate) fn shared_bytes(&self, lens: &[usize]) -> (Taps, usize) {
        let boxes = self.shared(&middle(&self.geometry.grid.shape(), lens));
        let bytes = boxes.iter().map(|(node, region)| {
            let size = node.dtype().planned_size();
            let scratch = match node.op() {
                Op::Read(source) => source.limits().scratch,
                _ => 0,
            };
            region.count().saturating_mul(size).saturating_add(scratch)
        });
        let bytes = bytes.fold(0, usize::saturating_add);
        (Taps::of(boxes.into_iter().map(|(node, _)| node)), bytes)
    }
}

/// A box of these lengths in the middle of an array, where it has neighbours on all sides.
pub(crate) fn middle(shape: &[usize], lens: &[usize]) -> Region {
    let start = shape.iter().zip(lens).map(|(n, len)| n.saturating_sub(*len) / 2);
    let start: Vec<usize> = start.collect();
    let lens = lens.iter().zip(shape).map(|(len, n)| *len.min(n)).collect::<Vec<_>>();
    Region::new(start, lens)
}

/// Where a box of a tap ends along its axis.
fn end(tap: &Tap, found: &Region) -> usize {
    let along = tap.axis.and_then(|a| found.axes().nth(a));
    along.map_or(0, |(start, len)| start + len)
}

/// The end of the chunk, of what is read chunk by chunk.
fn aligned(tap: &Tap, axis: usize, end: usize) -> usize {
    let dim = tap.node.grid().dims().get(axis);
    match (end.checked_sub(1), dim) {
        (Some(last), Some(dim)) if tap.node.reads_whole_chunks() => {
            let (start, len) = dim.chunk(dim.find(last));
            start + len
        }
        _ => end,
    }
}

/// What a tap that runs needs to come from `from` to the end of a box of it.
fn feed(taps: &Taps, tap: &Tap, found: &Region, from: usize, boxes: &mut Boxes) -> Result<()> {
    let Some((input, region)) = running_input(tap, found, from)? else { return Ok(()) };
    taps.needed(&input, &region, boxes)
}

/// The input of a tap that runs, and the box of it from `from` to the end of a box of the tap.
pub(crate) fn running_input(
    tap: &Tap,
    found: &Region,
    from: usize,
) -> Result<Option<(crate::LazyArray, Region)>> {
    let (Op::Block(op), Some(axis)) = (tap.node.op(), tap.axis) else { return Ok(None) };
    let shapes = shapes(tap.node.inputs());
    let to = end(tap, found);
    if to <= from {
        return Ok(None);
    }
    let mut region = crate::block::needs(&**op, 0, found, &shapes)?;
    if let Some(below) = op.runs_along(0, axis) {
        set(&mut region, below, from, to - from);
    }
    Ok(Some((tap.node.input()?.clone(), region)))
}

/// Sets a box along one axis.
pub(crate) fn set(region: &mut Region, axis: usize, start: usize, len: usize) {
    if let (Some(s), Some(l)) = (region.start.get_mut(axis), region.len.get_mut(axis)) {
        (*s, *l) = (start, len);
    }
}

/// The cheapest ways to walk a stage, one for each axis along which that is possible.
pub(crate) fn fits(stage: &Stage, held: u64, room: u64, threads: usize) -> Vec<(Fit, Stream)> {
    let room = room.saturating_sub(held);
    let axes = 0..stage.geometry.grid.dims().len();
    let mut out = Vec::new();
    for axis in axes.filter(|axis| can_walk(stage, *axis)) {
        let roots: Vec<_> = stage.consumers.iter().map(|c| (&c.input, axis)).collect();
        for least in [false, true] {
            let Some(taps) = Taps::along(&roots, least) else { continue };
            // A source under several taps, or in several boxes, is held itself.
            let shares = stage.covers || shares_sources(&taps);
            if taps.is_empty() || (shares && !least) {
                continue;
            }
            if !shares && !Taps::streams(&roots) {
                break; // no block needs what another one does
            }
            out.extend(best(stage, axis, &taps, room, threads));
            break;
        }
    }
    out
}

/// Whether a source lies below several taps.
fn shares_sources(taps: &Taps) -> bool {
    fn visit(node: &crate::LazyArray, seen: &mut std::collections::HashSet<crate::NodeId>) {
        if !matches!(node.op(), Op::Reduce(_)) && seen.insert(node.id()) {
            node.inputs().iter().for_each(|i| visit(i, seen));
        }
    }
    let mut all = std::collections::HashSet::new();
    for tap in taps.all.iter().filter(|t| !t.runs) {
        let mut own = std::collections::HashSet::new();
        visit(&tap.node, &mut own);
        if own.iter().any(|id| !all.insert(*id)) {
            return true;
        }
    }
    false
}

/// Whether the blocks along an axis can follow each other without any sum being taken in
/// another order.
fn can_walk(stage: &Stage, axis: usize) -> bool {
    let geometry = &stage.geometry;
    if geometry.grid.shape().contains(&0) {
        return false;
    }
    match geometry.reduced.iter().position(|a| *a == axis) {
        None => true,
        Some(place) => {
            let slower = geometry.reduced.iter().take(place);
            let count = |a: &usize| geometry.grid.dims().get(*a).map_or(1, DimChunks::count);
            slower.map(count).all(|n| n == 1)
        }
    }
}

/// The shortest parts into which blocks may be cut along an axis; `None` if they may not.
fn unit(stage: &Stage, axis: usize) -> Option<usize> {
    let geometry = &stage.geometry;
    if geometry.reduced.contains(&axis) {
        // Within rows, and between blocks beside each other, sums have an order.
        let in_rows = stage.rows_from.is_some_and(|from| from <= axis);
        return (!in_rows && geometry.beside(axis) == 1).then_some(1);
    }
    let mut unit = 1;
    for consumer in &stage.consumers {
        if let Action::Write(sink, _) = &consumer.action {
            match sink.info().grid.dims().get(axis) {
                Some(DimChunks::Even { size, offset: 0, .. }) if size % unit == 0 => unit = *size,
                _ => return None,
            }
        }
    }
    Some(unit)
}

fn best(
    stage: &Stage,
    axis: usize,
    taps: &Taps,
    room: u64,
    threads: usize,
) -> Option<(Fit, Stream)> {
    let dim = stage.geometry.grid.dims().get(axis)?;
    let unit = unit(stage, axis);
    let writes = stage.consumers.iter().any(|c| matches!(c.action, Action::Write(..)));
    let tiles = if writes { 1 } else { product(&stage.geometry.columns().largest()).max(1) };
    let mut best: Option<(f64, Fit, Stream)> = None;
    let lengths = candidates(unit.map_or(1, |u| dim.longest().div_ceil(u.max(1))));
    for cuts in lengths {
        let steps = match unit {
            Some(unit) if cuts > 1 => {
                cut(dim, dim.longest().div_ceil(cuts).div_ceil(unit.max(1)).saturating_mul(unit))
            }
            _ => dim.clone(),
        };
        for parts in candidates(tiles) {
            let Ok((fit, stream)) = walk(stage, axis, taps, steps.clone(), parts) else { continue };
            let one = fit.task_bytes.saturating_add(fit.column_bytes);
            if one > room {
                continue;
            }
            let spare = room - fit.column_bytes;
            let at_once = (spare / fit.task_bytes.max(1)).clamp(1, threads as u64);
            // What a step needs beyond itself is gone through again.
            let step = product(&fit.columns.largest()).max(1) as f64;
            let again = stream.held as f64 / (step * steps.longest() as f64 * 8.0);
            let cost = fit.reread * (1.0 + again.min(8.0) / 8.0) / (at_once as f64).sqrt();
            if best.as_ref().is_none_or(|(c, ..)| cost < c * 0.999) {
                best = Some((cost, fit, stream));
            }
            if at_once == threads as u64 {
                break;
            }
        }
    }
    best.map(|(_, fit, stream)| (fit, stream))
}

/// What walking in these steps, on lanes cut into about `parts`, takes.
fn walk(
    stage: &Stage,
    axis: usize,
    taps: &Taps,
    steps: DimChunks,
    parts: usize,
) -> Result<(Fit, Stream)> {
    let (columns, reread) = cut_columns(stage, parts, Some(axis));
    let mut dims = columns.dims().to_vec();
    if let Some(place) = stage.geometry.kept.iter().position(|a| *a == axis)
        && let Some(dim) = dims.get_mut(place)
    {
        *dim = steps.clone();
    }
    let columns = ChunkGrid::new(dims);
    let mut stream = Stream { axis, taps: taps.clone(), steps, held: 0 };
    let passes = std::iter::once(0..usize::MAX).collect();
    let fit = Fit { columns, passes, task_bytes: 0, state_bytes: 0, column_bytes: 0, reread };
    let walked = Walked { stage, fit: &fit, stream: &stream };
    let Needs { read, waits, work, held } = walked.needs()?;
    stream.held = held;
    let column = fit.columns.largest();
    let (local, merged) = state_bytes(stage, product(&column), &fit.passes);
    let column_bytes = work.saturating_add(held).saturating_add(local).saturating_add(merged);
    // What was made of what was read is held until its turn comes.
    Ok((Fit { task_bytes: read, state_bytes: waits, column_bytes, ..fit }, stream))
}

/// Bytes of making the parts that a step adds, of these parts, of working on it, and of what is
/// held before.
#[derive(Default)]
struct Needs {
    read: u64,
    waits: u64,
    work: u64,
    held: u64,
}

struct Walked<'a> {
    stage: &'a Stage,
    fit: &'a Fit,
    stream: &'a Stream,
}

impl Walked<'_> {
    /// The largest lane, somewhere.
    fn lane(&self) -> Region {
        let shape = self.stage.geometry.grid.shape();
        let mut lane = Region::whole(&shape);
        for (axis, len) in self.stage.geometry.kept.iter().zip(self.fit.columns.largest()) {
            if *axis != self.stream.axis {
                let n = shape.get(*axis).copied().unwrap_or(0);
                set(&mut lane, *axis, (n - len.min(n)) / 2, len);
            }
        }
        lane
    }

    /// The most of each over the steps of a lane.
    fn needs(&self) -> Result<Needs> {
        let (stage, stream) = (self.stage, self.stream);
        let lane = self.lane();
        let whole = stage.lane_boxes(stream, &lane)?;
        let count = stream.steps.count();
        let stride = count.div_ceil(MAX_STEPS).max(1);
        let taps = &stream.taps.all;
        let mut most = Needs::default();
        let mut pieces: Vec<Vec<(usize, usize)>> = vec![Vec::new(); taps.len()];
        let mut longest: Vec<usize> = vec![0; taps.len()];
        let mut seen_steps = std::collections::HashSet::new();
        for step in (0..count).step_by(stride).chain([count.saturating_sub(1)]) {
            if step >= count || !seen_steps.insert(step) {
                continue;
            }
            let before = if step == 0 {
                vec![0; taps.len()]
            } else {
                stage.reach(stream, &lane, step - 1)?
            };
            let reach = stage.reach(stream, &lane, step)?;
            let floor = stage.floor(stream, &lane, step, &before)?;
            let stretches = stage.stretches(stream, &whole, &before, &reach, step);
            let (mut read, mut waits, mut held) = (0u64, 0u64, 0u64);
            for (i, tap) in taps.iter().enumerate() {
                let (Some(Some(all)), Some((from, to))) = (whole.get(i), stretches.get(i)) else {
                    continue;
                };
                let (Some(kept), Some(longest), Some(low)) =
                    (pieces.get_mut(i), longest.get_mut(i), floor.get(i))
                else {
                    continue;
                };
                let per =
                    beside(all, tap.axis).saturating_mul(tap.node.dtype().planned_size()) as u64;
                let new = to - from;
                *longest = (*longest).max(new);
                kept.retain(|(_, end)| end > low);
                let there: usize = kept.iter().map(|(s, e)| e - s).sum();
                // Steps in between were left out: what they added is there as well.
                let there = if stride > 1 {
                    there.max((from.saturating_sub(*low)).saturating_add(*longest))
                } else {
                    there
                };
                if tap.axis.is_some() {
                    held = held.saturating_add(per.saturating_mul(there as u64));
                } else if step > 0 {
                    held = held.saturating_add(per);
                }
                if tap.runs {
                    held = held.saturating_add(per.saturating_mul(new as u64));
                } else if new > 0 {
                    let mut lens = all.len.clone();
                    if let Some(len) = tap.axis.and_then(|a| lens.get_mut(a)) {
                        *len = new;
                    }
                    read = read.saturating_add(BlockCost::made(&tap.node, &lens) as u64);
                    waits = waits.saturating_add(per.saturating_mul(new as u64));
                }
                kept.push((*from, *to));
            }
            most.read = most.read.max(read);
            most.waits = most.waits.max(waits.min(read));
            most.held = most.held.max(held);
            most.work = most.work.max(self.work(&lane, step, &whole, &stretches)?);
        }
        Ok(most)
    }

    /// Bytes of one step beside what is held: the boxes put together, what runs, and the block.
    fn work(
        &self,
        lane: &Region,
        step: usize,
        whole: &Boxes,
        stretches: &Stretches,
    ) -> Result<u64> {
        let (stage, stream) = (self.stage, self.stream);
        let (start, len) = stream.steps.chunk(step);
        let mut region = lane.clone();
        set(&mut region, stream.axis, start, len);
        let largest = stage.geometry.grid.largest();
        for axis in stage.geometry.reduced.iter().filter(|a| **a != stream.axis) {
            set(&mut region, *axis, 0, largest.get(*axis).copied().unwrap_or(1));
        }
        let mut together = 0usize;
        for (tap, found) in stream.taps.all.iter().zip(stage.boxes(&stream.taps, &region)?) {
            let size = tap.node.dtype().planned_size();
            together = together.saturating_add(found.map_or(0, |r| r.count().saturating_mul(size)));
        }
        let block = BlockCost::beside(stage, &region.len, &stream.taps).saturating_add(together);
        let mut running = 0;
        for ((tap, all), (from, to)) in stream.taps.all.iter().zip(whole).zip(stretches) {
            let (true, Some(all)) = (tap.runs && to > from, all) else { continue };
            let mut made = all.clone();
            if let Some(axis) = tap.axis {
                set(&mut made, axis, *from, to - from);
            }
            let Some((input, region)) = running_input(tap, &made, *from)? else { continue };
            let mut boxes: Boxes = vec![None; stream.taps.all.len()];
            stream.taps.needed(&input, &region, &mut boxes)?;
            let mut bytes = BlockCost::held_beside(&input, &region.len, &stream.taps);
            bytes =
                bytes.saturating_add(region.count().saturating_mul(input.dtype().planned_size()));
            let op = match (tap.node.op(), tap.axis) {
                (Op::Block(op), Some(axis)) => op.running(&shapes(tap.node.inputs()), axis),
                _ => None,
            };
            // What is remembered of each line is some numbers.
            let lines = beside(&region, tap.axis);
            let packed = tap.axis.is_some_and(|a| region.len.iter().take(a).all(|n| *n == 1));
            let cells = region.count();
            let scratch = op.map_or(cells.saturating_mul(16), |running| {
                running.scratch(input.dtype(), cells, packed)
            });
            bytes = bytes.saturating_add(scratch);
            bytes = bytes.saturating_add(lines.saturating_mul(32));
            for (tap, found) in stream.taps.all.iter().zip(boxes) {
                let size = tap.node.dtype().planned_size();
                bytes = bytes.saturating_add(found.map_or(0, |r| r.count().saturating_mul(size)));
            }
            running = running.max(bytes);
        }
        let states: usize = stream
            .taps
            .all
            .iter()
            .zip(whole)
            .filter(|(t, _)| t.runs)
            .map(|(t, all)| all.as_ref().map_or(0, |all| beside(all, t.axis).saturating_mul(32)))
            .sum();
        Ok(block.max(running).saturating_add(states) as u64)
    }
}

/// Elements of a box for each one along an axis; all of them without.
fn beside(region: &Region, axis: Option<usize>) -> usize {
    let lens = region.len.iter().enumerate().filter(|(a, _)| axis != Some(*a));
    lens.fold(1, |n, (_, l)| n.saturating_mul(*l))
}

/// The part of a tap between two places along its axis.
pub(crate) fn part_of(tap: &Tap, whole: &Region, from: usize, to: usize) -> Selection {
    let mut region = whole.clone();
    if let Some(axis) = tap.axis {
        set(&mut region, axis, from, to - from);
    }
    Selection::from_region(&region)
}
