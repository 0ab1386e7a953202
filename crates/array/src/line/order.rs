//! Order statistics of lines: quantiles and ranks.
#![allow(clippy::indexing_slicing)] // hot loops over buffers of one length

use std::sync::Arc;

use super::keys::{Keyed, pick_two, present};
use super::lines::{by_line, by_lines};
use super::select::{Each, Key, LONGEST, SIDE, Sorted};
use crate::array::Array;
use crate::dtype::DType;
use crate::error::{Error, Result, did_you_mean};

/// How a quantile is found where it falls between two elements; the names are NumPy's, the
/// formulas those of Hyndman and Fan (1996).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[allow(missing_docs)]
#[non_exhaustive]
#[cfg_attr(feature = "wire", derive(serde::Serialize, serde::Deserialize))]
pub enum Method {
    #[default]
    Linear,
    Lower,
    Higher,
    Midpoint,
    Nearest,
    InvertedCdf,
    AveragedInvertedCdf,
    ClosestObservation,
    InterpolatedInvertedCdf,
    Hazen,
    Weibull,
    MedianUnbiased,
    NormalUnbiased,
}

impl Method {
    /// All methods and their names.
    pub const ALL: &[(&'static str, Self)] = &[
        ("linear", Self::Linear),
        ("lower", Self::Lower),
        ("higher", Self::Higher),
        ("midpoint", Self::Midpoint),
        ("nearest", Self::Nearest),
        ("inverted_cdf", Self::InvertedCdf),
        ("averaged_inverted_cdf", Self::AveragedInvertedCdf),
        ("closest_observation", Self::ClosestObservation),
        ("interpolated_inverted_cdf", Self::InterpolatedInvertedCdf),
        ("hazen", Self::Hazen),
        ("weibull", Self::Weibull),
        ("median_unbiased", Self::MedianUnbiased),
        ("normal_unbiased", Self::NormalUnbiased),
    ];

    /// The method of that name.
    ///
    /// # Errors
    /// If there is none, naming near ones.
    pub fn parse(name: &str) -> Result<Self> {
        let names = || Self::ALL.iter().map(|(n, _)| *n);
        Self::ALL.iter().find(|(n, _)| *n == name).map(|(_, m)| *m).ok_or_else(|| {
            let hint = did_you_mean(name, names())
                .unwrap_or_else(|| format!("there are {}", names().collect::<Vec<_>>().join(", ")));
            Error::not_found(format!("quantiles have no method \"{name}\"")).hint(hint)
        })
    }

    /// Whether the result is always one of the elements.
    #[must_use]
    pub fn picks(self) -> bool {
        matches!(
            self,
            Self::Lower
                | Self::Higher
                | Self::Nearest
                | Self::InvertedCdf
                | Self::ClosestObservation
        )
    }

    /// Where the quantile lies among `n` sorted elements, and how much of the next element it has.
    fn place(self, n: usize, q: f64) -> (f64, f64) {
        let n = n as f64;
        let whole = |at: f64| (at.max(0.0), 0.0);
        let between = |at: f64| (at.floor(), at - at.floor());
        let plotting = |a: f64, b: f64| between(n * q + (a + q * (1.0 - a - b)) - 1.0);
        let step = |at: f64, stay: bool| whole(if stay { at.floor() } else { at.floor() + 1.0 });
        match self {
            Self::Linear => between((n - 1.0) * q),
            Self::Lower => whole(((n - 1.0) * q).floor()),
            Self::Higher => whole(((n - 1.0) * q).ceil()),
            Self::Nearest => whole(((n - 1.0) * q).round_ties_even()),
            Self::Midpoint => {
                let at = (n - 1.0) * q;
                (at.floor(), if at.fract() == 0.0 { 0.0 } else { 0.5 })
            }
            Self::InvertedCdf => {
                let at = n * q - 1.0;
                step(at, at.fract() == 0.0)
            }
            Self::ClosestObservation => {
                let at = n * q - 1.5;
                step(at, at.fract() == 0.0 && at.floor().rem_euclid(2.0) == 1.0)
            }
            Self::AveragedInvertedCdf => {
                let at = n * q - 1.0;
                (at.floor(), if at.fract() == 0.0 { 0.5 } else { 1.0 })
            }
            Self::InterpolatedInvertedCdf => plotting(0.0, 1.0),
            Self::Hazen => plotting(0.5, 0.5),
            Self::Weibull => plotting(0.0, 0.0),
            Self::MedianUnbiased => plotting(1.0 / 3.0, 1.0 / 3.0),
            Self::NormalUnbiased => plotting(0.375, 0.375),
        }
    }
}

/// The quantile of sorted elements without missing ones; missing of none.
pub(super) fn quantile_of_sorted(sorted: &[f64], q: f64, method: Method) -> f64 {
    let n = sorted.len();
    if n == 0 {
        return f64::NAN;
    }
    let (below, part) = method.place(n, q);
    let at = |i: f64| sorted[(i.max(0.0) as usize).min(n - 1)];
    if below < 0.0 {
        return at(0.0);
    }
    between(at(below), at(below + 1.0), part)
}

/// This part of the way from one element to the next.
fn between(a: f64, b: f64, part: f64) -> f64 {
    if part == 0.0 || a == b {
        return a;
    }
    // From the nearer end, as NumPy does.
    let apart = b - a;
    if part >= 0.5 { b - apart * (1.0 - part) } else { a + apart * part }
}

/// Quantiles of each line, or of the groups of its elements.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "wire", derive(serde::Serialize, serde::Deserialize))]
pub struct Quantiles {
    /// The parts of the elements that lie below, from 0 to 1.
    pub q: Arc<[f64]>,
    /// How they are found between elements.
    pub method: Method,
    /// Whether missing elements are left out; otherwise one makes the result missing.
    pub skip_missing: bool,
    /// Whether floats keep their type, as medians do.
    pub keep_floats: bool,
    /// The group of each element (`u32::MAX` for none) and the number of groups. The result has
    /// for each group all quantiles.
    pub groups: Option<(Arc<[u32]>, usize)>,
}

impl Quantiles {
    pub(super) fn result(&self, input: &DType, len: usize) -> Result<(DType, usize)> {
        if !input.is_real() {
            return Err(Error::unsupported(format!("quantiles of {input} elements")));
        }
        if let Some(q) = self.q.iter().find(|q| !(0.0..=1.0).contains(*q)) {
            return Err(Error::invalid(format!("the quantile {q} does not lie between 0 and 1")));
        }
        let groups = match &self.groups {
            Some((codes, groups)) if codes.len() == len => *groups,
            Some((codes, _)) => {
                return Err(Error::mismatch(format!(
                    "{} groups for lines of {len} elements",
                    codes.len()
                )));
            }
            None => 1,
        };
        let keeps = self.method.picks() || (self.keep_floats && input.is_float());
        let mut dtype = if keeps { input.clone() } else { DType::F64 };
        // Empty lines and groups are missing.
        if len == 0 || self.groups.is_some() {
            dtype = dtype.with_missing();
        }
        Ok((dtype, groups.saturating_mul(self.q.len())))
    }

