//! Objects brought to the same labels.

use std::borrow::Cow;

use graticule_array::{Array, Error, Result};

use super::by_index;
use super::labels::{Labels, join_labels};
use super::losses::Losses;
use super::options::{AlignOptions, FillValues, Join};
use super::place::Target;
use super::problems::Problems;
use crate::data_array::{DataArray, MAIN};
use crate::dataset::{Dataset, in_variable};
use crate::name::Name;
use crate::variable::Variable;

mod sealed {
    pub trait Sealed {}
    impl Sealed for super::Dataset {}
    impl Sealed for super::DataArray {}
}

/// What can be aligned, broadcast and concatenated: datasets, or arrays.
pub trait Labelled: Clone + sealed::Sealed {
    #[doc(hidden)]
    fn set(&self) -> &Dataset;
    #[doc(hidden)]
    fn with_set(&self, set: Dataset) -> Self;
    /// The object as a dataset of its own, for merging.
    #[doc(hidden)]
    fn named_set(&self) -> Dataset;
    /// What messages call the `at`-th object.
    #[doc(hidden)]
    fn origin(&self, at: usize) -> String;
    /// The result of combining, under the name that all have.
    #[doc(hidden)]
    fn renamed(_all: &[Self], made: Self) -> Self {
        made
    }
}

impl Labelled for Dataset {
    fn set(&self) -> &Dataset {
        self
    }
    fn with_set(&self, set: Dataset) -> Self {
        set
    }
    fn named_set(&self) -> Dataset {
        self.clone()
    }
    fn origin(&self, at: usize) -> String {
        match &self.encoding().origin {
            Some(file) => file.to_string(),
            None => format!("dataset {}", at + 1),
        }
    }
}

impl Labelled for DataArray {
    fn set(&self) -> &Dataset {
        &self.set
    }
    fn with_set(&self, set: Dataset) -> Self {
        Self { set, name: self.name.clone() }
    }
    fn named_set(&self) -> Dataset {
        self.to_dataset()
    }
    fn origin(&self, at: usize) -> String {
        match self.name() {
            Some(name) => format!("array {} (\"{name}\")", at + 1),
            None => format!("array {}", at + 1),
        }
    }
    fn renamed(all: &[Self], mut made: Self) -> Self {
        if all.iter().any(|a| a.name != made.name) {
            made.name = None;
        }
        made
    }
}

/// Brings objects to the same labels along every dimension they share, in the order given.
/// Reads nothing: labels are in memory, and what is filled in or picked stays lazy.
///
/// ```
/// use graticule_dataset::{DataArray, Join, align};
/// let at = |x: [i32; 2]| {
///     DataArray::new("v", "x", vec![x[0], x[1]]).with_coord("x", "x", x.to_vec())
/// };
/// let (a, b) = (at([1, 2]), at([2, 3]));
/// let inner = align(&[a.clone(), b.clone()], &Join::Inner.into())?;
/// assert_eq!((inner[0].values::<i32>()?, inner[1].values::<i32>()?), (vec![2], vec![2]));
/// let outer = align(&[a.clone(), b.clone()], &Join::Outer.into())?;
/// assert_eq!(outer[1].fillna(0).values::<f64>()?, [0.0, 2.0, 3.0]);
/// assert!(align(&[a, b], &Join::Exact.into()).is_err());
/// # Ok::<(), graticule_array::Error>(())
/// ```
///
/// # Errors
/// If an object carries a fault, or labels or lengths do not go together; all reasons at once.
pub fn align<T: Labelled>(objects: &[T], options: &AlignOptions) -> Result<Vec<T>> {
    let mut sets = Vec::with_capacity(objects.len());
    let mut origins = Vec::with_capacity(objects.len());
    for (at, object) in objects.iter().enumerate() {
        object.set().sound()?;
        sets.push(object.set().clone());
        origins.push(object.origin(at));
    }
    let aligned = align_sets(&sets, &origins, options)?;
    Ok(objects.iter().zip(aligned).map(|(object, set)| object.with_set(set)).collect())
}

