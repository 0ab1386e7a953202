//! Every difference between two objects, in order.

use std::fmt;

use graticule_array::{Error, Result};
use graticule_lazy::Session;

use super::schema::Schema;
use super::values::{Mismatch, mismatch};
use crate::combine::equality::{Alike, known};
use crate::data_array::{DataArray, MAIN};
use crate::dataset::Dataset;
use crate::variable::Variable;

/// How many lines a display has at most.
const LINES: usize = 38;

/// What kind of thing differs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum DifferenceKind {
    /// The name of an array.
    Name,
    /// The length of a dimension.
    Length,
    /// A variable that only the left one has.
    OnlyLeft,
    /// A variable that only the right one has.
    OnlyRight,
    /// A coordinate on one side, a data variable on the other.
    Role,
    /// The dimensions of a variable, or their order.
    Dims,
    /// The element type of a variable.
    DType,
    /// The chunks of a variable.
    Chunks,
    /// An attribute: another value, or on one side only.
    Attribute,
    /// The kind of an index.
    Index,
    /// Values.
    Values,
}

/// One difference.
#[derive(Clone, Debug, PartialEq)]
pub struct Difference {
    pub(crate) kind: DifferenceKind,
    /// The variable, coordinate or dimension; empty for the whole.
    pub(crate) at: String,
    pub(crate) what: String,
}

impl Difference {
    /// What kind of thing differs.
    #[must_use]
    pub fn kind(&self) -> DifferenceKind {
        self.kind
    }

    /// The variable, coordinate or dimension it is about; empty for the whole.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.at
    }

    /// Its text, with other words for the two sides.
    pub(crate) fn told(&self, left: &str, right: &str) -> String {
        let text = self.to_string();
        text.replace("on the left", &format!("in {left}"))
            .replace("on the right", &format!("in {right}"))
    }
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.at.as_str(), self.kind) {
            ("", _) => f.write_str(&self.what),
            (at, DifferenceKind::Length) => write!(f, "dimension \"{at}\": {}", self.what),
            (at, _) => write!(f, "\"{at}\": {}", self.what),
        }
    }
}

/// Every difference between two objects, the left and the right one. Empty if there is none.
///
/// ```
/// use graticule_dataset::Dataset;
/// let a = Dataset::new().with_var("v", "x", vec![1.0, 2.0, 3.0]).with_var("w", "x", vec![0, 0, 0]);
/// let b = Dataset::new().with_var("v", "x", vec![1.0, 2.5, 4.0]).with_attr("title", "b");
/// assert_eq!(
///     a.differences(&b)?.to_string(),
///     "3 differences between left and right:\n  \
///      attribute \"title\" only on the right: \"b\"\n  \
///      \"w\": only on the left\n  \
///      \"v\": 2 of 3 values differ, by at most 1.0; first at [x: 1]: 2.0 and 2.5\n"
/// );
/// # Ok::<(), graticule_array::Error>(())
/// ```
#[derive(Clone, Default, PartialEq)]
pub struct Differences(pub(crate) Vec<Difference>);

impl Differences {
    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// The differences in order: the whole, dimensions, variables of one side, then each
    /// variable of both.
    pub fn iter(&self) -> impl Iterator<Item = &Difference> {
        self.0.iter()
    }

    pub(crate) fn push(&mut self, kind: DifferenceKind, at: &str, what: impl Into<String>) {
        let at = if at == MAIN { "the array" } else { at };
        self.0.push(Difference { kind, at: at.to_owned(), what: what.into() });
    }

    /// Without those of some kinds.
    #[must_use]
    pub fn without(mut self, kinds: &[DifferenceKind]) -> Self {
        self.0.retain(|d| !kinds.contains(&d.kind));
        self
    }

    /// Nothing, or an error that lists the differences.
    ///
    /// # Errors
    /// If there is any difference.
    pub fn refuse(&self) -> Result<()> {
        if self.is_empty() { Ok(()) } else { Err(Error::mismatch(self.to_string().trim_end())) }
    }
}

