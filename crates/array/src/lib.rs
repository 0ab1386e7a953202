//! Dynamically typed N-d arrays, their kernels, reductions and chunk geometry.
//!
//! Everything generic over the element type ends here: above this crate an element type is a
//! value, [`DType`], and an array is one type, [`Array`].

mod array;
mod array_mut;
mod buffer;
mod dtype;
mod element;
mod error;
mod grid;
mod packed;
mod region;
mod scalar;
mod selection;
mod text;

pub use array::Array;
pub use array_mut::ArrayMut;
pub use dtype::{DType, Field, MISSING_TICK, RecordType, TimeType};
pub use element::Element;
pub use error::{Error, Result, did_you_mean, nearest_names};
pub use grid::{BlockRange, ChunkGrid, DimChunks};
pub use half::f16;
pub use ndarray;
pub use num_complex::{Complex32, Complex64};
pub use packed::ByteOrder;
pub use region::{Region, Shape};
pub use scalar::Scalar;
pub use selection::{Pick, Selection};
pub use text::Text;
