//! Selection by label.

use std::sync::Arc;

use graticule_array::{Array, DType, Error, Pick, Result, did_you_mean};

use graticule_lazy::LazyArray;

use super::isel::{named, rest, shown};
use super::pointwise::{Points, common, count, in_memory};
use crate::data_array::{DataArray, MAIN};
use crate::dataset::Dataset;
use crate::dims::{Dims, no_dimension};
use crate::index::{Found, Index, Joint, LabelIndex, LazyLabels, Query};
use crate::name::Name;
use crate::select::{Indexer, Selector};
use crate::variable::Variable;

/// Selectors of coordinates that are looked up together, and their index.
type Group<'a> = (Option<&'a Joint>, Vec<(Name, Selector)>);

impl Dataset {
    /// Selects by label along the dimension of a coordinate: one label, a range, a list, or the
    /// labels [`near`](crate::near) some. See [`Selector`] for the rules of each.
    ///
    /// One label drops the dimension and keeps its coordinate as a scalar. A date as text that
    /// is coarser than the coordinate (`"2001-03"` of daily data) selects the whole period.
    /// Nothing is read: the coordinate must be in memory.
    ///
    /// ```
    /// use graticule_dataset::{DataArray, Dataset, near};
    /// let ds = Dataset::new()
    ///     .with_coord("lat", "lat", vec![50.0, 25.0, 0.0])
    ///     .with_var("t", "lat", vec![1, 2, 3]);
    /// assert_eq!(ds.sel("lat", 25.0)["t"].item::<i32>()?, 2);
    /// assert_eq!(ds.sel("lat", 0.0..=30.0)["t"].values::<i32>()?, [2, 3]);
    /// let e = ds.sel("lat", 26.0).check().unwrap_err();
    /// assert!(e.to_string().contains("the nearest labels are 25.0, 50.0, 0.0"));
    /// # Ok::<(), graticule_array::Error>(())
    /// ```
    #[track_caller]
    pub fn sel(&self, coord: &str, labels: impl Into<Selector>) -> Self {
        let labels = labels.into();
        self.verb(|| format!("sel({coord:?}, {labels})"), |ds| ds.try_sel(coord, &labels))
    }

    /// Selects by label along several dimensions; see [`sel`](Self::sel).
    ///
    /// Coordinates that are indexed together (the levels of a multi-index, latitude and longitude
    /// of a curvilinear grid) are looked up together. Arrays with dimensions are taken together,
    /// point by point; their dimensions take the place of those selected along.
    ///
    /// ```
    /// use graticule_dataset::{DataArray, near};
    /// let t = DataArray::new("t", ["lat", "lon"], (vec![1, 2, 3, 4], [2, 2]))
    ///     .with_coord("lat", "lat", vec![40.0, 50.0])
    ///     .with_coord("lon", "lon", vec![0.0, 10.0]);
    /// let lat = DataArray::new("", "station", vec![49.0, 41.0, 51.0]);
    /// let lon = DataArray::new("", "station", vec![1.0, 9.0, 8.0]);
    /// let at = t.sel_many([("lat", near(&lat).into()), ("lon", near(&lon).into())]);
    /// assert_eq!((at.dims().to_string(), at.values::<i32>()?), ("station".into(), vec![3, 2, 4]));
    /// # Ok::<(), graticule_array::Error>(())
    /// ```
    #[track_caller]
    pub fn sel_many<N: Into<Name>>(&self, by: impl IntoIterator<Item = (N, Selector)>) -> Self {
        let by = named(by);
        self.verb(|| format!("sel_many({})", shown(&by)), |ds| ds.try_sel_many(&by))
    }

    pub(super) fn try_sel(&self, coord: &str, labels: &Selector) -> Result<Self> {
        self.try_sel_many(&[(coord.into(), labels.clone())])
    }

