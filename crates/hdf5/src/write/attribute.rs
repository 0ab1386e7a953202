//! Attributes as NetCDF-C writes them.

use graticule_array::{Array, DType, Error, Result, Scalar, Text};
use graticule_storage::RawAttr;

use super::datatype::{self, HEAP_REF, Padding};
use super::header::{Datatype, Header};
use super::heap::{Heap, reference};
use super::pack::{pack, pack_scalar};
use super::plan::VarPlan;

/// Where texts of any length go, and where the collections of that heap lie.
#[derive(Debug, Default)]
pub(super) struct Texts<'a> {
    pub(super) heap: Heap,
    pub(super) addresses: &'a [u64],
}

impl Texts<'_> {
    /// A reference to an item of `count` elements.
    pub(super) fn refer(&mut self, item: &[u8], count: u32) -> Result<Vec<u8>> {
        let place = self.heap.put(item)?;
        Ok(reference(place, count, self.addresses))
    }

    /// A reference to a text; a missing one points nowhere.
    pub(super) fn text(&mut self, text: &Text) -> Result<Vec<u8>> {
        match text.as_str() {
            Some(t) => self.refer(t.as_bytes(), t.len() as u32),
            None => Ok(vec![0; HEAP_REF]),
        }
    }
}

/// Appends text of a fixed length without axes.
pub(super) fn put_text(header: Header, name: &str, text: &[u8]) -> Result<Header> {
    let datatype = datatype::string(text.len().max(1), Padding::Terminated, !text.is_ascii())?;
    // Empty text is one NUL.
    let value = if text.is_empty() { &[0] } else { text };
    header.attribute(name, &Datatype::Own(datatype), None, value)
}

/// Appends text with its closing NUL, as the dimension scales of HDF5 have it.
pub(super) fn put_terminated(header: Header, name: &str, text: &str) -> Result<Header> {
    put_text(header, name, &[text.as_bytes(), &[0]].concat())
}

/// Appends an attribute of the user's.
pub(super) fn put(header: Header, attr: &RawAttr, texts: &mut Texts<'_>) -> Result<Header> {
    let (name, value) = (attr.name.as_str(), &attr.value);
    if value.ndim() > 1 {
        let why = format!("attribute \"{name}\" of shape {:?}", value.shape());
        return Err(Error::unsupported(why).hint("NetCDF attributes have at most one axis"));
    }
    let shape = [value.len()];
    match value.dtype() {
        DType::Str if value.ndim() == 0 => {
            let text = value.item()?;
            put_text(header, name, text.as_str().unwrap_or_default().as_bytes())
        }
        DType::Str => put_strings(header, name, value, texts),
        DType::Char => put_text(header, name, &pack(value, false)?),
        DType::Bytes(n) => {
            let datatype = Datatype::Own(datatype::string((*n).max(1), Padding::Nul, false)?);
            let shape = (value.ndim() > 0).then_some(shape.as_slice());
            let bytes = if *n == 0 { vec![0; value.len()] } else { pack(value, false)? };
            header.attribute(name, &datatype, shape, &bytes)
        }
        dtype if dtype.is_real() => {
            let datatype = Datatype::Own(datatype::encode(dtype, false)?);
            header.attribute(name, &datatype, Some(&shape), &pack(value, false)?)
        }
        other => Err(Error::unsupported(format!("attribute \"{name}\" of type {other}"))),
    }
}

fn put_strings(header: Header, name: &str, value: &Array, texts: &mut Texts<'_>) -> Result<Header> {
    let mut bytes = Vec::new();
    for text in value.view::<Text>()? {
        bytes.extend(texts.text(text)?);
    }
    let datatype = Datatype::Own(datatype::long_string());
    header.attribute(name, &datatype, Some(&[value.len()]), &bytes)
}

/// Appends `_FillValue`, which has the type of its variable.
pub(super) fn put_fill(
    header: Header,
    var: &VarPlan,
    datatype: &Datatype,
    texts: &mut Texts<'_>,
) -> Result<Header> {
    let Some(fill) = &var.fill else { return Ok(header) };
    let name = "_FillValue";
    match (fill, datatype) {
        (Scalar::Str(text), _) => {
            let bytes = texts.text(text)?;
            header.attribute(name, datatype, Some(&[1]), &bytes)
        }
        (Scalar::Char(c), _) => put_text(header, name, &[*c]),
        (_, Datatype::Named(_)) => {
            header.attribute(name, datatype, Some(&[1]), &pack_scalar(fill, var.big_endian)?)
        }
        _ => {
            let datatype = Datatype::Own(datatype::encode(&var.dtype, false)?);
            header.attribute(name, &datatype, Some(&[1]), &pack_scalar(fill, false)?)
        }
    }
}
