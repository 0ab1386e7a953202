//! Equal expressions become one node, so that they are computed once.

use std::collections::HashMap;

use crate::expr::{LazyArray, NodeId};

/// One node for each id met so far.
#[derive(Default)]
pub(crate) struct Share {
    nodes: HashMap<NodeId, LazyArray>,
    found: bool,
}

impl Share {
    /// The node that stands for all equal ones.
    pub(crate) fn unique(&mut self, node: &LazyArray) -> LazyArray {
        let first = self.nodes.entry(node.id()).or_insert_with(|| node.clone());
        self.found |= first.address() != node.address();
        first.clone()
    }

    /// Lets this node stand for all equal ones from now on: its inputs are shared, too.
    pub(crate) fn keep(&mut self, node: &LazyArray) {
        self.nodes.insert(node.id(), node.clone());
    }

    /// Whether two nodes were found equal.
    pub(crate) fn found(&self) -> bool {
        self.found
    }
}
