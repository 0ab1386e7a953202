//! From a schema and blocks of data to the text.

mod print;

use std::sync::Arc;

use graticule_array::{Array, ChunkGrid, DType, Error, Result};
use graticule_storage::{ChunkSink, GroupWriter, Location, MemorySink, RawSchema};

use crate::backend::CdlText;

/// Collects the data in memory and prints it at the end.
pub(crate) struct Writer {
    at: Location,
    schema: RawSchema,
    sinks: Vec<(String, Arc<MemorySink>)>,
    text: Option<CdlText>,
}

impl Writer {
    pub(crate) fn new(at: &Location, schema: &RawSchema, text: Option<CdlText>) -> Result<Self> {
        let mut sinks = Vec::with_capacity(schema.vars.len());
        for var in &schema.vars {
            if crate::types::name(&var.dtype).is_none() && !matches!(var.dtype, DType::Opaque(_)) {
                return Err(Error::unsupported(format!("{} elements as text", var.dtype))
                    .hint("cast to a type of netCDF first")
                    .in_variable(&var.name));
            }
            let len = |dim: &String| {
                let found = schema.dims.iter().find(|d| d.name == *dim).map(|d| d.len);
                found.ok_or_else(|| Error::bug(format!("no dimension {dim} in a schema")))
            };
            let shape = var.dims.iter().map(len).collect::<Result<Vec<_>>>()?;
            let sink = MemorySink::new(&var.dtype, ChunkGrid::whole(&shape))?;
            sinks.push((var.name.clone(), Arc::new(sink)));
        }
        Ok(Self { at: at.clone(), schema: schema.clone(), sinks, text })
    }
}

impl GroupWriter for Writer {
    fn sink(&mut self, var: &str) -> Result<Arc<dyn ChunkSink>> {
        let found = self.sinks.iter().find(|(name, _)| name == var);
        let sink = found.ok_or_else(|| Error::bug(format!("no variable {var} in the schema")))?;
        Ok(sink.1.clone())
    }

    fn finish(self: Box<Self>) -> Result<()> {
        let data: Vec<Array> = self.sinks.iter().map(|(_, sink)| sink.take()).collect();
        let stem = self.at.path().file_stem();
        let name = stem.map_or("graticule".into(), |s| s.to_string_lossy().into_owned());
        let text = print::file(&name, &self.schema, &data)?;
        if let Some(place) = &self.text {
            place.put(text);
            return Ok(());
        }
        let path = self.at.path();
        let io = |e: std::io::Error| Error::io(format!("cannot write: {e}")).in_file(path);
        let mut part = path.as_os_str().to_owned();
        part.push(".part");
        std::fs::write(&part, text).map_err(io)?;
        std::fs::rename(&part, path).map_err(io)
    }
}
