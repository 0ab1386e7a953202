//! What fixes did.

use std::fmt;

use super::work::UNSEEN;

/// What one fix did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Applied {
    fix: String,
    changes: Vec<String>,
    notes: Vec<String>,
}

impl Applied {
    pub(super) fn new(fix: &str, changes: Vec<String>, notes: Vec<String>) -> Self {
        Self { fix: fix.to_owned(), changes, notes }
    }

    /// The name of the fix.
    #[must_use]
    pub fn fix(&self) -> &str {
        &self.fix
    }

    /// What it changed. `(unseen)` stands behind a change of values that are not in memory, and
    /// may have been right before.
    #[must_use]
    pub fn changes(&self) -> &[String] {
        &self.changes
    }

    /// What it met but left as it was.
    #[must_use]
    pub fn notes(&self) -> &[String] {
        &self.notes
    }
}

impl fmt::Display for Applied {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.fix, self.changes.join("; "))?;
        if self.notes.is_empty() {
            return Ok(());
        }
        let gap = if self.changes.is_empty() { "" } else { " " };
        write!(f, "{gap}(left: {})", self.notes.join("; "))
    }
}

/// What a list of fixes did, in order; those that found nothing to do are not in it.
///
/// ```
/// use graticule_dataset::{Dataset, Fix, Fixes};
/// let ds = Dataset::new().with_var("t", "n", vec![1.0, 2.0]);
/// let (_, log) = Fixes::new([Fix::PromoteEmptyDims, Fix::CorrectUnits]).apply(&ds)?;
/// assert_eq!(log.to_string(), "promote_empty_dims: n from 0 to 1\n");
/// # Ok::<(), graticule_array::Error>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FixLog(Vec<Applied>);

impl FixLog {
    /// The fixes that did something, or met something.
    pub fn iter(&self) -> impl Iterator<Item = &Applied> {
        self.0.iter()
    }

    /// Whether nothing was changed.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.iter().all(|applied| applied.changes.is_empty())
    }

    pub(super) fn push(&mut self, applied: Applied) {
        if !applied.changes.is_empty() || !applied.notes.is_empty() {
            self.0.push(applied);
        }
    }

    /// The history with a line more for each fix that changed something; `None` if all stand
    /// there already.
    pub(super) fn history(&self, before: Option<&str>, stamp: Option<&str>) -> Option<String> {
        let before = before.unwrap_or_default();
        let mut lines: Vec<String> = before.lines().map(str::to_owned).collect();
        let known = lines.len();
        for applied in self.0.iter().filter(|a| !a.changes.is_empty()) {
            let line = format!("graticule: {}: {}", applied.fix, applied.changes.join("; "));
            // What is done again because it cannot be told whether it was done is told once.
            let again = applied.changes.iter().all(|c| c.ends_with(UNSEEN));
            let start = format!("graticule: {}: ", applied.fix);
            let told = |l: &String| l.ends_with(&line) || (again && l.contains(&start));
            if lines.iter().any(told) {
                continue;
            }
            lines.push(match stamp {
                Some(stamp) => format!("{stamp} {line}"),
                None => line,
            });
        }
        (lines.len() > known).then(|| lines.join("\n"))
    }
}

/// One fix a line.
impl fmt::Display for FixLog {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for applied in &self.0 {
            writeln!(f, "{applied}")?;
        }
        Ok(())
    }
}
