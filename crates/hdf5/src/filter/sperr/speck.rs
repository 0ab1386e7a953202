//! SPECK: integers coded bit plane by bit plane. Boxes of coefficients stay whole until one of them
//! reaches the plane.
//!
//! After W. A. Pearlman, A. Islam, N. Nagaraj and A. Said, Efficient, low-complexity image coding
//! with a set-partitioning embedded block coder (2004).
#![allow(clippy::indexing_slicing)] // a kernel: all sets lie within the array that is decoded

use graticule_array::{Error, Result};

use super::marks::Marks;
use super::sets::{Corner, Kind, Set};
use crate::filter::low_bits::LowBits;

/// Bytes before the bits: how many planes (one), how many bits (eight).
const HEADER: usize = 9;

/// Decoded integers: magnitudes, and which of them are negative.
#[derive(Debug)]
pub(super) struct Integers {
    pub(super) magnitudes: Vec<u64>,
    pub(super) negative: Marks,
}

impl Integers {
    /// All magnitudes as numbers, scaled and signed.
    pub(super) fn scaled(&self, unit: f64) -> Vec<f64> {
        let all = self.magnitudes.iter().enumerate();
        all.map(|(i, n)| unit * *n as f64 * self.sign(i)).collect()
    }

    pub(super) fn sign(&self, place: usize) -> f64 {
        if self.negative.has(place) { -1.0 } else { 1.0 }
    }
}

/// Bytes of the stream at the beginning of `input`, as its header says; there may be fewer.
pub(super) fn length(input: &[u8]) -> Option<u64> {
    let bits = input.get(1..HEADER)?.first_chunk().map(|n| u64::from_le_bytes(*n))?;
    Some(bits.div_ceil(8).saturating_add(HEADER as u64))
}

/// Decodes the stream that all of `input` is. Where it was cut short, as it is if the rate of bits
/// was given, the bits that lack are zeros and values stay in the middle of what they may be.
pub(super) fn decode(input: &[u8], shape: [usize; 3], kind: Kind) -> Result<Integers> {
    let short = || Error::corrupt("sperr: coefficients end too early");
    let (header, bytes) = input.split_at_checked(HEADER).ok_or_else(short)?;
    let planes = u32::from(header[0]);
    if planes > 64 {
        return Err(Error::corrupt(format!("sperr: {planes} planes of bits")));
    }
    let total = header[1..].first_chunk().map_or(0, |n| u64::from_le_bytes(*n));
    let mut coder = Coder::new(bytes, total.min(bytes.len() as u64 * 8), shape, kind);
    coder.planes(planes);
    Ok(Integers { magnitudes: coder.magnitudes, negative: coder.negative })
}

struct Coder<'a> {
    bits: LowBits<'a>,
    /// How many bits there are.
    end: u64,
    shape: [usize; 3],
    kind: Kind,
    magnitudes: Vec<u64>,
    negative: Marks,
    /// Single coefficients that are insignificant so far.
    pending: Marks,
    /// Those that became significant in an earlier plane, and those of this one.
    known: Marks,
    fresh: Vec<usize>,
    /// Insignificant sets; the further back a list, the smaller they are.
    lists: Vec<Vec<Set>>,
    corner: Option<Corner>,
}

impl<'a> Coder<'a> {
    fn new(bytes: &'a [u8], end: u64, shape: [usize; 3], kind: Kind) -> Self {
        let n = shape.iter().product();
        let mut coder = Self {
            bits: LowBits::new(bytes),
            end,
            shape,
            kind,
            magnitudes: vec![0; n],
            negative: Marks::none(n),
            pending: Marks::none(n),
            known: Marks::none(n),
            fresh: Vec::new(),
            lists: Vec::new(),
            corner: (kind == Kind::Plane).then(|| Corner::new(shape)),
        };
        for (set, list) in kind.first(shape) {
            coder.keep(set, list);
        }
        coder
    }

    fn planes(&mut self, count: u32) {
        for plane in (0..count).rev() {
            let threshold = 1u64 << plane;
            self.sort();
            let before = self.bits.position() < self.end;
            if before {
                self.refine(threshold);
            }
            self.settle(threshold);
            if !before || self.bits.position() >= self.end {
                break;
            }
        }
    }

    /// Finds what becomes significant in this plane.
    fn sort(&mut self) {
        for word in 0..self.pending.words() {
            for place in self.pending.in_word(word) {
                if self.bits.bit() {
                    self.pending.clear(place);
                    self.found(place);
                }
            }
        }
        for number in (0..self.lists.len()).rev() {
            // Parts of a set enter lists behind its own only.
            let mut list = std::mem::take(&mut self.lists[number]);
            list.retain(|set| {
                let significant = self.bits.bit();
                if significant {
                    self.divide(*set, number);
                }
                !significant
            });
            self.lists[number] = list;
        }
        self.peel();
    }

    /// A coefficient is significant: its sign follows.
    fn found(&mut self, place: usize) {
        if !self.bits.bit() {
            self.negative.set(place);
        }
        self.fresh.push(place);
    }

    /// Codes the parts of a significant set. One of them is significant, so that nothing is said
    /// of the last if none before it was.
    fn divide(&mut self, set: Set, list: usize) {
        let (parts, below) = self.kind.parts(set, list);
        let (mut any, mut left) = (false, parts.iter().len());
        for part in parts.iter() {
            left -= 1;
            let significant = (!any && left == 0) || self.bits.bit();
            any |= significant;
            match (part.is_one(), significant) {
                (true, true) => self.found(self.place(part)),
                (true, false) => self.pending.set(self.place(part)),
                (false, true) => self.divide(part, below),
                (false, false) => self.keep(part, below),
            }
        }
    }

    fn place(&self, set: Set) -> usize {
        let [x, y, z] = set.start;
        x + self.shape[0] * (y + self.shape[1] * z)
    }

    fn keep(&mut self, set: Set, list: usize) {
        if list >= self.lists.len() {
            self.lists.resize_with(list + 1, Vec::new);
        }
        self.lists[list].push(set);
    }

    /// In a plane: whether anything around the smooth corner is significant, level by level.
    fn peel(&mut self) {
        let mut told = true;
        while let Some(corner) = self.corner.as_mut().filter(|c| c.level > 0) {
            if told && !self.bits.bit() {
                return;
            }
            told = false;
            for (set, list) in corner.peel() {
                if self.bits.bit() {
                    told = true;
                    self.divide(set, list);
                } else {
                    self.keep(set, list);
                }
            }
        }
    }

    /// Reads the next bit of all coefficients that are known to be significant.
    fn refine(&mut self, threshold: u64) {
        let half = threshold / 2;
        for word in 0..self.known.words() {
            for place in self.known.in_word(word) {
                let value = &mut self.magnitudes[place];
                *value = match (self.bits.bit(), half) {
                    (true, 0) => value.wrapping_add(1),
                    (true, _) => value.wrapping_add(half),
                    (false, _) => value.wrapping_sub(half),
                };
                if self.bits.position() >= self.end {
                    return;
                }
            }
        }
    }

    /// Puts what was found in this plane into the middle of its interval.
    fn settle(&mut self, threshold: u64) {
        let middle = threshold.wrapping_mul(2).wrapping_sub(threshold / 2).wrapping_sub(1);
        for place in self.fresh.drain(..) {
            self.magnitudes[place] = middle;
            self.known.set(place);
        }
    }
}
