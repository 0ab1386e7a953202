//! One task: streams the blocks of a run through the consumers of a stage.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::time::Instant;

use graticule_array::{Array, Cells, Error, Region, Result, Rows, Selection, State};
use graticule_storage::ChunkSink;

use super::copy::copy_chunks;
use crate::expr::{NodeId, ReduceSpec};
use crate::kernel::{Blocks, Buffers, Held, Program, Resolver, TILE, TOGETHER, fill, fill_piece};
use crate::plan::{Action, Consumer, Stage, Task, met_groups, project};
use crate::profile::{Spent, StageProfile};

/// Where a task runs: what it draws on, and where what it keeps goes.
pub(crate) trait Place {
    /// An error if the run should not go on.
    fn check(&self) -> Result<()>;

    /// The finished reductions and kept values that a stage needs.
    fn results(&self, stage: &Stage) -> Result<HashMap<NodeId, Array>>;

    /// Takes the values of a box for a consumer, by its number, that keeps or writes them.
    fn take(&self, consumer: usize, action: &Action, region: &Region, values: &Array)
    -> Result<()>;

    /// The sink of a consumer that writes, where chunks may go as they lie in their file.
    fn sink<'a>(&self, _action: &'a Action) -> Option<&'a Arc<dyn ChunkSink>> {
        None
    }

    /// Buffers for reading.
    fn buffers(&self) -> &Buffers;

    /// Counts bytes that sources decoded.
    fn read(&self) -> &AtomicU64;

    /// What the stage of a task spends.
    fn profile(&self, task: Task) -> Result<&StageProfile>;
}

/// What a task made for one consumer that reduces: its state, and which groups it holds.
#[derive(Debug)]
pub(crate) struct Local {
    pub(crate) state: State,
    /// The groups in the order of the state; `None` for all of the pass.
    pub(crate) groups: Option<Vec<usize>>,
}

/// Runs a task. Gives one entry per consumer; `None` for those that do not reduce.
pub(crate) fn run_task(cx: &dyn Place, stage: &Stage, task: Task) -> Result<Vec<Option<Local>>> {
    let column = stage.column(task.column);
    let mut feeds = feeds(stage, task, &column, None, cx.buffers())?;
    let results = cx.results(stage)?;
    let profile = cx.profile(task)?;
    let blocks = Blocks { results: &results, buffers: cx.buffers(), read: cx.read(), profile };
    let mut tiles = Tiles::default();
    for block in stage.geometry.run(task.run) {
        cx.check()?;
        if !stage.skips(task.pass, block) {
            let region = stage.geometry.region(&column, block);
            let left = copied(cx, stage, &blocks, &region)?;
            for region in left.unwrap_or_else(|| vec![region]) {
                run_block(cx, stage, &blocks, &[], task.pass, &region, &mut feeds, &mut tiles)?;
            }
        }
    }
    Ok(locals(feeds))
}

/// What takes the values of a run, one for each consumer that reduces; goes on from `before`.
pub(super) fn feeds<'a>(
    stage: &'a Stage,
    task: Task,
    column: &'a Region,
    before: Option<Vec<Option<Local>>>,
    buffers: &Buffers,
) -> Result<Vec<Option<Feed<'a>>>> {
    let mut before = before.map(Vec::into_iter);
    let mut feeds = Vec::with_capacity(stage.consumers.len());
    for (number, consumer) in stage.consumers.iter().enumerate() {
        let local = before.as_mut().and_then(Iterator::next).flatten();
        feeds.push(match &consumer.action {
            Action::Reduce(spec, _) => {
                let spare = |cells| buffers.take_state((task.stage, number), cells);
                Some(Feed::new(stage, spec, task, column, &consumer.input, local, spare)?)
            }
            _ => None,
        });
    }
    Ok(feeds)
}

/// What feeds have taken.
pub(super) fn locals(feeds: Vec<Option<Feed<'_>>>) -> Vec<Option<Local>> {
    let locals = feeds.into_iter().map(|f| f.map(|f| Local { state: f.state, groups: f.groups }));
    locals.collect()
}

