//! Variables of which the text gives no data.

use graticule_array::{ArrayMut, ChunkGrid, DType, Region, Result, Scalar};
use graticule_storage::{ChunkSource, SourceInfo};

/// One value everywhere, of which only one is held.
#[derive(Clone, Debug)]
pub(crate) struct FillSource {
    info: SourceInfo,
    value: Option<Scalar>,
}

impl FillSource {
    pub(crate) fn new(dtype: DType, shape: Vec<usize>, value: Option<Scalar>) -> Self {
        let chunk: Vec<usize> = shape.iter().map(|n| (*n).clamp(1, 1024)).collect();
        let grid = ChunkGrid::even(&shape, &chunk);
        let info = SourceInfo { dtype, shape, grid, whole_chunks: false, fill: value.clone() };
        Self { info, value }
    }
}

impl ChunkSource for FillSource {
    fn info(&self) -> &SourceInfo {
        &self.info
    }

    fn read_into(&self, region: &Region, mut out: ArrayMut<'_>) -> Result<()> {
        self.info.check_read(region, &out)?;
        match &self.value {
            Some(value) => out.fill(value),
            // What has no fill value is zero.
            None => out.assign(&graticule_array::Array::zeros(&self.info.dtype, &region.len)?),
        }
    }
}
