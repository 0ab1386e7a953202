//! Where files lie: paths and patterns.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use graticule_array::{Error, Result};

/// Where a file or store lies.
///
/// ```
/// use graticule_storage::{Location, LocationKind};
/// assert_eq!(Location::new("data/a.nc").kind(), LocationKind::File);
/// assert_eq!(Location::new("file:///data/a.nc").path().to_str(), Some("/data/a.nc"));
/// assert_eq!(Location::new("https://example.org/a.nc").scheme(), Some("https"));
/// assert_eq!(Location::memory("answer").kind(), LocationKind::Memory);
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Location {
    path: Arc<Path>,
    kind: LocationKind,
}

/// The kinds of places.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum LocationKind {
    /// A file, by its path.
    File,
    /// Something behind a scheme: `https://...`, `s3://...`.
    Url,
    /// Bytes in memory, under a name for messages.
    Memory,
}

impl Location {
    /// A place given by its path, or by a URL; `file://` is a path.
    #[must_use]
    pub fn new(path: impl Into<PathBuf>) -> Self {
        let path = path.into();
        let text = path.to_string_lossy();
        let local = text.strip_prefix("file://").filter(|rest| rest.starts_with('/'));
        if let Some(local) = local {
            return Self { path: PathBuf::from(local).into(), kind: LocationKind::File };
        }
        let kind = if scheme(&text).is_some() { LocationKind::Url } else { LocationKind::File };
        Self { path: path.into(), kind }
    }

    /// Bytes in memory under a name.
    #[must_use]
    pub fn memory(name: &str) -> Self {
        Self { path: PathBuf::from(name).into(), kind: LocationKind::Memory }
    }

    /// What kind of place it is.
    #[must_use]
    pub fn kind(&self) -> LocationKind {
        self.kind
    }

    /// The scheme of a URL: `https` of `https://example.org`.
    #[must_use]
    pub fn scheme(&self) -> Option<&str> {
        let text = self.path.to_str().filter(|_| self.kind == LocationKind::Url)?;
        scheme(text)
    }

    /// The path; of other places than files their text.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Whether the text is a pattern (`*`, `?`, `[`) and no existing file.
    #[must_use]
    pub fn is_pattern(text: &str) -> bool {
        text.contains(['*', '?', '[']) && !Path::new(text).exists()
    }

    /// The files that a pattern matches, in the order of their names.
    ///
    /// # Errors
    /// If the pattern is malformed, a folder cannot be read, or nothing matches.
    pub fn glob(pattern: &str) -> Result<Vec<Self>> {
        let bad = |e: glob::PatternError| Error::invalid(format!("bad pattern \"{pattern}\": {e}"));
        let mut found = Vec::new();
        for entry in glob::glob(pattern).map_err(bad)? {
            let path = entry.map_err(|e| Error::io(format!("while listing \"{pattern}\": {e}")))?;
            found.push(Self::new(path));
        }
        if found.is_empty() {
            return Err(Error::not_found(format!("no file matches \"{pattern}\"")));
        }
        found.sort();
        Ok(found)
    }
}

/// What stands in front of "://"; a single letter is a drive, not a scheme.
fn scheme(text: &str) -> Option<&str> {
    let (scheme, _) = text.split_once(":/")?;
    let fits = scheme.len() > 1 && scheme.chars().all(|c| c.is_ascii_alphanumeric());
    fits.then_some(scheme)
}

impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.path.display())
    }
}

impl<P: Into<PathBuf>> From<P> for Location {
    fn from(path: P) -> Self {
        Self::new(path)
    }
}
