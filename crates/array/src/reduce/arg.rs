//! Where the smallest and the largest element are.

use std::ops::Range;

use super::cells::Cells;
use super::extreme::with_order;
use super::{ReduceParams, Reduction, State, undefined};
use crate::array::Array;
use crate::cast::flat;
use crate::dispatch::dispatch;
use crate::dtype::{DType, MISSING_TICK};
use crate::element::Element;
use crate::error::{Error, Result};
use crate::number::Number;
use crate::text::Text;

/// The first position of the smallest or the largest element along the reduced axes. Missing
/// elements are left out, or the first of them wins.
#[derive(Debug)]
pub(super) struct ArgExtreme {
    pub(super) params: ReduceParams,
    pub(super) largest: bool,
}

/// The position of a cell that has seen nothing.
const NOWHERE: i64 = -1;

impl ArgExtreme {
    fn seek<T: Element + PartialOrd>(
        &self,
        state: &mut State,
        tile: &Array,
        cells: Cells<'_>,
        position: impl Fn(usize) -> i64,
        gone: impl Fn(&T) -> bool,
    ) -> Result<()> {
        let (skip, largest) = (self.params.skips(tile.dtype()), self.largest);
        let (values, places) = state.pair::<T, i64>(0)?;
        for (i, x) in flat::<T>(tile)?.iter().enumerate() {
            let cell = match cells {
                Cells::One(cell) => cell,
                Cells::Run(start) => start + i,
                Cells::Each(codes) => codes.get(i).map_or(usize::MAX, |c| *c as usize),
            };
            let (Some(value), Some(place)) = (values.get_mut(cell), places.get_mut(cell)) else {
                continue;
            };
            let (here, missing) = (position(i), gone(x));
            if here == NOWHERE || (skip && missing) {
                continue;
            }
            let beats = if *place == NOWHERE {
                true
            } else if gone(value) {
                missing && here < *place
            } else {
                let strictly = if largest { *x > *value } else { *x < *value };
                missing || strictly || (*x == *value && here < *place)
            };
            if beats {
                *value = x.clone();
                *place = here;
            }
        }
        Ok(())
    }

    fn seek_any(
        &self,
        state: &mut State,
        tile: &Array,
        cells: Cells<'_>,
        position: impl Fn(usize) -> i64,
    ) -> Result<()> {
        with_order!(tile.dtype(), T, gone =>
            self.seek::<T>(state, tile, cells, position, gone),
            else Err(undefined(self.name(), tile.dtype())))
    }
}

impl Reduction for ArgExtreme {
    fn name(&self) -> &'static str {
        if self.largest { "argmax" } else { "argmin" }
    }

    fn params(&self) -> &ReduceParams {
        &self.params
    }

    fn result(&self, input: &DType) -> Result<DType> {
        if input.is_real() || input.is_temporal() || *input == DType::Str {
            Ok(DType::I64)
        } else {
            Err(undefined(self.name(), input))
        }
    }

    fn start(&self, input: &DType, cells: usize) -> Result<State> {
        self.result(input)?;
        let places = crate::Scalar::I64(NOWHERE).fill(&[cells])?;
        Ok(State::new(vec![Array::zeros(&input.computed(), &[cells])?, places]))
    }

    fn update(
        &self,
        state: &mut State,
        tile: &Array,
        cells: Cells<'_>,
        first_position: u64,
    ) -> Result<()> {
        cells.check(tile.len(), state.cells())?;
        let first = i64::try_from(first_position)
            .map_err(|_| Error::invalid("a position along the reduced axes exceeds int64"))?;
        let tile = tile.cast(&tile.dtype().computed())?;
        let step = i64::from(!matches!(cells, Cells::Run(_)));
        self.seek_any(state, &tile, cells, |i| first.saturating_add(step * i as i64))
    }

    fn merge(&self, into: &mut State, at: usize, from: &State, range: Range<usize>) -> Result<()> {
        into.check_merge(at, from, &range)?;
        let values = from.array(0, range.clone())?;
        let places = from.read::<i64>(1, range)?.to_vec();
        let position = |i: usize| places.get(i).copied().unwrap_or(NOWHERE);
        self.seek_any(into, &values, Cells::Run(at), position)
    }

    fn finish(&self, mut state: State, input: &DType) -> Result<Array> {
        let places = state.take(1)?;
        if self.params.min_count == Some(0) {
            return Ok(places);
        }
        if flat::<i64>(&places)?.contains(&NOWHERE) {
            return Err(Error::invalid(format!(
                "\"{}\" of no elements: a slice of {input} is empty or all missing",
                self.name()
            ))
            .hint("fill missing values first, or drop the slices that have none"));
        }
        Ok(places)
    }

    fn by_position(&self) -> bool {
        true
    }

    fn bytes_per_cell(&self, input: &DType) -> usize {
        input.computed().planned_size() + 8
    }
}
