//! Reading a box of a virtual dataset.

use graticule_array::{Array, ArrayMut, DType, Error, Region, Result, Scalar};
use graticule_storage::ChunkSource;

use super::pairs::{Pair, Stretch, pairs, rows, touches, zip_rows};
use super::{Mosaic, Piece};
use crate::dataset::DatasetSource;
use crate::header::to_usize;

/// A box of a source of up to this many bytes is read as a whole, whatever is wanted of it.
const SMALL: usize = 4 << 20;

/// What one read may still cost: mappings may overlap, but not without end.
struct Effort {
    /// Boxes and rows that are copied.
    copies: usize,
    /// Bytes of sources that are read beside what is wanted.
    bytes: usize,
}

impl Effort {
    fn for_region(region: &Region, size: usize) -> Self {
        let n = region.len.iter().fold(1usize, |n, l| n.saturating_mul(*l));
        let bytes = n.saturating_mul(size);
        Self {
            copies: n.saturating_mul(8).saturating_add(1 << 20),
            bytes: bytes.saturating_mul(16).saturating_add(1 << 30),
        }
    }

    fn spend(left: &mut usize, n: usize) -> Result<()> {
        *left = left.checked_sub(n).ok_or_else(|| {
            Error::unsupported("a virtual dataset whose mappings overlap so often")
        })?;
        Ok(())
    }
}

impl Mosaic {
    /// Fills `out`, of type `dtype`, with the box `region`; the box has axes of array types
    /// behind those of the dataset.
    ///
    /// # Errors
    /// If a source cannot be read.
    pub(crate) fn draw(
        &self,
        dtype: &DType,
        fill: &Scalar,
        region: &Region,
        out: &mut ArrayMut<'_>,
    ) -> Result<()> {
        out.fill(fill)?;
        let mut effort = Effort::for_region(region, dtype.planned_size());
        for piece in &self.pieces {
            if !touches(&piece.to, &self.dims, region) {
                continue;
            }
            let Some(source) = self.source(piece)? else { continue };
            self.piece(piece, source, dtype, region, &mut effort, out).map_err(|e| {
                e.context(format!("the source \"{}\" in \"{}\"", piece.path, piece.file))
            })?;
        }
        Ok(())
    }

    fn piece(
        &self,
        piece: &Piece,
        source: &DatasetSource,
        dtype: &DType,
        region: &Region,
        effort: &mut Effort,
        out: &mut ArrayMut<'_>,
    ) -> Result<()> {
        let own = &source.stored_dims();
        let inner = region.ndim().saturating_sub(self.dims.len());
        if source.info().shape.len() != own.len() + inner {
            return Err(Error::mismatch("elements of other axes than the virtual dataset has"));
        }
        let mut drawing = Drawing {
            source,
            dtype,
            effort,
            kept: None,
            from_axes: own.len() + inner,
            to_axes: region.ndim(),
        };
        match pairs(&piece.to, &self.dims, &piece.from, own, region) {
            Some(pairs) => {
                let mut pairs = pairs?;
                for k in 0..inner {
                    let axis = self.dims.len() + k;
                    let start = region.start.get(axis).copied().unwrap_or(0);
                    let len = region.len.get(axis).copied().unwrap_or(0);
                    let stretches = vec![Stretch { to: 0, from: start, len }];
                    pairs.push(Pair { to: Some(axis), from: Some(own.len() + k), stretches });
                }
                drawing.boxes(&pairs, out)
            }
            None => {
                let (to, from) = (rows(&piece.to, &self.dims)?, rows(&piece.from, own)?);
                Effort::spend(&mut drawing.effort.copies, to.len().saturating_add(from.len()))?;
                zip_rows(&to, &from, &mut |to, from, n| {
                    drawing.row(to, from, own, n, region, inner, out)
                })
            }
        }
    }
}

/// One source that is being read.
struct Drawing<'a> {
    source: &'a DatasetSource,
    dtype: &'a DType,
    effort: &'a mut Effort,
    /// A box of the source that was read before.
    kept: Option<(Region, Array)>,
    from_axes: usize,
    to_axes: usize,
}

