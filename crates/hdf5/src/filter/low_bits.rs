//! A stream of bits, the lowest bit of a byte first; behind its end there are zeros.

/// A position in such a stream.
pub(super) struct LowBits<'a> {
    bytes: &'a [u8],
    /// Bits taken from `bytes`, and those not yet handed out.
    next: usize,
    held: u64,
    left: u32,
}

impl<'a> LowBits<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, next: 0, held: 0, left: 0 }
    }

    /// How many bits have been read, those behind the end among them.
    pub(super) fn position(&self) -> u64 {
        (self.next as u64).saturating_mul(8) - u64::from(self.left)
    }

    fn refill(&mut self) {
        let word = self.bytes.get(self.next..self.next.saturating_add(8));
        self.held = match word.and_then(|w| w.first_chunk()) {
            Some(word) => u64::from_le_bytes(*word),
            None => {
                let rest = self.bytes.get(self.next..).unwrap_or_default();
                rest.iter().rev().fold(0, |n, b| n << 8 | u64::from(*b))
            }
        };
        self.next = self.next.saturating_add(8);
        self.left = 64;
    }

    /// The next `n` bits (64 at most) as a number.
    pub(super) fn read(&mut self, n: u32) -> u64 {
        let n = n.min(64);
        if n == 0 {
            return 0;
        }
        if self.left == 0 {
            self.refill();
        }
        let take = n.min(self.left);
        let mut value = self.take(take);
        if take < n {
            self.refill();
            value |= self.take(n - take) << take;
        }
        value
    }

    fn take(&mut self, n: u32) -> u64 {
        let value = if n == 64 { self.held } else { self.held & ((1 << n) - 1) };
        self.held = self.held.checked_shr(n).unwrap_or(0);
        self.left -= n;
        value
    }

    pub(super) fn bit(&mut self) -> bool {
        self.read(1) != 0
    }

    pub(super) fn skip(&mut self, n: usize) {
        for _ in 0..n / 64 {
            self.read(64);
        }
        self.read((n % 64) as u32);
    }
}
