//! From labels to positions.

use std::cmp::Ordering;
use std::ops::Range;

use graticule_array::{
    Array, DType, Error, Pick, Result, Scalar, Text, TimeType, f16, nearest_names,
};
use graticule_cftime::{Calendar, PartialDate, Resolution, TimeUnit};

use super::column::{Column, Key, Order};
use super::label::{Columns, LabelIndex, not_monotonic};
use crate::select::Method;
use crate::show::values::scalar_text;

/// How many near labels a message lists.
const LISTED: usize = 3;

/// A label in the type that an index compares, or why there can be no equal one.
enum Wanted<K> {
    /// Equal labels may exist.
    Key(K),
    /// The label lies between this key and the one before it (a real number among integers).
    Before(K),
}

impl LabelIndex {
    /// The positions of one label.
    pub(super) fn one(&self, coord: &str, label: &Scalar) -> Result<Pick> {
        if let (DType::Time(of), Some(text)) = (self.labels.dtype(), label.as_str()) {
            return self.date(coord, text, *of);
        }
        let ranks = self.ranks(coord, label)?;
        if ranks.is_empty() {
            return Err(self.not_found(coord, label));
        }
        Ok(self.at_ranks(ranks))
    }

    /// One position loses the dimension, several keep it.
    fn at_ranks(&self, ranks: Range<usize>) -> Pick {
        let pick = match self.columns() {
            Columns::Whole(c) => c.pick(ranks),
            Columns::Real(c) => c.pick(ranks),
            Columns::Text(c) => c.pick(ranks),
        };
        match (pick.len(), pick.get(0)) {
            (1, Some(i)) => Pick::At(i),
            _ => pick,
        }
    }

    /// A date as text: a period if it is coarser than the labels, else an instant.
    fn date(&self, coord: &str, text: &str, of: TimeType) -> Result<Pick> {
        let partial = parse_date(coord, text)?;
        let (start, end) = partial.interval(of.unit, of.calendar).map_err(|e| time_error(&e))?;
        let Columns::Whole(column) = self.columns() else {
            return Err(Error::bug("times are not held as ticks"));
        };
        let not_found = || self.not_found(coord, &Scalar::Str(text.into()));
        if partial.resolution() < self.resolution(of) {
            let ranks = column.rank(&start, false)..column.rank(&end, false);
            return if ranks.is_empty() { Err(not_found()) } else { Ok(column.pick(ranks)) };
        }
        let exact = partial.start().to_ticks(of.unit, of.calendar).map_err(|_| not_found())?;
        let ranks = column.equal(&exact);
        if ranks.is_empty() { Err(not_found()) } else { Ok(self.at_ranks(ranks)) }
    }

    /// The finest field of a date that some label needs, a day at least.
    pub(super) fn resolution(&self, of: TimeType) -> Resolution {
        *self.resolution.get_or_init(|| self.finest(of))
    }

    fn finest(&self, of: TimeType) -> Resolution {
        let Columns::Whole(column) = self.columns() else { return Resolution::Day };
        let finest = column.keys().filter(|t| !t.is_missing()).map(|t| {
            let nanos = i128::from(*t) * i128::from(of.unit.nanos());
            let divides = |n: i128| nanos % n == 0;
            if divides(86_400_000_000_000) {
                Resolution::Day
            } else if divides(3_600_000_000_000) {
                Resolution::Hour
            } else if divides(60_000_000_000) {
                Resolution::Minute
            } else if divides(1_000_000_000) {
                Resolution::Second
            } else if divides(1_000_000) {
                Resolution::Millisecond
            } else if divides(1_000) {
                Resolution::Microsecond
            } else {
                Resolution::Nanosecond
            }
        });
        finest.max().unwrap_or(Resolution::Day)
    }

    /// The labels between two, in either order.
    pub(super) fn range(
        &self,
        coord: &str,
        start: Option<&Scalar>,
        stop: Option<&Scalar>,
        inclusive: bool,
    ) -> Result<Pick> {
        if self.columns().order() == Order::None {
            return if start.is_none() && stop.is_none() {
                Ok(Pick::all(self.labels.len()))
            } else {
                Err(not_monotonic(coord))
            };
        }
        let inclusive = closes(stop, inclusive);
        let a = start.map(|l| self.span(coord, l)).transpose()?;
        let b = stop.map(|l| self.span(coord, l)).transpose()?;
        let ranks = between(a, b, inclusive, self.labels.len(), self.is_falling());
        Ok(match self.columns() {
            Columns::Whole(c) => c.pick(ranks),
            Columns::Real(c) => c.pick(ranks),
            Columns::Text(c) => c.pick(ranks),
        })
    }

