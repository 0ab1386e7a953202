//! Classic netCDF files.

use std::sync::Arc;

use graticule::storage::{Backend, MemoryBytes, OpenOptions};
use graticule_netcdf3::Netcdf3Backend;

use super::hdf5::read_group;
use crate::{Target, Trace};

// The files are made independently of the reader.
#[path = "../../../crates/netcdf3/tests/support/mod.rs"]
#[allow(clippy::indexing_slicing, unreachable_pub, missing_docs, dead_code)]
mod make;

pub(super) const NETCDF3: Target = Target {
    name: "netcdf3",
    what: "classic files (CDF-1, -2, -5): opening, reading everything",
    run,
    seeds: files,
    words: &[],
};

fn files() -> Vec<Vec<u8>> {
    use make::Version::{Cdf1, Cdf2, Cdf5};
    [Cdf1, Cdf2, Cdf5].into_iter().map(|v| make::sample(v).bytes()).collect()
}

fn run(bytes: &[u8]) -> u64 {
    let mut trace = Trace::default();
    let bytes = Arc::new(MemoryBytes::new("fuzzed.nc", bytes));
    let opened = Netcdf3Backend.open(bytes, &OpenOptions::default());
    trace.note(&opened);
    if let Ok(group) = opened {
        read_group(&group, &mut trace);
    }
    trace.finish()
}

/// A file of two small variables whose attributes say everything that conventions know.
pub(super) fn described(attrs: &[(&str, &str)], numbers: &[(&str, f64)]) -> Vec<u8> {
    use make::Version::Cdf1;
    let mut all: Vec<Vec<u8>> = Vec::new();
    for (name, text) in attrs {
        all.push(Cdf1.attr(name, 2, text.len() as u64, text.as_bytes()));
    }
    for (name, number) in numbers {
        all.push(Cdf1.attr(name, 6, 1, &number.to_be_bytes()));
    }
    let shorts = |v: [i16; 4]| v.iter().flat_map(|x| x.to_be_bytes()).collect::<Vec<u8>>();
    let var =
        |name, attrs, data| make::Var { name, dims: vec![0], attrs, kind: 3, data: vec![data] };
    let file = make::File {
        version: Cdf1,
        records: 0,
        dims: vec![("time", 4)],
        attrs: vec![Cdf1.attr("Conventions", 2, 6, b"CF-1.8")],
        vars: vec![
            var("time", all.clone(), shorts([0, 1, 2, 400])),
            var("t", all, shorts([-9, 5, 300, i16::MIN])),
        ],
    };
    file.bytes()
}
