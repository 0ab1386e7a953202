//! Writing NetCDF-4: a write-once emitter of HDF5 files, laid out as NetCDF-C lays them out.
//!
//! ```text
//! schema ──plan──▶ place of the metadata ──▶ sinks (any thread, any order) ──▶ finish
//! ```
//!
//! The front of the file is reserved for the metadata, whose size follows from the schema.
//! Blocks of data are compressed by the threads that bring them and appended behind it. At the
//! end the indices of the chunks, the metadata and the superblock are written, and the file
//! gets its name.

mod attribute;
mod chunk_index;
mod chunked;
mod contiguous;
mod datatype;
mod dense;
mod encoder;
mod fill;
mod filter;
mod header;
mod heap;
mod layout;
mod metadata;
mod names;
mod pack;
mod plan;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use graticule_array::{Error, Result, did_you_mean};
use graticule_storage::{ChunkSink, GroupWriter, Location, RawSchema};

use chunked::ChunkedSink;
use contiguous::ContiguousSink;
use graticule_storage::OutputFile as Output;
use metadata::Addresses;
use plan::Plan;

/// Begins a NetCDF-4 file at `at`, which replaces whatever lies there when it is finished.
///
/// Chunks are filtered with deflate, shuffle and fletcher32, in the given order. Variables
/// without chunks are contiguous unless filters or an unlimited dimension demand chunks. Truth
/// values become `int8`; texts and lists are never filtered. Enumerations, records, lists,
/// opaque items and complex numbers get a named datatype, as NetCDF-4 demands. Under an
/// extension of plain HDF5 (`h5`, `hdf5`, `he5`), `float16` and attributes of several axes are
/// written too, which NetCDF-C cannot read.
///
/// # Errors
/// If the schema contradicts itself or holds what NetCDF-4 cannot, and if the folder cannot be
/// written.
///
/// ```
/// use graticule_array::{Array, DType, Region};
/// use graticule_storage::{Location, RawDim, RawSchema, RawVarSchema, Storage};
///
/// let folder = tempfile::tempdir()?;
/// let path = folder.path().join("depth.nc");
/// let schema = RawSchema {
///     dims: vec![RawDim { name: "x".into(), len: 3, unlimited: false }],
///     attrs: vec![],
///     vars: vec![RawVarSchema {
///         name: "depth".into(),
///         dims: vec!["x".into()],
///         dtype: DType::F32,
///         attrs: vec![],
///         fill: None,
///         storage: Storage::default(),
///     }],
/// };
/// let mut file = graticule_hdf5::create(&Location::new(&path), &schema)?;
/// let depth = Array::from_vec([3], vec![4.0f32, 5.5, 6.0])?;
/// file.sink("depth")?.write(&Region::whole(&[3]), &depth)?;
/// file.finish()?;
/// assert!(path.exists());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn create(at: &Location, schema: &RawSchema) -> Result<Box<dyn GroupWriter>> {
    let writer = Writer::new(at, schema).map_err(|e| e.in_file(at.path()))?;
    Ok(Box::new(writer))
}

#[derive(Clone, Debug)]
enum Sink {
    Chunked(Arc<ChunkedSink>),
    Contiguous(Arc<ContiguousSink>),
}

/// A file being written.
#[derive(Debug)]
struct Writer {
    plan: Plan,
    addresses: Addresses,
    /// Bytes at the front that the metadata takes.
    reserved: u64,
    sinks: Vec<Sink>,
    output: Arc<Output>,
}

impl Writer {
    fn new(at: &Location, schema: &RawSchema) -> Result<Self> {
        let plan = Plan::new(at.path(), schema)?;
        let (addresses, reserved) = metadata::place(&plan)?;
        let output = Arc::new(Output::create(at.path(), reserved)?);
        let mut sinks = Vec::with_capacity(plan.vars.len());
        for var in &plan.vars {
            sinks.push(match &var.chunk {
                Some(chunk) => {
                    Sink::Chunked(Arc::new(ChunkedSink::new(var, chunk, output.clone())?))
                }
                None => Sink::Contiguous(Arc::new(ContiguousSink::new(var, output.clone())?)),
            });
        }
        Ok(Self { plan, addresses, reserved, sinks, output })
    }

    fn close(&mut self) -> Result<()> {
        for sink in &self.sinks {
            self.addresses.data.push(match sink {
                Sink::Chunked(sink) => sink.close()?,
                Sink::Contiguous(sink) => sink.close()?,
            });
        }
        let front = metadata::front(&self.plan, &self.addresses, self.output.end())?;
        if front.len() as u64 != self.reserved {
            return Err(Error::bug("the metadata changed its size"));
        }
        self.output.write(0, &front)?;
        self.output.finish()
    }
}

impl GroupWriter for Writer {
    fn sink(&mut self, var: &str) -> Result<Arc<dyn ChunkSink>> {
        let named = self.plan.vars.iter().zip(&self.sinks).find(|(v, _)| v.name == var);
        match named {
            Some((_, Sink::Chunked(sink))) => Ok(sink.clone()),
            Some((_, Sink::Contiguous(sink))) => Ok(sink.clone()),
            None => {
                let names = self.plan.vars.iter().map(|v| v.name.as_str());
                let e = Error::not_found(format!("no variable \"{var}\" is to be written"));
                let e = e.in_file(self.output.target());
                Err(match did_you_mean(var, names) {
                    Some(hint) => e.hint(hint),
                    None => e,
                })
            }
        }
    }

    fn finish(mut self: Box<Self>) -> Result<()> {
        self.close().map_err(|e| e.in_file(self.output.target()))
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        // Sinks may outlive the writer, the unfinished file must not.
        self.output.abandon();
    }
}
