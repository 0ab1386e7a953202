//! How a stage is made to fit into the budget: fewer cells at a time, or fewer groups.
//!
//! Either leaves the order in which each cell is summed as it is, so the bits of the result do
//! not depend on the choice.

use std::collections::HashSet;
use std::ops::Range;

use graticule_array::{ChunkGrid, DimChunks, Error, Region, Result};

use super::blocks::Geometry;
use super::cost::{BlockCost, product};
use super::{Action, SLACK, Stage};
use crate::expr::{Groups, Op, ReduceSpec};
use crate::session::Memory;

/// Axes are stiff if blocks half as long along them hold more than this share.
pub(crate) const STIFF: f64 = 0.65;

/// Of more runs it is not counted which groups each of them meets.
const MAX_RUNS: usize = 4096;

/// Uneven cuts are listed up to so many.
const MAX_LISTED: usize = 1 << 24;

/// How a stage is cut to fit.
#[derive(Clone, Debug)]
pub(crate) struct Fit {
    /// The boxes of the kept axes that are worked on one after the other.
    pub(crate) columns: ChunkGrid,
    /// The groups of each pass; one pass over everything without grouping.
    pub(crate) passes: Vec<Range<usize>>,
    /// Bytes of one task: its block, its state.
    pub(crate) task_bytes: u64,
    /// Bytes of what is left of a task that waits to be merged: its state.
    pub(crate) state_bytes: u64,
    /// Bytes of a column's states and result while its runs are merged.
    pub(crate) column_bytes: u64,
    /// How often a chunk is read, on average.
    pub(crate) reread: f64,
}

impl Fit {
    /// Nothing cut.
    pub(crate) fn whole(geometry: &Geometry) -> Self {
        Self {
            columns: geometry.columns(),
            passes: std::iter::once(0..usize::MAX).collect(),
            task_bytes: 0,
            state_bytes: 0,
            column_bytes: 0,
            reread: 1.0,
        }
    }

    /// Bytes of the tasks that are begun and not merged, and of their columns: of as many as fit
    /// into `room`, and of one at least.
    pub(crate) fn in_flight(&self, crowd: Crowd, tasks: usize, runs: usize, room: u64) -> u64 {
        let all_columns = tasks.div_ceil(runs.max(1)).max(1);
        let bytes = |at_once: usize, columns: usize| {
            let running = at_once.min(crowd.threads) as u64;
            self.task_bytes
                .saturating_mul(running)
                .saturating_add(self.state_bytes.saturating_mul(at_once as u64 - running))
                .saturating_add(self.column_bytes.saturating_mul(columns as u64))
        };
        let mut most = bytes(1, 1);
        for at_once in 1..=crowd.window.min(tasks) {
            let columns = (at_once.div_ceil(runs.max(1)) + 1).min(at_once).min(all_columns);
            let all = (1..=columns).map(|c| bytes(at_once, c)).filter(|b| *b <= room);
            most = most.max(all.max().unwrap_or(0));
        }
        most
    }
}

/// How many tasks there may be at one time: that run, and that are begun and not merged.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Crowd {
    pub(crate) threads: usize,
    pub(crate) window: usize,
}

impl Crowd {
    /// Of a session's threads.
    pub(crate) fn of(threads: usize) -> Self {
        Self { threads, window: threads + threads.div_ceil(2) }
    }
}

/// Chooses columns and passes for a stage while `held` of `all` bytes are in use elsewhere.
pub(crate) fn fit(stage: &Stage, held: u64, all: u64, threads: usize) -> Result<Fit> {
    let room = all.saturating_sub(held);
    let groups = common_groups(stage);
    let reduces = stage.consumers.iter().any(|c| matches!(c.action, Action::Reduce(..)));
    let first = candidate(stage, 1, 1, groups);
    if held > all {
        return Err(no_room(stage, held, 0, all));
    }
    let (tasks, runs) = (stage.tasks(), stage.geometry.runs());
    if first.in_flight(Crowd::of(threads), tasks, runs, u64::MAX) <= room {
        return Ok(first);
    }
    let mut best: Option<(f64, Fit)> = None;
    let mut least = u64::MAX;
    let counts = groups.map_or(1, |g| g.count.max(1));
    let writes = stage.consumers.iter().any(|c| matches!(c.action, Action::Write(..)));
    let cells = product(&stage.fit.columns.largest()).max(1);
    // What is written is cut as its place is; blocks of plain steps are small as they are.
    let blocks = stage.consumers.iter().any(|c| c.input.has_block());
    let tiles = if reduces || (blocks && !writes) { cells } else { 1 };
    for passes in steps(counts) {
        for parts in steps(tiles) {
            let fit = candidate(stage, parts, passes, groups);
            let one = fit.task_bytes.saturating_add(fit.column_bytes);
            least = least.min(one);
            if one > room {
                continue;
            }
            let spare = room - fit.column_bytes;
            let at_once = (spare / fit.task_bytes.max(1)).clamp(1, threads as u64);
            // Fewer threads cost as much as reading more often.
            let cost = fit.reread / at_once as f64;
            if best.as_ref().is_none_or(|(c, _)| cost < c * 0.999) {
                best = Some((cost, fit));
            }
            if at_once == threads as u64 {
                break;
            }
        }
    }
    best.map(|(_, fit)| fit).ok_or_else(|| no_room(stage, held, least, all))
}

