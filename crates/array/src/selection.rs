//! Selections along every axis, which compose before anything is read.

use std::sync::Arc;

use crate::error::{Error, Result};
use crate::region::{Region, Shape};

/// What is taken along one axis.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "wire", derive(serde::Serialize, serde::Deserialize))]
pub enum Pick {
    /// One index; the axis goes away.
    At(usize),
    /// `len` indices from `start` in steps of `step`, which is not zero.
    Range {
        /// The first index.
        start: usize,
        /// The distance between indices; negative runs backwards.
        step: isize,
        /// The number of indices.
        len: usize,
    },
    /// Any indices, in any order, repeated or not.
    List(Arc<[usize]>),
}

impl Pick {
    /// All of an axis of length `n`.
    #[must_use]
    pub fn all(n: usize) -> Self {
        Self::Range { start: 0, step: 1, len: n }
    }

    /// The contiguous indices `start .. start + len`.
    #[must_use]
    pub fn span(start: usize, len: usize) -> Self {
        Self::Range { start, step: 1, len }
    }

    /// How many indices are picked.
    #[must_use]
    pub fn len(&self) -> usize {
        match self {
            Self::At(_) => 1,
            Self::Range { len, .. } => *len,
            Self::List(list) => list.len(),
        }
    }

    /// Whether nothing is picked.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The `k`-th picked index.
    #[must_use]
    pub fn get(&self, k: usize) -> Option<usize> {
        match self {
            Self::At(i) => (k == 0).then_some(*i),
            Self::Range { start, step, len } => {
                (k < *len).then(|| start.wrapping_add_signed((k as isize).wrapping_mul(*step)))
            }
            Self::List(list) => list.get(k).copied(),
        }
    }

    /// The lowest and highest index picked; `None` if nothing is.
    #[must_use]
    pub fn bounds(&self) -> Option<(usize, usize)> {
        match self {
            Self::List(list) => Some((*list.iter().min()?, *list.iter().max()?)),
            other => {
                let (a, b) = (other.get(0)?, other.get(other.len().checked_sub(1)?)?);
                Some((a.min(b), a.max(b)))
            }
        }
    }

    /// This pick followed by another one on its result.
    ///
    /// # Errors
    /// If the outer pick reaches beyond this one.
    pub fn then(&self, outer: &Self) -> Result<Self> {
        let at = |k: usize| {
            self.get(k).ok_or_else(|| {
                Error::invalid(format!("index {k} is out of range for {} elements", self.len()))
            })
        };
        Ok(match (self, outer) {
            (_, Self::At(k)) => Self::At(at(*k)?),
            (_, Self::Range { len: 0, .. }) => Self::span(0, 0),
            (Self::Range { step, .. }, Self::Range { start, step: by, len }) => {
                at(start.wrapping_add_signed((*len as isize - 1).wrapping_mul(*by)))?;
                Self::Range { start: at(*start)?, step: step.wrapping_mul(*by), len: *len }
            }
            (_, other) => {
                let picked = (0..other.len()).filter_map(|k| other.get(k)).map(at);
                Self::List(picked.collect::<Result<Vec<_>>>()?.into())
            }
        })
    }
}

/// One [`Pick`] per axis.
///
/// ```
/// use graticule_array::{Pick, Selection};
/// let every_second = Selection::new([Pick::Range { start: 0, step: 2, len: 5 }]);
/// let backwards = Selection::new([Pick::Range { start: 4, step: -1, len: 3 }]);
/// let both = every_second.then(&backwards)?;
/// assert_eq!(both.picks(), [Pick::Range { start: 8, step: -2, len: 3 }]);
/// # Ok::<(), graticule_array::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "wire", derive(serde::Serialize, serde::Deserialize))]
pub struct Selection {
    picks: Vec<Pick>,
}

impl Selection {
    /// One pick per axis, in the order of the axes.
    #[must_use]
    pub fn new(picks: impl Into<Vec<Pick>>) -> Self {
        Self { picks: picks.into() }
    }

    /// All of an array of this shape.
    #[must_use]
    pub fn all(shape: &[usize]) -> Self {
        Self::new(shape.iter().map(|n| Pick::all(*n)).collect::<Vec<_>>())
    }