/// Aligns datasets that messages call by these names.
pub(crate) fn align_sets(
    sets: &[Dataset],
    origins: &[String],
    options: &AlignOptions,
) -> Result<Vec<Dataset>> {
    let mut dims: Vec<Name> = Vec::new();
    for set in sets {
        for (dim, _) in set.sizes() {
            let excluded = options.exclude.as_ref().is_some_and(|e| e.has(dim));
            if !excluded && !dims.contains(dim) {
                dims.push(dim.clone());
            }
        }
    }
    let mut made: Vec<Cow<'_, Dataset>> = sets.iter().map(Cow::Borrowed).collect();
    let mut losses = vec![Losses::default(); sets.len()];
    let mut problems = Problems::default();
    for dim in &dims {
        if let Err(why) = along(&mut made, &mut losses, origins, dim, options) {
            problems.push(why);
        }
    }
    problems.into_result("while aligning")?;
    if sets.iter().any(|s| s.0.strict) {
        let mut all = Losses::default();
        losses.iter().for_each(|l| all.extend(l));
        all.refuse()?;
    }
    made.into_iter().zip(&losses).map(|(set, l)| set.into_owned().with_losses(l)).collect()
}

fn along(
    sets: &mut [Cow<'_, Dataset>],
    losses: &mut [Losses],
    origins: &[String],
    dim: &Name,
    options: &AlignOptions,
) -> Result<()> {
    let origin = |at: usize| origins.get(at).map_or("?", String::as_str);
    let having: Vec<usize> = (0..sets.len())
        .filter(|i| sets.get(*i).is_some_and(|s| s.size_of(dim).is_some()))
        .collect();
    if by_index::along(sets, losses, origins, &having, dim, options)? {
        return Ok(());
    }
    let mut labelled: Vec<(usize, Array)> = Vec::new();
    let mut bare: Vec<(usize, usize)> = Vec::new();
    let mut model: Option<usize> = None;
    for at in having {
        let Some(set) = sets.get(at) else { continue };
        match set.index(dim) {
            None => bare.push((at, set.size_of(dim).unwrap_or(0))),
            Some(index) => {
                let listed = set.variable(dim).and_then(Variable::in_memory);
                match index.labels().or(listed) {
                    Some(labels) => labelled.push((at, labels.clone())),
                    // Labels that cannot be listed have to be those of the others.
                    None => {
                        let other = model.and_then(|m| sets.get(m)).and_then(|m| m.index(dim));
                        if let Some(why) = other.and_then(|o| o.difference(&**index)) {
                            return Err(Error::unsupported(format!(
                                "aligning \"{dim}\" by an index of {} in {}: {why}",
                                index.kind(),
                                origin(at)
                            ))
                            .hint("load the labels first, or give both the same"));
                        }
                        bare.push((at, set.size_of(dim).unwrap_or(0)));
                    }
                }
                model = model.or(Some(at));
            }
        }
    }
    let all: Vec<Labels<'_>> = labelled.iter().map(|(at, l)| (origin(*at), l)).collect();
    let joined = join_labels(dim, &all, options.join, options.tolerance)?;
    let len = joined.as_ref().map(|j| j.labels.len()).or(labelled.first().map(|(_, l)| l.len()));
    let wanted = match (len, bare.first()) {
        (Some(len), _) => Some((labelled.first().map_or(0, |(at, _)| *at), len)),
        (None, first) => first.copied(),
    };
    if let Some((first, len)) = wanted
        && let Some((at, other)) = bare.iter().find(|(_, n)| *n != len)
    {
        return Err(Error::mismatch(format!(
            "dimension \"{dim}\" has the length {len} in {} and {other} in {}, which has no labels",
            origin(first),
            origin(*at)
        )));
    }
    let Some(joined) = joined else { return Ok(()) };
    for ((at, _), places) in labelled.iter().zip(&joined.places) {
        if places.is_none() && !joined.renamed {
            continue;
        }
        let target = Target {
            dim,
            labels: &joined.labels,
            places: places.as_ref(),
            fill: &options.fill,
            origin: origin(*at),
            rule: rule(options.join),
        };
        if let (Some(set), Some(losses)) = (sets.get_mut(*at), losses.get_mut(*at)) {
            *set = Cow::Owned(set.placed(&target, losses)?);
        }
    }
    Ok(())
}

/// As the ledger names a join.
pub(super) fn rule(join: Join) -> &'static str {
    match join {
        Join::Exact => "tolerance",
        Join::Outer => "Join::Outer",
        Join::Inner => "Join::Inner",
        Join::Left => "Join::Left",
        Join::Right => "Join::Right",
        Join::Override => "Join::Override",
    }
}

