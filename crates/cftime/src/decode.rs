//! Stored numbers → ticks.

mod round;
#[cfg(test)]
mod tests;

use std::fmt::Display;

use crate::error::{Error, Result};
use crate::{Calendar, MISSING, TimeUnit, TimeUnits};

/// How the numbers of one variable become ticks: always to the same tick, so that parts of a
/// variable can be decoded apart.
///
/// Whole numbers decode exactly. Others are rounded as xarray does, so that decoded times agree
/// with it digit by digit: products in 64-bit floats cut off to nanoseconds where pandas reads the
/// units (calendars `standard` and `proleptic_gregorian`, years 1678-2262), products in 80-bit
/// floats rounded to microseconds, as in cftime, elsewhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "wire", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "wire", serde(try_from = "crate::decode::Parts"))]
pub struct Decoder {
    unit: TimeUnit,
    calendar: Calendar,
    rule: Rule,
    /// Nanoseconds of a step, and from 1970-01-01T00:00 to the number 0.
    step: i128,
    epoch: i128,
    /// cftime snaps to whole seconds for steps that are longer.
    snaps: bool,
}

/// What happens to numbers that are not whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "wire", derive(serde::Serialize, serde::Deserialize))]
enum Rule {
    /// They are an error.
    Exact,
    /// Nanoseconds from a product of 64-bit floats, cut off.
    CutNanoseconds,
    /// Microseconds from a product of 80-bit floats, to the nearest even.
    NearestMicroseconds,
}

/// A decoder as it arrives, not checked yet: unit, calendar, rule, step, epoch, snaps.
#[cfg(feature = "wire")]
#[derive(serde::Deserialize)]
struct Parts(TimeUnit, Calendar, Rule, i128, i128, bool);

#[cfg(feature = "wire")]
impl TryFrom<Parts> for Decoder {
    type Error = &'static str;

    fn try_from(parts: Parts) -> std::result::Result<Self, Self::Error> {
        let Parts(unit, calendar, rule, step, epoch, snaps) = parts;
        // Products with 64-bit numbers must stay within 128 bits.
        let sane = (1..1 << 60).contains(&step) && epoch.unsigned_abs() < 1 << 100;
        let decoder = Self { unit, calendar, rule, step, epoch, snaps };
        if sane { Ok(decoder) } else { Err("a decoder of times without sense") }
    }
}

impl TimeUnits {
    /// The decoder of a variable of integers: exact, to the coarsest tick that holds the units.
    ///
    /// # Errors
    /// If the reference date does not fit into that tick.
    pub fn decoder_for_ints(&self) -> Result<Decoder> {
        self.decoder_with(self.natural_unit(), Rule::Exact)
    }

    /// The decoder of a variable of floats with these values: to the coarsest tick that holds all
    /// of them.
    ///
    /// # Errors
    /// If a value does not fit into 64-bit ticks.
    ///
    /// ```
    /// use graticule_cftime::{TimeUnit, TimeUnits};
    /// let units = TimeUnits::parse("days since 2000-01-01", None)?;
    /// assert_eq!(units.decoder_for_floats(&[0.5, f64::NAN])?.unit(), TimeUnit::Second);
    /// assert_eq!(units.decoder_for_floats(&[0.1234567891])?.unit(), TimeUnit::Nanosecond);
    /// # Ok::<(), graticule_cftime::Error>(())
    /// ```
    pub fn decoder_for_floats(&self, values: &[f64]) -> Result<Decoder> {
        let mut finite = values.iter().filter(|v| v.is_finite());
        if finite.all(|v| v.trunc() == *v) {
            return self.decoder_for_ints();
        }
        let mut decoder = self.unseen(values.iter().copied())?;
        let ticks = match decoder.decode_f64(values) {
            Err(e) if e.is_overflow() && decoder.rule == Rule::CutNanoseconds => {
                decoder = self.in_microseconds()?;
                decoder.decode_f64(values)?
            }
            ticks => ticks?,
        };
        decoder.unit = decoder.unit.coarsest(&ticks);
        Ok(decoder)
    }

    /// The decoder of a variable of floats whose values are not known yet: to nanoseconds where
    /// that is the finest that can occur and the reference allows it, else to microseconds.
    ///
    /// # Errors
    /// If the reference date does not fit into that tick.
    pub fn decoder_for_unseen_floats(&self) -> Result<Decoder> {
        self.unseen(std::iter::empty())
    }

    fn unseen(&self, values: impl Iterator<Item = f64>) -> Result<Decoder> {
        if self.is_read_by_pandas(values) {
            self.decoder_with(TimeUnit::Nanosecond, Rule::CutNanoseconds)
        } else {
            self.in_microseconds()
        }
    }

    fn in_microseconds(&self) -> Result<Decoder> {
        let unit = self.natural_unit().finer(TimeUnit::Microsecond);
        self.decoder_with(unit, Rule::NearestMicroseconds)
    }

    /// Whether xarray would leave these units and values to pandas.
    fn is_read_by_pandas(&self, values: impl Iterator<Item = f64>) -> bool {
        let (epoch, step) = (self.epoch_nanos(), self.step_nanos());
        let fits = |nanos: i128| i64::try_from(nanos).is_ok_and(|t| t != MISSING);
        let after_reform = || epoch >= i128::from(crate::REFORM_DAY) * 86_400_000_000_000;
        let calendar = match self.calendar() {
            Calendar::ProlepticGregorian => true,
            Calendar::Standard => after_reform(),
            _ => false,
        };
        let (first, last) = values
            .filter(|v| v.is_finite())
            .fold((0.0_f64, 0.0_f64), |(lo, hi), v| (lo.min(v), hi.max(v)));
        let reached = |v: f64| {
            let since = (v.abs() < 1e19).then(|| (v as i128).checked_mul(step)).flatten();
            since.is_some_and(|d| fits(d) && fits(d + epoch))
        };
        calendar && self.is_plain() && fits(epoch) && reached(first) && reached(last)
    }

