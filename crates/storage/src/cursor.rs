//! Checked reading of numbers and slices: the one place where parsers meet bytes.

use graticule_array::{ByteOrder, Error, Result};

/// A position in a slice of bytes. Every read is checked; none panics.
///
/// ```
/// use graticule_array::ByteOrder;
/// use graticule_storage::Cursor;
/// let mut c = Cursor::new(&[1, 0, 0, 0, b'x'], ByteOrder::Little);
/// assert_eq!(c.u32()?, 1);
/// assert_eq!(c.take(1)?, b"x");
/// assert!(c.u8().unwrap_err().is_corrupt());
/// # Ok::<(), graticule_array::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Cursor<'a> {
    bytes: &'a [u8],
    at: usize,
    order: ByteOrder,
}

macro_rules! numbers {
    ($($name:ident)*) => {$(
        #[doc = concat!("The next number, a `", stringify!($name), "`.")]
        ///
        /// # Errors
        /// If the bytes end first.
        pub fn $name(&mut self) -> Result<$name> {
            let mut raw = [0; size_of::<$name>()];
            raw.copy_from_slice(self.take(size_of::<$name>())?);
            Ok(match self.order {
                ByteOrder::Little => $name::from_le_bytes(raw),
                ByteOrder::Big => $name::from_be_bytes(raw),
            })
        }
    )*};
}

impl<'a> Cursor<'a> {
    /// A cursor at the beginning of `bytes`, which reads numbers in this order.
    #[must_use]
    pub fn new(bytes: &'a [u8], order: ByteOrder) -> Self {
        Self { bytes, at: 0, order }
    }

    numbers!(u8 i8 u16 i16 u32 i32 u64 i64 f32 f64);

    /// The next `n` bytes.
    ///
    /// # Errors
    /// If the bytes end first.
    pub fn take(&mut self, n: usize) -> Result<&'a [u8]> {
        let end = self.at.checked_add(n);
        let part = end.and_then(|e| self.bytes.get(self.at..e)).ok_or_else(|| {
            Error::corrupt(format!(
                "{n} bytes expected at {} of a structure of {}",
                self.at,
                self.bytes.len()
            ))
        })?;
        self.at += n;
        Ok(part)
    }

    /// An unsigned little- or big-endian number of 0 to 8 bytes.
    ///
    /// # Errors
    /// If the bytes end first or `width` is above 8.
    pub fn uint(&mut self, width: usize) -> Result<u64> {
        let raw = self.take(width)?;
        if width > 8 {
            return Err(Error::corrupt(format!("a number of {width} bytes")));
        }
        let join = |n: u64, b: &u8| (n << 8) | u64::from(*b);
        Ok(match self.order {
            ByteOrder::Little => raw.iter().rev().fold(0, join),
            ByteOrder::Big => raw.iter().fold(0, join),
        })
    }

    /// A number that [`push_varint`] wrote.
    ///
    /// # Errors
    /// If the bytes end first, or the number does not fit.
    pub fn varint(&mut self) -> Result<u64> {
        let mut n = 0u64;
        for shift in (0..70).step_by(7) {
            let byte = self.u8()?;
            let bits = u64::from(byte & 0x7f);
            if shift == 63 && bits > 1 {
                break;
            }
            n |= bits << shift;
            if byte & 0x80 == 0 {
                return Ok(n);
            }
        }
        Err(Error::corrupt("a number is too long"))
    }

    /// A [`varint`](Self::varint) and as many bytes.
    ///
    /// # Errors
    /// If the bytes end first.
    pub fn counted(&mut self) -> Result<&'a [u8]> {
        let n = self.varint()?;
        self.take(usize::try_from(n).unwrap_or(usize::MAX))
    }

    /// Passes over `n` bytes.
    ///
    /// # Errors
    /// If the bytes end first.
    pub fn skip(&mut self, n: usize) -> Result<()> {
        self.take(n).map(|_| ())
    }

    /// Passes over bytes until the position is a multiple of `n` (0 and 1: stays).
    ///
    /// # Errors
    /// If the bytes end first.
    pub fn align(&mut self, n: usize) -> Result<()> {
        match self.at.checked_rem(n) {
            None | Some(0) => Ok(()),
            Some(over) => self.skip(n - over),
        }
    }

    /// The position.
    #[must_use]
    pub fn position(&self) -> usize {
        self.at
    }

    /// Moves to a position.
    ///
    /// # Errors
    /// If it lies beyond the end.
    pub fn seek(&mut self, at: usize) -> Result<()> {
        if at > self.bytes.len() {
            return Err(Error::corrupt(format!(
                "position {at} lies beyond {} bytes",
                self.bytes.len()
            )));
        }
        self.at = at;
        Ok(())
    }

    /// The bytes that are left.
    #[must_use]
    pub fn rest(&self) -> &'a [u8] {
        self.bytes.get(self.at..).unwrap_or_default()
    }

    /// How many bytes are left.
    #[must_use]
    pub fn remaining(&self) -> usize {
        self.bytes.len().saturating_sub(self.at)
    }
}

/// Appends a number that is mostly small: seven bits a byte, the lowest first.
///
/// ```
/// use graticule_array::ByteOrder;
/// use graticule_storage::{Cursor, push_varint};
/// let mut bytes = Vec::new();
/// for n in [5, 300, u64::MAX] {
///     push_varint(&mut bytes, n);
/// }
/// assert_eq!(bytes.len(), 1 + 2 + 10);
/// let mut c = Cursor::new(&bytes, ByteOrder::Little);
/// assert_eq!([c.varint()?, c.varint()?, c.varint()?], [5, 300, u64::MAX]);
/// # Ok::<(), graticule_array::Error>(())
/// ```
pub fn push_varint(out: &mut Vec<u8>, mut n: u64) {
    while n >= 0x80 {
        out.push(n as u8 | 0x80);
        n >>= 7;
    }
    out.push(n as u8);
}

/// Appends bytes behind their number, as [`Cursor::counted`] takes them.
pub fn push_counted(out: &mut Vec<u8>, bytes: &[u8]) {
    push_varint(out, bytes.len() as u64);
    out.extend_from_slice(bytes);
}
