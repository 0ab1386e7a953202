//! Little-endian numbers appended to a buffer.

/// Bytes of a structure under construction.
#[derive(Clone, Debug, Default)]
pub(super) struct Encoder(Vec<u8>);

impl Encoder {
    pub(super) fn new() -> Self {
        Self::default()
    }

    pub(super) fn u8(mut self, v: u8) -> Self {
        self.0.push(v);
        self
    }

    pub(super) fn u16(self, v: u16) -> Self {
        self.bytes(&v.to_le_bytes())
    }

    pub(super) fn u32(self, v: u32) -> Self {
        self.bytes(&v.to_le_bytes())
    }

    pub(super) fn u64(self, v: u64) -> Self {
        self.bytes(&v.to_le_bytes())
    }

    /// The `n` low bytes of a number.
    pub(super) fn uint(self, v: u64, n: usize) -> Self {
        let all = v.to_le_bytes();
        let part = all.get(..n).unwrap_or(&all);
        self.bytes(part)
    }

    pub(super) fn bytes(mut self, v: &[u8]) -> Self {
        self.0.extend_from_slice(v);
        self
    }

    /// Text with a closing NUL.
    pub(super) fn name(self, v: &str) -> Self {
        self.bytes(v.as_bytes()).u8(0)
    }

    /// NULs up to a length, if shorter.
    pub(super) fn pad_to(mut self, len: usize) -> Self {
        if self.0.len() < len {
            self.0.resize(len, 0);
        }
        self
    }

    pub(super) fn done(self) -> Vec<u8> {
        self.0
    }

    /// Closes a structure with the checksum of everything before it.
    pub(super) fn checksummed(self) -> Vec<u8> {
        let sum = crate::checksum::lookup3(&self.0);
        self.u32(sum).0
    }
}
