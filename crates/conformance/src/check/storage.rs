//! How a variable is stored, against the `enc` of its reference: one way.

use graticule_storage::Storage;
use serde_json::Value;

use crate::compare::Differences;

pub(crate) fn compare(expected: &Value, found: &Storage, variable: &str, out: &mut Differences) {
    let has = |name: &str| found.filters.iter().any(|f| f.name == name);
    for (key, want) in expected.as_object().into_iter().flatten() {
        let value = match key.as_str() {
            "chunks" => found.chunks.as_ref().map_or(Value::Null, |c| c.as_slice().into()),
            "contiguous" => found.chunks.is_none().into(),
            "zlib" => has("deflate").into(),
            "shuffle" | "fletcher32" | "zstd" | "bzip2" => has(key).into(),
            "level" => {
                let mut levels = found
                    .filters
                    .iter()
                    .filter(|f| f.name == "deflate")
                    .filter_map(|f| f.params.first().map(|level| Value::from(*level)))
                    .peekable();
                let first = levels.peek().cloned().unwrap_or_default();
                // A filter may stand twice in the pipeline.
                levels.find(|level| level == want).unwrap_or(first)
            }
            "endian" => if found.big_endian { "big" } else { "little" }.into(),
            // Settings of exotic filters are not kept apart.
            _ => continue,
        };
        // The level is that of whichever compression there is.
        if key == "level" && value.is_null() {
            continue;
        }
        out.demand(value == *want, variable, &format!("encoding {key}"), want, &value);
    }
}
