//! The dataset: variables that share named dimensions, coordinates, indexes, attributes.

use std::fmt;
use std::panic::Location;
use std::sync::Arc;

use graticule_array::{Error, Result, did_you_mean};
use graticule_lazy::Session;
use indexmap::{IndexMap, IndexSet};

use crate::attrs::{AttrValue, Attrs};
use crate::cache::Cache;
use crate::combine::{AlignOptions, History};
use crate::coords::Coords;
use crate::data::Data;
use crate::data_array::DataArray;
use crate::dims::Dims;
use crate::encoding::Encoding;
use crate::fault::{Fault, Trail};
use crate::index::{Index, Joint, LabelIndex};
use crate::name::Name;
use crate::units::UnitMode;
use crate::variable::Variable;

/// Variables that share named dimensions, with coordinates, indexes and attributes.
///
/// A value: cloning is a reference count, verbs return changed copies. Verbs never fail and
/// never panic: the first error is carried as a [`Fault`], and returned by whatever touches data
/// ([`compute`](Self::compute), [`load`](Self::load), ...) or by [`check`](Self::check).
///
/// ```
/// use graticule_dataset::Dataset;
/// let ds = Dataset::new()
///     .with_coord("time", "time", vec![10, 20, 30])
///     .with_var("sst", ["time", "x"], (vec![1.0f32, 2.0, 3.0, 4.0, 5.0, 6.0], [3, 2]))
///     .with_attr("title", "an example");
/// assert_eq!(ds.size_of("x"), Some(2));
///
/// let mean = ds["sst"].sel("time", 20).mean("x");
/// assert_eq!(mean.item::<f64>()?, 3.5);
/// # Ok::<(), graticule_array::Error>(())
/// ```
#[derive(Clone)]
#[must_use]
pub struct Dataset(pub(crate) Arc<Parts>);

/// What a dataset is made of. Invariants: one length per dimension; every name in `coords` and
/// every key of `indexes` is in `vars`; a variable named like a dimension is a coordinate.
#[derive(Clone, Default)]
pub(crate) struct Parts {
    pub(crate) vars: IndexMap<Name, Variable>,
    pub(crate) coords: IndexSet<Name>,
    /// Indexes of one coordinate of one dimension.
    pub(crate) indexes: IndexMap<Name, Arc<dyn Index>>,
    /// Indexes of several coordinates, or over several dimensions.
    pub(crate) joints: Vec<Joint>,
    pub(crate) sizes: IndexMap<Name, usize>,
    pub(crate) attrs: Attrs,
    pub(crate) encoding: Encoding,
    pub(crate) session: Option<Session>,
    pub(crate) units: UnitMode,
    pub(crate) trail: Trail,
    pub(crate) fault: Option<Fault>,
    pub(crate) cache: Cache,
    pub(crate) history: Arc<History>,
    /// How arithmetic brings the labels of another operand to those of this dataset.
    pub(crate) join: Option<Arc<AlignOptions>>,
    /// Whether what loses something is a fault.
    pub(crate) strict: bool,
}

impl Parts {
    /// A dataset without variables that inherits everything else.
    pub(crate) fn emptied(&self) -> Self {
        Self {
            attrs: self.attrs.clone(),
            encoding: self.encoding.clone(),
            session: self.session.clone(),
            units: self.units,
            trail: self.trail.clone(),
            fault: self.fault.clone(),
            history: self.history.clone(),
            join: self.join.clone(),
            strict: self.strict,
            ..Self::default()
        }
    }

