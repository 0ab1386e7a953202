//! Dimensions: those that a group's variables use, by name and length.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use serde_json::Value;

use super::Differences;

/// Names of the form `phony_dim_<n>` stand for axes without a name; they are matched one to
/// one within a file, by (name, length).
#[derive(Debug, Default)]
pub(crate) struct Phony {
    to: HashMap<(String, usize), String>,
    from: HashMap<(String, usize), String>,
}

fn is_phony(name: &str) -> bool {
    let number = name.strip_prefix("phony_dim_");
    number.is_some_and(|n| !n.is_empty() && n.bytes().all(|b| b.is_ascii_digit()))
}

impl Phony {
    /// Whether a name of the reference and one of the library may mean the same dimension.
    pub(crate) fn same(&mut self, expected: &str, found: &str, len: usize) -> bool {
        if !is_phony(expected) || !is_phony(found) {
            return expected == found;
        }
        let to = self.to.entry((expected.into(), len)).or_insert_with(|| found.into());
        let from = self.from.entry((found.into(), len)).or_insert_with(|| expected.into());
        to == found && from == expected
    }
}

/// The dimensions of one variable.
#[derive(Clone, Debug)]
pub(crate) struct Axes<'a> {
    pub(crate) names: Vec<&'a str>,
    pub(crate) shape: &'a [usize],
}

/// Compares the dimensions of a variable: names in order, and shape.
pub(crate) fn compare_axes(
    expected: &Value,
    found: &Axes<'_>,
    phony: &mut Phony,
    variable: &str,
    out: &mut Differences,
) {
    if let Some(shape) = expected["shape"].as_array() {
        let same = shape.iter().map(Value::as_u64).eq(found.shape.iter().map(|n| Some(*n as u64)));
        out.demand(same, variable, "shape", &expected["shape"], format!("{:?}", found.shape));
    }
    if let Some(dims) = expected["dims"].as_array() {
        let same = dims.len() == found.names.len()
            && dims.iter().zip(found.names.iter().zip(found.shape)).all(|(want, (name, len))| {
                want.as_str().is_some_and(|w| phony.same(w, name, *len))
            });
        out.demand(same, variable, "dims", &expected["dims"], format!("{:?}", found.names));
    }
}

/// Compares the map of dimensions of a group and which of them are unlimited.
pub(crate) fn compare_sizes(
    group: &Value,
    used: &BTreeMap<String, usize>,
    unlimited: &BTreeSet<String>,
    path: &str,
    out: &mut Differences,
) {
    let Some(expected) = group["dims"].as_object() else { return };
    // Phony names were compared variable by variable, in `compare_axes`.
    let wanted: BTreeMap<&str, u64> = expected
        .iter()
        .filter(|(name, _)| !is_phony(name))
        .filter_map(|(name, len)| Some((name.as_str(), len.as_u64()?)))
        .collect();
    let found: BTreeMap<&str, u64> = used
        .iter()
        .filter(|(name, _)| !is_phony(name))
        .map(|(name, len)| (name.as_str(), *len as u64))
        .collect();
    let same = if group["trunc"].is_null() {
        wanted == found
    } else {
        wanted.iter().all(|(name, len)| found.get(name) == Some(len))
    };
    out.demand(same, path, "dimensions", format!("{wanted:?}"), format!("{found:?}"));
    let wanted: BTreeSet<&str> = group["unlimited"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .filter(|name| expected.contains_key(*name) && !is_phony(name))
        .collect();
    let found: BTreeSet<&str> = unlimited
        .iter()
        .map(String::as_str)
        .filter(|name| expected.contains_key(*name) && !is_phony(name))
        .collect();
    let what = "unlimited dimensions";
    out.demand(wanted == found, path, what, format!("{wanted:?}"), format!("{found:?}"));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn phony_names_match_one_to_one() {
        let mut phony = Phony::default();
        assert!(phony.same("phony_dim_0", "phony_dim_3", 4));
        assert!(!phony.same("phony_dim_0", "phony_dim_2", 4));
        assert!(!phony.same("phony_dim_1", "phony_dim_3", 4));
        assert!(phony.same("phony_dim_1", "phony_dim_3", 5));
        assert!(phony.same("x", "x", 4) && !phony.same("x", "phony_dim_9", 4));
    }
}