/// The human display, because notebooks print `Debug`.
impl fmt::Debug for Differences {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl fmt::Display for Differences {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.len() {
            0 => return writeln!(f, "no difference between left and right"),
            1 => writeln!(f, "1 difference between left and right:")?,
            n => writeln!(f, "{n} differences between left and right:")?,
        }
        for difference in self.0.iter().take(LINES) {
            writeln!(f, "  {difference}")?;
        }
        match self.0.len().saturating_sub(LINES) {
            0 => Ok(()),
            more => writeln!(f, "  and {more} more"),
        }
    }
}

/// Differences of values between variables of the same shape.
fn values(
    found: &mut Differences,
    name: &str,
    a: &Variable,
    b: &Variable,
    alike: Alike,
    session: &Session,
) -> Result<()> {
    if a.dims() != b.dims()
        || a.shape() != b.shape()
        || known(a.data(), b.data(), alike) == Some(true)
    {
        return Ok(());
    }
    if let Some(found_here) = mismatch(a, b, alike, session)? {
        let Mismatch { count, first, apart } = found_here;
        let n = a.data().len();
        let most = apart.map(|d| format!(", by at most {d:?}")).unwrap_or_default();
        let what = format!("{count} of {n} values differ{most}; first at {first}");
        found.push(DifferenceKind::Values, name, what);
    }
    Ok(())
}

fn between(a: &Dataset, b: &Dataset, alike: Alike) -> Result<Differences> {
    a.sound()?;
    b.sound()?;
    let mut found = Schema::of(a).differences(&Schema::of(b));
    // Chunks are no property of values.
    found = found.without(&[DifferenceKind::Chunks]);
    for (name, index) in a.indexes() {
        if let Some(other) = b.index(name).filter(|o| o.kind() != index.kind()) {
            let what = format!("index of {} and of {}", index.kind(), other.kind());
            found.push(DifferenceKind::Index, name, what);
        }
    }
    let session = a.session();
    for (name, var) in a.variables() {
        if let Some(other) = b.variable(name) {
            values(&mut found, name, var, other, alike, &session)?;
        }
    }
    Ok(found)
}

impl Dataset {
    /// Every difference between two datasets: names, roles, dimensions, types, attributes,
    /// labels and values. Reads what is not in memory, part by part.
    ///
    /// # Errors
    /// A carried fault, or if data cannot be read.
    pub fn differences(&self, other: &Self) -> Result<Differences> {
        between(self, other, Alike::Equal)
    }

    /// As [`differences`](Self::differences), but values that differ by no more than
    /// `abs + rel * |other|` are alike.
    ///
    /// # Errors
    /// A carried fault, or if data cannot be read.
    pub fn differences_beyond(&self, other: &Self, rel: f64, abs: f64) -> Result<Differences> {
        between(self, other, Alike::Close { rel, abs })
    }
}

impl DataArray {
    fn differences_by(&self, other: &Self, alike: Alike) -> Result<Differences> {
        let mut found = Differences::default();
        if self.name() != other.name() {
            let name = |n: Option<&str>| n.map_or_else(|| "none".into(), |n| format!("\"{n}\""));
            let what = format!("the names are {} and {}", name(self.name()), name(other.name()));
            found.push(DifferenceKind::Name, "", what);
        }
        found.0.extend(between(&self.set, &other.set, alike)?.0);
        Ok(found)
    }

    /// Every difference between two arrays; see [`Dataset::differences`].
    ///
    /// # Errors
    /// A carried fault, or if data cannot be read.
    pub fn differences(&self, other: &Self) -> Result<Differences> {
        self.differences_by(other, Alike::Equal)
    }

    /// As [`differences`](Self::differences), but values that differ by no more than
    /// `abs + rel * |other|` are alike.
    ///
    /// # Errors
    /// A carried fault, or if data cannot be read.
    pub fn differences_beyond(&self, other: &Self, rel: f64, abs: f64) -> Result<Differences> {
        self.differences_by(other, Alike::Close { rel, abs })
    }
}

impl Variable {
    /// Every difference between two variables; see [`Dataset::differences`].
    ///
    /// # Errors
    /// If data cannot be read.
    pub fn differences(&self, other: &Self) -> Result<Differences> {
        let array = |v: &Self| DataArray::from_variable("", v.clone());
        array(self).differences(&array(other))
    }
}
