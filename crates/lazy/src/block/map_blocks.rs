//! A function of the user on each chunk.

use std::sync::Arc;

use graticule_array::{Array, ChunkGrid, DType, DimChunks, Error, Region, Result, Shape};

use super::form::Call;
use super::{BlockFn, BlockForm, BlockOp};
use crate::expr::LazyArray;

#[derive(Clone, Debug)]
pub(super) struct MapBlocks {
    function: BlockFn,
    dtype: DType,
    grid: ChunkGrid,
}

impl MapBlocks {
    /// The smallest union of chunks that holds a box.
    fn chunks(&self, out: &Region) -> Region {
        let mut region = Region::new([], []);
        for ((start, len), dim) in out.axes().zip(self.grid.dims()) {
            let (first, last) = (dim.find(start), dim.find(start + len.saturating_sub(1)));
            let (low, (end, n)) = (dim.chunk(first).0, dim.chunk(last));
            region.start.push(low);
            region.len.push(end + n - low);
        }
        region
    }
}

impl BlockOp for MapBlocks {
    fn name(&self) -> String {
        format!("map blocks by {}", self.function.name())
    }

    fn form(&self) -> Option<BlockForm> {
        let how = Call::Blocks { dtype: self.dtype.clone(), grid: self.grid.clone() };
        Some(BlockForm::call(&self.function, how))
    }

    fn result(&self, inputs: &[LazyArray]) -> Result<(DType, ChunkGrid)> {
        let shape = self.grid.shape();
        match inputs.iter().find(|i| i.shape() != shape) {
            None => Ok((self.dtype.clone(), self.grid.clone())),
            Some(other) => Err(Error::mismatch(format!(
                "blocks of {shape:?} and {:?} do not belong together",
                other.shape()
            ))),
        }
    }

    fn needs(&self, _: usize, out: &Region, _: &[Shape]) -> Result<Region> {
        Ok(self.chunks(out))
    }

    fn apply(&self, out: &Region, parts: &[Array], _: &[Shape]) -> Result<Array> {
        let whole = self.chunks(out);
        let mut made = Array::zeros(&self.dtype, &out.len)?;
        for index in self.grid.covering(out).iter() {
            let chunk = self.grid.region(&index);
            let inside = chunk.relative_to(&whole.start);
            let parts = parts.iter().map(|p| p.region(&inside)).collect::<Result<Vec<_>>>()?;
            let block = self.function.call(&parts, &chunk)?;
            if block.shape() != chunk.len || block.dtype() != &self.dtype {
                return Err(Error::mismatch(format!(
                    "the function {} made {} {:?} of the block at {:?}, where {} {:?} was declared",
                    self.function.name(),
                    block.dtype(),
                    block.shape(),
                    chunk.start,
                    self.dtype,
                    chunk.len
                )));
            }
            let Some(common) = chunk.intersect(out) else { continue };
            let wanted = block.region(&common.relative_to(&chunk.start))?;
            made.view_mut().region(&common.relative_to(&out.start))?.assign(&wanted)?;
        }
        Ok(made)
    }

    /// Blocks that the engine asks for are mostly unions of chunks; others meet one more.
    fn longest(&self, _: usize, out: &[usize], _: &[Shape]) -> Shape {
        let lens = out.iter().zip(self.grid.dims()).map(|(len, dim)| {
            let chunk = dim.longest().max(1);
            if len.is_multiple_of(chunk) || *len == dim.len() {
                return *len;
            }
            (len.div_ceil(chunk) + 1).saturating_mul(chunk).min(dim.len())
        });
        lens.collect()
    }
}

/// The operation that [`BlockOp::form`] told of.
#[cfg(feature = "wire")]
pub(super) fn again(
    function: BlockFn,
    inputs: &[LazyArray],
    dtype: DType,
    grid: ChunkGrid,
) -> Result<LazyArray> {
    LazyArray::block(Arc::new(MapBlocks { function, dtype, grid }), inputs)
}

impl LazyArray {
    /// Calls a function with each chunk of the first input's grid and the same boxes of the
    /// others; it gives elements of `dtype` for that box. For blocks of another size, change
    /// the grid of the first input by [`rechunk`](Self::rechunk).
    ///
    /// ```
    /// use graticule_array::{Array, DType, MapOp};
    /// use graticule_lazy::{BlockFn, LazyArray, Session};
    /// let x = LazyArray::constant(Array::from_vec([3], vec![1.0f64, -2.0, 3.0])?);
    /// let abs = BlockFn::new("abs", |parts| MapOp::Abs.apply(&parts[0]));
    /// let y = LazyArray::map_blocks(abs, &[x], DType::F64)?;
    /// assert_eq!(Session::default().compute(&[y])?[0].to_flat::<f64>()?, [1.0, 2.0, 3.0]);
    /// # Ok::<(), graticule_array::Error>(())
    /// ```
    ///
    /// # Errors
    /// If there is no input or their shapes differ.
    pub fn map_blocks(function: BlockFn, inputs: &[Self], dtype: DType) -> Result<Self> {
        let first = inputs.first().ok_or_else(|| Error::invalid("map_blocks of no array"))?;
        let dims = first.grid().dims().iter().map(|d| match d.longest() {
            0 => DimChunks::even(1, d.len()),
            _ => d.clone(),
        });
        let grid = ChunkGrid::new(dims.collect::<Vec<_>>());
        Self::block(Arc::new(MapBlocks { function, dtype, grid }), inputs)
    }
}
