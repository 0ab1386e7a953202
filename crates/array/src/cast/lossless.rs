//! Elements as a Rust type, if that loses nothing.

use num_complex::Complex64;

use crate::array::Array;
use crate::dtype::DType;
use crate::element::Element;
use crate::error::{Error, Result};

impl Array {
    /// The elements in row-major order as `T`, converted if every one of them has exactly the
    /// same value there. NaN stays NaN; times and durations are given as `i64` ticks.
    ///
    /// ```
    /// use graticule_array::Array;
    /// let a = Array::from_vec(vec![2], vec![1i16, -2])?;
    /// assert_eq!(a.to_vec::<f64>()?, [1.0, -2.0]);
    /// assert!(a.to_vec::<u8>().is_err());
    /// # Ok::<(), graticule_array::Error>(())
    /// ```
    ///
    /// # Errors
    /// If a value has no equal in `T`, naming the first one.
    pub fn to_vec<T: Element>(&self) -> Result<Vec<T>> {
        if let Ok(same) = self.to_flat::<T>() {
            return Ok(same);
        }
        let (from, to) = (self.dtype(), T::dtype());
        let number = |d: &DType| d.is_real() || d.is_complex();
        if !number(from) || !number(&to) {
            if from.is_text() && to == DType::Str {
                return self.cast(&to)?.into_flat();
            }
            return Err(Error::mismatch(format!("{from} elements cannot be taken as {to}")));
        }
        let out = self.cast(&to)?;
        let back = out.cast(from)?;
        if let Some(at) = first_difference(self, &back, &out)? {
            let value = self.flat(at..at + 1)?.item()?;
            return Err(Error::invalid(format!("{value:?} has no equal in {to}"))
                .hint(format!("cast to {to} first to accept the loss")));
        }
        out.into_flat()
    }
}

/// The first element that the way there and back changes, or whose value differs on either side
/// (a wrapped sign comes back as it was).
fn first_difference(a: &Array, back: &Array, out: &Array) -> Result<Option<usize>> {
    let wide = |array: &Array| array.cast(&DType::C128)?.into_flat::<Complex64>();
    let (x, y, z) = (wide(a)?, wide(back)?, wide(out)?);
    let same = |a: f64, b: f64| a == b || (a.is_nan() && b.is_nan());
    let equal = |a: &Complex64, b: &Complex64| same(a.re, b.re) && same(a.im, b.im);
    let rounds = !out.dtype().is_integer();
    let exact = match a.dtype() {
        DType::I64 => words::<i64>(a, back, |v| rounds && v == i64::MAX)?,
        DType::U64 => words::<u64>(a, back, |v| rounds && v == u64::MAX)?,
        _ => Vec::new(),
    };
    let whole = exact.into_iter().chain(std::iter::repeat(true));
    let mut all = x.iter().zip(&y).zip(&z).zip(whole);
    Ok(all.position(|(((x, y), z), whole)| !(whole && equal(x, y) && equal(x, z))))
}

/// Integers of 64 bits compared as such, because `f64` cannot tell them apart. The largest one
/// comes back from its float only because the way back saturates.
fn words<T: Element + Copy + PartialEq>(
    a: &Array,
    back: &Array,
    saturates: impl Fn(T) -> bool,
) -> Result<Vec<bool>> {
    let (a, b) = (a.to_flat::<T>()?, back.to_flat::<T>()?);
    Ok(a.iter().zip(&b).map(|(a, b)| a == b && !saturates(*a)).collect())
}
