//! The expression: what is to be computed, checked as it is built.

mod fold;
mod id;
mod op;
mod show;

use std::sync::Arc;

use graticule_array::{
    Array, ChunkGrid, DType, DimChunks, Error, MapOp, Reduction, Result, Selection, Shape, ZipOp,
    choose_type,
};
use graticule_storage::ChunkSource;

use crate::block::{BlockOp, Gather};
use crate::keep::Kept;
pub use id::NodeId;
pub(crate) use op::{Groups, Op, ReduceSpec, check_axes};

/// Expressions are walked by recursion, so their depth is bounded.
const MAX_DEPTH: usize = 1000;

/// An N-d array that is described, not computed: cheap to clone, checked when built.
///
/// ```
/// use graticule_array::{Array, ZipOp};
/// use graticule_lazy::{LazyArray, Session};
/// let x = LazyArray::constant(Array::from_vec([3], vec![1.0f64, 2.0, 3.0])?);
/// let y = x.zip(ZipOp::Mul, &x)?;
/// let out = Session::default().compute(&[y])?;
/// assert_eq!(out[0].to_flat::<f64>()?, [1.0, 4.0, 9.0]);
/// # Ok::<(), graticule_array::Error>(())
/// ```
#[derive(Clone)]
pub struct LazyArray(Arc<Node>);

/// An operation, what it works on, and what is known of the result.
#[derive(Debug)]
struct Node {
    op: Op,
    inputs: Vec<LazyArray>,
    dtype: DType,
    shape: Shape,
    grid: ChunkGrid,
    depth: usize,
    id: NodeId,
    facts: Facts,
}

/// What is below a node, down to sources and finished reductions. Known from its inputs: nodes
/// that are shared make as many ways down as there are sums of doubled doubles.
#[derive(Clone, Copy, Debug, Default)]
struct Facts {
    /// Some step works on boxes.
    has_block: bool,
    /// Some source has to be read chunk by chunk.
    whole_chunks: bool,
}

impl Facts {
    fn of(op: &Op, inputs: &[LazyArray]) -> Self {
        let mut facts = match op {
            Op::Read(source) => {
                return Self { has_block: false, whole_chunks: source.info().whole_chunks };
            }
            Op::Reduce(_) => return Self::default(),
            op => Self { has_block: matches!(op, Op::Block(_) | Op::Gather(_)), ..Self::default() },
        };
        for input in inputs {
            facts.has_block |= input.0.facts.has_block;
            facts.whole_chunks |= input.0.facts.whole_chunks;
        }
        facts
    }
}

impl LazyArray {
    fn make(op: Op, inputs: Vec<Self>, dtype: DType, grid: ChunkGrid) -> Result<Self> {
        let depth = inputs.iter().map(|i| i.0.depth + 1).max().unwrap_or(0);
        if depth > MAX_DEPTH {
            return Err(Error::unsupported(format!(
                "an expression of more than {MAX_DEPTH} steps"
            ))
            .hint("compute an intermediate result"));
        }
        Ok(Self::leaf(op, inputs, dtype, grid, depth))
    }

    fn leaf(op: Op, inputs: Vec<Self>, dtype: DType, grid: ChunkGrid, depth: usize) -> Self {
        let (id, facts) = (id::node_id(&op, &inputs), Facts::of(&op, &inputs));
        Self(Arc::new(Node { op, inputs, dtype, shape: grid.shape(), grid, depth, id, facts }))
    }

    /// An array in memory.
    #[must_use]
    pub fn constant(array: Array) -> Self {
        let (dtype, grid) = (array.dtype().clone(), ChunkGrid::whole(array.shape()));
        Self::leaf(Op::Const(Arc::new(array)), Vec::new(), dtype, grid, 0)
    }

    /// All of a source; read when computed.
    #[must_use]
    pub fn read(source: Arc<dyn ChunkSource>) -> Self {
        let (dtype, grid) = (source.info().dtype.clone(), source.info().grid.clone());
        Self::leaf(Op::Read(source), Vec::new(), dtype, grid, 0)
    }

