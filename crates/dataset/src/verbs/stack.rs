//! Several dimensions as one, with a multi-index.

use std::sync::Arc;

use graticule_array::{Array, Error, Result, Scalar};
use graticule_lazy::LazyArray;

use crate::data_array::DataArray;
use crate::dataset::{Dataset, in_variable};
use crate::dims::{Dims, no_dimension};
use crate::index::{Index, Joint, LabelIndex, MultiIndex};
use crate::name::Name;
use crate::variable::Variable;
use crate::verbs::cells::Cells;
use crate::verbs::eager;

/// Level coordinates up to this many rows are made at once, larger ones when they are read.
const IN_MEMORY: usize = 1 << 20;

impl Variable {
    /// The variable with `dims` merged into a last one, over which it repeats along those it lacks.
    fn stacked(&self, into: &Name, dims: &[Name], lens: &[usize]) -> Result<Self> {
        let rest = self.dims().without(dims);
        let all: Dims = rest.iter().chain(dims).collect();
        let kept = rest.iter().filter_map(|d| self.size_of(d));
        let shape: Vec<usize> = kept.chain(lens.iter().copied()).collect();
        let data = eager::merge_axes(&self.spread(&all, &shape)?, rest.len(), dims.len())?;
        let encoding = self.encoding().after_reshape();
        let names = rest.iter().chain([into]).collect();
        self.clone().with_encoding(encoding).with_dims_data(names, data)
    }
}

impl Dataset {
    /// Merges dimensions into one, the last of them changing fastest, with a [`MultiIndex`] of
    /// their labels. The new dimension is the last of every variable that had one of them; a
    /// dimension without labels gets the positions 0, 1, ... Reads nothing.
    ///
    /// ```
    /// use graticule_dataset::Dataset;
    /// let ds = Dataset::new()
    ///     .with_coord("y", "y", vec!["a", "b"])
    ///     .with_var("t", ["y", "x"], (vec![1, 2, 3, 4, 5, 6], [2, 3]));
    /// let stacked = ds.stack("z", ["x", "y"]);
    /// assert_eq!(stacked["t"].values::<i32>()?, [1, 4, 2, 5, 3, 6]);
    /// assert_eq!(stacked.unstack("z")["t"].transpose(["y", "x"]).values::<i32>()?, [1, 2, 3, 4, 5, 6]);
    /// # Ok::<(), graticule_array::Error>(())
    /// ```
    #[track_caller]
    pub fn stack(&self, into: &str, dims: impl Into<Dims>) -> Self {
        let dims = dims.into();
        self.verb(|| format!("stack({into:?}, [{dims}])"), |ds| ds.try_stack(&into.into(), &dims))
    }

    fn try_stack(&self, into: &Name, dims: &Dims) -> Result<Self> {
        dims.check()?;
        if dims.is_empty() {
            return Err(Error::invalid("stack() needs a dimension to merge"));
        }
        let lens = dims
            .iter()
            .map(|d| self.size_of(d).ok_or_else(|| no_dimension(d, self.sizes())))
            .collect::<Result<Vec<_>>>()?;
        let taken = self.has(into) || (self.size_of(into).is_some() && !dims.has(into));
        if taken || dims.has(into) || into.is_empty() {
            return Err(Error::invalid(format!("the name \"{into}\" is taken or empty"))
                .hint("give the merged dimension another name"));
        }
        let mut levels = Vec::with_capacity(dims.len());
        for (dim, len) in dims.iter().zip(&lens) {
            levels.push(self.level(dim, *len)?);
        }
        let index = MultiIndex::product(levels)?;
        let mut parts = self.0.emptied();
        for (name, var) in &self.0.vars {
            if dims.has(name) {
                continue;
            }
            let made = if var.dims().iter().any(|d| dims.has(d)) {
                var.stacked(into, dims, &lens).map_err(|e| in_variable(e, name))?
            } else {
                var.clone()
            };
            parts.adopt(name, made, &self.0)?;
        }
        for (level, dim) in dims.iter().enumerate() {
            let var = level_variable(&index, level, into, &lens)?;
            let attrs = self.variable(dim).map(|v| v.attrs().clone()).unwrap_or_default();
            parts.insert(dim.clone(), var.with_attrs(attrs), true)?;
        }
        for joint in self.0.joints.iter().filter(|j| j.dims.iter().any(|d| dims.has(d))) {
            parts.note_dropped(joint);
        }
        let coords: Vec<Name> = dims.to_vec();
        let index: Arc<dyn Index> = Arc::new(index);
        parts.put_joint(Joint { coords: coords.into(), dims: Dims::from(into), index });
        Ok(Self(Arc::new(parts)))
    }

