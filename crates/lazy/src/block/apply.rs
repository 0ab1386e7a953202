//! A function of the user over core axes, the same for everything along the other axes.

use std::sync::Arc;

use graticule_array::{Array, ChunkGrid, DType, DimChunks, Error, Region, Result, Shape};

use super::form::Call;
use super::{BlockFn, BlockForm, BlockOp};
use crate::expr::LazyArray;

#[derive(Clone, Debug)]
pub(super) struct ApplyOver {
    function: BlockFn,
    dtype: DType,
    /// The number of leading axes that run along.
    loops: usize,
    /// Which of them each input has; the others are of length 1.
    runs: Vec<Vec<bool>>,
    /// The lengths of the core axes of the result.
    made: Shape,
}

impl ApplyOver {
    fn runs(&self, input: usize, axis: usize) -> bool {
        self.runs.get(input).and_then(|r| r.get(axis)).copied().unwrap_or(false)
    }
}

impl BlockOp for ApplyOver {
    fn name(&self) -> String {
        format!("apply {}", self.function.name())
    }

    fn form(&self) -> Option<BlockForm> {
        let how = Call::Apply {
            dtype: self.dtype.clone(),
            loops: self.loops,
            runs: self.runs.clone(),
            made: self.made.clone(),
        };
        Some(BlockForm::call(&self.function, how))
    }

    fn result(&self, inputs: &[LazyArray]) -> Result<(DType, ChunkGrid)> {
        let mut dims: Vec<DimChunks> = Vec::with_capacity(self.loops + self.made.len());
        for axis in 0..self.loops {
            let mut along: Option<DimChunks> = None;
            for (i, input) in inputs.iter().enumerate().filter(|(i, _)| self.runs(*i, axis)) {
                let own = input.grid().dims().get(axis).ok_or_else(|| {
                    Error::invalid(format!("input {i} of {:?} has no axis {axis}", input.shape()))
                })?;
                along = Some(match along {
                    Some(other) if other.len() != own.len() => {
                        return Err(Error::mismatch(format!(
                            "axis {axis} has {} and {} elements",
                            other.len(),
                            own.len()
                        )));
                    }
                    Some(other) => other.meet(own),
                    None => own.clone(),
                });
            }
            dims.push(along.unwrap_or_else(|| DimChunks::even(1, 1)));
        }
        dims.extend(self.made.iter().map(|n| DimChunks::even(*n, *n)));
        Ok((self.dtype.clone(), ChunkGrid::new(dims)))
    }

    fn needs(&self, input: usize, out: &Region, shapes: &[Shape]) -> Result<Region> {
        let shape = shapes.get(input).ok_or_else(|| Error::bug("an input was lost"))?;
        let mut region = Region::whole(shape);
        for (axis, (start, len)) in out.axes().enumerate().take(self.loops) {
            if self.runs(input, axis)
                && let (Some(s), Some(n)) = (region.start.get_mut(axis), region.len.get_mut(axis))
            {
                (*s, *n) = (start, len);
            }
        }
        Ok(region)
    }

    fn apply(&self, out: &Region, parts: &[Array], _: &[Shape]) -> Result<Array> {
        let mut whole = out.clone();
        let core = whole.start.iter_mut().zip(&mut whole.len).skip(self.loops);
        for ((start, len), n) in core.zip(&self.made) {
            (*start, *len) = (0, *n);
        }
        let made = self.function.call(parts, &whole)?;
        if made.shape() != whole.len || whole == *out {
            return Ok(made); // the caller checks the shape
        }
        let mut start = vec![0; self.loops];
        start.extend(out.start.iter().skip(self.loops));
        made.region(&Region::new(start, out.len.clone()))
    }

    fn parallel(&self, input: usize, axis: usize) -> Option<usize> {
        (axis < self.loops && self.runs(input, axis)).then_some(axis)
    }

