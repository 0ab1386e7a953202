//! One piece of text, or none.

use std::fmt;
use std::sync::Arc;

/// An element of a [`DType::Str`](crate::DType::Str) array: text, or missing (which is not "").
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Text(Option<Arc<str>>);

impl Text {
    /// The missing text.
    #[must_use]
    pub fn missing() -> Self {
        Self(None)
    }

    /// The text, unless missing.
    #[must_use]
    pub fn as_str(&self) -> Option<&str> {
        self.0.as_deref()
    }

    /// Whether there is no text.
    #[must_use]
    pub fn is_missing(&self) -> bool {
        self.0.is_none()
    }
}

impl From<&str> for Text {
    fn from(s: &str) -> Self {
        Self(Some(s.into()))
    }
}

impl From<String> for Text {
    fn from(s: String) -> Self {
        Self(Some(s.into()))
    }
}

impl fmt::Display for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str().unwrap_or("nan"))
    }
}
