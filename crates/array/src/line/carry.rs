//! Missing elements take the nearest one before or behind them.
#![allow(clippy::indexing_slicing)] // loops over two slices of one length

use std::ops::Range;

use num_complex::{Complex32, Complex64};

use super::lines::by_line;
use crate::array::Array;
use crate::dtype::{DType, MISSING_TICK};
use crate::element::Element;
use crate::error::Result;
use crate::text::Text;

/// Which elements a part of the result depends on.
pub(super) fn needs(
    backwards: bool,
    limit: Option<usize>,
    out: Range<usize>,
    len: usize,
) -> Range<usize> {
    match (limit, backwards) {
        _ if out.is_empty() => 0..0,
        (None, false) => 0..out.end.min(len),
        (None, true) => out.start..len,
        (Some(limit), false) => out.start.saturating_sub(limit)..out.end.min(len),
        (Some(limit), true) => out.start..out.end.saturating_add(limit).min(len),
    }
}

/// Elements of a type without a missing value stay as they are.
pub(super) fn carried(
    input: &Array,
    axis: usize,
    backwards: bool,
    limit: Option<usize>,
) -> Result<Array> {
    let most = limit.unwrap_or(usize::MAX);
    let dtype = input.dtype();
    match dtype {
        DType::F16 => {
            let wide = input.cast(&DType::F32)?;
            fill(&wide, axis, backwards, most, |v: &f32| v.is_nan())?.cast(dtype)
        }
        DType::F32 => fill(input, axis, backwards, most, |v: &f32| v.is_nan()),
        DType::F64 => fill(input, axis, backwards, most, |v: &f64| v.is_nan()),
        DType::C64 => fill(input, axis, backwards, most, |v: &Complex32| v.is_nan()),
        DType::C128 => fill(input, axis, backwards, most, |v: &Complex64| v.is_nan()),
        DType::Time(_) | DType::Duration(_) => {
            let ticks = fill(input, axis, backwards, most, |v: &i64| *v == MISSING_TICK)?;
            ticks.with_dtype(dtype.clone())
        }
        DType::Str => fill(input, axis, backwards, most, Text::is_missing),
        _ => Ok(input.clone()),
    }
}

fn fill<T: Element>(
    input: &Array,
    axis: usize,
    backwards: bool,
    limit: usize,
    gone: impl Fn(&T) -> bool,
) -> Result<Array> {
    let n = super::lines::length(input, axis)?;
    by_line::<T, T>(input, axis, n, |line, made| {
        let mut last: Option<usize> = None;
        for k in 0..n {
            let i = if backwards { n - 1 - k } else { k };
            if !gone(&line[i]) {
                last = Some(i);
            }
            let source = last.filter(|l| l.abs_diff(i) <= limit).unwrap_or(i);
            made[i] = line[source].clone();
        }
        Ok(())
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::LineOp;

    // Expected values are those of xarray 2026.9.
    #[test]
    fn gaps_are_filled_from_either_side_up_to_a_limit() {
        let g = f32::NAN;
        let x = vec![g, 2.0, 3.0, g, g, 0.0, g, g, g, 8.0, g];
        let x = Array::from_vec([11], x).unwrap();
        let run = |backwards, limit| {
            let made = LineOp::Carry { backwards, limit }.apply(&x, 0).unwrap();
            made.to_flat::<f32>()
                .unwrap()
                .iter()
                .map(|v| format!("{v}"))
                .collect::<Vec<_>>()
                .join(" ")
        };
        assert_eq!(run(false, None), "NaN 2 3 3 3 0 0 0 0 8 8");
        assert_eq!(run(false, Some(1)), "NaN 2 3 3 NaN 0 0 NaN NaN 8 8");
        assert_eq!(run(true, None), "2 2 3 0 0 0 8 8 8 8 NaN");
        assert_eq!(run(true, Some(2)), "2 2 3 0 0 0 NaN 8 8 8 NaN");
    }

    #[test]
    fn every_type_that_can_miss_is_filled() {
        let carry = LineOp::Carry { backwards: false, limit: None };
        let text = Array::from_vec([2], vec![Text::from("a"), Text::missing()]).unwrap();
        let made = carry.apply(&text, 0).unwrap().to_flat::<Text>().unwrap();
        assert_eq!(made[1].as_str(), Some("a"));
        let whole = Array::from_vec([2], vec![1i8, 2]).unwrap();
        assert_eq!(carry.apply(&whole, 0).unwrap(), whole);
        let length = DType::Duration(graticule_cftime::TimeUnit::Second);
        let ticks = Array::from_vec([2], vec![5, MISSING_TICK]).unwrap();
        let made = carry.apply(&ticks.with_dtype(length.clone()).unwrap(), 0).unwrap();
        assert_eq!((made.dtype(), made.to_flat::<i64>().unwrap()), (&length, vec![5, 5]));
    }
}
