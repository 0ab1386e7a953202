//! One of two elements, by a truth value: `where`.

use crate::array::Array;
use crate::buffer::{Buffer, each_buffer};
use crate::cast::{flat, promote};
use crate::dispatch::dispatch;
use crate::dtype::DType;
use crate::element::Element;
use crate::error::{Error, Result};
use crate::wide::widest;

/// The type that [`choose`] gives.
///
/// # Errors
/// If no type holds both.
pub fn choose_type(a: &DType, b: &DType) -> Result<DType> {
    promote(a, b)
}

/// The element of `yes` where `cond` is true, else the one of `no`.
///
/// ```
/// use graticule_array::{Array, choose};
/// let cond = Array::from_vec(vec![2], vec![true, false])?;
/// let (a, b) = (Array::from_vec(vec![2], vec![1i16, 2])?, Array::from_vec(vec![2], vec![0.5f32, 0.5])?);
/// assert_eq!(choose(&cond, &a, &b)?.to_flat::<f32>()?, [1.0, 0.5]);
/// # Ok::<(), graticule_array::Error>(())
/// ```
///
/// # Errors
/// If `cond` is not of truth values, shapes differ, or no type holds both.
pub fn choose(cond: &Array, yes: &Array, no: &Array) -> Result<Array> {
    if cond.shape() != yes.shape() || cond.shape() != no.shape() {
        return Err(Error::mismatch(format!(
            "where: the shapes {:?}, {:?} and {:?} differ",
            cond.shape(),
            yes.shape(),
            no.shape()
        )));
    }
    if *cond.dtype() != DType::Bool {
        return Err(Error::mismatch(format!(
            "where: the condition has {} elements, expected bool",
            cond.dtype()
        ))
        .hint("compare first, or cast to bool"));
    }
    let dtype = choose_type(yes.dtype(), no.dtype())?;
    let (yes, no) = (yes.cast(&dtype)?, no.cast(&dtype)?);
    let cond = flat::<bool>(cond)?;
    if let DType::Bytes(n) | DType::Opaque(n) = dtype {
        return items(&cond, &yes, &no, n);
    }
    if let DType::Record(record) = &dtype {
        return items(&cond, &yes, &no, record.size);
    }
    dispatch!(primitive &dtype, T => {
        let (a, b) = (flat::<T>(&yes)?, flat::<T>(&no)?);
        return Array::from_vec(yes.shape(), either(&cond, &a, &b))?.with_dtype(dtype);
    }, else ());
    let out = each_buffer!(yes.buffer(), data => pick(&cond, data.view(), &yes, &no)?);
    out.with_dtype(dtype)
}

fn pick<T: Element>(
    cond: &[bool],
    _: ndarray::ArrayViewD<'_, T>,
    yes: &Array,
    no: &Array,
) -> Result<Array> {
    let (a, b) = (flat::<T>(yes)?, flat::<T>(no)?);
    let pairs = cond.iter().zip(a.iter().zip(b.iter()));
    let out: Vec<T> = pairs.map(|(c, (a, b))| if *c { a.clone() } else { b.clone() }).collect();
    Array::from_vec(yes.shape(), out)
}

widest! {
    /// Takes both and drops one: no branch to guess.
    fn either<[T: Copy]>(cond: &[bool], yes: &[T], no: &[T]) -> Vec<T> {
        let pairs = cond.iter().zip(yes.iter().zip(no));
        pairs.map(|(c, (a, b))| { let (a, b) = (*a, *b); if *c { a } else { b } }).collect()
    }
}

fn items(cond: &[bool], yes: &Array, no: &Array, n: usize) -> Result<Array> {
    let (a, b) = (flat::<u8>(yes)?, flat::<u8>(no)?);
    let mut out = Vec::with_capacity(a.len());
    for (i, c) in cond.iter().enumerate() {
        let from = if *c { &a } else { &b };
        out.extend_from_slice(from.get(i * n..(i + 1) * n).unwrap_or_default());
    }
    let mut shape = yes.shape().to_vec();
    shape.push(n);
    Array::from_vec(shape, out)?.with_dtype(yes.dtype().clone())
}
