//! Coordinates as the labels of a dimension, and back.

use std::sync::Arc;

use graticule_array::{Error, Result};

use crate::data_array::DataArray;
use crate::dataset::{Dataset, Parts};
use crate::dims::{Dims, no_dimension};
use crate::index::{Index, Joint, MultiIndex};
use crate::name::Name;

impl Dataset {
    /// Makes coordinates or variables along a dimension its labels: one takes the place of the
    /// dimension's coordinate, several become the levels of a [`MultiIndex`].
    ///
    /// ```
    /// use graticule_dataset::Dataset;
    /// let ds = Dataset::new()
    ///     .with_coord("lat", "n", vec![50.0, 50.0, 60.0])
    ///     .with_coord("lon", "n", vec![0.0, 10.0, 0.0])
    ///     .with_var("t", "n", vec![1, 2, 3])
    ///     .set_index("n", ["lat", "lon"]);
    /// assert_eq!(ds.sel("lat", 50.0)["t"].values::<i32>()?, [1, 2]);
    /// assert_eq!(ds.unstack("n")["t"].dims().to_string(), "lat, lon");
    /// # Ok::<(), graticule_array::Error>(())
    /// ```
    #[track_caller]
    pub fn set_index(&self, dim: &str, names: impl Into<Dims>) -> Self {
        let names = names.into();
        self.verb(
            || format!("set_index({dim:?}, [{names}])"),
            |ds| ds.try_set_index(&dim.into(), &names, false),
        )
    }

    /// Adds coordinates or variables along a dimension as levels after those that its labels
    /// have.
    #[track_caller]
    pub fn append_index(&self, dim: &str, names: impl Into<Dims>) -> Self {
        let names = names.into();
        self.verb(
            || format!("append_index({dim:?}, [{names}])"),
            |ds| ds.try_set_index(&dim.into(), &names, true),
        )
    }

    fn try_set_index(&self, dim: &Name, names: &Dims, append: bool) -> Result<Self> {
        names.check()?;
        self.size_of(dim).ok_or_else(|| no_dimension(dim, self.sizes()))?;
        let mut all: Vec<Name> = Vec::new();
        let mut parts = (*self.0).clone();
        if append {
            match self.multi(dim) {
                Ok((joint, _)) => all.extend(joint.coords.iter().cloned()),
                Err(_) if self.has(dim) => {
                    // The labels of the dimension become a level under a name of their own.
                    let level = Name::from(format!("{dim}_level_0"));
                    let labels = self.coordinate(dim)?.clone();
                    parts.remove(dim);
                    parts.insert(level.clone(), labels, true)?;
                    all.push(level);
                }
                Err(_) => {}
            }
        }
        all.extend(names.iter().cloned());
        for name in names {
            let var = self.find(name)?;
            if **var.dims() != [dim.clone()] {
                return Err(Error::mismatch(format!(
                    "\"{name}\" has the dimensions ({}); labels of \"{dim}\" have that one alone",
                    var.dims()
                )));
            }
        }
        match all.as_slice() {
            [] => Err(Error::invalid(format!("no coordinate to label \"{dim}\" by"))),
            [one] => {
                let labels = parts.vars.get(one).cloned();
                let labels = labels.ok_or_else(|| Error::bug("labels went missing"))?;
                parts.joints.retain(|j| *j.dims != [dim.clone()]);
                parts.remove(one);
                parts.insert(dim.clone(), labels, true)?;
                Ok(Self(Arc::new(parts)))
            }
            levels => {
                for level in levels {
                    parts.coords.insert(level.clone());
                    if level == dim {
                        return Err(Error::invalid(format!(
                            "the level \"{level}\" is named like its dimension"
                        ))
                        .hint("rename_dims first"));
                    }
                }
                if parts.vars.contains_key(dim) {
                    parts.remove(dim);
                }
                parts.joints.retain(|j| *j.dims != [dim.clone()]);
                Self(Arc::new(parts)).try_set_xindex(levels, &MultiIndex::recipe())
            }
        }
    }

    /// Drops the index of a dimension, or takes levels out of its multi-index: names of
    /// dimensions or of levels. The coordinates stay, without an index.
    #[track_caller]
    pub fn reset_index(&self, names: impl Into<Dims>) -> Self {
        let names = names.into();
        self.verb(|| format!("reset_index([{names}])"), |ds| ds.try_reset_index(&names))
    }

    fn try_reset_index(&self, names: &Dims) -> Result<Self> {
        let mut ds = self.clone();
        for name in names {
            let of_dim = ds.0.joints.iter().position(|j| *j.dims == [name.clone()]);
            let of_level = ds.0.joints.iter().find(|j| j.place(name).is_some()).cloned();
            let mut parts = (*ds.0).clone();
            match (of_dim, of_level) {
                (Some(at), _) => {
                    parts.joints.remove(at);
                }
                (None, Some(joint)) => {
                    let left: Vec<usize> =
                        (0..joint.coords.len()).filter(|l| joint.place(name) != Some(*l)).collect();
                    parts.joints.retain(|j| j.place(name).is_none());
                    if let Some(made) = joint.of_levels(&left)? {
                        parts.put_joint(made);
                    }
                }
                (None, None) => {
                    ds.coordinate(name)?;
                    parts.indexes.shift_remove(name);
                }
            }
            ds = Self(Arc::new(parts));
        }
        Ok(ds)
    }

