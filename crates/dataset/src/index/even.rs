//! Evenly spaced labels: they are not listed but made again, and found without searching.

use std::cmp::Ordering;

/// Fewer labels than these are not worth a rule.
const FEWEST: usize = 3;

/// Labels that follow from their positions: the same bits as those they were found in.
#[derive(Clone, Copy, Debug)]
pub(super) struct Even<K> {
    start: K,
    step: K,
    len: usize,
    rule: Rule,
}

/// How a label is made of its position.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Rule {
    /// `start + position * step`, each step rounded: numpy's `arange` and `linspace`.
    Stepwise,
    /// The same, rounded once.
    Once,
    /// The same, then rounded to single precision.
    Single,
}

impl<K> Even<K> {
    pub(super) fn len(&self) -> usize {
        self.len
    }

    pub(super) fn step(&self) -> &K {
        &self.step
    }
}

impl Even<i64> {
    /// The rule that makes exactly these labels, if they are evenly spaced and none is missing.
    pub(super) fn of_whole(keys: &[i64]) -> Option<Self> {
        let (start, second) = (*keys.first()?, *keys.get(1)?);
        let step = second.checked_sub(start).filter(|s| *s != 0)?;
        let made = Self { start, step, len: keys.len(), rule: Rule::Stepwise };
        // If the last label does not overflow, those before it do not.
        let last = i128::from(start) + i128::from(step) * (keys.len() as i128 - 1);
        let fits = i64::try_from(last).is_ok() && keys.len() >= FEWEST;
        (fits && keys.iter().enumerate().all(|(i, k)| made.at(i) == *k)).then_some(made)
    }

    pub(super) fn at(&self, position: usize) -> i64 {
        self.start.wrapping_add(self.step.wrapping_mul(position as i64))
    }

    /// About where a label would stand.
    pub(super) fn place(&self, key: i64) -> f64 {
        let apart = i128::from(key) - i128::from(self.start);
        apart as f64 / self.step as f64
    }
}

impl Even<f64> {
    /// The rule that makes exactly these labels, bit for bit.
    pub(super) fn of_real(keys: &[f64]) -> Option<Self> {
        let ([start, second, ..], Some(last)) = (keys, keys.last()) else { return None };
        if keys.len() < FEWEST {
            return None;
        }
        let mean = (last - start) / (keys.len() - 1) as f64;
        let steps = [mean, second - start, f64::from(mean as f32)];
        let usable = |s: &&f64| s.is_finite() && **s != 0.0;
        steps.iter().filter(usable).find_map(|step| {
            [Rule::Stepwise, Rule::Once, Rule::Single].into_iter().find_map(|rule| {
                let made = Self { start: *start, step: *step, len: keys.len(), rule };
                let same = |(i, k): (usize, &f64)| made.at(i).to_bits() == k.to_bits();
                keys.iter().enumerate().all(same).then_some(made)
            })
        })
    }

    pub(super) fn at(&self, position: usize) -> f64 {
        let n = position as f64;
        match self.rule {
            Rule::Stepwise => self.start + n * self.step,
            Rule::Once => n.mul_add(self.step, self.start),
            Rule::Single => f64::from((self.start + n * self.step) as f32),
        }
    }

    /// About where a label would stand.
    pub(super) fn place(&self, key: f64) -> f64 {
        (key - self.start) / self.step
    }
}

/// The bounds between which a search among `count` ranks has to go on, given that the answer is
/// near `guess`; `before` tells of a rank whether its label comes before the one looked for.
pub(super) fn around(guess: f64, count: usize, before: impl Fn(usize) -> bool) -> (usize, usize) {
    /// Rounding moves a guess by less than this.
    const SLACK: usize = 2;
    // A guess that is no number becomes 0, which the checks below see through.
    let guess = guess.clamp(0.0, count as f64) as usize;
    let (low, high) = (guess.saturating_sub(SLACK), guess.saturating_add(SLACK).min(count));
    let from = if low == 0 || before(low - 1) { low } else { 0 };
    let to = if high == count || !before(high) { high } else { count };
    match from.cmp(&to) {
        Ordering::Greater => (0, count),
        _ => (from, to),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_files_hold_is_recognised() {
        let linspace = |a: f64, b: f64, n: usize| -> Vec<f64> {
            let step = (b - a) / (n - 1) as f64;
            (0..n).map(|i| a + i as f64 * step).collect()
        };
        let lat = linspace(90.0, -90.0, 721);
        assert_eq!(Even::of_real(&lat).unwrap().step(), &-0.25);
        let tenth: Vec<f64> = (0..3600).map(|i| f64::from(i) * 0.1).collect();
        assert!(Even::of_real(&tenth).is_some());
        let single: Vec<f64> =
            (0..360).map(|i| f64::from(0.05 + f64::from(i) as f32 * 0.5)).collect();
        assert!(Even::of_real(&single).is_some());
        assert_eq!(Even::of_whole(&[3, 1, -1]).unwrap().step(), &-2);
    }

    #[test]
    fn what_is_not_even_is_not() {
        assert!(Even::of_real(&[0.0, 1.0, 2.0 + 1e-15 * 4.0]).is_none());
        assert!(Even::of_real(&[1.0, 1.0, 1.0]).is_none());
        assert!(Even::of_real(&[0.0, f64::NAN, 2.0]).is_none());
        assert!(Even::of_real(&[0.0, 1.0]).is_none());
        assert!(Even::of_real(&[-0.0, 0.0, 0.0]).is_none());
        assert!(Even::of_real(&[f64::MIN, 1.0, f64::MAX]).is_none());
        assert!(Even::of_whole(&[i64::MIN, 0, i64::MAX]).is_none());
        assert!(Even::of_whole(&[0, 1, 3]).is_none());
    }

    proptest! {
        #[test]
        fn a_rule_makes_the_same_bits(start in -1e6..1e6f64, step in -10.0..10.0f64, n in 3usize..200) {
            let keys: Vec<f64> = (0..n).map(|i| start + i as f64 * step).collect();
            if let Some(even) = Even::of_real(&keys) {
                for (i, k) in keys.iter().enumerate() {
                    prop_assert_eq!(even.at(i).to_bits(), k.to_bits());
                    prop_assert!((even.place(*k) - i as f64).abs() < 1.0);
                }
            }
        }

        #[test]
        fn bounds_hold_the_answer(guess in -50.0..150.0f64, count in 0usize..100, answer in 0usize..100) {
            let answer = answer.min(count);
            let (low, high) = around(guess, count, |rank| rank < answer);
            prop_assert!(low <= answer && answer <= high && high <= count);
        }
    }
}
