//! The smallest and the largest element.

use std::ops::Range;

use super::cells::Cells;
use super::fold::{accumulate, scatter};
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

/// The smallest or the largest element, in the type of the input. Missing elements are left out
/// or win.
#[derive(Debug)]
pub(super) struct Extreme {
    pub(super) params: ReduceParams,
    pub(super) largest: bool,
}

/// Runs `$body` with the element type of `$dtype`, its test for missing elements and its order.
macro_rules! with_order {
    ($dtype:expr, $T:ident, $gone:ident => $body:expr, else $other:expr) => {
        match $dtype {
            DType::Time(_) | DType::Duration(_) => {
                type $T = i64;
                let $gone = |t: &i64| *t == MISSING_TICK;
                $body
            }
            DType::Str => {
                type $T = Text;
                let $gone = Text::is_missing;
                $body
            }
            dtype => dispatch!(computed dtype, $T => {
                let $gone = |x: &$T| x.is_nan();
                $body
            }, else $other),
        }
    };
}

pub(super) use with_order;

/// Whether a cell that has seen nothing says so by itself: its value is the missing one.
pub(super) fn tells_empty(input: &DType, skip: bool) -> bool {
    skip && missing_scalar(input).is_ok()
}

/// Of the earlier `a` and the later `b`. With `skip` missing elements are left out; otherwise
/// they win.
#[inline(always)]
fn better<T: Clone + PartialOrd>(
    a: &T,
    b: &T,
    gone: impl Fn(&T) -> bool,
    skip: bool,
    largest: bool,
) -> T {
    let beats = if largest { b > a } else { b < a };
    let take = if skip { gone(a) || (beats && !gone(b)) } else { gone(b) || (beats && !gone(a)) };
    if take { b.clone() } else { a.clone() }
}

impl Extreme {
    /// Where cells are told apart by a part of truth values: whether they have seen anything.
    fn fill<T: Element + PartialOrd>(
        &self,
        state: &mut State,
        tile: &Array,
        cells: Cells<'_>,
        gone: impl Fn(&T) -> bool,
    ) -> Result<()> {
        let skip = self.params.skips(tile.dtype());
        let (values, seen) = state.pair::<T, bool>(0)?;
        let tile = flat::<T>(tile)?;
        let pick = |a: &T, b: &T| better(a, b, &gone, skip, self.largest);
        let step = |value: &mut T, seen: &mut bool, x: &T| {
            if skip && gone(x) {
                return;
            }
            *value = if *seen { pick(value, x) } else { x.clone() };
            *seen = true;
        };
        match cells {
            Cells::One(cell) => {
                if let (Some(value), Some(seen)) = (values.get_mut(cell), seen.get_mut(cell)) {
                    tile.iter().for_each(|x| step(value, seen, x));
                }
            }
            Cells::Run(start) => {
                let places = values.iter_mut().zip(seen).skip(start);
                places.zip(tile.iter()).for_each(|((value, seen), x)| step(value, seen, x));
            }
            Cells::Each(codes) => {
                for (code, x) in codes.iter().zip(tile.iter()) {
                    let cell = *code as usize;
                    if let (Some(value), Some(seen)) = (values.get_mut(cell), seen.get_mut(cell)) {
                        step(value, seen, x);
                    }
                }
            }
        }
        Ok(())
    }

    fn seek<T: Element + PartialOrd>(
        &self,
        state: &mut State,
        tile: &Array,
        cells: Cells<'_>,
        gone: impl Fn(&T) -> bool,
    ) -> Result<()> {
        let values = state.part::<T>(0)?;
        let tile = flat::<T>(tile)?;
        if self.largest {
            scatter(values, &tile, cells, |a, b| *a = better(a, b, &gone, true, true));
        } else {
            scatter(values, &tile, cells, |a, b| *a = better(a, b, &gone, true, false));
        }
        Ok(())
    }

    /// Floats without missing ones, the common case: in lanes.
    fn seek_floats<T: crate::number::Float>(
        &self,
        state: &mut State,
        tile: &Array,
        cells: Cells<'_>,
    ) -> Result<()> {
        let values = state.part::<T>(0)?;
        let tile = flat::<T>(tile)?;
        let id = |x: T| x;
        if self.largest {
            let join = |a: T, b: T| if b > a || a.is_nan() { b } else { a };
            accumulate(values, &tile, cells, T::NAN, id, join);
        } else {
            let join = |a: T, b: T| if b < a || a.is_nan() { b } else { a };
            accumulate(values, &tile, cells, T::NAN, id, join);
        }
        Ok(())
    }
}

impl Reduction for Extreme {
    fn name(&self) -> &'static str {
        if self.largest { "max" } else { "min" }
    }

    fn params(&self) -> &ReduceParams {
        &self.params
    }

    fn result(&self, input: &DType) -> Result<DType> {
        if input.is_real() || input.is_temporal() || *input == DType::Str {
            Ok(input.clone())
        } else {
            Err(undefined(self.name(), input))
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
        if state.has(1) {
            return with_order!(tile.dtype(), T, gone => self.fill::<T>(state, tile, cells, gone),
                else Err(undefined(self.name(), tile.dtype())));
        }
        dispatch!(computed_floats tile.dtype(), T => return self.seek_floats::<T>(state, tile, cells),
            else ());
        match tile.dtype() {
            DType::Str => self.seek::<Text>(state, tile, cells, Text::is_missing),
            d if d.is_temporal() => self.seek::<i64>(state, tile, cells, |t| *t == MISSING_TICK),
            d => Err(undefined(self.name(), d)),
        }
    }

    fn merge(&self, into: &mut State, at: usize, from: &State, range: Range<usize>) -> Result<()> {
        into.check_merge(at, from, &range)?;
        let dtype = into.dtype(0)?;
        // A state that has been seen merges like a tile: its values go to a run of cells.
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
                Err(_) => Err(Error::unsupported(format!("{dtype} over more than 2^32 cells"))),
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

    fn bytes_per_cell(&self, input: &DType) -> usize {
        let seen = usize::from(!tells_empty(input, self.params.skips(input)));
        input.computed().planned_size() + seen
    }
}
