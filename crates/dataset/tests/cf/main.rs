//! What CF attributes mean to verbs: units, roles, methods, bounds.

mod bounds;
mod find;
mod units;
