//! The sink of a chunked variable: compresses where it is called.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use graticule_array::{Array, ChunkGrid, Error, Region, Result};
use graticule_storage::{ChunkForm, ChunkSink, Limits, PackedChunk, SinkInfo};

use super::chunk_index::{self, Stored};
use super::filter::Pipeline;
use super::pack::{Within, copy_box, pack_into, pack_scalar};
use super::plan::VarPlan;
use graticule_storage::OutputFile as Output;

/// Takes whole chunks from any number of threads.
#[derive(Debug)]
pub(super) struct ChunkedSink {
    name: String,
    info: SinkInfo,
    form: ChunkForm,
    element: usize,
    /// One element of what pads a chunk beyond the edge.
    blank: Vec<u8>,
    filters: Arc<Pipeline>,
    stored: Mutex<BTreeMap<Vec<usize>, Stored>>,
    output: Arc<Output>,
}

impl ChunkedSink {
    pub(super) fn new(var: &VarPlan, chunk: &[usize], output: Arc<Output>) -> Result<Self> {
        let blank = match &var.blank {
            Some(value) => pack_scalar(value, var.big_endian)?,
            None => vec![0; var.element],
        };
        let grid = ChunkGrid::even(&var.shape, chunk);
        let form = ChunkForm {
            dtype: var.dtype.clone(),
            big_endian: var.big_endian && var.element > 1,
            chunk: chunk.to_vec(),
            filters: var.filters.described().into_iter().map(|(id, _, p)| (id, p)).collect(),
        };
        Ok(Self {
            name: var.name.clone(),
            info: SinkInfo { dtype: var.dtype.clone(), shape: var.shape.clone(), grid },
            form,
            element: var.element,
            blank,
            filters: var.filters.clone(),
            stored: Mutex::default(),
            output,
        })
    }

    fn chunk_bytes(&self) -> usize {
        self.form.chunk.iter().product::<usize>() * self.element
    }

    /// Filters the bytes of a whole chunk and gives them a place in the file.
    fn store(&self, index: Vec<usize>, bytes: Vec<u8>) -> Result<()> {
        self.filters.apply(bytes, |bytes, skipped| self.append(index, bytes, skipped))
    }

    /// Gives the stored bytes of a chunk a place in the file.
    fn append(&self, index: Vec<usize>, bytes: &[u8], skipped: u32) -> Result<()> {
        let size = u32::try_from(bytes.len())
            .map_err(|_| Error::unsupported("a chunk of more than 4 GiB"))?;
        let place = Stored { at: self.output.append(bytes)?, size, skipped };
        let mut stored = self.stored.lock().unwrap_or_else(PoisonError::into_inner);
        stored.insert(index, place);
        Ok(())
    }

    /// The number along each axis of the chunk that begins where a region does.
    fn index_of(&self, region: &Region) -> Vec<usize> {
        region.start.iter().zip(&self.form.chunk).map(|(s, c)| s / c).collect()
    }

    fn write_chunks(&self, region: &Region, block: &Array) -> Result<()> {
        self.info.check_write(region, block)?;
        if region.is_empty() {
            return Ok(());
        }
        let bytes = pack_into(&self.output, block, self.form.big_endian)?;
        if region.len == self.form.chunk {
            return self.store(self.index_of(region), bytes);
        }
        let origin = vec![0; self.form.chunk.len()];
        for index in self.info.grid.covering(region).iter() {
            let part = self.info.grid.region(&index);
            let full = part.len == self.form.chunk;
            let mut out = if full {
                vec![0; self.chunk_bytes()]
            } else {
                self.blank.repeat(self.form.chunk.iter().product())
            };
            let from = part.relative_to(&region.start);
            let from = Within { shape: &region.len, start: &from.start };
            let to = Within { shape: &self.form.chunk, start: &origin };
            copy_box((&bytes, from), (&mut out, to), &part.len, self.element)?;
            self.store(index, out)?;
        }
        Ok(())
    }

    /// Writes the index of the chunks; returns its address.
    pub(super) fn close(&self) -> Result<u64> {
        let stored = self.stored.lock().unwrap_or_else(PoisonError::into_inner);
        let place = |index: &Vec<usize>| {
            let starts = index.iter().zip(&self.form.chunk).map(|(i, c)| (i * c) as u64);
            starts.collect::<Vec<_>>()
        };
        let entries: Vec<_> = stored.iter().map(|(index, c)| (place(index), *c)).collect();
        let chunk = self.form.chunk.iter().chain([&self.element]).map(|n| *n as u64);
        chunk_index::write(&self.output, &entries, &chunk.collect::<Vec<_>>())
            .map_err(|e| e.in_variable(&self.name))
    }
}

impl ChunkSink for ChunkedSink {
    fn info(&self) -> &SinkInfo {
        &self.info
    }

    fn write(&self, region: &Region, block: &Array) -> Result<()> {
        self.write_chunks(region, block)
            .map_err(|e| e.in_variable(&self.name).in_file(self.output.target()))
    }

    fn form(&self) -> Option<&ChunkForm> {
        Some(&self.form)
    }

    fn write_packed(&self, region: &Region, chunk: &PackedChunk) -> Result<()> {
        self.append(self.index_of(region), &chunk.bytes, chunk.skipped)
            .map_err(|e| e.in_variable(&self.name).in_file(self.output.target()))
    }

    fn limits(&self) -> Limits {
        // The chunk as it is packed, shuffled and compressed.
        Limits { scratch: self.chunk_bytes().saturating_mul(3), ..Limits::default() }
    }
}
