//! Carried errors: what went wrong, in which verb, after which verbs, and where in the program.

use std::fmt;
use std::panic::Location;
use std::sync::Arc;

use graticule_array::Error;

/// The verbs that a fault names before the failing one.
const STEPS_KEPT: usize = 6;

/// The first error in a chain of verbs. Later verbs hand it on untouched; everything that touches
/// data returns it.
///
/// ```
/// use graticule_dataset::Dataset;
/// let ds = Dataset::new().with_var("sst", ["time", "lat"], (vec![0.0; 6], [3, 2]));
/// let faulted = ds.isel("time", 0..2).mean("lta").sqrt();
/// let fault = faulted.fault().unwrap();
/// assert!(fault.error().is_not_found());
/// let text = fault.to_string();
/// assert!(text.starts_with("no dimension \"lta\" (time: 2, lat: 2); did you mean \"lat\"?"));
/// assert!(text.contains("\n  at   mean(\"lta\")\n  after isel(\"time\", 0..2)"));
/// ```
#[derive(Clone)]
pub struct Fault(Arc<Inner>);

struct Inner {
    error: Error,
    step: String,
    before: Trail,
    place: &'static Location<'static>,
}

impl Fault {
    pub(crate) fn new(
        error: Error,
        step: String,
        before: Trail,
        place: &'static Location<'static>,
    ) -> Self {
        Self(Arc::new(Inner { error, step, before, place }))
    }

    /// What went wrong, without the trail.
    #[must_use]
    pub fn error(&self) -> &Error {
        &self.0.error
    }

    /// The verb that failed, with its arguments.
    #[must_use]
    pub fn step(&self) -> &str {
        &self.0.step
    }

    /// Where in the program that verb was called.
    #[must_use]
    pub fn place(&self) -> &'static Location<'static> {
        self.0.place
    }

    /// The error with the trail of verbs as context, for terminals to return.
    #[must_use]
    pub fn to_error(&self) -> Error {
        let mut error = self.0.error.clone().context(format!("at   {}", self.0.step));
        if let Some(before) = self.0.before.text() {
            error = error.context(format!("after {before}"));
        }
        error.context(format!("in   {}:{}", self.0.place.file(), self.0.place.line()))
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.to_error(), f)
    }
}

impl fmt::Debug for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Where an object comes from and the last few verbs it went through.
#[derive(Clone, Default)]
pub(crate) struct Trail {
    origin: Option<Arc<str>>,
    steps: Arc<[Arc<str>]>,
}

impl Trail {
    pub(crate) fn from_origin(origin: &str) -> Self {
        Self { origin: Some(origin.into()), steps: Arc::default() }
    }

    /// The trail with one more verb; the oldest is forgotten.
    pub(crate) fn then(&self, step: String) -> Self {
        let skip = (self.steps.len() + 1).saturating_sub(STEPS_KEPT);
        let steps = self.steps.iter().skip(skip).cloned().chain([step.into()]).collect();
        Self { origin: self.origin.clone(), steps }
    }

    /// `isel("time", 0) of sel(..) of open_mfdataset("*.nc")`.
    pub(crate) fn text(&self) -> Option<String> {
        let steps = self.steps.iter().rev().map(|s| &**s);
        let all: Vec<&str> = steps.chain(self.origin.as_deref()).collect();
        (!all.is_empty()).then(|| all.join(" of "))
    }
}

#[cfg(test)]
mod tests;