/// Repeats objects along the dimensions they lack, so that all data variables have the same
/// dimensions, in the order of first appearance. Labels must be the same. Takes no memory:
/// repetition is lazy.
///
/// ```
/// use graticule_dataset::{DataArray, broadcast};
/// let x = DataArray::new("x", "x", vec![1, 2]);
/// let y = DataArray::new("y", "y", vec![10, 20, 30]);
/// let both = broadcast(&[x, y])?;
/// assert_eq!(both[1].dims().to_string(), "x, y");
/// assert_eq!(both[1].values::<i32>()?, [10, 20, 30, 10, 20, 30]);
/// # Ok::<(), graticule_array::Error>(())
/// ```
///
/// # Errors
/// If an object carries a fault, or labels or lengths of a shared dimension differ.
pub fn broadcast<T: Labelled>(objects: &[T]) -> Result<Vec<T>> {
    let aligned = align(objects, &AlignOptions::default())?;
    let mut dims = crate::dims::Dims::none();
    let mut sizes: indexmap::IndexMap<Name, usize> = indexmap::IndexMap::new();
    for object in &aligned {
        // The order of the array's own axes, not of its coordinates.
        for (_, var) in object.set().data_vars() {
            dims = dims.union(var.dims());
        }
        dims = dims.union(&object.set().dims());
        for (dim, len) in object.set().sizes() {
            sizes.entry(dim.clone()).or_insert(len);
        }
    }
    let shape: Vec<usize> = dims.iter().map(|d| sizes.get(d).copied().unwrap_or(1)).collect();
    let labels: Vec<(Name, Variable, &Dataset)> = dims
        .iter()
        .filter_map(|d| {
            let of = aligned.iter().map(T::set).find(|s| s.is_coord(d) && s.has(d))?;
            Some((d.clone(), of.variable(d)?.clone(), of))
        })
        .collect();
    aligned
        .iter()
        .map(|object| {
            let set = object.set();
            let spread = set.map_vars(|name, var| {
                if set.is_coord(name) {
                    return Ok(Some(var.clone()));
                }
                let encoding = var.encoding().after_reshape();
                let data = var.spread(&dims, &shape)?;
                var.clone().with_encoding(encoding).with_dims_data(dims.clone(), data).map(Some)
            })?;
            let mut parts = (*spread.0).clone();
            for (name, var, of) in &labels {
                if !parts.vars.contains_key(name) {
                    parts.adopt(name, var.clone(), &of.0).map_err(|e| in_variable(e, name))?;
                }
            }
            Ok(object.with_set(Dataset(std::sync::Arc::new(parts))))
        })
        .collect()
}

impl Dataset {
    /// What combining left out, filled in or passed over on the way to this dataset.
    #[must_use]
    pub fn losses(&self) -> Losses {
        self.0.history.losses.clone()
    }

