//! What data is (chapter 3): units, names, flags.

use graticule_array::DType;
use graticule_units::{Base, Unit};

use super::names::{is_external, no_variable};
use super::{Report, attr, var};
use crate::dataset::Dataset;
use crate::name::Name;
use crate::roles::StandardNames;
use crate::roles::related;
use crate::variable::Variable;

/// Variables that hold data or coordinates: not bounds, containers, lists and the like.
fn described(ds: &Dataset) -> Vec<(&Name, &Variable)> {
    let mut helpers: Vec<&str> = Vec::new();
    for (_, variable) in ds.variables() {
        let named = [
            "bounds",
            "climatology",
            "grid_mapping",
            "geometry",
            "node_count",
            "part_node_count",
            "interior_ring",
        ];
        for text in named.iter().filter_map(|a| related(variable, a)) {
            helpers.extend(text.split_whitespace().map(|w| w.trim_end_matches(':')));
        }
    }
    let own = [
        "grid_mapping_name",
        "geometry_type",
        "compress",
        "sample_dimension",
        "instance_dimension",
        "cf_role",
        "crs_wkt",
        "spatial_ref",
        "interpolation_name",
    ];
    ds.variables()
        .filter(|(name, _)| !helpers.contains(&name.as_str()))
        .filter(|(_, v)| !own.iter().any(|a| v.attrs().has(a)))
        .collect()
}

pub(super) fn units(ds: &Dataset, report: &mut Report) {
    for (name, variable) in described(ds) {
        let attrs = variable.attrs();
        let at = attr("3.1", name, "units");
        if let Some(value) = attrs.get("units") {
            let Some(text) = value.as_str() else {
                report.error(at, "must be one text");
                continue;
            };
            if matches!(text.trim(), "level" | "layer" | "sigma_level") {
                report.warning(at, format!("\"{text}\" is deprecated"));
                continue;
            }
            match Unit::parse(text) {
                Err(error) => report.error(at, error.to_string()),
                Ok(unit) => about(report, name, variable, text, &unit),
            }
            continue;
        }
        let number = variable.dtype().is_real() && *variable.dtype() != DType::Bool;
        let needs_none =
            attrs.has("flag_values") || attrs.has("flag_masks") || variable.dtype().is_temporal();
        if number && !needs_none && variable.encoding().time.is_none() {
            report.warning(at, "the attribute is missing");
        }
    }
}

fn about(report: &mut Report, name: &Name, variable: &Variable, text: &str, unit: &Unit) {
    let at = attr("3.1", name, "units");
    let attrs = variable.attrs();
    let fraction = ["ppv", "ppmv", "ppbv", "pptv", "ppqv"].contains(&text.trim());
    if fraction && attrs.has("standard_name") {
        report.error(at, format!("\"{text}\" is not allowed beside a standard name"));
    }
    if unit.reference_time().is_none() && !unit.is_number() && has_number(text) {
        report.error(at, format!("\"{text}\" has a number beside a unit"));
    }
    let metadata = attr("3.1.2", name, "units_metadata");
    let warm = unit.dimension().power(Base::Kelvin) != 0;
    match attrs.text("units_metadata").map(str::trim) {
        None => {}
        Some("temperature: on_scale" | "temperature: difference" | "temperature: unknown")
            if warm => {}
        Some("leap_seconds: none" | "leap_seconds: utc" | "leap_seconds: unknown")
            if unit.reference_time().is_some() => {}
        Some(other) => {
            report.error(metadata, format!("\"{other}\" does not go with units \"{text}\""));
        }
    }
}

/// Numbers that are no powers: `1000 kg`, not `m2`.
fn has_number(text: &str) -> bool {
    text.split([' ', '.', '*', '/', '(', ')']).any(|w| {
        w.starts_with(|c: char| c.is_ascii_digit()) && w.parse::<f64>().is_ok_and(|n| n != 1.0)
    })
}

pub(super) fn titles(ds: &Dataset, report: &mut Report) {
    for (name, variable) in described(ds) {
        if !variable.attrs().has("standard_name") && !variable.attrs().has("long_name") {
            report.advice(var("3.2", name), "has neither standard_name nor long_name");
        }
    }
}

