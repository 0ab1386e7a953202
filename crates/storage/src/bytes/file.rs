//! Files whose handles are pooled: any number can be known, few are open.

use std::collections::HashMap;
use std::fs::File;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use graticule_array::{Error, Result};

use super::ByteSource;
use crate::location::Location;

/// How many handles a pool keeps open by default, where the process may have many more.
const DEFAULT_HANDLES: usize = 100;

/// Keeps the handles of the files used last.
#[derive(Debug)]
pub struct HandlePool {
    capacity: usize,
    state: Mutex<PoolState>,
}

#[derive(Debug, Default)]
struct PoolState {
    clock: u64,
    open: HashMap<PathBuf, (Arc<File>, u64)>,
}

impl Default for HandlePool {
    /// At most half of the files that the process may have open, so that there is room for
    /// others.
    fn default() -> Self {
        let limits = std::fs::read_to_string("/proc/self/limits").unwrap_or_default();
        Self::new(open_files(&limits).map_or(DEFAULT_HANDLES, |n| DEFAULT_HANDLES.min(n / 2)))
    }
}

/// The soft limit of open files, from the text of `/proc/self/limits`.
fn open_files(limits: &str) -> Option<usize> {
    let line = limits.lines().find_map(|l| l.strip_prefix("Max open files"))?;
    line.split_whitespace().next()?.parse().ok()
}

impl HandlePool {
    /// A pool of at most `capacity` idle handles.
    #[must_use]
    pub fn new(capacity: usize) -> Self {
        Self { capacity: capacity.max(1), state: Mutex::default() }
    }

    fn lock(&self) -> MutexGuard<'_, PoolState> {
        // The state is valid between any two statements, so poison carries no news.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn get(&self, path: &PathBuf) -> Result<Arc<File>> {
        {
            let mut state = self.lock();
            state.clock += 1;
            let now = state.clock;
            if let Some((file, used)) = state.open.get_mut(path) {
                *used = now;
                return Ok(file.clone());
            }
        }
        let file = Arc::new(File::open(path).map_err(|e| Error::from(e).in_file(path))?);
        let mut state = self.lock();
        while state.open.len() >= self.capacity {
            let oldest = state.open.iter().min_by_key(|(_, (_, used))| *used);
            let Some(oldest) = oldest.map(|(p, _)| p.clone()) else { break };
            state.open.remove(&oldest);
        }
        let now = state.clock;
        state.open.insert(path.clone(), (file.clone(), now));
        Ok(file)
    }
}

/// A file on disk, opened when needed through a shared [`HandlePool`].
#[derive(Clone, Debug)]
pub struct FileBytes {
    location: Location,
    len: u64,
    changed: i128,
    pool: Arc<HandlePool>,
}

impl FileBytes {
    /// Looks up the file and remembers its length.
    ///
    /// # Errors
    /// If there is no such file, or it cannot be opened.
    pub fn open(location: &Location, pool: &Arc<HandlePool>) -> Result<Self> {
        let path = location.path();
        let file = pool.get(&path.to_path_buf())?;
        let meta = file.metadata().map_err(|e| Error::from(e).in_file(path))?;
        if meta.is_dir() {
            return Err(Error::invalid("this is a directory, not a file").in_file(path));
        }
        let changed =
            meta.modified().ok().and_then(|t| t.duration_since(std::time::UNIX_EPOCH).ok());
        Ok(Self {
            location: location.clone(),
            len: meta.len(),
            changed: changed.map_or(0, |d| d.as_nanos() as i128),
            pool: pool.clone(),
        })
    }
}

impl ByteSource for FileBytes {
    fn len(&self) -> u64 {
        self.len
    }

    fn read_at(&self, at: u64, out: &mut [u8]) -> Result<()> {
        let path = self.location.path();
        let file = self.pool.get(&path.to_path_buf())?;
        read_exact_at(&file, at, out).map_err(|e| Error::from(e).in_file(path))
    }

    fn location(&self) -> &Location {
        &self.location
    }

    fn fingerprint(&self) -> (u64, i128) {
        (self.len, self.changed)
    }
}

#[cfg(unix)]
fn read_exact_at(file: &File, at: u64, out: &mut [u8]) -> std::io::Result<()> {
    std::os::unix::fs::FileExt::read_exact_at(file, out, at)
}

#[cfg(windows)]
fn read_exact_at(file: &File, mut at: u64, mut out: &mut [u8]) -> std::io::Result<()> {
    while !out.is_empty() {
        let n = std::os::windows::fs::FileExt::seek_read(file, out, at)?;
        if n == 0 {
            return Err(std::io::ErrorKind::UnexpectedEof.into());
        }
        at += n as u64;
        out = out.get_mut(n..).unwrap_or_default();
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_limit_of_open_files_is_found() {
        let text = "Limit                     Soft Limit           Hard Limit           Units\n\
                    Max processes             7                    8                    processes\n\
                    Max open files            64                   1048576              files\n";
        assert_eq!(open_files(text), Some(64));
        assert_eq!(open_files(&text.replace("64  ", "unlimited")), None);
        assert_eq!(open_files(""), None);
    }
}