    fn try_sel_many(&self, by: &[(Name, Selector)]) -> Result<Self> {
        // Those of one index together, in the order of their first mention.
        let mut groups: Vec<Group<'_>> = Vec::new();
        for (coord, labels) in by {
            let joint = self.joint(coord);
            let known = joint.and_then(|j| {
                groups.iter_mut().find(|(of, _)| of.is_some_and(|of| of.coords == j.coords))
            });
            let asked = (coord.clone(), labels.clone());
            match known {
                Some((_, group)) if group.iter().any(|(c, _)| c == coord) => {
                    return Err(Error::invalid(format!("labels of \"{coord}\" are given twice")));
                }
                Some((_, group)) => group.push(asked),
                None => groups.push((joint, vec![asked])),
            }
        }
        let mut ds = self.clone();
        let mut points: Vec<Points> = Vec::new();
        let mut lost: Option<Variable> = None;
        let mut arrays: Vec<&DataArray> = Vec::new();
        for (joint, group) in &groups {
            let own = group.iter().filter_map(|(_, labels)| labels.array()).collect::<Vec<_>>();
            if own.is_empty() || own.iter().any(|a| a.dtype() == DType::Bool) {
                ds = match joint {
                    Some(joint) => ds.found(&joint.coords, group)?,
                    None => ds.selected(group)?,
                };
                continue;
            }
            let (found, missing) = self.points_of(*joint, group)?;
            points.extend(found);
            lost = match (lost, missing) {
                (Some(a), Some(b)) => Some(a.zipped(graticule_array::ZipOp::Or, &b)?),
                (a, b) => a.or(b),
            };
            arrays.extend(own);
        }
        if points.is_empty() {
            return Ok(ds);
        }
        ds.gathered(&points, lost.as_ref(), &arrays)
    }

    /// What one selector takes of a coordinate with an index of its own.
    fn selected(&self, group: &[(Name, Selector)]) -> Result<Self> {
        let Some((coord, labels)) = group.first() else { return Ok(self.clone()) };
        let (dim, index) = self.index_of(coord)?;
        let pick = match labels.array() {
            Some(mask) => mask_of(coord, &dim, index.len(), mask)?,
            None => index.sel(&Query::of(coord, labels.clone()))?.into_pick()?,
        };
        self.flag_empty(coord, labels, &pick)?;
        self.picked(&dim, &pick)
    }

    /// Refuses a range that holds no label, where nothing may get lost.
    fn flag_empty(&self, coord: &str, labels: &Selector, pick: &Pick) -> Result<()> {
        let asks = match labels {
            Selector::Range { start, stop, .. } => start.is_some() || stop.is_some(),
            Selector::Intervals(..) | Selector::Dates(_) => true,
            _ => false,
        };
        if !self.0.strict || !asks || !pick.is_empty() {
            return Ok(());
        }
        let error = Error::not_found(format!(
            "no label of \"{coord}\" is in {labels}, and the selection may not be empty"
        ));
        let ends = self.variable(coord).and_then(Variable::in_memory).filter(|v| v.ndim() == 1);
        let end = |at: usize| ends?.get(&[at]).ok().map(|s| crate::show::values::scalar_text(&s));
        let last = ends.map_or(0, Array::len).checked_sub(1);
        Err(match last.and_then(|last| end(0).zip(end(last))) {
            Some((a, b)) => error.hint(format!("the labels go from {a} to {b}")),
            None => error,
        })
    }

    /// What selectors take of coordinates that are indexed together.
    fn found(&self, coords: &[Name], group: &[(Name, Selector)]) -> Result<Self> {
        // An earlier selection may have dropped it.
        let joint = coords.first().and_then(|c| self.joint(c)).ok_or_else(|| {
            Error::unsupported("labels of these coordinates after the selections before them")
        })?;
        if let [(coord, Selector::Along(mask))] = group {
            let [dim] = &*joint.dims else {
                return Err(Error::unsupported(format!("a mask for \"{coord}\"")));
            };
            return self.picked(dim, &mask_of(coord, dim, joint.index.len(), mask)?);
        }
        match joint.index.sel(&joint.query(group)?)? {
            Found::Picks { picks, fixed, labels } => {
                let mut ds = self.clone();
                for (axis, pick) in &picks {
                    let dim = joint.dims.get(*axis).ok_or_else(|| strange(joint))?;
                    for (coord, labels) in group {
                        self.flag_empty(coord, labels, pick)?;
                    }
                    ds = ds.picked(dim, pick)?;
                }
                match labels {
                    Some((coord, labels, index)) => {
                        let coord = joint.coords.get(coord).ok_or_else(|| strange(joint))?;
                        ds.relabelled(coord, labels, index)
                    }
                    None => ds.fix_levels(joint, &fixed),
                }
            }
            Found::Points { .. } => Err(strange(joint)),
        }
    }

