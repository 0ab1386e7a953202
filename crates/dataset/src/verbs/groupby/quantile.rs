//! Quantiles of groups.

use std::sync::Arc;

use graticule_array::{Error, Result};

use super::grouping::NO_GROUP;
use super::reduce::placed;
use super::{DataArrayGroupBy, DatasetGroupBy, Grouping, bounds};
use crate::data_array::{DataArray, MAIN};
use crate::dataset::{Dataset, in_variable};
use crate::dims::{Dims, Over};
use crate::name::Name;
use crate::variable::Variable;
use crate::verbs::quantile::{Q, QuantileOptions};

impl DatasetGroupBy {
    /// The values below which a part of the elements of each group lies: one quantile, or
    /// several, which become a last dimension, `quantile`.
    #[track_caller]
    pub fn quantile(&self, q: impl Into<Q>, over: impl Into<Over>) -> Dataset {
        self.quantile_with(q, over, QuantileOptions::new())
    }

    /// Quantiles of each group by another method, or with missing elements that spread.
    #[track_caller]
    pub fn quantile_with(
        &self,
        q: impl Into<Q>,
        over: impl Into<Over>,
        options: QuantileOptions,
    ) -> Dataset {
        let (q, over) = (q.into(), over.into());
        let word = if options.median { "median" } else { "quantile" };
        self.set.verb(
            || format!("{word}({:?}, {over})", q.values()),
            |set| self.try_quantile(set, &q, &over, options),
        )
    }

    /// The middle of the elements of each group.
    #[track_caller]
    pub fn median(&self, over: impl Into<Over>) -> Dataset {
        self.quantile_with(0.5, over, QuantileOptions::median())
    }

    fn try_quantile(
        &self,
        set: &Dataset,
        q: &Q,
        over: &Over,
        options: QuantileOptions,
    ) -> Result<Dataset> {
        q.check()?;
        let grouping = self.grouping()?;
        let dims = match over {
            Over::Default => Dims::from(&grouping.dim),
            other => other.names(set)?,
        };
        if !dims.has(&grouping.dim) {
            return Err(Error::unsupported(format!(
                "quantiles of groups along \"{}\" over ({dims}) only",
                grouping.dim
            ))
            .hint(format!("include \"{}\" among the dimensions", grouping.dim)));
        }
        let alone = set.data_vars().count() == 1;
        let mut parts = set.0.emptied();
        for (name, var) in set.variables() {
            if set.is_coord(name) {
                let stays = *name != grouping.name && !var.dims().iter().any(|d| dims.has(d));
                // xarray's quantile drops scalar coordinates; its median does not.
                if stays && (options.median || var.ndim() > 0) {
                    parts.adopt(name, var.clone(), &set.0)?;
                }
            } else if !var.dims().has(&grouping.dim) {
                parts.adopt(name, var.clone(), &set.0)?;
            } else if alone || var.dtype().is_real() {
                let made = quantiles(var, grouping, q, &dims, options)
                    .and_then(|made| placed(made, name, grouping))
                    .and_then(|made| second(made, name));
                parts.insert(name.clone(), made.map_err(|e| in_variable(e, name))?, false)?;
            }
        }
        for (name, coord) in bounds::labels(set, grouping, true)? {
            parts.insert(name, coord, true)?;
        }
        if !options.median {
            parts.insert("quantile", q.coord()?, true)?;
        }
        Ok(Dataset(Arc::new(parts)))
    }
}

/// The quantiles of a dataset's variables stand behind their groups, as in xarray.
fn second(var: Variable, name: &Name) -> Result<Variable> {
    let Some(axis) = var.axis("quantile").filter(|axis| *axis > 1 && *name != MAIN) else {
        return Ok(var);
    };
    let others = (1..var.ndim()).filter(|a| *a != axis);
    let order: Vec<usize> = [0, axis].into_iter().chain(others).collect();
    let dims: Dims = order.iter().filter_map(|a| var.dims().get(*a)).collect();
    let data = var.data().permute(&order)?;
    var.with_dims_data(dims, data)
}

