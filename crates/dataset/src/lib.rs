//! TITLE dataset
