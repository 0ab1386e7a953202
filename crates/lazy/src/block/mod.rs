//! Operations on boxes: what an operation needs for a box of its result, and how it is made.

mod apply;
mod call;
mod equal;
mod form;
mod gather;
mod line;
mod map_blocks;
mod map_overlap;
mod reshape;
mod scatter;

use std::fmt::Debug;

use graticule_array::{Array, ChunkGrid, DType, Error, Region, Result, Running, Selection, Shape};

use crate::expr::LazyArray;

pub use call::BlockFn;
#[cfg(feature = "wire")]
pub(crate) use equal::Equal;
pub use form::BlockForm;
#[cfg(feature = "wire")]
pub(crate) use form::{Call, Form};
pub(crate) use gather::Gather;
pub use map_overlap::{Boundary, Overlap};
#[cfg(feature = "wire")]
pub(crate) use reshape::{Merge, Split};
#[cfg(feature = "wire")]
pub(crate) use scatter::Scatter;

/// An operation that makes a box of its result from boxes of its inputs.
///
/// The engine decides which boxes of the result it asks for, in which order, how often and from
/// which thread; it reads or computes what [`needs`](Self::needs) names, and counts it before it
/// runs. The values of an element must not depend on the box in which it is asked for.
///
/// ```
/// use std::sync::Arc;
/// use graticule_array::{Array, ChunkGrid, DType, Region, Result, Shape};
/// use graticule_lazy::{BlockOp, LazyArray, Session};
///
/// /// The difference to the next element; one element shorter.
/// #[derive(Debug)]
/// struct Step;
///
/// impl BlockOp for Step {
///     fn name(&self) -> String {
///         "step".into()
///     }
///     fn result(&self, inputs: &[LazyArray]) -> Result<(DType, ChunkGrid)> {
///         let n = inputs[0].len() - 1;
///         Ok((DType::F64, ChunkGrid::whole(&[n])))
///     }
///     fn needs(&self, _: usize, out: &Region, _: &[Shape]) -> Result<Region> {
///         Ok(Region::new([out.start[0]], [out.len[0] + 1]))
///     }
///     fn apply(&self, _: &Region, parts: &[Array], _: &[Shape]) -> Result<Array> {
///         let x = parts[0].to_flat::<f64>()?;
///         let steps: Vec<f64> = x.windows(2).map(|w| w[1] - w[0]).collect();
///         Array::from_vec([steps.len()], steps)
///     }
/// }
///
/// let x = LazyArray::constant(Array::from_vec([4], vec![1.0, 2.0, 4.0, 7.0])?);
/// let steps = LazyArray::block(Arc::new(Step), &[x])?;
/// let out = Session::default().compute(&[steps])?;
/// assert_eq!(out[0].to_flat::<f64>()?, [1.0, 2.0, 3.0]);
/// # Ok::<(), graticule_array::Error>(())
/// ```
pub trait BlockOp: Send + Sync + Debug {
    /// What plans call it.
    fn name(&self) -> String;

    /// Text that tells it from everything that computes something else, if there is such a text;
    /// otherwise it equals only itself.
    fn key(&self) -> Option<String> {
        None
    }

    /// What it is as plain data, so that it can travel to another process; `None` if it cannot.
    fn form(&self) -> Option<BlockForm> {
        None
    }

    /// The element type of the result, and along which grid to compute it. Is asked again when
    /// inputs change their lengths along [`parallel`](Self::parallel) axes.
    ///
    /// # Errors
    /// If the inputs do not fit.
    fn result(&self, inputs: &[LazyArray]) -> Result<(DType, ChunkGrid)>;

    /// The box of an input that the box `out` of the result, which is not empty, depends on.
    /// `shapes` are those of the inputs.
    ///
    /// # Errors
    /// If there is no such box.
    fn needs(&self, input: usize, out: &Region, shapes: &[Shape]) -> Result<Region>;

    /// The box `out` of the result, from the boxes of the inputs that it needs.
    ///
    /// # Errors
    /// If it cannot be computed.
    fn apply(&self, out: &Region, parts: &[Array], shapes: &[Shape]) -> Result<Array>;

    /// The axis of an input along which the axis `axis` of the result runs index by index, so
    /// that the same indices of both belong together. Selections pass through such axes. If
    /// some input has such an axis, those that give `None` must not depend on `axis` at all.
    fn parallel(&self, input: usize, axis: usize) -> Option<usize> {
        let _ = (input, axis);
        None
    }

    /// The axis of an input along which the axis `axis` of the result runs, though its elements
    /// may depend on their neighbours: the first elements on the first, the last on the last. By
    /// default the [`parallel`](Self::parallel) one.
    fn runs_along(&self, input: usize, axis: usize) -> Option<usize> {
        self.parallel(input, axis)
    }

    /// A way to make the result part by part along an axis, each from what is remembered of
    /// those before and the part of the one input that runs along, if there is one.
    fn running(&self, shapes: &[Shape], axis: usize) -> Option<Running> {
        let _ = (shapes, axis);
        None
    }

    /// A cheaper expression for a selection of the result, if the operation knows one. Picks
    /// along [`parallel`](Self::parallel) axes have already passed.
    ///
    /// # Errors
    /// If that expression cannot be built.
    fn select(&self, inputs: &[LazyArray], selection: &Selection) -> Result<Option<LazyArray>> {
        let _ = (inputs, selection);
        Ok(None)
    }

    /// The lengths that no box of an input exceeds which is needed for a box of the result of
    /// lengths `out`. By default as long as the result along parallel axes, else everything.
    fn longest(&self, input: usize, out: &[usize], shapes: &[Shape]) -> Shape {
        let mut lens = shapes.get(input).cloned().unwrap_or_default();
        for (axis, len) in out.iter().enumerate() {
            if let Some(to) = self.parallel(input, axis).and_then(|a| lens.get_mut(a)) {
                *to = (*to).min(*len);
            }
        }
        lens
    }

    /// Bytes that [`apply`](Self::apply) takes at most beside its inputs and its result, for a
    /// box of lengths `out`. `packed`: whether what it needs of each input lies in one piece of
    /// memory, in row-major order.
    fn scratch(&self, out: &[usize], inputs: &[LazyArray], packed: bool) -> usize {
        let _ = (out, inputs, packed);
        0
    }
}

/// The shapes of arrays.
pub(crate) fn shapes(inputs: &[LazyArray]) -> Vec<Shape> {
    inputs.iter().map(|i| i.shape().to_vec()).collect()
}

/// What an operation needs of an input, checked.
pub(crate) fn needs(
    op: &dyn BlockOp,
    input: usize,
    out: &Region,
    shapes: &[Shape],
) -> Result<Region> {
    let region = op.needs(input, out, shapes)?;
    let shape = shapes.get(input).ok_or_else(|| Error::bug("an input was lost"))?;
    region.check_within(shape).map_err(|e| e.context(format!("in {}", op.name())))?;
    Ok(region)
}

/// Whether selections pass through an axis of a result of `inputs` inputs.
pub(crate) fn passes(op: &dyn BlockOp, inputs: usize, axis: usize) -> bool {
    (0..inputs).any(|i| op.parallel(i, axis).is_some())
}
