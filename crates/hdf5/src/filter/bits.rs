//! Bits from the most significant one on.

use graticule_array::{Error, Result};

/// A position in a stream of bits.
#[derive(Debug)]
pub(super) struct Bits<'a> {
    rest: &'a [u8],
    /// The next bits, right-aligned, and how many there are.
    held: u64,
    count: u32,
}

fn short() -> Error {
    Error::corrupt("the bits end too early")
}

impl<'a> Bits<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes, held: 0, count: 0 }
    }

    fn refill(&mut self) {
        while self.count <= 56 {
            let Some((first, rest)) = self.rest.split_first() else { return };
            self.held = self.held << 8 | u64::from(*first);
            self.count += 8;
            self.rest = rest;
        }
    }

    /// The next `n` bits, 64 at most.
    pub(super) fn take(&mut self, n: u32) -> Result<u64> {
        if n > 32 {
            let high = self.take(n - 32)?;
            return Ok(high << 32 | self.take(32)?);
        }
        if self.count < n {
            self.refill();
        }
        self.count = self.count.checked_sub(n).ok_or_else(short)?;
        Ok(self.held >> self.count & ((1u64 << n) - 1))
    }

    /// The number of zeros before the next one, which is passed over too.
    pub(super) fn zeros(&mut self) -> Result<u64> {
        let mut total = 0u64;
        loop {
            if self.count == 0 {
                self.refill();
                if self.count == 0 {
                    return Err(short());
                }
            }
            let left = self.held & (u64::MAX >> (64 - self.count));
            if left == 0 {
                total += u64::from(self.count);
                self.count = 0;
                continue;
            }
            let zeros = left.leading_zeros() - (64 - self.count);
            self.count -= zeros + 1;
            return Ok(total + u64::from(zeros));
        }
    }
}
