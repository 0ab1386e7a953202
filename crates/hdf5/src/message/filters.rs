//! The filters between chunks in memory and bytes in the file.

use graticule_array::{Error, Result};
use graticule_storage::Cursor;

/// More filters than HDF5 allows would not fit into the mask of a chunk.
const MOST_FILTERS: usize = 32;

/// One filter, with its parameters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Filter {
    pub(crate) id: u16,
    pub(crate) name: String,
    /// Whether reading may go on without it.
    pub(crate) optional: bool,
    pub(crate) params: Vec<u32>,
}

/// The filters in the order of writing.
pub(crate) fn parse(c: &mut Cursor<'_>) -> Result<Vec<Filter>> {
    let (version, n) = (c.u8()?, usize::from(c.u8()?));
    if n > MOST_FILTERS {
        return Err(Error::corrupt(format!("a chain of {n} filters")));
    }
    match version {
        1 => c.skip(6)?,
        2 => {}
        _ => return Err(Error::unsupported(format!("filter message version {version}"))),
    }
    let mut out = Vec::with_capacity(n);
    for _ in 0..n {
        let id = c.u16()?;
        let named = version == 1 || id >= 256;
        let length = if named { usize::from(c.u16()?) } else { 0 };
        let flags = c.u16()?;
        let count = usize::from(c.u16()?);
        let length = if version == 1 { length.div_ceil(8) * 8 } else { length };
        let name = crate::header::text_until_nul(c.take(length)?);
        let mut params = Vec::with_capacity(count.min(64));
        for _ in 0..count {
            params.push(c.u32()?);
        }
        if version == 1 && count % 2 == 1 {
            c.skip(4)?;
        }
        out.push(Filter { id, name, optional: flags & 1 != 0, params });
    }
    Ok(out)
}
