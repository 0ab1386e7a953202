//! Reductions: many elements to one per cell, in parts that merge.
//!
//! A reduction is a name and parameters, so a plan can carry it as data. Its [`State`] is arrays
//! with one entry per cell. Tiles are folded in with [`Reduction::update`], states of
//! neighbouring blocks with [`Reduction::merge`]; both in order, so the result has the same bits
//! for any number of threads.

mod arg;
mod cells;
mod count;
mod end;
mod extreme;
mod fold;
mod logic;
mod mean;
mod prod;
mod rows;
mod state;
mod sum;
mod total;
mod var;

use std::fmt::Debug;
use std::ops::Range;
use std::sync::Arc;

use crate::array::Array;
use crate::dtype::DType;
use crate::error::{Error, Result, did_you_mean};

pub use cells::Cells;
pub use rows::Rows;
pub use state::State;

/// What the caller may choose about a reduction.
#[derive(Clone, Debug, Default, PartialEq)]
#[cfg_attr(feature = "wire", derive(serde::Serialize, serde::Deserialize))]
pub struct ReduceParams {
    /// Whether missing elements are left out. `None`: for floats, complex numbers and text; for
    /// times only by `count` and `mean`, as in xarray.
    pub skipna: Option<bool>,
    /// `var` and `std` divide by the count minus this; 0 unless chosen.
    pub ddof: f64,
    /// `sum` and `prod` of floats are missing where fewer elements than this are there. With 0,
    /// `argmin` and `argmax` of no elements are -1 in place of an error.
    pub min_count: Option<usize>,
}

/// A reduction: an identity, an update, an associative merge and an end.
///
/// ```
/// use graticule_array::{Array, Cells, ReduceParams, reduction};
/// let mean = reduction("mean", &ReduceParams::default())?;
/// let tile = Array::from_vec(vec![3], vec![1.0f32, f32::NAN, 4.0])?;
/// let mut state = mean.start(tile.dtype(), 1)?;
/// mean.update(&mut state, &tile, Cells::One(0), 0)?;
/// assert_eq!(mean.finish(state, tile.dtype())?.to_flat::<f32>()?, [2.5]);
/// # Ok::<(), graticule_array::Error>(())
/// ```
///
/// One of your own is an implementation of this trait; its `Debug` text must hold all that it
/// depends on, because reductions of equal name and text are taken for the same.
///
/// ```
/// use graticule_array::{Array, Cells, DType, ReduceParams, Reduction, Result, State};
/// use std::ops::Range;
///
/// /// The root of the mean of the squares.
/// #[derive(Debug)]
/// struct Rms(ReduceParams);
///
/// impl Reduction for Rms {
///     fn name(&self) -> &'static str {
///         "rms"
///     }
///     fn params(&self) -> &ReduceParams {
///         &self.0
///     }
///     fn result(&self, _: &DType) -> Result<DType> {
///         Ok(DType::F64)
///     }
///     fn start(&self, _: &DType, cells: usize) -> Result<State> {
///         Ok(State::new(vec![Array::zeros(&DType::F64, &[cells])?; 2]))
///     }
///     fn update(&self, s: &mut State, tile: &Array, cells: Cells<'_>, _: u64) -> Result<()> {
///         let tile = tile.cast(&DType::F64)?.to_flat::<f64>()?;
///         let (squares, counts) = s.pair::<f64, f64>(0)?;
///         for (i, x) in tile.iter().enumerate().filter(|(_, x)| !x.is_nan()) {
///             let Some(cell) = cells.of(i) else { continue };
///             squares[cell] += x * x;
///             counts[cell] += 1.0;
///         }
///         Ok(())
///     }
///     fn merge(&self, into: &mut State, at: usize, from: &State, r: Range<usize>) -> Result<()> {
///         into.join::<f64>(0, at, from, r.clone(), |a, b| a + b)?;
///         into.join::<f64>(1, at, from, r, |a, b| a + b)
///     }
///     fn finish(&self, mut s: State, _: &DType) -> Result<Array> {
///         let (squares, counts) = s.pair::<f64, f64>(0)?;
///         let roots = squares.iter().zip(counts.iter()).map(|(s, n)| (s / n).sqrt());
///         let roots: Vec<f64> = roots.collect();
///         Array::from_vec([roots.len()], roots)
///     }
///     fn bytes_per_cell(&self, _: &DType) -> usize {
///         16
///     }
/// }
///
/// let rms = Rms(ReduceParams::default());
/// let tile = Array::from_vec(vec![3], vec![3.0f32, f32::NAN, 4.0])?;
/// let mut state = rms.start(tile.dtype(), 1)?;
/// rms.update(&mut state, &tile, Cells::One(0), 0)?;
/// assert_eq!(rms.finish(state, tile.dtype())?.to_flat::<f64>()?, [12.5f64.sqrt()]);
/// # Ok::<(), graticule_array::Error>(())
/// ```
pub trait Reduction: Send + Sync + Debug {
    /// Its name in the registry.
    fn name(&self) -> &'static str;

    /// What the caller chose.
    fn params(&self) -> &ReduceParams;

    /// The type of the result.
    ///
    /// # Errors
    /// If the reduction is not defined for the type.
    fn result(&self, input: &DType) -> Result<DType>;

    /// The state of `cells` cells that have seen nothing.
    ///
    /// # Errors
    /// If the reduction is not defined for the type.
    fn start(&self, input: &DType, cells: usize) -> Result<State>;