    /// Adds or replaces a variable; gives it the default index if it is a dimension coordinate.
    pub(crate) fn insert(
        &mut self,
        name: impl Into<Name>,
        var: Variable,
        coord: bool,
    ) -> Result<()> {
        let name = name.into();
        if name.is_empty() {
            return Err(Error::invalid("the name of a variable must not be empty"));
        }
        let replaced = self.vars.get(&name).is_some_and(|old| !old.sizes().eq(var.sizes()));
        let mut sizes = if replaced {
            let others = self.vars.iter().filter(|(n, _)| **n != name);
            others.flat_map(|(_, v)| v.sizes()).map(|(d, n)| (d.clone(), n)).collect()
        } else {
            std::mem::take(&mut self.sizes)
        };
        let clash = var.sizes().find(|(d, n)| sizes.get(*d).is_some_and(|known| known != n));
        if let Some((dim, len)) = clash {
            let known = sizes.get(dim).copied().unwrap_or(0);
            if !replaced {
                self.sizes = sizes;
            }
            return Err(self.conflict(dim, known, &name, len));
        }
        let mut promoted = Vec::new();
        for (dim, len) in var.sizes() {
            if sizes.insert(dim.clone(), len).is_none()
                && self.vars.contains_key(dim)
                && self.coords.insert(dim.clone())
            {
                promoted.push(dim.clone());
            }
        }
        self.sizes = sizes;
        for dim in &promoted {
            self.default_index(dim);
        }
        if coord || self.sizes.contains_key(&name) {
            self.coords.insert(name.clone());
        }
        self.joints.retain(|j| j.place(&name).is_none());
        self.vars.insert(name.clone(), var);
        self.default_index(&name);
        Ok(())
    }

    /// Adds a variable of another dataset together with its role and its index.
    pub(crate) fn adopt(&mut self, name: &Name, var: Variable, from: &Self) -> Result<()> {
        let same = from.vars.get(name).is_some_and(|old| old.is_same(&var));
        self.insert(name.clone(), var, from.coords.contains(name))?;
        if same && let Some(index) = from.indexes.get(name) {
            self.indexes.insert(name.clone(), index.clone());
        }
        self.adopt_joints(name, from);
        Ok(())
    }

    fn default_index(&mut self, name: &Name) {
        let index = self.vars.get(name).filter(|_| self.coords.contains(name)).and_then(|var| {
            let own = matches!(&**var.dims(), [dim] if dim == name);
            if own { LabelIndex::new(var.in_memory()?) } else { None }
        });
        match index {
            Some(index) => {
                self.indexes.insert(name.clone(), Arc::new(index));
            }
            None => {
                self.indexes.shift_remove(name);
            }
        }
    }

    fn conflict(&self, dim: &Name, known: usize, name: &Name, len: usize) -> Error {
        let holder = self.vars.iter().find(|(n, v)| *n != name && v.dims().has(dim));
        let holder = holder.map_or("another variable", |(n, _)| n.as_str());
        Error::mismatch(format!(
            "conflicting sizes for dimension \"{dim}\": {known} in \"{holder}\", {len} in \"{name}\""
        ))
    }
}

impl Default for Dataset {
    fn default() -> Self {
        Self::new()
    }
}

/// Construction.
impl Dataset {
    /// A dataset without anything in it.
    pub fn new() -> Self {
        Self(Arc::new(Parts::default()))
    }

    /// A dataset of these variables, in this order; `coords` names those that are coordinates
    /// beside the variables named like a dimension.
    ///
    /// # Errors
    /// If a name is empty, or two variables give one dimension different lengths.
    pub fn from_parts(
        vars: impl IntoIterator<Item = (Name, Variable)>,
        coords: &[Name],
        attrs: Attrs,
    ) -> Result<Self> {
        let mut parts = Parts { attrs, ..Parts::default() };
        for (name, var) in vars {
            let coord = coords.contains(&name);
            parts.insert(name, var, coord)?;
        }
        Ok(Self(Arc::new(parts)))
    }

    /// The same dataset with a data variable added or replaced. A variable named like a dimension
    /// becomes a coordinate.
    #[track_caller]
    pub fn with_var(
        self,
        name: impl Into<Name>,
        dims: impl Into<Dims>,
        data: impl Into<Data>,
    ) -> Self {
        let (name, dims) = (name.into(), dims.into());
        let step = format!("with_var({name:?}, {dims:?}, ..)");
        self.put(step, name, Variable::new(dims, data), false)
    }

