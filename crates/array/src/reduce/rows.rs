//! Many rows at once: what a call costs is paid once for all of them, and rows that go to the
//! same cells are added up in registers before the state is touched.

use super::cells::Cells;
use crate::array::Array;
use crate::cast::flat;
use crate::element::Element;
use crate::error::{Error, Result};

/// Rows of equal length in one or several tiles; each goes to one cell or to a run of cells.
#[derive(Clone, Copy, Debug)]
pub struct Rows<'a> {
    /// Arrays of one axis, each of whole rows, which follow each other.
    pub tiles: &'a [Array],
    /// The elements of a row.
    pub len: usize,
    /// The cell of each row, or the one of its first element; `u32::MAX` leaves the row out.
    pub cells: &'a [u32],
    /// The running index along the reduced axes of the first element of each row.
    pub positions: &'a [u64],
    /// Whether the elements of a row go to neighbouring cells instead of to one.
    pub spread: bool,
}

impl Rows<'_> {
    /// Gives each row that is not left out to `update`, with its cells and its position.
    ///
    /// # Errors
    /// If the tiles do not hold the rows, and those of `update`.
    pub fn each(&self, mut update: impl FnMut(&Array, Cells<'_>, u64) -> Result<()>) -> Result<()> {
        let mut number = 0;
        for tile in self.tiles {
            let rows = self.rows_of(tile)?;
            for row in 0..rows {
                let (Some(cell), Some(position)) =
                    (self.cells.get(number), self.positions.get(number))
                else {
                    return Err(self.uneven());
                };
                number += 1;
                if *cell == u32::MAX {
                    continue;
                }
                let cell = *cell as usize;
                let cells = if self.spread { Cells::Run(cell) } else { Cells::One(cell) };
                if rows == 1 {
                    update(tile, cells, *position)?;
                } else {
                    update(&tile.flat(row * self.len..(row + 1) * self.len)?, cells, *position)?;
                }
            }
        }
        Ok(())
    }

    fn rows_of(&self, tile: &Array) -> Result<usize> {
        let rows = tile.len() / self.len.max(1);
        if rows * self.len == tile.len() { Ok(rows) } else { Err(self.uneven()) }
    }

    fn uneven(&self) -> Error {
        Error::bug(format!(
            "{} rows of {} elements do not fill {} tiles",
            self.cells.len(),
            self.len,
            self.tiles.len()
        ))
    }

    /// Checks that all rows meet only cells below `cells`, and that there are as many as the
    /// tiles hold.
    pub(super) fn check(&self, cells: usize) -> Result<()> {
        let rows = self.tiles.iter().map(|t| self.rows_of(t)).sum::<Result<usize>>()?;
        if rows != self.cells.len() {
            return Err(self.uneven());
        }
        let width = if self.spread { self.len } else { 1 };
        // u32::MAX becomes 0, everything else one more.
        let highest = self.cells.iter().map(|c| c.wrapping_add(1)).max().unwrap_or(0);
        match highest.checked_sub(1) {
            Some(last) if (last as usize).saturating_add(width) > cells => Err(Error::bug(
                format!("a row of {width} cells from cell {last} on leaves the {cells} cells"),
            )),
            _ => Ok(()),
        }
    }

    /// An upper bound of how many elements one cell gets.
    pub(super) fn most(&self) -> u64 {
        let each = if self.spread { 1 } else { self.len };
        (self.cells.len() as u64).saturating_mul(each as u64)
    }

    /// Gives the rows that go to the same cells, one after the other, to `fold`: at most `N` at a
    /// time, with their first cell. They have been checked.
    #[inline(always)]
    pub(super) fn stacks<T: Element, const N: usize>(
        &self,
        mut fold: impl FnMut(&[&[T]], usize),
    ) -> Result<()> {
        let mut stack: [&[T]; N] = [&[]; N];
        let (mut held, mut cell) = (0, u32::MAX);
        let mut cells = self.cells.iter();
        // Short rows side by side are no stream that processors fetch ahead.
        let short = self.spread && self.len < LONG;
        let tiles: Vec<_> = self.tiles.iter().map(flat::<T>).collect::<Result<_>>()?;
        for row in tiles.iter().flat_map(|t| t.chunks_exact(self.len.max(1))) {
            let next = cells.next().copied().unwrap_or(u32::MAX);
            if held == N || next != cell {
                if let (Some(rows @ [_, ..]), true) = (stack.get(..held), cell != u32::MAX) {
                    fold(rows, cell as usize);
                }
                (held, cell) = (0, next);
            }
            if short {
                touch(row);
            }
            if let Some(place) = stack.get_mut(held) {
                *place = row;
                held += 1;
            }
        }
        if let (Some(rows @ [_, ..]), true) = (stack.get(..held), cell != u32::MAX) {
            fold(rows, cell as usize);
        }
        Ok(())
    }
}

/// Elements of rows that are long enough to be fetched ahead.
const LONG: usize = 4096;

/// Reads some of each cache line of a row, one after the other, which the machine does at once.
#[inline(always)]
fn touch<T: Clone>(row: &[T]) {
    let line = (64 / size_of::<T>().max(1)).max(1);
    for x in row.iter().step_by(line) {
        std::hint::black_box(x.clone());
    }
}
