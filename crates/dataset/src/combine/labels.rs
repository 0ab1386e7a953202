//! One set of labels out of several.

use std::cmp::Ordering;
use std::sync::Arc;

use graticule_array::{Array, Error, Pick, Result, Selection, promote};

use super::options::Join;
pub(crate) use super::values::rounding;
use super::values::{Key, keys, same_values};
use crate::attrs::show_scalar;
use crate::select::Method;

/// How far labels may lie apart to count as the same.
///
/// Must be less than half the distance between neighbours, so that no label is near two others.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Tolerance {
    /// In the units of the labels; in seconds for times and durations.
    Abs(f64),
    /// As a part of the smallest distance between neighbouring labels of the first object.
    Rel(f64),
}

/// Where each wanted label stands; `None` where there is none.
pub(crate) type Places = Arc<[Option<usize>]>;

/// What the labels of several objects along one dimension become.
#[derive(Debug)]
pub(crate) struct Joined {
    pub(crate) labels: Array,
    /// For each object where the labels stand there; `None` if all stand in their places.
    pub(crate) places: Vec<Option<Places>>,
    /// Whether the labels of some object change although their places do not.
    pub(crate) renamed: bool,
}

/// The labels of one object: what messages call it, and the array of one axis.
pub(crate) type Labels<'a> = (&'a str, &'a Array);

/// Brings labels together; `None` if they are the same already.
///
/// # Errors
/// If they differ and the join does not allow it, if the tolerance is ambiguous, or if labels
/// that have to be looked up are of different kinds or occur twice.
pub(crate) fn join_labels(
    dim: &str,
    all: &[Labels<'_>],
    join: Join,
    tolerance: Option<Tolerance>,
) -> Result<Option<Joined>> {
    let (distinct, which) = distinct(all);
    let Some((first, rest)) = distinct.split_first() else { return Ok(None) };
    if rest.is_empty() {
        return Ok(None);
    }
    let other = rest.iter().find(|(_, labels)| labels.len() != first.1.len());
    match join {
        Join::Override => {
            return match other {
                Some(other) => Err(lengths(dim, *first, *other)),
                None => Ok(Some(relabelled(first.1, all.len()))),
            };
        }
        Join::Exact => {
            let Some(tolerance) = tolerance else {
                return Err(differ(dim, *first, rest.first().copied().unwrap_or(*first)));
            };
            let columns = Columns::new(dim, &distinct)?;
            let width = columns.width(dim, tolerance)?;
            for (at, other) in rest.iter().enumerate() {
                let near = columns.pairwise_near(0, at + 1, width);
                if !near {
                    return Err(differ(dim, *first, *other));
                }
            }
            return Ok(Some(relabelled(first.1, all.len())));
        }
        Join::Outer | Join::Inner | Join::Left | Join::Right => {}
    }
    let columns = Columns::new(dim, &distinct)?;
    columns.check_unique(dim)?;
    let ids = match tolerance {
        None => columns.ids(),
        Some(tolerance) => columns.near_ids(dim, columns.width(dim, tolerance)?)?,
    };
    let wanted: Vec<usize> = match join {
        Join::Outer => (0..ids.owners.len()).collect(),
        Join::Inner => {
            let held_by_all = |id: &usize| {
                ids.of.iter().all(|own| own.places.get(*id).is_some_and(Option::is_some))
            };
            ids.of.first().map(|o| o.ids.iter().copied().filter(held_by_all).collect())
        }
        .unwrap_or_default(),
        Join::Right => {
            which.last().and_then(|w| ids.of.get(*w)).map(|o| o.ids.clone()).unwrap_or_default()
        }
        _ => ids.of.first().map(|o| o.ids.clone()).unwrap_or_default(),
    };
    let owners: Vec<usize> = wanted.iter().filter_map(|id| ids.owners.get(*id).copied()).collect();
    let labels = columns.whole.select(&Selection::new([Pick::List(owners.into())]))?;
    let places: Vec<Option<Places>> = ids
        .of
        .iter()
        .map(|own| {
            let places: Places =
                wanted.iter().map(|id| own.places.get(*id).copied().flatten()).collect();
            let in_place = places.len() == own.ids.len()
                && places.iter().enumerate().all(|(i, p)| *p == Some(i));
            (!in_place).then_some(places)
        })
        .collect();
    let places = which.iter().map(|w| places.get(*w).cloned().flatten()).collect();
    Ok(Some(Joined { labels, places, renamed: tolerance.is_some() }))
}

fn relabelled(labels: &Array, n: usize) -> Joined {
    Joined { labels: labels.clone(), places: vec![None; n], renamed: true }
}

/// The different sets of labels, each with its first owner, and which of them each object has.
fn distinct<'a>(all: &[Labels<'a>]) -> (Vec<Labels<'a>>, Vec<usize>) {
    let mut distinct: Vec<Labels<'a>> = Vec::new();
    let mut which = Vec::with_capacity(all.len());
    for labels in all {
        // Neighbours are alike more often than not.
        let known = distinct.iter().rposition(|known| {
            std::ptr::eq(known.1, labels.1)
                || (kind_of(known.1) == kind_of(labels.1) && same_values(known.1, labels.1))
        });
        which.push(known.unwrap_or(distinct.len()));
        if known.is_none() {
            distinct.push(*labels);
        }
    }
    (distinct, which)
}