fn quantiles(
    var: &Variable,
    grouping: &Grouping,
    q: &Q,
    over: &Dims,
    options: QuantileOptions,
) -> Result<Variable> {
    let (kept, data) = var.gathered_last(over)?;
    let last = kept.len();
    let codes = codes_of_lines(var, grouping, over);
    let count = grouping.len();
    let made = data.along(options.line(q, Some((codes, count))), last)?;
    let several = q.values().len();
    let made = match q.is_one() || options.median {
        true => made,
        false => made.split_axis(last, &[count, several])?,
    };
    // The groups take the place of their dimension; quantiles stay last.
    let place =
        var.dims().iter().take_while(|d| **d != grouping.dim).filter(|d| kept.has(d)).count();
    let mut order: Vec<usize> = (0..last).collect();
    order.insert(place, last);
    let mut dims: Vec<Name> = kept.iter().cloned().collect();
    dims.insert(place, grouping.name.clone());
    if made.ndim() > last + 1 {
        order.push(last + 1);
        dims.push("quantile".into());
    }
    var.changed(dims.into(), made.permute(&order)?)
}

/// The group of each element of a line that runs along several dimensions.
fn codes_of_lines(var: &Variable, grouping: &Grouping, over: &Dims) -> Arc<[u32]> {
    let gone: Vec<(&Name, usize)> = var.sizes().filter(|(d, _)| over.has(d)).collect();
    if gone.len() == 1 {
        return grouping.codes.clone();
    }
    let behind: usize =
        gone.iter().skip_while(|(d, _)| **d != grouping.dim).skip(1).map(|(_, n)| n).product();
    let total: usize = gone.iter().map(|(_, n)| n).product();
    let n = grouping.codes.len().max(1);
    let code = |i: usize| grouping.codes.get(i / behind.max(1) % n).copied().unwrap_or(NO_GROUP);
    (0..total).map(code).collect()
}

impl DataArrayGroupBy {
    /// The values below which a part of the elements of each group lies: one quantile, or
    /// several, which become a last dimension, `quantile`.
    #[track_caller]
    pub fn quantile(&self, q: impl Into<Q>, over: impl Into<Over>) -> DataArray {
        self.quantile_with(q, over, QuantileOptions::new())
    }

    /// Quantiles of each group by another method, or with missing elements that spread.
    #[track_caller]
    pub fn quantile_with(
        &self,
        q: impl Into<Q>,
        over: impl Into<Over>,
        options: QuantileOptions,
    ) -> DataArray {
        DataArray { set: self.groups.quantile_with(q, over, options), name: self.name.clone() }
    }

    /// The middle of the elements of each group.
    #[track_caller]
    pub fn median(&self, over: impl Into<Over>) -> DataArray {
        DataArray { set: self.groups.median(over), name: self.name.clone() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_are_those_of_each_group_alone() {
        let values: Vec<f64> =
            (0..24).map(|i| if i == 5 { f64::NAN } else { f64::from(i * 7 % 23) }).collect();
        let x = DataArray::new("v", ["y", "t"], (values, [2, 12]))
            .with_coord("k", "t", vec![0, 1, 2, 0, 1, 2, 0, 1, 2, 0, 0, 0])
            .with_coord("h", (), 2.0);
        let by = x.groupby("k");
        let several = by.quantile([0.2, 0.5], "t");
        assert_eq!(several.dims().to_string(), "y, k, quantile");
        assert_eq!(by.quantile(0.2, "t").dims().to_string(), "y, k");
        assert!(!several.coords().has("h") && by.median("t").coords().has("h"));
        for k in 0..3 {
            let codes = x["k"].values::<i32>().unwrap();
            let places = (0..12).filter(|i| codes[*i] == k).collect::<Vec<usize>>();
            let own = x.isel("t", places);
            let expected = own.quantile([0.2, 0.5], "t").transpose(["y", "quantile"]);
            let found = several.sel("k", k);
            assert_eq!(found.values::<f64>().unwrap(), expected.values::<f64>().unwrap());
            let all = own.median(["y", "t"]).item::<f64>().unwrap();
            assert_eq!(by.median(..).sel("k", k).item::<f64>().unwrap(), all);
        }
        let e = by.quantile(95.0, "t").check().unwrap_err().to_string();
        assert!(e.contains("0.95"), "{e}");
    }
}
