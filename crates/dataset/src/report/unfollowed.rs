//! What is kept but not followed: conventions that say where the rest of the data or of the
//! coordinates is to be had.

use super::{Report, attr};
use crate::dataset::Dataset;

/// Aggregations, meshes, coordinates at tie points, and calendars of explicit months.
pub(super) fn unfollowed(ds: &Dataset, report: &mut Report) {
    for (name, variable) in ds.variables() {
        let attrs = variable.attrs();
        if attrs.has("aggregated_dimensions") || attrs.has("aggregated_data") {
            report.warning(
                attr("2.8", name, "aggregated_data"),
                "the data are in fragments elsewhere, which are not read",
            );
        }
        if attrs.has("mesh") {
            report.advice(
                attr("5.9", name, "mesh"),
                "the topology of the mesh is kept, but not computed with",
            );
        }
        if attrs.has("coordinate_interpolation") {
            report.warning(
                attr("8.3", name, "coordinate_interpolation"),
                "coordinates are given at tie points, and are not interpolated",
            );
        }
        if attrs.has("month_lengths") {
            report.advice(
                attr("4.4.4", name, "month_lengths"),
                "times of an explicitly defined calendar stay numbers",
            );
        }
    }
}
