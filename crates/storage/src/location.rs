//! Where files lie: paths and patterns.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use graticule_array::{Error, Result};

/// Where a file or store lies.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Location(Arc<Path>);

impl Location {
    /// A place given by its path.
    #[must_use]
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self(path.into().into())
    }

    /// The path.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.0
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

impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0.display())
    }
}

impl<P: Into<PathBuf>> From<P> for Location {
    fn from(path: P) -> Self {
        Self::new(path)
    }
}
