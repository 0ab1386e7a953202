//! What a reduction remembers of the elements it has seen.

use std::ops::Range;

use crate::array::Array;
use crate::cast::flat;
use crate::dtype::DType;
use crate::element::Element;
use crate::error::{Error, Result};

/// Arrays with one entry per cell; what they mean is the reduction's business.
#[derive(Clone, Debug)]
pub struct State {
    parts: Vec<Array>,
    /// No cell has seen more elements than this; keeps 32-bit counts from overflowing.
    seen: u64,
}

impl State {
    /// A state of these parts, each with one entry per cell.
    #[must_use]
    pub fn new(parts: Vec<Array>) -> Self {
        Self { parts, seen: 0 }
    }

    /// The state with these numbers in all cells of its parts; `None` if it has other parts than
    /// `f64` and counts of 32 bits.
    pub(super) fn again(mut self, units: &[f64]) -> Option<Self> {
        let narrow = |p: &Array| matches!(p.dtype(), DType::F64 | DType::U32);
        if self.parts.len() != units.len() || !self.parts.iter().all(narrow) {
            return None;
        }
        for (part, unit) in self.parts.iter_mut().zip(units) {
            match part.dtype() {
                DType::F64 => part.as_slice_mut::<f64>().ok()?.fill(*unit),
                _ => part.as_slice_mut::<u32>().ok()?.fill(0),
            }
        }
        self.seen = 0;
        Some(self)
    }

    /// The parts, and the most elements that a cell has seen.
    #[cfg(feature = "wire")]
    pub(crate) fn as_parts(&self) -> (&[Array], u64) {
        (&self.parts, self.seen)
    }

    /// The state of what [`as_parts`](Self::as_parts) gave.
    #[cfg(feature = "wire")]
    pub(crate) fn from_parts(parts: Vec<Array>, seen: u64) -> Self {
        Self { parts, seen }
    }

    /// Whether this state has the parts and cells of another one of the same reduction, whatever
    /// it has seen. Counts may be wider in one than in the other.
    #[must_use]
    pub fn is_like(&self, other: &Self) -> bool {
        let count = |p: &Array| matches!(p.dtype(), DType::U32 | DType::U64);
        let alike = |a: &Array, b: &Array| {
            a.shape() == b.shape() && (a.dtype() == b.dtype() || (count(a) && count(b)))
        };
        let mut pairs = self.parts.iter().zip(&other.parts);
        self.parts.len() == other.parts.len() && pairs.all(|(a, b)| alike(a, b))
    }

    /// The number of cells.
    #[must_use]
    pub fn cells(&self) -> usize {
        self.parts.first().map_or(0, Array::len)
    }

    /// Bytes of memory that the state takes.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.parts.iter().map(Array::bytes).sum()
    }

    /// One part, to change it.
    ///
    /// # Errors
    /// If there is no such part of that type.
    pub fn part<T: Element>(&mut self, part: usize) -> Result<&mut [T]> {
        self.parts.get_mut(part).ok_or_else(missing_part)?.as_slice_mut::<T>()
    }

    /// The parts `first` and `first + 1`, to change them.
    ///
    /// # Errors
    /// If there are no such parts of these types.
    pub fn pair<T: Element, U: Element>(&mut self, first: usize) -> Result<(&mut [T], &mut [U])> {
        match self.parts.get_mut(first..) {
            Some([a, b, ..]) => Ok((a.as_slice_mut::<T>()?, b.as_slice_mut::<U>()?)),
            _ => Err(missing_part()),
        }
    }

    /// Three parts of one type at once.
    pub(super) fn triple<T: Element>(
        &mut self,
        first: usize,
    ) -> Result<(&mut [T], &mut [T], &mut [T])> {
        match self.parts.get_mut(first..) {
            Some([a, b, c, ..]) => Ok((a.as_slice_mut()?, b.as_slice_mut()?, c.as_slice_mut()?)),
            _ => Err(missing_part()),
        }
    }

    /// Takes a part away.
    ///
    /// # Errors
    /// If there is no such part.
    pub fn take(&mut self, part: usize) -> Result<Array> {
        self.parts.get_mut(part).map(std::mem::take).ok_or_else(missing_part)
    }

    pub(super) fn dtype(&self, part: usize) -> Result<DType> {
        self.parts.get(part).map(|p| p.dtype().clone()).ok_or_else(missing_part)
    }

    pub(super) fn has(&self, part: usize) -> bool {
        self.parts.len() > part
    }

    /// Cells `range` of one part of a state that is being merged.
    ///
    /// # Errors
    /// If there is no such part of that type, or it has no such cells.
    pub fn read<T: Element>(&self, part: usize, range: Range<usize>) -> Result<&[T]> {
        self.parts
            .get(part)
            .ok_or_else(missing_part)?
            .as_slice::<T>()
            .and_then(|s| s.get(range))
            .ok_or_else(|| Error::bug("the merged cells of a reduction do not exist"))
    }

    /// Checks the places of a merge.
    pub(super) fn check_merge(&self, at: usize, from: &Self, range: &Range<usize>) -> Result<()> {
        let n = range.end.saturating_sub(range.start);
        let fits = range.end <= from.cells()
            && at.checked_add(n).is_some_and(|end| end <= self.cells())
            && self.parts.len() == from.parts.len();
        if fits {
            return Ok(());
        }
        Err(Error::bug(format!(
            "cells {range:?} of a state of {} do not merge at {at} of {}",
            from.cells(),
            self.cells()
        )))
    }

    /// Merges cells `range` of a part of `from` into the cells that begin at `at`, one by one;
    /// `join` takes the earlier value first.
    ///
    /// # Errors
    /// If there is no such part of that type, or it has no such cells.
    pub fn join<T: Element>(
        &mut self,
        part: usize,
        at: usize,
        from: &Self,
        range: Range<usize>,
        join: impl Fn(&T, &T) -> T,
    ) -> Result<()> {
        let from = from.read::<T>(part, range)?;
        let into = self.part::<T>(part)?.get_mut(at..at + from.len());
        for (into, from) in into.unwrap_or_default().iter_mut().zip(from) {
            *into = join(into, from);
        }
        Ok(())
    }
}

