//! A dataset as a source of boxes: the hot path from bytes in a file to elements in memory.

use std::sync::{Arc, OnceLock};

use graticule_array::{ArrayMut, ChunkGrid, Error, Region, Result, Scalar, Shape};
use graticule_storage::{
    ByteSource, ChunkForm, ChunkSource, Gather, Limits, PackedChunk, Recipe, SourceDescriptor,
    SourceInfo, Storage,
};

use crate::blueprint::{Blueprint, Blueprints, Cut};
use crate::chunk::{ChunkTable, Entry};
use crate::describe::{Description, Messages, View};
use crate::element::{Element, HeapReader};
use crate::file::{FileHandle, begin};
use crate::filter::{Scratch, with_scratch};
use crate::header::{Header, to_usize};
use crate::message::layout::{Index, Layout};
use crate::meta::{Form, Meta};
use crate::mosaic::Mosaic;
use crate::reads::Reads;
use crate::recipe;

/// A dataset that can be read: small, for there may be one in each of thousands of files.
#[derive(Debug)]
pub(crate) struct DatasetSource {
    file: Arc<FileHandle>,
    is: Arc<Blueprint>,
    body: Body,
    /// Where its header lies, and how that was taken: for its recipe.
    header: u64,
    view: View,
}

#[derive(Debug)]
enum Body {
    /// The bytes themselves.
    Here(Box<[u8]>),
    /// One piece of the file.
    At(u64),
    /// Nothing was ever written.
    Nowhere,
    Chunked(Box<Chunked>),
    /// Pieces of other datasets.
    Virtual(Box<Mosaic>),
    /// Cannot be read, for this reason.
    Refused(Box<Error>),
}

#[derive(Debug)]
struct Chunked {
    index: Index,
    table: OnceLock<Box<Result<ChunkTable>>>,
}

impl Chunked {
    /// The table of chunks, read when it is first wanted.
    fn table(&self, meta: &Meta<'_>, cut: &Cut) -> Result<&ChunkTable> {
        let read = || ChunkTable::read(meta, &cut.chunks, self.index, &cut.dims, &cut.max);
        let table = self.table.get_or_init(|| Box::new(read()));
        (**table).as_ref().map_err(Clone::clone)
    }
}

