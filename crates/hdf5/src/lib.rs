//! TITLE hdf5

mod write;

pub use write::create;