pub(super) fn standard_names(ds: &Dataset, report: &mut Report) {
    if !ds.variables().any(|(_, v)| v.attrs().has("standard_name")) {
        return;
    }
    let table = StandardNames::cf();
    for (name, variable) in ds.variables() {
        let Some(value) = variable.attrs().get("standard_name") else { continue };
        let at = attr("3.3", name, "standard_name");
        let Some(text) = value.as_str() else {
            report.error(at, "must be one text");
            continue;
        };
        let mut words = text.split_whitespace();
        let standard = words.next().unwrap_or_default();
        let modifier = words.next();
        let spelt = standard.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
        if standard.is_empty() || !spelt || words.next().is_some() {
            report.error(at, format!("\"{text}\" is no standard name"));
            continue;
        }
        match modifier {
            None | Some("detection_minimum" | "standard_error") => {}
            Some(old @ ("number_of_observations" | "status_flag")) => {
                report.advice(at, format!("the modifier \"{old}\" is deprecated"));
                continue;
            }
            Some(other) => {
                report.error(at, format!("\"{other}\" is no modifier of standard names"));
                continue;
            }
        }
        if let Some(current) = table.alias_of(standard) {
            report.advice(at, format!("\"{standard}\" is called \"{current}\" now"));
        }
        let Some(expected) = table.canonical_units(standard) else {
            let known = format!("version {} of the standard name table", table.version());
            match table.similar(standard) {
                Some(hint) => {
                    report.error(at, format!("\"{standard}\" is not in {known}; {hint}"));
                }
                None => report.warning(at, format!("\"{standard}\" is not in {known}")),
            }
            continue;
        };
        let Some(units) = variable.attrs().text("units").filter(|_| !expected.is_empty()) else {
            continue;
        };
        let changed = variable.attrs().text("cell_methods").unwrap_or_default();
        let squared = changed.contains("variance") || changed.contains("sum_of_squares");
        if let (Ok(unit), Ok(wanted)) = (Unit::parse(units), Unit::parse(expected))
            && !squared
            && !unit.is_convertible_to(&wanted)
            && unit.log_base() == wanted.log_base()
        {
            report.error(
                attr("3.3", name, "units"),
                format!("\"{units}\" cannot measure {standard}, whose units are \"{expected}\""),
            );
        }
    }
}

pub(super) fn ancillary(ds: &Dataset, report: &mut Report) {
    for (name, variable) in ds.variables() {
        let Some(text) = related(variable, "ancillary_variables") else { continue };
        for other in text.split_whitespace().filter(|n| !ds.has(n) && !is_external(ds, n)) {
            report.error(attr("3.4", name, "ancillary_variables"), no_variable(ds, other));
        }
    }
}

pub(super) fn flags(ds: &Dataset, report: &mut Report) {
    for (name, variable) in ds.variables() {
        let attrs = variable.attrs();
        let masks = attrs.has("flag_masks");
        if !(attrs.has("flag_meanings") || attrs.has("flag_values") || masks) {
            continue;
        }
        let array = crate::DataArray::from_variable(&**name, variable.clone());
        let flags = array.flags();
        let at = attr("3.5", name, "flag_meanings");
        // The error of an array that nothing can be asked of says why.
        if let Some(fault) = flags.to_dataset().fault() {
            report.error(
                at,
                fault.error().to_string().replace(&format!("variable \"{name}\": "), ""),
            );
            continue;
        }
        for (i, flag) in flags.all().iter().enumerate() {
            if !flag.meaning.chars().all(|c| c.is_ascii_alphanumeric() || "_-.+@".contains(c)) {
                report
                    .error(at, format!("\"{}\" has characters that are not allowed", flag.meaning));
            }
            if flag.mask == Some(0) {
                report.error(attr("3.5", name, "flag_masks"), "a mask of 0 selects nothing");
            }
            let twice = flags
                .all()
                .iter()
                .skip(i + 1)
                .any(|f| f.value.is_some() && f.value == flag.value && f.mask == flag.mask);
            if twice {
                report.error(
                    attr("3.5", name, "flag_values"),
                    format!("the value of \"{}\" occurs twice", flag.meaning),
                );
            }
        }
        let stored = variable.encoding().dtype.as_ref().unwrap_or(variable.dtype());
        if masks && stored.is_float() {
            report.error(attr("3.5", name, "flag_masks"), format!("{stored} has no bits to mask"));
        }
    }
}
