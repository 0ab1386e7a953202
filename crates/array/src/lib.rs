//! Dynamically typed N-d arrays, their kernels, reductions and chunk geometry.
//!
//! Everything generic over the element type ends here: above this crate an element type is a
//! value, [`DType`], and an array is one type, [`Array`].

mod array;
mod array_mut;
mod buffer;
mod cast;
mod copy;
mod dispatch;
mod dtype;
mod element;
mod error;
mod grid;
mod line;
mod map;
mod number;
mod packed;
mod pages;
mod reduce;
mod region;
mod same;
mod scalar;
mod selection;
mod spread;
mod text;
mod watch;
mod wide;
#[cfg(feature = "wire")]
mod wire;
mod zip;

pub use array::Array;
pub use array_mut::ArrayMut;
pub use cast::promote;
pub use dtype::{DType, Field, MISSING_TICK, RecordType, TimeType};
pub use element::Element;
pub use error::{Error, Result, did_you_mean, nearest_names};
pub use grid::{BlockRange, ChunkGrid, DimChunks};
pub use half::f16;
pub use line::{
    Beyond, Curve, Gaps, GroupRuns, Integral, Interpolation, LineOp, PolyFit, QuantileMethod,
    Quantiles, Running, Slope, WeightedQuantiles, Window, WindowStat,
};
pub use map::{MapOp, MathFn, TextEncoding};
pub use ndarray;
pub use num_complex::{Complex32, Complex64};
pub use packed::ByteOrder;
pub use reduce::{Cells, ReduceParams, Reduction, Rows, State, reduction, reduction_names};
pub use region::{Region, Shape};
pub use same::same_values;
pub use scalar::Scalar;
pub use selection::{Pick, Selection};
pub use text::Text;
pub use watch::{Watch, go_on, watch, watched};
pub use zip::{ZipOp, choose, choose_type};
