//! How datasets are put together.

use graticule_array::Scalar;
use indexmap::IndexMap;

use super::labels::Tolerance;
use crate::compare::Schema;
use crate::dims::Dims;
use crate::name::Name;

/// What happens to variables that more than one object has and that are not concatenated.
///
/// Along a dimension, values without axes that differ are kept all: they get the dimension.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Compat {
    /// They must have the same dimensions and values; missing ones equal each other.
    #[default]
    Equals,
    /// They must have the same values and attributes.
    Identical,
    /// They must have the same values after broadcasting them against each other.
    BroadcastEquals,
    /// Values must be equal where both are there; what one lacks is taken from the other.
    NoConflicts,
    /// The first one is taken without looking at the others.
    Override,
    /// Those that are not equal are left out.
    Minimal,
}

/// What happens to labels of shared dimensions that differ.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Join {
    /// They must be equal.
    #[default]
    Exact,
    /// The union, sorted; what an object lacks is missing.
    Outer,
    /// Those that all have, in the order of the first object.
    Inner,
    /// The first object's; what the others lack is missing.
    Left,
    /// The last object's; what the others lack is missing.
    Right,
    /// The first object's, for all objects of the same lengths, whatever their labels are.
    Override,
}

/// What happens to a variable that some objects lack.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Lacking {
    /// An error that lists variables and objects.
    #[default]
    Refuse,
    /// It is missing there.
    Fill,
    /// It is left out.
    Drop,
}

/// Which variables are concatenated.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Vars {
    /// Those that have the dimension; along a new dimension, all data variables.
    #[default]
    Auto,
    /// Those that have the dimension.
    Minimal,
    /// Those that have the dimension or differ between objects. What cannot be compared without
    /// reading counts as different, unless reading is allowed.
    Different,
    /// All.
    All,
    /// Those that have the dimension, and these.
    Only(Vec<String>),
}

/// What becomes of attributes, of the whole and of each variable.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum CombineAttrs {
    /// The first object's.
    #[default]
    Override,
    /// None.
    Drop,
    /// They must be the same for all.
    Identical,
    /// All; those of one name must be the same.
    NoConflicts,
    /// All but those of one name that differ.
    DropConflicts,
}

/// What happens to labels that several objects have, where their labels tell the order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Overlap {
    /// An error that names the objects.
    #[default]
    Refuse,
    /// The first object's values, in the order given.
    KeepFirst,
    /// The last object's values, in the order given.
    KeepLast,
    /// The mean of all values that are there.
    Average,
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

/// What stands where an object has no value; missing by default.
///
/// A variable changes its type only if something is filled in, and only as far as the filled-in
/// value asks for: integers stay integers with an integer fill value.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct FillValues {
    any: Option<Scalar>,
    of: IndexMap<Name, Scalar>,
}

impl FillValues {
    /// Missing values for all variables.
    #[must_use]
    pub fn missing() -> Self {
        Self::default()
    }

    /// One value for all data variables; coordinates are missing still.
    #[must_use]
    pub fn all(value: impl Into<Scalar>) -> Self {
        Self { any: Some(value.into()), of: IndexMap::new() }
    }

    /// Another value for one variable or coordinate.
    #[must_use]
    pub fn with(mut self, name: impl Into<Name>, value: impl Into<Scalar>) -> Self {
        self.of.insert(name.into(), value.into());
        self
    }

    pub(crate) fn of(&self, name: &str, is_coord: bool) -> Option<&Scalar> {
        self.of.get(name).or(self.any.as_ref().filter(|_| !is_coord))
    }
}

/// How objects are brought to the same labels: by [`align`](crate::align), and by arithmetic
/// with [`Dataset::with_join`](crate::Dataset::with_join).
///
/// ```
/// use graticule_dataset::{AlignOptions, Join, Tolerance};
/// let near = AlignOptions::new(Join::Inner).tolerance(Tolerance::Abs(1e-6)).exclude("time");
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
#[must_use]
pub struct AlignOptions {
    pub(crate) join: Join,
    pub(crate) tolerance: Option<Tolerance>,
    pub(crate) exclude: Option<Dims>,
    pub(crate) fill: FillValues,
}

impl AlignOptions {
    /// These labels; nothing else differs from the default.
    pub fn new(join: Join) -> Self {
        Self { join, ..Self::default() }
    }

    /// How far labels may lie apart to count as the same; the first object's are taken.
    pub fn tolerance(mut self, tolerance: Tolerance) -> Self {
        self.tolerance = Some(tolerance);
        self
    }

    /// Dimensions that stay as they are.
    pub fn exclude(mut self, dims: impl Into<Dims>) -> Self {
        self.exclude = Some(dims.into());
        self
    }

    /// What stands where an object has no value.
    pub fn fill_value(mut self, value: impl Into<Scalar>) -> Self {
        self.fill.any = Some(value.into());
        self
    }

