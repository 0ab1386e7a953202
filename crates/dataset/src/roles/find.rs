//! Finding variables by what they are.

use std::fmt;
use std::panic::Location;
use std::sync::Arc;

use graticule_array::{Error, Result, did_you_mean};
use indexmap::IndexMap;

use super::axis::{Axis, Kind};
use super::criteria::{self, TIERS};
use super::{StandardNames, keyed, related};
use crate::data_array::{DataArray, MAIN};
use crate::dataset::Dataset;
use crate::dims::Dims;
use crate::name::Name;
use crate::select::{Indexer, Selector};
use crate::variable::Variable;

/// A view of a dataset or an array that finds variables by their role in the CF conventions.
///
/// A key is an axis (`"X"`, `"Y"`, `"Z"`, `"T"`), a kind of coordinate (`"latitude"`,
/// `"longitude"`, `"vertical"`, `"time"`), a standard name, a cell measure (`"area"`), a
/// `cf_role`, or a plain name; they are tried in this order.
///
/// ```
/// use graticule_dataset::{Attrs, Dataset, Variable};
/// let lat = Variable::new("y", vec![10.0, 50.0])?
///     .with_attrs(Attrs::new().with("units", "degrees_north").with("axis", "Y"));
/// let t = Variable::new("y", vec![300.0, 280.0])?
///     .with_attrs(Attrs::new().with("standard_name", "air_temperature"));
/// let ds = Dataset::new().with_coord_variable("y", lat).with_variable("tas", t);
///
/// assert_eq!(ds.cf().name("latitude")?, "y");
/// assert_eq!(ds.cf().get("air_temperature").name(), Some("tas"));
/// assert_eq!(ds.cf().sel("latitude", 50.0).var("tas").item::<f64>()?, 280.0);
/// let e = ds.cf().name("air_temprature").unwrap_err();
/// assert!(e.to_string().contains("did you mean \"air_temperature\"?"));
/// # Ok::<(), graticule_array::Error>(())
/// ```
#[derive(Clone)]
#[must_use]
pub struct Cf {
    pub(super) set: Dataset,
    /// Keys of one's own, before all others.
    own: Vec<(Name, Criterion)>,
}

/// Whether a variable of a name is what a key of one's own means.
type Criterion = Arc<dyn Fn(&str, &Variable) -> bool + Send + Sync>;

impl fmt::Debug for Cf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let own: Vec<&Name> = self.own.iter().map(|(key, _)| key).collect();
        f.debug_struct("Cf").field("set", &self.set).field("own", &own).finish()
    }
}

impl Dataset {
    /// The view that finds variables by their role in the CF conventions.
    pub fn cf(&self) -> Cf {
        Cf { set: self.clone(), own: Vec::new() }
    }
}

impl DataArray {
    /// The view that finds coordinates by their role in the CF conventions.
    pub fn cf(&self) -> Cf {
        Cf { set: self.set.clone(), own: Vec::new() }
    }
}

impl Cf {
    pub(crate) fn dataset(&self) -> &Dataset {
        &self.set
    }

    /// The view with a key of one's own, which comes before all others: it means the variables
    /// that pass a test of their name and attributes (cf-xarray's custom criteria). Of a key
    /// given several times, the last one counts.
    ///
    /// ```
    /// use graticule_dataset::{Attrs, Dataset, Variable};
    /// let salt = Variable::new("x", vec![35.0])?.with_attrs(Attrs::new().with("units", "psu"));
    /// let ds = Dataset::new().with_variable("so", salt).with_var("thetao", "x", vec![9.0]);
    /// let cf = ds.cf().with_criterion("salt", |name, var| {
    ///     name.starts_with("salt") || var.attrs().text("units") == Some("psu")
    /// });
    /// assert_eq!(cf.name("salt")?, "so");
    /// # Ok::<(), graticule_array::Error>(())
    /// ```
    pub fn with_criterion(
        mut self,
        key: impl Into<Name>,
        test: impl Fn(&str, &Variable) -> bool + Send + Sync + 'static,
    ) -> Self {
        self.own.insert(0, (key.into(), Arc::new(test)));
        self
    }

    /// The variable of a role, with the coordinates on its dimensions; faulted if there is none or
    /// more than one.
    #[track_caller]
    pub fn get(&self, key: &str) -> DataArray {
        let place = Location::caller();
        match self.name(key) {
            Ok(name) => self.set.var(&name),
            Err(error) => DataArray::faulted_from(&self.set, key, error, place),
        }
    }

