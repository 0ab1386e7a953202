//! The loops that reductions share.
#![allow(clippy::indexing_slicing)] // lanes are indexed by constants; cells are checked once per tile

use super::cells::Cells;
use crate::number::Real;
use crate::wide::{wide, widest};

/// Independent partial results of a tile that goes to one cell. Their number and the order in
/// which they are joined are fixed, so the same tile gives the same bits everywhere.
pub(super) const LANES: usize = 16;

/// Runs `$block` with each few rows of lanes of a tile as the array `$rows`: element i of a row
/// belongs to lane i. Several rows at once, because then the compiler makes vectors of lanes.
/// `$rest` takes the lane and the element of what is left.
macro_rules! in_lanes {
    ($tile:expr, $rows:ident => $block:expr, $i:ident, $x:ident => $rest:expr) => {{
        let (rows, rest) = $tile.as_chunks::<{ $crate::reduce::fold::LANES }>();
        let (blocks, more) = rows.as_chunks::<4>();
        for $rows in blocks {
            $block;
        }
        for row in more {
            let $rows = std::slice::from_ref(row);
            $block;
        }
        for ($i, x) in rest.iter().enumerate() {
            let $x = *x;
            $rest;
        }
    }};
}

pub(super) use in_lanes;

/// Folds each element into its cell. The cells have been checked.
#[inline(always)]
pub(super) fn scatter<T, A>(
    acc: &mut [A],
    tile: &[T],
    cells: Cells<'_>,
    step: impl Fn(&mut A, &T),
) {
    match cells {
        Cells::One(cell) => {
            if let Some(acc) = acc.get_mut(cell) {
                tile.iter().for_each(|x| step(acc, x));
            }
        }
        Cells::Run(start) => {
            let acc = acc.get_mut(start..).unwrap_or_default();
            wide(|| acc.iter_mut().zip(tile).for_each(|(a, x)| step(a, x)));
        }
        Cells::Each(codes) => {
            for (code, x) in codes.iter().zip(tile) {
                if let Some(acc) = acc.get_mut(*code as usize) {
                    step(acc, x);
                }
            }
        }
    }
}

/// Like [`scatter`] for an associative `join` of values `of` elements, whose identity is `unit`:
/// a tile that goes to one cell is folded in lanes first.
#[inline(always)]
pub(super) fn accumulate<T: Copy, A: Copy>(
    acc: &mut [A],
    tile: &[T],
    cells: Cells<'_>,
    unit: A,
    of: impl Fn(T) -> A + Copy,
    join: impl Fn(A, A) -> A + Copy,
) {
    match cells {
        Cells::One(cell) => {
            if let Some(acc) = acc.get_mut(cell) {
                for piece in tile.chunks(PIECE) {
                    *acc = join(*acc, lanes(piece, unit, of, join));
                }
            }
        }
        Cells::Each(codes) => {
            for (code, part) in runs(codes, tile) {
                let Some(acc) = acc.get_mut(code) else { continue };
                // In order, not in lanes: which elements are neighbours depends on how a block
                // was cut to fit into memory, and the bits of a sum must not.
                *acc = part.iter().fold(*acc, |acc, x| join(acc, of(*x)));
            }
        }
        cells @ Cells::Run(_) => scatter(acc, tile, cells, move |a, x| *a = join(*a, of(*x))),
    }
}

/// The pieces of a tile whose elements go to one cell, with that cell: groups along an axis, such
/// as the days of a month, lie together.
pub(super) fn runs<'a, T>(
    codes: &'a [u32],
    tile: &'a [T],
) -> impl Iterator<Item = (usize, &'a [T])> {
    let pieces = codes.chunk_by(|a, b| a == b);
    pieces.scan(0, |start, piece| {
        let begin = *start;
        *start += piece.len();
        let cell = piece.first().map_or(usize::MAX, |c| *c as usize);
        tile.get(begin..*start).map(|part| (cell, part))
    })
}

