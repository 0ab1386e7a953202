//! The data array: one variable with its coordinates.

use std::fmt;
use std::panic::Location;
use std::sync::Arc;

use graticule_array::{DType, Error, Result};
use graticule_lazy::{LazyArray, Session};

use crate::attrs::{AttrValue, Attrs};
use crate::coords::Coords;
use crate::data::Data;
use crate::dataset::{Dataset, Parts};
use crate::dims::Dims;
use crate::encoding::Encoding;
use crate::fault::Fault;
use crate::name::Name;
use crate::variable::Variable;

/// The key of the array's own variable within its dataset. It is not the array's name, so that
/// an array may be called like one of its coordinates, or have no name.
pub(crate) const MAIN: &str = "<this-array>";

/// One variable with the coordinates on its dimensions: a dataset with one distinguished
/// variable. A value like [`Dataset`], with the same verbs and the same way to carry faults.
///
/// ```
/// use graticule_dataset::DataArray;
/// let t = DataArray::new("t2m", ["time", "lat"], (vec![280.0, 290.0, 282.0, 292.0], [2, 2]))
///     .with_coord("lat", "lat", vec![60.0, 30.0])
///     .with_attr("units", "K");
/// let celsius = &t - 273.15;
/// assert_eq!(celsius.name(), Some("t2m"));
/// assert!((celsius.sel("lat", 30.0).mean("time").item::<f64>()? - 17.85).abs() < 1e-9);
/// # Ok::<(), graticule_array::Error>(())
/// ```
#[derive(Clone)]
#[must_use]
pub struct DataArray {
    pub(crate) set: Dataset,
    pub(crate) name: Option<Name>,
}

/// Construction.
impl DataArray {
    /// An array over some dimensions, without coordinates. An empty name stands for none.
    #[track_caller]
    pub fn new(name: impl Into<Name>, dims: impl Into<Dims>, data: impl Into<Data>) -> Self {
        let (name, dims) = (name.into(), dims.into());
        let step = format!("DataArray::new({name:?}, {dims:?}, ..)");
        let place = Location::caller();
        match Variable::new(dims, data) {
            Ok(var) => Self::from_variable(name, var),
            Err(error) => {
                let mut array = Self::from_variable(name, Variable::placeholder());
                array.set = array.set.faulted(error, step, place);
                array
            }
        }
    }

    /// An array without coordinates from a variable. An empty name stands for none.
    pub fn from_variable(name: impl Into<Name>, var: Variable) -> Self {
        let name = Some(name.into()).filter(|n| !n.is_empty());
        let mut parts = Parts::default();
        // A variable alone conflicts with nothing.
        let _ = parts.insert(MAIN, var, false);
        Self { set: Dataset(Arc::new(parts)), name }
    }

    /// The variable `name` of a dataset with the coordinates on its dimensions.
    pub(crate) fn from_set(set: &Dataset, name: &Name, var: &Variable) -> Self {
        let mut parts = Parts {
            session: set.0.session.clone(),
            units: set.0.units,
            trail: set.0.trail.clone(),
            fault: set.0.fault.clone(),
            history: set.0.history.clone(),
            join: set.0.join.clone(),
            strict: set.0.strict,
            ..Parts::default()
        };
        // All parts come from one valid dataset: they cannot conflict.
        let _ = parts.insert(MAIN, var.clone(), false);
        for (coord, labels) in set.coord_vars() {
            if labels.dims().iter().all(|d| var.dims().has(d)) {
                let _ = parts.adopt(coord, labels.clone(), &set.0);
            }
        }
        for (bounds, edges) in crate::roles::attached(set, var.dims()) {
            if bounds != name {
                let _ = parts.adopt(bounds, edges.clone(), &set.0);
            }
        }
        Self { set: Dataset(Arc::new(parts)), name: Some(name.clone()) }
    }

    /// What stands for a variable that does not exist: the fault and the origin of its dataset.
    pub(crate) fn faulted_from(
        set: &Dataset,
        name: &str,
        error: Error,
        place: &'static Location<'static>,
    ) -> Self {
        Self::faulted_at(set, name, error, format!("var({name:?})"), place)
    }

    /// The same for another step than `var`.
    pub(crate) fn faulted_at(
        set: &Dataset,
        name: &str,
        error: Error,
        step: String,
        place: &'static Location<'static>,
    ) -> Self {
        let mut array = Self::from_variable(name, Variable::placeholder());
        let parts = Arc::make_mut(&mut array.set.0);
        parts.session = set.0.session.clone();
        parts.trail = set.0.trail.clone();
        array.set = match set.fault() {
            Some(fault) => array.set.carrying(fault),
            None => array.set.faulted(error, step, place),
        };
        array
    }