    /// The result along all of its core axes.
    fn scratch(&self, out: &[usize], _: &[LazyArray], _: bool) -> usize {
        let lens = out.iter().take(self.loops).chain(&self.made);
        lens.fold(self.dtype.planned_size(), |n, l| n.saturating_mul(*l))
    }
}

/// The operation that [`BlockOp::form`] told of.
#[cfg(feature = "wire")]
pub(super) fn again(
    function: BlockFn,
    inputs: &[LazyArray],
    dtype: DType,
    loops: usize,
    runs: Vec<Vec<bool>>,
    made: Vec<usize>,
) -> Result<LazyArray> {
    let fits = |(runs, input): (&Vec<bool>, &LazyArray)| {
        // An axis that does not run along is of one element.
        let lens = input.shape().iter().take(loops);
        input.ndim() >= loops && runs.iter().zip(lens).all(|(runs, n)| *runs || *n == 1)
    };
    let sane = !inputs.is_empty()
        && runs.len() == inputs.len()
        && runs.iter().zip(inputs).all(fits)
        && made.iter().all(|n| *n <= isize::MAX as usize);
    if !sane {
        return Err(Error::corrupt("a function over core axes that its inputs do not have"));
    }
    LazyArray::block(Arc::new(ApplyOver { function, dtype, loops, runs, made }), inputs)
}

impl LazyArray {
    /// Calls a function over core axes: the first `loops` axes of each input are of the same
    /// lengths or of length 1, the others are its core axes. The function is given boxes that
    /// are whole along the core axes, and gives elements of `dtype`: along the leading axes as
    /// long as the longest that it was given, then along core axes of lengths `made`. What it
    /// gives for one index of the leading axes must not depend on the others.
    ///
    /// ```
    /// use graticule_array::{Array, DType, ReduceParams};
    /// use graticule_lazy::{BlockFn, LazyArray, Session};
    /// let x = LazyArray::constant(Array::from_vec([2, 3], vec![1.0, 5.0, 2.0, 9.0, 4.0, 6.0])?);
    /// let range = BlockFn::new("range", |parts| {
    ///     let rows = parts[0].to_flat::<f64>()?;
    ///     let range = |row: &[f64]| {
    ///         row.iter().fold(f64::MIN, |m, v| m.max(*v)) - row.iter().fold(f64::MAX, |m, v| m.min(*v))
    ///     };
    ///     let out: Vec<f64> = rows.chunks_exact(3).map(range).collect();
    ///     Array::from_vec([out.len()], out)
    /// });
    /// let ranges = LazyArray::apply(range, &[x], 1, DType::F64, &[])?;
    /// assert_eq!(Session::default().compute(&[ranges])?[0].to_flat::<f64>()?, [4.0, 5.0]);
    /// # Ok::<(), graticule_array::Error>(())
    /// ```
    ///
    /// # Errors
    /// If there is no input, or the leading axes do not fit each other.
    pub fn apply(
        function: BlockFn,
        inputs: &[Self],
        loops: usize,
        dtype: DType,
        made: &[usize],
    ) -> Result<Self> {
        if inputs.is_empty() {
            return Err(Error::invalid("apply of no array"));
        }
        let mut lens = vec![1usize; loops];
        for input in inputs {
            if input.ndim() < loops {
                return Err(Error::mismatch(format!(
                    "an array of shape {:?} has no {loops} leading axes",
                    input.shape()
                )));
            }
            for (to, n) in lens.iter_mut().zip(input.shape()) {
                if *to == 1 {
                    *to = *n;
                }
            }
        }
        for (input, other) in inputs.iter().flat_map(|i| i.shape().iter().zip(&lens)) {
            if input != other && *input != 1 {
                return Err(Error::mismatch(format!(
                    "leading axes of {input} and {other} elements do not belong together"
                )));
            }
        }
        let runs = inputs
            .iter()
            .map(|i| i.shape().iter().zip(&lens).map(|(n, all)| n == all).collect())
            .collect();
        let op = ApplyOver { function, dtype, loops, runs, made: made.to_vec() };
        Self::block(Arc::new(op), inputs)
    }
}