widest! {
    /// The elements of a tile joined in [`LANES`] lanes.
    pub(super) fn lanes<[T: Copy, A: Copy]>(
        tile: &[T],
        unit: A,
        of: impl Fn(T) -> A + Copy,
        join: impl Fn(A, A) -> A + Copy,
    ) -> A {
        let mut lanes = [unit; LANES];
        in_lanes!(tile, rows => for i in 0..LANES {
            for row in rows {
                lanes[i] = join(lanes[i], of(row[i]));
            }
        }, i, x => lanes[i] = join(lanes[i], of(x)));
        joined(lanes, join)
    }
}

widest! {
    /// Sum and number of the elements that are there, in lanes as [`lanes`] has them.
    pub(super) fn sum_and_count<[T: Real]>(tile: &[T]) -> (f64, u32) {
        let (mut sums, mut counts) = ([0.0f64; LANES], [0u32; LANES]);
        in_lanes!(tile, rows => for i in 0..LANES {
            let (mut sum, mut count) = (sums[i], counts[i]);
            for row in rows {
                let there = !row[i].is_nan();
                sum += if there { row[i].as_f64() } else { 0.0 };
                count += u32::from(there);
            }
            (sums[i], counts[i]) = (sum, count);
        }, i, x => {
            sums[i] += if x.is_nan() { 0.0 } else { x.as_f64() };
            counts[i] += u32::from(!x.is_nan());
        });
        (joined(sums, |a, b| a + b), counts.iter().sum())
    }
}

/// A tile that goes to one cell is folded in pieces of this many elements. So it does not matter
/// how long tiles are, if they begin where a piece does.
pub(super) const PIECE: usize = 8192;

/// The lanes of a tile as one, the second half onto the first again and again.
#[inline(always)]
pub(super) fn joined<A: Copy>(mut lanes: [A; LANES], join: impl Fn(A, A) -> A) -> A {
    let mut half = LANES / 2;
    while half > 0 {
        for i in 0..half {
            lanes[i] = join(lanes[i], lanes[i + half]);
        }
        half /= 2;
    }
    lanes[0]
}

widest! {
    /// Adds rows to sums and counts column by column, row after row.
    fn add_columns<[T: Real, const K: usize]>(
        sums: &mut [f64],
        counts: &mut [u32],
        rows: [&[T]; K],
    ) {
        let n = sums.len();
        let (counts, rows) = (&mut counts[..n], rows.map(|r| &r[..n]));
        for j in 0..n {
            let (mut sum, mut count) = (sums[j], counts[j]);
            for row in &rows {
                let there = !row[j].is_nan();
                sum += if there { row[j].as_f64() } else { 0.0 };
                count = count.wrapping_add(u32::from(there));
            }
            (sums[j], counts[j]) = (sum, count);
        }
    }
}

widest! {
    /// Like [`add_columns`], where nothing is counted; `of` is what is added.
    fn sum_columns<[T: Real, const K: usize]>(
        sums: &mut [f64],
        rows: [&[T]; K],
        of: impl Fn(T) -> f64 + Copy,
    ) {
        let n = sums.len();
        let rows = rows.map(|r| &r[..n]);
        for j in 0..n {
            let mut sum = sums[j];
            for row in &rows {
                sum += of(row[j]);
            }
            sums[j] = sum;
        }
    }
}

/// Rows that are added up in registers before they reach the state.
pub(super) const STACK: usize = 4;

/// Cuts a stack into pieces of a length that a loop is compiled for, and runs `$body` with each
/// as the array `$rows`.
macro_rules! in_stacks {
    ($stack:expr, $rows:ident => $body:expr) => {{
        let (whole, rest) = $stack.as_chunks::<{ STACK }>();
        for $rows in whole {
            let $rows = *$rows;
            $body;
        }
        let (twos, rest) = rest.as_chunks::<2>();
        for $rows in twos {
            let $rows = *$rows;
            $body;
        }
        for row in rest {
            let $rows = [*row];
            $body;
        }
    }};
}

