//! Running sums and products of groups of elements.
#![allow(clippy::indexing_slicing)] // loops over buffers of one length

use std::sync::Arc;

use super::cumulative;
use super::lines::by_line;
use crate::array::Array;
use crate::dtype::DType;
use crate::error::{Error, Result};

/// The sum or product of all elements of its group up to each one.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "wire", derive(serde::Serialize, serde::Deserialize))]
pub struct GroupRuns {
    /// The group of each element; `u32::MAX` for none, whose results are missing (of integers 0).
    pub codes: Arc<[u32]>,
    /// The number of groups.
    pub groups: usize,
    /// Whether elements are multiplied.
    pub product: bool,
    /// Whether missing elements count as 0 (or 1).
    pub skip_missing: bool,
}

impl GroupRuns {
    pub(super) fn result(&self, input: &DType, len: usize) -> Result<(DType, usize)> {
        if self.codes.len() != len {
            let n = self.codes.len();
            return Err(Error::mismatch(format!("{n} groups for lines of {len} elements")));
        }
        if !input.is_real() {
            return Err(Error::unsupported(format!("running sums of groups of {input} elements")));
        }
        Ok((cumulative::result(if self.product { "cumprod" } else { "cumsum" }, input)?, len))
    }

    pub(super) fn apply(&self, input: &Array, axis: usize, to: &DType) -> Result<Array> {
        let n = self.codes.len();
        if to.is_float() {
            let start = if self.product { 1.0 } else { 0.0 };
            let mut states = vec![start; self.groups];
            let made = by_line::<f64, f64>(&input.cast(&DType::F64)?, axis, n, |line, made| {
                states.fill(start);
                for ((x, code), to) in line.iter().zip(&*self.codes).zip(made) {
                    let Some(state) = states.get_mut(*code as usize) else {
                        *to = f64::NAN;
                        continue;
                    };
                    if !(self.skip_missing && x.is_nan()) {
                        *state = if self.product { *state * x } else { *state + x };
                    }
                    *to = *state;
                }
                Ok(())
            })?;
            return made.cast(to);
        }
        let start = i64::from(self.product);
        let mut states = vec![start; self.groups];
        let made = by_line::<i64, i64>(&input.cast(&DType::I64)?, axis, n, |line, made| {
            states.fill(start);
            for ((x, code), to) in line.iter().zip(&*self.codes).zip(made) {
                let Some(state) = states.get_mut(*code as usize) else { continue };
                *state = if self.product { state.wrapping_mul(*x) } else { state.wrapping_add(*x) };
                *to = *state;
            }
            Ok(())
        })?;
        made.cast(to)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::LineOp;

    #[test]
    fn each_group_runs_alone() {
        let op = |product| {
            LineOp::GroupRuns(GroupRuns {
                codes: [0, 1, 0, u32::MAX, 1].into(),
                groups: 2,
                product,
                skip_missing: true,
            })
        };
        let whole = Array::from_vec([5], vec![1i16, 2, 3, 4, 5]).unwrap();
        let sums = op(false).apply(&whole, 0).unwrap().to_flat::<i64>().unwrap();
        assert_eq!(sums, [1, 2, 4, 0, 7]);
        let x = Array::from_vec([5], vec![1.0f32, 2.0, f32::NAN, 4.0, 5.0]).unwrap();
        let made = op(true).apply(&x, 0).unwrap().to_flat::<f32>().unwrap();
        assert_eq!((made[0], made[1], made[2], made[4]), (1.0, 2.0, 1.0, 10.0));
        assert!(made[3].is_nan());
    }
}
