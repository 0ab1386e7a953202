//! Enumerations: integers whose values have names.

use graticule_array::{DType, MapOp, Result};

use super::{Coder, Context, Draft};

/// Enumerations are their integers; the names stay in the encoding. This holds for the two
/// names FALSE and TRUE as well, as netCDF sees them: only the attribute `dtype = "bool"`
/// declares truth values.
#[derive(Debug)]
pub(super) struct Enumeration;

impl Coder for Enumeration {
    fn name(&self) -> &'static str {
        "enumeration"
    }

    fn decode(&self, draft: &mut Draft, _: &Context) -> Result<()> {
        if draft.dtype != DType::Bool || draft.attrs.text("dtype") == Some("bool") {
            return Ok(());
        }
        draft.map(MapOp::Cast(DType::I8))
    }
}