    /// Where a variable comes from and by which rule, if it was combined from several objects
    /// or read from a file.
    ///
    /// ```
    /// use graticule_dataset::{Dataset, concat};
    /// let day = |t: i32| {
    ///     Dataset::new()
    ///         .with_coord("t", "t", vec![t])
    ///         .with_coord("lat", "lat", vec![10.0, 20.0])
    ///         .with_var("v", ["t", "lat"], (vec![0.0, 1.0], [1, 2]))
    /// };
    /// let all = concat(&[day(1), day(2), day(3)], "t")?;
    /// assert_eq!(
    ///     all.provenance("v").unwrap().to_string(),
    ///     "\"v\": concatenated along \"t\", from 3 sources: dataset 1 ... dataset 3"
    /// );
    /// assert_eq!(
    ///     all.provenance("lat").unwrap().to_string(),
    ///     "\"lat\": equal in all 3, from dataset 1"
    /// );
    /// # Ok::<(), graticule_array::Error>(())
    /// ```
    #[must_use]
    pub fn provenance(&self, name: &str) -> Option<super::losses::Provenance> {
        let var = self.variable(name)?;
        if let Some(known) = self.0.history.provenance.get(name) {
            return Some(known.clone());
        }
        let origin = var.encoding().origin.as_ref().or(self.encoding().origin.as_ref())?;
        Some(super::losses::Provenance {
            name: name.into(),
            rule: "read".into(),
            sources: [std::sync::Arc::from(origin.to_string())].into(),
        })
    }

    /// The same dataset, whose arithmetic brings the labels of both operands together as said,
    /// instead of asking that they are the same. What follows from it does so, too. What that
    /// drops or fills in is counted in [`losses`](Self::losses).
    ///
    /// ```
    /// use graticule_dataset::{AlignOptions, DataArray, Join, Tolerance};
    /// let at = |x: Vec<f64>| DataArray::new("v", "x", x.clone()).with_coord("x", "x", x);
    /// let (a, b) = (at(vec![1.0, 2.0]), at(vec![2.0, 3.0]));
    /// assert!((&a + &b).check().is_err());
    /// let sum = a.clone().with_join(Join::Inner) + &b;
    /// assert_eq!(sum.values::<f64>()?, [4.0]);
    /// let rounded = at(vec![1.0, 2.0 + 1e-14]);
    /// let near = AlignOptions::new(Join::Exact).tolerance(Tolerance::Abs(1e-9));
    /// assert_eq!((a.with_join(near) - &rounded)["x"].values::<f64>()?, [1.0, 2.0]);
    /// # Ok::<(), graticule_array::Error>(())
    /// ```
    pub fn with_join(mut self, join: impl Into<AlignOptions>) -> Self {
        let join: AlignOptions = join.into();
        let plain = join == AlignOptions::default();
        std::sync::Arc::make_mut(&mut self.0).join = (!plain).then(|| std::sync::Arc::new(join));
        self
    }

    /// The same dataset with more in the account.
    ///
    /// # Errors
    /// If it is strict and something was lost.
    pub(crate) fn with_losses(mut self, losses: &Losses) -> Result<Self> {
        if !losses.is_empty() {
            if self.0.strict {
                losses.refuse()?;
            }
            let parts = std::sync::Arc::make_mut(&mut self.0);
            std::sync::Arc::make_mut(&mut parts.history).losses.extend(losses);
        }
        Ok(self)
    }
}

impl DataArray {
    /// The same array, whose arithmetic brings the labels of both operands together as said; see
    /// [`Dataset::with_join`].
    pub fn with_join(mut self, join: impl Into<AlignOptions>) -> Self {
        self.set = self.set.with_join(join);
        self
    }

    /// What combining left out, filled in or passed over on the way to this array.
    #[must_use]
    pub fn losses(&self) -> Losses {
        self.set.losses()
    }
}

/// What the array itself is called in a list of fill values.
pub(crate) fn fill_for_array(fill: &FillValues, name: Option<&Name>) -> FillValues {
    match name.and_then(|n| fill.of(n, false)) {
        Some(value) => fill.clone().with(MAIN, value.clone()),
        None => fill.clone(),
    }
}
