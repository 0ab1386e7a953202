//! The same operation on all pieces of a concatenation is done once, on the whole.

use graticule_array::Result;

use super::{Context, Rule};
use crate::expr::{LazyArray, Op};

/// `concat(f(a), f(b))` becomes `f(concat(a, b))`.
pub(crate) struct LiftMap;

impl Rule for LiftMap {
    fn name(&self) -> &'static str {
        "lift_map"
    }

    fn apply(&self, node: &LazyArray, _: &Context) -> Result<Option<LazyArray>> {
        let Op::Concat { axis, .. } = node.op() else { return Ok(None) };
        let Op::Map(op) = node.input()?.op() else { return Ok(None) };
        let dtype = node.input()?.input()?.dtype().clone();
        // NaN differs from itself, but not as text.
        let text = format!("{op:?}");
        let mut pieces = Vec::with_capacity(node.inputs().len());
        for input in node.inputs() {
            match input.op() {
                Op::Map(other)
                    if input.input()?.dtype() == &dtype
                        && (op == other || text == format!("{other:?}")) =>
                {
                    pieces.push(input.input()?.clone());
                }
                _ => return Ok(None),
            }
        }
        LazyArray::concat(&pieces, *axis)?.map((**op).clone()).map(Some)
    }
}
