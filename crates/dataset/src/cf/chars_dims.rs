//! Which dimensions are widths of text.

use graticule_array::DType;

use crate::name::Name;

/// The dimensions that only serve as last axes of characters and name no variable: their
/// variables become strings. `vars` lists name, dimensions and type of every variable.
pub(crate) fn char_dims<'a>(
    vars: impl Iterator<Item = (&'a str, &'a [Name], &'a DType)> + Clone,
) -> Vec<Name> {
    let is_text = |dtype: &DType| matches!(dtype, DType::Char | DType::Bytes(_));
    let mut found: Vec<Name> = Vec::new();
    for (_, dims, dtype) in vars.clone() {
        let Some(dim) = dims.last() else { continue };
        if *dtype != DType::Char || found.contains(dim) {
            continue;
        }
        let spoilt = vars.clone().any(|(name, dims, dtype)| {
            *dim == name
                || dims.iter().any(|d| d == dim) && (!is_text(dtype) || dims.last() != Some(dim))
        });
        if !spoilt {
            found.push(dim.clone());
        }
    }
    found
}