    /// What stands where an object has no value, by variable.
    pub fn fill_values(mut self, values: FillValues) -> Self {
        self.fill = values;
        self
    }
}

impl From<Join> for AlignOptions {
    fn from(join: Join) -> Self {
        Self::new(join)
    }
}

/// How datasets are put together. The default refuses what would lose data: nothing is
/// overridden, filled or dropped without being asked for.
///
/// ```
/// use graticule_dataset::{CombineOptions, Compat, Join};
/// let loose = CombineOptions::new().compat(Compat::Override).join(Join::Outer);
/// let nested = CombineOptions::nested("time");
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
#[must_use]
pub struct CombineOptions {
    pub(crate) along: Along,
    pub(crate) compat: Compat,
    pub(crate) join: Join,
    pub(crate) tolerance: Option<Tolerance>,
    pub(crate) lacking: Lacking,
    pub(crate) data_vars: Vars,
    pub(crate) coords: Vars,
    pub(crate) attrs: CombineAttrs,
    pub(crate) overlap: Overlap,
    pub(crate) fill: FillValues,
    /// `None`: as the function that combines does by itself.
    pub(crate) compare: Option<bool>,
    pub(crate) strict: bool,
    /// Where the positions of each object go along the dimension of a concatenation.
    pub(crate) positions: Option<Vec<Vec<usize>>>,
    /// Whether a new dimension of a concatenation gets no index.
    pub(crate) unindexed: bool,
    /// What every file must be made of.
    pub(crate) schema: Option<Schema>,
}

impl CombineOptions {
    /// By the labels of coordinates, refusing what would lose data.
    pub fn new() -> Self {
        Self::default()
    }

    /// Along one dimension, existing or new, in the order given.
    pub fn nested(dim: impl Into<String>) -> Self {
        Self { along: Along::Dim(dim.into()), ..Self::default() }
    }

    /// Any loss is an error, that of an attribute included.
    ///
    /// ```
    /// use graticule_dataset::{CombineOptions, Dataset, merge_with};
    /// let a = Dataset::new().with_var("a", "x", vec![1, 2]).with_attr("title", "one");
    /// let b = Dataset::new().with_var("b", "x", vec![3, 4]).with_attr("title", "two");
    /// let all = merge_with(&[a.clone(), b.clone()], &CombineOptions::new())?;
    /// assert_eq!(all.losses().len(), 1);
    /// let e = merge_with(&[a, b], &CombineOptions::strict()).unwrap_err();
    /// assert!(e.to_string().contains("attribute \"title\""), "{e}");
    /// # Ok::<(), graticule_array::Error>(())
    /// ```
    pub fn strict() -> Self {
        Self { strict: true, ..Self::default() }
    }

    /// For files that are known to go together: what is not concatenated is taken from the first
    /// file, without looking at the others. What that ignores is counted in
    /// [`losses`](crate::Dataset::losses).
    ///
    /// ```
    /// use graticule_dataset::{CombineOptions, Dataset, concat_with};
    /// let day = |t: i32, depth: f32| {
    ///     Dataset::new().with_coord("t", "t", vec![t]).with_var("depth", "x", vec![depth])
    /// };
    /// let all = concat_with(&[day(1, 0.5), day(2, 0.7)], "t", &CombineOptions::fast_trusted())?;
    /// assert_eq!(all["depth"].values::<f32>()?, [0.5]);
    /// assert!(all.losses().to_string().contains("\"depth\""));
    /// # Ok::<(), graticule_array::Error>(())
    /// ```
    pub fn fast_trusted() -> Self {
        Self {
            compat: Compat::Override,
            join: Join::Override,
            data_vars: Vars::Minimal,
            coords: Vars::Minimal,
            compare: Some(false),
            ..Self::default()
        }
    }

    /// xarray's defaults until 2025: all data variables and those coordinates that differ are
    /// concatenated, labels are joined to their union, variables that some files lack are filled.
    ///
    /// ```
    /// use graticule_dataset::{CombineOptions, Dataset, concat_with};
    /// let day = |t: i32, depth: f32| {
    ///     Dataset::new().with_coord("t", "t", vec![t]).with_var("depth", "x", vec![depth])
    /// };
    /// let all = concat_with(&[day(1, 0.5), day(2, 0.7)], "t", &CombineOptions::like_xarray_old())?;
    /// assert_eq!(all["depth"].dims().to_string(), "t, x");
    /// # Ok::<(), graticule_array::Error>(())
    /// ```
    pub fn like_xarray_old() -> Self {
        Self {
            compat: Compat::NoConflicts,
            join: Join::Outer,
            lacking: Lacking::Fill,
            data_vars: Vars::All,
            coords: Vars::Different,
            compare: Some(true),
            ..Self::default()
        }
    }

    /// In which order, and along which dimension.
    pub fn along(mut self, along: Along) -> Self {
        self.along = along;
        self
    }

    /// What happens to variables that are not concatenated.
    pub fn compat(mut self, compat: Compat) -> Self {
        self.compat = compat;
        self
    }

