//! An audit of a time axis, before anything is computed along it.

use std::fmt;

use graticule_array::{Array, DType, Error, Result, TimeType};
use graticule_cftime::{DateTime, Frequency, MISSING, TimeUnit, format_short};

use crate::dataset::Dataset;
use crate::name::Name;
use crate::roles::{Cf, related};

/// Places where something was found: how many, and the first few.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Places {
    /// How many there are.
    pub count: usize,
    /// The first ones, as text.
    pub first: Vec<String>,
}

/// The places that are listed.
const LISTED: usize = 10;

impl Places {
    fn add(&mut self, text: impl FnOnce() -> String) {
        self.count += 1;
        if self.first.len() < LISTED {
            self.first.push(text());
        }
    }
}

/// Instants that are not there between two that are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TimeGap {
    /// The last instant before it.
    pub after: String,
    /// The first instant after it.
    pub before: String,
    /// How many steps are left out.
    pub absent: u64,
}

/// What a time axis is like: its step, and where it departs from it.
///
/// ```
/// use graticule_cftime::{Calendar, TimeUnit};
/// use graticule_array::{Array, DType, TimeType};
/// use graticule_dataset::Dataset;
/// let day = |n: i64| n * 86_400;
/// let ticks = Array::from_vec([5], vec![day(0), day(1), day(2), day(5), day(5)])?;
/// let time = TimeType { unit: TimeUnit::Second, calendar: Calendar::Standard };
/// let ds = Dataset::new().with_coord("time", "time", ticks.cast(&DType::Time(time))?);
/// let audit = ds.cf().time_audit()?;
/// assert_eq!(audit.step.as_deref(), Some("1 day"));
/// assert_eq!((audit.gaps.len(), audit.gaps[0].absent, audit.duplicates.count), (1, 2, 1));
/// assert!(!audit.is_regular());
/// # Ok::<(), graticule_array::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TimeAudit {
    /// The coordinate.
    pub name: String,
    /// Its calendar.
    pub calendar: String,
    /// The number of instants.
    pub count: usize,
    /// The first and the last instant.
    pub range: Option<(String, String)>,
    /// The step that most neighbours are apart: `6 hours`, `1 month`.
    pub step: Option<String>,
    /// The frequency as resampling names it, where there is no irregularity.
    pub frequency: Option<String>,
    /// The number of missing instants.
    pub missing: usize,
    /// Instants that are there again.
    pub duplicates: Places,
    /// Instants that lie before the one that precedes them.
    pub backward: Places,
    /// Stretches of steps that are left out.
    pub gaps: Vec<TimeGap>,
    /// Instants that are out of step otherwise.
    pub irregular: Places,
    /// What is wrong with the bounds, if there are some.
    pub bounds: Places,
    /// Whether they are those of a climatology (CF 7.4), which span years and may overlap.
    pub climatology: bool,
}

impl TimeAudit {
    /// Whether each instant follows the one before by the same step, and bounds fit.
    #[must_use]
    pub fn is_regular(&self) -> bool {
        let places = [&self.duplicates, &self.backward, &self.irregular, &self.bounds];
        self.missing == 0
            && self.gaps.is_empty()
            && places.iter().all(|p| p.count == 0)
            && (self.step.is_some() || self.count < 2)
    }
}

impl fmt::Display for TimeAudit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {} instants, calendar {}", self.name, self.count, self.calendar)?;
        if let Some((first, last)) = &self.range {
            write!(f, ", {first} to {last}")?;
        }
        match (&self.step, &self.frequency) {
            (Some(step), Some(frequency)) => write!(f, ", every {step} ({frequency})")?,
            (Some(step), None) if self.is_regular() => write!(f, ", every {step}")?,
            (Some(step), None) => write!(f, ", mostly every {step}")?,
            (None, _) if self.count > 1 => f.write_str(", no common step")?,
            _ => {}
        }
        if self.climatology {
            f.write_str(", of a climatology")?;
        }
        if self.missing > 0 {
            write!(f, "\n  {} missing", self.missing)?;
        }
        let places = [
            ("there again", &self.duplicates),
            ("going backward", &self.backward),
            ("out of step", &self.irregular),
            ("bounds", &self.bounds),
        ];
        for (what, found) in places.iter().filter(|(_, p)| p.count > 0) {
            write!(f, "\n  {what}: {} ({}", found.count, found.first.join(", "))?;
            f.write_str(if found.count > found.first.len() { ", ...)" } else { ")" })?;
        }
        for gap in self.gaps.iter().take(LISTED) {
            write!(f, "\n  gap: {} steps between {} and {}", gap.absent, gap.after, gap.before)?;
        }
        if self.gaps.len() > LISTED {
            write!(f, "\n  and {} more gaps", self.gaps.len() - LISTED)?;
        }
        Ok(())
    }
}