    /// The elements of a box.
    #[must_use]
    pub fn from_region(region: &Region) -> Self {
        Self::new(region.axes().map(|(s, l)| Pick::span(s, l)).collect::<Vec<_>>())
    }

    /// The picks in the order of the axes.
    #[must_use]
    pub fn picks(&self) -> &[Pick] {
        &self.picks
    }

    /// The same selection with another pick along one axis.
    #[must_use]
    pub fn with(mut self, axis: usize, pick: Pick) -> Self {
        if let Some(p) = self.picks.get_mut(axis) {
            *p = pick;
        }
        self
    }

    /// The shape of the result: axes picked at one index are gone.
    #[must_use]
    pub fn shape(&self) -> Shape {
        self.picks.iter().filter(|p| !matches!(p, Pick::At(_))).map(Pick::len).collect()
    }

    /// Whether it takes all of an array of this shape, unchanged.
    #[must_use]
    pub fn is_all(&self, shape: &[usize]) -> bool {
        self.picks.len() == shape.len()
            && self.picks.iter().zip(shape).all(|(p, n)| *p == Pick::all(*n))
    }

    /// Checks that it fits an array of this shape.
    ///
    /// # Errors
    /// If the number of axes differs or a pick lies outside.
    pub fn check(&self, shape: &[usize]) -> Result<()> {
        if self.picks.len() != shape.len() {
            return Err(Error::mismatch(format!(
                "a selection over {} axes does not fit an array of {}",
                self.picks.len(),
                shape.len()
            )));
        }
        for (axis, (pick, n)) in self.picks.iter().zip(shape).enumerate() {
            if matches!(pick, Pick::Range { step: 0, .. }) {
                return Err(Error::invalid("the step of a selection must not be zero"));
            }
            let inside = match pick {
                Pick::Range { start, step, len } => {
                    *len == 0 || {
                        let last = (*len as i128 - 1) * (*step as i128) + *start as i128;
                        *start < *n && (0..*n as i128).contains(&last)
                    }
                }
                other => other.bounds().is_none_or(|(_, hi)| hi < *n),
            };
            if !inside {
                return Err(Error::invalid(format!(
                    "the selection along axis {axis} reaches beyond its length {n}"
                )));
            }
        }
        Ok(())
    }

    /// This selection followed by another one on its result. Reads nothing.
    ///
    /// # Errors
    /// If the outer selection does not fit this one's result.
    pub fn then(&self, outer: &Self) -> Result<Self> {
        outer.check(&self.shape())?;
        let mut rest = outer.picks.iter();
        let picks = self.picks.iter().map(|p| match p {
            Pick::At(_) => Ok(p.clone()),
            _ => p.then(rest.next().ok_or_else(|| Error::bug("a selection lost an axis"))?),
        });
        Ok(Self { picks: picks.collect::<Result<_>>()? })
    }

    /// The smallest box that holds everything picked, and the selection within that box.
    /// An empty selection gives an empty box.
    #[must_use]
    pub fn cover(&self) -> (Region, Self) {
        let mut region = Region::new([], []);
        let mut rest = Vec::with_capacity(self.picks.len());
        for pick in &self.picks {
            let (lo, len) = pick.bounds().map_or((0, 0), |(lo, hi)| (lo, hi - lo + 1));
            region.start.push(lo);
            region.len.push(len);
            rest.push(match pick {
                Pick::At(i) => Pick::At(i - lo),
                Pick::Range { len: 0, .. } => Pick::span(0, 0),
                Pick::Range { start, step, len } => {
                    Pick::Range { start: start - lo, step: *step, len: *len }
                }
                Pick::List(list) => Pick::List(list.iter().map(|i| i - lo).collect()),
            });
        }
        (region, Self { picks: rest })
    }

    /// The part of this selection that makes the box `region` of its result.
    ///
    /// # Errors
    /// If the region does not lie within the result.
    pub fn restrict(&self, region: &Region) -> Result<Self> {
        region.check_within(&self.shape())?;
        self.then(&Self::from_region(region))
    }
}
