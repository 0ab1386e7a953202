//! Operations whose elements follow from all those before them, part by part.

use std::any::Any;

use super::{LineOp, carry, cumulative, lines};
use crate::array::Array;
use crate::dtype::DType;
use crate::error::{Error, Result};
use crate::region::Region;

/// What a kernel remembers of each line; of a type of its own.
pub(super) type Memory = Option<Box<dyn Any + Send>>;

/// An operation along lines that come part by part, in order.
///
/// ```
/// use graticule_array::{Array, LineOp};
/// let sums = LineOp::CumSum { skip_missing: true };
/// let mut running = sums.running(0, 4).unwrap();
/// let first = running.advance(&Array::from_vec([2], vec![1.0, 2.0])?)?;
/// let then = running.advance(&Array::from_vec([2], vec![3.0, 4.0])?)?;
/// assert_eq!((first.to_flat::<f64>()?, then.to_flat::<f64>()?), (vec![1.0, 3.0], vec![6.0, 10.0]));
/// # Ok::<(), graticule_array::Error>(())
/// ```
#[derive(Debug)]
pub struct Running {
    op: LineOp,
    axis: usize,
    len: usize,
    /// Elements of each line that have passed.
    at: usize,
    memory: Memory,
}

impl LineOp {
    /// The operation on lines of `len` elements along `axis` that are given part by part, if it
    /// needs nothing but what it remembers of those before: sums, products, windows that begin
    /// with the line, and the last element that was there.
    #[must_use]
    pub fn running(&self, axis: usize, len: usize) -> Option<Running> {
        let runs = match self {
            Self::CumSum { .. } | Self::CumProd { .. } => true,
            Self::Carry { backwards, limit } => !backwards && limit.is_none(),
            Self::Window(window) => window.expands(len),
            _ => false,
        };
        runs.then(|| Running { op: self.clone(), axis, len, at: 0, memory: None })
    }
}

impl Running {
    /// Bytes that [`advance`](Self::advance) takes at most beside a part of so many elements and
    /// its result. `packed`: whether the part lies in one piece of memory, in row-major order.
    #[must_use]
    pub fn scratch(&self, input: &DType, cells: usize, packed: bool) -> usize {
        match self.op {
            LineOp::CumSum { .. } | LineOp::CumProd { .. } => {
                self.op.scratch(input, cells, cells, packed)
            }
            _ => cells.saturating_mul(16),
        }
    }

    /// The elements of the result that belong to the next elements of each line.
    ///
    /// # Errors
    /// As [`LineOp::apply`], and if the lines are not as many as before.
    pub fn advance(&mut self, part: &Array) -> Result<Array> {
        let n = lines::length(part, self.axis)?;
        let (axis, memory) = (self.axis, &mut self.memory);
        let (to, _) = self.op.result(part.dtype(), self.len)?;
        let made = match &self.op {
            LineOp::CumSum { skip_missing } => {
                cumulative::sums(part, axis, &to, *skip_missing, memory)?
            }
            LineOp::CumProd { skip_missing } => {
                cumulative::products(part, axis, &to, *skip_missing, memory)?
            }
            LineOp::Carry { .. } => carried(part, axis, memory)?,
            LineOp::Window(window) => window.expanding(part, axis, self.at, memory)?,
            other => return Err(Error::bug(format!("{other} does not run"))),
        };
        self.at += n;
        Ok(made)
    }
}

/// The last elements made stand before the next part.
fn carried(part: &Array, axis: usize, memory: &mut Memory) -> Result<Array> {
    let before = memory.take().and_then(|m| m.downcast::<Array>().ok());
    let made = match &before {
        None => carry::carried(part, axis, false, None)?,
        Some(last) => {
            let longer = Array::concat(&[(**last).clone(), part.clone()], axis)?;
            piece(&carry::carried(&longer, axis, false, None)?, axis, 1, usize::MAX)?
        }
    };
    let n = lines::length(&made, axis)?;
    *memory = match (n, before) {
        (0, before) => before.map(|b| b as Box<dyn Any + Send>),
        // A copy: a view would keep the whole part.
        _ => Some(Box::new(Array::concat(&[piece(&made, axis, n - 1, 1)?], axis)?)),
    };
    Ok(made)
}

/// At most `len` elements from `start` on along an axis.
fn piece(array: &Array, axis: usize, start: usize, len: usize) -> Result<Array> {
    let mut region = Region::whole(array.shape());
    if let (Some(s), Some(l)) = (region.start.get_mut(axis), region.len.get_mut(axis)) {
        *s = start.min(*l);
        *l = len.min(*l - *s);
    }
    array.region(&region)
}

#[cfg(test)]
mod tests {
    use super::super::{Window, WindowStat};
    use super::*;

    /// Numbers with gaps.
    fn numbers(shape: &[usize]) -> Array {
        let n: usize = shape.iter().product();
        let value = |i: usize| match i * 7919 % 11 {
            0 => f64::NAN,
            r => (r as f64 - 5.0) * 1.1 + i as f64 * 1e-3,
        };
        Array::from_vec(shape.to_vec(), (0..n).map(value).collect()).unwrap()
    }

    #[test]
    fn parts_give_the_same_bits_as_whole_lines() {
        let window = |stat| LineOp::Window(Window { len: 13, before: 12, least: 2, stat });
        let ops = [
            LineOp::CumSum { skip_missing: true },
            LineOp::CumSum { skip_missing: false },
            LineOp::CumProd { skip_missing: true },
            LineOp::Carry { backwards: false, limit: None },
            window(WindowStat::Mean),
            window(WindowStat::Max),
            window(WindowStat::Std { ddof: 1.0 }),
            window(WindowStat::ArgMin),
        ];
        let kinds = [DType::F32, DType::F64, DType::F16, DType::C64, DType::I16, DType::U32];
        for (op, dtype) in ops.iter().flat_map(|op| kinds.iter().map(move |d| (op, d))) {
            if op.result(dtype, 13).is_err() {
                continue;
            }
            for axis in 0..3 {
                let mut shape = vec![2, 3, 4];
                shape[axis] = 13;
                let x = numbers(&shape).cast(dtype).unwrap();
                let whole = op.apply(&x, axis).unwrap();
                for cuts in [vec![0, 13], vec![0, 1, 2, 7, 13], vec![0, 5, 5, 12, 13]] {
                    let mut running = op.running(axis, 13).unwrap();
                    let parts: Vec<Array> = cuts
                        .windows(2)
                        .map(|w| running.advance(&piece(&x, axis, w[0], w[1] - w[0]).unwrap()))
                        .collect::<Result<_>>()
                        .unwrap();
                    let made = Array::concat(&parts, axis).unwrap();
                    assert_eq!(made.dtype(), whole.dtype());
                    assert_eq!(made.to_packed(), whole.to_packed(), "{op} of {dtype} {cuts:?}");
                }
            }
        }
    }

    #[test]
    fn what_looks_ahead_does_not_run() {
        let window =
            |len, before| LineOp::Window(Window { len, before, least: 1, stat: WindowStat::Sum });
        assert!(window(5, 4).running(0, 6).is_none());
        assert!(window(6, 4).running(0, 5).is_none());
        assert!(window(6, 5).running(0, 5).is_some());
        assert!(LineOp::Carry { backwards: true, limit: None }.running(0, 5).is_none());
    }
}
