//! The two sides of an operation: an array, or one element for all.

use std::borrow::Cow;

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

    /// Elements in blocks that match those of the other side.
    fn blocks<T: Element>(&self) -> Result<Blocks<'_, T>> {
        let flat = flat::<T>(self.array())?;
        Ok(match (self, flat.first()) {
            (Self::Many(_), _) => Blocks::Many(flat),
            (Self::One(_), Some(only)) => Blocks::One(vec![only.clone(); BLOCK]),
            (Self::One(_), None) => {
                return Err(Error::bug("a scalar operand without an element"));
            }
        })
    }
}

/// A scalar is repeated to a block of this many elements, so that each operation is compiled for
/// two slices only; the block stays in the nearest cache.
const BLOCK: usize = 2048;

enum Blocks<'a, T: Clone> {
    Many(Cow<'a, [T]>),
    One(Vec<T>),
}

impl<T: Clone> Blocks<'_, T> {
    fn get(&self, start: usize, len: usize) -> &[T] {
        match self {
            Self::Many(all) => all.get(start..start + len),
            Self::One(block) => block.get(..len),
        }
        .unwrap_or_default()
    }
}

/// The shape of the result of two sides.
pub(super) fn shape<'a>(a: &'a Operand, b: &'a Operand) -> &'a [usize] {
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
    by_block(a, b, |l, r, out| out.extend(l.iter().zip(r).map(|(l, r)| f(l, r))))
}

/// Like [`pairs`], for cheap operations: compiled for wide vectors too.
#[inline(always)]
pub(crate) fn wide_pairs<T: Element, U: Element>(
    a: &Operand,
    b: &Operand,
    f: impl Fn(&T, &T) -> U,
) -> Result<Array> {
    by_block(a, b, |l, r, out| wide(|| out.extend(l.iter().zip(r).map(|(l, r)| f(l, r)))))
}

/// One call for two arrays; blocks if one side is a scalar.
fn by_block<T: Element, U: Element>(
    a: &Operand,
    b: &Operand,
    mut run: impl FnMut(&[T], &[T], &mut Vec<U>),
) -> Result<Array> {
    let shape = shape(a, b);
    let n: usize = shape.iter().product();
    let (left, right) = (a.blocks::<T>()?, b.blocks::<T>()?);
    let whole = matches!((a, b), (Operand::Many(_), Operand::Many(_)));
    let block = if whole { n.max(1) } else { BLOCK };
    let mut out = Vec::with_capacity(n);
    for start in (0..n).step_by(block) {
        let len = block.min(n - start);
        run(left.get(start, len), right.get(start, len), &mut out);
    }
    Array::from_vec(shape, out)
}
