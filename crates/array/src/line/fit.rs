//! Polynomials through the values of lines by least squares.
#![allow(clippy::indexing_slicing)] // small dense matrices

use std::sync::Arc;

use super::lines::by_line;
use crate::array::Array;
use crate::dtype::DType;
use crate::error::{Error, Result};

/// The polynomial nearest to each line: its coefficients from the highest power on. As NumPy's
/// `polyfit`: columns are scaled to length 1, and directions along which the coordinates hardly
/// differ (their singular value is below `count * epsilon` of the largest) are left out.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "wire", derive(serde::Serialize, serde::Deserialize))]
pub struct PolyFit {
    /// The coordinate of the elements.
    pub x: Arc<[f64]>,
    /// The highest power.
    pub degree: usize,
    /// Weights of the differences, not of their squares.
    pub weights: Option<Arc<[f64]>>,
    /// Whether missing elements are left out; otherwise one makes the result missing.
    pub skip_missing: bool,
}

impl PolyFit {
    pub(super) fn result(&self, input: &DType, len: usize) -> Result<(DType, usize)> {
        if !input.is_real() {
            return Err(Error::unsupported(format!("a polynomial through {input} elements")));
        }
        if self.degree > 64 {
            return Err(Error::invalid(format!("a polynomial of degree {}", self.degree)));
        }
        let given = self.weights.as_ref().map_or(len, |w| w.len());
        if self.x.len() != len || given != len {
            return Err(Error::mismatch(format!(
                "{} coordinates and {given} weights for lines of {len} elements",
                self.x.len()
            )));
        }
        Ok((DType::F64, self.degree + 1))
    }

    pub(super) fn apply(&self, input: &Array, axis: usize) -> Result<Array> {
        let lines = input.cast(&DType::F64)?;
        let whole = self.solver(&vec![true; self.x.len()]);
        let mut masked: Option<(Vec<bool>, Vec<Vec<f64>>)> = None;
        by_line::<f64, f64>(&lines, axis, self.degree + 1, |line, made| {
            if line.iter().all(|v| !v.is_nan()) && !line.is_empty() {
                product(&whole, line, made);
                return Ok(());
            }
            let there: Vec<bool> = line.iter().map(|v| !v.is_nan()).collect();
            if !self.skip_missing || !there.contains(&true) {
                made.fill(f64::NAN);
                return Ok(());
            }
            // Neighbouring lines often miss the same elements.
            let solver = match masked.take().filter(|(mask, _)| *mask == there) {
                Some(same) => same,
                None => {
                    let solver = self.solver(&there);
                    (there, solver)
                }
            };
            product(&solver.1, line, made);
            masked = Some(solver);
            Ok(())
        })
    }

    /// The matrix that takes the values to the coefficients: a row for each, with a column for
    /// each element, 0 where it is left out.
    fn solver(&self, there: &[bool]) -> Vec<Vec<f64>> {
        let k = self.degree + 1;
        let rows: Vec<usize> = (0..there.len()).filter(|i| there[*i]).collect();
        let weight = |i: usize| self.weights.as_ref().map_or(1.0, |w| w[i]);
        // Columns, highest power first.
        let mut columns: Vec<Vec<f64>> = (0..k)
            .map(|c| {
                let power = (k - 1 - c) as i32;
                rows.iter().map(|i| self.x[*i].powi(power) * weight(*i)).collect()
            })
            .collect();
        let mut scales = Vec::with_capacity(k);
        for column in &mut columns {
            let length = norm(column);
            let scale = if length > 0.0 { length } else { 1.0 };
            column.iter_mut().for_each(|v| *v /= scale);
            scales.push(scale);
        }
        let smallest = self.x.len() as f64 * f64::EPSILON;
        let inverse = pseudo_inverse(columns, smallest);
        let mut out = vec![vec![0.0; there.len()]; k];
        for ((row, from), scale) in out.iter_mut().zip(&inverse).zip(&scales) {
            for (value, i) in from.iter().zip(&rows) {
                row[*i] = value / scale * weight(*i);
            }
        }
        out
    }
}

fn product(solver: &[Vec<f64>], line: &[f64], made: &mut [f64]) {
    for (row, to) in solver.iter().zip(made) {
        let terms = row.iter().zip(line).filter(|(_, y)| !y.is_nan());
        *to = terms.map(|(a, y)| a * y).sum();
    }
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(x, y)| x * y).sum()
}

fn norm(a: &[f64]) -> f64 {
    dot(a, a).sqrt()
}

