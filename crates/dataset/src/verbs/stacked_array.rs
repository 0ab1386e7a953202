//! Variables of different dimensions as one array of samples and features, and back.

use std::sync::Arc;

use graticule_array::{Array, DType, Error, Pick, Result, Text, promote};
use graticule_lazy::LazyArray;

use super::cells::Cells;
use super::eager;
use crate::data_array::{DataArray, MAIN};
use crate::dataset::{Dataset, in_variable};
use crate::dims::{Dims, no_dimension};
use crate::index::{Index, Joint, LabelIndex, MultiIndex, code_of};
use crate::name::Name;
use crate::variable::Variable;

/// The level that holds the names of the variables.
const VARIABLE: &str = "variable";

impl Dataset {
    /// All data variables in one array over the sample dimensions, which each of them has, and a
    /// new last dimension of features: one for each position along the other dimensions of each
    /// variable. Nothing is broadcast. The new dimension has a [`MultiIndex`] of the level
    /// `variable` and one for each of the other dimensions, missing where a variable lacks it.
    /// Reads nothing.
    ///
    /// ```
    /// use graticule_dataset::Dataset;
    /// let ds = Dataset::new()
    ///     .with_coord("y", "y", vec!["u", "v"])
    ///     .with_var("a", ["x", "y"], (vec![0, 1, 2, 3], [2, 2]))
    ///     .with_var("b", "x", vec![6, 7]);
    /// let z = ds.to_stacked_array("z", "x");
    /// assert_eq!(z.dims().to_string(), "x, z");
    /// assert_eq!(z.values::<i32>()?, [0, 1, 6, 2, 3, 7]);
    /// assert_eq!(z.sel("variable", "a").shape(), [2, 2]);
    /// assert!(z.to_unstacked_dataset("z").identical(&ds)?);
    /// # Ok::<(), graticule_array::Error>(())
    /// ```
    #[track_caller]
    pub fn to_stacked_array(
        &self,
        new_dim: impl Into<Name>,
        sample_dims: impl Into<Dims>,
    ) -> DataArray {
        let (new, samples) = (new_dim.into(), sample_dims.into());
        let set = self.verb(
            || format!("to_stacked_array({new:?}, [{samples}])"),
            |ds| ds.try_to_stacked(&new, &samples),
        );
        DataArray::of_main(set)
    }

