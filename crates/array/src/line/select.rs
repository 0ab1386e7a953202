//! Order statistics of many lines side by side, found sixteen bits at a time.
//!
//! The element at a place among the sorted ones is made bit by bit from the highest on: a bit is set
//! if no more elements than belong below lie below the number with it. Counting needs no branch, so
//! one instruction counts in as many lines as a vector has lanes.
#![allow(clippy::indexing_slicing)] // loops over arrays of one length

use super::keys::Keyed;
use crate::wide::widest;

/// Lines side by side.
pub(super) const SIDE: usize = 32;

/// Longer lines are not counted in 16 bits.
pub(super) const LONGEST: usize = u16::MAX as usize - 1;

/// One number for each line.
pub(super) type Each<T> = [T; SIDE];

/// The keys of floats.
pub(super) trait Key: Copy + Ord + Default {
    /// Pieces of 16 bits.
    const WORDS: u32;

    /// Sorted behind all elements that are there.
    const LAST: Self;

    /// The sixteen bits that many words from the lowest.
    fn word(self, number: u32) -> u16;

    /// The bits above a word.
    fn above(self, number: u32) -> Self;

    /// Takes these bits as a word.
    fn with(self, number: u32, word: u16) -> Self;
}

macro_rules! key {
    ($($key:ty),*) => {$(
        impl Key for $key {
            const WORDS: u32 = <$key>::BITS / 16;
            const LAST: Self = <$key>::MAX;

            #[inline(always)]
            fn word(self, number: u32) -> u16 {
                (self >> (16 * number)) as u16
            }

            #[inline(always)]
            fn above(self, number: u32) -> Self {
                // Two shifts, for one may be by all bits.
                self >> (8 * number + 8) >> (8 * number + 8)
            }

            #[inline(always)]
            fn with(self, number: u32, word: u16) -> Self {
                self | Self::from(word) << (16 * number)
            }
        }
    )*};
}

key!(u32, u64);

/// Lines of which order statistics are picked.
pub(super) struct Sorted<T: Keyed> {
    /// The elements that each line has at one place.
    rows: Vec<Each<T::Key>>,
    /// A word of each of them.
    words: Vec<Each<u16>>,
    /// The elements of each line that are there.
    pub(super) present: Each<u16>,
}

impl<T: Keyed<Key: Key>> Sorted<T> {
    pub(super) fn new() -> Self {
        Self { rows: Vec::new(), words: Vec::new(), present: [0; SIDE] }
    }

    /// Takes lines, of which `row` gives the elements at each of `len` places. Lines that lack are
    /// empty.
    pub(super) fn take<'a>(&mut self, len: usize, row: impl Fn(usize) -> &'a [T])
    where
        T: 'a,
    {
        self.rows.clear();
        self.rows.resize(len, [T::Key::LAST; SIDE]);
        self.present = [0; SIDE];
        for (k, keys) in self.rows.iter_mut().enumerate() {
            match row(k).first_chunk::<SIDE>() {
                Some(row) => keys_of(row, keys, &mut self.present),
                None => {
                    for ((x, key), n) in row(k).iter().zip(keys).zip(&mut self.present) {
                        *n += u16::from(x.is_there());
                        *key = if x.is_there() { x.key() } else { T::Key::LAST };
                    }
                }
            }
        }
    }

    /// The elements at these places of each line, if it were sorted, and those behind them; the
    /// last ones twice.
    pub(super) fn pick(&mut self, at: &Each<u16>) -> (Each<T::Key>, Each<T::Key>) {
        let mut low = [T::Key::default(); SIDE];
        for number in (0..T::Key::WORDS).rev() {
            words_of(&self.rows, &low, number, &mut self.words);
            let found = word_at(&self.words, at);
            for (low, found) in low.iter_mut().zip(found) {
                *low = low.with(number, found);
            }
        }
        let (upto, behind) = behind(&self.rows, &low);
        let mut next = low;
        for l in 0..SIDE {
            let is_last = u32::from(at[l]) + 1 >= u32::from(self.present[l]);
            if upto[l] <= at[l] + 1 && !is_last {
                next[l] = behind[l];
            }
        }
        (low, next)
    }
}

widest! {
    fn keys_of<[T: Keyed<Key: Key>]>(
        row: &Each<T>,
        keys: &mut Each<T::Key>,
        present: &mut Each<u16>,
    ) {
        for l in 0..SIDE {
            let there = row[l].is_there();
            keys[l] = if there { row[l].key() } else { T::Key::LAST };
            present[l] += u16::from(there);
        }
    }
}

