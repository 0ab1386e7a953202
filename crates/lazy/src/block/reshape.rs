//! Several axes taken as one, and one as several; no element moves.

use graticule_array::{
    Array, ChunkGrid, DType, DimChunks, Error, Pick, Region, Result, Selection, Shape,
};

use super::form::Form;
use super::{BlockForm, BlockOp, shapes};
use crate::expr::LazyArray;
use crate::geometry::list;

/// Selections of more elements of split axes stay where they are.
const MAX_LIST: usize = 1 << 20;

fn product(lens: &[usize]) -> usize {
    lens.iter().fold(1, |n, l| n.saturating_mul(*l))
}

/// The axes `first .. first + count` become one, the last of them fastest.
#[derive(Clone, Copy, Debug)]
#[cfg_attr(feature = "wire", derive(serde::Serialize, serde::Deserialize))]
pub(crate) struct Merge {
    pub(crate) first: usize,
    pub(crate) count: usize,
}

impl Merge {
    /// The lengths of the axes that become one.
    fn lens<'s>(&self, shape: &'s [usize]) -> &'s [usize] {
        shape.get(self.first..self.first + self.count).unwrap_or(&[])
    }

    /// The smallest box of the merged axes that holds a stretch of the merged one: whole along
    /// all axes behind the first along which its ends differ.
    fn cover(&self, lens: &[usize], start: usize, len: usize) -> Region {
        let last = (start + len).saturating_sub(1);
        let mut region = Region::new([], []);
        let mut apart = false;
        for axis in 0..lens.len() {
            let inner = product(lens.get(axis + 1..).unwrap_or(&[])).max(1);
            let n = lens.get(axis).copied().unwrap_or(1);
            if apart {
                region.start.push(0);
                region.len.push(n);
                continue;
            }
            let (low, high) = (start / inner % n.max(1), last / inner % n.max(1));
            apart = low != high;
            region.start.push(low);
            region.len.push(high - low + 1);
        }
        region
    }
}

impl BlockOp for Merge {
    fn name(&self) -> String {
        format!("merge {} axes from {}", self.count, self.first)
    }

    fn key(&self) -> Option<String> {
        Some(format!("{self:?}"))
    }

    fn form(&self) -> Option<BlockForm> {
        Some(BlockForm(Form::Merge(*self)))
    }

    fn result(&self, inputs: &[LazyArray]) -> Result<(DType, ChunkGrid)> {
        let input = inputs.first().ok_or_else(|| Error::bug("no input"))?;
        let dims = input.grid().dims();
        let merged = self.first.checked_add(self.count).and_then(|end| dims.get(self.first..end));
        let Some(merged) = merged.filter(|m| !m.is_empty()) else {
            return Err(Error::invalid(format!(
                "{} axes from {} on are not axes of {:?}",
                self.count,
                self.first,
                input.shape()
            )));
        };
        let lens: Vec<usize> = merged.iter().map(DimChunks::len).collect();
        let total = lens.iter().try_fold(1usize, |n, l| n.checked_mul(*l));
        let total = total
            .ok_or_else(|| Error::unsupported(format!("axes {lens:?} are too long to be one")))?;
        let inner = product(lens.get(1..).unwrap_or(&[]));
        // Rows of chunks stay together.
        let longest = merged.first().map_or(1, DimChunks::longest);
        let dim = DimChunks::even(longest.saturating_mul(inner).clamp(1, total.max(1)), total);
        let mut out = dims.get(..self.first).unwrap_or(&[]).to_vec();
        out.push(dim);
        out.extend(dims.iter().skip(self.first + self.count).cloned());
        Ok((input.dtype().clone(), ChunkGrid::new(out)))
    }

    fn needs(&self, _: usize, out: &Region, shapes: &[Shape]) -> Result<Region> {
        let shape = shapes.first().ok_or_else(|| Error::bug("no input"))?;
        let mut region = Region::new([], []);
        for (axis, (start, len)) in out.axes().enumerate() {
            if axis == self.first {
                let cover = self.cover(self.lens(shape), start, len);
                region.start.extend(cover.start);
                region.len.extend(cover.len);
            } else {
                region.start.push(start);
                region.len.push(len);
            }
        }
        Ok(region)
    }