impl DatasetSource {
    /// Makes a source of what was described. `shape` are the lengths of its dimensions where
    /// these are longer than what is stored.
    ///
    /// # Errors
    /// If parts of the description contradict each other.
    pub(crate) fn new(
        file: &Arc<FileHandle>,
        path: String,
        description: Description,
        shape: Option<&[usize]>,
        beyond: Option<Scalar>,
        known: &Blueprints,
    ) -> Result<Self> {
        let Description {
            space,
            datatype,
            element,
            layout,
            pipeline,
            fill,
            max,
            external,
            mosaic,
            header,
            view,
            ..
        } = description;
        let dims = space.dims().to_vec();
        let mut extent = Vec::with_capacity(dims.len());
        for d in &dims {
            extent.push(to_usize(*d)?);
        }
        extent.extend(&element.axes);
        let mut full: Shape = extent.clone();
        for (n, longer) in full.iter_mut().zip(shape.unwrap_or_default()) {
            *n = (*n).max(*longer);
        }
        let bytes = extent.iter().try_fold(element.stored, |n, l| n.checked_mul(*l));
        let mut grid = ChunkGrid::whole(&full);
        let mut cut = None;
        let mut file = file.clone();
        let body = match layout {
            Layout::Compact(data) => Body::Here(data.into()),
            Layout::Contiguous { address: None } => match external {
                None => Body::Nowhere,
                Some(pieces) => {
                    let total = bytes.ok_or_else(|| Error::corrupt("the data are too large"))?;
                    let form = Form { base: 0, ..file.form };
                    let bytes = pieces.bytes(file.bytes.location(), total as u64);
                    file = Arc::new(FileHandle {
                        bytes,
                        form,
                        settings: file.settings.clone(),
                        paths: Arc::default(),
                    });
                    Body::At(0)
                }
            },
            Layout::Contiguous { address: Some(at) } => {
                let fits = bytes.is_some_and(|n| {
                    let end = at.checked_add(file.form.base).and_then(|a| a.checked_add(n as u64));
                    end.is_some_and(|e| e <= file.bytes.len())
                });
                if fits || bytes == Some(0) {
                    Body::At(at)
                } else {
                    let why = Error::corrupt("the data reach beyond the end of the file");
                    Body::Refused(Box::new(why))
                }
            }
            Layout::Chunked(chunks, index) => {
                if chunks.shape.len() != dims.len() || chunks.element != datatype.size as u64 {
                    return Err(Error::corrupt(format!(
                        "chunks of shape {:?} and {} bytes an element do not fit the data",
                        chunks.shape, chunks.element
                    )));
                }
                let mut shape = Vec::with_capacity(extent.len());
                for n in &chunks.shape {
                    shape.push(to_usize(*n)?);
                }
                shape.extend(&element.axes);
                grid = ChunkGrid::even(&full, &shape);
                let counts = extent.iter().zip(&shape).map(|(n, c)| n.div_ceil((*c).max(1)));
                cut = Some(Cut {
                    bytes: chunks.bytes()?,
                    counts: counts.collect(),
                    chunks,
                    dims,
                    max,
                    shape,
                    pipeline,
                });
                Body::Chunked(Box::new(Chunked { index, table: OnceLock::new() }))
            }
            Layout::Virtual { .. } => match mosaic {
                Some(mosaic) => {
                    grid = mosaic.grid(&full);
                    Body::Virtual(Box::new(mosaic))
                }
                None => Body::Nowhere,
            },
        };
        let info = SourceInfo {
            dtype: element.dtype.clone(),
            shape: full,
            grid,
            whole_chunks: cut.as_ref().is_some_and(|c| !c.pipeline.is_empty()),
            fill: Some(fill.clone()),
        };
        let beyond = beyond.filter(|b| b.dtype() == info.dtype).unwrap_or_else(|| fill.clone());
        let is = known.share(Blueprint { path, info, extent, element, fill, beyond, cut });
        Ok(Self { file, is, body, header, view })
    }

    /// The stored lengths of its dimensions, without the axes of array types.
    pub(crate) fn stored_dims(&self) -> Vec<u64> {
        let n = self.is.extent.len().saturating_sub(self.is.element.axes.len());
        self.is.extent.iter().take(n).map(|d| *d as u64).collect()
    }

    /// How the data lie in the file.
    pub(crate) fn storage(&self) -> Storage {
        let mut out = Storage {
            big_endian: self.is.element.is_big_endian(),
            enumeration: self.is.element.enumeration.clone(),
            ..Storage::default()
        };
        if let Some(c) = &self.is.cut {
            out.chunks = Some(c.shape.clone());
            out.filters = c.pipeline.specs();
        }
        out
    }

