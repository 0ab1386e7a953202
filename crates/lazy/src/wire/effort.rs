//! What building an expression may cost that somebody else wrote: few bytes can ask for grids of
//! endless many pieces.

use graticule_array::{Error, Pick, Result, Selection};

use crate::expr::LazyArray;

/// Pieces of grids and places of lists that may be gone through in all.
const MOST: usize = 1 << 24;

/// No axis is longer.
const LONGEST: usize = 1 << 48;

/// No array has more axes.
const MAX_AXES: usize = 64;

/// No grouping has more groups.
const MAX_GROUPS: usize = 1 << 24;

/// What was spent so far.
#[derive(Debug, Default)]
pub(super) struct Effort(usize);

impl Effort {
    fn spend(&mut self, pieces: usize) -> Result<()> {
        self.0 = self.0.saturating_add(pieces);
        if self.0 <= MOST {
            return Ok(());
        }
        Err(Error::over_budget("this expression is cut into too many pieces to be received"))
    }

    /// Before grids of several inputs are brought together.
    pub(super) fn meet(&mut self, inputs: &[LazyArray], along: Option<usize>) -> Result<()> {
        let Some(first) = inputs.first() else { return Ok(()) };
        let mut total = 0usize;
        for input in inputs {
            for (axis, (dim, other)) in
                input.grid().dims().iter().zip(first.grid().dims()).enumerate()
            {
                if along == Some(axis) {
                    total = total.saturating_add(dim.len());
                    self.spend(dim.count())?;
                } else if dim != other {
                    self.spend(dim.count().saturating_add(other.count()))?;
                }
            }
        }
        if total > LONGEST {
            return Err(Error::over_budget(format!("an axis of {total} elements")));
        }
        Ok(())
    }

    /// Before a selection is applied: all but stretches are gone through.
    pub(super) fn select(&mut self, selection: &Selection) -> Result<()> {
        for pick in selection.picks() {
            if !matches!(pick, Pick::At(_) | Pick::Range { step: 1, .. }) {
                self.spend(pick.len())?;
            }
        }
        Ok(())
    }

    /// Before groups are made.
    pub(super) fn groups(count: usize) -> Result<()> {
        if count <= MAX_GROUPS {
            return Ok(());
        }
        Err(Error::over_budget(format!("{count} groups")))
    }

    /// After something was built.
    pub(super) fn check(made: &LazyArray) -> Result<()> {
        Self::shape(made.shape())
    }

    /// Whether axes are of lengths that can be reckoned with.
    pub(super) fn shape(shape: &[usize]) -> Result<()> {
        if shape.len() <= MAX_AXES && shape.iter().all(|n| *n <= LONGEST) {
            return Ok(());
        }
        Err(Error::over_budget(format!("an array of {} axes, {shape:?}", shape.len())))
    }
}
