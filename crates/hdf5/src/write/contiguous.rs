//! The sink of a contiguous variable: bytes go to their place.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};

use graticule_array::{Array, ChunkGrid, Region, Result};
use graticule_storage::{ChunkSink, Limits, SinkInfo};

use super::header::NOWHERE;
use super::layout::contiguous_block;
use super::pack::{Within, pack_into, pack_scalar, runs};
use super::plan::VarPlan;
use graticule_storage::OutputFile as Output;

/// Takes blocks of rows from any number of threads.
#[derive(Debug)]
pub(super) struct ContiguousSink {
    name: String,
    info: SinkInfo,
    element: usize,
    big_endian: bool,
    /// One element of what was never written.
    blank: Vec<u8>,
    at: u64,
    written: Mutex<BTreeSet<Vec<usize>>>,
    output: Arc<Output>,
}

impl ContiguousSink {
    pub(super) fn new(var: &VarPlan, output: Arc<Output>) -> Result<Self> {
        let blank = match &var.blank {
            Some(value) => pack_scalar(value, var.big_endian)?,
            None => vec![0; var.element],
        };
        let grid = ChunkGrid::even(&var.shape, &contiguous_block(&var.shape, var.element));
        let bytes = var.shape.iter().product::<usize>() * var.element;
        Ok(Self {
            name: var.name.clone(),
            info: SinkInfo { dtype: var.dtype.clone(), shape: var.shape.clone(), grid },
            element: var.element,
            big_endian: var.big_endian,
            blank,
            at: output.allocate(bytes as u64),
            written: Mutex::default(),
            output,
        })
    }

    fn write_rows(&self, region: &Region, block: &Array) -> Result<()> {
        self.info.check_write(region, block)?;
        if region.is_empty() {
            return Ok(());
        }
        let bytes = pack_into(&self.output, block, self.big_endian)?;
        self.put(region, &bytes)?;
        let mut written = self.written.lock().unwrap_or_else(PoisonError::into_inner);
        written.extend(self.info.grid.covering(region).iter());
        Ok(())
    }

    fn put(&self, region: &Region, bytes: &[u8]) -> Result<()> {
        let within = Within { shape: &self.info.shape, start: &region.start };
        let (firsts, run) = runs(within, &region.len);
        for (first, part) in firsts.zip(bytes.chunks(run * self.element)) {
            self.output.write(self.at + (first * self.element) as u64, part)?;
        }
        Ok(())
    }

    /// Fills what was never written; returns the address of the data.
    pub(super) fn close(&self) -> Result<u64> {
        let written = self.written.lock().unwrap_or_else(PoisonError::into_inner);
        if written.is_empty() {
            // Readers then take the fill value for everything.
            return Ok(NOWHERE);
        }
        if written.len() == self.info.grid.count() || self.blank.iter().all(|b| *b == 0) {
            return Ok(self.at);
        }
        let all = self.info.grid.covering(&Region::whole(&self.info.shape));
        for index in all.iter().filter(|index| !written.contains(index)) {
            let region = self.info.grid.region(&index);
            self.put(&region, &self.blank.repeat(region.count()))
                .map_err(|e| e.in_variable(&self.name))?;
        }
        Ok(self.at)
    }
}

impl ChunkSink for ContiguousSink {
    fn info(&self) -> &SinkInfo {
        &self.info
    }

    fn write(&self, region: &Region, block: &Array) -> Result<()> {
        self.write_rows(region, block)
            .map_err(|e| e.in_variable(&self.name).in_file(self.output.target()))
    }

    fn limits(&self) -> Limits {
        let block = self.info.grid.largest().iter().product::<usize>();
        Limits { scratch: block.saturating_mul(self.element), ..Limits::default() }
    }
}