/// The pseudo-inverse of a matrix given by its columns, as rows over the matrix's rows. Singular
/// values below `smallest` of the largest count as 0. One-sided Jacobi rotations (Hestenes 1958).
fn pseudo_inverse(mut u: Vec<Vec<f64>>, smallest: f64) -> Vec<Vec<f64>> {
    let k = u.len();
    let n = u.first().map_or(0, Vec::len);
    let mut v: Vec<Vec<f64>> =
        (0..k).map(|i| (0..k).map(|j| f64::from(u8::from(i == j))).collect()).collect();
    for _ in 0..60 {
        let mut turned = false;
        for p in 0..k {
            for q in p + 1..k {
                let (a, b, c) = (dot(&u[p], &u[p]), dot(&u[q], &u[q]), dot(&u[p], &u[q]));
                if c == 0.0 || c.abs() <= 1e-15 * (a * b).sqrt() {
                    continue;
                }
                turned = true;
                let zeta = (b - a) / (2.0 * c);
                let t = zeta.signum() / (zeta.abs() + zeta.hypot(1.0));
                let cos = 1.0 / t.hypot(1.0);
                let sin = cos * t;
                for columns in [&mut u, &mut v] {
                    let (left, right) = columns.split_at_mut(q);
                    for (x, y) in left[p].iter_mut().zip(right[0].iter_mut()) {
                        (*x, *y) = (cos * *x - sin * *y, sin * *x + cos * *y);
                    }
                }
            }
        }
        if !turned {
            break;
        }
    }
    let values: Vec<f64> = u.iter().map(|c| norm(c)).collect();
    let limit = values.iter().copied().fold(0.0, f64::max) * smallest;
    let mut out = vec![vec![0.0; n]; k];
    for ((column, rotation), value) in u.iter().zip(&v).zip(&values) {
        if *value <= limit || *value == 0.0 {
            continue;
        }
        let over = 1.0 / (value * value);
        for (row, part) in out.iter_mut().zip(rotation) {
            for (to, x) in row.iter_mut().zip(column) {
                *to += part * x * over;
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::LineOp;

    fn fit(x: &[f64], y: &[f64], degree: usize, weights: Option<&[f64]>, skip: bool) -> Vec<f64> {
        let op = LineOp::PolyFit(PolyFit {
            x: x.into(),
            degree,
            weights: weights.map(Into::into),
            skip_missing: skip,
        });
        let input = Array::from_vec([y.len()], y.to_vec()).unwrap();
        op.apply(&input, 0).unwrap().to_flat::<f64>().unwrap()
    }

    fn near(found: &[f64], expected: &[f64], relative: f64) {
        let close = |(a, b): (&f64, &f64)| (a - b).abs() <= relative * b.abs().max(1e-9);
        assert!(found.iter().zip(expected).all(close), "{found:?} is not {expected:?}");
    }

    const X: [f64; 6] = [0.0, 1.0, 2.0, 4.0, 8.0, 9.0];

    // Expected values are those of xarray 2026.9.
    #[test]
    fn lines_and_parabolas() {
        let y = [3.0, 1.0, 4.0, 1.0, 5.0, 9.0];
        near(&fit(&X, &y, 1, None, true), &[0.6, 1.433_333_333_333_333_3], 1e-12);
        let weights = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0];
        let found = fit(&X, &y, 1, Some(&weights), true);
        near(&found, &[0.900_048_638_132_295_8, -0.450_875_486_381_323_2], 1e-9);
        let gap = [3.0, 1.0, f64::NAN, 1.0, 5.0, 9.0];
        near(&fit(&X, &gap, 1, None, true), &[0.650_306_748, 0.938_650_307], 1e-8);
        assert!(fit(&X, &gap, 1, None, false).iter().all(|v| v.is_nan()));
        assert!(fit(&X, &[f64::NAN; 6], 1, None, true).iter().all(|v| v.is_nan()));
    }

    #[test]
    fn polynomials_come_back() {
        let f = |x: f64| 2.0 * x.powi(3) - x * x + 0.5 * x - 7.0;
        let x: Vec<f64> = (0..50).map(|i| f64::from(i) * 0.2 - 3.0).collect();
        let y: Vec<f64> = x.iter().map(|v| f(*v)).collect();
        near(&fit(&x, &y, 3, None, true), &[2.0, -1.0, 0.5, -7.0], 1e-10);
    }

    #[test]
    fn coordinates_that_do_not_differ_give_the_shortest_answer() {
        let found = fit(&[2.0, 2.0, 2.0], &[1.0, 2.0, 3.0], 1, None, true);
        let at_two = found[0] * 2.0 + found[1];
        assert!((at_two - 2.0).abs() < 1e-9 && found.iter().all(|v| v.is_finite()));
    }
}
