//! Floats as unsigned integers of the same order, which are sorted and picked from faster.
#![allow(clippy::indexing_slicing)] // the places of a compacted line are below its length

use crate::element::Element;
use crate::wide::widest;

/// A float whose order that of an integer can be.
pub(super) trait Keyed: Element + Copy + Default {
    /// Orders as [`f64::total_cmp`] does.
    type Key: Copy + Ord + Default;
    fn key(self) -> Self::Key;
    fn value(key: Self::Key) -> f64;
    fn is_there(self) -> bool;
}

macro_rules! keyed {
    ($($float:ty, $key:ty, $signed:ty;)*) => {$(
        impl Keyed for $float {
            type Key = $key;

            #[inline(always)]
            fn key(self) -> $key {
                let bits = self.to_bits();
                // Negative numbers go down as their bits go up.
                let down = ((bits as $signed) >> (<$key>::BITS - 1)) as $key;
                bits ^ (down | 1 << (<$key>::BITS - 1))
            }

            #[inline(always)]
            fn value(key: $key) -> f64 {
                let up = (!key as $signed >> (<$key>::BITS - 1)) as $key;
                f64::from(Self::from_bits(key ^ (up | 1 << (<$key>::BITS - 1))))
            }

            #[inline(always)]
            fn is_there(self) -> bool {
                !self.is_nan()
            }
        }
    )*};
}

keyed! { f32, u32, i32; f64, u64, i64; }

/// The keys of the elements that are there, in `keys`; says how many there are.
pub(super) fn present<T: Keyed>(line: &[T], keys: &mut Vec<T::Key>) -> usize {
    keys.clear();
    keys.resize(line.len(), T::Key::default());
    let mut count = 0;
    // Each is written, and overwritten by the next if it is not there: no branch to guess.
    for x in line {
        keys[count] = x.key();
        count += usize::from(x.is_there());
    }
    keys.truncate(count);
    count
}

/// The elements at `at` and behind it, if all were sorted; the last one twice.
pub(super) fn pick_two<K: Copy + Ord>(keys: &mut [K], at: usize) -> (K, K) {
    let (_, low, rest) = keys.select_nth_unstable(at);
    let low = *low;
    let rest: &[K] = rest;
    let Some(first) = rest.first().copied() else { return (low, low) };
    (low, least(rest, first))
}

widest! {
    fn least<[K: Copy + Ord]>(keys: &[K], first: K) -> K {
        keys.iter().fold(first, |a, b| a.min(*b))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_order_as_floats_and_lead_back() {
        let all = [f64::NEG_INFINITY, -1e9, -1.5, -1e-310, -0.0, 0.0, 1e-310, 2.0, f64::INFINITY];
        for pair in all.windows(2) {
            assert!(pair[0].key() < pair[1].key());
            assert!((pair[0] as f32).key() <= (pair[1] as f32).key());
        }
        for x in all {
            assert_eq!(f64::value(x.key()).to_bits(), x.to_bits());
            assert_eq!(f32::value((x as f32).key()).to_bits(), f64::from(x as f32).to_bits());
        }
    }

    #[test]
    fn what_is_missing_has_no_key() {
        let mut keys = Vec::new();
        assert_eq!(present(&[f32::NAN, 3.0, -f32::NAN, 1.0, f32::NAN], &mut keys), 2);
        assert_eq!(pick_two(&mut keys, 0), (1f32.key(), 3f32.key()));
        assert_eq!(pick_two(&mut keys, 1), (3f32.key(), 3f32.key()));
        assert_eq!(present::<f64>(&[f64::NAN], &mut Vec::new()), 0);
    }
}
