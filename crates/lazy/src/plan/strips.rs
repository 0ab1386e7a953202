//! Blocks that are worked on strip by strip: what they read is read once, as it is stored, and all
//! that is computed from it, decoded, moved along lines, reduced, is computed for some of the cells
//! at a time, which stay in the processor's cache.
//!
//! Strips lie along kept axes, so each cell gets its elements in the order in which it would get
//! them from the whole block.

use std::collections::HashSet;

use graticule_array::Region;

use super::blocks::Sizes;
use super::cost::{BlockCost, product};
use super::stream::middle;
use super::taps::{Tap, Taps, is_box};
use super::{Action, Consumer, Stage};
use crate::expr::{LazyArray, NodeId, Op};

/// Innermost axes are not cut shorter: lines are worked on some at a time.
const SHORTEST: usize = 32;

/// Strips are worth it if they need no more than this share of what the whole block does.
const WORTH: f64 = 0.7;

/// Blocks half as long along an axis hold no more than this share if no element depends on its
/// neighbours along it.
const APART: f64 = 0.56;

/// Strips are halved as long as that leaves this share of what they take, or less.
const LESS: f64 = 0.75;

/// More sources are not held beside each other.
const MAX_SOURCES: usize = 16;

/// What blocks read as it is stored.
#[derive(Debug)]
pub(crate) struct Stored {
    taps: Taps,
    /// What is computed for a strip takes about so many bytes, where it can be cut.
    strip: usize,
}

/// How a block of some lengths is cut.
pub(crate) struct Strips {
    /// The lengths of a strip.
    pub(crate) lens: Vec<usize>,
    /// Bytes that the block takes: what is read for it, and one strip.
    pub(crate) bytes: usize,
}

/// What blocks of these consumers read before they are cut into strips; `None` if they are not.
pub(super) fn stored(consumers: &[Consumer], covers: bool, sizes: Sizes) -> Option<Stored> {
    let writes = consumers.iter().any(|c| matches!(c.action, Action::Write(..)));
    if covers || writes || !consumers.iter().any(|c| c.input.has_block()) {
        return None;
    }
    let mut finder = Finder::default();
    for consumer in consumers {
        finder.find(&consumer.input)?;
    }
    let (few, strip) = (finder.found.len() <= MAX_SOURCES, (sizes.block / 2).max(1));
    few.then(|| Stored { taps: Taps::of(finder.found), strip })
}

/// Finds what is read and only rearranged.
#[derive(Default)]
struct Finder {
    found: Vec<LazyArray>,
    seen: HashSet<NodeId>,
}

impl Finder {
    fn find(&mut self, node: &LazyArray) -> Option<()> {
        if !self.seen.insert(node.id()) {
            return Some(());
        }
        match node.op() {
            Op::Const(_) | Op::Reduce(_) => Some(()),
            Op::Kept(kept) if kept.file.is_none() => Some(()),
            _ if is_stored(node) => {
                self.found.push(node.clone());
                Some(())
            }
            // Functions of the user are called as often as ever.
            Op::Block(op) if op.key().is_none() => None,
            Op::Select(own) if !is_box(own) => None,
            Op::Gather(_) | Op::JoinChars | Op::Kept(_) | Op::Read(_) => None,
            _ => node.inputs().iter().try_for_each(|i| self.find(i)),
        }
    }
}

/// Whether a node is read as it is.
fn is_stored(node: &LazyArray) -> bool {
    match node.op() {
        Op::Read(_) => true,
        Op::Select(own) => is_box(own) && node.inputs().first().is_some_and(is_stored),
        Op::Rechunk(_) => node.inputs().first().is_some_and(is_stored),
        Op::Concat { .. } => node.inputs().iter().all(is_stored),
        _ => false,
    }
}

