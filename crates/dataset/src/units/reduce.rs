//! Units through reductions.

use super::{DIFFERENCE, METADATA, parsed};
use crate::attrs::Attrs;

/// The attributes of a reduction of values with these attributes.
///
/// Means, sums and extremes are in the units of the values, a variance is in their square; counts
/// are pure numbers; of a product the units depend on how many values there were. A standard
/// deviation of temperatures is a difference.
pub(crate) fn reduced(attrs: &Attrs, reduction: &str) -> Attrs {
    let Some(text) = attrs.text("units") else { return attrs.clone() };
    let mut attrs = attrs.clone();
    match reduction {
        "count" => attrs.set("units", "1"),
        "var" | "cov" => match parsed(text)
            .and_then(|u| u.power(2).map_err(|e| graticule_array::Error::invalid(e.to_string())))
        {
            Ok(square) => attrs.set("units", square.to_string()),
            Err(_) => {
                attrs.remove("units");
            }
        },
        "std" if parsed(text).is_ok_and(|u| u.has_offset()) => attrs.set(METADATA, DIFFERENCE),
        "any" | "all" | "prod" | "argmin" | "argmax" | "corr" => {
            attrs.remove("units");
        }
        _ => {}
    }
    attrs
}