    /// The same dataset with a coordinate added or replaced. One that is named like its only
    /// dimension, and is in memory, becomes the index of that dimension.
    #[track_caller]
    pub fn with_coord(
        self,
        name: impl Into<Name>,
        dims: impl Into<Dims>,
        data: impl Into<Data>,
    ) -> Self {
        let (name, dims) = (name.into(), dims.into());
        let step = format!("with_coord({name:?}, {dims:?}, ..)");
        self.put(step, name, Variable::new(dims, data), true)
    }

    /// The same dataset with a data variable (attributes and encoding included) added or replaced.
    #[track_caller]
    pub fn with_variable(self, name: impl Into<Name>, var: Variable) -> Self {
        let name = name.into();
        self.put(format!("with_variable({name:?}, ..)"), name, Ok(var), false)
    }

    /// The same dataset with a coordinate (attributes and encoding included) added or replaced.
    #[track_caller]
    pub fn with_coord_variable(self, name: impl Into<Name>, var: Variable) -> Self {
        let name = name.into();
        self.put(format!("with_coord_variable({name:?}, ..)"), name, Ok(var), true)
    }

    #[track_caller]
    fn put(mut self, step: String, name: Name, var: Result<Variable>, coord: bool) -> Self {
        if self.0.fault.is_some() {
            return self;
        }
        let place = Location::caller();
        // A failed insert changes nothing, so the fault is put on the last valid dataset.
        let made = var.and_then(|var| Arc::make_mut(&mut self.0).insert(name, var, coord));
        match made {
            Ok(()) => {
                Arc::make_mut(&mut self.0).cache = Cache::default();
                self
            }
            Err(error) => self.faulted(error, step, place),
        }
    }

    /// The same dataset with an attribute added or replaced.
    pub fn with_attr(mut self, name: impl Into<Name>, value: impl Into<AttrValue>) -> Self {
        Arc::make_mut(&mut self.0).attrs.set(name, value);
        self
    }

    /// The same dataset with other attributes.
    pub fn with_attrs(mut self, attrs: Attrs) -> Self {
        Arc::make_mut(&mut self.0).attrs = attrs;
        self
    }

    /// The same dataset with other facts about its storage (`origin`, `unlimited`).
    pub fn with_encoding(mut self, encoding: Encoding) -> Self {
        Arc::make_mut(&mut self.0).encoding = encoding;
        self
    }

    /// The same dataset, computed by another session.
    pub fn with_session(mut self, session: &Session) -> Self {
        Arc::make_mut(&mut self.0).session = Some(session.clone());
        self
    }

    /// The same dataset with the words that faults use for where it comes from:
    /// `open_mfdataset("era5/*.nc")`.
    pub fn with_origin(mut self, origin: &str) -> Self {
        Arc::make_mut(&mut self.0).trail = Trail::from_origin(origin);
        self
    }

    /// The same dataset with an index for a coordinate of one dimension in place of the default.
    #[track_caller]
    pub fn with_index(&self, coord: &str, index: Arc<dyn Index>) -> Self {
        self.verb(
            || format!("with_index({coord:?}, ..)"),
            |ds| {
                let var = ds.find(coord)?;
                if var.shape() != index.shape() || !ds.is_coord(coord) || var.ndim() != 1 {
                    return Err(Error::mismatch(format!(
                        "an index of {} labels does not suit \"{coord}\" ({:?}, shape {:?})",
                        index.len(),
                        var.dims(),
                        var.shape()
                    )));
                }
                let mut parts = (*ds.0).clone();
                parts.joints.retain(|j| j.place(coord).is_none());
                parts.indexes.insert(coord.into(), index);
                Ok(Self(Arc::new(parts)))
            },
        )
    }
}