    /// The state of as many cells that have seen nothing, in the memory of a state of this
    /// reduction that is done with where that is cheaper than new memory.
    ///
    /// # Errors
    /// As [`start`](Self::start).
    fn restart(&self, state: State, input: &DType) -> Result<State> {
        self.start(input, state.cells())
    }

    /// Folds in a tile of one axis. `first_position` is the running index along the reduced axes
    /// of the tile's first element: with [`Cells::Run`] all elements lie at it, otherwise element
    /// i at `first_position + i`. Tiles come in the order of their positions.
    ///
    /// # Errors
    /// If a cell does not exist.
    fn update(
        &self,
        state: &mut State,
        tile: &Array,
        cells: Cells<'_>,
        first_position: u64,
    ) -> Result<()>;

    /// Folds in many rows, as [`update`](Self::update) one after the other would. The result must
    /// have the same bits: how many come at once is not part of it.
    ///
    /// # Errors
    /// If the tiles do not hold the rows, or a cell does not exist.
    fn update_rows(&self, state: &mut State, rows: &Rows<'_>) -> Result<()> {
        rows.each(|tile, cells, position| self.update(state, tile, cells, position))
    }

    /// Merges cells `range` of `from` into the cells of `into` that begin at `at`. `from` has seen
    /// later elements than `into`.
    ///
    /// # Errors
    /// If cells do not exist, or the states are of different reductions.
    fn merge(&self, into: &mut State, at: usize, from: &State, range: Range<usize>) -> Result<()>;

    /// The results, as an array of one axis over the cells.
    ///
    /// # Errors
    /// If a cell has seen nothing and the type has no way to say so.
    fn finish(&self, state: State, input: &DType) -> Result<Array>;

    /// Bytes of state per cell.
    fn bytes_per_cell(&self, input: &DType) -> usize;

    /// Whether it looks at the positions that [`update`](Self::update) is given, as the index of
    /// the least element does. Others may be given any.
    fn by_position(&self) -> bool {
        false
    }

    /// Whether it needs the elements of a cell in row-major order of the reduced axes, as the
    /// first and the last element do.
    fn in_order(&self) -> bool {
        false
    }
}

type Make = fn(ReduceParams) -> Arc<dyn Reduction>;

/// All reductions, in the order in which they are listed to users.
const REDUCTIONS: &[(&str, Make)] = &[
    ("count", |p| Arc::new(count::Count { params: p })),
    ("sum", |p| Arc::new(sum::Sum { params: p })),
    ("prod", |p| Arc::new(prod::Prod { params: p })),
    ("mean", |p| Arc::new(mean::Mean { params: p })),
    ("min", |p| Arc::new(extreme::Extreme { params: p, largest: false })),
    ("max", |p| Arc::new(extreme::Extreme { params: p, largest: true })),
    ("any", |p| Arc::new(logic::Quantifier { params: p, all: false })),
    ("all", |p| Arc::new(logic::Quantifier { params: p, all: true })),
    ("var", |p| Arc::new(var::Var { params: p, root: false })),
    ("std", |p| Arc::new(var::Var { params: p, root: true })),
    ("argmin", |p| Arc::new(arg::ArgExtreme { params: p, largest: false })),
    ("argmax", |p| Arc::new(arg::ArgExtreme { params: p, largest: true })),
    ("first", |p| Arc::new(end::End { params: p, last: false })),
    ("last", |p| Arc::new(end::End { params: p, last: true })),
];

/// The reduction of that name.
///
/// # Errors
/// If there is none, naming near ones.
pub fn reduction(name: &str, params: &ReduceParams) -> Result<Arc<dyn Reduction>> {
    match REDUCTIONS.iter().find(|(known, _)| *known == name) {
        Some((_, make)) => Ok(make(params.clone())),
        None => {
            let all: Vec<&str> = reduction_names().collect();
            let hint = did_you_mean(name, all.iter().copied())
                .unwrap_or_else(|| format!("known are {}", all.join(", ")));
            Err(Error::not_found(format!("no reduction \"{name}\"")).hint(hint))
        }
    }
}

/// The names of all reductions.
pub fn reduction_names() -> impl Iterator<Item = &'static str> {
    REDUCTIONS.iter().map(|(name, _)| *name)
}

impl ReduceParams {
    /// Whether missing elements of this type are left out.
    fn skips(&self, input: &DType) -> bool {
        let default = input.is_float() || input.is_complex() || *input == DType::Str;
        self.skipna.unwrap_or(default)
    }
}

/// The error of a reduction that has no meaning for a type.
fn undefined(name: &str, input: &DType) -> Error {
    let error = Error::unsupported(format!("\"{name}\" is not defined for {input}"));
    match input {
        DType::Time(_) => error.hint("subtract a reference time, or cast to int64 ticks first"),
        DType::Duration(_) => error.hint("cast to int64 ticks or float64 first"),
        d if d.is_text() => error.hint("it works on numbers"),
        _ => error.hint("cast to float64 first"),
    }
}

/// The error of a result that an empty cell does not have.
fn zero_size(name: &str, input: &DType) -> Error {
    Error::invalid(format!(
        "\"{name}\" of no elements: a zero-size reduction of {input} has no value"
    ))
    .hint("cast to a float type first to get NaN")
}
