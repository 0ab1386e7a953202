//! Quantiles of weighted elements.
#![allow(clippy::indexing_slicing)] // loops over buffers of one length

use std::sync::Arc;

use super::lines::by_line;
use crate::array::Array;
use crate::dtype::DType;
use crate::error::{Error, Result};

/// Quantiles of elements with weights: the weighted form of linear interpolation (type 7) by the
/// effective number of elements after Kish (1965), as in xarray.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "wire", derive(serde::Serialize, serde::Deserialize))]
pub struct WeightedQuantiles {
    /// The parts of the weight that lie below, from 0 to 1.
    pub q: Arc<[f64]>,
    /// The weight of each element; not negative.
    pub weights: Arc<[f64]>,
    /// Whether missing elements are left out; otherwise one makes the result missing.
    pub skip_missing: bool,
}

impl WeightedQuantiles {
    pub(super) fn result(&self, input: &DType, len: usize) -> Result<(DType, usize)> {
        if !input.is_real() {
            return Err(Error::unsupported(format!("quantiles of {input} elements")));
        }
        if self.weights.len() != len {
            let n = self.weights.len();
            return Err(Error::mismatch(format!("{n} weights for lines of {len} elements")));
        }
        Ok((DType::F64, self.q.len()))
    }

    pub(super) fn apply(&self, input: &Array, axis: usize) -> Result<Array> {
        let lines = input.cast(&DType::F64)?;
        let mut pairs: Vec<(f64, f64)> = Vec::new();
        by_line::<f64, f64>(&lines, axis, self.q.len(), |line, made| {
            pairs.clear();
            let all = line.iter().copied().zip(self.weights.iter().copied());
            pairs.extend(all.filter(|(x, w)| !x.is_nan() && *w > 0.0));
            let gap = line.iter().any(|x| x.is_nan());
            if pairs.is_empty() || (gap && !self.skip_missing) {
                made.fill(f64::NAN);
                return Ok(());
            }
            pairs.sort_by(|a, b| a.0.total_cmp(&b.0));
            let total: f64 = pairs.iter().map(|(_, w)| w).sum();
            let squares: f64 = pairs.iter().map(|(_, w)| w * w).sum();
            let count = total * total / squares;
            for (q, to) in self.q.iter().zip(made) {
                *to = quantile(&pairs, total, count, *q);
            }
            Ok(())
        })
    }
}

fn quantile(pairs: &[(f64, f64)], total: f64, count: f64, q: f64) -> f64 {
    let h = (count - 1.0) * q + 1.0;
    // The part of the window ((h - 1) / count, h / count) that each element's share covers.
    let share = |below: f64| {
        let u = ((h - 1.0) / count).max((h / count).min(below));
        u * count - h + 1.0
    };
    let mut below = 0.0;
    let mut before = share(0.0);
    let mut sum = 0.0;
    for (x, w) in pairs {
        below += w / total;
        let next = share(below);
        if next > before {
            sum += (next - before) * x;
        }
        before = next;
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::LineOp;

    // Expected values are those of xarray 2026.9.
    #[test]
    fn quantiles_are_those_of_xarray() {
        let run = |x: &[f64], w: &[f64], q: &[f64]| {
            let op = LineOp::WeightedQuantile(WeightedQuantiles {
                q: q.into(),
                weights: w.into(),
                skip_missing: true,
            });
            let input = Array::from_vec([x.len()], x.to_vec()).unwrap();
            op.apply(&input, 0).unwrap().to_flat::<f64>().unwrap()
        };
        let near = |found: Vec<f64>, expected: &[f64]| {
            let close = found.iter().zip(expected).all(|(a, b)| (a - b).abs() < 1e-12);
            assert!(close, "{found:?} is not {expected:?}");
        };
        let found = run(
            &[3.0, 1.0, f64::NAN, 4.0, 1.0, 5.0, 9.0],
            &[1.0, 2.0, 5.0, 0.5, 0.0, 3.0, 1.5],
            &[0.1, 0.3, 0.5, 0.9],
        );
        near(found, &[1.6363636363636362, 3.363636363636364, 4.727272727272727, 6.75757575757576]);
        let same = run(&[3.0, 1.0, 2.0, f64::NAN], &[1.0; 4], &[0.0, 0.25, 1.0]);
        near(same, &[1.0, 1.5, 3.0]);
        assert!(run(&[f64::NAN], &[1.0], &[0.5])[0].is_nan());
        assert!(run(&[1.0], &[0.0], &[0.5])[0].is_nan());
    }
}
