//! Whether two arrays hold the same values.

use crate::array::Array;
use crate::cast::promote;
use crate::text::Text;

/// Whether both hold the same values; NaN equals NaN. Times of different ticks are compared as
/// instants.
///
/// ```
/// use graticule_array::{Array, same_values};
/// let a = Array::from_vec([2], vec![1.0f32, f32::NAN])?;
/// let b = Array::from_vec([2], vec![1.0f64, f64::NAN])?;
/// assert!(same_values(&a, &b));
/// # Ok::<(), graticule_array::Error>(())
/// ```
#[must_use]
pub fn same_values(a: &Array, b: &Array) -> bool {
    macro_rules! compare {
        ($($type:ty)*) => {
            $(if let (Some(x), Some(y)) = (a.as_slice::<$type>(), b.as_slice::<$type>()) {
                return x == y;
            })*
        };
    }
    macro_rules! compare_floats {
        ($($type:ty)*) => {
            $(if let (Some(x), Some(y)) = (a.as_slice::<$type>(), b.as_slice::<$type>()) {
                return x.iter().zip(y).all(|(p, q)| p == q || (p.is_nan() && q.is_nan()));
            })*
        };
    }
    if a.shape() != b.shape() {
        return false;
    }
    if a.dtype() != b.dtype() {
        let Ok(common) = promote(a.dtype(), b.dtype()) else { return false };
        let (Ok(a), Ok(b)) = (a.cast(&common), b.cast(&common)) else { return false };
        return a.dtype() == b.dtype() && same_values(&a, &b);
    }
    compare!(Text bool i8 i16 i32 i64 u8 u16 u32 u64);
    compare_floats!(f32 f64 half::f16);
    let packed = |v: &Array| v.to_packed();
    match (packed(a), packed(b)) {
        (Some(x), Some(y)) => x == y,
        _ => a == b,
    }
}
