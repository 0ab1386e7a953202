//! What the labels along an axis look like before objects are combined: gaps, duplicates, order.

use std::fmt;

use graticule_array::{Array, DType, Error, Result, TimeType};
use graticule_cftime::DateTime;

use super::labels::shown;
use super::piece::{Part, Piece};
use super::values::{Key, keys};
use crate::dataset::Dataset;
use crate::name::Name;
use crate::show::values::time_text;

/// How many missing labels a line lists.
const LISTED: usize = 6;

/// The shortest month, in nanoseconds, less a day for labels in the middle of months.
const MONTH: f64 = 27.0 * 86_400e9;

/// Labels that should lie between two that follow each other, and do not.
#[derive(Clone, Debug, PartialEq)]
pub struct Gap {
    /// The last label before the gap, and the object that has it.
    pub after: (String, String),
    /// The first label after the gap, and the object that has it.
    pub before: (String, String),
    /// How many labels are missing.
    pub missing: usize,
    /// The first of them.
    pub labels: Vec<String>,
}

/// A label that occurs more than once.
#[derive(Clone, Debug, PartialEq)]
pub struct Duplicate {
    /// The label.
    pub label: String,
    /// The objects that have it.
    pub sources: Vec<String>,
}

/// An object that comes after one whose labels are later.
#[derive(Clone, Debug, PartialEq)]
pub struct Disorder {
    /// The object and its first label.
    pub source: (String, String),
    /// The object before it and its first label.
    pub after: (String, String),
}

/// What the labels of objects along one axis look like: their step, what is missing, what occurs
/// twice, which objects are not in order. Made from labels alone; nothing else is read.
///
/// ```
/// use graticule_dataset::{Dataset, axis_report};
/// let part = |x: Vec<i32>| Dataset::new().with_coord("x", "x", x);
/// let report = axis_report(&[part(vec![0, 2, 4]), part(vec![4, 6, 12])], "x")?;
/// assert_eq!(
///     report.to_string(),
///     "x: 6 labels of 2 objects, 0 to 12, every 2\n\
///      1 gap, 2 labels missing\n  \
///      2 after 6 (dataset 2) and before 12 (dataset 2): 8, 10\n\
///      1 label occurs twice or more\n  \
///      4 in dataset 1 and dataset 2\n"
/// );
/// # Ok::<(), graticule_array::Error>(())
/// ```
#[derive(Clone, PartialEq)]
pub struct AxisReport {
    /// The dimension.
    pub dim: Name,
    /// How many objects have labels there.
    pub sources: usize,
    /// How many labels there are in all.
    pub labels: usize,
    /// The lowest and the highest label.
    pub range: Option<(String, String)>,
    /// The step from label to label, in words; `None` if there is none.
    pub step: Option<String>,
    /// Gaps, in the order of the labels.
    pub gaps: Vec<Gap>,
    /// Labels that occur more than once.
    pub duplicates: Vec<Duplicate>,
    /// Objects that are not in the order given.
    pub disorder: Vec<Disorder>,
}

impl AxisReport {
    /// Whether the labels are evenly spaced, each occurs once, and the objects are in order.
    #[must_use]
    pub fn is_regular(&self) -> bool {
        self.step.is_some()
            && self.gaps.is_empty()
            && self.duplicates.is_empty()
            && self.disorder.is_empty()
    }

    /// How many labels are missing in all gaps.
    #[must_use]
    pub fn missing(&self) -> usize {
        self.gaps.iter().map(|g| g.missing).fold(0, usize::saturating_add)
    }
}