/// Copies chunks where the only thing to do is to write them; gives what is left of the region.
fn copied(
    cx: &dyn Place,
    stage: &Stage,
    blocks: &Blocks<'_>,
    region: &Region,
) -> Result<Option<Vec<Region>>> {
    match stage.consumers.as_slice() {
        [only] if !region.is_empty() => match cx.sink(&only.action) {
            Some(sink) => copy_chunks(blocks, &only.input, sink, region),
            None => Ok(None),
        },
        _ => Ok(None),
    }
}

/// What is used again from block to block.
#[derive(Default)]
pub(super) struct Tiles {
    values: Vec<Array>,
    /// Cells of ungrouped consumers, by consumer, for the box of kept axes and the shape they were
    /// made for.
    shapes: HashMap<usize, (Region, Vec<u32>)>,
}

/// Runs a block through all consumers, beside what is held.
#[allow(clippy::too_many_arguments)] // a block, what is known of it, and who takes it
pub(super) fn run_block(
    cx: &dyn Place,
    stage: &Stage,
    blocks: &Blocks<'_>,
    held: &[Held],
    pass: usize,
    region: &Region,
    feeds: &mut [Option<Feed<'_>>],
    tiles: &mut Tiles,
) -> Result<()> {
    if region.is_empty() {
        return Ok(());
    }
    let strips = if held.is_empty() { stage.strips(&region.len) } else { None };
    // What the block needs several boxes of, or parts of several times, is read first.
    let first = match &strips {
        Some(_) => stage.boxes_stored(region),
        None => stage.shared(region),
    };
    let mut resolver = Resolver::new(blocks);
    let mut covers = Vec::with_capacity(first.len());
    for (node, found) in first {
        let array = resolver.array(&node, &Selection::from_region(&found))?;
        covers.push(Held::new(node.id(), found, array));
    }
    let held = if covers.is_empty() { held } else { &covers };
    let parts = strips.map_or_else(|| vec![region.clone()], |strips| strips.of(region));
    for part in parts {
        run_part(cx, stage, blocks, held, pass, &part, feeds, tiles)?;
    }
    drop(covers);
    resolver.finish();
    Ok(())
}

/// Runs a block, or a strip of it, through all consumers.
#[allow(clippy::too_many_arguments)] // as above
fn run_part(
    cx: &dyn Place,
    stage: &Stage,
    blocks: &Blocks<'_>,
    held: &[Held],
    pass: usize,
    region: &Region,
    feeds: &mut [Option<Feed<'_>>],
    tiles: &mut Tiles,
) -> Result<()> {
    let mut resolver = Resolver::beside(blocks, held);
    let part = Selection::from_region(region);
    let places: Vec<_> = (0..region.ndim()).map(Some).collect();
    let mut roots = Vec::with_capacity(stage.consumers.len());
    for consumer in &stage.consumers {
        roots.push(match stage.takes_part(consumer, pass) {
            true => Some(resolver.resolve(&consumer.input, &part, &places)?),
            false => None,
        });
    }
    roots.iter().flatten().for_each(|root| resolver.ask(*root));
    let program = resolver.program();
    for (number, (consumer, root)) in stage.consumers.iter().zip(&roots).enumerate() {
        let Some(root) = root else { continue };
        let (start, before) = (Instant::now(), program.time());
        if matches!(consumer.action, Action::Reduce(..)) {
            continue;
        }
        if matches!(consumer.action, Action::Collect(_)) && program.loaded(*root).is_none() {
            // Piece by piece, so that values go from cache to where they stay.
            for (from, piece) in pieces(region) {
                let mut values = cx.buffers().take(consumer.input.dtype(), &piece.len)?;
                fill_piece(program, *root, &region.len, from, &mut values)?;
                cx.take(number, &consumer.action, &piece, &values)?;
                cx.buffers().give(values);
            }
        } else {
            with_values(cx, program, *root, consumer, region, |values| {
                cx.take(number, &consumer.action, region, values)
            })?;
        }
        let name = if matches!(consumer.action, Action::Write(..)) { "write" } else { "keep" };
        let steps = program.time().saturating_sub(before);
        let size = consumer.input.dtype().planned_size().saturating_mul(region.count());
        let time = start.elapsed().saturating_sub(steps);
        let spent = Spent { calls: 1, bytes: size as u64, time };
        blocks.profile.record([(name, spent)]);
    }
    if feeds.iter().any(Option::is_some) {
        let (start, before) = (Instant::now(), program.time());
        match stage.rows_from {
            Some(from) => feed_rows(program, &roots, region, from, feeds, tiles)?,
            None => feed_elements(program, &roots, region, feeds, tiles)?,
        }
        let steps = program.time().saturating_sub(before);
        let time = start.elapsed().saturating_sub(steps);
        blocks.profile.record([(&stage.reducing, Spent { calls: 1, bytes: 0, time })]);
    }
    tiles.values.clear();
    resolver.finish();
    Ok(())
}

/// Elements of a piece of a block that is collected.
pub(crate) const PIECE: usize = 8 * TILE;

/// A block in boxes that follow each other in its row-major order, each with where it begins.
fn pieces(region: &Region) -> Vec<(usize, Region)> {
    let behind = |axis: usize| region.len.iter().skip(axis + 1).product::<usize>();
    let Some(axis) = (0..region.ndim()).find(|axis| behind(*axis) <= PIECE) else {
        return vec![(0, region.clone())];
    };
    let step = (PIECE / behind(axis).max(1)).max(1);
    let len = region.len.get(axis).copied().unwrap_or(1);
    let mut out = Vec::new();
    for row in 0..region.len.iter().take(axis).product() {
        let mut piece = region.clone();
        let mut rest: usize = row;
        for a in (0..axis).rev() {
            if let (Some(start), Some(n)) = (piece.start.get_mut(a), piece.len.get_mut(a)) {
                *start += rest % *n;
                rest /= *n;
                *n = 1;
            }
        }
        for first in (0..len).step_by(step) {
            let mut piece = piece.clone();
            if let (Some(start), Some(n)) = (piece.start.get_mut(axis), piece.len.get_mut(axis)) {
                *start += first;
                *n = step.min(len - first);
            }
            out.push(((row * len + first) * behind(axis), piece));
        }
    }
    out
}

/// Gives a block's values as one array, computed only if they are not there already.
fn with_values(
    cx: &dyn Place,
    program: &Program,
    root: usize,
    consumer: &Consumer,
    region: &Region,
    take: impl FnOnce(&Array) -> Result<()>,
) -> Result<()> {
    if let Some(values) = program.loaded(root) {
        return take(&values);
    }
    let mut values = cx.buffers().take(consumer.input.dtype(), &region.len)?;
    fill(program, root, &mut values)?;
    take(&values)?;
    cx.buffers().give(values);
    Ok(())
}

/// A consumer that reduces: its state and how cells are numbered.
///
/// Cells are numbered by group first, then along the kept axes of the column.
pub(super) struct Feed<'a> {
    spec: &'a ReduceSpec,
    kept: &'a [usize],
    reduced: &'a [usize],
    column: &'a Region,
    shape: &'a [usize],
    cells: usize,
    state: State,
    pass: Range<usize>,
    groups: Option<Vec<usize>>,
}

impl<'a> Feed<'a> {
    fn new(
        stage: &'a Stage,
        spec: &'a ReduceSpec,
        task: Task,
        column: &'a Region,
        input: &'a crate::LazyArray,
        before: Option<Local>,
        spare: impl FnOnce(usize) -> Option<State>,
    ) -> Result<Self> {
        let geometry = &stage.geometry;
        let pass = stage.groups(spec, task.pass);
        // A run that is merged later holds only the groups that it meets.
        let groups = match &spec.groups {
            Some(g) if geometry.runs() > 1 => {
                let met = met_groups(geometry, g, task.run);
                Some(met.into_iter().filter(|c| pass.contains(c)).collect::<Vec<_>>())
            }
            _ => None,
        };
        let cells = column.count();
        let count = groups.as_ref().map_or(pass.len(), Vec::len);
        let all = count.checked_mul(cells).filter(|n| *n < u32::MAX as usize);
        let all = all.ok_or_else(|| Error::over_budget("more cells than one task can hold"))?;
        let state = match before {
            Some(local) => local.state,
            None => match spare(all) {
                Some(state) => spec.reduction.restart(state, input.dtype())?,
                None => spec.reduction.start(input.dtype(), all)?,
            },
        };
        let (kept, reduced) = (&geometry.kept, &geometry.reduced);
        Ok(Self { spec, kept, reduced, column, shape: input.shape(), cells, state, pass, groups })
    }

    /// What position `i` along an axis adds to the cell number; `None` leaves the element out.
    fn offset(&self, axis: usize, i: usize) -> Option<usize> {
        if let Some(at) = self.kept.iter().position(|a| *a == axis) {
            let inner: usize = self.column.len.iter().skip(at + 1).product();
            return Some((i - self.column.start.get(at)?) * inner);
        }
        let groups = self.spec.groups.as_ref().filter(|g| g.axis == axis);
        let Some(groups) = groups else { return Some(0) };
        let code = *groups.codes.get(i)? as usize;
        if !self.pass.contains(&code) {
            return None;
        }
        let number = match &self.groups {
            Some(met) => met.binary_search(&code).ok()?,
            None => code - self.pass.start,
        };
        Some(number * self.cells)
    }

    /// What the beginning of a block along some axes adds to cell numbers.
    fn first_of(&self, region: &Region, axes: Range<usize>) -> u32 {
        let starts = region.axes().enumerate().take(axes.end).skip(axes.start);
        let offsets = starts.map(|(axis, (start, _))| self.offset(axis, start).unwrap_or(0));
        // Cells are fewer than 2^32, as was checked.
        offsets.sum::<usize>() as u32
    }

    /// Cell numbers over some axes of a block, row-major; `u32::MAX` for what is left out.
    fn cells_of(&self, region: &Region, axes: Range<usize>) -> Vec<u32> {
        let mut cells = vec![0u32];
        for (axis, (start, len)) in region.axes().enumerate().take(axes.end).skip(axes.start) {
            let offsets: Vec<u32> = (start..start + len)
                .map(|i| self.offset(axis, i).map_or(u32::MAX, |o| o as u32))
                .collect();
            let mut next = Vec::with_capacity(cells.len() * len);
            for base in &cells {
                let add = |o: &u32| {
                    if *base == u32::MAX || *o == u32::MAX { u32::MAX } else { base + o }
                };
                next.extend(offsets.iter().map(add));
            }
            cells = next;
        }
        cells
    }

    /// The running index along the reduced axes of each row of a block.
    fn positions_of(&self, region: &Region, rows: Range<usize>) -> Vec<u64> {
        let stride = |axis: usize| -> u64 {
            let inner = self.reduced.iter().filter(|a| **a > axis);
            inner.map(|a| self.shape.get(*a).copied().unwrap_or(1) as u64).product()
        };
        let first: u64 = region
            .axes()
            .enumerate()
            .skip(rows.end)
            .filter(|(axis, _)| self.reduced.contains(axis))
            .map(|(axis, (start, _))| start as u64 * stride(axis))
            .sum();
        let mut positions = vec![first];
        for (axis, (start, len)) in region.axes().enumerate().take(rows.end) {
            let by = if self.reduced.contains(&axis) { stride(axis) } else { 0 };
            let mut next = Vec::with_capacity(positions.len() * len);
            for base in &positions {
                next.extend((start..start + len).map(|i| base + i as u64 * by));
            }
            positions = next;
        }
        positions
    }

    fn update(&mut self, tile: &Array, cells: Cells<'_>, position: u64) -> Result<()> {
        self.spec.reduction.update(&mut self.state, tile, cells, position)
    }
}

/// Feeds rows: all elements of a row go to one cell, or to as many neighbouring ones.
fn feed_rows(
    program: &Program,
    roots: &[Option<usize>],
    region: &Region,
    from: usize,
    feeds: &mut [Option<Feed<'_>>],
    tiles: &mut Tiles,
) -> Result<()> {
    let shape = &region.len;
    let row: usize = shape.iter().skip(from).product();
    let rows: usize = shape.iter().take(from).product();
    let mut plans: Vec<Option<RowPlan>> = Vec::new();
    let mut kept = false;
    for feed in feeds.iter() {
        plans.push(feed.as_ref().map(|f| {
            kept = f.kept.contains(&from);
            let mut cells = f.cells_of(region, 0..from);
            // Rows begin where the block does, which need not be where the column does.
            let first = f.first_of(region, from..region.ndim());
            for cell in cells.iter_mut().filter(|c| first > 0 && **c != u32::MAX) {
                *cell += first;
            }
            RowPlan { cells, positions: f.positions_of(region, 0..from) }
        }));
    }
    let wanted =
        |r: usize| plans.iter().flatten().any(|p| p.cells.get(r).is_some_and(|c| *c != u32::MAX));
    let feed_some = |tiles: &[Vec<Array>],
                     some: &[usize],
                     inside: Range<usize>,
                     feeds: &mut [Option<Feed<'_>>]| {
        for (i, plan) in plans.iter().enumerate() {
            let (Some(plan), Some(Some(feed)), Some(tiles)) =
                (plan, feeds.get_mut(i), tiles.get(i))
            else {
                continue;
            };
            plan.feed(feed, tiles, some, inside.clone(), kept)?;
        }
        Ok::<(), Error>(())
    };
    let values_of = |values: &[Array], tiles: &mut Vec<Vec<Array>>| {
        tiles.resize_with(plans.len(), Vec::new);
        for (root, tiles) in roots.iter().zip(tiles.iter_mut()) {
            let Some(root) = root else { continue };
            let value = values.get(*root).ok_or_else(|| Error::bug("a step was lost"))?;
            tiles.push(value.clone());
        }
        Ok::<(), Error>(())
    };
    let mut held: Vec<Vec<Array>> = Vec::new();
    if row >= TILE {
        let tile = program.tile(shape);
        let pieces = row.div_ceil(tile);
        let run = |r: usize, p: usize, held: &mut Vec<Vec<Array>>, tiles: &mut Tiles| {
            let inside = p * tile..((p + 1) * tile).min(row);
            let range = r * row + inside.start..r * row + inside.end;
            program.run(shape, &range, &mut tiles.values)?;
            values_of(&tiles.values, held)?;
            Ok::<_, Error>(inside)
        };
        let some: Vec<usize> = (0..rows).filter(|r| wanted(*r)).collect();
        if kept {
            // Kept cells stay in the cache while all rows pass over them, some rows at a time.
            for p in 0..pieces {
                for together in some.chunks(TOGETHER) {
                    let mut inside = 0..0;
                    for r in together {
                        inside = run(*r, p, &mut held, tiles)?;
                    }
                    feed_some(&held, together, inside, feeds)?;
                    held.clear();
                }
            }
        } else {
            for r in some {
                for p in 0..pieces {
                    let inside = run(r, p, &mut held, tiles)?;
                    feed_some(&held, &[r], inside, feeds)?;
                    held.clear();
                }
            }
        }
        return Ok(());
    }
    let at_once = program.tile(shape) / row.max(1);
    for first in (0..rows).step_by(at_once.max(1)) {
        let some: Vec<usize> = (first..(first + at_once).min(rows)).collect();
        if some.iter().any(|r| wanted(*r)) {
            let range = first * row..(first + some.len()) * row;
            program.run(shape, &range, &mut tiles.values)?;
            values_of(&tiles.values, &mut held)?;
            feed_some(&held, &some, 0..row, feeds)?;
            held.clear();
        }
    }
    Ok(())
}

/// Where the rows of a block go, for one consumer.
struct RowPlan {
    cells: Vec<u32>,
    positions: Vec<u64>,
}

impl RowPlan {
    /// Feeds the elements `inside` of the rows `some`, which lie in `tiles`.
    fn feed(
        &self,
        feed: &mut Feed<'_>,
        tiles: &[Array],
        some: &[usize],
        inside: Range<usize>,
        spread: bool,
    ) -> Result<()> {
        let lost = || Error::bug("a row was lost");
        let (mut cells, mut positions) = (Vec::new(), Vec::new());
        for r in some {
            let cell = self.cells.get(*r).ok_or_else(lost)?;
            let position = self.positions.get(*r).ok_or_else(lost)?;
            // Cells are fewer than 2^32, as was checked when they were numbered.
            let right = if spread { inside.start as u32 } else { 0 };
            let along = if spread { 0 } else { inside.start as u64 };
            cells.push(if *cell == u32::MAX { *cell } else { cell + right });
            positions.push(position + along);
        }
        let (cells, positions) = (&cells, &positions);
        let rows = Rows { tiles, len: inside.len(), cells, positions, spread };
        feed.spec.reduction.update_rows(&mut feed.state, &rows)
    }
}

/// Feeds elements one by one, each to its own cell.
fn feed_elements(
    program: &Program,
    roots: &[Option<usize>],
    region: &Region,
    feeds: &mut [Option<Feed<'_>>],
    tiles: &mut Tiles,
) -> Result<()> {
    let all = region.count();
    // Along reduced axes it does not matter where a block lies.
    let alike = |feed: &Feed<'_>| {
        let mut alike = region.clone();
        for (axis, start) in alike.start.iter_mut().enumerate() {
            *start = if feed.kept.contains(&axis) { *start } else { 0 };
        }
        alike
    };
    let mut cells: Vec<Option<(Vec<u32>, u64)>> = Vec::new();
    for (i, feed) in feeds.iter().enumerate() {
        cells.push(feed.as_ref().map(|f| {
            let position = f.positions_of(region, 0..0).first().copied().unwrap_or(0);
            let kept = tiles.shapes.remove(&i).filter(|(known, _)| *known == alike(f));
            let cells = match kept {
                Some((_, cells)) if f.spec.groups.is_none() => cells,
                _ => f.cells_of(region, 0..region.ndim()),
            };
            (cells, position)
        }));
    }
    for start in (0..all).step_by(TILE) {
        let range = start..(start + TILE).min(all);
        program.run(&region.len, &range, &mut tiles.values)?;
        for (i, entry) in cells.iter().enumerate() {
            let (Some((cells, position)), Some(Some(feed))) = (entry, feeds.get_mut(i)) else {
                continue;
            };
            let value = roots.get(i).copied().flatten().and_then(|root| tiles.values.get(root));
            let value = value.ok_or_else(|| Error::bug("a step was lost"))?;
            let each = cells.get(range.clone()).unwrap_or(&[]);
            feed.update(value, Cells::Each(each), *position + range.start as u64)?;
        }
    }
    for (i, entry) in cells.into_iter().enumerate() {
        if let (Some((cells, _)), Some(Some(feed))) = (entry, feeds.get(i)) {
            tiles.shapes.insert(i, (alike(feed), cells));
        }
    }
    Ok(())
}

/// Where the finished cells of a column belong, and in which order of axes.
pub(crate) fn place(
    stage: &Stage,
    spec: &ReduceSpec,
    task: Task,
    cells: &Array,
) -> Result<(Region, Array)> {
    let column = stage.column(task.column);
    let Some(axis) = spec.group_axis() else {
        return Ok((column.clone(), cells.reshape(&column.len)?));
    };
    let groups = stage.groups(spec, task.pass);
    let mut lens = vec![groups.len()];
    lens.extend(&column.len);
    let mut order: Vec<usize> = (1..lens.len()).collect();
    order.insert(axis.min(order.len()), 0);
    let mut region = project(&column, &(0..column.ndim()).collect::<Vec<_>>());
    region.start.insert(axis.min(region.start.len()), groups.start);
    region.len.insert(axis.min(region.len.len()), groups.len());
    Ok((region, cells.reshape(&lens)?.permute(&order)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_follow_each_other() {
        for len in [vec![], vec![5], vec![3, 2, 70_000], vec![9, 300, 300], vec![2 * PIECE + 1]] {
            let region = Region::new(vec![4; len.len()], len.clone());
            let mut next = 0;
            for (from, piece) in pieces(&region) {
                assert_eq!(from, next);
                assert!(piece.count() <= PIECE && !piece.is_empty());
                assert_eq!(region.intersect(&piece).as_ref(), Some(&piece));
                next += piece.count();
            }
            assert_eq!(next, region.count());
        }
    }
}