    fn apply(&self, out: &Region, parts: &[Array], shapes: &[Shape]) -> Result<Array> {
        let part = parts.first().ok_or_else(|| Error::bug("no input"))?;
        let shape = shapes.first().ok_or_else(|| Error::bug("no input"))?;
        let lens = self.lens(shape);
        let (start, len) =
            out.axes().nth(self.first).ok_or_else(|| Error::bug("an axis was lost"))?;
        let cover = self.cover(lens, start, len);
        let mut merged = part.shape().get(..self.first).unwrap_or(&[]).to_vec();
        merged.push(cover.count());
        merged.extend(part.shape().iter().skip(self.first + self.count));
        let flat = part.reshape(&merged)?;
        if cover.count() == len {
            return Ok(flat);
        }
        // The box begins at the first element whose trailing indices are those of its corner.
        let mut origin = 0usize;
        for (axis, at) in cover.start.iter().enumerate() {
            origin += at * product(lens.get(axis + 1..).unwrap_or(&[]));
        }
        let skip = start - origin;
        flat.select(&Selection::all(&merged).with(self.first, Pick::span(skip, len)))
    }

    fn parallel(&self, _: usize, axis: usize) -> Option<usize> {
        match axis {
            a if a < self.first => Some(a),
            a if a == self.first => None,
            a => Some(a + self.count - 1),
        }
    }

    /// A point of the merged axis is a point along each axis; scattered ones are gathered.
    fn select(&self, inputs: &[LazyArray], selection: &Selection) -> Result<Option<LazyArray>> {
        let input = inputs.first().ok_or_else(|| Error::bug("no input"))?;
        let lens = self.lens(input.shape());
        let Some(pick) = selection.picks().get(self.first) else { return Ok(None) };
        if matches!(pick, Pick::Range { step: 1, .. }) || pick.is_empty() {
            return Ok(None);
        }
        let mut indices = vec![Vec::with_capacity(pick.len()); lens.len()];
        for mut flat in (0..pick.len()).filter_map(|k| pick.get(k)) {
            for (to, n) in indices.iter_mut().zip(lens).rev() {
                to.push(flat % (*n).max(1));
                flat /= (*n).max(1);
            }
        }
        let mut picks = selection.picks().get(..self.first).unwrap_or(&[]).to_vec();
        let single = matches!(pick, Pick::At(_));
        for (at, n) in indices.iter().zip(lens) {
            picks.push(match at.first() {
                Some(at) if single => Pick::At(*at),
                _ => Pick::all(*n),
            });
        }
        picks.extend(selection.picks().iter().skip(self.first + 1).cloned());
        let part = input.select(&Selection::new(picks))?;
        if single {
            return Ok(Some(part));
        }
        let before = selection.picks().iter().take(self.first);
        let first = before.filter(|p| !matches!(p, Pick::At(_))).count();
        let axes: Vec<usize> = (first..first + self.count).collect();
        part.gather(&axes, &indices).map(Some)
    }

    fn longest(&self, _: usize, out: &[usize], shapes: &[Shape]) -> Shape {
        let Some(shape) = shapes.first() else { return Vec::new() };
        let lens = self.lens(shape);
        let mut wanted = out.get(self.first).copied().unwrap_or(1);
        let mut inner: Vec<usize> = Vec::with_capacity(lens.len());
        // A stretch may begin anywhere: it meets one row more than it fills.
        for (axis, n) in lens.iter().enumerate() {
            let below = product(lens.get(axis + 1..).unwrap_or(&[])).max(1);
            let rows = match axis + 1 == lens.len() {
                true => wanted,
                false => (wanted.saturating_sub(1)).div_ceil(below).saturating_add(1),
            };
            inner.push(rows.min(*n));
            if rows > 1 {
                wanted = usize::MAX;
            }
        }
        let mut all = out.get(..self.first).unwrap_or(&[]).to_vec();
        all.extend(inner);
        all.extend(out.iter().skip(self.first + 1));
        all
    }

