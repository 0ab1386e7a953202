//! `_Unsigned`.

use graticule_array::{MapOp, Result};

use super::{Coder, Context, Draft, Target, numbers};

/// Integers stored under the other signedness, for formats that lack one of the two.
#[derive(Debug)]
pub(super) struct Unsigned;

impl Coder for Unsigned {
    fn name(&self) -> &'static str {
        "unsigned"
    }

    fn decode(&self, draft: &mut Draft, _: &Context) -> Result<()> {
        let Some(value) = draft.attrs.remove("_Unsigned") else { return Ok(()) };
        let text = value.as_str().unwrap_or_default();
        let to_unsigned = match (draft.dtype.is_signed_integer(), text) {
            (true, "true") => true,
            (false, "false") if draft.dtype.is_unsigned_integer() => false,
            _ => {
                // Says nothing that is not so already, but goes back as it came.
                draft.encoding.extra.set("_Unsigned", value);
                return Ok(());
            }
        };
        draft.encoding.unsigned = Some(to_unsigned);
        // The fill value is stored under the type on disk, and compared with what it becomes.
        if let Some(fill) = draft.attrs.get("_FillValue")
            && let Ok(stored) = fill.array().item()
            && let Some(exact) = numbers::exactly(&stored, &draft.dtype)
            && let Some(other) = numbers::reinterpret(&exact)
        {
            draft.encoding.fill = Some(exact);
            draft.attrs.set("_FillValue", other.fill(&[])?);
        }
        draft.map(MapOp::Unsigned(to_unsigned))
    }

    fn encode(&self, draft: &mut Draft, _: &Target) -> Result<()> {
        if let Some(value) = draft.encoding.extra.remove("_Unsigned") {
            draft.attrs.set("_Unsigned", value);
        }
        let Some(was_signed) = draft.encoding.unsigned else { return Ok(()) };
        let fits = if was_signed {
            draft.dtype.is_unsigned_integer()
        } else {
            draft.dtype.is_signed_integer()
        };
        if !fits {
            return Ok(());
        }
        draft.attrs.set("_Unsigned", if was_signed { "true" } else { "false" });
        if let Some(fill) = &draft.encoding.fill
            && fill.dtype() == draft.dtype
        {
            draft.encoding.fill = numbers::reinterpret(fill);
        }
        draft.map(MapOp::Unsigned(!was_signed))
    }
}
