//! The sink of a chunked variable: compresses where it is called.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use graticule_array::{Array, ChunkGrid, Error, Region, Result};
use graticule_storage::{ChunkSink, Limits, SinkInfo};

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
    chunk: Vec<usize>,
    element: usize,
    big_endian: bool,
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
        Ok(Self {
            name: var.name.clone(),
            info: SinkInfo { dtype: var.dtype.clone(), shape: var.shape.clone(), grid },
            chunk: chunk.to_vec(),
            element: var.element,
            big_endian: var.big_endian,
            blank,
            filters: var.filters.clone(),
            stored: Mutex::default(),
            output,
        })
    }

    fn chunk_bytes(&self) -> usize {
        self.chunk.iter().product::<usize>() * self.element
    }

    /// Filters the bytes of a whole chunk and gives them a place in the file.
    fn store(&self, index: Vec<usize>, bytes: Vec<u8>) -> Result<()> {
        let place = self.filters.apply(bytes, |bytes, skipped| {
            let size = u32::try_from(bytes.len())
                .map_err(|_| Error::unsupported("a chunk of more than 4 GiB"))?;
            Ok(Stored { at: self.output.append(bytes)?, size, skipped })
        })?;
        let mut stored = self.stored.lock().unwrap_or_else(PoisonError::into_inner);
        stored.insert(index, place);
        Ok(())
    }

    fn write_chunks(&self, region: &Region, block: &Array) -> Result<()> {
        self.info.check_write(region, block)?;
        if region.is_empty() {
            return Ok(());
        }
        let bytes = pack_into(&self.output, block, self.big_endian)?;
        if region.len == self.chunk {
            let index = region.start.iter().zip(&self.chunk).map(|(s, c)| s / c).collect();
            return self.store(index, bytes);
        }
        let origin = vec![0; self.chunk.len()];
        for index in self.info.grid.covering(region).iter() {
            let part = self.info.grid.region(&index);
            let full = part.len == self.chunk;
            let mut out = if full {
                vec![0; self.chunk_bytes()]
            } else {
                self.blank.repeat(self.chunk.iter().product())
            };
            let from = part.relative_to(&region.start);
            let from = Within { shape: &region.len, start: &from.start };
            let to = Within { shape: &self.chunk, start: &origin };
            copy_box((&bytes, from), (&mut out, to), &part.len, self.element)?;
            self.store(index, out)?;
        }
        Ok(())
    }

    /// Writes the index of the chunks; returns its address.
    pub(super) fn close(&self) -> Result<u64> {
        let stored = self.stored.lock().unwrap_or_else(PoisonError::into_inner);
        let place = |index: &Vec<usize>| {
            let starts = index.iter().zip(&self.chunk).map(|(i, c)| (i * c) as u64);
            starts.collect::<Vec<_>>()
        };
        let entries: Vec<_> = stored.iter().map(|(index, c)| (place(index), *c)).collect();
        let chunk = self.chunk.iter().chain([&self.element]).map(|n| *n as u64);
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

    fn limits(&self) -> Limits {
        // The chunk as it is packed, shuffled and compressed.
        Limits { scratch: self.chunk_bytes().saturating_mul(3), ..Limits::default() }
    }
}
