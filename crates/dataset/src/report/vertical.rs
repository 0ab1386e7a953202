//! Vertical coordinates (4.3).

use graticule_units::{Base, Unit};

use super::names::no_variable;
use super::{Report, attr};
use crate::dataset::Dataset;
use crate::roles::{is_parametric, keyed, related};

pub(super) fn positive(ds: &Dataset, report: &mut Report) {
    for (name, variable) in ds.variables() {
        let attrs = variable.attrs();
        let at = attr("4.3", name, "positive");
        if let Some(text) = attrs.text("positive") {
            if !["up", "down"].iter().any(|d| text.trim().eq_ignore_ascii_case(d)) {
                report.error(at, format!("\"{text}\" is neither up nor down"));
            }
            continue;
        }
        let vertical = attrs.text("axis").is_some_and(|a| a.trim().eq_ignore_ascii_case("Z"));
        let pressure = attrs.text("units").and_then(|u| Unit::parse(u).ok()).is_some_and(|u| {
            let d = u.dimension();
            d.power(Base::Kilogram) == 1 && d.power(Base::Metre) == -1
        });
        if vertical && !pressure && variable.dtype().is_real() {
            report.warning(at, "the attribute is missing, and the units are no pressure");
        }
    }
}

pub(super) fn formulas(ds: &Dataset, report: &mut Report) {
    for (name, variable) in ds.variables() {
        let Some(text) = related(variable, "formula_terms") else { continue };
        let at = attr("4.3.3", name, "formula_terms");
        let bounded =
            ds.variables().any(|(_, v)| related(v, "bounds").map(str::trim) == Some(name));
        let standard = variable.attrs().text("standard_name").unwrap_or_default();
        if !bounded && !is_parametric(standard.trim()) {
            report.error(
                attr("4.3.3", name, "standard_name"),
                format!("\"{standard}\" has no formula in Appendix D"),
            );
        }
        let mut complete = true;
        for (term, words) in keyed(text) {
            if term.is_empty() || words.len() != 1 {
                report.error(at, format!("\"{text}\" is not of the form \"term: variable\""));
                complete = false;
            }
            for other in words.iter().filter(|n| !ds.has(n)) {
                report.error(at, no_variable(ds, other));
                complete = false;
            }
        }
        if complete && !bounded && is_parametric(standard.trim()) {
            let made = ds.cf().vertical(name);
            if let Some(fault) = made.fault() {
                report.error(at, fault.error().to_string());
            }
        }
    }
}
