//! Which cell each element of a tile goes to.

use crate::error::{Error, Result};

/// The cell of each element of a tile.
#[derive(Clone, Copy, Debug)]
pub enum Cells<'a> {
    /// All elements go to one cell.
    One(usize),
    /// Element i goes to this cell plus i.
    Run(usize),
    /// Element i goes to the i-th cell named; `u32::MAX` leaves it out.
    Each(&'a [u32]),
}

impl Cells<'_> {
    /// The cell of element `i` of the tile; `None` if it is left out.
    #[must_use]
    pub fn of(&self, i: usize) -> Option<usize> {
        match self {
            Self::One(cell) => Some(*cell),
            Self::Run(start) => start.checked_add(i),
            Self::Each(codes) => codes.get(i).filter(|c| **c != u32::MAX).map(|c| *c as usize),
        }
    }

    /// Checks that a tile of `n` elements meets only cells below `cells`.
    pub(super) fn check(&self, n: usize, cells: usize) -> Result<()> {
        let inside = match self {
            Self::One(cell) => n == 0 || *cell < cells,
            Self::Run(start) => start.checked_add(n).is_some_and(|end| end <= cells),
            Self::Each(codes) => {
                // u32::MAX becomes 0, everything else one more.
                let highest = codes.iter().map(|c| c.wrapping_add(1)).max().unwrap_or(0);
                codes.len() == n && highest as usize <= cells
            }
        };
        if inside {
            return Ok(());
        }
        Err(Error::bug(match self {
            Self::Each(codes) => {
                format!("{} codes for a tile of {n} elements and {cells} cells", codes.len())
            }
            other => format!("{other:?} of a tile of {n} elements leaves the {cells} cells"),
        }))
    }

    /// An upper bound of how many of `n` elements one cell gets.
    pub(super) fn most(&self, n: usize) -> u64 {
        match self {
            Self::Run(_) => 1,
            _ => n as u64,
        }
    }
}
