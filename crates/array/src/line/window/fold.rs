//! Windows by joining what lies in them.
//!
//! Each statistic is a monoid. Lines are cut in blocks of one window's length at fixed positions;
//! a window is the end of one block and the beginning of the next, whose statistics are carried
//! along from the block's border. So each element costs a constant number of operations, nothing
//! is subtracted, and the bits do not depend on how the line was cut for computing.
//!
//! Neighbouring lines run side by side, so that the processor computes many of them at once.
#![allow(clippy::indexing_slicing)] // hot loops over buffers of one length

use super::monoid::Monoid;
use super::{Lies, Window};
use crate::array::Array;
use crate::cast::flat;
use crate::element::Element;
use crate::error::{Error, Result};
use crate::line::lines::{Slabs, around, with_length};
use crate::number::Real;
use crate::pages::zeroed;
use crate::watch::Pace;
use crate::wide::widest;

/// Bytes of the ends of a block's windows: they stay in the cache of a core.
const TAILS: usize = 192 << 10;

/// The most lines side by side.
const WIDEST: usize = 512;

/// Lines that lie one behind the other are turned this many at a time.
const TURNED: usize = 16;

/// Some lines side by side.
struct Side<'a, T: Clone> {
    slabs: &'a Slabs<'a, T>,
    /// The slab of their first elements.
    begin: usize,
    /// The first line within the slabs, and how many there are.
    first: usize,
    width: usize,
    /// Elements of each line.
    len: usize,
}

impl<T: Element> Side<'_, T> {
    fn row(&self, i: usize) -> &[T] {
        &self.slabs.get(self.begin + i)[self.first..self.first + self.width]
    }
}

impl Window {
    pub(super) fn fold<const P: usize, M, T, U>(
        &self,
        input: &Array,
        axis: usize,
        lies: &Lies,
        value: impl Fn([f64; P], f64) -> f64 + Copy,
    ) -> Result<Array>
    where
        M: Monoid<P>,
        T: Real + Default,
        U: Real + Default,
    {
        let (outer, len, inner) = around(input, axis)?;
        let out = lies.out.len();
        let shape = with_length(input, axis, out);
        let total = shape.iter().try_fold(1usize, |m, l| m.checked_mul(*l));
        let total = total.ok_or_else(|| Error::over_budget(format!("{shape:?} is too large")))?;
        let mut made = zeroed::<U>(total);
        if total == 0 || len == 0 {
            return Array::from_vec(shape, made);
        }
        let mut buffers = Buffers::default();
        if inner == 1 {
            let from = flat::<T>(input)?;
            let mut turned = vec![T::default(); len * TURNED.min(outer)];
            let mut back = vec![U::default(); out * TURNED.min(outer)];
            for first in (0..outer).step_by(TURNED) {
                let width = TURNED.min(outer - first);
                for (b, line) in from[first * len..].chunks_exact(len).take(width).enumerate() {
                    for (i, x) in line.iter().enumerate() {
                        turned[i * width + b] = *x;
                    }
                }
                let slabs = Slabs::Flat(turned.as_slice().into(), width);
                let side = Side { slabs: &slabs, begin: 0, first: 0, width, len };
                self.side::<P, M, T, U>(&side, lies, &mut back, width, &mut buffers, value)?;
                for (b, line) in made[first * out..].chunks_exact_mut(out).take(width).enumerate() {
                    for (i, to) in line.iter_mut().enumerate() {
                        *to = back[i * width + b];
                    }
                }
            }
            return Array::from_vec(shape, made);
        }
        let widest = (TAILS / 8 / P / self.len.min(len)).clamp(TURNED, WIDEST);
        let slabs = Slabs::<T>::new(input, axis)?;
        for o in 0..outer {
            for first in (0..inner).step_by(widest) {
                let width = widest.min(inner - first);
                let side = Side { slabs: &slabs, begin: o * len, first, width, len };
                let to = &mut made[o * out * inner + first..];
                self.side::<P, M, T, U>(&side, lies, to, inner, &mut buffers, value)?;
            }
        }
        Array::from_vec(shape, made)
    }

    /// Some lines side by side. Row `i` of the result begins at `i * stride` of `to`.
    fn side<const P: usize, M: Monoid<P>, T: Real, U: Real>(
        &self,
        side: &Side<'_, T>,
        lies: &Lies,
        to: &mut [U],
        stride: usize,
        buffers: &mut Buffers,
        value: impl Fn([f64; P], f64) -> f64 + Copy,
    ) -> Result<()> {
        let (start, width) = (lies.start, side.width);
        let end = start + side.len;
        let least = self.least.max(1) as f64;
        buffers.begin::<P, M>(width);
        // How far the heads have come: each is of the elements from the beginning of its block on.
        let mut next = start;
        let mut block = usize::MAX;
        for (at, row) in lies.out.clone().zip(to.chunks_mut(stride)) {
            buffers.pace.step(width)?;
            let first = at.checked_sub(self.before);
            // Within the line as it is here.
            let last = (at + self.len - self.before - 1).min(end - 1);
            while next <= last {
                let begins = next.is_multiple_of(self.len);
                buffers.push::<P, M, T>(side.row(next - start), next as f64, begins);
                next += 1;
            }
            let origin = at as f64 - self.before as f64;
            let finish = |s: [f64; P]| if s[0] < least { f64::NAN } else { value(s, origin) };
            let row = &mut row[..width];
            // A window that begins before the line ends in its first block, whose head is all of
            // it; so is that of a window which is a block.
            let Some(first) = first.filter(|f| !f.is_multiple_of(self.len)) else {
                let head = parts::<P>(&buffers.head, width);
                emit(row, head, finish);
                continue;
            };
            let begin = first / self.len * self.len;
            if block != begin {
                block = begin;
                buffers.tails::<P, M, T>(side, start, begin..(begin + self.len).min(end));
            }
            let tail = &buffers.tail[(first - begin) * P * width..][..P * width];
            let tail = parts::<P>(tail, width);
            if last / self.len == first / self.len {
                emit(row, tail, finish);
            } else {
                let head = parts::<P>(&buffers.head, width);
                emit_both(row, (tail, head), M::default(), finish);
            }
        }
        Ok(())
    }
}

