//! The header as a stream: bytes are fetched as far as parsing gets.

use graticule_array::{ByteOrder, Error, Result};
use graticule_storage::{ByteSource, Cursor};

use crate::kind::Kind;

/// What is fetched first; most headers fit.
const FIRST: u64 = 8 << 10;

/// Larger headers are refused: they are not data, and would be held in memory several times.
const LARGEST: u64 = 64 << 20;

/// The three versions of the format; they differ in the width of numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Version {
    /// 32-bit offsets.
    Cdf1,
    /// 64-bit offsets.
    Cdf2,
    /// 64-bit offsets and counts.
    Cdf5,
}

impl Version {
    /// The version that the first four bytes of a file name.
    pub(crate) fn from_magic(first: &[u8]) -> Option<Self> {
        match first.get(..4)? {
            b"CDF\x01" => Some(Self::Cdf1),
            b"CDF\x02" => Some(Self::Cdf2),
            b"CDF\x05" => Some(Self::Cdf5),
            _ => None,
        }
    }
}

/// A position in the header of a file, whose bytes are fetched when they are needed.
pub(crate) struct Reader<'a> {
    source: &'a dyn ByteSource,
    version: Version,
    bytes: Vec<u8>,
    at: usize,
}

impl<'a> Reader<'a> {
    /// A reader behind the first four bytes, which name the version.
    pub(crate) fn new(source: &'a dyn ByteSource) -> Result<Self> {
        let mut reader = Self { source, version: Version::Cdf1, bytes: Vec::new(), at: 0 };
        let magic = reader.take(4)?;
        reader.version = Version::from_magic(magic)
            .ok_or_else(|| Error::corrupt("this is not a classic netCDF file"))?;
        Ok(reader)
    }

    pub(crate) fn version(&self) -> Version {
        self.version
    }

    /// The number of bytes of the file behind the position.
    pub(crate) fn remaining(&self) -> u64 {
        self.source.len().saturating_sub(self.at as u64)
    }

    /// The next `n` bytes.
    pub(crate) fn take(&mut self, n: u64) -> Result<&[u8]> {
        let end = (self.at as u64).saturating_add(n);
        if n > self.remaining() {
            return Err(Error::corrupt(format!(
                "the header ends too early: {n} bytes expected at {}, but the file has {}",
                self.at,
                self.source.len()
            )));
        }
        if end > LARGEST {
            return Err(Error::unsupported(format!("a header of more than {LARGEST} bytes")));
        }
        if end > self.bytes.len() as u64 {
            let have = self.bytes.len();
            let want = end.max(4 * have as u64).max(FIRST).min(self.source.len()).min(LARGEST);
            self.bytes.resize(want as usize, 0);
            let fresh = self.bytes.get_mut(have..).unwrap_or_default();
            self.source.read_at(have as u64, fresh)?;
        }
        let from = self.at;
        self.at = end as usize;
        self.bytes.get(from..self.at).ok_or_else(|| Error::bug("the header was not fetched"))
    }

    fn number(&mut self, width: u8) -> Result<u64> {
        let bytes = self.take(u64::from(width))?;
        Cursor::new(bytes, ByteOrder::Big).uint(usize::from(width))
    }

    /// A number of four bytes in every version: tags and types.
    pub(crate) fn word(&mut self) -> Result<u32> {
        Ok(self.number(4)? as u32)
    }

    /// A type.
    pub(crate) fn kind(&mut self) -> Result<Kind> {
        Kind::from_number(self.word()?)
    }

    /// A count, length or index: 8 bytes in CDF-5, else 4.
    pub(crate) fn count(&mut self) -> Result<u64> {
        self.number(if self.version == Version::Cdf5 { 8 } else { 4 })
    }

    /// A position in the file: 4 bytes in CDF-1, else 8.
    pub(crate) fn offset(&mut self) -> Result<u64> {
        self.number(if self.version == Version::Cdf1 { 4 } else { 8 })
    }

    /// `n` bytes and what pads them to a multiple of four. Padding that the end of the file
    /// cuts off is not missed.
    pub(crate) fn padded(&mut self, n: u64) -> Result<Vec<u8>> {
        let bytes = self.take(n)?.to_vec();
        let padding = n.next_multiple_of(4) - n;
        self.take(padding.min(self.remaining()))?;
        Ok(bytes)
    }

    /// A name. Names are UTF-8; bytes that are not are replaced. A NUL ends a name, as renaming
    /// to a shorter one leaves it.
    pub(crate) fn name(&mut self) -> Result<String> {
        let n = self.count()?;
        if n > self.remaining() {
            return Err(Error::corrupt(format!("a name of {n} bytes ends beyond the file")));
        }
        let bytes = self.padded(n)?;
        let name = bytes.split(|b| *b == 0).next().unwrap_or_default();
        if name.is_empty() {
            return Err(Error::corrupt("an empty name"));
        }
        Ok(String::from_utf8_lossy(name).into_owned())
    }

    /// The number of items of a list, each of which takes at least `least` bytes.
    pub(crate) fn list(&mut self, tag: u32, what: &str, least: u64) -> Result<u64> {
        let found = self.word()?;
        let n = self.count()?;
        if n == 0 {
            return Ok(0);
        }
        if found != tag {
            return Err(Error::corrupt(format!(
                "the list of {what} begins with the tag {found:#x}, expected {tag:#x}"
            )));
        }
        if n > self.remaining() / least {
            return Err(Error::corrupt(format!(
                "{n} {what} cannot stand in the {} bytes that are left",
                self.remaining()
            )));
        }
        Ok(n)
    }
}
