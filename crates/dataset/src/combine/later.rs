//! Small variables that should be the same, compared when they are read.

use std::sync::Arc;

use graticule_array::{Array, ChunkGrid, DType, Error, Region, Result, Shape};
use graticule_lazy::{BlockOp, LazyArray};

use super::piece::{Meta, Part};
use super::statics::Numbered;
use super::values::same_values;

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
    let op = Equal { name: first.name().to_string(), names };
    let meta = Meta { decode: None, ..(*first.meta).clone() };
    Ok(Some(Part::ready(meta, LazyArray::block(Arc::new(op), &inputs)?)))
}

/// The first of its inputs, if the others equal it.
#[derive(Debug)]
struct Equal {
    name: String,
    names: Vec<Arc<str>>,
}

impl BlockOp for Equal {
    fn name(&self) -> String {
        format!("check that \"{}\" is equal in all {}", self.name, self.names.len())
    }

    fn result(&self, inputs: &[LazyArray]) -> Result<(DType, ChunkGrid)> {
        let first = inputs.first().ok_or_else(|| Error::bug("nothing to compare"))?;
        Ok((first.dtype().clone(), first.grid().clone()))
    }

    fn needs(&self, _: usize, out: &Region, _: &[Shape]) -> Result<Region> {
        Ok(out.clone())
    }

    fn apply(&self, _: &Region, parts: &[Array], _: &[Shape]) -> Result<Array> {
        let Some((first, rest)) = parts.split_first() else {
            return Err(Error::bug("nothing to compare"));
        };
        match rest.iter().position(|other| !same_values(first, other)) {
            None => Ok(first.clone()),
            Some(at) => {
                let name = |at: usize| self.names.get(at).map_or("?", |n| &**n);
                Err(Error::mismatch(format!(
                    "it differs between {} and {}, which were combined unread",
                    name(0),
                    name(at + 1)
                ))
                .in_variable(self.name.as_str())
                .hint("allow_compare_values() finds it out when they are combined, Compat::Override takes the first one"))
            }
        }
    }

    fn parallel(&self, _: usize, axis: usize) -> Option<usize> {
        Some(axis)
    }
}
