//! Comparisons of two operands of one type.

use std::cmp::Ordering;

use super::{Operand, ZipOp, pairs, wide_pairs};
use crate::array::Array;
use crate::cast::flat;
use crate::dispatch::dispatch;
use crate::dtype::DType;
use crate::element::Element;
use crate::error::Result;
use crate::text::Text;

/// Both operands have the type that [`ZipOp::operands`] says.
pub(super) fn apply(op: ZipOp, a: &Operand, b: &Operand) -> Result<Array> {
    let by = a.dtype().computed();
    if by != *a.dtype() {
        return apply(op, &a.cast(&by)?, &b.cast(&by)?);
    }
    dispatch!(computed by, T => return ordered::<T>(op, a, b), else ());
    dispatch!(complex by, T => return equal::<T>(op, a, b), else ());
    match a.dtype() {
        DType::Char => ordered::<u8>(op, a, b),
        DType::Str => texts(op, a, b),
        DType::Bytes(_) | DType::Opaque(_) | DType::Record(_) => items(op, a, b),
        _ => Err(op.undefined(a.dtype(), b.dtype())),
    }
}

/// Three loops serve all six: `>` swaps the sides, `!=` is not `==`.
fn ordered<T: Element + PartialOrd>(op: ZipOp, a: &Operand, b: &Operand) -> Result<Array> {
    match op {
        ZipOp::Lt => wide_pairs(a, b, |x: &T, y: &T| x < y),
        ZipOp::Le => wide_pairs(a, b, |x: &T, y: &T| x <= y),
        ZipOp::Gt => ordered::<T>(ZipOp::Lt, b, a),
        ZipOp::Ge => ordered::<T>(ZipOp::Le, b, a),
        _ => equal::<T>(op, a, b),
    }
}

fn equal<T: Element + PartialEq>(op: ZipOp, a: &Operand, b: &Operand) -> Result<Array> {
    let mut out = match op {
        ZipOp::Eq | ZipOp::Ne => pairs(a, b, |x: &T, y: &T| x == y)?,
        _ => return Err(op.undefined(a.dtype(), b.dtype())),
    };
    if op == ZipOp::Ne {
        out.as_slice_mut::<bool>()?.iter_mut().for_each(|same| *same = !*same);
    }
    Ok(out)
}

/// Whether an order is what the comparison asks for; `None` is an order with something missing.
pub(super) fn holds(op: ZipOp, order: Option<Ordering>) -> bool {
    match op {
        ZipOp::Eq => order == Some(Ordering::Equal),
        ZipOp::Ne => order != Some(Ordering::Equal),
        ZipOp::Lt => order == Some(Ordering::Less),
        ZipOp::Le => matches!(order, Some(Ordering::Less | Ordering::Equal)),
        ZipOp::Gt => order == Some(Ordering::Greater),
        ZipOp::Ge => matches!(order, Some(Ordering::Greater | Ordering::Equal)),
        _ => false,
    }
}

fn texts(op: ZipOp, a: &Operand, b: &Operand) -> Result<Array> {
    pairs(a, b, |x: &Text, y: &Text| holds(op, x.as_str().zip(y.as_str()).map(|(x, y)| x.cmp(y))))
}

/// Items of bytes: both sides have items of one length.
fn items(op: ZipOp, a: &Operand, b: &Operand) -> Result<Array> {
    let n = a.dtype().planned_size();
    let (x, y) = (flat::<u8>(a.array())?, flat::<u8>(b.array())?);
    let count = match (a, b) {
        (Operand::One(_), b) => b.array().len(),
        (a, _) => a.array().len(),
    };
    let item = |side: &Operand, bytes: &'_ [u8], i: usize| -> Vec<u8> {
        let i = if matches!(side, Operand::One(_)) { 0 } else { i };
        bytes.get(i * n..(i + 1) * n).unwrap_or_default().to_vec()
    };
    let out: Vec<bool> =
        (0..count).map(|i| holds(op, Some(item(a, &x, i).cmp(&item(b, &y, i))))).collect();
    Array::from_vec(super::operand::shape(a, b), out)
}

/// `i64` with `u64`: they have no common type that holds both, so they are compared as they are.
pub(super) fn mixed_words(op: ZipOp, a: &Operand, b: &Operand) -> Result<Option<Array>> {
    let swapped = match (a.dtype(), b.dtype()) {
        (left, DType::U64) if left.is_signed_integer() => false,
        (DType::U64, right) if right.is_signed_integer() => true,
        _ => return Ok(None),
    };
    let (signed, unsigned) = if swapped { (b, a) } else { (a, b) };
    let signed = signed.cast(&DType::I64)?;
    let (low, high) = (flat::<i64>(signed.array())?, flat::<u64>(unsigned.array())?);
    let one = |side: &Operand| matches!(side, Operand::One(_));
    let (s1, u1) = (one(&signed), one(unsigned));
    let count = if s1 { high.len() } else { low.len() };
    let out: Vec<bool> = (0..count)
        .map(|i| {
            let s = low.get(if s1 { 0 } else { i }).copied().unwrap_or_default();
            let u = high.get(if u1 { 0 } else { i }).copied().unwrap_or_default();
            let order = i128::from(s).cmp(&i128::from(u));
            holds(op, Some(if swapped { order.reverse() } else { order }))
        })
        .collect();
    let shape = if s1 { unsigned.array().shape() } else { signed.array().shape() };
    Array::from_vec(shape, out).map(Some)
}
