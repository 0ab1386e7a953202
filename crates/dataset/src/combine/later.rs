//! Small variables that should be the same, compared when they are read.

use std::sync::Arc;

use graticule_array::Result;
use graticule_lazy::LazyArray;

use super::piece::{Meta, Part};
use super::statics::Numbered;

/// Variables up to this many bytes are read as often as there are objects.
const SMALL: usize = 64 << 10;

/// The first part, which compares itself with the others when it is read, and is an error then
/// if one differs: what has to be equal can be combined without reading it. `None` if it is not
/// small, or they are not of one type and shape.
///
/// # Errors
/// If the data cannot be described.
pub(super) fn checked(
    parts: &[Numbered<'_>],
    origins: &dyn Fn(usize) -> Arc<str>,
) -> Result<Option<Part>> {
    let Some((_, first)) = parts.first() else { return Ok(None) };
    let data = first.lazy()?;
    let mut inputs = vec![data.clone()];
    let mut names: Vec<Arc<str>> = Vec::with_capacity(parts.len());
    for (at, part) in parts {
        let other = part.lazy()?;
        let alike = part.meta.dims == first.meta.dims
            && other.shape() == data.shape()
            && other.dtype() == data.dtype();
        if !alike || other.bytes() > SMALL {
            return Ok(None);
        }
        names.push(origins(*at));
        if names.len() > 1 {
            inputs.push(other);
        }
    }
    let data = LazyArray::first_if_equal(&inputs, first.name().to_string(), names)?;
    let meta = Meta { decode: None, ..(*first.meta).clone() };
    Ok(Some(Part::ready(meta, data)))
}