/// Bytes of one task and its column, cut as the stage is.
#[cfg(feature = "wire")]
pub(crate) fn bytes_of(stage: &Stage) -> u64 {
    let Fit { columns, passes, .. } = &stage.fit;
    sized(stage, columns.clone(), passes.clone(), 1.0).task_bytes
}

/// 1, 2, 3, 4, 6, 8, 12, ... up to and including `n`.
pub(crate) fn steps(n: usize) -> Vec<usize> {
    let mut out: Vec<usize> = Vec::new();
    let mut power = 1usize;
    while power < n {
        out.push(power);
        if power > 1 && power + power / 2 < n {
            out.push(power + power / 2);
        }
        let Some(next) = power.checked_mul(2) else { break };
        power = next;
    }
    out.push(n);
    out
}

fn no_room(stage: &Stage, held: u64, least: u64, all: u64) -> Error {
    let what = stage.consumers.first().map_or_else(String::new, |c| match &c.action {
        Action::Reduce(spec, _) => format!("{spec} of {:?}", c.input),
        _ => format!("{:?}", c.input),
    });
    // Given and needed as the user counts: with what is left to the allocator.
    let m = |bytes: u64| Memory::new(bytes.saturating_add(bytes / (SLACK - 1)));
    let least = if least == u64::MAX { 0 } else { least };
    let needed = held.saturating_add(least);
    let text = if held > all {
        format!("the results of computing {what} take {}", m(held))
    } else {
        format!("computing {what} takes at least {} ({} of it for results)", m(needed), m(held))
    };
    let blocks = stage.geometry.grid.largest();
    Error::over_budget(format!("{text}, but the memory budget is {}", m(all))).hint(format!(
        "allow {} or more, write the result to a file instead of keeping it, or store the data \
         in chunks smaller than {blocks:?}",
        m(needed.saturating_add(needed / 8))
    ))
}

/// The grouping of all consumers, if they have the same one and nothing else runs along.
fn common_groups(stage: &Stage) -> Option<&Groups> {
    let mut common: Option<&Groups> = None;
    for consumer in &stage.consumers {
        let Action::Reduce(ReduceSpec { groups, .. }, _) = &consumer.action else { continue };
        let g = groups.as_ref()?;
        match common {
            Some(c) if c.axis != g.axis || c.count != g.count || c.codes != g.codes => return None,
            _ => common = Some(g),
        }
    }
    common
}

/// The stage cut into about `parts` times more columns and `passes` passes.
fn candidate(stage: &Stage, parts: usize, passes: usize, groups: Option<&Groups>) -> Fit {
    let geometry = &stage.geometry;
    let (columns, tile_reread) = cut_columns(stage, parts, None);
    let ranges: Vec<Range<usize>> = match groups {
        Some(g) if passes > 1 => {
            let each = g.count.div_ceil(passes).max(1);
            (0..g.count).step_by(each).map(|s| s..(s + each).min(g.count)).collect()
        }
        _ => std::iter::once(0..usize::MAX).collect(),
    };
    let reread = tile_reread * groups.map_or(1.0, |g| pass_reread(geometry, g, &ranges));
    sized(stage, columns, ranges, reread)
}

/// What a stage that is cut like this takes.
fn sized(stage: &Stage, columns: ChunkGrid, ranges: Vec<Range<usize>>, reread: f64) -> Fit {
    let geometry = &stage.geometry;
    let column = columns.largest();
    let cells = product(&column);
    let lens = block_lens(geometry, &column);
    let (local, merged) = state_bytes(stage, cells, &ranges);
    let task = (BlockCost::of(stage, &lens) as u64).saturating_add(local);
    Fit {
        columns,
        passes: ranges,
        task_bytes: task,
        state_bytes: local,
        column_bytes: merged,
        reread,
    }
}