fn add_counts(sums: &mut [u64], new: &[u32]) {
    for (sum, new) in sums.iter_mut().zip(new) {
        *sum = sum.saturating_add(u64::from(*new));
    }
}

fn missing_part() -> Error {
    Error::bug("a reduction's state lacks a part")
}

/// Counts are 32 bits wide, because the traffic of the state is what a mean over time costs; they
/// widen to 64 bits when a cell may have seen that many elements.
impl State {
    /// Runs `count` on the counts in `part`, of which none grows by more than `most`.
    pub(super) fn count(
        &mut self,
        part: usize,
        most: u64,
        count: impl FnOnce(&mut [u32]),
    ) -> Result<()> {
        self.expect(part, most)?;
        let counts = self.parts.get_mut(part).ok_or_else(missing_part)?;
        if *counts.dtype() == DType::U32 {
            count(counts.as_slice_mut::<u32>()?);
            return Ok(());
        }
        let mut new = vec![0u32; counts.len()];
        count(&mut new);
        add_counts(counts.as_slice_mut::<u64>()?, &new);
        Ok(())
    }

    /// As [`count`](Self::count) for the first part, with the three parts of numbers behind it.
    pub(super) fn count_beside(
        &mut self,
        most: u64,
        count: impl FnOnce(&mut [u32], &mut [f64], &mut [f64], &mut [f64]),
    ) -> Result<()> {
        self.expect(0, most)?;
        let [counts, a, b, c] = self.parts.as_mut_slice() else { return Err(missing_part()) };
        let (a, b, c) = (a.as_slice_mut()?, b.as_slice_mut()?, c.as_slice_mut()?);
        if *counts.dtype() == DType::U32 {
            count(counts.as_slice_mut::<u32>()?, a, b, c);
            return Ok(());
        }
        let mut new = vec![0u32; counts.len()];
        count(&mut new, a, b, c);
        add_counts(counts.as_slice_mut::<u64>()?, &new);
        Ok(())
    }

    /// Makes room for `most` more elements in every cell; whether the counts are 32 bits wide.
    pub(super) fn narrow(&mut self, part: usize, most: u64) -> Result<bool> {
        self.expect(part, most)?;
        Ok(self.dtype(part)? == DType::U32)
    }

    /// Makes room for `most` more elements in every cell.
    fn expect(&mut self, part: usize, most: u64) -> Result<()> {
        let limit = u64::from(u32::MAX);
        let counts = self.parts.get_mut(part).ok_or_else(missing_part)?;
        if self.seen.saturating_add(most) > limit && *counts.dtype() == DType::U32 {
            self.seen = flat::<u32>(counts)?.iter().copied().max().map_or(0, u64::from);
            if self.seen.saturating_add(most) > limit {
                *counts = counts.cast(&DType::U64)?;
            }
        }
        self.seen = self.seen.saturating_add(most);
        Ok(())
    }

    /// Merges counts of either width.
    pub(super) fn join_counts(
        &mut self,
        part: usize,
        at: usize,
        from: &Self,
        range: Range<usize>,
    ) -> Result<()> {
        self.expect(part, from.seen)?;
        let wide = |s: &Self| s.parts.get(part).is_some_and(|p| *p.dtype() == DType::U64);
        match (wide(self), wide(from)) {
            (false, false) => self.join::<u32>(part, at, from, range, |a, b| a.wrapping_add(*b)),
            (true, true) => self.join::<u64>(part, at, from, range, |a, b| a.saturating_add(*b)),
            (true, false) => {
                let from = from.read::<u32>(part, range)?.to_vec();
                let into = self.part::<u64>(part)?.get_mut(at..at + from.len());
                for (into, from) in into.unwrap_or_default().iter_mut().zip(from) {
                    *into = into.saturating_add(u64::from(from));
                }
                Ok(())
            }
            // Wide counts have been seen, so that room for them was made.
            (false, true) => {
                let from = from.read::<u64>(part, range)?.to_vec();
                let into = self.part::<u32>(part)?.get_mut(at..at + from.len());
                for (into, from) in into.unwrap_or_default().iter_mut().zip(from) {
                    *into = into.wrapping_add(from as u32);
                }
                Ok(())
            }
        }
    }

    /// The counts as numbers of 64 bits.
    pub(super) fn counts(&self, part: usize) -> Result<Vec<u64>> {
        self.parts.get(part).ok_or_else(missing_part)?.cast(&DType::U64)?.into_flat()
    }
}

impl State {
    /// Cells `range` of one part, as an array that shares the storage.
    pub(super) fn array(&self, part: usize, range: Range<usize>) -> Result<Array> {
        self.parts.get(part).ok_or_else(missing_part)?.flat(range)
    }

    pub(super) fn counts_of(&self, part: usize, range: Range<usize>) -> Result<Vec<u64>> {
        self.array(part, range)?.cast(&DType::U64)?.into_flat()
    }
}
