//! Bins of a time axis at a lower frequency.

use super::Frequency;
use super::range::{Times, nanos, tick};
use crate::error::{Error, Kind, Result};
use crate::{Calendar, MISSING, TimeUnit};

const DAY_NANOS: i128 = 86_400_000_000_000;

/// An end of a bin.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Side {
    /// The earlier one.
    Left,
    /// The later one.
    Right,
}

/// Where bins of a fixed length (days and shorter) are counted from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Origin {
    /// Midnight of the first time's day.
    #[default]
    StartDay,
    /// The first time.
    Start,
    /// 1970-01-01.
    Epoch,
    /// The last time, backwards.
    End,
    /// Midnight after the last time, backwards.
    EndDay,
    /// This tick.
    At(i64),
}

/// How times are put into bins: pandas' and xarray's options of `resample`.
///
/// ```
/// use graticule_cftime::{Calendar, Frequency, Resample, TimeUnit};
/// let days: Vec<i64> = (0..60).map(|d| d * 86_400).collect();
/// let monthly = Resample::new(Frequency::parse("MS")?);
/// let bins = monthly.bins(&days, TimeUnit::Second, Calendar::NoLeap)?;
/// assert_eq!(bins.labels(), [0, 31 * 86_400, 59 * 86_400]);
/// assert_eq!(bins.index_of(days[31]), Some(1));
/// # Ok::<(), graticule_cftime::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Resample {
    frequency: Frequency,
    closed: Option<Side>,
    label: Option<Side>,
    origin: Origin,
    offset: i64,
}

/// Bins that follow each other without gaps.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bins {
    /// Bin `i` holds the ticks from edge `i` up to, not including, edge `i + 1`.
    edges: Vec<i64>,
    labels: Vec<i64>,
}

impl Resample {
    /// Bins of this frequency with pandas' defaults: closed and labelled on the left, except
    /// `ME`, `QE`, `YE`, `W` and the origins at the end, which are so on the right.
    pub fn new(frequency: Frequency) -> Self {
        Self { frequency, closed: None, label: None, origin: Origin::StartDay, offset: 0 }
    }

    /// Which end belongs to a bin.
    #[must_use]
    pub fn closed(mut self, side: Side) -> Self {
        self.closed = Some(side);
        self
    }

    /// Which end labels a bin.
    #[must_use]
    pub fn label(mut self, side: Side) -> Self {
        self.label = Some(side);
        self
    }

    /// Where bins are counted from; without effect for months and other periods longer than days.
    #[must_use]
    pub fn origin(mut self, origin: Origin) -> Self {
        self.origin = origin;
        self
    }

    /// Nanoseconds added to the origin; without effect where the origin is.
    #[must_use]
    pub fn offset(mut self, nanos: i64) -> Self {
        self.offset = nanos;
        self
    }

    /// Whether origin and offset have been given but have no effect on this frequency.
    pub fn ignores_origin(&self) -> bool {
        let given = self.origin != Origin::StartDay || self.offset != 0;
        given && self.frequency.nanos().is_none()
    }

    /// The bins that cover `ticks`, in any order, missing ones left out.
    ///
    /// # Errors
    /// If the ticks are too coarse for the frequency, or there would be more than 2^25 bins.
    pub fn bins(&self, ticks: &[i64], unit: TimeUnit, calendar: Calendar) -> Result<Bins> {
        let present = || ticks.iter().copied().filter(|&t| t != MISSING);
        let (Some(first), Some(last)) = (present().min(), present().max()) else {
            return Ok(Bins { edges: Vec::new(), labels: Vec::new() });
        };
        let (first, last) = (nanos(first, unit)?, nanos(last, unit)?);
        let right = self.frequency.is_end() || matches!(self.origin, Origin::End | Origin::EndDay);
        let default = if right { Side::Right } else { Side::Left };
        let (closed, label) = (self.closed.unwrap_or(default), self.label.unwrap_or(default));
        let (start, end) = match self.frequency.nanos() {
            Some(step) => self.fixed_span(first, last, step.into(), closed, unit)?,
            None => self.anchored_span(first, last, closed, calendar),
        };
        let times = Times::from(start, self.frequency, calendar);
        let mut limits = times.nanos(0, times.count_until(end))?;
        // Bins that end with a day hold all of that day.
        let to_day_end = self.frequency.is_end() && closed == Side::Right;
        let shift = if to_day_end { DAY_NANOS } else { 0 };
        let before_last = limits.len().checked_sub(2).and_then(|i| limits.get(i));
        let empty_last = before_last.is_some_and(|limit| match to_day_end {
            true => limit + shift > last,
            false => *limit > last,
        });
        if self.frequency.is_end() && empty_last {
            limits.pop();
        }
        let to_label = |limit: &i128| tick(*limit, unit);
        let labels: Result<Vec<i64>> = match label {
            Side::Left => {
                limits.iter().take(limits.len().saturating_sub(1)).map(to_label).collect()
            }
            Side::Right => limits.iter().skip(1).map(to_label).collect(),
        };
        let per_tick = i128::from(unit.nanos());
        let to_edge = |limit: i128| {
            let edge = match closed {
                Side::Right if !to_day_end => limit.div_euclid(per_tick) + 1,
                _ => -(-(limit + shift)).div_euclid(per_tick),
            };
            i64::try_from(edge).map_err(|_| Error::overflow(&"the edge of a bin", unit))
        };
        let edges: Result<Vec<i64>> = limits.into_iter().map(to_edge).collect();
        Ok(Bins { edges: edges?, labels: labels? })
    }