    pub(super) fn is_falling(&self) -> bool {
        self.columns().order() == Order::Descending
    }

    /// The ranks that an end of a range covers: those equal to it, or of its period.
    pub(super) fn span(&self, coord: &str, label: &Scalar) -> Result<Range<usize>> {
        if let (DType::Time(of), Some(text)) = (self.labels.dtype(), label.as_str()) {
            let partial = parse_date(coord, text)?;
            let (start, end) =
                partial.interval(of.unit, of.calendar).map_err(|e| time_error(&e))?;
            let Columns::Whole(column) = self.columns() else {
                return Err(Error::bug("times are not held as ticks"));
            };
            return Ok(column.rank(&start, false)..column.rank(&end, false));
        }
        self.ranks(coord, label)
    }

    /// The ranks of the labels equal to this one; empty, but in its place, if there are none.
    pub(super) fn ranks(&self, coord: &str, label: &Scalar) -> Result<Range<usize>> {
        Ok(match self.columns() {
            Columns::Whole(c) => ranks_of(c, self.whole(coord, label)?),
            Columns::Real(c) => ranks_of(c, Wanted::Key(self.real(coord, label)?)),
            Columns::Text(c) => ranks_of(c, Wanted::Key(self.text(coord, label)?)),
        })
    }

    fn real(&self, coord: &str, label: &Scalar) -> Result<f64> {
        let value = label.as_f64().ok_or_else(|| self.wrong_type(coord, label))?;
        // As the coordinate would store it: 0.1 finds the 0.1 of a coordinate of f32.
        Ok(match self.labels.dtype() {
            DType::F32 => f64::from(value as f32),
            DType::F16 => f64::from(f16::from_f64(value)),
            _ => value,
        })
    }

    fn text(&self, coord: &str, label: &Scalar) -> Result<Text> {
        match label {
            Scalar::Str(text) => Ok(text.clone()),
            _ => Err(self.wrong_type(coord, label)),
        }
    }

    fn whole(&self, coord: &str, label: &Scalar) -> Result<Wanted<i64>> {
        if let Scalar::Time(tick, _) | Scalar::Duration(tick, _) = label
            && *tick == graticule_array::MISSING_TICK
        {
            return Err(Error::not_found(format!("a missing label is not in \"{coord}\"")));
        }
        match (self.labels.dtype(), label) {
            (DType::Time(of), Scalar::Time(tick, t)) => {
                if !same_calendar(of.calendar, t.calendar) {
                    return Err(Error::mismatch(format!(
                        "a {} time cannot be looked up in \"{coord}\", whose calendar is {}",
                        t.calendar.name(),
                        of.calendar.name()
                    )));
                }
                Ok(ticks(*tick, t.unit, of.unit))
            }
            (DType::Time(of), Scalar::Str(text)) => {
                let partial = parse_date(coord, text.as_str().unwrap_or_default())?;
                let start = partial.interval(of.unit, of.calendar).map_err(|e| time_error(&e))?.0;
                let exact = partial.start().to_ticks(of.unit, of.calendar).is_ok();
                Ok(if exact { Wanted::Key(start) } else { Wanted::Before(start) })
            }
            (DType::Duration(of), Scalar::Duration(tick, unit)) => Ok(ticks(*tick, *unit, *of)),
            (DType::Time(_) | DType::Duration(_), _) => Err(self.wrong_type(coord, label)),
            (_, value) => match (value.as_i64(), value.as_f64()) {
                (Some(i), _) => Ok(Wanted::Key(i)),
                (None, Some(v)) if v.is_nan() => Err(self.not_found(coord, label)),
                (None, Some(v)) if v.fract() == 0.0 => Ok(Wanted::Key(v as i64)),
                (None, Some(v)) => Ok(Wanted::Before(v.ceil() as i64)),
                _ => Err(self.wrong_type(coord, label)),
            },
        }
    }

