//! Writing classic files: the header and all places follow from the schema, so every block goes
//! straight to its place, from any thread.

mod encode;
mod plan;
mod sink;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use graticule_array::{Error, Result, did_you_mean};
use graticule_storage::{ChunkSink, GroupWriter, Location, OutputFile, RawSchema};

use plan::Plan;
use sink::ClassicSink;

use crate::reader::Version;

/// Begins a classic file at `at`, which replaces whatever lies there when it is finished. The
/// first axis of variables may be unlimited. Without a version, the smallest that holds the
/// schema is taken.
///
/// # Errors
/// If the schema contradicts itself or holds what the version cannot, and if the folder cannot
/// be written.
pub(crate) fn create(
    at: &Location,
    schema: &RawSchema,
    version: Option<Version>,
) -> Result<Box<dyn GroupWriter>> {
    let writer = Writer::new(at, schema, version).map_err(|e| e.in_file(at.path()))?;
    Ok(Box::new(writer))
}

/// A file being written.
#[derive(Debug)]
struct Writer {
    header: Vec<u8>,
    sinks: Vec<Arc<ClassicSink>>,
    output: Arc<OutputFile>,
}

impl Writer {
    fn new(at: &Location, schema: &RawSchema, version: Option<Version>) -> Result<Self> {
        let plan = Plan::new(schema, version)?;
        let output = Arc::new(OutputFile::create(at.path(), plan.end)?);
        let sinks = plan.vars.iter().map(|var| ClassicSink::new(var, output.clone()).map(Arc::new));
        let sinks = sinks.collect::<Result<_>>()?;
        Ok(Self { header: plan.header, sinks, output })
    }

    fn close(&self) -> Result<()> {
        for sink in &self.sinks {
            sink.close()?;
        }
        self.output.write(0, &self.header)?;
        self.output.finish()
    }
}

impl GroupWriter for Writer {
    fn sink(&mut self, var: &str) -> Result<Arc<dyn ChunkSink>> {
        if let Some(sink) = self.sinks.iter().find(|s| s.name() == var) {
            return Ok(sink.clone());
        }
        let error = Error::not_found(format!("no variable \"{var}\" is to be written"));
        let error = error.in_file(self.output.target());
        Err(match did_you_mean(var, self.sinks.iter().map(|s| s.name())) {
            Some(hint) => error.hint(hint),
            None => error,
        })
    }

    fn finish(self: Box<Self>) -> Result<()> {
        self.close().map_err(|e| e.in_file(self.output.target()))
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        // Sinks may outlive the writer, the unfinished file must not.
        self.output.abandon();
    }
}