    fn try_to_stacked(&self, new: &Name, samples: &Dims) -> Result<Self> {
        samples.check()?;
        let taken = self.has(new) || self.size_of(new).is_some() || *new == *VARIABLE;
        if taken || new.is_empty() || self.has(VARIABLE) || self.size_of(VARIABLE).is_some() {
            return Err(Error::invalid(format!(
                "the name \"{new}\" or \"{VARIABLE}\" is taken or empty"
            ))
            .hint("rename what has it, or give the new dimension another name"));
        }
        for dim in samples {
            self.size_of(dim).ok_or_else(|| no_dimension(dim, self.sizes()))?;
        }
        let features: Vec<Name> =
            self.sizes().map(|(d, _)| d.clone()).filter(|d| !samples.has(d)).collect();
        let vars: Vec<(&Name, &Variable)> = self.data_vars().collect();
        let Some((_, first)) = vars.first() else {
            return Err(Error::invalid("a dataset without data variables makes no array"));
        };
        let mut dtype: DType = first.dtype().clone();
        for (name, var) in &vars {
            dtype = promote(&dtype, var.dtype()).map_err(|e| in_variable(e, name))?;
        }
        let mut codes: Vec<Vec<u32>> = vec![Vec::new(); features.len() + 1];
        let mut parts = Vec::with_capacity(vars.len());
        for (at, (name, var)) in vars.iter().enumerate() {
            if let Some(lost) = samples.iter().find(|d| !var.dims().has(d)) {
                return Err(Error::mismatch(format!(
                    "it lacks the sample dimension \"{lost}\" (it has {})",
                    var.dims()
                ))
                .in_variable(name.as_str()));
            }
            let own: Vec<&Name> = features.iter().filter(|d| var.dims().has(d)).collect();
            let lens: Vec<usize> = own.iter().filter_map(|d| var.size_of(d)).collect();
            let n = crate::select::pointwise::count(&lens)?;
            let made = column(var, samples, &own, &lens, n, &dtype);
            parts.push(made.map_err(|e| in_variable(e, name))?);
            let mut levels = codes.iter_mut();
            if let Some(level) = levels.next() {
                level.extend(std::iter::repeat_n(code_of(Some(at)), n));
            }
            for (level, dim) in levels.zip(&features) {
                let place = own.iter().position(|d| *d == dim);
                let stride = place.map(|p| lens.iter().skip(p + 1).product::<usize>().max(1));
                let len = place.and_then(|p| lens.get(p)).copied().unwrap_or(1).max(1);
                level.extend((0..n).map(|i| code_of(stride.map(|s| (i / s) % len))));
            }
        }
        let names: Vec<Text> = vars.iter().map(|(n, _)| Text::from(n.as_str())).collect();
        let names = LabelIndex::new(&Array::from_vec([names.len()], names)?);
        let mut levels = vec![names.ok_or_else(|| Error::bug("texts are labels"))?];
        for dim in &features {
            levels.push(self.level(dim, self.size_of(dim).unwrap_or(0))?);
        }
        let index = MultiIndex::from_codes(levels, codes);
        let attrs =
            vars.iter().skip(1).fold(first.attrs().clone(), |a, (_, v)| a.merged(v.attrs()));
        let data = eager::concat(&parts, samples.len())?;
        let dims: Dims = samples.iter().chain([new]).collect();
        let mut made = self.0.emptied();
        made.insert(MAIN, Variable::new(dims, data)?.with_attrs(attrs), false)?;
        let level = Name::from(VARIABLE);
        let coords: Vec<Name> = std::iter::once(&level).chain(&features).cloned().collect();
        for (at, name) in coords.iter().enumerate() {
            let attrs = self.variable(name).map(|v| v.attrs().clone()).unwrap_or_default();
            let var = Variable::new(Dims::from(new), index.values(at)?)?.with_attrs(attrs);
            made.insert(name.clone(), var, true)?;
        }
        for (name, coord) in self.coord_vars() {
            if coord.dims().iter().all(|d| samples.has(d)) {
                made.adopt(name, coord.clone(), &self.0)?;
            }
        }
        let index: Arc<dyn Index> = Arc::new(index);
        made.put_joint(Joint { coords: coords.into(), dims: Dims::from(new), index });
        Ok(Self(Arc::new(made)))
    }

    fn try_unstacked_dataset(&self, dim: &Name) -> Result<Self> {
        let main = self.find(MAIN)?;
        main.size_of(dim).ok_or_else(|| no_dimension(dim, main.sizes()))?;
        let (joint, index) = self.multi(dim)?;
        let names = index.levels().first().and_then(Index::labels);
        let names = names.filter(|l| *l.dtype() == DType::Str).ok_or_else(|| {
            Error::invalid(format!(
                "the first level of \"{dim}\" does not hold the names of variables"
            ))
            .hint("to_stacked_array() makes such a dimension")
        })?;
        let mut rows: Vec<Vec<usize>> = vec![Vec::new(); names.len()];
        for (row, code) in index.codes(0).enumerate() {
            let list = code.and_then(|c| rows.get_mut(c));
            list.ok_or_else(|| Error::invalid(format!("position {row} names no variable")))?
                .push(row);
        }
        let mut parts = self.0.emptied();
        parts.attrs = crate::Attrs::new();
        for (code, rows) in rows.into_iter().enumerate().filter(|(_, rows)| !rows.is_empty()) {
            let label = names.get(&[code])?;
            let name = Name::from(label.as_str().unwrap_or_default());
            if self.has(&name) {
                return Err(Error::invalid(format!("\"{name}\" is the name of a coordinate, too")));
            }
            let made = self.one_of(main, dim, joint, index, &rows);
            let (var, labels) = made.map_err(|e| in_variable(e, &name))?;
            for (level, labels) in labels {
                if parts.vars.contains_key(&level) {
                    continue;
                }
                let attrs = self.variable(&level).map(|v| v.attrs().clone()).unwrap_or_default();
                let coord = Variable::new(Dims::from(&level), labels)?.with_attrs(attrs);
                parts.insert(level, coord, true)?;
            }
            parts.insert(name, var, false)?;
        }
        for (name, coord) in self.coord_vars() {
            if !coord.dims().has(dim) {
                parts.adopt(name, coord.clone(), &self.0)?;
            }
        }
        Ok(Self(Arc::new(parts)))
    }