widest! {
    /// A word of each element; of elements that differ from `found` above it, the lowest or the
    /// highest that there is.
    fn words_of<[K: Key]>(
        rows: &[Each<K>],
        found: &Each<K>,
        number: u32,
        words: &mut Vec<Each<u16>>,
    ) {
        words.resize(rows.len(), [0; SIDE]);
        if number + 1 == K::WORDS {
            for (row, words) in rows.iter().zip(words) {
                for l in 0..SIDE {
                    words[l] = row[l].word(number);
                }
            }
            return;
        }
        let found: Each<K> = std::array::from_fn(|l| found[l].above(number));
        for (row, words) in rows.iter().zip(words) {
            for l in 0..SIDE {
                let above = row[l].above(number);
                let apart = if above < found[l] { 0 } else { u16::MAX };
                words[l] = if above == found[l] { row[l].word(number) } else { apart };
            }
        }
    }
}

widest! {
    /// The word at these places of each line, if it were sorted.
    fn word_at<[]>(words: &[Each<u16>], at: &Each<u16>) -> Each<u16> {
        let mut found = [0u16; SIDE];
        let (fours, rest) = words.as_chunks::<4>();
        for bit in (0..16).rev() {
            let tried: Each<u16> = std::array::from_fn(|l| found[l] | 1 << bit);
            let mut below = [0u16; SIDE];
            for rows in fours {
                for l in 0..SIDE {
                    let mut n = below[l];
                    for row in rows {
                        n += u16::from(row[l] < tried[l]);
                    }
                    below[l] = n;
                }
            }
            for row in rest {
                for l in 0..SIDE {
                    below[l] += u16::from(row[l] < tried[l]);
                }
            }
            for l in 0..SIDE {
                found[l] = if below[l] <= at[l] { tried[l] } else { found[l] };
            }
        }
        found
    }
}

widest! {
    /// How many elements are not above these, and the lowest that is.
    fn behind<[K: Key]>(rows: &[Each<K>], low: &Each<K>) -> (Each<u16>, Each<K>) {
        let (mut upto, mut behind) = ([0u16; SIDE], [K::LAST; SIDE]);
        for row in rows {
            for l in 0..SIDE {
                let above = row[l] > low[l];
                upto[l] += u16::from(!above);
                behind[l] = if above && row[l] < behind[l] { row[l] } else { behind[l] };
            }
        }
        (upto, behind)
    }
}

#[cfg(test)]
mod tests {
    use super::super::keys::present;
    use super::*;

    /// Numbers of all kinds, many of them equal.
    fn odd(i: usize) -> f64 {
        match i * 7919 % 13 {
            0 => f64::NAN,
            1 => -0.0,
            2 => 0.0,
            3 => f64::INFINITY,
            4 => -1e-310,
            r => ((i * 31 % 17) as f64 - 8.0) * 0.01 * r as f64,
        }
    }

    fn agrees<T: Keyed<Key: Key>>(of: impl Fn(f64) -> T) {
        for (len, lines) in [(1, 32), (2, 5), (7, 32), (40, 31), (129, 32)] {
            let all: Vec<T> = (0..len * lines).map(|i| of(odd(i / lines + i * 3))).collect();
            let mut sorted = Sorted::<T>::new();
            sorted.take(len, |k| &all[k * lines..(k + 1) * lines]);
            for place in [0, 1, len / 2, len.saturating_sub(1)] {
                let at = sorted.present.map(|n| (place as u16).min(n.saturating_sub(1)));
                let (low, next) = sorted.pick(&at);
                for l in 0..lines {
                    let line: Vec<T> = (0..len).map(|k| all[k * lines + l]).collect();
                    let mut keys = Vec::new();
                    let n = present(&line, &mut keys);
                    assert_eq!(n, usize::from(sorted.present[l]));
                    if n == 0 {
                        continue;
                    }
                    keys.sort_unstable();
                    let i = usize::from(at[l]);
                    let expected = (keys[i], keys[(i + 1).min(n - 1)]);
                    assert!((low[l], next[l]) == expected, "{len} {l} {place}");
                }
            }
        }
    }

    #[test]
    fn picks_what_sorting_finds() {
        agrees::<f32>(|x| x as f32);
        agrees::<f64>(|x| x);
    }
}