impl Cf {
    /// What the time axis is like: its step, gaps, duplicates, and whether bounds fit. Reads the
    /// coordinate and its bounds if they are not in memory.
    ///
    /// # Errors
    /// The carried fault; if there is no time axis or more than one; if times were not decoded, or
    /// cannot be read.
    pub fn time_audit(&self) -> Result<TimeAudit> {
        audit(self.dataset(), &self.name("T")?)
    }
}

fn audit(ds: &Dataset, name: &Name) -> Result<TimeAudit> {
    let array = ds.var(name);
    let values = array.to_array()?;
    let (DType::Time(time), true) = (values.dtype().clone(), values.ndim() <= 1) else {
        return Err(Error::unsupported(format!(
            "an audit of \"{name}\", which is {} over ({})",
            values.dtype(),
            array.dims()
        ))
        .hint("open the file with times decoded"));
    };
    let ticks = values.with_dtype(DType::I64)?.to_flat::<i64>()?;
    let there: Vec<i64> = ticks.iter().copied().filter(|t| *t != MISSING).collect();
    let text = |t: i64| format_short(t, time.unit, time.calendar);
    let mut made = TimeAudit {
        name: name.to_string(),
        calendar: time.calendar.to_string(),
        count: ticks.len(),
        range: there.first().zip(there.last()).map(|(a, b)| (text(*a), text(*b))),
        step: None,
        frequency: Frequency::infer(&there, time.unit, time.calendar).map(|f| f.to_string()),
        missing: ticks.len() - there.len(),
        duplicates: Places::default(),
        backward: Places::default(),
        gaps: Vec::new(),
        irregular: Places::default(),
        bounds: Places::default(),
        climatology: false,
    };
    let rule = Rule::of(&there, time);
    made.step = rule.as_ref().map(|r| r.text(time.unit));
    for (a, b) in there.iter().zip(there.iter().skip(1)) {
        match a.cmp(b) {
            std::cmp::Ordering::Equal => made.duplicates.add(|| text(*b)),
            std::cmp::Ordering::Greater => made.backward.add(|| text(*b)),
            std::cmp::Ordering::Less => match rule.as_ref().map(|r| r.steps(*a, *b, time)) {
                Some(Some(1)) | None => {}
                Some(Some(n)) => made.gaps.push(TimeGap {
                    after: text(*a),
                    before: text(*b),
                    absent: n.saturating_sub(1),
                }),
                Some(None) => made.irregular.add(|| text(*b)),
            },
        }
    }
    check_bounds(ds, name, &ticks, time, &mut made)?;
    Ok(made)
}

/// How far apart most neighbours are.
enum Rule {
    Ticks(i64),
    Months(i64),
}

impl Rule {
    fn of(ticks: &[i64], time: TimeType) -> Option<Self> {
        let pairs = || ticks.iter().zip(ticks.iter().skip(1)).filter(|(a, b)| a < b);
        let steps: Vec<i64> = pairs().map(|(a, b)| b.saturating_sub(*a)).collect();
        let (step, share) = most_frequent(steps)?;
        let month = time.unit.per_day().saturating_mul(28);
        if share < 1.0 && step >= month {
            let months = pairs().map(|(a, b)| Some(month_of(*b, time)? - month_of(*a, time)?));
            let months: Option<Vec<i64>> = months.collect();
            if let Some((step, share)) = most_frequent(months?)
                && share > 0.5
                && step > 0
            {
                return Some(Self::Months(step));
            }
        }
        (share > 0.5).then_some(Self::Ticks(step))
    }

    /// How many steps lie between two instants, if it is a whole number of them.
    fn steps(&self, a: i64, b: i64, time: TimeType) -> Option<u64> {
        let (distance, step) = match self {
            Self::Ticks(step) => (b.checked_sub(a)?, *step),
            Self::Months(step) => {
                let months = month_of(b, time)? - month_of(a, time)?;
                // Instants of monthly data may stand anywhere in a month, but in the same place.
                let days = b.checked_sub(a)? / time.unit.per_day();
                let (apart, even) = (days.checked_mul(100)?, months.checked_mul(3042)?);
                if apart.abs_diff(even) > 600 + months.unsigned_abs().saturating_mul(45) {
                    return None;
                }
                (months, *step)
            }
        };
        if distance > 0 && distance % step == 0 {
            u64::try_from(distance / step).ok()
        } else {
            None
        }
    }

