//! Derivatives and running integrals along a coordinate.
#![allow(clippy::indexing_slicing)] // loops over buffers of one length

use std::ops::Range;
use std::sync::Arc;

use super::lines::by_line;
use crate::array::Array;
use crate::dtype::DType;
use crate::error::{Error, Result};

fn float_of(input: &DType, what: &str) -> Result<DType> {
    match input {
        d if d.is_float() => Ok(d.clone()),
        d if d.is_real() => Ok(DType::F64),
        other => Err(Error::unsupported(format!("{what} of {other} elements"))),
    }
}

/// Differences over coordinates, of second order inside the line, as NumPy's `gradient`.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "wire", derive(serde::Serialize, serde::Deserialize))]
pub struct Slope {
    /// The coordinate of the elements.
    pub x: Arc<[f64]>,
    /// Whether differences at the ends are of second order, too.
    pub sharp_ends: bool,
}

impl Slope {
    fn least(&self) -> usize {
        if self.sharp_ends { 3 } else { 2 }
    }

    pub(super) fn result(&self, input: &DType, len: usize) -> Result<(DType, usize)> {
        if self.x.len() != len {
            let n = self.x.len();
            return Err(Error::mismatch(format!("{n} coordinates for lines of {len} elements")));
        }
        if len < self.least() {
            return Err(Error::invalid(format!(
                "a derivative needs {} elements, found {len}",
                self.least()
            )));
        }
        Ok((float_of(input, "the derivative")?, len))
    }

    pub(super) fn needs(&self, out: &Range<usize>, len: usize) -> Range<usize> {
        if out.is_empty() {
            return 0..0;
        }
        // Differences at an end take the elements that the ones inside take anyway, but for the
        // sharp ones.
        let start = if out.end >= len { len.saturating_sub(self.least()) } else { out.start };
        let end = if out.start == 0 { self.least() } else { out.end };
        out.start.saturating_sub(1).min(start)..out.end.saturating_add(1).max(end).min(len)
    }

    pub(super) fn part(
        &self,
        part: &Array,
        axis: usize,
        start: usize,
        out: Range<usize>,
    ) -> Result<Array> {
        let to = float_of(part.dtype(), "the derivative")?;
        let lines = part.cast(&DType::F64)?;
        let x = &self.x;
        let steps: Vec<f64> = x.iter().zip(x.iter().skip(1)).map(|(a, b)| b - a).collect();
        let even = steps.iter().all(|s| Some(s) == steps.first());
        let made = by_line::<f64, f64>(&lines, axis, out.len(), |line, made| {
            let y = |i: usize| line[i - start];
            for (i, to) in out.clone().zip(made) {
                *to = self.at(i, &y, &steps, even);
            }
            Ok(())
        })?;
        made.cast(&to)
    }

    fn at(&self, i: usize, y: &impl Fn(usize) -> f64, steps: &[f64], even: bool) -> f64 {
        let last = steps.len();
        if i > 0 && i < last {
            let (h1, h2) = (steps[i - 1], steps[i]);
            if even {
                return (y(i + 1) - y(i - 1)) / (2.0 * h1);
            }
            let a = -h2 / (h1 * (h1 + h2));
            let b = (h2 - h1) / (h1 * h2);
            let c = h1 / (h2 * (h1 + h2));
            return a * y(i - 1) + b * y(i) + c * y(i + 1);
        }
        if !self.sharp_ends {
            let k = i.min(last - 1);
            return (y(k + 1) - y(k)) / steps[k];
        }
        if i == 0 {
            let (h1, h2) = (steps[0], steps[1]);
            let a = -(2.0 * h1 + h2) / (h1 * (h1 + h2));
            let b = (h1 + h2) / (h1 * h2);
            let c = -h1 / (h2 * (h1 + h2));
            return a * y(0) + b * y(1) + c * y(2);
        }
        let (h1, h2) = (steps[last - 2], steps[last - 1]);
        let a = h2 / (h1 * (h1 + h2));
        let b = -(h2 + h1) / (h1 * h2);
        let c = (2.0 * h2 + h1) / (h2 * (h1 + h2));
        a * y(last - 2) + b * y(last - 1) + c * y(last)
    }
}

/// The integral from the first element to each one by the trapezoidal rule.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "wire", derive(serde::Serialize, serde::Deserialize))]
pub struct Integral {
    /// The coordinate of the elements.
    pub x: Arc<[f64]>,
    /// The type of the result: that of the elements times the coordinate.
    pub to: DType,
}

impl Integral {
    pub(super) fn result(&self, input: &DType, len: usize) -> Result<(DType, usize)> {
        float_of(input, "the integral")?;
        if self.x.len() != len {
            let n = self.x.len();
            return Err(Error::mismatch(format!("{n} coordinates for lines of {len} elements")));
        }
        Ok((self.to.clone(), len))
    }

    /// Of lines or their first elements.
    pub(super) fn apply(&self, input: &Array, axis: usize) -> Result<Array> {
        let lines = input.cast(&DType::F64)?;
        let n = super::lines::length(input, axis)?;
        let made = by_line::<f64, f64>(&lines, axis, n, |line, made| {
            let mut sum = 0.0;
            for i in 0..n {
                if i > 0 {
                    sum += 0.5 * (self.x[i] - self.x[i - 1]) * (line[i] + line[i - 1]);
                }
                made[i] = sum;
            }
            Ok(())
        })?;
        made.cast(&self.to)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::LineOp;

    const X: [f64; 6] = [0.0, 1.0, 2.0, 4.0, 8.0, 9.0];
    const Y: [f64; 6] = [3.0, 1.0, 4.0, 1.0, 5.0, 9.0];

    fn run(op: &LineOp) -> Vec<f64> {
        let y = Array::from_vec([6], Y.to_vec()).unwrap();
        op.apply(&y, 0).unwrap().to_flat::<f64>().unwrap()
    }

    fn near(found: &[f64], expected: &[f64]) {
        let close = found.iter().zip(expected).all(|(a, b)| (a - b).abs() < 1e-12);
        assert!(close && found.len() == expected.len(), "{found:?} is not {expected:?}");
    }

    // Expected values are those of xarray 2026.9.
    #[test]
    fn slopes_and_integrals() {
        let slope = |sharp_ends| LineOp::Slope(Slope { x: X.into(), sharp_ends });
        near(&run(&slope(false)), &[-2.0, 0.5, 1.5, -2.0 / 3.0, 3.4, 4.0]);
        near(&run(&slope(true)), &[-4.5, 0.5, 1.5, -2.0 / 3.0, 3.4, 4.6]);
        let integral = LineOp::Integral(Integral { x: X.into(), to: DType::F64 });
        near(&run(&integral), &[0.0, 2.0, 4.5, 9.5, 21.5, 28.5]);
        assert!(slope(true).result(&DType::F64, 5).unwrap_err().is_mismatch());
    }

    #[test]
    fn parts_are_the_whole() {
        for sharp_ends in [false, true] {
            let op = LineOp::Slope(Slope { x: X.into(), sharp_ends });
            let whole = run(&op);
            for (start, end) in [(0, 1), (0, 6), (1, 3), (2, 5), (5, 6), (4, 6), (3, 3)] {
                let needs = op.needs(start..end, 6);
                let part = Array::from_vec([needs.len()], Y[needs].to_vec()).unwrap();
                let made = op.apply_part(&part, 0, start..end, 6).unwrap();
                assert_eq!(made.to_flat::<f64>().unwrap(), whole[start..end], "{start}..{end}");
            }
        }
    }
}
