//! Attributes as netCDF sees them.

use graticule_array::{Array, ByteOrder, DType, Result, Text};
use graticule_storage::RawAttr;

use crate::element::{Element, HeapReader};
use crate::message::attribute::Attribute;
use crate::message::dataspace::Dataspace;
use crate::message::datatype::{Class, Datatype};

/// Attributes that only serve the format.
const HIDDEN: [&str; 9] = [
    "CLASS",
    "NAME",
    "DIMENSION_LIST",
    "REFERENCE_LIST",
    "_Netcdf4Dimid",
    "_Netcdf4Coordinates",
    "_NCProperties",
    "_nc3_strict",
    "_NCCOPY",
];

/// The attributes that a reader wants to see, and what is wrong with the others.
pub(crate) fn visible(
    heap: &HeapReader<'_, '_>,
    all: &[Attribute],
    problems: &mut Vec<(String, graticule_array::Error)>,
    path: &str,
) -> Vec<RawAttr> {
    let mut out = Vec::with_capacity(all.len());
    for attribute in all.iter().filter(|a| !HIDDEN.contains(&a.name.as_str())) {
        match value(heap, attribute) {
            Ok(value) => out.push(RawAttr { name: attribute.name.clone(), value }),
            Err(e) => problems.push((format!("{path}@{}", attribute.name), e)),
        }
    }
    out
}

/// The value: text without axes for fixed strings; numbers without axes where there is one.
pub(crate) fn value(heap: &HeapReader<'_, '_>, attribute: &Attribute) -> Result<Array> {
    let datatype = attribute.datatype.as_ref().map_err(Clone::clone)?;
    let count = attribute.space.count().unwrap_or(u64::MAX);
    let mut shape = Vec::new();
    if attribute.space == Dataspace::Null {
        shape.push(0);
    }
    for d in attribute.space.dims() {
        shape.push(crate::header::to_usize(*d)?);
    }
    if let Class::String { utf8, .. } = datatype.class {
        if count == 0 {
            return Ok(Array::scalar(Text::from("")));
        }
        let n = shape.iter().try_fold(datatype.size, |n, l| n.checked_mul(*l));
        let bytes = n.and_then(|n| attribute.value.get(..n)).ok_or_else(|| {
            graticule_array::Error::corrupt("the text of an attribute is cut short")
        })?;
        if datatype.size == 1 || count == 1 {
            if utf8 && std::str::from_utf8(bytes).is_err() {
                // Not what it claims to be: the bytes themselves.
                let trimmed = bytes.iter().rposition(|b| *b != 0).map_or(0, |last| last + 1);
                let bytes = bytes.get(..trimmed).unwrap_or_default();
                let dtype = DType::Bytes(bytes.len().max(1));
                let mut padded = bytes.to_vec();
                padded.resize(bytes.len().max(1), 0);
                return Array::from_packed(&dtype, &[], &padded, ByteOrder::Little);
            }
            // As the reference readers do: a fill value keeps even its NULs.
            return Ok(text(bytes, attribute.name == "_FillValue"));
        }
        let items = bytes.chunks_exact(datatype.size);
        let items: Vec<Text> = items.map(|b| Text::from(lossy(b))).collect();
        return Array::from_vec(vec![items.len()], items);
    }
    let element = Element::of(datatype)?;
    if count == 0 && element.dtype == DType::Str && attribute.space == Dataspace::Null {
        return Ok(Array::scalar(Text::from("")));
    }
    let many = element.dtype == DType::Str;
    if count == 1 && !many {
        shape.clear();
    }
    shape.extend(&element.axes);
    element.decode(heap, &attribute.value, &shape)
}

/// The addresses in a line of lists of references, as they are stored: not their paths, for all
/// objects would have to be found.
pub(super) fn addresses(heap: &HeapReader<'_, '_>, attribute: &Attribute) -> Result<Array> {
    let Ok(Datatype { size, class: Class::Sequence { base } }) = &attribute.datatype else {
        return value(heap, attribute);
    };
    let base = Box::new(Datatype { size: base.size, class: Class::Opaque });
    let element = Element::of(&Datatype { size: *size, class: Class::Sequence { base } })?;
    let count = attribute.space.count().unwrap_or(u64::MAX);
    element.decode(heap, &attribute.value, &[crate::header::to_usize(count)?])
}

/// Text of fixed length; bytes that are not UTF-8 become replacement characters.
fn text(bytes: &[u8], keep_nul: bool) -> Array {
    let mut shown = String::from_utf8_lossy(bytes).into_owned();
    if !keep_nul {
        shown.retain(|c| c != '\0');
    }
    Array::scalar(Text::from(shown))
}

fn lossy(bytes: &[u8]) -> String {
    crate::header::text_until_nul(bytes)
}
