//! Statistics of moving windows.
//!
//! Each statistic is a monoid. Lines are cut in blocks of one window's length at fixed positions;
//! a window is the end of one block and the beginning of the next, whose statistics are carried
//! along from the block's border. So each element costs a constant number of operations, nothing
//! is subtracted, and the bits do not depend on how the line was cut for computing.
#![allow(clippy::indexing_slicing)] // hot loops over buffers of one length

use std::fmt;
use std::ops::Range;

use super::lines::{by_line, sweep};
use super::order::{Method, quantile_of_sorted};
use super::running::Memory;
use crate::array::Array;
use crate::dtype::DType;
use crate::error::{Error, Result};

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
        let input = part.cast(&DType::F64)?;
        let n = out.len();
        let made = match self.stat {
            WindowStat::Count | WindowStat::Sum | WindowStat::Mean => {
                self.fold::<Total>(&input, axis, start, &out)?
            }
            WindowStat::Prod => self.fold::<Product>(&input, axis, start, &out)?,
            WindowStat::Min => self.fold::<Lowest>(&input, axis, start, &out)?,
            WindowStat::Max => self.fold::<Highest>(&input, axis, start, &out)?,
            WindowStat::Var { .. } | WindowStat::Std { .. } => {
                self.fold::<Moments>(&input, axis, start, &out)?
            }
            WindowStat::ArgMin => self.fold::<First<false>>(&input, axis, start, &out)?,
            WindowStat::ArgMax => self.fold::<First<true>>(&input, axis, start, &out)?,
            WindowStat::Quantile { q, method } => {
                let mut sorted = Vec::new();
                by_line::<f64, f64>(&input, axis, n, |line, made| {
                    self.quantiles(line, start, out.clone(), q, method, &mut sorted, made);
                    Ok(())
                })?
            }
        };
        made.cast(&to)
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
        let made = match self.stat {
            WindowStat::Count | WindowStat::Sum | WindowStat::Mean => {
                self.expand::<Total>(&input, axis, at, memory)?
            }
            WindowStat::Prod => self.expand::<Product>(&input, axis, at, memory)?,
            WindowStat::Min => self.expand::<Lowest>(&input, axis, at, memory)?,
            WindowStat::Max => self.expand::<Highest>(&input, axis, at, memory)?,
            WindowStat::Var { .. } | WindowStat::Std { .. } => {
                self.expand::<Moments>(&input, axis, at, memory)?
            }
            WindowStat::ArgMin => self.expand::<First<false>>(&input, axis, at, memory)?,
            WindowStat::ArgMax => self.expand::<First<true>>(&input, axis, at, memory)?,
            WindowStat::Quantile { .. } => return Err(Error::bug("quantiles do not expand")),
        };
        made.cast(&to)
    }

    fn expand<M: Monoid>(
        &self,
        input: &Array,
        axis: usize,
        first: usize,
        memory: &mut Memory,
    ) -> Result<Array> {
        let least = self.least.max(1) as u64;
        sweep(input, axis, M::NONE, memory, |state: &mut M, k, x: f64| {
            let at = first + k;
            *state = state.join(M::of(x, at));
            let origin = at as i64 - self.before as i64;
            if state.count() < least { f64::NAN } else { state.value(self.stat, origin) }
        })
    }

    fn fold<M: Monoid>(
        &self,
        input: &Array,
        axis: usize,
        start: usize,
        out: &Range<usize>,
    ) -> Result<Array> {
        let mut heads: Vec<M> = Vec::new();
        let mut tails: Vec<M> = Vec::new();
        by_line::<f64, f64>(input, axis, out.len(), |line, made| {
            self.fold_line(line, start, out.clone(), &mut heads, &mut tails, made);
            Ok(())
        })
    }

    /// `heads[i]`: from the beginning of the block of element `i` up to it; `tails[i]`: from it
    /// up to the end of its block.
    fn fold_line<M: Monoid>(
        &self,
        line: &[f64],
        start: usize,
        out: Range<usize>,
        heads: &mut Vec<M>,
        tails: &mut Vec<M>,
        made: &mut [f64],
    ) {
        let n = line.len();
        heads.clear();
        tails.clear();
        tails.resize(n, M::NONE);
        let mut state = M::NONE;
        for (i, x) in line.iter().enumerate() {
            if (start + i).is_multiple_of(self.len) {
                state = M::NONE;
            }
            state = state.join(M::of(*x, start + i));
            heads.push(state);
        }
        let mut state = M::NONE;
        for (i, x) in line.iter().enumerate().rev() {
            if (start + i + 1).is_multiple_of(self.len) {
                state = M::NONE;
            }
            state = M::of(*x, start + i).join(state);
            tails[i] = state;
        }
        for (at, to) in out.zip(made) {
            // Within the line as it is here; a window that begins before the line ends in its
            // first block, whose head is all of it.
            let first = at.checked_sub(self.before);
            let last = (at + self.len - self.before - 1).min(start + n - 1);
            let state = match first {
                None => heads[last - start],
                Some(first) if first / self.len == last / self.len => {
                    if first.is_multiple_of(self.len) {
                        heads[last - start]
                    } else {
                        tails[first - start]
                    }
                }
                Some(first) => tails[first - start].join(heads[last - start]),
            };
            let least = self.least.max(1) as u64;
            let origin = at as i64 - self.before as i64;
            *to = if state.count() < least { f64::NAN } else { state.value(self.stat, origin) };
        }
    }

    /// Keeps the window's elements in order while it moves.
    #[allow(clippy::too_many_arguments)] // a line, where it lies, and what is asked
    fn quantiles(
        &self,
        line: &[f64],
        start: usize,
        out: Range<usize>,
        q: f64,
        method: Method,
        sorted: &mut Vec<f64>,
        made: &mut [f64],
    ) {
        sorted.clear();
        let end = start + line.len();
        // Elements `from..to` of the line are in the window.
        let (mut from, mut to) = (start, start);
        for (at, made) in out.zip(made) {
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

/// The statistic of some elements that follow each other.
trait Monoid: Copy + Send + 'static {
    const NONE: Self;
    fn of(x: f64, at: usize) -> Self;
    fn join(self, later: Self) -> Self;
    fn count(self) -> u64;
    /// The result for a window whose first element lies at `origin`.
    fn value(self, stat: WindowStat, origin: i64) -> f64;
}

#[derive(Clone, Copy)]
struct Total {
    count: u64,
    sum: f64,
}

impl Monoid for Total {
    const NONE: Self = Self { count: 0, sum: 0.0 };

    fn of(x: f64, _: usize) -> Self {
        if x.is_nan() { Self::NONE } else { Self { count: 1, sum: x } }
    }

    fn join(self, later: Self) -> Self {
        Self { count: self.count + later.count, sum: self.sum + later.sum }
    }

    fn count(self) -> u64 {
        self.count
    }

    fn value(self, stat: WindowStat, _: i64) -> f64 {
        match stat {
            WindowStat::Count => self.count as f64,
            WindowStat::Mean => self.sum / self.count as f64,
            _ => self.sum,
        }
    }
}

macro_rules! folds {
    ($($name:ident: $unit:expr, $join:expr;)*) => {$(
        #[derive(Clone, Copy)]
        struct $name(u64, f64);

        impl Monoid for $name {
            const NONE: Self = Self(0, $unit);

            fn of(x: f64, _: usize) -> Self {
                if x.is_nan() { Self::NONE } else { Self(1, x) }
            }

            fn join(self, later: Self) -> Self {
                let join: fn(f64, f64) -> f64 = $join;
                Self(self.0 + later.0, join(self.1, later.1))
            }

            fn count(self) -> u64 {
                self.0
            }

            fn value(self, _: WindowStat, _: i64) -> f64 {
                self.1
            }
        }
    )*};
}

folds! {
    Product: 1.0, |a, b| a * b;
    Lowest: f64::INFINITY, |a, b| if b < a { b } else { a };
    Highest: f64::NEG_INFINITY, |a, b| if b > a { b } else { a };
}

/// Count, mean and squared differences from the mean; joined as Chan, Golub and LeVeque (1979).
#[derive(Clone, Copy)]
struct Moments {
    count: u64,
    mean: f64,
    squares: f64,
}

impl Monoid for Moments {
    const NONE: Self = Self { count: 0, mean: 0.0, squares: 0.0 };

    fn of(x: f64, _: usize) -> Self {
        if x.is_nan() { Self::NONE } else { Self { count: 1, mean: x, squares: 0.0 } }
    }

    fn join(self, later: Self) -> Self {
        if self.count == 0 {
            return later;
        }
        if later.count == 0 {
            return self;
        }
        let count = self.count + later.count;
        let (a, b, n) = (self.count as f64, later.count as f64, count as f64);
        let apart = later.mean - self.mean;
        let mean = self.mean + apart * (b / n);
        let squares = self.squares + later.squares + apart * apart * (a * b / n);
        Self { count, mean, squares }
    }

    fn count(self) -> u64 {
        self.count
    }

    fn value(self, stat: WindowStat, _: i64) -> f64 {
        let (ddof, root) = match stat {
            WindowStat::Std { ddof } => (ddof, true),
            WindowStat::Var { ddof } => (ddof, false),
            _ => (0.0, false),
        };
        let over = self.count as f64 - ddof;
        let var = if over > 0.0 { self.squares / over } else { f64::NAN };
        if root { var.sqrt() } else { var }
    }
}

/// The first lowest or highest element, and where it lies.
#[derive(Clone, Copy)]
struct First<const HIGHEST: bool> {
    count: u64,
    value: f64,
    at: usize,
}

impl<const HIGHEST: bool> Monoid for First<HIGHEST> {
    const NONE: Self = Self { count: 0, value: 0.0, at: 0 };

    fn of(x: f64, at: usize) -> Self {
        if x.is_nan() { Self::NONE } else { Self { count: 1, value: x, at } }
    }

    fn join(self, later: Self) -> Self {
        let beats = if HIGHEST { later.value > self.value } else { later.value < self.value };
        let take = later.count > 0 && (self.count == 0 || beats);
        let count = self.count + later.count;
        if take { Self { count, ..later } } else { Self { count, ..self } }
    }

    fn count(self) -> u64 {
        self.count
    }

    fn value(self, _: WindowStat, origin: i64) -> f64 {
        (self.at as i64 - origin) as f64
    }
}

#[cfg(test)]
mod tests;
