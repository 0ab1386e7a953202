//! What CF attributes mean to verbs: units, roles, methods, bounds, flags, mappings, formulas.

// A test may fail by panic.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]

mod audit;
mod bounds;
mod crs;
mod dialects;
mod examples;
mod features;
mod find;
mod find_documented;
mod flags;
mod formulas;
mod geometries;
mod projections;
mod report;
mod roms;
mod units;
mod wkt;