    fn anchored_span(
        &self,
        first: i128,
        last: i128,
        closed: Side,
        calendar: Calendar,
    ) -> (i128, i128) {
        let day = |nanos: i128| nanos.div_euclid(DAY_NANOS) as i64;
        let (first, last) = (day(first), day(last));
        let (period, steps) = (self.frequency.period(), i64::from(self.frequency.multiple()));
        let start = match closed {
            Side::Left => period.floor_index(first, calendar),
            Side::Right => period.step_index(first, -steps, calendar),
        };
        let end = period.step_index(last, steps, calendar);
        let midnight = |index| i128::from(period.day_of(index, calendar)) * DAY_NANOS;
        (midnight(start), midnight(end))
    }

    fn fixed_span(
        &self,
        first: i128,
        last: i128,
        step: i128,
        closed: Side,
        unit: TimeUnit,
    ) -> Result<(i128, i128)> {
        let midnight = |nanos: i128| nanos.div_euclid(DAY_NANOS) * DAY_NANOS;
        let mut first = first;
        let origin = match self.origin {
            Origin::StartDay => midnight(first),
            Origin::Start => first,
            Origin::Epoch => 0,
            Origin::At(MISSING) => {
                return Err(Kind::Range("the origin is missing".into()).into());
            }
            Origin::At(tick) => nanos(tick, unit)?,
            Origin::End | Origin::EndDay => {
                let end = match self.origin {
                    Origin::End => last,
                    _ => -midnight(-last),
                };
                let steps = (end - first).div_euclid(step) + i128::from(closed == Side::Left);
                first = end - steps * step;
                first
            }
        };
        let origin = origin + i128::from(self.offset);
        let before = (first - origin).rem_euclid(step);
        let after = (last - origin).rem_euclid(step);
        let start = match closed {
            Side::Right if before == 0 => first - step,
            _ => first - before,
        };
        let end = match closed {
            Side::Right if after == 0 => last,
            _ => last + step - after,
        };
        Ok((start, end))
    }
}

impl Bins {
    /// How many bins there are.
    pub fn len(&self) -> usize {
        self.labels.len()
    }

    /// Whether there is no bin.
    pub fn is_empty(&self) -> bool {
        self.labels.is_empty()
    }

    /// A tick for each bin.
    pub fn labels(&self) -> &[i64] {
        &self.labels
    }

    /// One tick more than bins: bin `i` holds the ticks from edge `i` up to, not including,
    /// edge `i + 1`.
    pub fn edges(&self) -> &[i64] {
        &self.edges
    }

    /// The bin that a tick falls into; `None` for a missing one and outside of all bins.
    pub fn index_of(&self, tick: i64) -> Option<usize> {
        if tick == MISSING {
            return None;
        }
        let index = self.edges.partition_point(|&edge| edge <= tick).checked_sub(1)?;
        (index < self.len()).then_some(index)
    }

    /// The bin of each tick.
    pub fn indices_of(&self, ticks: &[i64]) -> Vec<Option<usize>> {
        let mut last = None;
        let mut indices = Vec::with_capacity(ticks.len());
        for &tick in ticks {
            // Times mostly come in order.
            let same = last.filter(|&i: &usize| {
                tick != MISSING
                    && self.edges.get(i).is_some_and(|&e| e <= tick)
                    && self.edges.get(i + 1).is_some_and(|&e| tick < e)
            });
            last = same.or_else(|| self.index_of(tick));
            indices.push(last);
        }
        indices
    }
}