    fn read_region(&self, region: &Region, out: &mut ArrayMut<'_>) -> Result<()> {
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

    /// Makes a source of a recipe whose table of chunks is known.
    pub(crate) fn with_table(self, table: ChunkTable) -> Self {
        if let Body::Chunked(chunked) = &self.body {
            // It is new, so nothing can have been set.
            let _ = chunked.table.set(Box::new(Ok(table)));
        }
        self
    }

    /// The recipe of this dataset; `None` where data come from elsewhere.
    fn make_recipe(&self) -> Result<Option<Recipe>> {
        // A file that has to be unpacked first costs much more than its metadata.
        let whole = self.file.bytes.fingerprint().0 == self.file.bytes.len();
        if !whole || matches!(self.body, Body::Virtual(_) | Body::Refused(_)) {
            return Ok(None);
        }
        let (meta, _) = begin(&self.file.bytes, &self.file.settings)?;
        let messages = Messages::of(&meta, &Header::read(&meta, self.header)?)?;
        let table = match (&self.body, &self.is.cut) {
            (Body::Chunked(chunked), Some(cut)) => Some(chunked.table(&meta, cut)?),
            _ => None,
        };
        Ok(recipe::write(self.file.form, self.view, &self.is, &messages, table))
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

    /// How it is cut, if it is chunked.
    pub(crate) fn cut(&self) -> Option<&Cut> {
        self.is.cut.as_ref().filter(|_| matches!(self.body, Body::Chunked(_)))
    }

    pub(crate) fn element(&self) -> &Element {
        &self.is.element
    }

    /// The lengths that are stored.
    pub(crate) fn extent(&self) -> &[usize] {
        &self.is.extent
    }

    pub(crate) fn bytes(&self) -> &dyn ByteSource {
        &*self.file.bytes
    }

    /// Where the chunk of this number along each axis lies, if it was ever written.
    pub(crate) fn chunk_at(&self, place: &[u64]) -> Result<Option<Entry>> {
        let (Body::Chunked(chunked), Some(cut)) = (&self.body, &self.is.cut) else {
            return Ok(None);
        };
        let meta = Meta::new(&self.file.bytes, self.file.form, &self.file.settings);
        let number = cut.number(place);
        Ok(chunked.table(&meta, cut)?.find(place, number))
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
    fn turned(&self, order: graticule_array::ByteOrder) -> Option<usize> {
        let n = if self.is.element.dtype.is_complex() {
            self.is.element.stored / 2
        } else {
            self.is.element.stored
        };
        (order == graticule_array::ByteOrder::Big && n > 1).then_some(n)
    }

    /// The place in the file of `n` bytes at an address.
    pub(crate) fn locate(&self, address: u64, n: usize) -> Result<u64> {
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
        let raw = graticule_array::DType::Opaque(self.is.element.stored);
        let mut items = graticule_array::Array::zeros(&raw, &from.len)?;
        let little = graticule_array::ByteOrder::Little;
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

/// Rows up to this many bytes are read whole, whatever is wanted of them.
const SMALL_ROW: usize = 16 << 10;
/// Bytes read at a time into a buffer.
const PIECE: usize = 4 << 20;

impl ChunkSource for DatasetSource {
    fn info(&self) -> &SourceInfo {
        &self.is.info
    }

    fn read_into(&self, region: &Region, mut out: ArrayMut<'_>) -> Result<()> {
        self.read_region(region, &mut out).map_err(|e| {
            e.in_variable(self.is.path.as_str()).in_file(self.file.bytes.location().path())
        })
    }

    fn packed(&self, region: &Region, form: &ChunkForm) -> Result<Option<PackedChunk>> {
        self.packed_chunk(region, form).map_err(|e| {
            e.in_variable(self.is.path.as_str()).in_file(self.file.bytes.location().path())
        })
    }

    fn limits(&self) -> Limits {
        let (scratch, stored) = match &self.body {
            Body::Chunked(c) => {
                let table = c.table.get().and_then(|t| (**t).as_ref().ok());
                let scratch = match &self.is.cut {
                    Some(cut) if !cut.pipeline.is_empty() => cut.bytes.saturating_mul(3),
                    _ => 0,
                };
                let gathered = if self.file.bytes.is_near() { 0 } else { Gather::most_held() };
                (scratch.saturating_add(gathered), table.map(ChunkTable::stored))
            }
            Body::At(_) => {
                let n = self
                    .is
                    .extent
                    .iter()
                    .try_fold(self.is.element.stored, |n, l| n.checked_mul(*l));
                (PIECE, n.map(|n| n as u64))
            }
            Body::Here(data) => (0, Some(data.len() as u64)),
            Body::Virtual(_) => (PIECE, None),
            Body::Nowhere | Body::Refused(_) => (0, Some(0)),
        };
        Limits { parallel: None, lock: None, scratch, stored }
    }

    fn recipe(&self) -> Option<Recipe> {
        self.make_recipe().ok().flatten()
    }

    fn descriptor(&self) -> Option<SourceDescriptor> {
        Some(SourceDescriptor {
            backend: "hdf5".into(),
            location: self.file.bytes.location().clone(),
            path: self.is.path.clone(),
            fingerprint: self.file.bytes.fingerprint(),
        })
    }
}
