//! Parts of expressions that are held in memory while blocks are made that need them several
//! times, or that need parts which overlap.

use std::collections::{HashMap, HashSet};

use graticule_array::{Error, Pick, Region, Result, Selection};

use crate::block::{needs, shapes};
use crate::expr::{LazyArray, NodeId, Op};
use crate::geometry::{concat_segments, staying, through_broadcast, through_permute};

/// A part of an expression that is held.
#[derive(Clone, Debug)]
pub(crate) struct Tap {
    pub(crate) node: LazyArray,
    /// The axis along which blocks follow each other; `None` if it does not run along with them.
    pub(crate) axis: Option<usize>,
    /// Whether each part of it follows from those before.
    pub(crate) runs: bool,
}

/// The box of each tap that something needs.
pub(crate) type Boxes = Vec<Option<Region>>;

/// The taps of some expressions; those that run come behind what they need.
#[derive(Clone, Debug, Default)]
pub(crate) struct Taps {
    pub(crate) all: Vec<Tap>,
    of: HashMap<NodeId, usize>,
}

impl Taps {
    /// Nodes that blocks read whole boxes of.
    pub(crate) fn of(nodes: impl IntoIterator<Item = LazyArray>) -> Self {
        let mut taps = Self::default();
        for node in nodes {
            taps.push(Tap { node, axis: None, runs: false });
        }
        taps
    }

    /// What is to be held of expressions whose blocks follow each other along an axis: as much
    /// of them as knows nothing of its neighbours along it, or (`least`) the sources alone.
    /// `None` if there is something that cannot be followed.
    pub(crate) fn along(roots: &[(&LazyArray, usize)], least: bool) -> Option<Self> {
        let mut finder = Finder { least, ..Finder::default() };
        for (root, axis) in roots {
            finder.find(root, Some(*axis))?;
        }
        Some(finder.taps)
    }

    /// Whether elements of some expression depend on their neighbours along its axis.
    pub(crate) fn streams(roots: &[(&LazyArray, usize)]) -> bool {
        let mut finder = Finder::default();
        roots.iter().any(|(root, axis)| finder.streams(root, *axis))
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    /// The place of a node among the taps.
    pub(crate) fn find(&self, node: &LazyArray) -> Option<usize> {
        self.of.get(&node.id()).copied()
    }

    fn push(&mut self, tap: Tap) {
        self.of.insert(tap.node.id(), self.all.len());
        self.all.push(tap);
    }

    /// The boxes of the taps that the box `region` of `root` needs, around those known so far.
    pub(crate) fn needed(
        &self,
        root: &LazyArray,
        region: &Region,
        boxes: &mut Boxes,
    ) -> Result<()> {
        let mut walk = Walk { taps: self, boxes, seen: HashSet::new() };
        walk.visit(root, region)
    }
}

/// The sources of which a box of all of these needs several boxes that are not much less together
/// than the box around them, and that box.
pub(crate) fn shared<'a>(
    roots: impl IntoIterator<Item = &'a LazyArray>,
    region: &Region,
) -> Vec<(LazyArray, Region)> {
    let mut met = Met::default();
    for root in roots {
        if met.visit(root, region).is_err() {
            return Vec::new();
        }
    }
    let around = |(node, regions): (LazyArray, Vec<Region>)| {
        let each: usize = regions.iter().map(Region::count).sum();
        let several = regions.len() > 1;
        let around = regions.into_iter().reduce(|a, b| cover(&a, &b))?;
        (several && around.count() <= each).then_some((node, around))
    };
    met.sources.into_iter().filter_map(around).collect()
}

/// The smallest box around two.
pub(crate) fn cover(a: &Region, b: &Region) -> Region {
    if a.is_empty() {
        return b.clone();
    }
    if b.is_empty() {
        return a.clone();
    }
    let mut out = Region::new([], []);
    for ((s, m), (t, n)) in a.axes().zip(b.axes()) {
        let start = s.min(t);
        out.start.push(start);
        out.len.push((s + m).max(t + n) - start);
    }
    out
}

/// Whether the picks are a box.
pub(crate) fn is_box(selection: &Selection) -> bool {
    selection.picks().iter().all(|p| matches!(p, Pick::At(_) | Pick::Range { step: 1, .. }))
}

/// The boxes of the inputs that a box of a node needs, as the engine asks for them; an error if
/// it does not ask for boxes.
fn below(node: &LazyArray, region: &Region) -> Result<Vec<(LazyArray, Region)>> {
    let part = Selection::from_region(region);
    let only = |selection: Selection| -> Result<Vec<(LazyArray, Region)>> {
        if is_box(&selection) {
            Ok(vec![(node.input()?.clone(), selection.cover().0)])
        } else {
            Err(Error::unsupported("picks that are no box"))
        }
    };
    match node.op() {
        Op::Const(_) | Op::Reduce(_) => Ok(Vec::new()),
        Op::Map(_) | Op::Zip(_) | Op::Choose | Op::Rechunk(_) => {
            Ok(node.inputs().iter().map(|i| (i.clone(), region.clone())).collect())
        }
        Op::Select(own) => only(own.then(&part)?),
        Op::Permute(axes) => only(through_permute(axes, &part).0),
        Op::Broadcast { axes, .. } => only(through_broadcast(axes, node.input()?.ndim(), &part).0),
        Op::Concat { axis, starts } => {
            let pick = part.picks().get(*axis).ok_or_else(|| Error::bug("an axis was lost"))?;
            let segments = concat_segments(starts, pick).into_iter().filter_map(|segment| {
                let piece = node.inputs().get(segment.piece)?;
                let part = part.clone().with(*axis, segment.pick);
                Some((piece.clone(), part.cover().0))
            });
            Ok(segments.collect())
        }
        Op::Block(op) => {
            let shapes = shapes(node.inputs());
            let inputs = node.inputs().iter().enumerate();
            inputs.map(|(i, x)| Ok((x.clone(), needs(&**op, i, region, &shapes)?))).collect()
        }
        Op::Kept(kept) if kept.file.is_none() => Ok(Vec::new()),
        Op::Kept(_) | Op::Read(_) | Op::JoinChars | Op::Gather(_) => {
            Err(Error::unsupported("no boxes below"))
        }
    }
}

