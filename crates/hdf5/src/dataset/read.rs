//! From chunks and blocks of a file to boxes of elements.

use graticule_array::{Array, ArrayMut, ByteOrder, DType, Error, Region, Result, go_on};

use super::{Body, DatasetSource, PIECE};
use crate::blueprint::Cut;
use crate::chunk::{ChunkTable, Entry};
use crate::element::HeapReader;
use crate::filter::{Scratch, with_scratch};
use crate::header::to_usize;
use crate::meta::Meta;
use crate::reads::Reads;

/// Rows up to this many bytes are read whole, whatever is wanted of them.
const SMALL_ROW: usize = 16 << 10;

impl DatasetSource {
    pub(super) fn read_region(&self, region: &Region, out: &mut ArrayMut<'_>) -> Result<()> {
        region.check_within(&self.is.info.shape)?;
        if region.len != out.shape() {
            return Err(Error::mismatch(format!(
                "a region of {:?} cannot fill a view of {:?}",
                region.len,
                out.shape()
            )));
        }
        if region.is_empty() {
            return Ok(());
        }
        let inside = region.intersect(&Region::whole(&self.is.extent));
        if inside.as_ref() != Some(region) {
            out.fill(&self.is.beyond)?;
        }
        let Some(inside) = inside else { return Ok(()) };
        let mut out = out.region(&inside.relative_to(&region.start))?;
        let meta = Meta::new(&self.file.bytes, self.file.form, &self.file.settings);
        let heap = HeapReader::new(&meta, self.file.paths.clone());
        let reads = Reads::new(&heap, &self.file.bytes);
        match &self.body {
            Body::Nowhere => out.fill(&self.is.fill),
            Body::Refused(e) => Err((**e).clone()),
            Body::Virtual(mosaic) => {
                mosaic.draw(&self.is.info.dtype, &self.is.fill, &inside, &mut out)
            }
            Body::Here(data) => self.put(&reads, data, &self.is.extent, &inside, &mut out),
            Body::At(address) => {
                self.read_box(&reads, *address, &self.is.extent, &inside, &mut out)
            }
            Body::Chunked(chunked) => {
                let no_cut = || Error::bug("chunked data are not cut");
                let cut = self.is.cut.as_ref().ok_or_else(no_cut)?;
                let table = chunked.table(&meta, cut)?;
                if !self.file.bytes.is_near() {
                    reads.announce(self.ranges(cut, table, &inside));
                }
                self.read_chunks(&reads, cut, table, &inside, &mut out)
            }
        }
    }

    /// Where the chunks of a box lie that will be read whole.
    fn ranges(&self, cut: &Cut, table: &ChunkTable, inside: &Region) -> Vec<(u64, u64)> {
        // Of bare chunks only those that lie in the box; what reaches over the edge is wanted whole.
        let bare = cut.pipeline.is_empty();
        let axis = |((start, len), c): ((usize, usize), &usize)| {
            let (c, end) = ((*c).max(1), start.saturating_add(len));
            if bare { start.div_ceil(c)..end / c } else { start / c..end.div_ceil(c) }
        };
        let all: Vec<_> = inside.axes().zip(&cut.shape).map(axis).collect();
        if all.iter().any(std::ops::Range::is_empty) {
            return Vec::new();
        }
        let mut out = Vec::new();
        let mut place: Vec<u64> = all.iter().map(|range| range.start as u64).collect();
        loop {
            let number = cut.number(&place);
            let wide = place.get(..cut.dims.len()).unwrap_or(&place);
            if let Some(entry) = table.find(wide, number)
                && let Some(at) = entry.address.checked_add(self.file.form.base)
            {
                out.push((at, entry.size));
            }
            // The next place in row-major order.
            let mut axes = place.iter_mut().zip(&all).rev();
            let moved = axes.any(|(p, range)| {
                *p += 1;
                let over = *p >= range.end as u64;
                if over {
                    *p = range.start as u64;
                }
                !over
            });
            if !moved {
                return out;
            }
        }
    }

