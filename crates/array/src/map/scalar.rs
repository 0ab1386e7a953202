//! Weak scalars: numbers that take the type of the array they meet.

use crate::cast::promote;
use crate::dtype::DType;
use crate::error::{Error, Result};
use crate::scalar::Scalar;
use crate::zip::ZipOp;

/// The kinds of numbers, in the order in which they swallow each other.
fn rank(dtype: &DType) -> Option<u8> {
    match dtype {
        DType::Bool => Some(0),
        d if d.is_integer() => Some(1),
        d if d.is_float() => Some(2),
        d if d.is_complex() => Some(3),
        _ => None,
    }
}

/// The scalar in the type in which it meets elements of `array`.
pub(super) fn weak(op: ZipOp, scalar: Scalar, array: &DType) -> Result<Scalar> {
    let own = scalar.dtype();
    if op == ZipOp::Ldexp && (own.is_integer() || own == DType::Bool) {
        // The exponent stays an integer.
        return Ok(scalar);
    }
    let (Some(mine), Some(theirs)) = (rank(&own), rank(array)) else {
        return Ok(scalar);
    };
    let to = match (mine, theirs) {
        (m, t) if m == 0 || (m < t && t > 1) => array.clone(),
        (1, 1) => match integer(&scalar, array) {
            Some(fits) => return Ok(fits),
            // A comparison has an answer for any number.
            None if op.is_comparison() => return Ok(scalar),
            None => {
                return Err(Error::invalid(format!("{scalar:?} does not fit into {array}"))
                    .hint("cast the array to a wider type first"));
            }
        },
        (1, _) => DType::I64,
        (2, 2) => array.clone(),
        (2, _) => DType::F64,
        // A complex scalar widens each part of floats as needed.
        (3, 3) => array.clone(),
        _ => match promote(array, &DType::C64) {
            Ok(DType::C64) if theirs == 2 => DType::C64,
            _ => DType::C128,
        },
    };
    if mine == 1 && to == DType::I64 && scalar.as_i64().is_none() {
        return Ok(scalar);
    }
    convert(&scalar, &to)
}

fn integer(scalar: &Scalar, to: &DType) -> Option<Scalar> {
    let out = convert(scalar, to).ok()?;
    let same = match (scalar, &out) {
        (Scalar::U64(a), Scalar::U64(b)) => a == b,
        (a, b) => a.as_i64().is_some() && a.as_i64() == b.as_i64(),
    };
    let same = same
        || matches!((scalar.as_i64(), &out), (Some(a), Scalar::U64(b)) if i128::from(a) == i128::from(*b));
    same.then_some(out)
}

/// One value in another type.
pub(crate) fn convert(scalar: &Scalar, to: &DType) -> Result<Scalar> {
    if scalar.dtype() == *to {
        return Ok(scalar.clone());
    }
    scalar.fill(&[1])?.cast(to)?.item()
}
