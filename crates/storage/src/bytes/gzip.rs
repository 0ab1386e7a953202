//! Files compressed as a whole: unpacked before they are opened, for they know no places.

use std::fs::File;
use std::io::{BufReader, Read, Write};
use std::sync::Arc;

use flate2::bufread::MultiGzDecoder;
use graticule_array::{Error, Result};
use tempfile::{NamedTempFile, TempPath};

use super::{ByteSource, FileBytes, HandlePool, MemoryBytes};
use crate::location::Location;

const MAGIC: [u8; 3] = [0x1f, 0x8b, 8];

/// Up to this size unpacked bytes stay in memory: an archive of thousands of files must not.
const IN_MEMORY: usize = 256 << 10;

/// Bytes fetched and unpacked at a time.
const STEP: usize = 64 << 10;

/// DEFLATE cannot do better than this.
const BEST_RATIO: u64 = 1032;

/// Whether these first bytes are those of a file compressed with gzip.
#[must_use]
pub fn is_packed(first: &[u8]) -> bool {
    first.starts_with(&MAGIC)
}

/// Unpacks a file compressed with gzip; others are given back as they are. Small files stay in
/// memory, larger ones become a temporary file that goes when the last user does.
///
/// # Errors
/// If more than `at_most` bytes come out, the bytes are damaged, or there is no room for the
/// temporary file.
pub fn unpack(
    bytes: Arc<dyn ByteSource>,
    at_most: u64,
    pool: &Arc<HandlePool>,
) -> Result<Arc<dyn ByteSource>> {
    let mut magic = [0; 3];
    if bytes.len() < 3 || bytes.read_at(0, &mut magic).is_err() || magic != MAGIC {
        return Ok(bytes);
    }
    unpacked(&bytes, at_most, pool).map_err(|e| e.in_file(bytes.location().path()))
}

fn unpacked(
    bytes: &Arc<dyn ByteSource>,
    at_most: u64,
    pool: &Arc<HandlePool>,
) -> Result<Arc<dyn ByteSource>> {
    let at_most = at_most.min(bytes.len().saturating_mul(BEST_RATIO));
    let mut decoder =
        MultiGzDecoder::new(BufReader::with_capacity(STEP, Stream { bytes: &**bytes, at: 0 }));
    let mut step = vec![0; STEP];
    let mut memory = Vec::new();
    let mut spilled: Option<NamedTempFile> = None;
    let mut total = 0u64;
    loop {
        let n = decoder.read(&mut step).map_err(|e| damaged(&e))?;
        if n == 0 {
            break;
        }
        total = total.saturating_add(n as u64);
        if total > at_most {
            return Err(Error::unsupported(format!("it unpacks to more than {at_most} bytes"))
                .hint("allow more with OpenOptions::unpacked, or decompress the file first"));
        }
        let part = step.get(..n).unwrap_or_default();
        match &mut spilled {
            None if memory.len() + n <= IN_MEMORY => memory.extend_from_slice(part),
            None => {
                let mut file = NamedTempFile::with_prefix("graticule-").map_err(|e| no_room(&e))?;
                file.write_all(&memory).map_err(|e| no_room(&e))?;
                file.write_all(part).map_err(|e| no_room(&e))?;
                memory = Vec::new();
                spilled = Some(file);
            }
            Some(file) => file.write_all(part).map_err(|e| no_room(&e))?,
        }
    }
    let place = bytes.location().clone();
    let fingerprint = bytes.fingerprint();
    let held = match spilled {
        None => Held::Memory(MemoryBytes::new("", memory)),
        Some(file) => {
            let (file, path): (File, TempPath) = file.into_parts();
            file.sync_data().ok();
            drop(file);
            Held::File(FileBytes::open(&Location::new(path.to_path_buf()), pool)?, path)
        }
    };
    Ok(Arc::new(Unpacked { held, place, fingerprint }))
}

fn damaged(error: &std::io::Error) -> Error {
    Error::corrupt(format!("it is compressed with gzip and cannot be unpacked: {error}"))
}

fn no_room(error: &std::io::Error) -> Error {
    Error::io(format!(
        "cannot keep what it unpacks to in {}: {error}",
        std::env::temp_dir().display()
    ))
    .hint("set TMPDIR to a folder with more room")
}