impl Stage {
    /// How a block of these lengths is cut into strips, if that pays.
    pub(crate) fn strips(&self, lens: &[usize]) -> Option<Strips> {
        let Stored { taps, strip: most } =
            self.stored.as_ref().filter(|_| self.stream.is_none())?;
        let cells = product(lens);
        let whole = BlockCost::beside(self, lens, taps);
        if cells == 0 || whole < most.saturating_mul(2) {
            return None;
        }
        let shape = self.geometry.grid.shape();
        let boxes = self.boxes(taps, &middle(&shape, lens)).ok()?;
        let mut bytes = 0usize;
        for (Tap { node, .. }, found) in taps.all.iter().zip(&boxes) {
            let Some(found) = found else { continue };
            bytes = bytes.saturating_add(BlockCost::made(node, &found.len));
        }
        let mut strip = lens.to_vec();
        let mut cost = whole;
        let reduces = self.consumers.iter().any(|c| matches!(c.action, Action::Reduce(..)));
        for axis in &self.geometry.kept {
            // The slowest axes first, so that what is cut off lies together; and the cells of a row
            // have to.
            let least = if *axis + 1 == lens.len() { SHORTEST } else { 1 };
            let rows = self.rows_from.filter(|_| reduces).unwrap_or(*axis).min(*axis);
            let mut share = APART;
            let together = strip.get(rows..*axis).unwrap_or_default().iter().all(|n| *n == 1);
            while together
                && cost > *most
                && let Some(len) = strip.get(*axis).copied().filter(|n| *n > least)
            {
                let mut half = strip.clone();
                half.splice(*axis..=*axis, [len.div_ceil(2)]);
                let next = BlockCost::beside(self, &half, taps);
                if next as f64 > share * cost as f64 {
                    break;
                }
                (strip, cost, share) = (half, next, LESS);
            }
        }
        let strips = Strips { lens: strip, bytes: bytes.saturating_add(cost) };
        (strips.lens != lens && cost as f64 <= WORTH * whole as f64).then_some(strips)
    }

    /// The boxes that are read for a block before it is cut.
    pub(crate) fn boxes_stored(&self, region: &Region) -> Vec<(LazyArray, Region)> {
        let Some(Stored { taps, .. }) = &self.stored else { return Vec::new() };
        let Ok(boxes) = self.boxes(taps, region) else { return Vec::new() };
        let taps = taps.all.iter().zip(boxes);
        taps.filter_map(|(tap, found)| Some((tap.node.clone(), found?))).collect()
    }
}

impl Strips {
    /// The parts of a block, in order.
    pub(crate) fn of(&self, region: &Region) -> Vec<Region> {
        let mut out = vec![region.clone()];
        for (axis, step) in self.lens.iter().enumerate() {
            let mut cut = Vec::with_capacity(out.len());
            for part in &out {
                let (Some(start), Some(len)) = (part.start.get(axis), part.len.get(axis)) else {
                    continue;
                };
                for first in (0..*len).step_by((*step).max(1)) {
                    let mut piece = part.clone();
                    super::set(&mut piece, axis, start + first, (*step).min(len - first));
                    cut.push(piece);
                }
            }
            out = cut;
        }
        out
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)] // tests
mod tests {
    use std::sync::Arc;

    use graticule_array::{
        Array, ChunkGrid, LineOp, ReduceParams, Window, WindowStat, ZipOp, reduction,
    };
    use graticule_storage::MemorySource;

    use super::*;
    use crate::{Memory, Session};

    #[test]
    fn strips_follow_each_other_and_leave_nothing_out() {
        let strips = Strips { lens: vec![9, 2, 3], bytes: 0 };
        let parts = strips.of(&Region::new([5, 1, 0], [9, 5, 7]));
        assert_eq!(parts.len(), 9);
        assert_eq!(parts.first().unwrap(), &Region::new([5, 1, 0], [9, 2, 3]));
        assert_eq!(parts.last().unwrap(), &Region::new([5, 5, 6], [9, 1, 1]));
        assert_eq!(parts.iter().map(Region::count).sum::<usize>(), 9 * 5 * 7);
    }

    #[test]
    fn strips_change_neither_bits_nor_reads() {
        let shape = [40, 96, 512];
        let values = (0..shape.iter().product()).map(|i: usize| (i * 7919 % 1013) as f32);
        let whole = Array::from_vec(shape, values.collect()).unwrap();
        let days = ChunkGrid::even(&shape, &[1, 96, 512]);
        let x = LazyArray::read(Arc::new(MemorySource::with_grid(whole, days)));
        let window = Window { len: 5, before: 4, least: 1, stat: WindowStat::Mean };
        let moved = x.zip(ZipOp::Mul, &x).unwrap().along(LineOp::Window(window), 0).unwrap();
        let mean = |axes: &[usize]| {
            let mean = reduction("mean", &ReduceParams::default()).unwrap();
            moved.reduce(mean, axes).unwrap()
        };
        let outputs = [mean(&[0]), mean(&[0, 2]), moved.clone()];
        let session = |block| {
            let builder = Session::builder().threads(2).memory(Memory::new(1 << 30));
            builder.cuts(block, 1000).build()
        };
        // All blocks are in one run, so how long they are does not matter.
        let (cut, uncut) = (session(4 << 20), session(64 << 20));
        for output in outputs {
            let plan = cut.plan(std::slice::from_ref(&output)).unwrap();
            assert!(plan.to_string().contains(" in strips ["), "{plan}");
            let cut = cut.compute(std::slice::from_ref(&output)).unwrap();
            assert_eq!(cut, uncut.compute(&[output]).unwrap());
        }
    }
}
