//! Reductions of groups.

use std::sync::Arc;

use graticule_array::{Error, Reduction, Result};

use super::{DataArrayGroupBy, DatasetGroupBy, Grouping, bounds};
use crate::data_array::{DataArray, MAIN};
use crate::dataset::{Dataset, in_variable};
use crate::dims::{Dims, Over};
use crate::name::Name;
use crate::roles;
use crate::variable::Variable;
use crate::verbs::reduce::{
    Reducer, all, any, count, first, last, max, mean, min, prod, std, sum, var,
};

impl DatasetGroupBy {
    /// Reduces each group over the grouped dimension (`()`), or over several that include it.
    // By value, because it reads as a call: `reduce(mean(), "time")`.
    #[allow(clippy::needless_pass_by_value)]
    #[track_caller]
    pub fn reduce(&self, by: Reducer, over: impl Into<Over>) -> Dataset {
        let over = over.into();
        let step = || format!("reduce({by}, {over})");
        self.set.verb(step, |set| self.try_reduce(set, &by, &over))
    }

    fn try_reduce(&self, set: &Dataset, by: &Reducer, over: &Over) -> Result<Dataset> {
        let grouping = self.grouping()?;
        let dims = match over {
            Over::Default => Dims::from(&grouping.dim),
            other => other.names(set)?,
        };
        if !dims.has(&grouping.dim) {
            return Err(Error::unsupported(format!(
                "a reduction of groups along \"{}\" over ({dims}) only",
                grouping.dim
            ))
            .hint(format!("include \"{}\" among the dimensions", grouping.dim)));
        }
        let reduction = by.build()?;
        let alone = set.data_vars().count() == 1;
        let mut parts = set.0.emptied();
        parts.attrs = by.attrs(set.attrs());
        for (name, var) in set.variables() {
            if set.is_coord(name) {
                if *name == grouping.name {
                    continue;
                }
                if !var.dims().iter().any(|d| dims.has(d)) {
                    parts.adopt(name, var.clone(), &set.0)?;
                } else if by.updates_bounds() && !var.dims().has(&grouping.dim) {
                    for (name, left) in roles::collapsed(set, name, var, &dims)? {
                        parts.insert(name, left, true)?;
                    }
                }
            } else if alone || by.suits(&*reduction, var.dtype()) {
                let made = grouped(var, grouping, by, &reduction, &dims)
                    .and_then(|made| placed(made, name, grouping));
                parts.insert(name.clone(), made.map_err(|e| in_variable(e, name))?, false)?;
            }
        }
        for (name, coord) in bounds::labels(set, grouping, by.updates_bounds())? {
            parts.insert(name, coord, true)?;
        }
        Ok(Dataset(Arc::new(parts)))
    }

    pub(super) fn grouping(&self) -> Result<&Grouping> {
        self.grouping.as_deref().ok_or_else(|| Error::bug("groups without a grouping"))
    }
}

impl DataArrayGroupBy {
    /// Reduces each group over the grouped dimension (`()`), or over several that include it.
    // By value, because it reads as a call: `reduce(mean(), "time")`.
    #[allow(clippy::needless_pass_by_value)]
    #[track_caller]
    pub fn reduce(&self, by: Reducer, over: impl Into<Over>) -> DataArray {
        DataArray { set: self.groups.reduce(by, over), name: self.name.clone() }
    }
}

/// The groups of an array stand where their dimension stood; those of a dataset's variables come
/// first, as in xarray.
pub(super) fn placed(var: Variable, name: &Name, grouping: &Grouping) -> Result<Variable> {
    match var.axis(&grouping.name) {
        Some(axis) if axis > 0 && *name != MAIN => {
            let order: Vec<usize> =
                [axis].into_iter().chain((0..var.ndim()).filter(|a| *a != axis)).collect();
            let dims: Dims = order.iter().filter_map(|a| var.dims().get(*a)).collect();
            let data = var.data().permute(&order)?;
            var.with_dims_data(dims, data)
        }
        _ => Ok(var),
    }
}

fn grouped(
    var: &Variable,
    grouping: &Grouping,
    by: &Reducer,
    reduction: &Arc<dyn Reduction>,
    over: &Dims,
) -> Result<Variable> {
    let others: Vec<usize> =
        over.iter().filter(|d| **d != grouping.dim).filter_map(|d| var.axis(d)).collect();
    let Some(axis) = var.axis(&grouping.dim) else {
        // The same in every group, as xarray has it.
        return var.expanded(&grouping.name, grouping.len());
    };
    let gaps = by.name() != "count";
    let data = grouping.reduce(var.data(), reduction, axis, &others, gaps)?;
    let kept = var.dims().iter().filter(|d| **d == grouping.dim || !over.has(d));
    let dims: Dims = kept
        .map(|d| if *d == grouping.dim { grouping.name.clone() } else { Name::clone(d) })
        .collect();
    let made = var.clone().with_encoding(var.encoding().after_change(data.dtype()));
    let attrs = by.described(var, over, grouping.periods());
    Ok(made.with_dims_data(dims, data)?.with_attrs(attrs))
}

named_reductions! {
    DatasetGroupBy, DataArrayGroupBy, "of each group",
    "\nOver the grouped dimension (`()` or its name), or several that include it.",
    (, over: impl Into<Over>), (, over),
    count sum prod mean min max any all var std first last
}
