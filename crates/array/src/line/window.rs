//! Statistics of moving windows.
#![allow(clippy::indexing_slicing)] // hot loops over buffers of one length

mod fold;
mod monoid;

use std::fmt;
use std::ops::Range;

use super::lines::{by_line, sweep};
use super::order::{Method, quantile_of_sorted};
use super::running::Memory;
use crate::array::Array;
use crate::dtype::DType;
use crate::error::{Error, Result};
use crate::number::Real;
use monoid::{First, Highest, Lowest, Moments, Monoid, Product, Total};

/// What is computed of each window.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
#[cfg_attr(feature = "wire", derive(serde::Serialize, serde::Deserialize))]
pub enum WindowStat {
    /// The number of elements that are not missing.
    Count,
    /// The sum.
    Sum,
    /// The product.
    Prod,
    /// The arithmetic mean.
    Mean,
    /// The lowest element.
    Min,
    /// The highest element.
    Max,
    /// The variance: squared differences from the mean over the count minus `ddof`.
    Var {
        /// What is taken off the count.
        ddof: f64,
    },
    /// The square root of the variance.
    Std {
        /// What is taken off the count.
        ddof: f64,
    },
    /// The position within the window of the first lowest element.
    ArgMin,
    /// The position within the window of the first highest element.
    ArgMax,
    /// The value below which this part of the elements lies.
    Quantile {
        /// The part, from 0 to 1.
        q: f64,
        /// How it is found between elements.
        method: Method,
    },
}

/// Windows of a fixed number of elements around each element. Elements that are missing or lie
/// beyond the ends of the line do not count.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "wire", derive(serde::Serialize, serde::Deserialize))]
pub struct Window {
    /// The number of elements.
    pub len: usize,
    /// How many of them lie before the element that the window belongs to.
    pub before: usize,
    /// Windows with fewer elements that are there are missing; never less than 1.
    pub least: usize,
    /// What is computed.
    pub stat: WindowStat,
}

impl fmt::Display for Window {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "windows of {}: {:?}", self.len, self.stat)
    }
}

/// Calls a method with the monoid of the window's statistic, and with the function from its
/// numbers and from where the window begins to the statistic.
macro_rules! by_statistic {
    ($window:ident.$run:ident::<[$($type:ty),*]>($($arg:expr),*)) => {{
        let var = |ddof: f64| {
            move |[n, _, squares]: [f64; 3], _: f64| {
                let over = n - ddof;
                if over > 0.0 { squares / over } else { f64::NAN }
            }
        };
        let place = |[_, _, at]: [f64; 3], origin: f64| at - origin;
        let second = |[_, value]: [f64; 2], _: f64| value;
        match $window.stat {
            WindowStat::Count => $window.$run::<2, Total $(, $type)*>($($arg),*, |s, _| s[0]),
            WindowStat::Sum => $window.$run::<2, Total $(, $type)*>($($arg),*, second),
            WindowStat::Mean => {
                $window.$run::<2, Total $(, $type)*>($($arg),*, |s, _| s[1] / s[0])
            }
            WindowStat::Prod => $window.$run::<2, Product $(, $type)*>($($arg),*, second),
            WindowStat::Min => $window.$run::<2, Lowest $(, $type)*>($($arg),*, second),
            WindowStat::Max => $window.$run::<2, Highest $(, $type)*>($($arg),*, second),
            WindowStat::Var { ddof } => {
                $window.$run::<3, Moments $(, $type)*>($($arg),*, var(ddof))
            }
            WindowStat::Std { ddof } => {
                let var = var(ddof);
                let std = move |s: [f64; 3], o: f64| var(s, o).sqrt();
                $window.$run::<3, Moments $(, $type)*>($($arg),*, std)
            }
            WindowStat::ArgMin => $window.$run::<3, First<false> $(, $type)*>($($arg),*, place),
            WindowStat::ArgMax => $window.$run::<3, First<true> $(, $type)*>($($arg),*, place),
            WindowStat::Quantile { .. } => Err(Error::bug("a quantile is no monoid")),
        }
    }};
}

impl Window {
    /// Integers become floats, because windows at the ends may be missing.
    pub(super) fn result(&self, input: &DType) -> Result<DType> {
        if self.len == 0 || self.before >= self.len {
            return Err(Error::invalid(format!(
                "a window of {} elements, {} of them before its own",
                self.len, self.before
            )));
        }
        if !input.is_real() {
            return Err(Error::unsupported(format!("moving windows of {input} elements")));
        }
        Ok(match self.stat {
            WindowStat::Count | WindowStat::ArgMin | WindowStat::ArgMax => DType::F64,
            _ => input.with_missing(),
        })
    }