    fn wrong_type(&self, coord: &str, label: &Scalar) -> Error {
        let expected = match self.labels.dtype() {
            DType::Time(_) => "a time, or a date as text such as \"2001-03\"",
            DType::Duration(_) => "a duration",
            DType::Str => "a text",
            _ => "a number",
        };
        Error::mismatch(format!(
            "the label {} is of type {}; the labels of \"{coord}\" are {}: expected {expected}",
            quoted(label),
            label.dtype(),
            self.labels.dtype()
        ))
    }

    /// The error for a label that does not exist, with those nearest to it.
    pub(super) fn not_found(&self, coord: &str, label: &Scalar) -> Error {
        let n = self.labels.len();
        let error = Error::not_found(format!("no label {} in \"{coord}\"", quoted(label)));
        if n == 0 {
            return error.hint("it has no labels");
        }
        let near = self.near_labels(label);
        if near.is_empty() {
            return error.hint(format!("labels run from {} to {}", self.show(0), self.show(n - 1)));
        }
        error.hint(format!("the nearest labels are {}", near.join(", ")))
    }

    fn near_labels(&self, label: &Scalar) -> Vec<String> {
        let positions = |ranks: Vec<(f64, Option<usize>)>| -> Vec<String> {
            let mut near = ranks;
            near.sort_by(|a, b| a.0.total_cmp(&b.0));
            near.into_iter().filter_map(|(_, p)| p).take(LISTED).map(|p| self.show(p)).collect()
        };
        match self.columns() {
            Columns::Whole(c) => {
                let key = match (self.labels.dtype(), label) {
                    (DType::Time(of), Scalar::Str(text)) => {
                        let parsed = PartialDate::parse(text.as_str().unwrap_or_default()).ok();
                        parsed.and_then(|p| p.interval(of.unit, of.calendar).ok()).map(|i| i.0)
                    }
                    (DType::Time(of), Scalar::Time(t, from)) => {
                        Some(key_of(&ticks(*t, from.unit, of.unit)))
                    }
                    (_, value) => value.as_f64().map(|v| v.round() as i64),
                };
                let Some(key) = key else { return Vec::new() };
                let ranks = c.around(&key, LISTED).into_iter();
                positions(
                    ranks
                        .map(|r| {
                            let far =
                                c.ranked(r).map_or(f64::MAX, |k| (*k as f64 - key as f64).abs());
                            (far, c.position(r))
                        })
                        .collect(),
                )
            }
            Columns::Real(c) => {
                let Some(key) = label.as_f64().filter(|v| !v.is_nan()) else { return Vec::new() };
                let ranks = c.around(&key, LISTED).into_iter();
                positions(
                    ranks
                        .map(|r| {
                            (c.ranked(r).map_or(f64::MAX, |k| (*k - key).abs()), c.position(r))
                        })
                        .collect(),
                )
            }
            Columns::Text(c) => {
                let texts: Vec<_> = c.keys().take(10_000).collect();
                let names = texts.iter().filter_map(|t| t.as_str());
                let near = nearest_names(label.as_str().unwrap_or_default(), names);
                near.into_iter().take(LISTED).map(|n| format!("{n:?}")).collect()
            }
        }
    }

    /// The positions of several labels, in their order.
    pub(super) fn list(
        &self,
        coord: &str,
        labels: &Array,
        method: Method,
        tolerance: Option<&Array>,
    ) -> Result<Pick> {
        if *labels.dtype() == DType::Bool && *self.labels.dtype() != DType::Bool {
            return self.mask(coord, labels);
        }
        if let Some(each) = tolerance.filter(|t| t.ndim() > 0)
            && each.shape() != labels.shape()
        {
            return Err(Error::mismatch(format!(
                "{} tolerances for {} labels of \"{coord}\"",
                each.len(),
                labels.len()
            )));
        }
        let place = |at: usize, label: &Scalar| -> Result<Vec<usize>> {
            let pick = if method == Method::Exact {
                self.exact(coord, label)?
            } else {
                let own = |t: &Array| if t.ndim() == 0 { t.item() } else { t.get(&[at]) };
                let tolerance = tolerance.map(own).transpose()?;
                Pick::At(self.near(coord, label, method, tolerance.as_ref())?)
            };
            Ok((0..pick.len()).filter_map(|k| pick.get(k)).collect())
        };
        match labels.ndim() {
            0 => match &*place(0, &labels.item()?)? {
                [one] => Ok(Pick::At(*one)),
                more => Ok(Pick::List(more.into())),
            },
            1 => {
                let mut list = Vec::with_capacity(labels.len());
                for i in 0..labels.len() {
                    list.extend(place(i, &labels.get(&[i])?)?);
                }
                Ok(Pick::List(list.into()))
            }
            n => Err(Error::unsupported(format!("labels along {n} axes; expected one axis"))),
        }
    }

