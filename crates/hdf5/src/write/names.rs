//! Which names NetCDF-4 allows.

use std::collections::HashSet;

use graticule_array::{Error, Result};
use graticule_storage::RawAttr;

/// The longest name that NetCDF-C reads.
const MAX_NAME: usize = 256;

/// Attributes that belong to the format.
const RESERVED: [&str; 7] = [
    "CLASS",
    "NAME",
    "DIMENSION_LIST",
    "REFERENCE_LIST",
    "_Netcdf4Dimid",
    "_Netcdf4Coordinates",
    "_NCProperties",
];

fn check_name(kind: &str, name: &str) -> Result<()> {
    let wrong = if name.is_empty() {
        "is empty"
    } else if name.contains('/') && kind != "attribute" {
        "contains \"/\", which separates groups"
    } else if name.contains(char::is_control) {
        "contains a control character"
    } else if name.len() > MAX_NAME {
        "is longer than 256 bytes"
    } else if name == "." || name == ".." {
        "means a group"
    } else {
        return Ok(());
    };
    Err(Error::invalid(format!("the {kind} name \"{name}\" {wrong}"))
        .hint(format!("rename the {kind} before writing")))
}

/// Checks that names are legal and differ.
pub(super) fn check_names<'a>(kind: &str, names: impl Iterator<Item = &'a str>) -> Result<()> {
    let mut seen = HashSet::new();
    for name in names {
        check_name(kind, name)?;
        if !seen.insert(name) {
            return Err(Error::invalid(format!("there are two {kind}s named \"{name}\"")));
        }
    }
    Ok(())
}

/// Checks the names of the user's attributes of one object.
pub(super) fn check_attrs(attrs: &[RawAttr]) -> Result<()> {
    check_names("attribute", attrs.iter().map(|a| a.name.as_str()))?;
    match attrs.iter().find(|a| RESERVED.contains(&a.name.as_str())) {
        Some(a) => {
            Err(Error::invalid(format!("the attribute name \"{}\" is NetCDF-4's own", a.name))
                .hint("rename or drop the attribute"))
        }
        None => Ok(()),
    }
}
