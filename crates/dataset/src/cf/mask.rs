//! `_FillValue` and `missing_value`.

use std::sync::Arc;

use graticule_array::{Array, DType, MapOp, Result, Scalar, TextEncoding};

use super::{Coder, Context, Draft, Target, numbers, text, time};
use crate::note::NoteKind;

/// Stored values that mean missing.
///
/// Follows xarray: both attributes count, each with all its values; a NaN is missing by itself;
/// an attribute of integers that names only NaN is dropped; values are compared as numbers, so
/// one that the stored type cannot hold never matches but still makes room for missing values.
#[derive(Debug)]
pub(super) struct Mask;

impl Coder for Mask {
    fn name(&self) -> &'static str {
        "mask"
    }

    fn decode(&self, draft: &mut Draft, cx: &Context) -> Result<()> {
        if !(draft.dtype.is_real() || draft.dtype.is_text()) {
            return Ok(());
        }
        let stored_fill = draft.encoding.fill.clone();
        let fill = take(draft, "_FillValue");
        let missing = take(draft, "missing_value");
        let fill = match (&fill, &missing) {
            (None, None) if cx.default_fills => default_fill(draft).map(|f| vec![f]),
            _ => fill,
        };
        if fill.is_none() && missing.is_none() {
            return Ok(());
        }
        let named = |values: &Option<Vec<Scalar>>| -> bool {
            values.as_ref().is_some_and(|v| v.iter().any(|s| !is_nan(s)))
        };
        let asked = named(&fill) || named(&missing);
        let (fill, missing) = (fill.unwrap_or_default(), missing.unwrap_or_default());
        draft.encoding.fill = stored_fill.or_else(|| fill.first().cloned());
        draft.encoding.missing = fill.iter().skip(1).chain(&missing).cloned().collect();
        if !asked {
            return Ok(());
        }
        if draft.dtype.is_text() {
            return mask_text(draft, &fill);
        }
        let raw = draft.dtype.clone();
        let to = target(draft, cx);
        let values: Vec<Scalar> =
            fill.iter().chain(&missing).filter_map(|v| numbers::exactly(v, &raw)).collect();
        if values.is_empty() && to == raw {
            return Ok(());
        }
        draft.map(MapOp::Mask { values: values.into(), to })
    }

    fn encode(&self, draft: &mut Draft, cx: &Target) -> Result<()> {
        restore_missing(draft)?;
        if draft.dtype.is_real()
            && !draft.attrs.has("scale_factor")
            && !draft.attrs.has("add_offset")
        {
            return store(draft, None, None, cx);
        }
        if draft.dtype == DType::Str
            && let Some(fill) = draft.encoding.fill.clone().filter(|f| f.as_str().is_some())
        {
            return draft.map(MapOp::FillMissing(fill));
        }
        Ok(())
    }
}

/// Puts `missing_value` back, in the stored type; it also stands in for a lacking `_FillValue`.
fn restore_missing(draft: &mut Draft) -> Result<()> {
    if draft.encoding.missing.is_empty() || !draft.dtype.is_real() {
        return Ok(());
    }
    let all = std::mem::take(&mut draft.encoding.missing);
    let stored = draft.encoding.dtype.clone().unwrap_or_else(|| draft.dtype.clone());
    let held: Option<Vec<Scalar>> = all.iter().map(|v| numbers::exactly(v, &stored)).collect();
    let Some(values) = held else { return Ok(()) };
    if draft.encoding.fill.is_none() {
        draft.encoding.fill = values.first().cloned();
    }
    draft.attrs.set("missing_value", list(&values)?);
    Ok(())
}

/// Values as the encoding stores them: packed, with a value for missing ones, of its type.
pub(super) fn store(
    draft: &mut Draft,
    scale: Option<Scalar>,
    offset: Option<Scalar>,
    cx: &Target,
) -> Result<()> {
    restore_missing(draft)?;
    let signedness = |dtype: DType| match (draft.encoding.unsigned, &dtype) {
        (Some(true), DType::I8) => DType::U8,
        (Some(true), DType::I16) => DType::U16,
        (Some(true), DType::I32) => DType::U32,
        (Some(true), DType::I64) => DType::U64,
        (Some(false), DType::U8) => DType::I8,
        (Some(false), DType::U16) => DType::I16,
        (Some(false), DType::U32) => DType::I32,
        (Some(false), DType::U64) => DType::I64,
        _ => dtype,
    };
    let wanted = draft.encoding.dtype.clone().filter(DType::is_real).map(signedness);
    let to = wanted.unwrap_or_else(|| draft.dtype.clone());
    if to == DType::Bool {
        return Ok(());
    }
    let fill = draft.encoding.fill.take().and_then(|f| {
        let other = numbers::exactly(&f, &to).is_none();
        if other { numbers::reinterpret(&f).filter(|f| f.dtype() == to) } else { Some(f) }
    });
    let nan = |to: &DType| match to {
        DType::F32 => Some(Scalar::F32(f32::NAN)),
        DType::F64 => Some(Scalar::F64(f64::NAN)),
        DType::F16 => Some(Scalar::F16(graticule_array::f16::NAN)),
        _ => None,
    };
    let fill = fill
        .and_then(|f| numbers::exactly(&f, &to).or_else(|| is_nan(&f).then(|| nan(&to)).flatten()))
        .or_else(|| if cx.is_coord { None } else { nan(&to) });
    draft.encoding.fill.clone_from(&fill);
    let fills_nan = fill.as_ref().is_none_or(is_nan);
    if scale.is_none() && offset.is_none() && to == draft.dtype && (fills_nan || to.is_integer()) {
        return Ok(());
    }
    let name = draft.name.as_str().into();
    draft.map(MapOp::Encode { scale, offset, fill: fill.filter(|f| !is_nan(f)), to, name })
}

