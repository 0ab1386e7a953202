//! How an entry ended.

use serde_json::{Value, json};

/// One difference.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Failure {
    /// The variable, attribute or object it is about; empty for the file as a whole.
    pub(crate) variable: String,
    pub(crate) what: String,
    pub(crate) expected: String,
    pub(crate) found: String,
}

impl Failure {
    /// A failure of the entry as a whole.
    pub(crate) fn whole(what: &str, found: impl Into<String>) -> Self {
        Self {
            variable: String::new(),
            what: what.into(),
            expected: String::new(),
            found: found.into(),
        }
    }

    fn to_json(&self) -> Value {
        json!({
            "variable": self.variable,
            "what": self.what,
            "expected": self.expected,
            "found": self.found,
        })
    }

    fn from_json(value: &Value) -> Self {
        let text = |key: &str| value[key].as_str().unwrap_or_default().to_owned();
        Self {
            variable: text("variable"),
            what: text("what"),
            expected: text("expected"),
            found: text("found"),
        }
    }

    /// One line of text.
    pub(crate) fn line(&self) -> String {
        let at = if self.variable.is_empty() { "the file" } else { &self.variable };
        if self.expected.is_empty() {
            format!("{at}: {}: {}", self.what, self.found)
        } else {
            format!("{at}: {}: expected {}, found {}", self.what, self.expected, self.found)
        }
    }
}

/// The end of an entry.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Outcome {
    Passed,
    Failed(Vec<Failure>),
    Skipped(String),
}

impl Outcome {
    /// Passed if nothing differs.
    pub(crate) fn of(failures: Vec<Failure>) -> Self {
        if failures.is_empty() { Self::Passed } else { Self::Failed(failures) }
    }

    /// Failed for one reason.
    pub(crate) fn failed(what: &str, found: impl Into<String>) -> Self {
        Self::Failed(vec![Failure::whole(what, found)])
    }

    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::Passed => "passed",
            Self::Failed(_) => "failed",
            Self::Skipped(_) => "skipped",
        }
    }

    pub(crate) fn to_json(&self) -> Value {
        let mut out = json!({ "outcome": self.name() });
        match self {
            Self::Passed => {}
            Self::Failed(failures) => {
                out["failures"] = failures.iter().map(Failure::to_json).collect();
            }
            Self::Skipped(why) => out["reason"] = why.as_str().into(),
        }
        out
    }

    pub(crate) fn from_json(value: &Value) -> Self {
        match value["outcome"].as_str() {
            Some("passed") => Self::Passed,
            Some("skipped") => Self::Skipped(value["reason"].as_str().unwrap_or("").to_owned()),
            Some("failed") => {
                let failures = value["failures"].as_array().into_iter().flatten();
                Self::Failed(failures.map(Failure::from_json).collect())
            }
            _ => Self::failed("unreadable answer of the worker", value.to_string()),
        }
    }
}
