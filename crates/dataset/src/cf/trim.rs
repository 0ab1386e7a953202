//! Blanks at the end of text.

use graticule_array::{DType, MapOp, Result};

use super::{Coder, Context, Draft, TextEnd};

/// On request, text ends before the blanks that fill it up. Written again, it is filled up with
/// NULs.
#[derive(Debug)]
pub(super) struct Trim;

impl Coder for Trim {
    fn name(&self) -> &'static str {
        "trim"
    }

    fn decode(&self, draft: &mut Draft, cx: &Context) -> Result<()> {
        if cx.text_end == TextEnd::Nuls || !matches!(draft.dtype, DType::Bytes(_) | DType::Str) {
            return Ok(());
        }
        draft.map(MapOp::TrimEnd)
    }
}
