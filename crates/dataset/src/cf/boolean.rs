//! Truth values stored as integers.

use graticule_array::{DType, MapOp, Result};

use super::{Coder, Context, Draft, Target};

/// Integers under the attribute `dtype = "bool"`.
#[derive(Debug)]
pub(super) struct Boolean;

impl Coder for Boolean {
    fn name(&self) -> &'static str {
        "boolean"
    }

    fn decode(&self, draft: &mut Draft, _: &Context) -> Result<()> {
        if draft.attrs.text("dtype") != Some("bool") || !draft.dtype.is_real() {
            return Ok(());
        }
        draft.attrs.remove("dtype");
        draft.encoding.extra.set("dtype", "bool");
        if draft.dtype == DType::Bool { Ok(()) } else { draft.map(MapOp::Cast(DType::Bool)) }
    }

    fn encode(&self, draft: &mut Draft, _: &Target) -> Result<()> {
        if draft.dtype != DType::Bool {
            return Ok(());
        }
        draft.attrs.set("dtype", "bool");
        draft.encoding.dtype = None;
        draft.encoding.fill = None;
        draft.map(MapOp::Cast(DType::I8))
    }
}
