//! Cells (chapter 7): bounds, measures, methods.

use graticule_array::DType;
use graticule_units::{Base, Unit};

use super::names::{is_external, no_variable};
use super::{Report, attr, var};
use crate::dataset::Dataset;
use crate::roles::{CellMethods, keyed, related};
use crate::variable::Variable;

pub(super) fn bounds(ds: &Dataset, report: &mut Report) {
    for (name, variable) in ds.variables() {
        if related(variable, "bounds").is_some() && related(variable, "climatology").is_some() {
            report.error(attr("7.4", name, "climatology"), "must not stand beside bounds");
        }
        for attribute in ["bounds", "climatology"] {
            let Some(other) = related(variable, attribute).map(str::trim) else { continue };
            let section = if attribute == "bounds" { "7.1" } else { "7.4" };
            let at = attr(section, name, attribute);
            let Some(cells) = ds.variable(other) else {
                report.error(at, no_variable(ds, other));
                continue;
            };
            let leading: Vec<_> = cells.dims().iter().take(variable.ndim()).collect();
            if cells.ndim() != variable.ndim() + 1
                || !leading.into_iter().eq(variable.dims().iter())
            {
                report.error(
                    at,
                    format!(
                        "the dimensions of \"{other}\" are ({}), those of \"{name}\" and one more \
                         are expected",
                        cells.dims()
                    ),
                );
                continue;
            }
            // Cells of an unstructured grid have any number of vertices (7.1.3).
            let on_line = matches!(&**variable.dims(), [d] if d == name);
            if on_line && cells.shape().last() != Some(&2) {
                report.error(at, format!("\"{other}\" has not 2 bounds for each cell"));
                continue;
            }
            for shared in ["units", "calendar", "standard_name", "axis", "positive"] {
                let (own, theirs) = (variable.attrs().get(shared), cells.attrs().get(shared));
                if theirs.is_some() && own.is_some() && own != theirs {
                    report.error(
                        attr(section, other, shared),
                        format!("differs from that of \"{name}\""),
                    );
                }
            }
            if attribute == "bounds" {
                contained(report, (name, variable), (other, cells));
            }
        }
    }
}

/// Each point within its cell, where both are in memory.
fn contained(report: &mut Report, point: (&str, &Variable), cell: (&str, &Variable)) {
    let (Some(x), Some(edges)) = (numbers(point.1), numbers(cell.1)) else { return };
    if point.1.ndim() != 1 || edges.len() != x.len().saturating_mul(2) {
        return;
    }
    let outside = x.iter().zip(edges.chunks_exact(2)).position(|(x, pair)| {
        let low = pair.iter().copied().fold(f64::INFINITY, f64::min);
        let high = pair.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        *x < low || *x > high
    });
    if let Some(at) = outside {
        report.advice(
            var("7.1", point.0),
            format!("point {at} lies outside its bounds in \"{}\"", cell.0),
        );
    }
}

fn numbers(variable: &Variable) -> Option<Vec<f64>> {
    let values = variable.in_memory().filter(|a| a.dtype().is_real())?;
    values.cast(&DType::F64).and_then(|a| a.to_flat::<f64>()).ok()
}

pub(super) fn measures_and_methods(ds: &Dataset, report: &mut Report) {
    for (name, variable) in ds.variables() {
        if let Some(text) = related(variable, "cell_measures") {
            measures(ds, report, name, variable, text);
        }
        if let Some(value) = variable.attrs().get("cell_methods") {
            match value.as_str().map(str::parse::<CellMethods>) {
                Some(Ok(found)) => methods(ds, report, name, variable, &found),
                Some(Err(error)) => {
                    report.error(attr("7.3", name, "cell_methods"), error.to_string());
                }
                None => report.error(attr("7.3", name, "cell_methods"), "must be one text"),
            }
        }
    }
}

fn measures(ds: &Dataset, report: &mut Report, name: &str, variable: &Variable, text: &str) {
    let at = attr("7.2", name, "cell_measures");
    for (measure, names) in keyed(text) {
        let metres = match measure.as_str() {
            "area" => 2,
            "volume" => 3,
            _ => {
                report.error(at, format!("\"{measure}\" is neither area nor volume"));
                continue;
            }
        };
        let [other] = &*names else {
            report.error(at, format!("\"{text}\" is not of the form \"measure: variable\""));
            continue;
        };
        let Some(holder) = ds.variable(other) else {
            if !is_external(ds, other) {
                report.error(at, no_variable(ds, other));
            }
            continue;
        };
        // A domain has no dimensions but names them (5.8).
        let domain = variable.attrs().has("dimensions");
        let stranger = holder.dims().iter().find(|d| !domain && !variable.dims().has(d));
        if let Some(dim) = stranger {
            report.error(
                at,
                format!("\"{other}\" has the dimension \"{dim}\", which \"{name}\" has not"),
            );
        }
        match holder.attrs().text("units").map(Unit::parse) {
            None => report.error(attr("7.2", other, "units"), "the attribute is missing"),
            Some(Ok(unit)) if unit.dimension().power(Base::Metre) != metres => report.error(
                attr("7.2", other, "units"),
                format!("\"{unit}\" does not measure {measure}"),
            ),
            Some(_) => {}
        }
    }
}

/// Appendix E.
const METHODS: [&str; 18] = [
    "point",
    "sum",
    "anomaly_wrt",
    "maximum",
    "maximum_absolute_value",
    "median",
    "mid_range",
    "minimum",
    "minimum_absolute_value",
    "mean",
    "mean_absolute_value",
    "mean_of_upper_decile",
    "mode",
    "range",
    "root_mean_square",
    "standard_deviation",
    "sum_of_squares",
    "variance",
];

fn methods(
    ds: &Dataset,
    report: &mut Report,
    name: &str,
    variable: &Variable,
    found: &CellMethods,
) {
    let at = attr("7.3", name, "cell_methods");
    let standard = |word: &str| {
        ds.variables().any(|(_, v)| v.attrs().text("standard_name").map(str::trim) == Some(word))
            || ["time", "longitude", "latitude", "height", "depth", "altitude", "realization"]
                .contains(&word)
    };
    for step in found.iter() {
        if !METHODS.contains(&step.method.as_str()) {
            report.error(at, format!("\"{}\" is no method of Appendix E", step.method));
        }
        for over in &step.names {
            let known = over == "area"
                || variable.dims().has(over)
                || ds.variable(over).is_some()
                || standard(over);
            // A dimension that a reduction has taken leaves its name behind.
            if !known {
                report.warning(
                    at,
                    format!("\"{over}\" is no dimension or coordinate of \"{name}\", nor a standard name"),
                );
            }
        }
        if step.intervals.len() > 1 && step.intervals.len() != step.names.len() {
            report.error(
                at,
                format!("{} intervals for {} names", step.intervals.len(), step.names.len()),
            );
        }
    }
}