    /// The flattened copy of what does not lie in one piece.
    fn scratch(&self, out: &[usize], inputs: &[LazyArray], _: bool) -> usize {
        product(&self.longest(0, out, &shapes(inputs))).saturating_mul(8)
    }
}

/// One axis becomes several, the last of them fastest.
#[derive(Clone, Debug)]
#[cfg_attr(feature = "wire", derive(serde::Serialize, serde::Deserialize))]
pub(crate) struct Split {
    pub(crate) axis: usize,
    pub(crate) lens: Vec<usize>,
}

impl Split {
    /// The lengths and starts of a box along the new axes.
    fn inside(&self, out: &Region) -> Region {
        let axes = out.axes().skip(self.axis).take(self.lens.len());
        let (start, len): (Vec<usize>, Vec<usize>) = axes.unzip();
        Region::new(start, len)
    }

    /// The stretch of the one axis that holds a box of the new ones.
    fn stretch(&self, inside: &Region) -> (usize, usize) {
        let (mut low, mut high) = (0usize, 0usize);
        for ((start, len), n) in inside.axes().zip(&self.lens) {
            low = low * n + start;
            high = high * n + start + len.saturating_sub(1);
        }
        (low, high - low + 1)
    }

    /// The positions along the one axis of all elements of a box of the new ones.
    pub(crate) fn positions(lens: &[usize], picks: &[Pick]) -> Vec<usize> {
        let mut out = vec![0usize];
        for (n, pick) in lens.iter().zip(picks) {
            let indices: Vec<usize> = (0..pick.len()).filter_map(|k| pick.get(k)).collect();
            out = out.iter().flat_map(|base| indices.iter().map(move |i| base * n + i)).collect();
        }
        out
    }
}

impl BlockOp for Split {
    fn name(&self) -> String {
        format!("split axis {} into {:?}", self.axis, self.lens)
    }

    fn key(&self) -> Option<String> {
        Some(format!("{self:?}"))
    }

    fn form(&self) -> Option<BlockForm> {
        Some(BlockForm(Form::Split(self.clone())))
    }

    fn result(&self, inputs: &[LazyArray]) -> Result<(DType, ChunkGrid)> {
        let input = inputs.first().ok_or_else(|| Error::bug("no input"))?;
        let dims = input.grid().dims();
        let total = self.lens.iter().try_fold(1usize, |n, l| n.checked_mul(*l));
        let Some(dim) = dims.get(self.axis).filter(|d| Some(d.len()) == total) else {
            return Err(Error::mismatch(format!(
                "axis {} of {:?} cannot become {:?}",
                self.axis,
                input.shape(),
                self.lens
            )));
        };
        // As many whole rows as a chunk holds, else whole chunks of the fastest axis.
        let mut room = dim.longest().max(1);
        let mut cut = vec![1usize; self.lens.len()];
        for (to, n) in cut.iter_mut().zip(&self.lens).rev() {
            *to = room.min(*n).max(1);
            room = (room / (*n).max(1)).max(1);
        }
        let mut out = dims.get(..self.axis).unwrap_or(&[]).to_vec();
        out.extend(cut.iter().zip(&self.lens).map(|(c, n)| DimChunks::even(*c, *n)));
        out.extend(dims.iter().skip(self.axis + 1).cloned());
        Ok((input.dtype().clone(), ChunkGrid::new(out)))
    }

    fn needs(&self, _: usize, out: &Region, _: &[Shape]) -> Result<Region> {
        let mut region = Region::new([], []);
        let count = self.lens.len();
        for (axis, (start, len)) in out.axes().enumerate() {
            if axis == self.axis {
                let (low, span) = self.stretch(&self.inside(out));
                region.start.push(low);
                region.len.push(span);
            } else if axis < self.axis || axis >= self.axis + count {
                region.start.push(start);
                region.len.push(len);
            }
        }
        Ok(region)
    }