    fn decoder_with(&self, unit: TimeUnit, rule: Rule) -> Result<Decoder> {
        use crate::Step::{Microsecond, Millisecond, Nanosecond};
        let decoder = Decoder {
            unit,
            calendar: self.calendar(),
            rule,
            step: self.step_nanos(),
            epoch: self.epoch_nanos(),
            snaps: !matches!(self.step(), Nanosecond | Microsecond | Millisecond),
        };
        decoder.decode_int(0)?;
        Ok(decoder)
    }
}

impl Decoder {
    /// The tick that results.
    pub fn unit(&self) -> TimeUnit {
        self.unit
    }

    /// The calendar that the ticks belong to.
    pub fn calendar(&self) -> Calendar {
        self.calendar
    }

    /// The same decoder to another tick; a value that it cannot hold is an error of decoding.
    #[must_use]
    pub fn with_unit(mut self, unit: TimeUnit) -> Self {
        self.unit = unit;
        self
    }

    /// Decodes integers; `i64::MIN` is missing, as in xarray.
    ///
    /// # Errors
    /// If a time does not fit into the ticks.
    pub fn decode_i64(&self, values: &[i64]) -> Result<Vec<i64>> {
        let mut ticks = vec![MISSING; values.len()];
        self.decode_i64_into(values, &mut ticks)?;
        Ok(ticks)
    }

    /// [`decode_i64`](Self::decode_i64) into the caller's buffer, as far as both reach.
    ///
    /// # Errors
    /// If a time does not fit into the ticks.
    pub fn decode_i64_into(&self, values: &[i64], ticks: &mut [i64]) -> Result<()> {
        let nanos = i128::from(self.unit.nanos());
        // The common case, in 64 bits: every whole number of steps is a whole number of ticks.
        if self.step % nanos == 0
            && self.epoch % nanos == 0
            && let Ok(step) = i64::try_from(self.step / nanos)
            && let Ok(epoch) = i64::try_from(self.epoch / nanos)
        {
            for (tick, &value) in ticks.iter_mut().zip(values) {
                *tick = if value == MISSING {
                    MISSING
                } else {
                    value
                        .checked_mul(step)
                        .and_then(|t| t.checked_add(epoch))
                        .filter(|&t| t != MISSING)
                        .ok_or_else(|| self.overflow(value))?
                };
            }
            return Ok(());
        }
        for (tick, &value) in ticks.iter_mut().zip(values) {
            *tick = if value == MISSING { MISSING } else { self.decode_int(value)? };
        }
        Ok(())
    }

    /// Decodes floats; NaN and infinities are missing.
    ///
    /// # Errors
    /// If a time does not fit into the ticks, or the decoder was made for coarser ones.
    pub fn decode_f64(&self, values: &[f64]) -> Result<Vec<i64>> {
        let mut ticks = vec![MISSING; values.len()];
        self.decode_f64_into(values, &mut ticks)?;
        Ok(ticks)
    }

    /// [`decode_f64`](Self::decode_f64) into the caller's buffer, as far as both reach.
    ///
    /// # Errors
    /// If a time does not fit into the ticks, or the decoder was made for coarser ones.
    pub fn decode_f64_into(&self, values: &[f64], ticks: &mut [i64]) -> Result<()> {
        /// The first float that no longer is an `i64`.
        const TOO_LARGE: f64 = 9_223_372_036_854_775_808.0;
        // pandas rounds the products of whole numbers too, where others are among them.
        let exact = self.rule != Rule::CutNanoseconds;
        for (tick, &value) in ticks.iter_mut().zip(values) {
            *tick = if !value.is_finite() {
                MISSING
            } else if exact && value.trunc() == value && value.abs() < TOO_LARGE {
                self.decode_int(value as i64)?
            } else {
                self.decode_fraction(value)?
            };
        }
        Ok(())
    }

    fn decode_int(&self, value: i64) -> Result<i64> {
        // |value| < 2^63 and a step is below 2^55: the product fits.
        self.tick(i128::from(value) * self.step + self.epoch, value)
    }

    fn decode_fraction(&self, value: f64) -> Result<i64> {
        let since = match self.rule {
            Rule::Exact => return Err(Error::precision(&format!("the number {value}"), self.unit)),
            Rule::CutNanoseconds => {
                let product = value * self.step as f64;
                // Saturates, and is caught below.
                product as i128
            }
            Rule::NearestMicroseconds => round::microseconds(value, self.step, self.snaps)
                .and_then(|micros| micros.checked_mul(1000))
                .ok_or_else(|| self.overflow(value))?,
        };
        let nanos = since.checked_add(self.epoch).ok_or_else(|| self.overflow(value))?;
        self.tick(nanos, value)
    }

    fn tick(&self, nanos: i128, value: impl Copy + Display) -> Result<i64> {
        let per_tick = i128::from(self.unit.nanos());
        if nanos % per_tick != 0 {
            return Err(Error::precision(&format!("the number {value}"), self.unit));
        }
        i64::try_from(nanos / per_tick)
            .ok()
            .filter(|&t| t != MISSING)
            .ok_or_else(|| self.overflow(value))
    }

    fn overflow(&self, value: impl Copy + Display) -> Error {
        Error::overflow(&format!("the number {value}"), self.unit)
    }
}
