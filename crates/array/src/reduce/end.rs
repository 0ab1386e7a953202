//! The first and the last element.

use std::ops::Range;

use super::cells::Cells;
use super::extreme::{tells_empty, with_order};
use super::{ReduceParams, Reduction, State, undefined, zero_size};
use crate::array::Array;
use crate::cast::{flat, missing_scalar};
use crate::dispatch::dispatch;
use crate::dtype::{DType, MISSING_TICK};
use crate::element::Element;
use crate::error::{Error, Result};
use crate::number::Number;
use crate::text::Text;
use crate::zip::choose;

/// The first or the last element of each cell in the order of their positions, in the type of the
/// input; missing ones are left out where that is asked for or usual.
#[derive(Debug)]
pub(super) struct End {
    pub(super) params: ReduceParams,
    pub(super) last: bool,
}

/// Like [`with_order`], for the complex numbers, too: their order is not asked for here.
macro_rules! with_missing {
    ($dtype:expr, $T:ident, $gone:ident => $body:expr, else $other:expr) => {
        with_order!($dtype, $T, $gone => $body, else dispatch!(complex $dtype, $T => {
            let $gone = |x: &$T| x.is_nan();
            $body
        }, else $other))
    };
}

impl End {
    fn keep<T: Element>(
        &self,
        state: &mut State,
        tile: &Array,
        cells: Cells<'_>,
        gone: impl Fn(&T) -> bool,
    ) -> Result<()> {
        let (skip, last) = (self.params.skips(tile.dtype()), self.last);
        let marked = state.has(1);
        let mut none = Vec::new();
        let (values, seen) = if marked {
            state.pair::<T, bool>(0)?
        } else {
            (state.part::<T>(0)?, none.as_mut_slice())
        };
        for (i, x) in flat::<T>(tile)?.iter().enumerate() {
            let cell = match cells {
                Cells::One(cell) => cell,
                Cells::Run(start) => start + i,
                Cells::Each(codes) => codes.get(i).map_or(usize::MAX, |c| *c as usize),
            };
            let Some(value) = values.get_mut(cell) else { continue };
            if skip && gone(x) {
                continue;
            }
            let seen = seen.get_mut(cell);
            let empty = seen.as_ref().map_or_else(|| gone(value), |s| !**s);
            if last || empty {
                *value = x.clone();
                if let Some(seen) = seen {
                    *seen = true;
                }
            }
        }
        Ok(())
    }
}

impl Reduction for End {
    fn name(&self) -> &'static str {
        if self.last { "last" } else { "first" }
    }

    fn params(&self) -> &ReduceParams {
        &self.params
    }

    fn result(&self, input: &DType) -> Result<DType> {
        let known = input.is_real() || input.is_complex() || input.is_temporal();
        if known || *input == DType::Str {
            Ok(input.clone())
        } else {
            Err(undefined(self.name(), input).hint("select the element by its index"))
        }
    }

    fn start(&self, input: &DType, cells: usize) -> Result<State> {
        self.result(input)?;
        let held = input.computed();
        Ok(State::new(if tells_empty(input, self.params.skips(input)) {
            vec![Array::missing(&held, &[cells])?]
        } else {
            vec![Array::zeros(&held, &[cells])?, Array::zeros(&DType::Bool, &[cells])?]
        }))
    }

    fn update(&self, state: &mut State, tile: &Array, cells: Cells<'_>, _: u64) -> Result<()> {
        cells.check(tile.len(), state.cells())?;
        let tile = &tile.cast(&tile.dtype().computed())?;
        with_missing!(tile.dtype(), T, gone => self.keep::<T>(state, tile, cells, gone),
            else Err(undefined(self.name(), tile.dtype())))
    }

    fn merge(&self, into: &mut State, at: usize, from: &State, range: Range<usize>) -> Result<()> {
        into.check_merge(at, from, &range)?;
        let values = from.array(0, range.clone())?;
        if !into.has(1) {
            return self.update(into, &values, Cells::Run(at), 0);
        }
        let seen = from.read::<bool>(1, range)?.to_vec();
        let codes: Vec<u32> = (at..)
            .zip(&seen)
            .map(|(cell, seen)| match u32::try_from(cell) {
                Ok(cell) if *seen => Ok(cell),
                Ok(_) => Ok(u32::MAX),
                Err(_) => Err(Error::unsupported("first and last over more than 2^32 cells")),
            })
            .collect::<Result<_>>()?;
        self.update(into, &values, Cells::Each(&codes), 0)
    }

    fn finish(&self, mut state: State, input: &DType) -> Result<Array> {
        let values = state.take(0)?.cast(input)?;
        if !state.has(1) {
            return Ok(values);
        }
        let seen = state.take(1)?;
        if flat::<bool>(&seen)?.iter().all(|s| *s) {
            return Ok(values);
        }
        if missing_scalar(input).is_err() {
            return Err(zero_size(self.name(), input));
        }
        choose(&seen, &values, &Array::missing(input, values.shape())?)
    }

    fn in_order(&self) -> bool {
        true
    }

    fn bytes_per_cell(&self, input: &DType) -> usize {
        input.computed().planned_size() + usize::from(!tells_empty(input, self.params.skips(input)))
    }
}
