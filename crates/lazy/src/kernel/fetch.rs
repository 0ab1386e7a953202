//! Reading the selected part of a source.

use std::sync::Arc;
use std::time::Instant;

use graticule_array::{Array, DimChunks, Error, Pick, Region, Result, Selection, go_on};
use graticule_storage::ChunkSource;

use super::resolve::Resolver;
use crate::geometry::list;

/// Along axes of sources that serve any box, gaps wider than this are not read over.
const MAX_GAP: usize = 16;

impl Resolver<'_> {
    /// The selected part of a source in a buffer.
    pub(super) fn read(
        &mut self,
        source: &Arc<dyn ChunkSource>,
        part: &Selection,
    ) -> Result<Array> {
        if let Some((ordered, back)) = in_order(part) {
            // Each chunk once, and then to where its elements belong.
            return self.read(source, &ordered)?.select(&back);
        }
        let info = source.info();
        let shape = part.shape();
        let mut out = self.buffer(&info.dtype, &shape)?;
        if out.is_empty() {
            return Ok(out);
        }
        if !self.read_box(source, part, &mut out, &Region::whole(&shape))? {
            self.read_scattered(source, part, &mut out)?;
        }
        self.lent.push(out.clone());
        Ok(out)
    }

    /// Reads straight into the box `to` of `out`, if the part is a box of the source.
    pub(super) fn read_box(
        &mut self,
        source: &Arc<dyn ChunkSource>,
        part: &Selection,
        out: &mut Array,
        to: &Region,
    ) -> Result<bool> {
        let mut region = Region::new([], []);
        for pick in part.picks() {
            let (start, len) = match pick {
                Pick::At(i) => (*i, 1),
                Pick::Range { start, step: 1, len } => (*start, *len),
                _ => return Ok(false),
            };
            region.start.push(start);
            region.len.push(len);
        }
        if region.is_empty() {
            return Ok(true);
        }
        go_on()?;
        let start = Instant::now();
        let full = to.len.len() == region.ndim();
        if !full {
            // Picked axes are gone in `out`; as axes of length 1 they are back for the reader.
            if to.len.as_slice() != out.shape() {
                let piece = source.read(&region).map_err(|e| located(e, &region))?;
                self.count(source, &region, start);
                out.view_mut().region(to)?.assign(&piece.reshape(&to.len)?)?;
                return Ok(true);
            }
            let shape = out.shape().to_vec();
            let taken = std::mem::take(out);
            let mut wide = taken.reshape(&region.len)?;
            drop(taken);
            source.read_into(&region, wide.view_mut()).map_err(|e| located(e, &region))?;
            self.count(source, &region, start);
            *out = wide.reshape(&shape)?;
            return Ok(true);
        }
        let mut view = out.view_mut();
        if to.len.as_slice() == view.shape().as_slice() {
            source.read_into(&region, view)
        } else {
            source.read_into(&region, view.region(to)?)
        }
        .map_err(|e| located(e, &region))?;
        self.count(source, &region, start);
        Ok(true)
    }

    /// Reads a part with strides or lists: each chunk that is picked from, once.
    fn read_scattered(
        &mut self,
        source: &Arc<dyn ChunkSource>,
        part: &Selection,
        out: &mut Array,
    ) -> Result<()> {
        let info = source.info();
        let axes = part.picks().iter().zip(info.grid.dims());
        let cuts: Vec<Vec<Stretch>> =
            axes.map(|(pick, dim)| stretches(pick, dim, info.whole_chunks)).collect();
        let total = cuts.iter().fold(1usize, |n, c| n.saturating_mul(c.len()));
        for flat in 0..total {
            let mut rest = flat;
            let mut chosen = Vec::with_capacity(cuts.len());
            for cut in cuts.iter().rev() {
                let stretch = cut.get(rest % cut.len().max(1));
                chosen.push(stretch.ok_or_else(|| Error::bug("a stretch was lost"))?);
                rest /= cut.len().max(1);
            }
            chosen.reverse();
            let region = Region::new(
                chosen.iter().map(|s| s.from).collect::<Vec<_>>(),
                chosen.iter().map(|s| s.span).collect::<Vec<_>>(),
            );
            go_on()?;
            let mut piece = self.buffer(&info.dtype, &region.len)?;
            let start = Instant::now();
            source.read_into(&region, piece.view_mut()).map_err(|e| located(e, &region))?;
            self.count(source, &region, start);
            let picks: Vec<Pick> = chosen.iter().map(|s| s.pick.clone()).collect();
            let picked = piece.select(&Selection::new(picks))?;
            let mut to = Region::new([], []);
            for stretch in chosen.iter().filter(|s| !matches!(s.pick, Pick::At(_))) {
                to.start.push(stretch.at);
                to.len.push(stretch.pick.len());
            }
            out.view_mut().region(&to)?.assign(&picked)?;
            drop(picked);
            self.blocks.buffers.give(piece);
        }
        Ok(())
    }
}

