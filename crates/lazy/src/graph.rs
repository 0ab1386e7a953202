//! The graph: what several expressions compute together, between expressions and their plan.

use std::collections::{HashMap, HashSet};
use std::fmt;

use graticule_array::Result;

use crate::expr::{LazyArray, NodeId};
use crate::optimize::optimize;

/// What several expressions compute together: every node once, however many ways lead to it.
/// `Display` lists the nodes, inputs before what works on them.
///
/// ```
/// use graticule_array::{Array, MapOp, Pick, Selection, ZipOp};
/// use graticule_lazy::{Graph, LazyArray};
/// let x = LazyArray::constant(Array::from_vec([3], vec![1.0f64, -2.0, 3.0])?);
/// let size = x.map(MapOp::Abs)?;
/// let sum = size.zip(ZipOp::Add, &x.map(MapOp::Abs)?)?;
/// let graph = Graph::new(&[sum.select(&Selection::new([Pick::At(1)]))?]);
/// assert_eq!(
///     graph.to_string(),
///     "%1  const float64 [3]\n\
///      %2  abs %1                        float64 [3]\n\
///      %3  + %2 %2                       float64 [3]\n\
///      %4  select [1] %3                 float64 []\n\
///      out %4"
/// );
/// assert_eq!(graph.optimize()?.rules(), ["push_select", "share"]);
/// # Ok::<(), graticule_array::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Graph {
    outputs: Vec<LazyArray>,
    rules: Vec<&'static str>,
}

impl Graph {
    /// The graph of what is asked for, as it was written.
    #[must_use]
    pub fn new(outputs: &[LazyArray]) -> Self {
        Self { outputs: outputs.to_vec(), rules: Vec::new() }
    }

    /// A cheaper graph of the same values: what plans are made of. No rule changes an element
    /// type, a shape or a rounding.
    ///
    /// # Errors
    /// If a rule builds something that cannot be, which is a bug.
    pub fn optimize(&self) -> Result<Self> {
        let (outputs, rules) = optimize(&self.outputs)?;
        Ok(Self { outputs, rules })
    }

    /// What is asked for.
    #[must_use]
    pub fn outputs(&self) -> &[LazyArray] {
        &self.outputs
    }

    /// The rules that did something to it.
    #[must_use]
    pub fn rules(&self) -> &[&'static str] {
        &self.rules
    }

    /// Its nodes, inputs before what works on them.
    pub(crate) fn nodes(&self) -> Vec<LazyArray> {
        let (mut out, mut seen) = (Vec::new(), HashSet::new());
        // Each node is met twice: before and behind its inputs.
        let mut todo: Vec<(LazyArray, bool)> =
            self.outputs.iter().rev().map(|o| (o.clone(), false)).collect();
        while let Some((node, behind)) = todo.pop() {
            if behind {
                out.push(node);
            } else if seen.insert(node.id()) {
                let inputs: Vec<_> =
                    node.inputs().iter().rev().map(|i| (i.clone(), false)).collect();
                todo.push((node, true));
                todo.extend(inputs);
            }
        }
        out
    }
}

impl fmt::Display for Graph {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let nodes = self.nodes();
        let numbers: HashMap<NodeId, usize> =
            nodes.iter().enumerate().map(|(i, n)| (n.id(), i + 1)).collect();
        let number = |node: &LazyArray| numbers.get(&node.id()).copied().unwrap_or(0);
        let width = nodes.len().to_string().len();
        for node in &nodes {
            let name = format!("%{}", number(node));
            if node.inputs().is_empty() {
                writeln!(f, "{name:<w$}  {}", node.op(), w = width + 1)?;
                continue;
            }
            let mut text = node.op().to_string();
            for input in node.inputs() {
                text.push_str(&format!(" %{}", number(input)));
            }
            let w = width + 1;
            writeln!(f, "{name:<w$}  {text:<28}  {} {:?}", node.dtype(), node.shape())?;
        }
        let outputs: Vec<String> = self.outputs.iter().map(|o| format!("%{}", number(o))).collect();
        write!(f, "out {}", outputs.join(" "))
    }
}