/// Facts. On a faulted dataset they describe the last valid one.
impl Dataset {
    /// Dimensions and their lengths, in order of first appearance.
    pub fn sizes(&self) -> impl Iterator<Item = (&Name, usize)> + Clone {
        self.0.sizes.iter().map(|(d, n)| (d, *n))
    }

    /// The names of the dimensions, in order of first appearance.
    #[must_use]
    pub fn dims(&self) -> Dims {
        self.0.sizes.keys().collect()
    }

    /// The length of a dimension.
    #[must_use]
    pub fn size_of(&self, dim: &str) -> Option<usize> {
        self.0.sizes.get(dim).copied()
    }

    /// All variables, coordinates included, in order.
    pub fn variables(&self) -> impl Iterator<Item = (&Name, &Variable)> {
        self.0.vars.iter()
    }

    /// The data variables in order.
    pub fn data_vars(&self) -> impl Iterator<Item = (&Name, &Variable)> {
        self.0.vars.iter().filter(|(n, _)| !self.0.coords.contains(*n))
    }

    /// The coordinate variables in order.
    pub fn coord_vars(&self) -> impl Iterator<Item = (&Name, &Variable)> {
        self.0.vars.iter().filter(|(n, _)| self.0.coords.contains(*n))
    }

    /// The coordinates.
    pub fn coords(&self) -> Coords {
        Coords::of(self)
    }

    /// A variable or coordinate, bare of its labels.
    #[must_use]
    pub fn variable(&self, name: &str) -> Option<&Variable> {
        self.0.vars.get(name)
    }

    /// Whether there is a variable or coordinate of this name.
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        self.0.vars.contains_key(name)
    }

    /// Whether this is the name of a coordinate.
    #[must_use]
    pub fn is_coord(&self, name: &str) -> bool {
        self.0.coords.contains(name)
    }

    /// The index of a coordinate, or the multi-index of a dimension.
    #[must_use]
    pub fn index(&self, coord: &str) -> Option<&Arc<dyn Index>> {
        let joint = || {
            let of_coord = self.joint(coord);
            let of_dim = || self.find_multi(coord).map(|(joint, _)| joint);
            of_coord.or_else(of_dim).map(|j| &j.index)
        };
        self.0.indexes.get(coord).or_else(joint)
    }

    /// Coordinates and their indexes; an index over several coordinates stands under each.
    pub fn indexes(&self) -> impl Iterator<Item = (&Name, &Arc<dyn Index>)> {
        let joint = self.0.joints.iter();
        self.0.indexes.iter().chain(joint.flat_map(|j| j.coords.iter().map(|c| (c, &j.index))))
    }

    /// The attributes.
    #[must_use]
    pub fn attrs(&self) -> &Attrs {
        &self.0.attrs
    }

    /// How the dataset was stored as a whole.
    #[must_use]
    pub fn encoding(&self) -> &Encoding {
        &self.0.encoding
    }

    /// The session that computes it: its own, else the default one.
    #[must_use]
    pub fn session(&self) -> Session {
        self.0.session.clone().unwrap_or_default()
    }

    /// Bytes that all variables take in memory, or would take.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.0.vars.values().map(Variable::bytes).fold(0, usize::saturating_add)
    }

    /// A variable or coordinate together with the coordinates on its dimensions; faulted if
    /// there is none of this name.
    #[track_caller]
    pub fn var(&self, name: &str) -> DataArray {
        let place = Location::caller();
        match self.get(name) {
            Some(array) => array,
            None => DataArray::faulted_from(self, name, self.missing_name(name), place),
        }
    }

    /// A variable or coordinate together with the coordinates on its dimensions.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<DataArray> {
        let (name, var) = self.0.vars.get_key_value(name)?;
        Some(DataArray::from_set(self, name, var))
    }

    pub(crate) fn find(&self, name: &str) -> Result<&Variable> {
        self.variable(name).ok_or_else(|| self.missing_name(name))
    }

    pub(crate) fn missing_name(&self, name: &str) -> Error {
        let known: Vec<&str> =
            self.data_vars().chain(self.coord_vars()).map(|(n, _)| n.as_str()).collect();
        let list = match known.len() {
            0 => "the dataset is empty".to_owned(),
            1..=12 => format!("there are {}", known.join(", ")),
            n => format!(
                "there are {} and {} more",
                known.iter().take(12).copied().collect::<Vec<_>>().join(", "),
                n - 12
            ),
        };
        let error = Error::not_found(format!("no variable \"{name}\"; {list}"));
        match did_you_mean(name, known.iter().copied()) {
            Some(hint) => error.hint(hint),
            None => error,
        }
    }
}

