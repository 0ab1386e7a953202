//! What every sink demands of a block.

use graticule_array::{Array, Error, Region, Result};
use graticule_storage::SinkInfo;

/// Checks that `region` consists of whole blocks of the write grid, and that `block` fits it.
pub(super) fn check_block(info: &SinkInfo, region: &Region, block: &Array) -> Result<()> {
    region.check_within(&info.shape)?;
    if block.dtype() != &info.dtype || block.shape() != region.len {
        return Err(Error::mismatch(format!(
            "expected a block of {} {:?}, found {} {:?}",
            info.dtype,
            region.len,
            block.dtype(),
            block.shape()
        )));
    }
    for (axis, (dim, (start, len))) in info.grid.dims().iter().zip(region.axes()).enumerate() {
        let stop = start + len;
        let cut = |p: usize| p == dim.len() || dim.chunk(dim.find(p)).0 == p;
        if len > 0 && !(cut(start) && cut(stop)) {
            return Err(Error::invalid(format!(
                "the indices {start}..{stop} along axis {axis} are not whole blocks of {}",
                dim.longest()
            )));
        }
    }
    Ok(())
}
