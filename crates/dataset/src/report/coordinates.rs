//! Coordinates (chapters 4 and 5).

use graticule_array::{DType, Scalar};
use graticule_units::Unit;

use super::names::no_variable;
use super::{Report, attr, var};
use crate::cf::NOTES;
use crate::dataset::Dataset;
use crate::roles::{Axis, keyed, related};
use crate::variable::Variable;

pub(super) fn axes(ds: &Dataset, report: &mut Report) {
    for (name, variable) in ds.variables() {
        let Some(text) = variable.attrs().text("axis") else { continue };
        if text.trim().parse::<Axis>().is_err() {
            report.error(attr("4", name, "axis"), format!("\"{text}\" is none of X, Y, Z and T"));
        }
    }
    for (name, variable) in ds.data_vars() {
        let mut seen: Vec<(String, &str)> = Vec::new();
        for (coord, labels) in ds.coord_vars() {
            let own = matches!(&**labels.dims(), [d] if d == coord && variable.dims().has(d));
            let Some(axis) = labels.attrs().text("axis").filter(|_| own) else { continue };
            let axis = axis.trim().to_ascii_uppercase();
            if let Some((_, other)) = seen.iter().find(|(a, _)| *a == axis) {
                report.error(
                    var("4", name),
                    format!("\"{other}\" and \"{coord}\" are both of axis {axis}"),
                );
            }
            seen.push((axis, coord));
        }
    }
}

pub(super) fn latitude_and_longitude(ds: &Dataset, report: &mut Report) {
    let kinds =
        [("latitude", "degrees_north", "4.1", 90.0), ("longitude", "degrees_east", "4.2", 720.0)];
    for (name, variable) in ds.variables() {
        for (kind, units, section, limit) in kinds {
            if variable.attrs().text("standard_name").map(str::trim) != Some(kind) {
                continue;
            }
            match variable.attrs().text("units").map(str::trim) {
                // Bounds have those of what they bound.
                None => {}
                Some(found)
                    if found.starts_with("degree") && found != "degree" && found != "degrees" => {}
                Some(found) => report.error(
                    attr(section, name, "units"),
                    format!("\"{found}\" does not say {kind}; \"{units}\" does"),
                ),
            }
            let outside = in_memory(variable).into_iter().find(|x| x.abs() > limit);
            if let Some(x) = outside {
                report.warning(var(section, name), format!("{x} is beyond {limit} degrees"));
            }
        }
    }
}

/// The numbers of a variable in memory.
fn in_memory(variable: &Variable) -> Vec<f64> {
    let values = variable.in_memory().filter(|a| a.dtype().is_real());
    let wide = values.and_then(|a| a.cast(&DType::F64).and_then(|a| a.to_flat::<f64>()).ok());
    wide.unwrap_or_default()
}

pub(super) fn times(ds: &Dataset, report: &mut Report) {
    for (name, variable) in ds.variables() {
        if let Some(notes) = variable.encoding().extra.get(NOTES) {
            for note in notes.texts() {
                report.warning(var("4.4", name), note);
            }
        }
        let attrs = variable.attrs();
        let is_time = attrs.text("standard_name").map(str::trim) == Some("time")
            || attrs.text("axis").map(str::trim) == Some("T");
        let bounds =
            ds.coord_vars().any(|(_, c)| related(c, "bounds").map(str::trim) == Some(name));
        if is_time && !bounds && !variable.dtype().is_temporal() {
            match attrs.text("units") {
                None => report.error(attr("4.4.2", name, "units"), "a time needs units"),
                Some(text) if Unit::parse(text).is_ok_and(|u| u.reference_time().is_none()) => {
                    report.error(
                        attr("4.4.2", name, "units"),
                        format!("\"{text}\" has no reference time (\"since\")"),
                    );
                }
                Some(_) => {}
            }
        }
        let Some(units) = &variable.encoding().time else { continue };
        let text = units.text();
        let step = text.split_whitespace().next().unwrap_or_default().to_ascii_lowercase();
        if step.starts_with("month") || step.starts_with("year") {
            report.advice(
                attr("4.4.2", name, "units"),
                format!("\"{step}\" is no fixed length of time"),
            );
        }
        if let Some(calendar) = variable.encoding().extra.text("calendar")
            && calendar.eq_ignore_ascii_case("gregorian")
        {
            report.advice(attr("4.4.3", name, "calendar"), "\"standard\" is the name to use");
        }
    }
}

/// Coordinates of dimensions: monotonic, nothing missing.
pub(super) fn coordinate_variables(ds: &Dataset, report: &mut Report) {
    for (name, variable) in ds.coord_vars() {
        if !matches!(&**variable.dims(), [d] if d == name) || variable.attrs().has("compress") {
            continue;
        }
        let fill = variable.encoding().fill.as_ref().and_then(Scalar::as_f64);
        if fill.is_some_and(|x| !x.is_nan()) {
            report
                .error(attr("5", name, "_FillValue"), "a coordinate must not have missing values");
        }
        let values: Vec<f64> = match variable.dtype() {
            DType::Time(_) => ticks(variable),
            _ => in_memory(variable),
        };
        if values.iter().any(|x| x.is_nan()) {
            report.error(var("5", name), "a coordinate must not have missing values");
            continue;
        }
        let rising = values.windows(2).all(|w| matches!(w, [a, b] if a < b));
        let falling = values.windows(2).all(|w| matches!(w, [a, b] if a > b));
        if !rising && !falling {
            report.error(var("5", name), "the values are not strictly monotonic");
        }
    }
}

/// Ticks as numbers: enough for their order, except for neighbours that `f64` cannot tell apart.
fn ticks(variable: &Variable) -> Vec<f64> {
    let values = variable.in_memory().and_then(|a| a.clone().with_dtype(DType::I64).ok());
    let ticks = values.and_then(|a| a.to_flat::<i64>().ok()).unwrap_or_default();
    let first = ticks.first().copied().unwrap_or(0);
    #[allow(clippy::cast_precision_loss)] // differences are what counts
    let number = |t: i64| match t {
        i64::MIN => f64::NAN,
        t => t.saturating_sub(first) as f64,
    };
    ticks.into_iter().map(number).collect()
}

pub(super) fn auxiliary(ds: &Dataset, report: &mut Report) {
    let ragged = ds.attrs().has("featureType");
    for (name, variable) in ds.variables() {
        let Some(text) = related(variable, "coordinates") else { continue };
        // A domain names its dimensions, as it has none (5.8); an anomaly's norm has no data (7.5).
        let elsewhere = ragged || variable.attrs().has("dimensions");
        let at = attr("5", name, "coordinates");
        for other in text.split_whitespace() {
            match ds.variable(other) {
                None => report.error(at, no_variable(ds, other)),
                Some(coord) => {
                    let stranger = coord.dims().iter().find(|d| !variable.dims().has(d));
                    if let Some(dim) = stranger.filter(|_| !elsewhere) {
                        report.error(
                            at,
                            format!(
                                "\"{other}\" has the dimension \"{dim}\", which \"{name}\" has not"
                            ),
                        );
                    }
                }
            }
        }
    }
    for (name, variable) in ds.variables() {
        for attribute in
            ["node_coordinates", "node_count", "part_node_count", "interior_ring", "geometry"]
        {
            let Some(text) = related(variable, attribute) else { continue };
            for (_, words) in keyed(text) {
                for other in words.iter().filter(|n| !ds.has(n)) {
                    report.error(attr("7.5", name, attribute), no_variable(ds, other));
                }
            }
        }
    }
}
