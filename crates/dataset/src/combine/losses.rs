//! The ledger of losses: what combining left out, filled in or passed over.

use std::fmt;
use std::sync::Arc;

use graticule_array::{Error, Result};
use indexmap::IndexMap;

use crate::data_array::MAIN;
use crate::name::Name;

/// What was lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum LossKind {
    /// Labels of a dimension that the result does not have.
    DroppedLabels,
    /// Labels that were replaced by others.
    ReplacedLabels,
    /// Elements that were filled in.
    FilledCells,
    /// Variables of which another one was taken.
    OverriddenVariable,
    /// Variables that were left out.
    DroppedVariable,
    /// Attributes of which another value was taken, or none.
    IgnoredAttribute,
    /// Files that were left out.
    SkippedFile,
}

impl LossKind {
    /// What is counted, in words.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::DroppedLabels => "dropped labels",
            Self::ReplacedLabels => "replaced labels",
            Self::FilledCells => "filled cells",
            Self::OverriddenVariable => "overridden variables",
            Self::DroppedVariable => "dropped variables",
            Self::IgnoredAttribute => "ignored attributes",
            Self::SkippedFile => "skipped files",
        }
    }
}

/// Losses of one kind that concern one name, by one rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Loss {
    kind: LossKind,
    name: String,
    rule: &'static str,
    count: usize,
    origins: usize,
    first: Arc<str>,
}

impl Loss {
    /// What was lost.
    #[must_use]
    pub fn kind(&self) -> LossKind {
        self.kind
    }

    /// The dimension, variable, attribute (`variable:attribute`) or file.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The option that allowed it.
    #[must_use]
    pub fn rule(&self) -> &'static str {
        self.rule
    }

    /// How many labels, cells, variables or attributes, over all operands.
    #[must_use]
    pub fn count(&self) -> usize {
        self.count
    }

    /// How many operands (files, datasets) lost something.
    #[must_use]
    pub fn operands(&self) -> usize {
        self.origins
    }

    /// The first operand that lost something.
    #[must_use]
    pub fn first_operand(&self) -> &str {
        &self.first
    }
}

impl fmt::Display for Loss {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let noun = match self.kind {
            LossKind::IgnoredAttribute => "attribute ",
            LossKind::DroppedLabels | LossKind::ReplacedLabels => "dimension ",
            LossKind::SkippedFile => "",
            _ => "variable ",
        };
        let words = match (self.count, self.kind.words()) {
            (1, words) => words.strip_suffix('s').unwrap_or(words),
            (_, words) => words,
        };
        write!(f, "{} {words}: {noun}\"{}\"", self.count, self.name)?;
        match self.origins {
            0 | 1 if self.kind == LossKind::SkippedFile => {}
            0 | 1 => write!(f, " of {}", self.first)?,
            n => write!(f, " of {} and {} more", self.first, n - 1)?,
        }
        write!(f, " ({})", self.rule)
    }
}