    pub(super) fn needs(&self, out: Range<usize>, len: usize) -> Range<usize> {
        if out.is_empty() {
            return 0..0;
        }
        let end = out.end.saturating_add(self.len).saturating_sub(self.before + 1);
        out.start.saturating_sub(self.before)..end.min(len)
    }

    /// The elements `out` of the result from a part of each line that begins at `start`.
    pub(super) fn part(
        &self,
        part: &Array,
        axis: usize,
        start: usize,
        out: Range<usize>,
    ) -> Result<Array> {
        let to = self.result(part.dtype())?;
        let lies = Lies { start, out };
        if let WindowStat::Quantile { q, method } = self.stat {
            let mut sorted = Vec::new();
            let input = part.cast(&DType::F64)?;
            let n = lies.out.len();
            let made = by_line::<f64, f64>(&input, axis, n, |line, made| {
                self.quantiles(line, &lies, q, method, &mut sorted, made);
                Ok(())
            })?;
            return made.cast(&to);
        }
        match (part.dtype(), &to) {
            (DType::F32, DType::F32) => self.any::<f32, f32>(part, axis, &lies),
            (DType::F32, _) => self.any::<f32, f64>(part, axis, &lies)?.cast(&to),
            _ => self.any::<f64, f64>(&part.cast(&DType::F64)?, axis, &lies)?.cast(&to),
        }
    }

    fn any<T: Real + Default, U: Real + Default>(
        &self,
        input: &Array,
        axis: usize,
        lies: &Lies,
    ) -> Result<Array> {
        by_statistic!(self.fold::<[T, U]>(input, axis, lies))
    }

    /// Whether the windows of lines of `len` elements are all that lies before each element.
    pub(super) fn expands(&self, len: usize) -> bool {
        let whole = self.before + 1 == self.len && self.len >= len;
        whole && !matches!(self.stat, WindowStat::Quantile { .. })
    }

    /// The next elements of windows that expand, from position `at` of each line on.
    pub(super) fn expanding(
        &self,
        part: &Array,
        axis: usize,
        at: usize,
        memory: &mut Memory,
    ) -> Result<Array> {
        let to = self.result(part.dtype())?;
        let input = part.cast(&DType::F64)?;
        by_statistic!(self.expand::<[]>(&input, axis, at, memory))?.cast(&to)
    }

    fn expand<const P: usize, M: Monoid<P>>(
        &self,
        input: &Array,
        axis: usize,
        first: usize,
        memory: &mut Memory,
        value: impl Fn([f64; P], f64) -> f64,
    ) -> Result<Array> {
        let least = self.least.max(1) as f64;
        sweep(input, axis, M::NONE, memory, |state: &mut [f64; P], k, x: f64| {
            let at = (first + k) as f64;
            *state = M::join(*state, M::of(x, at));
            if state[0] < least { f64::NAN } else { value(*state, at - self.before as f64) }
        })
    }

    /// Keeps the window's elements in order while it moves.
    fn quantiles(
        &self,
        line: &[f64],
        lies: &Lies,
        q: f64,
        method: Method,
        sorted: &mut Vec<f64>,
        made: &mut [f64],
    ) {
        sorted.clear();
        let start = lies.start;
        let end = start + line.len();
        // Elements `from..to` of the line are in the window.
        let (mut from, mut to) = (start, start);
        for (at, made) in lies.out.clone().zip(made) {
            let first = at.saturating_sub(self.before).max(start);
            let behind = (at + self.len - self.before).min(end);
            while to < behind {
                let x = line[to - start];
                if !x.is_nan() {
                    sorted.insert(sorted.partition_point(|v| *v < x), x);
                }
                to += 1;
            }
            while from < first {
                let x = line[from - start];
                if !x.is_nan() {
                    sorted.remove(sorted.partition_point(|v| *v < x));
                }
                from += 1;
            }
            let enough = sorted.len() >= self.least.max(1);
            *made = if enough { quantile_of_sorted(sorted, q, method) } else { f64::NAN };
        }
    }
}

/// Which part of each line there is, and which elements of the result are wanted.
struct Lies {
    /// Where the part begins.
    start: usize,
    out: Range<usize>,
}

#[cfg(test)]
mod tests;
