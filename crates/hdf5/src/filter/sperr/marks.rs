//! A mark for each place, or none.
#![allow(clippy::indexing_slicing)] // a kernel: places are those of the array that is decoded

/// A set of places.
#[derive(Debug)]
pub(super) struct Marks(Vec<u64>);

impl Marks {
    /// No marks on `n` places.
    pub(super) fn none(n: usize) -> Self {
        Self(vec![0; n.div_ceil(64)])
    }

    pub(super) fn set(&mut self, place: usize) {
        self.0[place / 64] |= 1 << (place % 64);
    }

    pub(super) fn clear(&mut self, place: usize) {
        self.0[place / 64] &= !(1 << (place % 64));
    }

    pub(super) fn has(&self, place: usize) -> bool {
        self.0[place / 64] >> (place % 64) & 1 != 0
    }

    /// How many words of 64 places there are.
    pub(super) fn words(&self) -> usize {
        self.0.len()
    }

    /// The marked places of a word, as they are now.
    pub(super) fn in_word(&self, word: usize) -> impl Iterator<Item = usize> + use<> {
        let mut left = self.0[word];
        std::iter::from_fn(move || {
            let place = (left != 0).then(|| word * 64 + left.trailing_zeros() as usize);
            left &= left.wrapping_sub(1);
            place
        })
    }
}