/// Faults.
impl Dataset {
    /// The error that a verb left behind, if any.
    #[must_use]
    pub fn fault(&self) -> Option<&Fault> {
        self.0.fault.as_ref()
    }

    /// This dataset, or the error it carries.
    ///
    /// # Errors
    /// The carried fault.
    pub fn check(self) -> Result<Self> {
        self.sound()?;
        Ok(self)
    }

    pub(crate) fn sound(&self) -> Result<()> {
        self.fault().map_or(Ok(()), |fault| Err(fault.to_error()))
    }

    pub(crate) fn faulted(
        &self,
        error: Error,
        step: String,
        place: &'static Location<'static>,
    ) -> Self {
        let mut parts = (*self.0).clone();
        parts.fault = Some(Fault::new(error, step, self.0.trail.clone(), place));
        Self(Arc::new(parts))
    }

    pub(crate) fn carrying(&self, fault: &Fault) -> Self {
        let mut parts = (*self.0).clone();
        parts.fault = Some(fault.clone());
        Self(Arc::new(parts))
    }

    /// Runs the body of a verb unless a fault is carried; an error becomes the fault.
    #[track_caller]
    pub(crate) fn verb(
        &self,
        step: impl FnOnce() -> String,
        body: impl FnOnce(&Self) -> Result<Self>,
    ) -> Self {
        if self.0.fault.is_some() {
            return self.clone();
        }
        self.settle(step(), body(self), Location::caller())
    }

    pub(crate) fn settle(
        &self,
        step: String,
        made: Result<Self>,
        place: &'static Location<'static>,
    ) -> Self {
        match made {
            Ok(mut made) => {
                let trail = self.0.trail.then(step);
                Arc::make_mut(&mut made.0).trail = trail;
                made
            }
            Err(error) => self.faulted(error, step, place),
        }
    }

    /// Each variable through a function (`None` drops it); everything else stays.
    pub(crate) fn map_vars(
        &self,
        mut change: impl FnMut(&Name, &Variable) -> Result<Option<Variable>>,
    ) -> Result<Self> {
        let mut parts = self.0.emptied();
        for (name, var) in &self.0.vars {
            let changed = change(name, var).map_err(|e| in_variable(e, name))?;
            if let Some(var) = changed {
                parts.adopt(name, var, &self.0)?;
            }
        }
        Ok(Self(Arc::new(parts)))
    }
}

/// Names the variable in an error, unless it is the one that stands for a whole array.
pub(crate) fn in_variable(error: Error, name: &Name) -> Error {
    if *name == crate::data_array::MAIN { error } else { error.in_variable(name.as_str()) }
}

impl std::ops::Index<&str> for Dataset {
    type Output = DataArray;

    /// A variable or coordinate; faulted, not panicking, if there is none of this name.
    #[track_caller]
    fn index(&self, name: &str) -> &DataArray {
        let place = Location::caller();
        self.0.cache.get_or_make(name, || {
            self.get(name).unwrap_or_else(|| {
                DataArray::faulted_from(self, name, self.missing_name(name), place)
            })
        })
    }
}

impl fmt::Display for Dataset {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&crate::show::text::dataset(self, &crate::DisplayOptions::of(self)))
    }
}

/// The human display, because notebooks print `Debug`.
impl fmt::Debug for Dataset {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
