//! Variables that should be the same, compared when they are read.

use std::sync::Arc;

use graticule_array::{Array, ChunkGrid, DType, Error, Region, Result, Shape, same_values};

use super::form::Form;
use super::{BlockForm, BlockOp};
use crate::expr::LazyArray;

/// The first of its inputs, if the others equal it.
#[derive(Clone, Debug)]
pub(crate) struct Equal {
    /// What the inputs are.
    pub(crate) name: String,
    /// Where each comes from.
    pub(crate) origins: Vec<Arc<str>>,
}

impl BlockOp for Equal {
    fn name(&self) -> String {
        format!("check that \"{}\" is equal in all {}", self.name, self.origins.len())
    }

    fn form(&self) -> Option<BlockForm> {
        Some(BlockForm(Form::Equal(self.clone())))
    }

    fn result(&self, inputs: &[LazyArray]) -> Result<(DType, ChunkGrid)> {
        let first = inputs.first().ok_or_else(|| Error::invalid("nothing to compare"))?;
        let alike = |o: &LazyArray| o.dtype() == first.dtype() && o.shape() == first.shape();
        if !inputs.iter().all(alike) {
            return Err(Error::mismatch(format!("they are not all {:?}", first.shape()))
                .in_variable(self.name.as_str()));
        }
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
                let name = |at: usize| self.origins.get(at).map_or("?", |n| &**n);
                Err(Error::mismatch(format!(
                    "it differs between {} and {}, which were combined unread",
                    name(0),
                    name(at + 1)
                ))
                .in_variable(self.name.as_str())
                .hint(HINT))
            }
        }
    }

    fn parallel(&self, _: usize, axis: usize) -> Option<usize> {
        Some(axis)
    }
}

const HINT: &str = "allow_compare_values() finds it out when they are combined, \
                    Compat::Override takes the first one";

impl LazyArray {
    /// The first of several arrays, which is an error when it is read if one of the others holds
    /// other values there. `name` says what they are, `origins` where each comes from.
    ///
    /// # Errors
    /// If they are not of one type and shape, or there is none.
    pub fn first_if_equal(
        inputs: &[Self],
        name: impl Into<String>,
        origins: Vec<Arc<str>>,
    ) -> Result<Self> {
        Self::block(Arc::new(Equal { name: name.into(), origins }), inputs)
    }
}