    /// The type of the elements.
    #[must_use]
    pub fn dtype(&self) -> &DType {
        &self.0.dtype
    }

    /// The lengths of the axes.
    #[must_use]
    pub fn shape(&self) -> &[usize] {
        &self.0.shape
    }

    /// The number of axes.
    #[must_use]
    pub fn ndim(&self) -> usize {
        self.0.shape.len()
    }

    /// The number of elements; saturates.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.shape.iter().fold(1, |n, l| n.saturating_mul(*l))
    }

    /// Whether there are no elements.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.shape.contains(&0)
    }

    /// Bytes that the elements take in memory once computed; saturates.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.len().saturating_mul(self.0.dtype.planned_size())
    }

    /// How the array is cut where it comes from.
    #[must_use]
    pub fn grid(&self) -> &ChunkGrid {
        &self.0.grid
    }

    /// The array, if it is in memory.
    #[must_use]
    pub fn as_constant(&self) -> Option<&Array> {
        if let Op::Const(a) = &self.0.op { Some(a) } else { None }
    }

    /// The source, if this is all of one and nothing else.
    #[must_use]
    pub fn as_source(&self) -> Option<&Arc<dyn ChunkSource>> {
        if let Op::Read(s) = &self.0.op { Some(s) } else { None }
    }

    /// What is selected of `whole`, if this is a selection of it and nothing else.
    #[must_use]
    pub fn selected_from(&self, whole: &Self) -> Option<Selection> {
        if self.id() == whole.id() {
            return Some(Selection::all(self.shape()));
        }
        match (&self.0.op, self.input()) {
            (Op::Select(selection), Ok(input)) if input.id() == whole.id() => {
                Some(selection.clone())
            }
            _ => None,
        }
    }

    /// Whether anything is left to compute or read.
    #[must_use]
    pub fn is_lazy(&self) -> bool {
        self.as_constant().is_none()
    }

    /// The hash of the content; equal ids compute the same values.
    #[must_use]
    pub fn id(&self) -> NodeId {
        self.0.id
    }

    pub(crate) fn op(&self) -> &Op {
        &self.0.op
    }

    pub(crate) fn inputs(&self) -> &[LazyArray] {
        &self.0.inputs
    }

    /// The only or the first input.
    pub(crate) fn input(&self) -> Result<&LazyArray> {
        self.0.inputs.first().ok_or_else(|| Error::bug(format!("{} has no input", self.0.op)))
    }

    /// How many steps lie one above the other.
    pub(crate) fn depth(&self) -> usize {
        self.0.depth
    }

    /// Whether some step above the sources and reductions works on boxes.
    pub(crate) fn has_block(&self) -> bool {
        self.0.facts.has_block
    }

    /// Whether some source above the reductions has to be read chunk by chunk, so that cutting its
    /// chunks costs.
    #[must_use]
    pub fn reads_whole_chunks(&self) -> bool {
        self.0.facts.whole_chunks
    }

    /// The address of the node: the same for clones.
    pub(crate) fn address(&self) -> usize {
        Arc::as_ptr(&self.0) as usize
    }

    /// The picked elements. Selections compose; those of constants are applied at once.
    ///
    /// # Errors
    /// If the selection does not fit the shape.
    pub fn select(&self, selection: &Selection) -> Result<Self> {
        selection.check(self.shape())?;
        if selection.is_all(self.shape()) {
            return Ok(self.clone());
        }
        match self.op() {
            Op::Const(a) => Ok(Self::constant(a.select(selection)?)),
            Op::Select(inner) => self.input()?.select(&inner.then(selection)?),
            _ => {
                let grid = self.grid().select(selection);
                let op = Op::Select(selection.clone());
                Self::make(op, vec![self.clone()], self.dtype().clone(), grid)
            }
        }
    }

    /// The axes in another order: axis `i` of the result is axis `axes[i]` of this array.
    ///
    /// # Errors
    /// If `axes` is not a permutation of the axes.
    pub fn permute(&self, axes: &[usize]) -> Result<Self> {
        op::check_axes(axes, self.ndim())?;
        if axes.len() != self.ndim() {
            return Err(Error::invalid(format!("{axes:?} is not an order of {}", self.ndim())));
        }
        if axes.iter().copied().eq(0..self.ndim()) {
            return Ok(self.clone());
        }
        match self.op() {
            Op::Const(a) => Ok(Self::constant(a.permute(axes)?)),
            Op::Permute(inner) => {
                let both: Vec<_> = axes.iter().filter_map(|a| inner.get(*a).copied()).collect();
                self.input()?.permute(&both)
            }
            _ => {
                let dims = axes.iter().filter_map(|a| self.grid().dims().get(*a).cloned());
                let grid = ChunkGrid::new(dims.collect::<Vec<_>>());
                let op = Op::Permute(axes.to_vec());
                Self::make(op, vec![self.clone()], self.dtype().clone(), grid)
            }
        }
    }

    /// More axes: axis `i` of the result runs along axis `axes[i]` of this array, each of
    /// which occurs exactly once; along `None` the values repeat.
    ///
    /// # Errors
    /// If axes are missing, occur twice, or change their length.
    pub fn broadcast(&self, axes: &[Option<usize>], shape: &[usize]) -> Result<Self> {
        let own: Vec<usize> = axes.iter().flatten().copied().collect();
        op::check_axes(&own, self.ndim())?;
        let fits =
            |(a, n): (&Option<usize>, &usize)| a.is_none_or(|a| self.shape().get(a) == Some(n));
        if own.len() != self.ndim()
            || axes.len() != shape.len()
            || !axes.iter().zip(shape).all(fits)
        {
            return Err(Error::mismatch(format!(
                "an array of shape {:?} cannot be broadcast to {shape:?} along {axes:?}",
                self.shape()
            )));
        }
        if own.len() == axes.len() {
            return self.permute(&own);
        }
        let dims = axes.iter().zip(shape).map(|(a, n)| {
            let own = a.and_then(|a| self.grid().dims().get(a).cloned());
            own.unwrap_or_else(|| DimChunks::even(*n, *n))
        });
        let grid = ChunkGrid::new(dims.collect::<Vec<_>>());
        let op = Op::Broadcast { axes: axes.to_vec(), shape: shape.to_vec() };
        Self::make(op, vec![self.clone()], self.dtype().clone(), grid)
    }

    /// Arrays of one dtype, one after the other along an axis.
    ///
    /// # Errors
    /// If there are none, or dtypes or other axes differ.
    pub fn concat(parts: &[LazyArray], axis: usize) -> Result<Self> {
        let first = parts.first().ok_or_else(|| Error::invalid("nothing to concatenate"))?;
        if axis >= first.ndim() {
            return Err(Error::invalid(format!("no axis {axis} in {:?}", first.shape())));
        }
        for part in parts {
            let same = part.ndim() == first.ndim()
                && part.dtype() == first.dtype()
                && part
                    .shape()
                    .iter()
                    .zip(first.shape())
                    .enumerate()
                    .all(|(a, (m, n))| a == axis || m == n);
            if !same {
                return Err(Error::mismatch(format!(
                    "cannot concatenate {} {:?} and {} {:?} along axis {axis}",
                    first.dtype(),
                    first.shape(),
                    part.dtype(),
                    part.shape()
                )));
            }
        }
        if parts.len() == 1 {
            return Ok(first.clone());
        }
        let mut lengths = Vec::new();
        let mut others = first.grid().dims().to_vec();
        for part in parts {
            for (a, dim) in part.grid().dims().iter().enumerate() {
                if a == axis {
                    lengths.extend((0..dim.count()).map(|i| dim.chunk(i).1));
                } else if let Some(other) = others.get_mut(a)
                    && other != dim
                {
                    *other = other.meet(dim);
                }
            }
        }
        if let Some(along) = others.get_mut(axis) {
            *along = if lengths.is_empty() {
                DimChunks::even(1, 0)
            } else {
                DimChunks::from_lengths(&lengths)
            };
        }
        let starts = parts.iter().scan(0usize, |end, part| {
            let start = *end;
            *end = end.saturating_add(part.shape().get(axis).copied().unwrap_or(0));
            Some(start)
        });
        let op = Op::Concat { axis, starts: starts.collect() };
        Self::make(op, parts.to_vec(), first.dtype().clone(), ChunkGrid::new(others))
    }

    /// An operation on every element.
    ///
    /// # Errors
    /// If it is not defined for the dtype.
    pub fn map(&self, op: MapOp) -> Result<Self> {
        let dtype = op.result(self.dtype())?;
        Self::make(Op::Map(Arc::new(op)), vec![self.clone()], dtype, self.grid().clone())
    }

    /// An operation on pairs of elements of two arrays of the same shape.
    ///
    /// # Errors
    /// If shapes differ or it is not defined for the dtypes.
    pub fn zip(&self, op: ZipOp, other: &Self) -> Result<Self> {
        self.same_shape(other)?;
        let dtype = op.result(self.dtype(), other.dtype())?;
        let grid = self.grid().meet(other.grid());
        Self::make(Op::Zip(op), vec![self.clone(), other.clone()], dtype, grid)
    }

    /// The elements of `yes` where `cond` is true, else those of `no`; all of one shape.
    ///
    /// # Errors
    /// If shapes differ, the condition is not boolean, or the dtypes have no common type.
    pub fn choose(cond: &Self, yes: &Self, no: &Self) -> Result<Self> {
        cond.same_shape(yes)?;
        cond.same_shape(no)?;
        if cond.dtype() != &DType::Bool {
            let text = format!("a condition must be bool, found {}", cond.dtype());
            return Err(Error::mismatch(text).hint("compare first, as in x.gt(0)"));
        }
        let dtype = choose_type(yes.dtype(), no.dtype())?;
        let grid = cond.grid().meet(yes.grid()).meet(no.grid());
        Self::make(Op::Choose, vec![cond.clone(), yes.clone(), no.clone()], dtype, grid)
    }

    fn same_shape(&self, other: &Self) -> Result<()> {
        if self.shape() == other.shape() {
            return Ok(());
        }
        let (a, b) = (self.shape(), other.shape());
        Err(Error::mismatch(format!("the shapes {a:?} and {b:?} differ")))
    }

    /// Characters along the last axis become byte strings of its length.
    ///
    /// # Errors
    /// If the elements are not characters or there is no axis.
    pub fn join_chars(&self) -> Result<Self> {
        let (dtype, _) = op::joined(self.dtype(), self.shape())?;
        let mut dims = self.grid().dims().to_vec();
        dims.pop();
        Self::make(Op::JoinChars, vec![self.clone()], dtype, ChunkGrid::new(dims))
    }

    /// Reduces axes, which vanish.
    ///
    /// # Errors
    /// If an axis does not exist or occurs twice, or the reduction is not defined for the dtype.
    pub fn reduce(&self, reduction: Arc<dyn Reduction>, axes: &[usize]) -> Result<Self> {
        self.make_reduce(reduction, axes, None)
    }

    /// Reduces the positions along `axis` that share a code; the axis becomes one of length
    /// `groups`, and the axes in `also` vanish. Code `u32::MAX` is in no group.
    ///
    /// # Errors
    /// If the codes do not fit the axis, and as [`reduce`](Self::reduce).
    pub fn reduce_grouped(
        &self,
        reduction: Arc<dyn Reduction>,
        axis: usize,
        codes: Arc<[u32]>,
        groups: usize,
        also: &[usize],
    ) -> Result<Self> {
        let found = self.shape().get(axis).copied();
        if found != Some(codes.len()) {
            return Err(Error::mismatch(format!(
                "{} group codes do not fit axis {axis} of {:?}",
                codes.len(),
                self.shape()
            )));
        }
        if let Some(code) = codes.iter().find(|c| **c != u32::MAX && **c as usize >= groups) {
            return Err(Error::invalid(format!("group code {code} among {groups} groups")));
        }
        self.make_reduce(reduction, also, Some(Groups { axis, codes, count: groups }))
    }

    fn make_reduce(
        &self,
        reduction: Arc<dyn Reduction>,
        axes: &[usize],
        groups: Option<Groups>,
    ) -> Result<Self> {
        let mut all = axes.to_vec();
        all.extend(groups.as_ref().map(|g| g.axis));
        op::check_axes(&all, self.ndim())?;
        let dtype = reduction.result(self.dtype())?;
        let mut axes = axes.to_vec();
        axes.sort_unstable();
        let spec = ReduceSpec { reduction, axes, groups };
        let dims = self.grid().dims().iter().enumerate().filter(|(a, _)| !spec.axes.contains(a));
        let dims = dims.map(|(a, dim)| match &spec.groups {
            Some(g) if g.axis == a => DimChunks::even(g.count, g.count),
            _ => dim.clone(),
        });
        let grid = ChunkGrid::new(dims.collect::<Vec<_>>());
        Self::make(Op::Reduce(spec), vec![self.clone()], dtype, grid)
    }

    /// A reduction that was checked before, on an input like the one it was checked for.
    #[cfg(feature = "wire")]
    pub(crate) fn with_reduce(&self, spec: &ReduceSpec) -> Result<Self> {
        self.make_reduce(spec.reduction.clone(), &spec.axes, spec.groups.clone())
    }

    /// The same values, planned along another grid of the same shape.
    ///
    /// # Errors
    /// If the grid has another shape.
    pub fn rechunk(&self, grid: ChunkGrid) -> Result<Self> {
        if grid.shape() != self.shape() {
            return Err(Error::mismatch(format!(
                "a grid over {:?} does not fit an array of {:?}",
                grid.shape(),
                self.shape()
            )));
        }
        let op = Op::Rechunk(grid.clone());
        Self::make(op, vec![self.clone()], self.dtype().clone(), grid)
    }

    /// An operation that makes boxes of its result from boxes of its inputs.
    ///
    /// # Errors
    /// If the inputs do not fit the operation.
    pub fn block(op: Arc<dyn BlockOp>, inputs: &[Self]) -> Result<Self> {
        let made = op.result(inputs);
        let (dtype, grid) = made.map_err(|e| e.context(format!("in {}", op.name())))?;
        Self::make(Op::Block(op), inputs.to_vec(), dtype, grid)
    }

    pub(crate) fn make_gather(&self, gather: Gather) -> Result<Self> {
        let grid = gather.grid(self.grid());
        Self::make(Op::Gather(gather), vec![self.clone()], self.dtype().clone(), grid)
    }

    /// The values of an expression that another stage keeps.
    pub(crate) fn kept(kept: Kept, grid: ChunkGrid) -> Self {
        let dtype = kept.of.dtype().clone();
        Self::leaf(Op::Kept(kept), Vec::new(), dtype, grid, 0)
    }

    /// The same operation on other inputs, checked anew. Rules build with it.
    pub(crate) fn with_inputs(&self, inputs: &[LazyArray]) -> Result<Self> {
        let at = |i: usize| inputs.get(i).ok_or_else(|| Error::bug("an input was lost"));
        match self.op() {
            Op::Read(_) | Op::Const(_) | Op::Kept(_) => Ok(self.clone()),
            Op::Select(s) => at(0)?.select(s),
            Op::Permute(axes) => at(0)?.permute(axes),
            Op::Broadcast { axes, shape } => at(0)?.broadcast(axes, shape),
            Op::Concat { axis, .. } => Self::concat(inputs, *axis),
            Op::Map(op) => at(0)?.map((**op).clone()),
            Op::Zip(op) => at(0)?.zip(*op, at(1)?),
            Op::Choose => Self::choose(at(0)?, at(1)?, at(2)?),
            Op::JoinChars => at(0)?.join_chars(),
            Op::Reduce(spec) => {
                at(0)?.make_reduce(spec.reduction.clone(), &spec.axes, spec.groups.clone())
            }
            Op::Rechunk(grid) => at(0)?.rechunk(grid.clone()),
            Op::Block(op) => Self::block(op.clone(), inputs),
            Op::Gather(g) => at(0)?.make_gather(g.clone()),
        }
    }
}
