//! TITLE cli
fn main() {}
