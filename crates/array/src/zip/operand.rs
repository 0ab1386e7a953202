//! The two sides of an operation: an array, or one element for all.

use crate::array::Array;
use crate::cast::flat;
use crate::dtype::DType;
use crate::element::Element;
use crate::error::{Error, Result};
use crate::wide::wide;

/// One side. A single element is held as an array of one.
#[derive(Clone)]
pub(crate) enum Operand {
    Many(Array),
    One(Array),
}

impl Operand {
    pub(crate) fn dtype(&self) -> &DType {
        self.array().dtype()
    }

    pub(crate) fn array(&self) -> &Array {
        match self {
            Self::Many(array) | Self::One(array) => array,
        }
    }

    pub(crate) fn cast(&self, to: &DType) -> Result<Self> {
        self.map(|array| array.cast(to))
    }

    pub(crate) fn map(&self, change: impl FnOnce(&Array) -> Result<Array>) -> Result<Self> {
        Ok(match self {
            Self::Many(array) => Self::Many(change(array)?),
            Self::One(array) => Self::One(change(array)?),
        })
    }
}

/// The shape of the result of two sides.
fn shape<'a>(a: &'a Operand, b: &'a Operand) -> &'a [usize] {
    match (a, b) {
        (Operand::One(_), b) => b.array().shape(),
        (a, _) => a.array().shape(),
    }
}

/// Applies `f` to each pair of elements held as `T`.
#[inline(always)]
pub(crate) fn pairs<T: Element, U: Element>(
    a: &Operand,
    b: &Operand,
    f: impl Fn(&T, &T) -> U,
) -> Result<Array> {
    let (left, right) = (flat::<T>(a.array())?, flat::<T>(b.array())?);
    let only = |side: &[T]| {
        side.first().cloned().ok_or_else(|| Error::bug("a scalar operand without an element"))
    };
    let out: Vec<U> = match (a, b) {
        (Operand::One(_), _) => {
            let left = only(&left)?;
            wide(|| right.iter().map(|r| f(&left, r)).collect())
        }
        (_, Operand::One(_)) => {
            let right = only(&right)?;
            wide(|| left.iter().map(|l| f(l, &right)).collect())
        }
        _ => wide(|| left.iter().zip(right.iter()).map(|(l, r)| f(l, r)).collect()),
    };
    Array::from_vec(shape(a, b), out)
}