/// `_FillValue` of a variable that was never decoded moves to where writers look for it.
pub(crate) fn adopt_fill(draft: &mut Draft) {
    let Some(value) = draft.attrs.remove("_FillValue") else { return };
    let stored = value.array().item().ok();
    if draft.dtype == DType::Char {
        draft.encoding.fill = stored.and_then(|v| text::char_of(&v));
        return;
    }
    let nan = |v: &Scalar| is_nan(v) && v.dtype() == draft.dtype;
    let exact =
        stored.and_then(|v| if nan(&v) { Some(v) } else { numbers::exactly(&v, &draft.dtype) });
    draft.encoding.fill = exact.or_else(|| draft.encoding.fill.take());
}

/// Scalars of one type as the value of an attribute.
fn list(values: &[Scalar]) -> Result<Array> {
    let parts = values.iter().map(|v| v.fill(&[1])).collect::<Result<Vec<_>>>()?;
    match &*parts {
        [one] => one.reshape(&[]),
        _ => Array::concat(&parts, 0),
    }
}

/// What netCDF puts where nothing was written; bytes have none, for all of theirs are in use.
fn default_fill(draft: &Draft) -> Option<Scalar> {
    let stored = draft.stored_dtype();
    let fill = match stored {
        DType::I16 => Scalar::I16(-32_767),
        DType::U16 => Scalar::U16(65_535),
        DType::I32 => Scalar::I32(-2_147_483_647),
        DType::U32 => Scalar::U32(4_294_967_295),
        DType::I64 => Scalar::I64(-9_223_372_036_854_775_806),
        DType::U64 => Scalar::U64(18_446_744_073_709_551_614),
        DType::F32 => Scalar::F32(9.969_21e36),
        DType::F64 => Scalar::F64(9.969_209_968_386_869e36),
        _ => return None,
    };
    if *stored == draft.dtype { Some(fill) } else { numbers::reinterpret(&fill) }
}

/// The type that the variable gets to have room for missing values.
pub(super) fn target(draft: &Draft, cx: &Context) -> DType {
    if let Some(packing) = numbers::packing(&draft.attrs) {
        return packing.unpacked(&draft.dtype, cx);
    }
    // xarray reserves i64::MIN in whole numbers of time units, also where they stay numbers.
    if draft.dtype.is_integer() && time::is_time_like(&draft.attrs, cx) {
        return DType::I64;
    }
    draft.dtype.with_missing()
}

/// Characters and byte strings become text, for only text can be missing.
fn mask_text(draft: &mut Draft, fill: &[Scalar]) -> Result<()> {
    // Text has lost the NULs that pad it, so the fill value is compared without them.
    let bare = |s: &Scalar| s.as_str().map(|t| Scalar::from(t.trim_end_matches('\0')));
    let mut values: Vec<Scalar> = fill.iter().filter_map(bare).collect();
    if draft.dtype != DType::Str {
        draft.map(MapOp::TextFrom(TextEncoding::Utf8))?;
    } else if draft.encoding.extra.has("_Encoding") {
        values.clear();
    }
    let values: Arc<[Scalar]> = values.into();
    if values.is_empty() { Ok(()) } else { draft.map(MapOp::Mask { values, to: DType::Str }) }
}

/// Takes an attribute out; one of integers that names only NaN is dropped.
fn take(draft: &mut Draft, name: &str) -> Option<Vec<Scalar>> {
    let values = elements(draft.attrs.remove(name)?.array());
    let dropped = draft.dtype.is_integer() && values.iter().all(is_nan);
    if dropped {
        let text = format!("{name} of integers names no integer and was dropped");
        draft.notes.push(NoteKind::IgnoredAttribute.line(text));
        return None;
    }
    Some(values)
}

fn elements(array: &Array) -> Vec<Scalar> {
    let Ok(flat) = array.reshape(&[array.len()]) else { return Vec::new() };
    (0..flat.len()).filter_map(|i| flat.get(&[i]).ok()).collect()
}

fn is_nan(value: &Scalar) -> bool {
    value.as_f64().is_some_and(f64::is_nan)
}
