//! Whole datasets: conventions over whatever attributes say, and the display of it.

use std::sync::Arc;

use graticule::storage::MemoryBytes;
use graticule::{Memory, OpenOptions, Session, open_source_with};
use graticule_netcdf3::Netcdf3Backend;

use super::classic::described;
use crate::{Target, Trace};

pub(super) const DATASET: Target = Target {
    name: "dataset",
    what: "attributes of classic files under the conventions: decoding, display, computing",
    run,
    seeds: files,
    words: &[
        "units",
        "calendar",
        "days since ",
        "scale_factor",
        "add_offset",
        "_FillValue",
        "bounds",
        "missing_value",
        "_Unsigned",
        "coordinates",
        "cell_methods",
        "time: mean (interval: 1 h)",
        "flag_values",
        "flag_meanings",
        "grid_mapping",
        "area: where land",
        "true",
        "noleap",
    ],
};

fn files() -> Vec<Vec<u8>> {
    vec![
        described(
            &[("units", "days since 2001-01-01"), ("calendar", "noleap"), ("bounds", "t")],
            &[],
        ),
        described(
            &[("units", "K"), ("cell_methods", "time: mean (interval: 1 day)")],
            &[("scale_factor", 0.5), ("add_offset", 273.0), ("_FillValue", -9.0)],
        ),
        described(
            &[("_Unsigned", "true"), ("coordinates", "time t x"), ("flag_meanings", "a b")],
            &[("missing_value", 5.0), ("valid_min", 0.0)],
        ),
        described(
            &[("units", "days"), ("dtype", "timedelta64[ns]"), ("grid_mapping", "crs: x y")],
            &[],
        ),
        described(
            &[
                ("units", "months since 2001-01-01 00:00"),
                ("calendar", "360_day"),
                ("axis", "T"),
                ("standard_name", "time"),
            ],
            &[("_FillValue", f64::NAN)],
        ),
    ]
}

fn run(bytes: &[u8]) -> u64 {
    let mut trace = Trace::default();
    let memory = Memory::from(64 << 20);
    let session = Session::builder()
        .threads(1)
        .memory(memory)
        .backends(vec![Arc::new(Netcdf3Backend)])
        .build();
    let source = Arc::new(MemoryBytes::new("fuzzed.nc", bytes));
    let opened = open_source_with(source, &OpenOptions::new(), &session);
    trace.note(&opened);
    if let Ok(set) = opened {
        trace.text(&set.to_string());
        let _ = set.to_html();
        let cf = set.cf();
        trace.text(&cf.to_string());
        trace.note(&cf.time_audit());
        trace.note(&cf.report());
        // What a file declares may be larger than any memory: then an error has to come.
        trace.note(&set.compute());
    }
    trace.finish()
}
