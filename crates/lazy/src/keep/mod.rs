//! Intermediate results that are kept, in memory or in a temporary file, until those who need
//! them have read them.

mod file;

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

use graticule_array::Result;

use crate::expr::{LazyArray, NodeId, Op};

pub(crate) use file::SpillFile;

/// An expression whose values are computed once and read by others.
#[derive(Clone, Debug)]
pub(crate) struct Kept {
    /// What is kept.
    pub(crate) of: LazyArray,
    /// What stood here before anything was kept.
    pub(crate) instead_of: LazyArray,
    /// Where, if not in memory.
    pub(crate) file: Option<Arc<SpillFile>>,
}

/// The expression as it was before anything was kept: blocks are cut as if nothing were, because
/// the order of sums follows from them.
pub(crate) fn unkept(node: &LazyArray) -> Result<LazyArray> {
    fn visit(node: &LazyArray, done: &mut HashMap<NodeId, LazyArray>) -> Result<LazyArray> {
        if let Some(done) = done.get(&node.id()) {
            return Ok(done.clone());
        }
        let made = match node.op() {
            Op::Kept(kept) => kept.instead_of.clone(),
            // Above reductions, what is below does not matter.
            Op::Reduce(_) => node.clone(),
            _ => {
                let inputs = node.inputs().iter().map(|i| visit(i, done));
                let inputs = inputs.collect::<Result<Vec<_>>>()?;
                let same = inputs.iter().zip(node.inputs()).all(|(a, b)| a.id() == b.id());
                if same { node.clone() } else { node.with_inputs(&inputs)? }
            }
        };
        done.insert(node.id(), made.clone());
        Ok(made)
    }
    visit(node, &mut HashMap::new())
}

impl fmt::Display for Kept {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.file.is_some() { "kept on disk" } else { "kept" })
    }
}