/// Numbers, times and texts are never equal.
fn kind_of(labels: &Array) -> u8 {
    let dtype = labels.dtype();
    if dtype.is_temporal() {
        1
    } else if dtype.is_text() {
        2
    } else {
        0
    }
}

/// Sets of labels in their common type.
struct Columns<'a> {
    /// One after the other.
    whole: Array,
    columns: Vec<(Labels<'a>, Lookup)>,
}

/// The place of each label in a sorted list of all that exist.
struct Ids {
    of: Vec<Own>,
    /// Where the label of an id stands in the concatenation of all.
    owners: Vec<usize>,
}

struct Own {
    /// In the order of the labels.
    ids: Vec<usize>,
    /// By id.
    places: Vec<Option<usize>>,
}

impl<'a> Columns<'a> {
    fn new(dim: &str, distinct: &[Labels<'a>]) -> Result<Self> {
        let mut common: Option<(Labels<'a>, graticule_array::DType)> = None;
        for labels in distinct {
            common = Some(match common {
                None => (*labels, labels.1.dtype().clone()),
                Some((first, dtype)) => {
                    let both = promote(&dtype, labels.1.dtype()).map_err(|_| {
                        Error::mismatch(format!(
                            "the labels of \"{dim}\" are {dtype} in {} and {} in {}",
                            first.0,
                            labels.1.dtype(),
                            labels.0
                        ))
                    })?;
                    (first, both)
                }
            });
        }
        let Some((_, dtype)) = common else { return Err(Error::bug("no labels to join")) };
        let cast: Vec<Array> =
            distinct.iter().map(|(_, l)| l.cast(&dtype)).collect::<Result<_>>()?;
        let columns = distinct
            .iter()
            .zip(&cast)
            .map(|(labels, array)| {
                let lookup = Lookup::new(array).map_err(|e| {
                    e.context(format!("in the labels of \"{dim}\" of {}", labels.0))
                })?;
                Ok((*labels, lookup))
            })
            .collect::<Result<_>>()?;
        Ok(Self { whole: Array::concat(&cast, 0)?, columns })
    }

    fn check_unique(&self, dim: &str) -> Result<()> {
        for ((origin, labels), lookup) in &self.columns {
            if let Some(at) = lookup.duplicate() {
                return Err(Error::mismatch(format!(
                    "the label {} of \"{dim}\" occurs twice in {origin}: labels that differ can \
                     only be brought together where each occurs once",
                    shown(labels, at)
                ))
                .hint("drop_duplicates first"));
            }
        }
        Ok(())
    }

    /// What counts as the same, in the units of the keys.
    fn width(&self, dim: &str, tolerance: Tolerance) -> Result<f64> {
        let Some(((origin, labels), first)) = self.columns.first() else { return Ok(0.0) };
        let nanos = if labels.dtype().is_temporal() { 1e9 } else { 1.0 };
        let width = match tolerance {
            Tolerance::Abs(width) => width * nanos,
            Tolerance::Rel(part) => match first.step() {
                Some((step, _)) => part * step,
                None => 0.0,
            },
        };
        if !(width.is_finite() && width >= 0.0) || first.is_text() {
            return Err(Error::invalid(format!(
                "{tolerance:?} is no tolerance for the labels of \"{dim}\" in {origin}"
            ))
            .hint("it has to be a number, not negative, and the labels numbers or times"));
        }
        for ((origin, labels), lookup) in &self.columns {
            let Some((step, (a, b))) = lookup.step() else { continue };
            // Labels that are equal are a matter for others to judge.
            if step > 0.0 && 2.0 * width >= step {
                return Err(Error::invalid(format!(
                    "{tolerance:?} is ambiguous along \"{dim}\": the labels {} and {} of {origin} \
                     are {} apart",
                    shown(labels, a),
                    shown(labels, b),
                    step / nanos
                ))
                .hint("the tolerance must be less than half of that"));
            }
        }
        Ok(width)
    }

    fn lookup(&self, at: usize) -> Option<&Lookup> {
        self.columns.get(at).map(|(_, lookup)| lookup)
    }

    fn pairwise_near(&self, a: usize, b: usize, width: f64) -> bool {
        let (Some(a), Some(b)) = (self.lookup(a), self.lookup(b)) else { return false };
        a.keys.len() == b.keys.len()
            && a.keys.iter().zip(&b.keys).all(|(x, y)| x.rank(y).is_eq() || x.apart(y) <= width)
    }

    /// Equal labels are one.
    fn ids(&self) -> Ids {
        let mut all: Vec<(&Key, usize, usize)> = Vec::new();
        for (column, (_, lookup)) in self.columns.iter().enumerate() {
            all.extend(lookup.keys.iter().enumerate().map(|(at, key)| (key, column, at)));
        }
        // Stable: the first owner of a label comes first.
        all.sort_by(|a, b| a.0.rank(b.0));
        let starts = self.starts();
        let mut owners = Vec::new();
        let mut own = self.empty();
        let mut last: Option<&Key> = None;
        for (key, column, at) in all {
            if last.is_none_or(|l| l.rank(key).is_ne()) {
                owners.push(starts.get(column).copied().unwrap_or(0) + at);
            }
            last = Some(key);
            if let Some(id) = own.get_mut(column).and_then(|ids| ids.get_mut(at)) {
                *id = owners.len() - 1;
            }
        }
        Ids::new(own, owners)
    }

    /// Labels that lie near one of an earlier column are that one.
    fn near_ids(&self, dim: &str, width: f64) -> Result<Ids> {
        let starts = self.starts();
        // The labels found so far, sorted: key, where it stands in the whole, provisional id.
        let mut known: Vec<(Key, usize)> = Vec::new();
        let mut sorted: Vec<usize> = Vec::new();
        let mut own = self.empty();
        for (column, ((origin, labels), lookup)) in self.columns.iter().enumerate() {
            let mut taken = vec![false; known.len()];
            let start = starts.get(column).copied().unwrap_or(0);
            for (at, key) in lookup.keys.iter().enumerate() {
                let near: Vec<usize> = within(&known, &sorted, key, width).take(2).collect();
                let id = match near.first().copied() {
                    Some(id) if near.len() > 1 || taken.get(id) == Some(&true) => {
                        return Err(Error::invalid(format!(
                            "the label {} of \"{dim}\" in {origin} is within the tolerance of more \
                             than one other",
                            shown(labels, at)
                        ))
                        .hint("use a smaller tolerance"));
                    }
                    Some(id) => {
                        if let Some(flag) = taken.get_mut(id) {
                            *flag = true;
                        }
                        id
                    }
                    None => {
                        known.push((key.clone(), start + at));
                        known.len() - 1
                    }
                };
                if let Some(slot) = own.get_mut(column).and_then(|ids| ids.get_mut(at)) {
                    *slot = id;
                }
            }
            sorted.extend(sorted.len()..known.len());
            sorted.sort_by(|a, b| match (known.get(*a), known.get(*b)) {
                (Some(a), Some(b)) => a.0.rank(&b.0),
                _ => Ordering::Equal,
            });
        }
        let mut rank = vec![0; known.len()];
        for (place, id) in sorted.iter().enumerate() {
            if let Some(slot) = rank.get_mut(*id) {
                *slot = place;
            }
        }
        for id in own.iter_mut().flatten() {
            *id = rank.get(*id).copied().unwrap_or(0);
        }
        let owners = sorted.iter().filter_map(|id| known.get(*id)).map(|(_, at)| *at).collect();
        Ok(Ids::new(own, owners))
    }

    fn empty(&self) -> Vec<Vec<usize>> {
        self.columns.iter().map(|(_, l)| vec![0; l.keys.len()]).collect()
    }

    /// Where each column begins in the concatenation.
    fn starts(&self) -> Vec<usize> {
        let lens = self.columns.iter().map(|(_, l)| l.keys.len());
        lens.scan(0, |at, n| Some(std::mem::replace(at, *at + n))).collect()
    }
}

/// The ids of the known labels within a distance of a key.
fn within<'a>(
    known: &'a [(Key, usize)],
    sorted: &'a [usize],
    key: &'a Key,
    width: f64,
) -> impl Iterator<Item = usize> + 'a {
    let at = |i: &usize| known.get(*i).map(|(k, _)| k);
    let from = sorted
        .partition_point(|i| at(i).is_some_and(|k| k.rank(key).is_lt() && k.apart(key) > width));
    sorted
        .iter()
        .skip(from)
        .take_while(move |i| at(i).is_some_and(|k| k.rank(key).is_eq() || k.apart(key) <= width))
        .copied()
}