struct Walk<'a> {
    taps: &'a Taps,
    boxes: &'a mut Boxes,
    seen: HashSet<(NodeId, Region)>,
}

impl Walk<'_> {
    fn visit(&mut self, node: &LazyArray, region: &Region) -> Result<()> {
        if region.is_empty() || !self.seen.insert((node.id(), region.clone())) {
            return Ok(());
        }
        if let Some(at) = self.taps.find(node) {
            if let Some(known) = self.boxes.get_mut(at) {
                *known = Some(known.as_ref().map_or_else(|| region.clone(), |k| cover(k, region)));
            }
            return Ok(());
        }
        // What is not asked for in boxes is read as it is.
        let Ok(inputs) = below(node, region) else { return Ok(()) };
        inputs.iter().try_for_each(|(input, region)| self.visit(input, region))
    }
}

/// The boxes of each source that something needs.
#[derive(Default)]
struct Met {
    sources: Vec<(LazyArray, Vec<Region>)>,
    seen: HashSet<(NodeId, Region)>,
}

impl Met {
    fn visit(&mut self, node: &LazyArray, region: &Region) -> Result<()> {
        if region.is_empty() || !self.seen.insert((node.id(), region.clone())) {
            return Ok(());
        }
        if let Op::Read(_) = node.op() {
            match self.sources.iter_mut().find(|(known, _)| known.id() == node.id()) {
                Some((_, regions)) => regions.push(region.clone()),
                None => self.sources.push((node.clone(), vec![region.clone()])),
            }
            return Ok(());
        }
        // What is not asked for in boxes is read as it is.
        let Ok(inputs) = below(node, region) else { return Ok(()) };
        inputs.iter().try_for_each(|(input, region)| self.visit(input, region))
    }
}

#[derive(Default)]
struct Finder {
    taps: Taps,
    least: bool,
    reads: HashMap<NodeId, bool>,
    streams: HashMap<(NodeId, usize), bool>,
    seen: HashSet<(NodeId, Option<usize>)>,
}

impl Finder {
    /// Whether anything below is read.
    fn reads(&mut self, node: &LazyArray) -> bool {
        if let Some(known) = self.reads.get(&node.id()) {
            return *known;
        }
        let reads = match node.op() {
            Op::Read(_) => true,
            Op::Kept(kept) => kept.file.is_some(),
            Op::Reduce(_) => false,
            _ => node.inputs().iter().any(|i| self.reads(i)),
        };
        self.reads.insert(node.id(), reads);
        reads
    }

    /// Whether elements depend on their neighbours along an axis.
    fn streams(&mut self, node: &LazyArray, axis: usize) -> bool {
        if let Some(known) = self.streams.get(&(node.id(), axis)) {
            return *known;
        }
        let streams = match node.op() {
            Op::Reduce(_) | Op::Kept(_) | Op::Gather(_) => false,
            Op::Block(op) => {
                let mut inputs = node.inputs().iter().enumerate();
                inputs.any(|(i, input)| match op.parallel(i, axis) {
                    Some(below) => self.streams(input, below),
                    None => self.reads(input),
                })
            }
            _ => match through(node, axis) {
                Some(below) => node.inputs().iter().any(|i| self.streams(i, below)),
                None => false,
            },
        };
        self.streams.insert((node.id(), axis), streams);
        streams
    }

    fn find(&mut self, node: &LazyArray, axis: Option<usize>) -> Option<()> {
        if !self.reads(node) || !self.seen.insert((node.id(), axis)) {
            return Some(());
        }
        if let Some(known) = self.taps.find(node) {
            return (self.taps.all.get(known)?.axis == axis).then_some(());
        }
        let streams = axis.is_some_and(|a| self.streams(node, a));
        let plain = match node.op() {
            Op::Map(_) | Op::Zip(_) | Op::Choose | Op::Rechunk(_) => true,
            Op::Permute(_) | Op::Broadcast { .. } => true,
            Op::Select(own) => is_box(own),
            _ => false,
        };
        let (true, Some(along)) = (streams || (self.least && plain), axis) else {
            self.taps.push(Tap { node: node.clone(), axis, runs: false });
            return Some(());
        };
        match node.op() {
            Op::Block(op) => {
                for (i, input) in node.inputs().iter().enumerate() {
                    let below = op.runs_along(i, along);
                    if below.is_none() && self.reads(input) {
                        return None;
                    }
                    self.find(input, below)?;
                }
                if op.running(&shapes(node.inputs()), along).is_some() {
                    self.taps.push(Tap { node: node.clone(), axis, runs: true });
                }
                Some(())
            }
            Op::Select(own) if !is_box(own) => None,
            _ => {
                let below = through(node, along);
                node.inputs().iter().try_for_each(|i| self.find(i, below))
            }
        }
    }
}

/// The axis of the inputs that an axis of a node runs along, of operations that move axes.
fn through(node: &LazyArray, axis: usize) -> Option<usize> {
    match node.op() {
        Op::Select(own) => staying(own).get(axis).copied(),
        Op::Permute(axes) => axes.get(axis).copied(),
        Op::Broadcast { axes, .. } => axes.get(axis).copied().flatten(),
        _ => Some(axis),
    }
}
