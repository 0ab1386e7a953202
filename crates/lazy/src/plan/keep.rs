//! What to compute once and keep, where reading it again and again would cost more: in memory if
//! it fits, else in a temporary file.
//!
//! Keeping changes neither the blocks of those who read nor the order of any sum.

use std::collections::{HashMap, HashSet};
use std::path::Path;
use std::sync::Arc;

use graticule_array::{ChunkGrid, DimChunks, Result};
use graticule_storage::ChunkSink;

use super::blocks::{Sizes, choose_blocks};
use super::cost::{BlockCost, product};
use super::fit::{cut, stiff_axes_of};
use crate::block::shapes;
use crate::expr::{LazyArray, NodeId, Op};
use crate::keep::{Kept, SpillFile};

/// No task that fills or reads a temporary file works on more bytes at a time.
const LARGEST: u64 = 64 << 20;

/// What plans may use.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Means<'a> {
    /// Bytes for tasks and results.
    pub(crate) room: u64,
    pub(crate) threads: usize,
    pub(crate) sizes: Sizes,
    /// Where temporary files go.
    pub(crate) folder: &'a Path,
}

impl Means<'_> {
    /// About how many bytes a task should hold that fills or reads a file.
    fn target(&self) -> usize {
        let share = self.room / (self.threads as u64 * 8).max(1);
        share.min(LARGEST).max(self.sizes.block as u64 / 4).min(self.room / 8).max(1) as usize
    }
}

/// Other ways to compute the same, in which something is kept.
pub(crate) fn variants(
    roots: &[LazyArray],
    sinks: &[Arc<dyn ChunkSink>],
    means: Means<'_>,
) -> Result<Vec<Vec<LazyArray>>> {
    let mut nodes = Nodes::default();
    roots.iter().for_each(|r| nodes.visit(r));
    let target = means.target();
    let mut wide: Vec<(LazyArray, ChunkGrid)> = Vec::new();
    for node in &nodes.all {
        wide.extend(wide_inputs(node, target));
    }
    let written = roots.iter().zip(sinks).map(|(root, sink)| {
        let grid = choose_blocks(
            &sink.info().grid,
            root.dtype().planned_size(),
            true,
            Sizes { block: target.min(4 * means.sizes.block), ..means.sizes },
        );
        (root.clone(), grid)
    });
    let written: Vec<_> = written.filter(|(root, _)| root.is_lazy()).collect();
    let shared = nodes.sources.iter().filter(|(node, users)| *users > 1 && node.ndim() > 0);
    let shared: Vec<_> = shared.map(|(node, _)| (node.clone(), node.grid().clone())).collect();
    let mut out = Vec::new();
    if sinks.is_empty() {
        // What is kept in memory as a whole need not be computed along its own chunks.
        let bare: Vec<LazyArray> = roots.iter().map(without_rechunk).collect();
        if bare.iter().zip(roots).any(|(a, b)| a.id() != b.id()) {
            out.push(bare);
        }
    }
    let both: Vec<_> = wide.iter().chain(&written).cloned().collect();
    for (chosen, disk) in [(wide, true), (written, true), (both, true), (shared, false)] {
        if chosen.is_empty() {
            continue;
        }
        let mut keeper = Keeper {
            means,
            target,
            chosen: HashMap::new(),
            made: HashMap::new(),
            disk,
            left: means.room / 2,
        };
        for (node, reading) in chosen {
            keeper.chosen.entry(node.id()).or_insert(reading);
        }
        let kept = roots.iter().map(|r| keeper.rewrite(r)).collect::<Result<Vec<_>>>()?;
        if !keeper.made.is_empty() {
            out.push(kept);
        }
    }
    Ok(out)
}

/// The expression below the hints at its top.
fn without_rechunk(root: &LazyArray) -> LazyArray {
    match (root.op(), root.inputs().first()) {
        (Op::Rechunk(_), Some(input)) => without_rechunk(input),
        (Op::Map(_), Some(input)) => {
            let below = without_rechunk(input);
            let same = below.id() == input.id();
            let made = if same { None } else { root.with_inputs(&[below]).ok() };
            made.unwrap_or_else(|| root.clone())
        }
        _ => root.clone(),
    }
}

/// All nodes of some expressions, and who reads each source.
#[derive(Default)]
struct Nodes {
    all: Vec<LazyArray>,
    seen: HashSet<NodeId>,
    /// Sources, and how many reductions or outputs read them.
    sources: Vec<(LazyArray, usize)>,
}

impl Nodes {
    fn visit(&mut self, root: &LazyArray) {
        let mut consumers = vec![root.clone()];
        while let Some(consumer) = consumers.pop() {
            let mut met = HashSet::new();
            let mut todo = vec![consumer];
            while let Some(node) = todo.pop() {
                if !met.insert(node.id()) {
                    continue;
                }
                if let Op::Read(_) = node.op() {
                    match self.sources.iter_mut().find(|(known, _)| known.id() == node.id()) {
                        Some((_, users)) => *users += 1,
                        None => self.sources.push((node.clone(), 1)),
                    }
                }
                let first = self.seen.insert(node.id());
                if first {
                    self.all.push(node.clone());
                }
                match node.op() {
                    Op::Reduce(_) if !first => {}
                    Op::Reduce(_) => consumers.extend(node.inputs().iter().cloned()),
                    _ => todo.extend(node.inputs().iter().cloned()),
                }
            }
        }
    }
}

