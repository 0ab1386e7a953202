//! Parts of expressions that are in memory while a block is made.

use graticule_array::{Array, Pick, Region, Result, Selection};

use super::resolve::pick;
use crate::expr::NodeId;
use crate::plan::lies_in;

/// A box of what a node computes.
#[derive(Debug)]
pub(crate) struct Held {
    node: NodeId,
    region: Region,
    array: Array,
}

impl Held {
    /// The box `region` of a node.
    pub(crate) fn new(node: NodeId, region: Region, array: Array) -> Self {
        Self { node, region, array }
    }

    /// Whether this is of a node.
    pub(crate) fn is_of(&self, node: NodeId) -> bool {
        self.node == node
    }

    /// Whether a part of a node lies in here.
    pub(crate) fn holds(&self, node: NodeId, part: &Selection) -> bool {
        self.node == node && lies_in(part, &self.region)
    }

    /// A part that lies in here.
    pub(crate) fn part(&self, part: &Selection) -> Result<Array> {
        let picks = part.picks().iter().zip(&self.region.start).map(|(pick, origin)| match pick {
            Pick::At(i) => Pick::At(i - origin),
            Pick::Range { len: 0, .. } => Pick::span(0, 0),
            Pick::Range { start, step, len } => {
                Pick::Range { start: start - origin, step: *step, len: *len }
            }
            Pick::List(list) => Pick::List(list.iter().map(|i| i - origin).collect()),
        });
        pick(&self.array, &Selection::new(picks.collect::<Vec<_>>()))
    }
}
