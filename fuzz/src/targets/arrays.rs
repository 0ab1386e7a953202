//! Texts that users give: labels to select, sizes of memory.

use graticule::{DataArray, Dataset, Memory, Selector, near};

use crate::{Target, Trace, seeds};

pub(super) const SELECTOR: Target = Target {
    name: "selector",
    what: "labels as text: dates, ranges of dates, names, on coordinates of times and text",
    run: selector,
    seeds: || {
        seeds::texts(&[
            "2001",
            "2001-01",
            "2001-01-02\n2001-02",
            "b",
            "a\nc",
            "",
            "2001-01-01T12:00",
            "4",
        ])
    },
    words: &["2001", "-01", "T", ":", "\n", "a", "b", "Z", "0", "9999999"],
};

pub(super) const MEMORY: Target = Target {
    name: "memory",
    what: "sizes of memory (\"8 GB\")",
    run: |bytes| {
        let mut trace = Trace::default();
        trace.note(&String::from_utf8_lossy(bytes).parse::<Memory>());
        trace.finish()
    },
    seeds: || seeds::texts(&["256MB", "8 GB", "2GiB", "1000000", "1.5 TB", "50%"]),
    words: &["MB", "GiB", "KB", "B", ".", "9", "0", " ", "e", "-", "%"],
};

fn set() -> Dataset {
    let time = DataArray::new("time", "time", vec![0i32, 31, 59])
        .with_attr("units", "days since 2001-01-01");
    Dataset::new()
        .with_coord_variable("time", time.variable())
        .with_variable("t", DataArray::new("t", "time", vec![1.0, 2.0, 3.0]).variable())
        .with_coord_variable("name", DataArray::new("name", "name", vec!["a", "b", "c"]).variable())
        .with_variable("n", DataArray::new("n", "name", vec![1, 2, 3]).variable())
}

fn selector(bytes: &[u8]) -> u64 {
    let mut trace = Trace::default();
    let text = String::from_utf8_lossy(bytes);
    let set = set();
    for dim in ["time", "name"] {
        let selected = match text.split_once('\n') {
            Some((from, to)) => set.sel(dim, Selector::from(from.to_owned()..=to.to_owned())),
            None => set.sel(dim, &*text),
        };
        trace.note(&selected.check());
        trace.note(&set.sel(dim, near(&*text)).check());
    }
    trace.finish()
}
