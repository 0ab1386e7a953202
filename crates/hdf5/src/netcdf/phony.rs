//! Names for dimensions without names, group by group, as h5netcdf gives them.

use graticule_storage::RawDim;

use super::dims::{Dim, Dims};
use super::walk::Node;

impl Dims {
    /// Makes the dimensions that the datasets of a group need beside those that have names: as
    /// many of each length as one dataset has axes of it. Numbers go on from `first`, which
    /// counts those of the groups above; returns where they end.
    pub(super) fn make_phony(&mut self, group: usize, node: &Node, first: usize) -> usize {
        let mut needed: Vec<(u64, usize)> = Vec::new();
        for leaf in &node.datasets {
            let lengths = leaf.lengths();
            if lengths.is_empty() || leaf.attribute("DIMENSION_LIST").is_some() {
                continue;
            }
            if self.is_scale_at(leaf.address) {
                continue;
            }
            for len in &lengths {
                let n = lengths.iter().filter(|l| *l == len).count();
                match needed.iter_mut().find(|(l, _)| l == len) {
                    Some((_, most)) => *most = n.max(*most),
                    None => needed.push((*len, n)),
                }
            }
        }
        let mut next = first;
        for (len, n) in needed {
            let len = usize::try_from(len).unwrap_or(usize::MAX);
            let named = self.all.iter().filter(|d| d.group == group && d.dim.len == len).count();
            for _ in named..n {
                let dim = RawDim { name: format!("phony_dim_{next}"), len, unlimited: false };
                self.all.push(Dim { dim, group, id: None });
                next += 1;
            }
        }
        next
    }
}
