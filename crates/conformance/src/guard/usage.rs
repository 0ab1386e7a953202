//! What a process has used, as `/proc` tells. Where there is none, nothing is known.

use std::time::Duration;

/// Ticks per second of the times in `/proc/<pid>/stat`: fixed in the interface of Linux.
const TICKS: u64 = 100;

fn status_kb(process: &str, field: &str) -> Option<u64> {
    let text = std::fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let line = text.lines().find_map(|l| l.strip_prefix(field))?;
    line.trim_start_matches(':').trim().trim_end_matches("kB").trim().parse().ok()
}

/// The memory a process holds now.
pub(crate) fn resident_kb(process: &str) -> Option<u64> {
    status_kb(process, "VmRSS")
}

/// The most memory a process has held since [`forget_peak`].
pub(crate) fn peak_kb(process: &str) -> Option<u64> {
    status_kb(process, "VmHWM")
}

/// Lets the peak of this process begin anew.
pub(crate) fn forget_peak() {
    // Without it the peak of an earlier entry would count again, which fails too much, not too
    // little; so there is nothing to do about an error.
    let _ = std::fs::write("/proc/self/clear_refs", "5");
}

/// The CPU time that a process has used.
pub(crate) fn cpu(process: &str) -> Option<Duration> {
    let text = std::fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    // The name, in parentheses, may hold anything; fields are counted behind it.
    let (_, rest) = text.rsplit_once(')')?;
    let mut fields = rest.split_whitespace().skip(11);
    let user: u64 = fields.next()?.parse().ok()?;
    let system: u64 = fields.next()?.parse().ok()?;
    Some(Duration::from_millis((user + system) * 1000 / TICKS))
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn growth_shows_in_the_peak() {
        forget_peak();
        let before = resident_kb("self").unwrap();
        let block = vec![1u8; 64 << 20];
        assert!(std::hint::black_box(&block).contains(&1));
        drop(block);
        assert!(peak_kb("self").unwrap() > before + (60 << 10));
        assert!(cpu("self").is_some());
    }
}