    pub(super) fn apply(
        &self,
        input: &Array,
        axis: usize,
        to: &DType,
        out: usize,
    ) -> Result<Array> {
        let made = match input.dtype() {
            DType::F32 => self.lines::<f32>(input, axis, out)?,
            _ => self.lines::<f64>(&input.cast(&DType::F64)?, axis, out)?,
        };
        made.cast(to)
    }

    fn lines<T: Keyed<Key: Key>>(&self, input: &Array, axis: usize, out: usize) -> Result<Array> {
        let n = super::lines::length(input, axis)?;
        if self.q.len() <= PICKED && n <= LONGEST {
            return self.beside::<T>(input, axis, out);
        }
        let mut keys: Vec<T::Key> = Vec::new();
        let mut members: Vec<Vec<T>> =
            vec![Vec::new(); self.groups.as_ref().map_or(0, |(_, n)| *n)];
        by_line::<T, f64>(input, axis, out, |line, made| {
            let Some((codes, _)) = &self.groups else {
                self.fill(line, &mut keys, made);
                return Ok(());
            };
            members.iter_mut().for_each(Vec::clear);
            for (x, code) in line.iter().zip(&**codes) {
                if let Some(group) = members.get_mut(*code as usize) {
                    group.push(*x);
                }
            }
            let places = made.chunks_mut(self.q.len().max(1));
            for (group, made) in members.iter().zip(places) {
                self.fill(group, &mut keys, made);
            }
            Ok(())
        })
    }

