//! Variance and standard deviation.

use std::ops::Range;

use super::cells::Cells;
use super::fold::lanes;
use super::{ReduceParams, Reduction, State, undefined};
use crate::array::Array;
use crate::cast::flat;
use crate::dtype::DType;
use crate::error::Result;
use crate::number::Real;
use crate::wide::wide;

/// Variance or its square root: Welford's update of mean and sum of squared deviations, Chan's
/// merge, both in `float64`.
#[derive(Debug)]
pub(super) struct Var {
    pub(super) params: ReduceParams,
    pub(super) root: bool,
}

/// Count, mean, and sum of squared deviations from it.
#[derive(Clone, Copy)]
struct Moments {
    n: f64,
    mean: f64,
    m2: f64,
}

impl Moments {
    /// Those of both sets.
    #[inline(always)]
    fn join(self, other: Self) -> Self {
        let n = self.n + other.n;
        // An empty set leaves the other as it is, to the bit.
        if other.n == 0.0 {
            return self;
        }
        if self.n == 0.0 {
            return other;
        }
        let d = other.mean - self.mean;
        let mean = self.mean + d * (other.n / n);
        Self { n, mean, m2: self.m2 + other.m2 + d * d * (self.n * other.n / n) }
    }

    /// Two passes over a tile, which the cache holds.
    fn of<T: Real>(tile: &[T], skip: bool) -> Self {
        let there = |x: T| !(skip && x.is_nan());
        let n = lanes(tile, 0.0f64, |x| if there(x) { 1.0 } else { 0.0 }, |a, b| a + b);
        if n == 0.0 {
            return Self { n, mean: 0.0, m2: 0.0 };
        }
        // Deviations from an element first: the mean of large numbers keeps all its digits.
        let shift = tile.iter().find(|x| there(**x)).map_or(0.0, |x| x.as_f64());
        let shifted = |x: T| if there(x) { x.as_f64() - shift } else { 0.0 };
        let off = lanes(tile, 0.0f64, shifted, |a, b| a + b) / n;
        let square = |x: T| {
            let d = if there(x) { x.as_f64() - shift - off } else { 0.0 };
            d * d
        };
        Self { n, mean: shift + off, m2: lanes(tile, 0.0f64, square, |a, b| a + b) }
    }
}

/// One more element, if it is `there`; free of branches.
#[inline(always)]
fn step(n: &mut u32, mean: &mut f64, m2: &mut f64, x: f64, there: bool) {
    *n = n.wrapping_add(u32::from(there));
    let d = if there { x - *mean } else { 0.0 };
    let new = *mean + d / f64::from((*n).max(1));
    let e = if there { x - new } else { 0.0 };
    *m2 += d * e;
    *mean = new;
}

fn fold<T: Real>(state: &mut State, tile: &Array, cells: Cells<'_>, skip: bool) -> Result<()> {
    let tile = flat::<T>(tile)?;
    if let Cells::One(cell) = cells {
        return join_cell(state, cell, Moments::of(&tile, skip));
    }
    let there = |x: T| !(skip && x.is_nan());
    let (mut mean, mut m2) = (state.take(1)?, state.take(2)?);
    let (means, m2s) = (mean.as_slice_mut::<f64>()?, m2.as_slice_mut::<f64>()?);
    let known = state.counts_if_wide(0)?;
    state.count(0, cells.most(tile.len()), |counts| match cells {
        // Counts that have become wide are read here and grow in the scratch given.
        _ if known.is_some() => {
            wide_counts(
                counts,
                known.as_deref().unwrap_or_default(),
                means,
                m2s,
                &tile,
                cells,
                there,
            );
        }
        Cells::Run(start) => {
            let places = (
                counts.get_mut(start..).unwrap_or_default(),
                means.get_mut(start..).unwrap_or_default(),
                m2s.get_mut(start..).unwrap_or_default(),
            );
            wide(|| {
                let places = places.0.iter_mut().zip(places.1).zip(places.2);
                places.zip(tile.iter()).for_each(|(((n, mean), m2), x)| {
                    step(n, mean, m2, x.as_f64(), there(*x));
                });
            });
        }
        Cells::Each(codes) => {
            for (code, x) in codes.iter().zip(tile.iter()) {
                let cell = *code as usize;
                if let (Some(n), Some(mean), Some(m2)) =
                    (counts.get_mut(cell), means.get_mut(cell), m2s.get_mut(cell))
                {
                    step(n, mean, m2, x.as_f64(), there(*x));
                }
            }
        }
        Cells::One(_) => {}
    })?;
    state.put(1, mean);
    state.put(2, m2);
    Ok(())
}