/// The lengths of the largest block of a column.
pub(crate) fn block_lens(geometry: &Geometry, column: &[usize]) -> Vec<usize> {
    let mut lens = geometry.grid.largest();
    for (axis, len) in geometry.kept.iter().zip(column) {
        if let Some(to) = lens.get_mut(*axis) {
            *to = *len;
        }
    }
    lens
}

/// Bytes of the states of one run of a column of `cells`, and of its merged states and results.
pub(crate) fn state_bytes(stage: &Stage, cells: usize, ranges: &[Range<usize>]) -> (u64, u64) {
    let geometry = &stage.geometry;
    let (mut task, mut merged) = (0u64, 0u64);
    for consumer in &stage.consumers {
        let Action::Reduce(spec, _) = &consumer.action else { continue };
        let per_cell = spec.reduction.bytes_per_cell(consumer.input.dtype());
        let result = spec.reduction.result(consumer.input.dtype());
        let result = result.map_or(8, |d| d.planned_size());
        let bytes =
            |groups: usize, each: usize| groups.saturating_mul(cells).saturating_mul(each) as u64;
        let most = ranges.iter().map(|r| r.len().min(spec.group_count())).max().unwrap_or(1);
        let most = if spec.groups.is_none() { 1 } else { most };
        let local = if geometry.runs() > 1 { run_groups(geometry, spec, ranges) } else { most };
        task = task.saturating_add(bytes(local, per_cell));
        merged = merged.saturating_add(bytes(most, result));
        if geometry.runs() > 1 {
            merged = merged.saturating_add(bytes(most, per_cell));
        }
    }
    (task, merged)
}

/// The most groups that one run meets in one pass.
fn run_groups(geometry: &Geometry, spec: &ReduceSpec, passes: &[Range<usize>]) -> usize {
    let Some(groups) = &spec.groups else { return 1 };
    if geometry.runs() > MAX_RUNS {
        // No more than the positions along the axis that its blocks can lie at.
        let longest = geometry.grid.dims().get(groups.axis).map_or(1, DimChunks::longest);
        let positions = geometry.run(0).len().saturating_mul(longest);
        let pass = passes.iter().map(|p| p.len().min(groups.count)).max().unwrap_or(1);
        return pass.min(positions).max(1);
    }
    let mut most = 1;
    for run in 0..geometry.runs() {
        let met = met_groups(geometry, groups, run);
        for pass in passes {
            most = most.max(met.iter().filter(|c| pass.contains(c)).count());
        }
        if most >= groups.count {
            break;
        }
    }
    most
}

/// The groups that a run meets, ascending.
pub(crate) fn met_groups(geometry: &Geometry, groups: &Groups, run: usize) -> Vec<usize> {
    let mut met: HashSet<usize> = HashSet::new();
    let mut last = 0..0;
    for block in geometry.run(run) {
        let positions = geometry.positions(block, groups.axis);
        if positions != last {
            let codes = groups.codes.get(positions.clone()).unwrap_or(&[]);
            met.extend(codes.iter().filter(|c| **c != u32::MAX).map(|c| *c as usize));
            last = positions;
        }
        if met.len() >= groups.count {
            break;
        }
    }
    let mut met: Vec<usize> = met.into_iter().collect();
    met.sort_unstable();
    met
}

/// How many passes need a block, on average over the group axis.
fn pass_reread(geometry: &Geometry, groups: &Groups, passes: &[Range<usize>]) -> f64 {
    if passes.len() < 2 {
        return 1.0;
    }
    let Some(dim) = geometry.grid.dims().get(groups.axis) else { return 1.0 };
    let (mut touched, count) = (0usize, dim.count());
    for i in 0..count {
        let (start, len) = dim.chunk(i);
        let codes = groups.codes.get(start..start + len).unwrap_or(&[]);
        let met: HashSet<usize> = codes
            .iter()
            .filter_map(|c| passes.iter().position(|p| p.contains(&(*c as usize))))
            .collect();
        touched += met.len();
    }
    touched as f64 / count.max(1) as f64
}

