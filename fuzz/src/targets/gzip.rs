//! Files compressed as a whole.

use std::io::Write;
use std::sync::Arc;

use flate2::Compression;
use flate2::write::GzEncoder;
use graticule::storage::{MemoryBytes, unpack};

use crate::{Target, Trace};

pub(super) const GZIP: Target = Target {
    name: "gzip",
    what: "files compressed as a whole, and bombs among them",
    run,
    seeds: || {
        let large: Vec<u8> = (0..300_000u32).map(|i| (i % 251) as u8).collect();
        let both = [packed(b"CDF"), packed(b"\x01 and more")].concat();
        vec![packed(b""), packed(b"CDF\x01 and some bytes behind it"), packed(&large), both]
    },
    words: &[],
};

fn packed(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    // Writing to memory cannot fail.
    let done = encoder.write_all(bytes).and_then(|()| encoder.finish());
    done.unwrap_or_default()
}

fn run(bytes: &[u8]) -> u64 {
    let mut trace = Trace::default();
    let source = Arc::new(MemoryBytes::new("fuzzed.nc.gz", bytes));
    let unpacked = unpack(source, 1 << 20, &Arc::default());
    trace.note(&unpacked);
    if let Ok(unpacked) = unpacked {
        trace.fact(unpacked.len().min(64));
        trace.note(&unpacked.read_vec(0, 1));
    }
    trace.finish()
}