    /// As [`lines`](Self::lines), of many lines at once.
    fn beside<T: Keyed<Key: Key>>(&self, input: &Array, axis: usize, out: usize) -> Result<Array> {
        let mut members: Vec<Vec<usize>> = Vec::new();
        if let Some((codes, groups)) = &self.groups {
            members.resize(*groups, Vec::new());
            for (k, code) in codes.iter().enumerate() {
                if let Some(group) = members.get_mut(*code as usize) {
                    group.push(k);
                }
            }
        }
        let mut sorted = Sorted::<T>::new();
        by_lines::<T, f64>(input, axis, out, |len, row, made| {
            if self.groups.is_none() {
                sorted.take(len, row);
                self.fill_beside(&mut sorted, len, made);
                return;
            }
            for (group, made) in members.iter().zip(made.chunks_mut(self.q.len().max(1))) {
                sorted.take(group.len(), |k| row(group[k]));
                self.fill_beside(&mut sorted, group.len(), made);
            }
        })
    }

    /// Puts the quantiles of lines of `len` elements into `made`.
    fn fill_beside<T: Keyed<Key: Key>>(
        &self,
        sorted: &mut Sorted<T>,
        len: usize,
        made: &mut [Each<f64>],
    ) {
        let counts = sorted.present.map(usize::from);
        if counts.iter().all(|n| *n == 0 || (*n < len && !self.skip_missing)) {
            made.iter_mut().for_each(|made| made.fill(f64::NAN));
            return;
        }
        for (q, made) in self.q.iter().zip(made) {
            let mut places: Each<(f64, f64)> = [(0.0, 0.0); SIDE];
            let mut before = (usize::MAX, (0.0, 0.0));
            for (n, place) in counts.iter().zip(&mut places) {
                if *n != before.0 {
                    before = (*n, self.method.place(*n, *q));
                }
                *place = before.1;
            }
            let mut at = [0u16; SIDE];
            for ((at, n), (below, _)) in at.iter_mut().zip(counts).zip(places) {
                // Lines are short enough for 16 bits.
                *at = (below.max(0.0) as usize).min(n.saturating_sub(1)) as u16;
            }
            let (low, next) = sorted.pick(&at);
            for l in 0..SIDE {
                let (below, part) = places[l];
                let (low, next) = (T::value(low[l]), T::value(next[l]));
                let value = if below < 0.0 { low } else { between(low, next, part) };
                let missing = counts[l] == 0 || (counts[l] < len && !self.skip_missing);
                made[l] = if missing { f64::NAN } else { value };
            }
        }
    }

