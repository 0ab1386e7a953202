//! Boxes of coefficients, and how they are divided.

use super::wavelet::{Levels, halved};

/// A box of coefficients that are all insignificant so far.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Set {
    pub(super) start: [usize; 3],
    pub(super) length: [usize; 3],
}

/// A set with the list that it stands in.
pub(super) type Listed = (Set, usize);

/// What is coded; it decides how sets are divided.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Kind {
    Line,
    Plane,
    Volume,
}

impl Set {
    pub(super) fn whole(shape: [usize; 3]) -> Self {
        Self { start: [0; 3], length: shape }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.length.contains(&0)
    }

    pub(super) fn is_one(&self) -> bool {
        self.length == [1; 3]
    }

    /// The two halves along each of the axes that are named: the larger ones first, the first
    /// axis changing fastest. Those that are empty are left out.
    fn divided(self, axes: [bool; 3]) -> impl DoubleEndedIterator<Item = Self> {
        (0..8u8).filter_map(move |number| {
            let mut part = self;
            let all = part.start.iter_mut().zip(&mut part.length).zip(axes).enumerate();
            for (axis, ((start, length), divided)) in all {
                let (second, half) = (number >> axis & 1 == 1, *length / 2);
                match (divided, second) {
                    (true, true) => {
                        *start += *length - half;
                        *length = half;
                    }
                    (true, false) => *length -= half,
                    (false, true) => *length = 0,
                    (false, false) => {}
                }
            }
            (!part.is_empty()).then_some(part)
        })
    }

    /// How many of the axes that are named can be divided.
    fn divisible(&self, axes: [bool; 3]) -> usize {
        self.length.iter().zip(axes).filter(|(n, divided)| *divided && **n > 1).count()
    }
}

impl Kind {
    /// The parts of a set that has turned out significant, at most eight, and their list.
    pub(super) fn parts(self, set: Set, list: usize) -> (Parts, usize) {
        let axes = [true; 3];
        let mut parts = Parts { sets: [set; 8], count: 0 };
        match self {
            // Planes have the finest details first.
            Self::Plane => set.divided(axes).rev().for_each(|part| parts.add(part)),
            _ => set.divided(axes).for_each(|part| parts.add(part)),
        }
        let below = if self == Self::Volume { set.divisible(axes) } else { 1 };
        (parts, list + below)
    }

    /// The sets that coding begins with, in the order in which they enter their lists.
    pub(super) fn first(self, shape: [usize; 3]) -> Vec<Listed> {
        let whole = Set::whole(shape);
        match self {
            Self::Line => whole.divided([true; 3]).map(|half| (half, 1)).collect(),
            Self::Plane => {
                let level = Corner::levels(shape);
                let length = [halved_at(shape, 0, level), halved_at(shape, 1, level), 1];
                vec![(Set { start: [0; 3], length }, level)]
            }
            Self::Volume => of_volume(whole),
        }
    }
}

/// Parts of a set.
#[derive(Debug)]
pub(super) struct Parts {
    sets: [Set; 8],
    count: usize,
}

impl Parts {
    fn add(&mut self, set: Set) {
        if let Some(place) = self.sets.get_mut(self.count) {
            *place = set;
            self.count += 1;
        }
    }

    pub(super) fn iter(&self) -> impl ExactSizeIterator<Item = Set> {
        self.sets.iter().take(self.count).copied()
    }
}

fn halved_at(shape: [usize; 3], axis: usize, level: usize) -> usize {
    shape.get(axis).map_or(1, |n| halved(*n, level))
}

/// Divides a volume as the transform did; what is smoothest comes first in its list.
fn of_volume(whole: Set) -> Vec<Listed> {
    let (all, plane, depth) = ([true; 3], [true, true, false], [false, false, true]);
    let steps = match Levels::of(whole.length) {
        Levels::Together(n) => vec![all; n],
        Levels::Apart { plane: p, depth: d } => {
            let mut steps = vec![all; p.min(d)];
            steps.resize(p.max(d), if p > d { plane } else { depth });
            steps
        }
    };
    let (mut sets, mut smooth, mut list) = (Vec::new(), whole, 0);
    for axes in steps {
        list += smooth.divisible(axes);
        let mut parts = smooth.divided(axes);
        let first = parts.next();
        sets.extend(parts.map(|part| (part, list)));
        smooth = first.unwrap_or(smooth);
    }
    // Before those of the last division, which are alone in this list.
    let place = sets.iter().position(|(_, of)| *of == list).unwrap_or(sets.len());
    sets.insert(place, (smooth, list));
    sets
}

/// All of a plane but its smooth corner: what has not become sets yet.
#[derive(Debug)]
pub(super) struct Corner {
    shape: [usize; 3],
    pub(super) level: usize,
}

impl Corner {
    pub(super) fn new(shape: [usize; 3]) -> Self {
        Self { shape, level: Self::levels(shape) }
    }

    fn levels(shape: [usize; 3]) -> usize {
        match Levels::of(shape) {
            Levels::Apart { plane, .. } | Levels::Together(plane) => plane,
        }
    }

    /// Turns the details of the coarsest level left into sets.
    pub(super) fn peel(&mut self) -> impl Iterator<Item = Listed> + use<> {
        let list = self.level;
        let outer = list.saturating_sub(1);
        let [x, y] = [0, 1].map(|axis| halved_at(self.shape, axis, list));
        let [dx, dy] = [(0, x), (1, y)].map(|(axis, n)| halved_at(self.shape, axis, outer) - n);
        self.level = outer;
        [([x, y, 0], [dx, dy, 1]), ([x, 0, 0], [dx, y, 1]), ([0, y, 0], [x, dy, 1])]
            .into_iter()
            .map(move |(start, length)| (Set { start, length }, list))
            .filter(|(set, _)| !set.is_empty())
    }
}
