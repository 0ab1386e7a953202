//! A k-d tree over points of one to a few dimensions.
#![allow(clippy::indexing_slicing)] // positions are kept within the tree's own lists

use std::cmp::Ordering;
use std::collections::BinaryHeap;

/// Points below this number are searched one by one.
const LEAF: usize = 8;

/// Points in a balanced k-d tree: the middle of each stretch of the list splits the rest of it.
#[derive(Debug)]
pub(super) struct Tree {
    dims: usize,
    /// The coordinates of all points in the order of the tree.
    points: Vec<f64>,
    /// The number of each point in the order of the tree.
    ids: Vec<usize>,
    /// The axis that the middle of a stretch splits, in the order of the tree.
    axes: Vec<u8>,
}

/// A point found: its squared distance and its number; ordered by both.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Near {
    pub(super) square: f64,
    pub(super) id: usize,
}

impl Eq for Near {}

impl PartialOrd for Near {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Near {
    fn cmp(&self, other: &Self) -> Ordering {
        self.square.total_cmp(&other.square).then(self.id.cmp(&other.id))
    }
}

impl Tree {
    /// A tree over points given one after the other, `dims` numbers each; those with a NaN are
    /// left out.
    pub(super) fn new(dims: usize, points: &[f64]) -> Self {
        let dims = dims.max(1);
        let whole = points.chunks_exact(dims).enumerate();
        let mut ids: Vec<usize> =
            whole.filter(|(_, p)| p.iter().all(|v| v.is_finite())).map(|(i, _)| i).collect();
        let mut axes = vec![0u8; ids.len()];
        let mut stretches = vec![(0usize, ids.len())];
        while let Some((from, to)) = stretches.pop() {
            if to - from <= LEAF {
                continue;
            }
            let at = |id: usize, axis: usize| points[id * dims + axis];
            let spread = |axis: usize| {
                let (mut low, mut high) = (f64::INFINITY, f64::NEG_INFINITY);
                for id in &ids[from..to] {
                    let v = at(*id, axis);
                    low = low.min(v);
                    high = high.max(v);
                }
                high - low
            };
            let widest = (0..dims).max_by(|a, b| spread(*a).total_cmp(&spread(*b))).unwrap_or(0);
            let middle = (to - from) / 2;
            ids[from..to].select_nth_unstable_by(middle, |a, b| {
                at(*a, widest).total_cmp(&at(*b, widest)).then(a.cmp(b))
            });
            axes[from + middle] = widest as u8;
            stretches.push((from, from + middle));
            stretches.push((from + middle + 1, to));
        }
        let ordered = ids.iter().flat_map(|id| points[id * dims..(id + 1) * dims].iter().copied());
        Self { dims, points: ordered.collect(), ids, axes }
    }

    /// How many points there are.
    pub(super) fn len(&self) -> usize {
        self.ids.len()
    }

    fn point(&self, at: usize) -> &[f64] {
        &self.points[at * self.dims..(at + 1) * self.dims]
    }

    fn near(&self, at: usize, target: &[f64]) -> Near {
        let square = self.point(at).iter().zip(target).map(|(a, b)| (a - b) * (a - b)).sum();
        Near { square, id: self.ids[at] }
    }

    /// The `k` points nearest to a target within a squared distance, nearest first; of equally
    /// near ones those with the lower numbers.
    pub(super) fn nearest(&self, target: &[f64], k: usize, within: f64) -> Vec<Near> {
        let mut best: BinaryHeap<Near> = BinaryHeap::new();
        if k == 0 {
            return Vec::new();
        }
        self.visit(
            target,
            &mut |tree, at, limit: &mut f64| {
                let near = tree.near(at, target);
                if near.square > within {
                    return;
                }
                if best.len() < k {
                    best.push(near);
                } else if best.peek().is_some_and(|worst| near < *worst) {
                    best.pop();
                    best.push(near);
                }
                if best.len() == k {
                    *limit = best.peek().map_or(within, |worst| worst.square.min(within));
                }
            },
            within,
        );
        best.into_sorted_vec()
    }

    /// Walks over all points that may lie within a squared distance, which the visitor may lower;
    /// the side of the target first. The depth is that of a balanced tree.
    fn visit(&self, target: &[f64], see: &mut impl FnMut(&Self, usize, &mut f64), within: f64) {
        let mut limit = within;
        // Stretches to visit, with the squared distance at which they begin.
        let mut rest = vec![(0usize, self.len(), 0.0f64)];
        while let Some((from, to, begins)) = rest.pop() {
            if begins > limit {
                continue;
            }
            if to - from <= LEAF {
                for at in from..to {
                    see(self, at, &mut limit);
                }
                continue;
            }
            let middle = from + (to - from) / 2;
            let axis = self.axes[middle] as usize;
            see(self, middle, &mut limit);
            let across = target.get(axis).copied().unwrap_or(0.0) - self.point(middle)[axis];
            let (low, high) = ((from, middle), (middle + 1, to));
            let (here, there) = if across < 0.0 { (low, high) } else { (high, low) };
            rest.push((there.0, there.1, begins.max(across * across)));
            rest.push((here.0, here.1, begins));
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn square(a: &[f64], b: &[f64]) -> f64 {
        a.iter().zip(b).map(|(a, b)| (a - b) * (a - b)).sum()
    }

    proptest! {
        /// Few distinct numbers, so that ties are frequent.
        #[test]
        fn as_looking_at_every_point(
            points in prop::collection::vec((0i8..6, 0i8..6, prop::bool::weighted(0.05)), 0..120),
            (x, y) in (-1i8..7, -1i8..7),
            k in 0usize..6,
            within in prop::option::of(0u8..20),
        ) {
            let flat: Vec<f64> = points
                .iter()
                .flat_map(|(a, b, gap)| [f64::from(*a), if *gap { f64::NAN } else { f64::from(*b) }])
                .collect();
            let tree = Tree::new(2, &flat);
            let target = [f64::from(x), f64::from(y)];
            let limit = within.map_or(f64::INFINITY, f64::from);
            let mut all: Vec<Near> = flat
                .chunks_exact(2)
                .enumerate()
                .map(|(id, p)| Near { square: square(p, &target), id })
                .filter(|n| n.square <= limit)
                .collect();
            all.sort();
            prop_assert_eq!(&tree.nearest(&target, usize::MAX, limit), &all);
            all.truncate(k);
            prop_assert_eq!(tree.nearest(&target, k, limit), all);
        }
    }
}
