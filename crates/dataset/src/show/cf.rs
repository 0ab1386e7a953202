//! What CF attributes say about a dataset, as text.

use std::fmt;

use graticule_array::DType;

use crate::data_array::MAIN;
use crate::roles::{Cf, related};
use crate::variable::Variable;

/// Axes, kinds of coordinates, and for each variable what it is: standard name, units as they are
/// understood, calendar, bounds, methods, grid mapping, flags. Reads nothing.
impl fmt::Display for Cf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let set = self.dataset();
        if let Some(fault) = set.fault() {
            writeln!(f, "{}", fault.to_error())?;
        }
        let joined = |names: &[crate::Name]| -> String {
            names.iter().map(crate::Name::as_str).collect::<Vec<_>>().join(", ")
        };
        writeln!(f, "axes:")?;
        for (axis, names) in self.axes() {
            writeln!(f, "  {axis}          {}", joined(&names))?;
        }
        writeln!(f, "coordinates:")?;
        for (kind, names) in self.coordinates() {
            writeln!(f, "  {:<10} {}", kind.word(), joined(&names))?;
        }
        writeln!(f, "variables:")?;
        for (name, var) in set.coord_vars().chain(set.data_vars()).filter(|(n, _)| **n != *MAIN) {
            writeln!(f, "  {name} ({})", var.dims())?;
            for (word, text) in facts(var) {
                writeln!(f, "    {word:<13} {text}")?;
            }
            if related(var, "grid_mapping").is_some() {
                let text = match self.crs(name).and_then(|c| c.to_proj()) {
                    Ok(proj) => proj,
                    Err(error) => error.to_string(),
                };
                writeln!(f, "    {:<13} {text}", "crs")?;
            }
        }
        Ok(())
    }
}

fn facts(var: &Variable) -> Vec<(&'static str, String)> {
    let attrs = var.attrs();
    let mut facts: Vec<(&'static str, String)> = Vec::new();
    facts.extend(attrs.text("standard_name").map(|t| ("standard name", t.to_owned())));
    if let DType::Time(time) = var.dtype() {
        facts.push(("calendar", time.calendar.to_string()));
        facts.extend(var.encoding().time.as_ref().map(|u| ("stored in", u.text().to_owned())));
    }
    if let Some(text) = attrs.text("units") {
        let meaning = match crate::units::parsed(text) {
            Ok(unit) if unit.definition() == text => text.to_owned(),
            Ok(unit) => format!("{text} = {}", unit.definition()),
            Err(error) => format!("{text} ({error})"),
        };
        facts.push(("units", meaning));
    }
    facts.extend(attrs.text("cell_methods").map(|t| ("cell methods", t.to_owned())));
    let roles = [
        "bounds",
        "climatology",
        "coordinates",
        "cell_measures",
        "formula_terms",
        "ancillary_variables",
        "geometry",
        "compress",
        "cf_role",
        "positive",
        "flag_meanings",
    ];
    for role in roles {
        facts.extend(related(var, role).map(|t| (role, t.to_owned())));
    }
    facts
}