/// What combining objects left out, filled in or passed over: a dataset keeps the account of how
/// it was made, see [`Dataset::losses`](crate::Dataset::losses).
///
/// ```
/// use graticule_dataset::{Dataset, Join, LossKind, align};
/// let at = |x: [i32; 2]| {
///     Dataset::new().with_coord("x", "x", x.to_vec()).with_var("v", "x", vec![1.0f32, 2.0])
/// };
/// let both = align(&[at([1, 2]), at([2, 3])], &Join::Inner.into())?;
/// let losses = both[0].losses();
/// assert_eq!(losses.count(LossKind::DroppedLabels), 1);
/// assert_eq!(losses.to_string(), "1 dropped label: dimension \"x\" of dataset 1 (Join::Inner)\n");
/// # Ok::<(), graticule_array::Error>(())
/// ```
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Losses(Arc<IndexMap<(LossKind, String, &'static str), Loss>>);

impl Losses {
    /// Whether nothing was lost.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The number of entries.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// The entries, in the order they were met.
    pub fn iter(&self) -> impl Iterator<Item = &Loss> {
        self.0.values()
    }

    /// How many labels, cells, variables or attributes were lost in all.
    #[must_use]
    pub fn count(&self, kind: LossKind) -> usize {
        self.iter().filter(|l| l.kind == kind).map(|l| l.count).fold(0, usize::saturating_add)
    }

    /// Nothing, or an error that lists everything that was lost.
    ///
    /// # Errors
    /// If anything was lost.
    pub fn refuse(&self) -> Result<()> {
        if self.is_empty() {
            return Ok(());
        }
        let lines = self.iter().map(|l| Error::mismatch(l.to_string()));
        let mut problems = super::problems::Problems::default();
        problems.extend(lines);
        problems.into_result("combining loses data, which strict() refuses")
    }

    pub(crate) fn add(
        &mut self,
        kind: LossKind,
        name: impl Into<String>,
        rule: &'static str,
        origin: &str,
        count: usize,
    ) {
        if count == 0 {
            return;
        }
        let name = name.into().replace(MAIN, "the array");
        let all = Arc::make_mut(&mut self.0);
        let entry = all.entry((kind, name.clone(), rule)).or_insert_with(|| Loss {
            kind,
            name,
            rule,
            count: 0,
            origins: 0,
            first: origin.into(),
        });
        entry.count = entry.count.saturating_add(count);
        entry.origins += 1;
    }

    pub(crate) fn extend(&mut self, other: &Self) {
        if self.is_empty() {
            *self = other.clone();
            return;
        }
        if Arc::ptr_eq(&self.0, &other.0) {
            return;
        }
        for (key, loss) in other.0.iter() {
            match Arc::make_mut(&mut self.0).get_mut(key) {
                Some(own) => {
                    own.count = own.count.saturating_add(loss.count);
                    own.origins += loss.origins;
                }
                None => {
                    Arc::make_mut(&mut self.0).insert(key.clone(), loss.clone());
                }
            }
        }
    }
}

/// The human display, because notebooks print `Debug`.
impl fmt::Debug for Losses {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl fmt::Display for Losses {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_empty() {
            return f.write_str("nothing was lost\n");
        }
        for loss in self.iter() {
            writeln!(f, "{loss}")?;
        }
        Ok(())
    }
}

/// Where a variable of a combined dataset comes from, and by which rule.
///
/// Displayed in one line: `"lat" is that of a.nc: equal in all 12`.
#[derive(Clone, PartialEq, Eq)]
pub struct Provenance {
    pub(crate) name: Name,
    pub(crate) rule: String,
    pub(crate) sources: Arc<[Arc<str>]>,
}

impl Provenance {
    /// The rule, in words: `concatenated along "time"`.
    #[must_use]
    pub fn rule(&self) -> &str {
        &self.rule
    }

    /// The files or operands whose values it holds.
    pub fn sources(&self) -> impl Iterator<Item = &str> {
        self.sources.iter().map(|s| &**s)
    }
}

/// The human display, because notebooks print `Debug`.
impl fmt::Debug for Provenance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl fmt::Display for Provenance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "\"{}\": {}", self.name, self.rule)?;
        match &*self.sources {
            [] => Ok(()),
            [one] => write!(f, ", from {one}"),
            [a, b] => write!(f, ", from {a} and {b}"),
            [a, .., b] => write!(f, ", from {} sources: {a} ... {b}", self.sources.len()),
        }
    }
}

/// How a dataset was put together.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct History {
    pub(crate) losses: Losses,
    pub(crate) provenance: Arc<IndexMap<Name, Provenance>>,
}

impl History {
    pub(crate) fn record(&mut self, name: &Name, rule: String, sources: Arc<[Arc<str>]>) {
        let entry = Provenance { name: name.clone(), rule, sources };
        Arc::make_mut(&mut self.provenance).insert(name.clone(), entry);
    }
}
