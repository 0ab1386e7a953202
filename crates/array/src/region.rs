//! Boxes of index space.

use crate::error::{Error, Result};

/// The lengths of the axes of an array.
pub type Shape = Vec<usize>;

/// A box: where it starts and how long it is along each axis. All a backend ever sees.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "wire", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "wire", serde(try_from = "(Vec<usize>, Vec<usize>)"))]
pub struct Region {
    /// The first index along each axis.
    pub start: Vec<usize>,
    /// The number of indices along each axis.
    pub len: Shape,
}

impl Region {
    /// The box that starts at `start` and has the lengths `len`.
    #[must_use]
    pub fn new(start: impl Into<Vec<usize>>, len: impl Into<Shape>) -> Self {
        Self { start: start.into(), len: len.into() }
    }

    /// The box that covers a whole array of this shape.
    #[must_use]
    pub fn whole(shape: &[usize]) -> Self {
        Self { start: vec![0; shape.len()], len: shape.to_vec() }
    }

    /// The number of axes.
    #[must_use]
    pub fn ndim(&self) -> usize {
        self.start.len()
    }

    /// The number of elements; saturates.
    #[must_use]
    pub fn count(&self) -> usize {
        self.len.iter().fold(1, |n, l| n.saturating_mul(*l))
    }

    /// Whether it holds no element.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len.contains(&0)
    }

    /// Start and length along each axis.
    pub fn axes(&self) -> impl Iterator<Item = (usize, usize)> + '_ {
        self.start.iter().copied().zip(self.len.iter().copied())
    }

    /// The part that both boxes share, in the coordinates of both; `None` if they are disjoint
    /// or of different rank.
    #[must_use]
    pub fn intersect(&self, other: &Self) -> Option<Self> {
        if self.ndim() != other.ndim() {
            return None;
        }
        let mut out = Self::new(Vec::with_capacity(self.ndim()), Vec::with_capacity(self.ndim()));
        for ((a, m), (b, n)) in self.axes().zip(other.axes()) {
            let start = a.max(b);
            let stop = a.saturating_add(m).min(b.saturating_add(n));
            if stop <= start {
                return None;
            }
            out.start.push(start);
            out.len.push(stop - start);
        }
        Some(out)
    }

    /// The same box with its origin moved to `origin`, which must not lie beyond its start.
    #[must_use]
    pub fn relative_to(&self, origin: &[usize]) -> Self {
        let start = self.start.iter().zip(origin).map(|(s, o)| s.saturating_sub(*o)).collect();
        Self { start, len: self.len.clone() }
    }

    /// Checks that the box lies within an array of this shape.
    ///
    /// # Errors
    /// If ranks differ or an axis reaches beyond the shape.
    pub fn check_within(&self, shape: &[usize]) -> Result<()> {
        let fits = self.ndim() == shape.len()
            && self.axes().zip(shape).all(|((s, l), n)| s.checked_add(l).is_some_and(|e| e <= *n));
        if fits {
            Ok(())
        } else {
            Err(Error::invalid(format!(
                "the region starting at {:?} of lengths {:?} does not fit into the shape {shape:?}",
                self.start, self.len
            )))
        }
    }
}