    /// Other labels for a coordinate, with an index over them.
    fn relabelled(&self, coord: &Name, labels: Array, index: Arc<dyn Index>) -> Result<Self> {
        let var = self.coordinate(coord)?.clone().with_data(LazyArray::constant(labels))?;
        let dims = var.dims().clone();
        let mut parts = (*self.0).clone();
        parts.insert(coord.clone(), var, true)?;
        parts.put_joint(Joint { coords: Arc::from([coord.clone()]), dims, index });
        parts.cache = crate::cache::Cache::default();
        Ok(Self(Arc::new(parts)))
    }

    /// The positions of labels that come in arrays, and which of them are missing.
    fn points_of(
        &self,
        joint: Option<&Joint>,
        group: &[(Name, Selector)],
    ) -> Result<(Vec<Points>, Option<Variable>)> {
        let mut sizes: Vec<(Dims, Vec<usize>)> = Vec::new();
        for (_, labels) in group {
            if let Some(array) = labels.array() {
                in_memory(array)?;
                sizes.push((array.dims(), array.shape()));
            }
        }
        let (dims, shape) = common(sizes.iter().map(|(d, s)| (d, s.as_slice())))?;
        let n = count(&shape)?;
        let flat = |(coord, labels): &(Name, Selector)| -> Result<(Name, Selector)> {
            Ok((coord.clone(), labels.flattened(coord, &dims, &shape)?))
        };
        let group = group.iter().map(flat).collect::<Result<Vec<_>>>()?;
        let (own, found) = match (joint, group.as_slice()) {
            (Some(joint), _) => {
                (joint.dims.clone(), joint.index.sel(&joint.query(&group)?.pointwise())?)
            }
            (None, [(coord, labels)]) => {
                let (dim, index) = self.index_of(coord)?;
                let query = Query::of(coord, labels.clone()).pointwise();
                (Dims::from(&dim), index.sel(&query)?)
            }
            _ => return Err(Error::bug("coordinates without a common index")),
        };
        let (axes, missing) = match found {
            Found::Points { axes, missing } => (axes, missing),
            Found::Picks { picks, .. } => {
                let list = |(_, p): &(usize, Pick)| (0..p.len()).filter_map(|k| p.get(k)).collect();
                (picks.iter().map(list).collect(), Vec::new())
            }
        };
        let names: Vec<&str> = group.iter().map(|(c, _)| c.as_str()).collect();
        if axes.len() != own.len() || axes.iter().any(|a: &Vec<usize>| a.len() != n) {
            return Err(Error::invalid(format!(
                "some labels of {} occur more than once: no single position each",
                names.join(", ")
            ))
            .hint("drop_duplicates first, or select a list of labels"));
        }
        let points = own.iter().zip(axes).map(|(dim, at)| Points {
            dim: dim.clone(),
            dims: dims.clone(),
            shape: shape.clone(),
            at: at.into(),
        });
        let lost = missing.contains(&true).then(|| {
            let flags = Array::from_vec(shape.clone(), missing)?;
            Variable::new(dims.clone(), flags)
        });
        Ok((points.collect(), lost.transpose()?))
    }

    /// The coordinate of this name.
    ///
    /// # Errors
    /// If there is none: names what there is.
    pub(crate) fn coordinate(&self, coord: &str) -> Result<&Variable> {
        self.variable(coord)
            .filter(|_| self.is_coord(coord))
            .ok_or_else(|| self.no_coordinate(coord))
    }

    /// The dimension of a coordinate and an index over its labels.
    pub(crate) fn index_of(&self, coord: &str) -> Result<(Name, Arc<dyn Index>)> {
        let var = self.coordinate(coord)?;
        let [dim] = &**var.dims() else {
            return Err(match var.ndim() {
                0 => Error::invalid(format!(
                    "coordinate \"{coord}\" is a single value: there is nothing to select along it"
                )),
                _ => Error::unsupported(format!(
                    "selection by labels of \"{coord}\", which has the dimensions ({}); \
                     labels must have one dimension",
                    var.dims()
                ))
                .hint("build an index over points: set_xindex([..], PointIndex::great_circle())"),
            });
        };
        if let Some(index) = self.0.indexes.get(coord) {
            return Ok((dim.clone(), index.clone()));
        }
        if var.in_memory().is_none() && dim == coord {
            let index = LazyLabels::new(var.data().clone(), self.session());
            return Ok((dim.clone(), Arc::new(index)));
        }
        let labels = var.in_memory().ok_or_else(|| {
            Error::invalid(format!("the labels of \"{coord}\" are not in memory"))
                .hint(format!("load_vars({coord:?}) or load() first, or select by position: isel"))
        })?;
        let index = LabelIndex::new(labels).ok_or_else(|| {
            Error::unsupported(format!("labels of type {} (\"{coord}\")", labels.dtype()))
        })?;
        Ok((dim.clone(), Arc::new(index)))
    }