/// The statistics that are carried along: each a row of first parts, a row of second ones, ...
#[derive(Default)]
struct Buffers {
    pace: Pace,
    head: Vec<f64>,
    /// Of each element of one block and those behind it, element by element.
    tail: Vec<f64>,
    width: usize,
}

impl Buffers {
    fn begin<const P: usize, M: Monoid<P>>(&mut self, width: usize) {
        self.width = width;
        self.head.clear();
        self.head.extend(M::NONE.iter().flat_map(|p| std::iter::repeat_n(*p, width)));
    }

    /// Takes the next elements into the heads.
    fn push<const P: usize, M: Monoid<P>, T: Real>(&mut self, row: &[T], at: f64, begins: bool) {
        if begins {
            self.begin::<P, M>(self.width);
        }
        let head = parts_mut::<P>(&mut self.head, self.width);
        push_head(head, row, at, M::default());
    }

    /// The tails of the elements of a block; those before the part are left out.
    fn tails<const P: usize, M: Monoid<P>, T: Real>(
        &mut self,
        side: &Side<'_, T>,
        start: usize,
        block: std::ops::Range<usize>,
    ) {
        let width = self.width;
        let row = P * width;
        self.tail.resize(block.len() * row, 0.0);
        let none: Vec<f64> = M::NONE.iter().flat_map(|p| std::iter::repeat_n(*p, width)).collect();
        for i in (block.start.max(start)..block.end).rev() {
            let (before, behind) = self.tail.split_at_mut((i + 1 - block.start) * row);
            let next = if i + 1 == block.end { &none } else { &behind[..row] };
            let to = parts_mut::<P>(&mut before[(i - block.start) * row..], width);
            let next = parts::<P>(next, width);
            push_tail(to, next, side.row(i - start), i as f64, M::default());
        }
    }
}

fn parts<const P: usize>(all: &[f64], width: usize) -> [&[f64]; P] {
    std::array::from_fn(|p| &all[p * width..][..width])
}

fn parts_mut<const P: usize>(all: &mut [f64], width: usize) -> [&mut [f64]; P] {
    let mut rows = all.chunks_exact_mut(width);
    std::array::from_fn(|_| rows.next().unwrap_or_default())
}

widest! {
    /// The result of windows that are one head or one tail.
    fn emit<[const P: usize, U: Real]>(
        row: &mut [U],
        state: [&[f64]; P],
        finish: impl Fn([f64; P]) -> f64 + Copy,
    ) {
        let state = state.map(|p| &p[..row.len()]);
        for (j, to) in row.iter_mut().enumerate() {
            *to = U::from_f64(finish(state.map(|p| p[j])));
        }
    }
}

widest! {
    /// The result of windows that are a tail and the head behind it.
    fn emit_both<[const P: usize, M: Monoid<P>, U: Real]>(
        row: &mut [U],
        state: ([&[f64]; P], [&[f64]; P]),
        _monoid: M,
        finish: impl Fn([f64; P]) -> f64 + Copy,
    ) {
        let (tail, head) = state;
        let (tail, head) = (tail.map(|p| &p[..row.len()]), head.map(|p| &p[..row.len()]));
        for (j, to) in row.iter_mut().enumerate() {
            let both = M::join(tail.map(|p| p[j]), head.map(|p| p[j]));
            *to = U::from_f64(finish(both));
        }
    }
}

widest! {
    /// Takes an element into the head of each line.
    fn push_head<[const P: usize, M: Monoid<P>, T: Real]>(
        head: [&mut [f64]; P],
        row: &[T],
        at: f64,
        _monoid: M,
    ) {
        let n = row.len();
        let head = head.map(|p| &mut p[..n]);
        for j in 0..n {
            let old = std::array::from_fn(|p| head[p][j]);
            let new = M::join(old, M::of(row[j].as_f64(), at));
            for p in 0..P {
                head[p][j] = new[p];
            }
        }
    }
}

widest! {
    /// The tails of each line that begin at an element, from those that begin at the next.
    fn push_tail<[const P: usize, M: Monoid<P>, T: Real]>(
        to: [&mut [f64]; P],
        next: [&[f64]; P],
        row: &[T],
        at: f64,
        _monoid: M,
    ) {
        let n = row.len();
        let (to, next) = (to.map(|p| &mut p[..n]), next.map(|p| &p[..n]));
        for j in 0..n {
            let new = M::join(M::of(row[j].as_f64(), at), next.map(|p| p[j]));
            for p in 0..P {
                to[p][j] = new[p];
            }
        }
    }
}
