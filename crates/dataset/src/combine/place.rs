//! Data at other positions along an axis, filled in where there is none.

use graticule_array::{Array, DType, MapOp, Pick, Result, Scalar, Selection, ZipOp};
use graticule_lazy::LazyArray;

use super::concat::{cast, concat_runs};
use super::labels::Places;
use super::losses::{LossKind, Losses};
use super::options::FillValues;
use crate::data_array::MAIN;
use crate::dataset::{Dataset, Parts, in_variable};
use crate::name::Name;
use crate::variable::Variable;

/// More runs of neighbouring positions than this are picked one by one.
const RUNS: usize = 32;

/// Coordinates up to this many bytes stay in memory.
const SMALL: usize = 1 << 20;

/// Neighbouring positions, or neighbouring holes.
enum Run {
    Hole(usize),
    Span(usize, usize),
}

/// The type that holds the elements of `dtype` and the fill value.
pub(super) fn filled_type(dtype: &DType, fill: Option<&Scalar>) -> Result<DType> {
    match fill {
        None => Ok(dtype.with_missing()),
        Some(value) => {
            if value.dtype() == *dtype {
                return Ok(dtype.clone());
            }
            let op = MapOp::with(ZipOp::Max, value.clone(), false, dtype)?;
            op.result(dtype)
        }
    }
}

/// The fill value, or a missing one, without axes.
fn filler(dtype: &DType, fill: Option<&Scalar>) -> Result<Array> {
    match fill {
        None => Array::missing(dtype, &[]),
        Some(value) => value.fill(&[])?.cast(dtype),
    }
}

/// Fill values of a shape; repeated lazily, so that they take no memory.
pub(super) fn filled(dtype: &DType, fill: Option<&Scalar>, shape: &[usize]) -> Result<LazyArray> {
    crate::verbs::eager::broadcast(
        &LazyArray::constant(filler(dtype, fill)?),
        &vec![None; shape.len()],
        shape,
    )
}

/// The data at these positions of an axis; the fill value, or missing, where there is none. The
/// type changes only if something is filled in.
pub(crate) fn place(
    data: &LazyArray,
    axis: usize,
    places: &[Option<usize>],
    fill: Option<&Scalar>,
) -> Result<LazyArray> {
    let runs = runs(places);
    let pick =
        |pick: Pick, data: &LazyArray| data.select(&Selection::all(data.shape()).with(axis, pick));
    if !places.contains(&None) {
        return match &*runs {
            [] => pick(Pick::span(0, 0), data),
            [Run::Span(start, len)] => pick(Pick::span(*start, *len), data),
            _ => pick(Pick::List(places.iter().flatten().copied().collect()), data),
        };
    }
    let dtype = filled_type(data.dtype(), fill)?;
    let data = cast(data.clone(), &dtype)?;
    let mut shape = data.shape().to_vec();
    let old = shape.get(axis).copied().unwrap_or(0);
    let mut hole = |len: usize| {
        if let Some(n) = shape.get_mut(axis) {
            *n = len;
        }
        let filled = filled(&dtype, fill, &shape)?;
        // What was in memory stays there.
        let small = data.is_lazy() || filled.bytes() > SMALL || !filled.is_lazy();
        if small { Ok(filled) } else { at_once(&dtype, fill, &shape) }
    };
    if runs.len() > RUNS {
        let both = concat_runs(&[data.clone(), hole(1)?], axis)?;
        let list = places.iter().map(|p| p.unwrap_or(old)).collect();
        return pick(Pick::List(list), &both);
    }
    let mut parts = Vec::with_capacity(runs.len());
    for run in runs {
        parts.push(match run {
            Run::Hole(len) => hole(len)?,
            Run::Span(start, len) => pick(Pick::span(start, len), &data)?,
        });
    }
    concat_runs(&parts, axis)
}

/// The array with one more index along an axis, where all is missing.
pub(crate) fn with_missing_row(data: &LazyArray, axis: usize) -> Result<LazyArray> {
    let dtype = data.dtype().with_missing();
    let data = cast(data.clone(), &dtype)?;
    let mut shape = data.shape().to_vec();
    if let Some(n) = shape.get_mut(axis) {
        *n = 1;
    }
    let row =
        if data.is_lazy() { filled(&dtype, None, &shape) } else { at_once(&dtype, None, &shape) };
    concat_runs(&[data, row?], axis)
}

fn at_once(dtype: &DType, fill: Option<&Scalar>, shape: &[usize]) -> Result<LazyArray> {
    let one = filler(dtype, fill)?;
    let n = shape.iter().product();
    let flat = one.spread(&vec![None; shape.len()], shape, 0..n)?;
    Ok(LazyArray::constant(flat.reshape(shape)?))
}

