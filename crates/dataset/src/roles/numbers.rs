//! Small integer variables that say how others are laid out: counts, indices, flags of parts.

use graticule_array::{DType, Error, Result};

use crate::dataset::Dataset;

/// The values of a variable of one axis, read if need be; missing and negative ones are `None`.
///
/// # Errors
/// If there is no such variable, it has more axes, cannot be read, or holds a fraction.
pub(super) fn counts(set: &Dataset, name: &str) -> Result<Vec<Option<usize>>> {
    let array = set.var(name);
    let values = array.to_array()?;
    if values.ndim() > 1 || !values.dtype().is_real() {
        return Err(Error::mismatch(format!(
            "expected integers along one dimension, found {} over ({})",
            values.dtype(),
            array.dims()
        ))
        .in_variable(name));
    }
    let wide = values.cast(&DType::F64)?.to_flat::<f64>()?;
    wide.into_iter()
        .map(|x| {
            if x.is_nan() || x < 0.0 {
                return Ok(None);
            }
            #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // checked
            if x.fract() == 0.0 && x < 9e15 {
                Ok(Some(x as usize))
            } else {
                Err(Error::invalid(format!("{x} is no count")).in_variable(name))
            }
        })
        .collect()
}

/// Cells that unpacking may make at most: their positions are kept in memory.
pub(super) const MAX_CELLS: usize = 1 << 26;

/// The product of lengths, if unpacking may make as many cells.
pub(super) fn cells(lengths: &[usize]) -> Result<usize> {
    let n = lengths.iter().try_fold(1usize, |n, len| n.checked_mul(*len));
    n.filter(|n| *n <= MAX_CELLS).ok_or_else(|| {
        Error::unsupported(format!("unpacking to {lengths:?} cells, more than {MAX_CELLS}"))
            .hint("select a part first")
    })
}
