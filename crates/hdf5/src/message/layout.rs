//! Where the data of a dataset lies.

use graticule_array::{Error, Result};
use graticule_storage::Cursor;

use super::dataspace::MOST_AXES;
use crate::header::to_usize;
use crate::meta::Form;

/// The ways of storing data.
#[derive(Clone, Debug)]
pub(crate) enum Layout {
    /// In the message itself.
    Compact(Vec<u8>),
    /// In one piece; without an address nothing was ever written.
    Contiguous { address: Option<u64> },
    /// In chunks.
    Chunked(Chunks, Index),
    /// Put together from other datasets: the global heap object that says how.
    Virtual { address: Option<u64>, index: u32 },
}

/// How data is cut into chunks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Chunks {
    /// The shape of a chunk.
    pub(crate) shape: Vec<u64>,
    /// Bytes of an element.
    pub(crate) element: u64,
    /// Whether chunks that reach over the edge are stored without filters.
    pub(crate) plain_edges: bool,
}

/// How chunks are found.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Index {
    /// Where the index lies; `None` if nothing was ever written.
    pub(crate) address: Option<u64>,
    pub(crate) kind: IndexKind,
}

/// The kinds of indices of chunks.
#[derive(Clone, Copy, Debug)]
pub(crate) enum IndexKind {
    Tree1,
    Single { stored: Option<(u64, u32)> },
    Implicit,
    FixedArray,
    ExtensibleArray,
    Tree2,
}

impl Layout {
    /// Its name, as HDF5's tools print it.
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::Compact(_) => "compact",
            Self::Contiguous { .. } => "contiguous",
            Self::Chunked(..) => "chunked",
            Self::Virtual { .. } => "virtual",
        }
    }

    pub(crate) fn parse(c: &mut Cursor<'_>, form: Form) -> Result<Self> {
        match c.u8()? {
            1 | 2 => Self::old(c, form),
            version @ 3..=5 => Self::new(c, form, version),
            version => Err(Error::unsupported(format!("layout message version {version}"))),
        }
    }

    fn old(c: &mut Cursor<'_>, form: Form) -> Result<Self> {
        let (rank, class) = (usize::from(c.u8()?), c.u8()?);
        if rank > MOST_AXES + 1 {
            return Err(Error::corrupt(format!("a layout of {rank} dimensions")));
        }
        c.skip(5)?;
        let address = if class == 0 { None } else { form.address(c)? };
        let mut dims = Vec::with_capacity(rank);
        for _ in 0..rank {
            dims.push(u64::from(c.u32()?));
        }
        match class {
            0 => {
                let n = c.u32()? as usize;
                Ok(Self::Compact(c.take(n)?.to_vec()))
            }
            1 => Ok(Self::Contiguous { address }),
            2 => {
                let index = Index { address, kind: IndexKind::Tree1 };
                Ok(Self::Chunked(Chunks::new(dims, false)?, index))
            }
            _ => Err(Error::corrupt(format!("layout class {class}"))),
        }
    }

    fn new(c: &mut Cursor<'_>, form: Form, version: u8) -> Result<Self> {
        match c.u8()? {
            0 => {
                let n = usize::from(c.u16()?);
                Ok(Self::Compact(c.take(n)?.to_vec()))
            }
            1 => Ok(Self::Contiguous { address: form.address(c)? }),
            2 if version == 3 => {
                let rank = usize::from(c.u8()?);
                let address = form.address(c)?;
                let dims = dims(c, rank, 4)?;
                let index = Index { address, kind: IndexKind::Tree1 };
                Ok(Self::Chunked(Chunks::new(dims, false)?, index))
            }
            2 => {
                let (flags, rank, width) = (c.u8()?, usize::from(c.u8()?), usize::from(c.u8()?));
                let dims = dims(c, rank, width)?;
                let kind = match c.u8()? {
                    1 if flags & 2 != 0 => {
                        IndexKind::Single { stored: Some((form.length(c)?, c.u32()?)) }
                    }
                    1 => IndexKind::Single { stored: None },
                    2 => IndexKind::Implicit,
                    3 => {
                        c.skip(1)?;
                        IndexKind::FixedArray
                    }
                    4 => {
                        c.skip(5)?;
                        IndexKind::ExtensibleArray
                    }
                    5 => {
                        c.skip(6)?;
                        IndexKind::Tree2
                    }
                    kind => return Err(Error::unsupported(format!("chunk index type {kind}"))),
                };
                let address = form.address(c)?;
                Ok(Self::Chunked(Chunks::new(dims, flags & 1 != 0)?, Index { address, kind }))
            }
            3 => Ok(Self::Virtual { address: form.address(c)?, index: c.u32()? }),
            class => Err(Error::corrupt(format!("layout class {class}"))),
        }
    }
}

fn dims(c: &mut Cursor<'_>, rank: usize, width: usize) -> Result<Vec<u64>> {
    if rank > MOST_AXES + 1 {
        return Err(Error::corrupt(format!("a layout of {rank} dimensions")));
    }
    (0..rank).map(|_| c.uint(width)).collect()
}

impl Chunks {
    /// The last of the stored dimensions is the size of an element.
    fn new(mut shape: Vec<u64>, plain_edges: bool) -> Result<Self> {
        let element = shape.pop().unwrap_or(0);
        if element == 0 || shape.is_empty() || shape.contains(&0) {
            return Err(Error::corrupt(format!("chunks of shape {shape:?}")));
        }
        let chunks = Self { shape, element, plain_edges };
        chunks.bytes()?;
        Ok(chunks)
    }

    /// Bytes of a chunk in memory.
    pub(crate) fn bytes(&self) -> Result<usize> {
        let total = self.shape.iter().try_fold(self.element, |n, d| n.checked_mul(*d));
        to_usize(total.filter(|n| *n < 1 << 40).ok_or_else(|| {
            Error::corrupt(format!("chunks of shape {:?} are too large", self.shape))
        })?)
    }
}
