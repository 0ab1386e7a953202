//! How datasets are put together.

/// What happens to variables without the concatenated dimension that differ between files.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Compat {
    /// They must be equal, except that values without axes which differ are kept all: they get
    /// the concatenated dimension.
    #[default]
    Equal,
    /// The first one is taken without looking at the others.
    Override,
}

/// What happens to labels of other dimensions that differ between files.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Join {
    /// They must be equal.
    #[default]
    Exact,
    /// The union, sorted; what a file lacks is missing.
    Outer,
    /// Those that all have.
    Inner,
    /// The first file's, for all files of the same lengths.
    Override,
}

/// What happens to a variable that some files lack.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Lacking {
    /// An error that lists variables and files.
    #[default]
    Refuse,
    /// It is missing there.
    Fill,
    /// It is left out.
    Drop,
}

/// Which data variables are concatenated.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum DataVars {
    /// Those that have the dimension; along a new dimension, all.
    #[default]
    Auto,
    /// Those that have the dimension.
    Minimal,
    /// All.
    All,
}

/// In which order, and along which dimension.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Along {
    /// The dimension whose labels differ, in the order of the labels.
    #[default]
    Coords,
    /// This dimension, existing or new, in the order given.
    Dim(String),
}

/// How datasets are put together. The default is strict: nothing is overridden or filled
/// without being asked for.
///
/// ```
/// use graticule_dataset::{CombineOptions, Compat, Join};
/// let loose = CombineOptions::new().compat(Compat::Override).join(Join::Outer);
/// let nested = CombineOptions::nested("time");
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[must_use]
pub struct CombineOptions {
    pub(crate) along: Along,
    pub(crate) compat: Compat,
    pub(crate) join: Join,
    pub(crate) lacking: Lacking,
    pub(crate) data_vars: DataVars,
}

impl CombineOptions {
    /// By the labels of coordinates, strictly.
    pub fn new() -> Self {
        Self::default()
    }

    /// Along one dimension, existing or new, in the order given.
    pub fn nested(dim: impl Into<String>) -> Self {
        Self { along: Along::Dim(dim.into()), ..Self::default() }
    }

    /// What happens to variables without the concatenated dimension that differ.
    pub fn compat(mut self, compat: Compat) -> Self {
        self.compat = compat;
        self
    }

    /// What happens to labels of other dimensions that differ.
    pub fn join(mut self, join: Join) -> Self {
        self.join = join;
        self
    }

    /// What happens to a variable that some files lack.
    pub fn lacking(mut self, lacking: Lacking) -> Self {
        self.lacking = lacking;
        self
    }

    /// Which data variables are concatenated.
    pub fn data_vars(mut self, which: DataVars) -> Self {
        self.data_vars = which;
        self
    }
}