/// Cuts the columns into about `parts` pieces each: along chunks where that is possible, else
/// across them, which reads these again, and not along the axis `uncut`. Gives the columns and
/// how often a chunk is read.
pub(crate) fn cut_columns(stage: &Stage, parts: usize, uncut: Option<usize>) -> (ChunkGrid, f64) {
    let geometry = &stage.geometry;
    let columns = geometry.columns();
    if parts < 2 {
        return (columns, 1.0);
    }
    let stored = stage.consumers.first().map(|c| stored_lens(&c.input)).unwrap_or_default();
    let stiff = if uncut.is_none() { stiff_axes(stage) } else { Vec::new() };
    let is_stiff =
        |i: usize| geometry.kept.get(i).is_some_and(|a| stiff.contains(a) || uncut == Some(*a));
    let mut left = parts;
    let mut again = 1.0;
    let mut dims: Vec<DimChunks> = columns.dims().to_vec();
    let chunk = |i: usize| {
        let axis = geometry.kept.get(i).copied().unwrap_or(0);
        stored.get(axis).copied().unwrap_or(1).max(1)
    };
    // Along chunks first.
    for (i, dim) in dims.iter_mut().enumerate() {
        let (len, chunk) = (dim.longest(), chunk(i));
        if left > 1 && len > chunk && !is_stiff(i) {
            let pieces = left.min(len.div_ceil(chunk));
            let piece = len.div_ceil(pieces).div_ceil(chunk) * chunk;
            left = left.div_ceil(len.div_ceil(piece));
            *dim = cut(dim, piece);
        }
    }
    for (_, dim) in dims.iter_mut().enumerate().filter(|(i, _)| !is_stiff(*i)) {
        let len = dim.longest();
        if left > 1 && len > 1 {
            let piece = len.div_ceil(left.min(len));
            let pieces = len.div_ceil(piece);
            left = left.div_ceil(pieces);
            again *= pieces as f64;
            *dim = cut(dim, piece);
        }
    }
    let whole = stage.consumers.iter().any(|c| c.input.reads_whole_chunks());
    (ChunkGrid::new(dims), if whole { again } else { 1.0 })
}

/// The lengths of what is read at once.
fn stored_lens(input: &crate::LazyArray) -> Vec<usize> {
    fn pieces(node: &crate::LazyArray, seen: &mut HashSet<usize>) -> Option<Vec<usize>> {
        if !seen.insert(node.address()) {
            return None;
        }
        match node.op() {
            Op::Kept(kept) => kept.file.as_ref().map(|f| f.pieces().largest()),
            Op::Reduce(_) => None,
            _ => node.inputs().iter().find_map(|i| pieces(i, seen)),
        }
    }
    pieces(input, &mut HashSet::new())
        .filter(|lens| lens.len() == input.ndim())
        .unwrap_or_else(|| input.grid().largest())
}

/// The axes along which shorter blocks hold hardly less: operations need whole lines of them.
pub(crate) fn stiff_axes(stage: &Stage) -> Vec<usize> {
    let lens = stage.geometry.grid.largest();
    let inputs = stage.consumers.iter().map(|c| &c.input);
    let mut stiff: Vec<usize> = Vec::new();
    for input in inputs.filter(|i| i.has_block()) {
        stiff.extend(stiff_axes_of(input, &lens));
    }
    stiff
}

/// As [`stiff_axes`], for blocks of these lengths.
pub(crate) fn stiff_axes_of(input: &crate::LazyArray, lens: &[usize]) -> Vec<usize> {
    let whole = BlockCost::held(input, lens) as f64;
    let halved = |axis: usize| {
        let half = |(a, n): (usize, &usize)| if a == axis { n.div_ceil(2) } else { *n };
        BlockCost::held(input, &lens.iter().enumerate().map(half).collect::<Vec<_>>()) as f64
    };
    let long = lens.iter().enumerate().filter(|(_, n)| **n > 1).map(|(axis, _)| axis);
    long.filter(|axis| halved(*axis) > STIFF * whole).collect()
}

/// Cuts each piece of an axis into shorter ones.
pub(crate) fn cut(dim: &DimChunks, piece: usize) -> DimChunks {
    let piece = piece.max(1);
    if dim.count() <= 1 {
        return DimChunks::even(piece, dim.len());
    }
    if let DimChunks::Even { size, offset, len } = dim {
        // Too many are not listed: then some pieces lie in two chunks.
        if (*offset == 0 && size.is_multiple_of(piece)) || dim.count() > MAX_LISTED {
            return DimChunks::even(piece, *len);
        }
    }
    let mut lengths = Vec::new();
    for i in 0..dim.count() {
        let (_, mut len) = dim.chunk(i);
        while len > 0 {
            lengths.push(len.min(piece));
            len -= len.min(piece);
        }
    }
    DimChunks::from_lengths(&lengths)
}

/// The part of a box along some axes.
pub(crate) fn project(region: &Region, axes: &[usize]) -> Region {
    let pick = |v: &[usize]| axes.iter().filter_map(|a| v.get(*a).copied()).collect::<Vec<_>>();
    Region::new(pick(&region.start), pick(&region.len))
}
