//! Values to stored numbers, the reverse of decoding.

use crate::array::Array;
use crate::cast::flat;
use crate::dispatch::dispatch;
use crate::dtype::DType;
use crate::error::{Error, Result};
use crate::number::Real;
use crate::scalar::Scalar;

/// `(x - offset) / scale` in `f64`, rounded half to even for integers; missing becomes `fill`.
pub(super) fn encode(
    input: &Array,
    scale: Option<&Scalar>,
    offset: Option<&Scalar>,
    fill: Option<&Scalar>,
    to: &DType,
    name: &str,
) -> Result<Array> {
    let wrong = |what: &str, s: &Scalar| {
        Error::invalid(format!("{what} {s:?} of \"{name}\" is not a number"))
    };
    let number = |what: &str, s: Option<&Scalar>| {
        s.map(|s| s.as_f64().ok_or_else(|| wrong(what, s))).transpose()
    };
    let (scale, offset) = (number("scale_factor", scale)?, number("add_offset", offset)?);
    if scale == Some(0.0) {
        return Err(Error::invalid(format!("scale_factor of \"{name}\" is 0")));
    }
    let fill = fill.map(|f| super::scalar::convert(f, to)).transpose()?;
    if scale.is_none() && offset.is_none() && input.dtype().is_integer() {
        return narrowed(input, to, name);
    }
    let values = input.cast(&DType::F64)?;
    dispatch!(reals to, T => {
        let fill = fill.map(|f| f.fill(&[1])?.to_flat::<T>()).transpose()?;
        let fill = fill.and_then(|f| f.first().copied());
        packed::<T>(&values, scale, offset, fill, name)
    }, else Err(unfit(input, to)))
}

fn unfit(input: &Array, to: &DType) -> Error {
    Error::bug(format!("encoding {} as {to} passed its check", input.dtype()))
}

/// Integers as other integers or floats, exactly (64 bits do not fit through `f64`).
fn narrowed(input: &Array, to: &DType, name: &str) -> Result<Array> {
    let out = input.cast(to)?;
    if to.is_float() || *to == *input.dtype() {
        return Ok(out);
    }
    let same = crate::zip::ZipOp::Eq.apply(input, &out)?;
    match flat::<bool>(&same)?.iter().position(|same| !same) {
        None => Ok(out),
        Some(at) => {
            let value = input.flat(at..at + 1)?.item()?;
            Err(outside(name, &value.as_i64().map_or("a value".into(), |v| v.to_string()), to))
        }
    }
}

fn outside(name: &str, value: &str, to: &DType) -> Error {
    Error::invalid(format!("{value} of \"{name}\" does not fit into {to}"))
        .in_variable(name)
        .hint("choose a wider type, or another scale_factor and add_offset")
}

fn packed<T: Real>(
    input: &Array,
    scale: Option<f64>,
    offset: Option<f64>,
    fill: Option<T>,
    name: &str,
) -> Result<Array> {
    let values = flat::<f64>(input)?;
    let to = T::dtype();
    let mut out = Vec::with_capacity(values.len());
    for x in values.iter() {
        let mut v = *x;
        if v.is_nan() {
            match fill {
                Some(fill) => out.push(fill),
                None if !T::INTEGER => out.push(T::from_f64(f64::NAN)),
                None => {
                    return Err(Error::invalid(format!(
                        "\"{name}\" has missing values, which {to} cannot hold"
                    ))
                    .in_variable(name)
                    .hint("give the encoding a _FillValue, or store floats"));
                }
            }
            continue;
        }
        if let Some(offset) = offset {
            v -= offset;
        }
        if let Some(scale) = scale {
            v /= scale;
        }
        let stored = if T::INTEGER { v.round_ties_even() } else { v };
        let cast = T::from_f64(stored);
        // 2^63 and 2^64 saturate to an integer that reads back as the same float.
        if T::INTEGER && (cast.as_f64() != stored || saturates(&to, stored)) {
            return Err(outside(name, &x.to_string(), &to));
        }
        if !T::INTEGER && stored.is_finite() && !cast.as_f64().is_finite() {
            return Err(outside(name, &x.to_string(), &to));
        }
        out.push(cast);
    }
    Array::from_vec(input.shape(), out)
}

fn saturates(to: &DType, v: f64) -> bool {
    match to {
        DType::I64 => v >= 9_223_372_036_854_775_808.0,
        DType::U64 => v >= 18_446_744_073_709_551_616.0,
        _ => false,
    }
}
