//! Missing elements inside a line from those around them.
#![allow(clippy::indexing_slicing)] // loops over buffers of one length

use std::sync::Arc;

use super::curve::{Beyond, Interpolation, Pieces, check_rising};
use super::lines::by_line;
use crate::array::Array;
use crate::dtype::DType;
use crate::error::{Error, Result};

/// Fills missing elements by interpolation between the elements that are there.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "wire", derive(serde::Serialize, serde::Deserialize))]
pub struct Gaps {
    /// The coordinate of the elements; rises.
    pub x: Arc<[f64]>,
    /// How values between elements are found.
    pub method: Interpolation,
    /// How many missing elements in a row are filled, counted from the first.
    pub limit: Option<usize>,
    /// Gaps longer than this, from the element before to the one behind in the coordinate, stay.
    pub max_gap: Option<f64>,
    /// What stands before the first and behind the last element that is there.
    pub beyond: Beyond,
}

impl Gaps {
    pub(super) fn result(&self, input: &DType, len: usize) -> Result<(DType, usize)> {
        if !input.is_real() {
            return Err(Error::unsupported(format!("interpolation of {input} elements")));
        }
        if self.x.len() != len {
            let n = self.x.len();
            return Err(Error::mismatch(format!("{n} coordinates for lines of {len} elements")));
        }
        check_rising(&self.x)?;
        Ok((input.clone(), len))
    }

    pub(super) fn apply(&self, input: &Array, axis: usize) -> Result<Array> {
        if !input.dtype().is_float() {
            return Ok(input.clone());
        }
        let lines = input.cast(&DType::F64)?;
        let made = by_line::<f64, f64>(&lines, axis, self.x.len(), |line, made| {
            made.copy_from_slice(line);
            let there: Vec<usize> = (0..line.len()).filter(|i| !line[*i].is_nan()).collect();
            if there.len() == line.len() || there.len() < self.method.least().min(2) {
                return Ok(());
            }
            let x: Vec<f64> = there.iter().map(|i| self.x[*i]).collect();
            let y: Vec<f64> = there.iter().map(|i| line[*i]).collect();
            // Too few elements for the method leave the gaps as they are.
            let Ok(mut pieces) = Pieces::new(&x, self.method) else { return Ok(()) };
            pieces.fit(&x, &y);
            for i in 0..line.len() {
                if line[i].is_nan() && self.is_open(line, &there, i) {
                    made[i] = pieces.value(&x, &y, self.x[i], self.beyond);
                }
            }
            Ok(())
        })?;
        made.cast(input.dtype())
    }

    /// Whether a missing element may be filled.
    fn is_open(&self, line: &[f64], there: &[usize], i: usize) -> bool {
        let next = there.partition_point(|t| *t < i);
        let before = next.checked_sub(1).map(|p| there[p]);
        let behind = there.get(next).copied();
        let run = i - before.map_or(0, |b| b + 1) + 1;
        let first = before.unwrap_or(0);
        let last = behind.unwrap_or(line.len() - 1);
        let gap = self.x[last] - self.x[first];
        self.limit.is_none_or(|most| run <= most) && self.max_gap.is_none_or(|most| gap <= most)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::LineOp;

    fn run(change: impl FnOnce(&mut Gaps)) -> String {
        let g = f32::NAN;
        let y = vec![g, 2.0, 3.0, g, g, 0.0, g, g, g, 8.0, g];
        let x = [0.0, 1.0, 2.0, 3.0, 5.0, 8.0, 9.0, 10.0, 11.0, 12.0, 13.0];
        let mut gaps = Gaps {
            x: x.into(),
            method: Interpolation::Linear,
            limit: None,
            max_gap: None,
            beyond: Beyond::Missing,
        };
        change(&mut gaps);
        let made = LineOp::Gaps(gaps).apply(&Array::from_vec([11], y).unwrap(), 0).unwrap();
        let texts = made.to_flat::<f32>().unwrap();
        texts.iter().map(|v| format!("{v:.3}")).collect::<Vec<_>>().join(" ")
    }

    // Expected values are those of xarray 2026.9.
    #[test]
    fn gaps_are_filled_as_asked_for() {
        assert_eq!(run(|_| ()), "NaN 2.000 3.000 2.500 1.500 0.000 2.000 4.000 6.000 8.000 NaN");
        assert_eq!(
            run(|g| g.limit = Some(1)),
            "NaN 2.000 3.000 2.500 NaN 0.000 2.000 NaN NaN 8.000 NaN"
        );
        assert_eq!(
            run(|g| g.max_gap = Some(4.0)),
            "NaN 2.000 3.000 NaN NaN 0.000 2.000 4.000 6.000 8.000 NaN"
        );
        assert_eq!(
            run(|g| g.beyond = Beyond::Extrapolate),
            "1.000 2.000 3.000 2.500 1.500 0.000 2.000 4.000 6.000 8.000 10.000"
        );
        assert_eq!(
            run(|g| g.method = Interpolation::Nearest),
            "NaN 2.000 3.000 3.000 3.000 0.000 0.000 0.000 8.000 8.000 NaN"
        );
        assert_eq!(
            run(|g| g.method = Interpolation::Spline(3)),
            "NaN 2.000 3.000 3.149 1.909 0.000 0.364 1.649 4.110 8.000 NaN"
        );
        assert_eq!(
            run(|g| g.method = Interpolation::Pchip),
            "NaN 2.000 3.000 2.778 1.500 0.000 0.688 2.500 5.062 8.000 NaN"
        );
    }
}