fn runs(places: &[Option<usize>]) -> Vec<Run> {
    let mut runs: Vec<Run> = Vec::new();
    for place in places {
        match (runs.last_mut(), place) {
            (Some(Run::Hole(len)), None) => *len += 1,
            (Some(Run::Span(start, len)), Some(at)) if start.checked_add(*len) == Some(*at) => {
                *len += 1;
            }
            (_, None) => runs.push(Run::Hole(1)),
            (_, Some(at)) => runs.push(Run::Span(*at, 1)),
        }
    }
    runs
}

impl Variable {
    /// The variable at these positions of an axis. What of the encoding no longer fits is gone.
    pub(crate) fn placed(
        &self,
        axis: usize,
        places: &[Option<usize>],
        fill: Option<&Scalar>,
    ) -> Result<Self> {
        let data = place(self.data(), axis, places, fill)?;
        let encoding = self.encoding();
        let packed = encoding.dtype.as_ref().is_some_and(|d| !d.is_float());
        let unfillable = packed && encoding.fill.is_none() && places.contains(&None);
        if data.dtype() != self.dtype() || unfillable {
            return self.changed(self.dims().clone(), data);
        }
        let encoding = encoding.after_reshape();
        self.clone().with_encoding(encoding).with_data(data)
    }
}

/// What a dataset is brought to along one dimension.
pub(crate) struct Target<'a> {
    pub(crate) dim: &'a Name,
    pub(crate) labels: &'a Array,
    /// Where the labels stand; `None` if all stand in their places.
    pub(crate) places: Option<&'a Places>,
    pub(crate) fill: &'a FillValues,
    /// What messages and the ledger call the dataset and the rule.
    pub(crate) origin: &'a str,
    pub(crate) rule: &'static str,
}

impl Dataset {
    /// The dataset with other labels along a dimension.
    pub(crate) fn placed(&self, to: &Target<'_>, losses: &mut Losses) -> Result<Self> {
        let mut parts: Parts = self.0.emptied();
        if let Some(places) = to.places {
            let own = self.size_of(to.dim).unwrap_or(0);
            let kept: std::collections::HashSet<usize> = places.iter().flatten().copied().collect();
            let dropped = own.saturating_sub(kept.len());
            losses.add(LossKind::DroppedLabels, to.dim.as_str(), to.rule, to.origin, dropped);
        }
        let holes = to.places.map_or(0, |p| p.iter().filter(|p| p.is_none()).count());
        for (name, var) in &self.0.vars {
            let Some(axis) = var.axis(to.dim) else {
                parts.adopt(name, var.clone(), &self.0)?;
                continue;
            };
            if name == to.dim {
                let old = var.in_memory().filter(|_| to.places.is_none());
                if let Some(old) = old {
                    let changed = replaced(old, to.labels);
                    let kind = LossKind::ReplacedLabels;
                    losses.add(kind, name.as_str(), to.rule, to.origin, changed);
                }
                let labels = LazyArray::constant(to.labels.clone());
                let var = if to.labels.dtype() == var.dtype() {
                    var.clone().with_encoding(var.encoding().after_reshape()).with_data(labels)?
                } else {
                    var.changed(var.dims().clone(), labels)?
                };
                parts.insert(name.clone(), var, true)?;
                continue;
            }
            let is_coord = self.is_coord(name);
            let moved = match to.places {
                None => var.clone(),
                Some(places) => {
                    let moved = var.placed(axis, places, to.fill.of(name, is_coord));
                    moved.map_err(|e| in_variable(e, name))?
                }
            };
            if holes > 0 {
                let len = var.shape().get(axis).copied().unwrap_or(1).max(1);
                let rows = (var.data().len() / len).saturating_mul(holes);
                let shown = if name == MAIN { "the array" } else { name.as_str() };
                losses.add(LossKind::FilledCells, shown, to.rule, to.origin, rows);
            }
            parts.adopt(name, moved, &self.0)?;
        }
        for joint in self.0.joints.iter().filter(|j| j.dims.has(to.dim)) {
            let Some(places) = to.places else { continue };
            let all: Option<Vec<usize>> = places.iter().copied().collect();
            let follows = joint.coords.iter().all(|c| c != to.dim);
            match all.filter(|_| follows).and_then(|p| joint.picked(to.dim, &Pick::List(p.into())))
            {
                Some(joint) => parts.put_joint(joint),
                None => parts.note_dropped(joint),
            }
        }
        Ok(Self(std::sync::Arc::new(parts)))
    }
}

/// How many labels are others than before.
fn replaced(old: &Array, new: &Array) -> usize {
    match (super::values::keys(old), super::values::keys(new)) {
        (Ok(a), Ok(b)) => a.iter().zip(&b).filter(|(a, b)| a.rank(b).is_ne()).count(),
        _ => 0,
    }
}