    /// What happens to labels of other dimensions that differ.
    pub fn join(mut self, join: Join) -> Self {
        self.join = join;
        self
    }

    /// How far labels of other dimensions may lie apart to count as the same; the first object's
    /// are taken.
    pub fn tolerance(mut self, tolerance: Tolerance) -> Self {
        self.tolerance = Some(tolerance);
        self
    }

    /// What happens to a variable that some files lack.
    pub fn lacking(mut self, lacking: Lacking) -> Self {
        self.lacking = lacking;
        self
    }

    /// Which data variables are concatenated.
    pub fn data_vars(mut self, which: Vars) -> Self {
        self.data_vars = which;
        self
    }

    /// Which coordinates are concatenated.
    pub fn coords(mut self, which: Vars) -> Self {
        self.coords = which;
        self
    }

    /// What becomes of attributes.
    pub fn combine_attrs(mut self, attrs: CombineAttrs) -> Self {
        self.attrs = attrs;
        self
    }

    /// What happens to labels that several objects have.
    pub fn overlap(mut self, overlap: Overlap) -> Self {
        self.overlap = overlap;
        self
    }

    /// What stands where an object has no value.
    pub fn fill_value(mut self, value: impl Into<Scalar>) -> Self {
        self.fill.any = Some(value.into());
        self
    }

    /// What stands where an object has no value, by variable.
    pub fn fill_values(mut self, values: FillValues) -> Self {
        self.fill = values;
        self
    }

    /// Lets variables be read to compare them, where that cannot be told otherwise. Datasets are
    /// not read unless this is said; [`open_mfdataset`](crate::open_mfdataset) does it anyway.
    pub fn allow_compare_values(mut self) -> Self {
        self.compare = Some(true);
        self
    }

    /// Whether any loss (a dropped label, a filled cell, an overridden variable, an ignored
    /// attribute) is an error.
    pub fn refuse_losses(mut self, on: bool) -> Self {
        self.strict = on;
        self
    }

    /// Where the positions of each object go along the dimension of a concatenation: one list for
    /// each object, which together hold every position once. Only
    /// [`concat_with`](crate::concat_with) heeds it.
    ///
    /// ```
    /// use graticule_dataset::{CombineOptions, DataArray, concat_with};
    /// let even = DataArray::new("v", "x", vec![0, 2, 4]);
    /// let odd = DataArray::new("v", "x", vec![1, 3]);
    /// let options = CombineOptions::new().positions([vec![0, 2, 4], vec![1, 3]]);
    /// assert_eq!(concat_with(&[even, odd], "x", &options)?.values::<i32>()?, [0, 1, 2, 3, 4]);
    /// # Ok::<(), graticule_array::Error>(())
    /// ```
    pub fn positions<P: Into<Vec<usize>>>(mut self, of: impl IntoIterator<Item = P>) -> Self {
        self.positions = Some(of.into_iter().map(Into::into).collect());
        self
    }

    /// Whether the labels of a new dimension of [`concat_with`](crate::concat_with) get an index;
    /// they do by default. Without, they are a coordinate that nothing is aligned by.
    ///
    /// ```
    /// use graticule_dataset::{CombineOptions, DataArray, concat_with};
    /// let one = DataArray::new("v", (), 1);
    /// let options = CombineOptions::new().create_index(false);
    /// let runs = concat_with(&[one.clone(), one], ("run", vec!["a", "b"]), &options)?;
    /// assert!(runs.coords().has("run") && runs.index("run").is_none());
    /// # Ok::<(), graticule_array::Error>(())
    /// ```
    pub fn create_index(mut self, on: bool) -> Self {
        self.unindexed = !on;
        self
    }

    /// What every file or dataset must be made of: variables, their roles, dimensions and types.
    /// Lengths, chunks and attributes may differ. Compared before anything is combined; one error
    /// names all that differ, and how.
    ///
    /// ```
    /// use graticule_dataset::{CombineOptions, Dataset, combine_nested};
    /// let day = |v: Vec<f32>| Dataset::new().with_var("sst", "time", v);
    /// let options = CombineOptions::nested("time").schema(day(vec![]).schema());
    /// let other = Dataset::new().with_var("sst", "time", vec![1i16]);
    /// let e = combine_nested(vec![day(vec![0.5]), other], [Some("time")], &options).unwrap_err();
    /// assert!(e.to_string().contains("\"sst\": type float32 and int16"), "{e}");
    /// # Ok::<(), graticule_array::Error>(())
    /// ```
    pub fn schema(mut self, wanted: Schema) -> Self {
        self.schema = Some(wanted);
        self
    }

    /// How labels are brought together.
    pub(crate) fn labels(&self) -> AlignOptions {
        AlignOptions {
            join: self.join,
            tolerance: self.tolerance,
            exclude: None,
            fill: self.fill.clone(),
        }
    }
}
