//! Labels of one type in memory: sorted lookups whatever their order.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::ops::Range;

use graticule_array::Pick;

use super::even::{Even, around};

/// How labels follow each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Order {
    Ascending,
    Descending,
    /// Neither, or some label is missing.
    None,
}

/// Labels with what is known of their order.
#[derive(Debug)]
pub(super) struct Column<K> {
    keys: Keys<K>,
    order: Order,
    unique: bool,
    /// Positions of the labels from the lowest to the highest, missing ones left out; empty if
    /// the labels are in order anyway.
    sorted: Vec<usize>,
}

/// The labels themselves.
#[derive(Debug)]
enum Keys<K> {
    Listed(Vec<K>),
    /// By a rule, which takes no memory and is looked up without searching.
    Even(Even<K>),
}

/// What a label is compared by.
pub(super) trait Key: Clone {
    fn order(&self, other: &Self) -> Ordering;
    fn is_missing(&self) -> bool;
    /// The rule that makes exactly these labels, if there is one.
    fn even(_: &[Self]) -> Option<Even<Self>> {
        None
    }
    /// A label made by a rule; `None` where there are no rules.
    fn made(_: &Even<Self>, _position: usize) -> Option<Self> {
        None
    }
    /// About where a label would stand.
    fn place(&self, _: &Even<Self>) -> f64 {
        0.0
    }
}

impl Key for f64 {
    fn order(&self, other: &Self) -> Ordering {
        self.partial_cmp(other).unwrap_or_else(|| self.total_cmp(other))
    }
    fn is_missing(&self) -> bool {
        self.is_nan()
    }
    fn even(keys: &[Self]) -> Option<Even<Self>> {
        Even::of_real(keys)
    }
    fn made(rule: &Even<Self>, position: usize) -> Option<Self> {
        Some(rule.at(position))
    }
    fn place(&self, rule: &Even<Self>) -> f64 {
        rule.place(*self)
    }
}

impl Key for i64 {
    fn order(&self, other: &Self) -> Ordering {
        self.cmp(other)
    }
    /// Ticks; no integer label equals the reserved one in practice.
    fn is_missing(&self) -> bool {
        *self == graticule_array::MISSING_TICK
    }
    fn even(keys: &[Self]) -> Option<Even<Self>> {
        if keys.iter().any(Self::is_missing) { None } else { Even::of_whole(keys) }
    }
    fn made(rule: &Even<Self>, position: usize) -> Option<Self> {
        Some(rule.at(position))
    }
    fn place(&self, rule: &Even<Self>) -> f64 {
        rule.place(*self)
    }
}

impl Key for graticule_array::Text {
    fn order(&self, other: &Self) -> Ordering {
        self.cmp(other)
    }
    fn is_missing(&self) -> bool {
        graticule_array::Text::is_missing(self)
    }
}

impl<K: Key> Column<K> {
    pub(super) fn new(keys: Vec<K>) -> Self {
        let (mut up, mut down, mut unique) = (true, true, true);
        for (a, b) in keys.iter().zip(keys.iter().skip(1)) {
            match a.order(b) {
                Ordering::Less => down = false,
                Ordering::Greater => up = false,
                Ordering::Equal => unique = false,
            }
        }
        if keys.iter().any(Key::is_missing) {
            (up, down) = (false, false);
        }
        let order = match (up, down) {
            (true, _) => Order::Ascending,
            (_, true) => Order::Descending,
            _ => Order::None,
        };
        let mut sorted = Vec::new();
        if order == Order::None {
            let mut pairs: Vec<(&K, usize)> = keys
                .iter()
                .enumerate()
                .filter(|(_, k)| !k.is_missing())
                .map(|(i, k)| (k, i))
                .collect();
            pairs.sort_by(|(a, i), (b, j)| a.order(b).then(i.cmp(j)));
            unique = pairs.iter().zip(pairs.iter().skip(1)).all(|(a, b)| a.0.order(b.0).is_ne());
            sorted = pairs.into_iter().map(|(_, i)| i).collect();
        }
        let rule = if order == Order::None || !unique { None } else { K::even(&keys) };
        let keys = rule.map_or(Keys::Listed(keys), Keys::Even);
        Self { keys, order, unique, sorted }
    }

