//! Attributes as NetCDF-C writes them.

use graticule_array::{Array, DType, Error, Result, Scalar};
use graticule_storage::RawAttr;

use super::datatype::{self, Padding};
use super::header::{Datatype, Header};
use super::heap::{Heap, reference};
use super::pack::{pack, pack_scalar, put_items, references};
use super::plan::{NamedType, VarPlan};

/// What attributes need beyond their header.
#[derive(Debug)]
pub(super) struct Surroundings<'a> {
    /// Where texts and lists go.
    pub(super) heap: Heap,
    /// Where the collections of that heap lie.
    pub(super) addresses: &'a [u64],
    pub(super) types: &'a [NamedType],
    /// Where the named datatypes lie.
    pub(super) types_at: &'a [u64],
    /// Whether attributes may have several axes.
    pub(super) plain: bool,
}

impl Surroundings<'_> {
    /// A reference to an item of `count` elements.
    pub(super) fn refer(&mut self, item: &[u8], count: u32) -> Result<Vec<u8>> {
        let place = self.heap.put(item)?;
        Ok(reference(place, count, self.addresses))
    }

    /// References to texts and lists.
    fn refer_all(&mut self, items: &Array) -> Result<Vec<u8>> {
        let places = put_items(&mut self.heap, items, false)?;
        Ok(references(&places, self.addresses))
    }

    /// The named datatype that equals this one.
    fn named(&self, datatype: &[u8]) -> Result<Datatype> {
        let found = self.types.iter().position(|t| t.datatype == datatype);
        let found = found.ok_or_else(|| Error::bug("a datatype has no name"))?;
        Ok(Datatype::Named(self.types_at.get(found).copied().unwrap_or(0)))
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
pub(super) fn put(header: Header, attr: &RawAttr, around: &mut Surroundings<'_>) -> Result<Header> {
    let (name, value) = (attr.name.as_str(), &attr.value);
    if value.ndim() > 1 && !around.plain {
        let why = format!("attribute \"{name}\" of shape {:?}", value.shape());
        return Err(Error::unsupported(why).hint(
            "NetCDF attributes have at most one axis; flatten it, or write a file with the extension .h5",
        ));
    }
    // NetCDF takes a single value for a list of one.
    let one = [value.len()];
    let shape = if value.ndim() > 1 { value.shape() } else { &one };
    match value.dtype() {
        DType::Str if value.ndim() == 0 => {
            let text = value.item()?;
            put_text(header, name, text.as_str().unwrap_or_default().as_bytes())
        }
        DType::Str => {
            let datatype = Datatype::Own(datatype::long_string());
            header.attribute(name, &datatype, Some(shape), &around.refer_all(value)?)
        }
        DType::Char if value.ndim() < 2 => put_text(header, name, &pack(value, false)?),
        DType::Bytes(n) => {
            let datatype = Datatype::Own(datatype::string((*n).max(1), Padding::Nul, false)?);
            let shape = (value.ndim() > 0).then_some(shape);
            let bytes = if *n == 0 { vec![0; value.len()] } else { pack(value, false)? };
            header.attribute(name, &datatype, shape, &bytes)
        }
        dtype if dtype.is_real() || *dtype == DType::Char => {
            let datatype = Datatype::Own(datatype::encode(dtype, false)?);
            header.attribute(name, &datatype, Some(shape), &pack(value, false)?)
        }
        dtype @ (DType::C64
        | DType::C128
        | DType::Record(_)
        | DType::Opaque(_)
        | DType::List(_)) => {
            let datatype = around.named(&datatype::encode(dtype, false)?)?;
            let list = matches!(dtype, DType::List(_));
            let bytes = if list { around.refer_all(value)? } else { pack(value, false)? };
            header.attribute(name, &datatype, Some(shape), &bytes)
        }
        other => Err(Error::unsupported(format!("attribute \"{name}\" of type {other}"))),
    }
}

/// Appends `_FillValue`, which has the type of its variable.
pub(super) fn put_fill(
    header: Header,
    var: &VarPlan,
    datatype: &Datatype,
    around: &mut Surroundings<'_>,
) -> Result<Header> {
    let Some(fill) = &var.fill else { return Ok(header) };
    let name = "_FillValue";
    match (fill, datatype) {
        (Scalar::Str(_), _) => {
            let bytes = around.refer_all(&fill.fill(&[])?)?;
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
