//! Corrections of values that the coefficients alone would leave outside of the tolerance.

use graticule_array::Result;

use super::sets::Kind;
use super::speck;

/// Adds the corrections in `stream`, which count in steps of the tolerance, to the values.
pub(super) fn correct(values: &mut [f64], stream: &[u8], tolerance: f64) -> Result<()> {
    let steps = speck::decode(stream, [values.len(), 1, 1], Kind::Line)?;
    for (place, (value, step)) in values.iter_mut().zip(&steps.magnitudes).enumerate() {
        let size = match step {
            0 => continue,
            1 => 1.1,
            n => *n as f64 - 0.25,
        };
        *value += size * (tolerance * steps.sign(place));
    }
    Ok(())
}
