//! The four operations on floats, which most expressions are made of: compiled for the widest
//! vectors, and in place where the left or the right operand is not needed any more.

use super::ZipOp;
use crate::array::Array;
use crate::dtype::DType;
use crate::error::Result;
use crate::number::Float;
use crate::wide::widest;

/// The other operand of an array.
#[derive(Clone, Copy)]
enum Other<'a, T> {
    Many(&'a [T]),
    One(T),
}

impl ZipOp {
    fn is_plain(self) -> bool {
        matches!(self, Self::Add | Self::Sub | Self::Mul | Self::Div)
    }

    /// The operation as [`apply`](Self::apply) does it, on arrays of which one may be overwritten
    /// if nobody else holds it.
    ///
    /// ```
    /// use graticule_array::{Array, ZipOp};
    /// let a = Array::from_vec(vec![2], vec![1.0f32, 2.0])?;
    /// let b = Array::from_vec(vec![2], vec![3.0f32, 5.0])?;
    /// assert_eq!(ZipOp::Sub.apply_owned(a, &b, true)?.to_flat::<f32>()?, [2.0, 3.0]);
    /// # Ok::<(), graticule_array::Error>(())
    /// ```
    ///
    /// `swapped` says that the owned array is the right operand.
    ///
    /// # Errors
    /// As [`apply`](Self::apply).
    pub fn apply_owned(self, mut owned: Array, other: &Array, swapped: bool) -> Result<Array> {
        if self.is_plain() && owned.dtype() == other.dtype() && owned.shape() == other.shape() {
            match owned.dtype() {
                DType::F32 if let Some(other) = other.as_slice::<f32>() => {
                    over(self, owned.as_slice_mut()?, Other::Many(other), swapped);
                    return Ok(owned);
                }
                DType::F64 if let Some(other) = other.as_slice::<f64>() => {
                    over(self, owned.as_slice_mut()?, Other::Many(other), swapped);
                    return Ok(owned);
                }
                _ => {}
            }
        }
        if swapped { self.apply(other, &owned) } else { self.apply(&owned, other) }
    }
}

/// With a scalar of the array's type; `None` if that is not what it is.
pub(crate) fn with_scalar(
    op: ZipOp,
    array: &Array,
    scalar: &crate::Scalar,
    first: bool,
) -> Result<Option<Array>> {
    if !op.is_plain() {
        return Ok(None);
    }
    Ok(match (scalar, array.dtype()) {
        (crate::Scalar::F32(s), DType::F32) => made(op, array, *s, first)?,
        (crate::Scalar::F64(s), DType::F64) => made(op, array, *s, first)?,
        _ => None,
    })
}

/// As [`with_scalar`], in place; gives the array back if that is not what it is.
pub(crate) fn over_scalar(
    op: ZipOp,
    mut array: Array,
    scalar: &crate::Scalar,
    first: bool,
) -> Result<std::result::Result<Array, Array>> {
    match (scalar, array.dtype()) {
        _ if !op.is_plain() => return Ok(Err(array)),
        (crate::Scalar::F32(s), DType::F32) => {
            over(op, array.as_slice_mut()?, Other::One(*s), first);
        }
        (crate::Scalar::F64(s), DType::F64) => {
            over(op, array.as_slice_mut()?, Other::One(*s), first);
        }
        _ => return Ok(Err(array)),
    }
    Ok(Ok(array))
}

fn made<T: Float>(op: ZipOp, array: &Array, s: T, first: bool) -> Result<Option<Array>> {
    let Some(x) = array.as_slice::<T>() else { return Ok(None) };
    let out = match (op, first) {
        (ZipOp::Add, _) => mapped(x, |a| a.plus(s)),
        (ZipOp::Mul, _) => mapped(x, |a| a.times(s)),
        (ZipOp::Sub, false) => mapped(x, |a| a.minus(s)),
        (ZipOp::Sub, true) => mapped(x, |a| s.minus(a)),
        (_, false) => mapped(x, |a| a.divided(s)),
        (_, true) => mapped(x, |a| s.divided(a)),
    };
    Array::from_vec(array.shape(), out).map(Some)
}

