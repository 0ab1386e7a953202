//! Checks before computing or writing: what a dataset says against the CF conventions.
//!
//! Each check is a function in a file named after its subject; [`CHECKS`] lists them in the order
//! of the CF document. They look at metadata and at coordinates in memory, and read nothing.

mod cells;
mod coordinates;
mod description;
mod features;
mod mapping;
mod names;
mod storage;
mod times;
mod unfollowed;
mod values;
mod vertical;

use std::fmt;

use graticule_array::Result;

use crate::dataset::Dataset;
use crate::roles::Cf;

pub use times::{Places, TimeAudit, TimeGap};

/// How much a finding matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// A recommendation that is not followed.
    Advice,
    /// What most readers will stumble over, or a deprecated form.
    Warning,
    /// A requirement that is violated.
    Error,
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Advice => "advice",
            Self::Warning => "warning",
            Self::Error => "error",
        })
    }
}

/// One thing that is not as the CF conventions say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The section of the CF document.
    pub section: &'static str,
    /// How much it matters.
    pub severity: Severity,
    /// The variable; none for the dataset as a whole.
    pub variable: Option<String>,
    /// The attribute.
    pub attribute: Option<String>,
    /// What is wrong.
    pub message: String,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:<7} {:<6} ", self.severity, self.section)?;
        match (&self.variable, &self.attribute) {
            (Some(variable), Some(attribute)) => write!(f, "{variable}:{attribute}: ")?,
            (Some(variable), None) => write!(f, "{variable}: ")?,
            (None, Some(attribute)) => write!(f, ":{attribute}: ")?,
            (None, None) => {}
        }
        f.write_str(&self.message)
    }
}

/// What the checks found, in the order of the CF document.
///
/// ```
/// use graticule_dataset::{Attrs, Dataset, Severity, Variable};
/// let t = Variable::new("x", vec![1.0])?.with_attrs(Attrs::new().with("units", "Kelvni"));
/// let ds = Dataset::new().with_attr("Conventions", "CF-1.11").with_variable("t", t);
/// let report = ds.cf().report()?;
/// let worst = report.findings().iter().find(|f| f.severity == Severity::Error).unwrap();
/// assert_eq!((worst.section, worst.attribute.as_deref()), ("3.1", Some("units")));
/// assert!(report.to_string().contains("did you mean \"kelvin\"?"));
/// # Ok::<(), graticule_array::Error>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[must_use]
pub struct Report(Vec<Finding>);

impl Report {
    /// All findings.
    #[must_use]
    pub fn findings(&self) -> &[Finding] {
        &self.0
    }

    /// Whether no requirement is violated.
    #[must_use]
    pub fn is_compliant(&self) -> bool {
        self.count(Severity::Error) == 0
    }

    /// The number of findings of a severity.
    #[must_use]
    pub fn count(&self, severity: Severity) -> usize {
        self.0.iter().filter(|f| f.severity == severity).count()
    }

    fn add(&mut self, severity: Severity, at: At<'_>, message: impl Into<String>) {
        self.0.push(Finding {
            section: at.section,
            severity,
            variable: at.variable.map(str::to_owned),
            attribute: at.attribute.map(str::to_owned),
            message: message.into(),
        });
    }

    fn error(&mut self, at: At<'_>, message: impl Into<String>) {
        self.add(Severity::Error, at, message);
    }

    fn warning(&mut self, at: At<'_>, message: impl Into<String>) {
        self.add(Severity::Warning, at, message);
    }

    fn advice(&mut self, at: At<'_>, message: impl Into<String>) {
        self.add(Severity::Advice, at, message);
    }
}

/// One finding a line, and a count.
impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for finding in &self.0 {
            writeln!(f, "{finding}")?;
        }
        write!(
            f,
            "errors: {}, warnings: {}, advice: {}",
            self.count(Severity::Error),
            self.count(Severity::Warning),
            self.count(Severity::Advice)
        )
    }
}

/// Where a finding is.
#[derive(Clone, Copy)]
struct At<'a> {
    section: &'static str,
    variable: Option<&'a str>,
    attribute: Option<&'a str>,
}

/// The dataset as a whole.
fn whole<'a>(section: &'static str, attribute: &'a str) -> At<'a> {
    At { section, variable: None, attribute: Some(attribute) }
}

/// A variable.
fn var<'a>(section: &'static str, variable: &'a str) -> At<'a> {
    At { section, variable: Some(variable), attribute: None }
}

/// An attribute of a variable.
fn attr<'a>(section: &'static str, variable: &'a str, attribute: &'a str) -> At<'a> {
    At { section, variable: Some(variable), attribute: Some(attribute) }
}

type Check = fn(&Dataset, &mut Report);

/// The checks, in the order of the document.
const CHECKS: [Check; 23] = [
    names::spelling,
    names::order_of_dimensions,
    values::missing_and_valid,
    names::conventions,
    names::descriptions,
    description::units,
    description::titles,
    description::standard_names,
    description::ancillary,
    description::flags,
    coordinates::axes,
    coordinates::latitude_and_longitude,
    vertical::positive,
    vertical::formulas,
    coordinates::times,
    coordinates::coordinate_variables,
    coordinates::auxiliary,
    mapping::grid_mappings,
    cells::bounds,
    cells::measures_and_methods,
    storage::packing_and_gathering,
    features::features,
    unfollowed::unfollowed,
];

impl Cf {
    /// What of the dataset is not as the CF conventions say: sections 2 to 9 of the document, as
    /// far as metadata and coordinates in memory tell. Reads nothing.
    ///
    /// # Errors
    /// The carried fault.
    pub fn report(&self) -> Result<Report> {
        self.dataset().sound()?;
        let mut report = Report::default();
        for check in CHECKS {
            check(self.dataset(), &mut report);
        }
        Ok(report)
    }
}