    /// A label of a list: a date as text is an instant there, not a period.
    pub(super) fn exact(&self, coord: &str, label: &Scalar) -> Result<Pick> {
        let ranks = self.ranks(coord, label)?;
        if ranks.is_empty() { Err(self.not_found(coord, label)) } else { Ok(self.at_ranks(ranks)) }
    }

    fn mask(&self, coord: &str, mask: &Array) -> Result<Pick> {
        if mask.ndim() != 1 || mask.len() != self.labels.len() {
            return Err(Error::mismatch(format!(
                "a mask of shape {:?} does not suit the {} labels of \"{coord}\"",
                mask.shape(),
                self.labels.len()
            )));
        }
        let flags = mask.to_flat::<bool>()?;
        let list = flags.iter().enumerate().filter(|(_, on)| **on).map(|(i, _)| i);
        Ok(Pick::List(list.collect()))
    }

    /// The position of the label near this one.
    fn near(
        &self,
        coord: &str,
        label: &Scalar,
        method: Method,
        tolerance: Option<&Scalar>,
    ) -> Result<usize> {
        // On falling labels "the one before" is the higher one, as pandas has it.
        let lower = (method == Method::Pad) != (self.is_falling() && method != Method::Nearest);
        let far = |a: f64, b: f64| (a - b).abs();
        let none = || self.not_found(coord, label);
        let (rank, distance) = match self.columns() {
            Columns::Whole(c) => {
                let wanted = self.whole(coord, label)?;
                // Reals among integers keep their fraction; ticks are exact in `i128`.
                let exact = label.as_f64().filter(|_| !self.labels.dtype().is_temporal());
                let key = key_of(&wanted);
                let measure = |k: &i64| match exact {
                    Some(v) => far(*k as f64, v),
                    None => (i128::from(*k) - i128::from(key)).unsigned_abs() as f64,
                };
                let floor = exact.is_none_or(|v| v >= key as f64);
                nearest(c, &key, floor, method, lower, measure).ok_or_else(none)?
            }
            Columns::Real(c) => {
                let key = self.real(coord, label)?;
                if key.is_nan() {
                    return Err(none());
                }
                nearest(c, &key, true, method, lower, |k| far(*k, key)).ok_or_else(none)?
            }
            Columns::Text(_) => {
                return Err(Error::invalid(format!(
                    "text labels have no distance: near() does not suit \"{coord}\""
                )));
            }
        };
        if let Some(tolerance) = tolerance {
            let limit = self.limit(coord, tolerance)?;
            if distance > limit {
                return Err(Error::not_found(format!(
                    "no label of \"{coord}\" within {} of {}",
                    scalar_text(tolerance),
                    quoted(label)
                ))
                .hint(match self.near_labels(label) {
                    near if near.is_empty() => "there are no labels".to_owned(),
                    near => format!("the nearest labels are {}", near.join(", ")),
                }));
            }
        }
        let position = match self.columns() {
            Columns::Whole(c) => c.position(rank),
            Columns::Real(c) => c.position(rank),
            Columns::Text(c) => c.position(rank),
        };
        position.ok_or_else(|| Error::bug("a rank without a position"))
    }

    /// A tolerance in the units of the compared keys.
    fn limit(&self, coord: &str, tolerance: &Scalar) -> Result<f64> {
        let unit = match self.labels.dtype() {
            DType::Time(of) => Some(of.unit),
            DType::Duration(of) => Some(*of),
            _ => None,
        };
        let limit = match (unit, tolerance) {
            (Some(to), Scalar::Duration(n, from)) => {
                Some(*n as f64 * from.nanos() as f64 / to.nanos() as f64)
            }
            (Some(to), seconds) => seconds.as_f64().map(|s| s * to.per_second() as f64),
            (None, number) => number.as_f64(),
        };
        limit.filter(|l| *l >= 0.0).ok_or_else(|| {
            Error::invalid(format!(
                "the tolerance {} does not suit the {} labels of \"{coord}\"",
                quoted(tolerance),
                self.labels.dtype()
            ))
        })
    }
}

