//! Content hashes of expressions.

use std::fmt;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;

use graticule_array::Array;
use graticule_storage::ChunkSource;

use super::LazyArray;
use super::op::Op;

/// Arrays up to this many bytes are told apart by content, larger ones by identity.
const SMALL: usize = 4096;

/// The hash of an expression's content: equal ids compute the same values.
///
/// Large constants count by identity, and so do sources but for those of files whose time of
/// change is known: an id means nothing once the expression it came from is gone.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct NodeId(u128);

impl fmt::Debug for NodeId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:032x}", self.0)
    }
}

/// Two independent 64-bit hashes make accidental equality a matter of theory.
struct Pair(DefaultHasher, DefaultHasher);

impl Pair {
    fn add(&mut self, value: &impl Hash) {
        value.hash(&mut self.0);
        value.hash(&mut self.1);
    }
}

/// The id of an operation on inputs.
pub(crate) fn node_id(op: &Op, inputs: &[LazyArray]) -> NodeId {
    let mut h = Pair(DefaultHasher::new(), DefaultHasher::new());
    0x9e37_79b9_7f4a_7c15_u64.hash(&mut h.1);
    std::mem::discriminant(op).hash(&mut h.0);
    std::mem::discriminant(op).hash(&mut h.1);
    match op {
        Op::Read(source) => add_source(&mut h, source),
        Op::Const(array) => add_const(&mut h, array),
        Op::Select(selection) => h.add(selection),
        Op::Permute(axes) => h.add(axes),
        Op::Broadcast { axes, shape } => h.add(&(axes, shape)),
        Op::Concat { axis, .. } => h.add(axis),
        // The debug text of an operation holds all its parameters, floats exactly.
        Op::Map(map) => h.add(&format!("{map:?}")),
        Op::Zip(zip) => h.add(&format!("{zip:?}")),
        Op::Choose | Op::JoinChars => {}
        Op::Reduce(spec) => {
            h.add(&(spec.reduction.name(), format!("{:?}", spec.reduction)));
            h.add(&spec.axes);
            if let Some(g) = &spec.groups {
                h.add(&(g.axis, g.count, &g.codes));
            }
        }
        Op::Rechunk(grid) => h.add(grid),
        Op::Block(block) => match block.key() {
            Some(key) => h.add(&key),
            None => h.add(&(Arc::as_ptr(block).cast::<()>() as usize)),
        },
        Op::Gather(gather) => h.add(gather),
        Op::Kept(kept) => h.add(&kept.of.id()),
    }
    for input in inputs {
        h.add(&input.id());
    }
    NodeId((u128::from(h.0.finish()) << 64) | u128::from(h.1.finish()))
}

/// A variable of a file is the same however often the file is opened, until it is changed.
fn add_source(h: &mut Pair, source: &Arc<dyn ChunkSource>) {
    match source.descriptor().filter(|d| d.fingerprint.1 != 0) {
        Some(place) => h.add(&place),
        None => h.add(&(Arc::as_ptr(source).cast::<()>() as usize)),
    }
}

fn add_const(h: &mut Pair, array: &Arc<Array>) {
    h.add(array.dtype());
    h.add(&array.shape());
    let packed = if array.bytes() <= SMALL { array.to_packed() } else { None };
    match packed {
        Some(bytes) => h.add(&bytes),
        None => h.add(&(Arc::as_ptr(array) as usize)),
    }
}
