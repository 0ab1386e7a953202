//! Sign, magnitude, bounds and rounding.

use super::scalar::convert;
use crate::array::Array;
use crate::cast::flat;
use crate::dispatch::dispatch;
use crate::dtype::{DType, MISSING_TICK};
use crate::element::Element;
use crate::error::{Error, Result};
use crate::number::{Float, Number, Real};
use crate::scalar::Scalar;
use crate::wide::wide;
use crate::zip::ZipOp;

/// Applies `f` to each element held as `T`.
#[inline(always)]
pub(super) fn each<T: Element, U: Element>(input: &Array, f: impl Fn(&T) -> U) -> Result<Array> {
    let values = flat::<T>(input)?;
    Array::from_vec(input.shape(), values.iter().map(f).collect::<Vec<U>>())
}

/// Like [`each`], for cheap operations: compiled for wide vectors too.
#[inline(always)]
pub(super) fn wide_each<T: Element, U: Element>(
    input: &Array,
    f: impl Fn(&T) -> U,
) -> Result<Array> {
    let values = flat::<T>(input)?;
    Array::from_vec(input.shape(), wide(|| values.iter().map(f).collect::<Vec<U>>()))
}

fn impossible(input: &Array) -> Error {
    Error::bug(format!("{} passed the check of its operation", input.dtype()))
}

/// Widens the elements, applies `f` and narrows what comes out of it.
pub(super) fn in_computed(input: &Array, f: impl FnOnce(&Array) -> Result<Array>) -> Result<Array> {
    let (own, by) = (input.dtype(), input.dtype().computed());
    if by == *own { f(input) } else { f(&input.cast(&by)?)?.cast(own) }
}

pub(super) fn negative(input: &Array) -> Result<Array> {
    if let DType::Duration(_) = input.dtype() {
        // The reserved tick is its own negative.
        return each(input, |t: &i64| t.wrapping_neg())?.with_dtype(input.dtype().clone());
    }
    in_computed(input, |input| {
        dispatch!(computed input.dtype(), T => each(input, |x: &T| x.negative()), else
            dispatch!(complex input.dtype(), T => each(input, |x: &T| x.negative()), else
                Err(impossible(input))))
    })
}

pub(super) fn magnitude(input: &Array, result: &DType) -> Result<Array> {
    match input.dtype() {
        DType::Bool => Ok(input.clone()),
        DType::Duration(_) => {
            let abs = |t: &i64| if *t == MISSING_TICK { *t } else { t.abs() };
            each(input, abs)?.with_dtype(result.clone())
        }
        DType::C64 => each(input, |x: &num_complex::Complex32| x.norm()),
        DType::C128 => each(input, |x: &num_complex::Complex64| x.norm()),
        _ => in_computed(input, |input| {
            dispatch!(computed input.dtype(), T => each(input, |x: &T| x.magnitude()),
                else Err(impossible(input)))
        }),
    }
}

pub(super) fn clip(input: &Array, min: Option<&Scalar>, max: Option<&Scalar>) -> Result<Array> {
    let mut out = input.clone();
    for (op, bound) in [(ZipOp::Max, min), (ZipOp::Min, max)] {
        if let Some(bound) = bound {
            let bound = convert(bound, input.dtype())?;
            out = op.apply_scalar(&out, &bound, false)?;
        }
    }
    Ok(out)
}

pub(super) fn round_to(input: &Array, decimals: i32) -> Result<Array> {
    let dtype = input.dtype();
    if *dtype == DType::Bool {
        return input.cast(&DType::F16);
    }
    if dtype.is_integer() {
        if decimals >= 0 {
            return Ok(input.clone());
        }
        let power = 10f64.powi(decimals.saturating_neg());
        return each(&input.cast(&DType::F64)?, |x: &f64| (x / power).round_ties_even() * power)?
            .cast(dtype);
    }
    dispatch!(floats dtype, T => rounded::<T>(input, decimals), else Err(impossible(input)))
}

/// Scales, rounds and scales back in the type itself.
fn rounded<T: Float>(input: &Array, decimals: i32) -> Result<Array> {
    let power = T::from_f64(10f64.powi(decimals.saturating_abs()));
    if decimals == 0 {
        wide_each(input, |x: &T| x.round_even())
    } else if decimals > 0 {
        wide_each(input, |x: &T| x.times(power).round_even().divided(power))
    } else {
        wide_each(input, |x: &T| x.divided(power).round_even().times(power))
    }
}
