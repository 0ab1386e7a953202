//! Sources around sources: to count, to fail, to slow down.

mod counting;
mod failing;
mod throttled;

pub use counting::{CountingBytes, CountingSource};
pub use failing::FailingSource;
pub use throttled::ThrottledSource;
