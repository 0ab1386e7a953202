//! Selection by label.

use std::sync::Arc;

use graticule_array::{Error, Pick, Result, did_you_mean};

use crate::data_array::{DataArray, MAIN};
use crate::dataset::Dataset;
use crate::dims::no_dimension;
use crate::index::{Index, LabelIndex};
use crate::name::Name;
use crate::select::Selector;

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

    /// Selects by label along several dimensions, one after the other; see [`sel`](Self::sel).
    #[track_caller]
    pub fn sel_many<N: Into<Name>>(&self, by: impl IntoIterator<Item = (N, Selector)>) -> Self {
        let by: Vec<(Name, Selector)> = by.into_iter().map(|(n, s)| (n.into(), s)).collect();
        self.verb(|| format!("sel_many({})", shown(&by)), |ds| ds.try_sel_many(&by))
    }

    fn try_sel_many(&self, by: &[(Name, Selector)]) -> Result<Self> {
        by.iter().try_fold(self.clone(), |ds, (coord, labels)| ds.try_sel(coord, labels))
    }

    fn try_sel(&self, coord: &str, labels: &Selector) -> Result<Self> {
        let (dim, index) = self.index_of(coord)?;
        let pick = index.sel(coord, labels)?;
        self.picked(&dim, &pick)
    }

    /// The dimension of a coordinate and an index over its labels.
    pub(crate) fn index_of(&self, coord: &str) -> Result<(Name, Arc<dyn Index>)> {
        let Some(var) = self.variable(coord).filter(|_| self.is_coord(coord)) else {
            return Err(self.no_coordinate(coord));
        };
        let [dim] = &**var.dims() else {
            return Err(match var.ndim() {
                0 => Error::invalid(format!(
                    "coordinate \"{coord}\" is a single value: there is nothing to select along it"
                )),
                _ => Error::unsupported(format!(
                    "selection by labels of \"{coord}\", which has the dimensions ({}); \
                     labels must have one dimension",
                    var.dims()
                )),
            });
        };
        if let Some(index) = self.index(coord) {
            return Ok((dim.clone(), index.clone()));
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
        let (dim, index) = self.index_of(coord)?;
        let gone = index.sel(coord, labels)?;
        let mut kept = vec![true; index.len()];
        for i in (0..gone.len()).filter_map(|k| gone.get(k)) {
            if let Some(flag) = kept.get_mut(i) {
                *flag = false;
            }
        }
        let rest = kept.iter().enumerate().filter(|(_, keep)| **keep).map(|(i, _)| i);
        self.picked(&dim, &Pick::List(rest.collect()))
    }
}

impl DataArray {
    /// Selects by label along the dimension of a coordinate; see [`Dataset::sel`].
    #[track_caller]
    pub fn sel(&self, coord: &str, labels: impl Into<Selector>) -> Self {
        let labels = labels.into();
        self.verb(|| format!("sel({coord:?}, {labels})"), |set| set.try_sel(coord, &labels))
    }

    /// Selects by label along several dimensions, one after the other.
    #[track_caller]
    pub fn sel_many<N: Into<Name>>(&self, by: impl IntoIterator<Item = (N, Selector)>) -> Self {
        let by: Vec<(Name, Selector)> = by.into_iter().map(|(n, s)| (n.into(), s)).collect();
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

fn shown(by: &[(Name, Selector)]) -> String {
    by.iter().map(|(n, s)| format!("{n}: {s}")).collect::<Vec<_>>().join(", ")
}
