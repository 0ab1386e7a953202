//! Grid mappings (5.6).

use super::names::no_variable;
use super::{Report, attr};
use crate::dataset::Dataset;
use crate::roles::{Crs, keyed, related};

pub(super) fn grid_mappings(ds: &Dataset, report: &mut Report) {
    for (name, variable) in ds.variables() {
        let Some(text) = related(variable, "grid_mapping") else { continue };
        let at = attr("5.6", name, "grid_mapping");
        for (key, words) in keyed(text) {
            let (mappings, coordinates) =
                if key.is_empty() { (words, Vec::new()) } else { (vec![key], words) };
            for mapping in mappings {
                match ds.variable(&mapping) {
                    None => report.error(at, no_variable(ds, &mapping)),
                    Some(holder) if !holder.attrs().has("grid_mapping_name") => report.error(
                        attr("5.6", &mapping, "grid_mapping_name"),
                        "the attribute is missing",
                    ),
                    Some(_) => {}
                }
            }
            for other in coordinates.iter().filter(|n| !ds.has(n)) {
                report.error(at, no_variable(ds, other));
            }
        }
    }
    for (name, variable) in ds.variables() {
        if !variable.attrs().has("grid_mapping_name") {
            continue;
        }
        let at = attr("5.6", name, "grid_mapping_name");
        let Ok(crs) = Crs::from_attrs(variable.attrs()) else {
            report.error(at, "must be one text");
            continue;
        };
        // Known to CF, though not to PROJ.
        let elsewhere = ["healpix", "reduced_gaussian"].contains(&crs.grid_mapping_name());
        if let Err(error) = crs.to_proj()
            && !elsewhere
        {
            report.error(at, error.to_string());
        }
        if variable.ndim() > 0 {
            report.advice(
                attr("5.6", name, "grid_mapping_name"),
                "the variable should have no dimensions",
            );
        }
        if let Some(old) =
            ["straight_vertical_longitude_from_pole"].iter().find(|a| variable.attrs().has(a))
        {
            report.advice(attr("5.6", name, old), "is deprecated: longitude_of_projection_origin");
        }
    }
}
