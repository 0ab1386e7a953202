//! `scale_factor` and `add_offset`.

use graticule_array::{DType, MapOp, Result, Scalar, ZipOp};

use super::numbers::Packing;
use super::{Coder, Context, Draft, Target, mask, numbers, time};
use crate::note::NoteKind;

/// Packed numbers: value = stored × `scale_factor` + `add_offset`, each step rounded in the type
/// of the result, which xarray's rules choose.
#[derive(Debug)]
pub(super) struct Scale;

impl Coder for Scale {
    fn name(&self) -> &'static str {
        "scale"
    }

    fn decode(&self, draft: &mut Draft, cx: &Context) -> Result<()> {
        if !draft.dtype.is_real() {
            return Ok(());
        }
        let Some(packing) = numbers::packing(&draft.attrs) else {
            if draft.attrs.has("scale_factor") || draft.attrs.has("add_offset") {
                let text = "scale_factor or add_offset is not one number: not applied";
                draft.notes.push(NoteKind::IgnoredAttribute.line(text));
            }
            return Ok(());
        };
        let masked = draft.encoding.fill.is_some()
            || !draft.encoding.missing.is_empty()
            || matches!(draft.last_map(), Some(MapOp::MaskOutside { .. }));
        let to = if masked && !time::is_time_like(&draft.attrs, cx) {
            draft.dtype.clone()
        } else {
            packing.unpacked(&draft.dtype, cx)
        };
        draft.attrs.remove("scale_factor");
        draft.attrs.remove("add_offset");
        draft.encoding.scale.clone_from(&packing.scale);
        draft.encoding.offset.clone_from(&packing.offset);
        match (held(packing.scale.as_ref(), &to), held(packing.offset.as_ref(), &to)) {
            (Some(scale), Some(offset)) if to.is_float() => unpack(draft, to, scale, offset),
            _ => stepwise(draft, &to, &packing),
        }
    }

    fn encode(&self, draft: &mut Draft, cx: &Target) -> Result<()> {
        let (scale, offset) = (draft.encoding.scale.take(), draft.encoding.offset.take());
        if (scale.is_none() && offset.is_none()) || !draft.dtype.is_real() {
            return Ok(());
        }
        if let Some(scale) = &scale {
            draft.attrs.set("scale_factor", scale.fill(&[])?);
        }
        if let Some(offset) = &offset {
            draft.attrs.set("add_offset", offset.fill(&[])?);
        }
        mask::store(draft, scale, offset, cx)
    }
}

/// The factor in the type of the result, if numpy would multiply in that type; `Some(None)` for
/// no factor.
fn held(value: Option<&Scalar>, to: &DType) -> Option<Option<Scalar>> {
    let Some(value) = value else { return Some(None) };
    let common = graticule_array::promote(to, &value.dtype()).ok()?;
    if common == *to { numbers::exactly(value, to).map(Some) } else { None }
}

/// One pass, together with the mask before it where there is one.
fn unpack(
    draft: &mut Draft,
    to: DType,
    scale: Option<Scalar>,
    offset: Option<Scalar>,
) -> Result<()> {
    let plain = MapOp::Decode {
        values: Vec::new().into(),
        to: to.clone(),
        scale: scale.clone(),
        offset: offset.clone(),
    };
    match draft.last_map() {
        Some(MapOp::Mask { values, to: masked }) if *masked == to => {
            let fused = MapOp::Decode { values: values.clone(), to, scale, offset };
            draft.remap_last(fused, &plain)
        }
        _ => draft.map(plain),
    }
}

/// As numpy's in-place operators: each step in the common type, then rounded to the result's.
fn stepwise(draft: &mut Draft, to: &DType, packing: &Packing) -> Result<()> {
    if draft.dtype != *to {
        draft.map(MapOp::Cast(to.clone()))?;
    }
    let steps = [(ZipOp::Mul, &packing.scale), (ZipOp::Add, &packing.offset)];
    for (op, factor) in steps {
        let Some(factor) = factor else { continue };
        let common = graticule_array::promote(to, &factor.dtype())?;
        if common != *to {
            draft.map(MapOp::Cast(common.clone()))?;
        }
        let scalar = numbers::exactly(factor, &common).unwrap_or_else(|| factor.clone());
        draft.map(MapOp::With { op, scalar, scalar_first: false })?;
        if common != *to {
            draft.map(MapOp::Cast(to.clone()))?;
        }
    }
    Ok(())
}
