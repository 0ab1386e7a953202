//! Operations on boxes, for a part of their result.

use std::sync::Arc;
use std::time::Instant;

use graticule_array::{Array, Error, Pick, Result, Selection};

use super::resolve::Resolver;
use crate::block::{BlockOp, Gather, needs, shapes};
use crate::expr::LazyArray;
use crate::optimize::below_block;
use crate::profile::Spent;

impl Resolver<'_> {
    /// The selected part of the result of an operation on boxes.
    pub(super) fn block(
        &mut self,
        node: &LazyArray,
        op: &Arc<dyn BlockOp>,
        part: &Selection,
    ) -> Result<Array> {
        let shape = part.shape();
        if shape.contains(&0) {
            return Array::zeros(node.dtype(), &shape);
        }
        if !is_box(part)
            && let Some(cheaper) = below_block(node, op, part)?
        {
            return self.array(&cheaper, &Selection::all(&shape));
        }
        let (region, rest) = part.cover();
        let shapes = shapes(node.inputs());
        let mut parts = Vec::with_capacity(shapes.len());
        for (i, input) in node.inputs().iter().enumerate() {
            let needed = needs(&**op, i, &region, &shapes)?;
            parts.push(self.array(input, &Selection::from_region(&needed))?);
        }
        let start = Instant::now();
        let made = op.apply(&region, &parts, &shapes);
        let made = made.map_err(|e| e.context(format!("in {}", op.name())))?;
        if made.dtype() != node.dtype() || made.shape() != region.len {
            return Err(Error::mismatch(format!(
                "{} made {} {:?} where {} {:?} was due",
                op.name(),
                made.dtype(),
                made.shape(),
                node.dtype(),
                region.len
            )));
        }
        self.note(op.name(), Spent::since(start, made.bytes()));
        made.select(&rest)
    }

    /// The selected part of gathered points: each chunk that holds some, once.
    pub(super) fn gather(
        &mut self,
        node: &LazyArray,
        gather: &Gather,
        part: &Selection,
    ) -> Result<Array> {
        let input = node.input()?;
        let chosen = gather.select(input, part)?;
        let crate::expr::Op::Gather(gather) = chosen.op() else {
            return self.array(&chosen, &Selection::all(chosen.shape()));
        };
        let input = chosen.input()?;
        if chosen.is_empty() {
            return Array::zeros(chosen.dtype(), chosen.shape());
        }
        let mut pieces = Vec::new();
        let mut order = Vec::with_capacity(gather.count());
        for piece in gather.boxes(input.grid()) {
            let mut inner = Resolver::beside(self.blocks, self.held);
            let array = inner.array(input, &piece.part(input.shape(), gather))?;
            pieces.push(gather.points(&array, &piece)?);
            drop(array);
            inner.finish();
            order.extend(piece.places);
        }
        let axis = gather.place();
        let all = Array::concat(&pieces, axis)?;
        if order.iter().copied().eq(0..order.len()) {
            return Ok(all);
        }
        let mut back = vec![0; order.len()];
        for (at, place) in order.iter().enumerate() {
            if let Some(to) = back.get_mut(*place) {
                *to = at;
            }
        }
        all.select(&Selection::all(all.shape()).with(axis, Pick::List(back.into())))
    }
}

/// Whether a selection is one box.
fn is_box(part: &Selection) -> bool {
    part.picks().iter().all(|p| matches!(p, Pick::At(_) | Pick::Range { step: 1, .. }))
}
