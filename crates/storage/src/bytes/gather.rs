//! Ranges of bytes that are far away, fetched together where they lie close to each other.

use std::collections::VecDeque;
use std::sync::Arc;

use graticule_array::Result;

use super::ByteSource;

/// Reading over a gap of this many bytes costs less than another round trip.
const GAP: u64 = 512 << 10;

/// The most bytes that are fetched by one read.
const MOST: u64 = 4 << 20;

/// Fetched pieces kept: ranges may be wanted in another order than they lie in.
const KEPT: usize = 2;

/// Reads ranges that are announced: those that lie close to each other by one read.
///
/// ```
/// use std::sync::Arc;
/// use graticule_storage::{ByteSource, CountingBytes, Gather, MemoryBytes};
/// let far = CountingBytes::new(Arc::new(MemoryBytes::new("far", vec![7; 1 << 20])));
/// let bytes: Arc<dyn ByteSource> = Arc::new(far.clone());
/// let mut gather = Gather::new(&bytes, (0..100).map(|n| (n * 1000, 900)).collect());
/// for n in 0..100 {
///     gather.read_at(n * 1000, &mut [0; 900])?;
/// }
/// assert_eq!(far.reads(), 1);
/// # Ok::<(), graticule_array::Error>(())
/// ```
#[derive(Debug)]
pub struct Gather<'a> {
    bytes: &'a Arc<dyn ByteSource>,
    /// Disjoint, in ascending order.
    pieces: Vec<Piece>,
    /// The numbers of the pieces that are kept, and their bytes; the oldest first.
    kept: VecDeque<(usize, Vec<u8>)>,
}

#[derive(Debug)]
struct Piece {
    start: u64,
    end: u64,
    fetched: bool,
}

impl<'a> Gather<'a> {
    /// Announces ranges, each a place and a number of bytes. What reaches beyond the end, or is
    /// large, is read by itself.
    #[must_use]
    pub fn new(bytes: &'a Arc<dyn ByteSource>, mut ranges: Vec<(u64, u64)>) -> Self {
        let all = bytes.len();
        ranges.retain(|(at, n)| *n <= MOST && at.checked_add(*n).is_some_and(|end| end <= all));
        ranges.sort_unstable();
        let mut pieces: Vec<Piece> = Vec::new();
        for (start, n) in ranges {
            let end = start + n;
            match pieces.last_mut() {
                Some(last)
                    if start <= last.end.saturating_add(GAP)
                        && end.saturating_sub(last.start) <= MOST =>
                {
                    last.end = last.end.max(end);
                }
                _ => pieces.push(Piece { start, end, fetched: false }),
            }
        }
        Self { bytes, pieces, kept: VecDeque::new() }
    }

    /// The most bytes that are held at a time.
    #[must_use]
    pub fn most_held() -> usize {
        (KEPT + 1) * MOST as usize
    }

    /// Fills `out` with the bytes from `at` on, announced or not.
    ///
    /// # Errors
    /// As [`ByteSource::read_at`].
    pub fn read_at(&mut self, at: u64, out: &mut [u8]) -> Result<()> {
        let end = at.saturating_add(out.len() as u64);
        let number = self.pieces.partition_point(|p| p.end < end);
        let piece = self.pieces.get_mut(number).filter(|p| p.start <= at && end <= p.end);
        let Some(piece) = piece else { return self.bytes.read_at(at, out) };
        let skip = (at - piece.start) as usize;
        let known = self.kept.iter().find(|(n, _)| *n == number);
        if let Some(part) = known.and_then(|(_, held)| held.get(skip..skip + out.len())) {
            out.copy_from_slice(part);
            return Ok(());
        }
        let n = (piece.end - piece.start) as usize;
        // One range alone; or one whose neighbours have been let go, which must not be fetched
        // again and again.
        if piece.fetched || n == out.len() {
            return self.bytes.read_at(at, out);
        }
        piece.fetched = true;
        let held = self.bytes.read_vec(piece.start, n)?;
        if let Some(part) = held.get(skip..skip + out.len()) {
            out.copy_from_slice(part);
        }
        if self.kept.len() >= KEPT {
            self.kept.pop_front();
        }
        self.kept.push_back((number, held));
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bytes::MemoryBytes;
    use crate::wrap::CountingBytes;

    #[test]
    fn any_range_is_what_lies_behind_and_neighbours_come_together() {
        let plain: Vec<u8> = (0..12_000_000u32).map(|i| (i * 7 + i / 256) as u8).collect();
        let counting = CountingBytes::new(Arc::new(MemoryBytes::new("b", plain.clone())));
        let bytes: Arc<dyn ByteSource> = Arc::new(counting.clone());
        let mut n = 12345u64;
        let mut chance = |below: u64| {
            n = n.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (n >> 20) % below
        };
        for _ in 0..15 {
            let ranges: Vec<(u64, u64)> = (0..40u64)
                .map(|k| (chance(12_000_000), chance(if k % 3 == 0 { 9 } else { 300_000 })))
                .collect();
            let mut gather = Gather::new(&bytes, ranges.clone());
            for (at, n) in ranges.into_iter().chain([(5, 10), (0, 5_000_000)]) {
                let mut out = vec![0; n as usize];
                let wanted = plain.get(at as usize..(at + n) as usize);
                match gather.read_at(at, &mut out) {
                    Ok(()) => assert_eq!(Some(out.as_slice()), wanted),
                    Err(_) => assert!(wanted.is_none()),
                }
            }
            let held: usize = gather.kept.iter().map(|(_, held)| held.len()).sum();
            assert!(held <= Gather::most_held());
        }
        // Neighbours that are wanted backwards, far beyond what is kept: never fetched twice.
        counting.reset();
        let ranges: Vec<_> = (0..120u64).map(|n| (n * 100_000, 100_000)).collect();
        let mut gather = Gather::new(&bytes, ranges.clone());
        for (at, n) in ranges.iter().rev() {
            gather.read_at(*at, &mut vec![0; *n as usize]).unwrap();
        }
        assert_eq!((counting.reads(), counting.bytes()), (3, 12_000_000));
    }
}
