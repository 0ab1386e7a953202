//! The engine seen from outside: laws over random expressions, what is read, what fails.

mod access;
mod failures;
mod laws;
mod random;
