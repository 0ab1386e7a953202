//! Positions along a dimension, as `isel` takes them.

use std::fmt;
use std::ops::{
    Bound, Range, RangeBounds, RangeFrom, RangeFull, RangeInclusive, RangeTo, RangeToInclusive,
};

use graticule_array::{Error, Pick, Result};

use crate::data_array::DataArray;

/// Positions along one dimension: one, a range, a list, a mask, or an array of positions.
/// Negative positions count from the end.
///
/// ```
/// use graticule_dataset::DataArray;
/// let x = DataArray::new("x", "t", vec![0, 1, 2, 3, 4, 5]);
/// assert_eq!(x.isel("t", -1).item::<i32>()?, 5);
/// assert_eq!(x.isel("t", 1..3).values::<i32>()?, [1, 2]);
/// assert_eq!(x.isel("t", -2..).values::<i32>()?, [4, 5]);
/// assert_eq!(x.isel("t", [5, 0, 0]).values::<i32>()?, [5, 0, 0]);
/// assert_eq!(x.isel("t", graticule_dataset::step(.., -2)).values::<i32>()?, [5, 3, 1]);
/// # Ok::<(), graticule_array::Error>(())
/// ```
#[derive(Clone, Debug)]
pub enum Indexer {
    /// One position; the dimension goes away.
    At(i64),
    /// Positions from `start` up to, not including, `stop`; clipped to the dimension as in Python.
    Range {
        /// The first position; the beginning (or the end if `step` is negative) by default.
        start: Option<i64>,
        /// The position to stop before.
        stop: Option<i64>,
        /// The distance between positions; not zero.
        step: i64,
    },
    /// Any positions, in any order, repeated or not.
    List(Vec<i64>),
    /// The positions where it is true; as long as the dimension.
    Mask(Vec<bool>),
    /// The positions in an array, which has dimensions of its own: they take the place of the
    /// dimension. Arrays for several dimensions are taken together, point by point.
    Along(Box<DataArray>),
}

impl Indexer {
    /// The positions along a dimension of length `len`.
    ///
    /// # Errors
    /// If a position lies outside, or the step is zero.
    pub fn pick(&self, dim: &str, len: usize) -> Result<Pick> {
        let place = |i: i64| {
            let n = i64::try_from(len).unwrap_or(i64::MAX);
            let at = if i < 0 { i.saturating_add(n) } else { i };
            usize::try_from(at).ok().filter(|at| *at < len).ok_or_else(|| {
                Error::invalid(format!(
                    "position {i} is out of range for dimension \"{dim}\" of length {len}"
                ))
            })
        };
        Ok(match self {
            Self::At(i) => Pick::At(place(*i)?),
            Self::List(list) => {
                Pick::List(list.iter().map(|i| place(*i)).collect::<Result<Vec<_>>>()?.into())
            }
            Self::Mask(flags) if flags.len() != len => {
                return Err(Error::mismatch(format!(
                    "a mask of {} truth values for dimension \"{dim}\" of length {len}",
                    flags.len()
                )));
            }
            Self::Mask(flags) => {
                let on = flags.iter().enumerate().filter(|(_, on)| **on).map(|(i, _)| i);
                Pick::List(on.collect())
            }
            Self::Along(array) => {
                return Err(Error::unsupported(format!(
                    "positions over ({}) where those along \"{dim}\" are wanted",
                    array.dims()
                )));
            }
            Self::Range { step: 0, .. } => {
                return Err(Error::invalid(format!(
                    "the step along dimension \"{dim}\" must not be zero"
                )));
            }
            Self::Range { start, stop, step } => slice(*start, *stop, *step, len),
        })
    }
}

/// A slice with Python's rules.
fn slice(start: Option<i64>, stop: Option<i64>, step: i64, len: usize) -> Pick {
    let n = len as i128;
    let (low, high) = if step > 0 { (0, n) } else { (-1, n - 1) };
    let clip = |bound: Option<i64>, default: i128| {
        bound.map_or(default, |b| {
            let b = i128::from(b);
            (if b < 0 { b + n } else { b }).clamp(low, high)
        })
    };
    let (from, to) = if step > 0 {
        (clip(start, 0), clip(stop, n))
    } else {
        (clip(start, n - 1), clip(stop, -1))
    };
    let step = i128::from(step);
    let count =
        if step > 0 { (to - from + step - 1) / step } else { (from - to - step - 1) / -step };
    if count <= 0 {
        return Pick::span(0, 0);
    }
    // A single position may come with a step that no `isize` holds.
    let step = if count == 1 { 1 } else { step as isize };
    Pick::Range { start: from as usize, step, len: count as usize }
}

