//! Whole HDF5 and netCDF-4 files.

use std::sync::Arc;

use graticule::array::Region;
use graticule::storage::{Backend, ByteSource, ChunkSource, MemoryBytes, OpenOptions, RawGroup};
use graticule_hdf5::{Hdf5Backend, ObjectKind, list};

use crate::{Target, Trace, seeds};

/// Elements along an axis, and of a box, that are read: the reader itself sets no limit to what
/// its caller asks for.
const AXIS: usize = 300;
const BOX: usize = 1 << 20;

pub(super) const HDF5: Target = Target {
    name: "hdf5",
    what: "HDF5 and netCDF-4 files: opening, listing, reading everything",
    run,
    seeds: || seeds::files("seeds/hdf5"),
    words: &[],
};

/// Reads a box of a source that is small whatever the source says of itself.
pub(super) fn read(source: &dyn ChunkSource, trace: &mut Trace) {
    let shape = &source.info().shape;
    trace.fact(source.info().dtype.to_string());
    trace.fact(source.info().grid.count().min(8));
    let len: Vec<usize> = shape.iter().map(|n| (*n).min(AXIS)).collect();
    let size = source.info().dtype.planned_size();
    let elements = len.iter().try_fold(size, |n, l| n.checked_mul(*l));
    if elements.is_some_and(|n| n <= BOX) {
        trace.note(&source.read(&Region::new(vec![0; len.len()], len)));
    }
    let last: Vec<usize> = shape.iter().map(|n| n.saturating_sub(1)).collect();
    let one = vec![1; last.len()];
    if shape.iter().all(|n| *n > 0) && size <= BOX {
        trace.note(&source.read(&Region::new(last, one)));
    }
}

/// Reads all variables of a group and the groups in it.
pub(super) fn read_group(group: &RawGroup, trace: &mut Trace) {
    for var in &group.vars {
        read(var.source.as_ref(), trace);
    }
    group.problems.iter().for_each(|(_, why)| trace.text(&why.to_string()));
    group.groups.iter().for_each(|g| read_group(g, trace));
}

fn run(bytes: &[u8]) -> u64 {
    let mut trace = Trace::default();
    let bytes: Arc<dyn ByteSource> = Arc::new(MemoryBytes::new("fuzzed", bytes));
    let options = OpenOptions::default();
    let opened = Hdf5Backend::new().open(bytes.clone(), &options);
    trace.note(&opened);
    if let Ok(group) = opened {
        read_group(&group, &mut trace);
    }
    let listed = list(&bytes, &options);
    for object in listed.iter().flatten() {
        match &object.kind {
            ObjectKind::Dataset(facts) => read(facts.source.as_ref(), &mut trace),
            ObjectKind::Broken(why) => trace.text(&why.to_string()),
            _ => trace.fact(object.attributes),
        }
    }
    trace.finish()
}
