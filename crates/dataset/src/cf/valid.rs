//! `valid_min`, `valid_max` and `valid_range`.

use graticule_array::{DType, MapOp, Result, Scalar};

use super::{Coder, Context, Draft, ValidRange, mask, numbers};
use crate::attrs::AttrValue;

/// On request, values outside of their valid range are missing. The attributes stay: they are
/// true of the values that are left.
#[derive(Debug)]
pub(super) enum Valid {
    /// Bounds in the units of the stored numbers.
    OfStored,
    /// Bounds in the units of the unpacked numbers.
    OfUnpacked,
}

impl Coder for Valid {
    fn name(&self) -> &'static str {
        "valid_range"
    }

    fn decode(&self, draft: &mut Draft, cx: &Context) -> Result<()> {
        if cx.valid_range == ValidRange::Keep || !draft.dtype.is_real() {
            return Ok(());
        }
        let (min, max) = bounds(draft);
        let floats = [&min, &max].into_iter().flatten().any(|b| b.dtype().is_float());
        let packed = match self {
            Self::OfStored => numbers::packing(&draft.attrs).is_some(),
            Self::OfUnpacked => draft.encoding.scale.is_some() || draft.encoding.offset.is_some(),
        };
        let unpacked = packed && floats && draft.stored_dtype().is_integer();
        if (min.is_none() && max.is_none()) || unpacked != matches!(self, Self::OfUnpacked) {
            return Ok(());
        }
        // Bounds of integers that count as of the other signedness do so as well.
        let alike = |bound: Scalar| match draft.encoding.unsigned {
            Some(_) if matches!(self, Self::OfStored) => {
                let exact = numbers::exactly(&bound, draft.stored_dtype());
                exact.and_then(|b| numbers::reinterpret(&b)).unwrap_or(bound)
            }
            _ => bound,
        };
        let (min, max) = (min.map(alike), max.map(alike));
        let then = |to: DType| MapOp::MaskOutside {
            values: Vec::new().into(),
            min: min.clone(),
            max: max.clone(),
            to,
        };
        match (self, draft.last_map()) {
            (Self::OfStored, Some(MapOp::Mask { values, to })) => {
                let (values, to) = (values.clone(), to.clone());
                let then = then(to.clone());
                draft.remap_last(MapOp::MaskOutside { values, min, max, to }, &then)
            }
            (Self::OfStored, _) => {
                let to = mask::target(draft, cx);
                draft.map(then(to))
            }
            (Self::OfUnpacked, _) => {
                let to = draft.dtype.with_missing();
                draft.map(then(to))
            }
        }
    }
}

/// The least and the largest valid value.
fn bounds(draft: &Draft) -> (Option<Scalar>, Option<Scalar>) {
    let number = |v: Scalar| (v.dtype().is_real() && v.dtype() != DType::Bool).then_some(v);
    let one = |name: &str| number(draft.attrs.get(name)?.array().item().ok()?);
    let both = draft.attrs.get("valid_range").map(AttrValue::array).filter(|v| v.shape() == [2]);
    let of_both = |i: usize| both.and_then(|v| number(v.get(&[i]).ok()?));
    (one("valid_min").or_else(|| of_both(0)), one("valid_max").or_else(|| of_both(1)))
}
