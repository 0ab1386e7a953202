//! Grid mappings as well-known text (OGC 18-010r7, "WKT2"), and from it or its predecessor.

mod methods;
mod read;
mod tree;
mod write;

pub(super) use read::read;
pub(super) use write::write;
