//! How data is stored (chapter 8).

use super::{Report, attr};
use crate::dataset::Dataset;

pub(super) fn packing_and_gathering(ds: &Dataset, report: &mut Report) {
    for (name, variable) in ds.variables() {
        let encoding = variable.encoding();
        if let (Some(scale), Some(offset)) = (&encoding.scale, &encoding.offset)
            && scale.dtype() != offset.dtype()
        {
            report.error(
                attr("8.1", name, "scale_factor"),
                format!("is {}, add_offset is {}", scale.dtype(), offset.dtype()),
            );
        }
        if let (Some(scale), Some(stored)) = (&encoding.scale, &encoding.dtype)
            && !scale.dtype().is_float()
            && scale.dtype() != *stored
        {
            report.error(
                attr("8.1", name, "scale_factor"),
                format!("is {}, neither floating point nor {stored}", scale.dtype()),
            );
        }
        if let Some(text) = variable.attrs().text("compress") {
            for dim in text.split_whitespace().filter(|d| ds.size_of(d).is_none()) {
                // Dimensions of files that no variable has are not held.
                report.warning(
                    attr("8.2", name, "compress"),
                    format!("no variable has the dimension \"{dim}\""),
                );
            }
        }
    }
}
