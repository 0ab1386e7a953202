//! Selections move towards the sources, so that only what is needed is read and computed.

use std::sync::Arc;

use graticule_array::{Pick, Result, Selection};

use super::{Context, Rule};
use crate::block::{BlockOp, passes};
use crate::expr::{Groups, LazyArray, Op, ReduceSpec};
use crate::geometry::{concat_segments, through_broadcast, through_permute};

/// More pieces than this, and a selection over a concatenation stays where it is.
const MAX_SEGMENTS: usize = 1 << 16;

/// `select(f(a, b))` becomes `f(select(a), select(b))`.
pub(crate) struct PushSelect;

impl Rule for PushSelect {
    fn name(&self) -> &'static str {
        "push_select"
    }

    fn apply(&self, node: &LazyArray, cx: &Context) -> Result<Option<LazyArray>> {
        let Op::Select(selection) = node.op() else { return Ok(None) };
        let inner = node.input()?;
        match inner.op() {
            Op::Map(_) | Op::Zip(_) | Op::Choose => {
                let inputs = inner.inputs().iter().map(|i| i.select(selection));
                inner.with_inputs(&inputs.collect::<Result<Vec<_>>>()?).map(Some)
            }
            Op::Permute(axes) => {
                let (picks, order) = through_permute(axes, selection);
                inner.input()?.select(&picks)?.permute(&order).map(Some)
            }
            Op::Broadcast { axes, .. } => {
                let (picks, places) = through_broadcast(axes, inner.input()?.ndim(), selection);
                let below = inner.input()?.select(&picks)?;
                below.broadcast(&places, node.shape()).map(Some)
            }
            Op::JoinChars => {
                let mut picks = selection.picks().to_vec();
                picks.push(Pick::all(inner.input()?.shape().last().copied().unwrap_or(0)));
                inner.input()?.select(&Selection::new(picks))?.join_chars().map(Some)
            }
            Op::Rechunk(grid) => {
                let below = inner.input()?.select(selection)?;
                below.rechunk(grid.select(selection)).map(Some)
            }
            Op::Concat { axis, starts } => pieces(inner, *axis, starts, selection),
            Op::Block(op) => below_block(inner, op, selection),
            Op::Gather(gather) => gather.select(inner.input()?, selection).map(Some),
            Op::Reduce(spec) if !cx.is_shared(inner) => below_reduce(inner, spec, selection),
            _ => Ok(None),
        }
    }
}

/// Only the pieces that are picked from.
fn pieces(
    concat: &LazyArray,
    axis: usize,
    starts: &[usize],
    selection: &Selection,
) -> Result<Option<LazyArray>> {
    let Some(pick) = selection.picks().get(axis) else { return Ok(None) };
    if pick.is_empty() {
        // Nothing is read: any piece will do.
        let none = selection.clone().with(axis, Pick::span(0, 0));
        return concat.input()?.select(&none).map(Some);
    }
    let segments = concat_segments(starts, pick);
    if segments.len() > MAX_SEGMENTS.max(2 * starts.len()) {
        return Ok(None);
    }
    let parts = segments.iter().map(|s| {
        let piece = concat.inputs().get(s.piece);
        let piece = piece.ok_or_else(|| graticule_array::Error::bug("a piece was lost"))?;
        piece.select(&selection.clone().with(axis, s.pick.clone()))
    });
    let parts = parts.collect::<Result<Vec<_>>>()?;
    if matches!(pick, Pick::At(_)) {
        return Ok(parts.into_iter().next());
    }
    let at = |p: &&Pick| !matches!(p, Pick::At(_));
    let axis = selection.picks().iter().take(axis).filter(at).count();
    LazyArray::concat(&parts, axis).map(Some)
}

