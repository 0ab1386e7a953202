//! The closed list of operations, as plain data.

use std::fmt;
use std::sync::Arc;

use graticule_array::{Array, ChunkGrid, DType, Error, MapOp, Reduction, Result, Selection, ZipOp};
use graticule_storage::ChunkSource;

use crate::block::{BlockOp, Gather};
use crate::keep::Kept;

/// What a node does to its inputs.
#[derive(Clone, Debug)]
pub(crate) enum Op {
    /// All of a source.
    Read(Arc<dyn ChunkSource>),
    /// An array in memory. The `Arc` gives large ones an identity.
    Const(Arc<Array>),
    /// Some indices along each axis.
    Select(Selection),
    /// The axes in another order.
    Permute(Vec<usize>),
    /// More axes: axis `i` of the result runs along axis `axes[i]` of the input, or repeats.
    Broadcast { axes: Vec<Option<usize>>, shape: Vec<usize> },
    /// All inputs, one after the other; `starts` says where along the axis each begins.
    Concat { axis: usize, starts: Arc<[usize]> },
    /// One value from one value.
    Map(Arc<MapOp>),
    /// One value from two.
    Zip(ZipOp),
    /// The second input where the first is true, else the third.
    Choose,
    /// Characters along the last axis become byte strings.
    JoinChars,
    /// Many values become one.
    Reduce(ReduceSpec),
    /// The same values, planned along another grid.
    Rechunk(ChunkGrid),
    /// Boxes made from boxes.
    Block(Arc<dyn BlockOp>),
    /// Points picked along several axes together.
    Gather(Gather),
    /// What another stage computes and keeps; only plans make it.
    Kept(Kept),
}

/// A reduction and the axes it runs over.
#[derive(Clone, Debug)]
pub(crate) struct ReduceSpec {
    /// What is computed.
    pub(crate) reduction: Arc<dyn Reduction>,
    /// The axes that vanish, ascending; without the grouped one.
    pub(crate) axes: Vec<usize>,
    /// The axis that becomes groups.
    pub(crate) groups: Option<Groups>,
}

/// Which group each position along an axis belongs to.
#[derive(Clone, Debug)]
pub(crate) struct Groups {
    /// The axis.
    pub(crate) axis: usize,
    /// One code per position; `u32::MAX` belongs to no group.
    pub(crate) codes: Arc<[u32]>,
    /// The number of groups.
    pub(crate) count: usize,
}

impl ReduceSpec {
    /// Whether the axis does not stay as it is.
    pub(crate) fn reduces(&self, axis: usize) -> bool {
        self.axes.contains(&axis) || self.groups.as_ref().is_some_and(|g| g.axis == axis)
    }

    /// Where the group axis lies in the result.
    pub(crate) fn group_axis(&self) -> Option<usize> {
        let g = self.groups.as_ref()?;
        Some((0..g.axis).filter(|a| !self.axes.contains(a)).count())
    }

    /// The number of groups; 1 without grouping.
    pub(crate) fn group_count(&self) -> usize {
        self.groups.as_ref().map_or(1, |g| g.count)
    }
}

impl fmt::Display for ReduceSpec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.reduction.name())?;
        if !self.axes.is_empty() || self.groups.is_none() {
            write!(f, " over axes {:?}", self.axes)?;
        }
        if let Some(g) = &self.groups {
            write!(f, " by {} groups of axis {}", g.count, g.axis)?;
        }
        Ok(())
    }
}

impl fmt::Display for Op {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Read(s) => {
                let info = s.info();
                write!(f, "read {} {:?}", info.dtype, info.shape)
            }
            Self::Const(a) => write!(f, "const {} {:?}", a.dtype(), a.shape()),
            Self::Select(s) => write!(f, "select {}", Picks(s)),
            Self::Permute(axes) => write!(f, "permute {axes:?}"),
            Self::Broadcast { axes, shape } => {
                write!(f, "broadcast")?;
                for (a, n) in axes.iter().zip(shape) {
                    match a {
                        Some(a) => write!(f, " {a}")?,
                        None => write!(f, " ×{n}")?,
                    }
                }
                Ok(())
            }
            Self::Concat { axis, starts } => write!(f, "concat {} along {axis}", starts.len()),
            Self::Map(op) => write!(f, "{op}"),
            Self::Zip(op) => write!(f, "{op}"),
            Self::Choose => f.write_str("choose"),
            Self::JoinChars => f.write_str("join characters"),
            Self::Reduce(spec) => write!(f, "{spec}"),
            Self::Rechunk(grid) => write!(f, "rechunk {:?}", grid.largest()),
            Self::Block(op) => f.write_str(&op.name()),
            Self::Gather(gather) => write!(f, "{gather}"),
            Self::Kept(kept) => write!(f, "{kept}"),
        }
    }
}

/// Picks as text: `[3, 0..10, 0..10 by 2, 5 of list]`.
struct Picks<'a>(&'a Selection);

impl fmt::Display for Picks<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        use graticule_array::Pick;
        f.write_str("[")?;
        for (i, pick) in self.0.picks().iter().enumerate() {
            if i > 0 {
                f.write_str(", ")?;
            }
            match pick {
                Pick::At(i) => write!(f, "{i}")?,
                Pick::Range { start, step: 1, len } => write!(f, "{start}..{}", start + len)?,
                Pick::Range { start, step, len } => write!(f, "{len} from {start} by {step}")?,
                Pick::List(list) => write!(f, "list of {}", list.len())?,
            }
        }
        f.write_str("]")
    }
}

/// Checks that each of `0..n` occurs at most once in `axes` and nothing else does.
pub(crate) fn check_axes(axes: &[usize], ndim: usize) -> Result<()> {
    for (i, a) in axes.iter().enumerate() {
        if *a >= ndim || axes.iter().skip(i + 1).any(|b| a == b) {
            return Err(Error::invalid(format!("{axes:?} are not distinct axes of {ndim}")));
        }
    }
    Ok(())
}

/// Only characters can be joined.
pub(crate) fn joined(dtype: &DType, shape: &[usize]) -> Result<(DType, usize)> {
    match (dtype, shape.last()) {
        (DType::Char, Some(n)) => Ok((DType::Bytes(*n), *n)),
        _ => Err(Error::mismatch(format!("{dtype} {shape:?} are not rows of characters"))),
    }
}