impl Ids {
    fn new(own: Vec<Vec<usize>>, owners: Vec<usize>) -> Self {
        let of = own.into_iter().map(|ids| {
            let mut places = vec![None; owners.len()];
            for (at, id) in ids.iter().enumerate() {
                if let Some(slot) = places.get_mut(*id) {
                    *slot = Some(at);
                }
            }
            Own { ids, places }
        });
        Self { of: of.collect(), owners }
    }
}

/// Labels that can be looked up, whatever their order.
#[derive(Debug)]
pub(crate) struct Lookup {
    keys: Vec<Key>,
    /// Positions from the lowest to the highest label; missing ones come last.
    order: Vec<usize>,
}

impl Lookup {
    /// # Errors
    /// If the labels are of a type without an order, or a time is missing.
    pub(crate) fn new(labels: &Array) -> Result<Self> {
        let keys = keys(labels)?;
        let mut order: Vec<usize> = (0..keys.len()).collect();
        order.sort_by(|a, b| match (keys.get(*a), keys.get(*b)) {
            (Some(a), Some(b)) => a.rank(b),
            _ => Ordering::Equal,
        });
        Ok(Self { keys, order })
    }

    fn is_text(&self) -> bool {
        matches!(self.keys.first(), Some(Key::Text(_)))
    }

