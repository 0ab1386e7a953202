//! Running sums and products.

use num_complex::{Complex32, Complex64};

use super::lines::sweep;
use super::running::Memory;
use crate::array::Array;
use crate::dtype::{DType, MISSING_TICK};
use crate::error::{Error, Result};

/// NumPy's types: integers in 64 bits, floats as they are.
pub(super) fn result(name: &str, input: &DType) -> Result<DType> {
    match input {
        d if *d == DType::Bool || d.is_signed_integer() => Ok(DType::I64),
        d if d.is_unsigned_integer() => Ok(DType::U64),
        d if d.is_float() || d.is_complex() => Ok(d.clone()),
        DType::Duration(_) if name == "cumsum" => Ok(input.clone()),
        other => Err(Error::unsupported(format!("{name} of {other} elements"))),
    }
}

/// The sums up to each element.
pub(super) fn sums(
    input: &Array,
    axis: usize,
    to: &DType,
    skip: bool,
    memory: &mut Memory,
) -> Result<Array> {
    match to {
        DType::I64 => sweep(&input.cast(to)?, axis, 0i64, memory, |s, _, x: i64| {
            *s = s.wrapping_add(x);
            *s
        }),
        DType::U64 => sweep(&input.cast(to)?, axis, 0u64, memory, |s, _, x: u64| {
            *s = s.wrapping_add(x);
            *s
        }),
        DType::Duration(_) => {
            let ticks = input.clone().with_dtype(DType::I64)?;
            let sums = sweep(&ticks, axis, 0i64, memory, |s, _, x: i64| {
                *s = match (*s, x) {
                    (s, MISSING_TICK) if skip && s != MISSING_TICK => s,
                    (MISSING_TICK, _) | (_, MISSING_TICK) => MISSING_TICK,
                    (s, x) => s.wrapping_add(x),
                };
                *s
            });
            sums?.with_dtype(to.clone())
        }
        _ => floats(input, axis, to, 0.0, skip, memory, (|s, x| s + x, |s, x| s + x)),
    }
}

/// The products up to each element.
pub(super) fn products(
    input: &Array,
    axis: usize,
    to: &DType,
    skip: bool,
    memory: &mut Memory,
) -> Result<Array> {
    match to {
        DType::I64 => sweep(&input.cast(to)?, axis, 1i64, memory, |s, _, x: i64| {
            *s = s.wrapping_mul(x);
            *s
        }),
        DType::U64 => sweep(&input.cast(to)?, axis, 1u64, memory, |s, _, x: u64| {
            *s = s.wrapping_mul(x);
            *s
        }),
        _ => floats(input, axis, to, 1.0, skip, memory, (|s, x| s * x, |s, x| s * x)),
    }
}

/// Accumulates in double precision and rounds each element to the input's type.
fn floats(
    input: &Array,
    axis: usize,
    to: &DType,
    start: f64,
    skip: bool,
    memory: &mut Memory,
    (real, complex): (impl Fn(f64, f64) -> f64, impl Fn(Complex64, Complex64) -> Complex64),
) -> Result<Array> {
    let step = |s: &mut f64, x: f64| {
        if !(skip && x.is_nan()) {
            *s = real(*s, x);
        }
        *s
    };
    let complex_step = |s: &mut Complex64, x: Complex64| {
        if !(skip && (x.re.is_nan() || x.im.is_nan())) {
            *s = complex(*s, x);
        }
        *s
    };
    let zero = Complex64::new(start, 0.0);
    match to {
        DType::F64 => sweep(input, axis, start, memory, |s, _, x: f64| step(s, x)),
        DType::F32 => {
            sweep(input, axis, start, memory, |s, _, x: f32| step(s, f64::from(x)) as f32)
        }
        DType::F16 => {
            sweep(&input.cast(&DType::F64)?, axis, start, memory, |s, _, x: f64| step(s, x))?
                .cast(to)
        }
        DType::C128 => sweep(input, axis, zero, memory, |s, _, x: Complex64| complex_step(s, x)),
        DType::C64 => sweep(input, axis, zero, memory, |s, _, x: Complex32| {
            let sum = complex_step(s, Complex64::new(x.re.into(), x.im.into()));
            Complex32::new(sum.re as f32, sum.im as f32)
        }),
        other => Err(Error::bug(format!("{other} is not a float type"))),
    }
}