pub(super) use in_stacks;

/// Adds the rows of a stack to sums and counts of as many cells as a row is long.
pub(super) fn add_stack<T: Real>(sums: &mut [f64], counts: &mut [u32], stack: &[&[T]]) {
    in_stacks!(stack, rows => add_columns(sums, counts, rows));
}

/// Adds the rows of a stack, changed by `of`, to sums of as many cells as a row is long.
pub(super) fn sum_stack<T: Real>(sums: &mut [f64], stack: &[&[T]], of: impl Fn(T) -> f64 + Copy) {
    in_stacks!(stack, rows => sum_columns(sums, rows, of));
}

/// Counts the elements that are there. The cells have been checked.
#[inline(always)]
pub(super) fn tally<T: Copy>(
    counts: &mut [u32],
    tile: &[T],
    cells: Cells<'_>,
    there: impl Fn(T) -> bool + Copy,
) {
    accumulate(counts, tile, cells, 0, move |x| u32::from(there(x)), u32::wrapping_add);
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Numbers of all sizes, some missing.
    fn odd(n: usize, seed: usize) -> Vec<f64> {
        let value = |i: usize| match (i * 7 + seed) % 11 {
            0 => f64::NAN,
            1 => -0.0,
            2 => 1e17,
            _ => ((i * 7919 + seed * 31) % 1009) as f64 / 7.0 - 60.0,
        };
        (0..n).map(value).collect()
    }

    /// The definition, one element after the other.
    fn by_lanes(tile: &[f64]) -> (f64, u32) {
        let mut sums = [0.0; LANES];
        let mut count = 0;
        for (i, x) in tile.iter().enumerate().filter(|(_, x)| !x.is_nan()) {
            sums[i % LANES] += std::hint::black_box(*x);
            count += 1;
        }
        (joined(sums, |a, b| a + b), count)
    }

    #[test]
    fn vectors_add_in_the_order_of_lanes() {
        for n in (0..200).chain([8191, 8192]) {
            let tile = odd(n, n);
            let (sum, count) = by_lanes(&tile);
            let (found, counted) = sum_and_count(&tile);
            assert_eq!((found.to_bits(), counted), (sum.to_bits(), count), "{n}");
            let there = |x: f64| if x.is_nan() { 0.0 } else { x };
            let found = lanes(&tile, 0.0, there, |a: f64, b| a + b);
            assert_eq!(found.to_bits(), sum.to_bits(), "{n}");
            let single: Vec<f32> = tile.iter().map(|x| *x as f32).collect();
            let wider: Vec<f64> = single.iter().map(|x| f64::from(*x)).collect();
            assert_eq!(sum_and_count(&single), by_lanes(&wider), "{n}");
        }
    }

    #[test]
    fn stacks_add_row_after_row() {
        for n in (0..70).chain([360, 1000]) {
            let rows: Vec<Vec<f64>> = (0..11).map(|k| odd(n, 3 * k)).collect();
            let stack: Vec<&[f64]> = rows.iter().map(Vec::as_slice).collect();
            let (mut sums, mut counts) = (vec![0.25; n], vec![7u32; n]);
            add_stack(&mut sums, &mut counts, &stack);
            let mut only_sums = vec![0.25; n];
            let there = |x: f64| if x.is_nan() { 0.0 } else { x };
            sum_stack(&mut only_sums, &stack, there);
            for j in 0..n {
                let (mut sum, mut count) = (0.25, 7);
                for x in rows.iter().map(|r| r[j]) {
                    sum += std::hint::black_box(there(x));
                    count += u32::from(!x.is_nan());
                }
                assert_eq!((sums[j].to_bits(), counts[j]), (f64::to_bits(sum), count), "{n}");
                assert_eq!(only_sums[j].to_bits(), sum.to_bits(), "{n}");
            }
        }
    }
}
