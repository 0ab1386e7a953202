//! Kernels against NumPy's results and against their laws.

mod golden;
mod laws;
mod missing;
mod reduce;
mod spread;
mod text;
mod times;