    /// Puts the quantiles of some elements, in any order, into `made`.
    fn fill<T: Keyed>(&self, elements: &[T], keys: &mut Vec<T::Key>, made: &mut [f64]) {
        let n = present(elements, keys);
        if n == 0 || (n < elements.len() && !self.skip_missing) {
            made.fill(f64::NAN);
            return;
        }
        let many = self.q.len() > SELECTED;
        if many {
            keys.sort_unstable();
        }
        for (q, to) in self.q.iter().zip(made) {
            let (below, part) = self.method.place(n, *q);
            let at = (below.max(0.0) as usize).min(n - 1);
            let (low, next) = match keys.get(at..) {
                Some([low, next, ..]) if many => (*low, *next),
                Some([low]) if many => (*low, *low),
                _ => pick_two(keys, at),
            };
            let (low, next) = (T::value(low), T::value(next));
            *to = if below < 0.0 { low } else { between(low, next, part) };
        }
    }
}

/// Up to so many quantiles are picked from many lines at once.
const PICKED: usize = 8;

/// Up to so many quantiles are picked from one line, more are found by sorting.
const SELECTED: usize = 3;

/// The rank of each element of its line, from 1; equal elements share the mean of theirs.
pub(super) fn ranks(input: &Array, axis: usize, share: bool) -> Result<Array> {
    let lines = input.cast(&DType::F64)?;
    let mut order: Vec<usize> = Vec::new();
    let n = super::lines::length(&lines, axis)?;
    by_line::<f64, f64>(&lines, axis, n, |line, made| {
        order.clear();
        order.extend((0..line.len()).filter(|i| !line[*i].is_nan()));
        order.sort_by(|a, b| line[*a].total_cmp(&line[*b]));
        made.fill(f64::NAN);
        let whole = if share { order.len() as f64 } else { 1.0 };
        let mut first = 0;
        while first < order.len() {
            let value = line[order[first]];
            let mut end = first + 1;
            while end < order.len() && line[order[end]] == value {
                end += 1;
            }
            let rank = (first + 1 + end) as f64 / 2.0;
            for i in &order[first..end] {
                made[*i] = rank / whole;
            }
            first = end;
        }
        Ok(())
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::LineOp;

    fn quantiles(values: &[f64], q: &[f64], method: Method) -> Vec<f64> {
        let op = LineOp::Quantile(Quantiles {
            q: q.into(),
            method,
            skip_missing: true,
            keep_floats: false,
            groups: None,
        });
        let input = Array::from_vec([values.len()], values.to_vec()).unwrap();
        op.apply(&input, 0).unwrap().to_flat::<f64>().unwrap()
    }

    // Expected values are those of NumPy 2.4.
    #[test]
    fn methods_are_those_of_numpy() {
        let x = [3.0, 1.0, f64::NAN, 4.0, 1.0, 5.0, 9.0];
        let q = [0.1, 0.4, 0.5, 0.9];
        for (name, expected) in [
            ("linear", [1.0, 3.0, 3.5, 7.0]),
            ("lower", [1.0, 3.0, 3.0, 5.0]),
            ("higher", [1.0, 3.0, 4.0, 9.0]),
            ("midpoint", [1.0, 3.0, 3.5, 7.0]),
            ("nearest", [1.0, 3.0, 3.0, 5.0]),
            ("inverted_cdf", [1.0, 3.0, 3.0, 9.0]),
            ("averaged_inverted_cdf", [1.0, 3.0, 3.5, 9.0]),
            ("closest_observation", [1.0, 1.0, 3.0, 5.0]),
            ("interpolated_inverted_cdf", [1.0, 1.8, 3.0, 6.6]),
            ("hazen", [1.0, 2.8, 3.5, 8.6]),
            ("weibull", [1.0, 2.6, 3.5, 9.0]),
            ("median_unbiased", [1.0, 2.733_333_333_333_334_3, 3.5, 9.0]),
            ("normal_unbiased", [1.0, 2.75, 3.5, 9.0]),
        ] {
            let found = quantiles(&x, &q, Method::parse(name).unwrap());
            let near = found.iter().zip(expected).all(|(a, b)| (a - b).abs() < 1e-12);
            assert!(near, "{name}: {found:?}");
            for (q, one) in q.iter().zip(&found) {
                let long: Vec<f64> = x.iter().copied().chain(vec![f64::NAN; 40]).collect();
                assert_eq!(quantiles(&long, &[*q], Method::parse(name).unwrap())[0], *one);
            }
        }
        assert!(Method::parse("liner").unwrap_err().to_string().contains("\"linear\""));
    }

    #[test]
    fn one_quantile_is_selected_as_it_is_sorted() {
        let x: Vec<f64> = (0..101).map(|i| f64::from(i * 37 % 101)).collect();
        for (_, method) in Method::ALL {
            for q in [0.0, 0.013, 0.5, 0.77, 1.0] {
                assert_eq!(
                    quantiles(&x, &[q], *method)[0],
                    quantiles(&x, &[q, 0.5], *method)[0],
                    "{method:?} {q}"
                );
            }
        }
    }

    #[test]
    fn groups_have_quantiles_of_their_own() {
        let op = Quantiles {
            q: [0.0, 1.0].into(),
            method: Method::Linear,
            skip_missing: true,
            keep_floats: false,
            groups: Some(([0, 1, u32::MAX, 0, 1].into(), 3)),
        };
        let input = Array::from_vec([5], vec![3i16, 2, 99, 1, 8]).unwrap();
        let made = LineOp::Quantile(op).apply(&input, 0).unwrap().to_flat::<f64>().unwrap();
        assert_eq!(made[..4], [1.0, 3.0, 2.0, 8.0]);
        assert!(made[4].is_nan() && made[5].is_nan());
    }

    #[test]
    fn ranks_of_equals_are_shared() {
        let x = Array::from_vec([5], vec![3.0, 1.0, f64::NAN, 1.0, 5.0]).unwrap();
        let rank = |share| LineOp::Rank { share }.apply(&x, 0).unwrap().to_flat::<f64>().unwrap();
        let found = rank(false);
        assert_eq!((found[0], found[1], found[3], found[4]), (3.0, 1.5, 1.5, 4.0));
        assert!(found[2].is_nan());
        assert_eq!(rank(true)[0], 0.75);
    }
}