/// `swapped`: the other is the left operand.
fn over<T: Float>(op: ZipOp, x: &mut [T], other: Other<'_, T>, swapped: bool) {
    match (op, swapped, other) {
        (ZipOp::Add, _, Other::Many(y)) => zipped(x, y, T::plus),
        (ZipOp::Mul, _, Other::Many(y)) => zipped(x, y, T::times),
        (ZipOp::Sub, false, Other::Many(y)) => zipped(x, y, T::minus),
        (ZipOp::Sub, true, Other::Many(y)) => zipped(x, y, |a, b| b.minus(a)),
        (_, false, Other::Many(y)) => zipped(x, y, T::divided),
        (_, true, Other::Many(y)) => zipped(x, y, |a, b| b.divided(a)),
        (ZipOp::Add, _, Other::One(s)) => changed(x, |a| a.plus(s)),
        (ZipOp::Mul, _, Other::One(s)) => changed(x, |a| a.times(s)),
        (ZipOp::Sub, false, Other::One(s)) => changed(x, |a| a.minus(s)),
        (ZipOp::Sub, true, Other::One(s)) => changed(x, |a| s.minus(a)),
        (_, false, Other::One(s)) => changed(x, |a| a.divided(s)),
        (_, true, Other::One(s)) => changed(x, |a| s.divided(a)),
    }
}

widest! {
    fn mapped<[T: Float]>(x: &[T], f: impl Fn(T) -> T + Copy) -> Vec<T> {
        x.iter().map(|x| f(*x)).collect()
    }
}

widest! {
    fn changed<[T: Float]>(x: &mut [T], f: impl Fn(T) -> T + Copy) {
        x.iter_mut().for_each(|x| *x = f(*x));
    }
}

widest! {
    fn zipped<[T: Float]>(x: &mut [T], y: &[T], f: impl Fn(T, T) -> T + Copy) {
        x.iter_mut().zip(y).for_each(|(x, y)| *x = f(*x, *y));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{MapOp, Scalar};

    /// The bits as doubles hold them: NaN is NaN.
    fn bits(array: &Array) -> Vec<u64> {
        let all = array.cast(&DType::F64).unwrap().to_flat::<f64>().unwrap();
        all.iter().map(|x| if x.is_nan() { 1 } else { x.to_bits() }).collect()
    }

    #[test]
    fn in_place_is_as_apart() {
        let values = |by: f64| -> Vec<f64> {
            let odd = [f64::NAN, f64::INFINITY, -0.0, 0.0, 1e-310, 1e300];
            (0..77).map(|i| if i % 7 < 6 { odd[i % 7] } else { by * i as f64 - 3.3 }).collect()
        };
        let mut seconds = values(-0.7);
        seconds.rotate_left(5);
        for dtype in [DType::F32, DType::F64, DType::I32] {
            let array = |v: &[f64]| {
                Array::from_vec(vec![v.len()], v.to_vec()).unwrap().cast(&dtype).unwrap()
            };
            let (a, b) = (array(&values(1.1)), array(&seconds));
            for op in [ZipOp::Add, ZipOp::Sub, ZipOp::Mul, ZipOp::Div, ZipOp::Max] {
                let apart = op.apply(&a, &b).unwrap();
                let copy = || a.reshape(&[77]).unwrap();
                assert_eq!(bits(&op.apply_owned(copy(), &b, false).unwrap()), bits(&apart));
                let apart = op.apply(&b, &a).unwrap();
                assert_eq!(bits(&op.apply_owned(copy(), &b, true).unwrap()), bits(&apart));
                assert_eq!(bits(&a), bits(&array(&values(1.1))), "shared arrays stay");
                for first in [false, true] {
                    let with = MapOp::with(op, Scalar::F64(1.7), first, &dtype).unwrap();
                    let MapOp::With { scalar, .. } = &with else { panic!("{with}") };
                    let many = scalar.fill(&[77]).unwrap();
                    let apart =
                        if first { op.apply(&many, &a) } else { op.apply(&a, &many) }.unwrap();
                    assert_eq!(bits(&with.apply(&a).unwrap()), bits(&apart), "{with} {dtype}");
                    assert_eq!(bits(&with.apply_owned(copy()).unwrap()), bits(&apart));
                }
            }
        }
    }
}