    /// One variable out of its rows, and the labels of the dimensions it gets.
    fn one_of(
        &self,
        main: &Variable,
        dim: &Name,
        joint: &Joint,
        index: &MultiIndex,
        rows: &[usize],
    ) -> Result<(Variable, Vec<(Name, Array)>)> {
        let has = |level: &usize| rows.iter().any(|row| index.code(*level, *row).is_some());
        let levels: Vec<usize> = (1..index.depth()).filter(has).collect();
        let names: Vec<Name> =
            levels.iter().filter_map(|l| joint.coords.get(*l).cloned()).collect();
        let pick = Pick::List(rows.into());
        if levels.is_empty() {
            return match rows {
                [one] => Ok((main.picked(dim, &Pick::At(*one))?, Vec::new())),
                more => Err(Error::invalid(format!(
                    "{} positions of \"{dim}\" are not told apart by any level",
                    more.len()
                ))),
            };
        }
        let own = index.with_levels(&levels).isel(std::slice::from_ref(&pick));
        let own = own.ok_or_else(|| Error::bug("a multi-index of some rows"))?;
        let own = (own.as_ref() as &dyn std::any::Any).downcast_ref::<MultiIndex>();
        let cells = Cells::of(own.ok_or_else(|| Error::bug("another kind of index"))?, &names)?;
        let made = cells.split(&main.picked(dim, &pick)?, dim, &names, None)?;
        Ok((made, names.into_iter().zip(cells.labels).collect()))
    }
}

/// A variable over the sample dimensions and one more for all others.
fn column(
    var: &Variable,
    samples: &Dims,
    own: &[&Name],
    lens: &[usize],
    n: usize,
    dtype: &DType,
) -> Result<LazyArray> {
    let order: Vec<usize> =
        samples.iter().chain(own.iter().copied()).filter_map(|d| var.axis(d)).collect();
    let data = eager::cast(var.data(), dtype)?.permute(&order)?;
    if own.is_empty() {
        let shape: Vec<usize> = data.shape().iter().copied().chain([1]).collect();
        let axes: Vec<Option<usize>> = (0..data.ndim()).map(Some).chain([None]).collect();
        return eager::broadcast(&data, &axes, &shape);
    }
    let merged = eager::merge_axes(&data, samples.len(), lens.len())?;
    debug_assert_eq!(merged.shape().last(), Some(&n));
    Ok(merged)
}

impl DataArray {
    /// One data variable for each label of the level `variable`, with the dimensions of the other
    /// levels that it has labels of: the reverse of [`Dataset::to_stacked_array`].
    #[track_caller]
    pub fn to_unstacked_dataset(&self, dim: impl Into<Name>) -> Dataset {
        let dim = dim.into();
        self.set.verb(
            || format!("to_unstacked_dataset({dim:?})"),
            |set| set.try_unstacked_dataset(&dim).map_err(|e| self.named(e)),
        )
    }
}