/// The rare case of more than 2^32 elements in a cell, without speed.
fn wide_counts<T: Real>(
    new: &mut [u32],
    known: &[u64],
    means: &mut [f64],
    m2s: &mut [f64],
    tile: &[T],
    cells: Cells<'_>,
    there: impl Fn(T) -> bool,
) {
    for (i, x) in tile.iter().enumerate() {
        let cell = match cells {
            Cells::One(cell) => cell,
            Cells::Run(start) => start + i,
            Cells::Each(codes) => codes.get(i).map_or(usize::MAX, |c| *c as usize),
        };
        let place = (new.get_mut(cell), known.get(cell), means.get_mut(cell), m2s.get_mut(cell));
        if let (Some(new), Some(known), Some(mean), Some(m2)) = place
            && there(*x)
        {
            *new += 1;
            let d = x.as_f64() - *mean;
            *mean += d / (*known as f64 + f64::from(*new));
            *m2 += d * (x.as_f64() - *mean);
        }
    }
}

/// Merges moments into one cell.
fn join_cell(state: &mut State, cell: usize, with: Moments) -> Result<()> {
    let n = state.count_at(0, cell)? as f64;
    let (means, m2s) = state.pair::<f64, f64>(1)?;
    if let (Some(mean), Some(m2)) = (means.get_mut(cell), m2s.get_mut(cell)) {
        let joined = Moments { n, mean: *mean, m2: *m2 }.join(with);
        (*mean, *m2) = (joined.mean, joined.m2);
    }
    let more = with.n as u32;
    state.count(0, u64::from(more), |counts| {
        if let Some(n) = counts.get_mut(cell) {
            *n = n.wrapping_add(more);
        }
    })
}

impl Reduction for Var {
    fn name(&self) -> &'static str {
        if self.root { "std" } else { "var" }
    }

    fn params(&self) -> &ReduceParams {
        &self.params
    }

    fn result(&self, input: &DType) -> Result<DType> {
        match input {
            d if d.is_float() => Ok(d.clone()),
            d if d.is_real() => Ok(DType::F64),
            d => Err(undefined(self.name(), d)),
        }
    }

    fn start(&self, input: &DType, cells: usize) -> Result<State> {
        self.result(input)?;
        let zeros = |dtype| Array::zeros(&dtype, &[cells]);
        Ok(State::new(vec![zeros(DType::U32)?, zeros(DType::F64)?, zeros(DType::F64)?]))
    }

    fn update(&self, state: &mut State, tile: &Array, cells: Cells<'_>, _: u64) -> Result<()> {
        cells.check(tile.len(), state.cells())?;
        let skip = self.params.skips(tile.dtype());
        match tile.dtype() {
            DType::F32 => fold::<f32>(state, tile, cells, skip),
            DType::F64 => fold::<f64>(state, tile, cells, skip),
            _ => fold::<f64>(state, &tile.cast(&DType::F64)?, cells, skip),
        }
    }

    fn merge(&self, into: &mut State, at: usize, from: &State, range: Range<usize>) -> Result<()> {
        into.check_merge(at, from, &range)?;
        let here = at..at + range.len();
        let (n, m) = (into.counts_of(0, here)?, from.counts_of(0, range.clone())?);
        let (mean, m2) = (from.read::<f64>(1, range.clone())?, from.read::<f64>(2, range.clone())?);
        let (means, m2s) = into.pair::<f64, f64>(1)?;
        let places = means.iter_mut().zip(m2s).skip(at);
        let others = mean.iter().zip(m2).zip(n.iter().zip(&m));
        for ((mean, m2), ((other, other2), (n, m))) in places.zip(others) {
            let joined = Moments { n: *n as f64, mean: *mean, m2: *m2 }.join(Moments {
                n: *m as f64,
                mean: *other,
                m2: *other2,
            });
            (*mean, *m2) = (joined.mean, joined.m2);
        }
        into.join_counts(0, at, from, range)
    }

    fn finish(&self, mut state: State, input: &DType) -> Result<Array> {
        let counts = state.counts(0)?;
        let m2s = state.take(2)?.into_flat::<f64>()?;
        let value = |(m2, n): (f64, u64)| {
            let degrees = n as f64 - self.params.ddof;
            // As NumPy: no degrees of freedom, no variance.
            let var = if degrees > 0.0 { m2 / degrees } else { f64::NAN };
            if self.root { var.sqrt() } else { var }
        };
        let out: Vec<f64> = m2s.into_iter().zip(counts).map(value).collect();
        Array::from_vec([out.len()], out)?.cast(&self.result(input)?)
    }

    fn bytes_per_cell(&self, _: &DType) -> usize {
        20
    }
}
