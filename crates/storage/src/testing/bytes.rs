//! The promises of [`ByteSource`].

use graticule_array::{Error, Result};

use crate::bytes::ByteSource;

/// Checks a byte source against the bytes it should hold: ranges of all kinds, ends, several
/// threads, and errors for what lies beyond.
///
/// # Errors
/// The first promise that is broken.
pub fn bytes_suite(source: &dyn ByteSource, expected: &[u8]) -> Result<()> {
    let n = expected.len();
    if source.len() != n as u64 || source.is_empty() != expected.is_empty() {
        return Err(broken(format!("expected {n} bytes, the source says {}", source.len())));
    }
    if source.fingerprint() != source.fingerprint() {
        return Err(broken("the fingerprint of an unchanged source changes"));
    }
    let ranges = [(0, n), (0, 0), (n, 0), (0, n.min(1)), (n.saturating_sub(1), n.min(1))];
    let ranges = ranges.into_iter().chain((1..20).map(|k| (n * k / 20, (n / 20).min(n / k))));
    let ranges: Vec<(usize, usize)> = ranges.filter(|(at, len)| at + len <= n).collect();
    let all = || ranges.iter().try_for_each(|range| check_range(source, expected, *range));
    std::thread::scope(|scope| {
        let threads: Vec<_> = (0..4).map(|_| scope.spawn(all)).collect();
        threads
            .into_iter()
            .try_for_each(|t| t.join().unwrap_or_else(|_| Err(broken("a read panicked"))))
    })?;
    for (at, len) in [(n as u64, 1), (0, n + 1), (u64::MAX, 1), (u64::MAX - 1, 7)] {
        if source.read_at(at, &mut vec![0; len]).is_ok() || source.read_vec(at, len).is_ok() {
            return Err(broken(format!("{len} bytes at {at} of {n} were read")));
        }
    }
    // Refused before memory is taken for it.
    if source.read_vec(0, usize::MAX).is_ok() {
        return Err(broken("more bytes than memory has were read"));
    }
    Ok(())
}

fn broken(what: impl Into<String>) -> Error {
    Error::mismatch(what)
}

fn check_range(source: &dyn ByteSource, expected: &[u8], (at, len): (usize, usize)) -> Result<()> {
    let wanted = expected.get(at..at + len).unwrap_or_default();
    let mut out = vec![0xa5; len];
    source.read_at(at as u64, &mut out)?;
    if out != wanted || source.read_vec(at as u64, len)? != wanted {
        return Err(broken(format!("the {len} bytes at {at} differ")));
    }
    Ok(())
}
