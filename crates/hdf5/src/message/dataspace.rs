//! The shape of a dataset or attribute.

use graticule_array::{Error, Result};
use graticule_storage::Cursor;

use crate::meta::{Form, all_ones};

/// The highest number of dimensions that HDF5 allows.
pub(crate) const MOST_AXES: usize = 32;

/// A shape: none at all, a scalar, or dimensions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Dataspace {
    /// No element and no shape.
    Null,
    /// One element.
    Scalar,
    /// Lengths, and the lengths they may grow to (`None`: without limit).
    Simple {
        /// Current lengths.
        dims: Vec<u64>,
        /// Largest lengths.
        max: Vec<Option<u64>>,
    },
}

impl Dataspace {
    pub(crate) fn parse(c: &mut Cursor<'_>, form: Form) -> Result<Self> {
        let (version, rank, flags) = (c.u8()?, usize::from(c.u8()?), c.u8()?);
        let kind = match version {
            1 => {
                c.skip(5)?;
                u8::from(rank > 0)
            }
            2 => c.u8()?,
            _ => return Err(Error::unsupported(format!("dataspace version {version}"))),
        };
        if rank > MOST_AXES {
            return Err(Error::corrupt(format!("{rank} dimensions")));
        }
        match kind {
            0 => Ok(Self::Scalar),
            1 if rank == 0 => Ok(Self::Scalar),
            1 => {
                let read = |c: &mut Cursor<'_>| -> Result<Vec<u64>> {
                    (0..rank).map(|_| form.length(c)).collect()
                };
                let dims = read(c)?;
                let max = if flags & 1 != 0 {
                    let none = all_ones(form.length_size);
                    read(c)?.into_iter().map(|n| (n != none).then_some(n)).collect()
                } else {
                    dims.iter().map(|n| Some(*n)).collect()
                };
                Ok(Self::Simple { dims, max })
            }
            2 => Ok(Self::Null),
            _ => Err(Error::corrupt(format!("dataspace of kind {kind}"))),
        }
    }

    /// The lengths; none for a scalar.
    pub(crate) fn dims(&self) -> &[u64] {
        if let Self::Simple { dims, .. } = self { dims } else { &[] }
    }

    /// The number of elements, if it can be counted.
    pub(crate) fn count(&self) -> Option<u64> {
        match self {
            Self::Null => Some(0),
            _ => self.dims().iter().try_fold(1u64, |n, d| n.checked_mul(*d)),
        }
    }
}
