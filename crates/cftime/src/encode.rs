//! Ticks → stored numbers.

#[cfg(test)]
mod tests;

use crate::error::{Error, Result};
use crate::{Calendar, DateTime, MISSING, Step, TimeUnit, TimeUnits};

/// Times as numbers of time units.
#[derive(Clone, Debug, PartialEq)]
pub enum Encoded {
    /// Every time is a whole number of steps; missing ones are [`MISSING`], to be declared as the
    /// variable's `_FillValue`.
    Ints(Vec<i64>),
    /// Some times are fractions of steps; missing ones are NaN.
    Floats(Vec<f64>),
}

/// The steps that units are inferred with, longest first.
const STEPS: [Step; 7] = [
    Step::Day,
    Step::Hour,
    Step::Minute,
    Step::Second,
    Step::Millisecond,
    Step::Microsecond,
    Step::Nanosecond,
];

impl TimeUnits {
    /// Expresses ticks (of these units' calendar) in these units: integers where all times are
    /// whole numbers of steps, else the nearest floats.
    ///
    /// # Errors
    /// If a number does not fit into 64 bits.
    ///
    /// ```
    /// use graticule_cftime::{Encoded, TimeUnit, TimeUnits};
    /// let units = TimeUnits::parse("hours since 1970-01-02", None)?;
    /// let hours = units.encode(&[0, 3600], TimeUnit::Second)?;
    /// assert_eq!(hours, Encoded::Ints(vec![-24, -23]));
    /// # Ok::<(), graticule_cftime::Error>(())
    /// ```
    pub fn encode(&self, ticks: &[i64], unit: TimeUnit) -> Result<Encoded> {
        let (step, per_tick) = (self.step_nanos(), i128::from(unit.nanos()));
        let whole = |&tick: &i64| {
            let since = i128::from(tick) * per_tick - self.epoch_nanos();
            tick == MISSING || since % step == 0
        };
        if !ticks.iter().all(whole) {
            return Ok(Encoded::Floats(self.encode_as_floats(ticks, unit)));
        }
        let number = |&tick: &i64| {
            if tick == MISSING {
                return Ok(MISSING);
            }
            let since = i128::from(tick) * per_tick - self.epoch_nanos();
            i64::try_from(since / step)
                .ok()
                .filter(|&n| n != MISSING)
                .ok_or_else(|| Error::overflow(&format!("tick {tick} in {self}"), unit))
        };
        ticks.iter().map(number).collect::<Result<_>>().map(Encoded::Ints)
    }

    /// Expresses ticks as floats in any case; missing ones become NaN.
    pub fn encode_as_floats(&self, ticks: &[i64], unit: TimeUnit) -> Vec<f64> {
        let (step, per_tick) = (self.step_nanos(), i128::from(unit.nanos()));
        let number = |&tick: &i64| {
            if tick == MISSING {
                return f64::NAN;
            }
            let since = i128::from(tick) * per_tick - self.epoch_nanos();
            // Apart, so that the whole part costs the fraction no digits.
            since.div_euclid(step) as f64 + since.rem_euclid(step) as f64 / step as f64
        };
        ticks.iter().map(number).collect()
    }

    /// Expresses ticks without loss: in these units if they decode to the same ticks again, else
    /// with the longest shorter step that gives integers, from the same reference.
    ///
    /// # Errors
    /// If no step gives numbers that fit into 64 bits.
    pub fn encode_lossless(&self, ticks: &[i64], unit: TimeUnit) -> Result<(Self, Encoded)> {
        let encoded = self.encode(ticks, unit)?;
        if self.decodes_to(&encoded, ticks, unit) {
            return Ok((self.clone(), encoded));
        }
        for step in STEPS {
            let shorter = i128::from(step.nanos_in(self.calendar())?) < self.step_nanos();
            let units = Self::new(step, self.epoch(), self.calendar())?;
            if shorter && let Ok(Encoded::Ints(numbers)) = units.encode(ticks, unit) {
                return Ok((units, Encoded::Ints(numbers)));
            }
        }
        Err(Error::overflow(&format!("the times in {self}"), unit))
    }

    fn decodes_to(&self, encoded: &Encoded, ticks: &[i64], unit: TimeUnit) -> bool {
        let decoded = match encoded {
            Encoded::Ints(_) => return true,
            Encoded::Floats(numbers) => self.decoder_for_floats(numbers).and_then(|decoder| {
                let decoded = decoder.decode_f64(numbers)?;
                decoder.unit().convert_all(&decoded, unit)
            }),
        };
        decoded.is_ok_and(|decoded| decoded == ticks)
    }

    /// Units that suit ticks: the longest step of which all distances are multiples, counted from
    /// the first time; "days since 1970-01-01" without times.
    ///
    /// # Errors
    /// If the first time is too far away to be a reference date.
    ///
    /// ```
    /// use graticule_cftime::{Calendar, TimeUnit, TimeUnits};
    /// let ticks = [21_600, 43_200];
    /// let units = TimeUnits::infer(&ticks, TimeUnit::Second, Calendar::NoLeap)?;
    /// assert_eq!(units.text(), "hours since 1970-01-01 06:00:00");
    /// # Ok::<(), graticule_cftime::Error>(())
    /// ```
    pub fn infer(ticks: &[i64], unit: TimeUnit, calendar: Calendar) -> Result<Self> {
        let mut present = ticks.iter().copied().filter(|&t| t != MISSING);
        let Some(first) = present.next() else {
            return Self::new(Step::Day, DateTime::day(1970, 1, 1), calendar);
        };
        let per_tick = i128::from(unit.nanos());
        let mut steps = STEPS.into_iter().skip(1);
        let mut step = Step::Day;
        let nanos = |step: Step| step.nanos_in(calendar).map_or(1, i128::from);
        for tick in present {
            let distance = (i128::from(tick) - i128::from(first)) * per_tick;
            while distance % nanos(step) != 0 {
                step = steps.next().unwrap_or(Step::Nanosecond);
            }
        }
        let reference = DateTime::from_ticks(first, unit, calendar)
            .unwrap_or_else(|| DateTime::day(1970, 1, 1));
        Self::new(step, reference, calendar)
    }

    /// Units for durations: numbers of a step from zero.
    ///
    /// # Errors
    /// If the step has no fixed length.
    pub fn of_durations(step: Step) -> Result<Self> {
        Self::new(step, DateTime::day(1970, 1, 1), Calendar::ProlepticGregorian)
    }
}
