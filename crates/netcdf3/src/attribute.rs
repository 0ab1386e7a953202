//! Attributes, typed as stored.

use graticule_array::{Array, ByteOrder, Error, Result, Scalar, Text};
use graticule_storage::RawAttr;

use crate::kind::Kind;
use crate::reader::Reader;

const TAG: u32 = 0x0c;

/// Reads a list of attributes.
pub(crate) fn read_attributes(reader: &mut Reader<'_>) -> Result<Vec<RawAttr>> {
    let n = reader.list(TAG, "attributes", 12)?;
    let mut out = Vec::new();
    for _ in 0..n {
        let name = reader.name()?;
        let value = read_value(reader, &name)
            .map_err(|e| e.context(format!("while reading the attribute \"{name}\"")))?;
        out.push(RawAttr { name, value });
    }
    Ok(out)
}

fn read_value(reader: &mut Reader<'_>, name: &str) -> Result<Array> {
    let kind = reader.kind()?;
    let n = reader.count()?;
    let size = n.checked_mul(kind.size()).filter(|s| *s <= reader.remaining());
    let size = size.ok_or_else(|| Error::corrupt(format!("{n} values end beyond the file")))?;
    let bytes = reader.padded(size)?;
    if kind == Kind::Char {
        return Ok(text(name, bytes));
    }
    let n = n as usize;
    let shape: &[usize] = if n == 1 { &[] } else { &[n] };
    Array::from_packed(&kind.dtype(), shape, &bytes, ByteOrder::Big)
}

/// Text as the netCDF library's Python interface gives it: without the NULs that C programs
/// leave in it, and with what is not UTF-8 replaced. A `_FillValue` may be NUL and is kept whole.
fn text(name: &str, mut bytes: Vec<u8>) -> Array {
    if name != "_FillValue" {
        bytes.retain(|b| *b != 0);
    }
    Array::scalar(Text::from(String::from_utf8_lossy(&bytes).as_ref()))
}

/// The value of cells that were never written: `_FillValue`, if it is one value of the
/// variable's own type, else the default of the type.
pub(crate) fn fill_value(kind: Kind, attrs: &[RawAttr]) -> Scalar {
    let given = attrs.iter().find(|a| a.name == "_FillValue").and_then(|a| a.value.item().ok());
    match given {
        Some(Scalar::Str(text)) if kind == Kind::Char => {
            let first = text.as_str().and_then(|s| s.bytes().next());
            first.map_or_else(|| kind.default_fill(), Scalar::Char)
        }
        Some(value) if value.dtype() == kind.dtype() => value,
        _ => kind.default_fill(),
    }
}
