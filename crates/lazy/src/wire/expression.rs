//! Expressions as a list of nodes, inputs before what works on them.

use std::collections::HashMap;
use std::sync::Arc;

use graticule_array::{Array, Error, Result};
use serde::{Deserialize, Serialize};

use super::effort::Effort;
use super::far::Files;
use super::names::Names;
use super::node::{Node, NodeOp};
use super::source::{SourceForm, Sources, build};
use crate::expr::{LazyArray, NodeId, Op};
use crate::session::Session;

/// Expressions as plain data.
#[derive(Serialize, Deserialize)]
pub(super) struct Form {
    sources: Vec<SourceForm>,
    nodes: Vec<Node>,
    roots: Vec<usize>,
}

impl Form {
    /// The form of expressions as they are.
    pub(super) fn of(roots: &[LazyArray], names: &Names) -> Result<Self> {
        Self::with(roots, names, &HashMap::new())
    }

    /// The form of expressions, with values in place of what was computed already.
    pub(super) fn with(
        roots: &[LazyArray],
        names: &Names,
        known: &HashMap<NodeId, Array>,
    ) -> Result<Self> {
        let mut writer = Writer {
            names,
            known,
            sources: Sources::default(),
            nodes: Vec::new(),
            places: HashMap::new(),
        };
        let roots = roots.iter().map(|r| writer.add(r)).collect::<Result<Vec<_>>>()?;
        Ok(Self { sources: writer.sources.forms, nodes: writer.nodes, roots })
    }

    /// The expressions again.
    pub(super) fn build(self, session: &Session) -> Result<Vec<LazyArray>> {
        let names = session.names();
        let files = Arc::new(Files::new(session.backends(), session.handles()));
        let sources = build(self.sources, &files, names)?;
        let mut made: Vec<LazyArray> = Vec::new();
        let mut effort = Effort::default();
        let find = |made: &[LazyArray], i: usize| {
            let found = made.get(i).cloned();
            found.ok_or_else(|| Error::corrupt(format!("no node {i} among the earlier")))
        };
        for (i, node) in self.nodes.into_iter().enumerate() {
            let inputs = node.inputs.iter().map(|i| find(&made, *i)).collect::<Result<Vec<_>>>()?;
            let next = node.op.on(&inputs, &sources, names, &mut effort);
            let next = next.map_err(|e| e.context(format!("in node {i} of the message")))?;
            Effort::check(&next)?;
            made.push(next);
        }
        self.roots.iter().map(|i| find(&made, *i)).collect()
    }
}

struct Writer<'a> {
    names: &'a Names,
    known: &'a HashMap<NodeId, Array>,
    sources: Sources,
    nodes: Vec<Node>,
    /// Where nodes are in the list, by their address.
    places: HashMap<usize, usize>,
}

impl Writer<'_> {
    /// The place of an expression in the list. Goes down without recursion.
    fn add(&mut self, root: &LazyArray) -> Result<usize> {
        let mut todo = vec![root.clone()];
        while let Some(node) = todo.last().cloned() {
            if self.places.contains_key(&node.address()) {
                todo.pop();
                continue;
            }
            let before = todo.len();
            if !self.known.contains_key(&node.id()) {
                let missing = node.inputs().iter().rev();
                todo.extend(missing.filter(|i| !self.places.contains_key(&i.address())).cloned());
            }
            if todo.len() == before {
                self.push(&node)?;
                todo.pop();
            }
        }
        self.places.get(&root.address()).copied().ok_or_else(|| Error::bug("a node was lost"))
    }

    fn push(&mut self, node: &LazyArray) -> Result<()> {
        let values = match (self.known.get(&node.id()), node.op()) {
            (Some(values), _) => Some(values),
            (None, Op::Const(values)) => Some(&**values),
            _ => None,
        };
        let (op, inputs) = match (values, node.op()) {
            (Some(values), _) => {
                self.sources.count(values)?;
                (NodeOp::Const(values.clone()), Vec::new())
            }
            (None, Op::Read(source)) => {
                (NodeOp::Read(self.sources.add(source, self.names)?), Vec::new())
            }
            (None, op) => {
                let place = |i: &LazyArray| self.places.get(&i.address()).copied();
                let inputs: Option<Vec<usize>> = node.inputs().iter().map(place).collect();
                let inputs = inputs.ok_or_else(|| Error::bug("an input was lost"))?;
                (NodeOp::of(op, self.names)?, inputs)
            }
        };
        self.nodes.push(Node { op, inputs });
        self.places.insert(node.address(), self.nodes.len() - 1);
        Ok(())
    }
}
