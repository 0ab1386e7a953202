//! Labels of one type in memory: sorted lookups whatever their order.

use std::cmp::Ordering;
use std::ops::Range;

use graticule_array::Pick;

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
    keys: Vec<K>,
    order: Order,
    unique: bool,
    /// Positions of the labels from the lowest to the highest, missing ones left out; empty if
    /// the labels are in order anyway.
    sorted: Vec<usize>,
}

/// What a label is compared by.
pub(super) trait Key: Clone {
    fn order(&self, other: &Self) -> Ordering;
    fn is_missing(&self) -> bool;
}

impl Key for f64 {
    fn order(&self, other: &Self) -> Ordering {
        self.partial_cmp(other).unwrap_or_else(|| self.total_cmp(other))
    }
    fn is_missing(&self) -> bool {
        self.is_nan()
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
        Self { keys, order, unique, sorted }
    }

    pub(super) fn keys(&self) -> &[K] {
        &self.keys
    }

    pub(super) fn order(&self) -> Order {
        self.order
    }

    pub(super) fn is_unique(&self) -> bool {
        self.unique
    }

    /// The number of labels that are not missing.
    pub(super) fn count(&self) -> usize {
        if self.order == Order::None { self.sorted.len() } else { self.keys.len() }
    }

    /// The position of the `rank`-th lowest label.
    pub(super) fn position(&self, rank: usize) -> Option<usize> {
        match self.order {
            Order::Ascending => (rank < self.keys.len()).then_some(rank),
            Order::Descending => self.keys.len().checked_sub(rank + 1),
            Order::None => self.sorted.get(rank).copied(),
        }
    }

    /// The `rank`-th lowest label.
    pub(super) fn ranked(&self, rank: usize) -> Option<&K> {
        self.keys.get(self.position(rank)?)
    }

    /// How many labels come before `key`; with `equal`, those equal to it count too.
    pub(super) fn rank(&self, key: &K, equal: bool) -> usize {
        let (mut low, mut high) = (0, self.count());
        while low < high {
            let middle = low + (high - low) / 2;
            let before = self.ranked(middle).is_some_and(|k| match k.order(key) {
                Ordering::Less => true,
                Ordering::Equal => equal,
                Ordering::Greater => false,
            });
            if before {
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
            Order::Descending => Pick::span(self.keys.len() - ranks.end, len),
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