    fn apply(&self, out: &Region, parts: &[Array], _: &[Shape]) -> Result<Array> {
        let part = parts.first().ok_or_else(|| Error::bug("no input"))?;
        let inside = self.inside(out);
        let (low, span) = self.stretch(&inside);
        if span == inside.count() {
            return part.reshape(&out.len);
        }
        let picks: Vec<Pick> = inside.axes().map(|(s, n)| Pick::span(s, n)).collect();
        let wanted = Self::positions(&self.lens, &picks).into_iter().map(|i| i - low).collect();
        let picked = Selection::all(part.shape()).with(self.axis, Pick::List(wanted));
        part.select(&picked)?.reshape(&out.len)
    }

    fn parallel(&self, _: usize, axis: usize) -> Option<usize> {
        match axis {
            a if a < self.axis => Some(a),
            a if a < self.axis + self.lens.len() => None,
            a => Some(a + 1 - self.lens.len()),
        }
    }

    /// Any picks along the new axes are picks along the one.
    fn select(&self, inputs: &[LazyArray], selection: &Selection) -> Result<Option<LazyArray>> {
        let input = inputs.first().ok_or_else(|| Error::bug("no input"))?;
        let picks = selection.picks();
        let end = self.axis + self.lens.len();
        let Some(inside) = picks.get(self.axis..end) else { return Ok(None) };
        let count = inside.iter().fold(1usize, |n, p| n.saturating_mul(p.len()));
        let all = inside.iter().zip(&self.lens).all(|(p, n)| *p == Pick::all(*n));
        if all || count > MAX_LIST {
            return Ok(None);
        }
        let positions = Self::positions(&self.lens, inside);
        let at = |p: &&Pick| !matches!(p, Pick::At(_));
        let lens: Vec<usize> = inside.iter().filter(at).map(Pick::len).collect();
        let pick = match positions.first() {
            Some(one) if lens.is_empty() => Pick::At(*one),
            _ => list(positions),
        };
        let mut below = picks.get(..self.axis).unwrap_or(&[]).to_vec();
        below.push(pick);
        below.extend(picks.iter().skip(end).cloned());
        let part = input.select(&Selection::new(below))?;
        if lens.is_empty() {
            return Ok(Some(part));
        }
        let axis = picks.iter().take(self.axis).filter(at).count();
        part.split_axis(axis, &lens).map(Some)
    }

    fn longest(&self, _: usize, out: &[usize], _: &[Shape]) -> Shape {
        let (mut span, mut inner) = (0usize, 1usize);
        for (n, len) in self.lens.iter().zip(out.iter().skip(self.axis)).rev() {
            span = span.saturating_add(len.saturating_sub(1).saturating_mul(inner));
            inner = inner.saturating_mul(*n);
        }
        let mut lens = out.get(..self.axis).unwrap_or(&[]).to_vec();
        lens.push(span.saturating_add(1));
        lens.extend(out.iter().skip(self.axis + self.lens.len()));
        lens
    }

    fn scratch(&self, out: &[usize], _: &[LazyArray], _: bool) -> usize {
        product(out).saturating_mul(8)
    }
}

impl LazyArray {
    /// The `count` axes from `first` on as one axis, the last of them fastest. Reorders
    /// nothing.
    ///
    /// # Errors
    /// If there are not so many axes, or together they are too long.
    pub fn merge_axes(&self, first: usize, count: usize) -> Result<Self> {
        if count == 1 && first < self.ndim() {
            return Ok(self.clone());
        }
        Self::block(std::sync::Arc::new(Merge { first, count }), std::slice::from_ref(self))
    }

    /// An axis as several axes of lengths `lens`, the last of them fastest. Reorders nothing.
    ///
    /// # Errors
    /// If there is no such axis, or the product of the lengths is not its length.
    pub fn split_axis(&self, axis: usize, lens: &[usize]) -> Result<Self> {
        if self.shape().get(axis..=axis) == Some(lens) {
            return Ok(self.clone());
        }
        let op = Split { axis, lens: lens.to_vec() };
        Self::block(std::sync::Arc::new(op), std::slice::from_ref(self))
    }
}
