//! The index of an archive.

use std::fs;
use std::sync::Arc;

use graticule::dataset::{index_body, parse_index};
use graticule::storage::{ByteSource, MemoryBytes};
use graticule::{Memory, Session, index_files};
use graticule_hdf5::Hdf5Backend;
use graticule_netcdf3::Netcdf3Backend;

use super::classic::described;
use crate::{Target, Trace, seeds};

pub(super) const INDEX: Target = Target {
    name: "index",
    what: "the index of an archive behind its checksum, and what is made and read by it",
    run,
    seeds: made,
    words: &[],
};

/// An index of classic and HDF5 files.
fn made() -> Vec<Vec<u8>> {
    let build = || -> std::io::Result<Vec<u8>> {
        let folder = tempfile::tempdir()?;
        let attrs = [("units", "days since 2001-01-01"), ("calendar", "noleap")];
        for (n, more) in [("a", 1.0), ("b", 1.0), ("c", 2.0)] {
            let bytes = described(&attrs, &[("scale_factor", more)]);
            fs::write(folder.path().join(format!("{n}.nc")), bytes)?;
        }
        for (n, bytes) in seeds::files("seeds/hdf5").into_iter().enumerate() {
            fs::write(folder.path().join(format!("{n}.nc")), bytes)?;
        }
        let index = folder.path().join("index");
        let done = index_files(folder.path().join("*.nc"), &index);
        done.map_err(|e| std::io::Error::other(e.to_string()))?;
        Ok(index_body(&fs::read(index)?).to_vec())
    };
    build().into_iter().collect()
}

fn run(bytes: &[u8]) -> u64 {
    let mut trace = Trace::default();
    let session = Session::builder()
        .threads(1)
        .memory(Memory::from(64 << 20))
        .backends(vec![Arc::new(Netcdf3Backend), Arc::new(Hdf5Backend::new())])
        .build();
    // What recipes lead to is read out of the index itself: any bytes will do.
    let data: Arc<dyn ByteSource> = Arc::new(MemoryBytes::new("data", bytes));
    let parsed = parse_index(bytes, &data, &session);
    trace.note(&parsed);
    trace.fact(parsed.unwrap_or(0));
    trace.finish()
}
