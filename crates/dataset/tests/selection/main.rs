//! Selection and indexes against brute force, through the public interface.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]

mod indexes;
mod mistakes;
mod oracle;
mod reads;
mod stacking;
mod toy_radar;
