//! Evenly spaced numbers.

use graticule_array::{Array, Element, Error, Result};

use crate::data::Data;

/// The longest range that is made: 2 GiB of doubles.
const LONGEST: usize = 1 << 28;

/// `count` numbers from `start` to `stop`, both included, as numpy's `linspace`.
///
/// ```
/// use graticule_dataset::{DataArray, linspace};
/// let x = DataArray::new("x", "x", linspace(0.0, 1.0, 5));
/// assert_eq!(x.values::<f64>()?, [0.0, 0.25, 0.5, 0.75, 1.0]);
/// # Ok::<(), graticule_array::Error>(())
/// ```
pub fn linspace(start: f64, stop: f64, count: usize) -> Data {
    Data::from(spaced(start, stop, count))
}

fn spaced(start: f64, stop: f64, count: usize) -> Result<Array> {
    check(count)?;
    let last = count.saturating_sub(1);
    let step = if last == 0 { 0.0 } else { (stop - start) / last as f64 };
    let value = |i: usize| if i == last && i > 0 { stop } else { i as f64 * step + start };
    Array::from_vec([count], (0..count).map(value).collect())
}

fn check(count: usize) -> Result<()> {
    if count > LONGEST {
        return Err(Error::over_budget(format!("a range of {count} numbers is too long")));
    }
    Ok(())
}

/// The numbers of [`arange`].
pub trait RangeNumber: Element + Copy + private::Sealed {
    /// The numbers from `start` in steps, as many as come before `stop`.
    ///
    /// # Errors
    /// If the step is 0 or not a number, or there would be too many.
    fn range(start: Self, stop: Self, step: Self) -> Result<Array>;
}

mod private {
    pub trait Sealed {}
}

macro_rules! whole {
    ($($type:ty)*) => {$(
        impl private::Sealed for $type {}
        impl RangeNumber for $type {
            fn range(start: Self, stop: Self, step: Self) -> Result<Array> {
                if step == 0 {
                    return Err(Error::invalid("a range with a step of 0"));
                }
                let (from, to, by) = (i128::from(start), i128::from(stop), i128::from(step));
                let span = if by > 0 { to - from } else { from - to };
                let count = (span.max(0) + by.abs() - 1) / by.abs();
                let count = usize::try_from(count).unwrap_or(usize::MAX);
                check(count)?;
                let value = |i: usize| start.wrapping_add((i as $type).wrapping_mul(step));
                Array::from_vec([count], (0..count).map(value).collect::<Vec<$type>>())
            }
        }
    )*};
}

macro_rules! real {
    ($($type:ty)*) => {$(
        impl private::Sealed for $type {}
        impl RangeNumber for $type {
            fn range(start: Self, stop: Self, step: Self) -> Result<Array> {
                let steps = ((f64::from(stop) - f64::from(start)) / f64::from(step)).ceil();
                if step == 0.0 || !steps.is_finite() {
                    return Err(Error::invalid(format!("no range from {start} to {stop} by {step}")));
                }
                // A float becomes the nearest integer that there is.
                let count = steps.max(0.0) as usize;
                check(count)?;
                // Like numpy, which fills in the difference of the first two.
                let by = (start + step) - start;
                let value = |i: usize| start + i as $type * by;
                Array::from_vec([count], (0..count).map(value).collect::<Vec<$type>>())
            }
        }
    )*};
}

whole!(i32 i64);
real!(f32 f64);

/// The numbers from `start` to `stop`, which is excluded, in steps, as numpy's `arange`.
///
/// ```
/// use graticule_dataset::{DataArray, arange};
/// let x = DataArray::new("x", "x", arange(0, 10, 3));
/// assert_eq!(x.values::<i32>()?, [0, 3, 6, 9]);
/// let down = DataArray::new("x", "x", arange(1.0, 0.0, -0.25));
/// assert_eq!(down.values::<f64>()?, [1.0, 0.75, 0.5, 0.25]);
/// assert!(DataArray::new("x", "x", arange(0, 1, 0)).check().is_err());
/// # Ok::<(), graticule_array::Error>(())
/// ```
pub fn arange<T: RangeNumber>(start: T, stop: T, step: T) -> Data {
    Data::from(T::range(start, stop, step))
}
