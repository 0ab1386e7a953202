//! Arrays whose elements are functions of their position, made when they are computed.

use std::fmt;
use std::sync::Arc;

use graticule_array::{ArrayMut, ChunkGrid, Element, Error, Region, Result};
use graticule_lazy::LazyArray;
use graticule_storage::{ChunkSource, SourceInfo};

use crate::data_array::DataArray;
use crate::dims::Dims;
use crate::name::Name;

/// Dimensions and their lengths: `[("time", 365), ("lat", 180)]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sizes(Vec<(Name, usize)>);

impl Sizes {
    pub(super) fn dims(&self) -> Dims {
        self.0.iter().map(|(name, _)| name).collect()
    }

    pub(super) fn shape(&self) -> Vec<usize> {
        self.0.iter().map(|(_, len)| *len).collect()
    }
}

impl<N: Into<Name>, const K: usize> From<[(N, usize); K]> for Sizes {
    fn from(sizes: [(N, usize); K]) -> Self {
        Self(sizes.into_iter().map(|(name, len)| (name.into(), len)).collect())
    }
}

impl<N: Into<Name>> From<Vec<(N, usize)>> for Sizes {
    fn from(sizes: Vec<(N, usize)>) -> Self {
        Self(sizes.into_iter().map(|(name, len)| (name.into(), len)).collect())
    }
}

/// Blocks of about this many bytes are made at once.
const BLOCK: usize = 4 << 20;

/// Elements by their index in the whole array.
pub(super) struct Generated<T> {
    info: SourceInfo,
    #[allow(clippy::type_complexity)]
    make: Arc<dyn Fn(&[usize]) -> T + Send + Sync>,
}

impl<T: Element> Generated<T> {
    pub(super) fn new(
        shape: &[usize],
        make: impl Fn(&[usize]) -> T + Send + Sync + 'static,
    ) -> Result<Self> {
        let dtype = T::dtype();
        let size = dtype.planned_size().max(1);
        if shape.iter().try_fold(size, |n, l| n.checked_mul(*l)).is_none_or(|n| n > 1 << 62) {
            return Err(Error::over_budget(format!("an array of {shape:?} has no size")));
        }
        let mut left = BLOCK / size;
        let mut chunk: Vec<usize> = Vec::with_capacity(shape.len());
        for len in shape.iter().rev() {
            let here = (*len).clamp(1, left.max(1));
            left /= here;
            chunk.push(here);
        }
        chunk.reverse();
        let grid = ChunkGrid::even(shape, &chunk);
        let info =
            SourceInfo { dtype, shape: shape.to_vec(), grid, whole_chunks: false, fill: None };
        Ok(Self { info, make: Arc::new(make) })
    }

    pub(super) fn into_lazy(self) -> LazyArray {
        LazyArray::read(Arc::new(self))
    }
}

impl<T> fmt::Debug for Generated<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Generated<{} {:?}>", self.info.dtype, self.info.shape)
    }
}

impl<T: Element> ChunkSource for Generated<T> {
    fn info(&self) -> &SourceInfo {
        &self.info
    }

    fn read_into(&self, region: &Region, mut out: ArrayMut<'_>) -> Result<()> {
        self.info.check_read(region, &out)?;
        let mut index = region.start.clone();
        for value in out.typed::<T>()?.iter_mut() {
            *value = (self.make)(&index);
            step(&mut index, region);
        }
        Ok(())
    }
}

/// The next index within a region, in row-major order.
fn step(index: &mut [usize], region: &Region) {
    let bounds = region.start.iter().zip(&region.len);
    for (at, (start, len)) in index.iter_mut().zip(bounds).rev() {
        *at += 1;
        if *at < start + len {
            return;
        }
        *at = *start;
    }
}

impl DataArray {
    /// An array whose elements are computed from their positions, block by block, whenever they
    /// are needed: it takes no memory. The function must give the same for the same position.
    ///
    /// ```
    /// use graticule_dataset::DataArray;
    /// let table = DataArray::from_fn("table", [("y", 3), ("x", 4)], |at| (at[0] * at[1]) as f64);
    /// assert_eq!(table.isel("y", 2).values::<f64>()?, [0.0, 2.0, 4.0, 6.0]);
    /// # Ok::<(), graticule_array::Error>(())
    /// ```
    #[track_caller]
    pub fn from_fn<T: Element>(
        name: impl Into<Name>,
        sizes: impl Into<Sizes>,
        make: impl Fn(&[usize]) -> T + Send + Sync + 'static,
    ) -> Self {
        let sizes = sizes.into();
        let source = Generated::new(&sizes.shape(), make);
        Self::new(name, sizes.dims(), source.map(Generated::into_lazy))
    }
}