    /// The levels of a multi-index in another order.
    #[track_caller]
    pub fn reorder_levels(&self, dim: &str, order: impl Into<Dims>) -> Self {
        let order = order.into();
        self.verb(
            || format!("reorder_levels({dim:?}, [{order}])"),
            |ds| ds.try_reorder_levels(dim, &order),
        )
    }

    fn try_reorder_levels(&self, dim: &str, order: &Dims) -> Result<Self> {
        self.size_of(dim).ok_or_else(|| no_dimension(dim, self.sizes()))?;
        let (joint, _) = self.multi(dim)?;
        let own: Dims = joint.coords.iter().collect();
        if !order.same_set(&own) {
            return Err(Error::mismatch(format!(
                "the levels of \"{dim}\" are ({own}); ({order}) is not an order of them"
            )));
        }
        let places: Vec<usize> = order.iter().filter_map(|n| joint.place(n)).collect();
        let mut parts = (*self.0).clone();
        if let Some(made) = joint.of_levels(&places)? {
            parts.put_joint(made);
        }
        Ok(Self(Arc::new(parts)))
    }

    /// After a selection by single labels of some levels: these become scalars, and if one level
    /// is left, the dimension takes its name.
    pub(crate) fn fix_levels(self, joint: &Joint, fixed: &[usize]) -> Result<Self> {
        let ([dim], false) = (&*joint.dims, fixed.is_empty()) else { return Ok(self) };
        if self.size_of(dim).is_none() {
            return Ok(self);
        }
        let follows = self.0.joints.iter().find(|j| j.coords == joint.coords).cloned();
        let mut parts = (*self.0).clone();
        for name in fixed.iter().filter_map(|l| joint.coords.get(*l)) {
            let var = self.coordinate(name)?.picked(dim, &graticule_array::Pick::At(0))?;
            parts.insert(name.clone(), var, true)?;
        }
        let left: Vec<usize> = (0..joint.coords.len()).filter(|l| !fixed.contains(l)).collect();
        let made = follows.map(|j| j.of_levels(&left)).transpose()?.flatten();
        if let Some(made) = made {
            parts.put_joint(made);
        }
        let ds = Self(Arc::new(parts));
        match left.as_slice() {
            [last] => {
                let name = joint.coords.get(*last).ok_or_else(|| Error::bug("a lost level"))?;
                ds.try_swap_dims(&[(dim.clone(), name.clone())])
            }
            _ => Ok(ds),
        }
    }
}

impl Joint {
    /// The index of some of the levels of a multi-index, in this order; `None` if fewer than two
    /// are left.
    fn of_levels(&self, levels: &[usize]) -> Result<Option<Self>> {
        let index = (self.index.as_ref() as &dyn std::any::Any).downcast_ref::<MultiIndex>();
        let index = index.ok_or_else(|| {
            Error::unsupported(format!("taking apart an index of {}", self.index.kind()))
        })?;
        if levels.len() < 2 {
            return Ok(None);
        }
        let coords: Vec<Name> =
            levels.iter().filter_map(|l| self.coords.get(*l).cloned()).collect();
        let index: Arc<dyn Index> = Arc::new(index.with_levels(levels));
        Ok(Some(Self { coords: coords.into(), dims: self.dims.clone(), index }))
    }
}

impl Parts {
    /// Takes a variable out, with its role and its indexes.
    fn remove(&mut self, name: &Name) {
        self.vars.shift_remove(name);
        self.coords.shift_remove(name);
        self.indexes.shift_remove(name);
        self.joints.retain(|j| j.place(name).is_none());
        self.cache = crate::cache::Cache::default();
    }
}

impl DataArray {
    /// Makes coordinates along a dimension its labels; see [`Dataset::set_index`].
    #[track_caller]
    pub fn set_index(&self, dim: &str, names: impl Into<Dims>) -> Self {
        let names = names.into();
        self.verb(
            || format!("set_index({dim:?}, [{names}])"),
            |set| set.try_set_index(&dim.into(), &names, false),
        )
    }

    /// Adds coordinates along a dimension as levels; see [`Dataset::append_index`].
    #[track_caller]
    pub fn append_index(&self, dim: &str, names: impl Into<Dims>) -> Self {
        let names = names.into();
        self.verb(
            || format!("append_index({dim:?}, [{names}])"),
            |set| set.try_set_index(&dim.into(), &names, true),
        )
    }

    /// Drops the index of a dimension or of levels; see [`Dataset::reset_index`].
    #[track_caller]
    pub fn reset_index(&self, names: impl Into<Dims>) -> Self {
        let names = names.into();
        self.verb(|| format!("reset_index([{names}])"), |set| set.try_reset_index(&names))
    }

    /// The levels of a multi-index in another order.
    #[track_caller]
    pub fn reorder_levels(&self, dim: &str, order: impl Into<Dims>) -> Self {
        let order = order.into();
        self.verb(
            || format!("reorder_levels({dim:?}, [{order}])"),
            |set| set.try_reorder_levels(dim, &order),
        )
    }
}
