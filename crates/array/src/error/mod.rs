//! The one error type of the workspace: opaque, one word in size, cheap to clone.

mod suggest;

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

pub use suggest::{did_you_mean, nearest_names};

/// A result whose error is the workspace's [`Error`].
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What went wrong, where, and what to do about it.
///
/// ```
/// use graticule_array::Error;
/// let e = Error::not_found("no dimension \"tme\" (time: 8760, lat: 721)")
///     .hint("did you mean \"time\"?")
///     .in_variable("t2m")
///     .in_file("era5/2001.nc");
/// assert!(e.is_not_found());
/// assert_eq!(
///     e.to_string(),
///     "era5/2001.nc: variable \"t2m\": no dimension \"tme\" (time: 8760, lat: 721); did you mean \"time\"?"
/// );
/// ```
#[derive(Clone)]
pub struct Error(Arc<Inner>);

#[derive(Clone)]
struct Inner {
    kind: Kind,
    file: Option<PathBuf>,
    variable: Option<String>,
    hint: Option<String>,
    context: Vec<String>,
    cause: Option<Arc<dyn std::error::Error + Send + Sync>>,
}

#[derive(Clone, Debug, thiserror::Error)]
enum Kind {
    #[error("{0}")]
    NotFound(String),
    #[error("{0}")]
    Mismatch(String),
    #[error("{0}")]
    Invalid(String),
    #[error("unsupported: {0}")]
    Unsupported(String),
    #[error("{0}")]
    Corrupt(String),
    #[error("{0}")]
    OverBudget(String),
    #[error("{0}")]
    Io(String),
    #[error("{0}")]
    Changed(String),
    #[error("cancelled: {0}")]
    Cancelled(String),
    #[error("internal error, please report it: {0}")]
    Bug(String),
}

macro_rules! kinds {
    ($($(#[$doc:meta])* $make:ident, $is:ident, $kind:ident;)*) => {
        impl Error {
            $(
                $(#[$doc])*
                #[must_use]
                pub fn $make(message: impl Into<String>) -> Self {
                    Self::new(Kind::$kind(message.into()))
                }

                #[doc = concat!("Whether this is the kind of error that [`Error::", stringify!($make), "`] makes.")]
                #[must_use]
                pub fn $is(&self) -> bool {
                    matches!(self.0.kind, Kind::$kind(_))
                }
            )*
        }
    };
}

kinds! {
    /// A name, label, file or element that does not exist.
    not_found, is_not_found, NotFound;
    /// Two things that should agree (shapes, dtypes, labels, files) do not.
    mismatch, is_mismatch, Mismatch;
    /// An argument that makes no sense.
    invalid, is_invalid, Invalid;
    /// A legal request that this build or this operation cannot serve.
    unsupported, is_unsupported, Unsupported;
    /// Bytes that do not follow their format.
    corrupt, is_corrupt, Corrupt;
    /// Work that does not fit into the memory budget.
    over_budget, is_over_budget, OverBudget;
    /// The operating system refused to read or write.
    io, is_io, Io;
    /// A file that is not any more what it was when it was opened.
    changed, is_changed, Changed;
    /// The work was stopped on request or by its time limit.
    cancelled, is_cancelled, Cancelled;
    /// A broken invariant of graticule itself.
    bug, is_bug, Bug;
}

impl Error {
    fn new(kind: Kind) -> Self {
        Self(Arc::new(Inner {
            kind,
            file: None,
            variable: None,
            hint: None,
            context: Vec::new(),
            cause: None,
        }))
    }

    fn edit(mut self, change: impl FnOnce(&mut Inner)) -> Self {
        change(Arc::make_mut(&mut self.0));
        self
    }

    /// Names the file, unless an inner layer has done so.
    #[must_use]
    pub fn in_file(self, path: impl AsRef<Path>) -> Self {
        self.edit(|e| {
            e.file.get_or_insert_with(|| path.as_ref().to_path_buf());
        })
    }

    /// Names the variable, unless an inner layer has done so.
    #[must_use]
    pub fn in_variable(self, name: impl Into<String>) -> Self {
        self.edit(|e| {
            e.variable.get_or_insert_with(|| name.into());
        })
    }

    /// Adds what to do about it; printed after a semicolon.
    #[must_use]
    pub fn hint(self, text: impl Into<String>) -> Self {
        self.edit(|e| e.hint = Some(text.into()))
    }

    /// Adds a line of context (an outer step); printed on a line of its own.
    #[must_use]
    pub fn context(self, text: impl Into<String>) -> Self {
        self.edit(|e| e.context.push(text.into()))
    }

    /// Chains the error that caused this one.
    #[must_use]
    pub fn caused_by(self, cause: impl std::error::Error + Send + Sync + 'static) -> Self {
        self.edit(|e| e.cause = Some(Arc::new(cause)))
    }

    /// The file the error is about, if known.
    #[must_use]
    pub fn file(&self) -> Option<&Path> {
        self.0.file.as_deref()
    }

    /// The variable the error is about, if known.
    #[must_use]
    pub fn variable(&self) -> Option<&str> {
        self.0.variable.as_deref()
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let e = &*self.0;
        if let Some(file) = &e.file {
            write!(f, "{}: ", file.display())?;
        }
        if let Some(variable) = &e.variable {
            write!(f, "variable \"{variable}\": ")?;
        }
        write!(f, "{}", e.kind)?;
        if let Some(cause) = &e.cause {
            write!(f, ": {cause}")?;
        }
        if let Some(hint) = &e.hint {
            write!(f, "; {hint}")?;
        }
        for line in &e.context {
            write!(f, "\n  {line}")?;
        }
        Ok(())
    }
}

/// Equals `Display`, because notebooks print `Debug`; `{:#?}` adds the private kind.
impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if f.alternate() {
            write!(f, "{:?}: ", self.0.kind)?;
        }
        fmt::Display::fmt(self, f)
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.0.cause.as_deref().map(|c| c as &(dyn std::error::Error + 'static))
    }
}

impl From<std::io::Error> for Error {
    fn from(e: std::io::Error) -> Self {
        match e.kind() {
            std::io::ErrorKind::NotFound => Self::not_found("no such file"),
            std::io::ErrorKind::UnexpectedEof => Self::corrupt("the file ends too early"),
            _ => Self::io(e.to_string()),
        }
    }
}

impl From<graticule_cftime::Error> for Error {
    fn from(e: graticule_cftime::Error) -> Self {
        Self::invalid(e.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn inner_layers_win_over_outer_ones() {
        let e = Error::corrupt("bad chunk").in_file("a.nc").in_file("b.nc");
        assert_eq!(e.file(), Some(Path::new("a.nc")));
        assert!(e.is_corrupt() && !e.is_io());
    }

    #[test]
    fn is_one_word_and_debug_is_display() {
        assert_eq!(size_of::<Error>(), size_of::<usize>());
        let e = Error::invalid("x").context("at mean(\"x\")");
        assert_eq!(format!("{e:?}"), "x\n  at mean(\"x\")");
    }
}
