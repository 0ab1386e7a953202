//! The sink of a variable: bytes go to their place.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};

use graticule_array::{Array, ChunkGrid, DType, Error, Region, Result};
use graticule_storage::{ChunkSink, Limits, OutputFile, SinkInfo};

use super::encode::packed;
use super::plan::VarPlan;
use crate::layout::Place;
use crate::runs::Runs;

/// Blocks aim at this many bytes.
const BLOCK: usize = 4 << 20;

/// Takes blocks of rows from any number of threads.
#[derive(Debug)]
pub(super) struct ClassicSink {
    name: String,
    info: SinkInfo,
    size: u64,
    place: Place,
    /// One element of what was never written.
    blank: Vec<u8>,
    written: Mutex<BTreeSet<Vec<usize>>>,
    output: Arc<OutputFile>,
}

/// Whole rows of about the aimed size.
fn block(shape: &[usize], element: usize) -> Vec<usize> {
    let mut block = vec![1; shape.len()];
    let mut bytes = element.max(1);
    for (size, len) in block.iter_mut().zip(shape).rev() {
        let len = (*len).max(1);
        *size = len.min((BLOCK / bytes).max(1));
        bytes = bytes.saturating_mul(*size);
        if *size < len {
            break;
        }
    }
    block
}

impl ClassicSink {
    pub(super) fn new(var: &VarPlan, output: Arc<OutputFile>) -> Result<Self> {
        let shape = var.place.shape.clone();
        let size = var.kind.size();
        let grid = ChunkGrid::even(&shape, &block(&shape, size as usize));
        Ok(Self {
            name: var.name.clone(),
            info: SinkInfo { dtype: var.dtype.clone(), shape, grid },
            size,
            place: var.place.clone(),
            blank: packed(&var.blank.fill(&[])?)?,
            written: Mutex::default(),
            output,
        })
    }

    pub(super) fn name(&self) -> &str {
        &self.name
    }

    fn write_block(&self, region: &Region, block: &Array) -> Result<()> {
        self.info.check_write(region, block)?;
        if region.is_empty() {
            return Ok(());
        }
        let stored;
        let block = if *block.dtype() == DType::Bool {
            stored = block.cast(&DType::I8)?;
            &stored
        } else {
            block
        };
        self.put(region, &packed(block)?)?;
        let mut written = self.written.lock().unwrap_or_else(PoisonError::into_inner);
        written.extend(self.info.grid.covering(region).iter());
        Ok(())
    }

    fn put(&self, region: &Region, bytes: &[u8]) -> Result<()> {
        let runs = Runs::new(self.place.begin, &self.place.strides, self.size, region);
        let runs = runs.ok_or_else(|| Error::bug("a block beyond the largest file"))?;
        let len = usize::try_from(runs.len).unwrap_or(usize::MAX).max(1);
        for (at, part) in runs.offsets().zip(bytes.chunks(len)) {
            self.output.write(at, part)?;
        }
        Ok(())
    }

    /// Fills what was never written.
    pub(super) fn close(&self) -> Result<()> {
        let written = self.written.lock().unwrap_or_else(PoisonError::into_inner);
        // Where nothing was written the file is zero.
        if written.len() == self.info.grid.count() || self.blank.iter().all(|b| *b == 0) {
            return Ok(());
        }
        let all = self.info.grid.covering(&Region::whole(&self.info.shape));
        for index in all.iter().filter(|index| !written.contains(index)) {
            let region = self.info.grid.region(&index);
            self.put(&region, &self.blank.repeat(region.count()))
                .map_err(|e| e.in_variable(&self.name))?;
        }
        Ok(())
    }
}

impl ChunkSink for ClassicSink {
    fn info(&self) -> &SinkInfo {
        &self.info
    }

    fn write(&self, region: &Region, block: &Array) -> Result<()> {
        self.write_block(region, block)
            .map_err(|e| e.in_variable(&self.name).in_file(self.output.target()))
    }

    fn limits(&self) -> Limits {
        let block = self.info.grid.largest().iter().product::<usize>();
        Limits { scratch: block.saturating_mul(self.size as usize), ..Limits::default() }
    }
}