    fn neighbours(&self) -> impl Iterator<Item = (usize, usize, &Key, &Key)> {
        self.order
            .iter()
            .zip(self.order.iter().skip(1))
            .filter_map(|(a, b)| Some((*a, *b, self.keys.get(*a)?, self.keys.get(*b)?)))
    }

    /// A position whose label occurs elsewhere, too.
    pub(crate) fn duplicate(&self) -> Option<usize> {
        self.neighbours().find(|(_, _, a, b)| a.rank(b).is_eq()).map(|(a, b, ..)| a.max(b))
    }

    /// The smallest distance between neighbours, and where these stand.
    fn step(&self) -> Option<(f64, (usize, usize))> {
        let steps = self.neighbours().map(|(a, b, x, y)| (x.apart(y), (a.min(b), a.max(b))));
        steps.filter(|(d, _)| d.is_finite()).min_by(|a, b| a.0.total_cmp(&b.0))
    }

    fn key_at(&self, rank: usize) -> Option<&Key> {
        self.keys.get(*self.order.get(rank)?)
    }

    /// Where a label stands, or one that the method accepts in its place.
    pub(crate) fn find(&self, key: &Key, method: Method, width: Option<f64>) -> Option<usize> {
        let below = |i: &usize| self.keys.get(*i).is_some_and(|k| k.rank(key).is_lt());
        let rank = self.order.partition_point(below);
        if self.key_at(rank).is_some_and(|k| k.rank(key).is_eq()) {
            return self.order.get(rank).copied();
        }
        if key.is_nan() {
            return None;
        }
        let near = |rank: Option<usize>| {
            let rank = rank?;
            let apart = self.key_at(rank).filter(|k| !k.is_nan())?.apart(key);
            width.is_none_or(|w| apart <= w).then_some((rank, apart))
        };
        let (low, high) = (near(rank.checked_sub(1)), near(Some(rank)));
        // "Before" and "after" are meant in the order of the labels.
        let falls = self.order.first() > self.order.last();
        let found = match method {
            Method::Exact => None,
            Method::Pad => {
                if falls {
                    high
                } else {
                    low
                }
            }
            Method::Backfill => {
                if falls {
                    low
                } else {
                    high
                }
            }
            Method::Nearest => match (low, high) {
                (Some(a), Some(b)) => Some(if a.1 < b.1 { a } else { b }),
                (a, b) => a.or(b),
            },
        };
        found.and_then(|(rank, _)| self.order.get(rank).copied())
    }
}