    /// The number of labels, missing ones included.
    pub(super) fn len(&self) -> usize {
        match &self.keys {
            Keys::Listed(keys) => keys.len(),
            Keys::Even(rule) => rule.len(),
        }
    }

    fn key(&self, position: usize) -> Option<Cow<'_, K>> {
        match &self.keys {
            Keys::Listed(keys) => keys.get(position).map(Cow::Borrowed),
            Keys::Even(rule) => {
                let made = K::made(rule, position).filter(|_| position < rule.len());
                made.map(Cow::Owned)
            }
        }
    }

    /// All labels in order of position.
    pub(super) fn keys(&self) -> impl Iterator<Item = Cow<'_, K>> {
        (0..self.len()).filter_map(|i| self.key(i))
    }

    /// The distance from each label to the next, if it is always the same.
    pub(super) fn step(&self) -> Option<K>
    where
        K: Copy,
    {
        match &self.keys {
            Keys::Listed(_) => None,
            Keys::Even(rule) => Some(*rule.step()),
        }
    }

    pub(super) fn order(&self) -> Order {
        self.order
    }

    pub(super) fn is_unique(&self) -> bool {
        self.unique
    }

    /// The number of labels that are not missing.
    pub(super) fn count(&self) -> usize {
        if self.order == Order::None { self.sorted.len() } else { self.len() }
    }

    /// The position of the `rank`-th lowest label.
    pub(super) fn position(&self, rank: usize) -> Option<usize> {
        match self.order {
            Order::Ascending => (rank < self.len()).then_some(rank),
            Order::Descending => self.len().checked_sub(rank + 1),
            Order::None => self.sorted.get(rank).copied(),
        }
    }

    /// The `rank`-th lowest label.
    pub(super) fn ranked(&self, rank: usize) -> Option<Cow<'_, K>> {
        self.key(self.position(rank)?)
    }

    /// How many labels come before `key`; with `equal`, those equal to it count too.
    pub(super) fn rank(&self, key: &K, equal: bool) -> usize {
        let before = |rank: usize| {
            self.ranked(rank).is_some_and(|k| match k.order(key) {
                Ordering::Less => true,
                Ordering::Equal => equal,
                Ordering::Greater => false,
            })
        };
        let (mut low, mut high) = match &self.keys {
            Keys::Listed(_) => (0, self.count()),
            Keys::Even(rule) => {
                let place = key.place(rule);
                let last = rule.len() as f64 - 1.0;
                let guess = if self.order == Order::Descending { last - place } else { place };
                around(guess, self.count(), before)
            }
        };
        while low < high {
            let middle = low + (high - low) / 2;
            if before(middle) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        low
    }

    /// The positions of a range of ranks, in the order of the labels.
    pub(super) fn pick(&self, ranks: Range<usize>) -> Pick {
        let len = ranks.end.saturating_sub(ranks.start);
        if len == 0 {
            return Pick::span(0, 0);
        }
        match self.order {
            Order::Ascending => Pick::span(ranks.start, len),
            Order::Descending => Pick::span(self.len() - ranks.end, len),
            Order::None => {
                let mut list: Vec<usize> = ranks.filter_map(|r| self.position(r)).collect();
                list.sort_unstable();
                Pick::List(list.into())
            }
        }
    }

    /// The ranks of the labels equal to `key`.
    pub(super) fn equal(&self, key: &K) -> Range<usize> {
        if key.is_missing() {
            return 0..0;
        }
        self.rank(key, false)..self.rank(key, true)
    }

    /// The ranks around a label that is not there, nearest ranks first.
    pub(super) fn around(&self, key: &K, most: usize) -> Vec<usize> {
        let at = self.rank(key, false);
        let low = at.saturating_sub(most);
        (low..(at + most).min(self.count())).collect()
    }
}