    fn read_chunks(
        &self,
        reads: &Reads<'_, '_, '_>,
        cut: &Cut,
        table: &ChunkTable,
        inside: &Region,
        out: &mut ArrayMut<'_>,
    ) -> Result<()> {
        let first: Vec<usize> =
            inside.start.iter().zip(&cut.shape).map(|(s, c)| s / (*c).max(1)).collect();
        let last: Vec<usize> = inside
            .axes()
            .zip(&cut.shape)
            .map(|((s, l), c)| (s + l).saturating_sub(1) / (*c).max(1))
            .collect();
        let mut place = first.clone();
        // Used again for every chunk: its part in the wanted box, and in the chunk itself.
        let mut target = inside.clone();
        let mut from = inside.clone();
        let mut wide = vec![0u64; cut.dims.len()];
        loop {
            wide.iter_mut().zip(&place).for_each(|(w, p)| *w = *p as u64);
            let number = cut.number(&wide);
            let mut over = false;
            let axes = place.iter().zip(&cut.shape).zip(&self.is.extent).zip(inside.axes());
            let targets = target.start.iter_mut().zip(&mut target.len);
            let froms = from.start.iter_mut().zip(&mut from.len);
            for ((((p, shape), extent), (start, len)), ((to, n), (at, m))) in
                axes.zip(targets.zip(froms))
            {
                let begin = p.saturating_mul(*shape);
                let end = begin.saturating_add(*shape);
                over |= end > *extent;
                let low = begin.max(start);
                *n = end.min(start + len).saturating_sub(low);
                *m = *n;
                *to = low - start;
                *at = low - begin;
            }
            let mut view = out.region(&target)?;
            go_on()?;
            match table.find(&wide, number) {
                None => view.fill(&self.is.fill)?,
                Some(entry) => {
                    let plain = over && cut.chunks.plain_edges;
                    let mask = if plain { u32::MAX } else { entry.mask };
                    let part = (from.len != cut.shape).then_some(&from);
                    self.read_chunk(reads, cut, entry, mask, part, &mut view).map_err(|e| {
                        let start: Vec<usize> =
                            place.iter().zip(&cut.shape).map(|(p, c)| p * c).collect();
                        e.context(format!("in the chunk at {start:?}"))
                    })?;
                }
            }
            // The next place in row-major order.
            let mut axis = place.len();
            loop {
                if axis == 0 {
                    return Ok(());
                }
                axis -= 1;
                let (Some(p), Some(first), Some(last)) =
                    (place.get_mut(axis), first.get(axis), last.get(axis))
                else {
                    return Ok(());
                };
                if *p < *last {
                    *p += 1;
                    break;
                }
                *p = *first;
            }
        }
    }

    /// Reads one chunk, or the box `from` of it.
    fn read_chunk(
        &self,
        reads: &Reads<'_, '_, '_>,
        cut: &Cut,
        entry: Entry,
        mask: u32,
        from: Option<&Region>,
        out: &mut ArrayMut<'_>,
    ) -> Result<()> {
        let whole = || Region::whole(&cut.shape);
        if !cut.pipeline.filters(mask) {
            if entry.size < cut.bytes as u64 {
                return Err(Error::corrupt(format!(
                    "{} stored bytes where a chunk has {}",
                    entry.size, cut.bytes
                )));
            }
            let whole = if from.is_none() { Some(whole()) } else { None };
            let Some(from) = from.or(whole.as_ref()) else { return Ok(()) };
            return self.read_box(reads, entry.address, &cut.shape, from, out);
        }
        cut.pipeline.check_plausible(entry.size, cut.bytes, mask)?;
        let verify = self.file.settings.verify;
        let stored = to_usize(entry.size)?;
        let at = self.locate(entry.address, stored)?;
        with_scratch(|scratch| {
            let mut stored_buffer = std::mem::take(&mut scratch.stored);
            let mut chunk_buffer = std::mem::take(&mut scratch.chunk);
            let result = (|| {
                let stored = crate::filter::room(&mut stored_buffer, stored);
                reads.read_at(at, stored)?;
                if from.is_none()
                    && let Some(order) = self.is.element.plain_order()
                    && let Some(bytes) = out.packed_bytes_mut()
                    && bytes.len() == cut.bytes
                {
                    let swap = self.turned(order);
                    return cut.pipeline.decode(stored, mask, verify, swap, scratch, bytes);
                }
                let chunk = crate::filter::room(&mut chunk_buffer, cut.bytes);
                cut.pipeline.decode(stored, mask, verify, None, scratch, chunk)?;
                match from {
                    Some(from) => self.put(reads, chunk, &cut.shape, from, out),
                    None => self.put(reads, chunk, &cut.shape, &whole(), out),
                }
            })();
            scratch.stored = stored_buffer;
            scratch.chunk = chunk_buffer;
            result
        })
    }

    /// The width of numbers whose bytes must be turned round.
    fn turned(&self, order: ByteOrder) -> Option<usize> {
        let n = if self.is.element.dtype.is_complex() {
            self.is.element.stored / 2
        } else {
            self.is.element.stored
        };
        (order == ByteOrder::Big && n > 1).then_some(n)
    }

    /// The place in the file of `n` bytes at an address.
    pub(super) fn locate(&self, address: u64, n: usize) -> Result<u64> {
        let at = address.checked_add(self.file.form.base);
        at.filter(|a| a.checked_add(n as u64).is_some_and(|e| e <= self.file.bytes.len()))
            .ok_or_else(|| {
                Error::corrupt(format!("{n} bytes at {address} reach beyond the end of the file"))
            })
    }