    /// The name of the variable of a role. Where an array has several, it is the one that its
    /// attribute `coordinates` lists.
    ///
    /// # Errors
    /// The carried fault; if there is none, listing the roles there are; if there is more than
    /// one, listing them.
    pub fn name(&self, key: &str) -> Result<Name> {
        self.set.sound()?;
        let mut found = self.names(key);
        if found.len() > 1 {
            found = self.meant(found);
        }
        match found.len() {
            0 => Err(self.not_found(key)),
            1 => found.pop().ok_or_else(|| Error::bug("a name was lost")),
            _ => {
                let list: Vec<&str> = found.iter().map(Name::as_str).collect();
                Err(Error::mismatch(format!(
                    "several variables are \"{key}\": {}",
                    list.join(", ")
                ))
                .hint("use the name of one"))
            }
        }
    }

    /// Of several coordinates of an array the one that its attribute `coordinates` lists, if that
    /// is one.
    fn meant(&self, found: Vec<Name>) -> Vec<Name> {
        let main = self.set.variable(MAIN);
        let listed = main.and_then(|var| related(var, "coordinates")).unwrap_or_default();
        let among = |n: &&Name| listed.split_whitespace().any(|l| l == n.as_str());
        let chosen: Vec<Name> = found.iter().filter(among).cloned().collect();
        if chosen.len() == 1 { chosen } else { found }
    }

    /// The names of all variables of a role; of an axis or a kind of coordinate those that say so
    /// most clearly.
    #[must_use]
    pub fn names(&self, key: &str) -> Vec<Name> {
        let by_role = || -> Vec<Name> {
            if let Some((_, test)) = self.own.iter().find(|(own, _)| own == key) {
                let passing = self.candidates().filter(|(n, v)| test(n, v));
                return passing.map(|(n, _)| n.clone()).collect();
            }
            if let Some(axis) = Axis::ALL.into_iter().find(|a| a.letter() == key) {
                return self.by_axis(axis);
            }
            if let Some(kind) = Kind::ALL.into_iter().find(|k| k.word() == key) {
                let found = self.by_kind(kind);
                if !found.is_empty() {
                    return found;
                }
            }
            let by_name = self.by_standard_name(key);
            if !by_name.is_empty() {
                return by_name;
            }
            let measures = self.measures(key);
            if !measures.is_empty() {
                return measures;
            }
            let by_role = self.with_attr("cf_role", key);
            if by_role.is_empty() { self.by_other_name(key) } else { by_role }
        };
        let found = by_role();
        if found.is_empty() && key != MAIN && self.set.has(key) { vec![key.into()] } else { found }
    }

    /// The coordinate of an axis.
    ///
    /// # Errors
    /// As [`name`](Self::name).
    pub fn axis(&self, axis: Axis) -> Result<Name> {
        self.name(axis.letter())
    }

    /// The axes there are, with their coordinates.
    #[must_use]
    pub fn axes(&self) -> IndexMap<Axis, Vec<Name>> {
        let all = Axis::ALL.into_iter().map(|a| (a, self.by_axis(a)));
        all.filter(|(_, names)| !names.is_empty()).collect()
    }

    /// The kinds of coordinates there are, with their names.
    #[must_use]
    pub fn coordinates(&self) -> IndexMap<Kind, Vec<Name>> {
        let all = Kind::ALL.into_iter().map(|k| (k, self.by_kind(k)));
        all.filter(|(_, names)| !names.is_empty()).collect()
    }

    /// The standard names there are, with the variables of each.
    #[must_use]
    pub fn standard_names(&self) -> IndexMap<String, Vec<Name>> {
        let mut all: IndexMap<String, Vec<Name>> = IndexMap::new();
        for (name, var) in self.candidates() {
            if let Some(text) = standard_name(var) {
                all.entry(text.to_owned()).or_default().push(name.clone());
            }
        }
        all
    }

    /// The variables whose units measure the same as these: `"Pa"` finds pressures.
    ///
    /// # Errors
    /// If the units cannot be read.
    pub fn by_units(&self, units: &str) -> Result<Vec<Name>> {
        let wanted = crate::units::parsed(units)?;
        let fits = |var: &Variable| {
            crate::units::known(var)
                .is_some_and(|u| u.is_convertible_to(&wanted) && u.log_base() == wanted.log_base())
        };
        Ok(self.candidates().filter(|(_, v)| fits(v)).map(|(n, _)| n.clone()).collect())
    }