/// Every `by`-th position of a range; a negative `by` runs backwards from the range's last one.
///
/// ```
/// use graticule_dataset::DataArray;
/// let x = DataArray::new("x", "t", (0..10).collect::<Vec<i32>>());
/// assert_eq!(x.isel("t", graticule_dataset::step(2..9, 3)).values::<i32>()?, [2, 5, 8]);
/// # Ok::<(), graticule_array::Error>(())
/// ```
#[must_use]
pub fn step(range: impl RangeBounds<i64>, by: i64) -> Indexer {
    let start = match range.start_bound() {
        Bound::Included(i) => Some(*i),
        Bound::Excluded(i) => Some(i.saturating_add(1)),
        Bound::Unbounded => None,
    };
    let stop = match range.end_bound() {
        Bound::Included(-1) | Bound::Unbounded => None,
        Bound::Included(i) => Some(i.saturating_add(1)),
        Bound::Excluded(i) => Some(*i),
    };
    if by >= 0 {
        return Indexer::Range { start, stop, step: by };
    }
    // Backwards through the same positions: from the last to the first.
    let last = match stop {
        None => None,
        // Before position 0 there is nothing to start from.
        Some(0) => return Indexer::List(Vec::new()),
        Some(i) => Some(i - 1),
    };
    let before = match start {
        None | Some(0) => None,
        Some(i) => Some(i - 1),
    };
    Indexer::Range { start: last, stop: before, step: by }
}

fn included(end: i64) -> Option<i64> {
    if end == -1 { None } else { Some(end.saturating_add(1)) }
}

macro_rules! positions {
    ($($type:ty)*) => {$(
        impl From<$type> for Indexer {
            fn from(at: $type) -> Self {
                Self::At(wide(at))
            }
        }

        impl From<Range<$type>> for Indexer {
            fn from(r: Range<$type>) -> Self {
                Self::Range { start: Some(wide(r.start)), stop: Some(wide(r.end)), step: 1 }
            }
        }

        impl From<RangeInclusive<$type>> for Indexer {
            fn from(r: RangeInclusive<$type>) -> Self {
                let (start, end) = r.into_inner();
                Self::Range { start: Some(wide(start)), stop: included(wide(end)), step: 1 }
            }
        }

        impl From<RangeFrom<$type>> for Indexer {
            fn from(r: RangeFrom<$type>) -> Self {
                Self::Range { start: Some(wide(r.start)), stop: None, step: 1 }
            }
        }

        impl From<RangeTo<$type>> for Indexer {
            fn from(r: RangeTo<$type>) -> Self {
                Self::Range { start: None, stop: Some(wide(r.end)), step: 1 }
            }
        }

        impl From<RangeToInclusive<$type>> for Indexer {
            fn from(r: RangeToInclusive<$type>) -> Self {
                Self::Range { start: None, stop: included(wide(r.end)), step: 1 }
            }
        }

        impl From<Vec<$type>> for Indexer {
            fn from(list: Vec<$type>) -> Self {
                Self::List(list.into_iter().map(wide).collect())
            }
        }

        impl From<&[$type]> for Indexer {
            fn from(list: &[$type]) -> Self {
                Self::List(list.iter().map(|i| wide(*i)).collect())
            }
        }

        impl<const N: usize> From<[$type; N]> for Indexer {
            fn from(list: [$type; N]) -> Self {
                Self::List(list.into_iter().map(wide).collect())
            }
        }
    )*};
}

positions!(i32 i64 isize u32 u64 usize);

/// A position as `i64`. No dimension is longer than that, so larger ones stay out of range.
fn wide<T: TryInto<i64>>(i: T) -> i64 {
    i.try_into().unwrap_or(i64::MAX)
}

impl From<Vec<bool>> for Indexer {
    fn from(mask: Vec<bool>) -> Self {
        Self::Mask(mask)
    }
}

impl<const N: usize> From<[bool; N]> for Indexer {
    fn from(mask: [bool; N]) -> Self {
        Self::Mask(mask.to_vec())
    }
}

impl From<&DataArray> for Indexer {
    /// Positions, or truth values along the dimension: a mask.
    fn from(array: &DataArray) -> Self {
        Self::Along(Box::new(array.clone()))
    }
}

impl From<DataArray> for Indexer {
    fn from(array: DataArray) -> Self {
        Self::Along(Box::new(array))
    }
}

impl From<RangeFull> for Indexer {
    fn from(_: RangeFull) -> Self {
        Self::Range { start: None, stop: None, step: 1 }
    }
}

/// As it is written in a call.
impl fmt::Display for Indexer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let end = |b: &Option<i64>| b.map(|i| i.to_string()).unwrap_or_default();
        match self {
            Self::At(i) => write!(f, "{i}"),
            Self::Range { start, stop, step: 1 } => write!(f, "{}..{}", end(start), end(stop)),
            Self::Range { start, stop, step } => {
                write!(f, "step({}..{}, {step})", end(start), end(stop))
            }
            Self::List(list) if list.len() > 6 => {
                let head: Vec<_> = list.iter().take(5).map(ToString::to_string).collect();
                write!(f, "[{}, .. {} positions]", head.join(", "), list.len())
            }
            Self::List(list) => write!(f, "{list:?}"),
            Self::Mask(flags) => {
                write!(f, "[{} of {}]", flags.iter().filter(|on| **on).count(), flags.len())
            }
            Self::Along(array) => f.write_str(&super::selector::named(array)),
        }
    }
}
