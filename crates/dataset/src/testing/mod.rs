//! Help for tests: comparisons whose errors list every difference, and (with proptest) random
//! datasets, coordinates, calendars and chunkings.

mod strategies;

use graticule_array::{Error, Result};

use crate::compare::{DifferenceKind, Differences};
use crate::data_array::DataArray;
use crate::dataset::Dataset;
use crate::variable::Variable;

pub use strategies::{
    arrays, calendars, chunkings, datasets, datasets_over, labels, shuffled_labels, time_labels,
};

/// What [`assert_equal`] and its like compare.
pub trait Compared {
    #[doc(hidden)]
    fn listed(&self, other: &Self, close: Option<(f64, f64)>) -> Result<Differences>;
}

macro_rules! compared {
    ($($noun:ty)*) => {$(
        impl Compared for $noun {
            fn listed(&self, other: &Self, close: Option<(f64, f64)>) -> Result<Differences> {
                match close {
                    None => self.differences(other),
                    Some((rel, abs)) => self.differences_beyond(other, rel, abs),
                }
            }
        }
    )*};
}

compared!(Dataset DataArray);

impl Compared for Variable {
    fn listed(&self, other: &Self, close: Option<(f64, f64)>) -> Result<Differences> {
        let array = |v: &Self| DataArray::from_variable("", v.clone());
        array(self).listed(&array(other), close)
    }
}

/// What does not count for equality.
const LOOSE: &[DifferenceKind] = &[
    DifferenceKind::Name,
    DifferenceKind::Attribute,
    DifferenceKind::Index,
    DifferenceKind::DType,
    DifferenceKind::Chunks,
];

/// Checks that both have the same dimensions, coordinates and values.
///
/// ```
/// use graticule_dataset::{DataArray, testing::assert_equal};
/// let a = DataArray::new("v", "x", vec![1.0, 2.0]);
/// assert_equal(&a, &a.clone().with_attr("units", "K"))?;
/// let e = assert_equal(&a, &(&a + 1.0)).unwrap_err();
/// assert!(e.to_string().contains("2 of 2 values differ, by at most 1.0; first at [x: 0]"));
/// # Ok::<(), graticule_array::Error>(())
/// ```
///
/// # Errors
/// An error that lists every difference, in at most 40 lines; a carried fault, or if data cannot
/// be read.
pub fn assert_equal<T: Compared>(left: &T, right: &T) -> Result<()> {
    left.listed(right, None)?.without(LOOSE).refuse()
}

/// Checks that both are equal and have the same names, attributes and kinds of indexes.
///
/// # Errors
/// As [`assert_equal`].
pub fn assert_identical<T: Compared>(left: &T, right: &T) -> Result<()> {
    left.listed(right, None)?.without(&[DifferenceKind::DType]).refuse()
}

/// Checks that all values differ by no more than `abs + rel * |right|`.
///
/// # Errors
/// As [`assert_equal`].
pub fn assert_allclose<T: Compared>(left: &T, right: &T, rel: f64, abs: f64) -> Result<()> {
    left.listed(right, Some((rel, abs)))?.without(LOOSE).refuse()
}

/// Checks that the data variables of both are cut into the same chunks.
///
/// # Errors
/// Naming the first variable whose chunks differ, or that one of them lacks.
pub fn assert_chunks_equal(left: &Dataset, right: &Dataset) -> Result<()> {
    for (name, var) in left.data_vars() {
        let Some(other) = right.variable(name) else {
            return Err(Error::not_found(format!("\"{name}\" is only on the left")));
        };
        if var.data().grid() != other.data().grid() {
            return Err(Error::mismatch(format!(
                "the chunks are {:?} and {:?}",
                var.data().grid(),
                other.data().grid()
            ))
            .in_variable(name.as_str()));
        }
    }
    Ok(())
}
