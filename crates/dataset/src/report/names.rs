//! Names, dimensions and the description of the whole (chapter 2).

use graticule_array::did_you_mean;

use super::{At, Report, var, whole};
use crate::dataset::Dataset;
use crate::roles::Axis;

/// Letters, digits and underscores; no two names that differ in case only.
pub(super) fn spelling(ds: &Dataset, report: &mut Report) {
    let plain = |name: &str| {
        name.starts_with(|c: char| c.is_ascii_alphabetic())
            && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
    };
    for (name, variable) in ds.variables() {
        if !plain(name) {
            report.advice(var("2.3", name), "names should be letters, digits and underscores");
        }
        let odd = variable.attrs().names().filter(|a| !plain(a) && !a.starts_with('_'));
        for attribute in odd {
            report.advice(
                At { section: "2.3", variable: Some(name), attribute: Some(attribute) },
                "names should be letters, digits and underscores",
            );
        }
    }
    let mut seen: Vec<(String, &str)> = Vec::new();
    for (name, _) in ds.variables() {
        let folded = name.to_lowercase();
        if let Some((_, other)) = seen.iter().find(|(f, _)| *f == folded) {
            report.advice(var("2.3", name), format!("differs from \"{other}\" in case only"));
        }
        seen.push((folded, name));
    }
}

/// Time, height, south to north, west to east.
pub(super) fn order_of_dimensions(ds: &Dataset, report: &mut Report) {
    let axes = ds.cf().axes();
    let place = |dim: &str| -> Option<usize> {
        Axis::ALL.iter().position(|a| {
            axes.get(a).is_some_and(|names| {
                names
                    .iter()
                    .any(|n| ds.variable(n).is_some_and(|v| matches!(&**v.dims(), [d] if d == dim)))
            })
        })
    };
    for (name, variable) in ds.data_vars() {
        let places: Vec<usize> = variable.dims().iter().filter_map(|d| place(d)).collect();
        if places.windows(2).any(|w| matches!(w, [a, b] if a > b)) {
            report.advice(
                var("2.4", name),
                format!("the dimensions ({}) are not in the order T, Z, Y, X", variable.dims()),
            );
        }
    }
}

pub(super) fn conventions(ds: &Dataset, report: &mut Report) {
    let at = whole("2.6.1", "Conventions");
    let Some(value) = ds.attrs().get("Conventions") else {
        report.error(at, "the attribute is missing");
        return;
    };
    let Some(text) = value.as_str() else {
        report.error(at, "must be one text");
        return;
    };
    let mut words = text.split([' ', ',', '/']).filter(|w| !w.is_empty());
    match words.find(|w| w.starts_with("CF-")) {
        None => report.error(at, format!("\"{text}\" names no version of CF (CF-1.11)")),
        Some(word) => {
            let known = word.strip_prefix("CF-1.").and_then(|n| n.parse::<u32>().ok());
            if known.is_none_or(|minor| minor > 13) {
                report.warning(at, format!("\"{word}\" is no known version"));
            }
        }
    }
}

pub(super) fn descriptions(ds: &Dataset, report: &mut Report) {
    let known = ["title", "history", "institution", "source", "references", "comment"];
    for name in known {
        if ds.attrs().get(name).is_some_and(|v| v.as_str().is_none()) {
            report.error(whole("2.6.2", name), "must be one text");
        }
    }
    for name in ["title", "history"] {
        if !ds.attrs().has(name) {
            report.advice(whole("2.6.2", name), "the attribute is missing");
        }
    }
    let external = ds.attrs().text("external_variables").unwrap_or_default();
    for name in external.split_whitespace().filter(|n| ds.has(n)) {
        report.error(whole("2.6.3", "external_variables"), format!("\"{name}\" is in this file"));
    }
}

/// Whether a variable is promised by another file.
pub(super) fn is_external(ds: &Dataset, name: &str) -> bool {
    let external = ds.attrs().text("external_variables").unwrap_or_default();
    external.split_whitespace().any(|n| n == name)
}

/// `no variable "x"; did you mean "y"?`
pub(super) fn no_variable(ds: &Dataset, name: &str) -> String {
    let hint = did_you_mean(name, ds.variables().map(|(n, _)| n.as_str()));
    match hint {
        Some(hint) => format!("no variable \"{name}\"; {hint}"),
        None => format!("no variable \"{name}\""),
    }
}