    fn text(&self, unit: TimeUnit) -> String {
        let (n, word) = match self {
            Self::Months(n) if n % 12 == 0 => (n / 12, "year"),
            Self::Months(n) => (*n, "month"),
            Self::Ticks(n) => {
                let nanos = i128::from(*n) * i128::from(unit.nanos());
                let units: [(i128, &str); 7] = [
                    (86_400_000_000_000, "day"),
                    (3_600_000_000_000, "hour"),
                    (60_000_000_000, "minute"),
                    (1_000_000_000, "second"),
                    (1_000_000, "millisecond"),
                    (1_000, "microsecond"),
                    (1, "nanosecond"),
                ];
                let fit = units.into_iter().find(|(one, _)| nanos % one == 0);
                let (one, word) = fit.unwrap_or((1, "nanosecond"));
                (i64::try_from(nanos / one).unwrap_or(i64::MAX), word)
            }
        };
        format!("{n} {word}{}", if n == 1 { "" } else { "s" })
    }
}

/// Months since year 0.
fn month_of(tick: i64, time: TimeType) -> Option<i64> {
    let date = DateTime::from_ticks(tick, time.unit, time.calendar)?;
    date.year.checked_mul(12)?.checked_add(i64::from(date.month) - 1)
}

/// The most frequent number and its share.
fn most_frequent(mut numbers: Vec<i64>) -> Option<(i64, f64)> {
    numbers.sort_unstable();
    let runs = numbers.chunk_by(|a, b| a == b);
    let best = runs.max_by_key(|run| run.len())?;
    #[allow(clippy::cast_precision_loss)] // a share
    Some((*best.first()?, best.len() as f64 / numbers.len() as f64))
}

fn check_bounds(
    ds: &Dataset,
    name: &Name,
    ticks: &[i64],
    time: TimeType,
    made: &mut TimeAudit,
) -> Result<()> {
    let coord = ds.find(name)?;
    let (other, climatology) = match (related(coord, "bounds"), related(coord, "climatology")) {
        (Some(bounds), _) => (bounds.trim(), false),
        (None, Some(bounds)) => (bounds.trim(), true),
        (None, None) => return Ok(()),
    };
    made.climatology = climatology;
    let Some(bounds) = ds.get(other) else {
        made.bounds.add(|| format!("no variable \"{other}\""));
        return Ok(());
    };
    if bounds.shape() != [ticks.len(), 2] {
        made.bounds.add(|| format!("\"{other}\" has the shape {:?}", bounds.shape()));
        return Ok(());
    }
    let edges = bounds.to_array()?;
    let DType::Time(own) = *edges.dtype() else {
        made.bounds.add(|| format!("\"{other}\" is {}, not times", edges.dtype()));
        return Ok(());
    };
    if own.calendar != time.calendar {
        made.bounds.add(|| format!("\"{other}\" is in the calendar {}", own.calendar));
        return Ok(());
    }
    // The finer of the two units holds both.
    let unit = if own.unit.nanos() < time.unit.nanos() { own.unit } else { time.unit };
    let finer = TimeType { unit, ..time };
    let in_unit = |a: Array| a.cast(&DType::Time(finer))?.with_dtype(DType::I64)?.to_flat::<i64>();
    let edges = in_unit(edges)?;
    let ticks = Array::from_vec([ticks.len()], ticks.to_vec())?.with_dtype(DType::Time(time))?;
    let (ticks, time) = (in_unit(ticks)?, finer);
    let text = |t: i64| format_short(t, time.unit, time.calendar);
    let mut before: Option<i64> = None;
    for (tick, pair) in ticks.iter().zip(edges.chunks_exact(2)) {
        let &[low, high] = pair else { continue };
        if low > high {
            made.bounds.add(|| format!("{} ends before it begins", text(*tick)));
        } else if !climatology && (*tick < low || *tick > high) {
            made.bounds.add(|| format!("{} lies outside its bounds", text(*tick)));
        } else if !climatology && before.is_some_and(|end| end > low) {
            made.bounds.add(|| format!("the cell of {} overlaps the one before", text(*tick)));
        } else if !climatology && before.is_some_and(|end| end < low) {
            made.bounds
                .add(|| format!("the cell of {} does not touch the one before", text(*tick)));
        }
        before = Some(high);
    }
    Ok(())
}
