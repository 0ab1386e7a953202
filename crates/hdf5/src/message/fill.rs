//! The value of elements that were never written.

use graticule_array::{Error, Result};
use graticule_storage::Cursor;

/// The bytes of the fill value in the dataset's type; `None` means zeros.
pub(crate) fn parse(c: &mut Cursor<'_>) -> Result<Option<Vec<u8>>> {
    match c.u8()? {
        version @ (1 | 2) => {
            c.skip(2)?;
            let defined = c.u8()?;
            if version == 2 && defined == 0 {
                return Ok(None);
            }
            if defined == 0 {
                return Ok(None);
            }
            sized(c)
        }
        3 => {
            if c.u8()? & 0x20 == 0 {
                Ok(None)
            } else {
                sized(c)
            }
        }
        version => Err(Error::unsupported(format!("fill value message version {version}"))),
    }
}

/// The older message holds nothing but the value.
pub(crate) fn parse_old(c: &mut Cursor<'_>) -> Result<Option<Vec<u8>>> {
    sized(c)
}

fn sized(c: &mut Cursor<'_>) -> Result<Option<Vec<u8>>> {
    let n = c.i32()?;
    match usize::try_from(n) {
        Ok(0) | Err(_) => Ok(None),
        Ok(n) => Ok(Some(c.take(n)?.to_vec())),
    }
}