/// The human display, because notebooks print `Debug`.
impl fmt::Debug for AxisReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl fmt::Display for AxisReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let many = |n: usize, noun: &str| format!("{n} {noun}{}", if n == 1 { "" } else { "s" });
        let (labels, objects) = (many(self.labels, "label"), many(self.sources, "object"));
        write!(f, "{}: {labels} of {objects}", self.dim)?;
        if let Some((low, high)) = &self.range {
            write!(f, ", {low} to {high}")?;
        }
        match &self.step {
            Some(step) => writeln!(f, ", every {step}")?,
            None => writeln!(f, ", without a common step")?,
        }
        if !self.gaps.is_empty() {
            let missing = many(self.missing(), "label");
            writeln!(f, "{}, {missing} missing", many(self.gaps.len(), "gap"))?;
        }
        for gap in &self.gaps {
            let more = gap.missing.saturating_sub(gap.labels.len());
            let tail = if more > 0 { format!(" and {more} more") } else { String::new() };
            writeln!(
                f,
                "  {} after {} ({}) and before {} ({}): {}{tail}",
                gap.missing,
                gap.after.0,
                gap.after.1,
                gap.before.0,
                gap.before.1,
                gap.labels.join(", ")
            )?;
        }
        match self.duplicates.len() {
            0 => {}
            1 => writeln!(f, "1 label occurs twice or more")?,
            n => writeln!(f, "{n} labels occur twice or more")?,
        }
        for double in &self.duplicates {
            writeln!(f, "  {} in {}", double.label, double.sources.join(" and "))?;
        }
        if !self.disorder.is_empty() {
            writeln!(f, "{} out of order", many(self.disorder.len(), "object"))?;
        }
        for one in &self.disorder {
            writeln!(
                f,
                "  {} begins at {}, after {} at {}",
                one.source.0, one.source.1, one.after.0, one.after.1
            )?;
        }
        Ok(())
    }
}

/// What the labels of datasets along a dimension look like, in the order given.
///
/// # Errors
/// If a dataset carries a fault, or none has labels there that can be put in order.
pub fn axis_report(sets: &[Dataset], dim: &str) -> Result<AxisReport> {
    report(&super::pieces(sets)?, dim)
}

/// A label, where it comes from.
struct Entry {
    key: Key,
    source: usize,
    at: usize,
}

/// What the labels of pieces along a dimension look like.
pub(crate) fn report(pieces: &[Piece], dim: &str) -> Result<AxisReport> {
    let columns: Vec<(&str, &Array)> = pieces
        .iter()
        .filter_map(|p| Some((&*p.origin, p.labels(dim).and_then(Part::in_memory)?)))
        .collect();
    if columns.is_empty() {
        return Err(Error::not_found(format!("no object has labels of \"{dim}\" in memory")));
    }
    let label = |e: &Entry| columns.get(e.source).map_or("?".into(), |(_, l)| shown(l, e.at));
    let origin = |source: usize| columns.get(source).map_or("?", |(o, _)| *o).to_owned();
    let mut entries = Vec::new();
    for (source, (name, labels)) in columns.iter().enumerate() {
        let keys = keys(labels).map_err(|e| e.in_variable(dim).in_file(name))?;
        entries.extend(keys.into_iter().enumerate().map(|(at, key)| Entry { key, source, at }));
    }
    let disorder = disorder(&entries)
        .into_iter()
        .map(|(a, b)| Disorder {
            source: (origin(b.source), label(b)),
            after: (origin(a.source), label(a)),
        })
        .collect();
    entries.sort_by(|a, b| a.key.rank(&b.key));
    let mut distinct: Vec<&Entry> = Vec::new();
    let mut duplicates: Vec<Duplicate> = Vec::new();
    for (at, entry) in entries.iter().enumerate() {
        let same = |other: Option<&Entry>| other.is_some_and(|o| o.key.rank(&entry.key).is_eq());
        if at > 0 && same(entries.get(at - 1)) {
            if !same(at.checked_sub(2).and_then(|i| entries.get(i))) {
                let first = entries.get(at - 1).map_or(0, |e| e.source);
                duplicates.push(Duplicate { label: label(entry), sources: vec![origin(first)] });
            }
            if let Some(double) = duplicates.last_mut() {
                double.sources.push(origin(entry.source));
            }
        } else {
            distinct.push(entry);
        }
    }
    let of = columns.first().and_then(|(_, l)| match l.dtype() {
        DType::Time(of) => Some(*of),
        _ => None,
    });
    let units = columns.first().map(|(_, l)| l.dtype().clone());
    let step = Step::of(&distinct, of);
    let mut gaps = Vec::new();
    if let Some(step) = &step {
        for (a, b) in distinct.iter().zip(distinct.iter().skip(1)) {
            let missing = step.between(&a.key, &b.key);
            if missing > 0 {
                let some = (1..=missing.min(LISTED)).map(|n| step.label(&a.key, n, units.as_ref()));
                gaps.push(Gap {
                    after: (label(a), origin(a.source)),
                    before: (label(b), origin(b.source)),
                    missing,
                    labels: some.collect(),
                });
            }
        }
    }
    let ends = distinct.first().zip(distinct.last());
    Ok(AxisReport {
        dim: dim.into(),
        sources: columns.len(),
        labels: entries.len(),
        range: ends.map(|(a, b)| (label(a), label(b))),
        step: step.map(|s| s.text(units.as_ref())),
        gaps,
        duplicates,
        disorder,
    })
}