/// The inputs of an operation on boxes of which one element needs more than a chunk, and how
/// these will be read.
fn wide_inputs(node: &LazyArray, target: usize) -> Vec<(LazyArray, ChunkGrid)> {
    if let (Op::Rechunk(grid), Some(input)) = (node.op(), node.inputs().first()) {
        let dims = || grid.dims().iter().zip(input.grid().dims());
        let longer = dims().any(|(to, from)| to.longest() > from.longest());
        let shorter = dims().any(|(to, from)| to.longest() < from.longest());
        let crosses = longer && shorter && input.is_lazy();
        return crosses.then(|| (input.clone(), grid.clone())).into_iter().collect();
    }
    let Op::Block(op) = node.op() else { return Vec::new() };
    let shapes = shapes(node.inputs());
    let ones: Vec<usize> = node.shape().iter().map(|n| 1.min(*n)).collect();
    let mut out = Vec::new();
    for (i, input) in node.inputs().iter().enumerate() {
        if !matches!(input.op(), Op::Const(_) | Op::Reduce(_)) && !input.is_empty() {
            let lens = op.longest(i, &ones, &shapes);
            let dims = input.grid().dims();
            let wide: Vec<bool> =
                lens.iter().zip(dims).map(|(len, dim)| *len > dim.longest()).collect();
            if wide.contains(&true) {
                out.push((input.clone(), pencils(input, &wide, target)));
            }
        }
    }
    out
}

/// Whole along wide axes, as short along the others as the target asks for.
fn pencils(input: &LazyArray, wide: &[bool], target: usize) -> ChunkGrid {
    let mut dims = input.grid().dims().to_vec();
    let is_wide = |axis: usize| wide.get(axis).copied().unwrap_or(false);
    for (_, dim) in dims.iter_mut().enumerate().filter(|(axis, _)| is_wide(*axis)) {
        *dim = DimChunks::even(dim.len(), dim.len());
    }
    let size = input.dtype().planned_size();
    loop {
        let lens: Vec<usize> = dims.iter().map(DimChunks::longest).collect();
        if product(&lens).saturating_mul(size) <= target {
            break;
        }
        let open = lens.iter().enumerate().filter(|(axis, n)| **n > 1 && !is_wide(*axis));
        let Some((axis, len)) = open.max_by_key(|(_, n)| **n) else { break };
        if let Some(dim) = dims.get_mut(axis) {
            *dim = cut(dim, len.div_ceil(2));
        }
    }
    ChunkGrid::new(dims)
}

/// The blocks in which something is computed to be kept.
fn work_blocks(node: &LazyArray, target: usize, means: Means<'_>) -> ChunkGrid {
    let size = node.dtype().planned_size();
    let grid = choose_blocks(node.grid(), size, true, Sizes { block: target, ..means.sizes });
    if !node.has_block() {
        return grid;
    }
    let chunks = node.grid().largest();
    let chunk = |axis: usize| chunks.get(axis).copied().unwrap_or(1).max(1);
    let mut dims = grid.dims().to_vec();
    loop {
        let lens: Vec<usize> = dims.iter().map(DimChunks::longest).collect();
        let stiff = stiff_axes_of(node, &lens);
        let open = lens.iter().enumerate().filter(|(axis, n)| **n > 1 && !stiff.contains(axis));
        // Chunks are cut only if there is no other way: each piece reads them again.
        let several = open.clone().filter(|(axis, n)| **n > chunk(*axis));
        let next = several.max_by_key(|(_, n)| **n);
        let limit = if next.is_some() { 2 * target } else { means.room as usize / 3 };
        if BlockCost::held(node, &lens) <= limit {
            break;
        }
        let Some((axis, len)) = next.or_else(|| open.max_by_key(|(_, n)| **n)) else { break };
        if let Some(dim) = dims.get_mut(axis) {
            *dim = cut(dim, shorter(*len, chunk(axis)));
        }
    }
    ChunkGrid::new(dims)
}

/// About half of a length; whole chunks as long as it has several.
fn shorter(len: usize, chunk: usize) -> usize {
    let half = len.div_ceil(2);
    let whole = half.div_ceil(chunk) * chunk;
    match len > chunk {
        true if whole < len => whole,
        true => chunk,
        false => half,
    }
}

/// Rewrites expressions so that what was chosen is kept.
struct Keeper<'a> {
    means: Means<'a>,
    target: usize,
    /// What to keep, and how it will be read.
    chosen: HashMap<NodeId, ChunkGrid>,
    made: HashMap<NodeId, LazyArray>,
    /// Whether to keep on disk what does not fit.
    disk: bool,
    /// Memory that is not taken yet.
    left: u64,
}

impl Keeper<'_> {
    fn rewrite(&mut self, node: &LazyArray) -> Result<LazyArray> {
        if let Some(made) = self.made.get(&node.id()) {
            return Ok(made.clone());
        }
        let inputs = node.inputs().iter().map(|i| self.rewrite(i)).collect::<Result<Vec<_>>>()?;
        let changed = inputs.iter().zip(node.inputs()).any(|(a, b)| a.address() != b.address());
        let now = if changed { node.with_inputs(&inputs)? } else { node.clone() };
        let Some(reading) = self.chosen.get(&node.id()) else { return Ok(now) };
        let bytes = now.bytes() as u64;
        let kept = if bytes <= self.left {
            self.left -= bytes;
            Kept { of: now, instead_of: node.clone(), file: None }
        } else if self.disk {
            let blocks = work_blocks(&now, self.target, self.means);
            let pieces = blocks.meet(reading);
            match SpillFile::new(now.dtype(), pieces, self.means.folder) {
                Some(file) => Kept {
                    of: now.rechunk(blocks)?,
                    instead_of: node.clone(),
                    file: Some(Arc::new(file)),
                },
                None => return Ok(now),
            }
        } else {
            return Ok(now);
        };
        let kept = LazyArray::kept(kept, node.grid().clone());
        self.made.insert(node.id(), kept.clone());
        Ok(kept)
    }
}
