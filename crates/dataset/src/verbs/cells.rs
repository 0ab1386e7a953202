//! The rows of a multi-index by combination of labels, where a dimension is split.

use std::sync::Arc;

use graticule_array::{Array, Error, Pick, Result, Scalar, Selection};
use graticule_lazy::LazyArray;

use crate::dims::Dims;
use crate::index::{Index, LabelIndex, MultiIndex};
use crate::name::Name;
use crate::variable::Variable;
use crate::verbs::eager;

/// So many combinations are always listed, whether a row has them or not.
const LISTED: usize = 1 << 20;

/// Which row stands in each combination of labels.
pub(super) struct Cells {
    /// The labels of each level that some row has, in order.
    pub(super) labels: Vec<Array>,
    lens: Vec<usize>,
    rows: Rows,
}

enum Rows {
    /// All combinations in order.
    All,
    /// The row of each combination.
    Listed(Vec<Option<usize>>),
    /// Those combinations that have one, in order, each with its row.
    Few(Arc<[(usize, usize)]>),
}

impl Cells {
    pub(super) fn of(index: &MultiIndex, names: &[Name]) -> Result<Self> {
        let all = index.levels().iter().filter_map(Index::labels).cloned().collect::<Vec<_>>();
        if index.is_product() && index.levels().iter().all(LabelIndex::is_unique) {
            let lens = all.iter().map(Array::len).collect();
            return Ok(Self { labels: all, lens, rows: Rows::All });
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
        let mut pairs = Vec::with_capacity(index.len());
        for row in 0..index.len() {
            let mut cell = 0usize;
            for (level, (len, rank)) in lens.iter().zip(&ranks).enumerate() {
                let code = index.code(level, row).and_then(|c| rank.get(c)).copied();
                cell = cell * len + code.unwrap_or(0);
            }
            pairs.push((cell, row));
        }
        let in_order = n == pairs.len() && pairs.iter().all(|(cell, row)| cell == row);
        pairs.sort_unstable();
        let next = pairs.iter().zip(pairs.iter().skip(1));
        if let Some(((_, first), (_, row))) = next.clone().find(|(a, b)| a.0 == b.0) {
            return Err(repeated(index, *first, *row));
        }
        let rows = if in_order {
            Rows::All
        } else if n <= LISTED || n / 4 <= pairs.len() {
            let mut rows = vec![None; n];
            for (cell, row) in pairs {
                if let Some(place) = rows.get_mut(cell) {
                    *place = Some(row);
                }
            }
            Rows::Listed(rows)
        } else {
            Rows::Few(pairs.into())
        };
        Ok(Self { labels, lens, rows })
    }

    /// The variable with one dimension per level in place of `dim`, at the end.
    pub(super) fn split(
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
        let data = match &self.rows {
            Rows::All => eager::split_axis(&data, rest.len(), &self.lens)?,
            Rows::Listed(rows) => {
                let len = var.size_of(dim).unwrap_or(0);
                if rows.contains(&None) {
                    data = with_row(&data, rest.len(), fill)?;
                }
                let picks: Vec<usize> = rows.iter().map(|r| r.unwrap_or(len)).collect();
                let picked =
                    Selection::all(data.shape()).with(rest.len(), Pick::List(picks.into()));
                eager::split_axis(&data.select(&picked)?, rest.len(), &self.lens)?
            }
            Rows::Few(pairs) => {
                let (data, filler) = filled(&data, rest.len(), fill)?;
                data.scatter(&filler, pairs.clone(), &self.lens)?
            }
        };
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

fn repeated(index: &MultiIndex, first: usize, row: usize) -> Error {
    let label = |l: usize| Some(index.levels().get(l)?.show(index.code(l, row)?));
    let shown: Vec<String> = (0..index.depth()).filter_map(label).collect();
    Error::invalid(format!(
        "the labels ({}) occur in rows {first} and {row}: unstack needs each combination once",
        shown.join(", ")
    ))
    .hint("drop_duplicates or groupby first")
}

/// The array with one more position along an axis, where all is missing or `fill`.
fn with_row(data: &LazyArray, axis: usize, fill: Option<&Scalar>) -> Result<LazyArray> {
    if fill.is_none() {
        return crate::combine::with_missing_row(data, axis);
    }
    let (data, row) = filled(data, axis, fill)?;
    LazyArray::concat(&[data, row], axis)
}

/// The array in a type that holds the fill value (a missing one by default), and one position
/// along an axis that is filled with it.
fn filled(data: &LazyArray, axis: usize, fill: Option<&Scalar>) -> Result<(LazyArray, LazyArray)> {
    let mut shape = data.shape().to_vec();
    if let Some(n) = shape.get_mut(axis) {
        *n = 1;
    }
    let (dtype, value) = match fill {
        None => {
            let dtype = data.dtype().with_missing();
            let value = Array::missing(&dtype, &[])?;
            (dtype, value)
        }
        Some(fill) => {
            let value = fill.fill(&[])?;
            let weak = value.cast(data.dtype()).ok();
            let weak = weak.filter(|v| v.cast(value.dtype()).is_ok_and(|back| back == value));
            match weak {
                Some(value) => (data.dtype().clone(), value),
                None => {
                    let dtype = graticule_array::choose_type(data.dtype(), value.dtype())?;
                    let value = value.cast(&dtype)?;
                    (dtype, value)
                }
            }
        }
    };
    let data = eager::cast(data, &dtype)?;
    let row = LazyArray::constant(value).broadcast(&vec![None; shape.len()], &shape)?;
    Ok((data, row))
}