/// A label as messages show it.
pub(crate) fn shown(labels: &Array, at: usize) -> String {
    labels.get(&[at]).map_or_else(|_| "?".into(), |s| show_scalar(&s))
}

fn lengths(dim: &str, a: Labels<'_>, b: Labels<'_>) -> Error {
    Error::mismatch(format!(
        "dimension \"{dim}\" has the length {} in {} and {} in {}",
        a.1.len(),
        a.0,
        b.1.len(),
        b.0
    ))
}

/// The error for labels that should be the same.
pub(crate) fn differ(dim: &str, a: Labels<'_>, b: Labels<'_>) -> Error {
    let how = match crate::index::difference(a.1, b.1) {
        Ok(Some(how)) => format!(": {how}"),
        Ok(None) | Err(_) => String::new(),
    };
    let error = Error::mismatch(format!(
        "the labels of \"{dim}\" differ between {} ({}) and {} ({}){how}",
        a.0,
        a.1.len(),
        b.0,
        b.1.len()
    ));
    error.hint(advice(a.1, b.1))
}

/// What to do about labels that differ.
pub(crate) fn advice(a: &Array, b: &Array) -> String {
    match rounding(a, b) {
        Some(apart) => {
            let enough = 10f64.powf(apart.max(f64::MIN_POSITIVE).log10().ceil());
            format!("use tolerance: Tolerance::Abs({enough:e}) takes them as the same")
        }
        None => "Join::Outer takes the union, Join::Inner what all have".to_owned(),
    }
}