/// Picks along parallel axes pick from the inputs; the rest stays above, unless the operation
/// knows better.
pub(crate) fn below_block(
    node: &LazyArray,
    op: &Arc<dyn BlockOp>,
    selection: &Selection,
) -> Result<Option<LazyArray>> {
    let inputs = node.inputs();
    let mut below: Vec<Selection> = inputs.iter().map(|i| Selection::all(i.shape())).collect();
    let mut above = Vec::with_capacity(selection.picks().len());
    let mut useful = false;
    for (axis, (pick, n)) in selection.picks().iter().zip(node.shape()).enumerate() {
        let rests = *pick == Pick::all(*n) || (*n == 1 && matches!(pick, Pick::At(_)));
        if rests || !passes(&**op, inputs.len(), axis) {
            above.push(pick.clone());
            continue;
        }
        useful = true;
        // The operation keeps its axes.
        let (inside, outside) = match pick {
            Pick::At(i) => (Pick::span(*i, 1), Pick::At(0)),
            other => (other.clone(), Pick::all(other.len())),
        };
        for (i, selection) in below.iter_mut().enumerate() {
            if let Some(own) = op.parallel(i, axis) {
                *selection =
                    std::mem::replace(selection, Selection::all(&[])).with(own, inside.clone());
            }
        }
        above.push(outside);
    }
    let above = Selection::new(above);
    if !useful {
        return op.select(inputs, &above);
    }
    let inputs = inputs.iter().zip(&below).map(|(i, s)| i.select(s)).collect::<Result<Vec<_>>>()?;
    LazyArray::block(op.clone(), &inputs)?.select(&above).map(Some)
}

/// Selections along kept axes select what is reduced; the rest stays above.
fn below_reduce(
    reduce: &LazyArray,
    spec: &ReduceSpec,
    selection: &Selection,
) -> Result<Option<LazyArray>> {
    let input = reduce.input()?;
    let (mut below, mut above) = (Vec::new(), Vec::new());
    let mut outer = selection.picks().iter();
    let mut useful = false;
    let mut groups = spec.groups.clone();
    for (axis, n) in input.shape().iter().enumerate() {
        if spec.axes.contains(&axis) {
            below.push(Pick::all(*n));
            continue;
        }
        let Some(pick) = outer.next() else { return Ok(None) };
        if spec.reduces(axis) {
            below.push(Pick::all(*n));
            let found = spec.groups.as_ref().and_then(|g| some_groups(g, pick));
            above.push(match (&found, pick) {
                (None, _) => pick.clone(),
                (Some(_), Pick::At(_)) => Pick::At(0),
                (Some(groups), _) => Pick::all(groups.count),
            });
            useful |= found.is_some();
            groups = found.or(groups);
            continue;
        }
        useful |= *pick != Pick::all(*n);
        below.push(pick.clone());
        if !matches!(pick, Pick::At(_)) {
            above.push(Pick::all(pick.len()));
        }
    }
    if !useful {
        return Ok(None);
    }
    let moved =
        |axis: usize| axis - below.iter().take(axis).filter(|p| matches!(p, Pick::At(_))).count();
    let axes: Vec<usize> = spec.axes.iter().map(|a| moved(*a)).collect();
    let part = input.select(&Selection::new(below.clone()))?;
    let reduction = spec.reduction.clone();
    let reduced = match &groups {
        None => part.reduce(reduction, &axes)?,
        Some(g) => {
            part.reduce_grouped(reduction, moved(g.axis), g.codes.clone(), g.count, &axes)?
        }
    };
    reduced.select(&Selection::new(above)).map(Some)
}

/// The grouping that makes only the picked groups, each picked at most once.
fn some_groups(groups: &Groups, pick: &Pick) -> Option<Groups> {
    if *pick == Pick::all(groups.count) || (groups.count == 1 && *pick == Pick::At(0)) {
        return None;
    }
    let mut places = vec![u32::MAX; groups.count];
    for (place, group) in (0..pick.len()).filter_map(|k| Some((k, pick.get(k)?))) {
        let to = places.get_mut(group).filter(|to| **to == u32::MAX)?;
        *to = u32::try_from(place).ok()?;
    }
    let place = |code: &u32| places.get(*code as usize).copied().unwrap_or(u32::MAX);
    let codes = groups.codes.iter().map(place).collect();
    Some(Groups { axis: groups.axis, codes, count: pick.len() })
}
