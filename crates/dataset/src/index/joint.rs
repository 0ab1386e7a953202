//! Indexes over several coordinates or dimensions, as a dataset holds them.

use std::sync::Arc;

use graticule_array::{Error, Pick, Result};

use super::build::{BuildIndex, IndexCoord, IndexCoords};
use super::{Index, Query};
use crate::data_array::DataArray;
use crate::dataset::{Dataset, Parts};
use crate::dims::Dims;
use crate::name::Name;
use crate::note::NoteKind;
use crate::select::Selector;

/// An index with the names of what it covers. All coordinates are in the dataset.
#[derive(Clone, Debug)]
pub(crate) struct Joint {
    pub(crate) coords: Arc<[Name]>,
    pub(crate) dims: Dims,
    pub(crate) index: Arc<dyn Index>,
}

impl Joint {
    /// The number of a coordinate.
    pub(crate) fn place(&self, coord: &str) -> Option<usize> {
        self.coords.iter().position(|c| c == coord)
    }

    /// A query of some of the coordinates by name.
    pub(crate) fn query(&self, by: &[(Name, Selector)]) -> Result<Query> {
        let place = |(name, labels): &(Name, Selector)| match self.place(name) {
            Some(at) => Ok((at, labels.clone())),
            None => Err(Error::bug(format!("\"{name}\" is not in its index"))),
        };
        Ok(Query::new(self.coords.clone(), by.iter().map(place).collect::<Result<_>>()?))
    }

    /// The same index of the picked positions along a dimension; `None` if it cannot follow.
    pub(crate) fn picked(&self, dim: &str, pick: &Pick) -> Option<Self> {
        let picks: Vec<Pick> = self
            .dims
            .iter()
            .zip(self.index.shape())
            .map(|(d, n)| if d == dim { pick.clone() } else { Pick::all(n) })
            .collect();
        let index = self.index.isel(&picks)?;
        let gone = matches!(pick, Pick::At(_));
        let dims = if gone { self.dims.without(&[dim.into()]) } else { self.dims.clone() };
        Some(Self { coords: self.coords.clone(), dims, index })
    }

    /// The same index under other names.
    pub(crate) fn renamed(
        &self,
        coord: impl Fn(&Name) -> Name,
        dim: impl Fn(&Name) -> Name,
    ) -> Self {
        let coords: Vec<Name> = self.coords.iter().map(coord).collect();
        let dims: Dims = self.dims.iter().map(dim).collect();
        let index = self.index.rename(&coords, &dims).unwrap_or_else(|| self.index.clone());
        Self { coords: coords.into(), dims, index }
    }
}

impl Parts {
    /// Adds an index over coordinates, in place of those over one of them.
    pub(crate) fn put_joint(&mut self, joint: Joint) {
        self.joints.retain(|j| !j.coords.iter().any(|c| joint.coords.contains(c)));
        for coord in joint.coords.iter() {
            self.indexes.shift_remove(coord);
        }
        self.joints.push(joint);
    }

    /// Takes over the indexes of which `name` is the last coordinate to arrive, unchanged.
    pub(crate) fn adopt_joints(&mut self, name: &Name, from: &Self) {
        for joint in &from.joints {
            let same = |c: &Name| match (self.vars.get(c), from.vars.get(c)) {
                (Some(mine), Some(theirs)) => self.coords.contains(c) && mine.is_same(theirs),
                _ => false,
            };
            if joint.coords.contains(name) && joint.coords.iter().all(same) {
                self.put_joint(joint.clone());
            }
        }
    }

    /// Takes over all indexes of the same labels under the same names.
    pub(crate) fn keep_indexes(&mut self, from: &Self) {
        for (name, index) in &from.indexes {
            if self.coords.contains(name) {
                self.indexes.insert(name.clone(), index.clone());
            }
        }
        for joint in &from.joints {
            if joint.coords.iter().all(|c| self.coords.contains(c)) {
                self.put_joint(joint.clone());
            }
        }
    }

    /// Remembers that an index could not follow its coordinates.
    pub(crate) fn note_dropped(&mut self, joint: &Joint) {
        let coords: Vec<&str> = joint.coords.iter().map(Name::as_str).collect();
        let (kind, names) = (joint.index.kind(), coords.join(", "));
        let text = format!("the {kind} index of {names} was dropped; set_xindex builds it again");
        self.note(NoteKind::DroppedIndex, text);
    }
}

impl Dataset {
    /// This dataset, put together from `sets` along a dimension, with their indexes over several
    /// coordinates put together too. Those that cannot be are dropped, and that is noted.
    pub(crate) fn with_joints_of(self, sets: &[Self], dim: &Name) -> Self {
        let Some((first, rest)) = sets.split_first() else { return self };
        let mut made = self;
        for joint in first.0.joints.iter().filter(|j| j.dims.has(dim)) {
            let known = |c: &Name| made.is_coord(c) && made.joint(c).is_none();
            if !joint.coords.iter().all(known) {
                continue;
            }
            let same = |set: &Self| {
                let all = set.0.joints.iter();
                let mut fits = all.filter(|j| j.coords == joint.coords && j.dims == joint.dims);
                fits.next().map(|j| j.index.clone())
            };
            let others: Option<Vec<_>> = rest.iter().map(same).collect();
            let axis = joint.dims.axis(dim).unwrap_or(0);
            let index = others.and_then(|others| joint.index.concat(&others, axis).ok());
            let lens: Option<Vec<usize>> = joint.dims.iter().map(|d| made.size_of(d)).collect();
            let parts = Arc::make_mut(&mut made.0);
            match index.filter(|i| Some(i.shape()) == lens) {
                Some(index) => parts.put_joint(Joint { index, ..joint.clone() }),
                None => parts.note_dropped(joint),
            }
        }
        made
    }