    /// The labels of a dimension as the level of a multi-index.
    pub(super) fn level(&self, dim: &Name, len: usize) -> Result<LabelIndex> {
        if self.variable(dim).is_none() {
            crate::select::pointwise::count(&[len])?;
            let n = i64::try_from(len).unwrap_or(i64::MAX);
            let labels = Array::from_vec([len], (0..n).collect::<Vec<i64>>())?;
            return LabelIndex::new(&labels).ok_or_else(|| Error::bug("integers are labels"));
        }
        let (_, index) = self.index_of(dim)?;
        index.stack().ok_or_else(|| {
            Error::unsupported(format!("the {} index of \"{dim}\" as a level", index.kind()))
        })
    }

    /// Splits a dimension that has a multi-index into one dimension per level, at the end.
    /// Combinations of labels that no row has become missing. Reads nothing, and takes memory for
    /// the rows, not for the combinations, where these are many more.
    #[track_caller]
    pub fn unstack(&self, dim: &str) -> Self {
        self.verb(|| format!("unstack({dim:?})"), |ds| ds.try_unstack(dim, None))
    }

    /// The same as [`unstack`](Self::unstack), with a value for combinations that no row has.
    #[track_caller]
    pub fn unstack_with(&self, dim: &str, fill: impl Into<Scalar>) -> Self {
        let fill = fill.into();
        self.verb(|| format!("unstack_with({dim:?}, ..)"), |ds| ds.try_unstack(dim, Some(&fill)))
    }

    fn try_unstack(&self, dim: &str, fill: Option<&Scalar>) -> Result<Self> {
        self.size_of(dim).ok_or_else(|| no_dimension(dim, self.sizes()))?;
        let (joint, index) = self.multi(dim)?;
        let cells = Cells::of(index, &joint.coords)?;
        let mut parts = self.0.emptied();
        for name in joint.coords.iter() {
            if self.size_of(name).is_some() && name != dim {
                return Err(Error::invalid(format!("there is a dimension \"{name}\" already")));
            }
        }
        for (name, var) in &self.0.vars {
            if joint.coords.contains(name) {
                continue;
            }
            let made = cells.split(var, dim, &joint.coords, fill);
            parts.adopt(name, made.map_err(|e| in_variable(e, name))?, &self.0)?;
        }
        for (name, labels) in joint.coords.iter().zip(&cells.labels) {
            let attrs = self.variable(name).map(|v| v.attrs().clone()).unwrap_or_default();
            let var = Variable::new(Dims::from(name), labels.clone())?.with_attrs(attrs);
            parts.insert(name.clone(), var, true)?;
        }
        Ok(Self(Arc::new(parts)))
    }

    /// The multi-index of a dimension, if it has one.
    pub(crate) fn find_multi(&self, dim: &str) -> Option<(&Joint, &MultiIndex)> {
        let mut found = self.0.joints.iter().filter(|j| matches!(&*j.dims, [d] if d == dim));
        found.find_map(|j| {
            let index = (j.index.as_ref() as &dyn std::any::Any).downcast_ref::<MultiIndex>()?;
            Some((j, index))
        })
    }

    /// The multi-index of a dimension.
    ///
    /// # Errors
    /// If it has none.
    pub(crate) fn multi(&self, dim: &str) -> Result<(&Joint, &MultiIndex)> {
        self.find_multi(dim).ok_or_else(|| {
            Error::invalid(format!("dimension \"{dim}\" has no multi-index"))
                .hint(format!("set_index({dim:?}, [..]) makes one of coordinates"))
        })
    }
}

/// The coordinate of a level: in memory if it is small, else repeated where it is read.
fn level_variable(
    index: &MultiIndex,
    level: usize,
    into: &Name,
    lens: &[usize],
) -> Result<Variable> {
    if index.len() <= IN_MEMORY {
        return Variable::new(Dims::from(into), index.values(level)?);
    }
    let labels = index.levels().get(level).and_then(Index::labels);
    let labels = labels.ok_or_else(|| Error::bug("a level without labels"))?.clone();
    let axes: Vec<Option<usize>> = (0..lens.len()).map(|l| (l == level).then_some(0)).collect();
    let data = LazyArray::constant(labels).broadcast(&axes, lens)?.merge_axes(0, lens.len())?;
    Variable::new(Dims::from(into), data)
}

impl DataArray {
    /// Merges dimensions into one with a multi-index; see [`Dataset::stack`].
    #[track_caller]
    pub fn stack(&self, into: &str, dims: impl Into<Dims>) -> Self {
        let dims = dims.into();
        self.verb(|| format!("stack({into:?}, [{dims}])"), |set| set.try_stack(&into.into(), &dims))
    }

    /// Splits a dimension that has a multi-index; see [`Dataset::unstack`].
    #[track_caller]
    pub fn unstack(&self, dim: &str) -> Self {
        self.verb(|| format!("unstack({dim:?})"), |set| set.try_unstack(dim, None))
    }

    /// The same as [`unstack`](Self::unstack), with a value for combinations that no row has.
    #[track_caller]
    pub fn unstack_with(&self, dim: &str, fill: impl Into<Scalar>) -> Self {
        let fill = fill.into();
        self.verb(|| format!("unstack_with({dim:?}, ..)"), |set| set.try_unstack(dim, Some(&fill)))
    }
}