/// A selection whose lists go back and forth, as one whose lists ascend without repeats, and
/// the selection of that one's result which gives the same; `None` if there is no such list.
fn in_order(part: &Selection) -> Option<(Selection, Selection)> {
    if !part.picks().iter().any(|p| matches!(p, Pick::List(_))) {
        return None;
    }
    let ascends = |list: &[usize]| list.iter().zip(list.iter().skip(1)).all(|(a, b)| a < b);
    let (mut first, mut then, mut found) = (Vec::new(), Vec::new(), false);
    for pick in part.picks() {
        match pick {
            Pick::List(indices) if !ascends(indices) => {
                found = true;
                let mut sorted = indices.to_vec();
                sorted.sort_unstable();
                sorted.dedup();
                let place = |i: &usize| sorted.binary_search(i).unwrap_or(0);
                then.push(Pick::List(indices.iter().map(place).collect()));
                first.push(list(sorted));
            }
            Pick::At(_) => first.push(pick.clone()),
            other => {
                first.push(other.clone());
                then.push(Pick::all(other.len()));
            }
        }
    }
    found.then(|| (Selection::new(first), Selection::new(then)))
}

/// An error of reading a box, which says which.
fn located(error: Error, region: &Region) -> Error {
    error.context(format!("reading {:?} from {:?} on", region.len, region.start))
}

/// Picked indices that are read together.
#[derive(Debug, PartialEq)]
struct Stretch {
    /// The first index that is read.
    from: usize,
    /// How many are read.
    span: usize,
    /// Which of these are wanted.
    pick: Pick,
    /// Where they go in the result.
    at: usize,
}

/// Cuts a pick where it goes on to another chunk.
fn stretches(pick: &Pick, dim: &DimChunks, whole_chunks: bool) -> Vec<Stretch> {
    match pick {
        Pick::At(i) => return vec![Stretch { from: *i, span: 1, pick: Pick::At(0), at: 0 }],
        Pick::Range { start, step: 1, len } => {
            return vec![Stretch { from: *start, span: *len, pick: Pick::all(*len), at: 0 }];
        }
        _ => {}
    }
    let mut out = Vec::new();
    let mut indices: Vec<usize> = Vec::new();
    let mut close = |indices: &mut Vec<usize>, at: usize| {
        if let (Some(low), Some(high)) = (indices.iter().min().copied(), indices.iter().max()) {
            let span = high - low + 1;
            let inside = indices.iter().map(|i| i - low).collect();
            out.push(Stretch { from: low, span, pick: list(inside), at });
            indices.clear();
        }
    };
    let mut taken = 0;
    for i in (0..pick.len()).filter_map(|k| pick.get(k)) {
        let breaks = indices.last().is_some_and(|last| {
            dim.find(*last) != dim.find(i) || (!whole_chunks && last.abs_diff(i) > MAX_GAP)
        });
        if breaks {
            taken += indices.len();
            let at = taken - indices.len();
            close(&mut indices, at);
        }
        indices.push(i);
    }
    let at = pick.len() - indices.len();
    close(&mut indices, at);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn picks_are_read_chunk_by_chunk() {
        let dim = DimChunks::even(10, 40);
        let cut = stretches(&Pick::List([3, 5, 25, 21, 4].into()), &dim, true);
        let plain: Vec<_> = cut.iter().map(|s| (s.from, s.span, s.pick.clone(), s.at)).collect();
        let back = Pick::Range { start: 4, step: -4, len: 2 };
        assert_eq!(
            plain,
            [
                (3, 3, Pick::Range { start: 0, step: 2, len: 2 }, 0),
                (21, 5, back, 2),
                (4, 1, Pick::span(0, 1), 4)
            ]
        );
    }
}
