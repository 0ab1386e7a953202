//! Lengths of time.

use graticule_array::{DType, Error, MISSING_TICK, MapOp, Result, Scalar};
use graticule_cftime::{Calendar, Encoded, Step, TimeUnit};

use super::{Coder, Context, Draft, Durations, Target};
use crate::note::NoteKind;

/// Numbers of `days`, `hours` ... that the attribute `dtype = "timedelta64[..]"` declares as
/// lengths of time; on request all numbers of these units.
#[derive(Debug)]
pub(super) struct Duration;

impl Coder for Duration {
    fn name(&self) -> &'static str {
        "duration"
    }

    fn decode(&self, draft: &mut Draft, cx: &Context) -> Result<()> {
        let Some(step) = draft.attrs.text("units").and_then(step_of) else { return Ok(()) };
        let declared = draft.attrs.text("dtype").and_then(declared_unit);
        let wanted = match cx.durations {
            Durations::Never => return Ok(()),
            Durations::Declared => declared.is_some(),
            Durations::All => true,
        };
        if !wanted || !draft.dtype.is_real() {
            return Ok(());
        }
        let nanos = step.nanos_in(Calendar::Standard).unwrap_or(1);
        let op = MapOp::DecodeDuration {
            nanos_per_step: nanos,
            to: declared.unwrap_or(TimeUnit::Nanosecond),
        };
        if let Err(why) = draft.map(op) {
            let text = format!("durations are left as numbers: {why}");
            draft.notes.push(NoteKind::LeftAsStored.line(text));
            return Ok(());
        }
        if let Some(units) = draft.attrs.remove("units") {
            draft.encoding.extra.set("units", units);
        }
        if declared.is_some() {
            draft.attrs.remove("dtype");
        }
        Ok(())
    }

    fn encode(&self, draft: &mut Draft, cx: &Target) -> Result<()> {
        let DType::Duration(unit) = draft.dtype else { return Ok(()) };
        let old = draft.encoding.extra.remove("units");
        let wanted = old.as_ref().and_then(|u| u.as_str()).and_then(step_of);
        draft.attrs.set("dtype", format!("timedelta64[{unit}]"));
        let Some(values) = &draft.values else {
            let step = wanted.unwrap_or(Step::Second);
            draft.attrs.set("units", step.name());
            draft.encoding.fill = Some(Scalar::F64(f64::NAN));
            let nanos_per_step = step.nanos_in(Calendar::Standard)?;
            return draft.map(MapOp::EncodeDuration { nanos_per_step, to: DType::F64 });
        };
        let ticks = values.to_flat::<i64>()?;
        let shape = values.shape().to_vec();
        let per_tick = i128::from(unit.nanos());
        let divides = |step: Step| {
            let nanos = step.nanos_in(Calendar::Standard).map_or(1, i128::from);
            ticks.iter().all(|t| *t == MISSING_TICK || i128::from(*t) * per_tick % nanos == 0)
        };
        let mut steps = wanted.into_iter().chain(STEPS);
        let step = steps.find(|s| divides(*s)).unwrap_or(Step::Nanosecond);
        let nanos = step.nanos_in(Calendar::Standard).map_or(1, i128::from);
        let number = |t: &i64| {
            if *t == MISSING_TICK {
                return Ok(MISSING_TICK);
            }
            i64::try_from(i128::from(*t) * per_tick / nanos)
                .map_err(|_| Error::invalid(format!("{t} {unit} do not fit into 64 bits")))
        };
        let numbers = ticks.iter().map(number).collect::<Result<Vec<i64>>>()?;
        draft.attrs.set("units", step.name());
        super::time::store_numbers(draft, Encoded::Ints(numbers), &shape, cx)
    }
}

/// The steps that durations are stored in, longest first.
const STEPS: [Step; 7] = [
    Step::Day,
    Step::Hour,
    Step::Minute,
    Step::Second,
    Step::Millisecond,
    Step::Microsecond,
    Step::Nanosecond,
];

/// The step of units that are exactly one of the names that mean a length of time.
pub(super) fn step_of(units: &str) -> Option<Step> {
    Some(match units {
        "days" => Step::Day,
        "hours" => Step::Hour,
        "minutes" => Step::Minute,
        "seconds" => Step::Second,
        "milliseconds" => Step::Millisecond,
        "microseconds" => Step::Microsecond,
        "nanoseconds" => Step::Nanosecond,
        _ => return None,
    })
}

/// The tick of "timedelta64[ms]"; units longer than a second count in seconds.
fn declared_unit(dtype: &str) -> Option<TimeUnit> {
    let inside = dtype.strip_prefix("timedelta64[")?.strip_suffix(']')?;
    match inside {
        "Y" | "M" | "W" | "D" | "h" | "m" => Some(TimeUnit::Second),
        "ps" | "fs" | "as" => Some(TimeUnit::Nanosecond),
        other => other.parse().ok(),
    }
}