    /// The vertical coordinates that count upwards (`"up"`) or downwards (`"down"`).
    #[must_use]
    pub fn by_positive(&self, direction: &str) -> Vec<Name> {
        self.candidates()
            .filter(|(_, v)| {
                v.attrs().text("positive").is_some_and(|p| p.eq_ignore_ascii_case(direction))
            })
            .map(|(n, _)| n.clone())
            .collect()
    }

    /// The dimensions along which coordinates of these roles run: `["X", "Y"]` for a mean over
    /// the area.
    ///
    /// # Errors
    /// As [`name`](Self::name), and if a coordinate has no dimension.
    pub fn dims<'a>(&self, keys: impl IntoIterator<Item = &'a str>) -> Result<Dims> {
        let mut dims = Dims::none();
        for key in keys {
            let name = self.name(key)?;
            let own = self.set.find(&name)?.dims().clone();
            if own.is_empty() {
                return Err(Error::mismatch(format!("\"{name}\" (\"{key}\") has no dimension")));
            }
            dims = dims.union(&own);
        }
        Ok(dims)
    }

    /// [`Dataset::sel`] by role.
    #[track_caller]
    pub fn sel(&self, key: &str, at: impl Into<Selector>) -> Dataset {
        match self.name(key) {
            Ok(name) => self.set.sel(&name, at),
            Err(error) => {
                self.set.faulted(error, format!("cf().sel({key:?}, ..)"), Location::caller())
            }
        }
    }

    /// [`Dataset::isel`] by role.
    #[track_caller]
    pub fn isel(&self, key: &str, at: impl Into<Indexer>) -> Dataset {
        let dim = self.dims([key]).and_then(|dims| match &*dims {
            [dim] => Ok(dim.clone()),
            _ => Err(Error::mismatch(format!("\"{key}\" runs along ({dims})"))
                .hint("select along one of these with isel")),
        });
        match dim {
            Ok(dim) => self.set.isel(&dim, at),
            Err(error) => {
                self.set.faulted(error, format!("cf().isel({key:?}, ..)"), Location::caller())
            }
        }
    }

    /// The bounds of a coordinate, found by role or name.
    ///
    /// # Errors
    /// As [`name`](Self::name), and if it has none or they are not there.
    pub fn bounds(&self, key: &str) -> Result<DataArray> {
        let name = self.name(key)?;
        let var = self.set.find(&name)?;
        let bounds = related(var, "bounds").or_else(|| related(var, "climatology"));
        let bounds = bounds.ok_or_else(|| Error::not_found(format!("\"{name}\" has no bounds")))?;
        self.set.get(bounds.trim()).ok_or_else(|| self.set.missing_name(bounds.trim()))
    }

    /// The variable that holds a measure (`"area"`, `"volume"`) of the cells of a variable.
    ///
    /// # Errors
    /// If there is no such variable, no such measure, or its variable is not there.
    pub fn cell_measure(&self, of: &str, measure: &str) -> Result<DataArray> {
        self.set.sound()?;
        let var = self.set.find(of)?;
        let pairs = keyed(related(var, "cell_measures").unwrap_or_default());
        let names = pairs.iter().find(|(key, _)| key == measure).map(|(_, names)| names);
        let name = names.and_then(|n| n.first()).ok_or_else(|| {
            let list: Vec<&str> = pairs.iter().map(|(k, _)| k.as_str()).collect();
            let list = if list.is_empty() { "none".into() } else { list.join(", ") };
            Error::not_found(format!("\"{of}\" has no cell measure \"{measure}\" (it has {list})"))
        })?;
        self.set.get(name).ok_or_else(|| {
            self.set
                .missing_name(name)
                .hint("it may stand in a file of its own (external_variables)")
        })
    }

    /// The variables that an attribute `ancillary_variables` names: standard errors, flags ...
    ///
    /// # Errors
    /// If there is no such variable.
    pub fn ancillary(&self, of: &str) -> Result<Vec<DataArray>> {
        self.set.sound()?;
        let text = related(self.set.find(of)?, "ancillary_variables").unwrap_or_default();
        Ok(text.split_whitespace().filter_map(|n| self.set.get(n)).collect())
    }

    fn by_axis(&self, axis: Axis) -> Vec<Name> {
        let found = self.by_tiers(|tier, n, v| criteria::is_axis(axis, tier, n, v));
        if !found.is_empty() {
            return found;
        }
        // On a plain grid of longitudes and latitudes these are the axes.
        let Some(kind) = Kind::ALL.into_iter().find(|k| k.axis() == axis) else {
            return Vec::new();
        };
        let found = self.by_kind(kind);
        found.into_iter().filter(|n| self.set.variable(n).is_some_and(|v| v.ndim() == 1)).collect()
    }

    fn by_kind(&self, kind: Kind) -> Vec<Name> {
        self.by_tiers(|tier, n, v| criteria::is_kind(kind, tier, n, v))
    }

    /// What passes a test in the first tier in which anything does: coordinates by what they say
    /// of themselves, data variables by that, and at last both by their names.
    fn by_tiers(&self, test: impl Fn(usize, &str, &Variable) -> bool) -> Vec<Name> {
        for tiers in [0..TIERS - 1, TIERS - 1..TIERS] {
            for coords in [true, false] {
                for tier in tiers.clone() {
                    let found = self.passing(coords, |n, v| test(tier, n, v));
                    if !found.is_empty() {
                        return found;
                    }
                }
            }
        }
        Vec::new()
    }

    /// Coordinates, or data variables, that pass a test. Where exactly one of several is the
    /// coordinate of a dimension, it is that one.
    fn passing(&self, coords: bool, test: impl Fn(&str, &Variable) -> bool) -> Vec<Name> {
        let found: Vec<(&Name, &Variable)> = self
            .candidates()
            .filter(|(n, v)| self.set.is_coord(n) == coords && test(n, v))
            .collect();
        let own: Vec<_> =
            found.iter().filter(|(n, v)| matches!(&**v.dims(), [d] if d == *n)).collect();
        match (&*own, coords) {
            ([(name, _)], true) => vec![(*name).clone()],
            _ => found.into_iter().map(|(n, _)| n.clone()).collect(),
        }
    }

    fn by_standard_name(&self, key: &str) -> Vec<Name> {
        let found = self.candidates().filter(|(_, v)| standard_name(v) == Some(key));
        found.map(|(n, _)| n.clone()).collect()
    }

    /// Files keep the standard names of their time: one and its aliases find each other.
    fn by_other_name(&self, key: &str) -> Vec<Name> {
        let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
        if !key.contains('_') || !key.chars().all(plain) || self.set.has(key) {
            return Vec::new();
        }
        let table = StandardNames::cf();
        if !table.has(key) {
            return Vec::new();
        }
        let same = |n: &str| table.current(n) == table.current(key);
        let found = self.candidates().filter(|(_, v)| standard_name(v).is_some_and(same));
        found.map(|(n, _)| n.clone()).collect()
    }

    fn with_attr(&self, attr: &str, value: &str) -> Vec<Name> {
        let found = self.candidates().filter(|(_, v)| v.attrs().text(attr) == Some(value));
        found.map(|(n, _)| n.clone()).collect()
    }

    fn measures(&self, key: &str) -> Vec<Name> {
        let mut found: Vec<Name> = Vec::new();
        for (_, var) in self.set.variables() {
            for (measure, names) in keyed(related(var, "cell_measures").unwrap_or_default()) {
                for name in names.into_iter().map(Name::from) {
                    if measure == key && self.set.has(&name) && !found.contains(&name) {
                        found.push(name);
                    }
                }
            }
        }
        found
    }

    /// The variables that have a role of their own: bounds share that of what they bound.
    pub(super) fn candidates(&self) -> impl Iterator<Item = (&Name, &Variable)> {
        let bounds: Vec<&str> = self
            .set
            .variables()
            .flat_map(|(_, v)| ["bounds", "climatology"].map(|a| related(v, a)))
            .flatten()
            .collect();
        self.set.variables().filter(move |(n, _)| **n != *MAIN && !bounds.contains(&n.as_str()))
    }

    fn not_found(&self, key: &str) -> Error {
        let mut known: Vec<String> = self.own.iter().map(|(key, _)| key.to_string()).collect();
        known.extend(self.axes().keys().map(|a| a.letter().to_owned()));
        known.extend(self.coordinates().keys().map(|k| k.word().to_owned()));
        known.extend(self.standard_names().into_keys());
        known.dedup();
        let list = if known.is_empty() { "none".to_owned() } else { known.join(", ") };
        let error =
            Error::not_found(format!("no variable has the role \"{key}\" (roles found: {list})"));
        let names = self.candidates().map(|(n, _)| n.as_str());
        match did_you_mean(key, known.iter().map(String::as_str).chain(names)) {
            Some(hint) => error.hint(hint),
            None => error,
        }
    }
}

/// The standard name without its modifier ("air_temperature standard_error").
fn standard_name(var: &Variable) -> Option<&str> {
    let text = var.attrs().text("standard_name")?.trim();
    match text.split_once(char::is_whitespace) {
        Some(_) => None,
        None => Some(text),
    }
}