    /// The index over several coordinates that this one is part of.
    pub(crate) fn joint(&self, coord: &str) -> Option<&Joint> {
        self.0.joints.iter().find(|j| j.place(coord).is_some())
    }

    /// Builds an index over coordinates in place of the default one (xarray's `set_xindex`).
    ///
    /// The coordinates must be in memory. Labels of several coordinates are given to
    /// [`sel_many`](Self::sel_many).
    ///
    /// ```
    /// use graticule_dataset::{Dataset, MultiIndex};
    /// let ds = Dataset::new()
    ///     .with_coord("year", "n", vec![2000, 2000, 2001])
    ///     .with_coord("month", "n", vec![1, 2, 1])
    ///     .with_var("t", "n", vec![1.0, 2.0, 3.0])
    ///     .set_xindex(["year", "month"], MultiIndex::recipe());
    /// let t = ds.sel_many([("year", 2001.into()), ("month", 1.into())]);
    /// assert_eq!(t["t"].item::<f64>()?, 3.0);
    /// # Ok::<(), graticule_array::Error>(())
    /// ```
    #[track_caller]
    pub fn set_xindex(&self, coords: impl Into<Dims>, recipe: impl BuildIndex + 'static) -> Self {
        let (coords, recipe): (Dims, Box<dyn BuildIndex>) = (coords.into(), Box::new(recipe));
        self.verb(
            || format!("set_xindex([{coords}], {recipe:?})"),
            |ds| ds.try_set_xindex(&coords, &*recipe),
        )
    }

    pub(crate) fn try_set_xindex(&self, names: &[Name], recipe: &dyn BuildIndex) -> Result<Self> {
        let coords = names.iter().map(|name| self.index_coord(name)).collect::<Result<_>>()?;
        let coords = IndexCoords::new(coords)?;
        let index = recipe.build(&coords)?;
        let (names, dims) = recipe.covers(&coords);
        let lens: Vec<usize> = dims.iter().filter_map(|d| self.size_of(d)).collect();
        if index.shape() != lens {
            return Err(Error::mismatch(format!(
                "the {} index has the shape {:?}; its coordinates ({dims}) have {lens:?}",
                index.kind(),
                index.shape(),
            )));
        }
        let mut parts = (*self.0).clone();
        parts.put_joint(Joint { coords: names.into(), dims, index });
        Ok(Self(Arc::new(parts)))
    }

    fn index_coord(&self, name: &Name) -> Result<IndexCoord> {
        let var = self.coordinate(name)?;
        let values = var.in_memory().cloned().ok_or_else(|| {
            Error::invalid(format!("the values of \"{name}\" are not in memory"))
                .hint(format!("load_vars({name:?}) first"))
        })?;
        let (dims, attrs) = (var.dims().clone(), var.attrs().clone());
        Ok(IndexCoord { name: name.clone(), dims, values, attrs })
    }

    /// Drops the indexes of coordinates; the coordinates stay (xarray's `drop_indexes`).
    #[track_caller]
    pub fn drop_indexes(&self, coords: impl Into<Dims>) -> Self {
        let coords = coords.into();
        self.verb(|| format!("drop_indexes({coords})"), |ds| ds.try_drop_indexes(&coords))
    }

    fn try_drop_indexes(&self, coords: &Dims) -> Result<Self> {
        let mut parts = (*self.0).clone();
        for name in coords {
            self.coordinate(name)?;
            parts.indexes.shift_remove(name);
            parts.joints.retain(|j| !j.coords.contains(name));
        }
        Ok(Self(Arc::new(parts)))
    }
}

impl DataArray {
    /// Builds an index over coordinates; see [`Dataset::set_xindex`].
    #[track_caller]
    pub fn set_xindex(&self, coords: impl Into<Dims>, recipe: impl BuildIndex + 'static) -> Self {
        let (coords, recipe): (Dims, Box<dyn BuildIndex>) = (coords.into(), Box::new(recipe));
        self.verb(
            || format!("set_xindex([{coords}], {recipe:?})"),
            |set| set.try_set_xindex(&coords, &*recipe),
        )
    }

    /// Drops the indexes of coordinates; the coordinates stay.
    #[track_caller]
    pub fn drop_indexes(&self, coords: impl Into<Dims>) -> Self {
        let coords = coords.into();
        self.verb(|| format!("drop_indexes({coords})"), |set| set.try_drop_indexes(&coords))
    }

    /// The index of a coordinate.
    #[must_use]
    pub fn index(&self, coord: &str) -> Option<&Arc<dyn Index>> {
        self.set.index(coord)
    }
}
