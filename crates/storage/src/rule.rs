//! Sources whose values follow from a rule, so that they take no memory.

use graticule_array::{Array, ArrayMut, ChunkGrid, DType, DimChunks, Region, Result, Scalar};

use crate::source::{ChunkSource, Makeup, SourceInfo};

/// Values made at a time.
const CHUNK: usize = 1 << 16;

/// One value everywhere.
///
/// ```
/// use graticule_array::{ChunkGrid, DType, Region, Scalar};
/// use graticule_storage::{ChunkSource, FillSource};
/// let grid = ChunkGrid::whole(&[1_000_000, 1_000_000]);
/// let nines = FillSource::new(DType::I16, grid, Some(Scalar::I16(9)));
/// let corner = nines.read(&Region::new([999_999, 999_999], [1, 1]))?;
/// assert_eq!(corner.item()?, Scalar::I16(9));
/// # Ok::<(), graticule_array::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct FillSource {
    info: SourceInfo,
}

impl FillSource {
    /// This value, or zero, wherever it is read, cut like `grid`. A value of another type is an
    /// error when it is read.
    #[must_use]
    pub fn new(dtype: DType, grid: ChunkGrid, value: Option<Scalar>) -> Self {
        let shape = grid.shape();
        Self { info: SourceInfo { dtype, shape, grid, whole_chunks: false, fill: value } }
    }
}

impl ChunkSource for FillSource {
    fn info(&self) -> &SourceInfo {
        &self.info
    }

    fn read_into(&self, region: &Region, mut out: ArrayMut<'_>) -> Result<()> {
        self.info.check_read(region, &out)?;
        match &self.info.fill {
            Some(value) => out.fill(value),
            None => out.assign(&Array::zeros(&self.info.dtype, &region.len)?),
        }
    }

    fn makeup(&self) -> Makeup {
        Makeup::Fill
    }
}

/// Evenly spaced `float64` values along one axis: value `i` is `start + (first + i * stride) *
/// step`, rounded once, so that a part has the same bits as it has in the whole.
///
/// ```
/// use graticule_array::Region;
/// use graticule_storage::{ChunkSource, EvenSource};
/// let tenths = EvenSource { start: 0.0, step: 0.1, first: 0, stride: 1 }.of(1 << 40);
/// let some = tenths.read(&Region::new([3], [2]))?;
/// assert_eq!(some.to_flat::<f64>()?, [0.1f64.mul_add(3.0, 0.0), 0.4]);
/// # Ok::<(), graticule_array::Error>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct EvenSource {
    /// The value at place 0.
    pub start: f64,
    /// The distance between the values of neighbouring places.
    pub step: f64,
    /// The place of the first value.
    pub first: i64,
    /// Places between neighbouring values.
    pub stride: i64,
}

impl EvenSource {
    /// The value at a position.
    #[must_use]
    pub fn value(&self, position: usize) -> f64 {
        let place = self.stride.wrapping_mul(position as i64).wrapping_add(self.first);
        self.step.mul_add(place as f64, self.start)
    }

    /// A source of so many values.
    #[must_use]
    pub fn of(self, len: usize) -> impl ChunkSource {
        let grid = ChunkGrid::new(vec![DimChunks::even(CHUNK, len)]);
        let (dtype, shape) = (DType::F64, grid.shape());
        let info = SourceInfo { dtype, shape, grid, whole_chunks: false, fill: None };
        Even { rule: self, info }
    }
}

#[derive(Debug)]
struct Even {
    rule: EvenSource,
    info: SourceInfo,
}

impl ChunkSource for Even {
    fn info(&self) -> &SourceInfo {
        &self.info
    }

    fn read_into(&self, region: &Region, mut out: ArrayMut<'_>) -> Result<()> {
        self.info.check_read(region, &out)?;
        let first = region.axes().next().map_or(0, |(start, _)| start);
        for (i, value) in out.typed::<f64>()?.iter_mut().enumerate() {
            *value = self.rule.value(first + i);
        }
        Ok(())
    }

    fn makeup(&self) -> Makeup {
        Makeup::Even(self.rule)
    }
}
