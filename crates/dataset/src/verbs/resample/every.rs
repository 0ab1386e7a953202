//! The periods to resample to.

use std::fmt;

use graticule_array::{Array, DType, Error, Result, Scalar, TimeType};
use graticule_cftime::{Bins, Frequency, Origin, PartialDate, Resample, Side, TimeUnit};

use crate::select::Label;

/// Periods of time to resample to: a frequency by its alias (`YS`, `YE`, `QS-DEC`, `MS`, `ME`,
/// `W`, `D`, `h`, `min`, `s` ..., each with a multiple: `3h`), and how its bins lie.
///
/// ```
/// use graticule_dataset::{Side, every};
/// let bins = every("81min").closed(Side::Right).label(Side::Right).offset("3min");
/// assert_eq!(bins.to_string(), "81min");
/// ```
#[derive(Clone, Debug, PartialEq)]
#[must_use]
pub struct Every {
    frequency: String,
    closed: Option<Side>,
    label: Option<Side>,
    origin: Start,
    offset: Option<String>,
}

/// Where bins of a fixed length are counted from.
#[derive(Clone, Debug, PartialEq)]
enum Start {
    Rule(Origin),
    Label(Label),
}

/// Bins of this frequency; see [`Every`].
pub fn every(frequency: impl Into<String>) -> Every {
    Every {
        frequency: frequency.into(),
        closed: None,
        label: None,
        origin: Start::Rule(Origin::StartDay),
        offset: None,
    }
}

impl Every {
    /// Which end belongs to a bin: the left one, but for `ME`, `QE`, `YE` and `W` the right one.
    pub fn closed(mut self, side: Side) -> Self {
        self.closed = Some(side);
        self
    }

    /// Which end labels a bin; by default as [`closed`](Self::closed).
    pub fn label(mut self, side: Side) -> Self {
        self.label = Some(side);
        self
    }

    /// Where bins of days and shorter are counted from: by default from the midnight before the
    /// first time.
    pub fn origin(mut self, origin: Origin) -> Self {
        self.origin = Start::Rule(origin);
        self
    }

    /// Counts bins of days and shorter from this time, given as text or as a time.
    pub fn origin_at(mut self, time: impl Into<Label>) -> Self {
        self.origin = Start::Label(time.into());
        self
    }

    /// Moves the origin by a fixed length: `"3min"`, `"-2h"`.
    pub fn offset(mut self, length: impl Into<String>) -> Self {
        self.offset = Some(length.into());
        self
    }

    /// The bins of these times, and the type of their labels.
    pub(super) fn bins(&self, times: &Array) -> Result<(Vec<i64>, Bins, TimeType)> {
        let DType::Time(kind) = *times.dtype() else {
            return Err(Error::mismatch(format!(
                "resampling to \"{self}\" needs times; the labels are {}",
                times.dtype()
            )));
        };
        let frequency = Frequency::parse(&self.frequency)?;
        let mut ticks = times.to_flat::<i64>()?;
        let mut unit = kind.unit;
        loop {
            let kind = TimeType { unit, ..kind };
            match self.rule(frequency, kind)?.bins(&ticks, unit, kind.calendar) {
                Ok(bins) => return Ok((ticks, bins, kind)),
                Err(error) => match finer(unit).filter(|_| error.is_precision()) {
                    Some(next) => {
                        ticks = unit.convert_all(&ticks, next)?;
                        unit = next;
                    }
                    None => return Err(error.into()),
                },
            }
        }
    }

    fn rule(&self, frequency: Frequency, kind: TimeType) -> Result<Resample> {
        let mut rule = Resample::new(frequency);
        if let Some(side) = self.closed {
            rule = rule.closed(side);
        }
        if let Some(side) = self.label {
            rule = rule.label(side);
        }
        if let Some(length) = &self.offset {
            rule = rule.offset(nanos(length)?);
        }
        rule = match &self.origin {
            Start::Rule(origin) => rule.origin(*origin),
            Start::Label(label) => rule.origin(Origin::At(tick(label, kind)?)),
        };
        if rule.ignores_origin() {
            return Err(Error::invalid(format!(
                "an origin or offset means nothing for \"{self}\", whose bins follow the calendar"
            ))
            .hint("leave it out, or resample to days or shorter periods"));
        }
        Ok(rule)
    }
}

/// The next finer unit.
fn finer(unit: TimeUnit) -> Option<TimeUnit> {
    match unit {
        TimeUnit::Second => Some(TimeUnit::Millisecond),
        TimeUnit::Millisecond => Some(TimeUnit::Microsecond),
        TimeUnit::Microsecond => Some(TimeUnit::Nanosecond),
        TimeUnit::Nanosecond => None,
    }
}

/// A length such as "-3h" in nanoseconds.
fn nanos(text: &str) -> Result<i64> {
    let (sign, length) = match text.trim().strip_prefix('-') {
        Some(rest) => (-1, rest),
        None => (1, text),
    };
    let length = Frequency::parse(length)?;
    let nanos = length.nanos().ok_or_else(|| {
        Error::invalid(format!("the offset \"{text}\" has no fixed length")).hint("use \"3h\"")
    })?;
    Ok(sign * nanos)
}

fn tick(label: &Label, kind: TimeType) -> Result<i64> {
    match label.value() {
        Scalar::Time(tick, own) if own.calendar == kind.calendar => {
            Ok(own.unit.convert(*tick, kind.unit)?)
        }
        Scalar::Str(text) => {
            let date = PartialDate::parse(text.as_str().unwrap_or_default())?;
            Ok(date.interval(kind.unit, kind.calendar)?.0)
        }
        _ => Err(Error::mismatch(format!("{label} is no time of the calendar of the labels"))),
    }
}

impl From<&str> for Every {
    fn from(frequency: &str) -> Self {
        every(frequency)
    }
}

impl From<String> for Every {
    fn from(frequency: String) -> Self {
        every(frequency)
    }
}

impl From<&String> for Every {
    fn from(frequency: &String) -> Self {
        every(frequency)
    }
}

/// The frequency as it was given.
impl fmt::Display for Every {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.frequency)
    }
}
