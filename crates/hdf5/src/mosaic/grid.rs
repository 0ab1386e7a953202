//! Where a virtual dataset is best cut: between its sources.

use std::collections::BTreeSet;

use graticule_array::{ChunkGrid, DimChunks};

use super::Mosaic;
use crate::selection::{Picked, Slab};

/// Cuts along one axis: more are none.
const MOST_CUTS: usize = 1 << 16;
/// Boxes for each source, where they lie in a pattern with gaps.
const MOST_BOXES: usize = 8;

impl Mosaic {
    /// A grid of `shape` whose boxes do not reach over the edges of sources, as far as these are
    /// boxes themselves and do not take turns.
    pub(crate) fn grid(&self, shape: &[usize]) -> ChunkGrid {
        let most = self.pieces.len().saturating_add(1).saturating_mul(MOST_BOXES);
        let mut boxes = 1usize;
        let axes = shape.iter().enumerate().map(|(axis, length)| {
            let lengths = self.lengths(axis, *length);
            match boxes.checked_mul(lengths.len().max(1)).filter(|n| *n <= most) {
                Some(n) => {
                    boxes = n;
                    DimChunks::from_lengths(&lengths)
                }
                None => DimChunks::even(*length, *length),
            }
        });
        ChunkGrid::new(axes.collect::<Vec<_>>())
    }

    /// The lengths between the edges of sources along an axis.
    fn lengths(&self, axis: usize, length: usize) -> Vec<usize> {
        let dim = self.dims.get(axis).copied().unwrap_or(length as u64);
        let mut cuts = BTreeSet::new();
        for piece in &self.pieces {
            let ends = match &piece.to {
                Picked::Slabs(slabs) => {
                    slabs.get(axis).filter(|slab| slab.is_dense()).map(|slab| edges(slab, dim))
                }
                _ => None,
            };
            for cut in ends.into_iter().flatten() {
                cuts.extend(usize::try_from(cut).ok().filter(|cut| (1..length).contains(cut)));
            }
            if cuts.len() > MOST_CUTS {
                return vec![length];
            }
        }
        let mut from = 0;
        let ends = cuts.into_iter().chain([length]);
        ends.map(|end| end - std::mem::replace(&mut from, end)).collect()
    }
}

/// The first place and the one behind the last.
fn edges(slab: &Slab, dim: u64) -> [u64; 2] {
    [slab.start, slab.end_of(slab.places_below(dim))]
}
