//! Which dimensions are widths of text.

use graticule_array::DType;

use super::Draft;
use crate::name::Name;

/// The dimensions that only serve as last axes of characters and name no variable: their
/// variables become strings.
pub(crate) fn char_dims(vars: &[Draft]) -> Vec<Name> {
    let is_text = |dtype: &DType| matches!(dtype, DType::Char | DType::Bytes(_));
    let mut found: Vec<Name> = Vec::new();
    for var in vars.iter().filter(|v| v.dtype == DType::Char) {
        let Some(dim) = var.dims.last().filter(|d| !found.contains(*d)) else { continue };
        let spoilt = vars.iter().any(|v| {
            v.name == *dim
                || v.dims.contains(dim) && (!is_text(&v.dtype) || v.dims.last() != Some(dim))
        });
        if !spoilt {
            found.push(dim.clone());
        }
    }
    found
}