    fn no_coordinate(&self, coord: &str) -> Error {
        if self.size_of(coord).is_some() {
            return Error::not_found(format!("dimension \"{coord}\" has no coordinate"))
                .hint("select by position: isel");
        }
        if self.has(coord) && coord != MAIN {
            return Error::invalid(format!("\"{coord}\" is a data variable, not a coordinate"))
                .hint("make it one: set_coords");
        }
        let known: Vec<&str> = self.coord_vars().map(|(n, _)| n.as_str()).collect();
        if known.is_empty() {
            return no_dimension(coord, self.sizes());
        }
        let error =
            Error::not_found(format!("no coordinate \"{coord}\" (there are {})", known.join(", ")));
        match did_you_mean(coord, known.iter().copied()) {
            Some(hint) => error.hint(hint),
            None => error,
        }
    }

    /// Leaves out the positions of these labels.
    #[track_caller]
    pub fn drop_sel(&self, coord: &str, labels: impl Into<Selector>) -> Self {
        let labels = labels.into();
        self.verb(|| format!("drop_sel({coord:?}, {labels})"), |ds| ds.try_drop_sel(coord, &labels))
    }

    fn try_drop_sel(&self, coord: &str, labels: &Selector) -> Result<Self> {
        if let Some(joint) = self.joint(coord) {
            let found = joint.index.sel(&joint.query(&[(coord.into(), labels.clone())])?)?;
            let [dim] = &*joint.dims else { return Err(strange(joint)) };
            return self.picked(dim, &rest(&found.into_pick()?, joint.index.len())?);
        }
        let (dim, index) = self.index_of(coord)?;
        let gone = match labels {
            Selector::Along(array) if array.dtype() == DType::Bool => {
                mask_of(coord, &dim, index.len(), array)?
            }
            Selector::Along(array) => {
                index.sel(&Query::of(coord, in_memory(array)?.clone().into()))?.into_pick()?
            }
            labels => index.sel(&Query::of(coord, labels.clone()))?.into_pick()?,
        };
        self.picked(&dim, &rest(&gone, index.len())?)
    }
}

fn strange(joint: &Joint) -> Error {
    Error::unsupported(format!("this selection by an index of {}", joint.index.kind()))
}

/// The positions where a mask over the dimension is true.
fn mask_of(coord: &str, dim: &Name, len: usize, mask: &DataArray) -> Result<Pick> {
    let flags = in_memory(mask)?;
    if *flags.dtype() != DType::Bool || flags.shape() != [len] || !mask.dims().has(dim) {
        return Err(Error::mismatch(format!(
            "a mask over ({}) of shape {:?} does not suit \"{coord}\" ({dim}: {len})",
            mask.dims(),
            mask.shape()
        )));
    }
    Indexer::Mask(flags.to_flat::<bool>()?).pick(dim, len)
}

impl DataArray {
    /// Selects by label along the dimension of a coordinate; see [`Dataset::sel`].
    #[track_caller]
    pub fn sel(&self, coord: &str, labels: impl Into<Selector>) -> Self {
        let labels = labels.into();
        self.verb(|| format!("sel({coord:?}, {labels})"), |set| set.try_sel(coord, &labels))
    }

    /// Selects by label along several dimensions; see [`Dataset::sel_many`].
    #[track_caller]
    pub fn sel_many<N: Into<Name>>(&self, by: impl IntoIterator<Item = (N, Selector)>) -> Self {
        let by = named(by);
        self.verb(|| format!("sel_many({})", shown(&by)), |set| set.try_sel_many(&by))
    }

    /// Leaves out the positions of these labels.
    #[track_caller]
    pub fn drop_sel(&self, coord: &str, labels: impl Into<Selector>) -> Self {
        let labels = labels.into();
        self.verb(
            || format!("drop_sel({coord:?}, {labels})"),
            |set| set.try_drop_sel(coord, &labels),
        )
    }
}
