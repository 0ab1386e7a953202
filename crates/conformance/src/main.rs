//! TITLE conformance
fn main() {}
