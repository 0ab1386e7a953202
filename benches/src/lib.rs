//! Benchmarks of the public API beside their Python and CDO equivalents: see `run.sh`.
