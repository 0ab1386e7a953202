//! Time units of the CF conventions: "hours since 1850-01-01".

mod reference;
mod step;
#[cfg(test)]
mod tests;

use std::fmt;

use crate::date::DateTime;
use crate::error::{Error, Result};
use crate::{Calendar, TimeUnit};
use reference::Reference;

pub use step::Step;

/// The `units` and `calendar` attributes of a time variable, read.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct TimeUnits {
    step: Step,
    reference: DateTime,
    /// Nanoseconds from 1970-01-01T00:00 of the calendar to the reference, in UTC.
    epoch: i128,
    calendar: Calendar,
    text: String,
    calendar_text: Option<String>,
    /// Spelling and reference are such that pandas reads them, which decides how xarray rounds.
    plain: bool,
    misread: Option<i128>,
}

impl TimeUnits {
    /// Reads the attributes `units` and `calendar` of a variable; no calendar means `standard`.
    ///
    /// Accepts the units of UDUNITS (`msec`, `s`, `hr`, `days`, ...) and any form of reference
    /// that xarray reads: a missing time, `T` or blank between date and time, fractional seconds,
    /// fields of one digit, short and negative years, names of months, time zones
    /// (`Z`, `UTC`, `+05:30`, `-6`, `0:00`). Months and years are accepted where they have a fixed
    /// length: months in `360_day`, years in `360_day`, `noleap` and `all_leap`.
    ///
    /// # Errors
    /// If the text is not "STEP since DATE", or the date does not exist in the calendar.
    ///
    /// ```
    /// use graticule_cftime::TimeUnits;
    /// let units = TimeUnits::parse("hours since 1850-1-1 00:00:00 +1:00", None)?;
    /// assert_eq!(units.reference().iso(), "1850-01-01T00:00:00.000000"); // at +1:00
    /// assert_eq!(units.epoch().iso(), "1849-12-31T23:00:00.000000");     // in UTC
    /// # Ok::<(), graticule_cftime::Error>(())
    /// ```
    pub fn parse(units: &str, calendar: Option<&str>) -> Result<Self> {
        let parsed_calendar = calendar.map_or(Ok(Calendar::Standard), Calendar::parse)?;
        let (step_text, reference_text) = split_since(units)
            .ok_or_else(|| Error::units(units, "expected a unit, \"since\", and a date"))?;
        let step = Step::parse(step_text).ok_or_else(|| {
            let why = format!("{:?} is no unit of time", crate::error::shorten(step_text));
            Error::units(units, why)
        })?;
        step.nanos_in(parsed_calendar)?;
        let reference = Reference::parse(reference_text).map_err(|why| Error::units(units, why))?;
        let local = reference.local.nanos_since_epoch(parsed_calendar)?;
        Ok(Self {
            step,
            reference: reference.local,
            epoch: local - i128::from(reference.zone_minutes) * MINUTE,
            calendar: parsed_calendar,
            text: units.to_owned(),
            calendar_text: calendar.map(str::to_owned),
            plain: step::is_full_name(step_text) && reference.plain,
            misread: reference.misread_clock(local, parsed_calendar),
        })
    }

    /// Units that count `step`s from a date (in UTC) of a calendar.
    ///
    /// # Errors
    /// If the date does not exist in the calendar, or the step has no fixed length in it.
    ///
    /// ```
    /// use graticule_cftime::{Calendar, DateTime, Step, TimeUnits};
    /// let units = TimeUnits::new(Step::Hour, DateTime::day(1850, 1, 1), Calendar::NoLeap)?;
    /// assert_eq!(units.to_string(), "hours since 1850-01-01 00:00:00");
    /// # Ok::<(), graticule_cftime::Error>(())
    /// ```
    pub fn new(step: Step, reference: DateTime, calendar: Calendar) -> Result<Self> {
        step.nanos_in(calendar)?;
        Ok(Self {
            step,
            reference,
            epoch: reference.nanos_since_epoch(calendar)?,
            calendar,
            text: format!("{step} since {}", reference.spaced()),
            calendar_text: Some(calendar.name().to_owned()),
            plain: true,
            misread: None,
        })
    }

    /// The same units with the reference as xarray takes it, where that differs.
    ///
    /// xarray reads "since 2020-02-05 10:08:25 0:00" (an offset from UTC without a sign, common
    /// in ARM files) as 00:00 of that day; UDUNITS and this crate read 10:08:25 UTC.
    #[must_use]
    pub fn as_read_by_xarray(&self) -> Self {
        let mut units = self.clone();
        if let Some(epoch) = self.misread {
            units.epoch = epoch;
            units.reference = DateTime::from_nanos(epoch, self.calendar);
        }
        units
    }

    /// The unit counted.
    pub fn step(&self) -> Step {
        self.step
    }

    /// The reference date as written, in its own time zone.
    pub fn reference(&self) -> DateTime {
        self.reference
    }

    /// The reference date in UTC: the instant of the number 0.
    pub fn epoch(&self) -> DateTime {
        DateTime::from_nanos(self.epoch, self.calendar)
    }

    /// The calendar, `standard` where none was given.
    pub fn calendar(&self) -> Calendar {
        self.calendar
    }

    /// The `units` text as written.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The `calendar` text as written, if there was one.
    pub fn calendar_text(&self) -> Option<&str> {
        self.calendar_text.as_deref()
    }

    /// The coarsest tick that holds every whole number of these units exactly.
    pub fn natural_unit(&self) -> TimeUnit {
        TimeUnit::holding(self.epoch).finer(TimeUnit::holding(self.step_nanos()))
    }

    /// Nanoseconds in one step.
    pub(crate) fn step_nanos(&self) -> i128 {
        // The constructors have refused steps without a length.
        i128::from(self.step.nanos_in(self.calendar).unwrap_or(1))
    }

    /// Nanoseconds from 1970-01-01T00:00 of the calendar to the number 0.
    pub(crate) fn epoch_nanos(&self) -> i128 {
        self.epoch
    }

    pub(crate) fn is_plain(&self) -> bool {
        self.plain
    }
}

pub(crate) const MINUTE: i128 = 60_000_000_000;

impl fmt::Display for TimeUnits {
    /// The text as written.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.text)
    }
}

/// Splits "STEP since DATE" at the word "since", in any case.
fn split_since(text: &str) -> Option<(&str, &str)> {
    let mut rest = text;
    let mut offset = 0;
    loop {
        let word_start = offset + (rest.len() - rest.trim_start().len());
        let word = text.get(word_start..)?.split_whitespace().next()?;
        let word_end = word_start + word.len();
        if word_start > 0 && word.eq_ignore_ascii_case("since") {
            let (step, reference) = (text.get(..word_start)?.trim(), text.get(word_end..)?.trim());
            return (!step.is_empty() && !reference.is_empty()).then_some((step, reference));
        }
        offset = word_end;
        rest = text.get(offset..)?;
    }
}
