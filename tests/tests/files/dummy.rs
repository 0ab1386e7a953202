//! A format of somebody else's: `DUMMY`, two lengths of two bytes, then `float32` row by row.

use std::sync::Arc;

use graticule::array::{Array, ArrayMut, ByteOrder, ChunkGrid, DType, Error, Region, Result};
use graticule::storage::{
    Backend, ByteSource, ChunkSource, OpenHint, OpenOptions, RawDim, RawGroup, RawVar, SourceInfo,
};

#[derive(Debug)]
pub(crate) struct Dummy;

#[derive(Debug)]
struct Rows {
    bytes: Arc<dyn ByteSource>,
    info: SourceInfo,
}

impl ChunkSource for Rows {
    fn info(&self) -> &SourceInfo {
        &self.info
    }
    fn read_into(&self, region: &Region, mut out: ArrayMut<'_>) -> Result<()> {
        self.info.check_read(region, &out)?;
        let shape = [1, region.len[1]];
        for row in 0..region.len[0] {
            let at = (region.start[0] + row) * self.info.shape[1] + region.start[1];
            let bytes = self.bytes.read_vec(9 + 4 * at as u64, 4 * shape[1])?;
            let values = Array::from_packed(&DType::F32, &shape, &bytes, ByteOrder::Little)?;
            let part = Region { start: vec![row, 0], len: shape.to_vec() };
            out.region(&part)?.assign(&values)?;
        }
        Ok(())
    }
}

impl Backend for Dummy {
    fn name(&self) -> &'static str {
        "dummy"
    }
    fn recognises(&self, hint: &OpenHint<'_>) -> bool {
        hint.first.starts_with(b"DUMMY")
    }
    fn open(&self, bytes: Arc<dyn ByteSource>, _: &OpenOptions) -> Result<RawGroup> {
        let head = bytes.read_vec(5, 4)?;
        let shape = [0, 2].map(|i| usize::from(u16::from_le_bytes([head[i], head[i + 1]])));
        if bytes.len() < (9 + 4 * shape[0] * shape[1]) as u64 {
            return Err(Error::corrupt("the rows reach beyond the end of the file"));
        }
        let grid = ChunkGrid::even(&shape, &[1, shape[1].max(1)]);
        let (dtype, shape, fill) = (DType::F32, shape.to_vec(), None);
        let names = ["y", "x"].map(String::from);
        let dim = |(name, len): (&String, &usize)| RawDim {
            name: name.clone(),
            len: *len,
            unlimited: false,
        };
        let dims = names.iter().zip(&shape).map(dim).collect();
        let info = SourceInfo { dtype, shape, grid, whole_chunks: false, fill };
        let (name, attrs, storage) = ("t".into(), Vec::new(), Default::default());
        let source = Arc::new(Rows { bytes, info });
        let var = RawVar { name, dims: names.to_vec(), attrs, storage, source };
        Ok(RawGroup { dims, vars: vec![var], ..RawGroup::default() })
    }
}