/// Whether the end of a range belongs to it: of a range of texts, always, with its whole period.
pub(super) fn closes(stop: Option<&Scalar>, inclusive: bool) -> bool {
    inclusive || matches!(stop, Some(Scalar::Str(_)))
}

/// The ranks from one end to another, given the ranks that each end covers.
pub(super) fn between(
    a: Option<Range<usize>>,
    b: Option<Range<usize>>,
    inclusive: bool,
    len: usize,
    falling: bool,
) -> Range<usize> {
    let ranks = match (a, b) {
        (None, None) => 0..len,
        (Some(a), None) if falling => 0..a.end,
        (Some(a), None) => a.start..len,
        (None, Some(b)) => {
            let b = if inclusive { b } else { exclude(&b, falling) };
            if falling { b.start..len } else { 0..b.end }
        }
        (Some(a), Some(b)) => {
            let backwards = b.start < a.start || b.end < a.end;
            let b = if inclusive { b } else { exclude(&b, backwards) };
            if backwards { b.start..a.end } else { a.start..b.end }
        }
    };
    ranks.start..ranks.end.max(ranks.start)
}

/// The end itself out of the ranks it covers.
fn exclude(end: &Range<usize>, backwards: bool) -> Range<usize> {
    if backwards { end.end..end.end } else { end.start..end.start }
}

fn key_of(wanted: &Wanted<i64>) -> i64 {
    match wanted {
        Wanted::Key(key) | Wanted::Before(key) => *key,
    }
}

fn ranks_of<K: Key>(column: &Column<K>, wanted: Wanted<K>) -> Range<usize> {
    match wanted {
        Wanted::Key(key) => column.equal(&key),
        Wanted::Before(key) => {
            let rank = column.rank(&key, false);
            rank..rank
        }
    }
}

/// Rank and distance of the label near `key`. `floor` says whether the label asked for is not
/// lower than `key` itself (it is lower if a real number was rounded up to `key`).
fn nearest<K: Key>(
    column: &Column<K>,
    key: &K,
    floor: bool,
    method: Method,
    lower: bool,
    distance: impl Fn(&K) -> f64,
) -> Option<(usize, f64)> {
    let above = column.rank(key, false);
    let equal = floor && column.ranked(above).is_some_and(|k| k.order(key) == Ordering::Equal);
    let measured = |rank: usize| column.ranked(rank).map(|k| (rank, distance(&k)));
    if equal {
        return measured(above);
    }
    let (low, high) = (above.checked_sub(1).and_then(measured), measured(above));
    match method {
        Method::Nearest | Method::Exact => match (low, high) {
            (Some(l), Some(h)) => Some(if l.1 < h.1 { l } else { h }),
            (l, h) => l.or(h),
        },
        Method::Pad | Method::Backfill => {
            if lower {
                low
            } else {
                high
            }
        }
    }
}

pub(super) fn quoted(label: &Scalar) -> String {
    match label {
        Scalar::Str(text) => format!("{:?}", text.as_str().unwrap_or("nan")),
        other => scalar_text(other),
    }
}

pub(super) fn parse_date(coord: &str, text: &str) -> Result<PartialDate> {
    PartialDate::parse(text).map_err(|e| {
        Error::invalid(format!("the label {text:?} for \"{coord}\" is no date")).caused_by(e)
    })
}

pub(super) fn time_error(error: &graticule_cftime::Error) -> Error {
    Error::invalid(error.to_string())
}

fn same_calendar(a: Calendar, b: Calendar) -> bool {
    let real = |c| matches!(c, Calendar::Standard | Calendar::ProlepticGregorian);
    a == b || (real(a) && real(b))
}

