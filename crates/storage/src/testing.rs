//! What every implementation of the contracts must do, as functions that its tests call.
//!
//! A suite returns the first broken promise as an error, so a test just unwraps it.
//!
//! ```
//! use graticule_array::Array;
//! use graticule_storage::{MemorySource, testing::source_suite};
//! let data = Array::from_vec(vec![2, 3], vec![1i16, 2, 3, 4, 5, 6])?;
//! source_suite(&MemorySource::new(data.clone()), &data)?;
//! # Ok::<(), graticule_array::Error>(())
//! ```

mod boxes;
mod bytes;
mod source;

pub use boxes::sample_boxes;
pub use bytes::bytes_suite;
pub use source::source_suite;
