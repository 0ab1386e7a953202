//! Instants: numbers with units such as "hours since 1850-01-01".

use std::sync::Arc;

use graticule_array::{Array, DType, Error, MISSING_TICK, MapOp, Result, Scalar};
use graticule_cftime::{Decoder, Encoded, TimeUnits};

use super::{Coder, Context, Draft, Durations, Target, duration, numbers};
use crate::attrs::Attrs;
use crate::note::NoteKind;

/// Times in any calendar. Units that name no instant ("months since", an impossible date) and
/// values beyond the range of ticks leave the variable as numbers, with a note.
#[derive(Debug)]
pub(super) struct Time;

impl Coder for Time {
    fn name(&self) -> &'static str {
        "time"
    }

    fn decode(&self, draft: &mut Draft, cx: &Context) -> Result<()> {
        let Some(units) = draft.attrs.text("units").filter(|u| u.contains("since")) else {
            return Ok(());
        };
        if !draft.dtype.is_real() || draft.dtype == DType::Bool || !cx.times {
            return Ok(());
        }
        let parsed = TimeUnits::parse(units, draft.attrs.text("calendar"));
        let units = match parsed {
            Ok(units) => units,
            Err(why) => {
                let text = format!("times are left as numbers: {why}");
                draft.notes.push(NoteKind::LeftAsStored.line(text));
                return Ok(());
            }
        };
        let shown = units.clone();
        let units = if cx.xarray_zones { units.as_read_by_xarray() } else { units };
        let decoded = decoder(draft, &units)
            .and_then(|decoder| draft.map(MapOp::DecodeTime { decoder, units: Arc::new(units) }));
        if let Err(why) = decoded {
            let text = format!("times are left as numbers: {why}");
            draft.notes.push(NoteKind::LeftAsStored.line(text));
            return Ok(());
        }
        draft.attrs.remove("units");
        draft.attrs.remove("calendar");
        draft.encoding.time = Some(shown);
        Ok(())
    }

    fn encode(&self, draft: &mut Draft, cx: &Target) -> Result<()> {
        let DType::Time(time) = draft.dtype else { return Ok(()) };
        let wanted = draft.encoding.time.take();
        let kept = wanted.filter(|u| u.calendar() == time.calendar);
        let Some(values) = &draft.values else {
            // Too large to look at: as the encoding says, or in whole ticks.
            let units = match kept {
                Some(units) => units,
                None => TimeUnits::infer(&[], time.unit, time.calendar)?,
            };
            describe(draft, &units);
            draft.encoding.fill = Some(Scalar::F64(f64::NAN));
            return draft.map(MapOp::EncodeTime { units: Arc::new(units), to: DType::F64 });
        };
        let ticks = values.to_flat::<i64>()?;
        let units = match kept {
            Some(units) => units,
            None => TimeUnits::infer(&ticks, time.unit, time.calendar)?,
        };
        let (units, encoded) = units.encode_lossless(&ticks, time.unit)?;
        let shape = values.shape().to_vec();
        describe(draft, &units);
        store_numbers(draft, encoded, &shape, cx)
    }
}

fn describe(draft: &mut Draft, units: &TimeUnits) {
    draft.attrs.set("units", units.text());
    draft.attrs.set("calendar", units.calendar_text().unwrap_or(units.calendar().name()));
}

/// Numbers of steps in the type of the encoding where it holds them, else in 64 bits.
pub(super) fn store_numbers(
    draft: &mut Draft,
    encoded: Encoded,
    shape: &[usize],
    cx: &Target,
) -> Result<()> {
    let wanted = draft.encoding.dtype.take().filter(|d| d.is_real() && *d != DType::Bool);
    let packed = draft.encoding.scale.is_some() || draft.encoding.offset.is_some();
    let (numbers, whole) = match encoded {
        Encoded::Ints(v) => (Array::from_vec(shape, v)?, true),
        Encoded::Floats(v) => (Array::from_vec(shape, v)?, false),
    };
    let gaps = whole && numbers.to_flat::<i64>()?.contains(&MISSING_TICK);
    let as_floats = |v: &Array| -> Result<Array> {
        let real = |n: &i64| if *n == MISSING_TICK { f64::NAN } else { *n as f64 };
        Array::from_vec(shape, v.to_flat::<i64>()?.iter().map(real).collect::<Vec<_>>())
    };
    if packed {
        draft.encoding.dtype = wanted;
        draft.replace(if whole { as_floats(&numbers)? } else { numbers });
        return Ok(());
    }
    let candidates = if whole {
        [wanted, Some(DType::I64), Some(DType::I32), Some(DType::F64)]
    } else {
        [wanted, Some(DType::F64), None, None]
    };
    for to in candidates.into_iter().flatten() {
        if cx.is_narrow() && (to == DType::I64 || to.is_unsigned_integer() && to != DType::U8) {
            continue;
        }
        let source =
            if whole && (gaps || to.is_float()) { as_floats(&numbers)? } else { numbers.clone() };
        let gaps = gaps || (!whole && !cx.is_coord);
        let fill = fill_for(draft.encoding.fill.as_ref(), &to, gaps);
        let name = draft.name.as_str().into();
        let op =
            MapOp::Encode { scale: None, offset: None, fill: fill.clone(), to: to.clone(), name };
        let Ok(stored) = op.apply(&source) else { continue };
        let back = stored.cast(&DType::F64)?.to_flat::<f64>()?;
        let wide = source.cast(&DType::F64)?.to_flat::<f64>()?;
        let exact = back.iter().zip(&wide).all(|(b, w)| b == w || w.is_nan());
        let is_fill = |v: f64| fill.as_ref().and_then(Scalar::as_f64) == Some(v);
        let clashes = wide.iter().any(|w| is_fill(*w));
        if exact && !clashes {
            draft.encoding.fill = fill;
            draft.encoding.dtype = None;
            draft.replace(stored);
            return Ok(());
        }
    }
    Err(Error::invalid("no type holds the numbers of these times")
        .hint("choose other units in the encoding"))
}

/// What stands for a missing time: as before, else NaN or the least integer.
fn fill_for(old: Option<&Scalar>, to: &DType, needed: bool) -> Option<Scalar> {
    let kept = old.and_then(|f| numbers::exactly(f, to));
    if kept.is_some() || !needed {
        return kept;
    }
    match to {
        DType::F64 => Some(Scalar::F64(f64::NAN)),
        DType::F32 => Some(Scalar::F32(f32::NAN)),
        DType::I64 => Some(Scalar::I64(i64::MIN)),
        DType::I32 => Some(Scalar::I32(i32::MIN)),
        DType::I16 => Some(Scalar::I16(i16::MIN)),
        _ => None,
    }
}

fn decoder(draft: &Draft, units: &TimeUnits) -> Result<Decoder> {
    if draft.dtype.is_integer() {
        return Ok(units.decoder_for_ints()?);
    }
    match draft.values.as_ref().map(floats).transpose()? {
        Some(values) => Ok(units.decoder_for_floats(&values)?),
        None => Ok(units.decoder_for_unseen_floats()?),
    }
}

fn floats(values: &Array) -> Result<Vec<f64>> {
    values.cast(&DType::F64)?.to_flat::<f64>()
}

/// Whether the units are those of instants or lengths of time that are being decoded.
pub(super) fn is_time_like(attrs: &Attrs, cx: &Context) -> bool {
    let Some(units) = attrs.text("units") else { return false };
    if let Some((step, reference)) = units.split_once("since") {
        return cx.times && !step.trim().is_empty() && !reference.trim().is_empty();
    }
    cx.durations != Durations::Never && duration::step_of(units).is_some()
}