    /// Puts the box `from` of `chunk`, whose stored elements lie packed in `bytes`.
    fn put(
        &self,
        reads: &Reads<'_, '_, '_>,
        bytes: &[u8],
        chunk: &[usize],
        from: &Region,
        out: &mut ArrayMut<'_>,
    ) -> Result<()> {
        if let Some(order) = self.is.element.plain_order() {
            return out.copy_packed(bytes, chunk, from, order);
        }
        let raw = DType::Opaque(self.is.element.stored);
        let mut items = Array::zeros(&raw, &from.len)?;
        let little = ByteOrder::Little;
        items.view_mut().copy_packed(bytes, chunk, from, little)?;
        let items = items.into_flat::<u8>()?;
        out.assign(&self.is.element.decode(reads.heap, &items, &from.len)?)
    }

    /// Reads the box `from` of an unfiltered block of `shape` at an address.
    fn read_box(
        &self,
        reads: &Reads<'_, '_, '_>,
        address: u64,
        shape: &[usize],
        from: &Region,
        out: &mut ArrayMut<'_>,
    ) -> Result<()> {
        let size = self.is.element.stored;
        let cells = |lengths: &[usize]| -> Result<usize> {
            lengths
                .iter()
                .try_fold(size, |n, l| n.checked_mul(*l))
                .ok_or_else(|| Error::corrupt("the data are larger than memory addresses"))
        };
        let total = cells(shape)?;
        let base = self.locate(address, total)?;
        if from.len == shape
            && let Some(order) = self.is.element.plain_order()
            && let Some(bytes) = out.packed_bytes_mut()
            && bytes.len() == total
        {
            reads.read_at(base, bytes)?;
            if let Some(n) = self.turned(order) {
                crate::filter::swap_in_place(bytes, n);
            }
            return Ok(());
        }
        // The first axis along which whole rows are read: rows whose boxes fill most of them.
        let rank = shape.len();
        let row_of = |axis: usize| shape.get(axis + 1..).unwrap_or_default();
        let mut axis = 0;
        while axis + 1 < rank {
            let full = cells(row_of(axis))?;
            let wanted = cells(from.len.get(axis + 1..).unwrap_or_default())?;
            if full <= SMALL_ROW || full / 4 <= wanted {
                break;
            }
            axis += 1;
        }
        let row = cells(row_of(axis))?.max(1);
        let rows = from.len.get(axis).copied().unwrap_or(1);
        let rows_at_once = (PIECE / row).clamp(1, rows.max(1));
        let outer = from.len.get(..axis).unwrap_or_default();
        let outer_count: usize = outer.iter().product();
        for number in 0..outer_count {
            // Where this row of rows begins, in the block and in the box.
            let mut here = vec![0; rank];
            let mut rest = number;
            for (h, n) in here.iter_mut().zip(outer).rev() {
                *h = rest % n;
                rest /= n;
            }
            let mut done = 0;
            while done < rows {
                go_on()?;
                let n = rows_at_once.min(rows - done);
                if let Some(h) = here.get_mut(axis) {
                    *h = done;
                }
                let mut at = 0usize;
                for (a, ((h, s), l)) in here.iter().zip(&from.start).zip(shape).enumerate() {
                    let inner = if a <= axis { h + s } else { 0 };
                    at = at.saturating_mul(*l).saturating_add(inner);
                }
                let mut chunk = vec![1; axis.min(rank)];
                let mut part = Region { start: vec![0; rank], len: from.len.clone() };
                let mut target = Region { start: here.clone(), len: from.len.clone() };
                part.len.iter_mut().take(axis).for_each(|l| *l = 1);
                if let Some(l) = part.len.get_mut(axis) {
                    *l = n;
                }
                if rank > 0 {
                    chunk.push(n);
                    chunk.extend(row_of(axis));
                }
                for (p, s) in part.start.iter_mut().zip(&from.start).skip(axis + 1) {
                    *p = *s;
                }
                target.len.clone_from(&part.len);
                let bytes = cells(&chunk)?;
                let offset = at.saturating_mul(size) as u64;
                let mut target = out.region(&target)?;
                with_scratch(|scratch: &mut Scratch| {
                    let mut buffer = std::mem::take(&mut scratch.stored);
                    let data = crate::filter::room(&mut buffer, bytes);
                    let result = reads
                        .read_at(base + offset, data)
                        .and_then(|()| self.put(reads, data, &chunk, &part, &mut target));
                    scratch.stored = buffer;
                    result
                })?;
                done += n;
            }
        }
        Ok(())
    }
}
