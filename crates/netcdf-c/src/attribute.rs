//! Attributes of the C library as ours.

use graticule_array::{Array, Element, Result, Text};
use graticule_storage::RawAttr;
use netcdf::{Attribute, AttributeValue as Value};

use crate::guard::{guard, refused};

/// An attribute as stored; an error if its type has no counterpart in the bindings.
pub(crate) fn attribute(from: &Attribute<'_>) -> Result<RawAttr> {
    let value = guard(|| from.value().map_err(|e| refused("libnetcdf", e)))?;
    Ok(RawAttr { name: from.name().to_owned(), value: array(value)? })
}

fn array(value: Value) -> Result<Array> {
    match value {
        Value::Uchar(v) => Ok(Array::scalar(v)),
        Value::Uchars(v) => row(v),
        Value::Schar(v) => Ok(Array::scalar(v)),
        Value::Schars(v) => row(v),
        Value::Ushort(v) => Ok(Array::scalar(v)),
        Value::Ushorts(v) => row(v),
        Value::Short(v) => Ok(Array::scalar(v)),
        Value::Shorts(v) => row(v),
        Value::Uint(v) => Ok(Array::scalar(v)),
        Value::Uints(v) => row(v),
        Value::Int(v) => Ok(Array::scalar(v)),
        Value::Ints(v) => row(v),
        Value::Ulonglong(v) => Ok(Array::scalar(v)),
        Value::Ulonglongs(v) => row(v),
        Value::Longlong(v) => Ok(Array::scalar(v)),
        Value::Longlongs(v) => row(v),
        Value::Float(v) => Ok(Array::scalar(v)),
        Value::Floats(v) => row(v),
        Value::Double(v) => Ok(Array::scalar(v)),
        Value::Doubles(v) => row(v),
        Value::Str(v) => Ok(Array::scalar(Text::from(v))),
        Value::Strs(v) => row(v.into_iter().map(Text::from).collect()),
    }
}

fn row<T: Element>(values: Vec<T>) -> Result<Array> {
    Array::from_vec([values.len()], values)
}
