//! What a dataset is apart from the file it lies in: the thousands of files of an archive share
//! it.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, Weak};

use graticule_array::{Scalar, Shape};
use graticule_storage::SourceInfo;

use crate::element::Element;
use crate::filter::Pipeline;
use crate::message::layout::Chunks;

/// Everything of a dataset that does not depend on where in which file it lies.
#[derive(Debug)]
pub(crate) struct Blueprint {
    pub(crate) path: String,
    pub(crate) info: SourceInfo,
    /// The lengths that are stored, which may be less than the shape; array axes included.
    pub(crate) extent: Shape,
    pub(crate) element: Element,
    /// The value of chunks that were never written.
    pub(crate) fill: Scalar,
    /// The value of what lies beyond the stored lengths.
    pub(crate) beyond: Scalar,
    pub(crate) cut: Option<Cut>,
}

/// How a dataset is cut into chunks.
#[derive(Debug, PartialEq)]
pub(crate) struct Cut {
    pub(crate) chunks: Chunks,
    /// Current and largest lengths, without array axes.
    pub(crate) dims: Vec<u64>,
    pub(crate) max: Vec<Option<u64>>,
    /// The shape of a chunk, array axes included.
    pub(crate) shape: Shape,
    pub(crate) bytes: usize,
    /// Chunks along each axis.
    pub(crate) counts: Vec<usize>,
    pub(crate) pipeline: Pipeline,
}

impl Cut {
    /// The number of a chunk in row-major order, from its numbers along the axes.
    pub(crate) fn number(&self, place: &[u64]) -> u64 {
        let axes = place.iter().zip(&self.counts);
        axes.fold(0u64, |n, (p, c)| n.saturating_mul(*c as u64).saturating_add(*p))
    }
}

impl Blueprint {
    fn same(&self, other: &Self) -> bool {
        let (a, b) = (&self.info, &other.info);
        let fills = match (&a.fill, &b.fill) {
            (Some(x), Some(y)) => same_bits(x, y),
            (x, y) => x.is_none() && y.is_none(),
        };
        fills
            && self.path == other.path
            && a.dtype == b.dtype
            && a.shape == b.shape
            && a.grid == b.grid
            && a.whole_chunks == b.whole_chunks
            && self.extent == other.extent
            && self.element == other.element
            && self.cut == other.cut
            && same_bits(&self.fill, &other.fill)
            && same_bits(&self.beyond, &other.beyond)
    }
}

/// Whether two values are the same to the last bit: NaN is, zeros of two signs are not.
fn same_bits(a: &Scalar, b: &Scalar) -> bool {
    match (a, b) {
        (Scalar::F16(x), Scalar::F16(y)) => x.to_bits() == y.to_bits(),
        (Scalar::F32(x), Scalar::F32(y)) => x.to_bits() == y.to_bits(),
        (Scalar::F64(x), Scalar::F64(y)) => x.to_bits() == y.to_bits(),
        (Scalar::C64(x), Scalar::C64(y)) => {
            x.re.to_bits() == y.re.to_bits() && x.im.to_bits() == y.im.to_bits()
        }
        (Scalar::C128(x), Scalar::C128(y)) => {
            x.re.to_bits() == y.re.to_bits() && x.im.to_bits() == y.im.to_bits()
        }
        (Scalar::List(x), Scalar::List(y)) => {
            x.is_empty() && y.is_empty() && x.shape() == y.shape() && x.dtype() == y.dtype()
        }
        (x, y) => x == y,
    }
}

/// Paths remembered at most.
const MOST_PATHS: usize = 1024;
/// Blueprints remembered for one path at most: months have four lengths.
const MOST_ALIKE: usize = 8;

/// The blueprints in use, so that equal ones exist once. Those of no dataset are let go.
#[derive(Clone, Debug, Default)]
pub(crate) struct Blueprints {
    known: Arc<Mutex<HashMap<String, Vec<Weak<Blueprint>>>>>,
}

impl Blueprints {
    /// The blueprint in use that equals this one, or else this one.
    pub(crate) fn share(&self, new: Blueprint) -> Arc<Blueprint> {
        // Whatever was remembered is true, so poison carries no news.
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(alike) = known.get_mut(&new.path) {
            if let Some(old) = alike.iter().filter_map(Weak::upgrade).find(|old| old.same(&new)) {
                return old;
            }
            let new = Arc::new(new);
            alike.retain(|old| old.strong_count() > 0);
            if alike.len() >= MOST_ALIKE {
                alike.remove(0);
            }
            alike.push(Arc::downgrade(&new));
            return new;
        }
        if known.len() >= MOST_PATHS {
            known.retain(|_, alike| alike.iter().any(|old| old.strong_count() > 0));
            if known.len() >= MOST_PATHS {
                known.clear();
            }
        }
        let new = Arc::new(new);
        known.insert(new.path.clone(), vec![Arc::downgrade(&new)]);
        new
    }
}

#[cfg(test)]
mod tests {
    use graticule_array::{ChunkGrid, DType};

    use super::*;
    use crate::message::datatype::{Class, Datatype};

    fn blueprint(path: &str, fill: f32) -> Blueprint {
        let datatype = Datatype { size: 4, class: Class::Opaque };
        let info = SourceInfo {
            dtype: DType::F32,
            shape: vec![3],
            grid: ChunkGrid::whole(&[3]),
            whole_chunks: false,
            fill: Some(Scalar::F32(fill)),
        };
        Blueprint {
            path: path.into(),
            info,
            extent: vec![3],
            element: Element::of(&datatype).unwrap(),
            fill: Scalar::F32(fill),
            beyond: Scalar::F32(fill),
            cut: None,
        }
    }

    #[test]
    fn equal_blueprints_exist_once_and_only_while_used() {
        let all = Blueprints::default();
        let a = all.share(blueprint("/a", f32::NAN));
        assert!(Arc::ptr_eq(&a, &all.share(blueprint("/a", f32::NAN))), "NaN equals NaN");
        assert!(!Arc::ptr_eq(&a, &all.share(blueprint("/a", 0.0))));
        assert!(!Arc::ptr_eq(&a, &all.share(blueprint("/b", f32::NAN))));
        let (plus, minus) = (all.share(blueprint("/z", 0.0)), all.share(blueprint("/z", -0.0)));
        assert!(!Arc::ptr_eq(&plus, &minus), "zeros of two signs differ");
        let weak = Arc::downgrade(&a);
        drop(a);
        assert!(weak.upgrade().is_none());
    }

    #[test]
    fn what_is_remembered_is_bounded() {
        let all = Blueprints::default();
        let alike: Vec<_> = (0..100u8).map(|n| all.share(blueprint("/a", n.into()))).collect();
        let paths: Vec<_> =
            (0..3000).map(|n| all.share(blueprint(&format!("/{n}"), 0.0))).collect();
        let known = all.known.lock().unwrap();
        assert!(known.len() <= MOST_PATHS && known.values().all(|v| v.len() <= MOST_ALIKE));
        assert_eq!(alike.len() + paths.len(), 3100);
    }
}
