//! Files whose handles are pooled: any number can be known, few are open.

use std::collections::{HashMap, HashSet};
use std::fs::{File, Metadata};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::UNIX_EPOCH;

use graticule_array::{Error, Result, watch};

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
    open: HashMap<Arc<Identity>, (Arc<File>, u64)>,
    /// Files that had changed when their handles were given up.
    changed: HashSet<Arc<Identity>>,
    /// The files that were read for each account that is open.
    accounts: HashMap<u64, HashSet<Arc<Identity>>>,
    last_account: u64,
}

/// What tells a file from another that takes its place under the same name.
#[derive(Debug, PartialEq, Eq, Hash)]
struct Identity {
    location: Location,
    inode: u64,
    len: u64,
    changed: i128,
}

impl Identity {
    fn of(location: &Location, meta: &Metadata) -> Self {
        let changed = meta.modified().ok().and_then(|t| t.duration_since(UNIX_EPOCH).ok());
        Self {
            location: location.clone(),
            inode: inode(meta),
            len: meta.len(),
            changed: changed.map_or(0, |d| d.as_nanos() as i128),
        }
    }

    /// Whether a file is what it was, and no other has taken its place. One that was only removed
    /// still is.
    fn still_is(&self, file: &File) -> bool {
        let Ok(meta) = file.metadata() else { return true };
        let same = Self::of(&self.location, &meta) == *self;
        same && !(is_removed(&meta) && self.location.path().exists())
    }
}

#[cfg(unix)]
fn inode(meta: &Metadata) -> u64 {
    std::os::unix::fs::MetadataExt::ino(meta)
}

#[cfg(not(unix))]
fn inode(_: &Metadata) -> u64 {
    0
}

/// Whether no name leads to a file any more.
#[cfg(unix)]
fn is_removed(meta: &Metadata) -> bool {
    std::os::unix::fs::MetadataExt::nlink(meta) == 0
}

#[cfg(not(unix))]
fn is_removed(_: &Metadata) -> bool {
    false
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

    fn get(&self, of: &Arc<Identity>) -> Result<Arc<File>> {
        let account = watch().map_or(0, |watch| watch.account());
        {
            let mut state = self.lock();
            state.clock += 1;
            let now = state.clock;
            if let Some(read) = state.accounts.get_mut(&account)
                && !read.contains(of)
            {
                read.insert(of.clone());
            }
            if let Some((file, used)) = state.open.get_mut(of) {
                *used = now;
                return Ok(file.clone());
            }
        }
        let (file, found) = open(&of.location)?;
        if found != **of {
            return Err(changed(of));
        }
        Ok(self.keep(of, file))
    }

    /// Begins to keep account of the files that are read by work whose
    /// [`Watch`](graticule_array::Watch) names this account.
    #[must_use]
    pub fn open_account(&self) -> u64 {
        let mut state = self.lock();
        state.last_account += 1;
        let number = state.last_account;
        state.accounts.insert(number, HashSet::new());
        number
    }

    /// Ends an account, and checks that the files which were read are still what they were when
    /// they were opened: in length, time of change, and place. Costs a call to the system for
    /// each.
    ///
    /// # Errors
    /// Naming the first in order of their names that is not.
    pub fn close_account(&self, account: u64) -> Result<()> {
        let read: Vec<_> = {
            let mut state = self.lock();
            let read = state.accounts.remove(&account).unwrap_or_default();
            let with_handle = |of: Arc<Identity>| {
                let handle = state.open.get(&of).map(|(file, _)| file.clone());
                let known = state.changed.contains(&of);
                (of, handle, known)
            };
            read.into_iter().map(with_handle).collect()
        };
        let changes = |of: &Identity, handle: Option<&File>, known: bool| {
            known || handle.is_some_and(|file| !of.still_is(file))
        };
        let found =
            read.iter().filter(|(of, handle, known)| changes(of, handle.as_deref(), *known));
        match found.map(|(of, ..)| of).min_by(|a, b| a.location.path().cmp(b.location.path())) {
            Some(of) => Err(changed(of)),
            None => Ok(()),
        }
    }

    fn keep(&self, of: &Arc<Identity>, file: File) -> Arc<File> {
        let file = Arc::new(file);
        let mut state = self.lock();
        while state.open.len() >= self.capacity {
            let oldest = state.open.iter().min_by_key(|(_, (_, used))| *used);
            let Some(oldest) = oldest.map(|(of, _)| of.clone()) else { break };
            let gone = state.open.remove(&oldest);
            if let Some((file, _)) = gone
                && !oldest.still_is(&file)
            {
                state.changed.insert(oldest);
            }
        }
        state.clock += 1;
        let now = state.clock;
        state.open.insert(of.clone(), (file.clone(), now));
        file
    }
}

fn changed(of: &Identity) -> Error {
    Error::changed("the file has changed since it was opened")
        .in_file(of.location.path())
        .hint("open it again")
}

fn open(location: &Location) -> Result<(File, Identity)> {
    let path = location.path();
    let opened = || {
        let file = File::open(path)?;
        let meta = file.metadata()?;
        Ok((file, meta))
    };
    let (file, meta) = opened().map_err(|e: std::io::Error| Error::from(e).in_file(path))?;
    if meta.is_dir() {
        return Err(Error::invalid("this is a directory, not a file").in_file(path));
    }
    let identity = Identity::of(location, &meta);
    Ok((file, identity))
}

/// A file on disk, opened when needed through a shared [`HandlePool`].
#[derive(Clone, Debug)]
pub struct FileBytes {
    identity: Arc<Identity>,
    pool: Arc<HandlePool>,
}

impl FileBytes {
    /// Opens the file as it is now. Should another take its place later, then reads fail rather
    /// than mix the two.
    ///
    /// # Errors
    /// If there is no such file, or it cannot be opened.
    pub fn open(location: &Location, pool: &Arc<HandlePool>) -> Result<Self> {
        let (file, identity) = open(location)?;
        let identity = Arc::new(identity);
        pool.keep(&identity, file);
        Ok(Self { identity, pool: pool.clone() })
    }
}

impl ByteSource for FileBytes {
    fn len(&self) -> u64 {
        self.identity.len
    }

    fn read_at(&self, at: u64, out: &mut [u8]) -> Result<()> {
        let file = self.pool.get(&self.identity)?;
        read_exact_at(&file, at, out)
            .map_err(|e| Error::from(e).in_file(self.identity.location.path()))
    }

    fn location(&self) -> &Location {
        &self.identity.location
    }

    fn is_near(&self) -> bool {
        true
    }

    fn fingerprint(&self) -> (u64, i128) {
        (self.identity.len, self.identity.changed)
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
    fn a_file_that_takes_the_place_of_another_is_not_mixed_with_it() {
        let path = std::env::temp_dir().join(format!("graticule-replaced-{}", std::process::id()));
        let other = path.with_extension("new");
        let pool = Arc::new(HandlePool::new(1));
        let open = || FileBytes::open(&Location::new(&path), &pool).unwrap();
        let read = |file: &FileBytes| {
            let mut byte = [0];
            file.read_at(0, &mut byte).map(|()| byte[0])
        };
        std::fs::write(&path, b"a").unwrap();
        let first = open();
        std::fs::write(&other, b"b").unwrap();
        std::fs::rename(&other, &path).unwrap();
        assert_eq!(read(&first).unwrap(), b'a', "while its handle is kept");
        let second = open();
        assert_eq!(read(&second).unwrap(), b'b');
        let error = read(&first).unwrap_err().to_string();
        assert!(error.contains("changed since"), "{error}");
        std::fs::remove_file(&path).unwrap();
    }

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
