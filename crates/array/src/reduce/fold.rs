//! The loops that reductions share.
#![allow(clippy::indexing_slicing)] // lanes are indexed by constants; cells are checked once per tile

use super::cells::Cells;
use crate::wide::wide;

/// Independent partial results of a tile that goes to one cell. Their number and the order in
/// which they are joined are fixed, so the same tile gives the same bits everywhere.
pub(super) const LANES: usize = 16;

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
                *acc = join(*acc, lanes(tile, unit, of, join));
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

/// The elements of a tile joined in [`LANES`] lanes.
#[inline(always)]
pub(super) fn lanes<T: Copy, A: Copy>(
    tile: &[T],
    unit: A,
    of: impl Fn(T) -> A + Copy,
    join: impl Fn(A, A) -> A + Copy,
) -> A {
    wide(move || {
        let mut lanes = [unit; LANES];
        let rows = tile.chunks_exact(LANES);
        let rest = rows.remainder();
        for row in rows {
            for i in 0..LANES {
                lanes[i] = join(lanes[i], of(row[i]));
            }
        }
        for (lane, x) in lanes.iter_mut().zip(rest) {
            *lane = join(*lane, of(*x));
        }
        let mut half = LANES / 2;
        while half > 0 {
            for i in 0..half {
                lanes[i] = join(lanes[i], lanes[i + half]);
            }
            half /= 2;
        }
        lanes[0]
    })
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
