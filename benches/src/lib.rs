//! Benchmarks, run by hand: see `README.md` beside this crate's manifest.

mod clock;
#[cfg(feature = "libnetcdf")]
pub mod peers;

pub use clock::{process_cpu, thread_cpu};