/// Bytes from the first on.
struct Stream<'a> {
    bytes: &'a dyn ByteSource,
    at: u64,
}

impl Read for Stream<'_> {
    fn read(&mut self, out: &mut [u8]) -> std::io::Result<usize> {
        let left = usize::try_from(self.bytes.len().saturating_sub(self.at)).unwrap_or(usize::MAX);
        let n = out.len().min(left);
        let part = out.get_mut(..n).unwrap_or_default();
        self.bytes.read_at(self.at, part).map_err(|e| std::io::Error::other(e.to_string()))?;
        self.at += n as u64;
        Ok(n)
    }
}

/// What a compressed file unpacks to, under the file's own name.
#[derive(Debug)]
struct Unpacked {
    held: Held,
    place: Location,
    fingerprint: (u64, i128),
}

#[derive(Debug)]
enum Held {
    Memory(MemoryBytes),
    /// The file goes with the path.
    File(FileBytes, #[allow(dead_code)] TempPath),
}

impl ByteSource for Unpacked {
    fn len(&self) -> u64 {
        match &self.held {
            Held::Memory(bytes) => bytes.len(),
            Held::File(bytes, _) => bytes.len(),
        }
    }

    fn read_at(&self, at: u64, out: &mut [u8]) -> Result<()> {
        match &self.held {
            Held::Memory(bytes) => bytes.read_at(at, out),
            Held::File(bytes, _) => bytes.read_at(at, out),
        }
    }

    fn location(&self) -> &Location {
        &self.place
    }

    fn is_near(&self) -> bool {
        true
    }

    fn fingerprint(&self) -> (u64, i128) {
        self.fingerprint
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use flate2::{Compression, write::GzEncoder};

    fn packed(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    fn open(packed: Vec<u8>, at_most: u64) -> Result<Arc<dyn ByteSource>> {
        unpack(Arc::new(MemoryBytes::new("a.nc.gz", packed)), at_most, &Arc::default())
    }

    #[test]
    fn small_and_large_files_unpack() {
        for n in [0usize, 10, IN_MEMORY, IN_MEMORY + 1, 3 * IN_MEMORY] {
            let plain: Vec<u8> = (0..n).map(|i| ((i * i) >> 3) as u8).collect();
            let bytes = open(packed(&plain), u64::MAX).unwrap();
            assert_eq!(bytes.location().to_string(), "a.nc.gz");
            assert_eq!(bytes.read_vec(0, n).unwrap(), plain);
            assert!(bytes.read_vec(0, n + 1).unwrap_err().is_corrupt());
        }
    }

    #[test]
    fn members_one_after_the_other_are_one_file() {
        let both = [packed(b"first "), packed(b"second")].concat();
        let bytes = open(both, 100).unwrap();
        assert_eq!(bytes.read_vec(0, 12).unwrap(), b"first second");
    }

    #[test]
    fn the_limit_holds_and_damage_is_told() {
        let bomb = packed(&vec![0; 10 << 20]);
        assert!(bomb.len() < 100_000);
        let error = open(bomb.clone(), 1 << 20).unwrap_err();
        assert!(error.is_unsupported(), "{error}");
        assert!(error.to_string().contains("a.nc.gz"), "{error}");
        let cut = bomb.get(..bomb.len() / 2).unwrap().to_vec();
        assert!(open(cut, u64::MAX).unwrap_err().is_corrupt());
    }

    #[test]
    fn the_temporary_file_goes_with_its_last_user() {
        let bytes = Arc::new(MemoryBytes::new("a.gz", packed(&vec![7; 2 * IN_MEMORY])));
        let pool = Arc::default();
        let bytes: Arc<dyn ByteSource> = bytes;
        let unpacked = unpacked(&bytes, u64::MAX, &pool).unwrap();
        let text = format!("{unpacked:?}");
        let from = text.find("graticule-").unwrap();
        let name: String = text.get(from..).unwrap().chars().take_while(|c| *c != '"').collect();
        let path = std::env::temp_dir().join(name);
        assert!(path.exists());
        drop(unpacked);
        assert!(!path.exists());
    }
}