    /// The same array with a coordinate added or replaced, whose dimensions must be among those
    /// of the array. One that is named like its only dimension, and is in memory, becomes the
    /// index of that dimension.
    #[track_caller]
    pub fn with_coord(
        self,
        name: impl Into<Name>,
        dims: impl Into<Dims>,
        data: impl Into<Data>,
    ) -> Self {
        let (name, dims) = (name.into(), dims.into());
        let made = Variable::new(dims.clone(), data);
        self.verb(
            || format!("with_coord({name:?}, {dims:?}, ..)"),
            |set| set.with_array_coord(&name, made?),
        )
    }

    /// The same array with a coordinate (attributes and encoding included) added or replaced.
    #[track_caller]
    pub fn with_coord_variable(self, name: impl Into<Name>, var: Variable) -> Self {
        let name = name.into();
        self.verb(
            || format!("with_coord_variable({name:?}, ..)"),
            |set| set.with_array_coord(&name, var),
        )
    }

    /// The same array under another name; an empty one stands for none.
    pub fn with_name(mut self, name: impl Into<Name>) -> Self {
        self.name = Some(name.into()).filter(|n| !n.is_empty());
        self
    }

    /// The same array with an attribute added or replaced.
    pub fn with_attr(self, name: impl Into<Name>, value: impl Into<AttrValue>) -> Self {
        let attrs = self.attrs().clone().with(name, value);
        self.with_attrs(attrs)
    }

    /// The same array with other attributes.
    pub fn with_attrs(mut self, attrs: Attrs) -> Self {
        self.edit(|var| var.with_attrs(attrs));
        self
    }

    /// The same array stored in another way.
    pub fn with_encoding(mut self, encoding: Encoding) -> Self {
        self.edit(|var| var.with_encoding(encoding));
        self
    }

    /// The same array, computed by another session.
    pub fn with_session(mut self, session: &Session) -> Self {
        self.set = self.set.with_session(session);
        self
    }

    fn edit(&mut self, change: impl FnOnce(Variable) -> Variable) {
        let parts = Arc::make_mut(&mut self.set.0);
        if let Some(var) = parts.vars.get_mut(MAIN) {
            *var = change(var.clone());
        }
    }
}

impl Dataset {
    fn with_array_coord(&self, name: &Name, var: Variable) -> Result<Self> {
        let array = self.find(MAIN)?;
        if let Some(stranger) = var.dims().iter().find(|d| !array.dims().has(d)) {
            return Err(Error::mismatch(format!(
                "coordinate \"{name}\" has the dimension \"{stranger}\", which the array ({}) has not",
                array.dims()
            )));
        }
        let mut parts = (*self.0).clone();
        parts.insert(name.clone(), var, true)?;
        Ok(Self(Arc::new(parts)))
    }
}

/// Facts. On a faulted array they describe the last valid one.
impl DataArray {
    /// The name, if there is one.
    #[must_use]
    pub fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    /// The variable, bare of its labels.
    pub fn variable(&self) -> Variable {
        self.set.variable(MAIN).cloned().unwrap_or_else(Variable::placeholder)
    }

    pub(crate) fn main(&self) -> Result<&Variable> {
        self.set.variable(MAIN).ok_or_else(|| Error::bug("an array without its variable"))
    }

    /// The data.
    #[must_use]
    pub fn data(&self) -> LazyArray {
        self.variable().data().clone()
    }

    /// The names of the dimensions, in the order of the axes.
    #[must_use]
    pub fn dims(&self) -> Dims {
        self.variable().dims().clone()
    }

    /// The lengths of the axes.
    #[must_use]
    pub fn shape(&self) -> Vec<usize> {
        self.variable().shape().to_vec()
    }

    /// The number of axes.
    #[must_use]
    pub fn ndim(&self) -> usize {
        self.variable().ndim()
    }

    /// The number of elements.
    #[must_use]
    pub fn len(&self) -> usize {
        self.data().len()
    }

    /// Whether there are no elements.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The length of a dimension.
    #[must_use]
    pub fn size_of(&self, dim: &str) -> Option<usize> {
        self.set.variable(MAIN)?.size_of(dim)
    }

    /// The type of the elements.
    #[must_use]
    pub fn dtype(&self) -> DType {
        self.variable().dtype().clone()
    }