/// A tick in another unit: itself, or the next one if it falls between two.
fn ticks(tick: i64, from: TimeUnit, to: TimeUnit) -> Wanted<i64> {
    let nanos = i128::from(tick) * i128::from(from.nanos());
    let (whole, rest) =
        (nanos.div_euclid(i128::from(to.nanos())), nanos.rem_euclid(i128::from(to.nanos())));
    let clamp = |v: i128| i64::try_from(v).unwrap_or(if v < 0 { i64::MIN + 1 } else { i64::MAX });
    if rest == 0 { Wanted::Key(clamp(whole)) } else { Wanted::Before(clamp(whole + 1)) }
}

/// How labels differ, in words; `None` if they are the same.
pub(crate) fn difference(a: &Array, b: &Array) -> Result<Option<String>> {
    let (n, m) = (a.len(), b.len());
    if let (DType::Time(x), DType::Time(y)) = (a.dtype(), b.dtype())
        && !same_calendar(x.calendar, y.calendar)
    {
        let names = (x.calendar.name(), y.calendar.name());
        return Ok(Some(format!("the calendars are {} and {}", names.0, names.1)));
    }
    let (Some(left), Some(right)) = (LabelIndex::new(a), LabelIndex::new(b)) else {
        return Ok((a != b).then(|| "the labels differ".to_owned()));
    };
    let unlike = || Some(format!("the labels are {} and {}", a.dtype(), b.dtype()));
    let at = match (left.columns(), right.columns()) {
        (Columns::Text(x), Columns::Text(y)) => first_unequal(x, y),
        (Columns::Whole(x), Columns::Whole(y)) => {
            if a.dtype().is_temporal() != b.dtype().is_temporal() {
                return Ok(unlike());
            }
            match (nanos(a), nanos(b)) {
                (Some(p), Some(q)) if p != q => {
                    let x = x.keys().map(|t| i128::from(*t) * p);
                    let y = y.keys().map(|t| i128::from(*t) * q);
                    x.zip(y).position(|(x, y)| x != y)
                }
                _ => first_unequal(x, y),
            }
        }
        (Columns::Text(_), _) | (_, Columns::Text(_)) => return Ok(unlike()),
        (x, y) if !a.dtype().is_temporal() && !b.dtype().is_temporal() => {
            let (x, y) = (reals(x), reals(y));
            let missing = |x: &f64, y: &f64| x.is_nan() && y.is_nan();
            let at = x.iter().zip(&y).position(|(x, y)| !missing(x, y) && x.order(y).is_ne());
            if n == m && at.is_some() {
                let most = x.iter().zip(&y).map(|(x, y)| (x - y).abs()).fold(0.0, f64::max);
                let near = x.iter().zip(&y).all(|(x, y)| (x - y).abs() <= 1e-4 * x.abs().max(1.0));
                let i = at.unwrap_or(0);
                let tail = if near { "; they are nearly equal, so one may be rounded" } else { "" };
                return Ok(Some(format!(
                    "labels first differ at position {i}: {} and {}; they differ by at most {most:e}{tail}",
                    left.show(i),
                    right.show(i)
                )));
            }
            at
        }
        _ => return Ok(unlike()),
    };
    if n != m {
        let first = at.filter(|i| *i < n.min(m)).map(|i| {
            format!("; labels first differ at position {i}: {} and {}", left.show(i), right.show(i))
        });
        return Ok(Some(format!("lengths are {n} and {m}{}", first.unwrap_or_default())));
    }
    Ok(at.map(|i| {
        format!("labels first differ at position {i}: {} and {}", left.show(i), right.show(i))
    }))
}

fn nanos(a: &Array) -> Option<i128> {
    match a.dtype() {
        DType::Time(of) => Some(of.unit.nanos().into()),
        DType::Duration(of) => Some(of.nanos().into()),
        _ => None,
    }
}

fn reals(columns: &Columns) -> Vec<f64> {
    match columns {
        Columns::Whole(c) => c.keys().map(|k| *k as f64).collect(),
        Columns::Real(c) => c.keys().map(|k| *k).collect(),
        Columns::Text(_) => Vec::new(),
    }
}

fn first_unequal<K: Key>(a: &Column<K>, b: &Column<K>) -> Option<usize> {
    let differ = |(x, y): (std::borrow::Cow<'_, K>, std::borrow::Cow<'_, K>)| {
        !(x.is_missing() && y.is_missing()) && x.order(&y).is_ne()
    };
    a.keys().zip(b.keys()).position(differ)
}
