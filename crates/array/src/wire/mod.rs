//! Serialisable forms. Operations derive theirs where they are defined; here are the types
//! whose parts have to fit together, which is checked when they arrive.
//!
//! Numbers travel as their bits, so that every NaN stays what it is.

mod array;
mod dtype;
mod state;

use std::sync::Arc;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer};

use crate::dtype::DType;
use crate::grid::DimChunks;
use crate::region::Region;

/// How an axis is cut, not checked yet.
#[derive(Deserialize)]
pub(crate) enum Cut {
    Even { size: usize, offset: usize, len: usize },
    Cuts(Arc<[usize]>),
}

impl TryFrom<Cut> for DimChunks {
    type Error = &'static str;

    fn try_from(cut: Cut) -> Result<Self, Self::Error> {
        const WRONG: &str = "an axis that is cut without sense";
        match cut {
            Cut::Even { size, offset, len } => {
                let end = offset.checked_add(len).and_then(|n| n.checked_add(size));
                let fits = end.is_some_and(|n| n <= isize::MAX as usize);
                let sane = size > 0 && offset < size && fits;
                if sane { Ok(Self::Even { size, offset, len }) } else { Err(WRONG) }
            }
            Cut::Cuts(cuts) => {
                let rising = cuts.iter().zip(cuts.iter().skip(1)).all(|(a, b)| a < b);
                let last = cuts.last().is_some_and(|n| *n <= isize::MAX as usize);
                let sane = cuts.first() == Some(&0) && rising && last;
                if sane { Ok(Self::Cuts(cuts)) } else { Err(WRONG) }
            }
        }
    }
}

impl TryFrom<(Vec<usize>, Vec<usize>)> for Region {
    type Error = &'static str;

    fn try_from((start, len): (Vec<usize>, Vec<usize>)) -> Result<Self, Self::Error> {
        let ends = start.iter().zip(&len).all(|(s, n)| s.checked_add(*n).is_some());
        if start.len() == len.len() && ends {
            Ok(Self { start, len })
        } else {
            Err("a box without sense")
        }
    }
}

/// An item of a type of fixed size that is no number.
pub(crate) fn item<'de, D: Deserializer<'de>>(from: D) -> Result<(Arc<[u8]>, DType), D::Error> {
    let (bytes, dtype) = <(Arc<[u8]>, DType)>::deserialize(from)?;
    let raw = matches!(dtype, DType::Bytes(_) | DType::Opaque(_) | DType::Record(_));
    if raw && dtype.size() == Some(bytes.len()) {
        Ok((bytes, dtype))
    } else {
        Err(D::Error::custom(format!("{} bytes are no item of {dtype}", bytes.len())))
    }
}
