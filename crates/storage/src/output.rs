//! The file under construction: hidden under another name until it is complete.

use std::fs::{File, OpenOptions};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use graticule_array::{Error, Result};

/// How many names are tried for the temporary file.
const ATTEMPTS: u32 = 1000;

/// A file that many threads fill at places of their own. It gets its name when it is finished,
/// and is removed when it is dropped before.
#[derive(Debug)]
pub struct OutputFile {
    file: File,
    target: PathBuf,
    temporary: PathBuf,
    end: AtomicU64,
    closed: AtomicBool,
}

impl OutputFile {
    /// Begins a file whose first `reserved` bytes have their place already.
    ///
    /// # Errors
    /// If the folder cannot be written, or `target` is a folder itself.
    pub fn create(target: &Path, reserved: u64) -> Result<Self> {
        if target.is_dir() {
            return Err(Error::io("is a directory, not a file to write").in_file(target));
        }
        let Some(name) = target.file_name() else {
            return Err(Error::invalid("not the name of a file").in_file(target));
        };
        let folder = match target.parent() {
            Some(p) if !p.as_os_str().is_empty() => p,
            _ => Path::new("."),
        };
        let pid = std::process::id();
        // Names of files have limited lengths.
        let stem: String = name.to_string_lossy().chars().take(40).collect();
        for attempt in 0..ATTEMPTS {
            let hidden = format!(".{stem}.graticule-{pid}-{attempt}.tmp");
            let temporary = folder.join(hidden);
            match OpenOptions::new().read(true).write(true).create_new(true).open(&temporary) {
                Ok(file) => {
                    let (end, closed) = (AtomicU64::new(reserved), AtomicBool::new(false));
                    let target = target.to_path_buf();
                    return Ok(Self { file, target, temporary, end, closed });
                }
                Err(e) if e.kind() == ErrorKind::AlreadyExists => {}
                Err(e) => {
                    let folder = folder.display();
                    let why = format!("cannot create a file in the folder \"{folder}\"");
                    return Err(Error::io(why).caused_by(e).in_file(target));
                }
            }
        }
        Err(Error::io("too many unfinished files of this name lie beside it").in_file(target))
    }

    /// The final name.
    #[must_use]
    pub fn target(&self) -> &Path {
        &self.target
    }

    /// Takes `len` bytes at the end of the file, and says where.
    pub fn allocate(&self, len: u64) -> u64 {
        // Structures of HDF5 want to begin at multiples of 8.
        self.end.fetch_add(len.next_multiple_of(8), Ordering::Relaxed)
    }

    /// Writes bytes at their place.
    ///
    /// # Errors
    /// If the device refuses, or the file is finished or given up.
    pub fn write(&self, at: u64, bytes: &[u8]) -> Result<()> {
        if self.closed.load(Ordering::Acquire) {
            return Err(
                Error::invalid("the file is already finished or given up").in_file(&self.target)
            );
        }
        self.write_all_at(bytes, at).map_err(|e| self.failed("cannot write", e))
    }

    #[cfg(unix)]
    fn write_all_at(&self, bytes: &[u8], at: u64) -> std::io::Result<()> {
        std::os::unix::fs::FileExt::write_all_at(&self.file, bytes, at)
    }

    #[cfg(windows)]
    fn write_all_at(&self, mut bytes: &[u8], mut at: u64) -> std::io::Result<()> {
        while !bytes.is_empty() {
            let n = std::os::windows::fs::FileExt::seek_write(&self.file, bytes, at)?;
            if n == 0 {
                return Err(ErrorKind::WriteZero.into());
            }
            bytes = bytes.get(n..).unwrap_or_default();
            at += n as u64;
        }
        Ok(())
    }

    /// Appends bytes, and says where.
    ///
    /// # Errors
    /// As [`write`](Self::write).
    pub fn append(&self, bytes: &[u8]) -> Result<u64> {
        let at = self.allocate(bytes.len() as u64);
        self.write(at, bytes)?;
        Ok(at)
    }

    /// The end of everything allocated.
    #[must_use]
    pub fn end(&self) -> u64 {
        self.end.load(Ordering::Acquire)
    }

    /// Gives the file its length and its final name.
    ///
    /// # Errors
    /// If the device refuses.
    pub fn finish(&self) -> Result<()> {
        let end = self.end();
        self.file.set_len(end).map_err(|e| self.failed("cannot set the length", e))?;
        self.closed.store(true, Ordering::Release);
        std::fs::rename(&self.temporary, &self.target)
            .map_err(|e| self.failed("cannot give the finished file its name", e))
            .inspect_err(|_| self.closed.store(false, Ordering::Release))
    }

    /// Stops all writing and removes the unfinished file.
    pub fn abandon(&self) {
        if !self.closed.swap(true, Ordering::AcqRel) {
            // The file is ours and useless; nothing can be done if it cannot be removed.
            let _ = std::fs::remove_file(&self.temporary);
        }
    }

    fn failed(&self, what: &str, e: std::io::Error) -> Error {
        Error::io(what).caused_by(e).in_file(&self.target)
    }
}

impl Drop for OutputFile {
    fn drop(&mut self) {
        self.abandon();
    }
}