/// Sources that begin before the one that they follow, where most begin after it.
fn disorder(entries: &[Entry]) -> Vec<(&Entry, &Entry)> {
    let firsts: Vec<&Entry> = entries.iter().filter(|e| e.at == 0).collect();
    let pairs = || firsts.iter().zip(firsts.iter().skip(1));
    let down = pairs().filter(|(a, b)| a.key.rank(&b.key).is_gt()).count();
    let up = pairs().filter(|(a, b)| a.key.rank(&b.key).is_lt()).count();
    let falling = down > up;
    let wrong = |a: &Entry, b: &Entry| {
        let order = a.key.rank(&b.key);
        if falling { order.is_lt() } else { order.is_gt() }
    };
    pairs().filter(|(a, b)| wrong(a, b)).map(|(a, b)| (*a, *b)).collect()
}

/// The distance from label to label.
enum Step {
    Whole(i128),
    Real(f64),
    Months { months: i64, of: TimeType },
}

impl Step {
    /// The most common distance of sorted labels, if all others are multiples of it.
    fn of(labels: &[&Entry], of: Option<TimeType>) -> Option<Self> {
        let pairs = || labels.iter().zip(labels.iter().skip(1)).map(|(a, b)| (&a.key, &b.key));
        if let Some(of) = of {
            let least = pairs().map(|(a, b)| a.apart(b)).fold(f64::INFINITY, f64::min);
            let months: Option<Vec<i64>> = labels.iter().map(|e| month(&e.key, of)).collect();
            if least >= MONTH
                && let Some(months) = months
            {
                let steps = months.iter().zip(months.iter().skip(1)).map(|(a, b)| b - a);
                let months = common(steps.map(i128::from))?;
                return Some(Self::Months { months: i64::try_from(months).ok()?, of });
            }
        }
        match labels.first().map(|e| &e.key)? {
            Key::Int(_) => {
                let steps = pairs().filter_map(|(a, b)| match (a, b) {
                    (Key::Int(a), Key::Int(b)) => b.checked_sub(*a),
                    _ => None,
                });
                common(steps).map(Self::Whole)
            }
            Key::Real(_) => {
                let steps: Vec<f64> = pairs().map(|(a, b)| a.apart(b)).collect();
                let mut sorted = steps.clone();
                sorted.sort_by(f64::total_cmp);
                let step = sorted.get(sorted.len().checked_sub(1)? / 2).copied()?;
                let fits = |d: &f64| ((d / step).round() - d / step).abs() < 1e-3 * (d / step);
                (step > 0.0 && steps.iter().all(fits)).then_some(Self::Real(step))
            }
            Key::Text(_) => None,
        }
    }

