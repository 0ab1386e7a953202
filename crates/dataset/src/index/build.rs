//! From coordinates to an index.

use std::fmt::Debug;
use std::sync::Arc;

use graticule_array::{Array, Error, Result};

use super::Index;
use crate::attrs::Attrs;
use crate::dims::Dims;
use crate::name::Name;

/// One of the coordinates that an index is made of.
#[derive(Clone, Debug)]
pub struct IndexCoord {
    /// Its name.
    pub name: Name,
    /// Its dimensions.
    pub dims: Dims,
    /// Its values.
    pub values: Array,
    /// Its attributes.
    pub attrs: Attrs,
}

/// The coordinates that an index is made of.
#[derive(Clone, Debug)]
pub struct IndexCoords {
    coords: Vec<IndexCoord>,
    dims: Dims,
    shape: Vec<usize>,
}

impl IndexCoords {
    /// These coordinates; the axes of the index are their dimensions in order of appearance.
    ///
    /// # Errors
    /// If there are none, or they give a dimension different lengths.
    pub fn new(coords: Vec<IndexCoord>) -> Result<Self> {
        let dims = coords.iter().fold(Dims::none(), |dims, c| dims.union(&c.dims));
        let mut shape = Vec::with_capacity(dims.len());
        for dim in &dims {
            let mut lengths = coords.iter().filter_map(|c| {
                let axis = c.dims.axis(dim)?;
                Some((&c.name, *c.values.shape().get(axis)?))
            });
            let (first, n) = lengths.next().ok_or_else(|| Error::bug("a dimension of nothing"))?;
            if let Some((other, m)) = lengths.find(|(_, m)| *m != n) {
                return Err(Error::mismatch(format!(
                    "dimension \"{dim}\" is {n} long in \"{first}\" and {m} in \"{other}\""
                )));
            }
            shape.push(n);
        }
        if coords.is_empty() {
            return Err(Error::invalid("an index needs a coordinate"));
        }
        Ok(Self { coords, dims, shape })
    }

    /// The coordinates in order.
    #[must_use]
    pub fn coords(&self) -> &[IndexCoord] {
        &self.coords
    }

    /// The dimensions of all coordinates: the axes of the index.
    #[must_use]
    pub fn dims(&self) -> &Dims {
        &self.dims
    }

    /// The lengths of the dimensions.
    #[must_use]
    pub fn shape(&self) -> &[usize] {
        &self.shape
    }

    /// The only coordinate.
    ///
    /// # Errors
    /// If there are several.
    pub fn only(&self) -> Result<&IndexCoord> {
        match self.coords.as_slice() {
            [one] => Ok(one),
            more => Err(Error::invalid(format!(
                "an index of {} coordinates ({}); expected one",
                more.len(),
                more.iter().map(|c| c.name.as_str()).collect::<Vec<_>>().join(", ")
            ))),
        }
    }

    /// The values of a coordinate over all axes of the index.
    ///
    /// # Errors
    /// If there is no such coordinate, or it does not fit in memory.
    pub fn spread(&self, coord: usize) -> Result<Array> {
        let Some(c) = self.coords.get(coord) else {
            return Err(Error::bug(format!("no coordinate {coord} in an index")));
        };
        let axes: Vec<Option<usize>> = self.dims.iter().map(|d| c.dims.axis(d)).collect();
        let n = crate::select::pointwise::count(&self.shape)?;
        c.values.spread(&axes, &self.shape, 0..n)?.reshape(&self.shape)
    }
}

/// A recipe for an index, as [`Dataset::set_xindex`](crate::Dataset::set_xindex) takes it.
pub trait BuildIndex: Send + Sync + Debug {
    /// The index over these coordinates, which are in memory.
    ///
    /// # Errors
    /// If the coordinates do not suit it: their number, dimensions or types.
    fn build(&self, coords: &IndexCoords) -> Result<Arc<dyn Index>>;

    /// The coordinates and dimensions that the index covers, in the order in which it counts
    /// them: all of them, if it does not say otherwise. Those it leaves out (the bounds of a
    /// coordinate) may come and go without it.
    fn covers(&self, coords: &IndexCoords) -> (Vec<Name>, Dims) {
        (coords.coords().iter().map(|c| c.name.clone()).collect(), coords.dims().clone())
    }
}
