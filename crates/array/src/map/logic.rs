//! Not, and what replaces missing elements.

use super::arithmetic::{each, in_computed};
use super::scalar::convert;
use crate::array::Array;
use crate::cast::flat;
use crate::dispatch::dispatch;
use crate::dtype::{DType, MISSING_TICK};
use crate::element::Element;
use crate::error::{Error, Result};
use crate::scalar::Scalar;
use crate::text::Text;

pub(super) fn not(input: &Array) -> Result<Array> {
    if *input.dtype() == DType::Bool {
        return each(input, |x: &bool| !*x);
    }
    in_computed(input, |input| {
        dispatch!(computed_integers input.dtype(), T => each(input, |x: &T| !*x),
            else Err(Error::bug(format!("{} passed as integers", input.dtype()))))
    })
}

/// The scalar is cast to the type of the array.
pub(super) fn fill_missing(input: &Array, fill: &Scalar) -> Result<Array> {
    let dtype = input.dtype();
    let fill = convert(fill, dtype)?.fill(&[1])?;
    let out = match dtype {
        DType::Time(_) | DType::Duration(_) => replace(input, &fill, |t: &i64| *t == MISSING_TICK)?,
        DType::Str => replace(input, &fill, Text::is_missing)?,
        dtype => dispatch!(floats dtype, T => replace(input, &fill, |x: &T| x.is_nan())?, else
            dispatch!(complex dtype, T => replace(input, &fill, |x: &T| x.is_nan())?, else
                input.clone())),
    };
    out.with_dtype(dtype.clone())
}

fn replace<T: Element>(input: &Array, fill: &Array, gone: impl Fn(&T) -> bool) -> Result<Array> {
    let (values, fill) = (flat::<T>(input)?, fill.to_flat::<T>()?);
    let fill = fill.first().ok_or_else(|| Error::bug("a fill value without an element"))?;
    let pick = |x: &T| if gone(x) { fill.clone() } else { x.clone() };
    Array::from_vec(input.shape(), values.iter().map(pick).collect::<Vec<T>>())
}