    /// How many labels are missing between two.
    fn between(&self, a: &Key, b: &Key) -> usize {
        let steps = match (self, a, b) {
            (Self::Whole(step), Key::Int(a), Key::Int(b)) => (b - a) / step,
            (Self::Real(step), ..) => (a.apart(b) / step).round() as i128,
            (Self::Months { months, of }, ..) => match (month(a, *of), month(b, *of)) {
                (Some(a), Some(b)) => i128::from((b - a) / months),
                _ => 1,
            },
            _ => 1,
        };
        usize::try_from(steps - 1).unwrap_or(0)
    }

    /// The `n`-th label that should follow one.
    fn label(&self, after: &Key, n: usize, units: Option<&DType>) -> String {
        match (self, after) {
            (Self::Whole(step), Key::Int(a)) => {
                let value = a.saturating_add(step.saturating_mul(n as i128));
                match units {
                    Some(DType::Time(of)) => {
                        let tick = value / i128::from(of.unit.nanos());
                        i64::try_from(tick).map_or_else(|_| "?".into(), |t| time_text(t, *of))
                    }
                    Some(DType::Duration(_)) => duration(value),
                    _ => value.to_string(),
                }
            }
            (Self::Real(step), Key::Real(a)) => format!("{}", a + step * n as f64),
            (Self::Months { months, of }, key) => match month(key, *of) {
                Some(m) => {
                    let m = m.saturating_add(months.saturating_mul(n as i64));
                    format!("{:04}-{:02}", m.div_euclid(12), m.rem_euclid(12) + 1)
                }
                None => "?".into(),
            },
            _ => "?".into(),
        }
    }

    fn text(&self, units: Option<&DType>) -> String {
        match self {
            Self::Whole(step) if units.is_some_and(DType::is_temporal) => duration(*step),
            Self::Whole(step) => step.to_string(),
            Self::Real(step) => step.to_string(),
            Self::Months { months: 1, .. } => "month".into(),
            Self::Months { months: 12, .. } => "year".into(),
            Self::Months { months, .. } if months % 12 == 0 => format!("{} years", months / 12),
            Self::Months { months, .. } => format!("{months} months"),
        }
    }
}

/// The number of the month of an instant, if its year is in reach.
fn month(key: &Key, of: TimeType) -> Option<i64> {
    let Key::Int(nanos) = key else { return None };
    let tick = i64::try_from(nanos / i128::from(of.unit.nanos())).ok()?;
    let date = DateTime::from_ticks(tick, of.unit, of.calendar)?;
    Some(date.year * 12 + i64::from(date.month) - 1)
}

/// The most common of some distances (the smallest of several), if all are multiples of it.
fn common(steps: impl Iterator<Item = i128>) -> Option<i128> {
    let mut steps: Vec<i128> = steps.collect();
    steps.sort_unstable();
    let mut best: Option<(i128, usize)> = None;
    for run in steps.chunk_by(|a, b| a == b) {
        let Some(step) = run.first() else { continue };
        if best.is_none_or(|(_, n)| run.len() > n) {
            best = Some((*step, run.len()));
        }
    }
    let (step, _) = best?;
    (step > 0 && steps.iter().all(|d| d % step == 0)).then_some(step)
}

/// `6 hours`
fn duration(nanos: i128) -> String {
    let units = [
        (86_400_000_000_000, "day"),
        (3_600_000_000_000, "hour"),
        (60_000_000_000, "minute"),
        (1_000_000_000, "second"),
        (1_000_000, "millisecond"),
        (1_000, "microsecond"),
    ];
    for (unit, name) in units {
        if nanos % unit == 0 {
            return match nanos / unit {
                1 => name.to_owned(),
                n => format!("{n} {name}s"),
            };
        }
    }
    format!("{nanos} nanoseconds")
}
