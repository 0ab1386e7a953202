//! Broadcasting by the names of dimensions.

use graticule_array::{MapOp, Result, ZipOp};
use graticule_lazy::LazyArray;

use super::{align, eager};
use crate::dims::Dims;
use crate::variable::Variable;

impl Variable {
    /// The data under more dimensions, in this order; those it lacks repeat it.
    pub(crate) fn spread(&self, dims: &Dims, shape: &[usize]) -> Result<LazyArray> {
        let axes: Vec<Option<usize>> = dims.iter().map(|d| self.axis(d)).collect();
        eager::broadcast(self.data(), &axes, shape)
    }

    /// An operation with another variable, element by element, broadcast by name.
    pub(crate) fn zipped(&self, op: ZipOp, other: &Self) -> Result<Self> {
        let (dims, shape) = align::common_shape(&[self, other])?;
        let (a, b) = (self.spread(&dims, &shape)?, other.spread(&dims, &shape)?);
        let made = self.changed(dims, eager::zip(op, &a, &b)?)?;
        let mut attrs = align::merged_attrs(self.attrs(), other.attrs());
        // What was done to one operand alone was not done to the result.
        for name in ["cell_methods", "units_metadata"] {
            if self.attrs().get(name) != other.attrs().get(name) {
                attrs.remove(name);
            }
        }
        Ok(made.with_attrs(attrs))
    }

    /// An operation on each element; keeps the attributes.
    pub(crate) fn mapped(&self, op: MapOp) -> Result<Self> {
        self.changed(self.dims().clone(), eager::map(self.data(), op)?)
    }

    /// This variable where `cond` is true, else `other`.
    pub(crate) fn chosen(&self, cond: &Self, other: &Self) -> Result<Self> {
        let (dims, shape) = align::common_shape(&[self, cond, other])?;
        let cond = cond.spread(&dims, &shape)?;
        let (yes, no) = (self.spread(&dims, &shape)?, other.spread(&dims, &shape)?);
        self.changed(dims, eager::choose(&cond, &yes, &no)?)
    }
}
