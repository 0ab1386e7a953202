//! Several dimensions as one, with a multi-index.

use std::sync::Arc;

use graticule_array::{Array, Error, Pick, Result, Scalar, Selection};
use graticule_lazy::LazyArray;

use crate::data_array::DataArray;
use crate::dataset::{Dataset, in_variable};
use crate::dims::{Dims, no_dimension};
use crate::index::{Index, Joint, LabelIndex, MultiIndex};
use crate::name::Name;
use crate::variable::Variable;
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
    fn level(&self, dim: &Name, len: usize) -> Result<LabelIndex> {
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
    /// Combinations of labels that no row has become missing.
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

/// Which row stands in each combination of labels.
struct Cells {
    /// The labels of each level that some row has, in order.
    labels: Vec<Array>,
    lens: Vec<usize>,
    /// The row of each combination; `None` if the rows are all combinations in order.
    rows: Option<Vec<Option<usize>>>,
}

impl Cells {
    fn of(index: &MultiIndex, names: &[Name]) -> Result<Self> {
        let all = index.levels().iter().filter_map(Index::labels).cloned().collect::<Vec<_>>();
        if index.is_product() && index.levels().iter().all(LabelIndex::is_unique) {
            let lens = all.iter().map(Array::len).collect();
            return Ok(Self { labels: all, lens, rows: None });
        }
        let (mut labels, mut lens, mut ranks) = (Vec::new(), Vec::new(), Vec::new());
        for (level, own) in all.iter().enumerate() {
            let mut used = vec![false; own.len()];
            for code in index.codes(level) {
                let code = code.and_then(|c| used.get_mut(c)).ok_or_else(|| {
                    let name = names.get(level).map_or("", Name::as_str);
                    Error::invalid(format!("some rows have no label of \"{name}\""))
                        .hint("dropna first")
                })?;
                *code = true;
            }
            let kept: Vec<usize> =
                used.iter().enumerate().filter(|(_, u)| **u).map(|(i, _)| i).collect();
            let mut rank = vec![0usize; own.len()];
            for (at, code) in kept.iter().enumerate() {
                if let Some(r) = rank.get_mut(*code) {
                    *r = at;
                }
            }
            lens.push(kept.len());
            labels.push(own.select(&Selection::new([Pick::List(kept.into())]))?);
            ranks.push(rank);
        }
        let n = lens.iter().try_fold(1usize, |n, l| n.checked_mul(*l));
        let n = n
            .filter(|n| *n <= isize::MAX as usize / 32)
            .ok_or_else(|| Error::over_budget(format!("unstacking to {lens:?} combinations")))?;
        let mut rows: Vec<Option<usize>> = vec![None; n];
        for row in 0..index.len() {
            let mut cell = 0usize;
            for (level, (len, rank)) in lens.iter().zip(&ranks).enumerate() {
                let code = index.code(level, row).and_then(|c| rank.get(c)).copied();
                cell = cell * len + code.unwrap_or(0);
            }
            let Some(place) = rows.get_mut(cell) else { continue };
            if let Some(first) = place.replace(row) {
                let shown: Vec<String> = (0..index.depth())
                    .filter_map(|l| Some(index.levels().get(l)?.show(index.code(l, row)?)))
                    .collect();
                return Err(Error::invalid(format!(
                    "the labels ({}) occur in rows {first} and {row}: unstack needs each \
                     combination once",
                    shown.join(", ")
                ))
                .hint("drop_duplicates or groupby first"));
            }
        }
        let in_order = rows.iter().enumerate().all(|(cell, row)| *row == Some(cell));
        let rows = (!in_order || n != index.len()).then_some(rows);
        Ok(Self { labels, lens, rows })
    }

    /// The variable with one dimension per level in place of `dim`, at the end.
    fn split(
        &self,
        var: &Variable,
        dim: &str,
        names: &[Name],
        fill: Option<&Scalar>,
    ) -> Result<Variable> {
        let Some(axis) = var.axis(dim) else { return Ok(var.clone()) };
        let rest = var.dims().without(&[dim.into()]);
        let order: Vec<usize> = (0..var.ndim()).filter(|a| *a != axis).chain([axis]).collect();
        let mut data = var.data().permute(&order)?;
        if let Some(rows) = &self.rows {
            let len = var.size_of(dim).unwrap_or(0);
            if rows.contains(&None) {
                data = with_row(&data, rest.len(), fill)?;
            }
            let picks: Vec<usize> = rows.iter().map(|r| r.unwrap_or(len)).collect();
            let picked = Selection::all(data.shape()).with(rest.len(), Pick::List(picks.into()));
            data = data.select(&picked)?;
        }
        let data = eager::split_axis(&data, rest.len(), &self.lens)?;
        let dims: Dims = rest.iter().chain(names).collect();
        let same = data.dtype() == var.dtype();
        let encoding = if same {
            var.encoding().after_reshape()
        } else {
            var.encoding().after_change(data.dtype())
        };
        var.clone().with_encoding(encoding).with_dims_data(dims, data)
    }
}

/// The array with one more position along an axis, where all is missing or `fill`.
fn with_row(data: &LazyArray, axis: usize, fill: Option<&Scalar>) -> Result<LazyArray> {
    let Some(fill) = fill else { return crate::combine::with_missing_row(data, axis) };
    let mut shape = data.shape().to_vec();
    if let Some(n) = shape.get_mut(axis) {
        *n = 1;
    }
    let value = fill.fill(&[])?;
    let dtype = graticule_array::choose_type(data.dtype(), value.dtype())?;
    let weak = value
        .cast(data.dtype())
        .ok()
        .filter(|v| v.cast(value.dtype()).is_ok_and(|back| back == value));
    let (data, value) = match weak {
        Some(value) => (data.clone(), value),
        None => (data.map(graticule_array::MapOp::Cast(dtype.clone()))?, value.cast(&dtype)?),
    };
    let row = LazyArray::constant(value).broadcast(&vec![None; shape.len()], &shape)?;
    LazyArray::concat(&[data, row], axis)
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