impl Drawing<'_> {
    fn bytes(&self, region: &Region) -> usize {
        let size = self.source.info().dtype.planned_size();
        region.len.iter().fold(size, |n, l| n.saturating_mul(*l))
    }

    /// Reads all combinations of the stretches of all axes.
    fn boxes(&mut self, pairs: &[Pair], out: &mut ArrayMut<'_>) -> Result<()> {
        if pairs.iter().any(|p| p.stretches.is_empty()) {
            return Ok(());
        }
        let combinations = pairs.iter().fold(1usize, |n, p| n.saturating_mul(p.stretches.len()));
        Effort::spend(&mut self.effort.copies, combinations)?;
        if combinations > 1 {
            let mut hull = Region { start: vec![0; self.from_axes], len: vec![1; self.from_axes] };
            let mut wanted = self.source.info().dtype.planned_size();
            for pair in pairs {
                let all = &pair.stretches;
                let start = all.iter().map(|s| s.from).min().unwrap_or(0);
                let end = all.iter().map(|s| s.from.saturating_add(s.len)).max().unwrap_or(0);
                if let Some((from, len)) = pair
                    .from
                    .and_then(|axis| Some((hull.start.get_mut(axis)?, hull.len.get_mut(axis)?)))
                {
                    (*from, *len) = (start, end - start);
                }
                wanted = wanted.saturating_mul(all.iter().map(|s| s.len).sum());
            }
            self.keep(hull, wanted)?;
        }
        let mut place = vec![0usize; pairs.len()];
        loop {
            let mut from = Region { start: vec![0; self.from_axes], len: vec![1; self.from_axes] };
            let mut to = Region { start: vec![0; self.to_axes], len: vec![1; self.to_axes] };
            for (pair, at) in pairs.iter().zip(&place) {
                let Some(stretch) = pair.stretches.get(*at) else { continue };
                set(&mut to, pair.to, stretch.to, stretch.len);
                set(&mut from, pair.from, stretch.from, stretch.len);
            }
            self.put(&from, &to, out)?;
            let mut axis = pairs.len();
            loop {
                if axis == 0 {
                    return Ok(());
                }
                axis -= 1;
                let (Some(p), Some(pair)) = (place.get_mut(axis), pairs.get(axis)) else {
                    return Ok(());
                };
                *p += 1;
                if *p < pair.stretches.len() {
                    break;
                }
                *p = 0;
            }
        }
    }

    /// Reads a box of the source once, if it is small or mostly wanted.
    fn keep(&mut self, hull: Region, wanted: usize) -> Result<()> {
        let bytes = self.bytes(&hull);
        if bytes <= SMALL.max(wanted.saturating_mul(4)) {
            Effort::spend(&mut self.effort.bytes, bytes)?;
            let data = self.source.read(&hull)?;
            self.kept = Some((hull, data));
        }
        Ok(())
    }

    /// Reads `n` elements of a row, as far as they lie in the wanted box.
    #[allow(clippy::too_many_arguments)] // two places and what they are places of
    fn row(
        &mut self,
        to: &[u64],
        from: &[u64],
        dims: &[u64],
        n: u64,
        region: &Region,
        inner: usize,
        out: &mut ArrayMut<'_>,
    ) -> Result<()> {
        let (Some((to_last, to_outer)), Some((from_last, from_outer))) =
            (to.split_last(), from.split_last())
        else {
            return Ok(());
        };
        let mut target = Region { start: Vec::new(), len: Vec::new() };
        let mut axes = region.axes();
        for (at, (start, len)) in to_outer.iter().zip(axes.by_ref()) {
            let Some(at) = at.checked_sub(start as u64).filter(|a| *a < len as u64) else {
                return Ok(());
            };
            target.start.push(to_usize(at)?);
            target.len.push(1);
        }
        let Some((start, len)) = axes.next() else { return Ok(()) };
        let there = dims.last().copied().unwrap_or(0).saturating_sub(*from_last);
        let (start, end) = (start as u64, start.saturating_add(len) as u64);
        let first = start.max(*to_last);
        let last = end.min(to_last.saturating_add(n.min(there)));
        if first >= last || from_outer.iter().zip(dims).any(|(at, dim)| at >= dim) {
            return Ok(());
        }
        let mut wanted = Region { start: Vec::new(), len: vec![1; from_outer.len()] };
        for at in from_outer {
            wanted.start.push(to_usize(*at)?);
        }
        let count = to_usize(last - first)?;
        wanted.start.push(to_usize(from_last.saturating_add(first - to_last))?);
        wanted.len.push(count);
        target.start.push(to_usize(first - start)?);
        target.len.push(count);
        for (start, len) in axes.take(inner) {
            wanted.start.push(start);
            wanted.len.push(len);
            target.start.push(0);
            target.len.push(len);
        }
        if self.kept.is_none() {
            self.keep(Region::whole(&self.source.info().shape), 0)?;
        }
        self.put(&wanted, &target, out)
    }

    /// Puts a box of the source into a box of the result.
    fn put(&self, from: &Region, to: &Region, out: &mut ArrayMut<'_>) -> Result<()> {
        let mut view = out.region(to)?;
        let same = self.source.info().dtype == *self.dtype;
        let data = match &self.kept {
            Some((hull, data)) => data.region(&from.relative_to(&hull.start))?,
            None if same && from.len == to.len => return self.source.read_into(from, view),
            None => self.source.read(from)?,
        };
        let data = if same { data } else { data.cast(self.dtype)? };
        view.assign(&data.reshape(&to.len)?)
    }
}

fn set(region: &mut Region, axis: Option<usize>, start: usize, len: usize) {
    let Some(axis) = axis else { return };
    if let (Some(s), Some(l)) = (region.start.get_mut(axis), region.len.get_mut(axis)) {
        (*s, *l) = (start, len);
    }
}
