//! Chunks as their bytes lie in the file, to be copied without unpacking.

use graticule_array::{ByteOrder, DType, Region, Result};
use graticule_storage::{ChunkForm, PackedChunk};

use super::{Body, DatasetSource};
use crate::blueprint::Cut;
use crate::chunk::Entry;
use crate::header::to_usize;
use crate::meta::Meta;

impl DatasetSource {
    /// The stored bytes of the chunk that `region` is, if it is one and has this form.
    pub(super) fn packed_chunk(
        &self,
        region: &Region,
        form: &ChunkForm,
    ) -> Result<Option<PackedChunk>> {
        let cut = self.is.cut.as_ref().filter(|cut| self.has_form(cut, form));
        let Some(cut) = cut else { return Ok(None) };
        let Some(place) = self.place(cut, region) else { return Ok(None) };
        // Edges that skip the filters are rare, and no other format knows them.
        if cut.chunks.plain_edges && region.len != cut.shape {
            return Ok(None);
        }
        let Some(entry) = self.chunk_at(&place)? else { return Ok(None) };
        let size = to_usize(entry.size)?;
        let at = self.locate(entry.address, size)?;
        let mut bytes = vec![0; size];
        self.file.bytes.read_at(at, &mut bytes)?;
        Ok(Some(PackedChunk { bytes, skipped: entry.mask }))
    }

    /// Where the chunk of this number along each axis lies, if it was ever written.
    fn chunk_at(&self, place: &[u64]) -> Result<Option<Entry>> {
        let (Body::Chunked(chunked), Some(cut)) = (&self.body, &self.is.cut) else {
            return Ok(None);
        };
        let meta = Meta::new(&self.file.bytes, self.file.form, &self.file.settings);
        let number = cut.number(place);
        Ok(chunked.table(&meta, cut)?.find(place, number))
    }

    fn has_form(&self, cut: &Cut, form: &ChunkForm) -> bool {
        let element = &self.is.element;
        let plain = element.plain_order().filter(|_| element.axes.is_empty());
        let plain = plain.filter(|_| !matches!(element.dtype, DType::Record(_)));
        plain.is_some_and(|order| {
            form.dtype == element.dtype
                && (form.big_endian == (order == ByteOrder::Big) || element.stored == 1)
                && form.chunk == cut.shape
                && cut.pipeline.steps().eq(form.filters.iter().map(|(id, p)| (*id, p.as_slice())))
        })
    }

    /// The number along each axis of the chunk that `region` is, up to the edges.
    fn place(&self, cut: &Cut, region: &Region) -> Option<Vec<u64>> {
        let axes = region.axes().zip(&cut.shape).zip(&self.is.extent);
        axes.map(|(((start, len), chunk), extent)| {
            let end = start.saturating_add(*chunk).min(*extent);
            (start % (*chunk).max(1) == 0 && start.checked_add(len) == Some(end))
                .then(|| (start / (*chunk).max(1)) as u64)
        })
        .collect()
    }
}
