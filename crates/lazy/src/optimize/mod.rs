//! Rules that rewrite an expression into a cheaper one with the same values.
//!
//! No rule changes a dtype, a shape or a rounding; that is checked wherever one fires.

mod fuse_decode;
mod lift_map;
mod push_select;
mod share;

#[cfg(test)]
mod tests;

use std::collections::HashMap;

use graticule_array::{Error, Result};

use crate::expr::{LazyArray, NodeId};
pub(crate) use push_select::below_block;
use share::Share;

/// A local rewrite.
pub(crate) trait Rule: Sync {
    /// As printed by plans; the name of its file.
    fn name(&self) -> &'static str;

    /// A cheaper node with the same values, if this rule knows one.
    fn apply(&self, node: &LazyArray, cx: &Context) -> Result<Option<LazyArray>>;
}

/// The rules in the order in which they are tried at each node.
const RULES: [&dyn Rule; 3] = [
    &push_select::PushSelect, // first: what is not needed need not be optimised
    &lift_map::LiftMap,       // before fusing, so that a chain over many pieces fuses once
    &fuse_decode::FuseDecode,
];

/// What rules may know beyond the node.
pub(crate) struct Context {
    /// How many nodes use each node, before any rule.
    uses: HashMap<NodeId, usize>,
}

impl Context {
    /// Whether more than one place needs this node.
    fn is_shared(&self, node: &LazyArray) -> bool {
        self.uses.get(&node.id()).is_some_and(|n| *n > 1)
    }
}

/// Rewrites expressions together, and names the rules that did something.
pub(crate) fn optimize(roots: &[LazyArray]) -> Result<(Vec<LazyArray>, Vec<&'static str>)> {
    let mut cx = Context { uses: HashMap::new() };
    for root in roots {
        count_uses(root, &mut cx.uses);
    }
    let mut rewriter =
        Rewriter { cx, done: HashMap::new(), share: Share::default(), fired: Vec::new() };
    let out = roots.iter().map(|r| rewriter.rewrite(r)).collect::<Result<Vec<_>>>()?;
    let mut fired = rewriter.fired;
    if rewriter.share.found() {
        fired.push("share");
    }
    Ok((out, fired))
}

fn count_uses(node: &LazyArray, uses: &mut HashMap<NodeId, usize>) {
    let n = uses.entry(node.id()).or_insert(0);
    *n += 1;
    if *n == 1 {
        for input in node.inputs() {
            count_uses(input, uses);
        }
    }
}

struct Rewriter {
    cx: Context,
    done: HashMap<NodeId, LazyArray>,
    share: Share,
    fired: Vec<&'static str>,
}

impl Rewriter {
    fn rewrite(&mut self, node: &LazyArray) -> Result<LazyArray> {
        let node = self.share.unique(node);
        if let Some(done) = self.done.get(&node.id()) {
            return Ok(done.clone());
        }
        let mut now = self.apply_all(&node)?;
        let inputs = now.inputs().iter().map(|i| self.rewrite(i)).collect::<Result<Vec<_>>>()?;
        let changed = inputs.iter().zip(now.inputs()).any(|(a, b)| a.address() != b.address());
        if changed {
            now = now.with_inputs(&inputs)?;
            let after = self.apply_all(&now)?;
            if after.id() != now.id() {
                now = self.rewrite(&after)?;
            }
        }
        self.share.keep(&now);
        self.done.insert(node.id(), now.clone());
        Ok(now)
    }

    /// Tries all rules until none fires. Each makes the expression smaller or moves a step
    /// towards the leaves, so this ends.
    fn apply_all(&mut self, node: &LazyArray) -> Result<LazyArray> {
        let mut node = node.clone();
        'again: loop {
            for rule in RULES {
                if let Some(next) = rule.apply(&node, &self.cx)? {
                    if next.dtype() != node.dtype() || next.shape() != node.shape() {
                        return Err(Error::bug(format!(
                            "the rule {} made {next:?} of {node:?}",
                            rule.name()
                        )));
                    }
                    if !self.fired.contains(&rule.name()) {
                        self.fired.push(rule.name());
                    }
                    node = next;
                    continue 'again;
                }
            }
            return Ok(node);
        }
    }
}