    /// Bytes that the elements take in memory, or would take.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.variable().bytes()
    }

    /// The attributes.
    #[must_use]
    pub fn attrs(&self) -> Attrs {
        self.variable().attrs().clone()
    }

    /// How the array was stored.
    #[must_use]
    pub fn encoding(&self) -> Encoding {
        self.variable().encoding().clone()
    }

    /// The coordinates.
    pub fn coords(&self) -> Coords {
        self.set.coords()
    }

    /// A coordinate, with the coordinates on its dimensions; faulted if there is none.
    #[track_caller]
    pub fn coord(&self, name: &str) -> DataArray {
        let place = Location::caller();
        match self.set.get(name).filter(|_| name != MAIN) {
            Some(coord) => coord,
            None => Self::faulted_from(&self.set, name, self.missing_coord(name), place),
        }
    }

    fn missing_coord(&self, name: &str) -> Error {
        let known: Vec<&str> = self.set.coord_vars().map(|(n, _)| n.as_str()).collect();
        let list = if known.is_empty() { "there are none".into() } else { known.join(", ") };
        let error = Error::not_found(format!("no coordinate \"{name}\" ({list})"));
        match graticule_array::did_you_mean(name, known.iter().copied()) {
            Some(hint) => error.hint(hint),
            None => error,
        }
    }

    /// The session that computes it: its own, else the default one.
    #[must_use]
    pub fn session(&self) -> Session {
        self.set.session()
    }

    /// A dataset with this array as its only data variable; faulted if the array has no name or
    /// is named like one of its coordinates.
    #[track_caller]
    pub fn to_dataset(&self) -> Dataset {
        self.set.verb(
            || "to_dataset()".into(),
            |set| {
                let name = self.name.clone().ok_or_else(|| {
                    Error::invalid("an array without a name cannot become a dataset")
                        .hint("give it one: with_name(\"...\")")
                })?;
                self.dataset_under(&name, set)
            },
        )
    }

    fn dataset_under(&self, name: &Name, set: &Dataset) -> Result<Dataset> {
        if set.has(name) {
            if set.variable(name).map(Variable::data).map(LazyArray::id)
                == set.variable(MAIN).map(Variable::data).map(LazyArray::id)
            {
                return Ok(set.coords().to_dataset());
            }
            return Err(Error::invalid(format!(
                "the array and one of its coordinates are both called \"{name}\""
            ))
            .hint("give the array another name: with_name(\"...\")"));
        }
        let mut parts = set.0.emptied();
        for (key, var) in &set.0.vars {
            if *key == MAIN {
                parts.insert(name.clone(), var.clone(), false)?;
            } else {
                parts.adopt(key, var.clone(), &set.0)?;
            }
        }
        Ok(Dataset(Arc::new(parts)))
    }
}

/// Faults.
impl DataArray {
    /// The error that a verb left behind, if any.
    #[must_use]
    pub fn fault(&self) -> Option<&Fault> {
        self.set.fault()
    }

    /// This array, or the error it carries.
    ///
    /// # Errors
    /// The carried fault.
    pub fn check(self) -> Result<Self> {
        self.set.sound()?;
        Ok(self)
    }

    /// Runs a verb of datasets on the array and its coordinates.
    #[track_caller]
    pub(crate) fn verb(
        &self,
        step: impl FnOnce() -> String,
        body: impl FnOnce(&Dataset) -> Result<Dataset>,
    ) -> Self {
        if self.fault().is_some() {
            return self.clone();
        }
        let made = body(&self.set).map_err(|e| self.named(e));
        Self { set: self.set.settle(step(), made, Location::caller()), name: self.name.clone() }
    }

    /// Runs the body of a verb that is about arrays; an error becomes the fault.
    #[track_caller]
    pub(crate) fn array_verb(
        &self,
        step: impl FnOnce() -> String,
        body: impl FnOnce(&Self) -> Result<Self>,
    ) -> Self {
        if self.fault().is_some() {
            return self.clone();
        }
        let place = Location::caller();
        let (made, name) = match body(self) {
            Ok(array) => (Ok(array.set), array.name),
            Err(error) => (Err(self.named(error)), self.name.clone()),
        };
        Self { set: self.set.settle(step(), made, place), name }
    }

    pub(crate) fn named(&self, error: Error) -> Error {
        match &self.name {
            Some(name) => error.in_variable(name.as_str()),
            None => error,
        }
    }
}

impl std::ops::Index<&str> for DataArray {
    type Output = DataArray;

    /// A coordinate; faulted, not panicking, if there is none of this name.
    #[track_caller]
    fn index(&self, name: &str) -> &DataArray {
        let place = Location::caller();
        self.set.0.cache.get_or_make(name, || {
            self.set.get(name).filter(|_| name != MAIN).unwrap_or_else(|| {
                Self::faulted_from(&self.set, name, self.missing_coord(name), place)
            })
        })
    }
}

impl fmt::Display for DataArray {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&crate::show::text::data_array(self, &crate::DisplayOptions::of(&self.set)))
    }
}

/// The human display, because notebooks print `Debug`.
impl fmt::Debug for DataArray {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
