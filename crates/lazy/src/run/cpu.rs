//! Processor time of the calling thread.

use std::fs;
use std::time::Duration;

/// Processor time of the calling thread so far; zero where the system does not say.
pub(super) fn thread_time() -> Duration {
    let text = fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    let nanos = text.split_whitespace().next().and_then(|t| t.parse().ok()).unwrap_or(0);
    Duration::from_nanos(nanos)
}
