//! Discrete sampling geometries (chapter 9).

use super::{Report, attr, whole};
use crate::dataset::Dataset;
use crate::roles::FeatureType;

pub(super) fn features(ds: &Dataset, report: &mut Report) {
    let kind = ds.attrs().get("featureType").map(|v| v.as_str().and_then(FeatureType::from_word));
    if kind == Some(None) {
        let value = ds.attrs().get("featureType").map(ToString::to_string).unwrap_or_default();
        report.error(whole("9.4", "featureType"), format!("\"{value}\" is no type of features"));
    }
    let mut roles = 0;
    for (name, variable) in ds.variables() {
        if let Some(role) = variable.attrs().text("cf_role") {
            roles += 1;
            let known = ["timeseries_id", "profile_id", "trajectory_id", "mesh_topology"];
            if !known.contains(&role.trim()) {
                report.error(attr("9.5", name, "cf_role"), format!("\"{role}\" is no role"));
            }
        }
        let layout = [("sample_dimension", "9.3.3"), ("instance_dimension", "9.3.4")];
        for (attribute, section) in layout {
            let Some(dim) = variable.attrs().text(attribute) else { continue };
            let at = attr(section, name, attribute);
            if attribute == "sample_dimension" && ds.size_of(dim.trim()).is_none() {
                report.error(at, format!("no dimension \"{dim}\""));
            }
            let stored = variable.encoding().dtype.as_ref().unwrap_or(variable.dtype());
            if !stored.is_integer() || variable.ndim() != 1 {
                report.error(at, "the variable must be integers along one dimension");
            }
            if kind.is_none() {
                report.error(whole("9.4", "featureType"), "a ragged array needs the attribute");
            }
        }
    }
    if matches!(kind, Some(Some(k)) if k != FeatureType::Point) && roles == 0 {
        report.advice(whole("9.5", "featureType"), "no variable has a cf_role");
    }
}
